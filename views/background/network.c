// SPDX-License-Identifier: Apache-2.0
//
// network: React to a change of this machine's network: one toast a change, whatever the number of sessions.

#include "views/background/network.h"

#include "api/net/net_watch.h"
#include "views/app/app.h"
#include "views/forward/forwards.h"
#include "views/session/session.h"

#include <stdio.h>

static void tell(struct app *app, const char *change, size_t sessions, size_t lost)
{
    if (sessions == 0)
        app_toast(app, TOAST_INFO, "Network changed, refreshing: %s", change);
    else if (lost == 0)
        app_toast(app, TOAST_WARN, "Network changed, open sessions may be cut off: %s", change);
    else
        app_toast(app, TOAST_WARN, "%zu of %zu open sessions used a lost address, checking: %s", lost,
                  sessions, change);
}

static void on_changed(void *ctx, const struct net_change *change)
{
    struct app *app = ctx;
    char text[NET_TEXT_CAP];
    size_t lost = 0;
    if (app->quitting)
        return;
    size_t sessions = session_network_probe(app, &lost);
    tell(app, net_change_text(change, text), sessions, lost);
    if (change->kind == NET_NO_WAY)
        return;
    service_network_changed(app->service);
    forwards_network_changed(app);
}

static size_t on_used(void *ctx, struct net_address *out, size_t cap)
{
    size_t count = session_network_used(ctx, out, cap);
    return count + forwards_network_used(ctx, out + count, cap - count);
}

void network_begin(struct app *app)
{
    static const struct net_watch_events events = {.changed = on_changed, .used = on_used};
    struct failure why = {.status = STATUS_OK};
    if (app->service == NULL)
        return;
    (void)net_watch_new(app->loop, 0, &events, app, &app->network, &why); // without it: NULL
}

void network_end(struct app *app)
{
    net_watch_free(app->network);
    app->network = NULL;
}
