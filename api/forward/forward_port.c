// SPDX-License-Identifier: Apache-2.0
//
// forward_port: Listen on a local port, and take its connections as far as there is room. One that has none
// waits in the kernel's queue: it is slow then, and not refused.

#include "api/base/time_util.h"
#include "api/forward/forward_private.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// --- its connections ----------------------------------------------------------------------

void forward_port_accept(struct forward_port *port)
{
    struct forward *forward = port->forward;
    if (forward->facts.connections < FORWARD_CONNECTIONS_MAX) {
        port->full = !forward_pipe_accept(port);
        return;
    }
    port->full = true;
    if (forward->full_told)
        return;
    forward->full_told = true;
    if (forward->events->full != NULL)
        forward->events->full(forward->ctx);
}

static void on_connection(uv_stream_t *listener, int error)
{
    if (error == 0)
        forward_port_accept(listener->data);
}

void forward_port_left(struct forward_port *port)
{
    struct forward *forward = port->forward;
    port->facts.connections--;
    forward->facts.connections--;
    if (forward->facts.connections < FORWARD_ROOMY)
        forward->full_told = false;
    for (struct forward_port *one = forward->ports; one != NULL && !forward->freed; one = one->next)
        if (one->full)
            forward_port_accept(one);
}

// Each of those that are there now. What act does may end this one, and let others in at the front.
static void each(struct forward_port *port, void (*act)(struct forward_pipe *pipe))
{
    struct forward_pipe *pipe = port->pipes;
    while (pipe != NULL) {
        struct forward_pipe *next = pipe->next;
        act(pipe);
        pipe = next;
    }
}

static void cut(struct forward_pipe *pipe)
{
    if (pipe->stream != NULL || pipe->opened)
        forward_pipe_end(pipe, true);
}

static void end(struct forward_pipe *pipe)
{
    forward_pipe_end(pipe, true);
}

void forward_port_ready(struct forward_port *port)
{
    each(port, forward_pipe_connect);
}

void forward_port_cut(struct forward_port *port)
{
    each(port, cut);
}

void forward_port_refused(struct forward_port *port, const struct failure *why)
{
    const struct forward *forward = port->forward;
    port->facts.refused++;
    if (port->refusal_told)
        return;
    port->refusal_told = true;
    if (forward->events->refused != NULL)
        forward->events->refused(forward->ctx, port, why);
}

// --- turns of the loop --------------------------------------------------------------------

static void on_turn(uv_timer_t *timer)
{
    struct forward *forward = timer->data;
    forward->turn_read = 0;
    for (struct forward_port *port = forward->ports; port != NULL; port = port->next)
        each(port, forward_pipe_go_on);
}

void forward_put_off(struct forward *forward)
{
    if (!uv_is_active((uv_handle_t *)&forward->turn))
        (void)uv_timer_start(&forward->turn, on_turn, 0, 0);
}

// --- listening ----------------------------------------------------------------------------

static enum status explain(int error, const struct forward_spec *spec, struct failure *why)
{
    char local[FORWARD_URL_CAP], remote[FORWARD_REMOTE_CAP];
    const char *far = forward_spec_remote(spec, remote);
    far += far[0] == ':';
    (void)forward_spec_local(spec, local);
    if (error == UV_EADDRINUSE)
        return advise(why, fail(why, STATUS_CONFLICT, "port %s is in use by another program", local),
                      "take another local port, such as %d:%s, or any free one: :%s",
                      spec->local_port < 60000 ? spec->local_port + 1 : spec->local_port - 1, far, far);
    if (error == UV_EACCES)
        return advise(why, fail(why, STATUS_BAD_ARGUMENT, "this user may not listen on port %s", local),
                      "take a local port from 1024 on, such as %d:%s, or any free one: :%s",
                      8000 + spec->local_port % 1000, far, far);
    if (error == UV_EADDRNOTAVAIL || error == UV_EINVAL || error == UV_ENODEV)
        return advise(why, fail(why, STATUS_BAD_ARGUMENT, "%s is no address of this machine", spec->address),
                      "leave it out to listen on 127.0.0.1");
    return fail(why, STATUS_INTERNAL, "can't listen on %s: %s", local, uv_strerror(error));
}

static int bind_to(uv_tcp_t *listener, const struct forward_spec *spec)
{
    struct sockaddr_in ipv4;
    struct sockaddr_in6 ipv6;
    bool all = strcmp(spec->address, "*") == 0;
    if (uv_ip4_addr(spec->address, spec->local_port, &ipv4) == 0)
        return uv_tcp_bind(listener, (const struct sockaddr *)&ipv4, 0);
    int error = uv_ip6_addr(all ? "::" : spec->address, spec->local_port, &ipv6);
    if (error == 0)
        error = uv_tcp_bind(listener, (const struct sockaddr *)&ipv6, 0);
    // "*" where this machine has no IPv6.
    if (all && error == UV_EAFNOSUPPORT && uv_ip4_addr("0.0.0.0", spec->local_port, &ipv4) == 0)
        error = uv_tcp_bind(listener, (const struct sockaddr *)&ipv4, 0);
    return error;
}

static int listen_on(struct forward_port *port)
{
    struct sockaddr_storage name;
    int length = sizeof name;
    int error = bind_to(&port->listener, &port->facts.spec);
    if (error == 0) // what bind has found wrong shows here
        error = uv_listen((uv_stream_t *)&port->listener, FORWARD_BACKLOG, on_connection);
    if (error == 0)
        error = uv_tcp_getsockname(&port->listener, (struct sockaddr *)&name, &length);
    if (error == 0)
        port->facts.spec.local_port =
            ntohs(name.ss_family == AF_INET6 ? ((struct sockaddr_in6 *)&name)->sin6_port
                                             : ((struct sockaddr_in *)&name)->sin_port);
    return error;
}

static void on_closed(uv_handle_t *handle)
{
    free(handle->data);
}

enum status forward_listen(struct forward *forward, const struct forward_spec *spec,
                           struct forward_port **out, struct failure *why)
{
    if (forward_port_count(forward) >= FORWARD_PORTS_MAX)
        return fail(why, STATUS_TOO_LARGE, "at most %d ports of a sandbox can be forwarded",
                    FORWARD_PORTS_MAX);
    struct forward_port *port = calloc(1, sizeof *port);
    if (port == NULL)
        return fail(why, STATUS_NO_MEMORY, "%s", "");
    port->forward = forward;
    port->facts.spec = *spec;
    port->facts.since = time_monotonic_ms();
    (void)uv_tcp_init(forward->loop, &port->listener);
    port->listener.data = port;
    int error = listen_on(port);
    if (error != 0) {
        uv_close((uv_handle_t *)&port->listener, on_closed);
        return explain(error, spec, why);
    }
    struct forward_port **at = &forward->ports;
    while (*at != NULL)
        at = &(*at)->next;
    *at = port;
    *out = port;
    return STATUS_OK;
}

void forward_port_close(struct forward_port *port)
{
    port->full = false;
    each(port, end);
    uv_close((uv_handle_t *)&port->listener, on_closed);
}

void forward_unlisten(struct forward *forward, struct forward_port *port)
{
    struct forward_port **at = &forward->ports;
    while (*at != port)
        at = &(*at)->next;
    *at = port->next;
    forward_port_close(port);
}

// --- asked of them ------------------------------------------------------------------------

void forward_port_facts(const struct forward_port *port, struct forward_port_facts *out)
{
    *out = port->facts;
}

struct forward_port *forward_port_first(const struct forward *forward)
{
    return forward->ports;
}

struct forward_port *forward_port_next(const struct forward_port *port)
{
    return port->next;
}

size_t forward_port_count(const struct forward *forward)
{
    size_t count = 0;
    for (const struct forward_port *port = forward->ports; port != NULL; port = port->next)
        count++;
    return count;
}
