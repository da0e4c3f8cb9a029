// SPDX-License-Identifier: Apache-2.0
//
// vt_history: the lines above the screen, packed into runs of one style: a byte a cell for plain text, four
// for the rest, nothing for trailing blanks; ten thousand lines of a shell's output take about a megabyte
// instead of sixteen. Packed lines stand one after the other in chunks, since they go in the order they
// came: a flood makes millions, and an allocation each would cost more than the packing.

#include "tui/vt/vt_screen_private.h"

#include "tui/base/xalloc.h"

#include <stdlib.h>
#include <string.h>

// A run: style (2 bytes), count and kind (1), then its cells.
enum {
    HEAD = 3,
    RUN_WORDS = 0x80,
    RUN_CELLS = 0x7f, // most of them in a run
    RUN_WORTH = 4,
    WORD_FLAGS = 28, // above a character's bits, below VT_CLUSTER
    FIRST = 256
};

enum { CHUNK_BYTES = 32 * 1024 };
_Static_assert((VT_CLUSTER & (VT_CELL_WIDE | VT_CELL_TAIL) << WORD_FLAGS) == 0,
               "flags have bits of their own");
_Static_assert(CHUNK_BYTES >= VT_COLS_MAX * (HEAD + 4) + 4 * RUN_WORTH, "a chunk has room for any line");

struct vt_chunk {
    struct vt_chunk *older, *newer;
    size_t used, lines; // empty lines count too: a chunk goes when no line of its time is left
    unsigned char bytes[CHUNK_BYTES];
};

void vt_history_begin(struct vt_history *history, int limit)
{
    memset(history, 0, sizeof *history);
    history->limit = (size_t)limit;
}

void vt_history_clear(struct vt_history *history)
{
    while (history->newest != NULL) {
        struct vt_chunk *older = history->newest->older;
        free(history->newest);
        history->newest = older;
    }
    history->oldest = NULL;
    history->first = history->count = 0;
}

void vt_history_end(struct vt_history *history)
{
    vt_history_clear(history);
    free(history->spare);
    free(history->ring);
    history->spare = NULL;
    history->ring = NULL;
}

// --- chunks ---

// The chunk that a line of at most so many bytes is packed into.
static struct vt_chunk *make_room(struct vt_history *history, size_t most)
{
    struct vt_chunk *chunk = history->newest;
    if (chunk != NULL && CHUNK_BYTES - chunk->used >= most)
        return chunk;
    chunk = history->spare != NULL ? history->spare : xmalloc(sizeof *chunk);
    history->spare = NULL;
    chunk->older = history->newest;
    chunk->newer = NULL;
    chunk->used = chunk->lines = 0;
    if (history->newest != NULL)
        history->newest->newer = chunk;
    else
        history->oldest = chunk;
    history->newest = chunk;
    return chunk;
}

// A line of that chunk, the oldest or the newest of all, has gone.
static void leave_chunk(struct vt_history *history, struct vt_chunk *chunk)
{
    if (--chunk->lines > 0)
        return;
    if (chunk->older != NULL)
        chunk->older->newer = chunk->newer;
    else
        history->oldest = chunk->newer;
    if (chunk->newer != NULL)
        chunk->newer->older = chunk->older;
    else
        history->newest = chunk->older;
    free(history->spare);
    history->spare = chunk; // a flood needs the next one soon
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

// Plain characters of that style: they differ from a blank of it in seven bits only. Returns how many.
static int pack_bytes(unsigned char *out, const struct vt_cell *cells, int count, uint16_t style)
{
    const struct vt_cell blank = {0, style, 0}, seven = {0x7f, 0, 0};
    uint64_t same = 0, bits = 0, cell = 0;
    int x = 0;
    memcpy(&same, &blank, sizeof same);
    memcpy(&bits, &seven, sizeof bits);
    for (; x < count; x++) {
        memcpy(&cell, &cells[x], sizeof cell);
        if ((cell & ~bits) != same)
            break;
        out[x] = (unsigned char)cells[x].ch;
    }
    return x;
}

// Up to where so many plain ones follow each other that a run of theirs is worth its head.
static int pack_words(unsigned char *out, const struct vt_cell *cells, int count, uint16_t style)
{
    int x = 0, plain = 0;
    for (; x < count && cells[x].style == style && plain < RUN_WORTH; x++, out += 4) {
        uint32_t word = cells[x].ch | (uint32_t)cells[x].flags << WORD_FLAGS;
        memcpy(out, &word, 4);
        plain = word < 0x80 ? plain + 1 : 0;
    }
    return plain < RUN_WORTH ? x : x - plain;
}

// Returns where the packed line ends. At most HEAD + 4 bytes a cell.
static unsigned char *pack(unsigned char *out, const struct vt_cell *cells, int count)
{
    for (int at = 0; at < count;) {
        int most = count - at < RUN_CELLS ? count - at : RUN_CELLS;
        uint16_t style = cells[at].style;
        int length = pack_bytes(out + HEAD, cells + at, most, style);
        bool bytes =
            length >= RUN_WORTH || length == most || (length > 0 && cells[at + length].style != style);
        if (!bytes)
            length = pack_words(out + HEAD, cells + at, most, style);
        memcpy(out, &style, 2);
        out[2] = (unsigned char)(bytes ? length : length | RUN_WORDS);
        out += HEAD + (bytes ? length : 4 * length);
        at += length;
    }
    return out;
}

static void unpack(const struct vt_packed *packed, struct vt_cell *cells, int count)
{
    const uint32_t flags = (uint32_t)(VT_CELL_WIDE | VT_CELL_TAIL) << WORD_FLAGS;
    int x = 0;
    for (size_t at = 0; at < packed->length;) {
        uint16_t style = 0;
        memcpy(&style, packed->bytes + at, 2);
        bool bytes = (packed->bytes[at + 2] & RUN_WORDS) == 0;
        int length = packed->bytes[at + 2] & RUN_CELLS;
        at += HEAD;
        for (int i = 0; i < length; i++, x++) {
            uint32_t word = packed->bytes[at];
            if (!bytes)
                memcpy(&word, packed->bytes + at, 4);
            at += bytes ? 1 : 4;
            if (x < count)
                cells[x] = (struct vt_cell){word & ~flags, style, (uint16_t)((word & flags) >> WORD_FLAGS)};
        }
    }
    for (; x < count; x++)
        cells[x] = (struct vt_cell){0, 0, 0};
    // Lines may be longer than the screen is wide, see vt_columns_own.
    if (count > 0 && (cells[count - 1].flags & VT_CELL_WIDE) != 0)
        cells[count - 1] = (struct vt_cell){0, 0, 0};
}

// --- the ring ---

static void set_capacity(struct vt_history *history, size_t capacity)
{
    struct vt_packed *ring = xcalloc(capacity > 0 ? capacity : 1, sizeof *ring);
    for (size_t i = 0; i < history->count; i++)
        ring[i] = history->ring[(history->first + i) % history->capacity];
    free(history->ring);
    history->ring = ring;
    history->capacity = capacity;
    history->first = 0;
}

static void grow(struct vt_history *history)
{
    size_t capacity = history->capacity == 0 ? FIRST : history->capacity * 2;
    set_capacity(history, capacity < history->limit ? capacity : history->limit);
}

static void drop_oldest(struct vt_history *history)
{
    history->first = history->first + 1 == history->capacity ? 0 : history->first + 1;
    history->count--;
    leave_chunk(history, history->oldest);
}

void vt_history_push(struct vt_history *history, const struct vt_cell *cells, int count, bool wraps)
{
    history->pushed++;
    if (history->limit == 0)
        return;
    count = vt_cells_used(cells, count);
    if (history->count == history->capacity && history->capacity < history->limit)
        grow(history);
    if (history->count == history->capacity)
        drop_oldest(history);
    struct vt_chunk *chunk = make_room(history, (size_t)count * (HEAD + 4) + 4 * RUN_WORTH);
    unsigned char *bytes = chunk->bytes + chunk->used;
    size_t at = history->first + history->count++;
    uint32_t length = (uint32_t)(pack(bytes, cells, count) - bytes);
    history->ring[at >= history->capacity ? at - history->capacity : at] =
        (struct vt_packed){bytes, length, (uint16_t)count, wraps};
    chunk->used += length;
    chunk->lines++;
}

void vt_history_limit(struct vt_history *history, size_t limit)
{
    history->limit = limit;
    while (history->count > limit)
        drop_oldest(history);
    if (history->capacity > limit)
        set_capacity(history, limit);
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
    const struct vt_packed *packed =
        &history->ring[(history->first + history->count - 1) % history->capacity];
    unpack(packed, cells, count);
    *wraps = packed->wraps;
    *used = packed->cells;
    history->newest->used -= packed->length;
    history->count--;
    leave_chunk(history, history->newest);
    return true;
}
