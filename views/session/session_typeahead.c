// SPDX-License-Identifier: Apache-2.0
//
// session_typeahead: Keep what is typed while a session connects for its shell, as a terminal does. It
// answers no question about the connection, and is wiped when the connection fails.

#include "tui/base/xalloc.h"
#include "tui/pane/paste_guard.h"
#include "views/session/session_private.h"

#include <stdlib.h>
#include <string.h>

void session_typeahead_drop(struct session *session)
{
    if (session->ahead != NULL)
        explicit_bzero(session->ahead, SESSION_AHEAD_MAX);
    free(session->ahead);
    session->ahead = NULL;
    session->ahead_length = 0;
}

void session_typeahead_keep(struct session *session, const char *bytes, size_t length)
{
    if (length == 0)
        return;
    if (length > SESSION_AHEAD_MAX - session->ahead_length) {
        app_toast(session->app, TOAST_WARN, "Only %d KiB of type-ahead are kept: the last keys are lost",
                  SESSION_AHEAD_MAX / 1024);
        return;
    }
    if (session->ahead == NULL)
        session->ahead = xmalloc(SESSION_AHEAD_MAX);
    memcpy(session->ahead + session->ahead_length, bytes, length);
    session->ahead_length += length;
    if (session_is_shown(session))
        app_dirty(session->app);
}

// Whether the shell will ask for pastes to be marked is not known yet: a line end in one would run a command.
void session_typeahead_paste(struct session *session, const char *bytes, size_t length)
{
    struct paste_guard guard;
    paste_guard_check(&guard, bytes, length, false);
    if (guard.ask)
        app_toast(session->app, TOAST_WARN, "Several lines: paste them again in the shell");
    else
        session_typeahead_keep(session, guard.text, guard.length);
    paste_guard_end(&guard);
}

void session_typeahead_send(struct session *session)
{
    if (session->ahead_length > 0)
        session_write(session, session->ahead, session->ahead_length);
    session_typeahead_drop(session);
}
