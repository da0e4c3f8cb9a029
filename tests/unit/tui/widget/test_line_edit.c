// SPDX-License-Identifier: Apache-2.0
//
// line_edit: editing by bytes in any pieces, its cap, and that nothing stays after a wipe.

#include "tests/unit/tui/canvas.h"
#include "tui/base/text.h"
#include "tui/widget/line_edit.h"

#include <criterion/criterion.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>

static void utf8(void)
{
    cr_assert_not_null(setlocale(LC_ALL, "C.UTF-8"));
}

// Bytes of a terminal go through the real input, so the two are tested as they work together.
static void type_one(void *context, const struct input_event *event)
{
    line_edit_input(context, event);
}

static void type(struct line_edit *edit, const char *bytes, size_t step)
{
    struct input *input = input_new(type_one, edit);
    for (size_t at = 0, length = strlen(bytes); at < length; at += step)
        input_feed(input, bytes + at, step < length - at ? step : length - at);
    input_timeout(input);
    input_free(input);
}

static const struct {
    const char *bytes, *text;
    size_t cursor;
} rows[] = {
    {"abc", "abc", 3},
    {"abc\177", "ab", 2},
    {"abc\b\b\b\bx", "x", 1},
    {"abc\033[D\033[Dx", "axbc", 2},
    {"abc\001x\005y", "xabcy", 5},
    {"abc\033[Hx\033[Fy", "xabcy", 5},
    {"abc\001\004", "bc", 0},
    {"abc\001\033[3~\033[3~", "c", 0},
    {"abc\004", "abc", 3}, // nothing right of the cursor
    {"one two\027", "one ", 4},
    {"one two  \027", "one ", 4},
    {"one two\033\177", "one ", 4},
    {"one two\033[1;5Dx", "one xtwo", 5},
    {"one two\001\033fx", "onex two", 4},
    {"abcd\033[D\033[D\025", "cd", 0},
    {"abcd\033[D\033[D\013", "ab", 2},
    {"\303\244\342\202\254\360\237\230\200", "\303\244\342\202\254\360\237\230\200", 9},
    {"\303\244\342\202\254\177", "\303\244", 2},
    {"\303\244\342\202\254\033[D\033[Dx", "x\303\244\342\202\254", 1},
    {"e\314\201x\033[D\177", "x", 0}, // a base goes with its marks
    {"\033[200~pa\nst\te\033\007\342\200\256d\033[201~!", "pa st ed!", 9},
    {"\033[200~\342\202\254\303\244\360\237\230\200\033[201~", "\342\202\254\303\244\360\237\230\200", 9},
    {"\033[200~\342\202\033[201~x", "x", 1}, // cut off in the paste
    {"a\033[Ab\033OPc\003\r\t", "abc", 3},   // not for it
};

Test(line_edit, edits_however_the_bytes_come, .init = utf8)
{
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        for (size_t step = 1; step <= strlen(rows[i].bytes); step++) {
            struct line_edit edit;
            line_edit_begin(&edit, 0, NULL);
            type(&edit, rows[i].bytes, step);
            cr_expect_str_eq(edit.text, rows[i].text, "row %zu by %zu: \"%s\"", i, step, edit.text);
            cr_expect_eq(edit.cursor, rows[i].cursor, "row %zu by %zu: %zu", i, step, edit.cursor);
            cr_expect_eq(edit.length, strlen(edit.text));
        }
    }
}

Test(line_edit, says_what_it_took, .init = utf8)
{
    struct line_edit edit;
    line_edit_begin(&edit, 0, "ab");
    struct input_event enter = canvas_key(INPUT_KEY_ENTER, 0), x = canvas_key('x', 0),
                       left = canvas_key(INPUT_KEY_LEFT, 0), up = canvas_key(INPUT_KEY_UP, 0);
    cr_expect_eq(line_edit_input(&edit, &enter), LINE_EDIT_IGNORED);
    cr_expect_eq(line_edit_input(&edit, &up), LINE_EDIT_IGNORED);
    cr_expect_eq(line_edit_input(&edit, &x), LINE_EDIT_CHANGED);
    cr_expect_eq(line_edit_input(&edit, &left), LINE_EDIT_MOVED);
}

Test(line_edit, keeps_its_cap, .init = utf8)
{
    for (size_t cap = 2; cap < 20; cap++) {
        struct line_edit edit;
        line_edit_begin(&edit, cap, NULL);
        for (int i = 0; i < 30; i++)
            type(&edit, "\342\202\254a", 4);
        cr_expect_lt(edit.length, cap);
        cr_expect_geq(edit.length + 4, cap);
        cr_expect_neq(mbstowcs(NULL, edit.text, 0), (size_t)-1);
    }
}

Test(line_edit, nothing_stays_after_a_wipe, .init = utf8)
{
    struct line_edit edit;
    line_edit_begin(&edit, 0, "hunter2");
    type(&edit, "\177\177\177", 1);
    cr_expect_null(memmem(edit.text, sizeof edit.text, "er2", 3));
    line_edit_wipe(&edit);
    for (size_t i = 0; i < sizeof edit.text; i++)
        cr_assert_eq(edit.text[i], 0);
}

Test(line_edit, the_cursor_is_always_in_sight)
{
    canvas_begin(5, 40, "xterm-256color");
    struct line_edit edit;
    line_edit_begin(&edit, 0, "0123456789\344\270\255\346\226\207abcdef");
    for (int columns = 1; columns < 30; columns++) {
        edit.cursor = edit.length;
        for (int i = 0; i < 40; i++) {
            int cursor = line_edit_draw(&edit, stdscr, 1, 5, columns, ROLE_INPUT);
            cr_assert(cursor >= 5 && cursor < 5 + columns, "at %d of %d", cursor, columns);
            type(&edit, i < 20 ? "\033[D" : "\033[C", 3);
        }
        cr_expect_str_eq(stdscr_line(0), "");
    }
    werase(stdscr);
    edit.cursor = 0;
    edit.masked = true;
    line_edit_draw(&edit, stdscr, 1, 0, 40, ROLE_INPUT);
    cr_expect_null(strpbrk(stdscr_line(1), "0123456789abcdef"));
    cr_expect_eq(text_width(stdscr_line(1)), 18);
    canvas_end();
}
