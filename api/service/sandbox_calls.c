// SPDX-License-Identifier: Apache-2.0
//
// sandbox_calls: Asks about one sandbox, and makes a new one.

#include "api/service/credential_service_private.h"

#include "api/base/time_util.h"

// --- one sandbox ---

static void on_detail(void *ctx, const struct failure *why, const struct sandbox *sandbox)
{
    struct operation *op = ctx;
    if (why->status == STATUS_OK && !op->service->closing)
        (void)fleet_take_sandbox(op->service->fleet, sandbox, time_monotonic_ms());
    else if (failure_is_absence(why))
        fleet_drop_sandbox(op->service->fleet, op->sandbox_id);
    service_changed(op->service);
    operation_end(op, why);
}

void service_detail(struct credential_service *service, const char *sandbox_id, service_done_cb *cb,
                    void *ctx)
{
    struct operation *op = operation_new(service, OPERATION_DETAIL, sandbox_id, NULL, ctx);
    op->cb.done = cb;
    if (service->closing || leap0_sandbox(service->client, op->sandbox_id, on_detail, op) == NULL)
        operation_refuse(op, &service_cancelled);
}

bool service_is_fresh(const struct credential_service *service, const char *sandbox_id)
{
    const struct fleet_row *row = fleet_find(service->fleet, sandbox_id);
    // While the server doesn't answer, nobody waits for it.
    return service->last.status != STATUS_OK ||
           (row != NULL && time_monotonic_ms() - row->fresh_ms < SERVICE_FRESH_MS);
}

void service_fresh(struct credential_service *service, const char *sandbox_id, service_done_cb *cb, void *ctx)
{
    if (!service_is_fresh(service, sandbox_id)) {
        service_detail(service, sandbox_id, cb, ctx);
        return;
    }
    struct operation *op = operation_new(service, OPERATION_DETAIL, sandbox_id, NULL, ctx);
    op->cb.done = cb;
    operation_refuse(op, &service_fine);
}

// --- a new one ---

static void on_sandbox_created(void *ctx, const struct failure *why, const struct sandbox *sandbox)
{
    struct operation *op = ctx;
    struct failure told = *why;
    if (why->status == STATUS_OK && !op->service->closing) {
        (void)fleet_take_sandbox(op->service->fleet, sandbox, time_monotonic_ms());
        service_changed(op->service);
        service_refresh_soon(op->service);
    } else if (why->maybe_done && why->status != STATUS_CANCELLED) {
        (void)advise(&told,
                     fail(&told, STATUS_OUTCOME_UNKNOWN,
                          "outcome unknown, a sandbox may have been created: %s", failure_text(why)),
                     "check with sbxdeck ls before you try again");
        service_refresh_soon(op->service);
    }
    op->sandbox = sandbox;
    operation_end(op, &told);
}

void service_sandbox_create(struct credential_service *service, const struct leap0_new_sandbox *wanted,
                            service_sandbox_cb *cb, void *ctx)
{
    struct operation *op = operation_new(service, OPERATION_NEW_SANDBOX, "", NULL, ctx);
    op->cb.sandbox = cb;
    if (operation_is_read_only(op))
        return;
    if (service->closing || leap0_sandbox_create(service->client, wanted, on_sandbox_created, op) == NULL)
        operation_refuse(op, &service_cancelled);
}
