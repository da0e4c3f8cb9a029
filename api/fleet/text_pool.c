// SPDX-License-Identifier: Apache-2.0
//
// text_pool: Keep each text once, with the number of those who hold it in front of it.

#include "api/fleet/text_pool.h"

#include <stdlib.h>
#include <string.h>

struct pool_text {
    uint32_t holders;
    uint32_t number; // its own; of a free one the next free one + 1, 0 none: it is then only this head
    char text[];
};

void text_pool_free(struct text_pool *pool)
{
    for (size_t i = 0; i < pool->count; i++)
        free(pool->texts[i]);
    free(pool->texts);
    hash_index_free(&pool->index);
    *pool = (struct text_pool){0};
}

static bool is_text(const void *ctx, uint32_t number, const void *key)
{
    const struct text_pool *pool = ctx;
    return strcmp(pool->texts[number]->text, key) == 0;
}

static bool make_room(struct text_pool *pool)
{
    const size_t capacity = pool->capacity > 0 ? 2 * pool->capacity : 16;
    if (pool->count < pool->capacity)
        return true;
    struct pool_text **texts = reallocarray(pool->texts, capacity, sizeof(struct pool_text *));
    if (texts == NULL)
        return false;
    pool->texts = texts;
    pool->capacity = capacity;
    return true;
}

static const char *add(struct text_pool *pool, const char *text, uint64_t hash)
{
    const size_t size = strlen(text) + 1;
    // The numbers of texts that have gone are taken first; their places hold no text.
    if (pool->free_first == 0 && (!make_room(pool) || pool->count >= HASH_INDEX_NONE))
        return NULL;
    struct pool_text *one = malloc(sizeof *one + size);
    const uint32_t number = pool->free_first > 0 ? pool->free_first - 1 : (uint32_t)pool->count;
    if (one == NULL || !hash_index_add(&pool->index, hash, number)) {
        free(one);
        return NULL;
    }
    if (pool->free_first > 0) {
        pool->free_first = pool->texts[number]->number;
        free(pool->texts[number]);
    } else {
        pool->count++;
    }
    one->holders = 1;
    one->number = number;
    memcpy(one->text, text, size);
    pool->texts[number] = one;
    return one->text;
}

const char *text_pool_take(struct text_pool *pool, const char *text)
{
    if (text[0] == '\0')
        return "";
    const uint64_t hash = keyed_hash_text(text);
    const uint32_t number = hash_index_find(&pool->index, hash, is_text, pool, text);
    if (number == HASH_INDEX_NONE)
        return add(pool, text, hash);
    pool->texts[number]->holders++;
    return pool->texts[number]->text;
}

void text_pool_drop(struct text_pool *pool, const char *text)
{
    if (text[0] == '\0')
        return;
    struct pool_text *one = (struct pool_text *)(uintptr_t)(text - offsetof(struct pool_text, text));
    if (--one->holders > 0)
        return;
    const uint32_t number = one->number;
    hash_index_remove(&pool->index, keyed_hash_text(text), number);
    // Shrunk to its head, it stands for the free number.
    struct pool_text *head = realloc(one, sizeof *head);
    if (head == NULL)
        head = one;
    head->number = pool->free_first;
    pool->texts[number] = head;
    pool->free_first = number + 1;
}
