// SPDX-License-Identifier: Apache-2.0
//
// deck_rows: Filter and sort the deck's rows. Equals keep the server's order, so that rows do not jump
// about.

#include "views/deck/deck_rows.h"

#include "tui/base/xalloc.h"

#include <stdlib.h>
#include <string.h>

// What a row is sorted by, taken once: credential states cost more than a comparison.
struct sort_key {
    size_t index;
    struct deck_key key;
    bool down;
};

static struct deck_key key_of(const struct fleet_row *row, enum deck_column by, int64_t now,
                              const struct deadline_scope *scope)
{
    struct deck_key key = {0};
    const struct credential *best = fleet_row_best(row, now);
    const struct deck_cell_facts facts = {
        .row = row, .best = best, .end = deadline_of(row, best, now, scope), .now = now};
    deck_column_table[by].sort_key(&facts, &key);
    return key;
}

static int by_key(const void *left, const void *right)
{
    const struct sort_key *one = left, *other = right;
    const struct deck_key *a = &one->key, *b = &other->key;
    int order = 0;
    if (a->there != b->there)
        return a->there ? -1 : 1;
    if (a->there && a->text != NULL && b->text != NULL)
        order = strcasecmp(a->text, b->text);
    else if (a->there && a->number != b->number)
        order = a->number < b->number ? -1 : 1;
    if (order != 0)
        return one->down ? -order : order;
    return one->index < other->index ? -1 : one->index > other->index;
}

static void put_in_order(struct deck_rows *rows, const struct fleet *fleet, const struct deck_order *order,
                         int64_t now, const struct deadline_scope *scope)
{
    if (order->by == DECK_COLUMN_NONE || rows->count < 2)
        return;
    struct sort_key *keys = xcalloc(rows->count, sizeof *keys);
    for (size_t i = 0; i < rows->count; i++) {
        keys[i].key = key_of(fleet_row(fleet, rows->order[i]), order->by, now, scope);
        keys[i].index = rows->order[i];
        keys[i].down = order->down;
    }
    qsort(keys, rows->count, sizeof *keys, by_key);
    for (size_t i = 0; i < rows->count; i++)
        rows->order[i] = keys[i].index;
    free(keys);
}

void deck_rows_build(struct deck_rows *rows, const struct fleet *fleet, const struct fleet_filter *filter,
                     const struct deck_order *order, int64_t server_now_ms,
                     const struct deadline_scope *scope)
{
    rows->total = fleet_count(fleet);
    rows->order = xreallocarray(rows->order, rows->total, sizeof *rows->order);
    rows->count = 0;
    for (size_t i = 0; i < rows->total; i++)
        if (fleet_filter_matches(filter, fleet_row(fleet, i), server_now_ms))
            rows->order[rows->count++] = i;
    put_in_order(rows, fleet, order, server_now_ms, scope);
}

void deck_rows_free(struct deck_rows *rows)
{
    free(rows->order);
    *rows = (struct deck_rows){0};
}

size_t deck_rows_keep(const struct deck_rows *rows, const struct fleet *fleet, const char *sandbox_id,
                      size_t stood_at)
{
    for (size_t i = 0; sandbox_id[0] != '\0' && i < rows->count; i++)
        if (strcmp(fleet_row(fleet, rows->order[i])->sandbox.id, sandbox_id) == 0)
            return i;
    if (rows->count == 0)
        return 0;
    return stood_at < rows->count ? stood_at : rows->count - 1;
}
