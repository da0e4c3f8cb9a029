// SPDX-License-Identifier: Apache-2.0
//
// clipboard_copy: send what is copied to the terminal by OSC 52, or to tmux. A terminal takes OSC 52 or
// ignores it, and says neither. tmux, as it comes (set-clipboard external), drops the OSC 52 of what runs in
// it, and a wrapped one too: so the text is handed to tmux itself (load-buffer -w, on its standard input),
// which keeps it and passes it on to its terminal, and answers.

#include "views/app/clipboard_copy.h"

#include "tui/base/xalloc.h"
#include "tui/term/clipboard.h"
#include "tui/term/screen.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { TMUX_MS = 3000, WHAT_CAP = 160, ENVIRONMENT_CAP = 16, VARIABLE_CAP = 4096 };

// One text on its way into tmux.
struct copying {
    uv_process_t process;
    uv_pipe_t input;
    uv_timer_t deadline;
    uv_write_t write;
    int handles;
    struct app *app;
    struct clipboard_reply reply;
    char what[WHAT_CAP];
    char *text;
    size_t length;
};

// --- reporting ------------------------------------------------------------------------------

static void report(struct app *app, const struct clipboard_reply *reply, enum toast_level level,
                   const char *text)
{
    if (reply->show != NULL) {
        reply->show(app, reply->id, text);
        app_message(app, level, "%s", text);
    } else {
        app_toast(app, level, "%s", text);
    }
}

// What keeps it from arriving where it is missing.
static const char *needs(enum clipboard_route route)
{
    static const char *const texts[] = {
        [CLIPBOARD_BY_OSC52] = "needs OSC 52",
        [CLIPBOARD_BY_TMUX] = "needs set-clipboard on in tmux",
        [CLIPBOARD_BY_PASSTHROUGH] = "needs allow-passthrough on in tmux",
        [CLIPBOARD_BY_SCREEN] = "needs OSC 52 around screen",
        [CLIPBOARD_BY_ALL] = "needs OSC 52, also in tmux or screen",
    };
    return texts[route];
}

// --- by a sequence ------------------------------------------------------------------------

static void emit(const char *text, size_t length, enum clipboard_wrap wrap)
{
    size_t count = 0;
    char *sequence = clipboard_sequence(text, length, wrap, &count);
    if (sequence == NULL)
        return;
    (void)screen_write_raw(sequence, count);
    explicit_bzero(sequence, count);
    free(sequence);
}

static void copy_by_sequence(struct app *app, const char *text, size_t length, const char *what,
                             const struct clipboard_reply *reply, enum clipboard_route route)
{
    char words[WHAT_CAP + 96];
    if (route != CLIPBOARD_BY_PASSTHROUGH && route != CLIPBOARD_BY_SCREEN)
        emit(text, length, CLIPBOARD_PLAIN);
    if (route == CLIPBOARD_BY_PASSTHROUGH)
        emit(text, length, CLIPBOARD_TMUX);
    if (route == CLIPBOARD_BY_SCREEN || route == CLIPBOARD_BY_ALL)
        emit(text, length, CLIPBOARD_SCREEN);
    (void)snprintf(words, sizeof words, "Copied %s (%s)", what, needs(route));
    report(app, reply, TOAST_INFO, words);
}

// --- by tmux ------------------------------------------------------------------------------

static void on_closed(uv_handle_t *handle)
{
    struct copying *copying = handle->data;
    if (--copying->handles > 0)
        return;
    explicit_bzero(copying->text, copying->length);
    free(copying->text);
    free(copying);
}

static void close_all(struct copying *copying)
{
    uv_close((uv_handle_t *)&copying->process, on_closed);
    if (!uv_is_closing((uv_handle_t *)&copying->input))
        uv_close((uv_handle_t *)&copying->input, on_closed);
    uv_close((uv_handle_t *)&copying->deadline, on_closed);
}

static void on_exit_of(uv_process_t *process, int64_t code, int signal)
{
    struct copying *copying = process->data;
    struct app *app = copying->app;
    char words[WHAT_CAP + 96];
    if (!app->quitting && code == 0 && signal == 0) {
        (void)snprintf(words, sizeof words, "Copied %s to tmux (its terminal needs OSC 52)", copying->what);
        report(app, &copying->reply, TOAST_INFO, words);
    } else if (!app->quitting) { // a tmux before 3.2
        copy_by_sequence(app, copying->text, copying->length, copying->what, &copying->reply,
                         CLIPBOARD_BY_TMUX);
    }
    close_all(copying);
}

static void on_deadline(uv_timer_t *timer)
{
    struct copying *copying = timer->data;
    (void)uv_process_kill(&copying->process, SIGKILL);
}

static void on_written(uv_write_t *write, int status)
{
    struct copying *copying = write->data;
    (void)status; // what it did not take it does not call a success
    if (!uv_is_closing((uv_handle_t *)&copying->input))
        uv_close((uv_handle_t *)&copying->input, on_closed);
}

// What tmux needs to find its server, and nothing of ours.
static void fill_environment(char *list[ENVIRONMENT_CAP], char *room, size_t cap)
{
    static const char *const names[] = {"PATH",     "HOME", "TERM",      "LANG",       "LC_ALL",
                                        "LC_CTYPE", "TMUX", "TMUX_PANE", "TMUX_TMPDIR"};
    size_t used = 0, count = 0;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const char *value = getenv(names[i]);
        int length = value != NULL ? snprintf(room + used, cap - used, "%s=%s", names[i], value) : -1;
        if (length < 0 || (size_t)length >= cap - used)
            continue;
        list[count++] = room + used;
        used += (size_t)length + 1;
    }
    list[count] = NULL;
}

static int start_tmux(struct copying *copying)
{
    char file[] = "tmux", verb[] = "load-buffer", flag[] = "-w", from[] = "-";
    char *arguments[] = {file, verb, flag, from, NULL};
    char *environment[ENVIRONMENT_CAP], room[VARIABLE_CAP];
    uv_stdio_container_t stdio[] = {
        {.flags = UV_CREATE_PIPE | UV_READABLE_PIPE, .data.stream = (uv_stream_t *)&copying->input},
        {.flags = UV_IGNORE},
        {.flags = UV_IGNORE}};
    fill_environment(environment, room, sizeof room);
    const uv_process_options_t options = {.exit_cb = on_exit_of,
                                          .file = file,
                                          .args = arguments,
                                          .env = environment,
                                          .stdio_count = sizeof stdio / sizeof *stdio,
                                          .stdio = stdio};
    return uv_spawn(copying->app->loop, &copying->process, &options);
}

// False: tmux can't be started.
static bool copy_by_tmux(struct app *app, const char *text, size_t length, const char *what,
                         const struct clipboard_reply *reply)
{
    struct copying *copying = xcalloc(1, sizeof *copying);
    copying->app = app;
    copying->reply = *reply;
    copying->handles = 3;
    copying->text = xmalloc(length);
    copying->length = length;
    memcpy(copying->text, text, length);
    (void)snprintf(copying->what, sizeof copying->what, "%s", what);
    (void)uv_pipe_init(app->loop, &copying->input, 0);
    (void)uv_timer_init(app->loop, &copying->deadline);
    int error = start_tmux(copying);
    copying->process.data = copying->input.data = copying->deadline.data = copying->write.data = copying;
    uv_buf_t bytes = uv_buf_init(copying->text, (unsigned)length);
    if (error != 0 || uv_write(&copying->write, (uv_stream_t *)&copying->input, &bytes, 1, on_written) != 0) {
        if (error == 0)
            (void)uv_process_kill(&copying->process, SIGKILL); // its end then copies by a sequence
        else
            close_all(copying);
        return error == 0;
    }
    uv_update_time(app->loop);
    (void)uv_timer_start(&copying->deadline, on_deadline, TMUX_MS, 0);
    return true;
}

// --- all of it ----------------------------------------------------------------------------

void clipboard_copy(struct app *app, const char *text, size_t length, const char *what,
                    const struct clipboard_reply *reply)
{
    static const struct clipboard_reply by_toast = {NULL, 0};
    reply = reply != NULL ? reply : &by_toast;
    enum clipboard_route route =
        clipboard_route_for(app->config.clipboard, getenv("TMUX"), getenv("STY"), getenv("TERM"));
    if (length == 0)
        return;
    if (length > CLIPBOARD_TEXT_MAX) {
        char words[WHAT_CAP + 96];
        (void)snprintf(words, sizeof words, "Not copied: %zu bytes; a terminal takes %d at most", length,
                       CLIPBOARD_TEXT_MAX);
        report(app, reply, TOAST_WARN, words);
    } else if (route != CLIPBOARD_BY_TMUX || !copy_by_tmux(app, text, length, what, reply)) {
        copy_by_sequence(app, text, length, what, reply, route);
    }
}
