// SPDX-License-Identifier: Apache-2.0
//
// revalidation: rounds, sleeps and steps of the clock, on clocks that the test drives.

#include "api/expiry/revalidation.h"

#include <criterion/criterion.h>

#define MINUTE INT64_C(60000)
#define HOUR   (60 * MINUTE)

static struct revalidation revalidation;
static struct revalidation_clocks now;
static int64_t span;

static void begin(void)
{
    now = (struct revalidation_clocks){
        .awake = 5000, .running = 9000, .wall = 1000 * HOUR, .server = 1000 * HOUR};
    revalidation = (struct revalidation){.interval_ms = 5 * MINUTE};
    cr_assert_eq(revalidation_check(&revalidation, &now, &span), REVALIDATION_SAME);
}

TestSuite(revalidation, .init = begin);

static void pass(int64_t awake, int64_t asleep, int64_t step)
{
    now.awake += awake;
    now.running += awake + asleep;
    now.server += awake + asleep;
    now.wall += awake + asleep + step;
}

Test(revalidation, in_quiet_times_what_is_older_than_the_interval_is_due)
{
    for (int i = 0; i < 100; i++) {
        pass(5000, 0, 0);
        cr_expect_eq(revalidation_check(&revalidation, &now, &span), REVALIDATION_SAME);
        cr_expect_eq(revalidation_due(&revalidation, &now), now.server - 5 * MINUTE);
    }
}

Test(revalidation, a_sleep_makes_all_of_them_due_once)
{
    pass(1000, 125 * MINUTE, 0);
    cr_expect_eq(revalidation_check(&revalidation, &now, &span), REVALIDATION_SLEPT);
    cr_expect_eq(span, 125 * MINUTE);
    int64_t woke = now.server;
    cr_expect_eq(revalidation_due(&revalidation, &now), woke);
    pass(1000, 0, 0);
    cr_expect_eq(revalidation_check(&revalidation, &now, &span), REVALIDATION_SAME);
    cr_expect_eq(revalidation_due(&revalidation, &now), woke); // what was asked since is not due again
}

Test(revalidation, a_short_sleep_and_a_small_step_are_none)
{
    pass(1000, REVALIDATION_SLEPT_MS - 1, REVALIDATION_SET_MS - 1);
    cr_expect_eq(revalidation_check(&revalidation, &now, &span), REVALIDATION_SAME);
}

Test(revalidation, a_step_of_a_day_either_way_asks_again)
{
    pass(1000, 0, 24 * HOUR);
    cr_expect_eq(revalidation_check(&revalidation, &now, &span), REVALIDATION_CLOCK_SET);
    cr_expect_eq(span, 24 * HOUR);
    pass(1000, 0, -24 * HOUR);
    cr_expect_eq(revalidation_check(&revalidation, &now, &span), REVALIDATION_CLOCK_SET);
    cr_expect_eq(span, 24 * HOUR);
    cr_expect_eq(revalidation_due(&revalidation, &now), now.server);
}

Test(revalidation, without_an_interval_only_a_sleep_asks)
{
    revalidation.interval_ms = 0;
    pass(HOUR, 0, 0);
    cr_expect_eq(revalidation_check(&revalidation, &now, &span), REVALIDATION_SAME);
    cr_expect_eq(revalidation_due(&revalidation, &now), 0);
    pass(0, HOUR, 0);
    cr_expect_eq(revalidation_check(&revalidation, &now, &span), REVALIDATION_SLEPT);
    cr_expect_eq(revalidation_due(&revalidation, &now), now.server);
}

Test(revalidation, rounds_keep_their_distance)
{
    revalidation_began(&revalidation, &now, 40);
    pass(HOUR, 0, 0);
    cr_expect_eq(revalidation_due(&revalidation, &now), 0); // under way
    revalidation_done(&revalidation, &now, true);
    cr_expect_neq(revalidation_due(&revalidation, &now), 0);
    revalidation_began(&revalidation, &now, 0);
    pass(REVALIDATION_ROUND_MS - 1, 0, 0);
    cr_expect_eq(revalidation_due(&revalidation, &now), 0);
    pass(1, 0, 0);
    cr_expect_neq(revalidation_due(&revalidation, &now), 0);
}

Test(revalidation, a_failing_server_is_asked_ever_more_rarely_and_a_sleep_ends_that)
{
    int64_t waits[8];
    for (int i = 0; i < 8; i++) {
        revalidation_began(&revalidation, &now, 1);
        revalidation_done(&revalidation, &now, false);
        int64_t from = now.running;
        while (revalidation_due(&revalidation, &now) == 0)
            pass(1000, 0, 0);
        waits[i] = now.running - from;
    }
    cr_expect_eq(waits[0], REVALIDATION_FAILED_MS);
    cr_expect_eq(waits[1], 2 * REVALIDATION_FAILED_MS);
    cr_expect_eq(waits[7], REVALIDATION_FAILED_MAX_MS);
    revalidation_began(&revalidation, &now, 1);
    revalidation_done(&revalidation, &now, false);
    pass(0, HOUR, 0);
    (void)revalidation_check(&revalidation, &now, &span);
    cr_expect_eq(revalidation_due(&revalidation, &now), now.server);
}
