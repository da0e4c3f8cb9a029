# SPDX-License-Identifier: Apache-2.0
#
# paramiko_client.py CONFIG NAME FOLDER: what a program with Paramiko does: it takes how to connect from an
# ssh_config, runs commands on two channels at once, and puts FOLDER/source there and gets it as FOLDER/back.
# Paramiko knows no Include and no HostKeyAlias, and never tries the method none: it signs in with the
# config's IdentityFile.

import sys

import paramiko


def connect(config, name):
    options = paramiko.SSHConfig.from_path(config).lookup(name)
    client = paramiko.SSHClient()
    client.load_host_keys(options["userknownhostsfile"])
    client.set_missing_host_key_policy(paramiko.RejectPolicy())
    client.connect(
        options.get("hostkeyalias", name),
        username=options.get("user", "anybody"),
        key_filename=options["identityfile"],
        sock=paramiko.ProxyCommand(options["proxycommand"]),
        allow_agent=False,
        look_for_keys=False,
        timeout=30,
        banner_timeout=30,
        auth_timeout=30,
    )
    return client


def run(client):
    # The first reads its input only when the second has come to its end.
    first_in, first_out, _ = client.exec_command("read word; echo first $word")
    _, second_out, second_err = client.exec_command("echo second; echo aside >&2; exit 7")
    assert second_out.read() == b"second\n"
    assert second_err.read() == b"aside\n"
    assert second_out.channel.recv_exit_status() == 7
    first_in.write("after\n")
    first_in.flush()
    assert first_out.read() == b"first after\n"
    assert first_out.channel.recv_exit_status() == 0


def copy(client, folder):
    with client.open_sftp() as sftp:
        sftp.put(folder + "/source", "put-there")
        assert "put-there" in sftp.listdir(".")
        sftp.get("put-there", folder + "/back")
        sftp.remove("put-there")


client = connect(sys.argv[1], sys.argv[2])
run(client)
copy(client, sys.argv[3])
client.close()
print("all went well")
