// SPDX-License-Identifier: Apache-2.0
//
// channels: Pump bytes between the channels of a connection and their files. What the client can't take yet
// is not read from the other side, and what the other side can't take yet is left in the channel, whose
// window then does not grow. The connection's socket itself is always read: after the input may come the
// message that the client takes output again.

#include "tests/emulator/channels_private.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum {
    INPUT_CAP = 4 * 1024 * 1024, // more than libssh's window, to take all that is there at once
    INPUT_MAX = 8 * 1024 * 1024, // beyond what was granted: the client breaks the rules
    PIECES_A_TURN = 16,
    PASSES_MAX = 4
};

int64_t channels_now_ms(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

// --- the table ---

static int on_data(ssh_session session, ssh_channel ssh, void *data, uint32_t length, int is_stderr,
                   void *ctx)
{
    struct channel *channel = ctx;
    (void)session;
    (void)ssh;
    (void)data;
    (void)length;
    (void)is_stderr;
    channel->all->news = true;
    return 0; // it stays in the channel
}

static void on_eof(ssh_session session, ssh_channel ssh, void *ctx)
{
    struct channel *channel = ctx;
    (void)session;
    (void)ssh;
    channel->all->news = true;
}

static void on_close(ssh_session session, ssh_channel ssh, void *ctx)
{
    struct channel *channel = ctx;
    (void)session;
    (void)ssh;
    channel->closed = true;
    channel->all->news = true;
}

struct channel *channel_add(struct channels *all)
{
    if (all->count == CHANNELS_MAX)
        return NULL;
    struct channel *channel = calloc(1, sizeof *channel);
    if (channel == NULL)
        return NULL;
    channel->all = all;
    channel->in = channel->out = channel->err = channel->shell.report = -1;
    channel->ssh = ssh_channel_new(all->session);
    if (channel->ssh == NULL) {
        free(channel);
        return NULL;
    }
    all->list[all->count++] = channel;
    return channel;
}

void channel_watch(struct channel *channel)
{
    channel->callbacks.userdata = channel;
    channel->callbacks.channel_data_function = on_data;
    channel->callbacks.channel_eof_function = on_eof;
    channel->callbacks.channel_close_function = on_close;
    ssh_callbacks_init(&channel->callbacks);
    (void)ssh_set_channel_callbacks(channel->ssh, &channel->callbacks);
}

void channel_join(struct channel *channel, int in, int out, int err)
{
    channel->in = in;
    channel->out = out;
    channel->err = err;
    channel->err_over = err < 0;
}

// What the client may still have to say about it is libssh's matter from here on.
static void let_go(struct channel *channel)
{
    if (channel->ssh == NULL)
        return;
    (void)ssh_remove_channel_callbacks(channel->ssh, &channel->callbacks);
    ssh_channel_free(channel->ssh);
    channel->ssh = NULL;
}

static void release(struct channel *channel)
{
    let_go(channel);
    if (channel->in >= 0 && channel->in != channel->out)
        (void)close(channel->in);
    if (channel->out >= 0)
        (void)close(channel->out);
    if (channel->err >= 0)
        (void)close(channel->err);
    channel_session_free(channel);
    free(channel->input);
    free(channel);
}

// --- to the client ---

static bool is_pending(const struct channels *all)
{
    // What the socket does not take is kept by libssh: let it go before more is read.
    return (ssh_get_poll_flags(all->session) & SSH_WRITE_PENDING) != 0;
}

static bool may_send(const struct channel *channel)
{
    return channel->ssh != NULL && !channel->opening && !channel->closed && !channel->stuck &&
           !channel->all->broken && ssh_channel_window_size(channel->ssh) > 0 && !is_pending(channel->all);
}

// True: nothing is left of what was read.
static bool send_piece(struct channel *channel)
{
    while (channel->piece_at < channel->piece_length && may_send(channel)) {
        uint32_t left = (uint32_t)(channel->piece_length - channel->piece_at);
        uint32_t window = ssh_channel_window_size(channel->ssh);
        const char *bytes = channel->piece + channel->piece_at;
        uint32_t count = left < window ? left : window;
        int sent = channel->piece_is_stderr ? ssh_channel_write_stderr(channel->ssh, bytes, count)
                                            : ssh_channel_write(channel->ssh, bytes, count);
        if (sent < 0 && !channel->closed)
            channel->all->broken = true;
        if (sent > 0)
            channel->piece_at += (size_t)sent;
        else
            channel->stuck = true;
    }
    return channel->piece_at == channel->piece_length;
}

// As much as the client's window takes. False: that side is at its end.
static bool pump_out(struct channel *channel, int fd, bool is_stderr)
{
    for (int i = 0; i < PIECES_A_TURN; i++) {
        if (!send_piece(channel) || !may_send(channel))
            return true;
        uint32_t window = ssh_channel_window_size(channel->ssh);
        ssize_t count = read(fd, channel->piece, window < PIECE ? window : PIECE);
        if (count < 0 && (errno == EAGAIN || errno == EINTR)) {
            channel->out_drained = channel->out_drained || !is_stderr;
            return true;
        }
        if (count <= 0)
            return false;
        channel->piece_length = (size_t)count;
        channel->piece_at = 0;
        channel->piece_is_stderr = is_stderr;
    }
    (void)send_piece(channel);
    return true;
}

static void pump_output(struct channel *channel)
{
    channel->out_drained = false;
    if (channel->out >= 0 && !channel->out_over)
        channel->out_over = !pump_out(channel, channel->out, false);
    if (channel->err >= 0 && !channel->err_over)
        channel->err_over = !pump_out(channel, channel->err, true);
    if (channel->out_over && channel->err_over && !channel->eof_sent && send_piece(channel) &&
        channel->ssh != NULL && !channel->closed) {
        channel->eof_sent = true;
        (void)ssh_channel_send_eof(channel->ssh);
    }
}

// --- from the client ---

// True: there is input at hand. libssh grants a new window at each read, however much is kept: so all of it
// is taken in one, and nothing more until that has gone to the other side.
static bool refill(struct channel *channel)
{
    if (channel->input_at < channel->input_length)
        return true;
    if (channel->ssh == NULL)
        return false;
    if (channel->input == NULL)
        channel->input = malloc(INPUT_CAP);
    if (channel->input == NULL) {
        channel->all->broken = true;
        return false;
    }
    channel->input_at = channel->input_length = 0;
    int count = ssh_channel_read_nonblocking(channel->ssh, channel->input, INPUT_CAP, 0);
    if (count > 0)
        channel->input_length = (size_t)count;
    else if (ssh_channel_is_eof(channel->ssh))
        channel->in_over = true;
    return count > 0;
}

static void close_input(struct channel *channel)
{
    if (channel->in >= 0 && channel->in != channel->out)
        (void)close(channel->in);
    else if (channel->in >= 0 && !channel->pty)
        (void)shutdown(channel->in, SHUT_WR);
    channel->in = -1;
}

static void pump_input(struct channel *channel)
{
    // Not before there is somebody whom it is for: in a session that is later than the channel.
    if (channel->opening || channel->ssh == NULL || (channel->is_session && !channel->started))
        return;
    if (ssh_channel_poll(channel->ssh, 0) > INPUT_MAX)
        channel->all->broken = true;
    while (!channel->all->broken && refill(channel)) {
        size_t left = channel->input_length - channel->input_at;
        // What nobody reads any more is taken and dropped, or the client would wait for ever.
        ssize_t count =
            channel->in < 0 ? (ssize_t)left : write(channel->in, channel->input + channel->input_at, left);
        if (count < 0 && (errno == EAGAIN || errno == EINTR))
            break;
        if (count <= 0)
            close_input(channel);
        else
            channel->input_at += (size_t)count;
    }
    // A terminal has no end of input of its own: it stays open, as with sshd.
    if (channel->in_over && channel->input_at == channel->input_length && !channel->pty)
        close_input(channel);
}

// --- ends ---

// Returns false when the channel is over and may be released.
static bool go_on(struct channel *channel)
{
    if (channel->is_session) {
        // A client may close it when it has got the end of file and sent its own: the status is still owed.
        if (channel->closed && !channel->eof_sent)
            channel_session_abandon(channel);
        if (channel->ssh != NULL && channel_session_is_over(channel)) {
            channel_session_say_end(channel);
            return false;
        }
        if (channel->closed && !channel->started)
            return false;
        return !channel->exited || !channel->closed;
    }
    if (channel->opening)
        channel_tcp_open(channel);
    if (channel->ssh == NULL)
        return false;
    bool sent = channel->closed || (channel->out_over && channel->eof_sent);
    return channel->opening || !sent || channel->in >= 0;
}

static void sweep(struct channels *all)
{
    size_t kept = 0;
    for (size_t i = 0; i < all->count; i++) {
        if (go_on(all->list[i]))
            all->list[kept++] = all->list[i];
        else
            release(all->list[i]);
    }
    all->count = kept;
}

// --- the connection's side ---

// libssh also reads the socket while it writes, so that a pass may bring news for a channel before it.
bool channels_pump(struct channels *all)
{
    for (int pass = 0; pass < PASSES_MAX; pass++) {
        all->news = false;
        channel_tcp_accept(all);
        for (size_t i = 0; i < all->count; i++) {
            struct channel *channel = all->list[i];
            if (channel->is_session)
                channel_session_reap(channel);
            pump_output(channel);
            pump_input(channel);
        }
        sweep(all);
        if (!all->news || all->broken)
            break;
    }
    return !all->broken && ssh_is_connected(all->session);
}

static nfds_t add_polls(const struct channel *channel, struct pollfd *polls)
{
    bool room = may_send(channel) && channel->piece_at == channel->piece_length;
    nfds_t count = 0;
    if (channel->out >= 0 && !channel->out_over && room)
        polls[count++] = (struct pollfd){.fd = channel->out, .events = POLLIN};
    if (channel->err >= 0 && !channel->err_over && room)
        polls[count++] = (struct pollfd){.fd = channel->err, .events = POLLIN};
    if (channel->in >= 0 && channel->input_at < channel->input_length)
        polls[count++] = (struct pollfd){.fd = channel->in, .events = POLLOUT};
    return count;
}

nfds_t channels_polls(struct channels *all, struct pollfd polls[CHANNELS_POLLS_MAX], int *timeout_ms)
{
    nfds_t count = 0;
    for (size_t i = 0; i < LISTENERS_MAX; i++)
        if (all->listeners[i].fd >= 0 && all->count < CHANNELS_MAX)
            polls[count++] = (struct pollfd){.fd = all->listeners[i].fd, .events = POLLIN};
    for (size_t i = 0; i < all->count; i++) {
        const struct channel *channel = all->list[i];
        count += add_polls(channel, polls + count);
        // The window may have grown since.
        if (channel->piece_at < channel->piece_length && may_send(channel))
            *timeout_ms = 0;
        if (channel->kill_at == 0)
            continue;
        int64_t left = channel->kill_at - channels_now_ms();
        if (*timeout_ms < 0 || left < *timeout_ms)
            *timeout_ms = left > 0 ? (int)left : 0;
    }
    if (all->news)
        *timeout_ms = 0;
    return count;
}

void channels_stir(struct channels *all)
{
    for (size_t i = 0; i < all->count; i++)
        all->list[i]->stuck = false;
}

ssh_channel channels_open_session(struct channels *all)
{
    int sessions = 0;
    for (size_t i = 0; i < all->count; i++)
        sessions += all->list[i]->is_session && all->list[i]->ssh != NULL;
    return sessions < all->max_sessions ? channel_session_open(all) : NULL;
}

int channels_message(ssh_session session, ssh_message message, void *ctx)
{
    struct channels *all = ctx;
    int type = ssh_message_type(message), subtype = ssh_message_subtype(message);
    bool done = false;
    (void)session;
    all->news = true;
    if (type == SSH_REQUEST_CHANNEL_OPEN && subtype == SSH_CHANNEL_DIRECT_TCPIP)
        done = channel_tcp_connect(all, message);
    else if (type == SSH_REQUEST_GLOBAL && subtype == SSH_GLOBAL_REQUEST_TCPIP_FORWARD)
        done = channel_tcp_listen(all, message);
    else if (type == SSH_REQUEST_GLOBAL && subtype == SSH_GLOBAL_REQUEST_CANCEL_TCPIP_FORWARD)
        done = channel_tcp_cancel(all, message);
    return done ? 0 : 1;
}

struct channels *channels_new(ssh_session session, const struct shell_place *place, int max_sessions)
{
    struct channels *all = calloc(1, sizeof *all);
    if (all == NULL)
        return NULL;
    all->session = session;
    all->place = *place;
    all->max_sessions = max_sessions;
    channel_tcp_begin(all);
    return all;
}

void channels_hang_up(struct channels *all)
{
    for (size_t i = 0; all != NULL && i < all->count; i++) {
        if (all->list[i]->is_session)
            channel_session_abandon(all->list[i]);
        // Not closed one by one: the client is to see that the whole connection ended.
        if (all->list[i]->ssh != NULL)
            (void)ssh_remove_channel_callbacks(all->list[i]->ssh, &all->list[i]->callbacks);
        all->list[i]->ssh = NULL;
    }
}

void channels_wait(struct channels *all)
{
    enum { TURNS = 40, TURN_NS = 25000000 };
    bool any = all != NULL;
    for (int i = 0; i < TURNS && any; i++) {
        struct timespec moment = {0, TURN_NS};
        any = false;
        for (size_t j = 0; j < all->count; j++) {
            channel_session_reap(all->list[j]);
            any = any || (all->list[j]->started && !all->list[j]->exited);
        }
        if (any)
            (void)nanosleep(&moment, NULL);
    }
}

void channels_free(struct channels *all)
{
    if (all == NULL)
        return;
    for (size_t i = 0; i < all->count; i++)
        release(all->list[i]);
    channel_tcp_end(all);
    free(all);
}
