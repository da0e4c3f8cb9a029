// SPDX-License-Identifier: Apache-2.0
//
// token_bucket: lets through what a minute allows, whatever the clock does.

#include "api/base/token_bucket.h"

#include <criterion/criterion.h>

TestSuite(token_bucket);

enum { START = 1000000, MINUTE = 60000 };

static int64_t wait_ms;

static int taken(struct token_bucket *bucket, int per_minute, int64_t now, int tries)
{
    int count = 0;
    for (int i = 0; i < tries; i++)
        count += token_bucket_take(bucket, per_minute, now, &wait_ms) ? 1 : 0;
    return count;
}

Test(token_bucket, gives_all_of_a_minute_at_once_and_then_says_when_the_next_comes)
{
    struct token_bucket bucket = {0};
    cr_expect_eq(taken(&bucket, 3, START, 5), 3);
    cr_expect(wait_ms > 19000 && wait_ms <= 20001, "%lld", (long long)wait_ms);
    int64_t at = START + wait_ms;
    cr_expect_eq(taken(&bucket, 3, START + wait_ms - 100, 5), 0);
    cr_expect_eq(taken(&bucket, 3, at, 5), 1);
    cr_expect_eq(taken(&bucket, 3, at + MINUTE + 1, 5), 3, "it holds no more than a minute's");
}

Test(token_bucket, what_comes_little_by_little_is_not_lost)
{
    struct token_bucket bucket = {0};
    int count = taken(&bucket, 3, START, 3);
    for (int64_t now = START; now <= START + 10 * MINUTE + 7; now += 7)
        count += taken(&bucket, 3, now, 1);
    cr_expect_eq(count, 3 + 10 * 3, "%d", count);
}

Test(token_bucket, zero_gives_none_ever)
{
    struct token_bucket bucket = {0};
    cr_expect_eq(taken(&bucket, 0, START, 3), 0);
    cr_expect_eq(wait_ms, -1);
}

Test(token_bucket, a_clock_that_jumps_neither_fills_it_nor_closes_it_for_good)
{
    struct token_bucket bucket = {0};
    cr_expect_eq(taken(&bucket, 3, START + 1000 * MINUTE, 3), 3);
    cr_expect_eq(taken(&bucket, 3, START, 3), 0, "set back: nothing is refilled");
    cr_expect(wait_ms <= MINUTE, "%lld", (long long)wait_ms);
    cr_expect_eq(taken(&bucket, 3, START + MINUTE, 5), 3);
}

Test(token_bucket, a_limit_that_was_lowered_counts_at_once)
{
    struct token_bucket bucket = {0};
    cr_expect_eq(taken(&bucket, 60, START, 1), 1);
    cr_expect_eq(taken(&bucket, 2, START + 1, 5), 2);
}

Test(token_bucket, numbers_that_somebody_put_there_do_no_harm)
{
    struct token_bucket bucket = {.level = INT64_MAX / 2, .at = START};
    cr_expect_eq(taken(&bucket, 3, START, 5), 3);
    bucket = (struct token_bucket){.level = -1000000, .at = START};
    cr_expect_eq(taken(&bucket, 3, START, 1), 0);
    cr_expect(wait_ms > 0 && wait_ms <= MINUTE);
}
