// SPDX-License-Identifier: Apache-2.0
//
// ssh_stream_output: Deliver what the peer sends on a channel, hold what the owner does not take, and open
// the window again.
//
// What isn't taken stays in libssh's buffer, as that keeps the window shut. But libssh grants a whole window
// (1.25 MiB) as soon as bytes are read from that buffer or left in it when few are, also when the most of
// them stay: a slow reader would let it grow without end. So held output is delivered out of libssh's buffer,
// which does not move until the next packet brings another pointer to it, and read only when little of it is
// left.

#include "api/ssh/ssh_stream_set_private.h"

#include <stdio.h>
#include <string.h>

enum {
    DATA_HEAD = 9,   // of a message with output: its type, the channel, the length
    STDERR_HEAD = 13 // with the kind of output besides
};

bool ssh_stream_has_output(const struct ssh_stream *stream)
{
    return ssh_stream_waiting(stream) > 0;
}

size_t ssh_stream_waiting(const struct ssh_stream *stream)
{
    size_t count = 0;
    for (int kind = 0; kind < 2; kind++) {
        const struct stream_waiting *waiting = &stream->waiting[kind];
        count += waiting->rest.length + waiting->length - waiting->delivered;
    }
    return count;
}

void ssh_stream_output_drop(struct ssh_stream *stream)
{
    for (int kind = 0; kind < 2; kind++) {
        struct stream_waiting *waiting = &stream->waiting[kind];
        bytebuf_free(&waiting->rest);
        waiting->delivered = waiting->length;
    }
}

// Passes on as many slices as are taken. Gives how many bytes. None before the owner knows that the channel
// is open: a peer may send, and close, in the same breath in which it accepts.
static size_t deliver(struct ssh_stream *stream, const char *bytes, size_t length, bool is_stderr)
{
    size_t most = stream->wide ? STREAM_SLICE : STREAM_SLICE_LARGE;
    size_t at = 0;
    while (at < length && stream->state == STREAM_OPEN && !stream->held && !ssh_stream_is_silent(stream)) {
        size_t count = length - at < most ? length - at : most;
        size_t taken = stream->events.output(stream->ctx, bytes + at, count, is_stderr);
        if (taken < count)
            stream->held = true;
        at += taken < count ? taken : count;
    }
    return at;
}

// --- what libssh calls ---

// Counts output that was wanted. What a peer sends after it has been told to stop is so no more once it is
// more than could be under way.
static void count(struct ssh_stream *stream, size_t fresh, bool is_stderr)
{
    if (fresh == 0)
        return;
    stream->bytes_in += fresh;
    stream->set->bytes_in += fresh;
    if (stream->close_sent || stream->freed)
        stream->dropped += fresh;
    if (stream->remote_closed || stream->dropped > STREAM_WINDOW + STREAM_WINDOW_LIBSSH)
        return;
    stream->set->output_cost += fresh + (is_stderr ? STDERR_HEAD : DATA_HEAD) + STREAM_MESSAGE;
}

// libssh could keep nothing now: what is not taken is kept here.
static int keep_rest(struct ssh_stream *stream, const char *bytes, size_t length, size_t at, bool is_stderr)
{
    struct stream_waiting *waiting = &stream->waiting[is_stderr];
    at += deliver(stream, bytes + at, length - at, is_stderr);
    waiting->length = waiting->delivered = 0;
    if (at < length && !ssh_stream_is_silent(stream) &&
        bytebuf_add(&waiting->rest, bytes + at, length - at) != STATUS_OK)
        stream->set->host.breach(stream->set->ctx, "sent more output than it may");
    return (int)length;
}

static int on_data(ssh_session ssh, ssh_channel channel, void *data, uint32_t length, int kind, void *ctx)
{
    struct ssh_stream *stream = ctx;
    const char *bytes = data;
    bool is_stderr = kind != 0;
    struct stream_waiting *waiting = &stream->waiting[is_stderr];
    size_t at = waiting->delivered;
    (void)ssh;
    (void)channel;
    count(stream, length > waiting->length ? length - waiting->length : 0, is_stderr);
    waiting->bytes = bytes;
    if (stream->remote_closed && waiting->length > 0) // what comes after the close counts for nothing
        return 0;
    if (stream->remote_closed || stream->set->over || stream->close_sent || stream->close_wanted ||
        stream->freed) {
        waiting->length = waiting->delivered = 0;
        return (int)length;
    }
    if (stream->growing)
        return keep_rest(stream, bytes, length, at, is_stderr);
    if (waiting->rest.length == 0)
        at += deliver(stream, bytes + at, length - at, is_stderr);
    if (length - at > (stream->wide ? STREAM_WINDOW + STREAM_HOLD_CAP : STREAM_HOLD_CAP))
        stream->set->host.breach(stream->set->ctx, "sent more output than it may");
    if (length - at > STREAM_PASS_BELOW) {
        waiting->length = length;
        waiting->delivered = at;
        return 0;
    }
    waiting->bytes = bytes + at;
    waiting->length = length - at;
    waiting->delivered = 0;
    return (int)at;
}

static void on_eof(ssh_session ssh, ssh_channel channel, void *ctx)
{
    struct ssh_stream *stream = ctx;
    (void)ssh;
    (void)channel;
    stream->remote_eof = true;
}

static void on_close(ssh_session ssh, ssh_channel channel, void *ctx)
{
    struct ssh_stream *stream = ctx;
    (void)ssh;
    (void)channel;
    stream->remote_closed = true;
}

static void on_exit_status(ssh_session ssh, ssh_channel channel, int exit_status, void *ctx)
{
    struct ssh_stream *stream = ctx;
    (void)ssh;
    (void)channel;
    if (stream->remote_closed)
        return;
    stream->exit_told.exited = true;
    stream->exit_told.status = (uint32_t)exit_status;
}

static void on_exit_signal(ssh_session ssh, ssh_channel channel, const char *name, int core,
                           const char *message, const char *language, void *ctx)
{
    struct ssh_stream *stream = ctx;
    struct stream_exit *told = &stream->exit_told;
    (void)ssh;
    (void)channel;
    if (stream->remote_closed)
        return;
    told->signalled = true;
    told->core = core != 0;
    (void)snprintf(told->name, sizeof told->name, "%s", name != NULL ? name : "");
    (void)snprintf(told->message, sizeof told->message, "%s", message != NULL ? message : "");
    (void)snprintf(told->language, sizeof told->language, "%s", language != NULL ? language : "");
}

void ssh_stream_callbacks(struct ssh_stream *stream)
{
    stream->callbacks = (struct ssh_channel_callbacks_struct){
        .userdata = stream,
        .channel_data_function = on_data,
        .channel_eof_function = on_eof,
        .channel_close_function = on_close,
        .channel_exit_status_function = on_exit_status,
        .channel_exit_signal_function = on_exit_signal,
    };
    ssh_callbacks_init(&stream->callbacks);
    (void)ssh_add_channel_callbacks(stream->channel, &stream->callbacks);
}

// --- held output ---

// Hands out of libssh what was delivered, so that it may open the window. Nothing is read from the socket:
// there are bytes in the buffer.
static void pass(struct ssh_stream *stream, bool is_stderr)
{
    struct stream_waiting *waiting = &stream->waiting[is_stderr];
    char bytes[STREAM_SLICE];
    if (waiting->length - waiting->delivered > STREAM_PASS_BELOW)
        return;
    while (waiting->delivered > 0) {
        size_t most = waiting->delivered < sizeof bytes ? waiting->delivered : sizeof bytes;
        int got = ssh_channel_read_nonblocking(stream->channel, bytes, (uint32_t)most, is_stderr);
        if (got <= 0 || (size_t)got > waiting->delivered) {
            waiting->length = waiting->delivered = 0;
            break;
        }
        waiting->bytes += got;
        waiting->length -= (size_t)got;
        waiting->delivered -= (size_t)got;
    }
    explicit_bzero(bytes, sizeof bytes);
    (void)ssh_stream_is_over(stream);
}

static void deliver_waiting(struct ssh_stream *stream, bool is_stderr)
{
    struct stream_waiting *waiting = &stream->waiting[is_stderr];
    while (waiting->rest.length > 0 && !stream->held && !ssh_stream_is_silent(stream)) {
        char slice[STREAM_SLICE]; // the owner's event may bring more of it, which moves it
        size_t length = waiting->rest.length < sizeof slice ? waiting->rest.length : sizeof slice;
        memcpy(slice, waiting->rest.data, length);
        bytebuf_drop(&waiting->rest, deliver(stream, slice, length, is_stderr));
        explicit_bzero(slice, length);
    }
    while (waiting->rest.length == 0 && waiting->delivered < waiting->length && !stream->held &&
           !ssh_stream_is_silent(stream)) {
        size_t length = waiting->length - waiting->delivered;
        if (length > STREAM_SLICE)
            length = STREAM_SLICE;
        size_t taken = deliver(stream, waiting->bytes + waiting->delivered, length, is_stderr);
        waiting->delivered += taken;
        if (ssh_stream_turn_is_used_up(stream->set)) {
            ssh_stream_kick(stream);
            break;
        }
    }
    if (waiting->delivered > 0 && !stream->close_sent)
        pass(stream, is_stderr);
}

static bool others_speak(const struct ssh_stream *stream)
{
    for (const struct ssh_stream *other = stream->set->first; other != NULL; other = other->next)
        if (other != stream && !other->closed && other->bytes_in > 0)
            return true;
    return false;
}

// Lets the peer send 8 MiB unasked, again after every half: at 50 ms round trip libssh's own window holds a
// flood at 12 MB/s. Asking for that many bytes is the way to say so. None are copied: on_data leaves none.
// Not where others share the connection: their answers would stand behind all of it.
static void window_grow(struct ssh_stream *stream)
{
    char none[1];
    if (!stream->wide || stream->held || stream->requests != NULL || stream->remote_eof ||
        stream->close_sent || stream->close_wanted || stream->waiting[0].length > 0 ||
        stream->waiting[1].length > 0 || ssh_stream_has_output(stream))
        return;
    if (others_speak(stream))
        return;
    if (stream->window_mark != 0 && stream->bytes_in - (stream->window_mark - 1) < STREAM_WINDOW / 2)
        return;
    stream->window_mark = stream->bytes_in + 1;
    stream->growing = true;
    (void)ssh_channel_read_timeout(stream->channel, none, STREAM_WINDOW, 0, 0);
    stream->growing = false;
    (void)ssh_stream_is_over(stream);
}

void ssh_stream_output_turn(struct ssh_stream *stream)
{
    for (int kind = 0; kind < 2 && !stream->set->over; kind++)
        if (stream->waiting[kind].rest.length > 0 || stream->waiting[kind].length > 0)
            deliver_waiting(stream, kind == 1);
    if (!stream->set->over && !stream->remote_closed)
        window_grow(stream);
}

void ssh_stream_tell_end(struct ssh_stream *stream)
{
    struct stream_exit told = stream->exit_told;
    if (ssh_stream_has_output(stream))
        return;
    stream->exit_told = (struct stream_exit){.exited = false};
    if (told.exited && !ssh_stream_is_silent(stream) && stream->events.exit_status != NULL)
        stream->events.exit_status(stream->ctx, told.status);
    if (told.signalled && !ssh_stream_is_silent(stream) && stream->events.exit_signal != NULL)
        stream->events.exit_signal(stream->ctx, told.name, told.core, told.message, told.language);
    if (!stream->remote_eof || stream->eof_told || ssh_stream_is_silent(stream))
        return;
    stream->eof_told = true;
    if (stream->events.eof != NULL)
        stream->events.eof(stream->ctx);
}
