// SPDX-License-Identifier: Apache-2.0
//
// cli_retry: owns the waiting for a server that is away when a verb that stays begins: said once, asked again
// at growing distances.

#include "views/cli/cli.h"

#include <stdio.h>
#include <stdlib.h>

enum { FIRST_MS = 1000, MOST_MS = 30000 };

struct cli_retry {
    uv_timer_t timer;
    struct cli_job *job;
    service_done_cb *ask;
    int wait_ms;
};

static void on_again(uv_timer_t *timer)
{
    struct cli_retry *again = timer->data;
    service_refresh(again->job->service, again->ask, again->job);
}

// What may be over by itself: nothing that is wrong with the key, the settings or the disk.
static bool may_pass(enum status status)
{
    static const enum status passing[] = {STATUS_NO_NAME,      STATUS_NO_CONNECTION, STATUS_TIMED_OUT,
                                          STATUS_RATE_LIMITED, STATUS_NO_CAPACITY,   STATUS_SERVER_ERROR};
    for (size_t i = 0; i < sizeof passing / sizeof passing[0]; i++)
        if (passing[i] == status)
            return true;
    return false;
}

static struct cli_retry *begin(struct cli_job *job, service_done_cb *ask)
{
    struct cli_retry *again = calloc(1, sizeof *again);
    if (again == NULL)
        return NULL;
    (void)uv_timer_init(job->loop, &again->timer);
    again->timer.data = again;
    again->job = job;
    again->ask = ask;
    again->wait_ms = FIRST_MS;
    return again;
}

bool cli_retry_later(struct cli_job *job, const struct failure *why, service_done_cb *ask)
{
    struct cli_retry *again = job->again;
    if (why->status == STATUS_OK && again != NULL)
        (void)fprintf(stderr, "sbxdeck: %s: the server answers again\n", job->verb->name);
    if (!may_pass(why->status))
        return false;
    if (again == NULL) {
        again = job->again = begin(job, ask);
        if (again == NULL)
            return false;
        cli_complain(job->verb->name, why);
        (void)fprintf(stderr, "sbxdeck: %s: retrying until the server answers\n", job->verb->name);
    }
    int told_ms = why->retry_after_s * 1000;
    (void)uv_timer_start(&again->timer, on_again,
                         (uint64_t)(told_ms > again->wait_ms ? told_ms : again->wait_ms), 0);
    again->wait_ms = 2 * again->wait_ms < MOST_MS ? 2 * again->wait_ms : MOST_MS;
    return true;
}

static void on_closed(uv_handle_t *handle)
{
    free(handle->data);
}

void cli_retry_end(struct cli_job *job)
{
    if (job->again != NULL)
        uv_close((uv_handle_t *)&job->again->timer, on_closed);
    job->again = NULL;
}
