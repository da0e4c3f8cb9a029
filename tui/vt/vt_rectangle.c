// SPDX-License-Identifier: Apache-2.0
//
// vt_rectangle: operations on rectangles of cells: copy, fill, erase, change attributes, checksum. A
// rectangle that reaches over the screen, or over the margins in origin mode, is clipped; one that is upside
// down or begins outside is ignored.

#include "tui/vt/vt_screen_private.h"

#include "tui/base/char_width.h"

#include <string.h>

struct rect {
    int top, left, bottom, right; // inclusive
};

// The area that rectangles count from and end at.
static struct rect area_of(const struct vt *vt)
{
    if (vt->origin)
        return (struct rect){vt->top, vt->left, vt->bottom, vt->right};
    return (struct rect){0, 0, vt->rows - 1, vt->cols - 1};
}

static int least_of(int a, int b)
{
    return a < b ? a : b;
}

// Of the four parameters from i on. False: there is none.
static bool take_rect(const struct vt *vt, int i, struct rect *out)
{
    struct rect area = area_of(vt);
    out->top = area.top + vt_param(vt, i, 1) - 1;
    out->left = area.left + vt_param(vt, i + 1, 1) - 1;
    out->bottom = least_of(area.bottom, area.top + vt_param(vt, i + 2, VT_ROWS_MAX) - 1);
    out->right = least_of(area.right, area.left + vt_param(vt, i + 3, VT_COLS_MAX) - 1);
    return vt->level >= 4 && out->top <= out->bottom && out->left <= out->right;
}

// Before cells x0..x1 of the row are written over.
static struct vt_cell *open_span(struct vt *vt, int y, int x0, int x1)
{
    vt_split_wide(vt, y, x0);
    vt_split_wide(vt, y, x1 + 1);
    if (x1 == vt->cols - 1)
        vt_line_at(vt, y)->wraps = false;
    vt->work += (size_t)(x1 - x0 + 1) * VT_WORK_LOOK;
    vt_touch_to(vt, y, x1 + 1);
    return vt_line_at(vt, y)->cells;
}

// --- copying ---

// Halves of wide characters at the ends of a copied span whose other halves were left behind.
static void close_span(struct vt *vt, struct vt_cell *cells, int count)
{
    const struct vt_cell blank = {0, vt->erase_index, 0};
    if ((cells[0].flags & VT_CELL_TAIL) != 0)
        cells[0] = blank;
    if ((cells[count - 1].flags & VT_CELL_WIDE) != 0)
        cells[count - 1] = blank;
}

static void copy_row(struct vt *vt, int from, int x0, int to, int x1, int count)
{
    struct vt_cell copy[VT_COLS_MAX];
    memcpy(copy, vt_line_at(vt, from)->cells + x0, (size_t)count * sizeof *copy);
    close_span(vt, copy, count);
    memcpy(open_span(vt, to, x1, x1 + count - 1) + x1, copy, (size_t)count * sizeof *copy);
}

void vt_rectangle_copy(struct vt *vt)
{
    struct rect from, area = area_of(vt);
    if (!take_rect(vt, 0, &from))
        return;
    // There is one page: which one is asked for does not matter.
    int top = area.top + vt_param(vt, 5, 1) - 1, left = area.left + vt_param(vt, 6, 1) - 1;
    int rows = least_of(from.bottom - from.top + 1, area.bottom - top + 1);
    int cols = least_of(from.right - from.left + 1, area.right - left + 1);
    if (rows <= 0 || cols <= 0)
        return;
    for (int i = 0; i < rows; i++) {
        int row = top > from.top ? rows - 1 - i : i; // none is written over before it is copied
        copy_row(vt, from.top + row, from.left, top + row, left, cols);
    }
}

// --- filling and erasing ---

static void fill(struct vt *vt, const struct rect *rect, uint32_t ch)
{
    const struct vt_cell cell = {ch, vt->style_index, 0};
    for (int y = rect->top; y <= rect->bottom; y++) {
        struct vt_cell *cells = open_span(vt, y, rect->left, rect->right);
        for (int x = rect->left; x <= rect->right; x++)
            cells[x] = cell;
    }
}

void vt_rectangle_fill(struct vt *vt)
{
    struct rect rect;
    uint32_t ch = (uint32_t)vt_param(vt, 0, 0);
    if (char_width(ch) == 1 && take_rect(vt, 1, &rect))
        fill(vt, &rect, ch);
}

// With blanks that look as text would, as xterm does.
void vt_rectangle_erase(struct vt *vt)
{
    struct rect rect;
    if (take_rect(vt, 0, &rect))
        fill(vt, &rect, ' ');
}

// Takes the characters and leaves how their cells look.
void vt_rectangle_erase_unprotected(struct vt *vt)
{
    struct rect rect;
    if (!take_rect(vt, 0, &rect))
        return;
    for (int y = rect.top; y <= rect.bottom; y++) {
        struct vt_cell *cells = open_span(vt, y, rect.left, rect.right);
        for (int x = rect.left; x <= rect.right; x++) {
            uint16_t style = cells[x].style;
            if (vt->protection != VT_PROTECTS_DEC ||
                (vt->pool.styles[style].attributes & CELL_PROTECTED) == 0)
                cells[x] = (struct vt_cell){' ', style, 0};
        }
    }
}

// --- how they look ---

void vt_rectangle_extent(struct vt *vt)
{
    int extent = vt_param(vt, 0, 0);
    if (extent <= 2)
        vt->extent = extent;
}

enum { UNDERLINED = CELL_UNDERLINE_SINGLE << CELL_UNDERLINE_SHIFT };

// The parameters from the fifth on as what is taken away, what is set and what is turned over.
struct change {
    uint16_t clear, set, flip;
};

static struct change take_change(const struct vt *vt, bool flips)
{
    static const struct {
        int code;
        uint16_t clear, set;
    } codes[] = {
        {0, CELL_BOLD | CELL_BLINK | CELL_REVERSE | CELL_UNDERLINE_MASK, 0},
        {1, 0, CELL_BOLD},
        {4, CELL_UNDERLINE_MASK, UNDERLINED},
        {5, 0, CELL_BLINK},
        {7, 0, CELL_REVERSE},
        {22, CELL_BOLD, 0},
        {24, CELL_UNDERLINE_MASK, 0},
        {25, CELL_BLINK, 0},
        {27, CELL_REVERSE, 0},
    };
    struct change change = {0, 0, 0};
    for (int i = 4; i < vt->param_count; i++) {
        for (size_t k = 0; k < sizeof codes / sizeof codes[0]; k++) {
            if (codes[k].code != vt->params[i])
                continue;
            if (flips) {
                change.flip |= codes[k].set;
            } else {
                change.clear |= codes[k].clear;
                change.set = (uint16_t)((change.set & ~codes[k].clear) | codes[k].set);
            }
        }
    }
    return change;
}

static void change_style(struct cell_style *style, const struct change *change)
{
    unsigned attributes = (style->attributes & (unsigned)~change->clear) | change->set;
    unsigned flip = change->flip;
    if ((flip & UNDERLINED) != 0 && (attributes & CELL_UNDERLINE_MASK) != 0) {
        attributes &= (unsigned)~CELL_UNDERLINE_MASK; // of whatever kind it was
        flip &= (unsigned)~UNDERLINED;
    }
    style->attributes = (uint16_t)(attributes ^ flip);
}

// Cells beside each other mostly look the same: the pool is asked once for all of them.
static void change_span(struct vt *vt, int y, int x0, int x1, const struct change *change)
{
    struct vt_cell *cells = vt_line_at(vt, y)->cells;
    for (int x = x0; x <= x1;) {
        uint16_t before = cells[x].style;
        struct cell_style style = vt->pool.styles[before];
        int end = x + 1;
        while (end <= x1 && cells[end].style == before)
            end++;
        change_style(&style, change);
        uint16_t after = vt_style_index(vt, &style); // may renumber all others
        vt->work += VT_WORK_STYLE + (size_t)(end - x) * VT_WORK_LOOK;
        for (; x < end; x++)
            cells[x].style = after;
    }
    vt_touch_to(vt, y, x1 + 1);
}

static void change_rect(struct vt *vt, bool flips)
{
    struct rect rect, area = area_of(vt);
    struct change change = take_change(vt, flips);
    if (!take_rect(vt, 0, &rect) || (change.clear | change.set | change.flip) == 0)
        return;
    bool stream = vt->extent != 2;
    for (int y = rect.top; y <= rect.bottom; y++) {
        int x0 = stream && y > rect.top ? area.left : rect.left;
        int x1 = stream && y < rect.bottom ? area.right : rect.right;
        change_span(vt, y, x0, x1, &change);
    }
    vt_style_changed(vt); // numbers may be others now
}

void vt_rectangle_change(struct vt *vt)
{
    change_rect(vt, false);
}

void vt_rectangle_reverse(struct vt *vt)
{
    change_rect(vt, true);
}

// --- the checksum ---

// As xterm counts by default: the low byte of the character and a part for each attribute that a VT420 knows.
static unsigned weight_of(const struct vt *vt, const struct vt_cell *cell)
{
    static const struct {
        uint16_t bits;
        unsigned weight;
    } parts[] = {{CELL_UNDERLINE_MASK, 0x10}, {CELL_REVERSE, 0x20}, {CELL_BLINK, 0x40}, {CELL_BOLD, 0x80}};
    unsigned attributes = vt->pool.styles[cell->style].attributes;
    uint32_t ch = cell->ch;
    if ((ch & VT_CLUSTER) != 0) {
        char text[VT_TEXT_MAX];
        vt_cell_text(vt, ch, text);
        ch = 0;
        for (size_t i = 0; text[i] != '\0'; i++)
            ch += (unsigned char)text[i];
    }
    unsigned weight = (cell->flags & VT_CELL_TAIL) != 0             ? 0xff
                      : ch == 0 || (attributes & CELL_CONCEAL) != 0 ? ' '
                                                                    : ch & 0xff;
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++)
        if ((attributes & parts[i].bits) != 0)
            weight += parts[i].weight;
    return weight;
}

void vt_rectangle_checksum(struct vt *vt)
{
    struct rect rect;
    unsigned sum = 0;
    if (vt->level < 4 || vt->param_count == 0)
        return;
    if (take_rect(vt, 2, &rect))
        for (int y = rect.top; y <= rect.bottom; y++) {
            vt->work += (size_t)(rect.right - rect.left + 1) * VT_WORK_LOOK;
            for (int x = rect.left; x <= rect.right; x++) {
                const struct vt_cell *cell = &vt_line_at(vt, y)->cells[x];
                // What was never written counts in the first place alone.
                if (cell->ch != 0 || cell->style != 0 || cell->flags != 0 ||
                    (y == rect.top && x == rect.left))
                    sum += weight_of(vt, cell);
            }
        }
    vt_reply(vt, "\033P%d!~%04X\033\\", vt_param(vt, 0, 0), (0u - sum) & 0xffff);
}
