// SPDX-License-Identifier: Apache-2.0
//
// deck_rows_shown: Look which rows the filter admits, from the selected one to both sides, so that what is on
// the screen is right at once; and make the lines of the table from them.

#include "tui/base/xalloc.h"
#include "views/deck/deck_rows_private.h"

#include <string.h>

enum { CHUNK = 256 };

void deck_rows_filter_begin(struct deck_rows *rows, bool narrower)
{
    struct deck_rows_private *in = rows->internals;
    // What did not match before matches no narrower filter.
    for (size_t i = 0; i < in->slots; i++)
        if (!narrower || (in->flags[i] & ROW_MATCHES))
            in->flags[i] &= (unsigned char)~ROW_KNOWN;
}

bool deck_rows_matches_now(const struct deck_rows *rows, uint32_t slot, const struct fleet_row *row,
                           const struct deck_wish *wish)
{
    return rows->internals->kept == slot + 1 || fleet_filter_matches(wish->filter, row, wish->now);
}

static void look_at(struct deck_rows *rows, uint32_t slot, const struct deck_wish *wish)
{
    struct deck_rows_private *in = rows->internals;
    unsigned char *flags = &in->flags[slot];
    const struct fleet_row *row = *flags & ROW_KNOWN ? NULL : fleet_slot(in->fleet, slot);
    if (row == NULL)
        return;
    *flags |= ROW_KNOWN | ROW_MATCHES;
    if (!deck_rows_matches_now(rows, slot, row, wish))
        *flags &= (unsigned char)~ROW_MATCHES;
}

bool deck_rows_filter_go(struct deck_rows *rows, const struct deck_wish *wish)
{
    struct deck_rows_private *in = rows->internals;
    size_t low = in->low, high = in->high;
    do {
        for (size_t i = 0; i < CHUNK && in->high < in->ordered; i++)
            look_at(rows, in->order[in->high++], wish);
        for (size_t i = 0; i < CHUNK && in->low > 0; i++)
            look_at(rows, in->order[--in->low], wish);
    } while ((in->low > 0 || in->high < in->ordered) && (wish->goes_on == NULL || wish->goes_on(wish->ctx)));
    return low != in->low || high != in->high;
}

// The header comes with its first sandbox, folded or not.
static void count_in_group(struct deck_rows *rows, uint32_t slot, uint32_t *last)
{
    struct deck_rows_private *in = rows->internals;
    uint32_t index = in->groups[slot];
    struct deck_group *group = deck_groups_at(&rows->groups, index);
    if (*last != index) {
        rows->lines[rows->count++] = HEADER_LINE | index;
        *last = index;
    }
    group->count++;
    group->worst = deck_groups_worse(group->worst, (enum credential_state)in->states[slot]);
}

void deck_rows_make_lines(struct deck_rows *rows, const struct deck_wish *wish)
{
    struct deck_rows_private *in = rows->internals;
    bool grouped = in->grouping != DECK_GROUPING_NONE;
    uint32_t last = UINT32_MAX;
    rows->count = rows->matching = 0;
    for (size_t i = 0; i < rows->groups.list.count; i++) {
        deck_groups_at(&rows->groups, i)->count = 0;
        deck_groups_at(&rows->groups, i)->worst = CREDENTIAL_none;
    }
    for (size_t i = in->low; i < in->high; i++) {
        uint32_t slot = in->order[i];
        if (!(in->flags[slot] & ROW_MATCHES))
            continue;
        rows->matching++;
        if (grouped)
            count_in_group(rows, slot, &last);
        if (!grouped || !deck_groups_at(&rows->groups, in->groups[slot])->folded)
            rows->lines[rows->count++] = slot;
    }
    if (!wish->gone)
        return;
    size_t at = wish->gone_line < rows->count ? wish->gone_line : rows->count;
    memmove(&rows->lines[at + 1], &rows->lines[at], (rows->count - at) * sizeof *rows->lines);
    rows->lines[at] = GONE_LINE;
    rows->count++;
}

// --- what stands where ---

const struct fleet_row *deck_rows_at(const struct deck_rows *rows, size_t line)
{
    if (line >= rows->count || (rows->lines[line] & HEADER_LINE))
        return NULL;
    return fleet_slot(rows->internals->fleet, rows->lines[line]);
}

bool deck_rows_is_gone(const struct deck_rows *rows, size_t line)
{
    return line < rows->count && rows->lines[line] == GONE_LINE;
}

const struct deck_group *deck_rows_header(const struct deck_rows *rows, size_t line)
{
    if (line >= rows->count || !(rows->lines[line] & HEADER_LINE) || rows->lines[line] == GONE_LINE)
        return NULL;
    return deck_groups_at(&rows->groups, rows->lines[line] & ~HEADER_LINE);
}

const struct deck_group *deck_rows_group(const struct deck_rows *rows, size_t line)
{
    while (line > 0 && deck_rows_is_gone(rows, line))
        line--;
    if (rows->internals == NULL || rows->internals->grouping == DECK_GROUPING_NONE || line >= rows->count ||
        rows->lines[line] == GONE_LINE)
        return NULL;
    uint32_t at = rows->lines[line];
    return deck_groups_at(&rows->groups, at & HEADER_LINE ? at & ~HEADER_LINE : rows->internals->groups[at]);
}

// The slot of a sandbox that rows know; UINT32_MAX: they don't.
static uint32_t slot_of_id(const struct deck_rows *rows, const char *sandbox_id)
{
    const struct deck_rows_private *in = rows->internals;
    if (in == NULL || !in->built)
        return UINT32_MAX;
    const struct fleet_row *row = fleet_find(in->fleet, sandbox_id);
    uint32_t slot = row != NULL ? row->slot : UINT32_MAX;
    return slot < in->slots && (in->flags[slot] & ROW_LIVE) ? slot : UINT32_MAX;
}

size_t deck_rows_line(const struct deck_rows *rows, const char *sandbox_id)
{
    uint32_t slot = sandbox_id[0] != '\0' && rows->count > 0 ? slot_of_id(rows, sandbox_id) : UINT32_MAX;
    size_t at = slot != UINT32_MAX ? 0 : rows->count;
    while (at < rows->count && rows->lines[at] != slot)
        at++;
    return at;
}

size_t deck_rows_header_line(const struct deck_rows *rows, const struct deck_group *group)
{
    uint32_t line = HEADER_LINE | (uint32_t)id_map_index(&rows->groups.list, group);
    size_t at = 0;
    while (at < rows->count && rows->lines[at] != line)
        at++;
    return at;
}

size_t deck_rows_near(const struct deck_rows *rows, const char *sandbox_id)
{
    uint32_t slot = rows->count > 0 ? slot_of_id(rows, sandbox_id) : UINT32_MAX;
    size_t last = 0;
    for (size_t i = 0; slot != UINT32_MAX && i < rows->count; i++) {
        if (rows->lines[i] & HEADER_LINE)
            continue;
        last = i;
        if (deck_rows_compare(rows, rows->lines[i], slot) >= 0)
            return i;
    }
    return last;
}

bool deck_rows_match(const struct deck_rows *rows, const char *sandbox_id)
{
    uint32_t slot = rows->internals != NULL ? slot_of_id(rows, sandbox_id) : UINT32_MAX;
    return slot != UINT32_MAX && (rows->internals->flags[slot] & ROW_MATCHES);
}

const struct deck_group *deck_rows_group_of(const struct deck_rows *rows, const char *sandbox_id)
{
    uint32_t slot = rows->internals != NULL ? slot_of_id(rows, sandbox_id) : UINT32_MAX;
    if (slot == UINT32_MAX || rows->internals->grouping == DECK_GROUPING_NONE)
        return NULL;
    return deck_groups_at(&rows->groups, rows->internals->groups[slot]);
}

bool deck_rows_shows(const struct deck_rows *rows, const char *sandbox_id)
{
    const struct deck_rows_private *in = rows->internals;
    if (!deck_rows_match(rows, sandbox_id))
        return false;
    return in->grouping == DECK_GROUPING_NONE ||
           !deck_groups_at(&rows->groups, in->groups[slot_of_id(rows, sandbox_id)])->folded;
}

void deck_rows_each(const struct deck_rows *rows, const struct deck_group *group,
                    void (*call)(void *ctx, const struct fleet_row *row), void *ctx)
{
    const struct deck_rows_private *in = rows->internals;
    size_t index = group != NULL ? id_map_index(&rows->groups.list, group) : 0;
    for (size_t i = in != NULL ? in->low : 0; in != NULL && i < in->high; i++) {
        uint32_t slot = in->order[i];
        const struct fleet_row *row = NULL;
        if ((in->flags[slot] & ROW_MATCHES) && (group == NULL || in->groups[slot] == index))
            row = fleet_slot(in->fleet, slot);
        if (row != NULL)
            call(ctx, row);
    }
}
