// SPDX-License-Identifier: Apache-2.0
//
// sandbox_commands: Start, stop, pause, wake and delete a sandbox. What ends programs in it is asked first;
// deleting it asks for its name.

#include "views/actions/actions.h"
#include "views/deck/deck_view.h"
#include "views/labels/phrases.h"
#include "views/session/session.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// By enum sandbox_move.
static const char *const done_words[] = {
    [MOVE_PAUSE] = "pauses",    [MOVE_STOP] = "stops",
    [MOVE_START] = "runs",      [MOVE_DELETE] = "is being deleted",
    [MOVE_WAKE] = "runs again",
};

enum { WORD_LENGTH = 4 }; // of an id, to be typed before it is deleted

static void on_moved(void *ctx, const struct failure *why)
{
    struct action *action = ctx;
    struct app *app = action->app;
    char what[PHRASE_SANDBOX_CAP + 16], sandbox[PHRASE_SANDBOX_CAP];
    if (!app->quitting) {
        const struct fleet_row *row = fleet_find(service_fleet(app->service), action->sandbox_id);
        struct failure told;
        phrase_move_failure(why, row, &told);
        (void)snprintf(what, sizeof what, "%s %s", sandbox_move_name((enum sandbox_move)action->what),
                       action_sandbox(action, sandbox));
        if (why->status == STATUS_OK)
            app_toast(app, TOAST_INFO, "%s %s", action_sandbox(action, sandbox), done_words[action->what]);
        else
            app_toast_failure(app, what, &told);
    }
    free(action);
}

static void start_move(struct action *action)
{
    service_move(action->app->service, action->sandbox_id, (enum sandbox_move)action->what, on_moved, action);
}

// NULL: it is gone.
static struct action *move_action(struct app *app, const struct fleet_row *row, enum sandbox_move move)
{
    if (row->gone) {
        app_toast(app, TOAST_WARN, "%s is gone from the server's list (%s refreshes)", row->sandbox.id,
                  command_key(COMMAND_refresh));
        return NULL;
    }
    struct action *action = action_new(app, row, NULL);
    action->what = (int)move;
    return action;
}

// "\n\n2 sessions open there and 1 connected tool will be disconnected.", or "".
static char *open_there(const struct action *action, char *out, size_t cap)
{
    char text[OPEN_THERE_CAP];
    size_t tools = 0;
    (void)service_tools(action->app->service, action->sandbox_id, &tools);
    (void)action_open_there(session_count_alive(action->app, action->sandbox_id), tools, text, sizeof text);
    (void)snprintf(out, cap, "%s%s%s", text[0] != '\0' ? "\n\n" : "", text,
                   text[0] != '\0' ? " will be disconnected." : "");
    return out;
}

// As it is now: how it is made to run depends on that. Where it can't be asked, the server judges.
static void on_fresh(void *ctx, const struct failure *why)
{
    struct action *action = ctx;
    struct app *app = action->app;
    if (app->quitting) {
        free(action);
        return;
    }
    const struct fleet_row *row = fleet_find(service_fleet(app->service), action->sandbox_id);
    if (failure_is_absence(why)) {
        app_toast(app, TOAST_WARN, "%s is gone from the server's list", action->sandbox_id);
        free(action);
        return;
    }
    if (row != NULL && row->sandbox.state == SANDBOX_paused) {
        action->what = MOVE_WAKE;
        app_toast(app, TOAST_INFO, "%s is paused: waking it", action->sandbox_id);
    }
    start_move(action);
}

// Nothing is lost by it, so nothing is asked; that a paused one is woken is shown.
void action_start_one(struct app *app, const struct fleet_row *row)
{
    struct action *action = move_action(app, row, MOVE_START);
    if (action == NULL)
        return;
    service_fresh(app->service, action->sandbox_id, on_fresh, action);
}

void action_stop_one(struct app *app, const struct fleet_row *row)
{
    struct action *action = move_action(app, row, MOVE_STOP);
    char text[ACTION_TEXT_CAP], sessions[OPEN_THERE_CAP + 32], sandbox[PHRASE_SANDBOX_CAP];
    if (action == NULL)
        return;
    (void)snprintf(text, sizeof text, "Stops %s. Its programs end; its disk is kept.%s",
                   action_sandbox(action, sandbox), open_there(action, sessions, sizeof sessions));
    action_ask(action,
               &(struct dialog_options){
                   .title = "Stop the sandbox?", .text = text, .level = DIALOG_WARN, .yes = "Stop"},
               start_move);
}

// Others may work in it whose sessions are not seen here.
void action_pause_one(struct app *app, const struct fleet_row *row)
{
    struct action *action = move_action(app, row, MOVE_PAUSE);
    char text[ACTION_TEXT_CAP], sessions[OPEN_THERE_CAP + 32], sandbox[PHRASE_SANDBOX_CAP];
    if (action == NULL)
        return;
    (void)snprintf(text, sizeof text,
                   "Pauses %s. Its programs are suspended; its memory and disk are kept.%s",
                   action_sandbox(action, sandbox), open_there(action, sessions, sizeof sessions));
    action_ask(action,
               &(struct dialog_options){
                   .title = "Pause the sandbox?", .text = text, .level = DIALOG_WARN, .yes = "Pause"},
               start_move);
}

// What differs between sandboxes and is quickly typed: the end of the id.
static const char *word_of(const char *id)
{
    size_t length = strlen(id);
    return id + (length > WORD_LENGTH ? length - WORD_LENGTH : 0);
}

void action_remove_one(struct app *app, const struct fleet_row *row)
{
    struct action *action = move_action(app, row, MOVE_DELETE);
    char text[ACTION_TEXT_CAP], sessions[OPEN_THERE_CAP + 32], sandbox[PHRASE_SANDBOX_CAP];
    if (action == NULL)
        return;
    const char *word = word_of(action->sandbox_id);
    (void)snprintf(text, sizeof text,
                   "Deletes %s with its disk and all its credentials. This can't be undone.%s\n\n"
                   "Type %s, the end of its id, to continue.",
                   action_sandbox(action, sandbox), open_there(action, sessions, sizeof sessions), word);
    const struct dialog_options options = {
        .title = "Delete the sandbox?",
        .text = text,
        .level = DIALOG_DANGER,
        .yes = "Delete",
        .confirm_word = word,
    };
    action_ask(action, &options, start_move);
}
