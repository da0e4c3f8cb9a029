// SPDX-License-Identifier: Apache-2.0
//
// log_view: The event log as a view: its methods, opening and closing it, and its commands.

#include "views/log/log_view_private.h"

#include "tui/base/xalloc.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MINUTE_MS = 60000 };

static void on_changed(void *ctx)
{
    struct log_view *log = ctx;
    if (log->app->service == NULL || service_events_version(log->app->service) == log->version)
        return;
    log->newer_wanted = true;
    log_view_ask(log);
}

// --- the view -----------------------------------------------------------------------------

static enum scope scope_of(const struct view *view)
{
    (void)view;
    return SCOPE_LOG;
}

// What was of today becomes yesterday's.
static int64_t next_tick(const struct view *view, int64_t now_ms)
{
    (void)view;
    return now_ms + MINUTE_MS;
}

static void free_view(struct view *view)
{
    struct log_view *log = log_view_of(view);
    app_watch_remove(log->app, &log->watch);
    log_view_clear(log);
    free(log);
}

static enum hint_layer hint_layer(const struct view *view)
{
    return ((const struct log_view *)view)->filtering ? HINT_FILTER : HINT_LAYER_COUNT;
}

static const struct view_methods log_methods = {
    .name = "log",
    .scope = scope_of,
    .draw = log_view_draw,
    .input = log_view_input,
    .go = log_view_go,
    .next_tick = next_tick,
    .hint_layer = hint_layer,
    .hint_bar = true,
    .free = free_view,
};

struct view *log_view_new(struct app *app)
{
    struct log_view *log = xcalloc(1, sizeof *log);
    log->view.methods = &log_methods;
    log->app = app;
    log->watch = (struct app_watch){.changed = on_changed, .ctx = log};
    line_edit_begin(&log->filter, EVENT_TEXT_CAP, NULL);
    return &log->view;
}

size_t log_view_count(const struct view *view)
{
    return ((const struct log_view *)view)->count;
}

static void open_log(struct log_view *log)
{
    struct app *app = log->app;
    log->details = false;
    log->table.selected = log->table.top = 0;
    log->anew = true;
    app_watch_add(app, &log->watch);
    log_view_ask(log);
    app_show_over(app, &log->view);
}

// What it has read is let go: there may be much of it, and it is old when it is opened again.
static void close_log(struct log_view *log)
{
    log->filtering = log->details = log->loaded = log->more = log->to_end = false;
    line_edit_set(&log->filter, "");
    app_watch_remove(log->app, &log->watch);
    log_view_clear(log);
    log->news = 0;
    app_show_below(log->app);
}

// --- commands -----------------------------------------------------------------------------

static struct log_view *log_of(struct app *app)
{
    return log_view_of(app->log);
}

enum change log_toggle(struct app *app, int argument)
{
    (void)argument;
    if (app->top == app->log)
        close_log(log_of(app)); // the same key leads out again
    else
        open_log(log_of(app));
    return CHANGED_VIEW;
}

// What lies in front of the list goes first.
static bool give_up(struct log_view *log)
{
    if (log->details) {
        log->details = false;
        return true;
    }
    if (log->filter.length == 0)
        return toasts_dismiss(log->app->toasts);
    line_edit_set(&log->filter, "");
    log->anew = true;
    log_view_ask(log);
    return true;
}

enum change log_close(struct app *app, int step_by_step)
{
    if ((step_by_step == 0 || !give_up(log_of(app))) && app->top == app->log)
        close_log(log_of(app));
    return CHANGED_VIEW;
}

enum change log_details(struct app *app, int argument)
{
    struct log_view *log = log_of(app);
    (void)argument;
    log->details = !log->details && log->count > 0;
    log->detail_top = 0;
    return CHANGED_VIEW;
}

enum change log_filter(struct app *app, int argument)
{
    struct log_view *log = log_of(app);
    (void)argument;
    log->filtering = true;
    log->details = false;
    return CHANGED_VIEW;
}
