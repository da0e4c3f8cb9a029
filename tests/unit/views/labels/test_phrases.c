// SPDX-License-Identifier: Apache-2.0
//
// phrases: parts of sentences that several wings show.

#include "tests/unit/views/paper.h"
#include "views/command/commands.h"
#include "views/labels/phrases.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

Test(phrases, a_host_is_what_stands_between_scheme_and_path)
{
    static const char *const cases[][2] = {
        {"https://api.example", "api.example"},
        {"https://api.example/v1/", "api.example"},
        {"http://127.0.0.1:8080", "127.0.0.1:8080"},
        {"http://[::1]:8080/x", "[::1]:8080"},
        {"https://api.example?x=/y", "api.example"},
        {"https://api.example#x", "api.example"},
        {"api.example/x", "api.example"},
        {"", ""},
    };
    char out[64], tight[5];
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        cr_expect_str_eq(phrase_host(cases[i][0], out, sizeof out), cases[i][1], "%s: %s", cases[i][0], out);
    cr_expect_str_eq(phrase_host("https://api.example", tight, sizeof tight), "api.");
}

Test(phrases, the_command_of_a_shell_names_the_port_only_where_it_must)
{
    static const struct {
        struct ssh_target target;
        const char *command;
    } cases[] = {
        {{"ssh-a", "sbx-1.example", 22}, "ssh -o StrictHostKeyChecking=accept-new ssh-a@sbx-1.example"},
        {{"ssh-a", "127.0.0.1", 2222}, "ssh -o StrictHostKeyChecking=accept-new -p 2222 ssh-a@127.0.0.1"},
        {{"u", "2001:db8::1", 65535}, "ssh -o StrictHostKeyChecking=accept-new -p 65535 u@2001:db8::1"},
    };
    char out[256];
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        cr_expect_str_eq(phrase_ssh_command(&cases[i].target, out, sizeof out), cases[i].command);
}

Test(phrases, an_end_is_ahead_past_or_not_known)
{
    static const struct {
        int64_t left_ms;
        const char *text;
    } cases[] = {{1, "ends in 0s"},
                 {90 * PAPER_SECOND, "ends in 1m30s"},
                 {7200 * PAPER_SECOND, "ends in 2h"},
                 {0, "past its expiry"},
                 {-PAPER_SECOND, "past its expiry"},
                 {-PAPER_NOW, "its expiry is not known"}};
    char out[PHRASE_END_CAP];
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct credential credential = {.expires_at = PAPER_NOW + cases[i].left_ms};
        cr_expect_str_eq(phrase_end(&credential, PAPER_NOW, out), cases[i].text, "%s", out);
    }
}

Test(phrases, one_is_not_many)
{
    char out[32];
    cr_expect_str_eq(phrase_count(0, "session", "sessions", out, sizeof out), "0 sessions");
    cr_expect_str_eq(phrase_count(1, "session", "sessions", out, sizeof out), "1 session");
    cr_expect_str_eq(phrase_count(2, "session", "sessions", out, sizeof out), "2 sessions");
}

// The way out is the key that helps in the state that the sandbox is in now.
Test(phrases, a_move_that_failed_names_the_way_out_of_the_state)
{
    const char *start = command_key(COMMAND_sandbox_start), *refresh = command_key(COMMAND_refresh);
    char wakes[64], starts[64], asks[64];
    (void)snprintf(wakes, sizeof wakes, "%s wakes it", start);
    (void)snprintf(starts, sizeof starts, "%s starts it", start);
    (void)snprintf(asks, sizeof asks, "%s asks again", refresh);
    const struct {
        enum status status;
        enum sandbox_state state;
        bool gone;
        const char *advice; // NULL: as the status has it
    } cases[] = {
        {STATUS_CONFLICT, SANDBOX_paused, false, wakes},
        {STATUS_CONFLICT, SANDBOX_stopped, false, starts},
        {STATUS_CONFLICT, SANDBOX_running, false, "nothing is left to do"},
        {STATUS_CONFLICT, SANDBOX_stopping, false, asks},
        {STATUS_CONFLICT, SANDBOX_other, false, asks},
        {STATUS_CONFLICT, SANDBOX_paused, true, asks}, // it was, when it was seen last
        {STATUS_NOT_FOUND, SANDBOX_paused, false, asks},
        {STATUS_OUTCOME_UNKNOWN, SANDBOX_running, false, asks},
        {STATUS_KEY_REFUSED, SANDBOX_paused, false, NULL},
        {STATUS_NO_CONNECTION, SANDBOX_stopped, false, NULL},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const struct failure why = {.status = cases[i].status, .message = "what the server said"};
        struct fleet_row row = {.gone = cases[i].gone};
        struct failure out;
        row.sandbox.state = cases[i].state;
        phrase_move_failure(&why, &row, &out);
        cr_expect_eq(out.status, why.status);
        cr_expect_str_eq(out.message, why.message);
        cr_expect_str_eq(failure_advice(&out),
                         cases[i].advice != NULL ? cases[i].advice : status_advice(why.status),
                         "case %zu: %s", i, failure_advice(&out));
    }
    const struct failure why = {.status = STATUS_CONFLICT};
    struct failure out;
    phrase_move_failure(&why, NULL, &out);
    cr_expect_str_eq(failure_advice(&out), asks, "not known any more");
}
