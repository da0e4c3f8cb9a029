// SPDX-License-Identifier: Apache-2.0
//
// recheck: when to ask the server again about credentials that were valid: at a calm interval, a few at a
// time, and about all of them when this machine has slept or its clock was set. Pure: the caller brings the
// clocks and does the asking.

#ifndef SBXDECK_API_RECHECK_H
#define SBXDECK_API_RECHECK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    RECHECK_AT_A_TIME = 40,    // questions of one round
    RECHECK_ROUND_MS = 10000,  // between two rounds: 240 questions a minute, a quarter of what is allowed
    RECHECK_FAILED_MS = 30000, // after a round that failed, doubled each time ...
    RECHECK_FAILED_MAX_MS = 600000,
    RECHECK_SLEPT_MS = 30000, // a shorter sleep is none
    RECHECK_SET_MS = 120000   // a smaller step of the clock is none
};

// All ms. awake stands still while the machine sleeps (CLOCK_MONOTONIC), running does not (CLOCK_BOOTTIME).
struct recheck_clocks {
    int64_t awake, running, wall, server;
};

enum recheck_news { RECHECK_SAME, RECHECK_SLEPT, RECHECK_CLOCK_SET };

struct recheck {
    int64_t interval_ms; // 0: only after a sleep or a step
    struct recheck_clocks last;
    int64_t all_before; // what was asked about before this instant of the server's clock is too old
    int64_t not_before; // running
    int failures;
    bool begun, under_way;
};

// What has happened since the last call; *span: how long it slept, or by how much the clock was set.
enum recheck_news recheck_look(struct recheck *recheck, const struct recheck_clocks *now, int64_t *span);
// Credentials asked about before this instant of the server's clock are due; 0: none now.
int64_t recheck_due(const struct recheck *recheck, const struct recheck_clocks *now);
// A round was started with so many questions; 0 just waits for the next round.
void recheck_began(struct recheck *recheck, const struct recheck_clocks *now, size_t asked);
void recheck_done(struct recheck *recheck, const struct recheck_clocks *now, bool good);

#endif
