// SPDX-License-Identifier: Apache-2.0
//
// import_form: owns the question for a credential that was made elsewhere, takes it into the vault and has it
// validated. What is wrong brings the question back with what was typed, but for the password.

#include "api/server_time.h"
#include "tui/xalloc.h"
#include "views/actions.h"
#include "views/fleet_view.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FIELD_ID, FIELD_ENDS, FIELD_PASSWORD, FIELD_COUNT };

struct import_form {
    struct app *app;
    char sandbox_id[ID_CAP];
    char id[FORM_VALUE_MAX], ends[FORM_VALUE_MAX];
};

static void ask(struct import_form *form, const char *trouble);

static void on_imported(void *ctx, const struct failure *why, const struct credential *credential)
{
    struct import_form *form = ctx;
    struct app *app = form->app;
    const struct fleet_row *row = NULL;
    if (!app->quitting && why->status != STATUS_OK)
        app_toast_failure(app, "import", why);
    else if (!app->quitting)
        row = fleet_find(keeper_fleet(app->keeper), form->sandbox_id);
    if (row != NULL) {
        app_toast(app, TOAST_INFO, "Credential %s is kept; asking whether it is valid", credential->id);
        fleet_view_select_credential(app->deck, credential->vault_row);
        action_validate(action_new(app, row, credential));
    }
    free(form);
}

// What was typed, into access. False: trouble says what is wrong with it.
static bool read_fields(const struct import_form *form, const char *password, struct access *access,
                        char trouble[ACTION_TEXT_CAP])
{
    memset(access, 0, sizeof *access);
    if (!id_is_valid(form->id)) {
        (void)snprintf(trouble, ACTION_TEXT_CAP,
                       "'%.80s' is not a credential id: letters, digits, '.', '_' and '-' make one.",
                       form->id);
        return false;
    }
    if (form->ends[0] != '\0' && !time_parse_rfc3339(form->ends, &access->expires_at)) {
        (void)snprintf(trouble, ACTION_TEXT_CAP,
                       "'%.80s' is not a time: one is written as 2026-01-31T12:00:00Z.", form->ends);
        return false;
    }
    access->password = secret_new(password, strlen(password));
    if (access->password == NULL) {
        (void)snprintf(trouble, ACTION_TEXT_CAP, "That password is too long.");
        return false;
    }
    (void)snprintf(access->id, sizeof access->id, "%.*s", ID_CAP - 1, form->id);
    (void)snprintf(access->sandbox_id, sizeof access->sandbox_id, "%s", form->sandbox_id);
    return true;
}

static void on_answer(void *context, struct dialog *dialog, int result)
{
    struct import_form *form = context;
    struct access access;
    if (result == DIALOG_CANCELLED || form->app->quitting) {
        free(form);
        return;
    }
    const struct form *typed = dialog_form(dialog);
    char trouble[ACTION_TEXT_CAP];
    (void)snprintf(form->id, sizeof form->id, "%s", form_value(typed, FIELD_ID));
    (void)snprintf(form->ends, sizeof form->ends, "%s", form_value(typed, FIELD_ENDS));
    if (read_fields(form, form_value(typed, FIELD_PASSWORD), &access, trouble))
        keeper_import(form->app->keeper, &access, on_imported, form);
    else
        ask(form, trouble);
    access_clear(&access);
}

static void ask(struct import_form *form, const char *trouble)
{
    const struct form_field fields[FIELD_COUNT] = {
        [FIELD_ID] = {.label = "Credential id",
                      .kind = FORM_TEXT,
                      .value = form->id,
                      .required = true,
                      .hint = "The user name for ssh"},
        [FIELD_ENDS] = {.label = "Expires at",
                        .kind = FORM_TEXT,
                        .value = form->ends,
                        .hint = "The expires_at of the API, as 2026-01-31T12:00:00Z; empty: not known"},
        [FIELD_PASSWORD] = {.label = "Password",
                            .kind = FORM_TEXT,
                            .required = true,
                            .masked = true,
                            .hint = "Sealed in the vault; it is never shown here"},
    };
    char text[ACTION_TEXT_CAP];
    if (trouble != NULL)
        (void)snprintf(text, sizeof text, "%s", trouble);
    else
        (void)snprintf(text, sizeof text, "A credential of %s that was made elsewhere.", form->sandbox_id);
    const struct dialog_options options = {
        .title = "Import a credential",
        .text = text,
        .level = trouble != NULL ? DIALOG_WARN : DIALOG_INFO,
        .buttons = {{.label = "Cancel", .result = DIALOG_CANCELLED}, {.label = "Import", .result = 1}},
        .button_count = 2,
        .focus = 1,
        .fields = fields,
        .field_count = FIELD_COUNT,
    };
    app_open_dialog(form->app, dialog_new(&options, on_answer, form));
}

void command_import(struct app *app)
{
    const struct fleet_row *row = action_row(app);
    if (row == NULL)
        return;
    struct import_form *form = xcalloc(1, sizeof *form);
    form->app = app;
    (void)snprintf(form->sandbox_id, sizeof form->sandbox_id, "%s", row->sandbox.id);
    ask(form, NULL);
}
