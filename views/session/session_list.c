// SPDX-License-Identifier: Apache-2.0
//
// session_list: Look up sessions: by number, by sandbox, the one in front; and what other wings may know of
// one.

#include "tui/base/xalloc.h"
#include "views/session/session_private.h"

#include <stdlib.h>
#include <string.h>

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
    return view != NULL && view->methods == &session_class ? (struct session *)view : NULL;
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

static bool is_open(void *ctx, const struct fleet_row *row)
{
    return session_count_alive(ctx, row->sandbox.id) > 0;
}

struct deadline_scope session_ends_scope(const struct app *app)
{
    return (struct deadline_scope){.is_open = is_open, .ctx = (void *)app};
}

size_t session_uses(const struct app *app, int64_t vault_row)
{
    size_t count = 0;
    for (const struct session *session = session_first(app); session != NULL; session = session->next)
        if (session_is_alive(session) && session->credential.vault_row == vault_row)
            count++;
    return count;
}
