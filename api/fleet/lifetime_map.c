// SPDX-License-Identifier: Apache-2.0
//
// lifetime_map: Per-credential state kept between passes over the fleet, in an id_map keyed by sandbox and
// id.

#include "api/fleet/lifetime_map.h"

#include "api/base/id_map.h"

#include <stdio.h>
#include <stdlib.h>

struct lifetime_map {
    struct id_map lives;
    uint64_t pass;
};

struct lifetime_map *lifetime_map_new(void)
{
    struct lifetime_map *map = calloc(1, sizeof *map);
    if (map != NULL)
        map->lives = ID_MAP(struct life, key);
    return map;
}

void lifetime_map_free(struct lifetime_map *map)
{
    if (map != NULL)
        id_map_free(&map->lives);
    free(map);
}

static const char *key_of(char key[LIFE_KEY_CAP], const char *sandbox_id, const char *id)
{
    (void)snprintf(key, LIFE_KEY_CAP, "%s %s", sandbox_id, id);
    return key;
}

void lifetime_map_begin(struct lifetime_map *map)
{
    map->pass++;
}

struct life *lifetime_map_get(const struct lifetime_map *map, const char *sandbox_id, const char *id)
{
    char key[LIFE_KEY_CAP];
    return id_map_find(&map->lives, key_of(key, sandbox_id, id));
}

struct life *lifetime_map_add(struct lifetime_map *map, const char *sandbox_id, const char *id, bool *made)
{
    char key[LIFE_KEY_CAP];
    struct life *life = id_map_add(&map->lives, key_of(key, sandbox_id, id), made);
    if (life != NULL)
        life->pass = map->pass;
    return life;
}

struct ending {
    uint64_t pass;
    void (*gone)(void *ctx, const struct life *life);
    void *ctx;
};

static bool stays(void *ctx, const void *record)
{
    const struct ending *ending = ctx;
    const struct life *life = record;
    bool met = life->pass == ending->pass;
    if (!met && ending->gone != NULL)
        ending->gone(ending->ctx, life);
    return met;
}

void lifetime_map_end(struct lifetime_map *map, void (*gone)(void *ctx, const struct life *life), void *ctx)
{
    struct ending ending = {map->pass, gone, ctx};
    id_map_keep(&map->lives, stays, &ending);
}

size_t lifetime_map_count(const struct lifetime_map *map)
{
    return map->lives.count;
}

const struct life *lifetime_map_at(const struct lifetime_map *map, size_t index)
{
    return id_map_at(&map->lives, index);
}
