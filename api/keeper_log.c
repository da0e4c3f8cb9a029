// SPDX-License-Identifier: Apache-2.0
//
// keeper_log: owns the way of an event to the disk, and what of an operation goes into the log. The log waits
// its turn behind what the vault has to write: a credential is more important than its record.

#include "api/keeper_private.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static void run_log(struct keeper_job *job, struct vault *vault)
{
    job->status = event_log_append(vault, job->event, &job->why);
}

void keeper_log(struct keeper *keeper, const struct event *event)
{
    struct timespec now;
    struct event *copy = malloc(sizeof *copy);
    if (copy == NULL)
        abort();
    *copy = *event;
    (void)clock_gettime(CLOCK_REALTIME, &now);
    copy->wall_at = (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
    copy->at = keeper_now(keeper);
    secret_hide(keeper->key, copy->message);
    struct keeper_job *job = keeper_job_new(keeper, run_log, NULL, NULL);
    job->event = copy;
    keeper_job_push(job);
}

void keeper_log_op(const struct keeper_op *op, const struct failure *why, const struct credential *credential)
{
    static const struct {
        const char *verb;
        enum event_kind kind;
    } kinds[] = {{"creating", EVENT_CREATED},
                 {"validating", EVENT_VALIDATED},
                 {"regenerating", EVENT_REGENERATED},
                 {"deleting", EVENT_DELETED}};
    if (op->verb == NULL || (op->keeper->closing && why->status == STATUS_CANCELLED))
        return;
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        if (strcmp(kinds[i].verb, op->verb) != 0)
            continue;
        struct event event = {.kind = kinds[i].kind, .outcome = why->status, .duration_ms = -1};
        (void)snprintf(event.sandbox_id, sizeof event.sandbox_id, "%s", op->sandbox_id);
        (void)snprintf(event.id, sizeof event.id, "%s", credential != NULL ? credential->id : op->id);
        if (why->status != STATUS_OK) {
            (void)snprintf(event.message, sizeof event.message, "%s", failure_text(why));
            secret_hide(op->access.password, event.message);
        }
        keeper_log(op->keeper, &event);
    }
}
