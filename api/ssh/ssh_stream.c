// SPDX-License-Identifier: Apache-2.0
//
// ssh_stream: Take the calls of a stream's owner.
//
// No event comes while the owner is in here; what follows from a call comes on a turn of the loop.

#include "api/ssh/ssh_connection_private.h"
#include "api/ssh/ssh_stream_private.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// --- opening ---

static struct ssh_stream_set *set_of(struct ssh_connection *connection, struct failure *why)
{
    if (connection->ending || connection->closing) {
        (void)fail(why, STATUS_CANCELLED, "the connection is closed");
        return NULL;
    }
    return &connection->set;
}

static enum status start(struct ssh_connection *connection, enum stream_way way, const char *host, int port,
                         const char *origin, int origin_port, const struct ssh_stream_options *options,
                         const struct ssh_stream_events *events, void *ctx, struct ssh_stream **out,
                         struct failure *why)
{
    struct ssh_stream_set *set = set_of(connection, why);
    *out = NULL;
    if (set == NULL)
        return STATUS_CANCELLED;
    struct ssh_stream *stream = ssh_stream_new(set, way, options, events, ctx);
    if (stream == NULL)
        return fail(why, STATUS_NO_MEMORY, "%s", "");
    stream->host = host != NULL ? strdup(host) : NULL;
    stream->origin = strdup(origin != NULL ? origin : "127.0.0.1");
    stream->port = port;
    stream->origin_port = origin_port;
    if ((host != NULL && stream->host == NULL) || stream->origin == NULL) {
        stream->freed = true; // swept when the set is
        return fail(why, STATUS_NO_MEMORY, "%s", "");
    }
    ssh_stream_kick(stream);
    *out = stream;
    return STATUS_OK;
}

enum status ssh_stream_open_session(struct ssh_connection *connection,
                                    const struct ssh_stream_options *options,
                                    const struct ssh_stream_events *events, void *ctx,
                                    struct ssh_stream **out, struct failure *why)
{
    return start(connection, STREAM_SESSION, NULL, 0, NULL, 0, options, events, ctx, out, why);
}

enum status ssh_stream_open_direct(struct ssh_connection *connection, const char *host, int port,
                                   const char *origin, int origin_port,
                                   const struct ssh_stream_options *options,
                                   const struct ssh_stream_events *events, void *ctx, struct ssh_stream **out,
                                   struct failure *why)
{
    if (host == NULL || port < 0 || port > 65535) {
        *out = NULL;
        return fail(why, STATUS_BAD_ARGUMENT, "no such port: %d", port);
    }
    return start(connection, STREAM_DIRECT, host, port, origin, origin_port, options, events, ctx, out, why);
}

enum status ssh_stream_open_unix(struct ssh_connection *connection, const char *path,
                                 const struct ssh_stream_options *options,
                                 const struct ssh_stream_events *events, void *ctx, struct ssh_stream **out,
                                 struct failure *why)
{
    return start(connection, STREAM_UNIX, path, 0, NULL, 0, options, events, ctx, out, why);
}

enum status ssh_stream_adopt(struct ssh_stream_set *set, ssh_channel channel,
                             const struct ssh_stream_options *options, const struct ssh_stream_events *events,
                             void *ctx, struct ssh_stream **out, struct failure *why)
{
    *out = ssh_stream_new(set, STREAM_ADOPTED, options, events, ctx);
    if (*out == NULL)
        return fail(why, STATUS_NO_MEMORY, "%s", "");
    (*out)->channel = channel;
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

size_t ssh_stream_queued(const struct ssh_stream *stream)
{
    return stream->queue[0].length + stream->queue[1].length;
}

size_t ssh_stream_room(const struct ssh_stream *stream)
{
    size_t queued = ssh_stream_queued(stream);
    return takes_input(stream) && !stream->writing && queued < stream->queue[0].cap
               ? stream->queue[0].cap - queued
               : 0;
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
    bytebuf_clear(&stream->queue[0]);
    bytebuf_clear(&stream->queue[1]);
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
