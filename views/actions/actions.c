// SPDX-License-Identifier: Apache-2.0
//
// actions: What a command acts on, and how it asks before it does. Buttons that destroy have no letter of
// their own: the key that opened the question, pressed twice by accident, must not answer it.

#include "views/actions/actions.h"

#include "api/base/time_util.h"
#include "tui/base/xalloc.h"
#include "views/deck/deck_view.h"
#include "views/labels/phrases.h"
#include "views/session/session.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const struct fleet_row *action_row(struct app *app)
{
    if (app->service == NULL) {
        app_toast_failure(app, "API key", &app->key_failure);
        return NULL;
    }
    const struct fleet_row *row = deck_view_row(app->deck);
    struct failure why;
    if (row == NULL) {
        app_toast(app, TOAST_INFO, "No sandbox is selected");
    } else if (fleet_row_check(row, &why) != STATUS_OK) {
        app_toast(app, TOAST_WARN, "%s", failure_text(&why));
        return NULL;
    }
    return row;
}

const struct credential *action_credential(struct app *app, const struct fleet_row *row)
{
    const struct credential *credential = deck_view_credential(app->deck);
    if (credential == NULL)
        app_toast(app, TOAST_INFO, "No credential of %s is known here (%s creates one)", row->sandbox.id,
                  command_key(COMMAND_create));
    return credential;
}

struct action *action_new(struct app *app, const struct fleet_row *row, const struct credential *credential)
{
    struct action *action = xcalloc(1, sizeof *action);
    action->app = app;
    (void)snprintf(action->sandbox_id, sizeof action->sandbox_id, "%s", row->sandbox.id);
    if (credential == NULL)
        return action;
    (void)snprintf(action->id, sizeof action->id, "%s", credential->id);
    action->row = credential->vault_row;
    return action;
}

void action_tell_one(struct app *app, const char *sandbox_id)
{
    size_t marked = deck_view_marked(app->deck);
    if (marked > 1 || (marked == 1 && !deck_view_is_marked(app->deck, sandbox_id)))
        app_toast(app, TOAST_WARN, // before the message of the verb itself
                  "Only %s, under the cursor: the %zu marked are not changed", sandbox_id, marked);
}

char *action_sandbox(const struct action *action, char out[PHRASE_SANDBOX_CAP])
{
    return phrase_sandbox(app_fleet(action->app), action->sandbox_id, out);
}

char *action_name(const struct action *action, char out[ACTION_NAME_CAP])
{
    char sandbox[PHRASE_SANDBOX_CAP];
    (void)action_sandbox(action, sandbox);
    if (action->id[0] != '\0')
        (void)snprintf(out, ACTION_NAME_CAP, "credential %s of %s", action->id, sandbox);
    else
        (void)snprintf(out, ACTION_NAME_CAP, "the credential of %s", sandbox);
    return out;
}

char *action_end(const struct action *action, const struct credential *credential, char out[48])
{
    char left[16];
    out[0] = '\0';
    if (credential == NULL || credential->expires_at <= 0)
        return out;
    int64_t remaining = credential_remaining(credential, app_now(action->app));
    if (remaining > 0)
        (void)snprintf(out, 48, ", ends in %s", time_format_span(remaining, left));
    else
        (void)snprintf(out, 48, ", although past its expiry");
    return out;
}

char *action_sessions(const struct action *action, char *out, size_t cap)
{
    const struct app *app = action->app;
    char text[48];
    size_t count =
        action->row == 0 ? session_count_alive(app, action->sandbox_id) : session_uses(app, action->row);
    out[0] = '\0';
    if (count > 0)
        (void)snprintf(out, cap, "\n%s open here with it may be disconnected.",
                       phrase_count(count, "session", "sessions", text, sizeof text));
    return out;
}

char *action_open_there(size_t sessions, size_t tools, char *out, size_t cap)
{
    char text[48], connected[48];
    (void)phrase_count(sessions, "session open there", "sessions open there", text, sizeof text);
    (void)phrase_count(tools, "connected tool", "connected tools", connected, sizeof connected);
    (void)snprintf(out, cap, "%s%s%s", sessions > 0 ? text : "", sessions > 0 && tools > 0 ? " and " : "",
                   tools > 0 ? connected : "");
    return out;
}

static void on_answer(void *context, struct dialog *dialog, int result)
{
    struct action *action = context;
    (void)dialog;
    if (result == DIALOG_YES && !action->app->quitting)
        action->then(action);
    else
        free(action);
}

void action_ask(struct action *action, const struct dialog_options *options,
                void (*then)(struct action *action))
{
    action->then = then;
    app_ask(action->app, options, on_answer, action);
}
