// SPDX-License-Identifier: Apache-2.0
//
// hash: hash functions for the terminal's tables. Not keyed: each table that takes its contents from a
// program has a cap, so that the worst that chosen contents can do is known.

#ifndef SBXDECK_TUI_BASE_HASH_H
#define SBXDECK_TUI_BASE_HASH_H

#include <stddef.h>
#include <stdint.h>

// FNV-1a.
static inline size_t hash_text(const char *text)
{
    uint64_t hash = UINT64_C(14695981039346656037);
    for (; *text != '\0'; text++)
        hash = (hash ^ (unsigned char)*text) * UINT64_C(1099511628211);
    return (size_t)(hash ^ hash >> 32);
}

// Of a few fields packed into two words: two multiplications, not one a byte.
static inline size_t hash_words(uint64_t one, uint64_t other)
{
    uint64_t hash = one * UINT64_C(0x9e3779b97f4a7c15) ^ (other + 0x7f4a7c15u) * UINT64_C(0xc2b2ae3d27d4eb4f);
    return (size_t)(hash ^ hash >> 29 ^ hash >> 47);
}

#endif
