// SPDX-License-Identifier: Apache-2.0
//
// vt_print: print characters: where they go, when a line wraps, and which of them join the one before. Plain
// text takes the fast path: whole runs of it into the cells at once.

#include "tui/vt/vt_screen_private.h"

#include "tui/base/char_width.h"
#include "tui/base/text_decode.h"

#include <string.h>

// DEC's special graphics, from 0x60 on.
static const uint16_t graphics[] = {0x25c6, 0x2592, 0x2409, 0x240c, 0x240d, 0x240a, 0xb0,   0xb1,
                                    0x2424, 0x240b, 0x2518, 0x2510, 0x250c, 0x2514, 0x253c, 0x23ba,
                                    0x23bb, 0x2500, 0x23bc, 0x23bd, 0x251c, 0x2524, 0x2534, 0x252c,
                                    0x2502, 0x2264, 0x2265, 0x3c0,  0x2260, 0xa3,   0xb7};

static uint32_t through_charset(struct vt *vt, uint32_t codepoint)
{
    int which = vt->single_shift >= 0 ? vt->single_shift : vt->shift_gl;
    vt->single_shift = -1;
    if (vt->charsets[which] == '0' && codepoint >= 0x60 && codepoint < 0x7f)
        return graphics[codepoint - 0x60];
    if (vt->charsets[which] == 'A' && codepoint == '#')
        return 0xa3;
    return codepoint;
}

// The last column that text may be written to from where the cursor is.
static int limit_of(const struct vt *vt)
{
    return vt->x > vt->right ? vt->cols - 1 : vt->right;
}

void vt_wrap(struct vt *vt)
{
    vt->pending_wrap = false;
    if (limit_of(vt) == vt->cols - 1)
        vt_line_at(vt, vt->y)->wraps = true;
    int back = vt_line_start(vt);
    bool scrolls = vt->y == vt->bottom;
    if (scrolls && vt->x > vt->right) {
        vt->x = back; // beyond the right margin nothing scrolls
        return;
    }
    vt->x = back;
    vt_index(vt);
}

// --- joining ---

// Where the last printed character is; -1: there is none on this line.
static int last_cell(const struct vt *vt)
{
    int x = vt->pending_wrap ? vt->x : vt->x - 1;
    if (x >= 0 && (vt_line_at(vt, vt->y)->cells[x].flags & VT_CELL_TAIL) != 0)
        x--;
    return x;
}

static uint32_t first_of(const char *text)
{
    uint32_t codepoint = 0;
    (void)text_decode(text, strlen(text), &codepoint);
    return codepoint;
}

static bool ends_with_joiner(const char *text)
{
    size_t length = strlen(text);
    return length > 3 && memcmp(text + length - 3, "\342\200\215", 3) == 0;
}

// The character makes the one before it wide (an emoji's selector, the second half of a flag): its right half
// takes the next column.
static void widen(struct vt *vt, int x)
{
    struct vt_cell *cells = vt_line_at(vt, vt->y)->cells;
    if (x + 1 > limit_of(vt) || vt->pending_wrap || (cells[x].flags & VT_CELL_WIDE) != 0)
        return;
    vt_split_wide(vt, vt->y, x + 2);
    cells[x].flags |= VT_CELL_WIDE;
    cells[x + 1] = (struct vt_cell){0, cells[x].style, VT_CELL_TAIL};
    if (vt->x == x + 1) {
        if (vt->x == limit_of(vt))
            vt->pending_wrap = vt->autowrap;
        else
            vt->x++;
    }
}

// A plain mark on a single character, the most there is of joining.
static bool join_mark(struct vt *vt, struct vt_cell *cell, uint32_t mark)
{
    bool special = vt->modes.clusters && (mark == 0x200d || (mark >= 0xfe00 && mark <= 0xfe0f));
    if (special || cell->ch == 0 || (cell->ch & VT_CLUSTER) != 0)
        return false;
    cell->ch = vt_cluster_of_two(vt, cell->ch, mark);
    vt_touch_to(vt, vt->y, 0);
    return true;
}

// True: the character became part of the cell before it.
static bool join(struct vt *vt, uint32_t codepoint, int width)
{
    char text[VT_TEXT_MAX + 4] = "";
    int x = last_cell(vt);
    if (x < 0)
        return width == 0;
    struct vt_cell *cell = &vt_line_at(vt, vt->y)->cells[x];
    if (cell->ch == 0 || (width == 0 && join_mark(vt, cell, codepoint)))
        return width == 0;
    vt_cell_text(vt, cell->ch, text);
    uint32_t first = first_of(text);
    bool flag = width != 0 && char_is_regional(codepoint) && char_is_regional(first) && strlen(text) == 4;
    bool joins = width == 0 || flag || (char_is_tone(codepoint) && char_is_pictograph(first)) ||
                 (char_is_pictograph(codepoint) && ends_with_joiner(text));
    if (!joins)
        return false;
    size_t length = strlen(text);
    length += text_encode(codepoint, text + length);
    if (length >= VT_TEXT_MAX)
        return true; // more marks than anybody reads: the rest goes
    text[length] = '\0';
    uint32_t ch = vt_cluster_ch(vt, text);
    cell = &vt_line_at(vt, vt->y)->cells[x];
    cell->ch = ch;
    vt_touch(vt, vt->y);
    if (flag || (vt->modes.clusters && codepoint == 0xfe0f && char_width_by_selector(first)))
        widen(vt, x);
    return true;
}

// --- one character ---

static void put(struct vt *vt, uint32_t codepoint, int width)
{
    int limit = limit_of(vt);
    if (vt->pending_wrap && vt->autowrap) {
        vt_wrap(vt);
        limit = limit_of(vt);
    }
    if (width == 2 && vt->x == limit) {
        if (!vt->autowrap || limit == vt->left)
            return;  // there is no place for it
        vt_wrap(vt); // the last cell stays as it was
        limit = limit_of(vt);
    }
    if (vt->insert)
        vt_shift_here(vt, width, false);
    struct vt_cell *cells = vt_line_at(vt, vt->y)->cells;
    vt_split_wide(vt, vt->y, vt->x);
    vt_split_wide(vt, vt->y, vt->x + width);
    cells[vt->x] = (struct vt_cell){codepoint, vt->style_index, width == 2 ? VT_CELL_WIDE : 0};
    if (width == 2)
        cells[vt->x + 1] = (struct vt_cell){0, vt->style_index, VT_CELL_TAIL};
    vt_touch_to(vt, vt->y, vt->x + width);
    if (vt->x + width > limit) {
        vt->x = limit;
        vt->pending_wrap = true;
    } else {
        vt->x += width;
    }
}

void vt_print(struct vt *vt, uint32_t codepoint)
{
    if (codepoint < 0x80)
        codepoint = through_charset(vt, codepoint);
    else
        vt->single_shift = -1;
    int width = char_width(codepoint);
    if (width < 0)
        return;
    // Each for itself, as wcwidth counts; a program that counts clusters says so.
    bool may_join =
        codepoint >= 0x300 &&
        (width == 0 || (vt->modes.clusters && (char_is_regional(codepoint) || char_is_tone(codepoint) ||
                                               char_is_pictograph(codepoint))));
    if (may_join && join(vt, codepoint, width))
        return;
    vt->last_printed = codepoint;
    put(vt, codepoint, width);
}

// As many of them as the line has room for, at most count; returns how many. One that opens a line, or finds
// its end, is for put.
static int put_same(struct vt *vt, uint32_t codepoint, int width, int count)
{
    int limit = limit_of(vt), room = (limit - vt->x + 1) / width, x = vt->x;
    if (vt->pending_wrap || room == 0)
        return 0;
    if (count > room)
        count = room;
    if (vt->insert)
        vt_shift_here(vt, count * width, false);
    struct vt_cell *cells = vt_line_at(vt, vt->y)->cells;
    vt_split_wide(vt, vt->y, x);
    vt_split_wide(vt, vt->y, x + count * width);
    for (int i = 0; i < count; i++, x += width) {
        cells[x] = (struct vt_cell){codepoint, vt->style_index, width == 2 ? VT_CELL_WIDE : 0};
        if (width == 2)
            cells[x + 1] = (struct vt_cell){0, vt->style_index, VT_CELL_TAIL};
    }
    vt_touch_to(vt, vt->y, x);
    vt->work += (size_t)(count * width) * VT_WORK_LOOK;
    vt->pending_wrap = x > limit;
    vt->x = vt->pending_wrap ? limit : x;
    return count;
}

void vt_repeat(struct vt *vt, int count)
{
    int most = vt->rows * vt->cols;
    uint32_t ch = vt->last_printed;
    int width = ch != 0 ? char_width(ch) : 0;
    vt->last_printed = 0; // only right after a character
    if (count > most)
        count = most;
    while (width > 0 && count > 0) {
        put(vt, ch, width);
        count--;
        count -= put_same(vt, ch, width, count);
    }
}

// --- runs of text ---

// The next character of a run and its bytes; 0: it is none for a run (cut off, broken, a control).
static inline size_t decode(const unsigned char *at, size_t length, uint32_t *codepoint)
{
    size_t size = text_decode_whole(at, length, codepoint);
    return *codepoint < 0xa0 ? 0 : size;
}

static bool is_plain(unsigned char byte)
{
    return byte >= 0x20 && byte < 0x7f;
}

// What is put into the cells of one line.
struct stretch {
    struct vt_cell *cells;
    int x, limit; // limit: the last column
    uint16_t style;
    uint32_t last; // character
    bool clusters;
    const unsigned char *classes; // NULL: not needed yet
};

// The cell before x is more than one character: the next one may belong to it.
static bool after_cluster(const struct vt_cell *cells, int x)
{
    x--;
    if (x > 0 && (cells[x].flags & VT_CELL_TAIL) != 0)
        x--;
    return x >= 0 && (cells[x].ch & VT_CLUSTER) != 0;
}

// One that is not plain. Returns its bytes; 0: it is not for here.
static size_t put_decoded(struct stretch *to, const unsigned char *bytes, size_t length)
{
    uint32_t codepoint = 0;
    size_t size = bytes[0] < 0xc2 ? 0 : decode(bytes, length, &codepoint);
    if (size == 0)
        return 0;
    if (to->classes == NULL)
        to->classes = char_width_table(to->clusters);
    int traits =
            codepoint < CHAR_WIDTH_TABLE ? to->classes[codepoint] : char_width_alone(codepoint, to->clusters),
        width = traits & CHAR_WIDTH_COLUMNS, x = to->x;
    if (width == 0 || x + width - 1 > to->limit ||
        ((traits & CHAR_WIDTH_AFTER_JOINER) != 0 && after_cluster(to->cells, x)))
        return 0;
    to->cells[x] = (struct vt_cell){codepoint, to->style, width == 2 ? VT_CELL_WIDE : 0};
    if (width == 2)
        to->cells[x + 1] = (struct vt_cell){0, to->style, VT_CELL_TAIL};
    to->last = codepoint;
    to->x = x + width;
    return size;
}

// How many of the bytes are plain: eight at a time. A byte is not when it has the top bit, is below 0x20 or
// is 0x7f: then subtracting or adding one carries into the top bit.
static size_t count_plain(const unsigned char *bytes, size_t length)
{
    const uint64_t ones = 0x0101010101010101u, tops = ones << 7;
    size_t at = 0;
    for (; at + 8 <= length; at += 8) {
        uint64_t eight = 0;
        memcpy(&eight, bytes + at, 8);
        if (((eight | (eight - ones * 0x20) | (eight + ones)) & tops) != 0)
            break;
    }
    while (at < length && is_plain(bytes[at]))
        at++;
    return at;
}

// Plain ones, as many as there are and the line has room for.
static size_t put_plain(struct stretch *to, const unsigned char *bytes, size_t length)
{
    size_t room = (size_t)to->limit + 1 - (size_t)to->x;
    size_t count = count_plain(bytes, length < room ? length : room);
    struct vt_cell *cells = to->cells + to->x, cell = {0, to->style, 0};
    for (size_t i = 0; i < count; i++) {
        cell.ch = bytes[i];
        cells[i] = cell;
    }
    to->last = bytes[count - 1];
    to->x += (int)count;
    return count;
}

// As much as the line has room for. Returns the bytes taken.
static size_t put_stretch(struct stretch *to, const unsigned char *bytes, size_t length)
{
    size_t at = 0;
    while (at < length && to->x <= to->limit) {
        if (is_plain(bytes[at])) {
            at += put_plain(to, bytes + at, length - at);
            continue;
        }
        size_t size = put_decoded(to, bytes + at, length - at);
        if (size == 0)
            break;
        at += size;
    }
    return at;
}

static size_t put_in_line(struct vt *vt, const unsigned char *bytes, size_t length)
{
    struct vt_line *line = vt_line_at(vt, vt->y);
    struct stretch to = {line->cells, vt->x, limit_of(vt), vt->style_index, 0, vt->modes.clusters, NULL};
    // Half of a wide one is in the way: that is for the slow way.
    if ((line->cells[vt->x].flags & VT_CELL_TAIL) != 0)
        return 0;
    size_t taken = put_stretch(&to, bytes, length);
    if (taken == 0)
        return 0;
    // The right half of what was there before stands alone now.
    if (to.x < vt->cols && (line->cells[to.x].flags & VT_CELL_TAIL) != 0)
        line->cells[to.x] = (struct vt_cell){0, vt->erase_index, 0};
    vt_touch_to(vt, vt->y, to.x);
    vt->last_printed = to.last;
    vt->pending_wrap = to.x > to.limit;
    vt->x = vt->pending_wrap ? to.limit : to.x;
    return taken;
}

static size_t put_one(struct vt *vt, const unsigned char *bytes, size_t length)
{
    uint32_t codepoint = bytes[0];
    size_t size = is_plain(bytes[0]) ? 1 : bytes[0] < 0xc2 ? 0 : decode(bytes, length, &codepoint);
    if (size > 0)
        vt_print(vt, codepoint);
    return size;
}

size_t vt_print_run(struct vt *vt, const unsigned char *bytes, size_t length)
{
    size_t done = 0;
    if (vt->insert || vt->single_shift >= 0 || vt->charsets[vt->shift_gl] != 'B')
        return 0;
    while (done < length) {
        size_t taken = vt->pending_wrap ? 0 : put_in_line(vt, bytes + done, length - done);
        if (taken == 0)
            taken = put_one(vt, bytes + done, length - done);
        if (taken == 0)
            break;
        done += taken;
    }
    return done;
}
