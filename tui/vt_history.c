// SPDX-License-Identifier: Apache-2.0
//
// vt_history: owns the lines above the screen. A line is packed into runs of one style: a byte a cell for
// plain text, four for the rest, nothing for blanks at its end; ten thousand lines of a shell's output take
// about a megabyte instead of sixteen.

#include "tui/vt_private.h"

#include "tui/xalloc.h"

#include <stdlib.h>
#include <string.h>

// A run: style, count, kind, then its cells.
enum { RUN_BYTES, RUN_WORDS, HEAD = 5, WORD_WIDE = 0x20000000, WORD_TAIL = 0x10000000, FIRST = 256 };

void vt_history_begin(struct vt_history *history, int limit)
{
    memset(history, 0, sizeof *history);
    history->limit = (size_t)limit;
}

void vt_history_clear(struct vt_history *history)
{
    for (size_t i = 0; i < history->count; i++)
        free(history->ring[(history->first + i) % history->capacity].bytes);
    history->first = history->count = 0;
}

void vt_history_end(struct vt_history *history)
{
    vt_history_clear(history);
    free(history->ring);
    history->ring = NULL;
}

// --- packing ---

// Most of most lines is blank: eight cells at a time, each as the number that is 0 when it is.
int vt_cells_used(const struct vt_cell *cells, int count)
{
    enum { AT_ONCE = 8 };
    _Static_assert(sizeof(struct vt_cell) == sizeof(uint64_t), "a cell is a number");
    for (; count >= AT_ONCE; count -= AT_ONCE) {
        uint64_t numbers[AT_ONCE], any = 0;
        memcpy(numbers, &cells[count - AT_ONCE], sizeof numbers);
        for (int i = 0; i < AT_ONCE; i++)
            any |= numbers[i];
        if (any != 0)
            break;
    }
    while (count > 0 && cells[count - 1].ch == 0 && cells[count - 1].style == 0 &&
           cells[count - 1].flags == 0)
        count--;
    return count;
}

static bool is_byte(const struct vt_cell *cell)
{
    return cell->ch < 0x80 && cell->flags == 0;
}

// A run of bytes: *at is the first cell, and past the last one then. Returns where out ends.
static unsigned char *pack_bytes(unsigned char *out, const struct vt_cell *cells, int count, int *at)
{
    const uint16_t style = cells[*at].style;
    int x = *at;
    for (; x < count && cells[x].style == style && is_byte(&cells[x]); x++)
        *out++ = (unsigned char)cells[x].ch;
    *at = x;
    return out;
}

static unsigned char *pack_words(unsigned char *out, const struct vt_cell *cells, int count, int *at)
{
    const uint16_t style = cells[*at].style;
    int x = *at;
    for (; x < count && cells[x].style == style && !is_byte(&cells[x]); x++) {
        uint32_t word = cells[x].ch | ((cells[x].flags & VT_CELL_WIDE) != 0 ? (uint32_t)WORD_WIDE : 0) |
                        ((cells[x].flags & VT_CELL_TAIL) != 0 ? (uint32_t)WORD_TAIL : 0);
        memcpy(out, &word, 4);
        out += 4;
    }
    *at = x;
    return out;
}

static void pack(struct vt_packed *packed, const struct vt_cell *cells, int count, bool wraps)
{
    static unsigned char buffer[VT_COLS_MAX * (HEAD + 4)];
    size_t used = 0;
    count = vt_cells_used(cells, count);
    packed->cells = (uint16_t)count;
    packed->wraps = wraps;
    for (int at = 0; at < count;) {
        unsigned char *head = buffer + used;
        int from = at;
        bool bytes = is_byte(&cells[at]);
        unsigned char *end =
            bytes ? pack_bytes(head + HEAD, cells, count, &at) : pack_words(head + HEAD, cells, count, &at);
        uint16_t length = (uint16_t)(at - from);
        memcpy(head, &cells[from].style, 2);
        memcpy(head + 2, &length, 2);
        head[4] = bytes ? RUN_BYTES : RUN_WORDS;
        used = (size_t)(end - buffer);
    }
    packed->length = (uint32_t)used;
    packed->bytes = used > 0 ? xmalloc(used) : NULL;
    if (used > 0)
        memcpy(packed->bytes, buffer, used);
}

static void unpack(const struct vt_packed *packed, struct vt_cell *cells, int count)
{
    int x = 0;
    for (size_t at = 0; at < packed->length;) {
        uint16_t style = 0, length = 0;
        memcpy(&style, packed->bytes + at, 2);
        memcpy(&length, packed->bytes + at + 2, 2);
        bool bytes = packed->bytes[at + 4] == RUN_BYTES;
        at += HEAD;
        for (int i = 0; i < length; i++, x++) {
            uint32_t word = packed->bytes[at];
            if (!bytes)
                memcpy(&word, packed->bytes + at, 4);
            at += bytes ? 1 : 4;
            if (x < count)
                cells[x] = (struct vt_cell){word & ~(uint32_t)(WORD_WIDE | WORD_TAIL), style,
                                            (uint16_t)(((word & WORD_WIDE) != 0 ? VT_CELL_WIDE : 0) |
                                                       ((word & WORD_TAIL) != 0 ? VT_CELL_TAIL : 0))};
        }
    }
    for (; x < count; x++)
        cells[x] = (struct vt_cell){0, 0, 0};
}

// --- the ring ---

static void grow(struct vt_history *history)
{
    size_t capacity = history->capacity == 0 ? FIRST : history->capacity * 2;
    if (capacity > history->limit)
        capacity = history->limit;
    struct vt_packed *ring = xcalloc(capacity, sizeof *ring);
    for (size_t i = 0; i < history->count; i++)
        ring[i] = history->ring[(history->first + i) % history->capacity];
    free(history->ring);
    history->ring = ring;
    history->capacity = capacity;
    history->first = 0;
}

// The place for one more line: the oldest goes when there is no other. NULL: nothing is kept.
static struct vt_packed *make_place(struct vt_history *history)
{
    if (history->limit == 0)
        return NULL;
    if (history->count == history->capacity && history->capacity < history->limit)
        grow(history);
    if (history->count == history->capacity) {
        free(history->ring[history->first].bytes);
        history->first = (history->first + 1) % history->capacity;
        history->count--;
    }
    return &history->ring[(history->first + history->count++) % history->capacity];
}

void vt_history_push(struct vt_history *history, const struct vt_cell *cells, int count, bool wraps)
{
    struct vt_packed *place = make_place(history);
    history->pushed++;
    if (place != NULL)
        pack(place, cells, count, wraps);
}

void vt_history_adopt(struct vt_history *history, struct vt_packed *packed)
{
    struct vt_packed *place = make_place(history);
    if (place == NULL)
        return;
    *place = *packed;
    packed->bytes = NULL;
    packed->length = 0;
}

bool vt_history_read(const struct vt_history *history, size_t i, struct vt_cell *cells, int count,
                     bool *wraps)
{
    if (i >= history->count)
        return false;
    const struct vt_packed *packed = &history->ring[(history->first + i) % history->capacity];
    unpack(packed, cells, count);
    *wraps = packed->wraps;
    return true;
}

int vt_history_length(const struct vt_history *history, size_t i)
{
    return history->ring[(history->first + i) % history->capacity].cells;
}

bool vt_history_pop(struct vt_history *history, struct vt_cell *cells, int count, bool *wraps, int *used)
{
    if (history->count == 0)
        return false;
    struct vt_packed *packed = &history->ring[(history->first + history->count - 1) % history->capacity];
    unpack(packed, cells, count);
    *wraps = packed->wraps;
    *used = packed->cells;
    free(packed->bytes);
    packed->bytes = NULL;
    history->count--;
    return true;
}
