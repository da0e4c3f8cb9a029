// SPDX-License-Identifier: Apache-2.0
//
// bulk_run: Make the calls of a bulk operation: begin what may be begun, take in each result, wait out the
// server's rate limit, and show the end to an operator who is elsewhere.

#include "api/base/time_util.h"
#include "tui/base/text.h"
#include "tui/base/xalloc.h"
#include "views/actions/bulk_run_private.h"
#include "views/labels/state_labels.h"
#include "views/session/session.h"

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
    const struct {
        size_t count;
        const char *word;
    } others[] = {{counts.failed, "failed"}, {counts.unknown, "unknown"}, {counts.cancelled, "not started"}};
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
        if (others[i].count > 0)
            (void)text_append(rest, sizeof rest, ", %zu %s", others[i].count, others[i].word);
    bool good = counts.failed + counts.unknown == 0;
    char names[NAMES_CAP];
    (void)bulk_troubled(run->bulk, NAMED, names, sizeof names);
    app_toast(run->app, good ? TOAST_INFO : TOAST_WARN, "%zu %s%s%s%s (%s shows each)", counts.done,
              bulk_did(bulk_kind(run->bulk)), rest, good ? "" : ": ", names, command_key(COMMAND_bulk));
}

static void take_end(struct app *app, size_t index, const struct failure *why, const char *result)
{
    struct bulk_run *run = app->bulk;
    bulk_end(run->bulk, index, why, result, time_monotonic_ms());
    bulk_run_go(run);
    if (bulk_is_over(run->bulk) && !app_shows(app, &run->view))
        tell_end(run);
    app_dirty(app);
}

static void ended(struct bulk_call *call, const struct failure *why, const char *id, const char *result)
{
    struct app *app = call->app;
    struct bulk_run *run = app->bulk;
    if (!app->quitting && run != NULL && run->bulk != NULL) {
        if (id != NULL)
            bulk_name(run->bulk, call->index, id);
        take_end(app, call->index, why, result);
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
    // Deleted by someone else: that is what was wanted.
    bool there = why->status != STATUS_NOT_FOUND;
    ended(ctx, there ? why : &gone, NULL, there ? "" : "was gone");
}

// The sandbox is in the state that the verb leads to, whoever did it.
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
static void on_fresh(void *ctx, const struct failure *why)
{
    struct bulk_call *call = ctx;
    const struct app *app = call->app;
    const struct bulk_run *run = app->bulk;
    if (app->quitting || run == NULL || run->bulk == NULL) {
        free(call);
        return;
    }
    if (failure_is_absence(why)) {
        ended(call, why, NULL, "");
        return;
    }
    const char *sandbox_id = bulk_item(run->bulk, call->index)->sandbox_id;
    const struct fleet_row *row = fleet_find(service_fleet(app->service), sandbox_id);
    bool paused = row != NULL && row->sandbox.state == SANDBOX_paused;
    service_move(app->service, sandbox_id, paused ? MOVE_WAKE : MOVE_START, on_moved, call);
}

static void begin_start(struct credential_service *service, const char *sandbox_id, struct bulk_call *call)
{
    service_fresh(service, sandbox_id, on_fresh, call);
}

static void begin_call(struct bulk_run *run, size_t index)
{
    struct credential_service *service = run->app->service;
    const struct bulk_item *item = bulk_item(run->bulk, index);
    if (run->exec != NULL) {
        exec_begin(run->exec, index, item->sandbox_id);
        return;
    }
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
    case BULK_EXEC: // see above
    case BULK_VERB_COUNT:
        free(call);
        break;
    }
}

// --- a command ----------------------------------------------------------------------------

static void on_executed(void *ctx, size_t index)
{
    struct app *app = ctx;
    struct failure why;
    if (app->quitting || app->bulk == NULL || app->bulk->exec == NULL)
        return;
    app->bulk->same_is_old = true;
    (void)exec_result_failure(&exec_results(app->bulk->exec)[index], &why);
    take_end(app, index, &why, "");
}

static void on_more(void *ctx)
{
    app_dirty(ctx);
}

static bool is_in_use(void *ctx, int64_t vault_row)
{
    return session_uses(ctx, vault_row) > 0;
}

void bulk_run_set_command(struct bulk_run *run, const char *command)
{
    struct app *app = run->app;
    exec_free(run->exec);
    free(run->same);
    run->exec = NULL;
    run->same = NULL;
    if (command == NULL)
        return;
    const struct exec_options options = {.loop = app->loop,
                                         .service = app->service,
                                         .known_hosts = app->config.known_hosts,
                                         .connect_timeout_s = app->config.connect_timeout_s,
                                         .command = command,
                                         .in_use = is_in_use,
                                         .done = on_executed,
                                         .moved = on_more,
                                         .ctx = app};
    run->exec = exec_new(&options, bulk_size(run->bulk));
    run->same = xcalloc(bulk_size(run->bulk) + 1, sizeof *run->same);
    run->same_is_old = false;
}

size_t bulk_run_same(struct bulk_run *run, size_t index)
{
    const struct exec_result *results = exec_results(run->exec);
    struct exec_groups groups;
    if (run->same_is_old) {
        exec_fold(results, exec_count(run->exec), &groups);
        for (size_t g = 0; g < groups.count; g++)
            for (size_t i = groups.starts[g]; i < groups.starts[g + 1]; i++)
                run->same[groups.order[i]] = groups.starts[g + 1] - groups.starts[g];
        exec_groups_free(&groups);
        run->same_is_old = false;
    }
    bool over = results[index].outcome != EXEC_RUNNING && results[index].outcome != EXEC_NOT_STARTED;
    return over ? run->same[index] : 0;
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
