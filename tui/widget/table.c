// SPDX-License-Identifier: Apache-2.0
//
// table: share the width among columns, scroll, and draw. A cell is asked for only when it is drawn, so a
// list of any length costs one screen.

#include "tui/widget/table.h"

#include <stdio.h>
#include <string.h>

enum {
    TIGHT = 28, // columns below which a blank is worth a letter
    DOUBLE_CLICK_MS = 400
};

static int gap_of(int width)
{
    return width < TIGHT ? 1 : 2;
}

static int total(const int *widths, size_t count, int gap)
{
    int sum = 0, shown = 0;
    for (size_t i = 0; i < count; i++) {
        sum += widths[i];
        shown += widths[i] > 0;
    }
    return shown > 1 ? sum + (shown - 1) * gap : sum;
}

// The column to go next: the highest drop number among those shown, the rightmost of equals; count: none may.
static size_t to_drop(const struct table_column *columns, const int *widths, size_t count)
{
    size_t found = count;
    for (size_t i = 0; i < count; i++)
        if (widths[i] > 0 && columns[i].drop > 0 &&
            (found == count || columns[i].drop >= columns[found].drop))
            found = i;
    return found;
}

// A wide column that went may have left room for a narrow one that went before it.
static void come_back(const struct table_column *columns, size_t count, int width, int *widths)
{
    for (int drop = 1; drop <= TABLE_DROP_MAX; drop++)
        for (size_t i = 0; i < count; i++) {
            if (widths[i] > 0 || columns[i].drop != drop)
                continue;
            widths[i] = columns[i].min > 0 ? columns[i].min : 1;
            if (total(widths, count, gap_of(width)) > width)
                widths[i] = 0;
        }
}

static void share(const struct table_column *columns, size_t count, int width, int *widths)
{
    // First everybody up to ideal, a column at a time so that all grow alike; then the rest by weight.
    int left = width - total(widths, count, gap_of(width));
    for (bool grown = true; grown && left > 0;) {
        grown = false;
        for (size_t i = 0; i < count && left > 0; i++) {
            if (widths[i] == 0 || widths[i] >= columns[i].ideal)
                continue;
            widths[i]++;
            left--;
            grown = true;
        }
    }
    int weights = 0;
    for (size_t i = 0; i < count; i++)
        weights += widths[i] > 0 ? columns[i].weight : 0;
    for (size_t i = 0; i < count && weights > 0; i++) {
        if (widths[i] == 0 || columns[i].weight == 0)
            continue;
        int part = left * columns[i].weight / weights;
        widths[i] += part;
        left -= part;
        weights -= columns[i].weight;
    }
}

void table_layout(const struct table_column *columns, size_t count, int width, int widths[TABLE_COLUMNS_MAX])
{
    int gap = gap_of(width);
    memset(widths, 0, sizeof(int) * TABLE_COLUMNS_MAX);
    if (count > TABLE_COLUMNS_MAX)
        count = TABLE_COLUMNS_MAX;
    for (size_t i = 0; i < count; i++)
        widths[i] = columns[i].min > 0 ? columns[i].min : 1;
    while (total(widths, count, gap) > width) {
        size_t drop = to_drop(columns, widths, count);
        if (drop == count)
            break;
        widths[drop] = 0;
    }
    come_back(columns, count, width, widths);
    // What may never go is made narrower instead, the rightmost first.
    for (size_t i = count; i-- > 0 && total(widths, count, gap) > width;) {
        int over = total(widths, count, gap) - width;
        if (widths[i] == 0)
            continue;
        widths[i] = widths[i] > over ? widths[i] - over : 0;
    }
    share(columns, count, width, widths);
}

static unsigned settle(struct table *table)
{
    size_t old_top = table->top, old_selected = table->selected;
    if (table->rows == 0)
        table->selected = table->top = 0;
    else if (table->selected >= table->rows)
        table->selected = table->rows - 1;
    size_t page = table->page > 0 ? table->page : 1;
    if (table->selected < table->top)
        table->top = table->selected;
    if (table->selected >= table->top + page)
        table->top = table->selected - page + 1;
    if (table->top + page > table->rows)
        table->top = table->rows > page ? table->rows - page : 0;
    return (table->selected != old_selected ? TABLE_MOVED : 0u) |
           (table->top != old_top ? TABLE_SCROLLED : 0u);
}

static struct theme_style style_of(enum theme_role role, bool selected)
{
    return selected ? theme_on_selected(role) : theme_style(role);
}

// Of names that begin alike the ends tell them apart: what does not fit is left out in the middle.
static void shorten(char text[TABLE_CELL_MAX], int columns)
{
    char short_form[TABLE_CELL_MAX];
    size_t length = strlen(text), room = columns > 1 ? (size_t)columns - 1 : 0;
    size_t head = room / 3;
    if (room < 2 || length <= (size_t)columns)
        return;
    for (size_t i = 0; i < length; i++)
        if ((signed char)text[i] < ' ') // no ASCII: its columns are not its bytes
            return;
    snprintf(short_form, sizeof short_form, "%.*s%s%s", (int)head, text, glyph(GLYPH_ELLIPSIS),
             text + length - (room - head));
    snprintf(text, TABLE_CELL_MAX, "%s", short_form);
}

static void draw_cell(const struct table_column *column, WINDOW *window, int y, int x, int width,
                      struct table_cell *cell, bool selected)
{
    char text[TABLE_CELL_MAX + 8];
    if (cell->fraction >= 0) {
        gauge_draw(window, y, x, width, cell->fraction, cell->stage, selected);
        return;
    }
    cell->text[sizeof cell->text - 1] = '\0';
    const char *mark = glyph(cell->glyph);
    if (cell->name)
        shorten(cell->text, width - (mark[0] != '\0' ? 2 : 0));
    snprintf(text, sizeof text, "%s%s%s", mark, mark[0] != '\0' && cell->text[0] != '\0' ? " " : "",
             cell->text);
    const char *slash = cell->path && text_width(text) > width ? strrchr(cell->text, '/') : NULL;
    if (slash != NULL && slash[1] != '\0')
        snprintf(text, sizeof text, "%s", slash + 1);
    int free_columns = width - text_width(text);
    int shift = 0;
    if (free_columns > 0 && column->align != TABLE_LEFT)
        shift = column->align == TABLE_RIGHT ? free_columns : free_columns / 2;
    text_put_style(window, y, x + shift, width - shift, style_of(cell->role, selected), text);
}

static void draw_row(const struct table *table, WINDOW *window, int y, int x, int columns, size_t row)
{
    bool selected = row == table->selected;
    text_fill(window, y, x, 1, columns, selected ? ROLE_SELECTED : ROLE_TEXT);
    x += table->margin;
    for (size_t i = 0, at = 0; i < table->column_count && i < TABLE_COLUMNS_MAX; i++) {
        if (table->widths[i] == 0)
            continue;
        struct table_cell cell = {.role = ROLE_TEXT, .glyph = GLYPH_NONE, .fraction = -1};
        table->fill(table->context, row, i, &cell);
        draw_cell(&table->columns[i], window, y, x + (int)at, table->widths[i], &cell, selected);
        at += (size_t)table->widths[i] + (size_t)table->gap;
    }
}

// "TITLE ▲": the mark never gives way to the title.
static void title_of(const struct table *table, size_t column, int width, char *out, size_t cap)
{
    const char *title = table->columns[column].title;
    const char *mark = glyph(table->sorted_down ? GLYPH_SORT_DOWN : GLYPH_SORT_UP);
    if (table->sorted != column + 1) {
        snprintf(out, cap, "%s", title);
        return;
    }
    int room = width - text_width(mark);
    bool apart = title[0] != '\0' && text_width(title) < room;
    snprintf(out, cap, "%.*s%s%s", room > 0 ? room : 0, title, apart ? " " : "", mark); // titles are ASCII
}

static void draw_header(const struct table *table, WINDOW *window, int y, int x, int columns)
{
    char title[TABLE_CELL_MAX];
    text_fill(window, y, x, 1, columns, ROLE_HEADER);
    x += table->margin;
    for (size_t i = 0, at = 0; i < table->column_count && i < TABLE_COLUMNS_MAX; i++) {
        if (table->widths[i] == 0)
            continue;
        const struct table_column *column = &table->columns[i];
        title_of(table, i, table->widths[i], title, sizeof title);
        if (column->align == TABLE_RIGHT)
            text_put_right(window, y, x + (int)at, table->widths[i], ROLE_HEADER, title);
        else if (column->align == TABLE_CENTER)
            text_put_center(window, y, x + (int)at, table->widths[i], ROLE_HEADER, title);
        else
            text_put(window, y, x + (int)at, table->widths[i], ROLE_HEADER, title);
        at += (size_t)table->widths[i] + (size_t)table->gap;
    }
}

bool table_title_at(const struct table *table, int y, int x, int line, int place, size_t *column)
{
    x += table->margin;
    if (table->header == 0 || line != y || place < x)
        return false;
    for (size_t i = 0; i < table->column_count && i < TABLE_COLUMNS_MAX; i++) {
        if (table->widths[i] == 0)
            continue;
        x += table->widths[i] + table->gap; // the gap behind it is its too
        if (place >= x)
            continue;
        *column = i;
        return true;
    }
    return false;
}

static void draw_scroll_bar(const struct table *table, WINDOW *window, int y, int x, int rows)
{
    size_t track = (size_t)rows, scrolled = table->rows - table->page;
    size_t thumb = track * table->page / table->rows;
    if (thumb == 0)
        thumb = 1;
    size_t at = scrolled > 0 ? (track - thumb) * table->top / scrolled : 0;
    for (size_t i = 0; i < track; i++) {
        bool on = i >= at && i < at + thumb;
        text_put(window, y + (int)i, x, 1, on ? ROLE_ACCENT : ROLE_BORDER,
                 glyph(on ? GLYPH_SCROLL_THUMB : GLYPH_SCROLL_TRACK));
    }
}

static void draw_empty(const struct table *table, WINDOW *window, int y, int x, int rows, int columns)
{
    const char *line = table->empty;
    int lines = 1;
    for (const char *at = line; (at = strchr(at, '\n')) != NULL; at++)
        lines++;
    int first = lines < rows ? (rows - lines) / 2 : 0;
    for (int i = first; line != NULL && i < rows; i++) {
        char text[TEXT_FORMAT_MAX];
        size_t length = strcspn(line, "\n");
        snprintf(text, sizeof text, "%.*s", (int)(length < sizeof text ? length : sizeof text - 1), line);
        text_put_center(window, y + i, x, columns, ROLE_DIM, text);
        line = line[length] == '\n' ? line + length + 1 : NULL;
    }
}

unsigned table_draw(struct table *table, WINDOW *window, int y, int x, int rows, int columns)
{
    if (rows <= 0 || columns <= 0)
        return 0;
    int header = rows > 1 ? 1 : 0; // on a single line the selected row counts more
    size_t old_page = table->page;
    table->page = (size_t)(rows - header);
    unsigned changed = settle(table) | (old_page != table->page ? TABLE_SCROLLED : 0u);
    bool bar = table->rows > table->page && columns > 4;
    int width = columns - (bar ? 2 : 0); // with a margin the bar stands on it
    int cells = table->margin > 0 ? columns - 2 * table->margin - (bar ? 1 : 0) : width;
    table->gap = gap_of(cells);
    table_layout(table->columns, table->column_count, cells > 0 ? cells : 1, table->widths);
    if (header)
        draw_header(table, window, y, x, columns);
    text_fill(window, y + header, x, rows - header, columns, ROLE_TEXT);
    for (size_t i = 0; i < table->page && table->top + i < table->rows; i++)
        draw_row(table, window, y + header + (int)i, x, width, table->top + i);
    if (table->rows > 0)
        text_rest_at(y + header + (int)(table->selected - table->top), x + table->margin);
    if (bar)
        draw_scroll_bar(table, window, y + header, x + columns - 1, rows - header);
    if (table->rows == 0 && table->empty != NULL)
        draw_empty(table, window, y + header, x, rows - header, columns);
    table->header = header;
    return changed;
}

char *table_position(const struct table *table, char *out, size_t cap)
{
    if (table->rows == 0 && cap > 0)
        out[0] = '\0';
    else
        snprintf(out, cap, "%zu/%zu", table->selected + 1, table->rows);
    return out;
}

bool table_row_at(const struct table *table, int y, int line, size_t *row)
{
    int offset = line - y - table->header;
    if (offset < 0 || (size_t)offset >= table->page || table->top + (size_t)offset >= table->rows)
        return false;
    *row = table->top + (size_t)offset;
    return true;
}

enum table_click table_click(struct table *table, int y, int line, int64_t now_ms)
{
    size_t row = 0;
    if (!table_row_at(table, y, line, &row))
        return TABLE_CLICK_NONE;
    bool twice = now_ms - table->clicked_at < DOUBLE_CLICK_MS && table->clicked == row;
    table->clicked_at = twice ? 0 : now_ms;
    table->clicked = table->selected = row;
    return twice ? TABLE_CLICK_TWICE : TABLE_CLICK_ONCE;
}

unsigned table_move(struct table *table, long by)
{
    size_t old = table->selected;
    size_t far = by < 0 ? (size_t) - (by + 1) + 1 : (size_t)by;
    if (by < 0)
        table->selected = old > far ? old - far : 0;
    else if (table->rows > 0)
        table->selected = far < table->rows - 1 - (old < table->rows ? old : 0) ? old + far : table->rows - 1;
    return settle(table) | (table->selected != old ? TABLE_MOVED : 0u);
}

unsigned table_page(struct table *table, int pages)
{
    long page = table->page > 1 ? (long)table->page - 1 : 1; // a line of the old page stays in sight
    return table_move(table, pages * page);
}

unsigned table_go(struct table *table, enum table_step step, long by)
{
    if (step == TABLE_PAGES)
        return table_page(table, (int)by);
    return table_move(table, step == TABLE_ROWS ? by : by < 0 ? -(long)table->rows : (long)table->rows);
}
