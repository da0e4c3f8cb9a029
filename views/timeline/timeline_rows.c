// SPDX-License-Identifier: Apache-2.0
//
// timeline_rows: Sort the timeline's rows, when the fleet has changed or something has ended and not every
// second: with 10,000 credentials sorting is what costs.

#include "views/timeline/timeline_rows.h"

#include "tui/base/text.h"
#include "tui/base/xalloc.h"
#include "views/deck/deck_rows.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SECOND_MS = 1000 };
enum { TAIL = 6 }; // characters of a credential's id that are shown: their ends differ, not their beginnings

static enum timeline_rank rank_of(const struct credential *credential, const struct deadline *end,
                                  int64_t now)
{
    if (end->clock != DEADLINE_NONE)
        return TIMELINE_LIVE;
    switch (credential_state(credential, now)) {
    case CREDENTIAL_expired:
        return TIMELINE_ENDED;
    case CREDENTIAL_invalid:
    case CREDENTIAL_revoked:
        return TIMELINE_REFUSED;
    default:
        return TIMELINE_OPEN;
    }
}

static int by_end(const void *left, const void *right)
{
    const struct timeline_entry *a = left, *b = right;
    if (a->rank != b->rank)
        return a->rank < b->rank ? -1 : 1;
    if (a->ends_at != b->ends_at)
        return (a->ends_at < b->ends_at) == (a->rank == TIMELINE_LIVE) ? -1 : 1;
    if (a->slot != b->slot) // which stays a row's, so that equals do not jump about
        return a->slot < b->slot ? -1 : 1;
    return a->credential < b->credential ? -1 : a->credential > b->credential;
}

static void add(struct timeline_rows *rows, const struct timeline_entry *entry)
{
    if (rows->count == rows->capacity) {
        rows->capacity = rows->capacity > 0 ? 2 * rows->capacity : 64;
        rows->entries = xreallocarray(rows->entries, rows->capacity, sizeof *rows->entries);
    }
    rows->entries[rows->count++] = *entry;
    if (entry->rank == TIMELINE_LIVE)
        rows->live++;
}

static void add_row(struct timeline_rows *rows, const struct fleet_row *row, int64_t now)
{
    int length = (int)strlen(fleet_row_name(row)); // ASCII by its grammar
    if (row->credential_count > 1)
        length += 2 + TAIL;
    if (length > rows->longest)
        rows->longest = length;
    for (size_t i = 0; i < row->credential_count; i++) {
        const struct credential *credential = &row->credentials[i];
        const struct deadline end = deadline_of(row, credential, now, NULL);
        bool live = end.clock != DEADLINE_NONE;
        add(rows, &(struct timeline_entry){.slot = row->slot,
                                           .credential = i,
                                           .ends_at = live ? end.at : credential->expires_at,
                                           .clock = end.clock,
                                           .vault_row = credential->vault_row,
                                           .rank = rank_of(credential, &end, now)});
    }
}

static void take_lefts(struct timeline_rows *rows, int64_t now)
{
    if (rows->live > rows->lefts_room) {
        rows->lefts = xreallocarray(rows->lefts, rows->live, sizeof *rows->lefts);
        rows->lefts_room = rows->live;
    }
    for (size_t i = 0; i < rows->live; i++)
        rows->lefts[i] = rows->entries[i].ends_at - now;
}

static void add_rows(struct timeline_rows *rows, const struct fleet *fleet, const struct fleet_filter *filter,
                     int64_t now)
{
    rows->count = rows->live = rows->total = 0;
    rows->longest = 0;
    const struct fleet_row *row = NULL;
    for (size_t at = 0; (row = fleet_with_credentials(fleet, &at)) != NULL;) {
        rows->total += row->credential_count;
        if (fleet_filter_matches(filter, row, now))
            add_row(rows, row, now);
    }
}

void timeline_rows_build(struct timeline_rows *rows, const struct fleet *fleet, const char *filter,
                         int64_t server_now_ms)
{
    struct fleet_filter words;
    (void)fleet_filter_parse(filter, &words, NULL);
    add_rows(rows, fleet, &words, server_now_ms);
    if (rows->count == 0 && words.key_begun) {
        fleet_filter_drop_begun(&words);
        add_rows(rows, fleet, &words, server_now_ms);
    }
    if (rows->count > 1)
        qsort(rows->entries, rows->count, sizeof *rows->entries, by_end);
    rows->next_end = rows->live > 0 ? rows->entries[0].ends_at : 0;
    take_lefts(rows, server_now_ms);
}

static bool is_current(const struct timeline_rows *rows, const struct fleet *fleet, const char *filter,
                       int64_t now)
{
    return rows->built && rows->generation == fleet_generation(fleet) && strcmp(rows->filter, filter) == 0 &&
           now >= rows->built_at && (rows->next_end == 0 || now < rows->next_end) &&
           (filter[0] == '\0' || rows->built_at / SECOND_MS == now / SECOND_MS); // it may be for a state
}

bool timeline_rows_sync(struct timeline_rows *rows, const struct fleet *fleet, const char *filter,
                        int64_t server_now_ms)
{
    if (is_current(rows, fleet, filter, server_now_ms))
        return false;
    timeline_rows_build(rows, fleet, filter, server_now_ms);
    rows->built = true;
    rows->generation = fleet_generation(fleet);
    rows->built_at = server_now_ms;
    (void)snprintf(rows->filter, sizeof rows->filter, "%s", filter);
    return true;
}

void timeline_rows_free(struct timeline_rows *rows)
{
    free(rows->entries);
    free(rows->lefts);
    memset(rows, 0, sizeof *rows);
}

size_t timeline_rows_find(const struct timeline_rows *rows, int64_t vault_row)
{
    size_t at = 0;
    while (at < rows->count && rows->entries[at].vault_row != vault_row)
        at++;
    return at;
}

char *timeline_rows_name(const struct fleet_row *row, const struct credential *credential,
                         char out[TIMELINE_NAME_CAP])
{
    size_t length = strlen(credential->id);
    if (row->credential_count < 2 || length == 0)
        (void)snprintf(out, TIMELINE_NAME_CAP, "%s", fleet_row_name(row));
    else if (length <= TAIL)
        (void)snprintf(out, TIMELINE_NAME_CAP, "%s %.*s", fleet_row_name(row), TAIL, credential->id);
    else
        (void)snprintf(out, TIMELINE_NAME_CAP, "%s %s%s", fleet_row_name(row), glyph(GLYPH_ELLIPSIS),
                       credential->id + length - TAIL);
    return out;
}
