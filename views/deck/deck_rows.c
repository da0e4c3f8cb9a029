// SPDX-License-Identifier: Apache-2.0
//
// deck_rows: Filter and sort the deck's rows. Equals keep the server's order, so that rows do not jump
// about.

#include "views/deck/deck_rows.h"

#include "api/fleet/fleet_filter.h"
#include "tui/base/xalloc.h"

#include <stdlib.h>
#include <string.h>

const char *deck_sort_text(enum deck_sort_by sort)
{
    static const char *const texts[DECK_SORT_COUNT] = {
#define X(name, text) text,
        DECK_SORT_TABLE(X)
#undef X
    };
    return sort >= 0 && sort < DECK_SORT_COUNT ? texts[sort] : "";
}

// What a row is sorted by, taken once: credential states cost more than a comparison.
struct sort_key {
    size_t index;
    const char *name; // NULL: number counts
    int64_t number;
    bool none; // there is nothing to sort by
    bool down;
};

static struct sort_key number_key(bool there, int64_t number)
{
    return (struct sort_key){.number = number, .none = !there};
}

static struct sort_key name_key(const char *name)
{
    return (struct sort_key){.name = name, .none = name[0] == '\0'};
}

static struct sort_key key_of(const struct fleet_row *row, enum deck_sort_by sort, int64_t now,
                              const struct deadline_scope *scope)
{
    const struct sandbox *sandbox = &row->sandbox;
    struct deadline end;
    switch (sort) {
    case DECK_SORT_NAME:
        return name_key(sandbox->id);
    case DECK_SORT_TEMPLATE:
        return name_key(sandbox->template_id);
    case DECK_SORT_STATE:
        return number_key(!row->gone && sandbox->state != SANDBOX_other, (int64_t)sandbox->state);
    case DECK_SORT_END:
        end = deadline_of_row(row, now, scope);
        return number_key(end.clock != DEADLINE_NONE, end.at);
    case DECK_SORT_AGE: // the youngest first, as a number of seconds is
        return number_key(sandbox->created_at > 0, -sandbox->created_at);
    case DECK_SORT_TIMEOUT:
        return number_key(deadline_timeout(row) > 0, deadline_timeout(row));
    case DECK_SORT_CREDENTIAL:
        return number_key(row->credential_count > 0,
                          (int64_t)credential_state(fleet_row_best(row, now), now));
    case DECK_SORT_SERVER:
    case DECK_SORT_COUNT:
        break;
    }
    return number_key(false, 0);
}

static int by_key(const void *left, const void *right)
{
    const struct sort_key *a = left, *b = right;
    int order = 0;
    if (a->none != b->none)
        return a->none ? 1 : -1;
    if (!a->none && a->name != NULL && b->name != NULL)
        order = strcasecmp(a->name, b->name);
    else if (!a->none && a->number != b->number)
        order = a->number < b->number ? -1 : 1;
    if (order != 0)
        return a->down ? -order : order;
    return a->index < b->index ? -1 : a->index > b->index;
}

static void put_in_order(struct deck_rows *rows, const struct fleet *fleet, const struct deck_order *order,
                         int64_t now, const struct deadline_scope *scope)
{
    if (order->by == DECK_SORT_SERVER || rows->count < 2)
        return;
    struct sort_key *keys = xcalloc(rows->count, sizeof *keys);
    for (size_t i = 0; i < rows->count; i++) {
        keys[i] = key_of(fleet_row(fleet, rows->order[i]), order->by, now, scope);
        keys[i].index = rows->order[i];
        keys[i].down = order->down;
    }
    qsort(keys, rows->count, sizeof *keys, by_key);
    for (size_t i = 0; i < rows->count; i++)
        rows->order[i] = keys[i].index;
    free(keys);
}

void deck_rows_build(struct deck_rows *rows, const struct fleet *fleet, const char *filter,
                     const struct deck_order *order, int64_t server_now_ms,
                     const struct deadline_scope *scope)
{
    rows->total = fleet_count(fleet);
    rows->order = xreallocarray(rows->order, rows->total, sizeof *rows->order);
    rows->count = 0;
    for (size_t i = 0; i < rows->total; i++)
        if (fleet_filter_matches(fleet_row(fleet, i), filter, server_now_ms))
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
