// SPDX-License-Identifier: Apache-2.0
//
// console_session: Handlers of the commands that lead from a session elsewhere: to another one, to the deck,
// into a split, to a new connection. Each acts on the session that has the keys and does nothing without one.

#include "views/actions/actions.h"
#include "views/app/split_view.h"
#include "views/connect/connect.h"
#include "views/console/handlers.h"
#include "views/session/session.h"
#include "views/session/session_tabs.h"

#include <stdio.h>

enum change console_leave_session(struct app *app, int argument)
{
    (void)argument;
    if (split_is_in_front(app) && app_focus(app) == app->deck) {
        app_show(app, app->deck); // from its half: alone
        return CHANGED_NOTHING;
    }
    if (session_on_top(app) == NULL)
        return CHANGED_NOTHING;
    // With the deck above, only the focus moves; zoomed it comes back into view.
    if (split_is_in_front(app) && split_has(app, app->deck))
        split_focus(app, app->deck);
    else
        app_show(app, app->deck);
    return CHANGED_NOTHING;
}

enum change console_close_front(struct app *app, int argument)
{
    struct session *session = session_on_top(app);
    (void)argument;
    if (session == NULL)
        return CHANGED_NOTHING;
    session_close(app, session);
    struct session *next = app->top == app->deck ? session_last_used(app, NULL) : NULL;
    if (next != NULL)
        session_show(app, next);
    return CHANGED_NOTHING;
}

enum change console_close_ended(struct app *app, int argument)
{
    struct session *session = session_on_top(app);
    (void)argument;
    if (session == NULL)
        return CHANGED_NOTHING;
    session_close(app, session);
    if (session_on_top(app) == NULL)
        return CHANGED_NOTHING;
    app_show(app, app->deck);
    return CHANGED_NOTHING;
}

// --- from one to another ------------------------------------------------------------------

enum change console_step(struct app *app, int by)
{
    const struct session *now = session_on_top(app);
    if (now == NULL && split_is_in_front(app))
        now = session_of_view(split_other(app)); // the deck above it has the keys
    if (now != NULL)
        session_show(app, session_beside(app, now, by));
    return CHANGED_NOTHING;
}

enum change console_go_last(struct app *app, int argument)
{
    struct session *last = session_last_used(app, session_on_top(app));
    (void)argument;
    if (last != NULL)
        session_show(app, last);
    return CHANGED_NOTHING;
}

enum change console_go_back(struct app *app, int argument)
{
    (void)argument;
    // In a split the session beside the deck is meant.
    struct session *beside = split_is_in_front(app) ? session_of_view(split_other(app)) : NULL;
    struct session *last = beside != NULL ? beside : session_last_used(app, NULL);
    if (last != NULL)
        session_show(app, last);
    else
        session_tabs_say_none(app);
    return CHANGED_NOTHING;
}

// --- connections --------------------------------------------------------------------------

enum change console_reconnect(struct app *app, int argument)
{
    struct session *session = session_on_top(app);
    (void)argument;
    if (session != NULL && !session_is_alive(session))
        connect_again(app, session);
    return CHANGED_NOTHING;
}

// Another connection to the same sandbox, beside this one or as a tab of its own.
static void open_another(struct app *app, const struct session *session, bool beside)
{
    char sandbox_id[ID_CAP], id[ID_CAP];
    (void)snprintf(sandbox_id, sizeof sandbox_id, "%s", session_sandbox(session));
    (void)snprintf(id, sizeof id, "%s", session_credential_id(session));
    connect_another(app, sandbox_id, id[0] != '\0' ? id : NULL, beside ? session_serial(session) : 0);
}

enum change console_regenerate(struct app *app, int argument)
{
    const struct session *session = session_on_top(app);
    (void)argument;
    if (session == NULL)
        return CHANGED_NOTHING;
    const struct fleet_row *row = fleet_find(service_fleet(app->service), session_sandbox(session));
    if (row == NULL) {
        app_toast(app, TOAST_WARN, "%s is no longer known", session_sandbox(session));
        return CHANGED_NOTHING;
    }
    struct credential credential = session_credential(session);
    action_ask_regenerate(app, row, &credential);
    return CHANGED_NOTHING;
}

enum change console_new_beside(struct app *app, int argument)
{
    const struct session *session = session_on_top(app);
    (void)argument;
    if (session != NULL)
        open_another(app, session, false);
    return CHANGED_NOTHING;
}

// --- the split: the same key takes it apart again -------------------------------------------

static bool is_in_front(const struct app *app, enum split_kind kind)
{
    return split_is_in_front(app) && split_kind(app) == kind;
}

// Takes the deck away, or puts it above; the session keeps the keys.
enum change console_split_above(struct app *app, int argument)
{
    struct session *session = session_on_top(app);
    (void)argument;
    if (is_in_front(app, SPLIT_STACKED)) {
        split_focus(app, split_half(app, 1));
        split_close(app);
    } else if (session != NULL) {
        split_open(app, SPLIT_STACKED, app->deck, session_view(session), session_view(session));
    }
    return CHANGED_NOTHING;
}

enum change console_split_beside(struct app *app, int argument)
{
    struct session *session = session_on_top(app);
    (void)argument;
    if (session == NULL)
        return CHANGED_NOTHING;
    if (is_in_front(app, SPLIT_BESIDE)) {
        split_close(app);
        return CHANGED_NOTHING;
    }
    struct session *other = session_last_used(app, session);
    if (other != NULL) {
        session_put_beside(session, other);
        return CHANGED_NOTHING;
    }
    open_another(app, session, true);
    return CHANGED_NOTHING;
}

enum change console_split_zoom(struct app *app, int argument)
{
    (void)argument;
    if (split_is_in_front(app))
        split_zoom(app);
    return CHANGED_NOTHING;
}

enum change console_split_other(struct app *app, int argument)
{
    struct session *session = session_on_top(app);
    bool back = app->key == INPUT_KEY_UP || app->key == INPUT_KEY_LEFT;
    bool on = app->key == INPUT_KEY_DOWN || app->key == INPUT_KEY_RIGHT;
    (void)argument;
    if (split_is_in_front(app))
        split_focus(app, back ? split_half(app, 0) : on ? split_half(app, 1) : split_other(app));
    else if (session != NULL)
        session_notice(session, "no other half (%s %s or %s splits)", command_key(COMMAND_session_prefix),
                       command_key(COMMAND_session_above), command_key(COMMAND_session_beside));
    return CHANGED_NOTHING;
}
