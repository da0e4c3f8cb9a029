// SPDX-License-Identifier: Apache-2.0
//
// ssh_line: A connection that sessions share: who is on it, and that it ends with the last of them.

#include "api/ssh/ssh_session_private.h"

#include <stdlib.h>

enum status ssh_line_open(struct ssh_session *session, const struct ssh_session_options *options,
                          const struct ssh_connection_events *events,
                          void (*spare_free)(struct ssh_session *spare), struct failure *why)
{
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
    enum status status = ssh_connection_open(session->loop, &asked, events, line, &line->connection, why);
    if (status != STATUS_OK) {
        free(line);
        return status;
    }
    line->spare_free = spare_free;
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

void ssh_line_drop(struct ssh_line *line)
{
    if (line->spare != NULL)
        line->spare_free(line->spare);
    ssh_connection_free(line->connection);
    free(line);
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
    if (line->first == NULL && !line->telling)
        ssh_line_drop(line);
}
