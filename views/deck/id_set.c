// SPDX-License-Identifier: Apache-2.0
//
// id_set: A set of ids over an id_map, for views: running out of memory ends the program.

#include "views/deck/id_set.h"

#include "tui/base/xalloc.h"

struct member {
    char id[ID_CAP];
};

size_t id_set_count(const struct id_set *set)
{
    return set->ids.count;
}

const char *id_set_at(const struct id_set *set, size_t index)
{
    return id_map_at(&set->ids, index);
}

bool id_set_has(const struct id_set *set, const char *id)
{
    return id_map_find(&set->ids, id) != NULL;
}

void id_set_set(struct id_set *set, const char *id, bool in)
{
    const struct member *member = id_map_find(&set->ids, id);
    if (id[0] == '\0' || (member != NULL) == in)
        return;
    if (!in) {
        id_map_remove(&set->ids, member);
        return;
    }
    if (set->ids.record_size == 0)
        set->ids = ID_MAP(struct member, id);
    if (id_map_add(&set->ids, id, NULL) == NULL)
        xalloc_fatal();
}

void id_set_clear(struct id_set *set)
{
    id_map_free(&set->ids);
}

static bool is_not_in(void *ctx, const void *record)
{
    return !id_set_has(ctx, ((const struct member *)record)->id);
}

void id_set_remove(struct id_set *set, const struct id_set *others)
{
    id_map_keep(&set->ids, is_not_in, (void *)others);
}

static bool is_in_fleet(void *ctx, const void *record)
{
    return fleet_find(ctx, ((const struct member *)record)->id) != NULL;
}

void id_set_keep(struct id_set *set, const struct fleet *fleet)
{
    id_map_keep(&set->ids, is_in_fleet, (void *)fleet);
}
