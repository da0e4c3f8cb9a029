// SPDX-License-Identifier: Apache-2.0
//
// cli_retry: wait for a server that is away when a verb that stays begins: say so once, then ask again at
// growing intervals.

#ifndef SBXDECK_VIEWS_CLI_RETRY_H
#define SBXDECK_VIEWS_CLI_RETRY_H

#include "api/base/status.h"

#include <stdbool.h>
#include <uv.h>

struct cli_retry {
    uv_loop_t *loop;
    const char *verb; // named in what is said
    void (*ask)(void *ctx);
    void *ctx;
    uv_timer_t timer;
    int wait_ms; // 0: not begun
};

// What came of a call, retry filled up to ctx. On a failure that may pass by itself: calls ask later and
// returns true; false for all else, a good answer too.
bool cli_retry_later(struct cli_retry *retry, const struct failure *why);
// Fine when it never began. retry has to stay until the loop has run on.
void cli_retry_end(struct cli_retry *retry);

#endif
