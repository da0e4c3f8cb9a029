// SPDX-License-Identifier: Apache-2.0
//
// vault_worker: Runs the operations' steps on the vault, one at a time, in order, on a worker thread. So what
// depends on each other stays in order, and the vault needs no lock.

#include "api/service/credential_service_private.h"

#include <stdlib.h>
#include <string.h>

static void on_worker(uv_work_t *work)
{
    struct operation *op = work->data;
    struct credential_service *service = op->service;
    enum status status = STATUS_OK;
    if (op->run == NULL)
        return;
    if (service->vault != NULL && vault_is_worth_reopening(service->vault)) {
        vault_close(service->vault);
        service->vault = NULL;
    }
    if (service->vault == NULL)
        status = vault_open(service->folder, service->base_url, service->key, &service->vault, &op->why);
    if (status == STATUS_OK)
        status = op->run(op, service->vault);
    if (status == STATUS_OK)
        op->why = service_fine;
}

static void start_next(struct credential_service *service);

static void on_done(uv_work_t *work, int status)
{
    struct operation *op = work->data;
    struct credential_service *service = op->service;
    (void)status;
    service->working = false;
    if (op->run != NULL)
        service_note_vault(service, op);
    if (op->after != NULL)
        op->after(op);
    else
        operation_end(op, &op->why);
    start_next(service);
}

static void start_next(struct credential_service *service)
{
    if (service->working)
        return;
    struct operation *op = service->queue;
    if (op == NULL) {
        if (service->closing)
            service_finish_close(service);
        return;
    }
    service->queue = op->queued_next;
    if (service->queue == NULL)
        service->queue_end = &service->queue;
    service->working = true;
    op->work.data = op;
    if (uv_queue_work(service->loop, &op->work, on_worker, on_done) < 0)
        abort(); // only for a NULL callback
}

void operation_queue(struct operation *op, operation_run *run, operation_after *after)
{
    struct credential_service *service = op->service;
    op->run = run;
    op->after = after;
    op->queued_next = NULL;
    *service->queue_end = op;
    service->queue_end = &op->queued_next;
    start_next(service);
}
