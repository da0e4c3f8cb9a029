// SPDX-License-Identifier: Apache-2.0
//
// hint_bar: which of the keys that do something now are hinted at, on any width.

#include "tests/unit/views/paper.h"
#include "tui/base/text.h"
#include "views/command/command_state.h"
#include "views/command/hint_bar.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

static int hints_width(const enum command *commands, size_t count)
{
    int width = 1;
    for (size_t i = 0; i < count; i++)
        width += (i > 0 ? 2 : 0) + text_width(command_key(commands[i])) + 1 +
                 text_width(command_table[commands[i]].hint);
    return width;
}

Test(hint_bar, whole_hints_only_and_help_to_the_last)
{
    enum command commands[COMMAND_COUNT];
    size_t before = 0;
    for (int columns = 1; columns < 300; columns++) {
        size_t count = hint_bar_commands(SCOPE_DECK, NULL, columns, commands);
        cr_expect_leq(count == 0 ? 0 : hints_width(commands, count), columns, "%d columns", columns);
        if (columns >= 7)
            cr_expect_eq(commands[count - 1], COMMAND_help);
        if (columns >= 7 + 2 + 14)
            cr_expect_eq(commands[count - 2], COMMAND_session_back);
        before = count;
    }
    size_t hints = 0;
    for (int i = 0; i < COMMAND_COUNT; i++)
        hints +=
            (command_counts((enum command)i, SCOPE_DECK) || command_counts((enum command)i, SCOPE_GLOBAL)) &&
            command_table[i].hint[0] != '\0';
    cr_expect_eq(before, hints, "all of them where there is room");
}

// What is on the line as things are.
static const char *hints(const struct command_facts *facts, int columns)
{
    static char text[512];
    enum command commands[COMMAND_COUNT];
    size_t count = hint_bar_commands(SCOPE_DECK, facts, columns, commands), used = 0;
    text[0] = '\0';
    for (size_t i = 0; i < count; i++)
        used += (size_t)snprintf(text + used, sizeof text - used, "%s%s %s", i > 0 ? "  " : "",
                                 command_key(commands[i]), command_table[commands[i]].hint);
    return text;
}

Test(hint_bar, only_what_does_something_for_the_selected_sandbox)
{
    struct command_facts facts = {.service = true, .loaded = true};
    cr_expect_str_eq(hints(&facts, 40), "N new sandbox  : commands  ? help");
    cr_expect_str_eq(hints(&facts, 80), "N new sandbox  : commands  q quit  ? help");
    facts.total = facts.shown = 3;
    facts.row = true;
    facts.state = SANDBOX_running;
    cr_expect_str_eq(hints(&facts, 40), "Enter connect  n new  / filter  ? help");
    facts.credentials = 1;
    facts.credential = facts.password = facts.usable = true;
    cr_expect(strncmp(hints(&facts, 80), "Enter connect  r regen  / filter  v validate  x delete", 54) == 0,
              "%s", hints(&facts, 80));
    facts.usable = false; // it has ended
    cr_expect_not_null(strstr(hints(&facts, 80), "n new  r regen"));
    facts.state = SANDBOX_stopped;
    cr_expect_eq(strncmp(hints(&facts, 40), "S start  Enter connect", 22), 0, "%s", hints(&facts, 40));
    facts.sessions = 1;
    cr_expect_not_null(strstr(hints(&facts, 40), "  Ctrl-] session  ? help"), "%s", hints(&facts, 40));
    facts.filter = true;
    cr_expect_not_null(strstr(hints(&facts, 80), "Esc clear"));
    // After the prefix nothing but what follows it counts.
    enum command commands[COMMAND_COUNT];
    size_t count = hint_bar_commands(SCOPE_SESSION, &facts, 80, commands);
    cr_assert_gt(count, 1);
    cr_expect_eq(commands[count - 1], COMMAND_session_help);
    for (size_t i = 0; i < count; i++)
        cr_expect(command_counts(commands[i], SCOPE_SESSION));
    // With marks what the selected one lacks is no matter.
    facts.credential = facts.row = false;
    facts.marked = 2;
    facts.marked_credential = true;
    cr_expect_null(strstr(hints(&facts, 80), "connect"));
    cr_expect_not_null(strstr(hints(&facts, 80), "r regen"));
    // And what all of them lack is hinted at by no key.
    facts.marked_credential = false;
    cr_expect_null(strstr(hints(&facts, 80), "r regen"));
    cr_expect_null(strstr(hints(&facts, 80), "S start"));
    facts.marked_startable = true;
    cr_expect_not_null(strstr(hints(&facts, 80), "S start"));
    cr_expect_null(command_reason(COMMAND_regenerate, &facts));
    facts = (struct command_facts){.service = false};
    cr_expect_str_eq(hints(&facts, 80), ": commands  q quit  ? help");
}

Test(hint_bar, a_notice_leaves_room_for_help)
{
    for (int columns = 12; columns < 60; columns++) {
        paper_begin(1, columns);
        hint_bar_draw(stdscr, 0, 0, columns, SCOPE_DECK, NULL, "regenerating 14/40, 2 failed (B) 12 marked");
        cr_expect_eq(stdscr_find("? help"), 0, "%d columns: %s", columns, stdscr_line(0));
        paper_end();
    }
}

Test(hint_bar, a_layer_has_its_own_keys)
{
    static const struct {
        enum hint_layer layer;
        const char *line, *narrow;
    } cases[] = {
        {HINT_DIALOG, "Esc cancel  Enter choose  Tab next button", "Esc cancel"},
        {HINT_YES_NO, "y yes  n no  Enter choose  Tab next button", "y yes  n no"},
        {HINT_FORM, "Esc cancel  Enter go on  Tab next field", "Esc cancel"},
        {HINT_PALETTE, "Esc close  Enter run  Up Down select", "Esc close"},
        {HINT_FILTER, "Esc clear  Enter keep  Up Down select", "Esc clear"},
        {HINT_FILTER_CONNECT, "Enter connect  Esc clear  Tab keep  Up Down select", "Enter connect"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        paper_begin(2, 80);
        hint_bar_draw_layer(stdscr, 0, 0, 80, cases[i].layer, "run");
        hint_bar_draw_layer(stdscr, 1, 0, 20, cases[i].layer, "run");
        cr_expect_eq(stdscr_find(cases[i].line), 0, "%s", cases[i].line);
        cr_expect(strncmp(stdscr_line(1) + 1, cases[i].narrow, strlen(cases[i].narrow)) == 0, "%s",
                  stdscr_line(1));
        paper_end();
    }
}
