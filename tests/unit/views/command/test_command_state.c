// SPDX-License-Identifier: Apache-2.0
//
// command_state: why a command can do nothing now.

#include "views/command/command_state.h"

#include <criterion/criterion.h>

Test(command_state, says_why_a_command_can_do_nothing)
{
    static const struct {
        enum command command;
        const char *why; // NULL: it can
    } cases[] = {
        {COMMAND_connect, NULL},
        {COMMAND_validate, "no credential"},
        {COMMAND_reveal, "no credential"},
        {COMMAND_create, NULL},
        {COMMAND_sandbox_start, "it is running already"},
        {COMMAND_sandbox_pause, NULL},
        {COMMAND_mark_none, "nothing is marked"},
        {COMMAND_alert_next, "no alert"},
        {COMMAND_sessions, "no session is open"},
        {COMMAND_bulk, "no bulk operation yet"},
        {COMMAND_quit, NULL},
    };
    struct command_facts facts = {
        .service = true, .loaded = true, .total = 1, .shown = 1, .row = true, .state = SANDBOX_running};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const char *why = command_reason(cases[i].command, &facts);
        cr_expect_eq(why == NULL, cases[i].why == NULL, "%s: %s", command_table[cases[i].command].id, why);
        if (why != NULL && cases[i].why != NULL)
            cr_expect_str_eq(why, cases[i].why);
    }
    facts.gone = true;
    cr_expect_str_eq(command_reason(COMMAND_connect, &facts), "the sandbox is gone");
    facts.row = false;
    cr_expect_str_eq(command_reason(COMMAND_connect, &facts), "no sandbox is selected");
    facts.service = false;
    cr_expect_str_eq(command_reason(COMMAND_connect, &facts), "no API key");
    cr_expect_null(command_reason(COMMAND_NONE, &facts));
}
