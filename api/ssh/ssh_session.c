// SPDX-License-Identifier: Apache-2.0
//
// ssh_session: Open a session on a connection of its own or beside another, and take the calls of its owner.
//
// No event comes while the owner is in here.

#include "api/ssh/ssh_session_private.h"

#include <stdlib.h>
#include <string.h>

// What was asked for by the owner, on a turn of the loop.
static void on_kick(uv_timer_t *timer)
{
    struct ssh_session *session = timer->data;
    if (session->closing)
        ssh_session_end(session, STATUS_CANCELLED, "%s", "");
    else if (session->beside)
        ssh_session_shell_start(session);
}

// --- what comes of the connection ---

// Up to the sign-in there is one session on it.
static void on_stage(void *ctx, enum ssh_stage stage, const struct host_key_report *report)
{
    struct ssh_line *line = ctx;
    if (stage != SSH_STAGE_OPEN && line->first != NULL)
        ssh_session_enter(line->first, stage, report);
}

static void on_banner(void *ctx, const char *text, size_t length)
{
    struct ssh_line *line = ctx;
    struct ssh_session *session = line->first;
    if (session != NULL && !session->freed && session->events.banner != NULL)
        session->events.banner(session->ctx, text, length);
}

static void on_ready(void *ctx)
{
    struct ssh_line *line = ctx;
    if (line->first == NULL)
        return;
    // What goes wrong up to the shell is told as one of connecting.
    line->connection->starting = true;
    line->connection->stage = SSH_STAGE_SHELL;
    ssh_session_shell_start(line->first);
}

static void on_ended(void *ctx, const struct ssh_end *end)
{
    struct ssh_line *line = ctx;
    struct ssh_end copy = *end;
    line->telling = true; // the end of one may have its owner free the others
    while (line->first != NULL)
        ssh_session_end_as(line->first, &copy);
    line->telling = false;
    ssh_line_drop(line);
}

static const struct ssh_connection_events line_events = {
    .stage = on_stage, .banner = on_banner, .ready = on_ready, .ended = on_ended};

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

static struct ssh_session *session_new(uv_loop_t *loop, const struct ssh_session_options *options,
                                       const struct ssh_session_events *events, void *ctx)
{
    struct ssh_session *session = calloc(1, sizeof *session);
    if (session == NULL)
        return NULL;
    session->loop = loop;
    session->events = *events;
    session->ctx = ctx;
    session->target = options->target;
    session->pty = options->pty;
    session->rows = options->rows;
    session->cols = options->cols;
    session->timeout_ms =
        options->connect_timeout_ms > 0 ? options->connect_timeout_ms : CONNECTION_TIMEOUT_MS;
    session->term = strdup(options->term != NULL ? options->term : "dumb");
    if (options->command != NULL)
        session->command = strdup(options->command);
    if (session->term != NULL && (options->command == NULL || session->command != NULL) &&
        environment_copy(session, options->environment))
        return session;
    ssh_session_free_memory(session);
    return NULL;
}

static void timers_start(struct ssh_session *session)
{
    uv_timer_t *timers[] = {&session->kick, &session->deadline};
    for (size_t i = 0; i < sizeof timers / sizeof timers[0]; i++) {
        (void)uv_timer_init(session->loop, timers[i]); // never fails
        timers[i]->data = session;
        session->handles_open++;
    }
}

enum status ssh_session_open(uv_loop_t *loop, const struct ssh_session_options *options,
                             const struct ssh_session_events *events, void *ctx, struct ssh_session **out,
                             struct failure *why)
{
    *out = NULL;
    struct ssh_session *session = session_new(loop, options, events, ctx);
    if (session == NULL)
        return fail(why, STATUS_NO_MEMORY, "%s", "");
    enum status status = ssh_line_open(session, options, &line_events, ssh_session_free, why);
    if (status == STATUS_OK)
        status = ssh_session_shell_open(session, why);
    if (status != STATUS_OK) {
        ssh_line_leave(session);
        ssh_session_free_memory(session);
        return status;
    }
    timers_start(session);
    *out = session;
    return STATUS_OK;
}

bool ssh_session_may_share(const struct ssh_session *session)
{
    return session->line != NULL && session->started && !session->closing && !session->line->refused &&
           ssh_connection_is_ready(session->line->connection);
}

size_t ssh_session_sharers(const struct ssh_session *session)
{
    size_t count = 0;
    if (session->line != NULL)
        for (const struct ssh_session *at = session->line->first; at != NULL; at = at->next)
            count++;
    return count;
}

static struct ssh_session *beside_new(const struct ssh_session *other,
                                      const struct ssh_session_options *options,
                                      const struct ssh_session_events *events, void *ctx)
{
    struct ssh_session *session = session_new(other->loop, options, events, ctx);
    if (session == NULL)
        return NULL;
    session->target = other->target;
    session->beside = true;
    session->stage = SSH_STAGE_SHELL;
    return session;
}

// --- opened ahead ---

static void spare_output(void *ctx, const char *bytes, size_t length, bool is_stderr)
{
    (void)ctx;
    (void)bytes;
    (void)length;
    (void)is_stderr;
}

static void spare_ended(void *ctx, const struct ssh_end *end)
{
    (void)end;
    ssh_session_free(ctx);
}

void ssh_session_prepare(struct ssh_session *session, const struct ssh_session_options *options)
{
    static const struct ssh_session_events events = {.output = spare_output, .ended = spare_ended};
    if (!ssh_session_may_share(session) || session->line->spare != NULL || !options->pty)
        return;
    struct ssh_session *spare = beside_new(session, options, &events, NULL);
    if (spare == NULL)
        return;
    spare->ctx = spare;
    spare->waits = true;
    spare->line = session->line;
    session->line->spare = spare;
    timers_start(spare);
    if (ssh_session_shell_open(spare, NULL) != STATUS_OK)
        ssh_session_free(spare);
}

// NULL: there is none for such a session.
static struct ssh_session *claim_spare(struct ssh_line *line, const struct ssh_session_options *options,
                                       const struct ssh_session_events *events, void *ctx)
{
    struct ssh_session *session = line->spare;
    if (session == NULL || !options->pty || options->command != NULL)
        return NULL;
    line->spare = NULL;
    ssh_line_join(line, session);
    session->events = *events;
    session->ctx = ctx;
    session->rows = options->rows;
    session->cols = options->cols;
    session->timeout_ms =
        options->connect_timeout_ms > 0 ? options->connect_timeout_ms : CONNECTION_TIMEOUT_MS;
    ssh_session_shell_claim(session);
    (void)uv_timer_start(&session->kick, on_kick, 0, 0);
    return session;
}

enum status ssh_session_open_beside(struct ssh_session *other, const struct ssh_session_options *options,
                                    const struct ssh_session_events *events, void *ctx,
                                    struct ssh_session **out, struct failure *why)
{
    *out = NULL;
    if (!ssh_session_may_share(other))
        return fail(why, STATUS_CONFLICT, "the connection can't be shared");
    *out = claim_spare(other->line, options, events, ctx);
    if (*out != NULL)
        return STATUS_OK;
    struct ssh_session *session = beside_new(other, options, events, ctx);
    if (session == NULL)
        return fail(why, STATUS_NO_MEMORY, "%s", "");
    ssh_line_join(other->line, session);
    enum status status = ssh_session_shell_open(session, why);
    if (status != STATUS_OK) {
        ssh_line_leave(session);
        ssh_session_free_memory(session);
        return status;
    }
    timers_start(session);
    (void)uv_timer_start(&session->kick, on_kick, 0, 0);
    *out = session;
    return STATUS_OK;
}

// --- the owner's calls ---

void ssh_session_close(struct ssh_session *session)
{
    if (session->reported || session->closing)
        return;
    session->closing = true;
    // Up to the sign-in the connection is this one's alone: it takes no further step.
    if (session->line != NULL && !session->line->connection->running)
        ssh_connection_close(session->line->connection);
    (void)uv_timer_start(&session->kick, on_kick, 0, 0);
}

void ssh_session_free(struct ssh_session *session)
{
    if (session == NULL || session->freed)
        return;
    session->freed = true;
    ssh_session_destroy(session);
}

static bool takes_calls(const struct ssh_session *session)
{
    return session->stream != NULL && !session->closing && !session->reported;
}

enum status ssh_session_write(struct ssh_session *session, const void *bytes, size_t length)
{
    if (!takes_calls(session))
        return STATUS_CANCELLED;
    return ssh_stream_write(session->stream, bytes, length, false);
}

size_t ssh_session_queued(const struct ssh_session *session)
{
    return session->stream != NULL ? ssh_stream_queued(session->stream) : 0;
}

enum status ssh_session_send_eof(struct ssh_session *session)
{
    if (!takes_calls(session))
        return STATUS_CANCELLED;
    ssh_stream_send_eof(session->stream);
    return STATUS_OK;
}

void ssh_session_resize(struct ssh_session *session, int rows, int cols)
{
    session->rows = rows;
    session->cols = cols;
    if (!session->pty || !session->started || !takes_calls(session) ||
        (rows == session->sent_rows && cols == session->sent_cols))
        return;
    session->sent_rows = rows;
    session->sent_cols = cols;
    ssh_stream_resize(session->stream, rows, cols);
}

void ssh_session_signal(struct ssh_session *session, const char *name)
{
    const struct ssh_stream_request request = {.kind = SSH_REQUEST_KIND_SIGNAL, .text = name};
    if (takes_calls(session) && session->started)
        (void)ssh_stream_send_request(session->stream, &request, NULL, NULL);
}

void ssh_session_hold(struct ssh_session *session, bool hold)
{
    if (session->stream == NULL)
        return;
    if (hold)
        ssh_stream_hold(session->stream);
    else
        ssh_stream_resume(session->stream);
}

void ssh_session_probe(struct ssh_session *session)
{
    if (takes_calls(session) && session->started)
        ssh_connection_probe(session->line->connection);
}
