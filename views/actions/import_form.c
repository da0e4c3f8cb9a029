// SPDX-License-Identifier: Apache-2.0
//
// import_form: Import a credential that was made elsewhere: ask for it, store it in the vault, validate it.
// Errors are shown in the form, which stays open with all that was typed.

#include "api/base/time_util.h"
#include "tui/base/xalloc.h"
#include "views/actions/actions.h"
#include "views/deck/deck_view.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FIELD_ID, FIELD_ENDS, FIELD_PASSWORD, FIELD_COUNT };

struct import_form {
    struct app *app;
    char sandbox_id[ID_CAP];
    char id[FORM_VALUE_MAX], ends[FORM_VALUE_MAX];
};

// What was typed for one that could not be kept, but for the password. id "": nothing.
static struct {
    char sandbox_id[ID_CAP], id[FORM_VALUE_MAX], ends[FORM_VALUE_MAX];
} kept;

static void keep(const struct import_form *form)
{
    (void)snprintf(kept.sandbox_id, sizeof kept.sandbox_id, "%s", form->sandbox_id);
    (void)snprintf(kept.id, sizeof kept.id, "%s", form->id);
    (void)snprintf(kept.ends, sizeof kept.ends, "%s", form->ends);
}

static void on_imported(void *ctx, const struct failure *why, const struct credential *credential)
{
    struct import_form *form = ctx;
    struct app *app = form->app;
    const struct fleet_row *row = NULL;
    kept.id[0] = '\0';
    if (why->status != STATUS_OK)
        keep(form);
    if (!app->quitting && why->status != STATUS_OK)
        app_toast_failure(app, "import", why);
    else if (!app->quitting)
        row = fleet_find(service_fleet(app->service), form->sandbox_id);
    if (row != NULL) {
        app_toast(app, TOAST_INFO, "Stored credential %s; validating it", credential->id);
        deck_view_select_credential(app->deck, credential->vault_row);
        action_validate(action_new(app, row, credential));
    }
    free(form);
}

static const char *id_rule(const char *value)
{
    return id_is_valid(value) ? NULL : "letters, digits, '.', '_' and '-'";
}

static const char *end_rule(const char *value)
{
    int64_t end = 0;
    return value[0] == '\0' || time_parse_rfc3339(value, &end) ? NULL : "a time, like 2026-01-31T12:00:00Z";
}

// What was typed, and found right, into access. False: out of memory.
static bool read_fields(const struct import_form *form, const struct form *typed, struct access *access)
{
    const char *password = form_value(typed, FIELD_PASSWORD);
    memset(access, 0, sizeof *access);
    (void)time_parse_rfc3339(form_value(typed, FIELD_ENDS), &access->expires_at);
    access->password = secret_new(password, strlen(password));
    (void)snprintf(access->id, sizeof access->id, "%.*s", ID_CAP - 1, form_value(typed, FIELD_ID));
    (void)snprintf(access->sandbox_id, sizeof access->sandbox_id, "%s", form->sandbox_id);
    return access->password != NULL;
}

static void on_answer(void *context, struct dialog *dialog, int result)
{
    struct import_form *form = context;
    struct access access;
    if (result == DIALOG_CANCELLED || form->app->quitting) {
        free(form);
        return;
    }
    (void)snprintf(form->id, sizeof form->id, "%s", form_value(dialog_form(dialog), FIELD_ID));
    (void)snprintf(form->ends, sizeof form->ends, "%s", form_value(dialog_form(dialog), FIELD_ENDS));
    if (read_fields(form, dialog_form(dialog), &access)) {
        service_import(form->app->service, &access, on_imported, form);
    } else {
        app_toast(form->app, TOAST_ERROR, "import: out of memory");
        free(form);
    }
    access_clear(&access);
}

static void ask(struct import_form *form)
{
    bool again = kept.id[0] != '\0' && strcmp(kept.sandbox_id, form->sandbox_id) == 0;
    const struct form_field fields[FIELD_COUNT] = {
        [FIELD_ID] = {.label = "Credential id",
                      .kind = FORM_TEXT,
                      .value = again ? kept.id : NULL,
                      .required = true,
                      .rule = id_rule,
                      .hint = "The user name for ssh"},
        [FIELD_ENDS] = {.label = "Expires at",
                        .kind = FORM_TEXT,
                        .value = again ? kept.ends : NULL,
                        .rule = end_rule,
                        .hint = "The API's expires_at, like 2026-01-31T12:00:00Z; empty if not known"},
        [FIELD_PASSWORD] = {.label = "Password",
                            .kind = FORM_TEXT,
                            .required = true,
                            .masked = true,
                            .hint = "Sealed in the vault; it is never shown here"},
    };
    char text[ACTION_TEXT_CAP];
    (void)snprintf(text, sizeof text, "A credential of %s that was made elsewhere.", form->sandbox_id);
    const struct dialog_options options = {
        .title = "Import a credential",
        .text = text,
        .level = DIALOG_INFO,
        .yes = "Import",
        .focus = 1,
        .fields = fields,
        .field_count = FIELD_COUNT,
    };
    app_ask(form->app, &options, on_answer, form);
}

enum change action_import(struct app *app, int argument)
{
    const struct fleet_row *row = action_row(app);
    (void)argument;
    if (row == NULL)
        return CHANGED_NOTHING;
    action_tell_one(app, row->sandbox.id);
    struct import_form *form = xcalloc(1, sizeof *form);
    form->app = app;
    (void)snprintf(form->sandbox_id, sizeof form->sandbox_id, "%s", row->sandbox.id);
    ask(form);
    return CHANGED_NOTHING;
}
