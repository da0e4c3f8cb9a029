// SPDX-License-Identifier: Apache-2.0
//
// table: widths, selection, scrolling, and what a narrow screen leaves out.

#include "tests/unit/tui/canvas.h"
#include "tui/widget/table.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct table_column columns[] = {
    {"Name", 8, 16, 2, TABLE_LEFT, 0},     {"State", 7, 9, 0, TABLE_LEFT, 0},
    {"Age", 4, 6, 0, TABLE_RIGHT, 2},      {"Left", 6, 12, 1, TABLE_LEFT, 1},
    {"Template", 6, 10, 0, TABLE_LEFT, 3},
};
enum { COLUMNS = sizeof columns / sizeof columns[0] };

static size_t filled_rows;

static void fill(void *context, size_t row, size_t column, struct table_cell *cell)
{
    (void)context;
    filled_rows += column == 0;
    if (column == 0)
        snprintf(cell->text, sizeof cell->text, "row-%zu", row);
    else if (column == 1)
        *cell =
            (struct table_cell){.text = "bad\033", .role = ROLE_BAD, .glyph = GLYPH_CROSS, .fraction = -1};
    else if (column == 2)
        snprintf(cell->text, sizeof cell->text, "%zum", row);
    else if (column == 3)
        cell->fraction = 0.5;
}

static struct table make(size_t rows)
{
    return (struct table){
        .columns = columns, .column_count = COLUMNS, .fill = fill, .rows = rows, .empty = "None\nyet"};
}

static void canvas_80(void)
{
    unsetenv("NO_COLOR");
    canvas_begin(24, 80, "xterm-256color");
}

// What those that are shown need at least, and the gaps between them.
static int least(const int *widths)
{
    int sum = 0, shown = 0;
    for (size_t i = 0; i < COLUMNS; i++) {
        sum += widths[i] > 0 ? columns[i].min : 0;
        shown += widths[i] > 0;
    }
    return sum + (shown > 1 ? (shown - 1) * 2 : 0);
}

Test(table, shares_the_width)
{
    for (int width = 0; width <= 300; width++) {
        int widths[TABLE_COLUMNS_MAX], sum = 0, shown = 0, gap = width < 28 ? 1 : 2;
        table_layout(columns, COLUMNS, width, widths);
        for (size_t i = 0; i < COLUMNS; i++) {
            cr_assert_geq(widths[i], 0);
            sum += widths[i];
            shown += widths[i] > 0;
            cr_assert(columns[i].weight > 0 || widths[i] <= columns[i].ideal, "column %zu at %d", i, width);
        }
        sum += shown > 1 ? (shown - 1) * gap : 0;
        cr_assert_leq(sum, width, "%d columns of %d", sum, width);
        // A column goes for one that is worth more alone: not for room that nobody takes.
        for (size_t i = 0; i < COLUMNS; i++) {
            int spare = width - least(widths);
            cr_assert(widths[i] > 0 || columns[i].min + gap > spare, "column %zu would fit at %d", i, width);
        }
        if (width >= 80)
            cr_assert_eq(sum, width, "room is left at %d", width);
    }
}

Test(table, draws_rows_and_the_selection, .init = canvas_80, .fini = canvas_end)
{
    struct table table = make(3);
    table.selected = 1;
    table_draw(&table, stdscr, 2, 0, 10, 80);
    cr_expect_not_null(strstr(stdscr_line(2), "Name"));
    cr_expect(canvas_attributes(2, 0) & A_UNDERLINE);
    cr_expect_eq(strncmp(stdscr_line(3), "row-0", 5), 0);
    cr_expect_not_null(strstr(stdscr_line(4), "\342\234\227 bad\357\277\275"));
    cr_expect_eq(canvas_pair(4, 0), theme_on_selected(ROLE_TEXT).pair);
    cr_expect_eq(canvas_pair(4, 79), theme_style(ROLE_SELECTED).pair,
                 "the selection does not reach the edge");
    cr_expect_eq(canvas_pair(3, 0), theme_style(ROLE_TEXT).pair);
    cr_expect_str_eq(stdscr_line(6), "");
    int y = -1, x = -1;
    text_rest(&y, &x);
    cr_expect(y == 4 && x == 0, "a screen reader is led to %d, %d", y, x);
    char position[16];
    cr_expect_str_eq(table_position(&table, position, sizeof position), "2/3");
    size_t row = 99;
    cr_expect(table_row_at(&table, 2, 5, &row) && row == 2);
    cr_expect_not(table_row_at(&table, 2, 2, &row));
    cr_expect_not(table_row_at(&table, 2, 6, &row));
}

Test(table, a_click_selects_and_the_second_one_on_the_same_row_is_a_double_one, .init = canvas_80,
     .fini = canvas_end)
{
    struct table table = make(3);
    table_draw(&table, stdscr, 2, 0, 10, 80);
    cr_expect_eq(table_click(&table, 2, 2, 1000), TABLE_CLICK_NONE, "the header");
    cr_expect_eq(table_click(&table, 2, 5, 1000), TABLE_CLICK_ONCE);
    cr_expect_eq(table.selected, 2u);
    cr_expect_eq(table_click(&table, 2, 3, 1100), TABLE_CLICK_ONCE, "another row");
    cr_expect_eq(table_click(&table, 2, 3, 1200), TABLE_CLICK_TWICE);
    cr_expect_eq(table_click(&table, 2, 3, 1300), TABLE_CLICK_ONCE, "a third one begins anew");
    cr_expect_eq(table_click(&table, 2, 3, 1700), TABLE_CLICK_ONCE, "too late");
    cr_expect_eq(table.selected, 0u);
}

Test(table, a_margin_keeps_the_cells_off_the_edges, .init = canvas_80, .fini = canvas_end)
{
    struct table table = make(3);
    table.margin = 1;
    table_draw(&table, stdscr, 0, 0, 10, 80);
    cr_expect_eq(strncmp(stdscr_line(0), " Name", 5), 0);
    cr_expect_eq(strncmp(stdscr_line(1), " row-0", 6), 0);
    cr_expect_eq(canvas_pair(1, 0), theme_style(ROLE_SELECTED).pair, "the selection covers the margin");
    cr_expect_eq(canvas_pair(1, 79), theme_style(ROLE_SELECTED).pair);
    for (int line = 0; line < 4; line++)
        cr_expect_leq(text_width(stdscr_line(line)), 79, "line %d", line);
    // The scroll bar stands on it, with a blank before it.
    table = make(50);
    table.margin = 1;
    table_draw(&table, stdscr, 0, 0, 11, 80);
    cr_expect_eq(text_width(stdscr_line(1)), 80);
    cr_expect_eq(mvinch(1, 78) & A_CHARTEXT, ' ');
}

static void fill_path(void *context, size_t row, size_t column, struct table_cell *cell)
{
    (void)row;
    (void)column;
    snprintf(cell->text, sizeof cell->text, "%s", (const char *)context);
    cell->path = true;
}

Test(table, a_path_without_room_shows_its_end, .init = canvas_80, .fini = canvas_end)
{
    static const struct table_column one[] = {{.title = "Path", .min = 1, .ideal = 200}};
    static const struct {
        const char *text;
        int columns;
        const char *shown;
    } cases[] = {
        {"system/debian:bookworm", 22, "system/debian:bookworm"},
        {"system/debian:bookworm", 21, "debian:bookworm"},
        {"system/debian:bookworm", 8, "debian:\342\200\246"},
        {"debian:bookworm", 8, "debian:\342\200\246"},
        {"ends-in-a-slash/", 8, "ends-in\342\200\246"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct table table = {.columns = one,
                              .column_count = 1,
                              .fill = fill_path,
                              .context = (void *)cases[i].text,
                              .rows = 1};
        erase();
        table_draw(&table, stdscr, 0, 0, 2, cases[i].columns);
        cr_expect_str_eq(stdscr_line(1), cases[i].shown, "%zu: %s", i, stdscr_line(1));
    }
}

Test(table, the_sorted_column_is_marked_in_its_header_and_can_be_pointed_at, .init = canvas_80,
     .fini = canvas_end)
{
    struct table table = make(3);
    size_t column = 99;
    table.margin = 1;
    (void)table_draw(&table, stdscr, 2, 4, 5, 70);
    cr_expect_null(strstr(stdscr_line(2), "▲"));
    table.sorted = 3;
    (void)table_draw(&table, stdscr, 2, 4, 5, 70);
    cr_expect_not_null(strstr(stdscr_line(2), "Age ▲"), "%s", stdscr_line(2));
    table.sorted_down = true;
    table.sorted = 1;
    (void)table_draw(&table, stdscr, 2, 4, 5, 70);
    cr_expect_not_null(strstr(stdscr_line(2), "Name ▼"), "%s", stdscr_line(2));
    cr_expect(table_title_at(&table, 2, 4, 2, 5, &column));
    cr_expect_eq(column, 0);
    cr_expect_not(table_title_at(&table, 2, 4, 2, 4, &column), "the margin");
    cr_expect_not(table_title_at(&table, 2, 4, 3, 5, &column), "a row");
    cr_expect_not(table_title_at(&table, 2, 4, 2, 79, &column), "beyond the last");
    int place = 5;
    for (size_t i = 0; i < COLUMNS; i++) {
        cr_expect(table_title_at(&table, 2, 4, 2, place + table.widths[i] - 1, &column));
        cr_expect_eq(column, i);
        place += table.widths[i] + table.gap;
    }
    // Where the title has no room beside it, the mark stays.
    table.sorted = 3;
    (void)table_draw(&table, stdscr, 2, 0, 5, 38);
    cr_expect_not_null(strstr(stdscr_line(2), "▼"), "%s", stdscr_line(2));
}

static void fill_names(void *context, size_t row, size_t column, struct table_cell *cell)
{
    (void)context;
    if (column != 0)
        return;
    snprintf(cell->text, sizeof cell->text, "sbx-production-web-%02zu", row);
    cell->name = true;
}

Test(table, names_that_begin_alike_stay_tellable_apart, .init = canvas_80, .fini = canvas_end)
{
    struct table table = make(2);
    table.fill = fill_names;
    table.column_count = 1;
    (void)table_draw(&table, stdscr, 0, 0, 3, 12);
    cr_expect_not_null(strstr(stdscr_line(1), "sbx…n-web-00"), "%s", stdscr_line(1));
    cr_expect_not_null(strstr(stdscr_line(2), "-web-01"), "%s", stdscr_line(2));
    (void)table_draw(&table, stdscr, 0, 0, 3, 40);
    cr_expect_not_null(strstr(stdscr_line(1), "sbx-production-web-00"), "%s", stdscr_line(1));
}

Test(table, asks_only_for_rows_in_sight, .init = canvas_80, .fini = canvas_end)
{
    struct table table = make(1000000);
    table.selected = 500000;
    filled_rows = 0;
    table_draw(&table, stdscr, 0, 0, 24, 80);
    cr_expect_eq(filled_rows, 23);
    cr_expect(canvas_has("row-500000"));
    cr_expect(canvas_has("\342\224\203"), "no scroll bar");
}

Test(table, scrolls_with_the_selection, .init = canvas_80, .fini = canvas_end)
{
    struct table table = make(50);
    table_draw(&table, stdscr, 0, 0, 11, 80);
    cr_expect_eq(table.page, 10);
    cr_expect_eq(table_move(&table, -1), 0);
    cr_expect_eq(table_move(&table, 9), TABLE_MOVED);
    cr_expect_eq(table.top, 0);
    cr_expect_eq(table_move(&table, 1), TABLE_MOVED | TABLE_SCROLLED);
    cr_expect_eq(table.top, 1);
    table_page(&table, 1);
    cr_expect_eq(table.selected, 19);
    table_go(&table, TABLE_ENDS, 1);
    cr_expect(table.selected == 49 && table.top == 40);
    cr_expect_eq(table_go(&table, TABLE_ENDS, 1), 0);
    table_page(&table, 1);
    cr_expect_eq(table.selected, 49);
    table_page(&table, -9);
    cr_expect(table.selected == 0 && table.top == 0);
    table_move(&table, 1000000);
    cr_expect_eq(table.selected, 49);
    table_go(&table, TABLE_ENDS, -1);
    cr_expect_eq(table.selected, 0);
    table_go(&table, TABLE_ENDS, 1);
    table.rows = 5; // the list got shorter
    table_draw(&table, stdscr, 0, 0, 11, 80);
    cr_expect(table.selected == 4 && table.top == 0);
    table.rows = 0;
    table_draw(&table, stdscr, 0, 0, 11, 80);
    cr_expect_eq(table.selected, 0);
    cr_expect(canvas_has("None") && canvas_has("yet"));
    char position[16];
    cr_expect_str_eq(table_position(&table, position, sizeof position), "");
    cr_expect_eq(table_move(&table, 3), 0);
}

Test(table, the_selected_row_is_always_in_sight)
{
    static const int sizes[][2] = {{24, 80}, {50, 200}, {5, 20}, {2, 20}, {1, 20}, {1, 1}};
    unsetenv("NO_COLOR");
    for (size_t s = 0; s < sizeof sizes / sizeof sizes[0]; s++) {
        canvas_begin(sizes[s][0], sizes[s][1], "xterm-256color");
        struct table table = make(37);
        for (size_t i = 0; i < 37; i++) {
            char name[16];
            table.selected = (i * 17) % 37;
            table_draw(&table, stdscr, 0, 0, sizes[s][0], sizes[s][1]);
            int line = table.header + (int)(table.selected - table.top);
            cr_assert(line >= 0 && line < sizes[s][0], "%dx%d", sizes[s][0], sizes[s][1]);
            snprintf(name, sizeof name, "row-%zu", table.selected);
            cr_expect(sizes[s][1] < 8 || strncmp(stdscr_line(line), name, strlen(name)) == 0, "%s",
                      stdscr_line(line));
        }
        canvas_end();
    }
}

Test(table, narrow_screens_keep_what_counts)
{
    canvas_begin(5, 20, "xterm-256color");
    struct table table = make(3);
    table_draw(&table, stdscr, 0, 0, 5, 20);
    cr_expect_not_null(strstr(stdscr_line(0), "Name"));
    cr_expect_not_null(strstr(stdscr_line(0), "State"));
    cr_expect_null(strstr(stdscr_line(0), "Age"));
    cr_expect_not_null(strstr(stdscr_line(1), "bad"));
    canvas_end();
}

Test(table, mono_shows_the_selection, .init = canvas_80, .fini = canvas_end)
{
    struct table table = make(3);
    theme_begin(THEME_MONO);
    table_draw(&table, stdscr, 0, 0, 10, 80);
    cr_expect(canvas_attributes(1, 0) & A_REVERSE);
    cr_expect_not(canvas_attributes(2, 0) & A_REVERSE);
}
