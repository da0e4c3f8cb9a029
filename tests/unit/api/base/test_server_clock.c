// SPDX-License-Identifier: Apache-2.0
//
// server_clock: the server's clock through skews, steps, wrong dates and slow answers.

#include "api/base/server_clock.h"
#include "api/base/time_util.h"

#include <criterion/criterion.h>
#include <time.h>

#define WALL INT64_C(1775044800000)

static int64_t wall, monotonic;

static int64_t test_wall(void)
{
    return wall;
}

static int64_t test_monotonic(void)
{
    return monotonic;
}

static void set_clocks(void)
{
    static const struct time_source source = {test_wall, test_monotonic};
    wall = WALL;
    monotonic = 500000;
    time_source_set(&source);
}

static void reset_clocks(void)
{
    time_source_set(NULL);
}

TestSuite(server_clock, .init = set_clocks, .fini = reset_clocks);

static void pass(int64_t ms)
{
    wall += ms;
    monotonic += ms;
}

// An answer whose Date says what the server's clock, so far ahead of ours, shows when it is sent: in the
// middle of the round trip, without the fraction of its second.
static void answer(struct server_clock *clock, int64_t ahead, int64_t round_trip)
{
    int64_t sent = monotonic;
    int64_t date = (wall + ahead + round_trip / 2) / 1000 * 1000;
    pass(round_trip);
    server_clock_observe(clock, date, sent, monotonic);
}

// Several that agree, as it takes to be certain.
static void answers(struct server_clock *clock, int64_t ahead, int64_t round_trip)
{
    for (int i = 0; i < SERVER_CLOCK_AGREEING; i++)
        answer(clock, ahead, round_trip);
}

static void expect_near(const struct server_clock *clock, int64_t ahead, int64_t error)
{
    int64_t offset = server_clock_offset(clock);
    cr_expect(offset >= ahead - error && offset <= ahead + error, "offset %lld, not %lld ± %lld",
              (long long)offset, (long long)ahead, (long long)error);
    cr_expect_eq(server_clock_now(clock), wall + offset);
}

Test(server_clock, is_ours_until_an_answer_came)
{
    struct server_clock clock = {0};
    cr_expect_eq(server_clock_now(&clock), WALL);
    cr_expect_eq(server_clock_offset(&clock), 0);
    pass(1234);
    cr_expect_eq(server_clock_now(&clock), WALL + 1234);
}

Test(server_clock, follows_the_date_header_both_ways)
{
    static const int64_t skews[] = {0, 300000, -300000, 86400000LL * 400, -86400000LL * 400};
    for (size_t i = 0; i < sizeof skews / sizeof skews[0]; i++) {
        for (int64_t phase = 0; phase < 1000; phase += 125) {
            struct server_clock clock = {0};
            wall = WALL + phase;
            answers(&clock, skews[i], 40);
            cr_expect(server_clock_is_confirmed(&clock));
            expect_near(&clock, skews[i], 520);
            pass(3600000);
            expect_near(&clock, skews[i], 520);
        }
    }
}

Test(server_clock, a_step_of_our_clock_does_not_move_it)
{
    struct server_clock clock = {0};
    answers(&clock, 10000, 20);
    int64_t before = server_clock_now(&clock);
    wall += 86400000;
    cr_expect_eq(server_clock_now(&clock), before);
    expect_near(&clock, 10000 - 86400000, 520);
}

Test(server_clock, a_slow_answer_does_not_spoil_a_good_estimate)
{
    struct server_clock clock = {0};
    answers(&clock, 0, 10);
    struct server_clock good = clock;
    for (int i = 0; i < 2 * SERVER_CLOCK_SAMPLES; i++)
        answer(&clock, 0, 8000);
    cr_expect_eq(clock.server_minus_monotonic_ms, good.server_minus_monotonic_ms);
    cr_expect_eq(clock.error_ms, good.error_ms);
}

Test(server_clock, a_fast_answer_betters_a_poor_estimate)
{
    struct server_clock clock = {0};
    int64_t sent = monotonic;
    pass(8000);
    server_clock_observe(&clock, WALL / 1000 * 1000, sent, monotonic); // sent at once, then held up
    cr_expect_geq(clock.error_ms, 4000);
    answer(&clock, 0, 10);
    expect_near(&clock, 0, 505);
}

Test(server_clock, gives_way_when_the_server_was_set_anew)
{
    static const int64_t steps[] = {3600000, -3600000, 86400000};
    for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++) {
        struct server_clock clock = {0};
        answers(&clock, 0, 10);
        answer(&clock, steps[i], 2000); // poorer measurements, but an hour away
        expect_near(&clock, 0, 520);
        answer(&clock, steps[i], 2000);
        expect_near(&clock, 0, 520);
        answer(&clock, steps[i], 2000);
        expect_near(&clock, steps[i], 1500);
        cr_expect(server_clock_is_confirmed(&clock));
    }
}

// Wherever in a run of good answers it comes, also first, and also two of them.
Test(server_clock, wrong_dates_among_good_ones_are_left_out)
{
    static const int64_t wrongs[] = {7200000, -7200000, 86400000LL * 400, -86400000LL * 400, 60000};
    for (size_t i = 0; i < sizeof wrongs / sizeof wrongs[0]; i++) {
        for (int first = 0; first < 6; first++) {
            for (int count = 1; count <= 2; count++) {
                struct server_clock clock = {0};
                for (int at = 0; at < 12; at++) {
                    bool wrong = at >= first && at < first + count;
                    answer(&clock, wrong ? wrongs[i] : 0, 30);
                    cr_expect_leq(server_clock_now(&clock), wall + 520, "it ran ahead");
                    if (at >= SERVER_CLOCK_AGREEING + count || (at >= 1 && first > at))
                        expect_near(&clock, 0, 520);
                    pass(5000);
                }
                cr_expect(server_clock_is_confirmed(&clock));
            }
        }
    }
}

// Ours is right or the server's: a single answer doesn't tell, and so nothing has ended that either of the
// two lets live.
Test(server_clock, one_answer_alone_makes_nothing_expire)
{
    static const int64_t skews[] = {7200000, -7200000, 86400000LL * 400, -86400000LL * 400};
    for (size_t i = 0; i < sizeof skews / sizeof skews[0]; i++) {
        struct server_clock clock = {0};
        for (int count = 1; count < SERVER_CLOCK_AGREEING; count++) {
            answer(&clock, skews[i], 30);
            cr_expect(clock.known);
            cr_expect_not(server_clock_is_confirmed(&clock));
            cr_expect(server_clock_is_in_doubt(&clock));
            expect_near(&clock, skews[i] < 0 ? skews[i] : 0, 520);
        }
        answer(&clock, skews[i], 30);
        cr_expect(server_clock_is_confirmed(&clock));
        cr_expect_not(server_clock_is_in_doubt(&clock));
        expect_near(&clock, skews[i], 520);
    }
}

Test(server_clock, is_in_no_doubt_where_both_clocks_say_the_same)
{
    struct server_clock clock = {0};
    cr_expect_not(server_clock_is_in_doubt(&clock));
    answer(&clock, 30000, 30);
    cr_expect_not(server_clock_is_in_doubt(&clock));
    cr_expect_not(server_clock_is_confirmed(&clock));
}

// One answer that says otherwise is wrong, or the first after the server's clock was set.
Test(server_clock, is_in_doubt_when_the_last_answer_says_otherwise)
{
    struct server_clock clock = {0};
    answers(&clock, 0, 10);
    cr_expect_not(server_clock_is_in_doubt(&clock));
    answer(&clock, 7200000, 10);
    cr_expect(server_clock_is_in_doubt(&clock));
    answer(&clock, 0, 10);
    cr_expect_not(server_clock_is_in_doubt(&clock));
    answers(&clock, 7200000, 10);
    cr_expect_not(server_clock_is_in_doubt(&clock));
    expect_near(&clock, 7200000, 520);
}

Test(server_clock, an_answer_that_slept_with_the_machine_is_not_taken)
{
    struct server_clock clock = {0};
    answers(&clock, 0, 10);
    struct server_clock good = clock;
    answer(&clock, 0, 8 * 3600000);
    cr_expect_eq(clock.count, good.count);
    expect_near(&clock, 0, 520);
}

Test(server_clock, an_answer_before_its_request_is_not_taken)
{
    struct server_clock clock = {0};
    server_clock_observe(&clock, WALL, monotonic, monotonic - 1);
    cr_expect_not(clock.known);
}

Test(server_clock, the_real_clocks_come_back)
{
    time_source_set(NULL);
    int64_t before = (int64_t)time(NULL) * 1000;
    int64_t now = time_wall_ms();
    cr_expect_geq(now, before - 1000);
    int64_t first = time_monotonic_ms();
    cr_expect_geq(time_monotonic_ms(), first);
}
