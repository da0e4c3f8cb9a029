// SPDX-License-Identifier: Apache-2.0
//
// password_commands: Show a password for a while, or copy what belongs to a credential: password, ssh
// command, ids. A password goes to the screen or the terminal's clipboard only, never through a file or a
// command line.

#include "tui/base/xalloc.h"
#include "views/actions/actions.h"
#include "views/app/clipboard_copy.h"
#include "views/deck/deck_view.h"
#include "views/deck/id_set.h"
#include "views/labels/phrases.h"

#include <stdlib.h>
#include <string.h>

// Why a credential has no password to show; NULL: it has one.
static const char *no_password(const struct credential *credential)
{
    if (credential->sealed_elsewhere)
        return "is sealed with another API key (start with that key)";
    return credential->has_password ? NULL : "has no password here: the server shows it only once";
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

enum { WHAT_CAP = ACTION_NAME_CAP + 32 };

static char *what_of(const char *thing, const struct action *action, char out[WHAT_CAP])
{
    char name[ACTION_NAME_CAP];
    (void)snprintf(out, WHAT_CAP, "%s of %s", thing, action_name(action, name));
    return out;
}

static void on_reveal(void *ctx, const struct failure *why, struct secret *password)
{
    struct action *action = ctx;
    char name[WHAT_CAP];
    if (action->app->quitting)
        secret_free(password);
    else if (why->status != STATUS_OK)
        app_toast_failure(action->app, what_of("password", action, name), why);
    else
        deck_view_reveal(action->app->deck, action->row, password);
    free(action);
}

enum change action_reveal(struct app *app, int argument)
{
    (void)argument;
    if (deck_view_is_revealed(app->deck)) {
        deck_view_hide(app->deck);
        return CHANGED_NOTHING;
    }
    struct action *action = secret_action(app);
    if (action == NULL)
        return CHANGED_NOTHING;
    if (!app_shows(app, app->deck))
        app_show(app, app->deck);
    deck_view_show_details(app->deck); // it is shown there
    service_password(app->service, action->row, on_reveal, action);
    return CHANGED_NOTHING;
}

static void copy_password(struct app *app, const struct action *action, struct secret *password)
{
    char what[ACTION_NAME_CAP + 32], name[ACTION_NAME_CAP];
    (void)snprintf(what, sizeof what, "the password of %s", action_name(action, name));
    clipboard_copy(app, secret_text(password), secret_length(password), what, NULL);
}

static void on_copy(void *ctx, const struct failure *why, struct secret *password)
{
    struct action *action = ctx;
    struct app *app = action->app;
    char name[WHAT_CAP];
    if (!app->quitting) {
        if (why->status != STATUS_OK)
            app_toast_failure(app, what_of("password", action, name), why);
        else
            copy_password(app, action, password);
    }
    secret_free(password);
    free(action);
}

static void copy_password_of(struct app *app)
{
    struct action *action = secret_action(app);
    if (action != NULL)
        service_password(app->service, action->row, on_copy, action);
}

static void copy_ssh_command(struct app *app, const struct ssh_target *target, const char *sandbox_id)
{
    char text[COMMAND_CAP + 64], what[ID_CAP + 32];
    (void)phrase_ssh_command(target, text, sizeof text);
    (void)snprintf(what, sizeof what, "the ssh command of %s", sandbox_id);
    clipboard_copy(app, text, strlen(text), what, NULL);
}

static const char *command_of(const struct app *app, const struct fleet_row *row, char *out, size_t cap)
{
    struct ssh_target target;
    const struct credential *best = fleet_row_best(row, app_now(app));
    if (best == NULL || best->id[0] == '\0' || service_target(app->service, best, &target, NULL) != STATUS_OK)
        return NULL;
    return phrase_ssh_command(&target, out, cap);
}

// With the best credential of each, a line each.
static void copy_marked_commands(struct app *app)
{
    enum { LINE_CAP = COMMAND_CAP + 64 };
    char line[LINE_CAP], what[80];
    size_t hidden = 0, used = 0, count = 0;
    const struct fleet *fleet = service_fleet(app->service);
    const struct id_set *marks = deck_view_marks(app->deck, &hidden);
    char *text = xmalloc(id_set_count(marks) * (LINE_CAP + 1) + 1);
    for (size_t i = 0; i < fleet_count(fleet) && count < id_set_count(marks); i++) {
        const struct fleet_row *row = fleet_row(fleet, i);
        if (!id_set_has(marks, row->sandbox.id) || command_of(app, row, line, sizeof line) == NULL)
            continue;
        used += (size_t)snprintf(text + used, LINE_CAP + 1, "%s\n", line);
        count++;
    }
    (void)snprintf(what, sizeof what, "the ssh commands of %zu of %zu marked", count, id_set_count(marks));
    if (count == 0)
        app_toast(app, TOAST_WARN, "No credential of the %zu marked is known here (%s makes them)",
                  id_set_count(marks), command_key(COMMAND_create));
    else
        clipboard_copy(app, text, used, what, NULL);
    free(text);
}

static void copy_command(struct app *app)
{
    if (app->service != NULL && deck_view_marked(app->deck) > 0) {
        copy_marked_commands(app);
        return;
    }
    struct ssh_target target;
    struct failure why;
    char name[WHAT_CAP];
    const struct fleet_row *row = action_row(app);
    const struct credential *credential = row != NULL ? action_credential(app, row) : NULL;
    if (credential == NULL)
        return;
    struct action *action = action_new(app, row, credential);
    if (credential->id[0] == '\0')
        app_toast(app, TOAST_WARN,
                  "The id of this credential is not known: its create was never answered (%s replaces it)",
                  command_key(COMMAND_regenerate));
    else if (service_target(app->service, credential, &target, &why) != STATUS_OK)
        app_toast_failure(app, what_of("command", action, name), &why);
    else
        copy_ssh_command(app, &target, action->sandbox_id);
    free(action);
}

// --- ids ----------------------------------------------------------------------------------

static void copy_id(struct app *app, const char *id)
{
    char what[ID_CAP + 8];
    (void)snprintf(what, sizeof what, "the id %s", id);
    clipboard_copy(app, id, strlen(id), what, NULL);
}

// Each on a line of its own.
static void copy_marked(struct app *app)
{
    char what[48];
    size_t hidden = 0, used = 0, count = 0;
    const struct fleet *fleet = service_fleet(app->service);
    const struct id_set *marks = deck_view_marks(app->deck, &hidden);
    char *text = xmalloc(fleet_count(fleet) * (ID_CAP + 1) + 1);
    for (size_t i = 0; i < fleet_count(fleet); i++) {
        const char *id = fleet_row(fleet, i)->sandbox.id;
        if (!id_set_has(marks, id))
            continue;
        used += (size_t)snprintf(text + used, ID_CAP + 2, "%s\n", id);
        count++;
    }
    (void)snprintf(what, sizeof what, "the ids of %zu sandboxes", count);
    clipboard_copy(app, text, used, what, NULL);
    free(text);
}

static void copy_sandbox_id(struct app *app)
{
    if (app->service != NULL && deck_view_marked(app->deck) > 0) {
        copy_marked(app);
        return;
    }
    const struct fleet_row *row = action_row(app);
    if (row != NULL)
        copy_id(app, row->sandbox.id);
}

static void copy_credential_id(struct app *app)
{
    const struct fleet_row *row = action_row(app);
    const struct credential *credential = row != NULL ? action_credential(app, row) : NULL;
    if (credential != NULL)
        action_tell_one(app, row->sandbox.id);
    if (credential != NULL && credential->id[0] != '\0')
        copy_id(app, credential->id);
    else if (credential != NULL)
        app_toast(app, TOAST_WARN, "The id of this credential is not known (%s replaces it)",
                  command_key(COMMAND_regenerate));
}

enum change action_copy(struct app *app, int what)
{
    static void (*const ways[])(struct app *) = {
        [COPY_COMMAND] = copy_command,
        [COPY_PASSWORD] = copy_password_of,
        [COPY_ID] = copy_sandbox_id,
        [COPY_CREDENTIAL_ID] = copy_credential_id,
    };
    ways[what](app);
    return CHANGED_NOTHING;
}
