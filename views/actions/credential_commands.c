// SPDX-License-Identifier: Apache-2.0
//
// credential_commands: Create, validate, regenerate, forget and delete a credential. A failure names the
// credential; an unknown outcome says how to find out.

#include "tui/base/xalloc.h"
#include "views/actions/actions.h"
#include "views/deck/deck_view.h"
#include "views/labels/state_labels.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static enum dialect dialect_of(const struct app *app)
{
    struct service_health health;
    service_health(app->service, &health);
    return health.dialect;
}

static bool is_selected(const struct action *action)
{
    const struct fleet_row *row = deck_view_row(action->app->deck);
    return row != NULL && strcmp(row->sandbox.id, action->sandbox_id) == 0;
}

// What went wrong with a verb on a credential.
static void tell_failure(const struct action *action, const char *verb, const struct failure *why)
{
    char name[ACTION_NAME_CAP], what[ACTION_NAME_CAP + 32];
    (void)snprintf(what, sizeof what, "%s %s", verb, action_name(action, name));
    app_toast_failure(action->app, what, why);
}

// --- when the vault can't be written ------------------------------------------------------

static bool is_of_vault(const struct failure *why)
{
    bool of_vault = why->status == STATUS_STORE_FAILED || why->status == STATUS_STORE_LOCKED ||
                    why->status == STATUS_STORE_UNSAFE;
    return of_vault && !why->maybe_done;
}

static void create(struct action *action);
static void regenerate(struct action *action);

static void go_on_in_memory(struct action *action)
{
    service_memory_only(action->app->service, true);
    if (action->what == BULK_CREATE)
        create(action);
    else
        regenerate(action);
}

// Nothing was asked of the server yet. what: the call that was meant.
static void ask_memory(struct action *action, enum bulk_verb what, const struct failure *why)
{
    char text[ACTION_TEXT_CAP], line[FAILURE_LINE_CAP];
    action->what = (int)what;
    (void)snprintf(text, sizeof text,
                   "%s\n\nNothing was sent. The %s can continue in memory only: its result is lost when the "
                   "console quits, unless the vault can be written by then.",
                   failure_line(why, line), bulk_verb(what));
    action_ask(
        action,
        &(struct dialog_options){
            .title = "The vault can't be written", .text = text, .level = DIALOG_WARN, .yes = "In memory"},
        go_on_in_memory);
}

// --- regenerate -------------------------------------------------------------------------

static void on_regenerated(void *ctx, const struct failure *why, const struct credential *credential)
{
    struct action *action = ctx;
    char end[48], sandbox[PHRASE_SANDBOX_CAP];
    if (action->app->quitting) {
        free(action);
        return;
    }
    if (is_of_vault(why)) {
        ask_memory(action, BULK_REGENERATE, why);
        return;
    }
    if (why->status != STATUS_OK) {
        tell_failure(action, "regenerate", why);
    } else {
        app_toast(action->app, TOAST_INFO, "New credential %s for %s%s", credential->id,
                  action_sandbox(action, sandbox), action_end(action, credential, end));
        if (is_selected(action)) {
            deck_view_hide(action->app->deck); // what is shown is the old one's
            deck_view_select_credential(action->app->deck, credential->vault_row);
        }
    }
    free(action);
}

static void regenerate(struct action *action)
{
    service_regenerate(action->app->service, action->sandbox_id, action->id, on_regenerated, action);
}

void action_ask_regenerate(struct app *app, const struct fleet_row *row, const struct credential *credential)
{
    char text[ACTION_TEXT_CAP], name[ACTION_NAME_CAP], sessions[128];
    struct action *action = action_new(app, row, credential);
    (void)snprintf(text, sizeof text,
                   "Replaces %s with a new one.\n\nThe old password stops working: nobody can sign in with "
                   "it any more.%s%s",
                   action_name(action, name), action_sessions(action, sessions, sizeof sessions),
                   credential == NULL ? "\n\nNone is known here; someone else may have created one." : "");
    action_ask(
        action,
        &(struct dialog_options){
            .title = "Regenerate the credential?", .text = text, .level = DIALOG_WARN, .yes = "Regenerate"},
        regenerate);
}

void action_regenerate_one(struct app *app, const struct fleet_row *row)
{
    const struct credential *credential = deck_view_credential(app->deck);
    // Where a sandbox has one credential, someone else's can be replaced too.
    if (credential == NULL && dialect_of(app) == DIALECT_CREDENTIAL) {
        (void)action_credential(app, row);
        return;
    }
    action_ask_regenerate(app, row, credential);
}

// --- forget -----------------------------------------------------------------------------

static void on_forgotten(void *ctx, const struct failure *why)
{
    struct action *action = ctx;
    char name[ACTION_NAME_CAP];
    if (!action->app->quitting) {
        if (why->status == STATUS_OK)
            app_toast(action->app, TOAST_INFO, "Forgot %s", action_name(action, name));
        else
            tell_failure(action, "forget", why);
    }
    free(action);
}

static void forget(struct action *action)
{
    service_forget(action->app->service, action->row, on_forgotten, action);
}

void action_forget_one(struct app *app, const struct fleet_row *row)
{
    char text[ACTION_TEXT_CAP], name[ACTION_NAME_CAP];
    const struct credential *credential = action_credential(app, row);
    if (credential == NULL)
        return;
    enum credential_state state = credential_state(credential, app_now(app));
    bool lives = state != CREDENTIAL_expired && state != CREDENTIAL_invalid && state != CREDENTIAL_revoked;
    struct action *action = action_new(app, row, credential);
    (void)snprintf(
        text, sizeof text, "Removes %s from this machine. The server is not told.%s",
        action_name(action, name),
        lives ? "\n\nIt may keep working for whoever has its password. You can't get the password back."
              : "");
    action_ask(action,
               &(struct dialog_options){.title = "Forget the credential?",
                                        .text = text,
                                        .level = lives ? DIALOG_WARN : DIALOG_INFO,
                                        .yes = "Forget"},
               forget);
}

// --- create -----------------------------------------------------------------------------

// The server has one already. Its words come without the way out that is meant for the command line.
static void ask_taken(struct action *action, const struct failure *why)
{
    char text[ACTION_TEXT_CAP];
    const char *reason = failure_text(why);
    const struct fleet_row *row = fleet_find(service_fleet(action->app->service), action->sandbox_id);
    bool ours = row != NULL && row->credential_count > 0;
    (void)snprintf(
        text, sizeof text, "%s: %s\n\n%s Regenerating replaces it: the old password stops working.",
        action->sandbox_id, reason,
        ours ? "This server allows one credential per sandbox." : "Someone else may have created it.");
    action_ask(action,
               &(struct dialog_options){.title = "There is a credential already",
                                        .text = text,
                                        .level = DIALOG_WARN,
                                        .yes = "Regenerate"},
               regenerate);
}

static void on_created(void *ctx, const struct failure *why, const struct credential *credential)
{
    struct action *action = ctx;
    struct app *app = action->app;
    char end[48], sandbox[PHRASE_SANDBOX_CAP];
    if (app->quitting) {
        free(action);
        return;
    }
    if (why->status == STATUS_CONFLICT && why->http_status != 0 && dialect_of(app) != DIALECT_CREDENTIAL) {
        ask_taken(action, why);
        return;
    }
    if (is_of_vault(why)) {
        ask_memory(action, BULK_CREATE, why);
        return;
    }
    if (why->status == STATUS_OUTCOME_UNKNOWN) {
        app_toast(app, TOAST_WARN,
                  "%s: outcome unknown, a credential may have been created (%s replaces it, %s forgets it)",
                  action->sandbox_id, command_key(COMMAND_regenerate), command_key(COMMAND_forget));
    } else if (why->status != STATUS_OK) {
        char what[ID_CAP + 32];
        (void)snprintf(what, sizeof what, "create a credential for %s", action->sandbox_id);
        app_toast_failure(app, what, why);
    } else {
        app_toast(app, TOAST_INFO, "Created a credential for %s%s", action_sandbox(action, sandbox),
                  action_end(action, credential, end));
        if (is_selected(action))
            deck_view_select_credential(app->deck, credential->vault_row);
    }
    free(action);
}

static void create(struct action *action)
{
    action->id[0] = '\0'; // it is about none yet
    action->row = 0;
    service_create(action->app->service, action->sandbox_id, on_created, action);
}

enum { CREATE_REGENERATE = 1, CREATE_FORGET };

static void on_unknown_answer(void *context, struct dialog *dialog, int result)
{
    struct action *action = context;
    (void)dialog;
    if (action->app->quitting || result == DIALOG_CANCELLED)
        free(action);
    else if (result == CREATE_FORGET)
        forget(action);
    else
        regenerate(action);
}

// A create whose answer was lost: another one would leave a credential behind that nobody knows.
static void ask_unknown(struct app *app, const struct fleet_row *row, const struct credential *credential)
{
    char text[ACTION_TEXT_CAP];
    struct action *action = action_new(app, row, credential);
    (void)snprintf(text, sizeof text,
                   "The response to an earlier create for %s was lost: a credential may exist that is not "
                   "known here.\n\nRegenerate replaces it, where a sandbox has only one. Forget removes this "
                   "entry; then %s creates another.",
                   row->sandbox.id, command_key(COMMAND_create));
    const struct dialog_options options = {
        .title = "A credential's outcome is unknown",
        .text = text,
        .level = DIALOG_WARN,
        .buttons = {{.label = "Cancel", .result = DIALOG_CANCELLED},
                    {.label = "Regenerate", .result = CREATE_REGENERATE},
                    {.label = "Forget", .result = CREATE_FORGET}},
        .button_count = 3,
    };
    app_ask(app, &options, on_unknown_answer, action);
}

// One that works is there: another one is seldom meant, and two open the sandbox then. "Add", since of
// "Create" the letter would be the key that the text names.
static void ask_second(struct app *app, const struct fleet_row *row, const struct credential *credential)
{
    char text[ACTION_TEXT_CAP], name[ACTION_NAME_CAP], end[48];
    struct action *action = action_new(app, row, credential);
    (void)snprintf(text, sizeof text,
                   "There already is %s%s.\n\nAnother one does not replace it: both work until they expire "
                   "or are deleted. %s replaces it.",
                   action_name(action, name), action_end(action, credential, end),
                   command_key(COMMAND_regenerate));
    action_ask(action,
               &(struct dialog_options){
                   .title = "Create a second credential?", .text = text, .level = DIALOG_WARN, .yes = "Add"},
               create);
}

void action_create_one(struct app *app, const struct fleet_row *row)
{
    if (row->gone) {
        app_toast(app, TOAST_WARN, "%s is gone from the server's list (%s refreshes)", row->sandbox.id,
                  command_key(COMMAND_refresh));
        return;
    }
    for (size_t i = 0; i < row->credential_count; i++) {
        if (row->credentials[i].id[0] == '\0' && row->credentials[i].busy == NULL && row->busy == NULL) {
            ask_unknown(app, row, &row->credentials[i]);
            return;
        }
    }
    // Where a sandbox has one credential, the server refuses and it is asked what to do then.
    const struct credential *best = fleet_row_best(row, app_now(app));
    if (best != NULL && credential_is_usable(best, app_now(app)) && dialect_of(app) != DIALECT_SANDBOX)
        ask_second(app, row, best);
    else
        create(action_new(app, row, NULL));
}

// --- validate ---------------------------------------------------------------------------

static void on_validated(void *ctx, const struct failure *why, const struct credential *credential)
{
    struct action *action = ctx;
    struct app *app = action->app;
    char end[48];
    if (!app->quitting) {
        if (why->status != STATUS_OK)
            tell_failure(action, "validate", why);
        else if (credential->verdict == VERDICT_VALID)
            app_toast(app, TOAST_INFO, "Credential %s is valid%s", credential->id,
                      action_end(action, credential, end));
        else
            app_toast(app, TOAST_WARN, "Credential %s is not valid (%s replaces it)", credential->id,
                      command_key(COMMAND_regenerate));
    }
    free(action);
}

void action_validate(struct action *action)
{
    service_validate(action->app->service, action->sandbox_id, action->id, on_validated, action);
}

void action_validate_one(struct app *app, const struct fleet_row *row)
{
    const struct credential *credential = action_credential(app, row);
    if (credential == NULL)
        return;
    if (credential->id[0] == '\0') {
        app_toast(app, TOAST_WARN,
                  "The id of this credential is not known: its create was never answered (%s replaces it, %s "
                  "forgets it)",
                  command_key(COMMAND_regenerate), command_key(COMMAND_forget));
        return;
    }
    action_validate(action_new(app, row, credential));
}

// --- delete -----------------------------------------------------------------------------

static void on_deleted(void *ctx, const struct failure *why)
{
    struct action *action = ctx;
    if (!action->app->quitting) {
        if (why->status == STATUS_OK)
            app_toast(action->app, TOAST_INFO, "Deleted credential %s of %s", action->id, action->sandbox_id);
        else
            tell_failure(action, "delete", why);
    }
    free(action);
}

static void delete_it(struct action *action)
{
    service_delete(action->app->service, action->sandbox_id, action->id, on_deleted, action);
}

void action_delete_one(struct app *app, const struct fleet_row *row)
{
    char text[ACTION_TEXT_CAP], name[ACTION_NAME_CAP], sessions[128];
    const struct credential *credential = action_credential(app, row);
    if (credential == NULL)
        return;
    // What the server can't delete can only be dropped here.
    if (credential->id[0] == '\0' || credential_state(credential, app_now(app)) == CREDENTIAL_revoked) {
        action_forget_one(app, row);
        return;
    }
    struct action *action = action_new(app, row, credential);
    (void)snprintf(text, sizeof text,
                   "Deletes %s, on the server and here.\n\nIts password stops working: nobody can sign in "
                   "with it any more.%s",
                   action_name(action, name), action_sessions(action, sessions, sizeof sessions));
    action_ask(action,
               &(struct dialog_options){
                   .title = "Delete the credential?", .text = text, .level = DIALOG_DANGER, .yes = "Delete"},
               delete_it);
}
