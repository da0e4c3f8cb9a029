// SPDX-License-Identifier: Apache-2.0
//
// What of a session stands in the event log: that it came about, how it ended and why it did not come about.

#include "api/base/time_util.h"
#include "views/session/session_log.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

static int64_t clock_ms = 100000;

static int64_t monotonic(void)
{
    return clock_ms;
}

static void begin(void)
{
    static const struct time_source source = {.wall_ms = monotonic, .monotonic_ms = monotonic};
    time_source_set(&source);
}

TestSuite(session_log, .init = begin);

static const struct session_log
    opened = {.sandbox_id = "sbx-1", .id = "ssh-1", .number = 0, .begun_at = 97000, .opened_at = 98500},
    never_opened = {.sandbox_id = "sbx-1", .id = "ssh-1", .number = -1, .begun_at = 97000};

Test(session_log, a_shell_is_told_with_what_it_took)
{
    struct event event;
    session_log_opened(&opened, NULL, &event);
    cr_expect_eq(event.kind, EVENT_CONNECTED);
    cr_expect_eq(event.outcome, STATUS_OK);
    cr_expect_eq(event.duration_ms, 3000);
    cr_expect_eq(event.session, 1);
    cr_expect_str_eq(event.sandbox_id, "sbx-1");
    cr_expect_str_eq(event.id, "ssh-1");
    cr_expect_str_eq(event.message, "");
    const struct host_key_report key = {
        .host = "sbx-1.example", .seen_type = "ssh-ed25519", .seen = "SHA256:abc"};
    session_log_opened(&opened, &key, &event);
    cr_expect_str_eq(event.message, "a new host key was saved: ssh-ed25519 SHA256:abc");
}

Test(session_log, each_end_has_its_kind_outcome_and_words)
{
    static const struct {
        const struct session_log *session;
        struct ssh_end end;
        enum event_kind kind;
        enum status outcome;
        int64_t duration;
        const char *message;
    } cases[] = {
        {&opened,
         {.status = STATUS_OK, .exited = true, .exit_status = 3},
         EVENT_DISCONNECTED,
         STATUS_OK,
         1500,
         "the shell exited with 3"},
        {&opened,
         {.status = STATUS_OK, .exit_signal = "KILL"},
         EVENT_DISCONNECTED,
         STATUS_OK,
         1500,
         "the shell was killed by signal KILL"},
        {&opened,
         {.status = STATUS_CANCELLED, .by_us = true},
         EVENT_DISCONNECTED,
         STATUS_OK,
         1500,
         "closed by you"},
        {&opened,
         {.status = STATUS_SSH_FAILED, .why = {.message = "no answer"}},
         EVENT_DISCONNECTED,
         STATUS_SSH_FAILED,
         1500,
         "the connection was lost: no answer"},
        {&opened,
         {.status = STATUS_SSH_FAILED,
          .quoted = true,
          .why = {.message = "Received SSH_MSG_DISCONNECT: 2:the password is x"}},
         EVENT_DISCONNECTED,
         STATUS_SSH_FAILED,
         1500,
         "the connection was lost: the sandbox hung up or broke the protocol"},
        {&never_opened,
         {.status = STATUS_SIGN_IN_REFUSED},
         EVENT_FAILURE,
         STATUS_SIGN_IN_REFUSED,
         3000,
         "the sandbox refused the credential"},
        {&never_opened,
         {.status = STATUS_TIMED_OUT, .why = {.message = "nothing came"}},
         EVENT_FAILURE,
         STATUS_TIMED_OUT,
         3000,
         "nothing came"},
        {&never_opened,
         {.status = STATUS_HOST_KEY_CHANGED,
          .host_key = {.host = "h", .known = "SHA256:old", .seen = "SHA256:new"}},
         EVENT_FAILURE,
         STATUS_HOST_KEY_CHANGED,
         3000,
         "the host key of h is not the known one; no password was sent (known: SHA256:old, shown: "
         "SHA256:new)"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct event event;
        cr_assert(session_log_ended(cases[i].session, &cases[i].end, &event), "case %zu", i);
        cr_expect_eq(event.kind, cases[i].kind, "case %zu", i);
        cr_expect_eq(event.outcome, cases[i].outcome, "case %zu", i);
        cr_expect_eq(event.duration_ms, cases[i].duration, "case %zu", i);
        cr_expect_str_eq(event.message, cases[i].message);
    }
}

Test(session_log, what_was_given_up_before_it_began_is_nothing)
{
    struct event event;
    const struct ssh_end end = {.status = STATUS_CANCELLED, .by_us = true};
    cr_expect_not(session_log_ended(&never_opened, &end, &event));
}
