// SPDX-License-Identifier: Apache-2.0
//
// ssh_stream_set: Take the streams of a libssh session on, each as far as it goes, and take out those that
// are over.

#include "api/ssh/ssh_stream_set_private.h"

#include <stdlib.h>

void ssh_stream_set_init(struct ssh_stream_set *set, uv_loop_t *loop, ssh_session ssh,
                         const struct ssh_stream_host *host, void *ctx)
{
    *set = (struct ssh_stream_set){.ssh = ssh, .loop = loop, .host = *host, .ctx = ctx, .ready = ssh != NULL};
}

// --- one stream ---

static void channel_drop(struct ssh_stream *stream)
{
    if (stream->channel == NULL)
        return;
    (void)ssh_remove_channel_callbacks(stream->channel, &stream->callbacks);
    ssh_channel_free(stream->channel);
    stream->channel = NULL;
    stream->state = STREAM_DONE;
}

static void peer_closed(struct ssh_stream *stream)
{
    if (!stream->late_close || stream->close_sent) {
        ssh_stream_tell_closed(stream, NULL, false);
        return;
    }
    if (stream->peer_close_told || ssh_stream_is_silent(stream))
        return;
    stream->peer_close_told = true;
    if (stream->events.peer_closed != NULL)
        stream->events.peer_closed(stream->ctx);
}

// The peer has closed and takes nothing any more: who waits for room is told, and drops it.
static void tell_no_room(struct ssh_stream *stream)
{
    if (stream->no_room_told)
        return;
    stream->no_room_told = true;
    bytebuf_clear(&stream->queue[0]);
    bytebuf_clear(&stream->queue[1]);
    if (!ssh_stream_is_silent(stream) && stream->events.drained != NULL)
        stream->events.drained(stream->ctx);
}

static void step(struct ssh_stream *stream)
{
    if (stream->state == STREAM_WAITING && !stream->set->ready && !stream->freed && !stream->close_wanted)
        return;
    if (stream->state == STREAM_WAITING || stream->state == STREAM_OPENING)
        ssh_stream_open_turn(stream);
    if (stream->state != STREAM_OPEN || stream->set->over)
        return;
    ssh_stream_output_turn(stream);
    if (!stream->set->over)
        ssh_stream_requests_turn(stream);
    if (!stream->set->over && !stream->remote_closed && !stream->freed && stream->requests == NULL)
        ssh_stream_input_turn(stream);
    if (!stream->set->over)
        ssh_stream_tell_end(stream);
    if (!stream->set->over && stream->remote_closed && ssh_stream_has_output(stream) && stream->late_close)
        tell_no_room(stream);
    if (!stream->set->over && stream->remote_closed && !ssh_stream_has_output(stream))
        peer_closed(stream);
    if (!stream->set->over)
        ssh_stream_close_turn(stream);
    if (!stream->set->over && stream->remote_closed && stream->close_sent) {
        ssh_stream_tell_closed(stream, NULL, false);
        channel_drop(stream);
    }
}

// --- all of them ---

void ssh_stream_set_begin(struct ssh_stream_set *set)
{
    set->depth++;
}

static void sweep(struct ssh_stream_set *set)
{
    for (struct ssh_stream **at = &set->first; *at != NULL;) {
        struct ssh_stream *stream = *at;
        if (stream->freed && stream->state == STREAM_DONE) {
            *at = stream->next;
            ssh_stream_free_memory(stream);
        } else {
            at = &stream->next;
        }
    }
}

bool ssh_stream_set_end(struct ssh_stream_set *set)
{
    if (set->depth == 1)
        sweep(set);
    return --set->depth == 0;
}

// The first one becomes the last: with several that have much to send each gets the socket in its turn.
static void rotate(struct ssh_stream_set *set)
{
    struct ssh_stream *first = set->first;
    struct ssh_stream **end = &set->first;
    if (first == NULL || first->next == NULL || !set->ready)
        return;
    set->first = first->next;
    first->next = NULL;
    while (*end != NULL)
        end = &(*end)->next;
    *end = first;
}

void ssh_stream_set_turn(struct ssh_stream_set *set)
{
    uint64_t before = set->messages != NULL ? set->messages->in_packets : 0;
    ssh_stream_set_begin(set);
    for (struct ssh_stream *stream = set->first; stream != NULL && !set->over; stream = stream->next)
        step(stream);
    if (set->messages != NULL && set->messages->in_packets != before)
        set->host.kick(set->ctx);
    rotate(set);
    (void)ssh_stream_set_end(set);
}

bool ssh_stream_set_waits(const struct ssh_stream_set *set)
{
    for (const struct ssh_stream *stream = set->first; stream != NULL; stream = stream->next)
        if (stream->state == STREAM_OPENING || stream->requests != NULL)
            return true;
    return false;
}

size_t ssh_stream_set_count(const struct ssh_stream_set *set)
{
    size_t count = 0;
    for (const struct ssh_stream *stream = set->first; stream != NULL; stream = stream->next)
        count += !stream->freed && !stream->closed;
    return count;
}

// The session has ended. What had come by then is the owner's, also what he held back: it can't wait for him
// any more. One that the peer had closed in order has ended in order.
static void settle(struct ssh_stream *stream)
{
    size_t before = 0;
    stream->set->over = false;
    stream->close_sent = true; // libssh is not asked any more
    ssh_stream_requests_settle(stream);
    do {
        before = ssh_stream_waiting(stream);
        stream->held = false;
        ssh_stream_output_turn(stream);
    } while (ssh_stream_has_output(stream) && ssh_stream_waiting(stream) < before);
    ssh_stream_tell_end(stream);
    if (stream->remote_closed && !ssh_stream_has_output(stream))
        ssh_stream_tell_closed(stream, NULL, false);
    stream->set->over = true;
}

static void over(struct ssh_stream *stream, const struct failure *why)
{
    if ((stream->remote_closed || ssh_stream_has_run(stream)) && !stream->freed && !stream->closed &&
        why != NULL)
        settle(stream);
    bool told = stream->closed;
    channel_drop(stream);
    stream->set = NULL;
    stream->closed = true;
    if (stream->freed) {
        ssh_stream_free_memory(stream);
        return;
    }
    stream->telling = true;
    ssh_stream_requests_drop(stream, !told && why != NULL);
    stream->telling = false;
    if (stream->freed) // by the answer to a request
        ssh_stream_free_memory(stream);
    else if (why != NULL && !told && stream->events.closed != NULL)
        stream->events.closed(stream->ctx, why, false);
}

void ssh_stream_set_over(struct ssh_stream_set *set, const struct failure *why)
{
    set->over = true;
    while (set->first != NULL) {
        struct ssh_stream *stream = set->first;
        set->first = stream->next;
        stream->next = NULL;
        over(stream, set->mute ? NULL : why);
    }
}
