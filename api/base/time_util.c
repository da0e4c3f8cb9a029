// SPDX-License-Identifier: Apache-2.0
//
// time_util: Parse RFC 3339 and its relatives, format times and durations, read the clocks.

#include "api/base/time_util.h"

#include <ctype.h>
#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

enum { SECOND = 1000, MINUTE = 60 * SECOND, HOUR = 60 * MINUTE, DAY = 24 * HOUR };

// --- calendar ---

// Exactly count digits; -1 when they are not there.
static int digits(const char **at, int count)
{
    int value = 0;
    for (int i = 0; i < count; i++, (*at)++) {
        if (!isdigit((unsigned char)**at))
            return -1;
        value = value * 10 + (**at - '0');
    }
    return value;
}

static bool literal(const char **at, char wanted)
{
    if (**at != wanted)
        return false;
    (*at)++;
    return true;
}

// 60 seconds: a leap second.
static bool day_and_time(int year, int month, int day, int hour, int minute, int second, int64_t *ms)
{
    struct tm date = {.tm_year = year - 1900, .tm_mon = month - 1, .tm_mday = day};
    if (year < 0 || month < 1 || month > 12 || day < 1 || hour < 0 || hour > 23 || minute < 0 ||
        minute > 59 || second < 0 || second > 60)
        return false;
    *ms = (int64_t)timegm(&date) * SECOND + (int64_t)hour * HOUR + (int64_t)minute * MINUTE +
          (int64_t)second * SECOND;
    return date.tm_mday == day; // else the month has no such day, and timegm has gone on to the next
}

// ".123456789" → 123; more digits than three are cut off. -1: a point without digits.
static int fraction_ms(const char **at)
{
    int value = 0, count = 0;
    if (!literal(at, '.'))
        return 0;
    for (; isdigit((unsigned char)**at); (*at)++, count++)
        if (count < 3)
            value = value * 10 + (**at - '0');
    if (count == 0)
        return -1;
    for (; count < 3; count++)
        value *= 10;
    return value;
}

// Two digits of a zone's offset, with or without the colon before the minutes; "+01" alone where that is let
// pass.
static bool offset(const char **at, bool liberal, int64_t *ms)
{
    char sign = *(*at)++;
    int hours = digits(at, 2), minutes = 0;
    bool colon = literal(at, ':');
    if (colon || !liberal || isdigit((unsigned char)**at))
        minutes = colon || liberal ? digits(at, 2) : -1;
    if (hours < 0 || hours > 23 || minutes < 0 || minutes > 59)
        return false;
    *ms = (sign == '-' ? -1 : 1) * ((int64_t)hours * HOUR + (int64_t)minutes * MINUTE);
    return true;
}

static bool word(const char **at, const char *wanted)
{
    size_t length = strlen(wanted);
    if (strncasecmp(*at, wanted, length) != 0)
        return false;
    *at += length;
    return true;
}

// "Z" or "+hh:mm" → its milliseconds east of Greenwich. Liberal: also "+hhmm", "UTC", nothing (which is UTC),
// a blank before it, and after it a name of the zone, which adds nothing: "Z[UTC]", "+0000 UTC".
static bool zone(const char **at, bool liberal, int64_t *ms)
{
    bool given = false;
    *ms = 0;
    if (liberal)
        (void)literal(at, ' ');
    if (**at == '+' || **at == '-') {
        given = true;
        if (!offset(at, liberal, ms))
            return false;
    } else {
        given = literal(at, 'Z') || literal(at, 'z');
    }
    if (!liberal)
        return given;
    (void)literal(at, ' ');
    if (word(at, "[UTC]") || word(at, "UTC") || word(at, "GMT"))
        return true;
    size_t length = strcspn(*at, "]");
    if (given && **at == '[' && (*at)[length] == ']')
        *at += length + 1;
    return true;
}

static bool parse(const char *text, bool liberal, int64_t *ms)
{
    const char *at = text;
    int64_t result = 0, east = 0;
    int year = digits(&at, 4);
    int month = literal(&at, '-') ? digits(&at, 2) : -1;
    int day = month >= 0 && literal(&at, '-') ? digits(&at, 2) : -1;
    if (day < 0 || (*at != 'T' && *at != 't' && *at != ' '))
        return false;
    at++;
    int hour = digits(&at, 2);
    int minute = hour >= 0 && literal(&at, ':') ? digits(&at, 2) : -1;
    int second = minute >= 0 && literal(&at, ':') ? digits(&at, 2) : minute >= 0 && liberal ? 0 : -1;
    if (second < 0 || !day_and_time(year, month, day, hour, minute, second, &result))
        return false;
    int fraction = fraction_ms(&at);
    if (fraction < 0 || !zone(&at, liberal, &east) || *at != '\0')
        return false;
    *ms = result + fraction - east;
    return true;
}

bool time_parse_rfc3339(const char *text, int64_t *ms)
{
    return parse(text, false, ms);
}

bool time_of_unix(double value, int64_t *ms)
{
    enum { SECONDS_END = 100000000000 }; // in the year 5138; as milliseconds it is in 1973
    if (!(value > -(double)SECONDS_END && value < (double)SECONDS_END * SECOND))
        return false;
    *ms = (int64_t)(value < (double)SECONDS_END ? value * SECOND : value);
    return true;
}

bool time_parse(const char *text, int64_t *ms)
{
    size_t length = strspn(text, "0123456789");
    if (length == 0 || length > 15 || (text[length] != '\0' && text[length] != '.'))
        return parse(text, true, ms);
    const char *at = text + length;
    // A fraction is checked and left out: what counts in it is less than a second.
    return fraction_ms(&at) >= 0 && *at == '\0' && time_of_unix((double)strtoll(text, NULL, 10), ms);
}

bool time_format_rfc3339(int64_t ms, char *out, size_t cap)
{
    int64_t rest = ms % SECOND;
    time_t seconds = (time_t)(ms / SECOND);
    struct tm parts;
    char text[64];
    if (rest < 0) {
        rest += SECOND;
        seconds--;
    }
    if (gmtime_r(&seconds, &parts) == NULL || parts.tm_year + 1900 < 0 || parts.tm_year + 1900 > 9999)
        return false;
    // By hand: strftime's %Y is shorter than four digits before the year 1000.
    int length = snprintf(text, sizeof text, "%04d-%02d-%02dT%02d:%02d:%02d", parts.tm_year + 1900,
                          parts.tm_mon + 1, parts.tm_mday, parts.tm_hour, parts.tm_min, parts.tm_sec);
    size_t used = (size_t)length;
    length = rest != 0 ? snprintf(text + used, sizeof text - used, ".%03dZ", (int)rest)
                       : snprintf(text + used, sizeof text - used, "Z");
    used += (size_t)length;
    if (used >= cap)
        return false;
    memcpy(out, text, used + 1);
    return true;
}

bool time_parse_http_date(const char *text, int64_t *ms)
{
    time_t seconds = curl_getdate(text, NULL);
    if (seconds == -1)
        return false;
    *ms = (int64_t)seconds * SECOND;
    return true;
}

bool time_parse_span(const char *text, int64_t *ms)
{
    static const struct {
        char letter;
        int64_t ms;
    } units[] = {{'d', 86400000}, {'h', 3600000}, {'m', 60000}, {'s', 1000}};
    enum { UNITS = sizeof units / sizeof *units };
    const int64_t most = INT64_C(99999) * 86400000;
    int64_t sum = 0;
    size_t unit = 0; // the first that may still come
    const char *at = text + strspn(text, " \t");
    bool any = *at != '\0';
    while (*at != '\0') {
        int64_t number = 0;
        size_t digits = strspn(at, "0123456789");
        if (digits == 0 || digits > 12)
            return false;
        for (size_t i = 0; i < digits; i++)
            number = number * 10 + (at[i] - '0');
        at += digits;
        while (unit < UNITS && units[unit].letter != (*at | 0x20))
            unit++;
        if (unit == UNITS || number > most / units[unit].ms)
            return false;
        sum += number * units[unit++].ms;
        at++;
        at += strspn(at, " \t");
    }
    if (!any || sum > most)
        return false;
    *ms = sum;
    return true;
}

int64_t time_backoff(int failures, int64_t first_ms, int64_t most_ms)
{
    int64_t wait = first_ms;
    for (int i = 0; i < failures && wait < most_ms; i++)
        wait *= 2;
    return wait < most_ms ? wait : most_ms;
}

// --- spans ---

enum { DAYS_MAX = 9999 };

static const struct {
    int64_t seconds;
    char unit;
    const char *rest; // how what is left of it is written, in the next unit
} units[] = {{86400, 'd', "%lldh"}, {3600, 'h', "%02lldm"}, {60, 'm', "%02llds"}, {1, 's', NULL}};
enum { UNITS = sizeof units / sizeof units[0] };
enum parts { LARGEST, BOTH, BOTH_UNLESS_ZERO };

static char *format_span(int64_t ms, enum parts parts, char out[TIME_SPAN_CAP])
{
    if (ms > (int64_t)DAYS_MAX * DAY)
        ms = (int64_t)DAYS_MAX * DAY;
    int64_t total = ms > 0 ? ms / SECOND : 0;
    size_t i = 0;
    while (i + 1 < UNITS && total < units[i].seconds)
        i++;
    int length = snprintf(out, TIME_SPAN_CAP, "%lld%c", (long long)(total / units[i].seconds), units[i].unit);
    if (parts == LARGEST || units[i].rest == NULL)
        return out;
    long long rest = (long long)(total % units[i].seconds / units[i + 1].seconds);
    if (parts == BOTH || rest > 0)
        (void)snprintf(out + length, TIME_SPAN_CAP - (size_t)length, units[i].rest, rest);
    return out;
}

char *time_format_remaining(int64_t ms, char out[TIME_SPAN_CAP])
{
    return format_span(ms, BOTH, out);
}

char *time_format_span(int64_t ms, char out[TIME_SPAN_CAP])
{
    return format_span(ms, BOTH_UNLESS_ZERO, out);
}

char *time_format_age(int64_t ms, char out[TIME_SPAN_CAP])
{
    return format_span(ms, LARGEST, out);
}

// --- clocks ---

static int64_t read_clock(clockid_t which)
{
    struct timespec now;
    (void)clock_gettime(which, &now);
    return (int64_t)now.tv_sec * SECOND + now.tv_nsec / 1000000;
}

static int64_t real_wall(void)
{
    return read_clock(CLOCK_REALTIME);
}

static int64_t real_monotonic(void)
{
    return read_clock(CLOCK_BOOTTIME);
}

static const struct time_source real = {real_wall, real_monotonic};
static const struct time_source *source = &real;

void time_source_set(const struct time_source *wanted)
{
    source = wanted != NULL ? wanted : &real;
}

int64_t time_wall_ms(void)
{
    return source->wall_ms();
}

int64_t time_monotonic_ms(void)
{
    return source->monotonic_ms();
}
