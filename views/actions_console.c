// SPDX-License-Identifier: Apache-2.0
//
// actions_console: owns the commands on the console itself: connect, refresh, quit, suspend.

#include "tui/screen.h"
#include "tui/xalloc.h"
#include "views/actions.h"
#include "views/app_private.h"
#include "views/fleet_view.h"
#include "views/session.h"
#include "views/view_words.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { QUIT_NAMES = 5 }; // sandboxes named in the question

void command_connect(struct app *app)
{
    const struct fleet_row *row = action_row(app);
    if (row == NULL)
        return;
    char sandbox_id[ID_CAP], id[ID_CAP] = "";
    const struct credential *credential = fleet_view_credential(app->deck);
    (void)snprintf(sandbox_id, sizeof sandbox_id, "%s", row->sandbox.id);
    if (credential != NULL)
        (void)snprintf(id, sizeof id, "%s", credential->id);
    connect_begin(app, sandbox_id, id[0] != '\0' ? id : NULL);
}

static void on_refreshed(void *ctx, const struct failure *why)
{
    struct app *app = ctx;
    if (app->quitting)
        return;
    app_toast_failure(app, "refresh", why);
    app_dirty(app);
}

void command_refresh(struct app *app)
{
    if (app->keeper == NULL) {
        app_toast_failure(app, "sbxdeck", &app->key_failure);
        return;
    }
    keeper_refresh(app->keeper, on_refreshed, app);
    const struct fleet_row *row = fleet_view_row(app->deck);
    if (row != NULL && !row->gone)
        keeper_detail(app->keeper, row->sandbox.id, NULL, NULL);
}

void command_redraw(struct app *app)
{
    screen_redraw();
    app->private->draw_all = true;
    app_dirty(app);
}

void command_suspend(struct app *app)
{
    app_suspend(app);
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
    int added = snprintf(text + length, cap - length, "%s", more);
    return added > 0 && (size_t)added < cap - length ? length + (size_t)added : cap - 1;
}

static void quit_text(const struct app *app, char *text, size_t cap)
{
    char count[48];
    size_t alive = session_count_alive(app, NULL), named = 0;
    int start = snprintf(text, cap, "%s will be hung up:\n",
                         view_word_count(alive, "open session", "open sessions", count, sizeof count));
    size_t length = start > 0 ? (size_t)start : 0;
    for (size_t i = 0; i < app->session_count; i++) {
        char line[2 * ID_CAP + 8];
        if (!session_is_alive(app->sessions[i]) || named++ >= QUIT_NAMES)
            continue;
        (void)snprintf(line, sizeof line, "\n%s", session_sandbox(app->sessions[i]));
        length = append(text, cap, length, line);
    }
    if (alive > QUIT_NAMES) {
        (void)snprintf(count, sizeof count, "\nand %zu more", alive - QUIT_NAMES);
        (void)append(text, cap, length, count);
    }
}

void command_quit(struct app *app)
{
    char text[ACTION_TEXT_CAP];
    if (session_count_alive(app, NULL) == 0) {
        app_quit(app, 0);
        return;
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
}

void command_quit_now(struct app *app)
{
    command_quit(app);
}
