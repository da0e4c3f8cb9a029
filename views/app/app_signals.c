// SPDX-License-Identifier: Apache-2.0
//
// app_signals: end, stop or redraw in order, as a key would, when a signal asks for it. Signals of a crash
// are tty_guard's.

#include "tui/term/screen.h"
#include "views/app/app_private.h"

#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

static const int watched[APP_SIGNALS] = {SIGWINCH, SIGTERM, SIGHUP, SIGINT, SIGQUIT, SIGCONT, SIGTSTP};

static void on_signal(uv_signal_t *handle, int number)
{
    struct app *app = handle->data;
    switch (number) {
    case SIGWINCH:
        app_frame_resized(app);
        break;
    case SIGCONT: // stopped by SIGSTOP, which nobody can prepare for
        screen_again();
        app_frame_resized(app);
        break;
    case SIGTSTP:
        (void)app_suspend(app, 0);
        break;
    default:
        app_quit(app, 128 + number);
    }
}

static uv_signal_t *handle_of(struct app *app, int number)
{
    for (size_t i = 0; i < APP_SIGNALS; i++)
        if (watched[i] == number)
            return &app->internals->signals[i];
    return NULL;
}

void app_signals_begin(struct app *app)
{
    for (size_t i = 0; i < APP_SIGNALS; i++) {
        uv_signal_t *handle = &app->internals->signals[i];
        (void)uv_signal_init(app->loop, handle);
        handle->data = app;
        (void)uv_signal_start(handle, on_signal, watched[i]);
    }
}

void app_signals_end(struct app *app)
{
    for (size_t i = 0; i < APP_SIGNALS; i++)
        uv_close((uv_handle_t *)&app->internals->signals[i], NULL);
}

enum change app_suspend(struct app *app, int argument)
{
    uv_signal_t *stop = handle_of(app, SIGTSTP);
    (void)argument;
    screen_suspend();
    (void)uv_signal_stop(stop); // the default action is back
    // The whole group, as the terminal's own Ctrl-Z would: the shell waits for all of a job.
    (void)kill(0, SIGTSTP);
    (void)uv_signal_start(stop, on_signal, SIGTSTP);
    screen_resume();
    app_frame_resized(app);
    return CHANGED_ALL;
}
