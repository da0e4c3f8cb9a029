// SPDX-License-Identifier: Apache-2.0
//
// vault_worker: owns the order of the work on the vault and the list of operations under way. One job at a
// time keeps what depends on each other in order; it also makes the vault need no lock.

#include "api/service/credential_service_private.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// --- jobs ---

struct service_job *service_job_new(struct credential_service *service, service_job_run *run,
                                    service_job_after *after, struct service_op *op)
{
    struct service_job *job = calloc(1, sizeof *job);
    if (job == NULL)
        abort(); // nothing can be promised without memory, and a crash leaves the intents as unknown
    job->service = service;
    job->run = run;
    job->after = after;
    job->op = op;
    return job;
}

static void free_job(struct service_job *job)
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
    struct service_job *job = work->data;
    struct credential_service *service = job->service;
    if (job->run == NULL)
        return;
    if (service->vault != NULL && vault_is_worth_reopening(service->vault)) {
        vault_close(service->vault);
        service->vault = NULL;
    }
    if (service->vault == NULL)
        job->status =
            vault_open(service->folder, service->base_url, service->key, &service->vault, &job->why);
    if (job->status == STATUS_OK)
        job->run(job, service->vault);
}

static void start_next(struct credential_service *service);

static void on_done(uv_work_t *work, int status)
{
    struct service_job *job = work->data;
    struct credential_service *service = job->service;
    (void)status;
    service->job_running = false;
    if (job->run != NULL)
        service_note_vault(service, job);
    if (job->after != NULL)
        job->after(job);
    free_job(job);
    start_next(service);
}

static void start_next(struct credential_service *service)
{
    if (service->job_running)
        return;
    struct service_job *job = service->jobs;
    if (job == NULL) {
        if (service->closing)
            service_finish_close(service);
        return;
    }
    service->jobs = job->next;
    if (service->jobs == NULL)
        service->jobs_end = &service->jobs;
    service->job_running = true;
    job->work.data = job;
    if (uv_queue_work(service->loop, &job->work, on_worker, on_done) < 0)
        abort(); // only for a NULL callback
}

void service_job_push(struct service_job *job)
{
    struct credential_service *service = job->service;
    *service->jobs_end = job;
    service->jobs_end = &job->next;
    start_next(service);
}

// --- operations ---

struct service_op *service_op_new(struct credential_service *service, const char *verb,
                                  const char *sandbox_id, const char *id, void *ctx)
{
    struct service_op *op = calloc(1, sizeof *op);
    if (op == NULL)
        abort();
    op->service = service;
    op->verb = verb;
    op->ctx = ctx;
    op->begun_at = time_monotonic_ms();
    (void)snprintf(op->sandbox_id, sizeof op->sandbox_id, "%s", sandbox_id);
    (void)snprintf(op->id, sizeof op->id, "%s", id != NULL ? id : "");
    op->next = service->ops;
    op->link = &service->ops;
    if (op->next != NULL)
        op->next->link = &op->next;
    service->ops = op;
    return op;
}

static void leave(struct service_op *op)
{
    struct credential_service *service = op->service;
    if (op->link == NULL)
        return;
    *op->link = op->next;
    if (op->next != NULL)
        op->next->link = op->link;
    op->link = NULL;
    if (op->verb == NULL)
        return;
    const struct fleet_row *row = fleet_find(service->fleet, op->sandbox_id);
    if (row != NULL && row->busy == op->verb)
        fleet_set_busy(service->fleet, op->sandbox_id, NULL);
    if (op->row != 0)
        fleet_set_credential_busy(service->fleet, op->row, NULL);
    service_changed(service);
}

// Each callback is taken before it is made: what it does may end the service, and nothing is told twice.
void service_op_tell(struct service_op *op, const struct failure *why, const struct credential *credential,
                     const struct sandbox *sandbox)
{
    bool ok = why->status == STATUS_OK;
    const struct service_op tell = *op;
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

static void run_give_room(struct service_job *job, struct vault *vault)
{
    (void)job;
    vault_room_give(vault);
}

static void give_room(struct service_op *op)
{
    if (op->has_room)
        service_job_push(service_job_new(op->service, run_give_room, NULL, NULL));
    op->has_room = false;
}

static void end(struct service_op *op, const struct failure *why, const struct credential *credential,
                const struct sandbox *sandbox)
{
    leave(op);
    give_room(op);
    service_log_op(op, why, credential); // before the callback: it may end the program
    service_op_tell(op, why, credential, sandbox);
    access_clear(&op->access);
    if (op->tries != NULL)
        vault_contenders_clear(op->tries);
    free(op->tries);
    free(op);
}

void service_op_end(struct service_op *op, const struct failure *why, const struct credential *credential)
{
    // A copy: the callback may change the fleet that it points into.
    struct credential copy;
    if (credential != NULL)
        copy = *credential;
    end(op, why, credential != NULL ? &copy : NULL, NULL);
}

void service_op_end_sandbox(struct service_op *op, const struct failure *why, const struct sandbox *sandbox)
{
    end(op, why, NULL, sandbox);
}

static void after_refusal(struct service_job *job)
{
    service_op_end(job->op, &job->why, NULL);
}

void service_op_refuse(struct service_op *op, const struct failure *why)
{
    struct service_job *job = service_job_new(op->service, NULL, after_refusal, op);
    job->why = *why;
    service_job_push(job);
}
