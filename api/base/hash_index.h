// SPDX-License-Identifier: Apache-2.0
//
// hash_index: Numbers found by the hash of what they stand for. The owner keeps the things themselves,
// wherever he likes, and says which of them is meant. The hash is keyed: nobody outside can choose texts that
// collide.

#ifndef SBXDECK_API_BASE_HASH_INDEX_H
#define SBXDECK_API_BASE_HASH_INDEX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// Of this run: another one in the next.
uint64_t keyed_hash(const void *bytes, size_t length);
uint64_t keyed_hash_text(const char *text);

enum { HASH_INDEX_NONE = UINT32_MAX };

// All zero is an empty one, which owns no memory yet.
struct hash_index {
    struct hash_slot *slots;
    size_t slot_count; // a power of two
    size_t used;
};

void hash_index_free(struct hash_index *index);

// Whether that number stands for key.
typedef bool hash_index_is(const void *ctx, uint32_t number, const void *key);

// HASH_INDEX_NONE: not there.
uint32_t hash_index_find(const struct hash_index *index, uint64_t hash, hash_index_is *is, const void *ctx,
                         const void *key);
// For what is not there yet; number is below HASH_INDEX_NONE. False: out of memory.
__attribute__((warn_unused_result)) bool hash_index_add(struct hash_index *index, uint64_t hash,
                                                        uint32_t number);
// Of the hash under which it was added; nothing happens when it is not there.
void hash_index_remove(struct hash_index *index, uint64_t hash, uint32_t number);

#endif
