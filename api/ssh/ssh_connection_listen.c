// SPDX-License-Identifier: Apache-2.0
//
// ssh_connection_listen: Ask the server to listen for us, and to stop.
//
// libssh has one global request at a time and takes any answer for that of the one it waits for; a keepalive
// is one too. So each waits until the one before is answered.

#include "api/ssh/ssh_connection_private.h"

#include <stdlib.h>
#include <string.h>

enum { PORT_MAX = 65535 };

static void request_free(struct listen_request *request)
{
    free(request->address);
    free(request);
}

// With a request under way libssh only looks for its answer, whatever is asked. One is, so that this asks
// nothing.
static bool keepalive_is_answered(struct ssh_connection *connection)
{
    if (connection->keepalive_out)
        connection->keepalive_out = ssh_channel_cancel_forward(connection->ssh, "", 0) == SSH_AGAIN;
    return !connection->keepalive_out;
}

static void answer(struct ssh_connection *connection, int result)
{
    struct listen_request *request = connection->listens;
    struct failure why = {.status = STATUS_OK};
    int port = request->port != 0 ? request->port : request->bound_port;
    connection->listens = request->next;
    connection->listen_asked = false;
    if (result != SSH_OK)
        (void)fail(&why, STATUS_SSH_FAILED, "%s refused to %s port %d", connection->target.host,
                   request->cancels ? "stop listening on" : "listen on", request->port);
    else if (!request->cancels && (port < 1 || port > PORT_MAX))
        (void)fail(&why, STATUS_SSH_FAILED, "%s doesn't say on which port it listens",
                   connection->target.host);
    if (request->done != NULL)
        request->done(request->ctx, why.status != STATUS_OK ? &why : NULL, port);
    request_free(request);
}

void ssh_connection_listen_turn(struct ssh_connection *connection)
{
    while (connection->listens != NULL && !connection->ending && keepalive_is_answered(connection)) {
        struct listen_request *request = connection->listens;
        connection->listen_asked = true;
        int result = request->cancels
                         ? ssh_channel_cancel_forward(connection->ssh, request->address, request->port)
                         : ssh_channel_listen_forward(connection->ssh, request->address, request->port,
                                                      &request->bound_port);
        ssh_connection_heard(connection);
        if (ssh_connection_is_broken(connection) || result == SSH_AGAIN)
            return;
        answer(connection, result);
    }
}

static enum status ask(struct ssh_connection *connection, bool cancels, const char *address, int port,
                       ssh_listen_done done, void *ctx, struct failure *why)
{
    struct listen_request **end = &connection->listens;
    size_t count = 0;
    if (connection->ending || connection->closing)
        return fail(why, STATUS_CANCELLED, "the connection is closed");
    if (port < (cancels ? 1 : 0) || port > PORT_MAX)
        return fail(why, STATUS_BAD_ARGUMENT, "no such port: %d", port);
    for (; *end != NULL; end = &(*end)->next)
        count++;
    if (count >= CONNECTION_LISTENS_MAX)
        return fail(why, STATUS_TOO_LARGE, "too many requests to listen wait for the server");
    struct listen_request *request = calloc(1, sizeof *request);
    if (request == NULL)
        return fail(why, STATUS_NO_MEMORY, "%s", "");
    *request = (struct listen_request){
        .cancels = cancels, .address = strdup(address), .port = port, .done = done, .ctx = ctx};
    if (request->address == NULL) {
        request_free(request);
        return fail(why, STATUS_NO_MEMORY, "%s", "");
    }
    *end = request;
    ssh_connection_kick(connection);
    return STATUS_OK;
}

enum status ssh_connection_listen(struct ssh_connection *connection, const char *address, int port,
                                  ssh_listen_done done, void *ctx, struct failure *why)
{
    return ask(connection, false, address, port, done, ctx, why);
}

enum status ssh_connection_unlisten(struct ssh_connection *connection, const char *address, int port,
                                    ssh_listen_done done, void *ctx, struct failure *why)
{
    return ask(connection, true, address, port, done, ctx, why);
}
