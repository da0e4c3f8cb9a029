// SPDX-License-Identifier: Apache-2.0
//
// duration: parse and format spans of time with the units d, h, m and s.

#include "tui/base/duration.h"

#include <ctype.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

static const struct {
    char letter;
    long seconds;
} units[] = {{'d', 86400}, {'h', 3600}, {'m', 60}, {'s', 1}};
enum { UNITS = sizeof units / sizeof units[0] };

static const char *skip_blanks(const char *text)
{
    return text + strspn(text, " \t");
}

// Digits, at *text; false: none, or too many.
static bool take_digits(const char **text, int64_t *number)
{
    const char *begin = *text;
    *number = 0;
    for (; isdigit((unsigned char)**text); (*text)++) {
        *number = *number * 10 + (**text - '0');
        if (*number > INT32_MAX)
            return false;
    }
    return *text != begin;
}

bool duration_parse(const char *text, long *seconds)
{
    int64_t sum = 0, number = 0;
    size_t unit = 0; // the first that may still come
    const char *at = skip_blanks(text);
    for (bool first = true; *at != '\0'; first = false) {
        if (!take_digits(&at, &number))
            return false;
        at = skip_blanks(at);
        if (*at == '\0' && !first)
            return false; // "1h30": of what?
        size_t found = unit;
        while (*at != '\0' && found < UNITS && units[found].letter != tolower((unsigned char)*at))
            found++;
        if (found == UNITS)
            return false;
        sum += number * (*at != '\0' ? units[found].seconds : 1);
        if (sum > INT32_MAX)
            return false;
        unit = found + 1;
        at = *at != '\0' ? skip_blanks(at + 1) : at;
        if (unit == UNITS && *at != '\0')
            return false;
    }
    if (at == skip_blanks(text))
        return false;
    *seconds = (long)sum;
    return true;
}

char *duration_format(long seconds, char out[DURATION_CAP])
{
    size_t used = 0;
    out[0] = '\0';
    for (size_t i = 0; i < UNITS; i++) {
        long count = seconds / units[i].seconds;
        if (count > 0 || (i + 1 == UNITS && used == 0))
            used += (size_t)snprintf(out + used, DURATION_CAP - used, "%ld%c", count, units[i].letter);
        seconds %= units[i].seconds;
    }
    return out;
}

bool duration_has(uint32_t codepoint)
{
    if (codepoint == ' ' || (codepoint >= '0' && codepoint <= '9'))
        return true;
    for (size_t i = 0; i < UNITS; i++)
        if (codepoint < 0x80 && units[i].letter == tolower((int)codepoint))
            return true;
    return false;
}
