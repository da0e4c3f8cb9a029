// SPDX-License-Identifier: Apache-2.0
//
// ssh_connection_pump: Read what is ready on a connection that is signed in, and take its streams on.
//
// libssh is only called when poll() says that the socket is ready: an EAGAIN inside it counts as a lost
// connection. What comes reaches the streams by their callbacks.

#include "api/ssh/ssh_connection_private.h"

// libssh reads so much at a time: when it got less there is no more for now.
enum { READ_AT_ONCE = 4096 };

// The rest of the turn's time is shared by all connections of the loop; each gets one go at least.
static bool turn_is_used_up(const struct ssh_connection *connection)
{
    return ssh_connection_now_ms() - (int64_t)uv_now(connection->loop) >= CONNECTION_TURN_MS;
}

static void read_ready(struct ssh_connection *connection)
{
    uint64_t before = 0;
    do {
        before = connection->counter.in_bytes;
        int result = ssh_event_dopoll(connection->event, 0);
        ssh_connection_heard(connection);
        if (connection->ending)
            return;
        if (result == SSH_ERROR)
            (void)ssh_connection_lost(connection);
        if (ssh_connection_is_broken(connection))
            return;
    } while (connection->counter.in_bytes - before >= READ_AT_ONCE && !connection->closing &&
             !turn_is_used_up(connection));
}

static void doing(struct ssh_connection *connection, void (*part)(struct ssh_connection *connection))
{
    if (connection->ending)
        return;
    part(connection);
    // It may have read too.
    ssh_connection_heard(connection);
    (void)ssh_connection_is_broken(connection);
}

static void streams_turn(struct ssh_connection *connection)
{
    ssh_stream_set_turn(&connection->set);
}

void ssh_connection_pump(struct ssh_connection *connection)
{
    read_ready(connection);
    doing(connection, ssh_connection_incoming_turn);
    doing(connection, streams_turn);
    uint64_t before = connection->messages.in_packets;
    doing(connection, ssh_connection_listen_turn);
    if (connection->messages.in_packets != before)
        ssh_connection_kick(connection); // a stream may wait for what was read
    if (!connection->ending && connection->starting && ssh_connection_left(connection))
        ssh_connection_end(connection, STATUS_SSH_FAILED, "%s port %d closed the connection while %s",
                           connection->target.host, connection->target.port,
                           ssh_stage_text(connection->stage));
}
