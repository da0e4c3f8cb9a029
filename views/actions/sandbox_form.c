// SPDX-License-Identifier: Apache-2.0
//
// sandbox_form: Ask for the settings of a new sandbox and create it. When that fails, all that was typed is
// kept, and the form shows it with the reason when the operator opens it again: it never opens by itself,
// since the operator may be typing elsewhere.

#include "tui/base/xalloc.h"
#include "views/actions/actions.h"
#include "views/deck/deck_view.h"

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

// What was typed for the last one, if it was not made, and why not; "" it was.
static struct {
    char values[FIELD_COUNT][FORM_VALUE_MAX];
    char why[ACTION_TEXT_CAP];
} kept;

static void keep(const struct sandbox_form *form, const struct failure *why)
{
    char line[FAILURE_LINE_CAP];
    memcpy(kept.values, form->values, sizeof kept.values);
    (void)snprintf(kept.why, sizeof kept.why, "Not created: %s", failure_line(why, line));
    // What to do comes first: if the line is too short, it is the reason that is cut, which the form shows in
    // full.
    app_toast(form->app, TOAST_ERROR, "Sandbox not created (%s edits and retries): %s",
              command_key(COMMAND_sandbox_new), failure_text(why));
}

static void on_made(void *ctx, const struct failure *why, const struct sandbox *sandbox)
{
    struct sandbox_form *form = ctx;
    struct app *app = form->app;
    if (!app->quitting && why->status == STATUS_OK) {
        app_toast(app, TOAST_INFO, "Created %s", sandbox->id);
        deck_view_select(app->deck, sandbox->id);
    } else if (!app->quitting && why->status == STATUS_OUTCOME_UNKNOWN) {
        app_toast_failure(app, "new sandbox", why); // it may be there: not to be asked for again lightly
    } else if (!app->quitting) {
        keep(form, why);
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
    kept.why[0] = '\0';
    service_sandbox_create(form->app->service, &form->wanted, on_made, form);
}

static void ask(struct sandbox_form *form, const char *text)
{
    const struct form_field fields[FIELD_COUNT] = {
        [FIELD_TEMPLATE] = {.label = "Template",
                            .kind = FORM_TEXT,
                            .value = form->values[FIELD_TEMPLATE],
                            .required = true,
                            .max = TEMPLATE_NAME_MAX,
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
                          .step = 2,
                          .hint = "512 to 8192, even"},
        [FIELD_TIMEOUT] = {.label = "Time-out",
                           .kind = FORM_DURATION,
                           .value = form->values[FIELD_TIMEOUT],
                           .min = 1,
                           .max = TIMEOUT_MAX,
                           .hint = "2h, 30m, 90s or 1h30m, up to 8h; a number is seconds"},
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
        .yes = "Create",
        .focus = 1,
        .fields = fields,
        .field_count = FIELD_COUNT,
    };
    app_ask(form->app, &options, on_answer, form);
}

enum change action_new_sandbox(struct app *app, int argument)
{
    static const char *const defaults[FIELD_COUNT] = {"system/debian:bookworm", "1", "1024", "5m", "end it"};
    bool again = kept.why[0] != '\0';
    (void)argument;
    if (app->service == NULL) {
        app_toast_failure(app, "API key", &app->key_failure);
        return CHANGED_NOTHING;
    }
    struct sandbox_form *form = xcalloc(1, sizeof *form);
    form->app = app;
    for (size_t i = 0; i < FIELD_COUNT; i++)
        (void)snprintf(form->values[i], sizeof form->values[i], "%s", again ? kept.values[i] : defaults[i]);
    ask(form, again ? kept.why : NULL);
    return CHANGED_NOTHING;
}
