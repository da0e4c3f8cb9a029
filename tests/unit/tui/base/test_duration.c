// SPDX-License-Identifier: Apache-2.0
//
// duration: what is typed is parsed, and what is formatted parses again.

#include "tui/base/duration.h"

#include <criterion/criterion.h>
#include <stdint.h>

Test(duration, is_understood_as_it_is_typed)
{
    static const struct {
        const char *text;
        long seconds; // -1: none
    } cases[] = {
        {"2h", 7200},
        {"30m", 1800},
        {"90s", 90},
        {"1h30m", 5400},
        {"300", 300},
        {"0", 0},
        {"1H 30M 5S", 5405},
        {"  45 m ", 2700},
        {"1d2h", 93600},
        {"8h0m0s", 28800},
        {"007", 7},
        {"", -1},
        {"   ", -1},
        {"h", -1},
        {"1h30", -1},
        {"30m1h", -1},
        {"1h1h", -1},
        {"5x", -1},
        {"-5m", -1},
        {"1.5h", -1},
        {"5m!", -1},
        {"2 hours", -1},
        {"999999999999", -1},
        {"99999999d", -1},
        {"2147483647", INT32_MAX},
        {"2147483648", -1},
        {"1h x", -1},
        {"1s1", -1},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        long seconds = -1;
        cr_expect_eq(duration_parse(cases[i].text, &seconds), cases[i].seconds >= 0, "\"%s\"", cases[i].text);
        cr_expect_eq(seconds, cases[i].seconds, "\"%s\" is %ld", cases[i].text, seconds);
    }
}

Test(duration, is_written_as_it_is_understood)
{
    static const struct {
        long seconds;
        const char *text;
    } cases[] = {{0, "0s"},      {1, "1s"},     {90, "1m30s"},      {300, "5m"},
                 {3605, "1h5s"}, {28800, "8h"}, {90061, "1d1h1m1s"}};
    char out[DURATION_CAP];
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        cr_expect_str_eq(duration_format(cases[i].seconds, out), cases[i].text);
    for (long seconds = 0; seconds < 200000; seconds += 61) {
        long again = -1;
        cr_expect(duration_parse(duration_format(seconds, out), &again) && again == seconds, "%s", out);
    }
    long again = -1;
    cr_expect(duration_parse(duration_format(INT32_MAX, out), &again));
    cr_expect_eq(again, INT32_MAX);
}

Test(duration, only_its_characters_may_be_typed)
{
    for (uint32_t c = 0; c < 0x200; c++) {
        bool is = (c >= '0' && c <= '9') || c == ' ' || c == 'd' || c == 'h' || c == 'm' || c == 's' ||
                  c == 'D' || c == 'H' || c == 'M' || c == 'S';
        cr_expect_eq(duration_has(c), is, "U+%04X", c);
    }
}
