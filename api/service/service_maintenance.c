// SPDX-License-Identifier: Apache-2.0
//
// service_maintenance: owns what is done with the vault as a whole and with credentials that no call here has
// made: import, sealing again, taking out what has long ended, and going on while the disk does not.

#include "api/service/credential_service_private.h"

#include <string.h>

enum { PRUNE_EVERY_MS = 3600 * 1000 };

// --- import ---

static void run_import(struct service_job *job, struct vault *vault)
{
    job->status = vault_import(vault, &job->access, &job->row, &job->why);
}

static void after_import(struct service_job *job)
{
    struct service_op *op = job->op;
    struct credential credential;
    if (job->status != STATUS_OK) {
        service_op_end(op, &job->why, NULL);
        return;
    }
    service_credential_of(&job->access, job->row, &credential);
    credential.verdict = VERDICT_UNVERIFIED;
    credential.validated_at = 0;
    (void)fleet_take_credential(job->service->fleet, &credential);
    op->row = job->row;
    const struct failure fine = {.status = STATUS_OK};
    service_op_end(op, &fine, &credential);
}

void service_import(struct credential_service *service, const struct access *access,
                    service_credential_cb *cb, void *ctx)
{
    struct service_op *op = service_op_new(service, "importing", access->sandbox_id, access->id, ctx);
    struct service_job *job = service_job_new(service, run_import, after_import, op);
    op->credential_cb = cb;
    job->access = *access;
    job->access.password = secret_copy(access->password);
    service_judge_target(&job->access);
    if (job->access.created_at == 0)
        job->access.created_at = service_now(service);
    service_job_push(job);
}

// --- sealing again ---

static void run_rekey(struct service_job *job, struct vault *vault)
{
    job->status = vault_rekey(vault, job->old_key, &job->rekeyed, &job->why);
}

static void after_rekey(struct service_job *job)
{
    struct service_op *op = job->op;
    service_rekeyed_cb *cb = op->rekeyed_cb;
    op->rekeyed_cb = NULL;
    if (cb != NULL) // not told yet that all ends
        cb(op->ctx, &job->why, &job->rekeyed);
    service_op_end(op, &job->why, NULL);
}

void service_rekey(struct credential_service *service, const struct secret *old_key, service_rekeyed_cb *cb,
                   void *ctx)
{
    struct service_op *op = service_op_new(service, NULL, "", NULL, ctx);
    struct service_job *job = service_job_new(service, run_rekey, after_rekey, op);
    op->rekeyed_cb = cb;
    job->old_key = secret_copy(old_key);
    service_job_push(job);
}

// --- prune ---

static void run_prune(struct service_job *job, struct vault *vault)
{
    job->status = vault_prune(vault, &job->clocks, job->keep_ms, &job->count, &job->why);
}

static void after_prune(struct service_job *job)
{
    if (job->status == STATUS_OK && job->count > 0)
        service_reload(job->service);
}

// A row that is gone can't be had back: not on one answer's word, and not on the server's alone.
void service_prune(struct credential_service *service)
{
    int64_t now = time_monotonic_ms();
    if (service->prune_ms == 0 || service->closing || service->vault_failure.status != STATUS_OK ||
        service->last.status != STATUS_OK || !server_clock_is_confirmed(leap0_clock(service->client)) ||
        (service->pruned_at > 0 && now - service->pruned_at < PRUNE_EVERY_MS))
        return;
    service->pruned_at = now;
    struct service_job *job = service_job_new(service, run_prune, after_prune, NULL);
    job->clocks = (struct vault_clocks){
        .server_ms = service_now(service), .local_ms = time_wall_ms(), .server_is_sure = true};
    job->keep_ms = service->prune_ms;
    service_job_push(job);
}

// --- without the disk ---

void service_memory_only(struct credential_service *service, bool on)
{
    service->memory_only = on;
}

size_t service_unsaved_count(const struct credential_service *service)
{
    size_t count = 0;
    for (const struct service_unsaved *one = service->unsaved; one != NULL; one = one->next)
        count++;
    return count;
}
