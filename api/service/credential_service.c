// SPDX-License-Identifier: Apache-2.0
//
// credential_service: Opens and closes the service, reports changes, and answers what it knows.

#include "api/service/credential_service_private.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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
}

// --- opening and closing ---

static void free_memory(struct credential_service *service)
{
    while (service->unsaved != NULL)
        operation_end(service->unsaved, &service_cancelled);
    fleet_free(service->fleet);
    free(service->log);
    secret_free(service->key);
    free(service);
}

static void handle_closed(uv_handle_t *handle)
{
    struct credential_service *service = handle->data;
    if (--service->open_handles == 0)
        free_memory(service);
}

static void begin_handles(struct credential_service *service)
{
    for (size_t i = 0; i < TIMER_COUNT; i++) {
        (void)uv_timer_init(service->loop, &service->timers[i]);
        service->timers[i].data = service;
    }
    (void)uv_fs_event_init(service->loop, &service->vault_watch);
    service->vault_watch.data = service;
    service->open_handles = TIMER_COUNT + 1;
}

enum status service_new(uv_loop_t *loop, const struct config *config, const struct secret *api_key,
                        const struct service_events *events, void *ctx, struct credential_service **out,
                        struct failure *why)
{
    const struct leap0_options options = {
        .base_url = config->base_url,
        .api_key = api_key,
        .dialect = config->dialect,
        .connect_timeout_ms = config->connect_timeout_s * 1000,
        .timeout_ms = config->timeout_s * 1000,
        .ca_file = config->ca_file,
        .leap0_header = config->leap0_header,
    };
    struct credential_service *service = calloc(1, sizeof *service);
    if (service == NULL)
        return fail(why, STATUS_NO_MEMORY, "no memory for the credentials");
    service->fleet = fleet_new();
    service->key = secret_copy(api_key);
    enum status status = STATUS_NO_MEMORY;
    if (service->fleet != NULL && (service->key != NULL || api_key == NULL))
        status = leap0_new(loop, &options, &service->client, why);
    else
        (void)fail(why, status, "no memory for the credentials");
    if (status != STATUS_OK) {
        free_memory(service);
        return status;
    }
    service->loop = loop;
    service->ctx = ctx;
    service->queue_end = &service->queue;
    if (events != NULL)
        service->events = *events;
    service->prune_ms = (int64_t)config->prune_h * 3600 * 1000;
    (void)snprintf(service->domain, sizeof service->domain, "%s", config->sandbox_domain);
    (void)snprintf(service->folder, sizeof service->folder, "%s", config->state_folder);
    (void)snprintf(service->base_url, sizeof service->base_url, "%s", config->base_url);
    begin_handles(service);
    *out = service;
    return STATUS_OK;
}

static enum status run_close(struct operation *op, struct vault *vault)
{
    vault_close(vault);
    op->service->vault = NULL;
    return STATUS_OK;
}

void service_finish_close(struct credential_service *service)
{
    if (service->vault != NULL) {
        operation_queue(operation_new_own(service, OPERATION_VAULT, 0), run_close, NULL);
        return;
    }
    if (uv_is_closing((uv_handle_t *)&service->vault_watch))
        return;
    for (size_t i = 0; i < TIMER_COUNT; i++)
        uv_close((uv_handle_t *)&service->timers[i], handle_closed);
    uv_close((uv_handle_t *)&service->vault_watch, handle_closed);
}

// Callers waiting for the vault are told now; what they asked of it is still done.
static void release_operations(struct credential_service *service)
{
    // Operations end on the loop only, and what a callback begins now comes in front: it is refused by
    // itself.
    for (struct operation *op = service->operations; op != NULL; op = op->next)
        operation_tell(op, &service_cancelled);
}

void service_free(struct credential_service *service)
{
    if (service == NULL || service->closing)
        return;
    service->closing = true;
    for (enum service_timer timer = 0; timer < TIMER_COUNT; timer++)
        service_stop_timer(service, timer);
    service_unwatch_vault(service);
    release_operations(service);
    service_end_looks(service);
    service_end_waiting(service, &service_cancelled);
    leap0_free(service->client); // its calls end; what they leave for the vault is queued
    service->client = NULL;
    service_retry_unsaved(service); // the last chance
    service_log_retry(service);
    if (!service->working && service->queue == NULL)
        service_finish_close(service);
}
