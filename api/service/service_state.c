// SPDX-License-Identifier: Apache-2.0
//
// service_state: Answers what the service knows, and reports that it has changed.

#include "api/service/credential_service_private.h"

#include "api/base/server_clock.h"
#include "api/base/time_util.h"

#include <string.h>

const struct failure service_fine = {.status = STATUS_OK}, service_cancelled = {.status = STATUS_CANCELLED};

// --- reporting ---

void service_start_timer(struct credential_service *service, enum service_timer timer, uv_timer_cb cb,
                         int64_t wait_ms)
{
    if (service->closing)
        return;
    uv_update_time(service->loop);
    (void)uv_timer_start(&service->timers[timer], cb, (uint64_t)wait_ms, 0);
}

void service_stop_timer(struct credential_service *service, enum service_timer timer)
{
    (void)uv_timer_stop(&service->timers[timer]);
}

static void on_changed(uv_timer_t *timer)
{
    struct credential_service *service = timer->data;
    if (service->events.changed != NULL)
        service->events.changed(service->ctx);
}

void service_changed(struct credential_service *service)
{
    if (!uv_is_active((uv_handle_t *)&service->timers[TIMER_CHANGED]))
        service_start_timer(service, TIMER_CHANGED, on_changed, 0);
}

void service_trouble(struct credential_service *service, const struct failure *why)
{
    if (!service->closing && service->events.trouble != NULL)
        service->events.trouble(service->ctx, why);
}

// --- what it knows ---

const struct fleet *service_fleet(const struct credential_service *service)
{
    return service->fleet;
}

int64_t service_now(const struct credential_service *service)
{
    return service->client != NULL ? server_clock_now(leap0_clock(service->client)) : time_wall_ms();
}

enum status service_target(const struct credential_service *service, const struct credential *credential,
                           struct ssh_target *out, struct failure *why)
{
    return ssh_target_of(credential->id, credential->sandbox_id, credential->host, credential->port,
                         credential->username, credential->ssh_command, service->domain, out, why);
}

void service_memory_only(struct credential_service *service, bool on)
{
    service->memory_only = on;
}

void service_health(const struct credential_service *service, struct service_health *out)
{
    struct leap0_health wire;
    leap0_health(service->client, &wire);
    memset(out, 0, sizeof *out);
    out->refreshing = service->refreshing;
    out->refreshed_at = service->refreshed_at;
    out->last = service->last;
    out->vault = service->vault_failure;
    out->unsaved = service_unsaved_count(service);
    out->vault_read = service->vault_read_at > 0;
    out->latency_ms = wire.latency_ms;
    out->clock_offset_ms = server_clock_offset(leap0_clock(service->client));
    out->dialect = leap0_dialect(service->client);
    out->requests_last_minute = wire.requests_last_minute;
    out->background = wire.background;
    out->background_share = wire.background_share;
    out->held = wire.held;
    out->total = service->total;
    out->complete = fleet_is_complete(service->fleet);
}

// --- one credential ---

const struct credential *service_known(const struct credential_service *service, const char *sandbox_id,
                                       const char *id)
{
    const struct fleet_row *row = fleet_find(service->fleet, sandbox_id);
    for (size_t i = 0; row != NULL && i < row->credential_count; i++)
        if (strcmp(row->credentials[i].id, id) == 0)
            return &row->credentials[i];
    return NULL;
}

const struct credential *service_by_row(const struct credential_service *service, const char *sandbox_id,
                                        int64_t vault_row)
{
    const struct fleet_row *row = fleet_find(service->fleet, sandbox_id);
    for (size_t i = 0; row != NULL && i < row->credential_count; i++)
        if (row->credentials[i].vault_row == vault_row)
            return &row->credentials[i];
    return NULL;
}

const struct operation *service_operation_on(const struct credential_service *service, int64_t row)
{
    const struct operation *op = service->operations;
    while (op != NULL && op->row != row)
        op = op->next;
    return op;
}

struct operation *service_unsaved_of(const struct credential_service *service, int64_t row)
{
    struct operation *save = service->unsaved;
    while (save != NULL && save->row != row)
        save = save->next;
    return save;
}

size_t service_unsaved_count(const struct credential_service *service)
{
    size_t count = 0;
    for (const struct operation *save = service->unsaved; save != NULL; save = save->next)
        count++;
    return count;
}
