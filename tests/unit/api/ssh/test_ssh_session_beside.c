// SPDX-License-Identifier: Apache-2.0
//
// ssh_session beside another on one connection, against a real OpenSSH server; and a server that sends more
// than a channel may.

#include "tests/support/skip.h"
#include "tests/support/sshd.h"
#include "tests/unit/api/ssh/ssh_play.h"

#include <criterion/criterion.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct sshd sshd;
static struct ssh_run first, second;

static void begin(const char *const options[])
{
    const char *missing = sshd_missing();
    if (missing != NULL)
        SKIP_TEST("%s", missing);
    cr_assert(sshd_start(&sshd, options));
    ssh_run_begin(&first, sshd.port);
    first.options.pty = true;
    ssh_run_open(&first);
    cr_assert_not(ssh_session_may_share(first.session), "it is not there yet");
    cr_assert(ssh_run_until(&first, ssh_run_is_open));
    second.options = first.options;
    second.stages_in_order = true;
    second.close_at = SSH_STAGE_ENDED;
}

static void end(void)
{
    if (sshd.pid == 0)
        return;
    ssh_session_free(second.session);
    second.session = NULL;
    ssh_run_end(&first);
    free(second.out);
    sshd_stop(&sshd);
}

TestSuite(ssh_session_beside, .fini = end, .timeout = 120);

static void open_second(void)
{
    cr_assert(ssh_session_may_share(first.session));
    ssh_run_open_beside(&second, first.session);
}

static bool second_is_open(struct ssh_run *of)
{
    (void)of;
    return second.stages[SSH_STAGE_OPEN] > 0 || second.ended > 0;
}

static bool both_have_ended(struct ssh_run *of)
{
    return of->ended > 0 && second.ended > 0;
}

static bool second_has_ended(struct ssh_run *of)
{
    (void)of;
    return second.ended > 0;
}

static bool second_says_42(struct ssh_run *of)
{
    (void)of;
    return second.ended > 0 || (second.out != NULL && strstr(second.out, "is 42") != NULL);
}

static size_t sign_ins(void)
{
    size_t count = 0;
    char *log = sshd_log(&sshd);
    for (const char *at = log; at != NULL && (at = strstr(at, "Accepted password")) != NULL; at++)
        count++;
    free(log);
    return count;
}

Test(ssh_session_beside, runs_on_the_connection_that_is_there)
{
    begin(NULL);
    open_second();
    cr_assert_eq(ssh_session_sharers(first.session), 2);
    cr_assert(ssh_run_until(&first, second_is_open));
    cr_expect_eq(second.stages[SSH_STAGE_SHELL], 1);
    cr_expect_eq(second.stages[SSH_STAGE_SIGN_IN], 0);
    ssh_run_type(&second, "echo is $((6*7))\n");
    cr_assert(ssh_run_until(&first, second_says_42));
    cr_expect(first.out == NULL || strstr(first.out, "42") == NULL, "it came to the other");
    cr_expect_eq(sign_ins(), 1);
    struct ssh_session_facts one, two;
    ssh_session_facts(first.session, &one);
    ssh_session_facts(second.session, &two);
    cr_expect_str_eq(one.cipher, two.cipher);
    cr_expect_gt(two.bytes_out, one.bytes_out);
}

Test(ssh_session_beside, closing_the_first_keeps_the_second)
{
    begin(NULL);
    open_second();
    cr_assert(ssh_run_until(&first, second_is_open));
    ssh_session_close(first.session);
    cr_assert(ssh_run_until(&first, ssh_run_has_ended));
    cr_expect(first.end.by_us);
    ssh_session_free(first.session);
    first.session = NULL;
    ssh_run_type(&second, "echo is $((6*7))\n");
    cr_assert(ssh_run_until(&first, second_says_42));
    cr_expect_eq(second.ended, 0);
    cr_expect_eq(ssh_session_sharers(second.session), 1);
    ssh_run_type(&second, "exit 3\n");
    cr_assert(ssh_run_until(&first, second_has_ended));
    cr_expect(second.end.status == STATUS_OK && second.end.exit_status == 3);
}

Test(ssh_session_beside, exit_of_the_second_keeps_the_first)
{
    begin(NULL);
    open_second();
    cr_assert(ssh_run_until(&first, second_is_open));
    ssh_run_type(&second, "exit 4\n");
    cr_assert(ssh_run_until(&first, second_has_ended));
    cr_expect_eq(second.end.exit_status, 4);
    cr_expect_eq(first.ended, 0);
    ssh_run_type(&first, "echo still $((6*7))\n");
    cr_assert(ssh_run_expect(&first, "still 42"));
}

Test(ssh_session_beside, both_end_with_the_connection_and_say_why)
{
    begin(NULL);
    open_second();
    cr_assert(ssh_run_until(&first, second_is_open));
    cr_assert_gt(sshd_signal(&sshd, SIGKILL), 0);
    cr_assert(ssh_run_until(&first, both_have_ended));
    cr_expect_eq(first.ended, 1);
    cr_expect_eq(second.ended, 1);
    cr_expect_neq(first.end.status, STATUS_OK);
    cr_expect_str_eq(first.end.why.message, second.end.why.message);
    cr_expect_not(ssh_session_may_share(first.session));
}

Test(ssh_session_beside, freed_from_inside_the_end_of_the_connection)
{
    begin(NULL);
    open_second();
    cr_assert(ssh_run_until(&first, second_is_open));
    first.free_at_end = second.free_at_end = true;
    cr_assert_gt(sshd_signal(&sshd, SIGKILL), 0);
    cr_assert(ssh_run_until(&first, both_have_ended));
}

Test(ssh_session_beside, the_end_of_one_may_free_the_other)
{
    begin(NULL);
    first.frees = &second;
    open_second();
    cr_assert(ssh_run_until(&first, second_is_open));
    cr_assert_gt(sshd_signal(&sshd, SIGKILL), 0);
    cr_assert(ssh_run_until(&first, ssh_run_has_ended));
    cr_expect_eq(first.ended, 1);
    cr_expect_eq(second.ended, 0);
}

Test(ssh_session_beside, server_with_one_session_refuses_and_the_first_goes_on)
{
    begin((const char *const[]){"MaxSessions=1", NULL});
    open_second();
    cr_assert(ssh_run_until(&first, second_has_ended));
    cr_expect(second.end.no_channel && second.end.refused);
    cr_expect_not(ssh_session_may_share(first.session), "it has said no");
    cr_expect_eq(first.ended, 0);
    ssh_run_type(&first, "echo still $((6*7))\n");
    cr_assert(ssh_run_expect(&first, "still 42"));
}

// --- opened ahead ---

static size_t count_in_log(const char *text)
{
    size_t count = 0;
    char *log = sshd_log(&sshd);
    for (const char *at = log; at != NULL && (at = strstr(at, text)) != NULL; at++)
        count++;
    free(log);
    return count;
}

static bool two_terminals_are_there(struct ssh_run *of)
{
    (void)of;
    return count_in_log("session_pty_req: session 1 alloc") > 0;
}

static bool may_not_share(struct ssh_run *of)
{
    return !ssh_session_may_share(of->session);
}

static bool second_has_its_size(struct ssh_run *of)
{
    (void)of;
    return second.ended > 0 || (second.out != NULL && strstr(second.out, "33 99") != NULL);
}

Test(ssh_session_beside, one_opened_ahead_has_the_size_that_is_asked_for_later)
{
    const char *const environment[] = {"SBXDECK_ONE=ahead", NULL};
    begin(NULL);
    second.options.environment = environment;
    ssh_session_prepare(first.session, &second.options);
    ssh_session_prepare(first.session, &second.options); // one is enough
    cr_assert(ssh_run_until(&first, two_terminals_are_there));
    cr_expect_eq(ssh_session_sharers(first.session), 1);
    cr_expect_eq(count_in_log("Starting session: shell"), 1, "it runs before it is asked for");
    second.options.rows = 33;
    second.options.cols = 99;
    open_second();
    cr_assert_eq(ssh_session_sharers(first.session), 2);
    cr_assert(ssh_run_until(&first, second_is_open));
    cr_expect(second.stages_in_order && second.stages[SSH_STAGE_SHELL] == 1);
    ssh_run_type(&second, "stty size; echo $SBXDECK_ONE is $((6*7))\n");
    cr_assert(ssh_run_until(&first, second_has_its_size));
    cr_assert(ssh_run_until(&first, second_says_42));
    cr_expect_not_null(strstr(second.out, "ahead is 42"));
    cr_expect_eq(count_in_log("session_new: session 2"), 0);
}

Test(ssh_session_beside, one_asked_for_while_it_is_opened_ahead_is_that_one)
{
    begin(NULL);
    ssh_session_prepare(first.session, &second.options);
    second.options.rows = 33;
    second.options.cols = 99;
    open_second();
    cr_assert(ssh_run_until(&first, second_is_open));
    ssh_run_type(&second, "stty size\n");
    cr_assert(ssh_run_until(&first, second_has_its_size));
    cr_expect_eq(count_in_log("session_new: session 2"), 0);
}

Test(ssh_session_beside, one_opened_ahead_goes_with_the_connection)
{
    begin(NULL);
    ssh_session_prepare(first.session, &second.options);
    cr_assert(ssh_run_until(&first, two_terminals_are_there));
    ssh_run_type(&first, "exit 3\n");
    cr_assert(ssh_run_until(&first, ssh_run_has_ended));
    cr_expect_eq(first.end.exit_status, 3);
}

Test(ssh_session_beside, refusal_of_one_opened_ahead_is_told_to_nobody)
{
    begin((const char *const[]){"MaxSessions=1", NULL});
    ssh_session_prepare(first.session, &second.options);
    cr_assert(ssh_run_until(&first, may_not_share));
    cr_expect_eq(first.ended, 0);
    ssh_run_type(&first, "echo still $((6*7))\n");
    cr_assert(ssh_run_expect(&first, "still 42"));
}

// --- a server that sends more than it may ---

static bool send_past_the_window(struct raw_ssh_peer *peer, const struct play *play)
{
    static char block[32000];
    (void)play;
    for (int i = 0; i < 1000; i++)
        if (!raw_ssh_message(peer, RAW_SSH_CHANNEL_DATA, "ux", raw_ssh_channel(peer), block, sizeof block))
            return false;
    return true;
}

Test(ssh_session_beside, more_output_than_the_window_of_a_held_session_ends_it)
{
    const struct play play = {
        .stage = RAW_SSH_STARTED, .act = send_past_the_window, .name = "past the window"};
    play_open(&play);
    ssh_run_open(&run);
    ssh_session_hold(run.session, true);
    cr_assert(ssh_run_until(&run, ssh_run_has_ended), "it took all of it");
    cr_expect_eq(run.end.status, STATUS_SSH_FAILED);
    cr_expect_not_null(strstr(run.end.why.message, "more output than it may"), "%s", run.end.why.message);
    play_part();
}

// --- a server that answers at once ---

static void answer_at_once(struct raw_ssh_peer *peer, void *ctx)
{
    (void)ctx;
    raw_ssh_take_more(peer);
    if (raw_ssh_reach(peer, RAW_SSH_STARTED) && raw_ssh_output(peer, "first"))
        (void)raw_ssh_serve(peer, -1);
}

Test(ssh_session_beside, stages_come_in_order_however_soon_the_server_answers)
{
    struct raw_ssh *raw = raw_ssh_start(answer_at_once, NULL);
    ssh_run_begin(&run, raw_ssh_port(raw));
    (void)snprintf(run.options.target.user, sizeof run.options.target.user, "%s", RAW_SSH_USER);
    run.options.pty = true;
    ssh_run_open(&run);
    cr_assert(ssh_run_expect(&run, "first"));
    second.options = run.options;
    second.stages_in_order = true;
    second.close_at = SSH_STAGE_ENDED;
    ssh_run_open_beside(&second, run.session);
    cr_assert(ssh_run_until(&run, second_is_open));
    cr_expect(second.stages_in_order);
    cr_expect_eq(second.stages[SSH_STAGE_SHELL], 1);
    cr_expect_eq(second.stages[SSH_STAGE_OPEN], 1);
    cr_expect_eq(second.ended, 0);
    ssh_session_free(second.session);
    second.session = NULL;
    ssh_run_end(&run);
    raw_ssh_stop(raw);
}
