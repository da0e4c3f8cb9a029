// SPDX-License-Identifier: Apache-2.0
//
// server_time: the forms of times and spans, and the server's clock through skews, steps and slow answers.

#include "api/base/server_time.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define UNTOUCHED INT64_C(-77)

// --- RFC 3339 ---

Test(server_time, rfc3339_forms_that_are_read)
{
    static const struct {
        const char *text;
        int64_t ms;
    } cases[] = {
        {"1970-01-01T00:00:00Z", 0},
        {"1969-12-31T23:59:59.5Z", -500},
        {"2026-04-01T12:00:00Z", 1775044800000},
        {"2026-04-01t12:00:00z", 1775044800000},
        {"2026-04-01 12:00:00Z", 1775044800000},
        {"2026-04-01T12:00:00.1Z", 1775044800100},
        {"2026-04-01T12:00:00.123456789Z", 1775044800123},
        {"2026-04-01T12:00:00.9999999999999999999999999Z", 1775044800999},
        {"2026-04-01T14:00:00+02:00", 1775044800000},
        {"2026-04-01T06:30:00-05:30", 1775044800000},
        {"2026-04-01T12:00:00-00:00", 1775044800000},
        {"2024-02-29T00:00:00Z", 1709164800000},
        {"2016-12-31T23:59:60Z", 1483228800000}, // a leap second
        {"2000-02-29T12:34:56Z", 951827696000},
        {"9999-12-31T23:59:59.999Z", 253402300799999},
        {"0000-01-01T00:00:00Z", -62167219200000},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        int64_t ms = UNTOUCHED;
        cr_expect(time_parse_rfc3339(cases[i].text, &ms), "%s", cases[i].text);
        cr_expect_eq(ms, cases[i].ms, "%s: %lld", cases[i].text, (long long)ms);
    }
}

Test(server_time, anything_else_is_no_rfc3339)
{
    static const char *const cases[] = {
        "",
        "now",
        "2026",
        "2026-04-01",
        "2026-04-01T12:00Z",
        "2026-04-01T12:00:00",
        "26-04-01T12:00:00Z",
        "2026-4-01T12:00:00Z",
        "2026-00-01T12:00:00Z",
        "2026-13-01T12:00:00Z",
        "2026-04-00T12:00:00Z",
        "2026-04-31T12:00:00Z",
        "2026-02-29T12:00:00Z",
        "1900-02-29T12:00:00Z",
        "2026-04-01T24:00:00Z",
        "2026-04-01T12:60:00Z",
        "2026-04-01T12:00:61Z",
        "2026-04-01T12:00:00.Z",
        "2026-04-01T12:00:00,5Z",
        "2026-04-01T12:00:00+2:00",
        "2026-04-01T12:00:00+0200",
        "2026-04-01T12:00:00+02",
        "2026-04-01T12:00:00+24:00",
        "2026-04-01T12:00:00+02:60",
        "2026-04-01T12:00:00ZZ",
        "2026-04-01T12:00:00Z ",
        " 2026-04-01T12:00:00Z",
        "-2026-04-01T12:00:00Z",
        "+2026-04-01T12:00:00Z",
        "2026-04-01T+1:00:00Z",
        "2026-04-01T12:00:00 Z",
        "2026/04/01T12:00:00Z",
        "12026-04-01T12:00:00Z",
        "2026-04-01X12:00:00Z",
        "\xd9\xa2\xd9\xa0\xd9\xa2\xd9\xa6-04-01T12:00:00Z",
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        int64_t ms = UNTOUCHED;
        cr_expect_not(time_parse_rfc3339(cases[i], &ms), "'%s' was read", cases[i]);
        cr_expect_eq(ms, UNTOUCHED, "'%s' changed the result", cases[i]);
    }
}

// --- as servers write times ---

Test(server_time, what_servers_write_for_a_time_is_read)
{
    static const struct {
        const char *text;
        int64_t ms;
    } cases[] = {
        {"2026-04-01T12:00:00Z", 1775044800000},
        {"2026-04-01T12:00:00", 1775044800000},
        {"2026-04-01 12:00:00", 1775044800000},
        {"2026-04-01T12:00:00.123456", 1775044800123},
        {"2026-04-01T12:00Z", 1775044800000},
        {"2026-04-01T12:00", 1775044800000},
        {"2026-04-01T12:00:00+0000", 1775044800000},
        {"2026-04-01T14:00:00+0200", 1775044800000},
        {"2026-04-01T14:00:00+02", 1775044800000},
        {"2026-04-01 12:00:00 +0000 UTC", 1775044800000},
        {"2026-04-01T12:00:00Z[UTC]", 1775044800000},
        {"2026-04-01T14:00:00+02:00[Europe/Berlin]", 1775044800000},
        {"2026-04-01 12:00:00 UTC", 1775044800000},
        {"1775044800", 1775044800000},
        {"1775044800.75", 1775044800000},
        {"1775044800000", 1775044800000},
        {"0001-01-01T00:00:00Z", -62135596800000},
        {"2026", 2026000},
    };
    static const char *const wrong[] = {"",
                                        "never",
                                        "-1",
                                        "1e10",
                                        "1775044800x",
                                        "1775044800.",
                                        "9999999999999999",
                                        "2026-04-01",
                                        "2026-04-01T12:00:00[Europe/Berlin]",
                                        "2026-04-01T12:00:00Z[",
                                        "2026-04-01T12:00:00Z[UTC]x",
                                        "2026-04-01T12:00:00 CET",
                                        "2026-04-01T12:00:00+",
                                        "2026-04-01T12:00:00+2",
                                        "2026-04-01T25:00"};
    int64_t ms = UNTOUCHED;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        cr_expect(time_parse(cases[i].text, &ms), "%s", cases[i].text);
        cr_expect_eq(ms, cases[i].ms, "%s: %lld", cases[i].text, (long long)ms);
    }
    ms = UNTOUCHED;
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        cr_expect_not(time_parse(wrong[i], &ms), "'%s' was read", wrong[i]);
        cr_expect_eq(ms, UNTOUCHED, "'%s' changed the result", wrong[i]);
    }
}

Test(server_time, unix_times_are_seconds_or_milliseconds)
{
    static const struct {
        double value;
        bool taken;
        int64_t ms;
    } cases[] = {{1775044800, true, 1775044800000},
                 {1775044800000, true, 1775044800000},
                 {-1, true, -1000},
                 {0, true, 0},
                 {1775044800000000, false, 0},
                 {1e300, false, 0},
                 {-1e300, false, 0}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        int64_t ms = 0;
        cr_expect_eq(time_of_unix(cases[i].value, &ms), cases[i].taken, "%g", cases[i].value);
        cr_expect_eq(ms, cases[i].ms, "%g", cases[i].value);
    }
}

// Each beginning of a good text is no good text, and the reading stays within it.
Test(server_time, a_time_cut_anywhere_is_refused)
{
    static const char whole[] = "2026-04-01T12:00:00.125+02:30";
    for (size_t length = 0; length < sizeof whole - 1; length++) {
        char *cut = strndup(whole, length); // of exactly its size, so that a reader past it is caught
        int64_t ms = UNTOUCHED;
        cr_assert_not_null(cut);
        cr_expect_not(time_parse_rfc3339(cut, &ms), "'%s'", cut);
        cr_expect_eq(ms, UNTOUCHED);
        free(cut);
    }
}

Test(server_time, what_is_written_is_read_again)
{
    static const int64_t step = 86400000LL * 97 + 3600000LL * 5 + 61234;
    char text[40];
    for (int64_t ms = -62167219200000; ms <= 253402300799999; ms += step * 7) {
        int64_t back = UNTOUCHED;
        cr_assert(time_format_rfc3339(ms, text, sizeof text), "%lld", (long long)ms);
        cr_assert(time_parse_rfc3339(text, &back), "%s", text);
        cr_assert_eq(back, ms, "%s", text);
    }
}

Test(server_time, days_agree_with_the_c_library)
{
    for (int64_t day = -800000; day < 2900000; day += 331) {
        time_t seconds = (time_t)(day * 86400 + 45296);
        struct tm parts;
        char text[64];
        int64_t ms = UNTOUCHED;
        cr_assert_not_null(gmtime_r(&seconds, &parts));
        if (parts.tm_year + 1900 < 0 || parts.tm_year + 1900 > 9999)
            continue;
        (void)snprintf(text, sizeof text, "%04d-%02d-%02dT%02d:%02d:%02dZ", parts.tm_year + 1900,
                       parts.tm_mon + 1, parts.tm_mday, parts.tm_hour, parts.tm_min, parts.tm_sec);
        cr_assert(time_parse_rfc3339(text, &ms), "%s", text);
        cr_assert_eq(ms, (int64_t)seconds * 1000, "%s", text);
    }
}

Test(server_time, writing_keeps_to_the_buffer)
{
    char text[40];
    cr_expect(time_format_rfc3339(1775044800000, text, sizeof text));
    cr_expect_str_eq(text, "2026-04-01T12:00:00Z");
    cr_expect(time_format_rfc3339(1775044800007, text, sizeof text));
    cr_expect_str_eq(text, "2026-04-01T12:00:00.007Z");
    cr_expect(time_format_rfc3339(-1, text, sizeof text));
    cr_expect_str_eq(text, "1969-12-31T23:59:59.999Z");
    cr_expect(time_format_rfc3339(-62167219200000, text, sizeof text));
    cr_expect_str_eq(text, "0000-01-01T00:00:00Z");
    for (size_t cap = 0; cap < 30; cap++) {
        char *tight = malloc(cap + 1);
        cr_assert_not_null(tight);
        memset(tight, '#', cap + 1);
        cr_expect_eq(time_format_rfc3339(1775044800007, tight, cap), cap >= 25, "in %zu bytes", cap);
        cr_expect_eq(tight[cap], '#', "written past %zu bytes", cap);
        free(tight);
    }
    cr_expect_not(time_format_rfc3339(253402300800000, text, sizeof text)); // the year 10000
    cr_expect_not(time_format_rfc3339(INT64_MAX, text, sizeof text));
    cr_expect_not(time_format_rfc3339(INT64_MIN, text, sizeof text));
}

// --- the Date header ---

Test(server_time, http_dates)
{
    static const char *const wrong[] = {
        "",
        "Sun, 06 Non 1994 08:49:37 GMT",
        "Sun, 06 Nov 1994 24:49:37 GMT",
        "Sun, 06 Nov 1994 08:60:37 GMT",
        "Xyz, 06 Nov 1994 08:49:37 GMT",
        "Sun, 06 Nov",
        "-1",
        "3600 seconds",
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
    };
    static const char *const spellings[] = {"Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT",
                                            "Sun Nov  6 08:49:37 1994"};
    int64_t ms = UNTOUCHED;
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        cr_expect_not(time_parse_http_date(wrong[i], &ms), "'%s' was read", wrong[i]);
        cr_expect_eq(ms, UNTOUCHED, "'%s' changed the result", wrong[i]);
    }
    for (size_t i = 0; i < sizeof spellings / sizeof spellings[0]; i++) {
        cr_expect(time_parse_http_date(spellings[i], &ms), "%s", spellings[i]);
        cr_expect_eq(ms, 784111777000, "%s", spellings[i]);
    }
    for (int day = 0; day < 400; day++) {
        time_t seconds = 1775044800 + day * 86400;
        struct tm parts;
        char text[64];
        (void)gmtime_r(&seconds, &parts);
        (void)strftime(text, sizeof text, "%a, %d %b %Y %H:%M:%S GMT", &parts);
        cr_assert(time_parse_http_date(text, &ms), "%s", text);
        cr_assert_eq(ms, (int64_t)seconds * 1000, "%s", text);
    }
}

// --- spans ---

Test(server_time, countdowns)
{
    static const struct {
        int64_t ms;
        const char *text;
    } cases[] = {
        {INT64_MIN, "0s"},
        {-1, "0s"},
        {0, "0s"},
        {999, "0s"},
        {1000, "1s"},
        {45000, "45s"},
        {59999, "59s"},
        {60000, "1m00s"},
        {300000, "5m00s"},
        {305000, "5m05s"},
        {536000, "8m56s"},
        {3599999, "59m59s"},
        {3600000, "1h00m"},
        {3900000, "1h05m"},
        {28500000, "7h55m"},
        {86399999, "23h59m"},
        {86400000, "1d0h"},
        {273600000, "3d4h"},
        {863913600000, "9999d0h"},
        {INT64_MAX, "9999d0h"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char out[16];
        cr_expect_eq(time_format_remaining(cases[i].ms, out), out);
        cr_expect_str_eq(out, cases[i].text, "%lld ms: %s", (long long)cases[i].ms, out);
    }
}

Test(server_time, a_span_that_stands_has_no_zero_in_it)
{
    static const struct {
        int64_t ms;
        const char *text;
    } cases[] = {
        {-1, "0s"},      {0, "0s"},         {45999, "45s"},      {60000, "1m"},        {90000, "1m30s"},
        {300000, "5m"},  {536000, "8m56s"}, {3600000, "1h"},     {3659999, "1h"},      {5400000, "1h30m"},
        {7200000, "2h"}, {86400000, "1d"},  {273600000, "3d4h"}, {INT64_MAX, "9999d"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char out[TIME_SPAN_CAP];
        cr_expect_eq(time_format_span(cases[i].ms, out), out);
        cr_expect_str_eq(out, cases[i].text, "%lld ms: %s", (long long)cases[i].ms, out);
    }
}

Test(server_time, waits_double_up_to_a_cap)
{
    static const int64_t waits[] = {30, 60, 120, 240, 480, 600, 600};
    for (int i = 0; i < 7; i++)
        cr_expect_eq(time_backoff(i, 30, 600), waits[i]);
    cr_expect_eq(time_backoff(1000000000, 30, 600), 600);
    cr_expect_eq(time_backoff(0, 30, 20), 20);
}

Test(server_time, ages)
{
    static const struct {
        int64_t ms;
        const char *text;
    } cases[] = {
        {INT64_MIN, "0s"},    {-5000, "0s"},     {0, "0s"},        {12999, "12s"},
        {59999, "59s"},       {60000, "1m"},     {300000, "5m"},   {3599999, "59m"},
        {3600000, "1h"},      {86399999, "23h"}, {86400000, "1d"}, {172800000, "2d"},
        {INT64_MAX, "9999d"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char out[16];
        cr_expect_eq(time_format_age(cases[i].ms, out), out);
        cr_expect_str_eq(out, cases[i].text, "%lld ms: %s", (long long)cases[i].ms, out);
    }
}

// --- clocks ---

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

TestSuite(server_time_clock, .init = set_clocks, .fini = reset_clocks);

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

Test(server_time_clock, is_ours_until_an_answer_came)
{
    struct server_clock clock = {0};
    cr_expect_eq(server_clock_now(&clock), WALL);
    cr_expect_eq(server_clock_offset(&clock), 0);
    pass(1234);
    cr_expect_eq(server_clock_now(&clock), WALL + 1234);
}

Test(server_time_clock, follows_the_date_header_both_ways)
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

Test(server_time_clock, a_step_of_our_clock_does_not_move_it)
{
    struct server_clock clock = {0};
    answers(&clock, 10000, 20);
    int64_t before = server_clock_now(&clock);
    wall += 86400000;
    cr_expect_eq(server_clock_now(&clock), before);
    expect_near(&clock, 10000 - 86400000, 520);
}

Test(server_time_clock, a_slow_answer_does_not_spoil_a_good_estimate)
{
    struct server_clock clock = {0};
    answers(&clock, 0, 10);
    struct server_clock good = clock;
    for (int i = 0; i < 2 * SERVER_CLOCK_SAMPLES; i++)
        answer(&clock, 0, 8000);
    cr_expect_eq(clock.server_minus_monotonic_ms, good.server_minus_monotonic_ms);
    cr_expect_eq(clock.error_ms, good.error_ms);
}

Test(server_time_clock, a_fast_answer_betters_a_poor_estimate)
{
    struct server_clock clock = {0};
    int64_t sent = monotonic;
    pass(8000);
    server_clock_observe(&clock, WALL / 1000 * 1000, sent, monotonic); // sent at once, then held up
    cr_expect_geq(clock.error_ms, 4000);
    answer(&clock, 0, 10);
    expect_near(&clock, 0, 505);
}

Test(server_time_clock, gives_way_when_the_server_was_set_anew)
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
Test(server_time_clock, wrong_dates_among_good_ones_are_left_out)
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
Test(server_time_clock, one_answer_alone_makes_nothing_expire)
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

Test(server_time_clock, is_in_no_doubt_where_both_clocks_say_the_same)
{
    struct server_clock clock = {0};
    cr_expect_not(server_clock_is_in_doubt(&clock));
    answer(&clock, 30000, 30);
    cr_expect_not(server_clock_is_in_doubt(&clock));
    cr_expect_not(server_clock_is_confirmed(&clock));
}

// One answer that says otherwise is wrong, or the first after the server's clock was set.
Test(server_time_clock, is_in_doubt_when_the_last_answer_says_otherwise)
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

Test(server_time_clock, an_answer_that_slept_with_the_machine_is_not_taken)
{
    struct server_clock clock = {0};
    answers(&clock, 0, 10);
    struct server_clock good = clock;
    answer(&clock, 0, 8 * 3600000);
    cr_expect_eq(clock.count, good.count);
    expect_near(&clock, 0, 520);
}

Test(server_time_clock, an_answer_before_its_request_is_not_taken)
{
    struct server_clock clock = {0};
    server_clock_observe(&clock, WALL, monotonic, monotonic - 1);
    cr_expect_not(clock.known);
}

Test(server_time_clock, the_real_clocks_come_back)
{
    time_source_set(NULL);
    int64_t before = (int64_t)time(NULL) * 1000;
    int64_t now = time_wall_ms();
    cr_expect_geq(now, before - 1000);
    int64_t first = time_monotonic_ms();
    cr_expect_geq(time_monotonic_ms(), first);
}
