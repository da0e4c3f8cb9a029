// SPDX-License-Identifier: Apache-2.0
//
// ssh_connection_life: Begin and end a connection's turns, watch its socket, settle how it ends, and tear it
// down.
//
// What every step may call, and calls none of them: a turn is started through connection->turn. Teardown has
// one place and happens at depth 0 only.

#include "api/base/time_util.h"
#include "api/ssh/ssh_connection_private.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

const char *ssh_stage_text(enum ssh_stage stage)
{
    static const char *const texts[] = {
#define X(name, text) [SSH_STAGE_##name] = (text),
        SSH_STAGE_TABLE(X)
#undef X
    };
    return (size_t)stage < sizeof texts / sizeof texts[0] ? texts[stage] : "";
}

int64_t ssh_connection_now_ms(void)
{
    return (int64_t)(uv_hrtime() / 1000000);
}

// --- the socket ---

bool ssh_connection_write_pending(const struct ssh_connection *connection)
{
    return (ssh_get_status(connection->ssh) & SSH_WRITE_PENDING) != 0;
}

static void on_ready(uv_poll_t *poll, int status, int events)
{
    struct ssh_connection *connection = poll->data;
    (void)events;
    if (connection == NULL)
        return;
    // libssh finds out by itself what is wrong with a socket; but libuv has stopped watching one in error.
    if (status < 0)
        connection->poll_events = 0;
    connection->turn(connection);
}

static void poll_closed(uv_handle_t *handle)
{
    free(handle);
}

static void watch_stop(struct ssh_connection *connection)
{
    if (connection->poll != NULL) {
        (void)uv_poll_stop(connection->poll);
        connection->poll->data = NULL;
        uv_close((uv_handle_t *)connection->poll, poll_closed);
        connection->poll = NULL;
    }
    if (connection->watched >= 0)
        (void)close(connection->watched);
    connection->watched = -1;
}

// libssh closes its socket in the middle of a call when the server breaks the protocol. A descriptor that
// is closed while libuv watches it makes libuv abort the program, so what is watched is a duplicate.
bool ssh_connection_watch_start(struct ssh_connection *connection)
{
    connection->watched = fcntl(connection->fd, F_DUPFD_CLOEXEC, 0);
    connection->poll = calloc(1, sizeof *connection->poll);
    if (connection->watched < 0 || connection->poll == NULL ||
        uv_poll_init_socket(connection->loop, connection->poll, connection->watched) < 0) {
        free(connection->poll);
        connection->poll = NULL;
        watch_stop(connection);
        return false;
    }
    connection->poll->data = connection;
    return true;
}

static void watch(struct ssh_connection *connection)
{
    int on = 1;
    if (connection->poll == NULL)
        return;
    int events = UV_READABLE;
    if (connection->job.running)
        events = 0; // nothing goes on before the host key is known
    else if (ssh_connection_write_pending(connection))
        events |= UV_WRITABLE;
    // Delayed acknowledgements cost 40 ms before the prompt; the kernel forgets the wish, so it is said
    // again.
    if (!connection->running || ssh_stream_set_waits(&connection->set))
        (void)setsockopt(connection->watched, IPPROTO_TCP, TCP_QUICKACK, &on, sizeof on);
    if (events == connection->poll_events)
        return;
    connection->poll_events = events;
    if (events == 0)
        (void)uv_poll_stop(connection->poll);
    else
        (void)uv_poll_start(connection->poll, events, on_ready);
}

// libssh says AGAIN for ever when the server leaves in the middle of its greeting, whether it closes or
// resets the connection. A reset is reported once only: to libssh, or here.
bool ssh_connection_left(const struct ssh_connection *connection)
{
    char byte;
    ssize_t count = 0;
    if (connection->ssh == NULL || connection->job.running)
        return false;
    count = recv(connection->watched, &byte, 1, MSG_PEEK | MSG_DONTWAIT);
    return count == 0 || (count < 0 && errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR);
}

// --- tearing down ---

void ssh_connection_free_memory(struct ssh_connection *connection)
{
    free(connection->job.file);
    ssh_string_free_char(connection->banner);
    secret_free(connection->password);
    free(connection);
}

static void memory_free_if_over(struct ssh_connection *connection)
{
    if (connection->freed && connection->handles_open == 0 && !connection->job.running)
        ssh_connection_free_memory(connection);
}

static void handle_closed(uv_handle_t *handle)
{
    struct ssh_connection *connection = handle->data;
    connection->handles_open--;
    memory_free_if_over(connection);
}

// Whether libssh closes a socket that it was given depends on how far it had come: so look whether it is
// still the same open one.
static void ssh_drop(ssh_session ssh)
{
    struct stat before;
    struct stat after;
    int fd = ssh_get_fd(ssh);
    bool is_open = fd >= 0 && fstat(fd, &before) == 0;
    ssh_disconnect(ssh);
    ssh_free(ssh);
    if (is_open && fstat(fd, &after) == 0 && after.st_ino == before.st_ino && after.st_dev == before.st_dev)
        (void)close(fd);
}

// What the server has asked, and what it was asked.
static void questions_drop(struct ssh_connection *connection)
{
    while (connection->incoming != NULL) {
        struct ssh_incoming *incoming = connection->incoming;
        connection->incoming = incoming->next;
        ssh_message_free(incoming->message);
        free(incoming);
    }
    while (connection->listens != NULL) {
        struct listen_request *request = connection->listens;
        connection->listens = request->next;
        free(request->address);
        free(request);
    }
}

static void disconnect(struct ssh_connection *connection)
{
    watch_stop(connection);
    ssh_stream_set_over(&connection->set, connection->freed ? NULL : &connection->end.why);
    questions_drop(connection);
    ssh_dial_free(connection->dial);
    connection->dial = NULL;
    if (connection->event != NULL) {
        (void)ssh_event_remove_session(connection->event, connection->ssh);
        ssh_event_free(connection->event);
        connection->event = NULL;
    }
    if (connection->ssh != NULL) {
        ssh_drop(connection->ssh);
        connection->ssh = NULL;
    }
    if (connection->fd >= 0)
        (void)close(connection->fd);
    connection->fd = -1;
    secret_free(connection->password);
    connection->password = NULL;
}

void ssh_connection_destroy(struct ssh_connection *connection)
{
    uv_timer_t *timers[] = {&connection->kick, &connection->deadline, &connection->keepalive};
    connection->destroyed = true;
    disconnect(connection);
    for (size_t i = 0; i < sizeof timers / sizeof timers[0]; i++)
        uv_close((uv_handle_t *)timers[i], handle_closed);
}

void ssh_connection_turn_begin(struct ssh_connection *connection)
{
    ssh_stream_set_begin(&connection->set);
}

void ssh_connection_turn_end(struct ssh_connection *connection)
{
    if (connection->ending && !connection->reported && connection->set.depth == 1) {
        connection->reported = true;
        disconnect(connection);
        (void)uv_timer_stop(&connection->deadline);
        (void)uv_timer_stop(&connection->keepalive);
        connection->stage = SSH_STAGE_ENDED;
        if (!connection->freed)
            connection->events.ended(connection->ctx, &connection->end);
    }
    if (!ssh_stream_set_end(&connection->set))
        return;
    if (connection->freed)
        ssh_connection_destroy(connection);
    else if (!connection->reported)
        watch(connection);
}

// --- ending ---

enum step_result ssh_connection_end(struct ssh_connection *connection, enum status status, const char *format,
                                    ...)
{
    va_list arguments;
    char message[2 * sizeof connection->end.why.message];
    if (connection->ending)
        return STEP_ENDED;
    connection->ending = true;
    connection->set.over = true;
    va_start(arguments, format);
    (void)vsnprintf(message, sizeof message, format, arguments);
    va_end(arguments);
    connection->end.status = status;
    connection->end.stage = connection->stage;
    connection->end.by_us = connection->closing;
    secret_mark_hide(&connection->mark, message); // the server's words may be in it
    (void)fail(&connection->end.why, status, "%s", message);
    secret_hide(connection->password, connection->end.why.message); // also what is cut of it
    ssh_connection_kick(connection);
    return STEP_ENDED;
}

void ssh_connection_enter(struct ssh_connection *connection, enum ssh_stage stage,
                          const struct host_key_report *report)
{
    if (connection->freed || connection->ending || (stage == connection->stage && report == NULL))
        return;
    connection->stage = stage;
    if (connection->events.stage != NULL)
        connection->events.stage(connection->ctx, stage, report);
}

// --- timers ---

static void on_kick(uv_timer_t *timer)
{
    struct ssh_connection *connection = timer->data;
    connection->turn(connection);
}

void ssh_connection_kick(struct ssh_connection *connection)
{
    if (!connection->destroyed)
        (void)uv_timer_start(&connection->kick, on_kick, 0, 0);
}

static void on_deadline(uv_timer_t *timer)
{
    struct ssh_connection *connection = timer->data;
    char within[TIME_SPAN_CAP];
    ssh_connection_turn_begin(connection);
    ssh_connection_end(connection, STATUS_TIMED_OUT, "%s port %d did not answer within %s while %s",
                       connection->target.host, connection->target.port,
                       time_format_span(connection->timeout_ms + 999, within),
                       ssh_stage_text(connection->stage));
    ssh_connection_turn_end(connection);
}

void ssh_connection_deadline(struct ssh_connection *connection, int timeout_ms)
{
    if (timeout_ms > 0)
        (void)uv_timer_start(&connection->deadline, on_deadline, (uint64_t)timeout_ms, 0);
    else
        (void)uv_timer_stop(&connection->deadline);
}

// --- disk work ---

static void job_run(uv_work_t *work)
{
    struct key_job *job = work->data;
    job->run(job);
}

static void job_done(uv_work_t *work, int status)
{
    struct key_job *job = work->data;
    struct ssh_connection *connection =
        (struct ssh_connection *)((char *)job - offsetof(struct ssh_connection, job));
    job->running = false;
    if (connection->freed) {
        memory_free_if_over(connection);
        return;
    }
    ssh_connection_turn_begin(connection);
    if (status < 0)
        ssh_connection_end(connection, STATUS_INTERNAL, "disk access was cancelled");
    else if (!connection->ending)
        job->done(connection);
    if (!connection->ending)
        ssh_connection_kick(connection);
    ssh_connection_turn_end(connection);
}

bool ssh_connection_job(struct ssh_connection *connection, void (*run)(struct key_job *job),
                        void (*done)(struct ssh_connection *connection))
{
    struct key_job *job = &connection->job;
    job->work.data = job;
    job->run = run;
    job->done = done;
    job->running = uv_queue_work(connection->loop, &job->work, job_run, job_done) == 0;
    if (!job->running)
        ssh_connection_end(connection, STATUS_NO_MEMORY, "%s", "");
    return job->running;
}
