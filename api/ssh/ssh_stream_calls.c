// SPDX-License-Identifier: Apache-2.0
//
// ssh_stream_calls: Take the calls of a stream's owner.
//
// No event comes while the owner is in here; what follows from a call comes on a turn of the loop.

#include "api/ssh/ssh_stream_set_private.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// --- adopting ---

enum status ssh_stream_adopt(struct ssh_stream_set *set, ssh_channel channel,
                             const struct ssh_stream_options *options, const struct ssh_stream_events *events,
                             void *ctx, struct ssh_stream **out, struct failure *why)
{
    *out = ssh_stream_new(set, STREAM_ADOPTED, options, events, ctx);
    if (*out == NULL)
        return fail(why, STATUS_NO_MEMORY, "%s", "");
    (*out)->channel = channel;
    set->asked += STREAM_OF_CHANNEL;
    (*out)->state = STREAM_OPEN;
    ssh_stream_callbacks(*out);
    ssh_stream_kick(*out);
    return STATUS_OK;
}

// --- bytes ---

static bool takes_input(const struct ssh_stream *stream)
{
    return !ssh_stream_is_silent(stream) && !stream->eof_wanted && !stream->close_wanted &&
           !stream->remote_closed && !stream->exit_wanted.exited && !stream->exit_wanted.signalled;
}

size_t ssh_stream_room(const struct ssh_stream *stream)
{
    size_t queued = ssh_stream_queued(stream);
    return takes_input(stream) && !stream->writing && queued < stream->queue[0].cap
               ? stream->queue[0].cap - queued
               : 0;
}

bool ssh_stream_takes_no_more(const struct ssh_stream *stream)
{
    return ssh_stream_is_silent(stream) || stream->remote_closed;
}

// At once: in a flood the turn that comes next has much to read first. Of much that is written at a time only
// whole packets: more of it follows, or that turn. Gives how many of the bytes went; the rest is queued.
static size_t send_at_once(struct ssh_stream *stream, const void *bytes, size_t length, bool is_stderr)
{
    struct ssh_stream_set *set = stream->set;
    bool much = length >= STREAM_SLICE;
    size_t went = 0;
    if (stream->state != STREAM_OPEN || set->depth > 0 || stream->requests != NULL)
        return 0;
    ssh_stream_set_begin(set);
    if (much)
        went = ssh_stream_send_packets(stream, bytes, length, is_stderr);
    else
        ssh_stream_send(stream);
    stream->sent = true;
    set->depth--; // nothing is torn down under the owner's feet: the turn that comes does
    return went;
}

enum status ssh_stream_write(struct ssh_stream *stream, const void *bytes, size_t length, bool is_stderr)
{
    if (!takes_input(stream))
        return STATUS_CANCELLED;
    if (length > ssh_stream_room(stream))
        return STATUS_TOO_LARGE;
    struct ssh_stream_set *set = stream->set;
    size_t went = length >= STREAM_SLICE ? send_at_once(stream, bytes, length, is_stderr) : 0;
    enum status status = bytebuf_add(&stream->queue[is_stderr], (const char *)bytes + went, length - went);
    if (status != STATUS_OK && went > 0)
        set->host.breach(set->ctx, "there is no memory for the rest of what was begun to be sent");
    if (status != STATUS_OK)
        return status;
    if (length < STREAM_SLICE)
        (void)send_at_once(stream, NULL, 0, is_stderr);
    set->host.kick(set->ctx); // what is left, and what follows from it
    return STATUS_OK;
}

void ssh_stream_send_eof(struct ssh_stream *stream)
{
    stream->eof_wanted = true;
    ssh_stream_kick(stream);
}

void ssh_stream_resume(struct ssh_stream *stream)
{
    if (!stream->held)
        return;
    stream->held = false;
    ssh_stream_kick(stream);
}

void ssh_stream_hold(struct ssh_stream *stream)
{
    stream->held = true;
}

void ssh_stream_resize(struct ssh_stream *stream, int rows, int cols)
{
    if (rows <= 0 || cols <= 0)
        return;
    stream->rows = rows;
    stream->cols = cols;
    ssh_stream_kick(stream);
}

// --- the end ---

void ssh_stream_exit_status(struct ssh_stream *stream, int exit_status)
{
    stream->exit_wanted.exited = true;
    stream->exit_wanted.status = (uint32_t)exit_status;
    ssh_stream_kick(stream);
}

void ssh_stream_exit_signal(struct ssh_stream *stream, const char *name, bool core, const char *message,
                            const char *language)
{
    struct stream_exit *wanted = &stream->exit_wanted;
    wanted->signalled = true;
    wanted->core = core;
    (void)snprintf(wanted->name, sizeof wanted->name, "%s", name);
    (void)snprintf(wanted->message, sizeof wanted->message, "%s", message);
    (void)snprintf(wanted->language, sizeof wanted->language, "%s", language);
    ssh_stream_kick(stream);
}

void ssh_stream_unqueue(struct ssh_stream *stream)
{
    bytebuf_clear(&stream->queue[0]);
    bytebuf_clear(&stream->queue[1]);
    ssh_stream_kick(stream);
}

void ssh_stream_close(struct ssh_stream *stream)
{
    stream->close_wanted = true;
    ssh_stream_output_drop(stream);
    ssh_stream_kick(stream);
}

void ssh_stream_free(struct ssh_stream *stream)
{
    if (stream == NULL || stream->freed)
        return;
    stream->freed = true;
    if (stream->set == NULL && !stream->telling) {
        ssh_stream_free_memory(stream);
        return;
    }
    if (stream->set == NULL)
        return;
    ssh_stream_unqueue(stream);
    ssh_stream_output_drop(stream);
    ssh_stream_kick(stream);
}

void ssh_stream_facts(const struct ssh_stream *stream, struct ssh_stream_facts *out)
{
    *out = (struct ssh_stream_facts){
        .bytes_in = stream->bytes_in,
        .bytes_out = stream->bytes_out,
        .waiting = ssh_stream_waiting(stream),
        .open = stream->state == STREAM_OPEN && !stream->closed,
        .held = stream->held,
    };
}
