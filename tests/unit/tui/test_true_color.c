// SPDX-License-Identifier: Apache-2.0
//
// Colours of 24 bit through curses: which number stands in for which, and what goes out for it.

#include "tests/unit/tui/canvas.h"
#include "tui/theme.h"
#include "tui/true_color.h"
#include "tui/vt_colors.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static char sent[512];

static void send(const void *bytes, size_t length)
{
    (void)strncat(sent, bytes, length);
}

static const char *put(const char *bytes)
{
    sent[0] = '\0';
    true_color_put(bytes, strlen(bytes), send);
    return sent;
}

static void begin(void)
{
    unsetenv("NO_COLOR");
    unsetenv("XTERM_VERSION");
    setenv("COLORTERM", "truecolor", 1);
    canvas_begin(24, 80, "xterm-256color");
    theme_begin(THEME_DARK);
}

TestSuite(true_color, .init = begin, .fini = canvas_end);

Test(true_color, only_where_the_terminal_has_them)
{
    cr_expect(true_color_is_on());
    setenv("COLORTERM", "yes", 1);
    true_color_begin();
    cr_expect_not(true_color_is_on());
    unsetenv("COLORTERM");
    true_color_begin();
    cr_expect_not(true_color_is_on());
    cr_expect_eq(true_color_plain(200), 200);
    setenv("TERM", "xterm-256color", 1);
    setenv("XTERM_VERSION", "XTerm(330)", 1);
    true_color_begin();
    cr_expect_not(true_color_is_on());
    setenv("XTERM_VERSION", "XTerm(379)", 1);
    true_color_begin();
    cr_expect(true_color_is_on());
    setenv("TERM", "tmux-256color", 1);
    true_color_begin();
    cr_expect_not(true_color_is_on());
}

Test(true_color, a_number_goes_out_as_its_colour)
{
    char line[64], wanted[128];
    int orange = true_color(0xff6400), blue = true_color(0x003c78);
    cr_expect_neq(orange, blue);
    cr_expect_eq(true_color(0xff6400), orange, "the same colour has the same number");
    (void)snprintf(line, sizeof line, "a\033[38;5;%dmb\033[48;5;%dmc\033[m", orange, blue);
    cr_expect_str_eq(put(line), "a\033[38;2;255;100;0mb\033[48;2;0;60;120mc\033[m");
    // Everything else is left alone, also what only looks like it.
    static const char *const others[] = {"",
                                         "plain",
                                         "\033",
                                         "\033[",
                                         "\033[38;5;",
                                         "\033[38;5;m",
                                         "\033[38;5;1234m",
                                         "\033[38;5;9m",
                                         "\033[58;5;200m",
                                         "\033\033[31m",
                                         "\033[1;31mx"};
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        cr_expect_str_eq(put(others[i]), others[i], "%zu", i);
    (void)snprintf(line, sizeof line, "\033\033[38;5;%dm", orange);
    (void)snprintf(wanted, sizeof wanted, "\033\033[38;2;255;100;0m");
    cr_expect_str_eq(put(line), wanted);
}

Test(true_color, numbers_in_use_never_stand_in)
{
    bool kept[256] = {false};
    for (int i = 16; i < 256; i += 7) {
        cr_expect_eq(true_color_plain(i), i);
        kept[i] = true;
    }
    // The theme's own are kept too: its text does not change with what a program shows.
    kept[245] = kept[114] = true;
    for (uint32_t i = 0; i < 150; i++) {
        int number = true_color(0x010203 * i + 1);
        cr_expect(number >= 16 && number < 256 && !kept[number], "%d", number);
    }
    // An index whose number stands in for something goes by its colour.
    int taken = true_color(0x123456), instead = true_color_plain(taken);
    cr_expect_neq(instead, taken);
    cr_expect_eq(instead, true_color(vt_color_of_index((unsigned)taken)));
}

Test(true_color, when_all_are_taken_the_nearest_is_shown_until_it_begins_anew)
{
    cr_expect_not(true_color_is_worn(5000));
    for (uint32_t i = 0; i < 400; i++)
        (void)true_color(i << 8 | 1);
    int near = true_color(0x000101);
    cr_expect(near >= 16 && near < 256);
    cr_expect(true_color_is_worn(5000));
    true_color_reset();
    cr_expect_not(true_color_is_worn(5001));
    for (uint32_t i = 0; i < 400; i++)
        (void)true_color(i << 8 | 2);
    cr_expect_not(true_color_is_worn(5500), "not more than once a second");
    cr_expect(true_color_is_worn(6000));
}
