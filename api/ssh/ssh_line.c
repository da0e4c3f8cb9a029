// SPDX-License-Identifier: Apache-2.0
//
// ssh_line: A connection that sessions share: pass on what comes of it, and end it with the last of them.

#include "api/ssh/ssh_session_private.h"

#include <stdlib.h>

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
    bool is_last = line->first == NULL;
    while (!is_last) {
        is_last = line->first->next == NULL;
        ssh_session_end_as(line->first, &copy); // the last one takes the line with it
    }
}

enum status ssh_line_open(struct ssh_session *session, const struct ssh_session_options *options,
                          struct failure *why)
{
    static const struct ssh_connection_events events = {
        .stage = on_stage, .banner = on_banner, .ready = on_ready, .ended = on_ended};
    const struct ssh_connection_options asked = {
        .target = options->target,
        .password = options->password,
        .known_hosts = options->known_hosts,
        .connect_timeout_ms = options->connect_timeout_ms,
        .keepalive_s = options->keepalive_s,
    };
    struct ssh_line *line = calloc(1, sizeof *line);
    if (line == NULL)
        return fail(why, STATUS_NO_MEMORY, "%s", "");
    enum status status = ssh_connection_open(session->loop, &asked, &events, line, &line->connection, why);
    if (status != STATUS_OK) {
        free(line);
        return status;
    }
    ssh_line_join(line, session);
    return STATUS_OK;
}

void ssh_line_join(struct ssh_line *line, struct ssh_session *session)
{
    struct ssh_session **end = &line->first;
    while (*end != NULL)
        end = &(*end)->next;
    *end = session;
    session->line = line;
}

void ssh_line_leave(struct ssh_session *session)
{
    struct ssh_line *line = session->line;
    if (line == NULL)
        return;
    session->line = NULL;
    ssh_stream_free(session->stream);
    session->stream = NULL;
    if (line->spare == session) {
        line->spare = NULL;
        return;
    }
    struct ssh_session **at = &line->first;
    while (*at != session)
        at = &(*at)->next;
    *at = session->next;
    session->next = NULL;
    if (line->first != NULL)
        return;
    ssh_session_free(line->spare);
    ssh_connection_free(line->connection);
    free(line);
}
