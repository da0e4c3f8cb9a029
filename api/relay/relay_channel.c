// SPDX-License-Identifier: Apache-2.0
//
// relay_channel: Join a channel of the tool with one of the server: bytes both ways, EOF, the program's end,
// close.
//
// Each side is a stream (api/ssh/ssh_stream.h). What the other side does not take stays in its own stream and
// keeps its window shut, so a channel that stalls holds up itself alone.

#include "api/relay/relay_private.h"

#include <stdlib.h>
#include <string.h>

static const struct ssh_stream_options stream_options = {.queue_cap = RELAY_QUEUE_CAP};
// OpenSSH closes as soon as both have sent EOF, and waits for the exit status until we close too.
static const struct ssh_stream_options tool_options = {.queue_cap = RELAY_QUEUE_CAP, .late_close = true};

struct relay_channel *relay_channel_of(struct relay *relay, ssh_channel local)
{
    struct relay_channel *channel = relay->first;
    while (channel != NULL && (channel->local != local || local == NULL))
        channel = channel->next;
    return channel;
}

static struct relay_channel *channel_make(struct relay *relay)
{
    struct relay_channel *channel = NULL;
    if (relay->channels < RELAY_CHANNELS_MAX)
        channel = calloc(1, sizeof *channel);
    if (channel == NULL)
        return NULL;
    channel->relay = relay;
    channel->early = BYTEBUF(RELAY_QUEUE_CAP);
    channel->next = relay->first;
    relay->first = channel;
    relay->channels++;
    return channel;
}

// Before what they point to goes: libssh may keep its channel for longer.
static void callbacks_remove(struct relay_channel *channel)
{
    if (channel->local != NULL)
        (void)ssh_remove_channel_callbacks(channel->local, &channel->callbacks);
    if (channel->opening != NULL)
        (void)ssh_remove_channel_callbacks(channel->opening, &channel->callbacks);
    channel->local = NULL;
}

static void channel_drop(struct relay_channel *channel)
{
    struct relay *relay = channel->relay;
    struct relay_channel **link = &relay->first;
    while (*link != channel)
        link = &(*link)->next;
    *link = channel->next;
    relay->channels--;
    callbacks_remove(channel);
    ssh_channel_free(channel->opening);
    if (channel->open != NULL)
        ssh_message_free(channel->open);
    if (channel->incoming != NULL)
        ssh_incoming_refuse(channel->incoming);
    ssh_stream_free(channel->server);
    ssh_stream_free(channel->tool);
    relay_requests_free(channel);
    bytebuf_free(&channel->early);
    free(channel);
}

static void channel_drop_if_over(struct relay_channel *channel)
{
    if (channel->tool == NULL && channel->server == NULL && channel->open == NULL &&
        channel->incoming == NULL)
        channel_drop(channel);
}

// What one stream brings goes to the other. Gives how much that took.
static size_t pass(struct ssh_stream *to, const char *bytes, size_t length, bool is_stderr)
{
    size_t room = ssh_stream_room(to);
    size_t count = length < room ? length : room;
    if (count == 0 || ssh_stream_write(to, bytes, count, is_stderr) != STATUS_OK)
        return 0;
    return count;
}

// --- from the tool ---

static size_t on_tool_output(void *ctx, const char *bytes, size_t length, bool is_stderr)
{
    struct relay_channel *channel = ctx;
    if (channel->server == NULL || channel->tool_eof || is_stderr) // there is no such input
        return length;
    if (!channel->started)
        return 0;
    size_t taken = pass(channel->server, bytes, length, false);
    channel->relay->end.bytes_in += taken;
    return taken;
}

static void on_tool_eof(void *ctx)
{
    struct relay_channel *channel = ctx;
    channel->tool_eof = true;
    if (channel->started && channel->server != NULL)
        ssh_stream_send_eof(channel->server);
}

static void on_tool_drained(void *ctx)
{
    struct relay_channel *channel = ctx;
    if (channel->server != NULL)
        ssh_stream_resume(channel->server);
}

static void on_tool_peer_closed(void *ctx)
{
    struct relay_channel *channel = ctx;
    channel->tool_closed = true;
    if (channel->server != NULL)
        ssh_stream_close(channel->server); // after what is queued
    else
        ssh_stream_close(channel->tool);
}

static void on_tool_closed(void *ctx, const struct failure *why, bool refused)
{
    struct relay_channel *channel = ctx;
    (void)why;
    (void)refused;
    callbacks_remove(channel);
    ssh_stream_free(channel->tool);
    channel->tool = NULL;
    relay_requests_forget(channel); // their channel is gone
    if (channel->server != NULL)
        ssh_stream_close(channel->server);
    channel_drop_if_over(channel);
}

static const struct ssh_stream_events tool_events = {
    .output = on_tool_output,
    .eof = on_tool_eof,
    .peer_closed = on_tool_peer_closed,
    .drained = on_tool_drained,
    .closed = on_tool_closed,
};

// libssh calls these in the middle of what it reads, before the requests that came before are taken.
static void on_signal(ssh_session ssh, ssh_channel local, const char *name, void *ctx)
{
    struct relay_channel *channel = ctx;
    (void)ssh;
    (void)local;
    if (name == NULL || strlen(name) >= sizeof channel->signals[0] ||
        channel->signal_count >= sizeof channel->signals / sizeof channel->signals[0])
        return;
    memcpy(channel->signals[channel->signal_count++], name, strlen(name) + 1);
    relay_kick(channel->relay);
}

static void on_agent(ssh_session ssh, ssh_channel local, void *ctx)
{
    struct relay_channel *channel = ctx;
    (void)ssh;
    (void)local;
    if (channel->is_session && channel->server != NULL)
        relay_request_agent(channel);
}

// Takes the tool's open channel.
static bool tool_take(struct relay_channel *channel, ssh_channel local)
{
    struct relay *relay = channel->relay;
    channel->callbacks = (struct ssh_channel_callbacks_struct){
        .userdata = channel,
        .channel_signal_function = on_signal,
        .channel_auth_agent_req_function = relay->allow_agent ? on_agent : NULL,
    };
    ssh_callbacks_init(&channel->callbacks);
    (void)ssh_add_channel_callbacks(local, &channel->callbacks);
    channel->local = local;
    relay->end.channels++;
    return ssh_stream_adopt(&relay->set, local, &tool_options, &tool_events, channel, &channel->tool, NULL) ==
           STATUS_OK;
}

// --- from the server ---

static void on_server_opened(void *ctx)
{
    struct relay_channel *channel = ctx;
    ssh_message open = channel->open;
    ssh_channel local = NULL;
    if (open == NULL)
        return;
    channel->open = NULL;
    local = ssh_message_channel_request_open_reply_accept(open);
    ssh_message_free(open);
    if (local == NULL || !tool_take(channel, local)) {
        relay_end(channel->relay, STATUS_NO_MEMORY, "out of memory", "%s", "");
        return;
    }
    if (!channel->is_session)
        relay_request_start(channel);
    relay_pump_flush(channel->relay);
}

static size_t on_server_output(void *ctx, const char *bytes, size_t length, bool is_stderr)
{
    struct relay_channel *channel = ctx;
    if (channel->tool == NULL || channel->tool_closed || channel->server_eof ||
        relay_is_over(channel->relay) || ssh_stream_takes_no_more(channel->tool))
        return length;
    size_t taken = pass(channel->tool, bytes, length, is_stderr);
    channel->relay->end.bytes_out += taken;
    relay_pump_flush(channel->relay);
    return taken;
}

static void on_server_eof(void *ctx)
{
    struct relay_channel *channel = ctx;
    channel->server_eof = true;
    if (channel->tool == NULL)
        return;
    ssh_stream_send_eof(channel->tool);
    relay_pump_flush(channel->relay);
}

static void on_server_exit_status(void *ctx, uint32_t exit_status)
{
    struct relay_channel *channel = ctx;
    if (channel->tool != NULL)
        ssh_stream_exit_status(channel->tool, (int)exit_status);
}

static void on_server_exit_signal(void *ctx, const char *name, bool core, const char *message,
                                  const char *language)
{
    struct relay_channel *channel = ctx;
    if (channel->tool != NULL)
        ssh_stream_exit_signal(channel->tool, name, core, message, language);
}

static void on_server_drained(void *ctx)
{
    struct relay_channel *channel = ctx;
    if (channel->tool != NULL)
        ssh_stream_resume(channel->tool);
}

static void on_server_closed(void *ctx, const struct failure *why, bool refused)
{
    struct relay_channel *channel = ctx;
    ssh_stream_free(channel->server);
    channel->server = NULL;
    if (channel->open != NULL) {
        (void)ssh_message_reply_default(channel->open);
        ssh_message_free(channel->open);
        channel->open = NULL;
    } else if (channel->tool != NULL && (why == NULL || refused)) {
        ssh_stream_close(channel->tool);
    } else if (channel->tool != NULL) {
        // The connection has ended: the tool is told why before its channel closes.
        channel->lost = true;
        relay_kick(channel->relay);
    }
    relay_pump_flush(channel->relay);
    channel_drop_if_over(channel);
}

static const struct ssh_stream_events server_events = {
    .opened = on_server_opened,
    .output = on_server_output,
    .eof = on_server_eof,
    .exit_status = on_server_exit_status,
    .exit_signal = on_server_exit_signal,
    .drained = on_server_drained,
    .closed = on_server_closed,
};

// --- the tool opens one ---

static enum status direct_open(struct relay_channel *channel, ssh_message message)
{
    const char *host = ssh_message_channel_request_open_destination(message);
    const char *origin = ssh_message_channel_request_open_originator(message);
    if (host == NULL || origin == NULL || strlen(host) >= RELAY_HOST_CAP || strlen(origin) >= RELAY_HOST_CAP)
        return STATUS_TOO_LARGE;
    return ssh_stream_open_direct(channel->relay->connection, host,
                                  ssh_message_channel_request_open_destination_port(message), origin,
                                  ssh_message_channel_request_open_originator_port(message), &stream_options,
                                  &server_events, channel, &channel->server, NULL);
}

void relay_channel_open(struct relay *relay, ssh_message message)
{
    int type = ssh_message_subtype(message);
    enum status status = STATUS_REJECTED;
    struct relay_channel *channel = NULL;
    if (relay->connection != NULL && (type == SSH_CHANNEL_SESSION || type == SSH_CHANNEL_DIRECT_TCPIP))
        channel = channel_make(relay);
    if (channel != NULL && type == SSH_CHANNEL_DIRECT_TCPIP)
        status = direct_open(channel, message);
    else if (channel != NULL)
        status = ssh_stream_open_session(relay->connection, &stream_options, &server_events, channel,
                                         &channel->server, NULL);
    if (status == STATUS_OK) {
        channel->is_session = type == SSH_CHANNEL_SESSION;
        channel->open = message;
        return;
    }
    (void)ssh_message_reply_default(message);
    ssh_message_free(message);
    if (channel != NULL)
        channel_drop(channel);
}

// --- the server opens one ---

// The tool may send in the same breath in which it accepts, before there is a stream.
static int on_early_data(ssh_session ssh, ssh_channel local, void *data, uint32_t length, int is_stderr,
                         void *ctx)
{
    struct relay_channel *channel = ctx;
    (void)ssh;
    (void)local;
    if (is_stderr == 0 && bytebuf_add(&channel->early, data, length) != STATUS_OK)
        return 0;
    return (int)length;
}

static void on_early_eof(ssh_session ssh, ssh_channel local, void *ctx)
{
    struct relay_channel *channel = ctx;
    (void)ssh;
    (void)local;
    channel->tool_eof = true;
}

static void on_early_close(ssh_session ssh, ssh_channel local, void *ctx)
{
    struct relay_channel *channel = ctx;
    (void)ssh;
    (void)local;
    channel->early_close = true;
}

static int opening_call(struct relay_channel *channel)
{
    struct ssh_incoming *incoming = channel->incoming;
    struct ssh_stream_set *set = &channel->relay->set;
    int result = SSH_ERROR;
    ssh_stream_set_begin(set);
    switch (ssh_incoming_kind(incoming)) {
    case SSH_INCOMING_TCP:
        result = ssh_channel_open_reverse_forward(channel->opening, ssh_incoming_address(incoming),
                                                  ssh_incoming_port(incoming), ssh_incoming_origin(incoming),
                                                  ssh_incoming_origin_port(incoming));
        break;
    case SSH_INCOMING_AGENT:
        result = ssh_channel_open_auth_agent(channel->opening);
        break;
    case SSH_INCOMING_X11:
        result = ssh_channel_open_x11(channel->opening, ssh_incoming_origin(incoming),
                                      ssh_incoming_origin_port(incoming));
        break;
    }
    (void)ssh_stream_set_end(set);
    return result;
}

// The tool has answered: joins both sides, or refuses.
static void opening_end(struct relay_channel *channel, bool accepted)
{
    struct ssh_incoming *incoming = channel->incoming;
    ssh_channel local = channel->opening;
    channel->incoming = NULL;
    channel->opening = NULL;
    (void)ssh_remove_channel_callbacks(local, &channel->callbacks);
    if (!accepted) {
        ssh_incoming_refuse(incoming);
        ssh_channel_free(local);
        channel_drop(channel);
        return;
    }
    if (ssh_incoming_accept(incoming, &stream_options, &server_events, channel, &channel->server, NULL) !=
            STATUS_OK ||
        (!channel->early_close && !tool_take(channel, local))) {
        relay_end(channel->relay, STATUS_NO_MEMORY, "out of memory", "%s", "");
        return;
    }
    relay_request_start(channel);
    if (channel->early_close) {
        ssh_channel_free(local);           // which closes it
        ssh_stream_close(channel->server); // after what is queued
    }
}

static void opening_go(struct relay_channel *channel)
{
    int result = opening_call(channel);
    if (result != SSH_AGAIN && !relay_is_over(channel->relay))
        opening_end(channel, result == SSH_OK || channel->early_close);
}

static bool is_wanted(const struct relay *relay, const struct ssh_incoming *incoming)
{
    if (relay->stage != RELAY_OPEN)
        return false;
    switch (ssh_incoming_kind(incoming)) {
    case SSH_INCOMING_TCP:
        return relay_forward_is_ours(relay, ssh_incoming_port(incoming)) &&
               strlen(ssh_incoming_address(incoming)) < RELAY_HOST_CAP &&
               strlen(ssh_incoming_origin(incoming)) < RELAY_HOST_CAP;
    case SSH_INCOMING_AGENT:
        return relay->allow_agent;
    case SSH_INCOMING_X11:
        return relay->allow_x11 && strlen(ssh_incoming_origin(incoming)) < RELAY_HOST_CAP;
    }
    return false;
}

void relay_channel_incoming(struct relay *relay, struct ssh_incoming *incoming)
{
    struct relay_channel *channel = is_wanted(relay, incoming) ? channel_make(relay) : NULL;
    ssh_channel opening = channel != NULL ? ssh_channel_new(relay->ssh) : NULL;
    if (opening == NULL) {
        ssh_incoming_refuse(incoming);
        if (channel != NULL)
            channel_drop(channel);
        return;
    }
    channel->incoming = incoming;
    channel->opening = opening;
    channel->callbacks = (struct ssh_channel_callbacks_struct){
        .userdata = channel,
        .channel_data_function = on_early_data,
        .channel_eof_function = on_early_eof,
        .channel_close_function = on_early_close,
    };
    ssh_callbacks_init(&channel->callbacks);
    (void)ssh_add_channel_callbacks(opening, &channel->callbacks);
    relay_kick(relay);
}

static void channel_turn(struct relay_channel *channel)
{
    for (size_t i = 0; i < channel->signal_count; i++)
        relay_request_signal(channel, channel->signals[i]);
    channel->signal_count = 0;
    if (channel->lost && channel->tool != NULL && !channel->relay->parting) {
        channel->lost = false;
        ssh_stream_close(channel->tool);
    } else if (channel->opening != NULL) {
        opening_go(channel);
    }
}

void relay_channels_turn(struct relay *relay)
{
    struct relay_channel *next = NULL;
    for (struct relay_channel *channel = relay->first; channel != NULL && !relay_is_over(relay);
         channel = next) {
        next = channel->next;
        channel_turn(channel);
    }
}

void relay_channels_cut(struct relay *relay)
{
    for (struct relay_channel *channel = relay->first; channel != NULL; channel = channel->next)
        channel->incoming = NULL;
}

void relay_channels_detach(struct relay *relay)
{
    for (struct relay_channel *channel = relay->first; channel != NULL; channel = channel->next) {
        callbacks_remove(channel);
        channel->opening = NULL;
    }
}

void relay_channels_free(struct relay *relay)
{
    struct relay_channel *next = NULL;
    for (struct relay_channel *channel = relay->first; channel != NULL; channel = next) {
        next = channel->next;
        channel_drop(channel);
    }
}
