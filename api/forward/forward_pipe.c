// SPDX-License-Identifier: Apache-2.0
//
// forward_pipe: Join one local connection to one stream of the SSH connection. What one side does not take
// holds up the other: the sandbox by the stream's window, the local side by not being read. Each direction
// ends by itself, so that what is half closed stays so.

#include "api/forward/forward_private.h"

#include <stdlib.h>
#include <string.h>

static void pipe_settle(struct forward_pipe *pipe);

// --- life ---------------------------------------------------------------------------------

static void on_handle_closed(uv_handle_t *handle)
{
    struct forward_pipe *pipe = handle->data;
    if (--pipe->handles_open > 0)
        return;
    free(pipe->rest);
    free(pipe);
}

void forward_pipe_end(struct forward_pipe *pipe, bool abrupt)
{
    struct forward_port *port = pipe->port;
    if (pipe->ended)
        return;
    pipe->ended = true;
    *pipe->at = pipe->next;
    if (pipe->next != NULL)
        pipe->next->at = pipe->at;
    ssh_stream_free(pipe->stream);
    pipe->stream = NULL;
    uv_close((uv_handle_t *)&pipe->patience, on_handle_closed);
    // A reset is not given where the local side was told of an end already.
    if (!abrupt || uv_tcp_close_reset(&pipe->tcp, on_handle_closed) != 0)
        uv_close((uv_handle_t *)&pipe->tcp, on_handle_closed);
    forward_port_left(port);
}

// --- from the local side ------------------------------------------------------------------

static void on_room(uv_handle_t *handle, size_t suggested, uv_buf_t *out)
{
    struct forward_pipe *pipe = handle->data;
    struct forward *forward = pipe->port->forward;
    (void)suggested;
    // Without room the read is not made: UV_ENOBUFS.
    bool room = forward->turn_read < FORWARD_TURN;
    *out = uv_buf_init(room ? forward->read : NULL, room ? FORWARD_SLICE : 0);
}

static void read_stop(struct forward_pipe *pipe)
{
    pipe->reading = false;
    (void)uv_read_stop((uv_stream_t *)&pipe->tcp);
}

static void on_read(uv_stream_t *tcp, ssize_t length, const uv_buf_t *bytes)
{
    struct forward_pipe *pipe = tcp->data;
    if (length == UV_ENOBUFS) {
        read_stop(pipe);
        pipe->put_off = true;
        forward_put_off(pipe->port->forward);
    } else if (length > 0) {
        pipe->port->forward->turn_read += (size_t)length;
        pipe->port->facts.bytes_out += (uint64_t)length;
        pipe->port->forward->facts.bytes_out += (uint64_t)length;
        if (ssh_stream_write(pipe->stream, bytes->base, (size_t)length, false) != STATUS_OK)
            forward_pipe_end(pipe, true);
        else if (ssh_stream_room(pipe->stream) < FORWARD_SLICE)
            read_stop(pipe); // until on_drained
    } else if (length == UV_EOF) {
        read_stop(pipe);
        pipe->local_eof = true;
        ssh_stream_send_eof(pipe->stream);
        pipe_settle(pipe);
    } else if (length < 0) {
        forward_pipe_end(pipe, true);
    }
}

static void read_on(struct forward_pipe *pipe)
{
    if (pipe->reading || pipe->local_eof)
        return;
    pipe->reading = true;
    if (uv_read_start((uv_stream_t *)&pipe->tcp, on_room, on_read) != 0)
        forward_pipe_end(pipe, true);
}

void forward_pipe_go_on(struct forward_pipe *pipe)
{
    bool put_off = pipe->put_off;
    pipe->put_off = false;
    if (put_off && pipe->opened && !pipe->remote_over)
        read_on(pipe);
}

static void on_drained(void *ctx)
{
    struct forward_pipe *pipe = ctx;
    if (pipe->opened && !pipe->remote_over)
        read_on(pipe);
}

// --- from the sandbox ---------------------------------------------------------------------

static void on_shut(uv_shutdown_t *request, int error)
{
    (void)request;
    (void)error; // the connection's end shows
}

static void on_written(uv_write_t *write, int error)
{
    struct forward_pipe *pipe = write->data;
    free(pipe->rest);
    pipe->rest = NULL;
    if (pipe->ended)
        return;
    if (error != 0) {
        forward_pipe_end(pipe, true);
        return;
    }
    if (pipe->stream != NULL && !pipe->remote_over)
        ssh_stream_resume(pipe->stream);
    if (!pipe->ended)
        pipe_settle(pipe);
}

// False: the local side can't be written any more.
static bool write_rest(struct forward_pipe *pipe, const char *bytes, size_t length)
{
    pipe->rest = malloc(length);
    if (pipe->rest == NULL)
        return false;
    memcpy(pipe->rest, bytes, length);
    pipe->write.data = pipe;
    uv_buf_t left = uv_buf_init(pipe->rest, (unsigned)length);
    return uv_write(&pipe->write, (uv_stream_t *)&pipe->tcp, &left, 1, on_written) == 0;
}

// One piece at a time waits for the local side; the others wait in the stream.
static size_t on_output(void *ctx, const char *bytes, size_t length, bool is_stderr)
{
    struct forward_pipe *pipe = ctx;
    if (pipe->ended || is_stderr)
        return length;
    if (pipe->rest != NULL)
        return 0;
    if (length > FORWARD_SLICE)
        length = FORWARD_SLICE;
    uv_buf_t all = uv_buf_init((char *)bytes, (unsigned)length);
    int taken = uv_try_write((uv_stream_t *)&pipe->tcp, &all, 1);
    if (taken == UV_EAGAIN)
        taken = 0;
    if (taken < 0 || ((size_t)taken < length && !write_rest(pipe, bytes + taken, length - (size_t)taken))) {
        forward_pipe_end(pipe, true);
        return length;
    }
    pipe->port->facts.bytes_in += length;
    pipe->port->forward->facts.bytes_in += length;
    return length;
}

static void on_eof(void *ctx)
{
    struct forward_pipe *pipe = ctx;
    pipe->remote_eof = true;
    pipe_settle(pipe);
}

// --- both ---------------------------------------------------------------------------------

// What follows once all that came is passed on.
static void pipe_settle(struct forward_pipe *pipe)
{
    if (pipe->ended || pipe->rest != NULL)
        return;
    if (pipe->remote_over) {
        forward_pipe_end(pipe, false);
        return;
    }
    if (pipe->remote_eof && !pipe->shut) {
        pipe->shut = true;
        if (uv_shutdown(&pipe->shutdown, (uv_stream_t *)&pipe->tcp, on_shut) != 0) {
            forward_pipe_end(pipe, true);
            return;
        }
    }
    // Both are through. A server closes the stream then; one that does not is not waited for.
    if (pipe->remote_eof && pipe->local_eof && !pipe->closing) {
        pipe->closing = true;
        ssh_stream_close(pipe->stream);
    }
}

static void on_opened(void *ctx)
{
    struct forward_pipe *pipe = ctx;
    pipe->opened = true;
    pipe->port->refusal_told = false;
    pipe->port->facts.opened++;
    pipe->port->forward->facts.opened++;
    read_on(pipe);
}

static void on_closed(void *ctx, const struct failure *why, bool refused)
{
    struct forward_pipe *pipe = ctx;
    struct forward_port *port = pipe->port;
    if (why != NULL) {
        const struct failure reason = *why;
        forward_pipe_end(pipe, true);
        if (refused)
            forward_port_refused(port, &reason);
        return;
    }
    pipe->remote_over = true;
    read_stop(pipe);
    pipe_settle(pipe);
}

// --- begin --------------------------------------------------------------------------------

// Where the local connection comes from, as the server is told.
static int origin_of(const struct forward_pipe *pipe, char out[FORWARD_ADDRESS_CAP])
{
    struct sockaddr_storage peer;
    int length = sizeof peer;
    (void)snprintf(out, FORWARD_ADDRESS_CAP, "127.0.0.1");
    if (uv_tcp_getpeername(&pipe->tcp, (struct sockaddr *)&peer, &length) != 0 ||
        uv_ip_name((const struct sockaddr *)&peer, out, FORWARD_ADDRESS_CAP) != 0)
        return 0;
    return ntohs(peer.ss_family == AF_INET6 ? ((struct sockaddr_in6 *)&peer)->sin6_port
                                            : ((struct sockaddr_in *)&peer)->sin_port);
}

void forward_pipe_connect(struct forward_pipe *pipe)
{
    static const struct ssh_stream_events events = {
        .opened = on_opened, .output = on_output, .eof = on_eof, .drained = on_drained, .closed = on_closed};
    const struct forward_spec *spec = &pipe->port->facts.spec;
    struct forward_port *port = pipe->port;
    char origin[FORWARD_ADDRESS_CAP];
    struct failure why = {.status = STATUS_OK};
    if (pipe->stream != NULL || pipe->ended)
        return;
    (void)uv_timer_stop(&pipe->patience);
    int origin_port = origin_of(pipe, origin);
    if (ssh_stream_open_direct(port->forward->connection, spec->host, spec->port, origin, origin_port, NULL,
                               &events, pipe, &pipe->stream, &why) == STATUS_OK)
        return;
    forward_pipe_end(pipe, true);
    forward_port_refused(port, &why);
}

static void on_patience(uv_timer_t *timer)
{
    forward_pipe_end(timer->data, true);
}

bool forward_pipe_accept(struct forward_port *port)
{
    struct forward *forward = port->forward;
    struct forward_pipe *pipe = calloc(1, sizeof *pipe);
    if (pipe == NULL)
        return false;
    pipe->port = port;
    (void)uv_tcp_init(forward->loop, &pipe->tcp);
    (void)uv_timer_init(forward->loop, &pipe->patience);
    pipe->tcp.data = pipe->patience.data = pipe;
    pipe->handles_open = 2;
    pipe->next = port->pipes;
    pipe->at = &port->pipes;
    if (pipe->next != NULL)
        pipe->next->at = &pipe->next;
    port->pipes = pipe;
    port->facts.connections++;
    forward->facts.connections++;
    if (uv_accept((uv_stream_t *)&port->listener, (uv_stream_t *)&pipe->tcp) != 0) {
        forward_pipe_end(pipe, false);
        return true;
    }
    (void)uv_tcp_nodelay(&pipe->tcp, 1);
    if (forward->connection != NULL && ssh_connection_is_ready(forward->connection)) {
        forward_pipe_connect(pipe);
    } else {
        uv_update_time(forward->loop);
        (void)uv_timer_start(&pipe->patience, on_patience, FORWARD_WAIT_MS, 0);
    }
    return true;
}
