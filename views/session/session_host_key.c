// SPDX-License-Identifier: Apache-2.0
//
// session_host_key: Forget the known host key of a session that was refused because the key has changed.

#include "tui/base/xalloc.h"
#include "tui/widget/dialog.h"
#include "views/session/session_private.h"

#include <stdio.h>
#include <stdlib.h>

struct forgetting {
    uv_work_t work;
    struct app *app;
    char file[PATH_CAP];
    char host[HOST_CAP];
    int port;
    struct failure why;
};

static void forget(uv_work_t *work)
{
    struct forgetting *forgetting = work->data;
    (void)host_key_forget(forgetting->file, forgetting->host, forgetting->port, &forgetting->why);
}

static void on_forgotten(uv_work_t *work, int status)
{
    struct forgetting *forgetting = work->data;
    struct app *app = forgetting->app;
    if (!app->quitting && status == 0) {
        if (forgetting->why.status == STATUS_OK)
            app_toast(app, TOAST_INFO, "Forgot the old host key of %s (%s connects and saves the new one)",
                      forgetting->host, command_key(COMMAND_session_again));
        else
            app_toast_failure(app, "forget the host key", &forgetting->why);
    }
    free(forgetting);
}

static void on_forget_answer(void *context, struct dialog *dialog, int result)
{
    struct forgetting *forgetting = context;
    (void)dialog;
    if (result != 1 || forgetting->app->quitting ||
        uv_queue_work(forgetting->app->loop, &forgetting->work, forget, on_forgotten) != 0)
        free(forgetting);
}

enum change session_forget_host(struct app *app, int argument)
{
    char text[2 * PATH_CAP];
    const struct session *session = session_on_top(app);
    (void)argument;
    if (session == NULL)
        return CHANGED_NOTHING;
    if (session_is_alive(session) || session->end.status != STATUS_HOST_KEY_CHANGED) {
        app_toast(app, TOAST_INFO, "The host key of %s has not changed", session->sandbox_id);
        return CHANGED_NOTHING;
    }
    struct forgetting *forgetting = xcalloc(1, sizeof *forgetting);
    forgetting->work.data = forgetting;
    forgetting->app = app;
    forgetting->port = session->target.port;
    (void)snprintf(forgetting->file, sizeof forgetting->file, "%s", app->config.known_hosts);
    (void)snprintf(forgetting->host, sizeof forgetting->host, "%s", session->target.host);
    (void)snprintf(text, sizeof text,
                   "Removes the key of %s from %s. The next connect accepts whatever key the server shows "
                   "and sends it the password.\n\nshown now  %s\n\nType %s to continue.",
                   forgetting->host, forgetting->file, session->end.host_key.seen, forgetting->host);
    const struct dialog_options options = {
        .title = "Forget the known host key?",
        .text = text,
        .level = DIALOG_DANGER,
        .yes = "Forget",
        .confirm_word = forgetting->host,
    };
    app_ask(app, &options, on_forget_answer, forgetting);
    return CHANGED_NOTHING;
}
