// SPDX-License-Identifier: Apache-2.0
//
// session_sync: Synchronized typing: keys go to several sessions at once. One alone is no group: a session
// counts only with another open one.

#include "views/session/session_private.h"

#include <stdio.h>

static bool counts(const struct session *session)
{
    return session->synced && session->opened && !session->ended;
}

size_t session_sync_count(const struct app *app)
{
    size_t count = 0;
    for (const struct session *session = session_first(app); session != NULL; session = session->next)
        count += counts(session) ? 1 : 0;
    return count;
}

bool session_is_typed_with(const struct session *session, const struct session *other)
{
    return session == other || (counts(session) && counts(other));
}

static void tell(const struct app *app, struct session *session)
{
    size_t count = session_sync_count(app);
    if (!session->synced)
        session_notice(session, "removed from synchronized typing");
    else if (count < 2)
        session_notice(session, "added to synchronized typing; add another session (%s %s there)",
                       command_key(COMMAND_session_prefix), command_key(COMMAND_session_sync));
    else
        session_notice(session, "typing goes to %zu sessions", count);
}

enum change session_sync(struct app *app, int all)
{
    struct session *session = session_on_top(app);
    bool any = session_sync_count(app) > 0;
    if (session == NULL)
        return CHANGED_NOTHING;
    if (all == 0)
        session->synced = !session->synced;
    for (struct session *one = session_first(app); all != 0 && one != NULL; one = one->next)
        one->synced = !any && session_is_alive(one);
    tell(app, session);
    return CHANGED_ALL;
}
