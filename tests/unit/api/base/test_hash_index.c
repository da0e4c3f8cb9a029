// SPDX-License-Identifier: Apache-2.0
//
// hash_index: what is added is found until it is removed, also among hashes that are alike.

#include "api/base/hash_index.h"

#include <criterion/criterion.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>

static void begin(void)
{
    cr_assert_geq(sodium_init(), 0);
}

TestSuite(hash_index, .init = begin);

enum { THINGS = 3000 };

// A thing stands for itself.
static bool is_number(const void *ctx, uint32_t number, const void *key)
{
    (void)ctx;
    return number == *(const uint32_t *)key;
}

static bool is_there(const struct hash_index *index, uint64_t hash, uint32_t number)
{
    return hash_index_find(index, hash, is_number, NULL, &number) == number;
}

// The same numbers each time.
static unsigned random_below(unsigned most)
{
    static unsigned state = 5;
    state = state * 1664525U + 1013904223U;
    return (state >> 16) % most;
}

// Whatever the hashes: good ones, few different ones, one alone.
static void add_and_remove(uint64_t hashes)
{
    static bool there[THINGS];
    struct hash_index index = {0};
    size_t count = 0;
    memset(there, 0, sizeof there);
    for (size_t step = 0; step < 20000; step++) {
        const uint32_t number = random_below(THINGS);
        const uint64_t hash = keyed_hash(&number, sizeof number) % hashes;
        cr_assert_eq(is_there(&index, hash, number), there[number]);
        if (there[number])
            hash_index_remove(&index, hash, number);
        else
            cr_assert(hash_index_add(&index, hash, number));
        count += there[number] ? (size_t)-1 : 1;
        there[number] = !there[number];
        cr_assert_eq(index.used, count);
    }
    for (uint32_t number = 0; number < THINGS; number++)
        cr_assert_eq(is_there(&index, keyed_hash(&number, sizeof number) % hashes, number), there[number]);
    hash_index_free(&index);
}

Test(hash_index, what_is_added_is_found_until_it_is_removed)
{
    add_and_remove(UINT64_MAX);
    add_and_remove(97);
    add_and_remove(1);
}

Test(hash_index, an_empty_one_has_nothing)
{
    struct hash_index index = {0};
    cr_expect_not(is_there(&index, 1, 1));
    hash_index_remove(&index, 1, 1);
    cr_expect_not(hash_index_add(&index, 1, HASH_INDEX_NONE), "a number that says that there is none");
    cr_expect(hash_index_add(&index, 1, 0));
    hash_index_remove(&index, 2, 0);
    cr_expect(is_there(&index, 1, 0), "under another hash it is not there");
    hash_index_free(&index);
    cr_expect_not(is_there(&index, 1, 0));
}

Test(hash_index, a_hash_is_of_all_bytes)
{
    cr_expect_eq(keyed_hash_text("sbx-a"), keyed_hash("sbx-a", 5));
    cr_expect_neq(keyed_hash("sbx-a", 5), keyed_hash("sbx-a", 4));
    cr_expect_neq(keyed_hash("a\0b", 3), keyed_hash("a\0c", 3));
}
