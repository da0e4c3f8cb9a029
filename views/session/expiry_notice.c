// SPDX-License-Identifier: Apache-2.0
//
// expiry_notice: Notify the operator of what happens to the credential of an open session. A credential
// admits, it does not hold: whether a session outlives it is the sandbox's choice. So each change is shown
// once, calmly, and nothing is closed from here.

#include "api/base/time_util.h"
#include "tui/base/xalloc.h"
#include "views/session/session_private.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void check(struct session *session);

static void on_timer(uv_timer_t *timer)
{
    check(timer->data);
}

static void arm(struct session *session, const struct credential *credential)
{
    int64_t now = app_now(session->app);
    int64_t next = credential_next_change(credential, now);
    (void)uv_timer_stop(session->state_timer);
    if (next <= 0)
        return;
    uv_update_time(session->app->loop);
    (void)uv_timer_start(session->state_timer, on_timer, next > now ? (uint64_t)(next - now) + 1 : 1, 0);
}

static void tell_replaced(struct session *session, const struct credential *credential)
{
    app_toast(session->app, TOAST_INFO, "%s has a new credential %s; this session keeps the old one",
              session->sandbox_id, credential->id);
}

static void tell(const struct session *session, enum credential_state state, int64_t left_ms)
{
    struct app *app = session->app;
    const char *sandbox = session->sandbox_id;
    char left[16];
    (void)time_format_span(left_ms, left);
    switch (state) {
    case CREDENTIAL_expiring:
        app_toast_many(app, TOAST_INFO, "credentials end soon", "The credential of %s ends in %s", sandbox,
                       left);
        break;
    case CREDENTIAL_critical:
        app_toast_many(app, TOAST_WARN, "credentials end very soon: their sessions may be cut off then",
                       "The credential of %s ends in %s: the session may be cut off then", sandbox, left);
        break;
    case CREDENTIAL_expired:
        app_toast_many(app, TOAST_WARN, "credentials have expired: their sessions may be cut off",
                       "The credential of %s has expired: the session may be cut off", sandbox);
        break;
    case CREDENTIAL_invalid:
        app_toast_many(app, TOAST_WARN, "credentials are no longer valid: their sessions may be cut off",
                       "The credential of %s is no longer valid: the session may be cut off", sandbox);
        break;
    case CREDENTIAL_revoked:
        app_toast_many(app, TOAST_WARN, "credentials were deleted or replaced: their sessions may be cut off",
                       "The credential of %s was deleted or replaced: the session may be cut off", sandbox);
        break;
    case CREDENTIAL_none:
    case CREDENTIAL_unverified:
    case CREDENTIAL_valid:
    case CREDENTIAL_unknown: // of a call whose outcome is shown anyway
    case CREDENTIAL_STATE_COUNT:
        break;
    }
}

static bool is_new(const struct session *session, const struct credential *credential)
{
    const struct credential *ours = &session->credential;
    return credential->verdict != VERDICT_REVOKED &&
           (strcmp(credential->id, ours->id) != 0 ||
            (credential->updated_at > ours->updated_at && credential->expires_at != ours->expires_at));
}

static void check(struct session *session)
{
    struct app *app = session->app;
    if (app->quitting || session->ended)
        return;
    struct credential credential = session_credential(session);
    int64_t now = app_now(app);
    enum credential_state state = credential_state(&credential, now);
    const struct fleet_row *row = fleet_find(service_fleet(app->service), session->sandbox_id);
    bool ours = session->ending; // the caller shows its outcome
    session->ending = service_verb_ends(credential.busy) || (row != NULL && service_verb_ends(row->busy));
    if (is_new(session, &credential)) {
        if (!ours)
            tell_replaced(session, &credential);
        session->credential = credential;
        session->credential.busy = NULL;
        session->told = state;
    }
    if (state != session->told) {
        if (!ours || (state != CREDENTIAL_revoked && state != CREDENTIAL_invalid))
            tell(session, state, credential_remaining(&credential, now));
        session->told = state;
    }
    arm(session, &credential);
}

static void on_changed(void *ctx)
{
    check(ctx);
}

void expiry_notice_begin(struct session *session)
{
    session->state_timer = app_timer_new(session->app, session);
    session->watch = (struct app_watch){.changed = on_changed, .ctx = session};
    app_watch_add(session->app, &session->watch);
    check(session);
}

void expiry_notice_end(struct session *session)
{
    if (session->state_timer == NULL)
        return;
    app_watch_remove(session->app, &session->watch);
    app_timer_free(&session->state_timer);
}
