// SPDX-License-Identifier: Apache-2.0
//
// console_commands: The commands on the console itself: connect, refresh, quit.

#include "tui/base/xalloc.h"
#include "tui/term/screen.h"
#include "views/actions/actions.h"
#include "views/actions/bulk_view.h"
#include "views/connect/connect.h"
#include "views/deck/fleet_view.h"
#include "views/labels/state_labels.h"
#include "views/session/session.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { QUIT_NAMES = 5 }; // sandboxes named in the question

static void on_connect_answer(void *context, struct dialog *dialog, int result)
{
    struct action *action = context;
    (void)dialog;
    if (result == 1 && !action->app->quitting)
        connect_begin(action->app, action->sandbox_id, action->id[0] != '\0' ? action->id : NULL);
    free(action);
}

// A session is of one sandbox; whoever has marked some may have meant those.
static void ask_connect_one(struct action *action, size_t marked)
{
    char text[ACTION_TEXT_CAP];
    (void)snprintf(text, sizeof text,
                   "Connects only to %s, under the cursor. The %zu marked are not changed.",
                   action->sandbox_id, marked);
    const struct dialog_options options = {
        .title = "Connect to one sandbox?",
        .text = text,
        .level = DIALOG_INFO,
        .buttons = {{.label = "Cancel", .result = DIALOG_CANCELLED}, {.label = "Open", .result = 1}},
        .button_count = 2,
        .focus = 1,
    };
    app_open_dialog(action->app, dialog_new(&options, on_connect_answer, action));
}

enum change run_connect(struct app *app, int argument)
{
    const struct fleet_row *row = action_row(app);
    (void)argument;
    if (row == NULL)
        return CHANGED_NOTHING;
    size_t marked = fleet_view_marked(app->deck);
    bool only_it = marked == 1 && fleet_view_is_marked(app->deck, row->sandbox.id);
    struct action *action = action_new(app, row, fleet_view_credential(app->deck));
    if (marked > 0 && !only_it) {
        ask_connect_one(action, marked);
        return CHANGED_NOTHING;
    }
    connect_begin(app, action->sandbox_id, action->id[0] != '\0' ? action->id : NULL);
    free(action);
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

enum change run_refresh(struct app *app, int argument)
{
    (void)argument;
    if (app->service == NULL) {
        app_toast_failure(app, "API key", &app->key_failure);
        return CHANGED_NOTHING;
    }
    service_refresh(app->service, on_refreshed, app);
    const struct fleet_row *row = fleet_view_row(app->deck);
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

static size_t append(char *text, size_t cap, size_t length, const char *more)
{
    size_t added = strlen(more), room = cap - length - 1;
    added = added < room ? added : room;
    memcpy(text + length, more, added);
    text[length + added] = '\0';
    return length + added;
}

// Each sandbox once. *named: how many sessions that were.
static size_t append_sandboxes(const struct app *app, char *text, size_t cap, size_t length, size_t *named)
{
    size_t lines = 0;
    for (size_t i = 0; i < app->session_count && lines < QUIT_NAMES; i++) {
        const char *sandbox = session_sandbox(app->sessions[i]);
        char line[ID_CAP + 48];
        bool before = false;
        for (size_t k = 0; k < i && !before; k++)
            before =
                session_is_alive(app->sessions[k]) && strcmp(session_sandbox(app->sessions[k]), sandbox) == 0;
        size_t here = session_count_alive(app, sandbox);
        if (before || !session_is_alive(app->sessions[i]))
            continue;
        if (here > 1)
            (void)snprintf(line, sizeof line, "\n%s (%zu sessions)", sandbox, here);
        else
            (void)snprintf(line, sizeof line, "\n%s", sandbox);
        length = append(text, cap, length, line);
        *named += here;
        lines++;
    }
    return length;
}

static void quit_text(const struct app *app, char *text, size_t cap)
{
    char count[48];
    size_t alive = session_count_alive(app, NULL), named = 0;
    size_t length = 0;
    text[0] = '\0';
    if (bulk_view_busy(app)) {
        char line[96], what[160];
        (void)snprintf(what, sizeof what,
                       "Still %s: quitting cancels the rest, and calls under way may end as unknown.\n",
                       bulk_view_line(app, line, sizeof line));
        length = append(text, cap, length, what);
    }
    size_t unsaved = app->service != NULL ? service_unsaved_count(app->service) : 0;
    if (unsaved > 0) {
        char what[160];
        (void)snprintf(what, sizeof what,
                       "%s%zu credential%s only in memory: lost if the vault can't be written.\n",
                       length > 0 ? "\n" : "", unsaved, unsaved == 1 ? " is" : "s are");
        length = append(text, cap, length, what);
    }
    if (alive == 0)
        return;
    (void)state_label_count(alive, "open session", "open sessions", count, sizeof count);
    length = append(text, cap, length, length > 0 ? "\n" : "");
    length = append(text, cap, length, count);
    length = append(text, cap, length, " will be disconnected:\n");
    length = append_sandboxes(app, text, cap, length, &named);
    if (alive > named) {
        (void)snprintf(count, sizeof count, "\nand %zu more", alive - named);
        (void)append(text, cap, length, count);
    }
}

bool action_quit_asks(const struct app *app)
{
    return session_count_alive(app, NULL) > 0 || bulk_view_busy(app) ||
           (app->service != NULL && service_unsaved_count(app->service) > 0);
}

enum change run_quit(struct app *app, int at_once)
{
    char text[ACTION_TEXT_CAP];
    if (at_once != 0 || !action_quit_asks(app)) {
        app_quit(app, 0);
        return CHANGED_NOTHING;
    }
    quit_text(app, text, sizeof text);
    const struct dialog_options options = {
        .title = "Quit?",
        .text = text,
        .level = DIALOG_WARN,
        .buttons = {{.label = "Cancel", .hotkey = 'c', .result = DIALOG_CANCELLED},
                    {.label = "Quit", .result = 1}},
        .button_count = 2,
        .focus = 0,
    };
    app_open_dialog(app, dialog_new(&options, on_quit_answer, app));
    return CHANGED_NOTHING;
}
