// SPDX-License-Identifier: Apache-2.0
//
// id_set: owns the set. All that a filter shows may be marked at once, so looking up is by hash.

#include "views/deck/id_set.h"

#include "tui/base/xalloc.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FIRST = 64 };

// Its slot, or the free one where it would stand.
static size_t slot_of(const struct id_set *marks, const char *id)
{
    size_t at = id_hash(id) & (marks->slots - 1);
    while (marks->ids[at][0] != '\0' && strcmp(marks->ids[at], id) != 0)
        at = (at + 1) & (marks->slots - 1);
    return at;
}

bool id_set_has(const struct id_set *marks, const char *id)
{
    return marks->count > 0 && marks->ids[slot_of(marks, id)][0] != '\0';
}

static void put(struct id_set *marks, const char *id)
{
    (void)snprintf(marks->ids[slot_of(marks, id)], ID_CAP, "%s", id);
    marks->count++;
}

// Into other slots, without the one that is left out (may be NULL).
static void move(struct id_set *marks, size_t slots, const char *without)
{
    struct id_set old = *marks;
    *marks = (struct id_set){xcalloc(slots, sizeof *marks->ids), 0, slots};
    for (size_t i = 0; i < old.slots; i++)
        if (old.ids[i][0] != '\0' && (without == NULL || strcmp(old.ids[i], without) != 0))
            put(marks, old.ids[i]);
    free(old.ids);
}

void id_set_set(struct id_set *marks, const char *id, bool marked)
{
    if (id[0] == '\0' || id_set_has(marks, id) == marked)
        return;
    if (!marked)
        move(marks, marks->slots, id);
    else if (2 * (marks->count + 1) > marks->slots)
        move(marks, marks->slots > 0 ? marks->slots * 2 : FIRST, NULL);
    if (marked)
        put(marks, id);
}

void id_set_clear(struct id_set *marks)
{
    free(marks->ids);
    *marks = (struct id_set){NULL, 0, 0};
}

void id_set_remove(struct id_set *marks, const struct id_set *others)
{
    struct id_set kept = {NULL, 0, 0};
    for (size_t i = 0; i < marks->slots; i++)
        if (marks->ids[i][0] != '\0' && !id_set_has(others, marks->ids[i]))
            id_set_set(&kept, marks->ids[i], true);
    id_set_clear(marks);
    *marks = kept;
}

void id_set_keep(struct id_set *marks, const struct fleet *fleet)
{
    struct id_set kept = {NULL, 0, 0};
    if (marks->count == 0)
        return;
    for (size_t i = 0; i < marks->slots; i++)
        if (marks->ids[i][0] != '\0' && fleet_find(fleet, marks->ids[i]) != NULL)
            id_set_set(&kept, marks->ids[i], true);
    id_set_clear(marks);
    *marks = kept;
}
