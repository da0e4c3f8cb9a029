// SPDX-License-Identifier: Apache-2.0
//
// ssh_session_life: Begin and end a session's turns, watch its socket, settle how it ends, and tear it down.
//
// What every step may call, and calls none of them: a turn is started through session->turn. Teardown has one
// place and happens at depth 0 only.

#include "api/base/time_util.h"
#include "api/ssh/ssh_session_private.h"

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

int64_t ssh_session_now_ms(void)
{
    return (int64_t)(uv_hrtime() / 1000000);
}

// --- the socket ---

bool ssh_session_write_pending(const struct ssh_session *session)
{
    return (ssh_get_status(session->ssh) & SSH_WRITE_PENDING) != 0;
}

static void on_ready(uv_poll_t *poll, int status, int events)
{
    struct ssh_session *session = poll->data;
    (void)events;
    if (session == NULL)
        return;
    // libssh finds out by itself what is wrong with a socket; but libuv has stopped watching one in error.
    if (status < 0)
        session->poll_events = 0;
    session->turn(session);
}

static void poll_closed(uv_handle_t *handle)
{
    free(handle);
}

static void watch_stop(struct ssh_session *session)
{
    if (session->poll != NULL) {
        (void)uv_poll_stop(session->poll);
        session->poll->data = NULL;
        uv_close((uv_handle_t *)session->poll, poll_closed);
        session->poll = NULL;
    }
    if (session->watched >= 0)
        (void)close(session->watched);
    session->watched = -1;
}

// libssh closes its socket in the middle of a call when the server breaks the protocol. A descriptor that
// is closed while libuv watches it makes libuv abort the program, so what is watched is a duplicate.
bool ssh_session_watch_start(struct ssh_session *session)
{
    session->watched = fcntl(session->fd, F_DUPFD_CLOEXEC, 0);
    session->poll = calloc(1, sizeof *session->poll);
    if (session->watched < 0 || session->poll == NULL ||
        uv_poll_init_socket(session->loop, session->poll, session->watched) < 0) {
        free(session->poll);
        session->poll = NULL;
        watch_stop(session);
        return false;
    }
    session->poll->data = session;
    return true;
}

static void watch(struct ssh_session *session)
{
    int on = 1;
    if (session->poll == NULL)
        return;
    int events = session->held && session->running ? 0 : UV_READABLE;
    if (session->job.running)
        events = 0; // nothing goes on before the host key is known
    else if (ssh_session_write_pending(session))
        events |= UV_WRITABLE;
    // Delayed acknowledgements cost 40 ms before the prompt; the kernel forgets the wish, so it is said
    // again.
    if (!session->running)
        (void)setsockopt(session->watched, IPPROTO_TCP, TCP_QUICKACK, &on, sizeof on);
    if (events == session->poll_events)
        return;
    session->poll_events = events;
    if (events == 0)
        (void)uv_poll_stop(session->poll);
    else
        (void)uv_poll_start(session->poll, events, on_ready);
}

// --- tearing down ---

void ssh_session_free_memory(struct ssh_session *session)
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
        ssh_session_free_memory(session);
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
    watch_stop(session);
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

void ssh_session_destroy(struct ssh_session *session)
{
    uv_timer_t *timers[] = {&session->kick, &session->deadline, &session->keepalive};
    disconnect(session);
    for (size_t i = 0; i < sizeof timers / sizeof timers[0]; i++)
        uv_close((uv_handle_t *)timers[i], handle_closed);
}

void ssh_session_turn_begin(struct ssh_session *session)
{
    session->depth++;
}

void ssh_session_turn_end(struct ssh_session *session)
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
        ssh_session_destroy(session);
    else if (!session->reported)
        watch(session);
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

// --- timers ---

static void on_kick(uv_timer_t *timer)
{
    struct ssh_session *session = timer->data;
    session->turn(session);
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
    ssh_session_turn_begin(session);
    ssh_session_end(session, STATUS_TIMED_OUT, "%s port %d did not answer within %s while %s",
                    session->target.host, session->target.port,
                    time_format_span(session->timeout_ms + 999, within), ssh_stage_text(session->stage));
    ssh_session_turn_end(session);
}

void ssh_session_deadline(struct ssh_session *session, int timeout_ms)
{
    if (timeout_ms > 0)
        (void)uv_timer_start(&session->deadline, on_deadline, (uint64_t)timeout_ms, 0);
    else
        (void)uv_timer_stop(&session->deadline);
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
    ssh_session_turn_begin(session);
    if (status < 0)
        ssh_session_end(session, STATUS_INTERNAL, "disk access was cancelled");
    else if (!session->ending)
        job->done(session);
    if (!session->ending)
        ssh_session_kick(session);
    ssh_session_turn_end(session);
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
