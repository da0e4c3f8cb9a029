// SPDX-License-Identifier: Apache-2.0
//
// ssh_session_pump: Move the bytes of a session, watch its socket, and ask whether the server is still there.
//
// libssh is only called when poll() says that the socket is ready: an EAGAIN inside it counts as a lost
// connection. What comes is passed on from its callback and consumed whole, since leftovers would only come
// again with the next packet.

#include "api/base/server_time.h"
#include "api/ssh/ssh_session_private.h"

#include <fcntl.h>
#include <libssh/server.h> // ssh_send_keepalive is declared there, for clients too
#include <linux/sockios.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
    EXIT_MASK = 255,
    DATA_HEAD = 9,   // of a message with output: its type, the channel, the length
    STDERR_HEAD = 13 // with the kind of output besides
};

// --- what libssh calls ---

static int on_data(ssh_session ssh, ssh_channel channel, void *data, uint32_t length, int is_stderr,
                   void *ctx)
{
    struct ssh_session *session = ctx;
    const char *bytes = data;
    (void)ssh;
    (void)channel;
    // The shell may speak in the same packet that says it has started.
    if (session->stage == SSH_STAGE_SHELL && length > 0)
        ssh_session_enter(session, SSH_STAGE_OPEN, NULL);
    session->facts.bytes_in += length;
    if (length > 0)
        session->output_cost += length + (is_stderr != 0 ? STDERR_HEAD : DATA_HEAD) + SESSION_NOISE_MESSAGE;
    for (uint32_t at = 0; at < length && !session->ending && !session->closing && !session->remote_closed;) {
        uint32_t count = length - at < SESSION_SLICE ? length - at : SESSION_SLICE;
        session->events.output(session->ctx, bytes + at, count, is_stderr != 0);
        at += count;
    }
    return (int)length;
}

static void on_exit_status(ssh_session ssh, ssh_channel channel, int exit_status, void *ctx)
{
    struct ssh_session *session = ctx;
    (void)ssh;
    (void)channel;
    if (session->remote_closed) // what comes after the close counts for nothing
        return;
    session->end.exited = true;
    session->end.exit_status = exit_status & EXIT_MASK;
}

static void on_exit_signal(ssh_session ssh, ssh_channel channel, const char *name, int core,
                           const char *message, const char *language, void *ctx)
{
    struct ssh_session *session = ctx;
    size_t length = 0;
    (void)ssh;
    (void)channel;
    (void)core;
    (void)message;
    (void)language;
    if (session->remote_closed)
        return;
    // The name comes from outside: letters and digits of it, no more.
    for (; name != NULL && name[length] != '\0' && length + 1 < sizeof session->end.exit_signal; length++) {
        char c = name[length];
        if (!((c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9')))
            break;
        session->end.exit_signal[length] = c;
    }
    session->end.exit_signal[length] = '\0';
}

static void on_close(ssh_session ssh, ssh_channel channel, void *ctx)
{
    struct ssh_session *session = ctx;
    (void)ssh;
    (void)channel;
    session->remote_closed = true;
}

void ssh_session_callbacks(struct ssh_session *session)
{
    session->callbacks = (struct ssh_channel_callbacks_struct){
        .userdata = session,
        .channel_data_function = on_data,
        .channel_close_function = on_close,
        .channel_exit_status_function = on_exit_status,
        .channel_exit_signal_function = on_exit_signal,
    };
    ssh_callbacks_init(&session->callbacks);
    (void)ssh_set_channel_callbacks(session->channel, &session->callbacks);
}

// --- output ---

void ssh_session_heard(struct ssh_session *session)
{
    session->brought = session->counter.in_bytes != session->heard_bytes;
    session->heard_bytes = session->counter.in_bytes;
    // A sign of life is a whole message: bytes that only fill libssh's buffer are none.
    if (session->messages.in_packets != session->heard_messages)
        session->facts.heard_at = ssh_session_now_ms();
    session->heard_messages = session->messages.in_packets;
}

// Whether the server sends much that is no output. Each such message costs time, and many of them memory
// inside libssh: answers that wait to be sent. Input that goes out makes up for what the server says about
// it.
static bool is_noisy(struct ssh_session *session)
{
    int64_t now = ssh_session_now_ms();
    uint64_t cost = session->messages.in_bytes + session->messages.in_packets * SESSION_NOISE_MESSAGE -
                    session->output_cost;
    uint64_t worn = (uint64_t)(now - session->noise_at) * SESSION_NOISE_RATE / 1000 +
                    (session->facts.bytes_out - session->noise_sent);
    session->noise = session->noise > worn ? session->noise - worn : 0;
    session->noise += cost - session->noise_cost;
    session->noise_cost = cost;
    session->noise_sent = session->facts.bytes_out;
    session->noise_at = now;
    return session->noise > SESSION_NOISE_CAP;
}

bool ssh_session_is_broken(struct ssh_session *session)
{
    if (session->ssh == NULL || session->fd >= 0 || session->ending) // not started, or over
        return session->ending;
    // After an error libssh says AGAIN for ever and keeps all that comes.
    if (ssh_is_connected(session->ssh) == 0 || (ssh_get_status(session->ssh) & SSH_CLOSED_ERROR) != 0 ||
        ssh_get_error_code(session->ssh) == SSH_FATAL)
        (void)ssh_session_lost(session);
    else if (is_noisy(session))
        ssh_session_end(session, STATUS_SSH_FAILED,
                        "%s kept sending messages that carry no output; the connection was closed",
                        session->target.host);
    return session->ending;
}

// Lets the server send 8 MiB unasked, again after every half: at 50 ms round trip libssh's own window holds
// a flood at 12 MB/s. Asking for that many bytes is the way to say so. None are copied: on_data leaves none.
static void window_grow(struct ssh_session *session)
{
    char none[1];
    if (session->window_mark != 0 &&
        session->facts.bytes_in - (session->window_mark - 1) < SESSION_WINDOW / 2)
        return;
    session->window_mark = session->facts.bytes_in + 1;
    (void)ssh_channel_read_timeout(session->channel, none, SESSION_WINDOW, 0, 0);
}

// The rest of the turn's time is shared by all sessions of the loop; each gets one go at least.
static bool turn_is_used_up(const struct ssh_session *session)
{
    return ssh_session_now_ms() - (int64_t)uv_now(session->loop) >= SESSION_TURN_MS;
}

// libssh reads so much at a time: when it got less there is no more for now.
enum { READ_AT_ONCE = 4096 };

static void pump_in(struct ssh_session *session)
{
    uint64_t before = 0;
    do {
        before = session->counter.in_bytes;
        int result = ssh_event_dopoll(session->event, 0);
        ssh_session_heard(session);
        if (session->remote_closed || session->ending)
            return;
        if (result == SSH_ERROR)
            (void)ssh_session_lost(session);
        if (ssh_session_is_broken(session))
            return;
    } while (session->counter.in_bytes - before >= READ_AT_ONCE && !session->held && !session->closing &&
             !turn_is_used_up(session));
}

// --- input ---

static bool write_pending(const struct ssh_session *session)
{
    return (ssh_get_status(session->ssh) & SSH_WRITE_PENDING) != 0;
}

static void queue_pass(struct ssh_session *session, size_t count)
{
    bytebuf_drop(&session->queue, count);
    session->facts.bytes_out += count;
}

void ssh_session_send(struct ssh_session *session)
{
    while (session->queue.length > 0 && !write_pending(session) && !session->ending &&
           !session->remote_closed) {
        size_t count = session->queue.length < SESSION_SLICE ? session->queue.length : SESSION_SLICE;
        uint32_t window = ssh_channel_window_size(session->channel);
        if (window == 0)
            break;
        int written = ssh_channel_write(session->channel, session->queue.data,
                                        (uint32_t)(count < window ? count : window));
        ssh_session_heard(session);
        if (ssh_session_is_broken(session))
            return;
        if (written == SSH_ERROR && !session->remote_closed) {
            ssh_session_end(session, STATUS_SSH_FAILED, "%s accepts no more input: %s", session->target.host,
                            ssh_get_error(session->ssh));
            return;
        }
        if (written <= 0)
            break;
        queue_pass(session, (size_t)written);
        if (turn_is_used_up(session)) {
            ssh_session_kick(session);
            break;
        }
    }
}

static void pump_out(struct ssh_session *session)
{
    bool had = session->queue.length > 0 || session->sent;
    ssh_session_send(session);
    if (session->queue.length > 0 || session->ending || session->remote_closed)
        return;
    if (session->eof_wanted && !session->eof_sent) {
        session->eof_sent = true;
        (void)ssh_channel_send_eof(session->channel);
    }
    session->sent = false;
    if (had && session->events.drained != NULL)
        session->events.drained(session->ctx);
}

static void size_send(struct ssh_session *session)
{
    if (!session->pty || session->remote_closed ||
        (session->rows == session->sent_rows && session->cols == session->sent_cols))
        return;
    session->sent_rows = session->rows;
    session->sent_cols = session->cols;
    (void)ssh_channel_change_pty_size(session->channel, session->cols, session->rows);
}

void ssh_session_pump(struct ssh_session *session)
{
    if (!session->remote_closed)
        pump_in(session);
    if (!session->ending && !session->remote_closed) {
        size_send(session);
        pump_out(session);
    }
    if (!session->ending && !session->remote_closed)
        window_grow(session);
    if (session->remote_closed)
        ssh_session_end(session, STATUS_OK, "%s", "");
    // The calls since have read too.
    ssh_session_heard(session);
    (void)ssh_session_is_broken(session);
}

static void ask(struct ssh_session *session)
{
    session->missed++;
    session->asked_at = ssh_session_now_ms();
    // The request waits inside libssh for its answer. The first call ends one that was answered, the second
    // asks anew; with one still unanswered both do nothing, and that one is enough.
    (void)ssh_send_keepalive(session->ssh);
    (void)ssh_send_keepalive(session->ssh);
    ssh_session_heard(session);
    (void)ssh_session_is_broken(session);
}

void ssh_session_doubt(struct ssh_session *session)
{
    int interval = session->keepalive_ms < SESSION_PROBE_MS ? session->keepalive_ms : SESSION_PROBE_MS;
    if (session->held)
        return;
    session->probing = true;
    session->missed = 0;
    ask(session);
    ssh_session_keepalive_every(session, interval);
}

// Something is to go out, and nothing has for long: a server that talks but takes nothing. On a slow line the
// kernel may take no more for long, but what it has gets less.
static bool is_stuck(struct ssh_session *session)
{
    int waiting = 0;
    (void)ioctl(session->watched, SIOCOUTQ, &waiting);
    bool moves = !write_pending(session) || session->counter.out_bytes != session->out_mark ||
                 waiting < session->out_waiting;
    int64_t now = ssh_session_now_ms();
    if (moves)
        session->moved_at = now;
    session->out_mark = session->counter.out_bytes;
    session->out_waiting = waiting;
    return now - session->moved_at >= (int64_t)SESSION_KEEPALIVES * session->keepalive_ms;
}

void ssh_session_keepalive(struct ssh_session *session)
{
    char span[TIME_SPAN_CAP];
    int64_t silent = ssh_session_now_ms() - session->facts.heard_at;
    // What is held back is not listened to either.
    if (session->held || session->facts.heard_at >= session->asked_at)
        session->missed = 0;
    if (session->probing && session->missed == 0) {
        session->probing = false;
        ssh_session_keepalive_every(session, session->keepalive_ms);
    }
    if (session->held) {
        session->moved_at = ssh_session_now_ms();
        return;
    }
    if (is_stuck(session)) {
        ssh_session_end(session, STATUS_TIMED_OUT, "%s has accepted no data for %s", session->target.host,
                        time_format_span((int64_t)SESSION_KEEPALIVES * session->keepalive_ms, span));
        return;
    }
    if (!session->probing && silent < session->keepalive_ms) {
        ssh_session_keepalive_in(session, (int)(session->keepalive_ms - silent));
        return;
    }
    if (session->missed >= SESSION_KEEPALIVES) {
        ssh_session_end(session, STATUS_TIMED_OUT, "%s has not answered for %s", session->target.host,
                        time_format_span(silent, span));
        return;
    }
    ask(session);
}

// --- the socket ---

static void on_ready(uv_poll_t *poll, int status, int events)
{
    struct ssh_session *session = poll->data;
    (void)events;
    if (session == NULL)
        return;
    // libssh finds out by itself what is wrong with a socket; but libuv has stopped watching one in error.
    if (status < 0)
        session->poll_events = 0;
    ssh_session_turn(session);
}

static void poll_closed(uv_handle_t *handle)
{
    free(handle);
}

// libssh closes its socket in the middle of a call when the server breaks the protocol. A descriptor that
// is closed while libuv watches it makes libuv abort the program, so what is watched is a duplicate.
bool ssh_session_watch_start(struct ssh_session *session)
{
    session->watched = fcntl(session->fd, F_DUPFD_CLOEXEC, 0);
    session->poll = calloc(1, sizeof *session->poll);
    if (session->watched < 0 || session->poll == NULL ||
        uv_poll_init_socket(session->loop, session->poll, session->watched) < 0) {
        free(session->poll);
        session->poll = NULL;
        ssh_session_watch_stop(session);
        return false;
    }
    session->poll->data = session;
    return true;
}

void ssh_session_watch_stop(struct ssh_session *session)
{
    if (session->poll != NULL) {
        (void)uv_poll_stop(session->poll);
        session->poll->data = NULL;
        uv_close((uv_handle_t *)session->poll, poll_closed);
        session->poll = NULL;
    }
    if (session->watched >= 0)
        (void)close(session->watched);
    session->watched = -1;
}

void ssh_session_watch(struct ssh_session *session)
{
    int on = 1;
    if (session->poll == NULL)
        return;
    int events = session->held && session->running ? 0 : UV_READABLE;
    if (session->job.running)
        events = 0; // nothing goes on before the host key is known
    else if (write_pending(session))
        events |= UV_WRITABLE;
    // Delayed acknowledgements cost 40 ms before the prompt; the kernel forgets the wish, so it is said
    // again.
    if (!session->running)
        (void)setsockopt(session->watched, IPPROTO_TCP, TCP_QUICKACK, &on, sizeof on);
    if (events == session->poll_events)
        return;
    session->poll_events = events;
    if (events == 0)
        (void)uv_poll_stop(session->poll);
    else
        (void)uv_poll_start(session->poll, events, on_ready);
}
