// SPDX-License-Identifier: Apache-2.0
//
// ssh_session_life: Enter a session's stages, settle how it ends, and free it.

#include "api/base/time_util.h"
#include "api/ssh/ssh_session_private.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void ssh_session_enter(struct ssh_session *session, enum ssh_stage stage,
                       const struct host_key_report *report)
{
    if (session->freed || session->reported || session->closing)
        return;
    session->stage = stage;
    if (session->events.stage != NULL)
        session->events.stage(session->ctx, stage, report);
}

// --- the end ---

void ssh_session_facts(const struct ssh_session *session, struct ssh_session_facts *out)
{
    struct ssh_connection_facts connection;
    struct ssh_stream_facts stream;
    *out = session->facts;
    if (session->line == NULL || session->stream == NULL)
        return;
    ssh_connection_facts(session->line->connection, &connection);
    ssh_stream_facts(session->stream, &stream);
    memcpy(out->cipher, connection.cipher, sizeof out->cipher);
    memcpy(out->local_address, connection.local_address, sizeof out->local_address);
    out->heard_at = connection.heard_at;
    out->bytes_in = stream.bytes_in;
    out->bytes_out = stream.bytes_out;
}

// The session may be freed by the event; its memory stays until the loop has closed its handles.
static void report(struct ssh_session *session)
{
    session->reported = true;
    (void)uv_timer_stop(&session->kick);
    (void)uv_timer_stop(&session->deadline);
    ssh_session_facts(session, &session->facts);
    ssh_line_leave(session);
    session->end.stage = session->stage;
    session->end.by_us = session->closing;
    session->stage = SSH_STAGE_ENDED;
    if (!session->freed)
        session->events.ended(session->ctx, &session->end);
}

void ssh_session_end(struct ssh_session *session, enum status status, const char *format, ...)
{
    va_list arguments;
    char message[2 * sizeof session->end.why.message];
    if (session->reported || session->freed)
        return;
    va_start(arguments, format);
    (void)vsnprintf(message, sizeof message, format, arguments);
    va_end(arguments);
    if (status != STATUS_OK) { // what was reported before counts no more
        session->end.exited = false;
        session->end.exit_signal[0] = '\0';
    }
    // What the connection does not give to a second session, one of its own may.
    if (session->beside && !session->started && status != STATUS_OK && status != STATUS_CANCELLED) {
        session->end.no_channel = true;
        if (session->line != NULL &&
            !(session->waits && session->granted)) // a spare may be closed for its idleness
            session->line->refused = true;
    }
    session->end.status = status;
    (void)fail(&session->end.why, status, "%s", message);
    report(session);
}

void ssh_session_end_as(struct ssh_session *session, const struct ssh_end *end)
{
    if (session->reported || session->freed)
        return;
    session->end = *end;
    report(session);
}

// --- timers ---

static void on_deadline(uv_timer_t *timer)
{
    struct ssh_session *session = timer->data;
    char within[TIME_SPAN_CAP];
    ssh_session_end(session, STATUS_TIMED_OUT, "%s port %d did not answer within %s while %s",
                    session->target.host, session->target.port,
                    time_format_span(session->timeout_ms + 999, within), ssh_stage_text(session->stage));
}

void ssh_session_deadline(struct ssh_session *session, int timeout_ms)
{
    if (timeout_ms > 0)
        (void)uv_timer_start(&session->deadline, on_deadline, (uint64_t)timeout_ms, 0);
    else
        (void)uv_timer_stop(&session->deadline);
}

// --- memory ---

void ssh_session_free_memory(struct ssh_session *session)
{
    for (size_t i = 0; session->environment != NULL && session->environment[i] != NULL; i++)
        free(session->environment[i]);
    free(session->environment);
    free(session->term);
    free(session->command);
    free(session);
}

static void handle_closed(uv_handle_t *handle)
{
    struct ssh_session *session = handle->data;
    if (--session->handles_open == 0)
        ssh_session_free_memory(session);
}

void ssh_session_destroy(struct ssh_session *session)
{
    uv_timer_t *timers[] = {&session->kick, &session->deadline};
    ssh_line_leave(session);
    for (size_t i = 0; i < sizeof timers / sizeof timers[0]; i++)
        uv_close((uv_handle_t *)timers[i], handle_closed);
}
