// SPDX-License-Identifier: Apache-2.0
//
// http_rate: Count requests by the second, and compare the last minute's with what may go.

#include "api/http/http_rate.h"

#include <string.h>

enum {
    SECOND_MS = 1000,
    HUNDRED = 100,
    SWEEP_PERCENT = 80,    // of the share: the rest is kept for what is looked at
    SPEED_LEAST = 10,      // percent of the share
    SPEED_POINT_MS = 2000, // until a point of it comes back: 100 s from the half to the whole
    ONE_REFUSAL_MS = 5000, // 429 that come within this are one
    BACKOFF_STEPS = 4,     // 1 s, 2 s, ... 16 s, where the server doesn't say how long
    PERSON_HOLD_S = 60     // the longest: the quota is a minute's, and then the server may say so again
};

void http_rate_begin(struct http_rate *rate, int quota, int share)
{
    memset(rate, 0, sizeof *rate);
    rate->quota = quota > 0 ? quota : HTTP_QUOTA;
    rate->share = share > 0 && share <= HUNDRED ? share : HTTP_BACKGROUND_SHARE;
    rate->speed = HUNDRED;
}

// Empties the seconds that have begun since the last look.
static void turn(struct http_rate *rate, int64_t now)
{
    int64_t second = now / SECOND_MS;
    if (second <= rate->second)
        return;
    int64_t from = second - rate->second > HTTP_RATE_SECONDS ? second - HTTP_RATE_SECONDS : rate->second;
    for (int64_t at = from + 1; at <= second; at++)
        rate->counts[0][at % HTTP_RATE_SECONDS] = rate->counts[1][at % HTTP_RATE_SECONDS] = 0;
    rate->second = second;
}

static int sum(const int counts[HTTP_RATE_SECONDS])
{
    int total = 0;
    for (int i = 0; i < HTTP_RATE_SECONDS; i++)
        total += counts[i];
    return total;
}

int http_rate_count(struct http_rate *rate, bool person, int64_t now)
{
    turn(rate, now);
    return sum(rate->counts[person ? 0 : 1]);
}

static int speed_at(const struct http_rate *rate, int64_t now)
{
    int64_t points = rate->speed + (now - rate->speed_at) / SPEED_POINT_MS;
    return points < HUNDRED ? (int)points : HUNDRED;
}

int http_rate_share(const struct http_rate *rate, int64_t now)
{
    int share = (int)((int64_t)rate->quota * rate->share * speed_at(rate, now) / (HUNDRED * HUNDRED));
    return share > 0 ? share : 1;
}

// When enough of the counted ones are older than a minute for one more; 0: now.
static int64_t room_at(const struct http_rate *rate, const int counts[HTTP_RATE_SECONDS], int most)
{
    int over = sum(counts) - most + 1;
    if (over <= 0)
        return 0;
    for (int64_t second = rate->second - HTTP_RATE_SECONDS + 1; second <= rate->second; second++) {
        over -= second >= 0 ? counts[second % HTTP_RATE_SECONDS] : 0;
        if (over <= 0)
            return (second + HTTP_RATE_SECONDS) * SECOND_MS;
    }
    return (rate->second + HTTP_RATE_SECONDS) * SECOND_MS;
}

int64_t http_rate_free_at(struct http_rate *rate, enum http_urgency urgency, int64_t now)
{
    turn(rate, now);
    if (urgency == HTTP_PERSON)
        return room_at(rate, rate->counts[0], rate->quota);
    int share = http_rate_share(rate, now);
    int most = urgency == HTTP_SWEEP && share > 1 ? share * SWEEP_PERCENT / HUNDRED : share;
    int64_t at = room_at(rate, rate->counts[1], most);
    // What persons have used up of the whole is not there for anybody else.
    int left = rate->quota - sum(rate->counts[0]);
    int64_t whole_at = left < share ? room_at(rate, rate->counts[1], left > 0 ? left : 0) : 0;
    return at > whole_at ? at : whole_at;
}

int64_t http_rate_hold_until(const struct http_rate *rate, enum http_urgency urgency)
{
    if (urgency == HTTP_PERSON)
        return rate->hold_until[0];
    return rate->hold_until[rate->hold_until[0] > rate->hold_until[1] ? 0 : 1];
}

void http_rate_sent(struct http_rate *rate, enum http_urgency urgency, int64_t now)
{
    turn(rate, now);
    rate->counts[urgency == HTTP_PERSON ? 0 : 1][rate->second % HTTP_RATE_SECONDS]++;
}

static int64_t wait_ms(const struct http_rate *rate, enum http_urgency urgency, int wait_s)
{
    bool person = urgency == HTTP_PERSON;
    if (wait_s <= 0 && person)
        return SECOND_MS;
    if (wait_s <= 0)
        return (int64_t)SECOND_MS << (rate->refusals < BACKOFF_STEPS ? rate->refusals : BACKOFF_STEPS);
    return (int64_t)(person && wait_s > PERSON_HOLD_S ? PERSON_HOLD_S : wait_s) * SECOND_MS;
}

void http_rate_refused(struct http_rate *rate, enum http_urgency urgency, int64_t now, int wait_s)
{
    int64_t *hold = &rate->hold_until[urgency == HTTP_PERSON ? 0 : 1];
    bool is_first = now >= *hold; // others of the same burst were sent before they could be held
    int64_t until = now + wait_ms(rate, urgency, wait_s);
    if (is_first || (wait_s > 0 && until > *hold))
        *hold = until;
    if (is_first && urgency != HTTP_PERSON)
        rate->refusals++;
    if (rate->speed_at > 0 && now - rate->speed_at < ONE_REFUSAL_MS)
        return;
    int half = speed_at(rate, now) / 2;
    rate->speed = half > SPEED_LEAST ? half : SPEED_LEAST;
    rate->speed_at = now;
}

void http_rate_served(struct http_rate *rate, enum http_urgency urgency)
{
    if (urgency != HTTP_PERSON)
        rate->refusals = 0;
}

bool http_rate_is_held(const struct http_rate *rate, int64_t now)
{
    return rate->refusals > 0 || http_rate_hold_until(rate, HTTP_BACKGROUND) > now;
}
