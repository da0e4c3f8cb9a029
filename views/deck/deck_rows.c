// SPDX-License-Identifier: Apache-2.0
//
// deck_rows: Follow the fleet from change to change. A row that changed is looked at again and put at its new
// place; the others stay as they are, so that a change costs what changed and not what there is.

#include "views/deck/deck_rows.h"

#include "tui/base/xalloc.h"
#include "views/deck/deck_rows_private.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    SECOND_MS = 1000,
    CHANGES_MAX = 8192, // more at once are a reason to look at all
    MANY = 8,           // a part of all that is sorted anew instead of merged
    CHUNK = 256,
    AHEAD = 8
};

void deck_rows_free(struct deck_rows *rows)
{
    struct deck_rows_private *in = rows->internals;
    if (in != NULL) {
        free(in->flags);
        free(in->states);
        free(in->groups);
        free(in->places);
        free(in->keys);
        free(in->order);
        free(in->scratch);
        free(in->moved);
        free(in->changes);
    }
    free(in);
    free(rows->lines);
    deck_groups_free(&rows->groups);
    *rows = (struct deck_rows){0};
}

static void make_room(struct deck_rows *rows, size_t slots)
{
    struct deck_rows_private *in = rows->internals;
    if (slots > in->room || in->room == 0) { // also of none: there is memory then
        size_t room = slots + slots / 4 + 64, old = in->room;
        in->flags = xreallocarray(in->flags, room, sizeof *in->flags);
        in->states = xreallocarray(in->states, room, sizeof *in->states);
        in->groups = xreallocarray(in->groups, room, sizeof *in->groups);
        in->places = xreallocarray(in->places, room, sizeof *in->places);
        in->keys = xreallocarray(in->keys, room, sizeof *in->keys);
        in->order = xreallocarray(in->order, room, sizeof *in->order);
        in->scratch = xreallocarray(in->scratch, room, sizeof *in->scratch);
        in->moved = xreallocarray(in->moved, room, sizeof *in->moved);
        // A header for each group at most, and one that has gone.
        rows->lines = xreallocarray(rows->lines, room + DECK_GROUPS_MAX + 2, sizeof *rows->lines);
        memset(in->flags + old, 0, room - old);
        memset(in->groups + old, 0, (room - old) * sizeof *in->groups);
        memset(in->keys + old, 0, (room - old) * sizeof *in->keys);
        in->room = room;
    }
    in->slots = slots;
}

// Everything of one row anew.
static void look_at(struct deck_rows *rows, uint32_t slot, const struct fleet_row *row,
                    const struct deck_wish *wish)
{
    struct deck_rows_private *in = rows->internals;
    unsigned char before = in->flags[slot];
    bool is_new = !(before & ROW_LIVE), open = deadline_is_open(wish->scope, row);
    in->flags[slot] |= ROW_LIVE;
    bool moved = deck_rows_key(rows, slot, row, wish) || is_new;
    in->states[slot] = (unsigned char)credential_state(fleet_row_best(row, wish->now), wish->now);
    in->flags[slot] &= (unsigned char)~(ROW_MATCHES | ROW_RUNS);
    if (deck_rows_matches_now(rows, slot, row, wish))
        in->flags[slot] |= ROW_MATCHES;
    in->flags[slot] |= ROW_KNOWN | (row->credential_count > 0 || open ? ROW_RUNS : 0);
    if (moved && !(in->flags[slot] & ROW_MOVED)) {
        in->flags[slot] |= ROW_MOVED;
        in->moved[in->moved_count++] = slot;
    }
    int length = (int)strlen(row->sandbox.id) + (row->sandbox.id_malformed ? 2 : 0);
    rows->longest_id = length > rows->longest_id ? length : rows->longest_id;
}

static size_t order_of(const struct deck_rows_private *in, uint32_t slot)
{
    for (size_t i = 0; slot < in->slots && i < in->ordered; i++)
        if (in->order[i] == slot)
            return i;
    return 0;
}

// Where looking begins: around that sandbox.
static void look_from(struct deck_rows *rows, const struct deck_wish *wish)
{
    struct deck_rows_private *in = rows->internals;
    const struct fleet_row *row = wish->around[0] != '\0' ? fleet_find(in->fleet, wish->around) : NULL;
    size_t at = row != NULL ? order_of(in, row->slot) : 0;
    in->low = in->high = at < in->ordered ? at : 0;
}

// All rows of the fleet at the places that they have there now. What is not there any more leaves the order.
// True: those that stayed are in another order than before.
static bool take_places(struct deck_rows *rows, const struct deck_wish *wish)
{
    struct deck_rows_private *in = rows->internals;
    uint32_t last = 0;
    bool other = false;
    size_t count = fleet_count(in->fleet);
    for (size_t i = 0; i < in->slots; i++)
        in->flags[i] &= (unsigned char)~ROW_SEEN;
    for (size_t i = 0; i < count; i++) {
        const struct fleet_row *row = fleet_row(in->fleet, i);
        uint32_t slot = row->slot;
        bool is_new = !(in->flags[slot] & ROW_LIVE);
        if (!is_new) {
            other = other || in->places[slot] < last;
            last = in->places[slot];
        }
        in->places[slot] = (uint32_t)i;
        in->flags[slot] |= ROW_SEEN;
        if (is_new)
            look_at(rows, slot, row, wish);
    }
    for (size_t i = 0; i < in->slots; i++)
        if (!(in->flags[i] & ROW_SEEN))
            in->flags[i] = 0;
    return other;
}

// All keys anew, and all rows in order.
static void sort_all(struct deck_rows *rows, const struct deck_wish *wish)
{
    struct deck_rows_private *in = rows->internals;
    in->order_by = wish->order;
    if (in->groups_begun != rows->groups.begun || rows->groups.begun == 0) {
        deck_groups_by(&rows->groups, rows->groups.by);
        in->grouping = rows->groups.by;
        in->groups_begun = rows->groups.begun;
    }
    deck_rows_find_prefix(rows, wish);
    in->texts = xcalloc(in->slots + 1, sizeof *in->texts);
    size_t count = fleet_count(in->fleet);
    for (size_t i = 0; i < count; i++) {
        const struct fleet_row *row = fleet_row(in->fleet, i);
        if (i + AHEAD < count) // rows lie apart: the next ones are fetched meanwhile
            __builtin_prefetch(fleet_row(in->fleet, i + AHEAD));
        (void)deck_rows_key(rows, row->slot, row, wish);
    }
    deck_rows_sort(rows);
    free(in->texts);
    in->texts = NULL;
}

static void build(struct deck_rows *rows, const struct deck_wish *wish)
{
    struct deck_rows_private *in = rows->internals;
    in->ordered = in->moved_count = 0;
    memset(in->flags, 0, in->room);
    rows->longest_id = 0;
    size_t count = fleet_count(in->fleet);
    for (size_t i = 0; i < count; i++) {
        const struct fleet_row *row = fleet_row(in->fleet, i);
        uint32_t slot = row->slot;
        int length = (int)strlen(row->sandbox.id) + (row->sandbox.id_malformed ? 2 : 0);
        rows->longest_id = length > rows->longest_id ? length : rows->longest_id;
        in->flags[slot] =
            ROW_LIVE | (row->credential_count > 0 || deadline_is_open(wish->scope, row) ? ROW_RUNS : 0);
        in->places[slot] = (uint32_t)i;
        in->states[slot] = (unsigned char)credential_state(fleet_row_best(row, wish->now), wish->now);
    }
    sort_all(rows, wish);
    look_from(rows, wish);
    in->built = true;
}

static bool same_order(const struct deck_order *one, const struct deck_order *other)
{
    return one->by == other->by && one->down == other->down;
}

// What the fleet says has changed. False: it does not know, and all must be looked at.
static bool take_changes(struct deck_rows *rows, const struct deck_wish *wish)
{
    struct deck_rows_private *in = rows->internals;
    size_t most = CHANGES_MAX < in->slots / MANY + 64 ? CHANGES_MAX : in->slots / MANY + 64;
    in->changes = xreallocarray(in->changes, CHANGES_MAX, sizeof *in->changes);
    size_t count = fleet_changes(in->fleet, in->generation, in->changes, most);
    if (count == SIZE_MAX)
        return false;
    bool other = fleet_layout(in->fleet) != in->layout && take_places(rows, wish);
    for (size_t i = 0; i < count; i++) {
        uint32_t slot = in->changes[i];
        const struct fleet_row *row = slot < in->slots ? fleet_slot(in->fleet, slot) : NULL;
        if (row != NULL)
            look_at(rows, slot, row, wish);
    }
    in->resort = in->resort || other;
    return true;
}

// Those that change with time, once a second.
static bool take_time(struct deck_rows *rows, const struct deck_wish *wish)
{
    struct deck_rows_private *in = rows->internals;
    bool all = fleet_filter_runs(wish->filter) || in->order_by.by == DECK_COLUMN_SESSIONS, any = false;
    if (in->now / SECOND_MS != wish->now / SECOND_MS) {
        in->now = wish->now;
        in->looked = 0;
    }
    for (size_t i = 1; in->looked < in->slots; in->looked++, i++) {
        uint32_t slot = (uint32_t)in->looked;
        unsigned char before = in->flags[slot];
        if (!(before & ROW_LIVE) || !(all || (before & ROW_RUNS)))
            continue;
        const struct fleet_row *row = fleet_slot(in->fleet, slot);
        unsigned char state = in->states[slot];
        if (row != NULL)
            look_at(rows, slot, row, wish);
        any = any || in->flags[slot] != before || in->states[slot] != state;
        if (i % CHUNK == 0 && wish->goes_on != NULL && !wish->goes_on(wish->ctx))
            break;
    }
    return any;
}

// In the order: those that are to be moved, or all where these are many.
static bool put_in_order(struct deck_rows *rows, const struct deck_wish *wish)
{
    struct deck_rows_private *in = rows->internals;
    bool all = in->resort || (in->grouping != DECK_GROUPING_NONE && !rows->groups.ranked);
    bool complete = in->low == 0 && in->high == in->ordered;
    if (in->moved_count == 0 && !all && in->ordered == fleet_count(in->fleet))
        return false;
    if (all || in->moved_count > in->ordered / MANY + 64)
        deck_rows_sort(rows);
    else
        deck_rows_merge(rows);
    // What had been looked at stays so; what is new has been.
    if (!complete)
        look_from(rows, wish);
    else
        in->low = 0, in->high = in->ordered;
    return true;
}

static bool is_narrower(const struct deck_rows_private *in, const struct deck_wish *wish)
{
    size_t length = strlen(in->filter);
    // A plain last word that goes on. Behind a sign of the language it may mean something else.
    if (length == 0 || strncmp(wish->filter_text, in->filter, length) != 0 || wish->filter->key_begun)
        return length == 0 && in->built && in->kept == 0;
    if (wish->filter->term_count < in->term_count) // its last word was taken out
        return false;
    for (const char *at = wish->filter_text; *at != '\0'; at++)
        if (strchr("!:<>\"'@,", *at) != NULL)
            return false;
    return in->kept == 0 && strcasestr(wish->filter_text, "pinned") == NULL; // which is a word of its own
}

// True: another one stays.
static bool take_kept(struct deck_rows *rows, const struct deck_wish *wish, bool other_filter)
{
    struct deck_rows_private *in = rows->internals;
    const struct fleet_row *row =
        !other_filter && wish->kept[0] != '\0' ? fleet_find(in->fleet, wish->kept) : NULL;
    uint32_t kept = row != NULL ? row->slot + 1 : 0, before = in->kept;
    in->kept = kept;
    if (before == kept || before == 0 || before > in->slots)
        return before != kept;
    row = in->flags[before - 1] & ROW_LIVE ? fleet_slot(in->fleet, before - 1) : NULL;
    if (row != NULL && !deck_rows_matches_now(rows, before - 1, row, wish))
        in->flags[before - 1] &= (unsigned char)~ROW_MATCHES;
    return true;
}

static bool take_filter(struct deck_rows *rows, const struct deck_wish *wish)
{
    struct deck_rows_private *in = rows->internals;
    if (strcmp(in->filter, wish->filter_text) == 0 && in->term_count == wish->filter->term_count)
        return false;
    deck_rows_filter_begin(rows, is_narrower(in, wish));
    (void)snprintf(in->filter, sizeof in->filter, "%s", wish->filter_text);
    in->term_count = wish->filter->term_count;
    look_from(rows, wish);
    return true;
}

static bool follow(struct deck_rows *rows, const struct deck_wish *wish)
{
    struct deck_rows_private *in = rows->internals;
    bool other_filter =
        strcmp(in->filter, wish->filter_text) != 0 || in->term_count != wish->filter->term_count;
    uint64_t generation = fleet_generation(in->fleet), before = in->generation;
    bool changed = take_kept(rows, wish, other_filter);
    if (before != generation) {
        if (in->groups_begun != rows->groups.begun || !take_changes(rows, wish))
            build(rows, wish);
        changed = true;
    }
    if (!same_order(&in->order_by, &wish->order) || in->groups_begun != rows->groups.begun) {
        sort_all(rows, wish);
        in->low = in->high = 0;
        look_from(rows, wish);
        changed = true;
    }
    changed = take_filter(rows, wish) || changed;
    if (in->low == 0 && in->high == in->ordered) // what is on the screen comes first
        changed = take_time(rows, wish) || changed;
    return put_in_order(rows, wish) || changed;
}

bool deck_rows_sync(struct deck_rows *rows, const struct deck_wish *wish)
{
    if (rows->internals == NULL)
        rows->internals = xcalloc(1, sizeof *rows->internals);
    struct deck_rows_private *in = rows->internals;
    bool changed = !in->built || in->fleet != wish->fleet;
    in->fleet = wish->fleet;
    make_room(rows, fleet_slot_count(wish->fleet));
    rows->total = fleet_count(wish->fleet);
    if (changed) {
        (void)snprintf(in->filter, sizeof in->filter, "%s", wish->filter_text);
        in->term_count = wish->filter->term_count;
        in->kept = 0;
        in->now = wish->now;
        in->looked = in->slots;
        build(rows, wish);
    } else {
        changed = follow(rows, wish);
    }
    in->generation = fleet_generation(wish->fleet);
    in->layout = fleet_layout(wish->fleet);
    if (in->low > 0 || in->high < in->ordered)
        changed = deck_rows_filter_go(rows, wish) || changed;
    rows->pending = in->low > 0 || in->high < in->ordered || in->looked < in->slots;
    if (!changed && in->gone == wish->gone && in->gone_line == wish->gone_line && in->folds == rows->folds)
        return false;
    in->gone = wish->gone;
    in->gone_line = wish->gone_line;
    in->folds = rows->folds;
    deck_rows_make_lines(rows, wish);
    rows->version++;
    return true;
}
