// SPDX-License-Identifier: Apache-2.0
//
// keeper_events: owns the questions to the event log. They take their turn on the worker with everything else
// that the vault is asked.

#include "api/service/service_private.h"

#include <stdlib.h>

static void run_events(struct keeper_job *job, struct vault *vault)
{
    job->status = event_log_query(vault, job->query, &job->events, &job->count, &job->why);
}

static void after_events(struct keeper_job *job)
{
    struct keeper_op *op = job->op;
    if (job->status == STATUS_OK && op->events_cb != NULL) {
        const struct failure fine = {.status = STATUS_OK};
        keeper_events_cb *cb = op->events_cb;
        struct event *list = job->events;
        op->events_cb = NULL;
        job->events = NULL; // the callback's
        cb(op->ctx, &fine, list, job->count);
    }
    keeper_op_end(op, &job->why, NULL);
}

void keeper_events(struct keeper *keeper, const struct event_query *query, keeper_events_cb *cb, void *ctx)
{
    struct keeper_op *op = keeper_op_new(keeper, NULL, "", NULL, ctx);
    struct keeper_job *job = keeper_job_new(keeper, run_events, after_events, op);
    op->events_cb = cb;
    job->query = malloc(sizeof *job->query);
    if (job->query == NULL)
        abort();
    *job->query = *query;
    keeper_job_push(job);
}

uint64_t keeper_events_version(const struct keeper *keeper)
{
    return keeper->events_seen;
}
