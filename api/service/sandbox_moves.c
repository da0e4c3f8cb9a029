// SPDX-License-Identifier: Apache-2.0
//
// sandbox_moves: sends a sandbox's moves (pause, stop, start, wake, delete) and looks at the sandbox after
// them, so that the caller sees its new state. A start and a wake end when the sandbox runs: it is looked at
// again until then, up to a deadline. A conflict is told with the state that the sandbox is in.

#include "api/service/credential_service_private.h"

enum { LOOK_MS = 500, RUNNING_MS = 60 * 1000, SECOND_MS = 1000 };

static const char *const move_verbs[] = {[MOVE_PAUSE] = "pausing",
                                         [MOVE_STOP] = "stopping",
                                         [MOVE_START] = "starting",
                                         [MOVE_DELETE] = "deleting",
                                         [MOVE_WAKE] = "waking"};

static void look(struct service_op *op);

// --- waiting for it to run ---

static bool wants_it_running(const struct service_op *op)
{
    return op->move == MOVE_START || op->move == MOVE_WAKE;
}

static void on_look_timer(uv_timer_t *timer)
{
    struct credential_service *service = timer->data;
    struct service_op *next = NULL;
    int64_t now = time_monotonic_ms(), soonest = 0;
    // To look makes no callback, so that the list stays as it is.
    for (struct service_op *op = service->ops; op != NULL; op = next) {
        next = op->next;
        if (op->look_at > 0 && op->look_at <= now)
            look(op);
        else if (op->look_at > 0 && (soonest == 0 || op->look_at < soonest))
            soonest = op->look_at;
    }
    if (soonest > 0)
        (void)uv_timer_start(timer, on_look_timer, (uint64_t)(soonest - now), 0);
}

static void look_later(struct service_op *op)
{
    uv_timer_t *timer = &op->service->look_timer;
    op->look_at = time_monotonic_ms() + LOOK_MS;
    uv_update_time(op->service->loop);
    if (!uv_is_active((uv_handle_t *)timer))
        (void)uv_timer_start(timer, on_look_timer, LOOK_MS, 0);
}

void service_end_looks(struct credential_service *service)
{
    const struct failure cancelled = {.status = STATUS_CANCELLED};
    struct service_op *next = NULL;
    for (struct service_op *op = service->ops; op != NULL; op = next) {
        next = op->next;
        if (op->look_at > 0)
            service_op_end(op, &cancelled, NULL);
    }
}

// --- what came of it ---

static void advise_state(struct failure *told, const struct service_op *op, enum sandbox_state state)
{
    if (state == SANDBOX_paused)
        (void)advise(told, told->status, "sbxdeck start %s wakes it", op->sandbox_id);
    else if (state == SANDBOX_stopped)
        (void)advise(told, told->status, "sbxdeck start %s starts it", op->sandbox_id);
    else if (state == SANDBOX_running)
        (void)advise(told, told->status, "nothing is left to do");
    else if (state != SANDBOX_deleted)
        (void)advise(told, told->status, "wait until its state is stable: sbxdeck ls");
}

// The server's answer, with the state that explains it.
static void end_refused(struct service_op *op, const struct sandbox *sandbox)
{
    struct failure told = op->asked;
    if (sandbox != NULL) {
        (void)fail(&told, op->asked.status, "%s; it is %s", failure_text(&op->asked),
                   sandbox_state_text(sandbox));
        advise_state(&told, op, sandbox->state);
    }
    service_op_end(op, &told, NULL);
}

// The server has taken it in, but it is seen in a state that does not lead to running.
static void end_elsewhere(struct service_op *op, const struct sandbox *sandbox)
{
    struct failure told = {.status = STATUS_OK};
    (void)fail(&told, STATUS_CONFLICT, "it is not running; it is %s", sandbox_state_text(sandbox));
    advise_state(&told, op, sandbox->state);
    service_op_end(op, &told, NULL);
}

static void wait_on(struct service_op *op, const struct sandbox *sandbox)
{
    struct failure told = {.status = STATUS_OK};
    if (time_monotonic_ms() - op->begun_at < RUNNING_MS) {
        look_later(op);
        return;
    }
    (void)advise(&told,
                 fail(&told, STATUS_OUTCOME_UNKNOWN, "it was told to run %d s ago; %s%s",
                      RUNNING_MS / SECOND_MS, sandbox != NULL ? "it is " : "its state is not known",
                      sandbox != NULL ? sandbox_state_text(sandbox) : ""),
                 "check with sbxdeck ls");
    service_op_end(op, &told, NULL);
}

// sandbox: NULL when the look got no answer. Whether it may run yet without being asked again.
static bool may_yet_run(const struct service_op *op, const struct sandbox *sandbox)
{
    bool asked = op->asked.status == STATUS_OK;
    if (sandbox == NULL)
        return asked;
    if (sandbox->state == SANDBOX_paused) // what was woken may be listed so for a moment yet
        return asked && op->move == MOVE_WAKE;
    return (asked || op->move == MOVE_WAKE) &&
           (sandbox->state == SANDBOX_starting || sandbox->state == SANDBOX_unpausing ||
            sandbox->state == SANDBOX_snapshotting);
}

static void after_look(struct service_op *op, const struct sandbox *sandbox)
{
    const struct failure fine = {.status = STATUS_OK};
    bool asked = op->asked.status == STATUS_OK;
    bool runs = sandbox != NULL && sandbox->state == SANDBOX_running;
    bool foreign = sandbox != NULL && sandbox->state == SANDBOX_other;
    if (wants_it_running(op) && may_yet_run(op, sandbox))
        wait_on(op, sandbox);
    else if (!asked && !(runs && op->move == MOVE_WAKE)) // running is what was wanted, whoever did it
        end_refused(op, sandbox);
    else if (wants_it_running(op) && !runs && !foreign)
        end_elsewhere(op, sandbox);
    else
        service_op_end(op, &fine, NULL);
}

static void on_looked(void *ctx, const struct failure *why, const struct sandbox *sandbox)
{
    struct service_op *op = ctx;
    struct credential_service *service = op->service;
    if (service->closing || why->status == STATUS_CANCELLED) {
        const struct failure cancelled = {.status = STATUS_CANCELLED};
        service_op_end(op, &cancelled, NULL);
        return;
    }
    if (why->status == STATUS_OK)
        (void)fleet_take_sandbox(service->fleet, sandbox);
    else if (failure_is_absence(why))
        fleet_drop_sandbox(service->fleet, op->sandbox_id);
    service_changed(service);
    service_refresh_soon(service);
    if (failure_is_absence(why) && wants_it_running(op))
        service_op_end(op, why, NULL);
    else
        after_look(op, why->status == STATUS_OK ? sandbox : NULL);
}

static void look(struct service_op *op)
{
    const struct failure cancelled = {.status = STATUS_CANCELLED};
    op->look_at = 0;
    if (op->service->closing || leap0_sandbox(op->service->client, op->sandbox_id, on_looked, op) == NULL)
        service_op_refuse(op, &cancelled);
}

// --- the call ---

// Whether a failure leaves open what state it is in.
static bool wants_a_look(const struct service_op *op, const struct failure *why)
{
    bool lost = why->status == STATUS_TIMED_OUT || why->status == STATUS_NO_CONNECTION ||
                why->status == STATUS_SERVER_ERROR || why->status == STATUS_NOT_FOUND;
    return why->status == STATUS_OK || why->status == STATUS_CONFLICT || (lost && op->move == MOVE_WAKE);
}

static void on_moved(void *ctx, const struct failure *why)
{
    struct service_op *op = ctx;
    struct failure told = *why;
    op->asked = *why;
    if (wants_a_look(op, why) && !op->service->closing) {
        look(op);
        return;
    }
    if (why->maybe_done && why->status != STATUS_CANCELLED) {
        (void)advise(
            &told,
            fail(&told, STATUS_OUTCOME_UNKNOWN, "%s: outcome unknown: %s", op->sandbox_id, failure_text(why)),
            "check with sbxdeck ls");
        service_refresh_soon(op->service);
    }
    service_op_end(op, &told, NULL);
}

void service_move(struct credential_service *service, const char *sandbox_id, enum sandbox_move move,
                  service_done_cb *cb, void *ctx)
{
    struct service_op *op = service_op_new(service, move_verbs[move], sandbox_id, NULL, ctx);
    const struct failure cancelled = {.status = STATUS_CANCELLED};
    op->done_cb = cb;
    op->move = move;
    fleet_set_busy(service->fleet, sandbox_id, op->verb);
    service_changed(service);
    if (service->closing || leap0_sandbox_move(service->client, sandbox_id, move, on_moved, op) == NULL)
        service_op_refuse(op, &cancelled);
}
