// SPDX-License-Identifier: Apache-2.0
//
// ssh_session_pump: Move the bytes of an open session: output to its owner, input to the server.
//
// libssh is only called when poll() says that the socket is ready: an EAGAIN inside it counts as a lost
// connection. What comes is passed on from its callback and consumed whole, since leftovers would only come
// again with the next packet.

#include "api/ssh/ssh_session_private.h"

#include <string.h>

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

static void queue_pass(struct ssh_session *session, size_t count)
{
    bytebuf_drop(&session->queue, count);
    session->facts.bytes_out += count;
}

// What libssh is given stays where it is: while it writes it may read, when keys change just then, and what
// comes may be answered into the queue, which then moves.
static int write_slice(struct ssh_session *session, size_t count)
{
    char slice[SESSION_SLICE];
    memcpy(slice, session->queue.data, count);
    int written = ssh_channel_write(session->channel, slice, (uint32_t)count);
    explicit_bzero(slice, count);
    return written;
}

void ssh_session_send(struct ssh_session *session)
{
    while (session->queue.length > 0 && !ssh_session_write_pending(session) && !session->ending &&
           !session->remote_closed) {
        size_t count = session->queue.length < SESSION_SLICE ? session->queue.length : SESSION_SLICE;
        uint32_t window = ssh_channel_window_size(session->channel);
        if (window == 0)
            break;
        int written = write_slice(session, count < window ? count : window);
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
