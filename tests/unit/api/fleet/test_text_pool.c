// SPDX-License-Identifier: Apache-2.0
//
// text_pool: each text is there once, for as long as somebody holds it.

#include "api/fleet/text_pool.h"

#include <criterion/criterion.h>
#include <sodium.h>
#include <stdio.h>

static struct text_pool pool;

static void begin(void)
{
    cr_assert_geq(sodium_init(), 0);
}

static void end(void)
{
    text_pool_free(&pool);
}

TestSuite(text_pool, .init = begin, .fini = end);

Test(text_pool, equal_texts_are_one)
{
    char copy[] = "running";
    const char *one = text_pool_take(&pool, "running"), *other = text_pool_take(&pool, copy);
    cr_assert_not_null(one);
    cr_expect_eq(one, other);
    cr_expect_neq(one, copy);
    cr_expect_neq(text_pool_take(&pool, "runnin"), one);
    text_pool_drop(&pool, one);
    cr_expect_str_eq(other, "running", "one still holds it");
    text_pool_drop(&pool, other);
    cr_expect_eq(pool.index.used, 1);
    cr_expect_str_eq(text_pool_take(&pool, "running"), "running");
}

Test(text_pool, no_text_costs_nothing)
{
    text_pool_drop(&pool, text_pool_take(&pool, ""));
    cr_expect_eq(pool.capacity, 0);
}

Test(text_pool, what_nobody_holds_makes_room)
{
    enum { TEXTS = 500 };
    const char *held[TEXTS];
    char text[32];
    for (size_t round = 0; round < 20; round++) {
        for (size_t i = 0; i < TEXTS; i++) {
            (void)snprintf(text, sizeof text, "pod-%zu-%zu", round, i);
            held[i] = text_pool_take(&pool, text);
            cr_assert_str_eq(held[i], text);
        }
        cr_assert_eq(pool.index.used, TEXTS);
        for (size_t i = 0; i < TEXTS; i++)
            text_pool_drop(&pool, held[(i * 7) % TEXTS]);
        cr_assert_eq(pool.index.used, 0);
    }
    cr_expect_eq(pool.count, TEXTS, "the places are used again");
}
