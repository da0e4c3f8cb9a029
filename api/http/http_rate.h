// SPDX-License-Identifier: Apache-2.0
//
// http_rate: Decide when a request may go. The organization has so many requests a minute; of these, what
// nobody asked for takes at most a share, and never what a person's calls need. A 429 slows what nobody asked
// for: its share is halved, and comes back slowly. So several programs that share a quota without knowing of
// each other leave room together. Pure: the caller brings the clock (monotonic ms).

#ifndef SBXDECK_API_HTTP_HTTP_RATE_H
#define SBXDECK_API_HTTP_HTTP_RATE_H

#include <stdbool.h>
#include <stdint.h>

// Who wants a request, the most urgent first.
enum http_urgency {
    HTTP_PERSON,     // somebody asked for it: goes first, and takes nothing of the share
    HTTP_BACKGROUND, // nobody did; it keeps fresh what is looked at
    HTTP_SWEEP,      // nobody did, and it can wait: leaves a part of the share to HTTP_BACKGROUND
    HTTP_URGENCIES
};

enum {
    HTTP_QUOTA = 1000,          // requests in 60 s, of the organization
    HTTP_BACKGROUND_SHARE = 25, // percent of that
    HTTP_RATE_SECONDS = 61      // the one under way and the 60 before
};

struct http_rate {
    int quota, share;
    int64_t second;                   // the newest of the counts
    int counts[2][HTTP_RATE_SECONDS]; // persons', nobody's
    int64_t hold_until[2];            // as the server told the one or the other
    int refusals;                     // of what nobody asked for, since one was served
    int speed;                        // percent of the share at speed_at; grows since
    int64_t speed_at;
};

// quota, share: 0 for the defaults.
void http_rate_begin(struct http_rate *rate, int quota, int share);

// 0: one more may go now; else when to look again, later than now.
int64_t http_rate_free_at(struct http_rate *rate, enum http_urgency urgency, int64_t now);
// When the server wants to hear again from such a one: what it said to a 429. 0 or past: it said nothing.
int64_t http_rate_hold_until(const struct http_rate *rate, enum http_urgency urgency);
void http_rate_sent(struct http_rate *rate, enum http_urgency urgency, int64_t now);
// A 429. wait_s: 0 where the server doesn't say how long; then what nobody asked for waits longer each time.
void http_rate_refused(struct http_rate *rate, enum http_urgency urgency, int64_t now, int wait_s);
void http_rate_served(struct http_rate *rate, enum http_urgency urgency); // another answer
// What nobody asked for waits because of a 429.
bool http_rate_is_held(const struct http_rate *rate, int64_t now);

// Requests in the last 60 s: of persons, of nobody.
int http_rate_count(struct http_rate *rate, bool person, int64_t now);
// How many requests that nobody asked for may go in 60 s as things stand; at least 1.
int http_rate_share(const struct http_rate *rate, int64_t now);

#endif
