// SPDX-License-Identifier: Apache-2.0
//
// cli_expiry: warn during `sbxdeck ssh` before the credential expires or the sandbox times out. The timer's
// clock stands while the machine sleeps, so that it is looked at again once a minute.

#include "views/cli/cli_expiry.h"

#include "api/base/time_util.h"

#include <stdio.h>

// The server's clock is known to a second or two only.
enum { CLOCK_ERROR_MS = 2000, LOOK_MS = 60000 };

static void say_soon(const struct cli_expiry *expiry, enum deadline_clock clock, int64_t left)
{
    char text[128], span[TIME_SPAN_CAP];
    if (clock == DEADLINE_SANDBOX)
        (void)snprintf(text, sizeof text, "the sandbox times out in %s: the session is cut off then",
                       time_format_span(left, span));
    else
        (void)snprintf(text, sizeof text, "the credential expires in %s: the session may be cut off then",
                       time_format_span(left, span));
    expiry->say(expiry->ctx, text);
}

// Says what is due of one clock. Returns how long until there is more to say; 0: no more.
static int64_t look_at(struct cli_expiry *expiry, enum deadline_clock clock, int64_t ends_at)
{
    int64_t left = ends_at - service_now(expiry->service);
    if (ends_at <= 0 || expiry->over[clock])
        return 0;
    if (left <= 0) {
        expiry->over[clock] = true;
        expiry->say(expiry->ctx, clock == DEADLINE_SANDBOX
                                     ? "the sandbox has reached its time-out: the session may be cut off"
                                     : "the credential has expired: the session may be cut off");
        return 0;
    }
    if (left <= expiry->warn_ms && !expiry->warned[clock]) {
        expiry->warned[clock] = true;
        say_soon(expiry, clock, left);
    }
    return expiry->warned[clock] ? left : left - expiry->warn_ms;
}

static void look(uv_timer_t *timer)
{
    struct cli_expiry *expiry = timer->data;
    int64_t next = look_at(expiry, DEADLINE_CREDENTIAL, expiry->expires_at);
    int64_t other = look_at(expiry, DEADLINE_SANDBOX, expiry->timeout_at);
    if (next == 0 || (other > 0 && other < next))
        next = other;
    if (next == 0)
        return;
    uv_update_time(timer->loop);
    (void)uv_timer_start(timer, look, (uint64_t)(next < LOOK_MS ? next : LOOK_MS), 0);
}

void cli_expiry_begin(struct cli_expiry *expiry, uv_loop_t *loop)
{
    int64_t now = service_now(expiry->service);
    (void)uv_timer_init(loop, &expiry->timer);
    expiry->timer.data = expiry;
    uv_unref((uv_handle_t *)&expiry->timer);
    // What is over before it begins is no news: the server has admitted all the same.
    expiry->over[DEADLINE_CREDENTIAL] = expiry->expires_at <= now;
    expiry->over[DEADLINE_SANDBOX] = expiry->timeout_at <= now;
    if (expiry->warn_ms > 0)
        look(&expiry->timer);
}

void cli_expiry_end(struct cli_expiry *expiry)
{
    uv_close((uv_handle_t *)&expiry->timer, NULL);
}

bool cli_expiry_is_over(const struct cli_expiry *expiry)
{
    return expiry->expires_at > 0 && expiry->expires_at - service_now(expiry->service) <= CLOCK_ERROR_MS;
}
