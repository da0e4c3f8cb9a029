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

struct export
{
    struct app *app;
    struct event_query query;
    char path[FORM_VALUE_MAX], full[PATH_CAP + FORM_VALUE_MAX], hint[PATH_CAP + 32];
    struct event *list;
    size_t count;
    bool replace;
    int error; // errno of the writing
    uv_work_t work;
};

static void ask(struct export *export, const char *text);

static void export_free(struct export *export)
{
    free(export->list);
    free(export);
}

// --- writing --------------------------------------------------------------------------

static void run_write(uv_work_t *work)
{
    struct export *export = work->data;
    export->error = log_export_file(export->full, export->list, export->count, export->replace);
}

static void write_out(struct export *export);

static void on_replace(void *context, struct dialog *dialog, int result)
{
    struct export *export = context;
    (void)dialog;
    if (export->app->quitting) {
        export_free(export);
    } else if (result == 1) {
        export->replace = true;
        write_out(export);
    } else {
        ask(export, NULL); // another name, perhaps
    }
}

static void ask_replace(struct export *export)
{
    char text[TEXT_CAP];
    (void)snprintf(text, sizeof text, "%.900s already exists.", export->full);
    const struct dialog_options options = {
        .title = "Replace the file?",
        .text = text,
        .level = DIALOG_DANGER,
        .buttons = {{.label = "Another name", .result = DIALOG_CANCELLED}, {.label = "Replace", .result = 1}},
        .button_count = 2,
    };
    app_ask(export->app, &options, on_replace, export);
}

static void after_write(uv_work_t *work, int status)
{
    struct export *export = work->data;
    struct app *app = export->app;
    char text[TEXT_CAP];
    (void)status;
    if (app->quitting) {
        export_free(export);
    } else if (export->error == EEXIST && !export->replace) {
        ask_replace(export);
    } else if (export->error != 0) {
        (void)snprintf(text, sizeof text, "Not written: %.800s: %s", export->full, strerror(export->error));
        ask(export, text);
    } else {
        app_toast(app, TOAST_INFO, "%zu event%s written to %s", export->count, export->count == 1 ? "" : "s",
                  export->full);
        export_free(export);
    }
}

static void write_out(struct export *export)
{
    export->work.data = export;
    (void)uv_queue_work(export->app->loop, &export->work, run_write, after_write);
}

// --- reading --------------------------------------------------------------------------

static void on_events(void *ctx, const struct failure *why, struct event *list, size_t count)
{
    struct export *export = ctx;
    export->list = list;
    export->count = count;
    if (export->app->quitting || why->status != STATUS_OK) {
        if (!export->app->quitting)
            app_toast_failure(export->app, "export", why);
        export_free(export);
        return;
    }
    write_out(export);
}

// --- asking ---------------------------------------------------------------------------

static void on_answer(void *context, struct dialog *dialog, int result)
{
    struct export *export = context;
    if (result == DIALOG_CANCELLED || export->app->quitting) {
        export_free(export);
        return;
    }
    (void)snprintf(export->path, sizeof export->path, "%s", form_value(dialog_form(dialog), 0));
    (void)home_expand(export->path, export->full, sizeof export->full);
    export->replace = false;
    if (export->list != NULL) // asked again
        write_out(export);
    else
        service_events(export->app->service, &export->query, on_events, export);
}

static void ask(struct export *export, const char *text)
{
    const struct form_field field = {
        .label = "File", .kind = FORM_TEXT, .value = export->path, .required = true, .hint = export->hint};
    const struct dialog_options options = {
        .title = export->query.text[0] != '\0' ? "Export the events shown" : "Export all events",
        .text = text,
        .level = text != NULL ? DIALOG_WARN : DIALOG_INFO,
        .yes = "Export",
        .focus = 1,
        .fields = &field,
        .field_count = 1,
    };
    app_ask(export->app, &options, on_answer, export);
}

void log_export_open(struct log_view *log)
{
    struct app *app = log->app;
    char folder[PATH_CAP];
    time_t now = time(NULL);
    struct tm local;
    if (app->service == NULL)
        return;
    if (log->count == 0) {
        app_toast(app, TOAST_INFO, "Nothing to export");
        return;
    }
    struct export *export = xcalloc(1, sizeof *export);
    export->app = app;
    log_view_query(log, EVENT_LOG_KEPT, &export->query);
    (void)localtime_r(&now, &local);
    if (strftime(export->path, sizeof export->path, "sbxdeck-%Y%m%d-%H%M%S.json", &local) == 0)
        export->path[0] = '\0';
    (void)snprintf(export->hint, sizeof export->hint, "JSON, in %s",
                   getcwd(folder, sizeof folder) != NULL ? folder : "the current folder");
    ask(export, NULL);
}
