// SPDX-License-Identifier: Apache-2.0
//
// copy_select: the text that keys, clicks and drags select.

#include "tests/unit/tui/pane/copy_fixture.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void begin(void)
{
    copying_begin(8, 20, 2000);
}

TestSuite(copy_select, .init = begin, .fini = copying_end);

static const struct {
    const char *screen, *keys, *text;
} rows[] = {
    {"one two", "gv$", "one two"},
    {"one two", "gwv$", "two"},
    {"one two", "g$vb", "two"},
    {"one two   \r\nthree", "gvj$", "one two\nthree"},
    {"one two\r\n\r\nthree", "gvG$", "one two\n\nthree"},
    {"one   two", "gv5l", "one"},
    {"12345678901234567890abc", "gv$", "12345678901234567890abc"},
    {"1234567890 word      blanks at the break", "gv$", "1234567890 word      blanks at the break"},
    {"12345678901234567890abc\r\nnext", "gVjj", "12345678901234567890abc\nnext"},
    {"12345678901234567890abc\r\nnext", "g$V", "12345678901234567890abc"},
    {"a\r\nb\r\nc", "gjV", "b"},
    {"a\r\nb\r\nc", "gjVk", "a\nb"},
    {"abcd\r\nefgh\r\nijkl", "gl\026jjl", "bc\nfg\njk"},
    {"abcd\r\ne\r\nijkl", "gl\026jjl", "bc\n\njk"},
    {"abcd\r\ne\r\nijkl", "g3l\026jjhh", "bcd\n\njkl"},
    {"abcd\r\nefgh", "glvlohj", "cd\ne"}, // the other end moves
    {"abcd", "gvllo$", "cd"},
    {"abcd", "gv V", "abcd"},
    {"abcd\r\nefgh", "gvVj", "abcd\nefgh"},
    {"abcd\r\nefgh", "gVvj", "abcd\ne"},
    {"abcd", "gvlv", ""},
    {"abcd", "gvl l", "bc"},
    {"1234567890123456789\344\275\240x", "gv$", "1234567890123456789\344\275\240x"},
    {"a\344\275\240b", "gvl", "a\344\275\240"},
    {"a\344\275\240b\r\n1234", "gl\026j", "\344\275\240\n2"},
    {"a\344\275\240b\r\n1234", "gj2l\026k", "\344\275\240\n23"},
    {"e\314\201a", "gv", "e\314\201"},
    {"\360\237\221\251\342\200\215\360\237\222\273.", "gv$", "\360\237\221\251\342\200\215\360\237\222\273."},
    {"\033[41m  red  \033[0m", "gv$", "  red"},
    {"\033[1;5Hfar", "gv$", "    far"},
    {"", "v", ""},
};

Test(copy_select, texts)
{
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        copying_end();
        begin();
        copying_write(rows[i].screen);
        copying_enter(COPY_FULL);
        copying_keys(rows[i].keys);
        const char *text = copying_yank();
        cr_expect_str_eq(text, rows[i].text, "row %zu: '%s'", i, text);
    }
}

Test(copy_select, is_capped_and_says_so)
{
    char line[2048];
    copying_end();
    copying_begin(8, 200, 5000);
    memset(line, 'x', sizeof line);
    memcpy(line + sizeof line - 3, "\r\n", 3);
    for (int i = 0; i < 40; i++)
        copying_write(line);
    copying_enter(COPY_FULL);
    copying_keys("gVGy");
    cr_expect_null(copying_verdict.text);
    cr_expect_eq(copying_verdict.result, COPY_STAYS);
    cr_expect(strstr(copying_verdict.notice, "72 KiB") != NULL, "%s", copying_verdict.notice);
    copying_keys("\033");
    copying_keys("gV330jy");
    cr_assert_not_null(copying_verdict.text);
    cr_expect_eq(copying_verdict.text_length, strlen(copying_verdict.text));
    cr_expect_eq(copying_verdict.text_length, 31u * 2045 + 30);
}

Test(copy_select, nothing_selected_says_what_to_do)
{
    copying_write("text");
    copying_enter(COPY_FULL);
    copying_keys("y");
    cr_expect(strstr(copying_verdict.notice, "Ctrl-v") != NULL);
}

// --- the mouse ---

static void press(int y, int x, int64_t ms)
{
    copying_mouse(INPUT_MOUSE_PRESS, INPUT_BUTTON_LEFT, y, x, ms);
}

static void release(int y, int x)
{
    copying_mouse(INPUT_MOUSE_RELEASE, INPUT_BUTTON_LEFT, y, x, 0);
}

static void drag(int y, int x)
{
    copying_mouse(INPUT_MOUSE_MOTION, INPUT_BUTTON_LEFT, y, x, 0);
}

Test(copy_select, dragging_copies_when_let_go)
{
    copying_write("first line\r\nsecond line");
    copying_enter(COPY_BRIEF);
    press(0, 6, 0);
    drag(0, 6);
    cr_expect_eq(copy_mode_status(copying_mode).selection, COPY_NONE);
    drag(1, 2);
    cr_expect_str_eq(copying_marks(0), "......ssss");
    cr_expect_str_eq(copying_marks(1), "sss");
    release(1, 2);
    cr_assert_not_null(copying_verdict.text);
    cr_expect_str_eq(copying_verdict.text, "line\nsec");
    cr_expect_eq(copying_verdict.result, COPY_STAYS);
    // A click takes the selection away; in brief that is the end.
    press(0, 0, 5000);
    release(0, 0);
    cr_expect_eq(copying_verdict.result, COPY_LEFT);
    cr_expect_null(copying_verdict.text);
}

Test(copy_select, clicks)
{
    copying_write("see /usr/lib/x.so, ok (yes)\r\n");
    copying_enter(COPY_FULL);
    press(0, 9, 1000);
    release(0, 9);
    cr_expect_null(copying_verdict.text);
    press(0, 9, 1100);
    release(0, 9);
    cr_assert_not_null(copying_verdict.text);
    cr_expect_str_eq(copying_verdict.text, "/usr/lib/x.so,");
    press(0, 9, 1200);
    release(0, 9);
    cr_assert_not_null(copying_verdict.text);
    cr_expect_str_eq(copying_verdict.text, "see /usr/lib/x.so, ok (yes)"); // over the edge of the row
    press(0, 9, 9000);
    release(0, 9);
    cr_expect_null(copying_verdict.text);
    // A double click that is dragged takes whole words.
    press(0, 1, 20000);
    release(0, 1);
    press(0, 1, 20100);
    drag(0, 5);
    release(0, 5);
    cr_assert_not_null(copying_verdict.text);
    cr_expect_str_eq(copying_verdict.text, "see /usr/lib/x.so,");
    // A bracket is in no name.
    press(1, 3, 30000);
    release(1, 3);
    press(1, 3, 30100);
    release(1, 3);
    cr_assert_not_null(copying_verdict.text);
    cr_expect_str_eq(copying_verdict.text, "yes");
}

Test(copy_select, dragging_over_the_edge_scrolls)
{
    copying_lines(1, 40);
    copying_enter(COPY_BRIEF);
    press(3, 0, 0);
    for (int i = 0; i < 10; i++)
        drag(-1, 0);
    cr_expect_eq(copy_mode_scrolled(copying_mode), 10);
    release(-1, 0);
    cr_assert_not_null(copying_verdict.text);
    cr_expect(strncmp(copying_verdict.text, "line 24\nline 25\n", 16) == 0, "%s", copying_verdict.text);
}

Test(copy_select, marks_of_selections)
{
    copying_write("abcdef\r\n\r\nghijkl\r\nmno");
    copying_enter(COPY_FULL);
    copying_keys("g2lvjjl");
    cr_expect_str_eq(copying_marks(0), "..ssss");
    cr_expect_str_eq(copying_marks(1), "s");
    cr_expect_str_eq(copying_marks(2), "ssss", "%s", copying_marks(2));
    cr_expect_str_eq(copying_marks(3), "");
    copying_keys("\026");
    cr_expect_str_eq(copying_marks(0), "..ss", "%s", copying_marks(0));
    cr_expect_str_eq(copying_marks(1), "..ss");
    copying_keys("V");
    cr_expect_str_eq(copying_marks(0), "ssssss");
}
