// SPDX-License-Identifier: Apache-2.0
//
// keeper_worker: owns the order of the work on the vault and the list of operations under way. One job at a
// time keeps what depends on each other in order; it also makes the vault need no lock.

#include "api/service/service_private.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// --- jobs ---

struct keeper_job *keeper_job_new(struct keeper *keeper, keeper_job_run *run, keeper_job_after *after,
                                  struct keeper_op *op)
{
    struct keeper_job *job = calloc(1, sizeof *job);
    if (job == NULL)
        abort(); // nothing can be promised without memory, and a crash leaves the intents as unknown
    job->keeper = keeper;
    job->run = run;
    job->after = after;
    job->op = op;
    return job;
}

static void free_job(struct keeper_job *job)
{
    access_clear(&job->access);
    secret_free(job->password);
    secret_free(job->old_key);
    vault_contenders_clear(&job->contenders);
    free(job->list);
    free(job->query);
    free(job->events);
    free(job);
}

static void on_worker(uv_work_t *work)
{
    struct keeper_job *job = work->data;
    struct keeper *keeper = job->keeper;
    if (job->run == NULL)
        return;
    if (keeper->vault != NULL && vault_is_worth_reopening(keeper->vault)) {
        vault_close(keeper->vault);
        keeper->vault = NULL;
    }
    if (keeper->vault == NULL)
        job->status = vault_open(keeper->folder, keeper->base_url, keeper->key, &keeper->vault, &job->why);
    if (job->status == STATUS_OK)
        job->run(job, keeper->vault);
}

static void start_next(struct keeper *keeper);

static void on_done(uv_work_t *work, int status)
{
    struct keeper_job *job = work->data;
    struct keeper *keeper = job->keeper;
    (void)status;
    keeper->job_running = false;
    if (job->run != NULL)
        keeper_note_vault(keeper, job);
    if (job->after != NULL)
        job->after(job);
    free_job(job);
    start_next(keeper);
}

static void start_next(struct keeper *keeper)
{
    if (keeper->job_running)
        return;
    struct keeper_job *job = keeper->jobs;
    if (job == NULL) {
        if (keeper->closing)
            keeper_finish_close(keeper);
        return;
    }
    keeper->jobs = job->next;
    if (keeper->jobs == NULL)
        keeper->jobs_end = &keeper->jobs;
    keeper->job_running = true;
    job->work.data = job;
    if (uv_queue_work(keeper->loop, &job->work, on_worker, on_done) < 0)
        abort(); // only for a NULL callback
}

void keeper_job_push(struct keeper_job *job)
{
    struct keeper *keeper = job->keeper;
    *keeper->jobs_end = job;
    keeper->jobs_end = &job->next;
    start_next(keeper);
}

// --- operations ---

struct keeper_op *keeper_op_new(struct keeper *keeper, const char *verb, const char *sandbox_id,
                                const char *id, void *ctx)
{
    struct keeper_op *op = calloc(1, sizeof *op);
    if (op == NULL)
        abort();
    op->keeper = keeper;
    op->verb = verb;
    op->ctx = ctx;
    op->begun_at = time_monotonic_ms();
    (void)snprintf(op->sandbox_id, sizeof op->sandbox_id, "%s", sandbox_id);
    (void)snprintf(op->id, sizeof op->id, "%s", id != NULL ? id : "");
    op->next = keeper->ops;
    op->link = &keeper->ops;
    if (op->next != NULL)
        op->next->link = &op->next;
    keeper->ops = op;
    return op;
}

static void leave(struct keeper_op *op)
{
    struct keeper *keeper = op->keeper;
    if (op->link == NULL)
        return;
    *op->link = op->next;
    if (op->next != NULL)
        op->next->link = op->link;
    op->link = NULL;
    if (op->verb == NULL)
        return;
    const struct fleet_row *row = fleet_find(keeper->fleet, op->sandbox_id);
    if (row != NULL && row->busy == op->verb)
        fleet_set_busy(keeper->fleet, op->sandbox_id, NULL);
    if (op->row != 0)
        fleet_set_credential_busy(keeper->fleet, op->row, NULL);
    keeper_changed(keeper);
}

// Each callback is taken before it is made: what it does may end the keeper, and nothing is told twice.
void keeper_op_tell(struct keeper_op *op, const struct failure *why, const struct credential *credential,
                    const struct sandbox *sandbox)
{
    bool ok = why->status == STATUS_OK;
    const struct keeper_op tell = *op;
    const struct vault_rekeyed none = {0};
    op->credential_cb = NULL;
    op->done_cb = NULL;
    op->secret_cb = NULL;
    op->sandbox_cb = NULL;
    op->events_cb = NULL;
    op->rekeyed_cb = NULL;
    if (tell.credential_cb != NULL)
        tell.credential_cb(tell.ctx, why, ok ? credential : NULL);
    else if (tell.done_cb != NULL)
        tell.done_cb(tell.ctx, why);
    else if (tell.sandbox_cb != NULL)
        tell.sandbox_cb(tell.ctx, why, ok ? sandbox : NULL);
    else if (tell.secret_cb != NULL)
        tell.secret_cb(tell.ctx, why, NULL);
    else if (tell.events_cb != NULL)
        tell.events_cb(tell.ctx, why, NULL, 0);
    else if (tell.rekeyed_cb != NULL)
        tell.rekeyed_cb(tell.ctx, why, &none);
}

static void run_give_room(struct keeper_job *job, struct vault *vault)
{
    (void)job;
    vault_room_give(vault);
}

static void give_room(struct keeper_op *op)
{
    if (op->has_room)
        keeper_job_push(keeper_job_new(op->keeper, run_give_room, NULL, NULL));
    op->has_room = false;
}

static void end(struct keeper_op *op, const struct failure *why, const struct credential *credential,
                const struct sandbox *sandbox)
{
    leave(op);
    give_room(op);
    keeper_log_op(op, why, credential); // before the callback: it may end the program
    keeper_op_tell(op, why, credential, sandbox);
    access_clear(&op->access);
    if (op->tries != NULL)
        vault_contenders_clear(op->tries);
    free(op->tries);
    free(op);
}

void keeper_op_end(struct keeper_op *op, const struct failure *why, const struct credential *credential)
{
    // A copy: the callback may change the fleet that it points into.
    struct credential copy;
    if (credential != NULL)
        copy = *credential;
    end(op, why, credential != NULL ? &copy : NULL, NULL);
}

void keeper_op_end_sandbox(struct keeper_op *op, const struct failure *why, const struct sandbox *sandbox)
{
    end(op, why, NULL, sandbox);
}

static void after_refusal(struct keeper_job *job)
{
    keeper_op_end(job->op, &job->why, NULL);
}

void keeper_op_refuse(struct keeper_op *op, const struct failure *why)
{
    struct keeper_job *job = keeper_job_new(op->keeper, NULL, after_refusal, op);
    job->why = *why;
    keeper_job_push(job);
}
