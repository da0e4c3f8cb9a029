// SPDX-License-Identifier: Apache-2.0
//
// revalidation: Decide when to validate credentials again that were valid: at an interval, a few at a time,
// and all of them when this machine has slept or its clock was set. Pure: the caller brings the clocks and
// makes the calls.

#ifndef SBXDECK_API_EXPIRY_REVALIDATION_H
#define SBXDECK_API_EXPIRY_REVALIDATION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    REVALIDATION_AT_A_TIME = 15,   // questions of one round
    REVALIDATION_ROUND_MS = 10000, // between two rounds: 90 a minute, so that most of the share is the list's
    REVALIDATION_FAILED_MS = 30000, // after a round that failed, doubled each time ...
    REVALIDATION_FAILED_MAX_MS = 600000,
    REVALIDATION_SLEPT_MS = 30000, // a shorter sleep is none
    REVALIDATION_SET_MS = 120000   // a smaller step of the clock is none
};

// All ms. awake stands still while the machine sleeps (CLOCK_MONOTONIC), running does not (CLOCK_BOOTTIME).
struct revalidation_clocks {
    int64_t awake, running, wall, server;
};

enum revalidation_news { REVALIDATION_SAME, REVALIDATION_SLEPT, REVALIDATION_CLOCK_SET };

struct revalidation {
    int64_t interval_ms; // 0: only after a sleep or a step
    struct revalidation_clocks last;
    int64_t all_before; // what was asked about before this instant of the server's clock is too old
    int64_t not_before; // running
    int failures;
    bool begun, under_way;
};

// What has happened since the last call; *span: how long it slept, or by how much the clock was set.
enum revalidation_news revalidation_check(struct revalidation *revalidation,
                                          const struct revalidation_clocks *now, int64_t *span);
// Credentials asked about before this instant of the server's clock are due; 0: none now.
int64_t revalidation_due(const struct revalidation *revalidation, const struct revalidation_clocks *now);
// A round was started with so many questions; 0 just waits for the next round.
void revalidation_began(struct revalidation *revalidation, const struct revalidation_clocks *now,
                        size_t asked);
void revalidation_done(struct revalidation *revalidation, const struct revalidation_clocks *now, bool good);

#endif
