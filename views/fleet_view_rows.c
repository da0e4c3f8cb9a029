// SPDX-License-Identifier: Apache-2.0
//
// fleet_view_rows: owns filter and order of the deck. Sorting keeps the server's order among equals, so that
// rows do not jump about.

#include "views/fleet_view_rows.h"

#include "tui/xalloc.h"

#include <stdlib.h>
#include <string.h>

enum { WORD_CAP = 128 };

const char *fleet_sort_text(enum fleet_sort sort)
{
    static const char *const texts[FLEET_SORT_COUNT] = {
#define X(name, text) text,
        FLEET_SORT_TABLE(X)
#undef X
    };
    return sort >= 0 && sort < FLEET_SORT_COUNT ? texts[sort] : "";
}

static bool word_matches(const struct fleet_row *row, const char *word, int64_t now)
{
    if (strcasestr(row->sandbox.id, word) != NULL || strcasestr(row->sandbox.template_id, word) != NULL ||
        strcasestr(row->sandbox.state_name, word) != NULL)
        return true;
    if (row->gone && strcasestr("gone", word) != NULL)
        return true;
    if (row->credential_count == 0)
        return strcasestr(credential_state_name(CREDENTIAL_none), word) != NULL;
    for (size_t i = 0; i < row->credential_count; i++) {
        const struct credential *credential = &row->credentials[i];
        if (strcasestr(credential->id, word) != NULL ||
            strcasestr(credential_state_name(credential_state(credential, now)), word) != NULL)
            return true;
    }
    return false;
}

bool fleet_rows_match(const struct fleet_row *row, const char *filter, int64_t server_now_ms)
{
    for (const char *at = filter + strspn(filter, " "); *at != '\0'; at += strspn(at, " ")) {
        char word[WORD_CAP];
        size_t length = strcspn(at, " ");
        size_t kept = length < sizeof word ? length : sizeof word - 1;
        memcpy(word, at, kept);
        word[kept] = '\0';
        // "!" alone is a word that is still being typed.
        bool inverse = word[0] == '!';
        if (strcmp(word, "!") != 0 && word_matches(row, word + inverse, server_now_ms) == inverse)
            return false;
        at += length;
    }
    return true;
}

// What a row is sorted by, taken once: credential states cost more than a comparison.
struct sort_key {
    size_t index;
    const char *name;
    int64_t number;
};

static int64_t number_of(const struct fleet_row *row, enum fleet_sort sort, int64_t now)
{
    if (sort == FLEET_SORT_STATE)
        return row->gone ? (int64_t)SANDBOX_STATE_COUNT : (int64_t)row->sandbox.state;
    // Only what still runs can end: the rest stands below.
    const struct credential *best = fleet_row_best(row, now);
    return credential_is_usable(best, now) && best->expires_at > 0 ? best->expires_at : INT64_MAX;
}

static int by_place(const struct sort_key *a, const struct sort_key *b)
{
    return a->index < b->index ? -1 : a->index > b->index;
}

static int by_name(const void *left, const void *right)
{
    const struct sort_key *a = left, *b = right;
    int order = strcasecmp(a->name, b->name);
    return order != 0 ? order : by_place(a, b);
}

static int by_number(const void *left, const void *right)
{
    const struct sort_key *a = left, *b = right;
    if (a->number != b->number)
        return a->number < b->number ? -1 : 1;
    return by_place(a, b);
}

static void put_in_order(struct fleet_rows *rows, const struct fleet *fleet, enum fleet_sort sort,
                         int64_t now)
{
    if (sort == FLEET_SORT_SERVER || rows->count < 2)
        return;
    struct sort_key *keys = xcalloc(rows->count, sizeof *keys);
    for (size_t i = 0; i < rows->count; i++) {
        const struct fleet_row *row = fleet_row(fleet, rows->order[i]);
        keys[i] = (struct sort_key){.index = rows->order[i], .name = row->sandbox.id};
        if (sort != FLEET_SORT_NAME)
            keys[i].number = number_of(row, sort, now);
    }
    qsort(keys, rows->count, sizeof *keys, sort == FLEET_SORT_NAME ? by_name : by_number);
    for (size_t i = 0; i < rows->count; i++)
        rows->order[i] = keys[i].index;
    free(keys);
}

void fleet_rows_build(struct fleet_rows *rows, const struct fleet *fleet, const char *filter,
                      enum fleet_sort sort, int64_t server_now_ms)
{
    rows->total = fleet_count(fleet);
    rows->order = xreallocarray(rows->order, rows->total, sizeof *rows->order);
    rows->count = 0;
    for (size_t i = 0; i < rows->total; i++)
        if (fleet_rows_match(fleet_row(fleet, i), filter, server_now_ms))
            rows->order[rows->count++] = i;
    put_in_order(rows, fleet, sort, server_now_ms);
}

void fleet_rows_free(struct fleet_rows *rows)
{
    free(rows->order);
    *rows = (struct fleet_rows){0};
}

size_t fleet_rows_keep(const struct fleet_rows *rows, const struct fleet *fleet, const char *sandbox_id,
                       size_t stood_at)
{
    for (size_t i = 0; sandbox_id[0] != '\0' && i < rows->count; i++)
        if (strcmp(fleet_row(fleet, rows->order[i])->sandbox.id, sandbox_id) == 0)
            return i;
    if (rows->count == 0)
        return 0;
    return stood_at < rows->count ? stood_at : rows->count - 1;
}
