// SPDX-License-Identifier: Apache-2.0
//
// vault_watch: Reads the vault's list, and reads it again when another process has written to it.

#include "api/service/credential_service_private.h"

#include "api/base/time_util.h"

#include <string.h>

enum { SETTLE_MS = 40, SETTLE_LAST_MS = 2560 };

// --- reading ---

static bool is_unchanged(const struct vault_reading *reading)
{
    return reading->if_changed && reading->version == reading->known;
}

enum status service_read_vault(struct vault_reading *reading, struct vault *vault, struct failure *why)
{
    // The version first: what is written in between is then read once more, and not missed.
    enum status status = vault_version(vault, &reading->version, why);
    if (status != STATUS_OK || is_unchanged(reading))
        return status;
    status = vault_list(vault, &reading->list, &reading->count, why);
    return status == STATUS_OK ? vault_labels(vault, &reading->labels, &reading->label_count, why) : status;
}

enum status service_run_read(struct operation *op, struct vault *vault)
{
    service_run_tools(op);
    return service_read_vault(&op->reading, vault, &op->why);
}

void service_after_read(struct operation *op)
{
    struct credential_service *service = op->service;
    const struct vault_reading *reading = &op->reading;
    service_after_tools(op);
    if (op->why.status == STATUS_OK && !service->closing && !is_unchanged(reading)) {
        if (service->vault_version != reading->version)
            service->events_seen++;
        service->vault_version = reading->version;
        service->vault_read_at = time_monotonic_ms();
        service_take_labels(service, &op->reading.labels, reading->label_count);
        service_take_vault(service, reading->list, reading->count);
    }
    operation_end(op, &service_fine);
}

void service_reload(struct credential_service *service)
{
    operation_queue(operation_new_own(service, OPERATION_READ_VAULT, 0), service_run_read,
                    service_after_read);
}

// --- others' writes ---

static void read_if_changed(struct credential_service *service)
{
    struct operation *op = operation_new_own(service, OPERATION_READ_VAULT, 0);
    op->reading.if_changed = true;
    op->reading.known = service->vault_version;
    operation_queue(op, service_run_read, service_after_read);
}

// The folder tells of the bytes of a write; it can be seen only when they are safely on the disk, which may
// take a slow one longer than any wait of ours, and of that nobody tells. So it is looked at again, ever
// later.
static void on_settled(uv_timer_t *timer)
{
    struct credential_service *service = timer->data;
    read_if_changed(service);
    if (service->settle_ms >= SETTLE_LAST_MS)
        return;
    service->settle_ms *= 4;
    service_start_timer(service, TIMER_VAULT, on_settled, service->settle_ms);
}

static void on_vault_event(uv_fs_event_t *handle, const char *name, int events, int status)
{
    struct credential_service *service = handle->data;
    (void)events;
    if (status == 0 && name != NULL && strcmp(name, "tools") == 0) {
        service_look_for_tools(service);
        return;
    }
    if (status != 0 ||
        (service->settle_ms == SETTLE_MS && uv_is_active((uv_handle_t *)&service->timers[TIMER_VAULT])))
        return;
    service->settle_ms = SETTLE_MS;
    service_start_timer(service, TIMER_VAULT, on_settled, SETTLE_MS);
}

void service_watch_vault(struct credential_service *service)
{
    if (service->watching || service->interval_ms == 0 || service->closing)
        return;
    service->watching = uv_fs_event_start(&service->vault_watch, on_vault_event, service->folder, 0) == 0;
    if (service->watching)
        read_if_changed(service); // for what was written between the last reading and now
}

void service_unwatch_vault(struct credential_service *service)
{
    (void)uv_fs_event_stop(&service->vault_watch);
    service->watching = false;
}
