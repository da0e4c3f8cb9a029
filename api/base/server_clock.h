// SPDX-License-Identifier: Apache-2.0
//
// server_clock: Estimate the server's clock from the Date headers of several answers. All times are
// milliseconds.

#ifndef SBXDECK_API_BASE_SERVER_CLOCK_H
#define SBXDECK_API_BASE_SERVER_CLOCK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// The server's clock, taken from several answers. Tied to the monotonic clock, so a step of ours does not
// move it, and a sleep of the machine neither. Of the last SERVER_CLOCK_SAMPLES answers those that agree are
// believed; one that is hours off is left out. All zero: no answer yet.
enum {
    SERVER_CLOCK_SAMPLES = 5,
    SERVER_CLOCK_AGREEING = 3,       // so many make it certain, and move it when the server's clock was set
    SERVER_CLOCK_SLOWEST_MS = 20000, // a slower answer says too little: the machine may have slept meanwhile
    SERVER_CLOCK_SLACK_MS = 2000     // two answers further apart than this and their errors disagree
};
struct server_clock_sample {
    int64_t server_minus_monotonic_ms;
    int64_t error_ms; // half the round trip plus the half second that a Date header hides
};
struct server_clock {
    bool known;     // an answer came
    bool confirmed; // several agreed; stays so
    int64_t server_minus_monotonic_ms;
    int64_t error_ms;
    struct server_clock_sample samples[SERVER_CLOCK_SAMPLES]; // the oldest is overwritten
    size_t count, next;
};

// Takes in a Date header seen between two monotonic instants (request sent, answer begun).
void server_clock_observe(struct server_clock *clock, int64_t date_ms, int64_t sent_at_ms,
                          int64_t answered_at_ms);
// The server's now. Until several answers have agreed: the earlier of what they say and our own wall clock,
// so that neither a wrong Date nor a wrong clock here makes anything expire. Our wall clock until an answer
// came.
int64_t server_clock_now(const struct server_clock *clock);
// Server minus our wall clock; 0 when not known.
int64_t server_clock_offset(const struct server_clock *clock);
// Several answers have agreed. What can't be undone (taking a row out of the vault) waits for this.
bool server_clock_is_confirmed(const struct server_clock *clock);
// More answers would tell what is right: not confirmed, and what was said so far is further from our own
// clock than a minute; or confirmed, and the last answer said otherwise.
bool server_clock_is_in_doubt(const struct server_clock *clock);

#endif
