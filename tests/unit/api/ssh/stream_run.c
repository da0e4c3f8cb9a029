// SPDX-License-Identifier: Apache-2.0
//
// stream_run: Run an ssh_connection with streams on a loop of its own, and keep what they report.

#include "tests/unit/api/ssh/stream_run.h"

#include "tests/support/sshd.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PULSE_MS = 20 };

// --- a stream ---

static void keep(char **text, size_t *length, const char *bytes, size_t count)
{
    char *more = realloc(*text, *length + count + 1);
    cr_assert_not_null(more);
    memcpy(more + *length, bytes, count);
    *text = more;
    *length += count;
    more[*length] = '\0';
}

static void part(struct stream_seen *seen)
{
    ssh_stream_free(seen->stream);
    seen->stream = NULL;
}

static void on_opened(void *ctx)
{
    struct stream_seen *seen = ctx;
    seen->opened++;
    if (seen->free_at_opened)
        part(seen);
}

static size_t on_output(void *ctx, const char *bytes, size_t length, bool is_stderr)
{
    struct stream_seen *seen = ctx;
    size_t taken = length < seen->take ? length : seen->take;
    cr_assert_not_null(seen->stream, "output of one that was freed");
    cr_assert_eq(seen->closed, 0, "output after the close");
    cr_assert_eq(seen->eof, 0, "output after eof");
    cr_assert_leq(length, (size_t)65536);
    if (seen->counting) {
        for (size_t i = 0; i < taken; i++)
            seen->sum = seen->sum * 31 + (unsigned char)bytes[i];
        seen->out_length += taken;
    } else if (is_stderr) {
        keep(&seen->err, &seen->err_length, bytes, taken);
    } else {
        keep(&seen->out, &seen->out_length, bytes, taken);
    }
    if (seen->free_at_output)
        part(seen);
    return taken;
}

static void on_eof(void *ctx)
{
    struct stream_seen *seen = ctx;
    seen->eof++;
    seen->out_at_eof = seen->out_length;
}

static void on_exit_status(void *ctx, uint32_t exit_status)
{
    struct stream_seen *seen = ctx;
    seen->exited = true;
    seen->exit_status = exit_status;
}

static void on_exit_signal(void *ctx, const char *name, bool core, const char *message, const char *language)
{
    struct stream_seen *seen = ctx;
    cr_assert_not_null(message);
    cr_assert_not_null(language);
    seen->core = core;
    (void)snprintf(seen->signal, sizeof seen->signal, "%s", name);
}

static void on_peer_closed(void *ctx)
{
    struct stream_seen *seen = ctx;
    seen->peer_closed++;
}

static void on_drained(void *ctx)
{
    struct stream_seen *seen = ctx;
    seen->drained++;
}

static void on_closed(void *ctx, const struct failure *why, bool refused)
{
    struct stream_seen *seen = ctx;
    cr_assert_eq(seen->run->ended, 0, "a stream outlives its connection");
    seen->closed++;
    seen->refused += refused;
    seen->closed_in_order = why == NULL;
    if (why != NULL)
        seen->why = *why;
    if (seen->free_connection_at_closed) {
        ssh_connection_free(seen->run->connection);
        seen->run->connection = NULL;
    }
}

const struct ssh_stream_events stream_run_events = {
    .opened = on_opened,
    .output = on_output,
    .eof = on_eof,
    .exit_status = on_exit_status,
    .exit_signal = on_exit_signal,
    .peer_closed = on_peer_closed,
    .drained = on_drained,
    .closed = on_closed,
};

static void on_request(void *ctx, const struct failure *why)
{
    struct stream_seen *seen = ctx;
    seen->granted += why == NULL;
    seen->denied += why != NULL;
}

struct stream_seen *stream_run_next(struct stream_run *run)
{
    cr_assert_lt(run->count, (size_t)STREAM_RUN_MAX);
    struct stream_seen *seen = &run->seen[run->count++];
    seen->run = run;
    seen->take = SIZE_MAX;
    return seen;
}

void stream_run_request(struct stream_seen *seen, enum ssh_request_kind kind, const char *text)
{
    const struct ssh_stream_request request = {
        .kind = kind, .text = text, .value = "v", .rows = 24, .cols = 80};
    cr_assert_eq(ssh_stream_send_request(seen->stream, &request, on_request, seen), STATUS_OK);
}

struct stream_seen *stream_run_command(struct stream_run *run, const char *command)
{
    struct stream_seen *seen = stream_run_next(run);
    struct failure why = {.status = STATUS_OK};
    cr_assert_eq(
        ssh_stream_open_session(run->connection, NULL, &stream_run_events, seen, &seen->stream, &why),
        STATUS_OK, "%s", failure_text(&why));
    if (command != NULL)
        stream_run_request(seen, SSH_REQUEST_KIND_EXEC, command);
    return seen;
}

void stream_run_type(struct stream_seen *seen, const char *text)
{
    cr_assert_eq(ssh_stream_write(seen->stream, text, strlen(text), false), STATUS_OK);
}

// --- the connection ---

static void on_ready(void *ctx)
{
    struct stream_run *run = ctx;
    run->ready++;
}

static void on_incoming(void *ctx, struct ssh_incoming *incoming)
{
    struct stream_run *run = ctx;
    struct failure why = {.status = STATUS_OK};
    run->incoming++;
    cr_assert_eq(ssh_incoming_kind(incoming), SSH_INCOMING_TCP);
    (void)snprintf(run->incoming_address, sizeof run->incoming_address, "%s", ssh_incoming_address(incoming));
    run->incoming_port = ssh_incoming_port(incoming);
    cr_assert_gt(ssh_incoming_origin_port(incoming), 0);
    cr_assert_str_neq(ssh_incoming_origin(incoming), "");
    if (run->refuses_incoming) {
        ssh_incoming_refuse(incoming);
        return;
    }
    struct stream_seen *seen = stream_run_next(run);
    cr_assert_eq(ssh_incoming_accept(incoming, NULL, &stream_run_events, seen, &seen->stream, &why),
                 STATUS_OK);
}

static void on_ended(void *ctx, const struct ssh_end *end)
{
    struct stream_run *run = ctx;
    run->ended++;
    run->end = *end;
    for (size_t i = 0; i < run->count; i++)
        run->closed_before_end += run->seen[i].closed;
}

static void on_pulse(uv_timer_t *timer)
{
    (void)timer;
}

void stream_run_begin(struct stream_run *run, int port, const char *user, const char *password)
{
    memset(run, 0, sizeof *run);
    cr_assert_eq(secret_init(), 0);
    cr_assert(support_folder_make(run->folder));
    (void)snprintf(run->known_hosts, sizeof run->known_hosts, "%s/known_hosts", run->folder);
    run->options.target.port = port;
    (void)snprintf(run->options.target.host, sizeof run->options.target.host, "%s", SSHD_HOST);
    (void)snprintf(run->options.target.user, sizeof run->options.target.user, "%s", user);
    run->options.known_hosts = run->known_hosts;
    run->options.password = secret_new(password, strlen(password));
    cr_assert_not_null(run->options.password);
    cr_assert_eq(uv_loop_init(&run->loop), 0);
    cr_assert_eq(uv_timer_init(&run->loop, &run->pulse), 0);
    cr_assert_eq(uv_timer_start(&run->pulse, on_pulse, PULSE_MS, PULSE_MS), 0);
}

void stream_run_open(struct stream_run *run)
{
    const struct ssh_connection_events events = {
        .ready = on_ready, .incoming = run->wants_incoming ? on_incoming : NULL, .ended = on_ended};
    struct failure why = {.status = STATUS_OK};
    enum status status = ssh_connection_open(&run->loop, &run->options, &events, run, &run->connection, &why);
    cr_assert_eq(status, STATUS_OK, "%s", failure_text(&why));
}

void stream_run_end(struct stream_run *run)
{
    ssh_connection_free(run->connection);
    for (size_t i = 0; i < run->count; i++) {
        ssh_stream_free(run->seen[i].stream);
        free(run->seen[i].out);
        free(run->seen[i].err);
    }
    uv_close((uv_handle_t *)&run->pulse, NULL);
    (void)uv_run(&run->loop, UV_RUN_DEFAULT);
    cr_assert_eq(uv_loop_close(&run->loop), 0, "a handle is still on the loop");
    secret_free((struct secret *)run->options.password);
    cr_expect(support_folder_remove(run->folder));
}

// --- waiting ---

bool stream_run_until(struct stream_run *run, bool (*ready)(struct stream_run *run))
{
    int64_t deadline = support_now_ms() + SUPPORT_WAIT_MS;
    while (!ready(run)) {
        if (support_now_ms() > deadline)
            return false;
        (void)uv_run(&run->loop, UV_RUN_ONCE);
    }
    return true;
}

bool stream_run_has_ended(struct stream_run *run)
{
    return run->ended > 0;
}

bool stream_run_all_closed(struct stream_run *run)
{
    for (size_t i = 0; i < run->count; i++)
        if (run->seen[i].closed == 0 && run->seen[i].stream != NULL)
            return false;
    return true;
}

bool stream_run_closed(struct stream_seen *seen)
{
    int64_t deadline = support_now_ms() + SUPPORT_WAIT_MS;
    while (seen->closed == 0 && support_now_ms() < deadline)
        (void)uv_run(&seen->run->loop, UV_RUN_ONCE);
    return seen->closed > 0;
}

bool stream_run_expect(struct stream_seen *seen, const char *text)
{
    int64_t deadline = support_now_ms() + SUPPORT_WAIT_MS;
    while (seen->out == NULL || strstr(seen->out, text) == NULL) {
        if (support_now_ms() > deadline || seen->closed > 0) {
            (void)fprintf(stderr, "'%s' did not come; heard:\n%s\n", text,
                          seen->out != NULL ? seen->out : "");
            return false;
        }
        (void)uv_run(&seen->run->loop, UV_RUN_ONCE);
    }
    return true;
}
