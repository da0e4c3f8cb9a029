// SPDX-License-Identifier: Apache-2.0
//
// session_list: The list of sessions, by their numbers: look one up, bring it to the front; and what all
// parts of a session use: its notice, its credential, input for its program.

#include "api/base/time_util.h"
#include "tui/base/xalloc.h"
#include "views/app/split_view.h"
#include "views/session/session_private.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// --- the list -----------------------------------------------------------------------------

struct session_tabs *session_tabs_of(const struct app *app)
{
    return (struct session_tabs *)app->bar;
}

struct session *session_first(const struct app *app)
{
    return app->bar != NULL ? session_tabs_of(app)->first : NULL;
}

size_t session_count(const struct app *app)
{
    return app->bar != NULL ? session_tabs_of(app)->count : 0;
}

void session_list_add(struct app *app, struct session *session)
{
    struct session_tabs *tabs = session_tabs_of(app);
    struct session **at = &tabs->first;
    session->number = 0;
    for (; *at != NULL && (*at)->number == session->number; at = &(*at)->next)
        session->number++;
    session->next = *at;
    *at = session;
    tabs->count++;
}

void session_list_remove(struct app *app, const struct session *session)
{
    struct session **at = &session_tabs_of(app)->first;
    while (*at != session)
        at = &(*at)->next;
    *at = session->next;
    session_tabs_of(app)->count--;
}

// --- one of them --------------------------------------------------------------------------

const char *session_sandbox(const struct session *session)
{
    return session->sandbox_id;
}

const char *session_credential_id(const struct session *session)
{
    return session->credential.id;
}

uint64_t session_serial(const struct session *session)
{
    return session->serial;
}

bool session_is_unseen(const struct session *session)
{
    return session->ended && !session->seen;
}

bool session_is_alive(const struct session *session)
{
    return !session->ended;
}

struct view *session_view(struct session *session)
{
    return &session->view;
}

struct session *session_of_view(struct view *view)
{
    return view != NULL && view->methods->terminal ? (struct session *)view : NULL;
}

struct session *session_on_top(const struct app *app)
{
    return session_of_view(app_focus(app));
}

bool session_is_shown(const struct session *session)
{
    return app_shows(session->app, &session->view);
}

struct session *session_next(const struct session *session)
{
    return session->next;
}

struct session *session_beside(const struct app *app, const struct session *session, int by)
{
    struct session *other = session_first(app);
    if (by > 0)
        return session->next != NULL ? session->next : other;
    while (other->next != NULL && other->next != session)
        other = other->next;
    return other;
}

struct session *session_of_serial(const struct app *app, uint64_t serial)
{
    struct session *session = session_first(app);
    while (session != NULL && session->serial != serial)
        session = session->next;
    return session;
}

struct session_ref *session_ref_new(const struct session *session)
{
    struct session_ref *ref = xmalloc(sizeof *ref);
    *ref = (struct session_ref){session->app, session->serial};
    return ref;
}

struct session *session_ref_take(struct session_ref *ref)
{
    struct session *session = ref->app->quitting ? NULL : session_of_serial(ref->app, ref->serial);
    free(ref);
    return session;
}

// Of two alike the one that was in front later.
static bool is_better(const struct session *session, const struct session *found)
{
    if (session_is_alive(session) != session_is_alive(found))
        return session_is_alive(session);
    return session->shown_order > found->shown_order;
}

struct session *session_find(const struct app *app, const char *sandbox_id)
{
    struct session *found = NULL;
    for (struct session *session = session_first(app); session != NULL; session = session->next)
        if (strcmp(session->sandbox_id, sandbox_id) == 0 && (found == NULL || is_better(session, found)))
            found = session;
    return found;
}

size_t session_count_alive(const struct app *app, const char *sandbox_id)
{
    size_t count = 0;
    for (const struct session *session = session_first(app); session != NULL; session = session->next)
        if (session_is_alive(session) && (sandbox_id == NULL || strcmp(session->sandbox_id, sandbox_id) == 0))
            count++;
    return count;
}

const char *session_alive_sandbox(const struct app *app, size_t index)
{
    for (const struct session *session = session_first(app); session != NULL; session = session->next)
        if (session_is_alive(session) && index-- == 0)
            return session->sandbox_id;
    return NULL;
}

static bool is_open(void *ctx, const struct fleet_row *row)
{
    return session_count_alive(ctx, row->sandbox.id) > 0;
}

static const char *open_at(void *ctx, size_t index)
{
    const struct session *session = session_first(ctx);
    for (; session != NULL && index > 0; index--)
        session = session->next;
    return session != NULL ? session->sandbox_id : NULL;
}

struct deadline_scope session_ends_scope(const struct app *app)
{
    return (struct deadline_scope){.is_open = is_open, .open_at = open_at, .ctx = (void *)app};
}

size_t session_uses(const struct app *app, int64_t vault_row)
{
    size_t count = 0;
    for (const struct session *session = session_first(app); session != NULL; session = session->next)
        if (session_is_alive(session) && session->credential.vault_row == vault_row)
            count++;
    return count;
}

// --- what any part of a session does to it --------------------------------------------------

int session_vt_rows(int rows)
{
    return rows > 2 ? rows - 1 : 1;
}

struct credential session_credential(const struct session *session)
{
    const struct app *app = session->app;
    struct credential credential = session->credential;
    const struct fleet_row *row = fleet_find(service_fleet(app->service), session->sandbox_id);
    for (size_t i = 0; row != NULL && i < row->credential_count; i++)
        if (row->credentials[i].vault_row == session->credential.vault_row)
            return row->credentials[i];
    // One that the disk did not take at first gets another row later.
    for (size_t i = 0; row != NULL && credential.id[0] != '\0' && i < row->credential_count; i++)
        if (strcmp(row->credentials[i].id, credential.id) == 0)
            return row->credentials[i];
    if (fleet_is_loaded(service_fleet(app->service)))
        credential.verdict = VERDICT_REVOKED;
    return credential;
}

void session_notice(struct session *session, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(session->notice, sizeof session->notice, format, arguments);
    va_end(arguments);
    session->notice_until = time_monotonic_ms() + SESSION_NOTICE_MS;
    if (session_is_shown(session))
        app_dirty(session->app);
}

void session_write(struct session *session, const void *bytes, size_t length)
{
    if (session->ssh == NULL || !session->opened || session->ended || length == 0)
        return;
    if (ssh_session_write(session->ssh, bytes, length) == STATUS_TOO_LARGE)
        session_notice(session, "%s accepts no input right now: the last keys are lost", session->sandbox_id);
}

// --- to the front -------------------------------------------------------------------------

struct session *session_last_used(const struct app *app, const struct session *but)
{
    struct session *last = NULL;
    for (struct session *session = session_first(app); session != NULL; session = session->next)
        if (session != but && (last == NULL || session->shown_order > last->shown_order))
            last = session;
    return last;
}

void session_seen(struct session *session)
{
    static uint64_t last;
    session->shown_order = ++last;
    session->activity = false;
    session->bell_told = false;
}

void session_show(struct app *app, struct session *session)
{
    bool news = session->ended && !session->seen;
    session_seen(session);
    session->seen = true;
    split_show(app, &session->view);
    if (news) // the key that showed it, pressed twice, is not to take its reason away
        app_hold_keys(app, &session->view);
}

void session_put_beside(struct session *left, struct session *right)
{
    session_seen(right);
    session_seen(left); // which keeps the keys
    split_open(left->app, SPLIT_BESIDE, &left->view, &right->view, &left->view);
}
