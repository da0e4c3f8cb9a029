// SPDX-License-Identifier: Apache-2.0
//
// auto_renew_flags: Read and change the file of what is auto-renewed, on a worker thread. What stands in the
// file after a change counts here too, since another console may have changed it as well.

#include "views/background/auto_renew_private.h"

#include "api/base/time_util.h"
#include "tui/base/xalloc.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { AGAIN_MS = 5000 };

static void run_job(uv_work_t *work)
{
    struct flags_job *job = work->data;
    memset(&job->why, 0, sizeof job->why);
    if (job->writes)
        (void)renewal_flags_change(job->folder, &job->change, &job->flags, &job->why);
    else
        (void)renewal_flags_load(job->folder, &job->flags, &job->why);
}

static void take_flags(struct auto_renew *auto_renew, struct flags_job *job)
{
    renewal_take_flags(auto_renew->renewal, job->flags);
    job->flags = NULL;
    auto_renew->read_at = time_monotonic_ms();
    if (job->done[0] != '\0')
        app_toast(auto_renew->app, TOAST_INFO, "%s", job->done);
    if (auto_renew->held)
        app_toast(auto_renew->app, TOAST_INFO, "Auto-renewal continues: its settings can be read again");
    auto_renew->held = false;
    app_dirty_all(auto_renew->app);
}

// The file may say no to what the settings say yes to: until it can be read nothing is renewed, and that is
// shown once, in the log and in the details.
static void hold(struct auto_renew *auto_renew, const struct failure *why)
{
    struct event event = {.kind = EVENT_FAILURE, .outcome = why->status, .duration_ms = -1};
    bool told = auto_renew->held;
    renewal_take_flags(auto_renew->renewal, NULL);
    auto_renew->held = true;
    auto_renew_wake(auto_renew, AGAIN_MS);
    if (told)
        return;
    (void)snprintf(event.message, sizeof event.message, "nothing is auto-renewed until this can be read: %s",
                   failure_text(why));
    service_log(auto_renew->app->service, &event);
    app_toast_failure(auto_renew->app, "Nothing is auto-renewed until this can be read", why);
    app_dirty_all(auto_renew->app);
}

static void after_job(uv_work_t *work, int status);

void auto_renew_start_job(struct auto_renew *auto_renew)
{
    struct flags_job *job = auto_renew->next_job;
    if (auto_renew->job != NULL || job == NULL)
        return;
    auto_renew->next_job = job->next;
    auto_renew->job = job;
    job->work.data = job;
    (void)uv_queue_work(auto_renew->app->loop, &job->work, run_job, after_job);
}

static void after_job(uv_work_t *work, int status)
{
    struct flags_job *job = work->data;
    struct auto_renew *auto_renew = job->owner;
    (void)status;
    if (auto_renew != NULL) {
        auto_renew->job = NULL;
        if (job->flags != NULL)
            take_flags(auto_renew, job);
        else if (job->writes) // what stands there may be as it was
            app_toast_failure(auto_renew->app, "auto-renewal", &job->why);
        else
            hold(auto_renew, &job->why);
        auto_renew_start_job(auto_renew);
        auto_renew_look(auto_renew);
    }
    renewal_flags_free(job->flags);
    free(job);
}

struct flags_job *auto_renew_add_job(struct auto_renew *auto_renew, bool writes)
{
    struct flags_job *job = xcalloc(1, sizeof *job);
    struct flags_job **end = &auto_renew->next_job;
    job->owner = auto_renew;
    job->writes = writes;
    (void)snprintf(job->folder, sizeof job->folder, "%s", auto_renew->app->config.state_folder);
    while (*end != NULL)
        end = &(*end)->next;
    *end = job;
    return job;
}

// --- choices ------------------------------------------------------------------------------

bool auto_renew_is_held(const struct app *app)
{
    return app->auto_renew != NULL && app->auto_renew->held;
}

enum renewal_scope auto_renew_scope(const struct app *app, const char *sandbox_id, const char *id)
{
    return app->auto_renew != NULL ? renewal_scope_of(app->auto_renew->renewal, sandbox_id, id) : RENEWAL_OFF;
}

void auto_renew_set(struct app *app, const char *sandbox_id, const char *id, bool on, const char *done)
{
    struct flags_job *job = auto_renew_add_job(app->auto_renew, true);
    (void)snprintf(job->change.sandbox_id, ID_CAP, "%s", sandbox_id);
    (void)snprintf(job->change.id, ID_CAP, "%s", id);
    job->change.on = on;
    (void)snprintf(job->done, sizeof job->done, "%s", done);
    auto_renew_start_job(app->auto_renew);
}

bool auto_renew_is_of_fleet(const struct app *app)
{
    return app->auto_renew != NULL && renewal_of_fleet(app->auto_renew->renewal);
}

void auto_renew_set_fleet(struct app *app, bool on, const char *done)
{
    struct flags_job *job = auto_renew_add_job(app->auto_renew, true);
    job->change.fleet = on ? RENEWAL_FLEET_ON : RENEWAL_FLEET_OFF;
    (void)snprintf(job->done, sizeof job->done, "%s", done);
    auto_renew_start_job(app->auto_renew);
}
