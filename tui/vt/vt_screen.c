// SPDX-License-Identifier: Apache-2.0
//
// vt_screen: create and free a terminal, and read what it shows.

#include "tui/vt/vt_screen_private.h"

#include "tui/base/xalloc.h"

#include <stdlib.h>
#include <string.h>

struct vt *vt_new(int rows, int cols, const struct vt_options *options)
{
    struct vt *vt = xcalloc(1, sizeof *vt);
    int history = options != NULL && options->history >= 0 ? options->history : VT_HISTORY_DEFAULT;
    vt->default_colors = options != NULL ? options->colors : NULL;
    vt->rows = vt->given_rows = vt_clamp(rows, 1, VT_ROWS_MAX);
    vt->cols = vt->given_cols = vt_clamp(cols, 1, VT_COLS_MAX);
    vt_pool_begin(&vt->pool);
    vt_history_begin(&vt->history, history < VT_HISTORY_MAX ? history : VT_HISTORY_MAX);
    vt_lines_new(&vt->main, vt->rows, vt->cols);
    vt_lines_new(&vt->alternate, vt->rows, vt->cols);
    vt->screen = &vt->main;
    vt_margins_off(vt);
    vt_reset(vt);
    return vt;
}

void vt_free(struct vt *vt)
{
    if (vt == NULL)
        return;
    vt_lines_free(&vt->main, vt->rows);
    vt_lines_free(&vt->alternate, vt->rows);
    vt_history_end(&vt->history);
    vt_pool_end(&vt->pool);
    while (vt->title_count > 0)
        free(vt->title_stack[--vt->title_count]);
    vt_links_end(&vt->links);
    free(vt->palette);
    free(vt->string);
    free(vt->clipboard);
    free(vt);
}

bool vt_fits(const struct vt *vt, int rows, int cols)
{
    return rows == vt->given_rows && cols == vt->given_cols;
}

int vt_rows(const struct vt *vt)
{
    return vt->rows;
}

int vt_cols(const struct vt *vt)
{
    return vt->cols;
}

// --- rows ---

// A row of the screen, or of the history unpacked into buffer; NULL: there is none.
static const struct vt_cell *cells_of(const struct vt *vt, int y, struct vt_cell buffer[VT_COLS_MAX],
                                      bool *wraps)
{
    if (y >= vt->rows || y < -vt_history_rows(vt))
        return NULL;
    if (y >= 0) {
        *wraps = vt->screen->lines[y].wraps;
        return vt->screen->lines[y].cells;
    }
    size_t line = vt->history.count - (size_t)-y;
    return vt_history_read(&vt->history, line, buffer, vt->cols, wraps) ? buffer : NULL;
}

static void read_glyph(const struct vt *vt, const struct vt_cell *cell, struct vt_glyph *out)
{
    out->style = vt->pool.styles[cell->style];
    out->width = (cell->flags & VT_CELL_TAIL) != 0 ? 0 : (cell->flags & VT_CELL_WIDE) != 0 ? 2 : 1;
    if (cell->ch < 0x80) {
        out->text[0] = (char)cell->ch;
        out->text[1] = '\0';
    } else {
        vt_cell_text(vt, cell->ch, out->text);
    }
}

int vt_row_read(const struct vt *vt, int y, struct vt_glyph *glyphs, int cap)
{
    struct vt_cell buffer[VT_COLS_MAX];
    bool wraps = false;
    const struct vt_cell *cells = cells_of(vt, y, buffer, &wraps);
    int count = vt->cols < cap ? vt->cols : cap;
    if (cells == NULL)
        return 0;
    for (int x = 0; x < count; x++)
        read_glyph(vt, &cells[x], &glyphs[x]);
    return count;
}

size_t vt_row_text(const struct vt *vt, int y, char *out, size_t cap)
{
    struct vt_cell buffer[VT_COLS_MAX];
    bool wraps = false;
    const struct vt_cell *cells = cells_of(vt, y, buffer, &wraps);
    size_t used = 0, end = 0;
    if (cap == 0)
        return 0;
    for (int x = 0; cells != NULL && x < vt->cols; x++) {
        char text[VT_TEXT_MAX];
        if ((cells[x].flags & VT_CELL_TAIL) != 0)
            continue;
        vt_cell_text(vt, cells[x].ch != 0 ? cells[x].ch : ' ', text);
        size_t length = strlen(text);
        if (used + length >= cap)
            break;
        memcpy(out + used, text, length);
        used += length;
        if (cells[x].ch != 0 && cells[x].ch != ' ')
            end = used;
    }
    out[end] = '\0';
    return end;
}

bool vt_row_wraps(const struct vt *vt, int y)
{
    // Without unpacking: searching and rewrapping ask for it line by line.
    if (y >= vt->rows || y < -vt_history_rows(vt))
        return false;
    if (y >= 0)
        return vt->screen->lines[y].wraps;
    size_t line = vt->history.first + vt->history.count - (size_t)-y;
    return vt->history.ring[line % vt->history.capacity].wraps;
}

int vt_history_rows(const struct vt *vt)
{
    return vt->screen == &vt->main ? (int)vt->history.count : 0;
}

uint64_t vt_history_pushed(const struct vt *vt)
{
    return vt->history.pushed;
}

// --- damage ---

bool vt_damage_row(const struct vt *vt, int y)
{
    const struct vt_screen *screen = vt->screen;
    return y >= 0 && y < vt->rows &&
           (screen->lines[y].damaged || (y >= screen->scrolled_first && y <= screen->scrolled_last));
}

void vt_damage_clear(struct vt *vt)
{
    for (int y = 0; y < vt->rows; y++)
        vt->screen->lines[y].damaged = false;
    vt->screen->scrolled_first = 0;
    vt->screen->scrolled_last = -1;
}

uint64_t vt_generation(const struct vt *vt)
{
    return vt->generation;
}

// --- the rest ---

struct vt_cursor vt_cursor(const struct vt *vt)
{
    const struct vt_cursor cursor = {vt->y, vt->x, vt->cursor_visible, vt->cursor_shape,
                                     vt->dynamic_colors[DEFAULT_COLOR_CURSOR]};
    return cursor;
}

struct vt_modes vt_modes(const struct vt *vt)
{
    return vt->modes;
}

const char *vt_title(const struct vt *vt)
{
    return vt->title;
}

uint64_t vt_bells(const struct vt *vt)
{
    return vt->bells;
}

char *vt_clipboard_take(struct vt *vt, size_t *length)
{
    char *taken = vt->clipboard;
    *length = vt->clipboard_length;
    vt->clipboard = NULL;
    vt->clipboard_length = 0;
    return taken;
}
