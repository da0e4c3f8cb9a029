// SPDX-License-Identifier: Apache-2.0
//
// session_commands: Handlers of the commands that lead from a session elsewhere: to another one, to the deck,
// into a split, to a new connection. Each acts on the session that has the keys and does nothing without one.

#include "views/actions/actions.h"
#include "views/app/split_view.h"
#include "views/connect/connect.h"
#include "views/session/session.h"
#include "views/session/session_tabs.h"

#include <stdio.h>

void command_session_deck(struct app *app)
{
    if (split_is_in_front(app) && app_focus(app) == app->deck) {
        app_show(app, app->deck); // from its half: alone
        return;
    }
    if (session_on_top(app) == NULL)
        return;
    // With the deck above, only the focus moves; zoomed it comes back into view.
    if (split_is_in_front(app) && split_has(app, app->deck))
        split_focus(app, app->deck);
    else
        app_show(app, app->deck);
}

void command_session_close(struct app *app)
{
    struct session *session = session_on_top(app);
    if (session == NULL)
        return;
    session_close(app, session);
    struct session *next = app->top == app->deck ? session_last_used(app, NULL) : NULL;
    if (next != NULL)
        session_show(app, next);
}

void command_session_palette(struct app *app)
{
    app_run_command(app, COMMAND_palette);
}

void command_session_help(struct app *app)
{
    app_run_command(app, COMMAND_help);
}

void command_session_leave(struct app *app)
{
    struct session *session = session_on_top(app);
    if (session == NULL)
        return;
    session_close(app, session);
    if (session_on_top(app) == NULL)
        return;
    app_show(app, app->deck);
}

// --- from one to another ------------------------------------------------------------------

static void step(struct app *app, size_t by)
{
    const struct session *now = session_on_top(app);
    if (now == NULL && split_is_in_front(app))
        now = session_of_view(split_other(app)); // the deck above it has the keys
    for (size_t i = 0; now != NULL && i < app->session_count; i++)
        if (app->sessions[i] == now) {
            session_show(app, app->sessions[(i + by) % app->session_count]);
            return;
        }
}

void command_session_next(struct app *app)
{
    step(app, 1);
}

void command_session_previous(struct app *app)
{
    step(app, app->session_count > 0 ? app->session_count - 1 : 0);
}

void command_session_last(struct app *app)
{
    struct session *last = session_last_used(app, session_on_top(app));
    if (last != NULL)
        session_show(app, last);
}

void command_session_back(struct app *app)
{
    // In a split the session beside the deck is meant.
    struct session *beside = split_is_in_front(app) ? session_of_view(split_other(app)) : NULL;
    struct session *last = beside != NULL ? beside : session_last_used(app, NULL);
    if (last != NULL)
        session_show(app, last);
    else
        session_tabs_say_none(app);
}

// --- connections --------------------------------------------------------------------------

void command_session_again(struct app *app)
{
    struct session *session = session_on_top(app);
    if (session != NULL && !session_is_alive(session))
        connect_again(app, session);
}

// Another connection to the same sandbox, beside this one or as a tab of its own.
static void open_another(struct app *app, const struct session *session, bool beside)
{
    char sandbox_id[ID_CAP], id[ID_CAP];
    (void)snprintf(sandbox_id, sizeof sandbox_id, "%s", session_sandbox(session));
    (void)snprintf(id, sizeof id, "%s", session_credential_id(session));
    connect_another(app, sandbox_id, id[0] != '\0' ? id : NULL, beside ? session_serial(session) : 0);
}

void command_session_regenerate(struct app *app)
{
    const struct session *session = session_on_top(app);
    if (session == NULL)
        return;
    const struct fleet_row *row = fleet_find(service_fleet(app->service), session_sandbox(session));
    if (row == NULL) {
        app_toast(app, TOAST_WARN, "%s is no longer known", session_sandbox(session));
        return;
    }
    struct credential credential = session_credential(session);
    action_ask_regenerate(app, row, &credential);
}

void command_session_new(struct app *app)
{
    const struct session *session = session_on_top(app);
    if (session != NULL)
        open_another(app, session, false);
}

// --- the split: the same key takes it apart again -------------------------------------------

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
        split_open(app, SPLIT_STACKED, app->deck, session_view(session), session_view(session));
    }
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
    open_another(app, session, true);
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
