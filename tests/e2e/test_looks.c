// SPDX-License-Identifier: Apache-2.0
//
// How a program's text looks on the operator's terminal, through the real console: colours without a limit,
// kinds and colours of underlines, overlines, links.

#include "tests/e2e/fixture.h"
#include "tests/support/terminal_cells.h"
#include "tests/support/terminfo.h"
#include "tui/vt/vt_screen.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static char sandbox[64], terminfo[SUPPORT_PATH_CAP + 16];

// A shell in a console whose terminal can do all that there is.
static struct console *begin(struct fixture *fixture, int rows, int cols, const char *term)
{
    fixture_begin(fixture, NULL);
    cr_assert(terminfo_make(fixture->home, "modern", TERMINFO_MODERN));
    (void)snprintf(terminfo, sizeof terminfo, "TERMINFO=%s", fixture->home);
    fixture_variable(fixture, terminfo);
    fixture_variable(fixture, term);
    fixture_first_sandbox(fixture, sandbox, sizeof sandbox);
    struct console *console = fixture_console(fixture, rows, cols, sandbox);
    fixture_connect(console, sandbox);
    return console;
}

// The first cell with that text, from the screen's top.
static struct vt_glyph cell(struct console *console, const char *text)
{
    struct vt_glyph glyph = {.text = ""};
    const struct vt *vt = console_terminal(console);
    for (int y = 0; y < vt_rows(vt); y++)
        for (int x = 0; x < vt_cols(vt); x++)
            if (cell_read(vt, y, x, &glyph) && strcmp(glyph.text, text) == 0)
                return glyph;
    cr_assert_fail("no '%s' on\n%s", text, console_screen(console));
    return glyph;
}

static int underline_of(const struct vt_glyph *glyph)
{
    return (glyph->style.attributes & CELL_UNDERLINE_MASK) >> CELL_UNDERLINE_SHIFT;
}

// "¶" of number i has the colour i / 256, i % 256, 7.
static void check_colours(int rows, int cols, int count)
{
    struct fixture fixture;
    char command[256];
    struct console *console = begin(&fixture, rows, cols, "TERM=modern");
    (void)snprintf(command, sizeof command,
                   "clear; i=0; while [ $i -lt %d ]; do printf '\\033[38;2;%%d;%%d;7m\\302\\266' $((i/256)) "
                   "$((i%%256)); "
                   "i=$((i+1)); done; printf '\\033[m\\nall-%%d\\n' $i\r",
                   count);
    (void)snprintf(terminfo, sizeof terminfo, "all-%d", count);
    console_run(console, command, terminfo);
    const struct vt *vt = console_terminal(console);
    int seen = 0;
    for (int y = 0; y < vt_rows(vt); y++)
        for (int x = 0; x < vt_cols(vt); x++) {
            struct vt_glyph glyph;
            if (!cell_read(vt, y, x, &glyph) || strcmp(glyph.text, "\302\266") != 0)
                continue;
            cell_color wanted =
                CELL_COLOR_RGB | (uint32_t)(seen / 256) << 16 | (uint32_t)(seen % 256) << 8 | 7;
            cr_assert_eq(glyph.style.fg, wanted, "%d: %x", seen, glyph.style.fg);
            seen++;
        }
    cr_expect_eq(seen, count);
    fixture_leave_shell(&fixture, console);
}

Test(looks, hundreds_of_colours_at_once_are_all_right)
{
    check_colours(24, 80, 300);
}

Test(looks, thousands_of_colours_at_once_are_all_right)
{
    check_colours(50, 200, 3000);
}

static const char *const shown =
    "clear; printf '\\033[4:3mA\\033[4:2mB\\033[4:4mC\\033[4:5mD\\033[m \\033[4;58;2;1;2;3mE"
    "\\033[58:5:200mF\\033[m \\033[53mG\\033[9mH\\033[m "
    "\\033]8;id=1;http://x/?y;z\\033\\\\I\\033]8;;\\033\\\\J\\n'\r";

Test(looks, underlines_overlines_and_links_reach_a_terminal_that_knows_them)
{
    struct fixture fixture;
    struct console *console = begin(&fixture, 24, 80, "TERM=modern");
    console_run(console, shown, "ABCD EF GH IJ");
    static const struct {
        const char *text;
        int underline;
    } rows[] = {{"A", CELL_UNDERLINE_CURLY},  {"B", CELL_UNDERLINE_DOUBLE}, {"C", CELL_UNDERLINE_DOTTED},
                {"D", CELL_UNDERLINE_DASHED}, {"E", CELL_UNDERLINE_SINGLE}, {"F", CELL_UNDERLINE_SINGLE},
                {"G", CELL_UNDERLINE_NONE},   {"J", CELL_UNDERLINE_NONE}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct vt_glyph glyph = cell(console, rows[i].text);
        cr_expect_eq(underline_of(&glyph), rows[i].underline, "%s", rows[i].text);
    }
    cr_expect_eq(cell(console, "E").style.underline, CELL_COLOR_RGB | 0x010203);
    cr_expect_eq(cell(console, "F").style.underline, CELL_COLOR_INDEXED | 200);
    cr_expect_eq(cell(console, "G").style.attributes, CELL_OVERLINE);
    cr_expect_eq(cell(console, "H").style.attributes, CELL_OVERLINE | CELL_STRIKE);
    const char *target = cell_link(console_terminal(console), cell(console, "I").style.link);
    cr_expect(target != NULL && strcmp(target, "http://x/?y;z") == 0, "%s", target);
    cr_expect_eq(cell(console, "J").style.link, 0);
    fixture_leave_shell(&fixture, console);
}

Test(looks, a_terminal_that_knows_them_not_shows_plain_underlines_and_text)
{
    struct fixture fixture;
    struct console *console = begin(&fixture, 24, 80, "TERM=screen-256color");
    console_run(console, shown, "ABCD EF GH IJ");
    static const char *const underlined[] = {"A", "B", "C", "D", "E", "F"};
    for (size_t i = 0; i < sizeof underlined / sizeof underlined[0]; i++)
        cr_expect_eq(cell(console, underlined[i]).style.attributes,
                     CELL_UNDERLINE_SINGLE << CELL_UNDERLINE_SHIFT, "%s", underlined[i]);
    cr_expect_eq(cell(console, "G").style.attributes, 0);
    cr_expect_not(console_ever_wrote(console, "\033]8;"));
    cr_expect_not(console_ever_wrote(console, "\033[4:"));
    fixture_leave_shell(&fixture, console);
}
