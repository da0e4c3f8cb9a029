// SPDX-License-Identifier: Apache-2.0
//
// recheck: rounds, sleeps and steps of the clock, on clocks that the test drives.

#include "api/expiry/revalidation.h"

#include <criterion/criterion.h>

#define MINUTE INT64_C(60000)
#define HOUR   (60 * MINUTE)

static struct recheck recheck;
static struct recheck_clocks now;
static int64_t span;

static void begin(void)
{
    now = (struct recheck_clocks){.awake = 5000, .running = 9000, .wall = 1000 * HOUR, .server = 1000 * HOUR};
    recheck = (struct recheck){.interval_ms = 5 * MINUTE};
    cr_assert_eq(recheck_look(&recheck, &now, &span), RECHECK_SAME);
}

TestSuite(recheck, .init = begin);

static void pass(int64_t awake, int64_t asleep, int64_t step)
{
    now.awake += awake;
    now.running += awake + asleep;
    now.server += awake + asleep;
    now.wall += awake + asleep + step;
}

Test(recheck, in_quiet_times_what_is_older_than_the_interval_is_due)
{
    for (int i = 0; i < 100; i++) {
        pass(5000, 0, 0);
        cr_expect_eq(recheck_look(&recheck, &now, &span), RECHECK_SAME);
        cr_expect_eq(recheck_due(&recheck, &now), now.server - 5 * MINUTE);
    }
}

Test(recheck, a_sleep_makes_all_of_them_due_once)
{
    pass(1000, 125 * MINUTE, 0);
    cr_expect_eq(recheck_look(&recheck, &now, &span), RECHECK_SLEPT);
    cr_expect_eq(span, 125 * MINUTE);
    int64_t woke = now.server;
    cr_expect_eq(recheck_due(&recheck, &now), woke);
    pass(1000, 0, 0);
    cr_expect_eq(recheck_look(&recheck, &now, &span), RECHECK_SAME);
    cr_expect_eq(recheck_due(&recheck, &now), woke); // what was asked since is not due again
}

Test(recheck, a_short_sleep_and_a_small_step_are_none)
{
    pass(1000, RECHECK_SLEPT_MS - 1, RECHECK_SET_MS - 1);
    cr_expect_eq(recheck_look(&recheck, &now, &span), RECHECK_SAME);
}

Test(recheck, a_step_of_a_day_either_way_asks_again)
{
    pass(1000, 0, 24 * HOUR);
    cr_expect_eq(recheck_look(&recheck, &now, &span), RECHECK_CLOCK_SET);
    cr_expect_eq(span, 24 * HOUR);
    pass(1000, 0, -24 * HOUR);
    cr_expect_eq(recheck_look(&recheck, &now, &span), RECHECK_CLOCK_SET);
    cr_expect_eq(span, 24 * HOUR);
    cr_expect_eq(recheck_due(&recheck, &now), now.server);
}

Test(recheck, without_an_interval_only_a_sleep_asks)
{
    recheck.interval_ms = 0;
    pass(HOUR, 0, 0);
    cr_expect_eq(recheck_look(&recheck, &now, &span), RECHECK_SAME);
    cr_expect_eq(recheck_due(&recheck, &now), 0);
    pass(0, HOUR, 0);
    cr_expect_eq(recheck_look(&recheck, &now, &span), RECHECK_SLEPT);
    cr_expect_eq(recheck_due(&recheck, &now), now.server);
}

Test(recheck, rounds_keep_their_distance)
{
    recheck_began(&recheck, &now, 40);
    pass(HOUR, 0, 0);
    cr_expect_eq(recheck_due(&recheck, &now), 0); // under way
    recheck_done(&recheck, &now, true);
    cr_expect_neq(recheck_due(&recheck, &now), 0);
    recheck_began(&recheck, &now, 0);
    pass(RECHECK_ROUND_MS - 1, 0, 0);
    cr_expect_eq(recheck_due(&recheck, &now), 0);
    pass(1, 0, 0);
    cr_expect_neq(recheck_due(&recheck, &now), 0);
}

Test(recheck, a_failing_server_is_asked_ever_more_rarely_and_a_sleep_ends_that)
{
    int64_t waits[8];
    for (int i = 0; i < 8; i++) {
        recheck_began(&recheck, &now, 1);
        recheck_done(&recheck, &now, false);
        int64_t from = now.running;
        while (recheck_due(&recheck, &now) == 0)
            pass(1000, 0, 0);
        waits[i] = now.running - from;
    }
    cr_expect_eq(waits[0], RECHECK_FAILED_MS);
    cr_expect_eq(waits[1], 2 * RECHECK_FAILED_MS);
    cr_expect_eq(waits[7], RECHECK_FAILED_MAX_MS);
    recheck_began(&recheck, &now, 1);
    recheck_done(&recheck, &now, false);
    pass(0, HOUR, 0);
    (void)recheck_look(&recheck, &now, &span);
    cr_expect_eq(recheck_due(&recheck, &now), now.server);
}
