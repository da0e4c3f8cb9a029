// SPDX-License-Identifier: Apache-2.0
//
// ssh_stream_base: What every part of a stream uses: its memory, what it asks of its set, and how it is over.

#include "api/ssh/ssh_stream_set_private.h"

#include <stdlib.h>

bool ssh_stream_turn_is_used_up(const struct ssh_stream_set *set)
{
    return (int64_t)(uv_hrtime() / 1000000) - (int64_t)uv_now(set->loop) >= STREAM_TURN_MS;
}

bool ssh_stream_is_over(const struct ssh_stream *stream)
{
    return stream->set->host.is_over(stream->set->ctx) || stream->set->over;
}

void ssh_stream_kick(const struct ssh_stream *stream)
{
    if (stream->set != NULL)
        stream->set->host.kick(stream->set->ctx);
}

bool ssh_stream_is_silent(const struct ssh_stream *stream)
{
    return stream->freed || stream->closed || stream->set == NULL || stream->set->over;
}

size_t ssh_stream_queued(const struct ssh_stream *stream)
{
    return stream->queue[0].length + stream->queue[1].length;
}

void ssh_stream_request_free(struct stream_request *request)
{
    if (request == NULL)
        return;
    free((char *)request->what.text);
    free((char *)request->what.value);
    free(request);
}

struct stream_request *ssh_stream_request_pop(struct ssh_stream *stream)
{
    struct stream_request *request = stream->requests;
    stream->requests = request->next;
    stream->request_count--;
    return request;
}

void ssh_stream_requests_drop(struct ssh_stream *stream, bool tell)
{
    struct failure why = {.status = STATUS_OK};
    (void)fail(&why, STATUS_CANCELLED, "the channel was closed");
    while (stream->requests != NULL) {
        struct stream_request *request = ssh_stream_request_pop(stream);
        if (tell && request->done != NULL && !stream->freed)
            request->done(request->ctx, &why);
        ssh_stream_request_free(request);
    }
}

void ssh_stream_free_memory(struct ssh_stream *stream)
{
    ssh_stream_requests_drop(stream, false);
    for (int kind = 0; kind < 2; kind++) {
        bytebuf_free(&stream->queue[kind]);
        bytebuf_free(&stream->waiting[kind].rest);
    }
    free(stream->host);
    free(stream->origin);
    free(stream);
}

struct ssh_stream *ssh_stream_new(struct ssh_stream_set *set, enum stream_way way,
                                  const struct ssh_stream_options *options,
                                  const struct ssh_stream_events *events, void *ctx)
{
    struct ssh_stream **end = &set->first;
    struct ssh_stream *stream = calloc(1, sizeof *stream);
    size_t cap = options != NULL && options->queue_cap > 0 ? options->queue_cap : STREAM_QUEUE_CAP;
    if (stream == NULL)
        return NULL;
    stream->set = set;
    stream->way = way;
    stream->events = *events;
    stream->ctx = ctx;
    stream->wide = options != NULL && options->wide;
    stream->late_close = options != NULL && options->late_close;
    for (int kind = 0; kind < 2; kind++) {
        stream->queue[kind] = BYTEBUF(cap);
        stream->waiting[kind].rest = BYTEBUF(STREAM_HOLD_CAP);
    }
    while (*end != NULL)
        end = &(*end)->next;
    *end = stream;
    return stream;
}

void ssh_stream_tell_closed(struct ssh_stream *stream, const struct failure *why, bool refused)
{
    if (stream->closed)
        return;
    ssh_stream_requests_drop(stream, !ssh_stream_is_silent(stream));
    bool silent = ssh_stream_is_silent(stream);
    stream->closed = true;
    bytebuf_clear(&stream->queue[0]);
    bytebuf_clear(&stream->queue[1]);
    if (!silent && stream->events.closed != NULL)
        stream->events.closed(stream->ctx, why, refused);
}
