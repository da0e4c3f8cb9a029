// SPDX-License-Identifier: Apache-2.0
//
// split_commands: owns the commands that put a session beside something else: the deck above it, or another
// session. The same key takes it apart again.

#include "views/app/split_view.h"
#include "views/session/session_private.h"

#include <stdio.h>

static bool is_in_front(const struct app *app, enum split_kind kind)
{
    return split_is_in_front(app) && split_kind(app) == kind;
}

// Takes the deck away, or puts it above; the session keeps the keys.
void command_session_above(struct app *app)
{
    struct session *session = session_on_top(app);
    if (is_in_front(app, SPLIT_STACKED)) {
        split_focus(app, split_half(app, 1));
        split_close(app);
    } else if (session != NULL) {
        split_open(app, SPLIT_STACKED, app->deck, &session->view, &session->view);
    }
}

void session_put_beside(struct session *left, struct session *right)
{
    session_tabs_seen(right);
    session_tabs_seen(left); // which keeps the keys
    split_open(left->app, SPLIT_BESIDE, &left->view, &right->view, &left->view);
}

void command_session_beside(struct app *app)
{
    struct session *session = session_on_top(app);
    if (session == NULL)
        return;
    if (is_in_front(app, SPLIT_BESIDE)) {
        split_close(app);
        return;
    }
    struct session *other = session_last_used(app, session);
    if (other != NULL) {
        session_put_beside(session, other);
        return;
    }
    session_open_another(session, true);
}

void command_session_zoom(struct app *app)
{
    if (split_is_in_front(app))
        split_zoom(app);
}

void command_session_other(struct app *app)
{
    struct session *session = session_on_top(app);
    bool back = app->key == INPUT_KEY_UP || app->key == INPUT_KEY_LEFT;
    bool on = app->key == INPUT_KEY_DOWN || app->key == INPUT_KEY_RIGHT;
    if (split_is_in_front(app))
        split_focus(app, back ? split_half(app, 0) : on ? split_half(app, 1) : split_other(app));
    else if (session != NULL)
        session_notice(session, "no other half (%s %s or %s splits)", command_key(COMMAND_session_prefix),
                       command_key(COMMAND_session_above), command_key(COMMAND_session_beside));
}
