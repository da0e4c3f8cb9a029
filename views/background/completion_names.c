// SPDX-License-Identifier: Apache-2.0
//
// completion_names: Write the names soon after the fleet has changed, and seldom while it changes on and on.
// They are gathered on the loop in parts, and written beside it.

#include "views/background/completion_names.h"

#include "api/base/time_util.h"
#include "api/fleet/completion_cache.h"
#include "tui/base/xalloc.h"
#include "views/app/app.h"

#include <stdlib.h>

enum { SOON_MS = 1000, SELDOM_MS = 60000, ROWS = 5000 /* a millisecond */ };

struct completion_names {
    struct app *app;
    struct app_watch watch;
    uv_timer_t *timer;
    uint64_t generation; // of the fleet when it was written last
    int64_t written_at;  // monotonic ms; 0: not yet
    struct bytebuf text; // while it is being gathered, ...
    size_t from;         // ... up to this row
};

static void again_in(struct completion_names *names, int64_t ms);

static void save(struct completion_names *names)
{
    char path[PATH_CAP + 16];
    if (completion_cache_path(names->app->config.state_folder, path, sizeof path))
        completion_cache_save(names->app->loop, path, &names->text);
    bytebuf_free(&names->text);
}

// A part a turn. What shifts meanwhile may be missed, until the next time.
static void on_timer(uv_timer_t *timer)
{
    struct completion_names *names = timer->data;
    struct app *app = names->app;
    const struct fleet *fleet = service_fleet(app->service);
    if (names->from == 0) {
        names->generation = fleet_generation(fleet);
        names->written_at = time_monotonic_ms();
    }
    enum status status =
        app->quitting || !fleet_is_complete(fleet)
            ? STATUS_CANCELLED
            : completion_cache_compose_part(fleet, app->config.base_url, &names->from, ROWS, &names->text);
    if (status == STATUS_OK && names->from < fleet_count(fleet)) {
        again_in(names, 1);
        return;
    }
    if (status == STATUS_OK)
        save(names);
    bytebuf_free(&names->text);
    names->from = 0;
}

static void again_in(struct completion_names *names, int64_t ms)
{
    uv_update_time(names->app->loop);
    (void)uv_timer_start(names->timer, on_timer, (uint64_t)ms, 0);
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
    again_in(names, wait);
}

struct completion_names *completion_names_begin(struct app *app)
{
    if (app->service == NULL)
        return NULL;
    struct completion_names *names = xcalloc(1, sizeof *names);
    names->app = app;
    names->text = BYTEBUF(COMPLETION_CACHE_MAX);
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
    bytebuf_free(&names->text);
    free(names);
}
