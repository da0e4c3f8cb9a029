// SPDX-License-Identifier: Apache-2.0
//
// table: a scrolling table without a model: the caller keeps the rows and which one is selected, the table
// asks for cells of the rows that are in sight and draws them. Columns share the width by weight; on a narrow
// screen those of the highest drop number go first, and what still fits beside the others comes back.

#ifndef SBXDECK_TUI_WIDGET_TABLE_H
#define SBXDECK_TUI_WIDGET_TABLE_H

#include "tui/base/text.h"
#include "tui/base/theme.h"
#include "tui/widget/gauge.h"

#include <curses.h>
#include <stdbool.h>
#include <stddef.h>

enum { TABLE_COLUMNS_MAX = 32, TABLE_CELL_MAX = 256, TABLE_DROP_MAX = 32 };

enum table_align { TABLE_LEFT, TABLE_RIGHT, TABLE_CENTER };

struct table_column {
    const char *title;
    int min;    // columns it needs to be worth showing
    int ideal;  // columns it takes when there is room
    int weight; // share of the room beyond all ideals; 0: never wider than ideal
    enum table_align align;
    int drop; // 0: always shown; else, up to TABLE_DROP_MAX, the highest goes first when there is no room
};

// Filled by the caller for each cell in sight; given as empty text in ROLE_TEXT.
struct table_cell {
    char text[TABLE_CELL_MAX]; // foreign text is fine
    enum theme_role role;
    enum glyph glyph;       // before the text; GLYPH_NONE none
    bool path;              // where it has no room, what is behind its last '/' is shown
    bool name;              // ASCII: where it has no room, its middle is left out, since ends differ most
    double fraction;        // 0..1: a gauge as wide as the cell, and no text; negative (as given): none
    enum gauge_stage stage; // of the gauge
};
typedef void table_fill(void *context, size_t row, size_t column, struct table_cell *cell);

struct table {
    // set by the caller before drawing
    const struct table_column *columns;
    size_t column_count; // at most TABLE_COLUMNS_MAX
    table_fill *fill;
    void *context;
    size_t rows;       // of the model
    size_t selected;   // clamped by table_draw and the moves
    int margin;        // blank columns on either side of the cells; the selected line covers them
    size_t sorted;     // the column that the rows are sorted by, + 1: marked in the header; 0: none
    bool sorted_down;  // the largest first
    const char *empty; // shown in the middle when there are no rows; '\n' parts lines; NULL: nothing
    // kept by the table
    size_t top;                         // first row in sight
    size_t page;                        // rows in sight at the last draw
    int header;                         // lines of the header at the last draw: 0 or 1
    int widths[TABLE_COLUMNS_MAX], gap; // at the last draw
    int64_t clicked_at;                 // monotonic ms of the last click
    size_t clicked;                     // row of it
};

// What a draw or a move has changed.
enum { TABLE_MOVED = 1, TABLE_SCROLLED = 2 };

// Draws header, rows and, when not all rows fit, a scroll bar into the rectangle; scrolls so that the
// selected row is in sight. Returns TABLE_* flags.
unsigned table_draw(struct table *table, WINDOW *window, int y, int x, int rows, int columns);
// "12/87", or "" without rows.
char *table_position(const struct table *table, char *out, size_t cap);

// Moves of the selection. Each returns TABLE_* flags, 0 when it was there already.
unsigned table_move(struct table *table, long by);
unsigned table_page(struct table *table, int pages); // negative: up
// Any of them: by rows or pages (negative: up), or to an end (negative: the first row).
enum table_step { TABLE_ROWS, TABLE_PAGES, TABLE_ENDS };
unsigned table_go(struct table *table, enum table_step step, long by);
// A press of the mouse on a line of the window selects its row, if there is one there.
enum table_click { TABLE_CLICK_NONE, TABLE_CLICK_ONCE, TABLE_CLICK_TWICE /* soon after the first, there */ };
enum table_click table_click(struct table *table, int y, int line, int64_t now_ms);
// The row at a line of the window, as drawn last; false when there is none (header, below the last).
bool table_row_at(const struct table *table, int y, int line, size_t *row);
// The column whose header stands at that line and column of the window, as drawn last at y and x; false when
// there is none.
bool table_title_at(const struct table *table, int y, int x, int line, int place, size_t *column);

// The widths table_draw would give on this many columns; 0: dropped.
void table_layout(const struct table_column *columns, size_t count, int width, int widths[TABLE_COLUMNS_MAX]);

#endif
