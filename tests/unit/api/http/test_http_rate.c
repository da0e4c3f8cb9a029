// SPDX-License-Identifier: Apache-2.0
//
// http_rate: the counts of a minute, who may go when, and what a 429 does to what nobody asked for.

#include "api/http/http_rate.h"

#include <criterion/criterion.h>

enum { START = 5000000 };

static struct http_rate rate;

static void send_some(enum http_urgency urgency, int count, int64_t at)
{
    for (int i = 0; i < count; i++)
        http_rate_sent(&rate, urgency, at);
}

Test(http_rate_pure, each_urgency_has_its_bound)
{
    http_rate_begin(&rate, 1000, 25);
    cr_expect_eq(http_rate_share(&rate, START), 250);
    send_some(HTTP_SWEEP, 199, START);
    cr_expect_eq(http_rate_free_at(&rate, HTTP_SWEEP, START), 0);
    send_some(HTTP_SWEEP, 1, START);
    cr_expect_gt(http_rate_free_at(&rate, HTTP_SWEEP, START), START);
    cr_expect_eq(http_rate_free_at(&rate, HTTP_BACKGROUND, START), 0, "a part is kept for what is looked at");
    send_some(HTTP_BACKGROUND, 50, START);
    cr_expect_gt(http_rate_free_at(&rate, HTTP_BACKGROUND, START), START);
    cr_expect_eq(http_rate_free_at(&rate, HTTP_PERSON, START), 0);
    send_some(HTTP_PERSON, 999, START);
    cr_expect_eq(http_rate_free_at(&rate, HTTP_PERSON, START), 0);
    send_some(HTTP_PERSON, 1, START);
    cr_expect_gt(http_rate_free_at(&rate, HTTP_PERSON, START), START);
}

Test(http_rate_pure, a_minute_later_there_is_room_again)
{
    http_rate_begin(&rate, 100, 10);
    send_some(HTTP_BACKGROUND, 4, START);
    send_some(HTTP_BACKGROUND, 6, START + 20000);
    int64_t at = http_rate_free_at(&rate, HTTP_BACKGROUND, START + 20000);
    cr_expect(at > START + 60000 && at <= START + 62000, "%lld", (long long)(at - START));
    cr_expect_gt(http_rate_free_at(&rate, HTTP_BACKGROUND, at - 1), at - 1);
    cr_expect_eq(http_rate_free_at(&rate, HTTP_BACKGROUND, at), 0);
    cr_expect_eq(http_rate_count(&rate, false, at), 6);
    cr_expect_eq(http_rate_count(&rate, false, START + 10000000), 0);
    cr_expect_eq(http_rate_free_at(&rate, HTTP_BACKGROUND, START + 10000000), 0);
}

Test(http_rate_pure, no_minute_has_more_than_the_share)
{
    int64_t sent[1000];
    int count = 0;
    http_rate_begin(&rate, 40, 50);
    for (int64_t now = START; now < START + 400000 && count < 1000; now += 37) {
        if (http_rate_free_at(&rate, HTTP_BACKGROUND, now) != 0)
            continue;
        http_rate_sent(&rate, HTTP_BACKGROUND, now);
        sent[count++] = now;
    }
    cr_expect_geq(count, 100, "%d", count);
    for (int i = 20; i < count; i++)
        cr_expect_geq(sent[i] - sent[i - 20], 60000, "%d", i);
}

Test(http_rate_pure, what_a_person_uses_up_is_not_there_for_anybody_else)
{
    http_rate_begin(&rate, 100, 25);
    send_some(HTTP_PERSON, 90, START);
    send_some(HTTP_BACKGROUND, 10, START);
    cr_expect_gt(http_rate_free_at(&rate, HTTP_BACKGROUND, START), START);
    cr_expect_eq(http_rate_free_at(&rate, HTTP_PERSON, START), 0);
}

Test(http_rate_pure, a_429_halves_the_share_until_it_comes_back)
{
    http_rate_begin(&rate, 1000, 25);
    http_rate_refused(&rate, HTTP_BACKGROUND, START, 7);
    cr_expect_eq(http_rate_hold_until(&rate, HTTP_BACKGROUND), START + 7000);
    cr_expect_eq(http_rate_hold_until(&rate, HTTP_SWEEP), START + 7000);
    cr_expect_leq(http_rate_hold_until(&rate, HTTP_PERSON), START);
    cr_expect_eq(http_rate_share(&rate, START), 125);
    http_rate_refused(&rate, HTTP_BACKGROUND, START + 10, 0); // of the same burst
    cr_expect_eq(http_rate_share(&rate, START + 10), 125);
    cr_expect_eq(http_rate_share(&rate, START + 100000), 250);
    cr_expect_eq(http_rate_hold_until(&rate, HTTP_BACKGROUND), START + 7000, "the server said so");
    for (int i = 0; i < 20; i++)
        http_rate_refused(&rate, HTTP_BACKGROUND, START + 200000 + i * 6000, 1);
    cr_expect_geq(http_rate_share(&rate, START + 320000), 12, "it never ends");
}

Test(http_rate_pure, a_persons_429_holds_back_all)
{
    http_rate_begin(&rate, 0, 0);
    http_rate_refused(&rate, HTTP_PERSON, START, 3);
    cr_expect_eq(http_rate_hold_until(&rate, HTTP_PERSON), START + 3000);
    cr_expect_eq(http_rate_hold_until(&rate, HTTP_SWEEP), START + 3000);
}

// Asked each second, a server that says no more than 429 would never be left alone.
Test(http_rate_pure, where_the_server_does_not_say_how_long_each_wait_is_longer)
{
    static const int seconds[] = {1, 2, 4, 8, 16, 16, 16};
    int64_t now = START;
    http_rate_begin(&rate, 0, 0);
    cr_expect_not(http_rate_is_held(&rate, now));
    for (size_t i = 0; i < sizeof seconds / sizeof seconds[0]; i++) {
        http_rate_refused(&rate, HTTP_BACKGROUND, now, 0);
        http_rate_refused(&rate, HTTP_SWEEP, now + 20, 0); // of the same burst
        cr_expect_eq(http_rate_hold_until(&rate, HTTP_BACKGROUND), now + seconds[i] * 1000, "%zu", i);
        now += seconds[i] * 1000;
        cr_expect(http_rate_is_held(&rate, now), "until something is served");
    }
    http_rate_served(&rate, HTTP_BACKGROUND);
    cr_expect_not(http_rate_is_held(&rate, now));
    http_rate_refused(&rate, HTTP_BACKGROUND, now, 0);
    cr_expect_eq(http_rate_hold_until(&rate, HTTP_BACKGROUND), now + 1000);
}

// Else a wrong header would keep a person out for an hour, although the server answers again.
Test(http_rate_pure, a_person_is_held_no_longer_than_the_quotas_minute)
{
    http_rate_begin(&rate, 0, 0);
    http_rate_refused(&rate, HTTP_PERSON, START, 3600);
    cr_expect_eq(http_rate_hold_until(&rate, HTTP_PERSON), START + 60000);
    http_rate_refused(&rate, HTTP_BACKGROUND, START, 3600);
    cr_expect_eq(http_rate_hold_until(&rate, HTTP_BACKGROUND), START + 3600000);
}

// A small fleet's refresh each 5 s has room in what is left, so that it goes on as soon as it is served.
Test(http_rate_pure, what_is_left_after_many_refusals_is_enough_for_a_small_fleet)
{
    http_rate_begin(&rate, 1000, 25);
    int64_t now = START;
    for (int i = 0; i < 12; i++)
        http_rate_sent(&rate, HTTP_BACKGROUND, now += 5000);
    for (int i = 0; i < 8; i++) {
        http_rate_sent(&rate, HTTP_BACKGROUND, now);
        http_rate_refused(&rate, HTTP_BACKGROUND, now, 0);
        now = http_rate_hold_until(&rate, HTTP_BACKGROUND);
        cr_expect_eq(http_rate_free_at(&rate, HTTP_BACKGROUND, now), 0, "%d", i);
    }
}

Test(http_rate_pure, the_smallest_quota_still_lets_one_go)
{
    http_rate_begin(&rate, 1, 1);
    for (enum http_urgency urgency = 0; urgency < HTTP_URGENCIES; urgency++)
        cr_expect_eq(http_rate_free_at(&rate, urgency, START), 0);
    send_some(HTTP_SWEEP, 1, START);
    cr_expect_gt(http_rate_free_at(&rate, HTTP_SWEEP, START), START);
    cr_expect_eq(http_rate_free_at(&rate, HTTP_PERSON, START), 0);
}
