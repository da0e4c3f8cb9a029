// SPDX-License-Identifier: Apache-2.0
//
// id_map: A list of records with a hash index over the ids that they begin with. The ids come from the
// network, so the hash is keyed: nobody outside can choose ids that collide.

#ifndef SBXDECK_API_BASE_ID_MAP_H
#define SBXDECK_API_BASE_ID_MAP_H

#include <stdbool.h>
#include <stddef.h>

// A record is any struct that begins with its id: char id[N], ended by NUL. Records lie in one array in the
// order in which they were added. A pointer to one is valid until the next add, keep or free.
struct id_map {
    size_t record_size, id_cap; // set by ID_MAP
    size_t count;
    // Private from here on.
    unsigned char *records;
    size_t capacity;
    struct id_map_slot *slots;
    size_t slot_count; // a power of two, at least twice the capacity
};
// An empty map, which owns no memory yet; ended by id_map_free.
#define ID_MAP(type, id) ((struct id_map){.record_size = sizeof(type), .id_cap = sizeof(((type *)NULL)->id)})

void id_map_free(struct id_map *map);
void id_map_clear(struct id_map *map); // keeps the memory for the next records

// NULL: not there.
void *id_map_find(const struct id_map *map, const char *id);
// The record of that id, made where it is not there: all zero but for the id. made may be NULL. NULL: out of
// memory, or the id is too long for a record.
__attribute__((warn_unused_result)) void *id_map_add(struct id_map *map, const char *id, bool *made);
// Room for so many records in all, so that adding them doesn't move any. False: out of memory.
__attribute__((warn_unused_result)) bool id_map_reserve(struct id_map *map, size_t count);

// NULL beyond the end.
void *id_map_at(const struct id_map *map, size_t index);
size_t id_map_index(const struct id_map *map, const void *record); // of a record of the map
// Removes the records for which stays says no; the others keep their order.
void id_map_keep(struct id_map *map, bool (*stays)(void *ctx, const void *record), void *ctx);
void id_map_remove(struct id_map *map, const void *record); // likewise that one, which is of the map
void id_map_truncate(struct id_map *map, size_t count);     // likewise all behind the first count

#endif
