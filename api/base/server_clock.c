// SPDX-License-Identifier: Apache-2.0
//
// server_clock: Let the answers vote: the one that most others agree with is believed, and of those that
// agree the most exact.

#include "api/base/server_clock.h"

#include "api/base/time_util.h"

enum { MINUTE_MS = 60 * 1000, DATE_HIDES_MS = 500 };

static int64_t distance(int64_t one, int64_t other)
{
    return one > other ? one - other : other - one;
}

static bool agree(const struct server_clock_sample *one, const struct server_clock_sample *other)
{
    return distance(one->server_minus_monotonic_ms, other->server_minus_monotonic_ms) <=
           one->error_ms + other->error_ms + SERVER_CLOCK_SLACK_MS;
}

static size_t votes_for(const struct server_clock *clock, const struct server_clock_sample *sample)
{
    size_t votes = 0;
    for (size_t i = 0; i < clock->count; i++)
        votes += agree(sample, &clock->samples[i]);
    return votes;
}

// The sample that most others agree with; among equals the one nearest to our own clock, then the most exact.
static const struct server_clock_sample *best_of(const struct server_clock *clock, size_t *votes)
{
    int64_t ours = time_wall_ms() - time_monotonic_ms();
    const struct server_clock_sample *best = &clock->samples[0];
    *votes = votes_for(clock, best);
    for (size_t i = 1; i < clock->count; i++) {
        const struct server_clock_sample *one = &clock->samples[i];
        size_t of_one = votes_for(clock, one);
        bool better = of_one > *votes;
        if (of_one == *votes)
            better = agree(one, best) ? one->error_ms < best->error_ms
                                      : distance(one->server_minus_monotonic_ms, ours) <
                                            distance(best->server_minus_monotonic_ms, ours);
        if (better) {
            best = one;
            *votes = of_one;
        }
    }
    return best;
}

void server_clock_observe(struct server_clock *clock, int64_t date_ms, int64_t sent_at_ms,
                          int64_t answered_at_ms)
{
    int64_t took = answered_at_ms - sent_at_ms;
    if (took < 0 || took > SERVER_CLOCK_SLOWEST_MS)
        return;
    // The header cuts off the fraction of its second: on average half a second.
    int64_t middle = sent_at_ms + took / 2;
    clock->samples[clock->next] = (struct server_clock_sample){
        .server_minus_monotonic_ms = date_ms + DATE_HIDES_MS - middle, .error_ms = took / 2 + DATE_HIDES_MS};
    clock->next = (clock->next + 1) % SERVER_CLOCK_SAMPLES;
    if (clock->count < SERVER_CLOCK_SAMPLES)
        clock->count++;
    size_t votes = 0;
    const struct server_clock_sample *best = best_of(clock, &votes);
    // What is certain gives way only to what several agree on.
    if (clock->confirmed && votes < SERVER_CLOCK_AGREEING)
        return;
    clock->confirmed = votes >= SERVER_CLOCK_AGREEING;
    // A countdown does not jump to and fro between estimates that say the same.
    if (clock->known && best->error_ms >= clock->error_ms &&
        distance(best->server_minus_monotonic_ms, clock->server_minus_monotonic_ms) <=
            best->error_ms + clock->error_ms)
        return;
    clock->known = true;
    clock->server_minus_monotonic_ms = best->server_minus_monotonic_ms;
    clock->error_ms = best->error_ms;
}

int64_t server_clock_now(const struct server_clock *clock)
{
    int64_t ours = time_wall_ms();
    int64_t server = time_monotonic_ms() + clock->server_minus_monotonic_ms;
    if (!clock->known)
        return ours;
    return clock->confirmed || server < ours ? server : ours;
}

int64_t server_clock_offset(const struct server_clock *clock)
{
    return clock->known ? server_clock_now(clock) - time_wall_ms() : 0;
}

bool server_clock_is_confirmed(const struct server_clock *clock)
{
    return clock->confirmed;
}

bool server_clock_is_in_doubt(const struct server_clock *clock)
{
    const struct server_clock_sample believed = {clock->server_minus_monotonic_ms, clock->error_ms};
    if (!clock->known)
        return false;
    if (clock->confirmed)
        return !agree(&believed,
                      &clock->samples[(clock->next + SERVER_CLOCK_SAMPLES - 1) % SERVER_CLOCK_SAMPLES]);
    return distance(time_monotonic_ms() + clock->server_minus_monotonic_ms, time_wall_ms()) > MINUTE_MS;
}
