// SPDX-License-Identifier: Apache-2.0
//
// hash_index: Open addressing with linear probing. A slot holds half of the hash beside the number, so that a
// look-up asks the owner about other things next to never, and growing hashes nothing again.

#include "api/base/hash_index.h"

#include <pthread.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

struct hash_slot {
    uint32_t hash;
    uint32_t number; // + 1; 0: free
};

enum { SLOTS_FIRST = 64 };

static unsigned char hash_key[crypto_shorthash_KEYBYTES];
static pthread_once_t hash_key_made = PTHREAD_ONCE_INIT;

static void make_hash_key(void)
{
    randombytes_buf(hash_key, sizeof hash_key);
}

uint64_t keyed_hash(const void *bytes, size_t length)
{
    uint64_t hash = 0;
    _Static_assert(sizeof hash == crypto_shorthash_BYTES, "a hash of 64 bits");
    (void)pthread_once(&hash_key_made, make_hash_key);
    (void)crypto_shorthash((unsigned char *)&hash, bytes, length, hash_key);
    return hash;
}

uint64_t keyed_hash_text(const char *text)
{
    return keyed_hash(text, strlen(text));
}

void hash_index_free(struct hash_index *index)
{
    free(index->slots);
    *index = (struct hash_index){0};
}

uint32_t hash_index_find(const struct hash_index *index, uint64_t hash, hash_index_is *is, const void *ctx,
                         const void *key)
{
    const size_t mask = index->slot_count - 1;
    if (index->used == 0)
        return HASH_INDEX_NONE;
    for (size_t at = hash & mask; index->slots[at].number != 0; at = (at + 1) & mask) {
        const struct hash_slot *slot = &index->slots[at];
        if (slot->hash == (uint32_t)hash && is(ctx, slot->number - 1, key))
            return slot->number - 1;
    }
    return HASH_INDEX_NONE;
}

static void put(struct hash_index *index, struct hash_slot slot)
{
    const size_t mask = index->slot_count - 1;
    size_t at = slot.hash & mask;
    while (index->slots[at].number != 0)
        at = (at + 1) & mask;
    index->slots[at] = slot;
}

// At most three quarters of the slots are taken.
static bool make_room(struct hash_index *index)
{
    struct hash_slot *old = index->slots;
    const size_t old_count = index->slot_count;
    if ((index->used + 1) * 4 <= old_count * 3)
        return true;
    const size_t count = old_count > 0 ? 2 * old_count : SLOTS_FIRST;
    // Half of the hash is kept, which has to tell the slots apart.
    struct hash_slot *slots = count <= UINT32_MAX / 2 ? calloc(count, sizeof *slots) : NULL;
    if (slots == NULL)
        return false;
    index->slots = slots;
    index->slot_count = count;
    for (size_t i = 0; i < old_count; i++)
        if (old[i].number != 0)
            put(index, old[i]);
    free(old);
    return true;
}

bool hash_index_add(struct hash_index *index, uint64_t hash, uint32_t number)
{
    if (number == HASH_INDEX_NONE || !make_room(index))
        return false;
    put(index, (struct hash_slot){(uint32_t)hash, number + 1});
    index->used++;
    return true;
}

// What was put behind the freed slot only because that was taken moves up, so that no search ends too early.
static void close_gap(struct hash_index *index, size_t gap)
{
    const size_t mask = index->slot_count - 1;
    for (size_t at = (gap + 1) & mask; index->slots[at].number != 0; at = (at + 1) & mask) {
        const size_t home = index->slots[at].hash & mask;
        if (((at - home) & mask) < ((at - gap) & mask))
            continue;
        index->slots[gap] = index->slots[at];
        gap = at;
    }
    index->slots[gap] = (struct hash_slot){0, 0};
}

void hash_index_remove(struct hash_index *index, uint64_t hash, uint32_t number)
{
    const size_t mask = index->slot_count - 1;
    if (index->used == 0)
        return;
    for (size_t at = hash & mask; index->slots[at].number != 0; at = (at + 1) & mask) {
        if (index->slots[at].number != number + 1 || index->slots[at].hash != (uint32_t)hash)
            continue;
        close_gap(index, at);
        index->used--;
        return;
    }
}
