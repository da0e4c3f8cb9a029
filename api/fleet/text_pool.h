// SPDX-License-Identifier: Apache-2.0
//
// text_pool: Texts that many rows share, each kept once and counted: a template's name, a state's.

#ifndef SBXDECK_API_FLEET_TEXT_POOL_H
#define SBXDECK_API_FLEET_TEXT_POOL_H

#include "api/base/hash_index.h"

// All zero is an empty one.
struct text_pool {
    struct hash_index index;
    struct pool_text **texts;
    size_t count, capacity; // of texts, the free ones too
    uint32_t free_first;    // + 1; 0 none
};

void text_pool_free(struct text_pool *pool); // and all texts that it has given out

// That text, until it is dropped as often as it was taken. NULL: out of memory. "" costs nothing.
const char *text_pool_take(struct text_pool *pool, const char *text);
void text_pool_drop(struct text_pool *pool, const char *text); // one that was taken

#endif
