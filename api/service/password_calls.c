// SPDX-License-Identifier: Apache-2.0
//
// keeper_password: owns what is asked of the vault alone: a password, on request and one at a time, and a row
// that the operator gives up.

#include "api/service/service_private.h"

void keeper_run_password(struct keeper_job *job, struct vault *vault)
{
    job->status = vault_password(vault, job->row, &job->password, &job->why);
}

static void after_password(struct keeper_job *job)
{
    struct keeper_op *op = job->op;
    if (job->status == STATUS_OK && op->secret_cb != NULL) {
        const struct failure fine = {.status = STATUS_OK};
        keeper_secret_cb *cb = op->secret_cb;
        op->secret_cb = NULL;
        cb(op->ctx, &fine, job->password); // the callback's to free
        job->password = NULL;
    }
    keeper_op_end(op, &job->why, NULL);
}

void keeper_password(struct keeper *keeper, int64_t vault_row, keeper_secret_cb *cb, void *ctx)
{
    struct keeper_op *op = keeper_op_new(keeper, NULL, "", NULL, ctx);
    const struct keeper_unsaved *in_memory = keeper_unsaved_of(keeper, vault_row);
    struct keeper_job *job =
        keeper_job_new(keeper, in_memory == NULL ? keeper_run_password : NULL, after_password, op);
    op->secret_cb = cb;
    job->row = vault_row;
    if (in_memory != NULL)
        job->password = secret_copy(in_memory->access.password);
    keeper_job_push(job);
}

// What the log calls it by; NULL: it is not of the fleet.
static const struct credential *of_row(const struct keeper *keeper, int64_t vault_row)
{
    for (size_t i = 0; i < fleet_count(keeper->fleet); i++) {
        const struct fleet_row *row = fleet_row(keeper->fleet, i);
        for (size_t k = 0; k < row->credential_count; k++)
            if (row->credentials[k].vault_row == vault_row)
                return &row->credentials[k];
    }
    return NULL;
}

static void after_forget(struct keeper_job *job)
{
    struct failure why = job->why;
    if (job->status == STATUS_OK)
        fleet_drop_credential(job->keeper->fleet, job->row);
    keeper_changed(job->keeper);
    keeper_op_end(job->op, &why, NULL);
}

void keeper_forget(struct keeper *keeper, int64_t vault_row, keeper_done_cb *cb, void *ctx)
{
    const struct credential *credential = of_row(keeper, vault_row);
    struct keeper_op *op =
        keeper_op_new(keeper, "forgetting", credential != NULL ? credential->sandbox_id : "",
                      credential != NULL ? credential->id : NULL, ctx);
    bool in_memory = keeper_unsaved_give_up(keeper, vault_row);
    struct keeper_job *job = keeper_job_new(keeper, in_memory ? NULL : keeper_run_forget, after_forget, op);
    op->done_cb = cb;
    job->row = vault_row;
    keeper_job_push(job);
}
