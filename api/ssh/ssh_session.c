// SPDX-License-Identifier: Apache-2.0
//
// ssh_session: Open, turn, close and free a session, and take the calls of its owner.
//
// Everything happens on turns of the loop (a kick, the socket, a timer), never inside a call of the owner, so
// that no event comes while the owner is in here.

#include "api/ssh/ssh_session_private.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void turn(struct ssh_session *session)
{
    ssh_session_turn_begin(session);
    if (session->closing && !session->ending)
        ssh_session_end(session, STATUS_CANCELLED, "%s", "");
    if (!session->ending && !session->running)
        ssh_session_connect(session);
    if (!session->ending && session->running)
        ssh_session_pump(session);
    ssh_session_turn_end(session);
}

// --- opening ---

static bool environment_copy(struct ssh_session *session, const char *const *environment)
{
    size_t count = 0;
    while (environment != NULL && environment[count] != NULL && count < SESSION_ENVIRONMENT_MAX)
        count++;
    session->environment = calloc(count + 1, sizeof *session->environment);
    for (size_t i = 0; session->environment != NULL && i < count; i++) {
        session->environment[i] = strdup(environment[i]);
        if (session->environment[i] == NULL)
            return false;
    }
    return session->environment != NULL;
}

static bool options_copy(struct ssh_session *session, const struct ssh_session_options *options)
{
    session->target = options->target;
    session->password = secret_copy(options->password);
    secret_mark_of(options->password, &session->mark);
    session->pty = options->pty;
    session->rows = options->rows;
    session->cols = options->cols;
    session->timeout_ms = options->connect_timeout_ms > 0 ? options->connect_timeout_ms : SESSION_TIMEOUT_MS;
    session->keepalive_ms = (options->keepalive_s > 0 ? options->keepalive_s : SESSION_KEEPALIVE_S) * 1000;
    session->term = strdup(options->term != NULL ? options->term : "dumb");
    session->job.file = strdup(options->known_hosts);
    if (options->command != NULL)
        session->command = strdup(options->command);
    (void)snprintf(session->job.host, sizeof session->job.host, "%s", options->target.host);
    session->job.port = options->target.port;
    return session->password != NULL && session->term != NULL && session->job.file != NULL &&
           (options->command == NULL || session->command != NULL) &&
           environment_copy(session, options->environment);
}

enum status ssh_session_open(uv_loop_t *loop, const struct ssh_session_options *options,
                             const struct ssh_session_events *events, void *ctx, struct ssh_session **out,
                             struct failure *why)
{
    *out = NULL;
    if (options->password == NULL || options->known_hosts == NULL || options->target.host[0] == '\0' ||
        options->target.user[0] == '\0' || options->target.port < 1 || options->target.port > 65535)
        return fail(why, STATUS_BAD_ARGUMENT, "a session needs a user, a host, a port and a password");
    struct ssh_session *session = calloc(1, sizeof *session);
    if (session == NULL)
        return fail(why, STATUS_NO_MEMORY, "%s", "");
    session->fd = -1;
    session->watched = -1;
    session->queue = BYTEBUF(SESSION_QUEUE_CAP);
    session->loop = loop;
    session->events = *events;
    session->ctx = ctx;
    session->turn = turn;
    if (!options_copy(session, options)) {
        ssh_session_free_memory(session);
        return fail(why, STATUS_NO_MEMORY, "%s", "");
    }
    uv_timer_t *timers[] = {&session->kick, &session->deadline, &session->keepalive};
    for (size_t i = 0; i < sizeof timers / sizeof timers[0]; i++) {
        (void)uv_timer_init(loop, timers[i]); // never fails
        timers[i]->data = session;
        session->handles_open++;
    }
    ssh_session_keepalive_every(session, session->keepalive_ms);
    ssh_session_kick(session);
    *out = session;
    return STATUS_OK;
}

// --- the owner's calls ---

void ssh_session_close(struct ssh_session *session)
{
    if (session->ending || session->closing)
        return;
    session->closing = true;
    ssh_session_kick(session);
}

void ssh_session_free(struct ssh_session *session)
{
    if (session == NULL || session->freed)
        return;
    session->freed = true;
    session->ending = true;
    if (session->depth == 0)
        ssh_session_destroy(session);
}

enum status ssh_session_write(struct ssh_session *session, const void *bytes, size_t length)
{
    if (session->ending || session->closing || session->eof_wanted)
        return STATUS_CANCELLED;
    enum status status = bytebuf_add(&session->queue, bytes, length);
    if (status != STATUS_OK || !session->running)
        return status;
    // A key goes at once: in a flood the turn that comes next has much to read first.
    if (session->depth == 0 && !session->remote_closed) {
        session->depth++;
        ssh_session_send(session);
        session->sent = true;
        session->depth--;
        if (session->freed) {
            ssh_session_destroy(session);
            return STATUS_OK;
        }
    }
    ssh_session_kick(session); // what is left, and what follows from it
    return status;
}

size_t ssh_session_queued(const struct ssh_session *session)
{
    return session->queue.length;
}

enum status ssh_session_send_eof(struct ssh_session *session)
{
    if (session->ending || session->closing)
        return STATUS_CANCELLED;
    session->eof_wanted = true;
    if (session->running)
        ssh_session_kick(session);
    return STATUS_OK;
}

void ssh_session_resize(struct ssh_session *session, int rows, int cols)
{
    session->rows = rows;
    session->cols = cols;
    if (session->running && !session->ending)
        ssh_session_kick(session);
}

void ssh_session_hold(struct ssh_session *session, bool hold)
{
    if (session->held == hold)
        return;
    session->held = hold;
    if (session->running && !session->ending)
        ssh_session_kick(session);
}

void ssh_session_probe(struct ssh_session *session)
{
    if (!session->running || session->ending || session->closing)
        return;
    ssh_session_turn_begin(session);
    ssh_session_doubt(session);
    ssh_session_turn_end(session);
}

void ssh_session_facts(const struct ssh_session *session, struct ssh_session_facts *out)
{
    *out = session->facts;
}
