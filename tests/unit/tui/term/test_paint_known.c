// SPDX-License-Identifier: Apache-2.0
//
// paint_known: what is sent to terminals that know less, and who is believed to know more.

#include "tests/unit/tui/term/paint_fixture.h"
#include "tui/base/theme.h"
#include "tui/term/paint_private.h"

#include <criterion/criterion.h>
#include <curses.h>
#include <stdlib.h>

Test(paint_known, eight_colours, .fini = paint_fixture_end)
{
    paint_fixture_begin("xterm", PAINT_FIXTURE_ROWS, PAINT_FIXTURE_COLUMNS);
    paint_fixture_frame("\033[38;2;255;0;0;44ma\033[0;9;4:3mb\033[m \033[53;58:5:1;4mc");
    cr_expect_eq(paint_fixture_cell(0, 0).style.fg, CELL_COLOR_INDEXED | 1);
    cr_expect_eq(paint_fixture_cell(0, 0).style.bg, CELL_COLOR_INDEXED | 4);
    cr_expect_eq(paint_fixture_cell(0, 0).style.attributes, CELL_BOLD);
    cr_expect_eq(paint_fixture_cell(0, 1).style.attributes,
                 CELL_STRIKE | CELL_UNDERLINE_SINGLE << CELL_UNDERLINE_SHIFT);
    cr_expect_eq(paint_fixture_cell(0, 3).style.attributes, CELL_UNDERLINE_SINGLE << CELL_UNDERLINE_SHIFT);
}

Test(paint_known, the_console_of_linux_gets_no_links, .fini = paint_fixture_end)
{
    paint_fixture_begin("linux", PAINT_FIXTURE_ROWS, PAINT_FIXTURE_COLUMNS);
    paint_fixture_frame("\033[31;4:3;53ma\033[m\033]8;;http://x/\033\\link");
    cr_expect_eq(paint_fixture_cell(0, 0).style.fg, CELL_COLOR_INDEXED | 1);
    cr_expect_not(paint_fixture_was_sent("]8;"));
    cr_expect_not(paint_fixture_was_sent("4:"));
    cr_expect_not(paint_fixture_was_sent("53"));
}

static void no_color_of(const char *term)
{
    paint_fixture_begin(term, PAINT_FIXTURE_ROWS, PAINT_FIXTURE_COLUMNS);
    paint_fixture_frame("\033[38;2;255;0;0;44;1ma\033[0;9;4:3mb\033[m\033]8;;http://x/\033\\c");
    cr_expect_eq(paint_fixture_cell(0, 0).style.fg, CELL_COLOR_DEFAULT);
    cr_expect_eq(paint_fixture_cell(0, 0).style.attributes, CELL_BOLD);
    cr_expect_eq(paint_fixture_cell(0, 1).style.attributes, CELL_UNDERLINE_SINGLE << CELL_UNDERLINE_SHIFT);
    cr_expect_not(paint_fixture_was_sent("]8;"));
    cr_expect_not(paint_fixture_was_sent("9m"));
    paint_fixture_end();
}

Test(paint_known, no_colours_at_all)
{
    no_color_of("vt100");
    no_color_of("vt220");
}

Test(paint_known, a_terminal_that_knows_none_of_it_gets_plain_underlines, .fini = paint_fixture_end)
{
    paint_fixture_begin("screen-256color", PAINT_FIXTURE_ROWS, PAINT_FIXTURE_COLUMNS);
    paint_fixture_frame(
        "\033[4:3ma\033[m \033[4;58;2;1;2;3mb\033[m \033[53mc\033[m \033]8;;http://x/1\033\\link");
    cr_expect_eq(paint_fixture_cell(0, 0).style.attributes, CELL_UNDERLINE_SINGLE << CELL_UNDERLINE_SHIFT);
    cr_expect_eq(paint_fixture_cell(0, 2).style.attributes, CELL_UNDERLINE_SINGLE << CELL_UNDERLINE_SHIFT);
    static const char *const others[] = {"4:", "58", "53", "]8;", "http", "59", "55"};
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
        cr_expect_not(paint_fixture_was_sent(others[i]), "%s", others[i]);
}

Test(paint_known, xterm_gets_links_and_strike_through_but_no_kinds_of_underlines, .fini = paint_fixture_end)
{
    paint_fixture_begin("xterm-256color", PAINT_FIXTURE_ROWS, PAINT_FIXTURE_COLUMNS);
    paint_fixture_frame("\033[4:3ma\033[m\033[9;1mb\033[m\033]8;;http://x/1\033\\link");
    cr_expect_eq(paint_fixture_cell(0, 0).style.attributes, CELL_UNDERLINE_SINGLE << CELL_UNDERLINE_SHIFT);
    cr_expect_eq(paint_fixture_cell(0, 1).style.attributes, CELL_STRIKE | CELL_BOLD);
    cr_expect_not(paint_fixture_was_sent("4:"));
    cr_expect(paint_fixture_was_sent("]8;"));
}

static bool has_rgb(void)
{
    attr_t attributes = 0;
    const struct paint paint = {.fg = CELL_COLOR_RGB | 0x010203};
    theme_begin(THEME_DARK);
    return paint_of_pair(paint_pair(&paint, &attributes)).fg == paint.fg;
}

Test(paint_known, colours_of_24_bit_only_where_the_terminal_has_them, .fini = paint_fixture_end)
{
    paint_fixture_begin("xterm-256color", PAINT_FIXTURE_ROWS, PAINT_FIXTURE_COLUMNS);
    cr_expect_not(has_rgb());
    setenv("COLORTERM", "yes", 1);
    cr_expect_not(has_rgb());
    setenv("COLORTERM", "truecolor", 1);
    cr_expect(has_rgb());
    unsetenv("COLORTERM");
    setenv("XTERM_VERSION", "XTerm(330)", 1);
    cr_expect_not(has_rgb());
    setenv("XTERM_VERSION", "XTerm(379)", 1);
    cr_expect(has_rgb());
}

static void in_tmux(const char *version, const char *sty, bool modern)
{
    paint_fixture_begin("tmux-256color", PAINT_FIXTURE_ROWS, PAINT_FIXTURE_COLUMNS);
    setenv("XTERM_VERSION", "XTerm(379)", 1); // what tmux was started in
    if (version != NULL) {
        setenv("TERM_PROGRAM", "tmux", 1);
        setenv("TERM_PROGRAM_VERSION", version, 1);
    }
    if (sty != NULL)
        setenv("STY", sty, 1);
    cr_expect_eq(has_rgb(), modern, "%s", version);
    paint_fixture_frame("\033[53mo\033[m\033[4:3mc");
    cr_expect_eq((paint_fixture_cell(0, 0).style.attributes & CELL_OVERLINE) != 0, modern, "%s", version);
    cr_expect_eq(paint_fixture_cell(0, 1).style.attributes,
                 CELL_UNDERLINE_CURLY << CELL_UNDERLINE_SHIFT); // by terminfo
    paint_fixture_end();
}

Test(paint_known, in_tmux)
{
    in_tmux(NULL, NULL, false);
    in_tmux("3.1c", NULL, false);
    in_tmux("3.3a", NULL, true);
    in_tmux("3.3a", "1234.screen", false);
}

Test(paint_known, a_terminal_that_says_who_it_is, .fini = paint_fixture_end)
{
    paint_fixture_begin("xterm-256color", PAINT_FIXTURE_ROWS, PAINT_FIXTURE_COLUMNS);
    setenv("VTE_VERSION", "7200", 1);
    theme_begin(THEME_DARK);
    paint_fixture_frame("\033[4:3;58:2::1:2:3mc");
    paint_fixture_expect_same("vte");
    // Started from it, but another one.
    setenv("XTERM_VERSION", "XTerm(379)", 1);
    theme_begin(THEME_DARK);
    paint_fixture_frame("\033[H\033[4:3;58:2::1:2:3md");
    cr_expect_eq(paint_fixture_cell(0, 0).style.attributes, CELL_UNDERLINE_SINGLE << CELL_UNDERLINE_SHIFT);
}
