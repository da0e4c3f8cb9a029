// SPDX-License-Identifier: Apache-2.0
//
// revalidation: Compare three clocks. A sleep shows as a gap between the one that stops meanwhile and the
// one that does not; a step as one between the wall clock and the one that nobody can set.

#include "api/expiry/revalidation.h"

#include "api/base/time_util.h"

static int64_t distance(int64_t one, int64_t other)
{
    return one > other ? one - other : other - one;
}

enum revalidation_news revalidation_check(struct revalidation *revalidation,
                                          const struct revalidation_clocks *now, int64_t *span)
{
    const struct revalidation_clocks last = revalidation->last;
    bool begun = revalidation->begun;
    revalidation->last = *now;
    revalidation->begun = true;
    *span = 0;
    if (!begun)
        return REVALIDATION_SAME;
    int64_t ran = now->running - last.running;
    int64_t slept = ran - (now->awake - last.awake);
    int64_t stepped = distance(now->wall - last.wall, ran);
    if (slept < REVALIDATION_SLEPT_MS && stepped < REVALIDATION_SET_MS)
        return REVALIDATION_SAME;
    revalidation->all_before = now->server;
    revalidation->not_before = now->running;
    revalidation->failures = 0;
    *span = slept >= REVALIDATION_SLEPT_MS ? slept : stepped;
    return slept >= REVALIDATION_SLEPT_MS ? REVALIDATION_SLEPT : REVALIDATION_CLOCK_SET;
}

int64_t revalidation_due(const struct revalidation *revalidation, const struct revalidation_clocks *now)
{
    if (revalidation->under_way || now->running < revalidation->not_before)
        return 0;
    int64_t by_interval = revalidation->interval_ms > 0 ? now->server - revalidation->interval_ms : 0;
    return by_interval > revalidation->all_before ? by_interval : revalidation->all_before;
}

void revalidation_began(struct revalidation *revalidation, const struct revalidation_clocks *now,
                        size_t asked)
{
    revalidation->under_way = asked > 0;
    revalidation->not_before = now->running + REVALIDATION_ROUND_MS;
}

void revalidation_done(struct revalidation *revalidation, const struct revalidation_clocks *now, bool good)
{
    revalidation->under_way = false;
    if (good) {
        revalidation->failures = 0;
        return;
    }
    revalidation->not_before = now->running + time_backoff(revalidation->failures++, REVALIDATION_FAILED_MS,
                                                           REVALIDATION_FAILED_MAX_MS);
}
