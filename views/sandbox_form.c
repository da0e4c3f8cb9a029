// SPDX-License-Identifier: Apache-2.0
//
// sandbox_form: owns the question what a new sandbox shall be. When the server does not want it so, the
// question comes back with the answer's reason and all that was typed.

#include "tui/xalloc.h"
#include "views/actions.h"
#include "views/fleet_view.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// The limits are the API's.
enum { VCPU_MAX = 8, MEMORY_MIN = 512, MEMORY_MAX = 8192, TIMEOUT_MAX = 28800, TEMPLATE_NAME_MAX = 64 };
enum { FIELD_TEMPLATE, FIELD_VCPU, FIELD_MEMORY, FIELD_TIMEOUT, FIELD_PAUSE, FIELD_COUNT };

static const char *const pause_choices[] = {"end it", "pause it", NULL};

struct sandbox_form {
    struct app *app;
    char values[FIELD_COUNT][FORM_VALUE_MAX];
    struct leap0_new_sandbox wanted; // template_name points into values
};

static void ask(struct sandbox_form *form, const char *text);

static void on_made(void *ctx, const struct failure *why, const struct sandbox *sandbox)
{
    struct sandbox_form *form = ctx;
    struct app *app = form->app;
    char text[ACTION_TEXT_CAP];
    if (app->quitting) {
        free(form);
        return;
    }
    if (why->status == STATUS_OK) {
        app_toast(app, TOAST_INFO, "Sandbox %s is made", sandbox->id);
        fleet_view_select(app->deck, sandbox->id);
    } else if (why->status == STATUS_REJECTED && app->dialog == NULL) {
        (void)snprintf(text, sizeof text, "Not made: %s", failure_text(why));
        ask(form, text);
        return;
    } else {
        app_toast_failure(app, "new sandbox", why);
    }
    free(form);
}

static void on_answer(void *context, struct dialog *dialog, int result)
{
    struct sandbox_form *form = context;
    if (result == DIALOG_CANCELLED || form->app->quitting) {
        free(form);
        return;
    }
    const struct form *typed = dialog_form(dialog);
    for (size_t i = 0; i < FIELD_COUNT; i++)
        (void)snprintf(form->values[i], sizeof form->values[i], "%s", form_value(typed, i));
    form->wanted = (struct leap0_new_sandbox){
        .template_name = form->values[FIELD_TEMPLATE],
        .vcpu = (int)form_number(typed, FIELD_VCPU),
        .memory_mib = (int)form_number(typed, FIELD_MEMORY),
        .timeout_s = (int)form_number(typed, FIELD_TIMEOUT),
        .auto_pause = form_choice(typed, FIELD_PAUSE) == 1,
    };
    if (form->wanted.memory_mib % 2 != 0)
        ask(form, "Memory must be an even number of MiB.");
    else if (strlen(form->values[FIELD_TEMPLATE]) > TEMPLATE_NAME_MAX)
        ask(form, "A template's name has at most 64 characters.");
    else
        keeper_sandbox_create(form->app->keeper, &form->wanted, on_made, form);
}

static void ask(struct sandbox_form *form, const char *text)
{
    const struct form_field fields[FIELD_COUNT] = {
        [FIELD_TEMPLATE] = {.label = "Template",
                            .kind = FORM_TEXT,
                            .value = form->values[FIELD_TEMPLATE],
                            .required = true,
                            .hint = "For example system/desktop:v0.1.0"},
        [FIELD_VCPU] = {.label = "vCPU",
                        .kind = FORM_NUMBER,
                        .value = form->values[FIELD_VCPU],
                        .min = 1,
                        .max = VCPU_MAX,
                        .hint = "1 to 8"},
        [FIELD_MEMORY] = {.label = "Memory, MiB",
                          .kind = FORM_NUMBER,
                          .value = form->values[FIELD_MEMORY],
                          .min = MEMORY_MIN,
                          .max = MEMORY_MAX,
                          .hint = "512 to 8192, even"},
        [FIELD_TIMEOUT] = {.label = "Time-out, s",
                           .kind = FORM_NUMBER,
                           .value = form->values[FIELD_TIMEOUT],
                           .min = 1,
                           .max = TIMEOUT_MAX,
                           .hint = "1 to 28800 (8 hours)"},
        [FIELD_PAUSE] = {.label = "At time-out",
                         .kind = FORM_CHOICE,
                         .value = form->values[FIELD_PAUSE],
                         .choices = pause_choices,
                         .hint = "Paused, it keeps its memory and disk"},
    };
    const struct dialog_options options = {
        .title = "New sandbox",
        .text = text,
        .level = text != NULL ? DIALOG_WARN : DIALOG_INFO,
        .buttons = {{.label = "Cancel", .result = DIALOG_CANCELLED}, {.label = "Create", .result = 1}},
        .button_count = 2,
        .focus = 1,
        .fields = fields,
        .field_count = FIELD_COUNT,
    };
    app_open_dialog(form->app, dialog_new(&options, on_answer, form));
}

void sandbox_form_open(struct app *app)
{
    static const char *const defaults[FIELD_COUNT] = {"system/debian:bookworm", "1", "1024", "300", "end it"};
    struct sandbox_form *form = xcalloc(1, sizeof *form);
    form->app = app;
    for (size_t i = 0; i < FIELD_COUNT; i++)
        (void)snprintf(form->values[i], sizeof form->values[i], "%s", defaults[i]);
    ask(form, NULL);
}
