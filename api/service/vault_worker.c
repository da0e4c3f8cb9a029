// SPDX-License-Identifier: Apache-2.0
//
// vault_worker: Runs steps on the vault, one at a time, in order, on a worker thread. So what depends on each
// other stays in order, and the vault needs no lock.

#include "api/service/credential_service_private.h"

#include <stdlib.h>

static void on_worker(uv_work_t *work)
{
    struct vault_step *step = work->data;
    struct credential_service *service = step->service;
    enum status status = STATUS_OK;
    if (step->run == NULL)
        return;
    if (service->vault != NULL && vault_is_worth_reopening(service->vault)) {
        vault_close(service->vault);
        service->vault = NULL;
    }
    if (service->vault == NULL)
        status = vault_open(service->folder, service->base_url, service->key, &service->vault, step->why);
    if (status == STATUS_OK)
        status = step->run(step->ctx, service->vault);
    if (status == STATUS_OK)
        *step->why = service_fine;
}

static void start_next(struct credential_service *service);

static void on_done(uv_work_t *work, int status)
{
    struct vault_step *step = work->data;
    struct credential_service *service = step->service;
    (void)status;
    service->working = false;
    step->after(step->ctx); // which may free it
    start_next(service);
}

static void start_next(struct credential_service *service)
{
    if (service->working)
        return;
    struct vault_step *step = service->queue;
    if (step == NULL) {
        if (service->drained != NULL)
            service->drained(service);
        return;
    }
    service->queue = step->next;
    if (service->queue == NULL)
        service->queue_end = &service->queue;
    service->working = true;
    step->work.data = step;
    if (uv_queue_work(service->loop, &step->work, on_worker, on_done) < 0)
        abort(); // only for a NULL callback
}

void vault_worker_queue(struct credential_service *service, struct vault_step *step)
{
    step->service = service;
    step->next = NULL;
    *service->queue_end = step;
    service->queue_end = &step->next;
    start_next(service);
}
