// SPDX-License-Identifier: Apache-2.0
//
// sandbox_moves: Sends a sandbox's moves (pause, stop, start, wake, delete) and looks at the sandbox after
// them, so that the caller sees its new state. A start and a wake end when the sandbox runs: it is looked at
// again until then, up to a deadline. A conflict is reported with the state that the sandbox is in.

#include "api/service/credential_service_private.h"

#include "api/base/time_util.h"

enum { LOOK_MS = 500, RUNNING_MS = 60 * 1000, SECOND_MS = 1000 };

static void look(struct operation *op);

// --- waiting for it to run ---

static bool wants_it_running(const struct operation *op)
{
    return op->move.move == MOVE_START || op->move.move == MOVE_WAKE;
}

static bool is_waiting(const struct operation *op)
{
    return op->kind == OPERATION_MOVE && op->move.look_at > 0;
}

static void on_look_timer(uv_timer_t *timer)
{
    struct credential_service *service = timer->data;
    int64_t now = time_monotonic_ms(), soonest = 0;
    // To look makes no callback, so that the list stays as it is.
    for (struct operation *op = service->operations; op != NULL; op = op->next) {
        if (is_waiting(op) && op->move.look_at <= now)
            look(op);
        else if (is_waiting(op) && (soonest == 0 || op->move.look_at < soonest))
            soonest = op->move.look_at;
    }
    if (soonest > 0)
        service_start_timer(service, TIMER_LOOK, on_look_timer, soonest - now);
}

static void look_later(struct operation *op)
{
    struct credential_service *service = op->service;
    op->move.look_at = time_monotonic_ms() + LOOK_MS;
    if (!uv_is_active((uv_handle_t *)&service->timers[TIMER_LOOK]))
        service_start_timer(service, TIMER_LOOK, on_look_timer, LOOK_MS);
}

void service_end_looks(struct credential_service *service)
{
    struct operation *next = NULL;
    for (struct operation *op = service->operations; op != NULL; op = next) {
        next = op->next;
        if (is_waiting(op))
            operation_end(op, &service_cancelled);
    }
}

// --- what came of it ---

static void advise_state(struct failure *told, const struct operation *op, enum sandbox_state state)
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
static void end_refused(struct operation *op, const struct sandbox *sandbox)
{
    struct failure told = op->move.answer;
    if (sandbox != NULL) {
        (void)fail(&told, op->move.answer.status, "%s; it is %s", failure_text(&op->move.answer),
                   sandbox_state_text(sandbox));
        advise_state(&told, op, sandbox->state);
    }
    operation_end(op, &told);
}

// The server has taken it in, but it is seen in a state that does not lead to running.
static void end_elsewhere(struct operation *op, const struct sandbox *sandbox)
{
    struct failure told = {.status = STATUS_OK};
    (void)fail(&told, STATUS_CONFLICT, "it is not running; it is %s", sandbox_state_text(sandbox));
    advise_state(&told, op, sandbox->state);
    operation_end(op, &told);
}

static void wait_on(struct operation *op, const struct sandbox *sandbox)
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
    operation_end(op, &told);
}

// sandbox: NULL when the look got no answer. Whether it may run yet without being asked again.
static bool may_yet_run(const struct operation *op, const struct sandbox *sandbox)
{
    bool asked = op->move.answer.status == STATUS_OK;
    if (sandbox == NULL)
        return asked;
    if (sandbox->state == SANDBOX_paused) // what was woken may be listed so for a moment yet
        return asked && op->move.move == MOVE_WAKE;
    return (asked || op->move.move == MOVE_WAKE) &&
           (sandbox->state == SANDBOX_starting || sandbox->state == SANDBOX_unpausing ||
            sandbox->state == SANDBOX_snapshotting);
}

static void after_look(struct operation *op, const struct sandbox *sandbox)
{
    bool asked = op->move.answer.status == STATUS_OK;
    bool runs = sandbox != NULL && sandbox->state == SANDBOX_running;
    bool foreign = sandbox != NULL && sandbox->state == SANDBOX_other;
    if (wants_it_running(op) && may_yet_run(op, sandbox))
        wait_on(op, sandbox);
    else if (!asked && !(runs && op->move.move == MOVE_WAKE)) // running is what was wanted, whoever did it
        end_refused(op, sandbox);
    else if (wants_it_running(op) && !runs && !foreign)
        end_elsewhere(op, sandbox);
    else
        operation_end(op, &service_fine);
}

static void on_looked(void *ctx, const struct failure *why, const struct sandbox *sandbox)
{
    struct operation *op = ctx;
    struct credential_service *service = op->service;
    if (service->closing || why->status == STATUS_CANCELLED) {
        operation_end(op, &service_cancelled);
        return;
    }
    if (why->status == STATUS_OK)
        (void)fleet_take_sandbox(service->fleet, sandbox, time_monotonic_ms());
    else if (failure_is_absence(why))
        fleet_drop_sandbox(service->fleet, op->sandbox_id);
    service_changed(service);
    service_refresh_soon(service);
    if (failure_is_absence(why) && wants_it_running(op))
        operation_end(op, why);
    else
        after_look(op, why->status == STATUS_OK ? sandbox : NULL);
}

static void look(struct operation *op)
{
    op->move.look_at = 0;
    if (op->service->closing || leap0_sandbox(op->service->client, op->sandbox_id, on_looked, op) == NULL)
        operation_refuse(op, &service_cancelled);
}

// --- the call ---

// -1: it is not noted.
static int by_hand(const struct operation *op)
{
    if (op->move.move == MOVE_STOP)
        return BY_HAND_STOPPED;
    return op->move.move == MOVE_PAUSE ? (int)BY_HAND_PAUSED : -1;
}

// Whether a failure leaves open what state it is in.
static bool wants_a_look(const struct operation *op, const struct failure *why)
{
    bool lost = why->status == STATUS_TIMED_OUT || why->status == STATUS_NO_CONNECTION ||
                why->status == STATUS_SERVER_ERROR || why->status == STATUS_NOT_FOUND;
    return why->status == STATUS_OK || why->status == STATUS_CONFLICT || (lost && op->move.move == MOVE_WAKE);
}

static void on_moved(void *ctx, const struct failure *why)
{
    struct operation *op = ctx;
    struct failure told = *why;
    op->move.answer = *why;
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
    } else if (by_hand(op) >= 0) {
        service_unnote(op, (enum by_hand)by_hand(op));
    }
    operation_end(op, &told);
}

static enum status run_before(struct operation *op, struct vault *vault)
{
    if (wants_it_running(op))
        return service_may_run(op, vault);
    return by_hand(op) >= 0 ? service_note_by_hand(op, (enum by_hand)by_hand(op), vault) : STATUS_OK;
}

// A vault that fails keeps nobody from moving a sandbox; but that is said, as a tool may undo it then.
static void after_before(struct operation *op)
{
    struct credential_service *service = op->service;
    const struct failure why = op->why;
    if (op->not_a_tools) {
        operation_end(op, &why);
        return;
    }
    if (why.status != STATUS_OK && by_hand(op) >= 0)
        service_trouble(service, &why);
    if (service->closing ||
        leap0_sandbox_move(service->client, op->sandbox_id, op->move.move, on_moved, op) == NULL)
        operation_refuse(op, &service_cancelled);
}

void service_move(struct credential_service *service, const char *sandbox_id, enum sandbox_move move,
                  service_done_cb *cb, void *ctx)
{
    struct operation *op = operation_new(service, OPERATION_MOVE, sandbox_id, NULL, ctx);
    op->cb.done = cb;
    op->move.move = move;
    if (operation_is_read_only(op))
        return;
    operation_begin(op, NULL);
    operation_queue(op, run_before, after_before);
}
