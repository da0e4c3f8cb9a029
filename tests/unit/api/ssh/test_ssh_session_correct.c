// SPDX-License-Identifier: Apache-2.0
//
// ssh_session against the server over raw sockets while that keeps to the protocol: only then do its breaches
// say something.

#include "tests/support/raw_ssh.h"
#include "tests/unit/api/ssh/ssh_run.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

static struct ssh_run run;
static struct raw_ssh *server;

static void begin(raw_ssh_script script)
{
    server = raw_ssh_start(script, NULL);
    cr_assert_not_null(server);
    ssh_run_begin(&run, raw_ssh_port(server));
}

static void end(void)
{
    ssh_run_end(&run);
    raw_ssh_stop(server);
}

TestSuite(ssh_session_correct, .timeout = 120);

static void say_command(struct raw_ssh_peer *peer, void *ctx)
{
    (void)ctx;
    if (raw_ssh_reach(peer, RAW_SSH_STARTED) && raw_ssh_output(peer, raw_ssh_command(peer)) &&
        raw_ssh_exit(peer, 7))
        (void)raw_ssh_serve(peer, -1);
}

Test(ssh_session_correct, runs_a_command_and_tells_its_exit_status)
{
    begin(say_command);
    run.options.command = "hello there";
    ssh_run_open(&run);
    cr_assert(ssh_run_until(&run, ssh_run_has_ended));
    cr_expect_eq(run.end.status, STATUS_OK, "%s", run.end.why.message);
    cr_expect_eq(run.end.exit_status, 7);
    cr_expect_str_eq(run.out, "hello there");
    cr_expect_eq(raw_ssh_connections(server), 1);
    end();
}

static void echo_keys_anew(struct raw_ssh_peer *peer, void *ctx)
{
    (void)ctx;
    if (!raw_ssh_reach(peer, RAW_SSH_STARTED) || !raw_ssh_output(peer, "ready"))
        return;
    while (raw_ssh_heard(peer) < 3)
        if (!raw_ssh_serve(peer, 1))
            return;
    if (raw_ssh_rekey(peer) && raw_ssh_output(peer, " under new keys") && raw_ssh_exit(peer, 0))
        (void)raw_ssh_serve(peer, -1);
}

Test(ssh_session_correct, starts_a_shell_and_takes_new_keys)
{
    begin(echo_keys_anew);
    run.options.pty = true;
    run.options.rows = 24;
    run.options.cols = 80;
    run.options.term = "xterm";
    ssh_run_open(&run);
    cr_assert(ssh_run_expect(&run, "ready"));
    ssh_run_type(&run, "abc");
    cr_assert(ssh_run_until(&run, ssh_run_has_ended));
    cr_expect_eq(run.end.status, STATUS_OK, "%s", run.end.why.message);
    cr_expect_str_eq(run.out, "ready under new keys");
    end();
}

static void stay_silent(struct raw_ssh_peer *peer, void *ctx)
{
    if (raw_ssh_reach(peer, *(enum raw_ssh_stage *)ctx))
        (void)raw_ssh_silence(peer, -1);
}

Test(ssh_session_correct, silence_before_the_shell_is_told_in_time)
{
    for (int stage = RAW_SSH_CONNECTED; stage < RAW_SSH_STARTED; stage++) {
        enum raw_ssh_stage silent = (enum raw_ssh_stage)stage;
        server = raw_ssh_start(stay_silent, &silent);
        cr_assert_not_null(server);
        ssh_run_begin(&run, raw_ssh_port(server));
        run.options.command = "true";
        run.options.connect_timeout_ms = 500;
        ssh_run_open(&run);
        cr_assert(ssh_run_until(&run, ssh_run_has_ended));
        cr_expect_eq(run.end.status, STATUS_TIMED_OUT, "%s: %s", raw_ssh_stage_name(silent),
                     run.end.why.message);
        end();
    }
}
