// SPDX-License-Identifier: Apache-2.0
//
// Colours that a remote program asks for and sets, and how they are written.

#include "tests/unit/tui/canvas.h"
#include "tests/unit/tui/vt/vt_rows.h"
#include "tui/pane/vt_pane.h"
#include "tui/term/term_colors.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define E   "\033"
#define C   "\033["
#define ST  "\033\\"
#define BEL "\007"

#define RGB(which, value, end) E "]" which ";rgb:" value end
static const struct vt_row_sample samples[] = {
    {"as xterm has them", 1, 8, E "]10;?" BEL E "]11;?" BEL E "]12;?" BEL E "]4;1;?" BEL, "", 0, 0,
     RGB("10", "0000/0000/0000", BEL) RGB("11", "ffff/ffff/ffff", BEL) RGB("12", "0000/0000/0000", BEL)
         RGB("4;1", "cdcd/0000/0000", BEL)},
    {"ended as the question", 1, 8, E "]11;?" ST E "]4;7;?" ST E "]4;7;?" BEL, "", 0, 0,
     RGB("11", "ffff/ffff/ffff", ST) RGB("4;7", "e5e5/e5e5/e5e5", ST) RGB("4;7", "e5e5/e5e5/e5e5", BEL)},
    {"set", 1, 8, E "]11;#123456" BEL E "]11;?" BEL E "]10;red" BEL E "]10;?" BEL, "", 0, 0,
     RGB("11", "1212/3434/5656", BEL) RGB("10", "ffff/0000/0000", BEL)},
    {"several", 1, 8, E "]4;1;rgb:1/2/3;2;#fff" BEL E "]4;1;?;2;?;3;?" ST, "", 0, 0,
     RGB("4;1", "1111/2222/3333", ST) RGB("4;2", "f0f0/f0f0/f0f0", ST) RGB("4;3", "cdcd/cdcd/0000", ST)},
    {"one after the other", 1, 8, E "]10;#000001;#000002;#000003" BEL E "]10;?;?;?" BEL, "", 0, 0,
     RGB("10", "0000/0000/0101", BEL) RGB("11", "0000/0000/0202", BEL) RGB("12", "0000/0000/0303", BEL)},
    {"set and asked", 1, 8, E "]10;#abc;?" BEL, "", 0, 0, RGB("11", "ffff/ffff/ffff", BEL)},
    {"given back", 1, 8,
     E "]4;1;#fff;2;#fff" BEL E "]104;1" BEL E "]4;1;?;2;?" BEL E "]104" BEL E "]4;2;?" BEL E "]11;#fff" BEL E
       "]111" BEL E "]11;?" BEL,
     "", 0, 0,
     RGB("4;1", "cdcd/0000/0000", BEL) RGB("4;2", "f0f0/f0f0/f0f0", BEL) RGB("4;2", "0000/cdcd/0000", BEL)
         RGB("11", "ffff/ffff/ffff", BEL)},
    {"given back by a reset", 1, 8, E "]4;1;#fff" BEL E "]10;#fff" BEL E "c" E "]4;1;?" BEL E "]10;?" BEL, "",
     0, 0, RGB("4;1", "cdcd/0000/0000", BEL) RGB("10", "0000/0000/0000", BEL)},
    {"special ones", 1, 8,
     E "]5;0;#fff" BEL E "]5;0;?" BEL E "]4;256;?" BEL E "]105;0" BEL E "]5;0;?;4;?" BEL, "", 0, 0,
     RGB("5;0", "f0f0/f0f0/f0f0", BEL) RGB("4;256", "f0f0/f0f0/f0f0", BEL) RGB("5;0", "0000/0000/0000", BEL)
         RGB("5;4", "0000/0000/0000", BEL)},
    {"the other ones", 1, 8, E "]13;?;?;?;?;?;?;?;?" BEL, "", 0, 0,
     RGB("13", "0000/0000/0000", BEL) RGB("14", "ffff/ffff/ffff", BEL) RGB("15", "0000/0000/0000", BEL)
         RGB("16", "ffff/ffff/ffff", BEL) RGB("17", "0000/0000/0000", BEL) RGB("18", "0000/0000/0000", BEL)
             RGB("19", "ffff/ffff/ffff", BEL)},
    {"of no meaning", 1, 8,
     E "]4;261;?" BEL E "]4;-1;?" BEL E "]4;?" BEL E "]4;1;x" BEL E "]4" BEL E "]10" BEL E "]20;?" BEL E
       "]5;5;?" BEL E "]4;1;?" BEL,
     "", 0, 0, RGB("4;1", "cdcd/0000/0000", BEL)},
};

Test(vt_palette, questions)
{
    VT_ROWS_CHECK(samples);
}

Test(vt_palette, all_of_them_at_once)
{
    char question[VT_STRING_MAX] = E "]4";
    struct vt *vt = vt_new(1, 8, NULL);
    for (int i = 0; i < 256; i++)
        (void)snprintf(question + strlen(question), sizeof question - strlen(question), ";%d;?", i);
    vt_rows_put(vt, question);
    vt_rows_put(vt, BEL);
    const char *answers = vt_rows_replies(vt);
    cr_expect_not_null(strstr(answers, RGB("4;0", "0000/0000/0000", BEL)));
    cr_expect_not_null(strstr(answers, RGB("4;196", "ffff/0000/0000", BEL)));
    cr_expect_not_null(strstr(answers, RGB("4;255", "eeee/eeee/eeee", BEL)));
    // A flood of questions keeps no more than the cap.
    for (int i = 0; i < 100; i++) {
        vt_rows_put(vt, question);
        vt_rows_put(vt, BEL);
    }
    cr_expect_leq(strlen(vt_rows_replies(vt)), VT_REPLY_MAX);
    vt_free(vt);
}

static void reply(const char *text)
{
    cr_expect(term_colors_reply(text, strlen(text)), "%s", text + 1);
}

Test(vt_palette, the_operators_terminal)
{
    struct vt *vt = vt_new(1, 8, &(struct vt_options){-1, term_colors()});
    vt_rows_put(vt, E "]10;?" BEL E "]11;?" BEL);
    cr_expect_str_eq(vt_rows_replies(vt), RGB("10", "e5e5/e5e5/e5e5", BEL) RGB("11", "0000/0000/0000", BEL));
    reply(E "]11;rgb:1e1e/2020/2222" BEL);
    reply(E "]10;rgb:dd/ee/ff" ST);
    reply(E "]4;1;rgb:aaaa/0000/0000" BEL);
    static const char *const others[] = {E "]4;16;rgb:1/2/3" BEL,
                                         E "]4;1;x" BEL,
                                         E "]13;rgb:1/2/3" BEL,
                                         E "]11;" BEL,
                                         E "]4;" BEL,
                                         E "]11" BEL,
                                         E "[?62c",
                                         E "]" BEL,
                                         "x"};
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
        cr_expect_not(term_colors_reply(others[i], strlen(others[i])), "%zu", i);
    vt_rows_put(vt, E "]10;?;?;?" BEL E "]4;1;?;2;?" BEL);
    cr_expect_str_eq(vt_rows_replies(vt),
                     RGB("10", "dddd/eeee/ffff", BEL) RGB("11", "1e1e/2020/2222", BEL)
                         RGB("12", "dddd/eeee/ffff", BEL) RGB("4;1", "aaaa/0000/0000", BEL)
                             RGB("4;2", "0000/cdcd/0000", BEL));
    vt_rows_put(vt, E "]11;#fff" BEL E "]111" BEL E "]11;?" BEL);
    cr_expect_str_eq(vt_rows_replies(vt), RGB("11", "1e1e/2020/2222", BEL));
    vt_free(vt);
}

static void expect_shown(int x, int foreground, int background)
{
    int is_foreground = 0, is_background = 0;
    canvas_colours(0, x, &is_foreground, &is_background);
    cr_expect(is_foreground == foreground && is_background == background, "%d: %d on %d", x, is_foreground,
              is_background);
}

Test(vt_palette, what_is_set_is_shown)
{
    unsetenv("NO_COLOR");
    unsetenv("COLORTERM");
    canvas_begin(2, 8, "xterm-256color");
    struct vt *vt = vt_new(2, 8, NULL);
    vt_rows_put(vt, "a" C "31mb" C "38;5;200mc" C "38;2;0;0;255md");
    (void)vt_pane_draw(stdscr, vt, 0, 0, 2, 8, 0, 0);
    expect_shown(0, -1, -1);
    expect_shown(1, 1, -1);
    expect_shown(2, 200, -1);
    expect_shown(3, 21, -1);
    vt_rows_put(vt, E "]10;#00ff00;#00005f" BEL E "]4;1;#ffd700" BEL E "]12;#ff8700" BEL);
    struct vt_pane_cursor cursor = vt_pane_draw(stdscr, vt, 0, 0, 2, 8, 0, 0);
    cr_expect_eq(cursor.color, CELL_COLOR_RGB | 0xff8700);
    expect_shown(0, 46, 17);
    expect_shown(1, 220, 17);
    expect_shown(2, 200, 17);
    expect_shown(3, 21, 17);
    expect_shown(7, 46, 17);
    vt_rows_put(vt, E "]110" BEL E "]111" BEL E "]104" BEL E "]112" BEL);
    cursor = vt_pane_draw(stdscr, vt, 0, 0, 2, 8, 0, 0);
    cr_expect_eq(cursor.color, CELL_COLOR_DEFAULT);
    expect_shown(0, -1, -1);
    expect_shown(1, 1, -1);
    vt_free(vt);
    canvas_end();
}
