// SPDX-License-Identifier: Apache-2.0
//
// ssh_connection_incoming: Channels that the server opens: keep them for the owner's answer, refuse what
// nobody wants.
//
// libssh hands such a message to a callback and frees it afterwards, or queues it when there is none; it is
// queued only where the owner takes them, and taken out on each turn.

#include "api/ssh/ssh_connection_private.h"

#include <libssh/server.h> // the messages are declared there, for clients too
#include <stdlib.h>

static const struct {
    int subtype;
    enum ssh_incoming_kind kind;
} kinds[] = {
    {SSH_CHANNEL_FORWARDED_TCPIP, SSH_INCOMING_TCP},
    {SSH_CHANNEL_AUTH_AGENT, SSH_INCOMING_AGENT},
    {SSH_CHANNEL_X11, SSH_INCOMING_X11},
};
enum { KINDS = sizeof kinds / sizeof kinds[0] };

enum ssh_incoming_kind ssh_incoming_kind(const struct ssh_incoming *incoming)
{
    return incoming->kind;
}

static const char *text_of(const char *text)
{
    return text != NULL ? text : "";
}

const char *ssh_incoming_address(const struct ssh_incoming *incoming)
{
    return text_of(incoming->kind == SSH_INCOMING_TCP
                       ? ssh_message_channel_request_open_destination(incoming->message)
                       : NULL);
}

int ssh_incoming_port(const struct ssh_incoming *incoming)
{
    return ssh_message_channel_request_open_destination_port(incoming->message);
}

const char *ssh_incoming_origin(const struct ssh_incoming *incoming)
{
    return text_of(ssh_message_channel_request_open_originator(incoming->message));
}

int ssh_incoming_origin_port(const struct ssh_incoming *incoming)
{
    return ssh_message_channel_request_open_originator_port(incoming->message);
}

// --- answers ---

static void take_out(struct ssh_incoming *incoming)
{
    struct ssh_incoming **at = &incoming->connection->incoming;
    while (*at != NULL && *at != incoming)
        at = &(*at)->next;
    if (*at != NULL)
        *at = incoming->next;
    ssh_message_free(incoming->message);
    free(incoming);
}

enum status ssh_incoming_accept(struct ssh_incoming *incoming, const struct ssh_stream_options *options,
                                const struct ssh_stream_events *events, void *ctx, struct ssh_stream **out,
                                struct failure *why)
{
    struct ssh_connection *connection = incoming->connection;
    enum status status = STATUS_OK;
    *out = NULL;
    ssh_channel channel =
        connection->ending ? NULL : ssh_message_channel_request_open_reply_accept(incoming->message);
    take_out(incoming);
    if (channel == NULL)
        return fail(why, STATUS_SSH_FAILED, "the channel could not be accepted");
    status = ssh_stream_adopt(&connection->set, channel, options, events, ctx, out, why);
    if (status != STATUS_OK)
        ssh_channel_free(channel);
    return status;
}

void ssh_incoming_refuse(struct ssh_incoming *incoming)
{
    if (!incoming->connection->ending)
        (void)ssh_message_reply_default(incoming->message);
    ssh_connection_kick(incoming->connection); // what libssh could not write yet goes on then
    take_out(incoming);
}

// --- messages ---

// Without this libssh would keep every message for a reader that there is not.
static int refuse(ssh_session ssh, ssh_message message, void *ctx)
{
    (void)ssh;
    (void)message;
    (void)ctx;
    return 1;
}

static struct ssh_incoming *incoming_new(struct ssh_connection *connection, ssh_message message)
{
    size_t count = 0;
    struct ssh_incoming **end = &connection->incoming;
    for (; *end != NULL; end = &(*end)->next)
        count++;
    for (size_t i = 0; i < KINDS && count < CONNECTION_INCOMING_MAX; i++) {
        if (ssh_message_type(message) != SSH_REQUEST_CHANNEL_OPEN ||
            ssh_message_subtype(message) != kinds[i].subtype)
            continue;
        struct ssh_incoming *incoming = calloc(1, sizeof *incoming);
        if (incoming == NULL)
            return NULL;
        incoming->connection = connection;
        incoming->message = message;
        incoming->kind = kinds[i].kind;
        *end = incoming;
        return incoming;
    }
    return NULL;
}

void ssh_connection_incoming_turn(struct ssh_connection *connection)
{
    ssh_message message = NULL;
    if (connection->events.incoming == NULL)
        return;
    // It reads when there is no message, so each is followed by a look at the connection.
    while (!connection->ending && (message = ssh_message_get(connection->ssh)) != NULL) {
        struct ssh_incoming *incoming = incoming_new(connection, message);
        if (incoming != NULL) {
            connection->events.incoming(connection->ctx, incoming);
        } else {
            (void)ssh_message_reply_default(message);
            ssh_message_free(message);
        }
        ssh_connection_heard(connection);
        (void)ssh_connection_is_broken(connection);
    }
}

void ssh_connection_incoming_start(struct ssh_connection *connection)
{
    if (connection->events.incoming != NULL)
        ssh_set_message_callback(connection->ssh, NULL, NULL);
    else
        ssh_set_message_callback(connection->ssh, refuse, NULL);
}
