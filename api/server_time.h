// SPDX-License-Identifier: Apache-2.0
//
// server_time: times as the API writes them, and the server's clock as far as we know it.
// All times are milliseconds since 1970 unless a name says otherwise.

#ifndef SBXDECK_API_SERVER_TIME_H
#define SBXDECK_API_SERVER_TIME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// RFC 3339 with any number of fraction digits and Z or an offset. False (and *ms untouched) for anything
// else.
bool time_parse_rfc3339(const char *text, int64_t *ms);
// "2026-04-01T12:00:00Z" (with .mmm when not whole seconds) into out[cap]; false when it does not fit.
bool time_format_rfc3339(int64_t ms, char *out, size_t cap);
// The Date and Retry-After header's date form.
bool time_parse_http_date(const char *text, int64_t *ms);

// 45s → "0:45", 5 min → "05:00", 65 min → "1h05m", 3 days → "3d04h": the countdown's form. ms below 0 →
// "0:00". out needs 16 bytes; returns out.
char *time_format_remaining(int64_t ms, char out[16]);
// A span since then in one unit or two: "12s", "5m", "3h", "2d". out needs 16 bytes; returns out.
char *time_format_age(int64_t ms, char out[16]);

// The clocks that everything in api/ reads. Tests replace them; nothing else does. NULL resets.
struct time_source {
    int64_t (*wall_ms)(void);      // CLOCK_REALTIME
    int64_t (*monotonic_ms)(void); // CLOCK_BOOTTIME: goes on while the machine sleeps
};
void time_source_set(const struct time_source *source);
int64_t time_wall_ms(void);
int64_t time_monotonic_ms(void);

// The server's clock. Tied to the monotonic clock, so a step of ours does not move the countdown.
struct server_clock {
    bool known;
    int64_t server_minus_monotonic_ms;
    int64_t error_ms; // half the round trip plus the half second that a Date header hides
};

// Takes in a Date header seen between two monotonic instants (request sent, answer begun). Keeps the better
// of the old and the new estimate, but gives way when they disagree by more than their errors.
void server_clock_observe(struct server_clock *clock, int64_t date_ms, int64_t sent_at_ms,
                          int64_t answered_at_ms);
// The server's now; our own wall clock until an answer came.
int64_t server_clock_now(const struct server_clock *clock);
// Server minus our wall clock; 0 when not known.
int64_t server_clock_offset(const struct server_clock *clock);

#endif
