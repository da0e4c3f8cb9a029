// SPDX-License-Identifier: Apache-2.0
//
// actions_secret: owns the ways a password leaves the vault in the deck: shown for a while, or into the
// clipboard of the operator's terminal. Both only for who asks, and never through a file or a command line.

#include "tui/clipboard.h"
#include "views/actions.h"
#include "views/fleet_view.h"
#include "views/view_words.h"

#include <stdlib.h>
#include <string.h>

// Why a credential has no password to show; NULL: it has one.
static const char *no_password(const struct credential *credential)
{
    if (credential->sealed_elsewhere)
        return "is sealed with another API key (start with that key)";
    return credential->has_password ? NULL : "has no password here: the server gives one only once";
}

static struct action *secret_action(struct app *app)
{
    char name[ACTION_NAME_CAP];
    const struct fleet_row *row = action_row(app);
    const struct credential *credential = row != NULL ? action_credential(app, row) : NULL;
    if (credential == NULL)
        return NULL;
    struct action *action = action_new(app, row, credential);
    const char *trouble = no_password(credential);
    action_tell_one(app, action->sandbox_id);
    if (trouble == NULL)
        return action;
    app_toast(app, TOAST_WARN, "%s %s", action_name(action, name), trouble);
    free(action);
    return NULL;
}

static void on_reveal(void *ctx, const struct failure *why, struct secret *password)
{
    struct action *action = ctx;
    char name[ACTION_NAME_CAP];
    if (action->app->quitting)
        secret_free(password);
    else if (why->status != STATUS_OK)
        app_toast_failure(action->app, action_name(action, name), why);
    else
        fleet_view_reveal(action->app->deck, action->row, password);
    free(action);
}

void command_reveal(struct app *app)
{
    if (fleet_view_is_revealed(app->deck)) {
        fleet_view_hide(app->deck);
        return;
    }
    struct action *action = secret_action(app);
    if (action == NULL)
        return;
    if (!app_shows(app, app->deck))
        app_show(app, app->deck);
    fleet_view_show_details(app->deck); // it is shown there
    keeper_password(app->keeper, action->row, on_reveal, action);
}

bool action_copy_text(struct app *app, const char *text, size_t length)
{
    size_t count = 0;
    char *sequence =
        clipboard_sequence(text, length, clipboard_wrap_for(getenv("TMUX"), getenv("TERM")), &count);
    if (sequence == NULL)
        return false;
    app_raw_output(app, sequence, count);
    explicit_bzero(sequence, count);
    free(sequence);
    return true;
}

static void on_copy(void *ctx, const struct failure *why, struct secret *password)
{
    struct action *action = ctx;
    struct app *app = action->app;
    char name[ACTION_NAME_CAP];
    if (!app->quitting) {
        if (why->status != STATUS_OK)
            app_toast_failure(app, action_name(action, name), why);
        else if (action_copy_text(app, secret_text(password), secret_length(password)))
            app_toast(app, TOAST_INFO, "Password of %s given to the terminal's clipboard", action->id);
    }
    secret_free(password);
    free(action);
}

void command_copy_password(struct app *app)
{
    struct action *action = secret_action(app);
    if (action != NULL)
        keeper_password(app->keeper, action->row, on_copy, action);
}

void command_copy_command(struct app *app)
{
    struct ssh_target target;
    struct failure why;
    char text[COMMAND_CAP + 64], name[ACTION_NAME_CAP];
    const struct fleet_row *row = action_row(app);
    const struct credential *credential = row != NULL ? action_credential(app, row) : NULL;
    if (credential == NULL)
        return;
    struct action *action = action_new(app, row, credential);
    if (credential->id[0] == '\0')
        app_toast(app, TOAST_WARN, "The id of this credential was never heard (%s replaces it)",
                  command_key(COMMAND_regenerate));
    else if (keeper_target(app->keeper, credential, &target, &why) != STATUS_OK)
        app_toast_failure(app, action_name(action, name), &why);
    else if (action_copy_text(app, view_word_ssh_command(&target, text, sizeof text), strlen(text)))
        app_toast(app, TOAST_INFO, "Command for %s given to the terminal's clipboard", action->sandbox_id);
    free(action);
}
