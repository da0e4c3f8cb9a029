// SPDX-License-Identifier: Apache-2.0
//
// Struck text through curses: what goes out for it, and only for it.

#include "tests/unit/tui/canvas.h"
#include "tui/screen.h"
#include "tui/strike.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

static const char *rewritten(const char *bytes)
{
    static char line[128];
    (void)snprintf(line, sizeof line, "%s", bytes);
    strike_rewrite(line, strlen(line));
    return line;
}

// What a terminal of that kind is sent for struck bold text.
static void draw(const char *term, char *sent, size_t cap)
{
    canvas_begin(24, 80, term);
    (void)canvas_output(sent, cap);
    cr_assert(screen_frame_begin());
    attron(strike_attribute() | A_BOLD);
    mvaddstr(3, 0, "struck");
    attroff(strike_attribute() | A_BOLD);
    addstr("not");
    screen_frame_end(-1, -1);
    (void)canvas_output(sent, cap);
    canvas_end();
}

Test(strike, goes_out_as_the_terminal_has_it)
{
    char sent[CANVAS_LINE_MAX];
    draw("xterm-256color", sent, sizeof sent);
    cr_expect_not_null(strstr(sent, "\033[0;1;9mstruck"), "%s", sent);
    cr_expect_null(strstr(sent, ";8m"), "%s", sent);
}

Test(strike, is_left_out_where_it_is_not_known)
{
    char sent[CANVAS_LINE_MAX];
    draw("vt220", sent, sizeof sent);
    cr_expect_eq(strike_attribute(), (attr_t)A_NORMAL);
    cr_expect_not_null(strstr(sent, "struck"), "%s", sent);
    cr_expect_null(strstr(sent, "9m"), "%s", sent);
}

Test(strike, other_sequences_are_left_alone)
{
    static const struct {
        const char *from, *to;
    } rows[] = {
        {"", ""},
        {"8", "8"},
        {"\033[0;8m", "\033[0;9m"},
        {"\033[0;1;8mtext\033[0;8;1m", "\033[0;1;9mtext\033[0;9;1m"},
        {"\033[38;5;8m", "\033[38;5;8m"},
        {"\033[8m", "\033[8m"},
        {"\033[0;8H", "\033[0;8H"},
        {"\033[0;88m", "\033[0;88m"},
        {"\033[0;8", "\033[0;8"},
        {"\033[0;", "\033[0;"},
        {"\033[0", "\033[0"},
        {"\033\033[0;8m", "\033\033[0;9m"},
    };
    canvas_begin(24, 80, "xterm-256color");
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        cr_expect_str_eq(rewritten(rows[i].from), rows[i].to, "row %zu", i);
    canvas_end();
}
