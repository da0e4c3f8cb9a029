// SPDX-License-Identifier: Apache-2.0
//
// Tests of how a relay begins and ends: who is let in, what a refusal says, either side going away, and a
// channel that nobody reads.

#include "tests/support/loopback.h"
#include "tests/support/raw_ssh.h"
#include "tests/support/skip.h"
#include "tests/unit/api/relay/relay_host.h"

#include <criterion/criterion.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static struct sshd sshd;
static struct relay_host *host;
static struct raw_ssh *leaving;

static void begin_with(struct relay_host_options options)
{
    host = relay_host_start(&options);
}

static void begin_sshd(void)
{
    const char *missing = sshd_missing();
    if (missing != NULL)
        SKIP_TEST("%s", missing);
    cr_assert(sshd_start(&sshd, NULL));
    begin_with((struct relay_host_options){.sshd_port = sshd.port, .banner = "first\nsecond \x1b[31mred\n"});
}

static void end(void)
{
    relay_host_stop(host);
    host = NULL;
    sshd_stop(&sshd);
}

// --- the sign-in ---

static void begin_refusing(void)
{
    begin_with(
        (struct relay_host_options){.refuse = "sandbox 4f is stopped\nstart it with: sbxdeck start 4f"});
}

Test(relay_end, a_refusal_says_why, .init = begin_refusing, .fini = end)
{
    struct support_result result = {0};
    relay_shell(host, "ssh sandbox true", 255, &result);
    cr_expect(strstr(result.err, "sandbox 4f is stopped") != NULL, "%s", result.err);
    cr_expect(strstr(result.err, "start it with: sbxdeck start 4f") != NULL, "%s", result.err);
    cr_expect(strstr(result.err, "sign-in refused") != NULL, "%s", result.err);
    support_result_free(&result);
    cr_assert(relay_host_wait_ended(host, 1));
    struct relay_end last = relay_host_end(host);
    cr_expect_eq(last.status, STATUS_CANCELLED);
    cr_expect_not(last.admitted);
}

Test(relay_end, a_banner_is_shown_clean, .init = begin_sshd, .fini = end)
{
    struct support_result result = {0};
    relay_shell(host, "ssh sandbox 'echo in'", 0, &result);
    cr_expect_str_eq(result.out, "in\n");
    cr_expect(strstr(result.err, "first") != NULL && strstr(result.err, "second  [31mred") != NULL, "%s",
              result.err);
    support_result_free(&result);
}

Test(relay_end, the_key_made_for_it_signs_in_where_none_is_not_tried, .init = begin_sshd, .fini = end)
{
    // OpenSSH tries "none" always, so a client of another kind is needed where the key alone is to be tried.
    relay_shell_expect(
        host,
        "for p in python3 /usr/bin/python3; do $p -c 'import paramiko' 2>/dev/null && break; done\n"
        "$p -c 'import paramiko' 2>/dev/null || { echo there 5; exit 0; }\n"
        "cat >try.py <<'END'\n"
        "import paramiko, sys\n"
        "c = paramiko.SSHClient()\n"
        "c.set_missing_host_key_policy(paramiko.AutoAddPolicy())\n"
        "c.connect('127.0.0.1', int(sys.argv[1]), 'anybody', key_filename=sys.argv[2],\n"
        "          allow_agent=False, look_for_keys=False)\n"
        "i, o, e = c.exec_command('cat; exit 5')\n"
        "i.write('there'); i.channel.shutdown_write()\n"
        "print(o.read().decode(), o.channel.recv_exit_status())\n"
        "END\n"
        "$p try.py $(declare -f ssh | grep -o 'Port=[0-9]*' | cut -d= -f2) $PWD/identity",
        0, "there 5\n");
}

static void begin_waiting(void)
{
    begin_with((struct relay_host_options){.sshd_port = 0});
}

static bool has_version(void *ctx)
{
    char version[RELAY_VERSION_CAP];
    relay_host_version(ctx, version);
    return version[0] != '\0';
}

Test(relay_end, a_tool_that_gives_up_waiting_is_gone, .init = begin_waiting, .fini = end)
{
    struct relay_tool tool;
    const char *const arguments[] = {"sandbox", "true", NULL};
    relay_tool_start(host, &tool, arguments);
    cr_assert(support_wait_until(has_version, host, SUPPORT_WAIT_MS));
    (void)kill(tool.pid, SIGTERM);
    (void)relay_tool_end(&tool);
    cr_assert(relay_host_wait_ended(host, 1));
    cr_expect_eq(relay_host_end(host).status, STATUS_OK);
    cr_expect_not(relay_host_end(host).admitted);
}

// --- either side goes ---

Test(relay_end, a_lost_sandbox_is_told_as_the_reason, .init = begin_sshd, .fini = end)
{
    struct relay_tool tool;
    const char *const arguments[] = {"sandbox", "echo there; cat", NULL};
    relay_tool_start(host, &tool, arguments);
    cr_assert(relay_tool_expect(&tool, "there"));
    cr_expect_gt(sshd_signal(&sshd, SIGKILL), 0);
    cr_expect(relay_tool_expect_err(&tool, "closed the connection"));
    cr_expect_eq(relay_tool_end(&tool), 255);
    cr_assert(relay_host_wait_ended(host, 1));
    struct relay_end last = relay_host_end(host);
    cr_expect_eq(last.status, STATUS_SSH_FAILED, "%s", failure_text(&last.why));
    cr_expect(last.admitted);
}

// A server that closes right behind the end of its program, as some do.
static void answer_and_leave(struct raw_ssh_peer *peer, void *ctx)
{
    char line[1024];
    (void)ctx;
    memset(line, 'x', sizeof line);
    memcpy(line + sizeof line - 2, "\n", sizeof "\n");
    if (!raw_ssh_reach(peer, RAW_SSH_STARTED))
        return;
    for (int i = 0; i < 60; i++)
        (void)raw_ssh_output(peer, line);
    (void)raw_ssh_exit(peer, 7);
}

static void begin_leaving(void)
{
    leaving = raw_ssh_start(answer_and_leave, NULL);
    cr_assert_not_null(leaving);
    begin_with((struct relay_host_options){.sshd_port = raw_ssh_port(leaving)});
}

static void end_leaving(void)
{
    relay_host_stop(host);
    host = NULL;
    raw_ssh_stop(leaving);
}

Test(relay_end, what_a_server_says_before_it_leaves_arrives, .init = begin_leaving, .fini = end_leaving)
{
    for (int i = 1; i <= 5; i++) {
        relay_shell_expect(host, "ssh sandbox run | wc -c; exit ${PIPESTATUS[0]}", 7, "61380\n");
        cr_assert(relay_host_wait_ended(host, i));
        struct relay_end last = relay_host_end(host);
        cr_expect_eq(last.status, STATUS_OK, "%s", failure_text(&last.why));
    }
}

Test(relay_end, a_slow_tool_gets_it_too, .init = begin_leaving, .fini = end_leaving)
{
    relay_shell_expect(host, "ssh sandbox run | { sleep 1; wc -c; }; exit ${PIPESTATUS[0]}", 7, "61380\n");
}

static bool no_streams(void *ctx)
{
    return relay_host_streams(ctx) == 0;
}

static bool none_runs(void *ctx)
{
    return support_processes_with(ctx) == 0;
}

Test(relay_end, a_killed_tool_takes_its_program_along, .init = begin_sshd, .fini = end)
{
    struct relay_tool tool;
    char mark[64];
    char command[128];
    (void)snprintf(mark, sizeof mark, "mark-of-the-test-%d", (int)getpid());
    (void)snprintf(command, sizeof command, "echo there; cat; : %s", mark);
    const char *const arguments[] = {"sandbox", command, NULL};
    relay_tool_start(host, &tool, arguments);
    cr_assert(relay_tool_expect(&tool, "there"));
    (void)kill(tool.pid, SIGKILL);
    (void)relay_tool_end(&tool);
    cr_assert(relay_host_wait_ended(host, 1));
    cr_expect(support_wait_until(no_streams, host, SUPPORT_WAIT_MS));
    cr_expect(support_wait_until(none_runs, mark, SUPPORT_WAIT_MS), "it runs on");
}

// --- a channel that nobody reads ---

Test(relay_end, a_stalled_channel_holds_up_no_other, .init = begin_sshd, .fini = end)
{
    struct support_result result = {0};
    // The master goes on reading for the others while the output of the first client has nowhere to go.
    relay_shell(host,
                "ssh -M -S ctl -N -f sandbox || exit\n"
                "mkfifo stalled; (ssh -S ctl sandbox yes >stalled </dev/null) & exec 9<stalled\n"
                "head -c 1000 <&9 >/dev/null\n"
                "for i in 1 2 3; do seq 1 200000 | ssh -S ctl sandbox cat | tail -1; done\n"
                "exec 9<&-; ssh -S ctl -O exit sandbox 2>/dev/null; wait; exit 0",
                0, &result);
    cr_expect_str_eq(result.out, "200000\n200000\n200000\n", "%s %s", result.out, result.err);
    support_result_free(&result);
}

// --- what is no tool ---

static enum status new_on(int in, int out, struct failure *why)
{
    uv_loop_t loop;
    struct relay *relay = NULL;
    char key[SUPPORT_PATH_CAP + 16];
    const struct relay_events events = {.client = NULL};
    (void)snprintf(key, sizeof key, "%s/host_key", relay_host_folder(host));
    const struct relay_options options = {.in_fd = in, .out_fd = out, .host_key = key};
    cr_assert_eq(uv_loop_init(&loop), 0);
    enum status status = relay_new(&loop, &options, &events, NULL, &relay, why);
    relay_free(relay);
    (void)uv_run(&loop, UV_RUN_DEFAULT);
    cr_expect_eq(uv_loop_close(&loop), 0);
    return status;
}

Test(relay_end, a_terminal_or_a_file_is_refused, .init = begin_waiting, .fini = end)
{
    struct failure why = {.status = STATUS_OK};
    int master = posix_openpt(O_RDWR | O_NOCTTY);
    int null = open("/dev/null", O_RDWR);
    int pipes[2];
    cr_assert(master >= 0 && grantpt(master) == 0 && unlockpt(master) == 0 && null >= 0 && pipe(pipes) == 0);
    int terminal = open(ptsname(master), O_RDWR | O_NOCTTY);
    cr_assert_geq(terminal, 0);
    cr_expect_eq(new_on(terminal, pipes[1], &why), STATUS_BAD_ARGUMENT);
    cr_expect_str_eq(failure_text(&why), "standard input is a terminal, not an SSH client");
    cr_expect_eq(new_on(pipes[0], terminal, &why), STATUS_BAD_ARGUMENT);
    cr_expect_str_eq(failure_text(&why), "standard output is a terminal, not an SSH client");
    cr_expect_eq(new_on(null, pipes[1], &why), STATUS_BAD_ARGUMENT);
    cr_expect_str_eq(failure_text(&why), "standard input is neither a pipe nor a socket");
    cr_expect_eq(new_on(pipes[0], 999, &why), STATUS_BAD_ARGUMENT);
    cr_expect_str_eq(failure_text(&why), "standard output is closed");
    cr_expect_eq(new_on(pipes[0], pipes[1], &why), STATUS_OK);
    cr_expect_eq(fcntl(pipes[0], F_GETFL) & O_NONBLOCK, 0, "the pipe was left non-blocking");
    (void)close(master);
    (void)close(terminal);
    (void)close(null);
    (void)close(pipes[0]);
    (void)close(pipes[1]);
}
