// SPDX-License-Identifier: Apache-2.0
//
// completion_names: Write the names soon after the fleet has changed, and seldom while it changes on and on.
// They are gathered on the loop, which takes some milliseconds with 100,000 sandboxes, and written beside it.

#include "views/background/completion_names.h"

#include "api/base/time_util.h"
#include "api/fleet/completion_cache.h"
#include "tui/base/xalloc.h"
#include "views/app/app.h"

#include <stdlib.h>

enum { SOON_MS = 1000, SELDOM_MS = 60000 };

struct completion_names {
    struct app *app;
    struct app_watch watch;
    uv_timer_t *timer;
    uint64_t generation; // of the fleet when it was written last
    int64_t written_at;  // monotonic ms; 0: not yet
};

static void on_timer(uv_timer_t *timer)
{
    struct completion_names *names = timer->data;
    struct app *app = names->app;
    struct bytebuf text = BYTEBUF(COMPLETION_CACHE_MAX);
    char path[PATH_CAP + 16];
    if (app->quitting || !fleet_is_complete(service_fleet(app->service)))
        return;
    names->generation = fleet_generation(service_fleet(app->service));
    names->written_at = time_monotonic_ms();
    if (completion_cache_path(app->config.state_folder, path, sizeof path) &&
        completion_cache_compose(service_fleet(app->service), app->config.base_url, &text) == STATUS_OK)
        completion_cache_save(app->loop, path, &text);
    else
        bytebuf_free(&text);
}

static void on_changed(void *ctx)
{
    struct completion_names *names = ctx;
    const struct fleet *fleet = service_fleet(names->app->service);
    if (names->app->quitting || uv_is_active((uv_handle_t *)names->timer) || !fleet_is_complete(fleet) ||
        fleet_generation(fleet) == names->generation)
        return;
    int64_t since = time_monotonic_ms() - names->written_at;
    int64_t wait = names->written_at == 0 || since > SELDOM_MS - SOON_MS ? SOON_MS : SELDOM_MS - since;
    uv_update_time(names->app->loop);
    (void)uv_timer_start(names->timer, on_timer, (uint64_t)wait, 0);
}

struct completion_names *completion_names_begin(struct app *app)
{
    if (app->service == NULL)
        return NULL;
    struct completion_names *names = xcalloc(1, sizeof *names);
    names->app = app;
    names->timer = app_timer_new(app, names);
    names->watch = (struct app_watch){.changed = on_changed, .ctx = names};
    app_watch_add(app, &names->watch);
    return names;
}

void completion_names_end(struct completion_names *names)
{
    if (names == NULL)
        return;
    app_watch_remove(names->app, &names->watch);
    app_timer_free(&names->timer);
    free(names);
}
