// SPDX-License-Identifier: Apache-2.0
//
// run: Start own commands, keep their output, and tell how those ended that nobody looks at.

#include "views/run/run.h"

#include "tui/base/text.h"
#include "tui/base/xalloc.h"
#include "tui/term/screen.h"
#include "tui/widget/dialog.h"
#include "views/app/split_view.h"
#include "views/command/command_state.h"
#include "views/labels/phrases.h"
#include "views/run/run_private.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { KEPT = 8, TEXT_CAP = 1024, SHOWN_RUN = 400 };

static const struct own_command *named(const char *name)
{
    for (size_t i = 0; i < own_command_count(); i++)
        if (strcmp(own_command_at(i)->name, name) == 0)
            return own_command_at(i);
    return NULL;
}

const char *run_reason(const struct own_command *command, const struct command_facts *facts)
{
    if (command->scope == OWN_DECK || facts->marked > 0)
        return NULL;
    if (command->scope == OWN_SESSION)
        return facts->sessions > 0 ? NULL : "no session is open";
    if (!facts->row)
        return "no sandbox is selected";
    return command->scope == OWN_CREDENTIAL && !facts->credential ? "no credential" : NULL;
}

// --- one run ------------------------------------------------------------------------------

static void run_free(struct run *run)
{
    run_child_free(run->child);
    vt_free(run->vt);
    free(run);
}

// Ended ones that are not in sight go, the oldest first.
static void forget_old(struct app *app)
{
    size_t count = 0;
    for (struct run **link = &app->runs->list; *link != NULL;) {
        struct run *run = *link;
        count++;
        if (count <= KEPT || run->child != NULL || app_shows(app, &run->view)) {
            link = &run->next;
            continue;
        }
        *link = run->next;
        split_forget(app, &run->view, app->deck);
        run_free(run);
    }
}

static size_t on_output(void *ctx, const char *bytes, size_t length)
{
    struct run *run = ctx;
    char reply[VT_REPLY_MAX];
    size_t taken = vt_write_some(run->vt, bytes, length);
    for (size_t count = vt_reply_take(run->vt, reply, sizeof reply); count > 0;
         count = vt_reply_take(run->vt, reply, sizeof reply))
        run_child_write(run->child, reply, count);
    if (app_shows(run->app, &run->view))
        app_dirty_output(run->app, taken);
    return taken;
}

static void on_ended(void *ctx, int64_t code, int signal)
{
    struct run *run = ctx;
    struct app *app = run->app;
    run_child_free(run->child);
    run->child = NULL;
    run->code = code;
    run->signal = signal;
    run->prefix.active = false;
    if (app_shows(app, &run->view)) {
        app_hold_keys(app, &run->view); // what is typed was for the command
        app_dirty_all(app);
    } else if (signal != 0) {
        app_toast(app, TOAST_WARN, "%s was ended by signal %d (%s)", run->name, signal, strsignal(signal));
    } else {
        app_toast(app, code == 0 ? TOAST_INFO : TOAST_WARN, "%s ended with %d", run->name, (int)code);
    }
}

static void start(struct app *app, const struct own_command *command, struct run_env *env)
{
    static const struct run_child_events events = {.output = on_output, .ended = on_ended};
    struct run *run = xcalloc(1, sizeof *run);
    const struct vt_options options = {.history = app->config.scrollback, .colors = NULL};
    int rows = app->rows > 2 ? app->rows - 1 : 1, error = 0;
    *run = (struct run){.view = {&run_methods}, .app = app, .background = command->background};
    (void)snprintf(run->name, sizeof run->name, "%s", command->name);
    run->vt = vt_new(rows, app->cols, &options);
    run->child = run_child_new(app->loop, command->run, run_env_list(env), vt_rows(run->vt), vt_cols(run->vt),
                               &events, run, &error);
    if (run->child == NULL) {
        app_toast(app, TOAST_ERROR, "%s could not be started: %s", command->name, strerror(error));
        run_free(run);
        return;
    }
    if (app->runs == NULL)
        app->runs = xcalloc(1, sizeof *app->runs);
    run->next = app->runs->list;
    app->runs->list = run;
    forget_old(app);
    if (run->background)
        app_toast(app, TOAST_INFO, "%s runs in the background", run->name);
    else
        run_show_view(run);
}

// --- the question -------------------------------------------------------------------------

struct asking {
    struct app *app;
    struct own_command command; // as it was shown: the settings may say something else by now
    struct run_env *env;        // as it was when it was asked
};

static void on_answer(void *context, struct dialog *dialog, int result)
{
    struct asking *asking = context;
    (void)dialog;
    if (result == DIALOG_YES && !asking->app->quitting)
        start(asking->app, &asking->command, asking->env);
    run_env_free(asking->env);
    free(asking);
}

static void ask(struct app *app, const struct own_command *command, struct run_env *env, size_t sandboxes)
{
    char title[OWN_NAME_CAP + 16], text[TEXT_CAP], shown[TEXT_CAP / 2], count[48];
    struct asking *asking = xcalloc(1, sizeof *asking);
    asking->app = app;
    asking->env = env;
    asking->command = *command;
    (void)snprintf(title, sizeof title, "Run %s?", command->name);
    (void)display(command->run, strnlen(command->run, SHOWN_RUN), shown, sizeof shown);
    (void)snprintf(text, sizeof text, "%s%s$ %s", command->description,
                   command->description[0] != '\0' ? "\n\n" : "", shown);
    if (sandboxes > 1)
        (void)text_append(text, sizeof text, "\n\nOnce, for %s.",
                          phrase_count(sandboxes, "sandbox", "sandboxes", count, sizeof count));
    const struct dialog_options options = {.title = title, .text = text, .level = DIALOG_WARN, .yes = "Run"};
    app_ask(app, &options, on_answer, asking);
}

void run_own(struct app *app, const char *name)
{
    const struct own_command *command = named(name);
    size_t sandboxes = 0;
    if (command == NULL || app->quitting)
        return;
    struct run_env *env = run_env_new();
    if (!run_facts(app, command, env, &sandboxes)) {
        run_env_free(env);
    } else if (command->confirm) {
        ask(app, command, env, sandboxes);
    } else {
        start(app, command, env);
        run_env_free(env);
    }
}

// --- all of them --------------------------------------------------------------------------

enum change run_show(struct app *app, int argument)
{
    (void)argument;
    if (app->runs == NULL || app->runs->list == NULL)
        app_toast(app, TOAST_INFO, "No command of your own was run yet");
    else
        run_show_view(app->runs->list);
    return CHANGED_NOTHING;
}

size_t run_count(const struct app *app)
{
    size_t count = 0;
    for (const struct run *run = app->runs != NULL ? app->runs->list : NULL; run != NULL; run = run->next)
        count += run->child != NULL ? 1 : 0;
    return count;
}

void run_end_all(struct app *app)
{
    while (app->runs != NULL && app->runs->list != NULL) {
        struct run *run = app->runs->list;
        app->runs->list = run->next;
        run_free(run);
    }
    free(app->runs);
    app->runs = NULL;
}
