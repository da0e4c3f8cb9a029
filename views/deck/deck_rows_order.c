// SPDX-License-Identifier: Apache-2.0
//
// deck_rows_order: Sort rows by a key of 64 bits each, and put those that changed at their new places.
// Sorting all is a radix sort, which takes no comparisons: a key of the operator's sorts 100,000 rows within
// a frame.

#include "tui/base/xalloc.h"
#include "views/deck/deck_rows_private.h"

#include <stdlib.h>
#include <string.h>

enum { DIGITS = 256, KEY_BYTES = 8, RANK_BYTES = 3, SAMPLE = 64 };

static struct deck_key key_of(const struct deck_rows *rows, const struct fleet_row *row,
                              const struct deck_wish *wish)
{
    struct deck_key key = {0};
    enum deck_column by = deck_column_order(rows->internals->order_by.by);
    if (by >= DECK_COLUMN_COUNT)
        return key;
    // What costs more is asked for where it counts.
    bool by_end = by == DECK_COLUMN_LEFT, by_sessions = by == DECK_COLUMN_SESSIONS && wish->sessions != NULL;
    const struct credential *best =
        by_end || by == DECK_COLUMN_CREDENTIAL ? fleet_row_best(row, wish->now) : NULL;
    const struct deck_cell_facts facts = {.row = row,
                                          .best = best,
                                          .end = by_end ? deadline_of(row, best, wish->now, wish->scope)
                                                        : (struct deadline){0},
                                          .now = wish->now,
                                          .sessions = by_sessions ? wish->sessions(wish->ctx, row) : 0};
    deck_column_table[by].sort_key(&facts, &key);
    return key;
}

static unsigned char lower(char letter)
{
    return (unsigned char)(letter >= 'A' && letter <= 'Z' ? letter - 'A' + 'a' : letter);
}

// The eight letters behind what all begin with; what begins otherwise stands before or behind all of them,
// and where two keys are the same the whole texts are compared.
static uint64_t text_key(const struct deck_rows *rows, const char *text)
{
    const struct deck_rows_private *in = rows->internals;
    uint64_t key = 0;
    for (size_t i = 0; i < in->prefix_length; i++)
        if (lower(text[i]) != (unsigned char)in->prefix[i])
            return lower(text[i]) < (unsigned char)in->prefix[i] ? 0 : UINT64_MAX;
    text += in->prefix_length;
    for (int i = 0; i < KEY_BYTES; i++) {
        key = key << 8 | lower(*text);
        text += *text != '\0';
    }
    return key;
}

const char *deck_rows_text(const struct deck_rows *rows, uint32_t slot)
{
    struct deck_key key = {0};
    const struct deck_rows_private *in = rows->internals;
    const struct fleet_row *row = in->order_by.by < DECK_COLUMN_COUNT ? fleet_slot(in->fleet, slot) : NULL;
    if (row == NULL)
        return NULL;
    const struct deck_cell_facts facts = {.row = row};
    deck_column_table[in->order_by.by].sort_key(&facts, &key);
    return key.text;
}

bool deck_rows_key(struct deck_rows *rows, uint32_t slot, const struct fleet_row *row,
                   const struct deck_wish *wish)
{
    struct deck_rows_private *in = rows->internals;
    const struct deck_key key = key_of(rows, row, wish);
    uint64_t sorted = 0;
    uint16_t group = 0;
    unsigned char flags = in->flags[slot] & (unsigned char)~(ROW_THERE | ROW_PINNED);
    if (key.there)
        flags |= ROW_THERE;
    if (row->label != NULL && row->label->pinned)
        flags |= ROW_PINNED;
    if (key.there && key.text != NULL)
        sorted = text_key(rows, key.text);
    else if (key.there)
        sorted = (uint64_t)key.number ^ (UINT64_C(1) << 63);
    if (in->order_by.down && key.there)
        sorted = ~sorted;
    if (in->grouping != DECK_GROUPING_NONE)
        group = (uint16_t)deck_groups_of(&rows->groups, row);
    // A text may have changed behind its first letters.
    bool moved = (in->flags[slot] & (ROW_THERE | ROW_PINNED)) != (flags & (ROW_THERE | ROW_PINNED)) ||
                 in->keys[slot] != sorted || in->groups[slot] != group || key.text != NULL;
    if (in->texts != NULL)
        in->texts[slot] = key.text;
    in->flags[slot] = flags;
    in->keys[slot] = sorted;
    in->groups[slot] = group;
    return moved;
}

void deck_rows_find_prefix(struct deck_rows *rows, const struct deck_wish *wish)
{
    struct deck_rows_private *in = rows->internals;
    size_t count = fleet_count(wish->fleet), step = count / SAMPLE + 1;
    in->prefix_length = 0;
    for (size_t i = 0; i < count; i += step) {
        const struct fleet_row *row = fleet_row(wish->fleet, i);
        struct deck_key key = key_of(rows, row, wish);
        size_t same = 0;
        if (!key.there || key.text == NULL)
            continue;
        size_t most = i == 0 || in->prefix[0] == '\0' ? PREFIX_CAP - 1 : in->prefix_length;
        bool first = in->prefix[0] == '\0';
        for (; same < most && key.text[same] != '\0'; same++)
            if (first)
                in->prefix[same] = (char)lower(key.text[same]);
            else if (lower(key.text[same]) != (unsigned char)in->prefix[same])
                break;
        in->prefix_length = same;
        if (same == 0)
            break;
    }
    in->prefix[in->prefix_length] = '\0';
}

// --- comparing ---

int deck_rows_compare(const struct deck_rows *rows, uint32_t one, uint32_t other)
{
    const struct deck_rows_private *in = rows->internals;
    uint32_t left = rank_of(rows, one), right = rank_of(rows, other);
    if (left != right)
        return left < right ? -1 : 1;
    if (in->keys[one] != in->keys[other])
        return in->keys[one] < in->keys[other] ? -1 : 1;
    if (in->flags[one] & ROW_THERE) {
        const char *a = deck_rows_text(rows, one), *b = a != NULL ? deck_rows_text(rows, other) : NULL;
        int order = a != NULL && b != NULL ? strcasecmp(a, b) : 0;
        if (order != 0)
            return in->order_by.down ? -order : order;
    }
    return in->places[one] < in->places[other] ? -1 : in->places[one] > in->places[other];
}

static int compare(const void *left, const void *right, void *rows)
{
    return deck_rows_compare(rows, *(const uint32_t *)left, *(const uint32_t *)right);
}

// --- all anew ---

struct item {
    uint64_t key;
    uint32_t slot, rank;
};

// One digit of all; false: all have the same.
static bool pass(const struct item *from, struct item *to, size_t count, unsigned byte, bool of_rank)
{
    uint32_t at[DIGITS] = {0};
#define DIGIT(item) ((unsigned)(of_rank ? (item).rank >> 8 * byte : (item).key >> 8 * byte) & 0xffU)
    for (size_t i = 0; i < count; i++)
        at[DIGIT(from[i])]++;
    if (at[DIGIT(from[0])] == count)
        return false;
    uint32_t sum = 0;
    for (size_t i = 0; i < DIGITS; i++) {
        uint32_t here = at[i];
        at[i] = sum;
        sum += here;
    }
    for (size_t i = 0; i < count; i++)
        to[at[DIGIT(from[i])]++] = from[i];
#undef DIGIT
    return true;
}

static const char *text_of(const struct deck_rows *rows, uint32_t slot)
{
    const struct deck_rows_private *in = rows->internals;
    return in->texts != NULL ? in->texts[slot] : deck_rows_text(rows, slot);
}

// Where keys are the same, texts may still differ behind them.
static void sort_texts(struct deck_rows *rows, const struct item *items)
{
    struct deck_rows_private *in = rows->internals;
    for (size_t from = 0, to = 0; from < in->ordered; from = to) {
        bool differ = false;
        for (to = from + 1;
             to < in->ordered && items[to].key == items[from].key && items[to].rank == items[from].rank; to++)
            ;
        const char *first = to - from > 1 ? text_of(rows, in->order[from]) : NULL;
        for (size_t i = from + 1; first != NULL && i < to && !differ; i++) {
            const char *text = text_of(rows, in->order[i]);
            differ = text != first && strcasecmp(first, text) != 0; // equal ones are mostly one
        }
        if (differ)
            qsort_r(&in->order[from], to - from, sizeof *in->order, compare, rows);
    }
}

void deck_rows_sort(struct deck_rows *rows)
{
    struct deck_rows_private *in = rows->internals;
    (void)deck_groups_rank(&rows->groups);
    // By place first: what is the same otherwise keeps it.
    memset(in->scratch, 0xff, in->room * sizeof *in->scratch);
    size_t count = 0;
    for (uint32_t slot = 0; slot < in->slots; slot++)
        if (in->flags[slot] & ROW_LIVE)
            in->scratch[in->places[slot]] = slot;
    struct item *items = xcalloc(in->room + 1, sizeof *items), *others = xcalloc(in->room + 1, sizeof *items);
    for (size_t i = 0; i < in->room; i++) {
        uint32_t slot = in->scratch[i];
        if (slot == UINT32_MAX)
            continue;
        in->flags[slot] &= (unsigned char)~ROW_MOVED;
        items[count++] = (struct item){.key = in->keys[slot], .slot = slot, .rank = rank_of(rows, slot)};
    }
    for (unsigned i = 0; count > 1 && i < KEY_BYTES + RANK_BYTES; i++) {
        if (!pass(items, others, count, i < KEY_BYTES ? i : i - KEY_BYTES, i >= KEY_BYTES))
            continue;
        struct item *swap = items;
        items = others;
        others = swap;
    }
    for (size_t i = 0; i < count; i++)
        in->order[i] = items[i].slot;
    in->ordered = count;
    in->moved_count = 0;
    in->resort = false;
    bool texts = false;
    for (size_t i = 0; i < count && i < SAMPLE && !texts; i++)
        texts = (in->flags[in->order[i]] & ROW_THERE) && deck_rows_text(rows, in->order[i]) != NULL;
    if (texts)
        sort_texts(rows, items);
    free(items);
    free(others);
}

// --- some of them ---

static size_t place_for(const struct deck_rows *rows, const uint32_t *order, size_t from, size_t count,
                        uint32_t slot)
{
    size_t low = from, high = count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (deck_rows_compare(rows, order[middle], slot) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

void deck_rows_merge(struct deck_rows *rows)
{
    struct deck_rows_private *in = rows->internals;
    size_t kept = 0, to = 0;
    // Those that stay keep their order among themselves.
    for (size_t i = 0; i < in->ordered; i++)
        if ((in->flags[in->order[i]] & (ROW_LIVE | ROW_MOVED)) == ROW_LIVE)
            in->scratch[kept++] = in->order[i];
    size_t moved = 0;
    for (size_t i = 0; i < in->moved_count; i++)
        if (in->flags[in->moved[i]] & ROW_LIVE)
            in->moved[moved++] = in->moved[i];
    qsort_r(in->moved, moved, sizeof *in->moved, compare, rows);
    for (size_t i = 0, from = 0; i <= moved; i++) {
        size_t until = i < moved ? place_for(rows, in->scratch, from, kept, in->moved[i]) : kept;
        memcpy(&in->order[to], &in->scratch[from], (until - from) * sizeof *in->order);
        to += until - from;
        from = until;
        if (i < moved) {
            in->order[to++] = in->moved[i];
            in->flags[in->moved[i]] &= (unsigned char)~ROW_MOVED;
        }
    }
    in->ordered = to;
    in->moved_count = 0;
}
