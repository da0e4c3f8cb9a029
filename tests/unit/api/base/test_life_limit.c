// SPDX-License-Identifier: Apache-2.0
//
// life_limit: parts, times and both; what is left of a life; what is refused.

#include "api/base/life_limit.h"
#include "api/base/time_util.h"

#include <criterion/criterion.h>

enum { MINUTE = 60 * 1000, HOUR = 60 * MINUTE };

Test(life_limit, a_part_a_time_or_what_is_more)
{
    static const struct {
        const char *text, *format;
        int64_t life, left;
    } cases[] = {
        {"1/3", "1/3", HOUR, 20 * MINUTE},
        {"33%", "33%", HOUR, HOUR / 100 * 33},
        {"10% 2m", "10% 2m", HOUR, 6 * MINUTE},
        {"2m or 10%", "10% 2m", 10 * MINUTE, 2 * MINUTE},
        {"10%,90s", "10% 1m30s", 10 * MINUTE, 90 * 1000},
        {" 5m ", "5m", HOUR, 5 * MINUTE},
        {"100%", "100%", HOUR, HOUR},
        {"1/3", "1/3", INT64_MAX / 2, INT64_MAX / 6},
        {"30d", "30d", HOUR, (int64_t)30 * 24 * HOUR},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct life_limit limit, again;
        char format[LIFE_LIMIT_CAP];
        cr_assert(life_limit_parse(cases[i].text, &limit), "'%s'", cases[i].text);
        cr_expect_leq(life_limit_left(&limit, cases[i].life) - cases[i].left, 1, "'%s'", cases[i].text);
        cr_expect_geq(life_limit_left(&limit, cases[i].life) - cases[i].left, -1, "'%s'", cases[i].text);
        cr_expect_str_eq(life_limit_format(&limit, format), cases[i].format, "'%s': %s", cases[i].text,
                         format);
        cr_expect(life_limit_parse(format, &again) && life_limit_equal(&limit, &again), "'%s'", format);
    }
}

Test(life_limit, nothing_else_is_taken)
{
    static const char *const wrong[] = {
        "",        "10",    "%",  "0%",  "101%", "-1%", "1/0",  "0/3",  "4/3",         "1/3/3",   "10%%",
        "10% 20%", "2m 3m", "or", "10x", "31d",  "0s",  "1.5%", "10 %", "99999/99999", "10%or2m", "a third"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        struct life_limit limit = {.part = 7};
        cr_expect_not(life_limit_parse(wrong[i], &limit), "'%s' was taken", wrong[i]);
        cr_expect_eq(limit.part, 7, "'%s'", wrong[i]);
    }
}

Test(life_limit, spans_are_read_as_they_are_written)
{
    static const struct {
        const char *text;
        int64_t ms; // -1: refused
    } cases[] = {{"90s", 90 * 1000},
                 {"1h30m", 90 * MINUTE},
                 {"1D 12H", (int64_t)36 * HOUR},
                 {"0s", 0},
                 {"5", -1},
                 {"", -1},
                 {"s", -1},
                 {"1m1h", -1},
                 {"1m1m", -1},
                 {"-5s", -1},
                 {"5 s", -1},
                 {"1.5h", -1},
                 {"99999d", INT64_C(99999) * 24 * HOUR},
                 {"100000d", -1},
                 {"9999999999999s", -1}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        int64_t ms = 77;
        cr_expect_eq(time_parse_span(cases[i].text, &ms), cases[i].ms >= 0, "'%s'", cases[i].text);
        cr_expect_eq(ms, cases[i].ms >= 0 ? cases[i].ms : 77, "'%s'", cases[i].text);
    }
}
