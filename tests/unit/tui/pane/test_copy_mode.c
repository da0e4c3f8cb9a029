// SPDX-License-Identifier: Apache-2.0
//
// copy_mode: moving and scrolling as in vi, while output goes on and the size changes.

#include "tests/unit/tui/pane/copy_fixture.h"
#include "tui/pane/copy_mode.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void begin(void)
{
    copying_begin(5, 20, 100);
}

TestSuite(copy_mode, .init = begin, .fini = copying_end);

// --- life ---

static const struct {
    const char *keys;
    enum copy_entry entry;
    enum copy_result result;
} endings[] = {
    {"q", COPY_FULL, COPY_LEFT},           {"\033", COPY_FULL, COPY_LEFT},
    {"\003", COPY_FULL, COPY_LEFT},        {"0vly", COPY_FULL, COPY_LEFT},
    {"0v\r", COPY_FULL, COPY_LEFT},        {"v\033", COPY_FULL, COPY_STAYS},
    {"y", COPY_FULL, COPY_STAYS},          {"Z", COPY_FULL, COPY_STAYS},
    {"/q\033", COPY_FULL, COPY_STAYS},     {"/\177", COPY_FULL, COPY_STAYS},
    {"x", COPY_BRIEF, COPY_PASSED},        {"q", COPY_BRIEF, COPY_PASSED},
    {"\033", COPY_BRIEF, COPY_PASSED},     {"\033[A", COPY_BRIEF, COPY_PASSED},
    {"\033[5;2~", COPY_BRIEF, COPY_STAYS}, {"\033[5;2~\033[6;2~", COPY_BRIEF, COPY_LEFT},
};

Test(copy_mode, what_ends_it)
{
    copying_lines(1, 30);
    copying_write("prompt");
    for (size_t i = 0; i < sizeof endings / sizeof endings[0]; i++) {
        copying_enter(endings[i].entry);
        copying_keys(endings[i].keys);
        cr_expect_eq(copying_verdict.result, endings[i].result, "row %zu: %d", i, copying_verdict.result);
    }
}

Test(copy_mode, begins_at_the_cursor_and_the_bottom)
{
    copying_lines(1, 30);
    copying_write("prompt\033[3D");
    copying_enter(COPY_FULL);
    cr_expect_str_eq(copying_here(), "mpt");
    cr_expect_eq(copy_mode_scrolled(copying_mode), 0);
    struct copy_status status = copy_mode_status(copying_mode);
    cr_expect(status.history == 26 && status.selection == COPY_NONE && status.prompt == '\0');
}

// --- movement ---

static const struct {
    const char *keys;
    const char *here;
} movements[] = {
    {"gg", "alpha beta"},
    {"g", "alpha beta"},
    {"gj", "  gamma.delta(x)"},
    {"gjk", "alpha beta"},
    {"g\033[B", "  gamma.delta(x)"},
    {"gl", "lpha beta"},
    {"gll\033[D", "lpha beta"},
    {"g$", "a"},
    {"g$j", ")"},
    {"g$j$", ")"},
    {"gj^", "gamma.delta(x)"},
    {"gj$0", "  gamma.delta(x)"},
    {"gw", "beta"},
    {"gww", "gamma.delta(x)"},
    {"g3w", ".delta(x)"},
    {"g2W", "gamma.delta(x)"},
    {"ge", "a beta"},
    {"gee", "a"},
    {"geee", "a.delta(x)"},
    {"gEEE", ")"},
    {"gww2b", "alpha beta"},
    {"gwwB", "beta"},
    {"gj$b", "x)"},
    {"gj$B", "gamma.delta(x)"},
    {"g10l", "a"},
    {"g99j", ""},
    {"G", "end"},
    {"G0", "end"},
    {"Gb", "at"},
    {"3G", "123456789012345678901"},
    {"gjj$", "t"},
    {"gjj$0", "12345678901234567890"},
    {"gjj19ll", "1 wraps at"},
    {"gjj20lh", "0"},
};

Test(copy_mode, moves_as_vi_does)
{
    copying_end();
    copying_begin(8, 20, 100);
    copying_write("alpha beta\r\n  gamma.delta(x)\r\n123456789012345678901 wraps at\r\n\r\nend");
    for (size_t i = 0; i < sizeof movements / sizeof movements[0]; i++) {
        copying_enter(COPY_FULL);
        copying_keys(movements[i].keys);
        const char *want = movements[i].here;
        cr_expect(strncmp(copying_here(), want, 20) == 0 &&
                      (strlen(want) >= 20 || strlen(copying_here()) == strlen(want)),
                  "row %zu '%s': '%s'", i, movements[i].keys, copying_here());
    }
}

Test(copy_mode, moves_over_whole_characters)
{
    copying_write("\344\275\240\345\245\275e\314\201!");
    copying_enter(COPY_FULL);
    copying_keys("0");
    static const char *const steps[] = {"\345\245\275e\314\201!", "e\314\201!", "!", "!"};
    for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++) {
        copying_keys("l");
        cr_expect_str_eq(copying_here(), steps[i], "%zu: '%s'", i, copying_here());
    }
    copying_keys("hhh");
    cr_expect_eq(copy_mode_overlay(copying_mode)->cursor_x, 0);
}

static const struct {
    const char *keys, *top, *here;
} pages[] = {
    {"g", "line 1", "line 1"},         {"gL", "line 1", "line 5"},
    {"gM", "line 1", "line 3"},        {"gLH", "line 1", "line 1"},
    {"g\004", "line 3", "line 3"},     {"g\006", "line 4", "line 4"},
    {"g\033[6~", "line 4", "line 4"},  {"g\005", "line 2", "line 2"},
    {"gj\005", "line 2", "line 2"},    {"g\005\005\031", "line 2", "line 3"},
    {"g5\005", "line 6", "line 6"},    {"g\006\002", "line 1", "line 1"},
    {"g\006\025", "line 2", "line 2"}, {"g\033[6~\033[5~", "line 1", "line 1"},
    {"gjjjjj", "line 2", "line 6"},    {"G\004", "line 27", ""},
    {"9G", "line 9", "line 9"},
};

Test(copy_mode, scrolls)
{
    copying_lines(1, 30);
    for (size_t i = 0; i < sizeof pages / sizeof pages[0]; i++) {
        copying_enter(COPY_FULL);
        copying_keys(pages[i].keys);
        cr_expect_str_eq(copying_top(), pages[i].top, "row %zu: top '%s'", i, copying_top());
        cr_expect_str_eq(copying_here(), pages[i].here, "row %zu: here '%s'", i, copying_here());
    }
}

// --- staying on the text ---

Test(copy_mode, stays_while_output_arrives)
{
    copying_lines(1, 30);
    copying_enter(COPY_FULL);
    copying_keys("10Gwv");
    for (int i = 31; i < 70; i++) {
        copying_lines(i, i);
        cr_expect_str_eq(copying_here(), "10");
        cr_expect_eq(copy_mode_status(copying_mode).selected_lines, 1);
    }
    cr_expect_str_eq(copying_yank(), "1");
}

Test(copy_mode, moves_to_the_oldest_when_its_line_is_thrown_out)
{
    copying_lines(1, 104);
    copying_enter(COPY_FULL);
    copying_keys("gV");
    cr_expect_str_eq(copying_here(), "line 1");
    copying_lines(105, 124);
    cr_expect_str_eq(copying_here(), "line 21", "%s", copying_here());
    cr_expect_str_eq(copying_yank(), "line 21");
    copying_keys("g");
    copying_write("\033[3J");
    cr_expect_eq(copy_mode_scrolled(copying_mode), 0);
    cr_expect_str_eq(copying_here(), "line 121", "%s", copying_here());
}

// Sizes a terminal is given one after another; the cursor's text must be where it was.
Test(copy_mode, stays_when_lines_are_wrapped_anew)
{
    static const int sizes[][2] = {{5, 7}, {3, 7}, {9, 33}, {5, 1}, {2, 100}, {40, 10}, {5, 20}};
    copying_end();
    copying_begin(5, 20, 5000);
    copying_lines(1, 20);
    copying_write("a long line of words that is wrapped more than once, with a MARK within\r\n");
    copying_lines(21, 40);
    copying_enter(COPY_FULL);
    copying_keys("?MARK\rv3l");
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        copy_mode_resize(copying_mode, sizes[i][0], sizes[i][1]);
        cr_expect_eq(vt_cols(copying_vt), sizes[i][1]);
        cr_expect_eq(copying_here()[0], 'K', "size %zu: '%s'", i, copying_here());
        cr_expect_eq(copy_mode_status(copying_mode).selection, COPY_CHARACTERS);
    }
    cr_expect_str_eq(copying_yank(), "MARK");
}

Test(copy_mode, stays_at_the_bottom_when_it_was_there)
{
    copying_lines(1, 30);
    copying_write("$ ");
    copying_enter(COPY_FULL);
    copy_mode_resize(copying_mode, 10, 30);
    cr_expect_eq(copy_mode_scrolled(copying_mode), 0);
    copy_mode_resize(copying_mode, 3, 10);
    cr_expect_eq(copy_mode_scrolled(copying_mode), 0);
}

Test(copy_mode, is_sound_on_any_size_and_screen)
{
    static const char *const keys = "gGjk/a\rnNvwVe\026$0oHML\004\025\006\002\005\031bBWE^";
    for (int rows = 1; rows < 4; rows++) {
        for (int cols = 1; cols < 4; cols++) {
            copying_end();
            copying_begin(rows, cols, rows == 2 ? 0 : 7);
            copying_write("aa \344\275\240a\r\n\r\nbanana a");
            copying_enter(COPY_FULL);
            for (const char *key = keys; *key != '\0' && copying_mode != NULL; key++) {
                const char one[] = {*key, '\0'};
                copying_keys(one);
                (void)copy_mode_overlay(copying_mode);
                copying_write("a\r\n");
                const struct vt_pane_overlay *overlay = copy_mode_overlay(copying_mode);
                cr_expect(overlay->cursor_y >= 0 && overlay->cursor_y < rows && overlay->cursor_x >= 0 &&
                          overlay->cursor_x < cols);
            }
            copying_write("\033[?1049h");
            cr_expect_eq(copy_mode_status(copying_mode).history, 0);
            cr_expect_eq(copy_mode_status(copying_mode).selection, COPY_NONE);
            copy_mode_resize(copying_mode, cols, rows);
            (void)copy_mode_overlay(copying_mode);
        }
    }
}

// One line as long as the history: no movement walks all of it.
Test(copy_mode, a_movement_over_an_endless_line_is_bounded)
{
    copying_end();
    copying_begin(5, 100, 100000);
    static char block[100001];
    memset(block, 'x', sizeof block - 1);
    for (int i = 0; i < 50; i++)
        copying_write(block);
    copying_enter(COPY_FULL);
    copying_keys("gw");
    int64_t back = copy_mode_scrolled(copying_mode);
    cr_expect(back > 40000 && back < 49999, "%d", (int)back);
    copying_keys("G9999b");
    cr_expect(copy_mode_scrolled(copying_mode) < 5000);
    copying_mouse(INPUT_MOUSE_PRESS, INPUT_BUTTON_LEFT, 2, 2, 0);
    copying_mouse(INPUT_MOUSE_RELEASE, INPUT_BUTTON_LEFT, 2, 2, 0);
    copying_mouse(INPUT_MOUSE_PRESS, INPUT_BUTTON_LEFT, 2, 2, 0);
    copying_mouse(INPUT_MOUSE_RELEASE, INPUT_BUTTON_LEFT, 2, 2, 0);
    cr_assert_not_null(copying_verdict.text);
    cr_expect(copying_verdict.text_length > 4000 && copying_verdict.text_length < 12000);
}

// --- brief ---

Test(copy_mode, brief_scrolls_and_passes_other_keys_on)
{
    copying_lines(1, 30);
    copying_enter(COPY_BRIEF);
    copying_mouse(INPUT_MOUSE_PRESS, INPUT_WHEEL_UP, 1, 1, 0);
    cr_expect_eq(copy_mode_scrolled(copying_mode), COPY_WHEEL_ROWS);
    cr_expect_not(copy_mode_overlay(copying_mode)->cursor);
    copying_mouse(INPUT_MOUSE_PRESS, INPUT_WHEEL_DOWN, 1, 1, 0);
    cr_expect_eq(copying_verdict.result, COPY_LEFT);
    copying_enter(COPY_BRIEF);
    copying_keys("\033[1;2H");
    cr_expect_str_eq(copying_top(), "line 1");
    copy_mode_keep(copying_mode);
    cr_expect_not(copy_mode_is_brief(copying_mode));
    copying_keys("\033[1;2Fk");
    cr_expect_eq(copying_verdict.result, COPY_STAYS);
}

Test(copy_mode, every_line_of_help_has_keys)
{
    const char *before = "";
    for (size_t i = 0; i < COPY_HELP_MAX; i++) {
        struct keymap_key keys[KEYMAP_KEYS_MAX];
        size_t count = 0;
        const char *help = copy_mode_help(i, keys, KEYMAP_KEYS_MAX, &count);
        if (help == NULL)
            break;
        cr_expect_gt(count, 0, "%s", help);
        cr_expect_str_neq(help, before);
        before = help;
    }
    size_t count = 0;
    cr_expect_null(copy_mode_help(COPY_HELP_MAX, NULL, 0, &count), "there are more than are shown");
}
