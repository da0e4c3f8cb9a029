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

Test(command_state, read_only_mode_has_a_reason_for_each_command_that_changes_something)
{
    const struct command_facts facts = {.service = true,
                                        .read_only = true,
                                        .loaded = true,
                                        .total = 2,
                                        .shown = 2,
                                        .row = true,
                                        .credential = true,
                                        .password = true,
                                        .usable = true,
                                        .sessions = 1,
                                        .state = SANDBOX_paused};
    struct command_facts marked = facts;
    static const enum command free_ones[] = {COMMAND_connect, COMMAND_validate, COMMAND_forget,
                                             COMMAND_import,  COMMAND_reveal,   COMMAND_filter,
                                             COMMAND_quit};
    size_t changing = 0;
    marked.marked = 2;
    for (enum command i = 0; i < COMMAND_COUNT; i++) {
        if (!command_changes(i))
            continue;
        changing++;
        cr_expect_str_eq(command_reason(i, &facts), "read-only", "%s", command_table[i].id);
        cr_expect_str_eq(command_reason(i, &marked), "read-only", "%s", command_table[i].id);
        cr_expect_not(command_is_useful(i, &marked), "%s", command_table[i].id);
    }
    cr_expect_geq(changing, 13U);
    for (size_t i = 0; i < sizeof free_ones / sizeof free_ones[0]; i++) {
        cr_expect_null(command_reason(free_ones[i], &facts), "%s", command_table[free_ones[i]].id);
        cr_expect_not(command_changes(free_ones[i]));
    }
    cr_expect_not(command_changes(COMMAND_NONE));
    cr_expect_not(command_changes(COMMAND_COUNT));
}
