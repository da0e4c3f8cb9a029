// SPDX-License-Identifier: Apache-2.0
//
// console_commands: The commands on the console itself: connect, refresh, quit.

#include "tui/base/text.h"
#include "views/actions/actions.h"
#include "views/actions/bulk_view.h"
#include "views/connect/connect.h"
#include "views/console/handlers.h"
#include "views/deck/deck_view.h"
#include "views/forward/forwards.h"
#include "views/labels/phrases.h"
#include "views/run/run.h"
#include "views/session/session.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { QUIT_NAMES = 5 }; // sandboxes named in the question

static void open_session(struct action *action)
{
    connect_begin(action->app, action->sandbox_id, action->id[0] != '\0' ? action->id : NULL);
    free(action);
}

// A session is of one sandbox; whoever has marked some may have meant those.
enum change console_connect(struct app *app, int argument)
{
    char text[ACTION_TEXT_CAP];
    const struct fleet_row *row = action_row(app);
    (void)argument;
    if (row == NULL)
        return CHANGED_NOTHING;
    size_t marked = deck_view_marked(app->deck);
    bool only_it = marked == 1 && deck_view_is_marked(app->deck, row->sandbox.id);
    struct action *action = action_new(app, row, deck_view_credential(app->deck));
    (void)snprintf(text, sizeof text,
                   "Connects only to %s, under the cursor. The %zu marked are not changed.",
                   action->sandbox_id, marked);
    const struct dialog_options options = {
        .title = "Connect to one sandbox?", .text = text, .level = DIALOG_INFO, .yes = "Open", .focus = 1};
    if (marked > 0 && !only_it)
        action_ask(action, &options, open_session);
    else
        open_session(action);
    return CHANGED_NOTHING;
}

static void on_refreshed(void *ctx, const struct failure *why)
{
    struct app *app = ctx;
    if (app->quitting)
        return;
    app_toast_failure(app, "refresh", why);
    app_dirty(app);
}

enum change console_refresh(struct app *app, int argument)
{
    (void)argument;
    if (app->service == NULL) {
        app_toast_failure(app, "API key", &app->key_failure);
        return CHANGED_NOTHING;
    }
    service_refresh_shown(app->service, on_refreshed, app);
    const struct fleet_row *row = deck_view_row(app->deck);
    if (row != NULL && !row->gone)
        service_detail(app->service, row->sandbox.id, NULL, NULL);
    return CHANGED_NOTHING;
}

// --- quit ---------------------------------------------------------------------------------

static void on_quit_answer(void *context, struct dialog *dialog, int result)
{
    (void)dialog;
    if (result == 1)
        app_quit(context, 0);
}

// An earlier session is open in the same sandbox.
static bool was_before(const struct app *app, const struct session *session)
{
    const struct session *one = session_first(app);
    while (one != session &&
           !(session_is_alive(one) && strcmp(session_sandbox(one), session_sandbox(session)) == 0))
        one = session_next(one);
    return one != session;
}

// Each sandbox once. Returns how many sessions that were.
static size_t append_sandboxes(const struct app *app, char *text, size_t cap)
{
    size_t lines = 0, named = 0;
    for (const struct session *session = session_first(app); session != NULL && lines < QUIT_NAMES;
         session = session_next(session)) {
        if (!session_is_alive(session) || was_before(app, session))
            continue;
        size_t here = session_count_alive(app, session_sandbox(session));
        (void)text_append(text, cap, "\n%s", session_sandbox(session));
        if (here > 1)
            (void)text_append(text, cap, " (%zu sessions)", here);
        named += here;
        lines++;
    }
    return named;
}

void console_quit_text(const struct app *app, char *text, size_t cap)
{
    char line[96];
    size_t alive = session_count_alive(app, NULL);
    size_t unsaved = app->service != NULL ? service_unsaved_count(app->service) : 0;
    text[0] = '\0';
    if (bulk_view_busy(app))
        (void)text_append(text, cap,
                          "Still %s: quitting cancels the rest, and calls under way may end as unknown.\n",
                          bulk_view_line(app, line, sizeof line));
    if (unsaved > 0)
        (void)text_append(text, cap,
                          "%s%zu credential%s only in memory: lost if the vault can't be written.\n",
                          text[0] != '\0' ? "\n" : "", unsaved, unsaved == 1 ? " is" : "s are");
    if (forwards_open_count(app, NULL) > 0)
        (void)text_append(text, cap, "%s%s will be closed.%s", text[0] != '\0' ? "\n" : "",
                          phrase_count(forwards_open_count(app, NULL), "forwarded port", "forwarded ports",
                                       line, sizeof line),
                          alive > 0 ? "\n" : "");
    if (run_count(app) > 0)
        (void)text_append(
            text, cap, "%s%s will be ended.%s", text[0] != '\0' ? "\n" : "",
            phrase_count(run_count(app), "command of yours", "commands of yours", line, sizeof line),
            alive > 0 ? "\n" : "");
    if (alive == 0)
        return;
    (void)text_append(text, cap, "%s%s will be disconnected:\n", text[0] != '\0' ? "\n" : "",
                      phrase_count(alive, "open session", "open sessions", line, sizeof line));
    size_t named = append_sandboxes(app, text, cap);
    if (alive > named)
        (void)text_append(text, cap, "\nand %zu more", alive - named);
}

bool console_quit_asks(const struct app *app)
{
    return session_count_alive(app, NULL) > 0 || bulk_view_busy(app) || forwards_open_count(app, NULL) > 0 ||
           run_count(app) > 0 || (app->service != NULL && service_unsaved_count(app->service) > 0);
}

enum change console_quit(struct app *app, int at_once)
{
    char text[ACTION_TEXT_CAP];
    if (at_once != 0 || !console_quit_asks(app)) {
        app_quit(app, 0);
        return CHANGED_NOTHING;
    }
    console_quit_text(app, text, sizeof text);
    const struct dialog_options options = {
        .title = "Quit?",
        .text = text,
        .level = DIALOG_WARN,
        .yes = "Quit",
    };
    app_ask(app, &options, on_quit_answer, app);
    return CHANGED_NOTHING;
}
