// SPDX-License-Identifier: Apache-2.0
//
// actions_sandbox: owns the commands on a sandbox itself. What ends programs in it is asked about first; what
// ends the sandbox is asked for by its name.

#include "views/actions.h"
#include "views/fleet_view.h"
#include "views/session.h"
#include "views/view_words.h"

#include <stdio.h>
#include <stdlib.h>

// By enum sandbox_move.
static const char *const done_words[] = {
    [MOVE_PAUSE] = "pauses",
    [MOVE_STOP] = "stops",
    [MOVE_START] = "starts",
    [MOVE_DELETE] = "is being deleted",
};

static void on_moved(void *ctx, const struct failure *why)
{
    struct action *action = ctx;
    char what[ID_CAP + 16];
    if (!action->app->quitting) {
        (void)snprintf(what, sizeof what, "%s %s", sandbox_move_name((enum sandbox_move)action->what),
                       action->sandbox_id);
        if (why->status == STATUS_OK)
            app_toast(action->app, TOAST_INFO, "%s %s", action->sandbox_id, done_words[action->what]);
        else
            app_toast_failure(action->app, what, why);
    }
    free(action);
}

static void start_move(struct action *action)
{
    keeper_move(action->app->keeper, action->sandbox_id, (enum sandbox_move)action->what, on_moved, action);
}

static void on_move_answer(void *context, struct dialog *dialog, int result)
{
    struct action *action = context;
    (void)dialog;
    if (result == 1 && !action->app->quitting)
        start_move(action);
    else
        free(action);
}

static struct action *move_action(struct app *app, enum sandbox_move move)
{
    const struct fleet_row *row = action_row(app);
    if (row == NULL)
        return NULL;
    if (row->gone) {
        app_toast(app, TOAST_WARN, "%s is gone from the server's list (%s asks again)", row->sandbox.id,
                  command_key(COMMAND_refresh));
        return NULL;
    }
    struct action *action = action_new(app, row, NULL);
    action->what = (int)move;
    return action;
}

// "\n\n2 sessions are open there.", or "".
static char *open_there(const struct action *action, char *out, size_t cap)
{
    char text[48];
    size_t count = session_count_alive(action->app, action->sandbox_id);
    out[0] = '\0';
    if (count > 0)
        (void)snprintf(out, cap, "\n\n%s open there will be cut off.",
                       view_word_count(count, "session", "sessions", text, sizeof text));
    return out;
}

void command_sandbox_start(struct app *app)
{
    struct action *action = move_action(app, MOVE_START);
    if (action != NULL)
        start_move(action);
}

void command_sandbox_stop(struct app *app)
{
    char text[ACTION_TEXT_CAP], sessions[96];
    struct action *action = move_action(app, MOVE_STOP);
    if (action == NULL)
        return;
    (void)snprintf(text, sizeof text, "Stops %s. Its programs end; its disk is kept.%s", action->sandbox_id,
                   open_there(action, sessions, sizeof sessions));
    action_ask(action, DIALOG_WARN, "Stop the sandbox?", text, "Stop", on_move_answer);
}

void command_sandbox_pause(struct app *app)
{
    char text[ACTION_TEXT_CAP], sessions[96];
    struct action *action = move_action(app, MOVE_PAUSE);
    if (action == NULL)
        return;
    if (session_count_alive(app, action->sandbox_id) == 0) { // nothing is lost by it
        start_move(action);
        return;
    }
    (void)snprintf(text, sizeof text, "Pauses %s. Its memory and disk are kept.%s", action->sandbox_id,
                   open_there(action, sessions, sizeof sessions));
    action_ask(action, DIALOG_WARN, "Pause the sandbox?", text, "Pause", on_move_answer);
}

void command_sandbox_delete(struct app *app)
{
    char text[ACTION_TEXT_CAP], sessions[96];
    struct action *action = move_action(app, MOVE_DELETE);
    if (action == NULL)
        return;
    (void)snprintf(text, sizeof text,
                   "Deletes %s with its disk and every credential of it. Nothing of it can be had back.%s\n\n"
                   "Type %s to go on.",
                   action->sandbox_id, open_there(action, sessions, sizeof sessions), action->sandbox_id);
    const struct dialog_options options = {
        .title = "Delete the sandbox?",
        .text = text,
        .level = DIALOG_DANGER,
        .buttons = {{.label = "Cancel", .result = DIALOG_CANCELLED}, {.label = "Delete", .result = 1}},
        .button_count = 2,
        .confirm_word = action->sandbox_id,
    };
    app_open_dialog(app, dialog_new(&options, on_move_answer, action));
}

void command_sandbox_new(struct app *app)
{
    if (app->keeper == NULL)
        app_toast_failure(app, "sbxdeck", &app->key_failure);
    else
        sandbox_form_open(app);
}
