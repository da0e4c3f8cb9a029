// SPDX-License-Identifier: Apache-2.0
//
// lifetime_map: owns an open table by hash, so that ten thousand credentials cost one look each. Slots hold
// indices into a dense list, which a pass compacts when something has gone.

#include "api/fleet/lifetime_map.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SLOTS_LEAST = 64 };

struct lifetime_map {
    struct life *lives;
    size_t count, capacity;
    size_t *slots; // index + 1; 0: free
    size_t slot_count;
    uint64_t pass;
};

struct lifetime_map *lifetime_map_new(void)
{
    return calloc(1, sizeof(struct lifetime_map));
}

void lifetime_map_free(struct lifetime_map *table)
{
    if (table == NULL)
        return;
    free(table->lives);
    free(table->slots);
    free(table);
}

static size_t slot_of(const struct lifetime_map *table, const char *key)
{
    size_t slot = id_hash(key) & (table->slot_count - 1);
    while (table->slots[slot] != 0 && strcmp(table->lives[table->slots[slot] - 1].key, key) != 0)
        slot = (slot + 1) & (table->slot_count - 1);
    return slot;
}

static void fill_slots(struct lifetime_map *table)
{
    memset(table->slots, 0, table->slot_count * sizeof *table->slots);
    for (size_t i = 0; i < table->count; i++)
        table->slots[slot_of(table, table->lives[i].key)] = i + 1;
}

static bool grow(struct lifetime_map *table)
{
    size_t slot_count = table->slot_count > 0 ? table->slot_count * 2 : SLOTS_LEAST;
    struct life *lives = reallocarray(table->lives, slot_count / 2, sizeof *lives);
    if (lives == NULL)
        return false;
    table->lives = lives;
    size_t *slots = calloc(slot_count, sizeof *slots);
    if (slots == NULL)
        return false;
    free(table->slots);
    table->slots = slots;
    table->slot_count = slot_count;
    table->capacity = slot_count / 2;
    fill_slots(table);
    return true;
}

static void key_of(char key[LIFE_KEY_CAP], const char *sandbox_id, const char *id)
{
    (void)snprintf(key, LIFE_KEY_CAP, "%s %s", sandbox_id, id);
}

void lifetime_map_begin(struct lifetime_map *table)
{
    table->pass++;
}

struct life *lifetime_map_get(struct lifetime_map *table, const char *sandbox_id, const char *id)
{
    char key[LIFE_KEY_CAP];
    key_of(key, sandbox_id, id);
    if (table->slot_count == 0)
        return NULL;
    size_t at = table->slots[slot_of(table, key)];
    return at != 0 ? &table->lives[at - 1] : NULL;
}

struct life *lifetime_map_find(struct lifetime_map *table, const char *sandbox_id, const char *id, bool *made)
{
    struct life *life = lifetime_map_get(table, sandbox_id, id);
    *made = life == NULL;
    if (life == NULL) {
        if ((table->lives == NULL || table->count == table->capacity) && !grow(table))
            return NULL;
        life = &table->lives[table->count];
        memset(life, 0, sizeof *life);
        key_of(life->key, sandbox_id, id);
        table->slots[slot_of(table, life->key)] = ++table->count;
    }
    life->pass = table->pass;
    return life;
}

void lifetime_map_end(struct lifetime_map *table, void (*gone)(void *ctx, const struct life *life), void *ctx)
{
    size_t kept = 0;
    for (size_t i = 0; i < table->count; i++) {
        if (table->lives[i].pass == table->pass) {
            if (kept != i)
                table->lives[kept] = table->lives[i];
            kept++;
        } else if (gone != NULL) {
            gone(ctx, &table->lives[i]);
        }
    }
    if (kept == table->count)
        return;
    table->count = kept;
    fill_slots(table);
}

size_t lifetime_map_count(const struct lifetime_map *table)
{
    return table->count;
}

const struct life *lifetime_map_at(const struct lifetime_map *table, size_t index)
{
    return index < table->count ? &table->lives[index] : NULL;
}
