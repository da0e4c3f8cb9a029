// SPDX-License-Identifier: Apache-2.0
//
// credential_service: Opens and closes the service.

#include "api/service/credential_service_private.h"

#include <stdio.h>
#include <stdlib.h>

static void free_memory(struct credential_service *service)
{
    while (service->unsaved != NULL)
        operation_end(service->unsaved, &service_cancelled);
    fleet_free(service->fleet);
    free(service->look.watched);
    free(service->log);
    free(service->connected.list);
    free(service->labels);
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
        .quota = config->rate_limit,
        .background_share = config->background_share,
        .read_only = config->read_only,
    };
    struct credential_service *service = calloc(1, sizeof *service);
    if (service == NULL)
        return fail(why, STATUS_NO_MEMORY, "no memory for the credentials");
    (void)life_limits_use(&config->expiring, &config->critical);
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
    service->read_only = config->read_only;
    service->tools.start = config->tools_start;
    service->tools.wake = config->tools_wake;
    service->tools.credentials = config->tools_credentials;
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

// When no step is left.
static void finish_close(struct credential_service *service)
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

// Callers waiting for the vault get their callback now; what they asked of it is still done.
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
    service->drained = finish_close;
    if (!service->working && service->queue == NULL)
        finish_close(service);
}
