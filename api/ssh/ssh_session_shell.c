// SPDX-License-Identifier: Apache-2.0
//
// ssh_session_shell: The stream of a session: ask for a terminal, the variables and the shell or the command,
// pass on its output, and note how it ends.

#include "api/ssh/ssh_session_private.h"

#include <stdio.h>
#include <string.h>

enum { EXIT_MASK = 255 };

// --- starting ---

static void open_now(struct ssh_session *session)
{
    if (session->stage != SSH_STAGE_SHELL || session->line == NULL)
        return;
    if (!session->beside) {
        session->line->connection->starting = false;
        session->line->connection->stage = SSH_STAGE_OPEN;
    }
    ssh_session_enter(session, SSH_STAGE_OPEN, NULL);
}

// Whether the request was granted; a stream that closes tells its end by itself.
static bool is_granted(struct ssh_session *session, const struct failure *why, const char *what)
{
    if (why == NULL)
        return true;
    session->end.refused = why->status != STATUS_CANCELLED;
    if (session->end.refused)
        ssh_session_end(session, STATUS_SSH_FAILED, "%s refused %s", session->target.host, what);
    return false;
}

// The size, where it has changed since the terminal was asked for.
static void size_send(struct ssh_session *session)
{
    if (!session->pty || (session->rows == session->sent_rows && session->cols == session->sent_cols))
        return;
    session->sent_rows = session->rows;
    session->sent_cols = session->cols;
    ssh_stream_resize(session->stream, session->rows, session->cols);
}

static void on_pty(void *ctx, const struct failure *why)
{
    struct ssh_session *session = ctx;
    session->granted = is_granted(session, why, "a terminal");
}

static void on_shell(void *ctx, const struct failure *why)
{
    struct ssh_session *session = ctx;
    if (!is_granted(session, why, session->command != NULL ? "the command" : "a shell"))
        return;
    ssh_session_shell_start(session); // a server on this machine may answer before the loop came to it
    session->started = true;
    ssh_session_deadline(session, 0);
    session->facts.opened_at = ssh_connection_now_ms();
    size_send(session);
    open_now(session);
}

static enum status variables_ask(struct ssh_session *session)
{
    enum status status = STATUS_OK;
    for (char **pair = session->environment; *pair != NULL && status == STATUS_OK; pair++) {
        char name[64];
        size_t length = strcspn(*pair, "=");
        if ((*pair)[length] != '=' || length == 0 || length >= sizeof name)
            continue;
        (void)snprintf(name, sizeof name, "%.*s", (int)length, *pair);
        const struct ssh_stream_request variable = {
            .kind = SSH_REQUEST_KIND_ENV, .text = name, .value = *pair + length + 1};
        status = ssh_stream_send_request(session->stream, &variable, NULL, NULL);
        if (status == STATUS_TOO_LARGE) // no server would take it
            status = STATUS_OK;
    }
    return status;
}

static enum status shell_ask(struct ssh_session *session)
{
    const struct ssh_stream_request shell = {.kind = session->command != NULL ? SSH_REQUEST_KIND_EXEC
                                                                              : SSH_REQUEST_KIND_SHELL,
                                             .text = session->command};
    return ssh_stream_send_request(session->stream, &shell, on_shell, session);
}

static void on_opened(void *ctx)
{
    struct ssh_session *session = ctx;
    enum status status = STATUS_OK;
    const struct ssh_stream_request pty = {
        .kind = SSH_REQUEST_KIND_PTY, .text = session->term, .rows = session->rows, .cols = session->cols};
    session->opened = true;
    session->sent_rows = session->rows;
    session->sent_cols = session->cols;
    if (session->pty)
        status = ssh_stream_send_request(session->stream, &pty, on_pty, session);
    if (status == STATUS_OK)
        status = variables_ask(session);
    if (status == STATUS_OK && !session->waits)
        status = shell_ask(session);
    if (status == STATUS_TOO_LARGE)
        ssh_session_end(session, status, "the command is too long");
    else if (status != STATUS_OK)
        ssh_session_end(session, status, "%s", "");
}

void ssh_session_shell_claim(struct ssh_session *session)
{
    session->waits = false;
    if (!session->opened) // then all is asked for in its time
        return;
    size_send(session);
    (void)shell_ask(session); // one that is closed by now ends by that
}

// --- while it runs ---

static size_t on_output(void *ctx, const char *bytes, size_t length, bool is_stderr)
{
    struct ssh_session *session = ctx;
    // The shell may speak in the same packet that says it has started.
    ssh_session_shell_start(session);
    open_now(session);
    if (!session->closing && !session->reported)
        session->events.output(session->ctx, bytes, length, is_stderr);
    return length;
}

static void on_drained(void *ctx)
{
    struct ssh_session *session = ctx;
    if (session->events.drained != NULL && !session->closing)
        session->events.drained(session->ctx);
}

static void on_exit_status(void *ctx, uint32_t exit_status)
{
    struct ssh_session *session = ctx;
    session->end.exited = true;
    session->end.exit_status = (int)(exit_status & EXIT_MASK);
}

// The name comes from outside: letters and digits of it, no more.
static void on_exit_signal(void *ctx, const char *name, bool core, const char *message, const char *language)
{
    struct ssh_session *session = ctx;
    size_t length = 0;
    (void)core;
    (void)message;
    (void)language;
    for (; name[length] != '\0' && length + 1 < sizeof session->end.exit_signal; length++) {
        char c = name[length];
        if (!((c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9')))
            break;
        session->end.exit_signal[length] = c;
    }
    session->end.exit_signal[length] = '\0';
}

static void on_closed(void *ctx, const struct failure *why, bool refused)
{
    struct ssh_session *session = ctx;
    session->end.refused = session->end.refused || refused;
    if (refused) {
        ssh_session_end(session, STATUS_SSH_FAILED, "%s refused a channel", session->target.host);
    } else if (why == NULL && !session->started) {
        ssh_session_end(session, STATUS_SSH_FAILED, "%s port %d closed the channel while %s",
                        session->target.host, session->target.port, ssh_stage_text(session->stage));
    } else if (why == NULL) {
        ssh_session_end(session, STATUS_OK, "%s", "");
    }
    // Else the connection has ended, and tells why.
}

enum status ssh_session_shell_open(struct ssh_session *session, struct failure *why)
{
    static const struct ssh_stream_events events = {
        .opened = on_opened,
        .output = on_output,
        .exit_status = on_exit_status,
        .exit_signal = on_exit_signal,
        .drained = on_drained,
        .closed = on_closed,
    };
    const struct ssh_stream_options options = {.wide = true, .queue_cap = SESSION_QUEUE_CAP};
    return ssh_stream_open_session(session->line->connection, &options, &events, session, &session->stream,
                                   why);
}

void ssh_session_shell_start(struct ssh_session *session)
{
    if (session->asked || session->waits)
        return;
    session->asked = true;
    ssh_session_deadline(session, session->beside && session->timeout_ms > SESSION_BESIDE_MS
                                      ? SESSION_BESIDE_MS
                                      : session->timeout_ms);
    ssh_session_enter(session, SSH_STAGE_SHELL, NULL);
}
