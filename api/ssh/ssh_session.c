// SPDX-License-Identifier: Apache-2.0
//
// ssh_session: Open, turn, end and free a session.
//
// Everything happens on turns of the loop (a kick, the socket, a timer), never inside a call of the owner, so
// that no event comes while the owner is in here. Teardown has one place and happens at depth 0 only.

#include "api/base/server_time.h"
#include "api/ssh/ssh_session_private.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
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

int64_t ssh_session_now_ms(void)
{
    return (int64_t)(uv_hrtime() / 1000000);
}

// --- tearing down ---

static void memory_free(struct ssh_session *session)
{
    for (size_t i = 0; session->environment != NULL && session->environment[i] != NULL; i++)
        free(session->environment[i]);
    free(session->environment);
    free(session->term);
    free(session->command);
    free(session->job.file);
    bytebuf_free(&session->queue);
    ssh_string_free_char(session->banner);
    secret_free(session->password);
    free(session);
}

static void memory_free_if_over(struct ssh_session *session)
{
    if (session->freed && session->handles_open == 0 && !session->job.running)
        memory_free(session);
}

static void handle_closed(uv_handle_t *handle)
{
    struct ssh_session *session = handle->data;
    session->handles_open--;
    memory_free_if_over(session);
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

static void disconnect(struct ssh_session *session)
{
    ssh_session_watch_stop(session);
    ssh_dial_free(session->dial);
    session->dial = NULL;
    if (session->event != NULL) {
        (void)ssh_event_remove_session(session->event, session->ssh);
        ssh_event_free(session->event);
        session->event = NULL;
    }
    if (session->channel != NULL) {
        (void)ssh_remove_channel_callbacks(session->channel, &session->callbacks);
        ssh_channel_free(session->channel);
        session->channel = NULL;
    }
    if (session->ssh != NULL) {
        ssh_drop(session->ssh);
        session->ssh = NULL;
    }
    if (session->fd >= 0)
        (void)close(session->fd);
    session->fd = -1;
    secret_free(session->password);
    session->password = NULL;
}

static void destroy(struct ssh_session *session)
{
    uv_timer_t *timers[] = {&session->kick, &session->deadline, &session->keepalive};
    disconnect(session);
    for (size_t i = 0; i < sizeof timers / sizeof timers[0]; i++)
        uv_close((uv_handle_t *)timers[i], handle_closed);
}

// Every entry from the loop begins and ends with these two.
static void turn_begin(struct ssh_session *session)
{
    session->depth++;
}

static void turn_end(struct ssh_session *session)
{
    if (session->ending && !session->reported && session->depth == 1) {
        session->reported = true;
        disconnect(session);
        (void)uv_timer_stop(&session->deadline);
        (void)uv_timer_stop(&session->keepalive);
        session->stage = SSH_STAGE_ENDED;
        if (!session->freed)
            session->events.ended(session->ctx, &session->end);
    }
    session->depth--;
    if (session->depth > 0)
        return;
    if (session->freed)
        destroy(session);
    else if (!session->reported)
        ssh_session_watch(session);
}

// --- ending ---

enum step_result ssh_session_end(struct ssh_session *session, enum status status, const char *format, ...)
{
    va_list arguments;
    char message[2 * sizeof session->end.why.message];
    if (session->ending)
        return STEP_ENDED;
    session->ending = true;
    va_start(arguments, format);
    (void)vsnprintf(message, sizeof message, format, arguments);
    va_end(arguments);
    if (status != STATUS_OK) { // what was reported before counts no more
        session->end.exited = false;
        session->end.exit_signal[0] = '\0';
    }
    session->end.status = status;
    session->end.stage = session->stage;
    session->end.by_us = session->closing;
    secret_mark_hide(&session->mark, message); // the server's words may be in it
    (void)fail(&session->end.why, status, "%s", message);
    secret_hide(session->password, session->end.why.message); // also what is cut of it
    ssh_session_kick(session);
    return STEP_ENDED;
}

void ssh_session_enter(struct ssh_session *session, enum ssh_stage stage,
                       const struct host_key_report *report)
{
    if (session->freed || session->ending || (stage == session->stage && report == NULL))
        return;
    session->stage = stage;
    if (session->events.stage != NULL)
        session->events.stage(session->ctx, stage, report);
}

// --- turns ---

void ssh_session_turn(struct ssh_session *session)
{
    turn_begin(session);
    if (session->closing && !session->ending)
        ssh_session_end(session, STATUS_CANCELLED, "%s", "");
    if (!session->ending && !session->running)
        ssh_session_connect(session);
    if (!session->ending && session->running)
        ssh_session_pump(session);
    turn_end(session);
}

static void on_kick(uv_timer_t *timer)
{
    ssh_session_turn(timer->data);
}

void ssh_session_kick(struct ssh_session *session)
{
    if (!session->freed)
        (void)uv_timer_start(&session->kick, on_kick, 0, 0);
}

static void on_deadline(uv_timer_t *timer)
{
    struct ssh_session *session = timer->data;
    char within[TIME_SPAN_CAP];
    turn_begin(session);
    ssh_session_end(session, STATUS_TIMED_OUT, "%s port %d did not answer within %s while %s",
                    session->target.host, session->target.port,
                    time_format_span(session->timeout_ms + 999, within), ssh_stage_text(session->stage));
    turn_end(session);
}

void ssh_session_deadline(struct ssh_session *session, int timeout_ms)
{
    if (timeout_ms > 0)
        (void)uv_timer_start(&session->deadline, on_deadline, (uint64_t)timeout_ms, 0);
    else
        (void)uv_timer_stop(&session->deadline);
}

static void on_keepalive(uv_timer_t *timer)
{
    struct ssh_session *session = timer->data;
    turn_begin(session);
    if (session->running && !session->ending)
        ssh_session_keepalive(session);
    turn_end(session);
}

void ssh_session_keepalive_every(struct ssh_session *session, int interval_ms)
{
    (void)uv_timer_start(&session->keepalive, on_keepalive, (uint64_t)interval_ms, (uint64_t)interval_ms);
}

void ssh_session_keepalive_in(struct ssh_session *session, int ms)
{
    (void)uv_timer_start(&session->keepalive, on_keepalive, (uint64_t)ms,
                         uv_timer_get_repeat(&session->keepalive));
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
    struct ssh_session *session = (struct ssh_session *)((char *)job - offsetof(struct ssh_session, job));
    job->running = false;
    if (session->freed) {
        memory_free_if_over(session);
        return;
    }
    turn_begin(session);
    if (status < 0)
        ssh_session_end(session, STATUS_INTERNAL, "disk access was cancelled");
    else if (!session->ending)
        job->done(session);
    if (!session->ending)
        ssh_session_kick(session);
    turn_end(session);
}

bool ssh_session_job(struct ssh_session *session, void (*run)(struct key_job *job),
                     void (*done)(struct ssh_session *session))
{
    struct key_job *job = &session->job;
    job->work.data = job;
    job->run = run;
    job->done = done;
    job->running = uv_queue_work(session->loop, &job->work, job_run, job_done) == 0;
    if (!job->running)
        ssh_session_end(session, STATUS_NO_MEMORY, "%s", "");
    return job->running;
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
    if (!options_copy(session, options)) {
        memory_free(session);
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
        destroy(session);
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
            destroy(session);
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
    turn_begin(session);
    ssh_session_doubt(session);
    turn_end(session);
}

void ssh_session_facts(const struct ssh_session *session, struct ssh_session_facts *out)
{
    *out = session->facts;
}
