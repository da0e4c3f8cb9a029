// SPDX-License-Identifier: Apache-2.0
//
// vt_resize: change the size. Wrapped lines of the main screen and the history are joined and rewrapped;
// the cursor stays on its character. The alternate screen is cut or filled up: its program redraws it.

#include "tui/vt/vt_screen_private.h"

#include "tui/base/xalloc.h"

#include <stdlib.h>
#include <string.h>

// A logical line while it is put together.
struct joined {
    struct vt_cell *cells;
    size_t count, capacity;
};

// What comes out: physical lines of the new width, all of them into the history first, the last of them back
// onto the screen.
struct reflow {
    struct vt *vt;
    struct vt_history out;
    int cols; // the new ones
    struct vt_cell *row;
    // The cursor: in which logical line, how far in, and where that is in the end.
    size_t cursor_offset;
    bool cursor_here;
    uint64_t cursor_line;
    int cursor_x;
    bool cursor_wraps; // right after a full line: the next character goes to the next one
};

static void join(struct joined *line, const struct vt_cell *cells, int count)
{
    if (line->cells == NULL || line->count + (size_t)count > line->capacity) {
        line->capacity = (line->count + (size_t)count) * 2 + 1;
        line->cells = xrealloc(line->cells, line->capacity * sizeof *line->cells);
    }
    if (count > 0)
        memcpy(line->cells + line->count, cells, (size_t)count * sizeof *cells);
    line->count += (size_t)count;
}

static void put_row(struct reflow *reflow, int count, bool wraps)
{
    vt_history_push(&reflow->out, reflow->row, count, wraps);
}

// Breaks a logical line at the new width. A wide character is not cut: it goes to the next line whole.
static void emit(struct reflow *reflow, struct joined *line)
{
    size_t at = 0;
    do {
        int used = 0;
        uint64_t number = reflow->out.pushed;
        while (at < line->count && used < reflow->cols) {
            bool wide = (line->cells[at].flags & VT_CELL_WIDE) != 0 && at + 1 < line->count;
            if (wide && used + 2 > reflow->cols && reflow->cols > 1)
                break;
            if (reflow->cursor_here && at == reflow->cursor_offset) {
                reflow->cursor_line = number;
                reflow->cursor_x = used;
            }
            reflow->row[used] = line->cells[at++];
            if (reflow->cols == 1)
                reflow->row[used].flags = 0;
            used++;
        }
        if (reflow->cursor_here && at >= line->count && reflow->cursor_offset >= at) {
            reflow->cursor_line = number;
            size_t x = (size_t)used + reflow->cursor_offset - at;
            reflow->cursor_wraps = x == (size_t)reflow->cols;
            reflow->cursor_x = x < (size_t)reflow->cols ? (int)x : reflow->cols - 1;
        }
        put_row(reflow, used, at < line->count);
    } while (at < line->count);
    line->count = 0;
    reflow->cursor_here = false;
}

// The last line of the screen that has anything, or the cursor's.
static int last_line(const struct vt *vt)
{
    int y = vt->rows - 1;
    while (y > vt->y && vt_cells_used(vt->main.lines[y].cells, vt->cols) == 0)
        y--;
    return y;
}

static void reflow_history(struct reflow *reflow, struct joined *line)
{
    struct vt *vt = reflow->vt;
    struct vt_cell cells[VT_COLS_MAX];
    for (size_t i = 0; i < vt->history.count; i++) {
        bool wraps = false;
        int length = vt_history_length(&vt->history, i);
        (void)vt_history_read(&vt->history, i, cells, length, &wraps);
        // A line that goes on is whole: blanks at its end are part of it, unless a wide one did not fit.
        join(line, cells, length);
        if (!wraps)
            emit(reflow, line);
    }
}

static void reflow_screen(struct reflow *reflow, struct joined *line)
{
    struct vt *vt = reflow->vt;
    int last = last_line(vt);
    for (int y = 0; y <= last; y++) {
        const struct vt_line *from = &vt->main.lines[y];
        int count = vt_cells_used(from->cells, vt->cols);
        if (y == vt->y) {
            reflow->cursor_here = true;
            reflow->cursor_offset = line->count + (size_t)vt->x + (vt->pending_wrap ? 1 : 0);
        }
        join(line, from->cells, count);
        if (!from->wraps || y == last)
            emit(reflow, line);
    }
}

// A program on the alternate screen has its cursor there; the main one's is the saved one.
static void swap_cursor(struct vt *vt)
{
    struct vt_saved *saved = &vt->main.saved;
    int y = vt->y, x = vt->x;
    bool pending_wrap = vt->pending_wrap;
    vt->y = saved->y;
    vt->x = saved->x;
    vt->pending_wrap = saved->pending_wrap;
    saved->y = y;
    saved->x = x;
    saved->pending_wrap = pending_wrap;
}

// The newest lines come back onto the screen. The cursor's is among them: what would be below the screen then
// is dropped, as other terminals do.
static void take_back(struct reflow *reflow, int rows)
{
    struct vt *vt = reflow->vt;
    size_t shown = reflow->out.count < (size_t)rows ? reflow->out.count : (size_t)rows;
    uint64_t first = reflow->out.pushed - shown;
    bool wraps = false, dropped = first > reflow->cursor_line;
    int used = 0;
    for (; first > reflow->cursor_line; first--)
        (void)vt_history_pop(&reflow->out, reflow->row, reflow->cols, &wraps, &used);
    for (size_t i = 0; i < shown; i++) {
        struct vt_line *line = &vt->main.lines[shown - 1 - i];
        (void)vt_history_pop(&reflow->out, line->cells, reflow->cols, &wraps, &used);
        line->wraps = wraps && (i > 0 || !dropped);
        line->written = (uint16_t)used;
    }
    vt->y = (int)(reflow->cursor_line - first);
    vt->x = reflow->cursor_x;
    vt->pending_wrap = reflow->cursor_wraps;
}

static void resize_main(struct vt *vt, int rows, int cols)
{
    struct reflow reflow = {.vt = vt, .cols = cols};
    struct joined line = {NULL, 0, 0};
    // Room for all that the screen may need on top of the history's own limit.
    vt_history_begin(&reflow.out, (int)vt->history.limit + VT_ROWS_MAX * VT_COLS_MAX);
    reflow.row = xcalloc(VT_COLS_MAX, sizeof *reflow.row);
    reflow_history(&reflow, &line);
    reflow_screen(&reflow, &line);
    vt_lines_free(&vt->main, vt->rows);
    vt_lines_new(&vt->main, rows, cols);
    take_back(&reflow, rows);
    vt_history_limit(&reflow.out, vt->history.limit);
    reflow.out.pushed = vt->history.pushed;
    vt_history_end(&vt->history);
    vt->history = reflow.out;
    free(reflow.row);
    free(line.cells);
}

static void cut_screen(struct vt *vt, struct vt_screen *screen, int rows, int cols)
{
    struct vt_screen old = *screen;
    vt->work += (size_t)rows * (size_t)cols;
    vt_lines_new(screen, rows, cols);
    screen->saved = old.saved;
    for (int y = 0; y < rows && y < vt->rows; y++) {
        int count = cols < vt->cols ? cols : vt->cols;
        struct vt_cell *cells = screen->lines[y].cells;
        memcpy(cells, old.lines[y].cells, (size_t)count * sizeof *cells);
        screen->lines[y].written = (uint16_t)count;
        if ((cells[count - 1].flags & VT_CELL_WIDE) != 0)
            cells[count - 1] = (struct vt_cell){0, cells[count - 1].style, 0};
    }
    vt_lines_free(&old, vt->rows);
}

static void sized(struct vt *vt, int rows, int cols)
{
    vt->rows = rows;
    vt->cols = cols;
    vt_margins_off(vt);
    vt->y = vt_clamp(vt->y, 0, rows - 1);
    vt->x = vt_clamp(vt->x, 0, cols - 1);
    vt->pending_wrap = vt->pending_wrap && vt->x == cols - 1;
    vt_touch_all(vt);
    vt->generation++;
}

// Lines are cut, not rewrapped: the program clears the screen, and may ask for this as often as it
// likes.
void vt_columns_own(struct vt *vt, bool on)
{
    int cols = on ? VT_COLUMNS_OWN : vt->given_cols;
    vt->columns_132 = on;
    if (cols == vt->cols)
        return;
    cut_screen(vt, &vt->main, vt->rows, cols);
    cut_screen(vt, &vt->alternate, vt->rows, cols);
    sized(vt, vt->rows, cols);
}

void vt_resize(struct vt *vt, int rows, int cols)
{
    rows = vt_clamp(rows, 1, VT_ROWS_MAX);
    cols = vt_clamp(cols, 1, VT_COLS_MAX);
    vt->given_rows = rows;
    vt->given_cols = cols;
    if (vt->columns_132)
        cols = VT_COLUMNS_OWN;
    if (rows == vt->rows && cols == vt->cols)
        return;
    bool alternate = vt->screen == &vt->alternate;
    if (alternate)
        swap_cursor(vt);
    vt->y = vt_clamp(vt->y, 0, vt->rows - 1);
    vt->x = vt_clamp(vt->x, 0, vt->cols - 1);
    resize_main(vt, rows, cols);
    if (alternate)
        swap_cursor(vt);
    cut_screen(vt, &vt->alternate, rows, cols);
    sized(vt, rows, cols);
}

void vt_columns_end(struct vt *vt)
{
    vt->columns_132 = false;
    vt_resize(vt, vt->given_rows, vt->given_cols);
}
