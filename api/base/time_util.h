// SPDX-License-Identifier: Apache-2.0
//
// time_util: Read this machine's clocks, parse times as servers write them, and format times and durations.
// All times are milliseconds since 1970 unless a name says otherwise.

#ifndef SBXDECK_API_BASE_TIME_UTIL_H
#define SBXDECK_API_BASE_TIME_UTIL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// RFC 3339 with any number of fraction digits and Z or an offset. False (and *ms untouched) for anything
// else.
bool time_parse_rfc3339(const char *text, int64_t *ms);
// As servers write times: RFC 3339, also without a zone (UTC), without seconds, with "+0000", a blank or a
// name of the zone ("Z[UTC]"); or Unix seconds or milliseconds in digits. False (and *ms untouched) for
// anything else.
bool time_parse(const char *text, int64_t *ms);
// Unix seconds, or milliseconds where the number is too large for seconds. False when it is neither.
bool time_of_unix(double value, int64_t *ms);
// "2026-04-01T12:00:00Z" (with .mmm when not whole seconds) into out[cap]; false when it does not fit.
bool time_format_rfc3339(int64_t ms, char *out, size_t cap);
// The Date and Retry-After header's date form, in whatever of its spellings (curl_getdate).
bool time_parse_http_date(const char *text, int64_t *ms);

// One style of durations, for console, verbs and messages alike: the two largest units, the smaller one of a
// minute or an hour with two digits: "45s", "8m56s", "1h05m", "3d4h". A part of a second counts as none. JSON
// has seconds instead. ms below 0 counts as 0, more than 99999 days as so many. out needs 16 bytes; all
// return out.
enum { TIME_SPAN_CAP = 16 };
// A countdown. The smaller unit is there also when it is 0 ("5m00s", "2h00m"), so that what is beside it
// does not jump; longest below 100 days: 6 columns.
char *time_format_remaining(int64_t ms, char out[TIME_SPAN_CAP]);
// A span that does not run, as of a setting: "5m", "2h", "1h30m".
char *time_format_span(int64_t ms, char out[TIME_SPAN_CAP]);
// How long ago: the largest unit alone, since it is only a rough figure: "12s", "5m", "3h", "2d".
char *time_format_age(int64_t ms, char out[TIME_SPAN_CAP]);

// A span as a person writes it: "90s", "2h", "1h30m", "1d 12h"; units d, h, m and s in either case, the
// larger first, each once. False (and *ms untouched) for anything else, also a number alone, and beyond 99999
// days.
bool time_parse_span(const char *text, int64_t *ms);

// How long to wait after so many failures before this one: first_ms, doubled each time, at most most_ms.
int64_t time_backoff(int failures, int64_t first_ms, int64_t most_ms);

// The clocks that everything in api/ reads. Tests replace them; nothing else does. NULL resets.
struct time_source {
    int64_t (*wall_ms)(void);      // CLOCK_REALTIME
    int64_t (*monotonic_ms)(void); // CLOCK_BOOTTIME: goes on while the machine sleeps
};
void time_source_set(const struct time_source *source);
int64_t time_wall_ms(void);
int64_t time_monotonic_ms(void);

#endif
