// SPDX-License-Identifier: Apache-2.0
//
// Tests of the relay with OpenSSH's client in front of it and a real sshd behind it.

#include "tests/support/skip.h"
#include "tests/unit/api/relay/relay_host.h"

#include <criterion/criterion.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { PATH_ROOM = SUPPORT_PATH_CAP + 64, LINE_ROOM = 2 * PATH_ROOM };

static struct sshd sshd;
static struct relay_host *host;

static void begin_with(struct relay_host_options options)
{
    const char *missing = sshd_missing();
    if (missing != NULL)
        SKIP_TEST("%s", missing);
    static const char *const settings[] = {"MaxSessions=100", "AcceptEnv=SHOWN_*", NULL};
    cr_assert(sshd_start(&sshd, settings));
    options.sshd_port = sshd.port;
    host = relay_host_start(&options);
}

static void begin(void)
{
    begin_with((struct relay_host_options){.pipes = false});
}

static void begin_pipes(void)
{
    begin_with((struct relay_host_options){.pipes = true});
}

static void end(void)
{
    relay_host_stop(host);
    host = NULL;
    sshd_stop(&sshd);
}

// Runs one command and checks all that comes of it.
static void expect(const char *command, const char *input, int exit_code, const char *out, const char *err)
{
    struct support_result result = {0};
    const char *const arguments[] = {"sandbox", command, NULL};
    relay_ssh(host, "ssh", arguments, input, &result);
    cr_expect_eq(result.exit_code, exit_code, "%s: exit code %d, stderr %s", command, result.exit_code,
                 result.err);
    cr_expect_str_eq(result.out, out, "%s: %s", command, result.out);
    cr_expect_str_eq(result.err, err, "%s: %s", command, result.err);
    support_result_free(&result);
}

Test(relay, output_errors_and_exit_codes_are_the_commands_own, .init = begin, .fini = end)
{
    char version[RELAY_VERSION_CAP];
    expect("echo out; echo err >&2; exit 7", NULL, 7, "out\n", "err\n");
    expect("exit 0", NULL, 0, "", "");
    expect("exit 254", NULL, 254, "", "");
    expect("printf 'no end of line'", NULL, 0, "no end of line", "");
    expect("cat; echo end", "in", 0, "inend\n", "");
    expect("cat; echo end", NULL, 0, "end\n", "");
    expect("kill -TERM $$", NULL, 255, "", "");
    relay_host_version(host, version);
    cr_expect_eq(strncmp(version, "SSH-2.0-OpenSSH_", strlen("SSH-2.0-OpenSSH_")), 0, "%s", version);
    cr_expect(relay_host_wait_ended(host, 7));
    struct relay_end last = relay_host_end(host);
    cr_expect_eq(last.status, STATUS_OK, "%s", failure_text(&last.why));
}

Test(relay, works_over_two_pipes, .init = begin_pipes, .fini = end)
{
    expect("echo out; echo err >&2; exit 7", NULL, 7, "out\n", "err\n");
    expect("cat; echo end", "in", 0, "inend\n", "");
    cr_expect(relay_host_wait_ended(host, 2));
}

// --- floods ---

Test(relay, a_flood_both_ways_with_new_keys_all_the_time_loses_nothing, .init = begin_pipes, .fini = end)
{
    relay_shell_expect(
        host, "seq 1 1200000 >in; ssh -o RekeyLimit=1M sandbox 'cat; exit 3' <in >out; echo $?; cmp in out",
        0, "3\n");
}

Test(relay, all_output_comes_before_the_end, .init = begin, .fini = end)
{
    relay_shell_expect(host,
                       "for i in 1 2 3 4 5; do ssh sandbox 'head -c 3000000 /dev/zero; exit 9' | wc -c; "
                       "echo ${PIPESTATUS[0]}; done",
                       0, "3000000\n9\n3000000\n9\n3000000\n9\n3000000\n9\n3000000\n9\n");
}

Test(relay, a_program_whose_output_nobody_reads_is_told, .init = begin, .fini = end)
{
    relay_shell_expect(host, "ssh sandbox yes </dev/null | head -1; echo ${PIPESTATUS[0]}", 0, "y\n255\n");
}

Test(relay, files_are_copied_by_sftp_and_by_the_old_protocol, .init = begin, .fini = end)
{
    relay_shell_expect(
        host,
        "head -c 3000000 /dev/urandom >file; scp -q file sandbox:there && "
        "scp -q -O sandbox:there back && cmp file back && echo same\n"
        "printf 'rename there other\\nls other\\n' | sftp -q -b - sandbox | tail -1 | tr -d ' '",
        0, "same\nother\n");
}

// --- requests ---

Test(relay, a_terminal_has_its_size_and_its_name, .init = begin, .fini = end)
{
    struct support_result result = {0};
    relay_shell(
        host,
        "TERM=vt220 script -qec \"stty rows 31 cols 97; $(declare -f ssh | tail -n +3 | head -n -1) -tt "
        "sandbox "
        "'stty size; echo \\$TERM; exit 5'\" /dev/null",
        5, &result);
    cr_expect(strstr(result.out, "31 97") != NULL && strstr(result.out, "vt220") != NULL, "%s", result.out);
    support_result_free(&result);
}

Test(relay, variables_arrive_where_the_server_takes_them, .init = begin, .fini = end)
{
    relay_shell_expect(
        host, "SHOWN_A='a b' SHOWN_B= ssh -o SendEnv='SHOWN_*' sandbox 'echo \"$SHOWN_A/$SHOWN_B/\"'", 0,
        "a b//\n");
}

Test(relay, an_unknown_subsystem_is_refused_by_the_server, .init = begin, .fini = end)
{
    struct support_result result = {0};
    relay_shell(host, "ssh -s sandbox nothing", 255, &result);
    cr_expect(strstr(result.err, "subsystem request failed") != NULL, "%s", result.err);
    support_result_free(&result);
}

Test(relay, many_sessions_share_one_connection, .init = begin, .fini = end)
{
    relay_shell_expect(
        host,
        "ssh -M -S ctl -N -f sandbox || exit\n"
        "for i in $(seq 1 20); do ssh -S ctl sandbox \"exit $i\" </dev/null; [ $? = $i ] || echo "
        "wrong $i; done\n"
        "for i in $(seq 1 8); do (seq 1 100000 | ssh -S ctl sandbox \"cat; exit $i\" | md5sum) & "
        "done | sort -u\n"
        "wait; ssh -S ctl -O exit sandbox 2>/dev/null",
        0, "dea9193b768319cbb4ff1a137ac03113  -\n");
}
