// SPDX-License-Identifier: Apache-2.0
//
// gauge: how far a bar is filled, and that its stages differ without colour.

#include "tests/unit/tui/canvas.h"
#include "tui/base/text.h"
#include "tui/widget/gauge.h"

#include <criterion/criterion.h>
#include <locale.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FULL   "\342\224\201"
#define HALF   "\342\225\270"
#define DASHED "\342\225\215"

static void canvas(void)
{
    unsetenv("NO_COLOR");
    canvas_begin(24, 80, "xterm-256color");
}

static const struct {
    int columns;
    double fraction;
    const char *filled;
    int used;
} fills[] = {
    {4, 0, "", 0},
    {4, 1, FULL FULL FULL FULL, 4},
    {4, 0.5, FULL FULL, 2},
    {4, 0.625, FULL FULL HALF, 3},
    {4, 0.0001, HALF, 1},                // a piece is always seen
    {4, 0.9999, FULL FULL FULL HALF, 4}, // never full before it is
    {4, -3, "", 0},
    {4, 7, FULL FULL FULL FULL, 4},
    {4, NAN, "", 0},
    {1, 0.5, HALF, 1},
    {0, 0.5, "", 0},
    {-1, 0.5, "", 0},
};

Test(gauge, fills, .init = canvas, .fini = canvas_end)
{
    for (size_t i = 0; i < sizeof fills / sizeof fills[0]; i++) {
        char out[64];
        cr_expect_eq(gauge_fill(fills[i].columns, fills[i].fraction, GAUGE_OK, out, sizeof out),
                     fills[i].used, "row %zu", i);
        cr_expect_str_eq(out, fills[i].filled, "row %zu: %s", i, out);
    }
}

Test(gauge, never_shrinks_as_the_fraction_grows, .init = canvas, .fini = canvas_end)
{
    for (int columns = 1; columns <= 40; columns++) {
        int before = 0;
        for (int i = 0; i <= 1000; i++) {
            char out[256];
            int used = gauge_fill(columns, i / 1000.0, GAUGE_OK, out, sizeof out);
            cr_assert(used >= before && used <= columns && used == text_width(out));
            before = used;
        }
        cr_assert_eq(before, columns);
    }
}

Test(gauge, small_buffers_are_kept, .init = canvas, .fini = canvas_end)
{
    for (size_t cap = 1; cap < 20; cap++) {
        char out[24];
        memset(out, '!', sizeof out);
        int used = gauge_fill(10, 0.93, GAUGE_OK, out, cap);
        cr_expect_lt(strlen(out), cap);
        cr_expect_eq(text_width(out), used);
        cr_expect_eq(out[cap], '!');
    }
}

static void draw_stages(char lines[GAUGE_STAGE_COUNT][128])
{
    for (int stage = 0; stage < GAUGE_STAGE_COUNT; stage++) {
        gauge_draw(stdscr, stage, 0, 10, 0.4, (enum gauge_stage)stage, false);
        snprintf(lines[stage], 128, "%s", stdscr_line(stage));
    }
}

Test(gauge, stages_differ_by_their_pieces_in_every_scheme, .init = canvas, .fini = canvas_end)
{
    static const enum theme_scheme schemes[] = {THEME_DARK, THEME_LIGHT, THEME_MONO};
    char lines[GAUGE_STAGE_COUNT][128];
    for (size_t i = 0; i < sizeof schemes / sizeof schemes[0]; i++) {
        theme_begin(schemes[i]);
        draw_stages(lines);
        for (int stage = 0; stage < GAUGE_STAGE_COUNT; stage++)
            for (int other = 0; other < stage; other++)
                cr_expect_str_neq(lines[stage], lines[other], "%d and %d in scheme %zu", stage, other, i);
    }
    (void)setlocale(LC_ALL, "C");
    draw_stages(lines);
    (void)setlocale(LC_ALL, "C.UTF-8");
    cr_expect_str_eq(lines[GAUGE_OK], "####------");
    cr_expect_str_eq(lines[GAUGE_WARN], "====------");
    cr_expect_str_eq(lines[GAUGE_BAD], "!!!!------");
    cr_expect_str_eq(lines[GAUGE_OVER], "..........");
}

Test(gauge, draws_within_the_window, .init = canvas, .fini = canvas_end)
{
    gauge_draw(stdscr, 2, 3, 4, 0.5, GAUGE_WARN, false);
    cr_expect_str_eq(stdscr_line(2), "   " DASHED DASHED "\342\224\200\342\224\200");
    cr_expect_eq(canvas_pair(2, 3), theme_style(ROLE_BAR_WARN).pair);
    cr_expect_eq(canvas_pair(2, 6), theme_style(ROLE_BAR_EMPTY).pair);
    gauge_draw(stdscr, 3, 76, 40, 1, GAUGE_OK, true);
    cr_expect_eq(text_width(stdscr_line(3)), 80);
    cr_expect_str_eq(stdscr_line(4), "");
    gauge_draw(stdscr, -1, 0, 10, 1, GAUGE_OK, false);
    gauge_draw(stdscr, 24, 0, 10, 1, GAUGE_OK, false);
    gauge_draw(stdscr, 5, 90, 10, 1, GAUGE_OK, false);
    cr_expect_str_eq(stdscr_line(5), "");
}
