// SPDX-License-Identifier: Apache-2.0
//
// app_signals: owns what a signal does. Those that ask us to end do so in order, as `q` does. Those that say
// we are broken put the terminal back first and then kill as they would have: a core of the parent's shell in
// raw mode helps nobody.

#include "tui/screen.h"
#include "views/app_private.h"

#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

static const int watched[APP_SIGNALS] = {SIGWINCH, SIGTERM, SIGHUP, SIGINT, SIGQUIT, SIGCONT, SIGTSTP};
static const int fatal[] = {SIGSEGV, SIGABRT, SIGBUS, SIGFPE, SIGILL};

static void on_fatal(int number)
{
    screen_restore_async_signal_safe();
    (void)signal(number, SIG_DFL);
    (void)raise(number);
}

// On a stack of its own: an overflow of ours is one of the ways to get here.
static void catch_fatal(void)
{
    static char stack[64 * 1024];
    stack_t alternate = {.ss_sp = stack, .ss_size = sizeof stack};
    struct sigaction action = {.sa_handler = on_fatal,
                               .sa_flags = (int)SA_RESETHAND | SA_NODEFER | SA_ONSTACK};
    (void)sigaltstack(&alternate, NULL);
    (void)sigemptyset(&action.sa_mask);
    for (size_t i = 0; i < sizeof fatal / sizeof *fatal; i++) {
        struct sigaction present;
        // Somebody who watches for these already (a sanitizer) is let be.
        if (sigaction(fatal[i], NULL, &present) == 0 && present.sa_handler == SIG_DFL)
            (void)sigaction(fatal[i], &action, NULL);
    }
}

static void on_signal(uv_signal_t *handle, int number)
{
    struct app *app = handle->data;
    switch (number) {
    case SIGWINCH:
        app_frame_resized(app);
        break;
    case SIGCONT: // stopped by SIGSTOP, which nobody can prepare for
        screen_redraw();
        app_frame_resized(app);
        break;
    case SIGTSTP:
        app_suspend(app);
        break;
    default:
        app_quit(app, 128 + number);
    }
}

static uv_signal_t *handle_of(struct app *app, int number)
{
    for (size_t i = 0; i < APP_SIGNALS; i++)
        if (watched[i] == number)
            return &app->private->signals[i];
    return NULL;
}

void app_signals_begin(struct app *app)
{
    for (size_t i = 0; i < APP_SIGNALS; i++) {
        uv_signal_t *handle = &app->private->signals[i];
        (void)uv_signal_init(app->loop, handle);
        handle->data = app;
        (void)uv_signal_start(handle, on_signal, watched[i]);
    }
    catch_fatal();
}

void app_signals_end(struct app *app)
{
    for (size_t i = 0; i < APP_SIGNALS; i++)
        uv_close((uv_handle_t *)&app->private->signals[i], NULL);
}

void app_suspend(struct app *app)
{
    uv_signal_t *stop = handle_of(app, SIGTSTP);
    screen_suspend();
    (void)uv_signal_stop(stop); // the default action is back
    // The whole group, as the terminal's own Ctrl-Z would: the shell waits for all of a job.
    (void)kill(0, SIGTSTP);
    (void)uv_signal_start(stop, on_signal, SIGTSTP);
    screen_resume();
    app_frame_resized(app);
}
