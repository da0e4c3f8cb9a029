// SPDX-License-Identifier: Apache-2.0
//
// ssh_stream_open: Open a channel, and send its requests one after the other.
//
// libssh's calls are made again, alike, while they say AGAIN: so each request stays at the head of the queue
// until it is answered, and several channels may be in the middle of one.

#include "api/ssh/ssh_stream_set_private.h"

#include <stdlib.h>
#include <string.h>

// --- opening ---

static int open_call(struct ssh_stream *stream)
{
    switch (stream->way) {
    case STREAM_DIRECT:
        return ssh_channel_open_forward(stream->channel, stream->host, stream->port, stream->origin,
                                        stream->origin_port);
    case STREAM_UNIX:
        return ssh_channel_open_forward_unix(stream->channel, stream->host, stream->origin,
                                             stream->origin_port);
    case STREAM_SESSION:
    case STREAM_ADOPTED:
        break;
    }
    return ssh_channel_open_session(stream->channel);
}

// The server's own words, at the end of libssh's: "Channel opening failure: channel 1 error (2) words".
static void refused(struct ssh_stream *stream)
{
    struct failure why = {.status = STATUS_OK};
    const char *error = ssh_get_error(stream->set->ssh);
    const char *words = error != NULL ? strstr(error, " error (") : NULL;
    words = words != NULL ? strstr(words, ") ") : NULL;
    if (words != NULL && words[2] != '\0')
        (void)fail(&why, STATUS_SSH_FAILED, "%s", words + 2);
    else
        (void)fail(&why, STATUS_SSH_FAILED, "the server refused to open a channel");
    stream->state = STREAM_DONE;
    (void)ssh_remove_channel_callbacks(stream->channel, &stream->callbacks);
    ssh_channel_free(stream->channel);
    stream->channel = NULL;
    ssh_stream_tell_closed(stream, &why, true);
}

static bool channel_make(struct ssh_stream *stream)
{
    struct failure why = {.status = STATUS_OK};
    stream->channel = ssh_channel_new(stream->set->ssh);
    if (stream->channel != NULL) {
        ssh_stream_callbacks(stream);
        stream->state = STREAM_OPENING;
        return true;
    }
    stream->state = STREAM_DONE;
    (void)fail(&why, STATUS_NO_MEMORY, "%s", "");
    ssh_stream_tell_closed(stream, &why, false);
    return false;
}

void ssh_stream_open_turn(struct ssh_stream *stream)
{
    if (stream->state == STREAM_WAITING && (stream->freed || stream->close_wanted)) {
        stream->state = STREAM_DONE;
        ssh_stream_tell_closed(stream, NULL, false);
        return;
    }
    if (stream->state == STREAM_WAITING && !channel_make(stream))
        return;
    int result = open_call(stream);
    if (ssh_stream_is_over(stream) || result == SSH_AGAIN)
        return;
    stream->set->asked += STREAM_OF_CHANNEL;
    if (result != SSH_OK && !stream->remote_closed) { // libssh calls one closed at once an error too
        refused(stream);
        return;
    }
    stream->state = STREAM_OPEN;
    if (!ssh_stream_is_silent(stream) && stream->events.opened != NULL)
        stream->events.opened(stream->ctx);
}

// --- requests ---

static int request_pty(struct ssh_stream *stream, const struct ssh_stream_request *what)
{
    return ssh_channel_request_pty_size(stream->channel, what->text, what->cols, what->rows);
}

static int request_env(struct ssh_stream *stream, const struct ssh_stream_request *what)
{
    return ssh_channel_request_env(stream->channel, what->text, what->value);
}

static int request_shell(struct ssh_stream *stream, const struct ssh_stream_request *what)
{
    (void)what;
    return ssh_channel_request_shell(stream->channel);
}

static int request_exec(struct ssh_stream *stream, const struct ssh_stream_request *what)
{
    return ssh_channel_request_exec(stream->channel, what->text);
}

static int request_subsystem(struct ssh_stream *stream, const struct ssh_stream_request *what)
{
    return ssh_channel_request_subsystem(stream->channel, what->text);
}

static int request_agent(struct ssh_stream *stream, const struct ssh_stream_request *what)
{
    (void)what;
    return ssh_channel_request_auth_agent(stream->channel);
}

static int request_x11(struct ssh_stream *stream, const struct ssh_stream_request *what)
{
    return ssh_channel_request_x11(stream->channel, what->flag, what->text, what->value, (int)what->number);
}

static int request_break(struct ssh_stream *stream, const struct ssh_stream_request *what)
{
    return ssh_channel_request_send_break(stream->channel, what->number);
}

static int request_signal(struct ssh_stream *stream, const struct ssh_stream_request *what)
{
    return ssh_channel_request_send_signal(stream->channel, what->text);
}

static const struct {
    int (*call)(struct ssh_stream *stream, const struct ssh_stream_request *what);
    const char *what; // that the server refuses
    bool text, value; // it needs them
    bool starts;      // a program
} kinds[] = {
    [SSH_REQUEST_KIND_PTY] = {request_pty, "a terminal", true, false, false},
    [SSH_REQUEST_KIND_ENV] = {request_env, "a variable", true, true, false},
    [SSH_REQUEST_KIND_SHELL] = {request_shell, "a shell", false, false, true},
    [SSH_REQUEST_KIND_EXEC] = {request_exec, "the command", true, false, true},
    [SSH_REQUEST_KIND_SUBSYSTEM] = {request_subsystem, "the subsystem", true, false, true},
    [SSH_REQUEST_KIND_AGENT] = {request_agent, "agent forwarding", false, false, false},
    [SSH_REQUEST_KIND_X11] = {request_x11, "X11 forwarding", true, true, false},
    [SSH_REQUEST_KIND_BREAK] = {request_break, "a break", false, false, false},
    [SSH_REQUEST_KIND_SIGNAL] = {request_signal, "a signal", true, false, false},
};
enum { KINDS = sizeof kinds / sizeof kinds[0] };

static void request_answer(struct ssh_stream *stream, const struct failure *why)
{
    struct stream_request *request = ssh_stream_request_pop(stream);
    if (request->done != NULL && !ssh_stream_is_silent(stream))
        request->done(request->ctx, why);
    ssh_stream_request_free(request);
}

static void size_send(struct ssh_stream *stream)
{
    int rows = stream->rows;
    int cols = stream->cols;
    stream->rows = stream->cols = 0;
    (void)ssh_channel_change_pty_size(stream->channel, cols, rows);
    (void)ssh_stream_is_over(stream);
}

// A server that answers and closes in one go has answered: what was sent is asked for after the close too.
// libssh has nothing of another request, and the terminal is there: a shell starts in its size.
static bool takes_a_size(const struct ssh_stream *stream)
{
    for (const struct stream_request *at = stream->requests; at != NULL; at = at->next)
        if (at->sent || at->what.kind == SSH_REQUEST_KIND_PTY)
            return false;
    return !stream->remote_closed && !stream->freed;
}

void ssh_stream_requests_turn(struct ssh_stream *stream)
{
    if (stream->rows > 0 && takes_a_size(stream))
        size_send(stream);
    while (stream->requests != NULL && !stream->freed && (!stream->remote_closed || stream->requests->sent)) {
        struct failure why = {.status = STATUS_OK};
        const struct ssh_stream_request *what = &stream->requests->what;
        stream->requests->sent = true;
        int result = kinds[what->kind].call(stream, what);
        if (ssh_stream_is_over(stream) || result == SSH_AGAIN)
            return;
        stream->set->asked += 2 * STREAM_MESSAGE;
        if (result != SSH_OK)
            (void)fail(&why, STATUS_SSH_FAILED, "the server refused %s", kinds[what->kind].what);
        request_answer(stream, result == SSH_OK ? NULL : &why);
        if (ssh_stream_is_silent(stream))
            return;
    }
    if (stream->rows > 0 && takes_a_size(stream))
        size_send(stream);
}

bool ssh_stream_has_run(const struct ssh_stream *stream)
{
    return stream->bytes_in > 0 || stream->exit_told.exited || stream->exit_told.signalled;
}

void ssh_stream_requests_settle(struct ssh_stream *stream)
{
    const struct stream_request *first = stream->requests;
    if (first != NULL && first->sent && kinds[first->what.kind].starts && ssh_stream_has_run(stream))
        request_answer(stream, NULL);
}

static struct stream_request *request_new(const struct ssh_stream_request *what, ssh_request_done done,
                                          void *ctx)
{
    struct stream_request *request = calloc(1, sizeof *request);
    if (request == NULL)
        return NULL;
    request->what = *what;
    request->done = done;
    request->ctx = ctx;
    request->what.text = what->text != NULL ? strdup(what->text) : NULL;
    request->what.value = what->value != NULL ? strdup(what->value) : NULL;
    if ((what->text == NULL || request->what.text != NULL) &&
        (what->value == NULL || request->what.value != NULL))
        return request;
    ssh_stream_request_free(request);
    return NULL;
}

enum status ssh_stream_send_request(struct ssh_stream *stream, const struct ssh_stream_request *what,
                                    ssh_request_done done, void *ctx)
{
    struct stream_request **end = &stream->requests;
    if ((size_t)what->kind >= KINDS || (kinds[what->kind].text && what->text == NULL) ||
        (kinds[what->kind].value && what->value == NULL))
        return STATUS_BAD_ARGUMENT;
    if (ssh_stream_is_silent(stream) || stream->close_wanted || stream->remote_closed)
        return STATUS_CANCELLED;
    if (stream->request_count >= STREAM_REQUESTS_MAX ||
        (what->text != NULL && strlen(what->text) > STREAM_REQUEST_TEXT_CAP) ||
        (what->value != NULL && strlen(what->value) > STREAM_REQUEST_TEXT_CAP))
        return STATUS_TOO_LARGE;
    struct stream_request *request = request_new(what, done, ctx);
    if (request == NULL)
        return STATUS_NO_MEMORY;
    while (*end != NULL)
        end = &(*end)->next;
    *end = request;
    stream->request_count++;
    ssh_stream_kick(stream);
    return STATUS_OK;
}
