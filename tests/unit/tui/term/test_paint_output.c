// SPDX-License-Identifier: Apache-2.0
//
// paint_output: what curses writes about looks is rewritten, and nothing else is.

#include "tests/unit/tui/term/paint_fixture.h"
#include "tui/term/paint_private.h"

#include <criterion/criterion.h>
#include <string.h>

static char put_bytes[512];
static size_t put_length;

static void take_put(const void *bytes, size_t length)
{
    cr_assert(put_length + length < sizeof put_bytes);
    memcpy(put_bytes + put_length, bytes, length);
    put_length += length;
    put_bytes[put_length] = '\0';
}

static const char *put(const char *bytes)
{
    put_length = 0;
    put_bytes[0] = '\0';
    paint_put(bytes, strlen(bytes), take_put);
    return put_bytes;
}

Test(paint_output, what_is_not_about_looks_goes_out_as_it_is, .fini = paint_fixture_end)
{
    static const char *const rows[] = {"",
                                       "plain",
                                       "8",
                                       "\033",
                                       "\033[",
                                       "\033[38;5;",
                                       "\033[38;5m",
                                       "\033[1234m",
                                       "\033[58;5;200m",
                                       "\033[0;8H",
                                       "\033[4:3m",
                                       "\033[0;88m",
                                       "\033]8;;x\033\\",
                                       "\033[?25l",
                                       "\033[2;3Habc",
                                       "\033[K",
                                       "\033[1;2;3;4;5;6;7;8;9;10;11;12;13;14;15;16;17;18;19;20m",
                                       "\033[38;2;1m",
                                       "\033\033[2J",
                                       "\033[48:2m",
                                       "\n\r\b\t"};
    paint_fixture_begin("xterm-256color", PAINT_FIXTURE_ROWS, PAINT_FIXTURE_COLUMNS);
    paint_fixture_frame("");
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        cr_expect_str_eq(put(rows[i]), rows[i], "row %zu", i);
}

Test(paint_output, the_terminal_is_told_once_and_only_what_changes, .fini = paint_fixture_end)
{
    static const struct {
        const char *written, *sent;
    } rows[] = {
        {"\033[0;1m\033[mx", "x"},
        {"\033[0;1mx", "\033[1mx"},
        {"\033(B\033[0;1;4my", "\033[4my"},
        {"\033(B\033[0;4mz", "\033[22mz"},
        {"\033[0;4m\033[0;4m", ""},
        {"\033[2;2H\033[0;4ma", "\033[2;2Ha"},
        {"\033[m", "\033[m"},
        {"\033[0;2;3;5;7mb", "\033[2;3;5;7mb"},
        {"\033[0;1;7mb", "\033[22;1;23;25mb"},
        {"\033[m\033[Kc", "\033[m\033[Kc"},
    };
    paint_fixture_begin("xterm-256color", PAINT_FIXTURE_ROWS, PAINT_FIXTURE_COLUMNS);
    paint_fixture_frame("");
    (void)put("\033[mx");
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        cr_expect_str_eq(put(rows[i].written), rows[i].sent, "row %zu", i);
}
