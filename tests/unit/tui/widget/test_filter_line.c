// SPDX-License-Identifier: Apache-2.0
//
// filter_line: which keys end it, and how it is drawn.

#include "tests/unit/tui/canvas.h"
#include "tui/widget/filter_line.h"

#include <criterion/criterion.h>
#include <string.h>

static struct line_edit edit;

static void canvas_80(void)
{
    canvas_begin(24, 80, "xterm-256color");
}

static enum filter_line_result press(uint32_t key, unsigned modifiers)
{
    const struct input_event event = canvas_key(key, modifiers);
    return filter_line_input(&edit, &event);
}

Test(filter_line, keys_that_end_it_and_those_that_go_on)
{
    line_edit_begin(&edit, 16, "a");
    cr_expect_eq(press('b', 0), FILTER_LINE_CHANGED);
    cr_expect_str_eq(edit.text, "ab");
    cr_expect_eq(press(INPUT_KEY_ENTER, 0), FILTER_LINE_ENTER);
    cr_expect_eq(press(INPUT_KEY_TAB, 0), FILTER_LINE_TAB);
    cr_expect_eq(press(INPUT_KEY_UP, 0), FILTER_LINE_UP);
    cr_expect_eq(press(INPUT_KEY_DOWN, 0), FILTER_LINE_DOWN);
    cr_expect_eq(press(INPUT_KEY_LEFT, 0), FILTER_LINE_TAKEN);
    cr_expect_eq(press(INPUT_KEY_F1, 0), FILTER_LINE_TAKEN, "no command runs meanwhile");
    cr_expect_eq(press('c', INPUT_CTRL), FILTER_LINE_IGNORED, "but for those with Ctrl");
    cr_expect_eq(press(INPUT_KEY_ESC, 0), FILTER_LINE_CLEAR);
    line_edit_set(&edit, "a");
    cr_expect_eq(press(INPUT_KEY_BACKSPACE, 0), FILTER_LINE_CHANGED);
    cr_expect_eq(press(INPUT_KEY_BACKSPACE, 0), FILTER_LINE_CLEAR, "as in less and vi");
}

Test(filter_line, draws_key_text_hint_and_count, .init = canvas_80, .fini = canvas_end)
{
    struct filter_line_look look = {
        .key = "/", .hint = "words", .count = "3 of 7", .columns_for_count = 24, .typing = true};
    line_edit_begin(&edit, 64, NULL);
    cr_expect_eq(filter_line_draw(&edit, stdscr, 0, 0, 80, &look), 2);
    cr_expect_not_null(strstr(stdscr_line(0), " / words"));
    cr_expect_not_null(strstr(stdscr_line(0), "3 of 7"));
    line_edit_set(&edit, "sbx");
    look.typing = false;
    cr_expect_eq(filter_line_draw(&edit, stdscr, 1, 4, 24, &look), 9);
    cr_expect_str_eq(stdscr_line(1), "     /sbx", "too narrow for the count");
}
