// SPDX-License-Identifier: Apache-2.0
//
// relay_request: Pass a channel's requests on to the server, and its answers back in the order of the
// requests.

#include "api/relay/relay_private.h"

#include <stdlib.h>
#include <string.h>

// libssh has some of these for servers with callbacks; those must answer at once.
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"

// --- answers ---

static void answer_send(struct relay_request *request)
{
    if (request->message == NULL)
        return;
    if (request->granted)
        (void)ssh_message_channel_request_reply_success(request->message);
    else
        (void)ssh_message_reply_default(request->message);
    ssh_message_free(request->message);
    request->message = NULL;
}

// Those at the front that the server has answered.
static void answers_send(struct relay_channel *channel)
{
    while (channel->first_request != NULL && channel->first_request->answered) {
        struct relay_request *request = channel->first_request;
        channel->first_request = request->next;
        channel->requests--;
        answer_send(request);
        free(request);
    }
    relay_pump_flush(channel->relay);
}

static void on_answer(void *ctx, const struct failure *why)
{
    struct relay_request *request = ctx;
    struct relay_channel *channel = request->channel;
    request->answered = true;
    request->granted = why == NULL;
    if (request->starts && request->granted)
        relay_request_start(channel);
    answers_send(channel);
}

void relay_request_start(struct relay_channel *channel)
{
    channel->started = true;
    if (channel->early.length > 0 && channel->server != NULL)
        (void)ssh_stream_write(channel->server, channel->early.data, channel->early.length, false);
    bytebuf_free(&channel->early);
    if (channel->tool_eof && channel->server != NULL)
        ssh_stream_send_eof(channel->server);
    if (channel->tool != NULL)
        ssh_stream_resume(channel->tool);
}

// --- requests ---

// NULL: there is no memory, or too many wait.
static struct relay_request *request_new(struct relay_channel *channel, ssh_message message)
{
    struct relay_request **end = &channel->first_request;
    struct relay_request *request = NULL;
    if (channel->requests >= RELAY_REQUESTS_MAX)
        relay_end(channel->relay, STATUS_SSH_FAILED, "too many requests",
                  "the SSH client sent too many requests at once");
    else
        request = calloc(1, sizeof *request);
    if (request == NULL) {
        if (message != NULL)
            ssh_message_free(message);
        return NULL;
    }
    request->relay = channel->relay;
    request->channel = channel;
    request->message = message;
    while (*end != NULL)
        end = &(*end)->next;
    *end = request;
    channel->requests++;
    return request;
}

static void request_pass(struct relay_request *request, const struct ssh_stream_request *what)
{
    struct relay_channel *channel = request->channel;
    if (what == NULL || channel->server == NULL ||
        ssh_stream_send_request(channel->server, what, on_answer, request) != STATUS_OK) {
        request->answered = true;
        answers_send(channel);
    }
}

// Nothing longer than the cap, and not nothing at all.
static bool fits(const char *text, size_t cap)
{
    return text != NULL && strlen(text) < cap;
}

static bool is_size(int rows, int cols)
{
    enum { SIZE_MAX_CELLS = 65535 };
    return rows >= 0 && cols >= 0 && rows <= SIZE_MAX_CELLS && cols <= SIZE_MAX_CELLS;
}

static bool pty_read(ssh_message message, struct ssh_stream_request *what)
{
    what->kind = SSH_REQUEST_KIND_PTY;
    what->text = ssh_message_channel_request_pty_term(message);
    what->rows = ssh_message_channel_request_pty_height(message);
    what->cols = ssh_message_channel_request_pty_width(message);
    return fits(what->text, RELAY_TERM_CAP) && is_size(what->rows, what->cols);
}

static bool env_read(ssh_message message, struct ssh_stream_request *what)
{
    what->kind = SSH_REQUEST_KIND_ENV;
    what->text = ssh_message_channel_request_env_name(message);
    what->value = ssh_message_channel_request_env_value(message);
    return fits(what->text, RELAY_TERM_CAP) && fits(what->value, RELAY_VALUE_CAP);
}

static bool shell_read(ssh_message message, struct ssh_stream_request *what)
{
    (void)message;
    what->kind = SSH_REQUEST_KIND_SHELL;
    return true;
}

static bool exec_read(ssh_message message, struct ssh_stream_request *what)
{
    what->kind = SSH_REQUEST_KIND_EXEC;
    what->text = ssh_message_channel_request_command(message);
    return fits(what->text, RELAY_COMMAND_CAP);
}

static bool subsystem_read(ssh_message message, struct ssh_stream_request *what)
{
    what->kind = SSH_REQUEST_KIND_SUBSYSTEM;
    what->text = ssh_message_channel_request_subsystem(message);
    return fits(what->text, RELAY_TERM_CAP);
}

static bool x11_read(ssh_message message, struct ssh_stream_request *what)
{
    what->kind = SSH_REQUEST_KIND_X11;
    what->text = ssh_message_channel_request_x11_auth_protocol(message);
    what->value = ssh_message_channel_request_x11_auth_cookie(message);
    what->number = (uint32_t)ssh_message_channel_request_x11_screen_number(message);
    what->flag = ssh_message_channel_request_x11_single_connection(message) != 0;
    return fits(what->text, RELAY_TERM_CAP) && fits(what->value, RELAY_TERM_CAP);
}

static const struct reader {
    int type;
    bool (*read)(ssh_message message, struct ssh_stream_request *what); // false: too large
    bool starts, x11;
} readers[] = {
    {SSH_CHANNEL_REQUEST_PTY, pty_read, false, false},
    {SSH_CHANNEL_REQUEST_ENV, env_read, false, false},
    {SSH_CHANNEL_REQUEST_SHELL, shell_read, true, false},
    {SSH_CHANNEL_REQUEST_EXEC, exec_read, true, false},
    {SSH_CHANNEL_REQUEST_SUBSYSTEM, subsystem_read, true, false},
    {SSH_CHANNEL_REQUEST_X11, x11_read, false, true},
};

// No answer is ever wanted.
static void resize(struct relay_channel *channel, ssh_message message)
{
    int rows = ssh_message_channel_request_pty_height(message);
    int cols = ssh_message_channel_request_pty_width(message);
    if (channel->server != NULL && is_size(rows, cols))
        ssh_stream_resize(channel->server, rows, cols);
    ssh_message_free(message);
}

// False: refused.
static bool unknown_read(struct relay_channel *channel, struct ssh_stream_request *what)
{
    enum relay_name name = relay_name_next(channel->relay);
    // Nobody reads the output any more: the server's program is told by the end of its channel. What waits
    // for a window, which the tool grants no more, would keep the end from it.
    if (name == RELAY_NAME_EOW && channel->server != NULL)
        ssh_stream_close(channel->server);
    if (name == RELAY_NAME_EOW && channel->tool != NULL)
        ssh_stream_unqueue(channel->tool);
    what->kind = SSH_REQUEST_KIND_BREAK; // how long it is to be, libssh does not tell
    return name == RELAY_NAME_BREAK && channel->is_session;
}

void relay_request_channel(struct relay_channel *channel, ssh_message message)
{
    struct ssh_stream_request what = {.text = NULL};
    const struct reader *reader = NULL;
    int type = ssh_message_subtype(message);
    if (type == SSH_CHANNEL_REQUEST_WINDOW_CHANGE) {
        resize(channel, message);
        return;
    }
    struct relay_request *request = request_new(channel, message);
    if (request == NULL)
        return;
    for (size_t i = 0; i < sizeof readers / sizeof readers[0]; i++)
        if (readers[i].type == type)
            reader = &readers[i];
    if (type == SSH_CHANNEL_REQUEST_UNKNOWN) {
        request_pass(request, unknown_read(channel, &what) ? &what : NULL);
        return;
    }
    if (reader == NULL || !channel->is_session || (reader->x11 && !channel->relay->allow_x11) ||
        !reader->read(message, &what)) {
        request_pass(request, NULL); // refused
        return;
    }
    request->starts = reader->starts;
    request_pass(request, &what);
}

void relay_request_agent(struct relay_channel *channel)
{
    struct relay_request *request = request_new(channel, NULL); // libssh has answered
    struct ssh_stream_request what = {.kind = SSH_REQUEST_KIND_AGENT};
    if (request != NULL)
        request_pass(request, &what);
}

void relay_request_signal(struct relay_channel *channel, const char *name)
{
    struct ssh_stream_request what = {.kind = SSH_REQUEST_KIND_SIGNAL, .text = name};
    if (channel->server != NULL)
        (void)ssh_stream_send_request(channel->server, &what, NULL, NULL);
}

void relay_requests_forget(struct relay_channel *channel)
{
    for (struct relay_request *request = channel->first_request; request != NULL; request = request->next) {
        if (request->message != NULL)
            ssh_message_free(request->message);
        request->message = NULL;
    }
}

void relay_requests_free(struct relay_channel *channel)
{
    relay_requests_forget(channel);
    while (channel->first_request != NULL) {
        struct relay_request *request = channel->first_request;
        channel->first_request = request->next;
        free(request);
    }
    channel->requests = 0;
}
