// SPDX-License-Identifier: Apache-2.0
//
// A new size: lines are broken anew and come back as they were, the cursor stays on its character, the
// alternate screen is the program's, and whatever was asked for before stays sound.

#include "tests/support/terminal_cells.h"
#include "tests/unit/tui/vt/vt_rows.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#define E  "\033"
#define C  "\033["
#define NI "\344\275\240"

struct size_row {
    const char *what;
    int rows, cols;
    const char *bytes;
    int new_rows, new_cols;
    const char *after; // bytes written then
    const char *screen;
    int y, x;
    int history;
};

static const struct size_row size_rows[] = {
    {"narrower", 4, 10, "abcdefgh\r\nxy", 4, 5, "", "abcde|fgh|xy|", 2, 2, 0},
    {"narrower, more than there is room for", 2, 8, "abcdefgh\r\nxy", 2, 4, "", "efgh|xy", 1, 2, 1},
    {"wider joins what was broken", 4, 4, "abcdefgh\r\nxy", 4, 8, "", "abcdefgh|xy||", 1, 2, 0},
    {"wider does not join what was not", 4, 4, "ab\r\ncd", 4, 8, "", "ab|cd||", 1, 2, 0},
    {"wider does not join what was moved to", 4, 4, "abcd" C "2Hef", 4, 8, "", "abcd|ef||", 1, 2, 0},
    {"wider takes back from the history", 2, 4, "abcdefgh\r\nxy", 2, 8, "", "abcdefgh|xy", 1, 2, 0},
    {"taller takes back from the history", 2, 4, "a\r\nb\r\nc\r\nd", 4, 4, "", "a|b|c|d", 3, 1, 0},
    {"taller with nothing in the history", 2, 4, "a\r\nb", 4, 4, "", "a|b||", 1, 1, 0},
    {"lower, the cursor at the bottom", 4, 4, "a\r\nb\r\nc\r\nd", 2, 4, "", "c|d", 1, 1, 2},
    {"lower, with room below the cursor", 4, 4, "a\r\nb", 2, 4, "", "a|b", 1, 1, 0},
    {"lower, with text below the cursor", 4, 4, "a\r\nb\r\nc\r\nd" C "2;1H", 2, 4, "", "b|c", 0, 0, 1},
    {"narrower, with text below the cursor", 3, 4, "abcd\r\nefgh\r\nijkl" C "H", 3, 2, "", "ab|cd|ef", 0, 0,
     0},
    {"the cursor stays on its character", 4, 8, "abcdefgh" C "1;7H", 4, 4, "X", "abcd|efXh||", 1, 3, 0},
    {"the cursor stays after its character", 4, 8, "abc", 4, 4, "d", "abcd|||", 0, 3, 0},
    {"a waiting wrap comes out right", 4, 4, "abcd", 4, 8, "e", "abcde|||", 0, 5, 0},
    {"a waiting wrap, narrower", 4, 4, "abcd", 4, 2, "e", "ab|cd|e|", 2, 1, 0},
    {"a cursor beyond the text", 4, 8, "ab" C "1;6H", 4, 7, "x", "ab   x|||", 0, 6, 0},
    {"a cursor beyond the text and the edge", 4, 8, "ab" C "1;8H", 4, 4, "x", "ab x|||", 0, 3, 0},
    {"a line that ends at the new edge", 4, 8, "abcd\r\nx", 4, 4, "", "abcd|x||", 1, 1, 0},
    {"a wide one is not cut", 4, 6, "abc" NI "d", 4, 4, "", "abc|" NI "d||", 1, 3, 0},
    {"a wide one comes back", 4, 4, "abc" NI "d", 4, 8, "", "abc" NI "d|||", 0, 6, 0},
    {"blanks inside a broken line stay", 4, 4, "ab  cd", 4, 8, "", "ab  cd|||", 0, 6, 0},
    {"erased ends are not joined", 4, 4, "abcdef" C "1;3H" C "K", 4, 8, "", "ab|ef||", 0, 2, 0},
    {"one column", 4, 3, "abc", 4, 1, "", "a|b|c|", 2, 0, 0},
    {"one column, and back", 5, 3, "abcd", 5, 1, "", "a|b|c|d|", 3, 0, 0},
    {"one cell", 3, 3, "ab\r\ncd", 1, 1, "", "d", 0, 0, 3},
    {"marks go with their letters", 4, 4, "abce\314\201f", 4, 2, "", "ab|ce\314\201|f|", 2, 1, 0},
    {"the region is gone", 4, 4, C "2;3r", 5, 4, C "5Hx\r\ny", "|||x|y", 4, 1, 1},
    {"side margins are gone", 2, 8, "abcdefgh" C "?69h" C "3;5s", 2, 9, C "1;3H" C "P", "abdefgh|", 0, 2, 0},
    {"tabs are there", 1, 10, "", 1, 30, "a\tb\tc", "a       b       c", 0, 17, 0},
    {"own tabs stay", 1, 10, C "4G" E "H", 1, 30, "\ra\tb", "a  b", 0, 4, 0},
    {"the alternate screen is cut", 3, 6, C "?1049h" C "Habcdef" C "3Hghi", 2, 4, "", "abcd|", 1, 3, 0},
    {"the alternate screen is filled up", 2, 4, C "?1049h" C "Habcd" C "2Hef", 3, 6, "", "abcd|ef|", 1, 2, 0},
    {"a wide one is cut on the alternate screen", 2, 6, C "?1049h" C "Habc" NI, 2, 4, "", "abc|", 0, 3, 0},
    {"the main screen behind it is broken anew", 3, 4, "abcdef" C "?1049hx", 3, 8, C "?1049lg", "abcdefg||",
     0, 7, 0},
    {"the saved place is inside", 5, 9, C "5;9H" E "7" C "H", 2, 3, E "8x", "|  x", 1, 2, -1},
    {"same size: nothing", 2, 4, "abcd" C "2;3r", 2, 4, "e", "abcd|e", 1, 1, -1},
    {"brought into what is possible", 2, 4, "ab", 0, -5, "", "b", 0, 0, 1},
};

static void check(const struct size_row *row)
{
    static char screen[4096];
    struct vt *vt = vt_new(row->rows, row->cols, NULL);
    vt_rows_put(vt, row->bytes);
    vt_resize(vt, row->new_rows, row->new_cols);
    vt_rows_sound(vt, row->what);
    vt_rows_put(vt, row->after);
    vt_rows_screen(vt, screen, sizeof screen);
    struct vt_cursor cursor = vt_cursor(vt);
    cr_expect_str_eq(screen, row->screen, "%s: '%s', wanted '%s'", row->what, screen, row->screen);
    if (row->y >= 0)
        cr_expect(cursor.y == row->y && cursor.x == row->x, "%s: cursor %d,%d, wanted %d,%d", row->what,
                  cursor.y, cursor.x, row->y, row->x);
    if (row->history >= 0)
        cr_expect_eq(vt_history_rows(vt), row->history, "%s: history %d", row->what, vt_history_rows(vt));
    vt_free(vt);
}

Test(vt_resize, one_by_one)
{
    for (size_t i = 0; i < sizeof size_rows / sizeof size_rows[0]; i++)
        check(&size_rows[i]);
}

// The text of all rows, broken lines joined.
static void all_text(const struct vt *vt, char *out, size_t cap)
{
    size_t used = 0;
    for (int y = -vt_history_rows(vt); y < vt_rows(vt); y++) {
        used += vt_row_text(vt, y, out + used, cap - used);
        if (!vt_row_wraps(vt, y) && used + 1 < cap)
            out[used++] = '\n';
    }
    while (used > 0 && out[used - 1] == '\n')
        used--;
    out[used] = '\0';
}

static void fill(struct vt *vt)
{
    char line[1024];
    for (int i = 0; i < 60; i++) {
        int length = snprintf(line, sizeof line, "%d:", i);
        for (int k = 0; k < i * 7 % 190; k++)
            length += snprintf(line + length, sizeof line - (size_t)length, "%s",
                               k % 11 == 5  ? NI
                               : k % 7 == 3 ? "e\314\201"
                               : k % 5 == 4 ? "_x"
                                            : "w");
        vt_rows_put(vt, line);
        vt_rows_put(vt, i < 59 ? "\r\n" : "");
    }
}

// Through any sizes nothing of the text is lost, and it ends as it began.
Test(vt_resize, there_and_back)
{
    static const int sizes[][2] = {{24, 80}, {10, 40}, {50, 132}, {3, 7},
                                   {5, 2},   {1, 300}, {100, 33}, {24, 80}};
    static char before[65536], now[65536];
    static char screen_before[16384], screen_now[16384];
    struct vt *vt = vt_new(24, 80, NULL);
    fill(vt);
    all_text(vt, before, sizeof before);
    vt_rows_screen(vt, screen_before, sizeof screen_before);
    struct vt_cursor cursor_before = vt_cursor(vt);
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        vt_resize(vt, sizes[i][0], sizes[i][1]);
        vt_rows_sound(vt, "there and back");
        all_text(vt, now, sizeof now);
        cr_assert_str_eq(now, before, "%dx%d", sizes[i][0], sizes[i][1]);
    }
    vt_rows_screen(vt, screen_now, sizeof screen_now);
    cr_expect_str_eq(screen_now, screen_before);
    cr_expect(vt_cursor(vt).y == cursor_before.y && vt_cursor(vt).x == cursor_before.x);
    vt_free(vt);
}

Test(vt_resize, styles_and_links_go_along)
{
    struct vt_glyph glyph;
    struct vt *vt = vt_new(3, 8, NULL);
    vt_rows_put(vt, "ab" C "1;31mcd" E "]8;;http://x" E "\\ef" E "]8;;" E "\\" C "mgh");
    vt_resize(vt, 3, 3);
    cr_assert(cell_read(vt, 1, 0, &glyph));
    cr_expect_str_eq(glyph.text, "d");
    cr_expect(glyph.style.fg == (CELL_COLOR_INDEXED | 1) && glyph.style.attributes == CELL_BOLD);
    cr_assert(cell_read(vt, 1, 1, &glyph));
    cr_expect_str_eq(cell_link(vt, glyph.style.link), "http://x");
    cr_assert(cell_read(vt, 2, 0, &glyph));
    cr_expect(glyph.style.fg == CELL_COLOR_DEFAULT && glyph.style.link == 0);
    vt_free(vt);
}

Test(vt_resize, the_history_keeps_its_cap)
{
    struct vt_options options = {.history = 5};
    struct vt *vt = vt_new(4, 40, &options);
    fill(vt);
    for (int cols = 40; cols > 0; cols -= 3) {
        vt_resize(vt, 4, cols);
        cr_assert_leq(vt_history_rows(vt), 5, "%d columns: %d", cols, vt_history_rows(vt));
    }
    vt_free(vt);
    options.history = 0;
    vt = vt_new(4, 40, &options);
    fill(vt);
    vt_resize(vt, 2, 10);
    cr_expect_eq(vt_history_rows(vt), 0);
    vt_rows_sound(vt, "no history");
    vt_free(vt);
}

// Sequences cut in two by a new size act as if it had come before or after.
Test(vt_resize, in_the_middle_of_sequences)
{
    static const char bytes[] = "a" NI "e\314\201" C "38;2;1;2;3mb" E "]2;title" E "\\" C "2;3r" C "?1049h" C
                                "9;9Hx" C "?1049l" E "P$qm" E "\\" E "(0q";
    for (size_t split = 0; split < sizeof bytes; split++) {
        struct vt *vt = vt_new(5, 20, NULL);
        vt_write(vt, bytes, split);
        vt_resize(vt, 3, 9);
        vt_rows_sound(vt, "cut");
        vt_rows_put(vt, bytes + split);
        vt_rows_sound(vt, "whole");
        cr_assert_str_eq(vt_title(vt), "title");
        cr_assert_eq(vt_rows(vt), 3);
        vt_free(vt);
    }
}

Test(vt_resize, the_largest_and_the_smallest)
{
    struct vt *vt = vt_new(10000, 10000, NULL);
    cr_expect(vt_rows(vt) == VT_ROWS_MAX && vt_cols(vt) == VT_COLS_MAX);
    vt_rows_put(vt, E "#8" C "9999;9999H" NI);
    vt_resize(vt, 1, 1);
    cr_expect(vt_rows(vt) == 1 && vt_cols(vt) == 1);
    vt_rows_put(vt, NI "ab" C "L" C "P" C "@" C "9b" E "#8\t\b" E "M" E "D");
    vt_resize(vt, 500, 1000);
    cr_expect(vt_rows(vt) == VT_ROWS_MAX && vt_cols(vt) == VT_COLS_MAX);
    vt_free(vt);
}

// A program on the other screen resets the terminal softly, the window gets smaller, the program ends: what
// was last on the main screen is to be seen, with the cursor where it was.
Test(vt_resize, the_main_screen_keeps_its_cursor_over_a_soft_reset_of_the_other)
{
    char screen[1024];
    struct vt *vt = vt_new(12, 40, NULL);
    for (int i = 1; i <= 9; i++) {
        char line[24];
        (void)snprintf(line, sizeof line, "line%d\r\n", i);
        vt_rows_put(vt, line);
    }
    vt_rows_put(vt, C "?1049h" C "!p");
    vt_resize(vt, 6, 40);
    vt_rows_put(vt, C "?1049l");
    vt_rows_screen(vt, screen, sizeof screen);
    cr_expect_str_eq(screen, "line5|line6|line7|line8|line9|", "%s", screen);
    cr_expect_eq(vt_cursor(vt).y, 5);
    vt_free(vt);
}

// 132 columns are the program's: what the owner gives is kept for later, and lines are cut, not wrapped.
Test(vt_resize, a_program_has_columns_of_its_own)
{
    char screen[1024];
    struct vt *vt = vt_new(3, 80, NULL);
    vt_rows_put(vt, "abc" C "?3h");
    cr_expect_eq(vt_cols(vt), 80, "not without being allowed");
    vt_rows_put(vt,
                C "2;3r" C "?69h" C "2;3s" C "?6h" C "?40h" C "?3h" C "18t" C "6n" C "?3$p" E "P$qr" E "\\");
    cr_expect_eq(vt_cols(vt), 132);
    cr_expect(vt_fits(vt, 3, 80));
    cr_expect_str_eq(vt_rows_replies(vt), C "8;3;132t" C "1;1R" C "?3;1$y" E "P1$r1;3r" E "\\");
    vt_rows_put(vt, C "1;132Hxy");
    vt_rows_screen(vt, screen, sizeof screen);
    cr_expect_eq(strlen(screen), 132 + 3u);
    cr_expect_eq(vt_cursor(vt).x, 1);
    vt_resize(vt, 4, 60);
    cr_expect(vt_fits(vt, 4, 60) && vt_cols(vt) == 132 && vt_rows(vt) == 4);
    vt_rows_put(vt, C "?40l" C "?3l");
    cr_expect_eq(vt_cols(vt), 132, "not without being allowed");
    vt_rows_put(vt, C "?1049h" C "?40h" C "?3l");
    cr_expect(vt_fits(vt, 4, 60) && vt_cols(vt) == 60);
    vt_rows_sound(vt, "narrow again");
    vt_rows_put(vt, C "?3h" E "c");
    cr_expect_eq(vt_cols(vt), 60);
    vt_rows_put(vt, C "?40h" C "?3hstays");
    vt_columns_end(vt);
    cr_expect_eq(vt_cols(vt), 60);
    vt_rows_screen(vt, screen, sizeof screen);
    cr_expect_str_eq(screen, "stays|||");
    vt_free(vt);
}

Test(vt_resize, lines_above_a_screen_that_became_narrow_are_cut)
{
    char text[256];
    struct vt *vt = vt_new(2, 5, NULL);
    vt_rows_put(vt, C "?40h" C "?3habcd" NI "efgh\n\n\n" C "?3l");
    vt_rows_sound(vt, "narrow");
    cr_expect_gt(vt_row_text(vt, -vt_history_rows(vt), text, sizeof text), 0u);
    cr_expect_str_eq(text, "abcd");
    vt_resize(vt, 2, 20);
    cr_expect_gt(vt_row_text(vt, -vt_history_rows(vt), text, sizeof text), 0u);
    cr_expect_str_eq(text, "abcd" NI "efgh");
    vt_free(vt);
}
