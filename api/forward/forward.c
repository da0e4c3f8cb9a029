// SPDX-License-Identifier: Apache-2.0
//
// forward: The SSH connection behind forwarded ports: made, lost, made again. One that held for a while is
// tried again at once, since a server that cuts at a credential's end takes the next one; else the time
// between two tries is doubled, and spread, so that many do not come back together.

#include "api/forward/forward.h"

#include "api/base/time_util.h"
#include "api/forward/forward_private.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *forward_state_text(enum forward_state state)
{
    static const char *const texts[] = {
#define X(name, text) text,
        FORWARD_STATE_TABLE(X)
#undef X
    };
    return (size_t)state < FORWARD_STATE_COUNT ? texts[state] : "unknown";
}

// --- states -------------------------------------------------------------------------------

// The forward may be freed when it returns.
static void enter(struct forward *forward, enum forward_state state, const struct failure *why)
{
    forward->facts.state = state;
    forward->facts.since = time_monotonic_ms();
    forward->facts.why = why != NULL ? *why : (struct failure){.status = STATUS_OK};
    forward->events->changed(forward->ctx);
}

static void drop_connection(struct forward *forward)
{
    ssh_connection_free(forward->connection);
    forward->connection = NULL;
    forward->facts.local_address[0] = '\0';
    for (struct forward_port *port = forward->ports; port != NULL; port = port->next)
        forward_port_cut(port);
}

int64_t forward_backoff_ms(int tries, double random)
{
    int64_t wait = time_backoff(tries, FORWARD_RETRY_FIRST_MS, FORWARD_RETRY_MOST_MS);
    return wait * 3 / 4 + (int64_t)((double)wait / 2 * random);
}

static double any_fraction(void)
{
    return (double)randombytes_uniform(1000) / 1000;
}

static void connect_now(struct forward *forward)
{
    bool again = forward->facts.was_connected;
    (void)uv_timer_stop(&forward->timer);
    forward->facts.state = FORWARD_CONNECTING;
    forward->facts.since = time_monotonic_ms();
    // What was wrong stays to be seen until it is known to be over.
    forward->events->changed(forward->ctx);
    if (!forward->freed && forward->facts.state == FORWARD_CONNECTING && forward->connection == NULL)
        forward->events->wanted(forward->ctx, again);
}

static void on_timer(uv_timer_t *timer)
{
    connect_now(timer->data);
}

static void cut(struct forward *forward, const struct failure *why, int64_t wait_ms)
{
    uv_update_time(forward->loop);
    (void)uv_timer_start(&forward->timer, on_timer, (uint64_t)wait_ms, 0);
    forward->facts.retry_at = time_monotonic_ms() + wait_ms;
    enter(forward, FORWARD_CUT, why);
}

static void cut_and_back_off(struct forward *forward, const struct failure *why)
{
    int64_t wait = forward_backoff_ms(forward->tries, any_fraction());
    forward->tries++;
    cut(forward, why, wait);
}

// --- the SSH connection -------------------------------------------------------------------

static void on_stage(void *ctx, enum ssh_stage stage, const struct host_key_report *report)
{
    const struct forward *forward = ctx;
    (void)stage;
    if (report != NULL && forward->events->new_key != NULL)
        forward->events->new_key(forward->ctx, report);
}

static void on_ready(void *ctx)
{
    struct forward *forward = ctx;
    struct ssh_connection_facts facts;
    ssh_connection_facts(forward->connection, &facts);
    (void)snprintf(forward->facts.local_address, sizeof forward->facts.local_address, "%s",
                   facts.local_address);
    forward->facts.was_connected = true;
    forward->facts.end = (struct ssh_end){.status = STATUS_OK};
    forward->facts.state = FORWARD_CONNECTED;
    for (struct forward_port *port = forward->ports; port != NULL; port = port->next)
        forward_port_ready(port);
    enter(forward, FORWARD_CONNECTED, NULL);
}

// What another try does not mend: somebody has to look at it first.
static bool needs_somebody(const struct ssh_end *end)
{
    return end->status == STATUS_HOST_KEY_CHANGED || end->status == STATUS_STORE_UNSAFE;
}

static void on_ended(void *ctx, const struct ssh_end *end)
{
    enum { SPREAD_MS = 500 };
    struct forward *forward = ctx;
    const struct failure why = end->why;
    bool connected = forward->facts.state == FORWARD_CONNECTED;
    bool held = connected && time_monotonic_ms() - forward->facts.since >= FORWARD_STEADY_MS;
    forward->facts.end = *end;
    drop_connection(forward);
    if (held)
        forward->tries = 0;
    if (needs_somebody(&forward->facts.end))
        enter(forward, FORWARD_WAITING, &why);
    else if (held)
        cut(forward, &why, (int64_t)(SPREAD_MS * any_fraction()));
    else
        cut_and_back_off(forward, &why);
}

void forward_sign_in(struct forward *forward, const struct ssh_target *target, const struct secret *password)
{
    static const struct ssh_connection_events events = {
        .stage = on_stage, .ready = on_ready, .ended = on_ended};
    const struct ssh_connection_options options = {.target = *target,
                                                   .password = password,
                                                   .known_hosts = forward->known_hosts,
                                                   .connect_timeout_ms = forward->connect_timeout_ms,
                                                   .keepalive_s = forward->keepalive_s};
    struct failure why = {.status = STATUS_OK};
    if (forward->facts.state != FORWARD_CONNECTING || forward->connection != NULL)
        return;
    if (ssh_connection_open(forward->loop, &options, &events, forward, &forward->connection, &why) !=
        STATUS_OK)
        cut_and_back_off(forward, &why);
}

void forward_wait(struct forward *forward, const struct failure *why)
{
    const struct failure reason = *why;
    (void)uv_timer_stop(&forward->timer);
    drop_connection(forward);
    enter(forward, FORWARD_WAITING, &reason);
}

void forward_retry(struct forward *forward, const struct failure *why)
{
    if (forward->facts.state == FORWARD_CONNECTING && forward->connection == NULL)
        cut_and_back_off(forward, why);
}

void forward_begin(struct forward *forward)
{
    if (forward->facts.state == FORWARD_IDLE)
        connect_now(forward);
}

void forward_again(struct forward *forward)
{
    if (forward->facts.state == FORWARD_CONNECTED) {
        ssh_connection_probe(forward->connection);
    } else if (forward->facts.state == FORWARD_CUT || forward->facts.state == FORWARD_WAITING) {
        forward->tries = 0;
        connect_now(forward);
    }
}

void forward_rest(struct forward *forward)
{
    (void)uv_timer_stop(&forward->timer);
    drop_connection(forward);
    forward->tries = 0;
    enter(forward, FORWARD_IDLE, NULL);
}

// --- life ---------------------------------------------------------------------------------

enum status forward_new(uv_loop_t *loop, const struct forward_options *options,
                        const struct forward_events *events, void *ctx, struct forward **out,
                        struct failure *why)
{
    struct forward *forward = calloc(1, sizeof *forward);
    char *known_hosts = strdup(options->known_hosts);
    if (forward == NULL || known_hosts == NULL) {
        free(forward);
        free(known_hosts);
        return fail(why, STATUS_NO_MEMORY, "%s", "");
    }
    forward->loop = loop;
    forward->events = events;
    forward->ctx = ctx;
    forward->known_hosts = known_hosts;
    forward->connect_timeout_ms = options->connect_timeout_ms;
    forward->keepalive_s = options->keepalive_s;
    forward->facts.since = time_monotonic_ms();
    (void)uv_timer_init(loop, &forward->timer);
    (void)uv_timer_init(loop, &forward->turn);
    forward->timer.data = forward->turn.data = forward;
    forward->handles_open = 2;
    *out = forward;
    return STATUS_OK;
}

static void on_closed(uv_handle_t *handle)
{
    struct forward *forward = handle->data;
    if (--forward->handles_open > 0)
        return;
    free(forward->known_hosts);
    free(forward);
}

void forward_free(struct forward *forward)
{
    if (forward == NULL)
        return;
    forward->freed = true;
    while (forward->ports != NULL)
        forward_unlisten(forward, forward->ports);
    ssh_connection_free(forward->connection);
    forward->connection = NULL;
    uv_close((uv_handle_t *)&forward->timer, on_closed);
    uv_close((uv_handle_t *)&forward->turn, on_closed);
}

void forward_facts(const struct forward *forward, struct forward_facts *out)
{
    *out = forward->facts;
}
