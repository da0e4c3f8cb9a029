// SPDX-License-Identifier: Apache-2.0
//
// log_export: Export the filtered events to a file: ask for its name, read the events from the service, write
// them on a worker. The file appears whole or not at all, and an old one is replaced only when the operator
// has confirmed it.

#include "api/base/home.h"
#include "tui/base/xalloc.h"
#include "tui/widget/dialog.h"
#include "views/log/log_export_file.h"
#include "views/log/log_view_private.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { TEXT_CAP = 1024 };

struct exporting {
    struct app *app;
    struct event_query query;
    char path[FORM_VALUE_MAX], full[PATH_CAP + FORM_VALUE_MAX], hint[PATH_CAP + 32];
    struct event *list;
    size_t count;
    bool replace;
    int error; // errno of the writing
    uv_work_t work;
};

static void ask(struct exporting *exporting, const char *text);

static void export_free(struct exporting *exporting)
{
    free(exporting->list);
    free(exporting);
}

// --- writing --------------------------------------------------------------------------

static void run_write(uv_work_t *work)
{
    struct exporting *exporting = work->data;
    exporting->error =
        log_export_file(exporting->full, exporting->list, exporting->count, exporting->replace);
}

static void write_out(struct exporting *exporting);

static void on_replace(void *context, struct dialog *dialog, int result)
{
    struct exporting *exporting = context;
    (void)dialog;
    if (exporting->app->quitting) {
        export_free(exporting);
    } else if (result == 1) {
        exporting->replace = true;
        write_out(exporting);
    } else {
        ask(exporting, NULL); // another name, perhaps
    }
}

static void ask_replace(struct exporting *exporting)
{
    char text[TEXT_CAP];
    (void)snprintf(text, sizeof text, "%.900s already exists.", exporting->full);
    const struct dialog_options options = {
        .title = "Replace the file?",
        .text = text,
        .level = DIALOG_DANGER,
        .buttons = {{.label = "Another name", .result = DIALOG_CANCELLED}, {.label = "Replace", .result = 1}},
        .button_count = 2,
    };
    app_ask(exporting->app, &options, on_replace, exporting);
}

static void after_write(uv_work_t *work, int status)
{
    struct exporting *exporting = work->data;
    struct app *app = exporting->app;
    char text[TEXT_CAP];
    (void)status;
    if (app->quitting) {
        export_free(exporting);
    } else if (exporting->error == EEXIST && !exporting->replace) {
        ask_replace(exporting);
    } else if (exporting->error != 0) {
        (void)snprintf(text, sizeof text, "Not written: %.800s: %s", exporting->full,
                       strerror(exporting->error));
        ask(exporting, text);
    } else {
        app_toast(app, TOAST_INFO, "%zu event%s written to %s", exporting->count,
                  exporting->count == 1 ? "" : "s", exporting->full);
        export_free(exporting);
    }
}

static void write_out(struct exporting *exporting)
{
    exporting->work.data = exporting;
    (void)uv_queue_work(exporting->app->loop, &exporting->work, run_write, after_write);
}

// --- reading --------------------------------------------------------------------------

static void on_events(void *ctx, const struct failure *why, struct event *list, size_t count)
{
    struct exporting *exporting = ctx;
    exporting->list = list;
    exporting->count = count;
    if (exporting->app->quitting || why->status != STATUS_OK) {
        if (!exporting->app->quitting)
            app_toast_failure(exporting->app, "export", why);
        export_free(exporting);
        return;
    }
    write_out(exporting);
}

// --- asking ---------------------------------------------------------------------------

static void on_answer(void *context, struct dialog *dialog, int result)
{
    struct exporting *exporting = context;
    if (result == DIALOG_CANCELLED || exporting->app->quitting) {
        export_free(exporting);
        return;
    }
    (void)snprintf(exporting->path, sizeof exporting->path, "%s", form_value(dialog_form(dialog), 0));
    (void)home_expand(exporting->path, exporting->full, sizeof exporting->full);
    exporting->replace = false;
    if (exporting->list != NULL) // asked again
        write_out(exporting);
    else
        service_events(exporting->app->service, &exporting->query, on_events, exporting);
}

static void ask(struct exporting *exporting, const char *text)
{
    const struct form_field field = {.label = "File",
                                     .kind = FORM_TEXT,
                                     .value = exporting->path,
                                     .required = true,
                                     .hint = exporting->hint};
    const struct dialog_options options = {
        .title = exporting->query.text[0] != '\0' ? "Export the events shown" : "Export all events",
        .text = text,
        .level = text != NULL ? DIALOG_WARN : DIALOG_INFO,
        .yes = "Export",
        .focus = 1,
        .fields = &field,
        .field_count = 1,
    };
    app_ask(exporting->app, &options, on_answer, exporting);
}

enum change log_export(struct app *app, int argument)
{
    const struct log_view *log = log_view_of(app->log);
    char folder[PATH_CAP];
    time_t now = time(NULL);
    struct tm local;
    (void)argument;
    if (app->service == NULL)
        return CHANGED_NOTHING;
    if (log->count == 0) {
        app_toast(app, TOAST_INFO, "Nothing to export");
        return CHANGED_NOTHING;
    }
    struct exporting *exporting = xcalloc(1, sizeof *exporting);
    exporting->app = app;
    log_view_query(log, EVENT_LOG_KEPT, &exporting->query);
    (void)localtime_r(&now, &local);
    if (strftime(exporting->path, sizeof exporting->path, "sbxdeck-%Y%m%d-%H%M%S.json", &local) == 0)
        exporting->path[0] = '\0';
    (void)snprintf(exporting->hint, sizeof exporting->hint, "JSON, in %s",
                   getcwd(folder, sizeof folder) != NULL ? folder : "the current folder");
    ask(exporting, NULL);
    return CHANGED_NOTHING;
}
