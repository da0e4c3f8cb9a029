// SPDX-License-Identifier: Apache-2.0
//
// time_util: the forms of times, of the Date header and of spans.

#include "api/base/time_util.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define UNTOUCHED INT64_C(-77)

// --- RFC 3339 ---

Test(time_util, rfc3339_forms_that_are_read)
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

Test(time_util, anything_else_is_no_rfc3339)
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

Test(time_util, what_servers_write_for_a_time_is_read)
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

Test(time_util, unix_times_are_seconds_or_milliseconds)
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
Test(time_util, a_time_cut_anywhere_is_refused)
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

Test(time_util, what_is_written_is_read_again)
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

Test(time_util, days_agree_with_the_c_library)
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

Test(time_util, writing_keeps_to_the_buffer)
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

Test(time_util, http_dates)
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

Test(time_util, countdowns)
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

Test(time_util, a_span_that_stands_has_no_zero_in_it)
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

Test(time_util, waits_double_up_to_a_cap)
{
    static const int64_t waits[] = {30, 60, 120, 240, 480, 600, 600};
    for (int i = 0; i < 7; i++)
        cr_expect_eq(time_backoff(i, 30, 600), waits[i]);
    cr_expect_eq(time_backoff(1000000000, 30, 600), 600);
    cr_expect_eq(time_backoff(0, 30, 20), 20);
}

Test(time_util, ages)
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
