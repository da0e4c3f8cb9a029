// SPDX-License-Identifier: Apache-2.0
//
// bulk: which is begun when, and what becomes of each, on a clock that the test drives.

#include "views/actions/bulk_view.h"
#include "views/bulk/bulk.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

static const struct failure ok = {.status = STATUS_OK};
static const struct failure failed = {.status = STATUS_SERVER_ERROR};
static const struct failure limited = {.status = STATUS_RATE_LIMITED, .retry_after_s = 20};
static const struct failure lost = {.status = STATUS_OUTCOME_UNKNOWN, .maybe_done = true};

static struct bulk *bulk;
static struct bulk_counts counts;

static void begin_with(int count, int parallel)
{
    char id[ID_CAP];
    bulk = bulk_new(BULK_CREATE, parallel);
    for (int i = 0; i < count; i++) {
        (void)snprintf(id, sizeof id, "sbx-%d", i);
        bulk_add(bulk, id, "");
    }
}

static void end(void)
{
    bulk_free(bulk);
    bulk = NULL;
}

TestSuite(bulk, .fini = end);

static size_t take(int64_t now)
{
    size_t index = 0;
    cr_assert(bulk_take(bulk, now, &index), "none at %lld", (long long)now);
    return index;
}

static void expect_none(int64_t now)
{
    size_t index = 0;
    cr_expect_not(bulk_take(bulk, now, &index), "%zu at %lld", index, (long long)now);
}

Test(bulk, so_many_at_a_time_and_each_once)
{
    begin_with(5, 2);
    cr_expect_eq(take(1000), 0);
    cr_expect_eq(take(1000), 1);
    expect_none(1000);
    bulk_end(bulk, 1, &ok, "valid", 1100);
    cr_expect_eq(take(1100), 2);
    expect_none(1100);
    bulk_end(bulk, 0, &failed, "", 1200);
    bulk_end(bulk, 2, &ok, "", 1200);
    cr_expect_eq(take(1200), 3);
    cr_expect_eq(take(1200), 4);
    bulk_end(bulk, 3, &ok, "", 1300);
    cr_expect_not(bulk_is_over(bulk));
    bulk_end(bulk, 4, &lost, "", 1400);
    cr_expect(bulk_is_over(bulk));
    bulk_count(bulk, &counts);
    cr_expect(counts.total == 5 && counts.done == 3 && counts.failed == 1 && counts.unknown == 1);
    cr_expect_eq(bulk_elapsed_ms(bulk, 9000), 400, "the clock stops at the end");
    cr_expect_str_eq(bulk_item(bulk, 1)->result, "valid");
}

Test(bulk, what_failed_is_tried_again_and_what_is_unknown_is_not)
{
    begin_with(4, 4);
    for (int i = 0; i < 4; i++)
        (void)take(1000);
    bulk_end(bulk, 0, &ok, "", 1100);
    bulk_end(bulk, 1, &lost, "", 1100);
    bulk_end(bulk, 2, &failed, "", 1100);
    bulk_end(bulk, 3, &failed, "", 1100);
    cr_expect_eq(bulk_again(bulk, 2000), 2);
    cr_expect_eq(take(2000), 2);
    cr_expect_eq(take(2000), 3);
    expect_none(2000);
    cr_expect_eq(bulk_left_ms(bulk, 2500), -1, "nothing of this go is over yet");
    bulk_end(bulk, 2, &ok, "", 3000);
    cr_expect_eq(bulk_left_ms(bulk, 3000), 1000);
    bulk_end(bulk, 3, &ok, "", 3500);
    cr_expect(bulk_is_over(bulk));
    cr_expect_eq(bulk_again(bulk, 4000), 0, "an unknown outcome is never asked for again");
    bulk_count(bulk, &counts);
    cr_expect(counts.done == 3 && counts.unknown == 1 && counts.failed == 0);
}

Test(bulk, a_rate_limit_holds_all_until_it_may_be_asked_again)
{
    begin_with(3, 2);
    (void)take(1000);
    (void)take(1000);
    bulk_end(bulk, 0, &limited, "", 2000);
    expect_none(2000);
    cr_expect_eq(bulk_paused_ms(bulk, 2000), 20000);
    bulk_end(bulk, 1, &ok, "", 3000);
    expect_none(21999);
    cr_expect_eq(bulk_paused_ms(bulk, 21999), 1);
    cr_expect_eq(take(22000), 0, "the one that was refused comes first");
    cr_expect_eq(take(22000), 2);
    // Without a time the server's minute is waited for.
    struct failure untold = limited;
    untold.retry_after_s = 0;
    bulk_end(bulk, 0, &untold, "", 22000);
    cr_expect_eq(bulk_paused_ms(bulk, 22000), 60000);
}

Test(bulk, cancelled_begins_no_more_and_lets_the_rest_end)
{
    begin_with(5, 2);
    (void)take(1000);
    (void)take(1000);
    bulk_cancel(bulk, 1500);
    expect_none(1500);
    cr_expect_not(bulk_is_over(bulk));
    bulk_end(bulk, 0, &ok, "", 1600);
    bulk_end(bulk, 1, &limited, "", 1700); // it would wait, but no more is begun
    cr_expect(bulk_is_over(bulk));
    bulk_count(bulk, &counts);
    cr_expect(counts.done == 1 && counts.cancelled == 4 && counts.waiting == 0);
    cr_expect_eq(bulk_again(bulk, 2000), 4);
    cr_expect_eq(take(2000), 1);
}

Test(bulk, what_is_tried_again_in_a_pause_waits_for_its_end)
{
    begin_with(2, 1);
    (void)take(1000);
    bulk_end(bulk, 0, &limited, "", 1000);
    bulk_cancel(bulk, 2000);
    cr_expect_eq(bulk_paused_ms(bulk, 2000), 0, "nothing waits");
    cr_expect_eq(bulk_again(bulk, 3000), 2);
    expect_none(20999);
    cr_expect_eq(bulk_paused_ms(bulk, 3000), 18000);
    cr_expect_eq(take(21000), 0);
}

Test(bulk, cancelled_before_anything_is_over_at_once)
{
    begin_with(2, 2);
    bulk_cancel(bulk, 1500);
    cr_expect(bulk_is_over(bulk));
    cr_expect_eq(bulk_elapsed_ms(bulk, 5000), 0);
}

Test(bulk, progress_is_told_in_words)
{
    char text[128];
    begin_with(4, 2);
    (void)take(1000);
    bulk_end(bulk, 0, &failed, "", 3000);
    cr_expect_str_eq(bulk_view_progress(bulk, text, sizeof text), "0 created   1 failed   3 left");
    cr_expect_str_eq(bulk_view_time(bulk, 3000, text, sizeof text), "2s so far, about 6s more");
    bulk_cancel(bulk, 3000);
    cr_expect_str_eq(bulk_view_progress(bulk, text, sizeof text),
                     "0 created   1 failed   3 not started   0 left");
    cr_expect_str_eq(bulk_view_time(bulk, 9000, text, sizeof text), "took 2s");
}

Test(bulk, names_those_in_trouble_each_once)
{
    char text[128];
    begin_with(4, 4);
    bulk_add(bulk, "sbx-3", "ssh-2"); // of the same sandbox
    cr_expect_str_eq(bulk_troubled(bulk, 2, text, sizeof text), "");
    for (size_t i = 0; i < 4; i++)
        cr_expect_eq(take(1000), i);
    bulk_end(bulk, 0, &ok, "", 1100);
    cr_expect_eq(take(1100), 4);
    for (size_t i = 1; i < 5; i++)
        bulk_end(bulk, i, i == 2 ? &lost : &failed, "", 1200);
    cr_expect_str_eq(bulk_troubled(bulk, 3, text, sizeof text), "sbx-1, sbx-2, sbx-3");
    cr_expect_str_eq(bulk_troubled(bulk, 2, text, sizeof text), "sbx-1, sbx-2 and 1 more");
    cr_expect_str_eq(bulk_troubled(bulk, 2, text, 9), "sbx-1, s");
    cr_expect_not(bulk_is_undone(bulk_item(bulk, 0)));
    cr_expect(bulk_is_undone(bulk_item(bulk, 1)) && bulk_is_undone(bulk_item(bulk, 2)));
}

Test(bulk, each_verb_counts_what_it_is_done_to)
{
    char text[BULK_COUNTED_CAP];
    cr_expect_str_eq(bulk_counted(BULK_STOP, 1, text), "1 sandbox");
    cr_expect_str_eq(bulk_counted(BULK_REMOVE, 5, text), "5 sandboxes");
    cr_expect_str_eq(bulk_counted(BULK_DELETE, 1, text), "1 credential");
    cr_expect_str_eq(bulk_counted(BULK_FORGET, 2, text), "2 credentials");
}
