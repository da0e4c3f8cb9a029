// SPDX-License-Identifier: Apache-2.0
//
// vt_grid: the lines of a screen: blank, erase, scroll, insert, delete. Scrolling moves pointers to lines,
// not cells, unless there are side margins.

#include "tui/vt/vt_screen_private.h"

#include "tui/base/xalloc.h"

#include <stdlib.h>
#include <string.h>

struct vt_line *vt_line_at(const struct vt *vt, int y)
{
    return &vt->screen->lines[y];
}

void vt_lines_new(struct vt_screen *screen, int rows, int cols)
{
    screen->store = screen->lines = xcalloc((size_t)rows + VT_SLIDE, sizeof *screen->lines);
    screen->scrolled_first = 0;
    screen->scrolled_last = -1;
    for (int y = 0; y < rows; y++) {
        screen->lines[y].cells = xcalloc((size_t)cols, sizeof(struct vt_cell));
        screen->lines[y].damaged = true;
    }
}

void vt_lines_free(struct vt_screen *screen, int rows)
{
    for (int y = 0; screen->lines != NULL && y < rows; y++)
        free(screen->lines[y].cells);
    free(screen->store);
    screen->store = screen->lines = NULL;
}

void vt_touch(struct vt *vt, int y)
{
    vt_touch_to(vt, y, vt->cols);
}

void vt_touch_to(struct vt *vt, int y, int end)
{
    struct vt_line *line = &vt->screen->lines[y];
    line->damaged = true;
    if (end > line->written)
        line->written = (uint16_t)end;
}

// A flood scrolls millions of times: two numbers, not a walk over the lines.
static void touch_scrolled(struct vt *vt, int top, int bottom)
{
    struct vt_screen *screen = vt->screen;
    if (screen->scrolled_first > screen->scrolled_last) {
        screen->scrolled_first = top;
        screen->scrolled_last = bottom;
    } else if (top <= screen->scrolled_last + 1 && bottom >= screen->scrolled_first - 1) {
        screen->scrolled_first = top < screen->scrolled_first ? top : screen->scrolled_first;
        screen->scrolled_last = bottom > screen->scrolled_last ? bottom : screen->scrolled_last;
    } else {
        for (int y = top; y <= bottom; y++)
            vt_touch(vt, y);
    }
}

void vt_touch_all(struct vt *vt)
{
    for (int y = 0; y < vt->rows; y++)
        vt_touch(vt, y);
}

static void fill(struct vt_cell *cells, int count, uint16_t style)
{
    const struct vt_cell plain = {0, style, 0};
    if (style == 0) { // the plain one: all zero
        memset(cells, 0, (size_t)count * sizeof *cells);
        return;
    }
    for (int i = 0; i < count; i++)
        cells[i] = plain;
}

void vt_split_wide(struct vt *vt, int y, int x)
{
    struct vt_cell *cells = vt_line_at(vt, y)->cells;
    if (x <= 0 || x >= vt->cols || (cells[x].flags & VT_CELL_TAIL) == 0)
        return;
    cells[x - 1] = (struct vt_cell){0, vt->erase_index, 0};
    cells[x] = (struct vt_cell){0, vt->erase_index, 0};
}

// Cells x0..x1 inclusive.
static void blank(struct vt *vt, int y, int x0, int x1)
{
    vt_split_wide(vt, y, x0);
    vt_split_wide(vt, y, x1 + 1);
    fill(vt_line_at(vt, y)->cells + x0, x1 - x0 + 1, vt->erase_index);
    vt->work += (size_t)(x1 - x0 + 1);
    if (x1 == vt->cols - 1)
        vt_line_at(vt, y)->wraps = false;
    vt_touch(vt, y);
}

void vt_blank_all(struct vt *vt, struct vt_screen *screen)
{
    struct vt_screen *before = vt->screen;
    vt->screen = screen;
    for (int y = 0; y < vt->rows; y++)
        blank(vt, y, 0, vt->cols - 1);
    vt->screen = before;
}

void vt_margins_off(struct vt *vt)
{
    vt->top = vt->left = 0;
    vt->bottom = vt->rows - 1;
    vt->right = vt->cols - 1;
}

static bool is_protected(const struct vt *vt, int y, int x)
{
    return (vt->pool.styles[vt_line_at(vt, y)->cells[x].style].attributes & CELL_PROTECTED) != 0;
}

void vt_erase(struct vt *vt, int y, int x0, int x1, bool keep)
{
    if (!keep) {
        blank(vt, y, x0, x1);
        return;
    }
    vt->work += (size_t)(x1 - x0 + 1) * VT_WORK_LOOK;
    // Protected cells lie together, and so does what is between them.
    for (int x = x0; x <= x1; x++) {
        int first = x;
        while (x <= x1 && !is_protected(vt, y, x))
            x++;
        if (x > first)
            blank(vt, y, first, x - 1);
    }
}

// --- scrolling ---

static bool whole_width(const struct vt *vt)
{
    return vt->left == 0 && vt->right == vt->cols - 1;
}

// Moves the cells between the side margins from one line to another.
static void copy_span(struct vt *vt, int to, int from)
{
    vt_split_wide(vt, to, vt->left);
    vt_split_wide(vt, to, vt->right + 1);
    vt_split_wide(vt, from, vt->left);
    vt_split_wide(vt, from, vt->right + 1);
    memcpy(vt_line_at(vt, to)->cells + vt->left, vt_line_at(vt, from)->cells + vt->left,
           (size_t)(vt->right - vt->left + 1) * sizeof(struct vt_cell));
    vt->work += (size_t)(vt->right - vt->left + 1);
    vt_touch(vt, to);
}

static void clear_line(struct vt *vt, struct vt_line *line)
{
    int count = vt->erase_index == 0 ? line->written : vt->cols;
    fill(line->cells, count, vt->erase_index);
    vt->work += (size_t)count * 4; // with its way into the history
    line->written = vt->erase_index == 0 ? 0 : (uint16_t)vt->cols;
    line->wraps = false;
    line->damaged = true;
}

// Takes the line at the top out and gives back the place at the bottom, which is for it.
static struct vt_line *close_up(struct vt *vt, int top, int bottom)
{
    struct vt_screen *screen = vt->screen;
    if (top > 0 || bottom < vt->rows - 1) {
        memmove(&screen->lines[top], &screen->lines[top + 1], (size_t)(bottom - top) * sizeof *screen->lines);
    } else if (screen->lines < screen->store + VT_SLIDE) {
        screen->lines++;
    } else {
        memmove(screen->store, screen->lines + 1, (size_t)bottom * sizeof *screen->lines);
        screen->lines = screen->store;
    }
    return &screen->lines[bottom];
}

static void rotate_up(struct vt *vt, int top, int bottom)
{
    struct vt_line first = vt->screen->lines[top];
    if (vt->screen == &vt->main && top == 0)
        vt_history_push(&vt->history, first.cells, first.written, first.wraps);
    else if (top > 0)
        vt->screen->lines[top - 1].wraps = false; // what came after it is gone
    struct vt_line *last = close_up(vt, top, bottom);
    *last = first;
    clear_line(vt, last);
}

void vt_scroll_up(struct vt *vt, int top, int bottom, int count)
{
    int height = bottom - top + 1;
    if (count > height)
        count = height;
    if (!whole_width(vt)) {
        for (int y = top; y + count <= bottom; y++)
            copy_span(vt, y, y + count);
        for (int y = bottom - count + 1; y <= bottom; y++)
            blank(vt, y, vt->left, vt->right);
        return;
    }
    for (int i = 0; i < count; i++)
        rotate_up(vt, top, bottom);
    touch_scrolled(vt, top, bottom);
}

void vt_scroll_down(struct vt *vt, int top, int bottom, int count)
{
    int height = bottom - top + 1;
    struct vt_line *lines = vt->screen->lines;
    if (count > height)
        count = height;
    if (!whole_width(vt)) {
        for (int y = bottom; y - count >= top; y--)
            copy_span(vt, y, y - count);
        for (int y = top; y < top + count; y++)
            blank(vt, y, vt->left, vt->right);
        return;
    }
    for (int i = 0; i < count; i++) {
        struct vt_line last = lines[bottom];
        memmove(&lines[top + 1], &lines[top], (size_t)(bottom - top) * sizeof *lines);
        lines[top] = last;
        clear_line(vt, &lines[top]);
    }
    if (top > 0)
        lines[top - 1].wraps = false;
    lines[bottom].wraps = false;
    touch_scrolled(vt, top, bottom);
}

void vt_shift(struct vt *vt, int y, int x, int count, bool left)
{
    struct vt_cell *cells = vt_line_at(vt, y)->cells;
    int room = vt->right - x + 1;
    if (count > room)
        count = room;
    vt_split_wide(vt, y, x);
    vt_split_wide(vt, y, left ? x + count : vt->right + 1 - count);
    vt_split_wide(vt, y, vt->right + 1);
    memmove(&cells[left ? x : x + count], &cells[left ? x + count : x],
            (size_t)(room - count) * sizeof *cells);
    vt->work += (size_t)room;
    fill(&cells[left ? vt->right + 1 - count : x], count, vt->erase_index);
    vt_line_at(vt, y)->wraps = false;
    vt_touch(vt, y);
}

void vt_shift_here(struct vt *vt, int count, bool left)
{
    if (vt_between_sides(vt))
        vt_shift(vt, vt->y, vt->x, count, left);
}

// --- the cursor ---

void vt_index(struct vt *vt)
{
    vt->pending_wrap = false;
    if (vt->y == vt->bottom) {
        if (vt_between_sides(vt))
            vt_scroll_up(vt, vt->top, vt->bottom, 1);
    } else if (vt->y < vt->rows - 1) {
        vt->y++;
    }
}

void vt_reverse_index(struct vt *vt)
{
    vt->pending_wrap = false;
    if (vt->y == vt->top) {
        if (vt_between_sides(vt))
            vt_scroll_down(vt, vt->top, vt->bottom, 1);
    } else if (vt->y > 0) {
        vt->y--;
    }
}
