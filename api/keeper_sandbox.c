// SPDX-License-Identifier: Apache-2.0
//
// keeper_sandbox: owns the calls on sandboxes and the sweep that validates what the vault brought.

#include "api/keeper_private.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// --- one sandbox ---

static void on_detail(void *ctx, const struct failure *why, const struct sandbox *sandbox)
{
    struct keeper_op *op = ctx;
    if (why->status == STATUS_OK && !op->keeper->closing)
        (void)fleet_take_sandbox(op->keeper->fleet, sandbox);
    else if (why->http_status == 404)
        fleet_drop_sandbox(op->keeper->fleet, op->sandbox_id);
    keeper_changed(op->keeper);
    keeper_op_end(op, why, NULL);
}

static void ask_detail(struct keeper_op *op)
{
    const struct failure cancelled = {.status = STATUS_CANCELLED};
    if (op->keeper->closing || leap0_sandbox(op->keeper->client, op->sandbox_id, on_detail, op) == NULL)
        keeper_op_refuse(op, &cancelled);
}

void keeper_detail(struct keeper *keeper, const char *sandbox_id, keeper_done_cb *cb, void *ctx)
{
    struct keeper_op *op = keeper_op_new(keeper, NULL, sandbox_id, NULL, ctx);
    op->done_cb = cb;
    ask_detail(op);
}

// --- moves ---

static const char *const move_verbs[] = {[MOVE_PAUSE] = "pausing",
                                         [MOVE_STOP] = "stopping",
                                         [MOVE_START] = "starting",
                                         [MOVE_DELETE] = "deleting"};

// After a move the sandbox is looked at, so that the caller sees the new state.
static void on_looked(void *ctx, const struct failure *why, const struct sandbox *sandbox)
{
    struct keeper_op *op = ctx;
    const struct failure fine = {.status = STATUS_OK};
    if (why->status == STATUS_OK && !op->keeper->closing)
        (void)fleet_take_sandbox(op->keeper->fleet, sandbox);
    else if (why->http_status == 404)
        fleet_drop_sandbox(op->keeper->fleet, op->sandbox_id);
    keeper_refresh_soon(op->keeper);
    keeper_op_end(op, why->status == STATUS_CANCELLED ? why : &fine, NULL);
}

static void on_moved(void *ctx, const struct failure *why)
{
    struct keeper_op *op = ctx;
    struct failure told = *why;
    if (why->status == STATUS_OK && !op->keeper->closing &&
        leap0_sandbox(op->keeper->client, op->sandbox_id, on_looked, op) != NULL)
        return;
    if (why->maybe_done && why->status != STATUS_CANCELLED) {
        (void)fail(&told, STATUS_OUTCOME_UNKNOWN, "%s: it is not known whether it took this in: %s (refresh)",
                   op->sandbox_id, failure_text(why));
        keeper_refresh_soon(op->keeper);
    }
    keeper_op_end(op, &told, NULL);
}

void keeper_move(struct keeper *keeper, const char *sandbox_id, enum sandbox_move move, keeper_done_cb *cb,
                 void *ctx)
{
    struct keeper_op *op = keeper_op_new(keeper, move_verbs[move], sandbox_id, NULL, ctx);
    const struct failure cancelled = {.status = STATUS_CANCELLED};
    op->done_cb = cb;
    fleet_set_busy(keeper->fleet, sandbox_id, op->verb);
    keeper_changed(keeper);
    if (keeper->closing || leap0_sandbox_move(keeper->client, sandbox_id, move, on_moved, op) == NULL)
        keeper_op_refuse(op, &cancelled);
}

static void on_sandbox_created(void *ctx, const struct failure *why, const struct sandbox *sandbox)
{
    struct keeper_op *op = ctx;
    struct failure told = *why;
    if (why->status == STATUS_OK && !op->keeper->closing) {
        (void)fleet_take_sandbox(op->keeper->fleet, sandbox);
        keeper_changed(op->keeper);
        keeper_refresh_soon(op->keeper);
    } else if (why->maybe_done && why->status != STATUS_CANCELLED) {
        (void)fail(&told, STATUS_OUTCOME_UNKNOWN, "it is not known whether a sandbox was made: %s (refresh)",
                   failure_text(why));
        keeper_refresh_soon(op->keeper);
    }
    keeper_op_end_sandbox(op, &told, sandbox);
}

void keeper_sandbox_create(struct keeper *keeper, const struct leap0_new_sandbox *wanted,
                           keeper_sandbox_cb *cb, void *ctx)
{
    struct keeper_op *op = keeper_op_new(keeper, NULL, "", NULL, ctx);
    const struct failure cancelled = {.status = STATUS_CANCELLED};
    op->sandbox_cb = cb;
    if (keeper->closing || leap0_sandbox_create(keeper->client, wanted, on_sandbox_created, op) == NULL)
        keeper_op_refuse(op, &cancelled);
}

// --- the sweep ---

enum { SWEEP_AT_ONCE = 4 };

struct sweep {
    struct keeper *keeper;
    struct {
        char sandbox_id[ID_CAP], id[ID_CAP];
    } * wanted;
    size_t count, next, running;
    struct failure worst;
    keeper_done_cb *cb;
    void *ctx;
};

static void sweep_on(struct sweep *sweep);

static void on_swept(void *ctx, const struct failure *why, const struct credential *credential)
{
    struct sweep *sweep = ctx;
    (void)credential;
    if (why->status != STATUS_OK)
        sweep->worst = *why;
    if (why->status == STATUS_CANCELLED || why->status == STATUS_KEY_REFUSED)
        sweep->next = sweep->count; // no use in going on
    sweep->running--;
    sweep_on(sweep);
}

static void sweep_on(struct sweep *sweep)
{
    while (sweep->running < SWEEP_AT_ONCE && sweep->next < sweep->count) {
        size_t i = sweep->next++;
        sweep->running++;
        keeper_validate(sweep->keeper, sweep->wanted[i].sandbox_id, sweep->wanted[i].id, on_swept, sweep);
    }
    if (sweep->running > 0)
        return;
    if (sweep->cb != NULL)
        sweep->cb(sweep->ctx, &sweep->worst);
    free(sweep->wanted);
    free(sweep);
}

static bool wants_sweeping(const struct credential *credential)
{
    return credential->verdict == VERDICT_UNVERIFIED && credential->has_password &&
           !credential->sealed_elsewhere && credential->id[0] != '\0' && credential->busy == NULL;
}

static void after_nothing(struct keeper_job *job)
{
    const struct failure fine = {.status = STATUS_OK};
    keeper_op_end(job->op, &fine, NULL);
}

void keeper_validate_all(struct keeper *keeper, keeper_done_cb *cb, void *ctx)
{
    struct sweep *sweep = calloc(1, sizeof *sweep);
    size_t most = 0;
    if (sweep == NULL)
        abort();
    for (size_t i = 0; i < fleet_count(keeper->fleet); i++)
        most += fleet_row(keeper->fleet, i)->credential_count;
    sweep->wanted = calloc(most + 1, sizeof *sweep->wanted);
    if (sweep->wanted == NULL)
        abort();
    sweep->keeper = keeper;
    sweep->cb = cb;
    sweep->ctx = ctx;
    for (size_t i = 0; i < fleet_count(keeper->fleet); i++) {
        const struct fleet_row *row = fleet_row(keeper->fleet, i);
        for (size_t c = 0; c < row->credential_count; c++) {
            if (!wants_sweeping(&row->credentials[c]))
                continue;
            (void)snprintf(sweep->wanted[sweep->count].sandbox_id, ID_CAP, "%s", row->sandbox.id);
            (void)snprintf(sweep->wanted[sweep->count++].id, ID_CAP, "%s", row->credentials[c].id);
        }
    }
    if (sweep->count > 0) {
        sweep_on(sweep);
        return;
    }
    free(sweep->wanted);
    free(sweep);
    struct keeper_op *op = keeper_op_new(keeper, NULL, "", NULL, ctx);
    op->done_cb = cb;
    keeper_job_push(keeper_job_new(keeper, NULL, after_nothing, op));
}
