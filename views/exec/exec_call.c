// SPDX-License-Identifier: Apache-2.0
//
// exec_call: The command in one sandbox, from a paused sandbox to how it ended. A call of the service can't
// be taken back: what it brings after the call was given up is dropped.

#include "api/base/time_util.h"
#include "api/service/credential_choice.h"
#include "api/ssh/ssh_session.h"
#include "tui/base/xalloc.h"
#include "views/exec/exec_private.h"
#include "views/session/remote_env.h"
#include "views/session/session_log.h"
#include "views/session/session_messages.h"

#include <stdio.h>
#include <stdlib.h>

enum { GRACE_MS = 1000 }; // between the signal and hanging up

struct exec_call {
    struct exec *exec; // NULL: given up, or it has been told
    size_t index;
    char sandbox_id[ID_CAP];
    struct credential_choice choice;
    struct credential credential;
    struct ssh_session *session;
    struct host_key_report new_key;
    int64_t begun_at, opened_at; // of the session; monotonic ms
    enum exec_outcome given_up;  // NOT_STARTED: it goes on
    bool asked;                  // the service is to call back
    bool settled;                // the result stands
    uv_timer_t limit, report;
    int handles;
};

static struct exec_result *result_of(const struct exec_call *call)
{
    return &call->exec->results[call->index];
}

// --- the event log ------------------------------------------------------------------------

static struct session_log log_of(const struct exec_call *call)
{
    return (struct session_log){.sandbox_id = call->sandbox_id,
                                .id = call->credential.id,
                                .number = -1,
                                .begun_at = call->begun_at,
                                .opened_at = call->opened_at};
}

static void log_end(const struct exec_call *call, const struct ssh_end *end)
{
    const struct session_log log = log_of(call);
    struct event event;
    if (session_log_ended(&log, end, &event))
        service_log(call->exec->options.service, &event);
}

// Its own end is not waited for.
static void log_hang_up(const struct exec_call *call)
{
    const struct ssh_end end = {.status = STATUS_CANCELLED, .by_us = true};
    if (call->session != NULL && !call->settled)
        log_end(call, &end);
}

// --- its end ------------------------------------------------------------------------------

static void free_if_over(struct exec_call *call)
{
    if (call->handles == 0 && !call->asked)
        free(call);
}

static void on_closed(uv_handle_t *handle)
{
    struct exec_call *call = handle->data;
    call->handles--;
    free_if_over(call);
}

static void release(struct exec_call *call)
{
    call->exec = NULL;
    ssh_session_free(call->session);
    call->session = NULL;
    uv_close((uv_handle_t *)&call->limit, on_closed);
    uv_close((uv_handle_t *)&call->report, on_closed);
}

static void on_report(uv_timer_t *timer)
{
    struct exec_call *call = timer->data;
    struct exec *exec = call->exec;
    size_t index = call->index;
    exec->calls[index] = NULL;
    release(call);
    exec->options.done(exec->options.ctx, index);
}

// why: of FAILED and UNKNOWN; NULL else.
static void settle(struct exec_call *call, enum exec_outcome outcome, const struct failure *why)
{
    if (call->settled)
        return;
    struct exec_result *result = result_of(call);
    call->settled = true;
    result->outcome = outcome;
    result->ended_at = time_monotonic_ms();
    if (why != NULL)
        result->why = *why;
    exec_output_end(&result->out);
    exec_output_end(&result->err);
    (void)uv_timer_stop(&call->limit);
    (void)uv_timer_start(&call->report, on_report, 0, 0);
}

void exec_call_drop(struct exec_call *call)
{
    if (call == NULL)
        return;
    log_hang_up(call);
    release(call);
}

static void on_limit(uv_timer_t *timer);

void exec_call_give_up(struct exec_call *call, enum exec_outcome outcome)
{
    if (call == NULL || call->settled)
        return;
    bool first = call->given_up == EXEC_NOT_STARTED;
    call->given_up = first ? outcome : call->given_up;
    if (!first || call->session == NULL) {
        log_hang_up(call);
        settle(call, call->given_up, NULL);
    } else if (call->opened_at > 0) {
        ssh_session_signal(call->session, "TERM");
        uv_update_time(call->exec->options.loop);
        (void)uv_timer_start(&call->limit, on_limit, GRACE_MS, 0);
    } else {
        ssh_session_close(call->session); // its end comes
    }
}

static void on_limit(uv_timer_t *timer)
{
    struct exec_call *call = timer->data;
    if (call->given_up == EXEC_NOT_STARTED)
        exec_call_give_up(call, EXEC_TIMED_OUT);
    else
        ssh_session_close(call->session); // its end comes
}

// --- the session --------------------------------------------------------------------------

static void on_stage(void *ctx, enum ssh_stage stage, const struct host_key_report *report)
{
    struct exec_call *call = ctx;
    struct event event;
    if (report != NULL) {
        call->new_key = *report;
        result_of(call)->new_key = true;
        result_of(call)->unkept = report->unkept[0] != '\0';
    }
    if (stage == SSH_STAGE_SHELL)
        result_of(call)->started = true; // from here on it may have been
    if (stage != SSH_STAGE_OPEN)
        return;
    call->opened_at = time_monotonic_ms();
    const struct session_log log = log_of(call);
    session_log_opened(&log, &call->new_key, &event);
    service_log(call->exec->options.service, &event);
    (void)ssh_session_send_eof(call->session);
    if (call->exec->options.moved != NULL)
        call->exec->options.moved(call->exec->options.ctx);
}

static void on_output(void *ctx, const char *bytes, size_t length, bool is_stderr)
{
    struct exec_call *call = ctx;
    struct exec *exec = call->exec;
    struct exec_result *result = result_of(call);
    exec_output_add(is_stderr ? &result->err : &result->out, bytes, length, &exec->room);
    if (exec->options.moved != NULL)
        exec->options.moved(exec->options.ctx);
}

static void settle_failed(struct exec_call *call, const struct ssh_end *end)
{
    char words[SESSION_REASON_CAP];
    struct failure why = end->why;
    struct exec_result *result = result_of(call);
    result->started = result->started && !end->refused;
    (void)session_messages_end(end, result->started, words, sizeof words);
    (void)fail(&why, end->status, "%s", words);
    settle(call, result->started ? EXEC_UNKNOWN : EXEC_FAILED, &why);
}

static void on_ended(void *ctx, const struct ssh_end *end)
{
    struct exec_call *call = ctx;
    struct credential_service *service = call->exec->options.service;
    struct exec_result *result = result_of(call);
    struct failure why;
    log_end(call, end);
    bool exited = end->status == STATUS_OK && end->exited;
    bool killed = end->status == STATUS_OK && end->exit_signal[0] != '\0';
    result->over = exited || killed;
    if (call->given_up == EXEC_TIMED_OUT || (call->given_up == EXEC_INTERRUPTED && !exited)) {
        settle(call, call->given_up, NULL);
    } else if (exited) {
        result->exit_status = end->exit_status;
        settle(call, EXEC_EXITED, NULL);
    } else if (killed) {
        (void)snprintf(result->exit_signal, sizeof result->exit_signal, "%s", end->exit_signal);
        settle(call, EXEC_KILLED, NULL);
    } else if (end->status == STATUS_OK) {
        (void)fail(&why, STATUS_SSH_FAILED, "the sandbox closed the session without an exit status");
        settle(call, EXEC_UNKNOWN, &why);
    } else {
        settle_failed(call, end);
    }
    if (end->status == STATUS_SIGN_IN_REFUSED) // so that the next one takes another
        service_validate(service, call->sandbox_id, call->credential.id, NULL, NULL);
}

static enum status open_session(struct exec_call *call, const struct secret *password, struct failure *why)
{
    static const struct ssh_session_events events = {
        .stage = on_stage, .output = on_output, .ended = on_ended};
    const struct exec *exec = call->exec;
    struct remote_env environment;
    remote_env_make(&environment, false);
    struct ssh_session_options options = {
        .password = password,
        .known_hosts = exec->known_hosts,
        .command = exec->command,
        .environment = environment.list,
        .connect_timeout_ms = exec->options.connect_timeout_s * 1000,
    };
    call->begun_at = time_monotonic_ms();
    enum status status = service_target(exec->options.service, &call->credential, &options.target, why);
    if (status != STATUS_OK)
        return status;
    return ssh_session_open(exec->options.loop, &options, &events, call, &call->session, why);
}

// --- before it ----------------------------------------------------------------------------

// What the service was asked for is there. True: nobody waits for it any more.
static bool is_over(struct exec_call *call)
{
    call->asked = false;
    if (call->exec == NULL)
        free_if_over(call);
    else if (!call->settled)
        return false;
    return true;
}

static void on_credential(void *ctx, const struct failure *why, const struct credential *credential,
                          struct secret *password)
{
    struct exec_call *call = ctx;
    struct failure mine = *why;
    if (!is_over(call)) {
        if (why->status == STATUS_OK) {
            call->credential = *credential;
            (void)open_session(call, password, &mine);
        }
        if (mine.status != STATUS_OK)
            settle(call, EXEC_FAILED, &mine);
    }
    secret_free(password);
}

// A new one would take the place of what no longer works.
static void on_making(void *ctx)
{
    struct exec_call *call = ctx;
    const struct credential *credential = NULL;
    struct failure why;
    if (is_over(call))
        return;
    const struct exec_options *options = &call->exec->options;
    bool is_known = credential_choice_known(options->service, call->sandbox_id, NULL, false, &credential,
                                            &why) == STATUS_OK;
    if (is_known && options->in_use != NULL && options->in_use(options->ctx, credential->vault_row)) {
        (void)advise(
            &why,
            fail(&why, STATUS_CONFLICT, "its credential no longer works, and a session open here uses it"),
            "sbxdeck access regen %s replaces it", call->sandbox_id);
        settle(call, EXEC_FAILED, &why);
        return;
    }
    call->asked = true;
    credential_choice_make(&call->choice);
}

static void choose(struct exec_call *call)
{
    struct credential_service *service = call->exec->options.service;
    call->choice = (struct credential_choice){.service = service,
                                              .sandbox_id = call->sandbox_id,
                                              .ctx = call,
                                              .done = on_credential,
                                              .making = on_making};
    call->asked = true;
    service_person_connects(service, call->sandbox_id);
    credential_choice_begin(&call->choice);
}

static void on_woken(void *ctx, const struct failure *why)
{
    struct exec_call *call = ctx;
    if (is_over(call))
        return;
    const struct fleet_row *row = fleet_find(service_fleet(call->exec->options.service), call->sandbox_id);
    // A server that does not know the call may wake it at the connection.
    bool may_wake =
        why->status == STATUS_NOT_FOUND && row != NULL && !row->gone && row->sandbox.state == SANDBOX_paused;
    if (why->status == STATUS_OK || may_wake)
        choose(call);
    else
        settle(call, EXEC_FAILED, why);
}

static void begin(struct exec_call *call)
{
    const struct exec_options *options = &call->exec->options;
    const struct fleet_row *row = fleet_find(service_fleet(options->service), call->sandbox_id);
    enum sandbox_state state = row != NULL && !row->gone ? row->sandbox.state : SANDBOX_deleted;
    struct failure why;
    if (state == SANDBOX_paused && options->wake) {
        call->asked = true;
        service_move(options->service, call->sandbox_id, MOVE_WAKE, on_woken, call);
    } else if (state == SANDBOX_running || state == SANDBOX_other) {
        choose(call);
    } else {
        (void)fail(&why, state == SANDBOX_deleted ? STATUS_NOT_FOUND : STATUS_CONFLICT, "it is %s",
                   row != NULL && !row->gone ? fleet_state_text(row) : "gone");
        settle(call, EXEC_FAILED, &why);
    }
}

struct exec_call *exec_call_new(struct exec *exec, size_t index, const char *sandbox_id)
{
    struct exec_call *call = xcalloc(1, sizeof *call);
    call->exec = exec;
    call->index = index;
    (void)snprintf(call->sandbox_id, sizeof call->sandbox_id, "%s", sandbox_id);
    uv_timer_t *timers[] = {&call->limit, &call->report};
    for (size_t i = 0; i < sizeof timers / sizeof timers[0]; i++) {
        (void)uv_timer_init(exec->options.loop, timers[i]);
        timers[i]->data = call;
        call->handles++;
    }
    uv_update_time(exec->options.loop);
    if (exec->options.limit_ms > 0)
        (void)uv_timer_start(&call->limit, on_limit, (uint64_t)exec->options.limit_ms, 0);
    begin(call);
    return call;
}
