// SPDX-License-Identifier: Apache-2.0
//
// auto_renew_choose: owns the commands that choose what is renewed by itself. A choice is told of once it is
// on disk.

#include "views/actions/actions.h"
#include "views/background/auto_renew_private.h"

#include <stdio.h>
#include <string.h>

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

static void choose(struct app *app, const char *sandbox_id, const char *id)
{
    enum renewal_scope scope = auto_renew_scope(app, sandbox_id, id);
    char done[2 * ID_CAP + 128], of[2 * ID_CAP + 8];
    if (scope == RENEWAL_FLEET) {
        app_toast(app, TOAST_INFO, "All credentials are auto-renewed (`%s` stops it)",
                  command_table[COMMAND_renew_fleet].name);
        return;
    }
    if (id[0] != '\0' && scope == RENEWAL_SANDBOX) {
        app_toast(app, TOAST_INFO, "All credentials of %s are auto-renewed (%s stops it)", sandbox_id,
                  command_key(COMMAND_renew));
        return;
    }
    bool on = scope != (id[0] != '\0' ? RENEWAL_CREDENTIAL : RENEWAL_SANDBOX);
    (void)snprintf(of, sizeof of, "%s%s%s", id, id[0] != '\0' ? " of " : "", sandbox_id);
    (void)snprintf(done, sizeof done,
                   on ? "%s: auto-renews at two thirds of its lifetime" : "%s: no longer auto-renewed", of);
    auto_renew_set(app, sandbox_id, id, on, done);
}

void command_renew(struct app *app)
{
    if (action_renew_many(app))
        return;
    const struct fleet_row *row = action_row(app);
    if (row != NULL && app->auto_renew != NULL)
        choose(app, row->sandbox.id, "");
}

void command_renew_credential(struct app *app)
{
    const struct fleet_row *row = action_row(app);
    const struct credential *credential = row != NULL ? action_credential(app, row) : NULL;
    if (credential == NULL || credential->id[0] == '\0' || app->auto_renew == NULL)
        return;
    action_tell_one(app, row->sandbox.id);
    choose(app, row->sandbox.id, credential->id);
}

void command_renew_fleet(struct app *app)
{
    struct auto_renew *auto_renew = app->auto_renew;
    if (auto_renew == NULL)
        return;
    bool on = !renewal_of_fleet(auto_renew->renewal);
    struct flags_job *job = auto_renew_add_job(auto_renew, true);
    job->change.fleet = on ? RENEWAL_FLEET_ON : RENEWAL_FLEET_OFF;
    (void)snprintf(job->done, sizeof job->done, "%s",
                   on ? "All credentials auto-renew at two thirds of their lifetime"
                      : "Only credentials set one by one are auto-renewed now");
    auto_renew_start_job(auto_renew);
}
