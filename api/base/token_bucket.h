// SPDX-License-Identifier: Apache-2.0
//
// token_bucket: Allow so many of something a minute, at once or one after the other. Pure: the caller keeps
// the bucket and passes the time.

#ifndef SBXDECK_API_BASE_TOKEN_BUCKET_H
#define SBXDECK_API_BASE_TOKEN_BUCKET_H

#include <stdbool.h>
#include <stdint.h>

struct token_bucket {
    int64_t level; // thousandths of a token
    int64_t at;    // ms, of a clock that may be set; 0: it was never taken from, and is full
};

// Takes one. False: there is none, and *wait_ms is how long until there is; -1: never, as 0 a minute has it.
// A clock that was set back refills nothing for what it repeats, and holds up for no more than a minute.
bool token_bucket_take(struct token_bucket *bucket, int per_minute, int64_t now_ms, int64_t *wait_ms);

#endif
