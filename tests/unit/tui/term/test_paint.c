// SPDX-License-Identifier: Apache-2.0
//
// paint: what a program's text looks like on the operator's terminal: drawn by curses, rewritten, and read by
// a terminal again. It must be what the program wrote.

#include "tests/unit/tui/term/paint_fixture.h"
#include "tests/unit/tui/vt/vt_rows.h"
#include "tui/base/theme.h"
#include "tui/pane/vt_pane.h"
#include "tui/term/screen.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// --- colours ---

static void put_colours(int count, int salt)
{
    char text[64];
    vt_rows_put(paint_fixture.vt, "\033[m\033[H");
    for (int i = 0; i < count; i++) {
        (void)snprintf(text, sizeof text, "\033[%s8;2;%d;%d;%dmx", i % 3 == 0 ? "4" : "3", i / 256 + salt,
                       i % 256, (i * 7) % 256);
        vt_rows_put(paint_fixture.vt, text);
    }
}

Test(paint, three_hundred_colours_are_all_right, .init = paint_fixture_begin_modern,
     .fini = paint_fixture_end)
{
    put_colours(300, 0);
    paint_fixture_frame("");
    paint_fixture_expect_same("300");
}

Test(paint, thousands_of_colours_are_all_right_and_more_in_the_next_frames, .fini = paint_fixture_end)
{
    paint_fixture_begin_modern_sized(100, 200);
    put_colours(3000, 0);
    paint_fixture_frame("");
    paint_fixture_expect_same("3000");
    // More than there are pairs, in frames that all differ: those of the old frames are taken back.
    for (int i = 0; i < 5; i++) {
        put_colours(19000, 1 + i * 40);
        paint_fixture_frame("");
        paint_fixture_expect_same("19000");
    }
}

Test(paint, what_stays_on_the_screen_keeps_its_colours_while_others_change, .fini = paint_fixture_end)
{
    paint_fixture_begin_modern_sized(101, 200);
    vt_rows_put(paint_fixture.vt, "\033[101H\033[38;2;1;2;3;48;5;77mstays\033[m");
    for (int i = 0; i < 6; i++) {
        put_colours(19000, i * 40);
        paint_fixture_frame("");
        if (i > 0)
            cr_expect_not(paint_fixture_was_sent("stays"));
    }
    paint_fixture_expect_same("at the end");
}

Test(paint, colours_are_brought_down_where_there_are_fewer, .fini = paint_fixture_end)
{
    paint_fixture_begin("xterm-256color", PAINT_FIXTURE_ROWS, PAINT_FIXTURE_COLUMNS);
    paint_fixture_frame("\033[38;2;255;135;0;48;5;200ma\033[m\033[38;5;9mb");
    cr_expect_eq(paint_fixture_cell(0, 0).style.fg, CELL_COLOR_INDEXED | 208);
    cr_expect_eq(paint_fixture_cell(0, 0).style.bg, CELL_COLOR_INDEXED | 200);
    cr_expect_eq(paint_fixture_cell(0, 1).style.fg, CELL_COLOR_INDEXED | 9);
}

static void direct_colours_of(const char *term)
{
    paint_fixture_begin(term, PAINT_FIXTURE_ROWS, PAINT_FIXTURE_COLUMNS);
    cr_assert_geq(COLORS, 1 << 24);
    put_colours(400, 3);
    vt_rows_put(paint_fixture.vt, "\033[m \033[38;5;200;9mstruck\033[m \033[31mred");
    paint_fixture_frame("");
    paint_fixture_expect_same(term);
    paint_fixture_frame_over(paint_fixture_draw_box);
    cr_expect_eq(paint_fixture_cell(5, 20).style.fg, CELL_COLOR_INDEXED | 114, "the theme's: %x",
                 paint_fixture_cell(5, 20).style.fg);
    paint_fixture_end();
}

Test(paint, terminals_with_direct_colours)
{
    direct_colours_of("xterm-direct");
    direct_colours_of("xterm-direct2");
    direct_colours_of("konsole-direct");
}

// --- all looks ---

Test(paint, each_look_reaches_a_terminal_that_knows_it, .init = paint_fixture_begin_modern,
     .fini = paint_fixture_end)
{
    paint_fixture_frame(
        "\033[4:3mc\033[4:2md\033[4:4me\033[4:5mf\033[4mg\033[m "
        "\033[4;58;2;1;2;3mh\033[58:5:200mi\033[59mj\033[4:3;58:2::9:8:7mk\033[m "
        "\033[53ml\033[9mm\033[55mn\033[m\033[53m  \033[m\r\n"
        "\033]8;;http://x/1\033\\link\033]8;;\033\\ no \033]8;id=a;https://y/?q=1;2#3\033\\other  "
        "\033]8;;http://x/1\033\\again\033[1;31mred\033[m\033]8;;\033\\.");
    paint_fixture_expect_same("all");
    cr_expect(paint_fixture_was_sent("\033[4:3m"));
    cr_expect(paint_fixture_was_sent("58:2::1:2:3m"));
    cr_expect(paint_fixture_was_sent("58:5:200m"));
    cr_expect(paint_fixture_was_sent("53m"));
    cr_expect(paint_fixture_was_sent(";http://x/1\033\\"));
    paint_fixture_frame("");
    cr_expect_eq(paint_fixture.sent_length, 0, "nothing has changed: '%.*s'", (int)paint_fixture.sent_length,
                 paint_fixture.sent);
}

Test(paint, a_link_over_two_rows_is_one, .init = paint_fixture_begin_modern, .fini = paint_fixture_end)
{
    paint_fixture_frame(
        "\033[1;78H\033]8;;http://x/1\033\\abcdef\033]8;;http://x/2\033\\g\033]8;id=7;http://x/"
        "2\033\\h\033]8;;\033\\");
    paint_fixture_expect_same("links");
    uint16_t before = paint_fixture_cell(0, 77).style.link, after = paint_fixture_cell(1, 0).style.link;
    cr_expect(before != 0 && before == after);
    cr_expect_neq(paint_fixture_cell(1, 3).style.link, paint_fixture_cell(1, 4).style.link,
                  "named otherwise");
}

// --- hostile links ---

Test(paint, what_is_no_address_is_no_link, .init = paint_fixture_begin_modern, .fini = paint_fixture_end)
{
    static const char *const targets[] = {"nothing",
                                          "//x/y",
                                          "/etc/passwd",
                                          ":x",
                                          "1http://x",
                                          "http://x/\303\244",
                                          "http://x/ y",
                                          "",
                                          "h ttp://x",
                                          "file:///etc/passwd",
                                          "FILE://localhost/etc/passwd",
                                          "x y:z"};
    for (size_t i = 0; i < sizeof targets / sizeof targets[0]; i++) {
        char text[128];
        (void)snprintf(text, sizeof text, "\033[H\033]8;;%s\033\\text\033]8;;\033\\", targets[i]);
        paint_fixture_frame(text);
        cr_expect_not(paint_fixture_was_sent("]8;id"), "%s", targets[i]);
        cr_expect_eq(paint_fixture_cell(0, 0).style.link, 0, "%s", targets[i]);
    }
}

Test(paint, links_without_end_are_recycled, .init = paint_fixture_begin_modern, .fini = paint_fixture_end)
{
    for (int i = 0; i < 100; i++) {
        vt_rows_put(paint_fixture.vt, "\033[H");
        for (int k = 0; k < 1000; k++) {
            char text[128];
            (void)snprintf(text, sizeof text, "\033]8;id=%d;http://x/%d/%d\033\\l", k % 7, i, k);
            vt_rows_put(paint_fixture.vt, text);
        }
        paint_fixture_frame("");
        paint_fixture_expect_same("links");
    }
}

// --- random ---

static unsigned random_state = 1;

static unsigned random_below(unsigned n)
{
    random_state = random_state * 1103515245u + 12345u;
    return (random_state >> 16) % n;
}

static void put_random(void)
{
    static const char *const codes[] = {"0",   "1",  "2",  "3",  "4",  "5",  "7",   "9",   "22",  "23",
                                        "24",  "25", "27", "29", "53", "55", "4:0", "4:2", "4:3", "4:4",
                                        "4:5", "59", "39", "49", "33", "94", "45",  "103", "21"};
    char text[64];
    switch (random_below(12)) {
    case 0:
        (void)snprintf(text, sizeof text, "\033[%u;%uH", random_below(PAINT_FIXTURE_ROWS) + 1,
                       random_below(PAINT_FIXTURE_COLUMNS) + 1);
        break;
    case 1:
        (void)snprintf(text, sizeof text, "\033[%u%c", random_below(4), "KJPX@LMST"[random_below(9)]);
        break;
    case 2:
    case 3:
        (void)snprintf(text, sizeof text, "\033[%u8;2;%u;%u;%um", 3 + random_below(3), random_below(256),
                       random_below(3), random_below(256));
        break;
    case 4:
        (void)snprintf(text, sizeof text, "\033[%u8:5:%um", 3 + random_below(3), random_below(256));
        break;
    case 5:
        (void)snprintf(text, sizeof text, "\033]8;id=%u;http://x/%u\033\\", random_below(2), random_below(4));
        break;
    case 6:
        (void)snprintf(text, sizeof text, "\033]8;;\033\\\033[m");
        break;
    case 7:
        (void)snprintf(text, sizeof text, "%s", "\344\275\240\r\n");
        break;
    case 8:
    case 9:
        (void)snprintf(text, sizeof text, "\033[%sm", codes[random_below(sizeof codes / sizeof codes[0])]);
        break;
    default:
        (void)snprintf(text, sizeof text, "%.*s", (int)random_below(9), "ab  cdefg");
    }
    vt_rows_put(paint_fixture.vt, text);
}

Test(paint, any_picture_after_any_other, .init = paint_fixture_begin_modern, .fini = paint_fixture_end)
{
    for (int i = 0; i < 400; i++) {
        char when[32];
        (void)snprintf(when, sizeof when, "frame %d", i);
        for (int k = 0; k < 100; k++)
            put_random();
        if (i % 7 == 3) {
            paint_fixture_frame_over(paint_fixture_draw_box);
            cr_assert_str_eq(paint_fixture_cell(5, 20).text, "a");
            paint_fixture.drawn_whole = VT_PANE_ALL;
        }
        if (i % 50 == 9) {
            // What others write between two frames has no look of ours.
            vt_rows_put(paint_fixture.outer, "\033[3;3HZ");
            cr_assert(paint_fixture_cell(2, 2).style.attributes == 0 &&
                      paint_fixture_cell(2, 2).style.link == 0 &&
                      paint_fixture_cell(2, 2).style.bg == CELL_COLOR_DEFAULT);
            screen_redraw();
        }
        paint_fixture_frame("");
        paint_fixture_expect_same(when);
        paint_fixture_frame("");
        cr_assert_eq(paint_fixture.sent_length, 0);
    }
}

Test(paint, others_may_have_written_to_the_terminal, .init = paint_fixture_begin_modern,
     .fini = paint_fixture_end)
{
    paint_fixture_frame("\033[31mred\033[m plain");
    vt_rows_put(paint_fixture.outer, "\033[H\033[1;4:3;44mforeign");
    screen_redraw();
    paint_fixture_frame("");
    paint_fixture_expect_same("drawn again");
}

Test(paint, the_theme_is_drawn_anew_when_its_colours_change, .fini = paint_fixture_end)
{
    paint_fixture_begin("xterm-256color", PAINT_FIXTURE_ROWS, PAINT_FIXTURE_COLUMNS);
    theme_begin(THEME_DARK);
    paint_fixture_frame_over(paint_fixture_draw_box);
    cell_color dark = paint_fixture_cell(5, 20).style.fg, dark_ground = paint_fixture_cell(5, 20).style.bg;
    theme_begin(THEME_LIGHT);
    paint_fixture_frame_over(paint_fixture_draw_box);
    cr_expect(paint_fixture_cell(5, 20).style.fg != dark ||
              paint_fixture_cell(5, 20).style.bg != dark_ground);
}
