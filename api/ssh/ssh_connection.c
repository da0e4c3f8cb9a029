// SPDX-License-Identifier: Apache-2.0
//
// ssh_connection: Open, turn, close and free a connection, and take the calls of its owner.
//
// Everything happens on turns of the loop (a kick, the socket, a timer), never inside a call of the owner, so
// that no event comes while the owner is in here.

#include "api/ssh/ssh_connection_private.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void turn(struct ssh_connection *connection)
{
    ssh_connection_turn_begin(connection);
    if (connection->closing && !connection->ending)
        ssh_connection_end(connection, STATUS_CANCELLED, "%s", "");
    if (!connection->ending && !connection->running)
        ssh_connection_connect(connection);
    if (!connection->ending && connection->running)
        ssh_connection_pump(connection);
    else if (!connection->ending)
        ssh_stream_set_turn(&connection->set); // those that were closed before it came to them
    ssh_connection_turn_end(connection);
}

// --- what its streams ask ---

static void kick(void *ctx)
{
    ssh_connection_kick(ctx);
}

static bool is_over(void *ctx)
{
    struct ssh_connection *connection = ctx;
    ssh_connection_heard(connection);
    return ssh_connection_is_broken(connection);
}

static void breach(void *ctx, const char *reason)
{
    struct ssh_connection *connection = ctx;
    ssh_connection_end(connection, STATUS_SSH_FAILED, "%s %s", connection->target.host, reason);
}

// --- opening ---

static bool options_copy(struct ssh_connection *connection, const struct ssh_connection_options *options)
{
    connection->target = options->target;
    connection->password = secret_copy(options->password);
    secret_mark_of(options->password, &connection->mark);
    connection->timeout_ms =
        options->connect_timeout_ms > 0 ? options->connect_timeout_ms : CONNECTION_TIMEOUT_MS;
    connection->keepalive_ms =
        (options->keepalive_s > 0 ? options->keepalive_s : CONNECTION_KEEPALIVE_S) * 1000;
    connection->job.file = strdup(options->known_hosts);
    (void)snprintf(connection->job.host, sizeof connection->job.host, "%s", options->target.host);
    connection->job.port = options->target.port;
    return connection->password != NULL && connection->job.file != NULL;
}

enum status ssh_connection_open(uv_loop_t *loop, const struct ssh_connection_options *options,
                                const struct ssh_connection_events *events, void *ctx,
                                struct ssh_connection **out, struct failure *why)
{
    static const struct ssh_stream_host host = {.kick = kick, .is_over = is_over, .breach = breach};
    *out = NULL;
    if (options->password == NULL || options->known_hosts == NULL || options->target.host[0] == '\0' ||
        options->target.user[0] == '\0' || options->target.port < 1 || options->target.port > 65535)
        return fail(why, STATUS_BAD_ARGUMENT, "a session needs a user, a host, a port and a password");
    struct ssh_connection *connection = calloc(1, sizeof *connection);
    if (connection == NULL)
        return fail(why, STATUS_NO_MEMORY, "%s", "");
    connection->fd = -1;
    connection->watched = -1;
    connection->loop = loop;
    connection->events = *events;
    connection->ctx = ctx;
    connection->turn = turn;
    ssh_stream_set_init(&connection->set, loop, NULL, &host, connection);
    connection->set.messages = &connection->messages;
    if (!options_copy(connection, options)) {
        ssh_connection_free_memory(connection);
        return fail(why, STATUS_NO_MEMORY, "%s", "");
    }
    uv_timer_t *timers[] = {&connection->kick, &connection->deadline, &connection->keepalive};
    for (size_t i = 0; i < sizeof timers / sizeof timers[0]; i++) {
        (void)uv_timer_init(loop, timers[i]); // never fails
        timers[i]->data = connection;
        connection->handles_open++;
    }
    ssh_connection_keepalive_every(connection, connection->keepalive_ms);
    ssh_connection_kick(connection);
    *out = connection;
    return STATUS_OK;
}

// --- the owner's calls ---

void ssh_connection_close(struct ssh_connection *connection)
{
    if (connection->ending || connection->closing)
        return;
    connection->closing = true;
    ssh_connection_kick(connection);
}

void ssh_connection_free(struct ssh_connection *connection)
{
    if (connection == NULL || connection->freed)
        return;
    connection->freed = true;
    connection->ending = true;
    connection->set.over = connection->set.mute = true;
    if (connection->set.depth == 0)
        ssh_connection_destroy(connection);
    else
        ssh_connection_kick(connection);
}

bool ssh_connection_is_ready(const struct ssh_connection *connection)
{
    return connection->running && !connection->ending && !connection->closing;
}

size_t ssh_connection_streams(const struct ssh_connection *connection)
{
    return ssh_stream_set_count(&connection->set);
}

void ssh_connection_probe(struct ssh_connection *connection)
{
    if (!ssh_connection_is_ready(connection))
        return;
    ssh_connection_turn_begin(connection);
    ssh_connection_doubt(connection);
    ssh_connection_turn_end(connection);
}

void ssh_connection_facts(const struct ssh_connection *connection, struct ssh_connection_facts *out)
{
    *out = connection->facts;
    out->bytes_in = connection->set.bytes_in;
    out->bytes_out = connection->set.bytes_out;
}
