// SPDX-License-Identifier: Apache-2.0
//
// ssh_stream_input: Send what is queued on a channel, then how the program ended, EOF and the close.

#include "api/ssh/ssh_stream_set_private.h"

#include <libssh/server.h> // a program's end is declared there
#include <string.h>

static bool is_write_pending(const struct ssh_stream *stream)
{
    return (ssh_get_status(stream->set->ssh) & SSH_WRITE_PENDING) != 0;
}

// What libssh is given stays where it is: while it writes it may read, when keys change just then, and what
// comes may be answered into the queue, which then moves.
static int write_bytes(struct ssh_stream *stream, const char *bytes, size_t count, bool is_stderr)
{
    return is_stderr ? ssh_channel_write_stderr(stream->channel, bytes, (uint32_t)count)
                     : ssh_channel_write(stream->channel, bytes, (uint32_t)count);
}

static int write_slice(struct ssh_stream *stream, size_t count, bool is_stderr)
{
    char slice[STREAM_WRITE];
    memcpy(slice, stream->queue[is_stderr].data, count);
    int written = write_bytes(stream, slice, count, is_stderr);
    if (count < sizeof slice) // what a person types or pastes; a flood is no secret
        explicit_bzero(slice, count);
    return written;
}

static void count_sent(struct ssh_stream *stream, int written)
{
    stream->bytes_out += (size_t)written;
    stream->set->bytes_out += (size_t)written;
}

// One packet of what is queued and of the bytes behind it. Gives how many of the bytes went, and whether
// another packet may go.
static size_t send_packet(struct ssh_stream *stream, const char *bytes, bool is_stderr, bool *more)
{
    struct bytebuf *queue = &stream->queue[is_stderr];
    char packet[STREAM_WRITE];
    size_t first = queue->length;
    if (first > 0)
        memcpy(packet, queue->data, first);
    memcpy(packet + first, bytes, sizeof packet - first);
    int written = write_bytes(stream, packet, sizeof packet, is_stderr);
    *more = !ssh_stream_is_over(stream) && written == (int)sizeof packet;
    if (written <= 0)
        return 0;
    count_sent(stream, written);
    bytebuf_drop(queue, (size_t)written);
    return (size_t)written > first ? (size_t)written - first : 0;
}

size_t ssh_stream_send_packets(struct ssh_stream *stream, const char *bytes, size_t length, bool is_stderr)
{
    struct bytebuf *queue = &stream->queue[is_stderr];
    size_t at = 0;
    bool more = queue->length < STREAM_WRITE;
    stream->writing = true; // what it brings is not written before the rest of this
    while (more && queue->length + length - at >= STREAM_WRITE && !stream->remote_closed &&
           !is_write_pending(stream) && ssh_channel_window_size(stream->channel) >= STREAM_WRITE)
        at += send_packet(stream, bytes + at, is_stderr, &more);
    stream->writing = false;
    return at;
}

// False: no more goes now.
static bool send_slice(struct ssh_stream *stream, bool is_stderr)
{
    struct bytebuf *queue = &stream->queue[is_stderr];
    size_t count = queue->length < STREAM_WRITE ? queue->length : STREAM_WRITE;
    uint32_t window = ssh_channel_window_size(stream->channel);
    if (window == 0)
        return false;
    int written = write_slice(stream, count < window ? count : window, is_stderr);
    if (ssh_stream_is_over(stream))
        return false;
    if (written == SSH_ERROR && !stream->remote_closed)
        stream->set->host.breach(stream->set->ctx, "accepts no more input");
    if (written <= 0 || queue->length == 0) // it may have been freed in the meantime
        return false;
    bytebuf_drop(queue, (size_t)written);
    count_sent(stream, written);
    return true;
}

void ssh_stream_send(struct ssh_stream *stream)
{
    int slices = 0;
    for (int kind = 0; kind < 2; kind++)
        while (stream->queue[kind].length > 0 && !stream->remote_closed && !is_write_pending(stream)) {
            if (slices++ >= STREAM_SLICES) {
                ssh_stream_kick(stream); // after the others
                return;
            }
            if (!send_slice(stream, kind == 1))
                break;
            if (ssh_stream_turn_is_used_up(stream->set)) {
                ssh_stream_kick(stream);
                return;
            }
        }
}

static bool exit_send(struct ssh_stream *stream)
{
    struct stream_exit exit = stream->exit_wanted;
    stream->exit_wanted = (struct stream_exit){.exited = false};
    if (exit.exited)
        (void)ssh_channel_request_send_exit_status(stream->channel, (int)exit.status);
    if (exit.signalled)
        (void)ssh_channel_request_send_exit_signal(stream->channel, exit.name, exit.core, exit.message,
                                                   exit.language);
    return !ssh_stream_is_over(stream);
}

void ssh_stream_input_turn(struct ssh_stream *stream)
{
    // While a program's end waits there is no room either.
    bool had = ssh_stream_queued(stream) > 0 || stream->sent || stream->exit_wanted.exited ||
               stream->exit_wanted.signalled;
    if (ssh_stream_queued(stream) > 0)
        ssh_stream_send(stream);
    if (stream->set->over || stream->remote_closed || ssh_stream_queued(stream) > 0)
        return;
    if ((stream->exit_wanted.exited || stream->exit_wanted.signalled) && !exit_send(stream))
        return;
    if (stream->eof_wanted && !stream->eof_sent) {
        stream->eof_sent = true;
        (void)ssh_channel_send_eof(stream->channel);
        if (ssh_stream_is_over(stream))
            return;
    }
    stream->sent = false;
    if (had && !ssh_stream_is_silent(stream) && stream->events.drained != NULL)
        stream->events.drained(stream->ctx);
}

// When our close is due: after the queue, or at once when nobody reads it any more. libssh's call is made
// again until it has sent EOF and the close: with a full socket it says AGAIN after the first of the two.
void ssh_stream_close_turn(struct ssh_stream *stream)
{
    bool at_once = stream->freed || (stream->remote_closed && (!stream->late_close || stream->close_wanted));
    if (stream->close_sent || (!at_once && !stream->close_wanted))
        return;
    if (!at_once && (ssh_stream_queued(stream) > 0 || stream->requests != NULL))
        return;
    if (stream->remote_closed && !stream->freed && ssh_stream_has_output(stream))
        return;
    if (!stream->freed && (stream->exit_wanted.exited || stream->exit_wanted.signalled) && !exit_send(stream))
        return;
    stream->close_sent = ssh_channel_close(stream->channel) != SSH_AGAIN;
    if (!ssh_stream_is_over(stream) && !stream->close_sent && !is_write_pending(stream))
        ssh_stream_kick(stream);
}
