// SPDX-License-Identifier: Apache-2.0
//
// ssh_connection_streams: Open streams on a connection.

#include "api/ssh/ssh_connection_private.h"
#include "api/ssh/ssh_stream_set_private.h"

#include <stdlib.h>
#include <string.h>

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
