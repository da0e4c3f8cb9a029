// SPDX-License-Identifier: Apache-2.0
//
// ssh_connection_health: Judge whether a connection can go on: count what comes in, cap what is no output,
// and send keepalives.

#include "api/base/time_util.h"
#include "api/ssh/ssh_connection_private.h"

#include <libssh/server.h> // ssh_send_keepalive is declared there, for clients too
#include <linux/sockios.h>
#include <sys/ioctl.h>

// A call that failed without having read anything has found the connection closed or reset.
enum step_result ssh_connection_lost(struct ssh_connection *connection)
{
    const char *host = connection->target.host;
    const char *doing = ssh_stage_text(connection->stage);
    const char *reason = ssh_get_error(connection->ssh);
    int port = connection->target.port;
    bool runs = connection->running && !connection->starting;
    connection->end.quoted = connection->brought && reason[0] != '\0';
    if (!connection->brought && runs)
        return ssh_connection_end(connection, STATUS_SSH_FAILED, "%s closed the connection", host);
    if (!connection->brought)
        return ssh_connection_end(connection, STATUS_SSH_FAILED, "%s port %d closed the connection while %s",
                                  host, port, doing);
    if (reason[0] == '\0')
        reason = "the server broke the protocol";
    if (runs)
        return ssh_connection_end(connection, STATUS_SSH_FAILED, "%s: %s", host, reason);
    return ssh_connection_end(connection, STATUS_SSH_FAILED, "%s port %d: failed while %s: %s", host, port,
                              doing, reason);
}

void ssh_connection_heard(struct ssh_connection *connection)
{
    connection->brought = connection->counter.in_bytes != connection->heard_bytes;
    connection->heard_bytes = connection->counter.in_bytes;
    // A sign of life is a whole message: bytes that only fill libssh's buffer are none.
    if (connection->messages.in_packets != connection->heard_messages)
        connection->facts.heard_at = ssh_connection_now_ms();
    connection->heard_messages = connection->messages.in_packets;
}

// Whether the server sends much that is no output. Each such message costs time, and many of them memory
// inside libssh: answers that wait to be sent. Input that goes out makes up for what the server says about
// it.
static bool is_noisy(struct ssh_connection *connection)
{
    int64_t now = ssh_connection_now_ms();
    uint64_t gone = connection->set.bytes_out + connection->set.asked;
    uint64_t cost = connection->messages.in_bytes +
                    connection->messages.in_packets * CONNECTION_NOISE_MESSAGE - connection->set.output_cost;
    uint64_t worn = (uint64_t)(now - connection->noise_at) * CONNECTION_NOISE_RATE / 1000 +
                    (gone - connection->noise_sent);
    connection->noise = connection->noise > worn ? connection->noise - worn : 0;
    connection->noise += cost - connection->noise_cost;
    connection->noise_cost = cost;
    connection->noise_sent = gone;
    connection->noise_at = now;
    return connection->noise > CONNECTION_NOISE_CAP;
}

bool ssh_connection_is_broken(struct ssh_connection *connection)
{
    if (connection->ssh == NULL || connection->fd >= 0 || connection->ending) // not started, or over
        return connection->ending;
    // After an error libssh says AGAIN for ever and keeps all that comes.
    if (ssh_is_connected(connection->ssh) == 0 || (ssh_get_status(connection->ssh) & SSH_CLOSED_ERROR) != 0 ||
        ssh_get_error_code(connection->ssh) == SSH_FATAL)
        (void)ssh_connection_lost(connection);
    else if (is_noisy(connection))
        ssh_connection_end(connection, STATUS_SSH_FAILED,
                           "%s kept sending messages that carry no output; the connection was closed",
                           connection->target.host);
    return connection->ending;
}

// --- keepalives ---

static void on_keepalive(uv_timer_t *timer);

static void ask(struct ssh_connection *connection)
{
    connection->missed++;
    connection->asked_at = ssh_connection_now_ms();
    // The request waits inside libssh for its answer. The first call ends one that was answered, the second
    // asks anew; with one still unanswered both do nothing, and that one is enough, as is another request.
    if (!connection->listen_asked) {
        connection->keepalive_out = true;
        (void)ssh_send_keepalive(connection->ssh);
        (void)ssh_send_keepalive(connection->ssh);
    }
    ssh_connection_heard(connection);
    (void)ssh_connection_is_broken(connection);
    ssh_connection_kick(connection); // it may have read what a stream waits for
}

// Something is to go out, and nothing has for long: a server that talks but takes nothing. On a slow line the
// kernel may take no more for long, but what it has gets less.
static bool is_stuck(struct ssh_connection *connection)
{
    int waiting = 0;
    (void)ioctl(connection->watched, SIOCOUTQ, &waiting);
    bool moves = !ssh_connection_write_pending(connection) ||
                 connection->counter.out_bytes != connection->out_mark || waiting < connection->out_waiting;
    int64_t now = ssh_connection_now_ms();
    if (moves)
        connection->moved_at = now;
    connection->out_mark = connection->counter.out_bytes;
    connection->out_waiting = waiting;
    return now - connection->moved_at >= (int64_t)CONNECTION_KEEPALIVES * connection->keepalive_ms;
}

static void keepalive(struct ssh_connection *connection)
{
    char span[TIME_SPAN_CAP];
    int64_t silent = ssh_connection_now_ms() - connection->facts.heard_at;
    if (connection->facts.heard_at >= connection->asked_at)
        connection->missed = 0;
    if (connection->probing && connection->missed == 0) {
        connection->probing = false;
        ssh_connection_keepalive_every(connection, connection->keepalive_ms);
    }
    if (is_stuck(connection)) {
        ssh_connection_end(connection, STATUS_TIMED_OUT, "%s has accepted no data for %s",
                           connection->target.host,
                           time_format_span((int64_t)CONNECTION_KEEPALIVES * connection->keepalive_ms, span));
        return;
    }
    if (!connection->probing && silent < connection->keepalive_ms) {
        (void)uv_timer_start(
            &connection->keepalive, on_keepalive, (uint64_t)(connection->keepalive_ms - silent),
            uv_timer_get_repeat(&connection->keepalive)); // the next one; the others as before
        return;
    }
    if (connection->missed >= CONNECTION_KEEPALIVES) {
        ssh_connection_end(connection, STATUS_TIMED_OUT, "%s has not answered for %s",
                           connection->target.host, time_format_span(silent, span));
        return;
    }
    ask(connection);
}

static void on_keepalive(uv_timer_t *timer)
{
    struct ssh_connection *connection = timer->data;
    ssh_connection_turn_begin(connection);
    if (connection->running && !connection->ending)
        keepalive(connection);
    ssh_connection_turn_end(connection);
}

void ssh_connection_keepalive_every(struct ssh_connection *connection, int interval_ms)
{
    (void)uv_timer_start(&connection->keepalive, on_keepalive, (uint64_t)interval_ms, (uint64_t)interval_ms);
}

void ssh_connection_doubt(struct ssh_connection *connection)
{
    int interval =
        connection->keepalive_ms < CONNECTION_PROBE_MS ? connection->keepalive_ms : CONNECTION_PROBE_MS;
    connection->probing = true;
    connection->missed = 0;
    ask(connection);
    ssh_connection_keepalive_every(connection, interval);
}
