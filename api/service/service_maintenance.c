// SPDX-License-Identifier: Apache-2.0
//
// keeper_care: owns what is done with the vault as a whole and with credentials that no call here has made:
// import, sealing again, taking out what has long ended, and going on while the disk does not.

#include "api/service/service_private.h"

#include <string.h>

enum { PRUNE_EVERY_MS = 3600 * 1000 };

// --- import ---

static void run_import(struct keeper_job *job, struct vault *vault)
{
    job->status = vault_import(vault, &job->access, &job->row, &job->why);
}

static void after_import(struct keeper_job *job)
{
    struct keeper_op *op = job->op;
    struct credential credential;
    if (job->status != STATUS_OK) {
        keeper_op_end(op, &job->why, NULL);
        return;
    }
    keeper_credential_of(&job->access, job->row, &credential);
    credential.verdict = VERDICT_UNVERIFIED;
    credential.validated_at = 0;
    (void)fleet_take_credential(job->keeper->fleet, &credential);
    op->row = job->row;
    const struct failure fine = {.status = STATUS_OK};
    keeper_op_end(op, &fine, &credential);
}

void keeper_import(struct keeper *keeper, const struct access *access, keeper_credential_cb *cb, void *ctx)
{
    struct keeper_op *op = keeper_op_new(keeper, "importing", access->sandbox_id, access->id, ctx);
    struct keeper_job *job = keeper_job_new(keeper, run_import, after_import, op);
    op->credential_cb = cb;
    job->access = *access;
    job->access.password = secret_copy(access->password);
    keeper_judge_target(&job->access);
    if (job->access.created_at == 0)
        job->access.created_at = keeper_now(keeper);
    keeper_job_push(job);
}

// --- sealing again ---

static void run_rekey(struct keeper_job *job, struct vault *vault)
{
    job->status = vault_rekey(vault, job->old_key, &job->rekeyed, &job->why);
}

static void after_rekey(struct keeper_job *job)
{
    struct keeper_op *op = job->op;
    keeper_rekeyed_cb *cb = op->rekeyed_cb;
    op->rekeyed_cb = NULL;
    if (cb != NULL) // not told yet that all ends
        cb(op->ctx, &job->why, &job->rekeyed);
    keeper_op_end(op, &job->why, NULL);
}

void keeper_rekey(struct keeper *keeper, const struct secret *old_key, keeper_rekeyed_cb *cb, void *ctx)
{
    struct keeper_op *op = keeper_op_new(keeper, NULL, "", NULL, ctx);
    struct keeper_job *job = keeper_job_new(keeper, run_rekey, after_rekey, op);
    op->rekeyed_cb = cb;
    job->old_key = secret_copy(old_key);
    keeper_job_push(job);
}

// --- prune ---

static void run_prune(struct keeper_job *job, struct vault *vault)
{
    job->status = vault_prune(vault, &job->clocks, job->keep_ms, &job->count, &job->why);
}

static void after_prune(struct keeper_job *job)
{
    if (job->status == STATUS_OK && job->count > 0)
        keeper_reload(job->keeper);
}

// A row that is gone can't be had back: not on one answer's word, and not on the server's alone.
void keeper_prune(struct keeper *keeper)
{
    int64_t now = time_monotonic_ms();
    if (keeper->prune_ms == 0 || keeper->closing || keeper->vault_failure.status != STATUS_OK ||
        keeper->last.status != STATUS_OK || !server_clock_is_confirmed(leap0_clock(keeper->client)) ||
        (keeper->pruned_at > 0 && now - keeper->pruned_at < PRUNE_EVERY_MS))
        return;
    keeper->pruned_at = now;
    struct keeper_job *job = keeper_job_new(keeper, run_prune, after_prune, NULL);
    job->clocks = (struct vault_clocks){
        .server_ms = keeper_now(keeper), .local_ms = time_wall_ms(), .server_is_sure = true};
    job->keep_ms = keeper->prune_ms;
    keeper_job_push(job);
}

// --- without the disk ---

void keeper_memory_only(struct keeper *keeper, bool on)
{
    keeper->memory_only = on;
}

size_t keeper_unsaved_count(const struct keeper *keeper)
{
    size_t count = 0;
    for (const struct keeper_unsaved *one = keeper->unsaved; one != NULL; one = one->next)
        count++;
    return count;
}
