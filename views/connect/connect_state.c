// SPDX-License-Identifier: Apache-2.0
//
// connect_state: Ask how a sandbox is before connecting to it, where what is known of it is old: in a large
// fleet it may have been told minutes ago.

#include "views/connect/connect_private.h"

#include "views/app/app.h"

static void on_fresh(void *ctx, const struct failure *why)
{
    struct connect *flow = ctx;
    (void)why; // it is in the fleet; where it can't be asked, the connection tells
    flow->calling = false;
    flow->then(flow);
}

bool connect_asks_state(struct connect *flow, void (*then)(struct connect *flow))
{
    if (flow->asked_state || service_is_fresh(flow->app->service, flow->sandbox_id))
        return false;
    flow->asked_state = flow->calling = true;
    flow->then = then;
    flow->holders++;
    service_fresh(flow->app->service, flow->sandbox_id, on_fresh, flow);
    return true;
}
