// SPDX-License-Identifier: Apache-2.0
//
// ssh_session against the server over raw sockets while that keeps to the protocol: only then do its breaches
// say something.

#include "tests/support/raw_ssh.h"
#include "tests/support/raw_ssh_private.h"
#include "tests/unit/api/ssh/ssh_run.h"

#include <criterion/criterion.h>
#include <semaphore.h>
#include <stdatomic.h>
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

static atomic_bool keys_are_agreed_on;
static sem_t may_go_on, has_gone_on;

// The end of the exchange and a first output under the new keys come in one go.
static void say_while_keys_change(struct raw_ssh_peer *peer, void *ctx)
{
    (void)ctx;
    raw_ssh_echo(peer);
    if (!raw_ssh_reach(peer, RAW_SSH_STARTED) || !raw_ssh_output(peer, "ready") ||
        !raw_wire_send_kexinit(peer) || !raw_ssh_await(peer, RAW_SSH_KEXINIT))
        return;
    peer->client_kexinit.length = 0;
    raw_wire_put(&peer->client_kexinit, peer->packet, peer->packet_length);
    if (!raw_ssh_await(peer, RAW_SSH_KEX_ECDH_INIT))
        return;
    atomic_store(&keys_are_agreed_on, true);
    (void)sem_wait(&may_go_on);
    bool said = raw_wire_kex_reply(peer) && raw_wire_newkeys_send(peer) && raw_ssh_output(peer, "?");
    (void)sem_post(&has_gone_on);
    if (!said || !raw_ssh_await(peer, RAW_SSH_NEWKEYS))
        return;
    raw_wire_newkeys_received(peer);
    (void)raw_ssh_serve(peer, -1);
}

static bool are_keys_agreed_on(struct ssh_run *of)
{
    return atomic_load(&keys_are_agreed_on) || of->ended > 0;
}

// libssh reads while it writes when keys change just then, and what comes may be answered at once: what is
// being written must stay where it is.
Test(ssh_session_correct, what_is_typed_while_keys_change_arrives_as_it_was)
{
    char typed[200 + 1] = "", answer[4000 + 1] = "", expected[sizeof typed + sizeof answer + 16];
    memset(typed, 'x', sizeof typed - 1);
    memset(answer, 'y', sizeof answer - 1);
    (void)snprintf(expected, sizeof expected, "ready?%s%s", typed, answer);
    cr_assert_eq(sem_init(&may_go_on, 0, 0), 0);
    cr_assert_eq(sem_init(&has_gone_on, 0, 0), 0);
    begin(say_while_keys_change);
    ssh_run_open(&run);
    cr_assert(ssh_run_expect(&run, "ready"));
    cr_assert(ssh_run_until(&run, are_keys_agreed_on));
    run.answer = answer;
    (void)sem_post(&may_go_on);
    (void)sem_wait(&has_gone_on);
    ssh_run_type(&run, typed);
    cr_expect_null(run.answer, "nothing was read while it was written");
    cr_expect(ssh_run_expect(&run, "yyyy"));
    cr_expect(ssh_run_expect(&run, expected));
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
