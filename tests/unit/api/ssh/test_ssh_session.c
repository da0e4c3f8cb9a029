// SPDX-License-Identifier: Apache-2.0
//
// ssh_session against a real OpenSSH server: shells and commands, both directions, host keys, endings.

#include "tests/support/skip.h"
#include "tests/support/sshd.h"
#include "tests/unit/api/ssh/ssh_run.h"

#include <criterion/criterion.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct sshd sshd;
static struct ssh_run run;

static void begin(void)
{
    const char *missing = sshd_missing();
    if (missing != NULL)
        SKIP_TEST("%s", missing);
    cr_assert(sshd_start(&sshd, NULL));
    ssh_run_begin(&run, sshd.port);
}

static void end(void)
{
    if (sshd.pid == 0)
        return;
    ssh_run_end(&run);
    sshd_stop(&sshd);
}

TestSuite(ssh_session, .init = begin, .fini = end, .timeout = 120);

static void run_command(const char *command)
{
    run.options.command = command;
    ssh_run_open(&run);
    cr_assert(ssh_run_until(&run, ssh_run_has_ended));
}

Test(ssh_session, command_gives_both_streams_and_its_status)
{
    run_command("printf out; printf err >&2; exit 7");
    cr_assert_eq(run.end.status, STATUS_OK, "%s", failure_text(&run.end.why));
    cr_assert(run.end.exited);
    cr_assert_eq(run.end.exit_status, 7);
    cr_assert_str_eq(run.out, "out");
    cr_assert_str_eq(run.err, "err");
    cr_assert(run.stages_in_order);
    for (int stage = SSH_STAGE_RESOLVE; stage <= SSH_STAGE_OPEN; stage++)
        cr_assert_eq(run.stages[stage], 1, "%s", ssh_stage_text((enum ssh_stage)stage));
    cr_assert_eq(run.ended, 1);
    cr_assert_eq(run.end.stage, SSH_STAGE_OPEN);
}

Test(ssh_session, command_is_copied)
{
    char command[] = "echo copied";
    run.options.command = command;
    ssh_run_open(&run);
    memset(command, 'x', sizeof command - 1);
    cr_assert(ssh_run_until(&run, ssh_run_has_ended));
    cr_assert_str_eq(run.out, "copied\n");
}

Test(ssh_session, signal_death_has_no_status)
{
    run_command("kill -TERM $$");
    cr_assert_eq(run.end.status, STATUS_OK);
    cr_assert_not(run.end.exited);
    cr_assert_str_eq(run.end.exit_signal, "TERM");
}

Test(ssh_session, shell_in_a_pty_sees_its_size_and_its_changes)
{
    run.options.pty = true;
    run.options.rows = 33;
    run.options.cols = 101;
    ssh_run_open(&run);
    cr_assert(ssh_run_until(&run, ssh_run_is_open));
    ssh_run_type(&run, "stty size; echo $TERM\n");
    cr_assert(ssh_run_expect(&run, "33 101"));
    cr_assert(ssh_run_expect(&run, "xterm-256color"));
    ssh_session_resize(run.session, 50, 90);
    ssh_run_type(&run, "stty size\n");
    cr_assert(ssh_run_expect(&run, "50 90"));
    ssh_run_type(&run, "exit 3\n");
    cr_assert(ssh_run_until(&run, ssh_run_has_ended));
    cr_assert_eq(run.end.exit_status, 3);
    cr_assert_gt(run.drained, 0);
}

Test(ssh_session, resize_while_connecting_holds)
{
    run.options.pty = true;
    run.options.command = "sleep 0.2; stty size";
    ssh_run_open(&run);
    ssh_session_resize(run.session, 41, 42);
    cr_assert(ssh_run_until(&run, ssh_run_has_ended));
    cr_assert_not_null(strstr(run.out, "41 42"), "%s", run.out);
}

Test(ssh_session, environment_is_asked_for)
{
    const char *const environment[] = {"SBXDECK_ONE=a b", "REFUSED=1", "SBXDECK_TWO=", NULL};
    run.options.environment = environment;
    run_command("echo \"[$SBXDECK_ONE][$REFUSED][${SBXDECK_TWO-unset}]\"");
    cr_assert_str_eq(run.out, "[a b][][]\n");
}

Test(ssh_session, input_typed_before_it_is_open_arrives)
{
    run.options.command = "cat";
    ssh_run_open(&run);
    ssh_run_type(&run, "early");
    cr_assert_eq(ssh_session_queued(run.session), 5);
    cr_assert_eq(ssh_session_send_eof(run.session), STATUS_OK);
    cr_assert(ssh_run_until(&run, ssh_run_has_ended));
    cr_assert_str_eq(run.out, "early");
    cr_assert_eq(run.end.exit_status, 0);
}

// --- floods ---

enum { FLOOD = 20 * 1024 * 1024 };

Test(ssh_session, flood_from_there_is_whole_in_small_pieces)
{
    uint64_t sum = 0;
    for (int i = 0; i < FLOOD; i++)
        sum = sum * 31 + (unsigned char)(i % 16 == 15 ? '\n' : "0123456789abcdef"[i % 16]);
    run.counting = true;
    run_command("yes 0123456789abcde | head -c 20971520");
    cr_assert_eq(run.out_length, (size_t)FLOOD);
    cr_assert_eq(run.sum, sum);
    cr_assert_leq(run.largest, (size_t)16384);
    cr_assert_eq(run.end.exit_status, 0);
    struct ssh_session_facts facts;
    ssh_session_facts(run.session, &facts);
    cr_assert_eq(facts.bytes_in, (uint64_t)FLOOD);
    cr_assert_not_null(strstr(facts.cipher, "gcm"), "%s", facts.cipher);
}

static size_t flood_sent;
static bool flood_on(struct ssh_run *of)
{
    char piece[10007];
    while (flood_sent < FLOOD && of->ended == 0) {
        size_t count = FLOOD - flood_sent < sizeof piece ? FLOOD - flood_sent : sizeof piece;
        for (size_t i = 0; i < count; i++)
            piece[i] = (char)((flood_sent + i) * 7 % 251);
        if (ssh_session_write(of->session, piece, count) == STATUS_TOO_LARGE)
            break;
        flood_sent += count;
        if (flood_sent == FLOOD)
            cr_expect_eq(ssh_session_send_eof(of->session), STATUS_OK);
    }
    return of->ended > 0;
}

Test(ssh_session, flood_there_and_back_is_whole)
{
    uint64_t sum = 0;
    for (size_t i = 0; i < FLOOD; i++)
        sum = sum * 31 + (unsigned char)(i * 7 % 251);
    run.counting = true;
    run.options.command = "cat";
    ssh_run_open(&run);
    cr_assert(ssh_run_until(&run, flood_on));
    cr_assert_eq(run.out_length, (size_t)FLOOD, "%zu: %s", run.out_length, failure_text(&run.end.why));
    cr_assert_eq(run.sum, sum);
}

// The loop's other work goes on: each of its turns is a chance for it, so there must be many turns.
static long turns;
static void on_turn(uv_check_t *check)
{
    (void)check;
    turns++;
}

Test(ssh_session, flood_leaves_the_loop_its_turns)
{
    static uv_check_t check; // it closes after the test
    cr_assert_eq(uv_check_init(&run.loop, &check), 0);
    cr_assert_eq(uv_check_start(&check, on_turn), 0);
    run.counting = true;
    int64_t began = support_now_ms();
    run_command("head -c 20971520 /dev/zero");
    int64_t took = support_now_ms() - began;
    cr_assert_eq(run.out_length, (size_t)FLOOD);
    // At 4 ms a turn and some for the pause between; a tenth of that is asked for.
    cr_assert_gt(turns, took / 40, "%ld turns in %ld ms", turns, (long)took);
    uv_close((uv_handle_t *)&check, NULL);
}

static bool held_back(struct ssh_run *of)
{
    struct ssh_session_facts facts;
    ssh_session_facts(of->session, &facts);
    if (of->out_length > 0)
        ssh_session_hold(of->session, true);
    return of->out_length > 0;
}

static int64_t held_until;
static bool a_moment_over(struct ssh_run *of)
{
    (void)of;
    return support_now_ms() > held_until;
}

Test(ssh_session, held_output_waits_and_comes_whole)
{
    run.counting = true;
    run.options.command = "head -c 20971520 /dev/zero";
    ssh_run_open(&run);
    cr_assert(ssh_run_until(&run, held_back));
    (void)uv_run(&run.loop, UV_RUN_NOWAIT);
    size_t then = run.out_length;
    held_until = support_now_ms() + 200;
    cr_assert(ssh_run_until(&run, a_moment_over));
    cr_assert_lt(run.out_length - then, (size_t)65536, "it went on while held");
    cr_assert_eq(run.ended, 0);
    ssh_session_hold(run.session, false);
    cr_assert(ssh_run_until(&run, ssh_run_has_ended));
    cr_assert_eq(run.out_length, (size_t)FLOOD);
}

Test(ssh_session, queue_has_a_cap)
{
    static char block[256 * 1024];
    run.options.command = "sleep 60";
    ssh_run_open(&run);
    for (int i = 0; i < 4; i++)
        cr_assert_eq(ssh_session_write(run.session, block, sizeof block), STATUS_OK);
    cr_assert_eq(ssh_session_write(run.session, block, 1), STATUS_TOO_LARGE);
    cr_assert_eq(ssh_session_queued(run.session), 4 * sizeof block);
}

// --- host keys ---

Test(ssh_session, new_host_key_is_kept_and_then_known)
{
    run_command("true");
    cr_assert_eq(run.end.exit_status, 0);
    cr_assert(run.key_kept);
    cr_assert_str_eq(run.kept.seen_type, "ssh-ed25519");
    ssh_run_again(&run);
    run_command("true");
    cr_assert_eq(run.end.exit_status, 0);
    cr_assert_not(run.key_kept);
}

static void changed_key_is_refused(const char *key_type)
{
    run_command("true");
    char *before = support_file_read(run.known_hosts, NULL);
    char first[FINGERPRINT_CAP];
    memcpy(first, run.kept.seen, sizeof first);
    cr_assert(sshd_rekey(&sshd, key_type));
    char *log = sshd_log(&sshd);
    size_t logged = strlen(log);
    cr_assert_not_null(strstr(log, "method password"), "the log does not tell of passwords at all");
    free(log);
    ssh_run_again(&run);
    run_command("true");
    cr_assert_eq(run.end.status, STATUS_HOST_KEY_CHANGED, "%s", failure_text(&run.end.why));
    cr_assert_eq(run.end.stage, SSH_STAGE_HOST_KEY);
    cr_assert_str_eq(run.end.host_key.known, first);
    cr_assert_str_neq(run.end.host_key.seen, first);
    cr_assert_eq(run.end.host_key.line, 1);
    cr_assert_not(run.key_kept);
    log = sshd_log(&sshd);
    cr_assert_null(strstr(log + logged, "userauth-request"), "something was tried to sign in");
    char *after = support_file_read(run.known_hosts, NULL);
    cr_assert_str_eq(before, after);
    free(log);
    free(before);
    free(after);
}

Test(ssh_session, changed_host_key_is_refused_before_the_password)
{
    changed_key_is_refused("ed25519");
}

Test(ssh_session, host_key_of_another_type_is_refused_too)
{
    changed_key_is_refused("ecdsa");
}

Test(ssh_session, unreadable_known_hosts_is_refused)
{
    cr_assert(support_file_write(run.known_hosts, ""));
    (void)snprintf(run.known_hosts, sizeof run.known_hosts, "%s", run.folder);
    run_command("true");
    cr_assert_eq(run.end.status, STATUS_STORE_FAILED, "%s", failure_text(&run.end.why));
    char *log = sshd_log(&sshd);
    cr_assert_null(strstr(log, "userauth-request"));
    free(log);
    (void)snprintf(run.known_hosts, sizeof run.known_hosts, "%s/known_hosts", run.folder);
}

// --- endings ---

Test(ssh_session, wrong_password_is_refused)
{
    ssh_run_password(&run, "wrong");
    run_command("true");
    cr_assert_eq(run.end.status, STATUS_SIGN_IN_REFUSED);
    cr_assert_eq(run.end.stage, SSH_STAGE_SIGN_IN);
    cr_assert_not(run.end.by_us);
}

Test(ssh_session, password_by_keyboard_interactive)
{
    const char *const options[] = {"UsePAM=yes", "PasswordAuthentication=no",
                                   "KbdInteractiveAuthentication=yes", NULL};
    sshd_stop(&sshd);
    cr_assert(sshd_start(&sshd, options));
    run.options.target.port = sshd.port;
    run_command("echo in");
    cr_assert_eq(run.end.status, STATUS_OK, "%s", failure_text(&run.end.why));
    cr_assert_str_eq(run.out, "in\n");
    ssh_run_again(&run);
    ssh_run_password(&run, "wrong");
    run_command("echo in");
    cr_assert_eq(run.end.status, STATUS_SIGN_IN_REFUSED, "%s", failure_text(&run.end.why));
}

Test(ssh_session, server_without_passwords_is_told_apart)
{
    const char *const options[] = {"PasswordAuthentication=no", "PubkeyAuthentication=yes", NULL};
    sshd_stop(&sshd);
    cr_assert(sshd_start(&sshd, options));
    run.options.target.port = sshd.port;
    run_command("true");
    cr_assert_eq(run.end.status, STATUS_SIGN_IN_REFUSED);
    cr_assert_str_eq(run.end.why.message, SSHD_HOST " takes no passwords");
}

static void close_at(enum ssh_stage stage, const char *command)
{
    run.close_at = stage;
    run.options.command = command;
    ssh_run_open(&run);
    cr_assert(ssh_run_until(&run, ssh_run_has_ended));
    cr_assert(run.end.by_us);
    cr_assert_eq(run.end.status, STATUS_CANCELLED);
    cr_assert_eq(run.end.stage, stage);
    cr_assert_eq(run.ended, 1);
}

Test(ssh_session, cancelled_in_every_stage)
{
    for (int stage = SSH_STAGE_RESOLVE; stage <= SSH_STAGE_OPEN; stage++) {
        close_at((enum ssh_stage)stage, "sleep 60");
        ssh_run_again(&run);
    }
}

static enum ssh_stage freed_at;
static bool is_at(struct ssh_run *of)
{
    return of->stages[freed_at] > 0;
}

Test(ssh_session, freed_in_every_stage)
{
    run.options.command = "sleep 60";
    for (int stage = SSH_STAGE_RESOLVE; stage <= SSH_STAGE_OPEN; stage++) {
        freed_at = (enum ssh_stage)stage;
        ssh_run_open(&run);
        cr_assert(ssh_run_until(&run, is_at));
        ssh_session_free(run.session);
        run.session = NULL;
        for (int i = 0; i < 10; i++)
            (void)uv_run(&run.loop, UV_RUN_NOWAIT);
        cr_assert_eq(run.ended, 0, "an event after the session was freed");
        ssh_run_again(&run);
    }
}

Test(ssh_session, freed_from_inside_its_end)
{
    run.free_at_end = true;
    run_command("echo gone");
    cr_assert_str_eq(run.out, "gone\n");
    cr_assert_null(run.session);
}

Test(ssh_session, killed_server_ends_it)
{
    run.options.pty = true;
    ssh_run_open(&run);
    cr_assert(ssh_run_until(&run, ssh_run_is_open));
    ssh_run_type(&run, "echo re''ady\n");
    cr_assert(ssh_run_expect(&run, "ready"));
    cr_assert_gt(sshd_signal(&sshd, SIGKILL), 1);
    cr_assert(ssh_run_until(&run, ssh_run_has_ended));
    cr_assert_eq(run.end.status, STATUS_SSH_FAILED);
    cr_assert_not(run.end.exited);
    cr_assert_eq(run.end.stage, SSH_STAGE_OPEN);
}

Test(ssh_session, stalled_server_is_given_up_and_the_loop_goes_on)
{
    static uv_check_t check; // it closes after the test
    cr_assert_eq(uv_check_init(&run.loop, &check), 0);
    cr_assert_eq(uv_check_start(&check, on_turn), 0);
    run.options.pty = true;
    run.options.keepalive_s = 1;
    ssh_run_open(&run);
    cr_assert(ssh_run_until(&run, ssh_run_is_open));
    cr_assert_gt(sshd_signal(&sshd, SIGSTOP), 1);
    long before = turns;
    ssh_run_type(&run, "echo lost\n");
    cr_assert(ssh_run_until(&run, ssh_run_has_ended));
    cr_assert_eq(run.end.status, STATUS_TIMED_OUT, "%s", failure_text(&run.end.why));
    cr_assert_gt(turns - before, 50, "%ld turns", turns - before);
    uv_close((uv_handle_t *)&check, NULL);
}

Test(ssh_session, quiet_server_that_answers_is_kept)
{
    run.options.keepalive_s = 1;
    run_command("sleep 6; echo still here");
    cr_assert_eq(run.end.status, STATUS_OK, "%s", failure_text(&run.end.why));
    cr_assert_str_eq(run.out, "still here\n");
}

Test(ssh_session, a_doubted_server_that_answers_is_kept_and_one_that_does_not_is_given_up_soon)
{
    struct ssh_session_facts facts;
    run.options.pty = true;
    run.options.keepalive_s = 3600; // by itself it would not be found out
    ssh_run_open(&run);
    cr_assert(ssh_run_until(&run, ssh_run_is_open));
    ssh_session_facts(run.session, &facts);
    cr_expect_str_eq(facts.local_address, SSHD_HOST);
    ssh_session_probe(run.session);
    ssh_session_probe(run.session);
    ssh_run_type(&run, "echo still-$((1+1))\n");
    cr_assert(ssh_run_expect(&run, "still-2"));
    cr_assert_gt(sshd_signal(&sshd, SIGSTOP), 1);
    // What was on its way when it stopped counts as a sign of life: then it is doubted again.
    for (int i = 0; i < 3 && run.ended == 0; i++) {
        ssh_session_probe(run.session);
        (void)ssh_run_until(&run, ssh_run_has_ended);
    }
    cr_assert_eq(run.ended, 1);
    cr_assert_eq(run.end.status, STATUS_TIMED_OUT, "%s", failure_text(&run.end.why));
}
