// SPDX-License-Identifier: Apache-2.0
//
// What became of a session, in words, for every way in which one can end.

#include "views/session/session_messages.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

static char reason[SESSION_REASON_CAP], advice[SESSION_REASON_TEXT_CAP];

static const char *reason_of(const struct ssh_end *end, bool opened)
{
    return session_messages_end(end, opened, reason, sizeof reason);
}

static const char *advice_of(const struct ssh_end *end, bool opened)
{
    return session_messages_advice(end, opened, "sbx-1", advice, sizeof advice);
}

Test(session_messages, a_shell_that_ended_tells_how)
{
    struct ssh_end end = {.status = STATUS_OK, .exited = true, .exit_status = 0};
    cr_expect_str_eq(reason_of(&end, true), "the shell exited with 0");
    end.exit_status = 130;
    cr_expect_str_eq(reason_of(&end, true), "the shell exited with 130");
    cr_expect_str_eq(session_messages_title(&end, true), "Ended");
    cr_expect_str_empty(advice_of(&end, true));
    end = (struct ssh_end){.status = STATUS_OK, .exit_signal = "KILL"};
    cr_expect_str_eq(reason_of(&end, true), "the shell was killed by signal KILL");
    end = (struct ssh_end){.status = STATUS_OK};
    cr_expect_not_null(strstr(reason_of(&end, true), "without an exit status"));
}

Test(session_messages, a_lost_connection_tells_why)
{
    struct ssh_end end = {.status = STATUS_TIMED_OUT};
    (void)fail(&end.why, STATUS_TIMED_OUT, "sbx-1.example has not answered for 45s");
    cr_expect_str_eq(reason_of(&end, true),
                     "the connection was lost: sbx-1.example has not answered for 45s");
    cr_expect_str_eq(session_messages_title(&end, true), "Connection lost");
    cr_expect_not(session_messages_is_calm(&end));
    cr_expect_str_eq(reason_of(&end, false), "sbx-1.example has not answered for 45s");
    cr_expect_str_eq(advice_of(&end, false), status_advice(STATUS_TIMED_OUT));
    (void)fail(&end.why, STATUS_TIMED_OUT, "no answer (not within 10 s)");
    cr_expect_str_eq(advice_of(&end, false), status_advice(STATUS_TIMED_OUT), "a bracket in the reason");
    (void)advise(&end.why, STATUS_TIMED_OUT, "check sandbox_domain");
    cr_expect_str_eq(advice_of(&end, false), "check sandbox_domain");
}

Test(session_messages, every_status_has_a_reason_and_a_title)
{
    for (int status = 0; status < STATUS_COUNT; status++) {
        for (int opened = 0; opened <= 1; opened++) {
            struct ssh_end end = {.status = (enum status)status, .why = {.status = (enum status)status}};
            cr_expect_str_not_empty(reason_of(&end, opened), "%s", status_name(end.status));
            cr_expect_str_not_empty(session_messages_title(&end, opened), "%s", status_name(end.status));
            cr_expect_null(strchr(reason, '\n'), "%s", reason);
            cr_expect_neq(reason[strlen(reason) - 1], '.', "%s", reason);
            (void)advice_of(&end, opened);
        }
    }
}

Test(session_messages, closing_from_here_is_calm)
{
    struct ssh_end end = {.status = STATUS_CANCELLED, .by_us = true};
    cr_expect(session_messages_is_calm(&end));
    cr_expect_str_eq(reason_of(&end, true), "closed by you");
    cr_expect_str_eq(reason_of(&end, false), "cancelled");
}

Test(session_messages, a_changed_host_key_shows_both_and_the_way_out)
{
    struct ssh_end end = {.status = STATUS_HOST_KEY_CHANGED,
                          .host_key = {.host = "sbx-1.example",
                                       .seen = "SHA256:seen",
                                       .seen_type = "ssh-ed25519",
                                       .known = "SHA256:known",
                                       .known_type = "ssh-rsa",
                                       .line = 7}};
    cr_expect_not_null(strstr(reason_of(&end, false), "no password was sent"));
    (void)advice_of(&end, false);
    cr_expect_not_null(strstr(advice, "known here  SHA256:known\nshown now   SHA256:seen\n"));
    cr_expect_not_null(strstr(advice, "the new one is ssh-ed25519"));
    cr_expect_not_null(strstr(advice, "ssh-rsa, in line 7"));
    cr_expect_not_null(strstr(advice, "F forgets"));
    cr_expect_not(session_messages_is_calm(&end));
}

Test(session_messages, long_reasons_are_cut_to_the_room)
{
    struct ssh_end end = {.status = STATUS_SSH_FAILED};
    char small[8];
    memset(end.why.message, 'x', sizeof end.why.message - 1);
    (void)session_messages_end(&end, true, small, sizeof small);
    cr_expect_lt(strlen(small), sizeof small);
}

Test(session_messages, steps_go_from_to_come_over_now_to_done)
{
    for (int stage = SSH_STAGE_RESOLVE; stage <= SSH_STAGE_OPEN; stage++) {
        size_t now = 0;
        enum session_step_mark last = SESSION_STEP_DONE;
        for (size_t i = 0; i < SESSION_STEPS; i++) {
            enum session_step_mark mark = session_messages_step(i, (enum ssh_stage)stage, false);
            now += mark == SESSION_STEP_NOW;
            cr_expect_geq(mark, last, "stage %d, step %zu", stage, i);
            last = mark;
        }
        cr_expect_eq(now, stage == SSH_STAGE_OPEN ? 0 : 1, "stage %d", stage);
    }
    cr_expect_eq(session_messages_step(2, SSH_STAGE_HOST_KEY, true), SESSION_STEP_FAILED);
    cr_expect_eq(session_messages_step(3, SSH_STAGE_HOST_KEY, true), SESSION_STEP_TO_COME);
    cr_expect_eq(session_messages_step(SESSION_STEPS, SSH_STAGE_OPEN, false), SESSION_STEP_TO_COME);
}
