// SPDX-License-Identifier: Apache-2.0
//
// recheck: owns the judgement of three clocks. A sleep shows as a gap between the one that stops and the one
// that does not; a step as one between the wall clock and the one that nobody can set.

#include "api/expiry/revalidation.h"

static int64_t distance(int64_t one, int64_t other)
{
    return one > other ? one - other : other - one;
}

enum recheck_news recheck_look(struct recheck *recheck, const struct recheck_clocks *now, int64_t *span)
{
    const struct recheck_clocks last = recheck->last;
    bool begun = recheck->begun;
    recheck->last = *now;
    recheck->begun = true;
    *span = 0;
    if (!begun)
        return RECHECK_SAME;
    int64_t ran = now->running - last.running;
    int64_t slept = ran - (now->awake - last.awake);
    int64_t stepped = distance(now->wall - last.wall, ran);
    if (slept < RECHECK_SLEPT_MS && stepped < RECHECK_SET_MS)
        return RECHECK_SAME;
    recheck->all_before = now->server;
    recheck->not_before = now->running;
    recheck->failures = 0;
    *span = slept >= RECHECK_SLEPT_MS ? slept : stepped;
    return slept >= RECHECK_SLEPT_MS ? RECHECK_SLEPT : RECHECK_CLOCK_SET;
}

int64_t recheck_due(const struct recheck *recheck, const struct recheck_clocks *now)
{
    if (recheck->under_way || now->running < recheck->not_before)
        return 0;
    int64_t by_interval = recheck->interval_ms > 0 ? now->server - recheck->interval_ms : 0;
    return by_interval > recheck->all_before ? by_interval : recheck->all_before;
}

void recheck_began(struct recheck *recheck, const struct recheck_clocks *now, size_t asked)
{
    recheck->under_way = asked > 0;
    recheck->not_before = now->running + RECHECK_ROUND_MS;
}

void recheck_done(struct recheck *recheck, const struct recheck_clocks *now, bool good)
{
    recheck->under_way = false;
    if (good) {
        recheck->failures = 0;
        return;
    }
    int64_t wait = RECHECK_FAILED_MS;
    for (int i = 0; i < recheck->failures && wait < RECHECK_FAILED_MAX_MS; i++)
        wait *= 2;
    recheck->failures++;
    recheck->not_before = now->running + (wait < RECHECK_FAILED_MAX_MS ? wait : RECHECK_FAILED_MAX_MS);
}
