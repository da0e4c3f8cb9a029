// SPDX-License-Identifier: Apache-2.0
//
// cli_expiry: see the header. The timer's clock stands while the machine sleeps, so that it is looked at
// again once a minute.

#include "views/cli_expiry.h"

#include "api/server_time.h"

#include <stdio.h>

// The server's clock is known to a second or two only.
enum { CLOCK_ERROR_MS = 2000, LOOK_MS = 60000 };

static int64_t left_of(const struct cli_expiry *expiry)
{
    return expiry->expires_at - keeper_now(expiry->keeper);
}

static void look(uv_timer_t *timer)
{
    struct cli_expiry *expiry = timer->data;
    int64_t left = left_of(expiry);
    char text[96], words[16];
    if (left <= 0) {
        expiry->say(expiry->ctx, "the credential has expired: the session may be cut off");
        return;
    }
    if (left <= expiry->warn_ms && !expiry->warned) {
        expiry->warned = true;
        (void)snprintf(text, sizeof text, "the credential expires in %s: the session may be cut off then",
                       time_format_remaining(left, words));
        expiry->say(expiry->ctx, text);
    }
    int64_t next = expiry->warned ? left : left - expiry->warn_ms;
    uv_update_time(timer->loop);
    (void)uv_timer_start(timer, look, (uint64_t)(next < LOOK_MS ? next : LOOK_MS), 0);
}

void cli_expiry_begin(struct cli_expiry *expiry, uv_loop_t *loop)
{
    (void)uv_timer_init(loop, &expiry->timer);
    expiry->timer.data = expiry;
    uv_unref((uv_handle_t *)&expiry->timer);
    if (expiry->expires_at > 0 && expiry->warn_ms > 0 && left_of(expiry) > 0)
        look(&expiry->timer);
}

void cli_expiry_end(struct cli_expiry *expiry)
{
    uv_close((uv_handle_t *)&expiry->timer, NULL);
}

bool cli_expiry_is_over(const struct cli_expiry *expiry)
{
    return expiry->expires_at > 0 && left_of(expiry) <= CLOCK_ERROR_MS;
}
