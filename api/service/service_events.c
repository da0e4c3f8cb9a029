// SPDX-License-Identifier: Apache-2.0
//
// service_events: owns the questions to the event log. They take their turn on the worker with everything
// else that the vault is asked.

#include "api/service/credential_service_private.h"

#include <stdlib.h>

static void run_events(struct service_job *job, struct vault *vault)
{
    job->status = event_log_query(vault, job->query, &job->events, &job->count, &job->why);
}

static void after_events(struct service_job *job)
{
    struct service_op *op = job->op;
    if (job->status == STATUS_OK && op->events_cb != NULL) {
        const struct failure fine = {.status = STATUS_OK};
        service_events_cb *cb = op->events_cb;
        struct event *list = job->events;
        op->events_cb = NULL;
        job->events = NULL; // the callback's
        cb(op->ctx, &fine, list, job->count);
    }
    service_op_end(op, &job->why, NULL);
}

void service_events(struct credential_service *service, const struct event_query *query,
                    service_events_cb *cb, void *ctx)
{
    struct service_op *op = service_op_new(service, NULL, "", NULL, ctx);
    struct service_job *job = service_job_new(service, run_events, after_events, op);
    op->events_cb = cb;
    job->query = malloc(sizeof *job->query);
    if (job->query == NULL)
        abort();
    *job->query = *query;
    service_job_push(job);
}

uint64_t service_events_version(const struct credential_service *service)
{
    return service->events_seen;
}
