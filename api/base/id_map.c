// SPDX-License-Identifier: Apache-2.0
//
// id_map: Open addressing over a dense array. A slot holds a part of the hash beside the index, so that a
// look-up reads the records of other ids next to never, and growing hashes nothing again.

#include "api/base/id_map.h"

#include "api/base/hash_index.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

struct id_map_slot {
    uint32_t hash;
    uint32_t number; // index + 1; 0: free
};

enum { RECORDS_FIRST = 32 };

static uint32_t hash_of(const char *id)
{
    return (uint32_t)keyed_hash_text(id);
}

void id_map_free(struct id_map *map)
{
    free(map->records);
    free(map->slots);
    *map = (struct id_map){.record_size = map->record_size, .id_cap = map->id_cap};
}

void *id_map_at(const struct id_map *map, size_t index)
{
    return index < map->count ? map->records + index * map->record_size : NULL;
}

size_t id_map_index(const struct id_map *map, const void *record)
{
    return (size_t)((const unsigned char *)record - map->records) / map->record_size;
}

// The first free slot for that hash. There are always free ones.
static struct id_map_slot *free_slot(const struct id_map *map, uint32_t hash)
{
    size_t at = hash & (map->slot_count - 1);
    while (map->slots[at].number != 0)
        at = (at + 1) & (map->slot_count - 1);
    return &map->slots[at];
}

static void put(struct id_map *map, size_t index, uint32_t hash)
{
    *free_slot(map, hash) = (struct id_map_slot){hash, (uint32_t)index + 1};
}

// From the records, after some have gone.
static void fill_slots(struct id_map *map)
{
    if (map->slot_count > 0)
        memset(map->slots, 0, map->slot_count * sizeof *map->slots);
    for (size_t i = 0; i < map->count; i++)
        put(map, i, hash_of(id_map_at(map, i)));
}

void id_map_clear(struct id_map *map)
{
    map->count = 0;
    fill_slots(map);
}

static struct id_map_slot *find_slot(const struct id_map *map, const char *id, uint32_t hash)
{
    if (map->count == 0)
        return NULL;
    for (size_t at = hash & (map->slot_count - 1); map->slots[at].number != 0;
         at = (at + 1) & (map->slot_count - 1)) {
        struct id_map_slot *slot = &map->slots[at];
        if (slot->hash == hash && strcmp(id_map_at(map, slot->number - 1), id) == 0)
            return slot;
    }
    return NULL;
}

void *id_map_find(const struct id_map *map, const char *id)
{
    const struct id_map_slot *slot = map->count > 0 ? find_slot(map, id, hash_of(id)) : NULL;
    return slot != NULL ? id_map_at(map, slot->number - 1) : NULL;
}

bool id_map_reserve(struct id_map *map, size_t count)
{
    size_t capacity = map->capacity > 0 ? map->capacity : RECORDS_FIRST;
    if (count <= map->capacity)
        return true;
    if (count > UINT32_MAX / 4)
        return false;
    while (capacity < count)
        capacity *= 2;
    unsigned char *records = reallocarray(map->records, capacity, map->record_size);
    if (records == NULL)
        return false;
    map->records = records;
    struct id_map_slot *slots = calloc(2 * capacity, sizeof *slots), *old = map->slots;
    if (slots == NULL)
        return false;
    size_t old_count = map->slot_count;
    map->slots = slots;
    map->slot_count = 2 * capacity;
    map->capacity = capacity;
    for (size_t i = 0; i < old_count; i++)
        if (old[i].number != 0)
            *free_slot(map, old[i].hash) = old[i];
    free(old);
    return true;
}

void *id_map_add(struct id_map *map, const char *id, bool *made)
{
    uint32_t hash = hash_of(id);
    const struct id_map_slot *slot = find_slot(map, id, hash);
    if (made != NULL)
        *made = slot == NULL;
    if (slot != NULL)
        return id_map_at(map, slot->number - 1);
    size_t length = strlen(id);
    if (length >= map->id_cap || !id_map_reserve(map, map->count + 1))
        return NULL;
    put(map, map->count, hash);
    unsigned char *record = map->records + map->count++ * map->record_size;
    memset(record, 0, map->record_size);
    memcpy(record, id, length);
    return record;
}

void id_map_keep(struct id_map *map, bool (*stays)(void *ctx, const void *record), void *ctx)
{
    size_t kept = 0;
    for (size_t i = 0; i < map->count; i++) {
        const unsigned char *record = id_map_at(map, i);
        if (!stays(ctx, record))
            continue;
        if (kept != i)
            memcpy(map->records + kept * map->record_size, record, map->record_size);
        kept++;
    }
    id_map_truncate(map, kept);
}

void id_map_remove(struct id_map *map, const void *record)
{
    size_t index = id_map_index(map, record), behind = map->count - index - 1;
    unsigned char *at = map->records + index * map->record_size;
    memmove(at, at + map->record_size, behind * map->record_size);
    id_map_truncate(map, map->count - 1);
}

void id_map_truncate(struct id_map *map, size_t count)
{
    if (count >= map->count)
        return;
    map->count = count;
    fill_slots(map);
}
