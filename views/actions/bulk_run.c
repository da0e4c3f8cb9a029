// SPDX-License-Identifier: Apache-2.0
//
// bulk_run: owns the calls of a bulk: it begins what may be begun, hears what became of it, waits out the
// server's rate limit, and tells the end to whoever does not look.

#include "api/base/server_time.h"
#include "tui/base/xalloc.h"
#include "views/actions/bulk_private.h"
#include "views/deck/fleet_view.h"
#include "views/deck/id_set.h"
#include "views/labels/state_labels.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { NAMED = 3, NAMES_CAP = NAMED * (ID_CAP + 2) + 24 };

struct bulk_call {
    struct app *app;
    size_t index;
};

static void tell_end(struct bulk_run *run)
{
    struct bulk_counts counts;
    char rest[96] = "";
    bulk_count(run->bulk, &counts);
    size_t used = 0;
    const struct {
        size_t count;
        const char *word;
    } others[] = {{counts.failed, "failed"}, {counts.unknown, "unknown"}, {counts.cancelled, "not started"}};
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
        if (others[i].count > 0)
            used += (size_t)snprintf(rest + used, sizeof rest - used, ", %zu %s", others[i].count,
                                     others[i].word);
    bool good = counts.failed + counts.unknown == 0;
    char names[NAMES_CAP];
    (void)bulk_troubled(run->bulk, NAMED, names, sizeof names);
    app_toast(run->app, good ? TOAST_INFO : TOAST_WARN, "%zu %s%s%s%s (%s shows each)", counts.done,
              bulk_did(bulk_kind(run->bulk)), rest, good ? "" : ": ", names, command_key(COMMAND_bulk));
}

static void ended(struct bulk_call *call, const struct failure *why, const char *id, const char *result)
{
    struct app *app = call->app;
    struct bulk_run *run = app->bulk;
    if (!app->quitting && run != NULL && run->bulk != NULL) {
        if (id != NULL)
            bulk_name(run->bulk, call->index, id);
        bulk_end(run->bulk, call->index, why, result, time_monotonic_ms());
        bulk_run_go(run);
        if (bulk_is_over(run->bulk) && !app_shows(app, &run->view))
            tell_end(run);
        app_dirty(app);
    }
    free(call);
}

static void on_credential(void *ctx, const struct failure *why, const struct credential *credential)
{
    struct bulk_call *call = ctx;
    bool told = why->status == STATUS_OK && credential != NULL;
    // A regenerate that failed names the old one, which may still work.
    ended(call, why, told ? credential->id : NULL,
          told ? credential_state_name(credential_state(credential, app_now(call->app))) : "");
}

static void on_done(void *ctx, const struct failure *why)
{
    struct failure gone = {.status = STATUS_OK};
    // Deleted by somebody else is what was wanted.
    bool there = why->status != STATUS_NOT_FOUND;
    ended(ctx, there ? why : &gone, NULL, there ? "" : "was gone");
}

// Whether a sandbox is as the verb wants it, whoever saw to that.
static bool is_so(enum bulk_verb verb, enum sandbox_state state)
{
    switch (verb) {
    case BULK_START:
        return state == SANDBOX_running;
    case BULK_STOP:
        return state == SANDBOX_stopped || state == SANDBOX_stopping;
    case BULK_PAUSE:
        return state == SANDBOX_paused || state == SANDBOX_snapshotting;
    default:
        return false;
    }
}

static void on_moved(void *ctx, const struct failure *why)
{
    struct bulk_call *call = ctx;
    const struct app *app = call->app;
    const struct failure fine = {.status = STATUS_OK};
    const struct bulk_run *run = app->bulk;
    if (app->quitting || run == NULL || run->bulk == NULL) {
        free(call);
        return;
    }
    const struct bulk_item *item = bulk_item(run->bulk, call->index);
    const struct fleet_row *row = fleet_find(service_fleet(app->service), item->sandbox_id);
    enum sandbox_state state = row != NULL ? row->sandbox.state : SANDBOX_deleted;
    bool so = why->status == STATUS_CONFLICT && is_so(bulk_kind(run->bulk), state);
    if (so)
        ended(call, &fine, NULL, "was so already");
    else
        ended(call, why, NULL, why->status == STATUS_OK ? state_label_sandbox(state, NULL).text : "");
}

// As the sandbox is now: it may have moved since it was asked about.
static void begin_start(struct credential_service *service, const char *sandbox_id, struct bulk_call *call)
{
    const struct fleet_row *row = fleet_find(service_fleet(service), sandbox_id);
    bool paused = row != NULL && row->sandbox.state == SANDBOX_paused;
    service_move(service, sandbox_id, paused ? MOVE_WAKE : MOVE_START, on_moved, call);
}

static void begin_call(struct bulk_run *run, size_t index)
{
    struct credential_service *service = run->app->service;
    const struct bulk_item *item = bulk_item(run->bulk, index);
    struct bulk_call *call = xcalloc(1, sizeof *call);
    *call = (struct bulk_call){run->app, index};
    switch (bulk_kind(run->bulk)) {
    case BULK_CREATE:
        service_create(service, item->sandbox_id, on_credential, call);
        break;
    case BULK_VALIDATE:
        service_validate(service, item->sandbox_id, item->id, on_credential, call);
        break;
    case BULK_REGENERATE:
        service_regenerate(service, item->sandbox_id, item->id, on_credential, call);
        break;
    case BULK_DELETE:
        service_delete(service, item->sandbox_id, item->id, on_done, call);
        break;
    case BULK_FORGET:
        service_forget(service, item->row, on_done, call);
        break;
    case BULK_START:
        begin_start(service, item->sandbox_id, call);
        break;
    case BULK_STOP:
        service_move(service, item->sandbox_id, MOVE_STOP, on_moved, call);
        break;
    case BULK_PAUSE:
        service_move(service, item->sandbox_id, MOVE_PAUSE, on_moved, call);
        break;
    case BULK_REMOVE:
        service_move(service, item->sandbox_id, MOVE_DELETE, on_done, call);
        break;
    case BULK_VERB_COUNT:
        free(call);
        break;
    }
}

static void on_timer(uv_timer_t *timer)
{
    bulk_run_go(timer->data);
}

void bulk_run_go(struct bulk_run *run)
{
    size_t index = 0;
    int64_t now = time_monotonic_ms();
    if (run->app->quitting)
        return;
    while (bulk_take(run->bulk, now, &index))
        begin_call(run, index);
    int64_t pause = bulk_paused_ms(run->bulk, now);
    uv_update_time(run->app->loop);
    if (pause > 0)
        (void)uv_timer_start(&run->timer, on_timer, (uint64_t)pause + 1, 0);
    app_dirty(run->app);
}

// --- the view -----------------------------------------------------------------------------

static enum scope scope_of(const struct view *view)
{
    (void)view;
    return SCOPE_BULK;
}

// Its time counts on.
static int64_t next_tick(const struct view *view, int64_t now_ms)
{
    const struct bulk_run *run = (const struct bulk_run *)view;
    bool over = run->bulk == NULL || bulk_is_over(run->bulk);
    return over ? 0 : app_next_change(run->app, 0, now_ms);
}

static const struct view_methods bulk_class = {
    .name = "bulk",
    .scope = scope_of,
    .draw = bulk_view_draw,
    .input = bulk_view_input,
    .go = bulk_view_go,
    .next_tick = next_tick,
    .hint_bar = true,
};

void bulk_view_command_facts(const struct app *app, struct command_facts *out)
{
    struct bulk_counts counts = {0};
    out->bulk = app->bulk != NULL;
    out->bulk_running = bulk_view_busy(app);
    if (app->bulk != NULL && app->bulk->bulk != NULL)
        bulk_count(app->bulk->bulk, &counts);
    out->bulk_failed = counts.failed + counts.unknown;
    out->bulk_left = counts.failed + counts.cancelled;
}

bool bulk_view_busy(const struct app *app)
{
    return app->bulk != NULL && app->bulk->bulk != NULL && !bulk_is_over(app->bulk->bulk);
}

void bulk_view_begin(struct app *app, struct bulk *bulk)
{
    struct bulk_run *run = app->bulk;
    if (run == NULL) {
        run = app->bulk = xcalloc(1, sizeof *run);
        run->view.methods = &bulk_class;
        run->app = app;
        (void)uv_timer_init(app->loop, &run->timer);
        run->timer.data = run;
        run->timer_open = true;
    }
    bulk_free(run->bulk);
    run->bulk = bulk;
    run->table = (struct table){0};
    app_show_over(app, &run->view);
    bulk_run_go(run);
}

static void on_closed(uv_handle_t *handle)
{
    struct bulk_run *run = handle->data;
    bulk_free(run->bulk);
    free(run);
}

void bulk_view_end(struct app *app)
{
    struct bulk_run *run = app->bulk;
    app->bulk = NULL;
    if (run != NULL)
        uv_close((uv_handle_t *)&run->timer, on_closed);
}

char *bulk_view_line(const struct app *app, char *out, size_t cap)
{
    struct bulk_counts counts;
    out[0] = '\0';
    if (!bulk_view_busy(app))
        return out;
    const struct bulk *bulk = app->bulk->bulk;
    bulk_count(bulk, &counts);
    int used = snprintf(out, cap, "%s %zu/%zu", bulk_doing(bulk_kind(bulk)),
                        counts.done + counts.failed + counts.unknown, counts.total);
    if (counts.failed > 0 && used > 0 && (size_t)used < cap)
        used += snprintf(out + used, cap - (size_t)used, ", %zu failed", counts.failed);
    if (counts.unknown > 0 && used > 0 && (size_t)used < cap)
        (void)snprintf(out + used, cap - (size_t)used, ", %zu unknown", counts.unknown);
    return out;
}

// --- commands -----------------------------------------------------------------------------

static struct bulk_run *shown(struct app *app)
{
    return app->bulk != NULL && app->top == &app->bulk->view ? app->bulk : NULL;
}

enum change bulk_open(struct app *app, int argument)
{
    (void)argument;
    if (app->bulk == NULL || app->bulk->bulk == NULL)
        app_toast(app, TOAST_INFO, "No bulk operation yet (%s marks a sandbox)", command_key(COMMAND_mark));
    else
        app_show_over(app, &app->bulk->view);
    return CHANGED_NOTHING;
}

enum change bulk_show_sandbox(struct app *app, int argument)
{
    struct bulk_run *run = shown(app);
    (void)argument;
    if (run == NULL || run->table.selected >= bulk_size(run->bulk))
        return CHANGED_NOTHING;
    fleet_view_find(app->deck, bulk_item(run->bulk, run->table.selected)->sandbox_id);
    app_show(app, app->deck);
    return CHANGED_NOTHING;
}

enum change bulk_cancel_rest(struct app *app, int argument)
{
    struct bulk_run *run = shown(app);
    (void)argument;
    if (run == NULL)
        return CHANGED_NOTHING;
    if (bulk_is_over(run->bulk)) {
        app_toast(app, TOAST_INFO, "It has already finished");
        return CHANGED_NOTHING;
    }
    bulk_cancel(run->bulk, time_monotonic_ms());
    app_toast(app, TOAST_INFO, "Cancelled the rest; calls under way finish");
    return CHANGED_NOTHING;
}

enum change bulk_mark_undone(struct app *app, int argument)
{
    struct bulk_run *run = shown(app);
    struct id_set marks = {0};
    (void)argument;
    if (run == NULL)
        return CHANGED_NOTHING;
    for (size_t i = 0; i < bulk_size(run->bulk); i++)
        if (bulk_is_undone(bulk_item(run->bulk, i)))
            id_set_set(&marks, bulk_item(run->bulk, i)->sandbox_id, true);
    if (id_set_count(&marks) == 0) {
        app_toast(app, TOAST_INFO, "None has failed");
        return CHANGED_NOTHING;
    }
    fleet_view_mark_only(app->deck, &marks);
    app_show(app, app->deck);
    return CHANGED_NOTHING;
}

enum change bulk_retry(struct app *app, int argument)
{
    struct bulk_run *run = shown(app);
    (void)argument;
    if (run == NULL)
        return CHANGED_NOTHING;
    if (!bulk_is_over(run->bulk))
        app_toast(app, TOAST_INFO, "It is still running (%s cancels)", command_key(COMMAND_bulk_cancel));
    else if (bulk_again(run->bulk, time_monotonic_ms()) == 0)
        app_toast(app, TOAST_INFO, "Nothing failed that can be retried");
    else
        bulk_run_go(run);
    return CHANGED_NOTHING;
}
