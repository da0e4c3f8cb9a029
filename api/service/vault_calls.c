// SPDX-License-Identifier: Apache-2.0
//
// password_calls: owns what is asked of the vault alone: a password, on request and one at a time, and a row
// that the operator gives up.

#include "api/service/credential_service_private.h"

void service_run_password(struct service_job *job, struct vault *vault)
{
    job->status = vault_password(vault, job->row, &job->password, &job->why);
}

static void after_password(struct service_job *job)
{
    struct service_op *op = job->op;
    if (job->status == STATUS_OK && op->secret_cb != NULL) {
        const struct failure fine = {.status = STATUS_OK};
        service_secret_cb *cb = op->secret_cb;
        op->secret_cb = NULL;
        cb(op->ctx, &fine, job->password); // the callback's to free
        job->password = NULL;
    }
    service_op_end(op, &job->why, NULL);
}

void service_password(struct credential_service *service, int64_t vault_row, service_secret_cb *cb, void *ctx)
{
    struct service_op *op = service_op_new(service, NULL, "", NULL, ctx);
    const struct service_unsaved *in_memory = service_unsaved_of(service, vault_row);
    struct service_job *job =
        service_job_new(service, in_memory == NULL ? service_run_password : NULL, after_password, op);
    op->secret_cb = cb;
    job->row = vault_row;
    if (in_memory != NULL)
        job->password = secret_copy(in_memory->access.password);
    service_job_push(job);
}

// What the log calls it by; NULL: it is not of the fleet.
static const struct credential *of_row(const struct credential_service *service, int64_t vault_row)
{
    for (size_t i = 0; i < fleet_count(service->fleet); i++) {
        const struct fleet_row *row = fleet_row(service->fleet, i);
        for (size_t k = 0; k < row->credential_count; k++)
            if (row->credentials[k].vault_row == vault_row)
                return &row->credentials[k];
    }
    return NULL;
}

static void after_forget(struct service_job *job)
{
    struct failure why = job->why;
    if (job->status == STATUS_OK)
        fleet_drop_credential(job->service->fleet, job->row);
    service_changed(job->service);
    service_op_end(job->op, &why, NULL);
}

void service_forget(struct credential_service *service, int64_t vault_row, service_done_cb *cb, void *ctx)
{
    const struct credential *credential = of_row(service, vault_row);
    struct service_op *op =
        service_op_new(service, "forgetting", credential != NULL ? credential->sandbox_id : "",
                       credential != NULL ? credential->id : NULL, ctx);
    bool in_memory = service_unsaved_give_up(service, vault_row);
    struct service_job *job =
        service_job_new(service, in_memory ? NULL : service_run_forget, after_forget, op);
    op->done_cb = cb;
    job->row = vault_row;
    service_job_push(job);
}
