// SPDX-License-Identifier: Apache-2.0
//
// token_bucket: Allow so many of something a minute. It holds what one minute brings at most, so that after a
// quiet minute all of them may be taken at once.

#include "api/base/token_bucket.h"

enum { ONE = 1000, MINUTE_MS = 60000 };

bool token_bucket_take(struct token_bucket *bucket, int per_minute, int64_t now_ms, int64_t *wait_ms)
{
    const int64_t most = (int64_t)per_minute * ONE;
    int64_t passed = now_ms - bucket->at;
    *wait_ms = -1;
    if (per_minute <= 0)
        return false;
    if (bucket->at == 0 || passed > MINUTE_MS) {
        bucket->level = most;
        bucket->at = now_ms;
    } else if (passed < 0) {
        bucket->at = now_ms;
    } else {
        int64_t gained = passed * per_minute * ONE / MINUTE_MS;
        bucket->level += gained;
        // What is less than a thousandth waits for the next time.
        bucket->at += gained * MINUTE_MS / ((int64_t)per_minute * ONE);
    }
    if (bucket->level > most) // the limit was lowered
        bucket->level = most;
    if (bucket->level < 0)
        bucket->level = 0;
    if (bucket->level < ONE) {
        *wait_ms = (ONE - bucket->level) * MINUTE_MS / most + 1;
        return false;
    }
    bucket->level -= ONE;
    *wait_ms = 0;
    return true;
}
