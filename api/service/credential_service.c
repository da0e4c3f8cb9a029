// SPDX-License-Identifier: Apache-2.0
//
// credential_service: owns the life of the whole: opening and closing, keeping the fleet current from the
// server's list and the vault, telling of changes. Credentials' calls are in credential_calls, sandboxes' in
// service_sandbox.

#include "api/fleet/lifetime_map.h"
#include "api/service/credential_service_private.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    MOVING_MS = 1000,
    BACKOFF_MAX_MS = 60000,
    SETTLE_MS = 40,
    SETTLE_LAST_MS = 2560,
    REREAD_MS = 60000,
    SECOND_MS = 1000
};

// --- telling ---

static void on_changed(uv_timer_t *timer)
{
    struct credential_service *service = timer->data;
    if (service->events.changed != NULL)
        service->events.changed(service->ctx);
}

void service_changed(struct credential_service *service)
{
    if (!service->closing && !uv_is_active((uv_handle_t *)&service->changed_timer))
        (void)uv_timer_start(&service->changed_timer, on_changed, 0, 0);
}

void service_trouble(struct credential_service *service, const struct failure *why)
{
    if (!service->closing && service->events.trouble != NULL)
        service->events.trouble(service->ctx, why);
}

void service_note_vault(struct credential_service *service, const struct service_job *job)
{
    bool trouble = job->status == STATUS_STORE_FAILED || job->status == STATUS_STORE_LOCKED ||
                   job->status == STATUS_STORE_UNSAFE;
    if (!trouble) {
        if (service->vault_failure.status != STATUS_OK)
            service_changed(service);
        memset(&service->vault_failure, 0, sizeof service->vault_failure);
        return;
    }
    bool known = service->vault_failure.status == job->status;
    bool first = service->vault_failure.status == STATUS_OK;
    service->vault_failure = job->why;
    if (first) // written when that is over
        service_log_vault(service, &job->why);
    if (known)
        return;
    service_changed(service);
    if (job->op == NULL || job->op->quiet) // otherwise who asked for it is told
        service_trouble(service, &job->why);
}

// --- the vault's list ---

void service_run_list(struct service_job *job, struct vault *vault)
{
    // The version first: what is written in between is then read once more, and not missed.
    job->status = vault_version(vault, &job->version, &job->why);
    if (job->status == STATUS_OK)
        job->status = vault_list(vault, &job->list, &job->count, &job->why);
}

// --- others' writes to the vault ---

static void after_reload(struct service_job *job)
{
    if (job->status != STATUS_OK || job->service->closing)
        return;
    if (job->service->vault_version != job->version)
        job->service->events_seen++;
    job->service->vault_version = job->version;
    job->service->vault_read_at = time_monotonic_ms();
    service_take_vault(job->service, job->list, job->count);
}

static void run_version(struct service_job *job, struct vault *vault)
{
    job->status = vault_version(vault, &job->version, &job->why);
    if (job->status == STATUS_OK && job->version != job->at)
        service_run_list(job, vault);
}

static void after_version(struct service_job *job)
{
    if (job->list != NULL || job->version != job->at)
        after_reload(job);
}

void service_reload(struct credential_service *service)
{
    service_job_push(service_job_new(service, service_run_list, after_reload, NULL));
}

static void check_vault(struct credential_service *service)
{
    struct service_job *job = service_job_new(service, run_version, after_version, NULL);
    job->at = service->vault_version;
    service_job_push(job);
}

// The folder tells of the bytes of a write; it can be seen only when they are safely on the disk, which may
// take a slow one longer than any wait of ours, and of that nobody tells. So it is looked at again, ever
// later.
static void on_settled(uv_timer_t *timer)
{
    struct credential_service *service = timer->data;
    check_vault(service);
    if (service->settle_ms >= SETTLE_LAST_MS)
        return;
    service->settle_ms *= 4;
    (void)uv_timer_start(timer, on_settled, (uint64_t)service->settle_ms, 0);
}

static void on_vault_event(uv_fs_event_t *handle, const char *name, int events, int status)
{
    struct credential_service *service = handle->data;
    (void)name;
    (void)events;
    if (status != 0 ||
        (service->settle_ms == SETTLE_MS && uv_is_active((uv_handle_t *)&service->vault_timer)))
        return;
    service->settle_ms = SETTLE_MS;
    (void)uv_timer_start(&service->vault_timer, on_settled, SETTLE_MS, 0);
}

// The folder is there once the vault has been opened.
static void watch_vault(struct credential_service *service)
{
    if (service->watching || service->interval_ms == 0 || service->closing)
        return;
    service->watching = uv_fs_event_start(&service->vault_watch, on_vault_event, service->folder, 0) == 0;
    if (service->watching)
        check_vault(service); // for what was written between the last reading and now
}

// --- refreshing ---

static bool is_moving(enum sandbox_state state)
{
    return state == SANDBOX_starting || state == SANDBOX_snapshotting || state == SANDBOX_unpausing ||
           state == SANDBOX_stopping || state == SANDBOX_deleting;
}

static void on_refresh_timer(uv_timer_t *timer)
{
    service_refresh(timer->data, NULL, NULL);
}

static void schedule(struct credential_service *service)
{
    int64_t wait = service->interval_ms;
    if (service->interval_ms == 0 || service->closing)
        return;
    for (size_t i = 0; i < fleet_count(service->fleet); i++)
        if (is_moving(fleet_row(service->fleet, i)->sandbox.state) && wait > MOVING_MS)
            wait = MOVING_MS;
    if (service->failures > 0)
        wait = (int64_t)service->interval_ms << (service->failures < 5 ? service->failures : 5);
    if (wait > BACKOFF_MAX_MS && wait > service->interval_ms)
        wait = service->interval_ms > BACKOFF_MAX_MS ? service->interval_ms : BACKOFF_MAX_MS;
    // At a whole second of the server's clock, when what counts down wakes us anyway.
    if (wait >= 2 * SECOND_MS)
        wait -= (service_now(service) + wait) % SECOND_MS - 1;
    uv_update_time(service->loop);
    (void)uv_timer_start(&service->refresh_timer, on_refresh_timer, (uint64_t)wait, 0);
}

static void tell_waiters(struct credential_service *service, const struct failure *why)
{
    struct service_waiter *waiter = service->waiters;
    service->waiters = NULL;
    while (waiter != NULL) {
        struct service_waiter *next = waiter->next;
        if (waiter->cb != NULL)
            waiter->cb(waiter->ctx, why);
        free(waiter);
        waiter = next;
    }
}

static void refresh_done(struct credential_service *service)
{
    service->refreshing = false;
    service->last = service->list_failure;
    service->failures = service->last.status == STATUS_OK ? 0 : service->failures + 1;
    service_changed(service);
    watch_vault(service);
    service_retry_unsaved(service);
    service_log_refresh(service);
    service_log_retry(service);
    service_prune(service);
    schedule(service);
    if (service->last.status != STATUS_OK && service->failures == 1)
        service_trouble(service, &service->last);
    struct failure why = service->last;
    tell_waiters(service, &why); // last: a callback may free the service
}

static void after_refresh_list(struct service_job *job)
{
    if (job->service->closing)
        return;
    after_reload(job);
    refresh_done(job->service);
}

// Others' writes are told by the folder, so that a refresh need not look each time; but not every file system
// tells. Somebody who waits for the refresh gets the whole truth.
static bool vault_is_fresh(const struct credential_service *service)
{
    return service->watching && service->waiters == NULL && service->vault_failure.status == STATUS_OK &&
           service->vault_read_at > 0 && time_monotonic_ms() - service->vault_read_at < REREAD_MS;
}

// The vault is read after the page has come, not meanwhile: what is written while the server thinks would be
// overwritten by the older reading, and by now the server's clock is known, by which the verdicts are judged.
static void read_vault(struct credential_service *service)
{
    if (service->list_failure.status == STATUS_OK && vault_is_fresh(service))
        refresh_done(service);
    else
        service_job_push(service_job_new(service, service_run_list, after_refresh_list, NULL));
}

static void on_page(void *ctx, const struct failure *why, const struct leap0_page *page)
{
    struct credential_service *service = ctx;
    service->list_failure = *why;
    if (service->closing)
        return;
    if (why->status != STATUS_OK) {
        read_vault(service);
        return;
    }
    (void)fleet_take_page(service->fleet, page);
    service->refreshed_at = time_monotonic_ms();
    service_be_sure_of_clock(service, read_vault);
}

static void after_unstarted(struct service_job *job)
{
    struct credential_service *service = job->service;
    (void)fail(&service->list_failure, STATUS_NO_MEMORY, "no memory for a request");
    if (!service->closing)
        refresh_done(service);
}

// Opens the vault, if that is not done, so that its trouble is told while the server thinks.
static void run_nothing(struct service_job *job, struct vault *vault)
{
    (void)job;
    (void)vault;
}

void service_refresh(struct credential_service *service, service_done_cb *cb, void *ctx)
{
    if (service->closing) {
        const struct failure cancelled = {.status = STATUS_CANCELLED};
        struct service_op *op = service_op_new(service, NULL, "", NULL, ctx);
        op->done_cb = cb;
        service_op_refuse(op, &cancelled);
        return;
    }
    if (cb != NULL) {
        struct service_waiter *waiter = calloc(1, sizeof *waiter);
        if (waiter == NULL)
            abort();
        waiter->cb = cb;
        waiter->ctx = ctx;
        waiter->next = service->waiters;
        service->waiters = waiter;
    }
    if (service->refreshing)
        return;
    service->refreshing = true;
    (void)uv_timer_stop(&service->refresh_timer);
    if (leap0_sandboxes(service->client, NULL, on_page, service) == NULL)
        service_job_push(service_job_new(service, NULL, after_unstarted, NULL));
    if (service->refreshed_at == 0)
        service_job_push(service_job_new(service, run_nothing, NULL, NULL));
}

void service_refresh_soon(struct credential_service *service)
{
    if (service->interval_ms > 0 && !service->refreshing && !service->closing)
        (void)uv_timer_start(&service->refresh_timer, on_refresh_timer, MOVING_MS / 2, 0);
}

void service_set_interval(struct credential_service *service, int interval_ms)
{
    if (service->closing)
        return;
    service->interval_ms = interval_ms;
    (void)uv_timer_stop(&service->refresh_timer);
    if (interval_ms == 0) {
        (void)uv_fs_event_stop(&service->vault_watch);
        service->watching = false;
    } else if (!service->refreshing) {
        schedule(service);
        if (service->refreshed_at > 0)
            watch_vault(service);
    }
}

// --- reading ---

const struct fleet *service_fleet(const struct credential_service *service)
{
    return service->fleet;
}

int64_t service_now(const struct credential_service *service)
{
    return service->client != NULL ? server_clock_now(leap0_clock(service->client)) : time_wall_ms();
}

struct leap0 *service_client(struct credential_service *service)
{
    return service->client;
}

enum status service_target(const struct credential_service *service, const struct credential *credential,
                           struct ssh_target *out, struct failure *why)
{
    return ssh_target_of(credential->id, credential->sandbox_id, credential->host, credential->port,
                         credential->username, credential->ssh_command, service->domain, out, why);
}

void service_network_changed(struct credential_service *service)
{
    leap0_network_changed(service->client);
    service_refresh(service, NULL, NULL);
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
    while (service->unsaved != NULL) {
        struct service_unsaved *next = service->unsaved->next;
        access_clear(&service->unsaved->access);
        free(service->unsaved);
        service->unsaved = next;
    }
    if (service->asked != NULL)
        lifetime_map_free(service->asked);
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
    uv_timer_t *const timers[] = {&service->changed_timer, &service->refresh_timer, &service->vault_timer,
                                  &service->unsaved_timer, &service->look_timer};
    for (size_t i = 0; i < sizeof timers / sizeof timers[0]; i++) {
        (void)uv_timer_init(service->loop, timers[i]);
        timers[i]->data = service;
    }
    (void)uv_fs_event_init(service->loop, &service->vault_watch);
    service->vault_watch.data = service;
    service->open_handles = 6;
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
    service->jobs_end = &service->jobs;
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

static void run_close(struct service_job *job, struct vault *vault)
{
    vault_close(vault);
    job->service->vault = NULL;
}

void service_finish_close(struct credential_service *service)
{
    uv_handle_t *const handles[] = {
        (uv_handle_t *)&service->changed_timer, (uv_handle_t *)&service->refresh_timer,
        (uv_handle_t *)&service->vault_timer,   (uv_handle_t *)&service->unsaved_timer,
        (uv_handle_t *)&service->look_timer,    (uv_handle_t *)&service->vault_watch};
    if (service->vault != NULL) {
        service_job_push(service_job_new(service, run_close, NULL, NULL));
        return;
    }
    for (size_t i = 0; i < sizeof handles / sizeof handles[0]; i++)
        if (!uv_is_closing(handles[i]))
            uv_close(handles[i], handle_closed);
}

// Callers waiting for the vault are told now; what they asked of it is still done.
static void release_ops(struct credential_service *service)
{
    const struct failure cancelled = {.status = STATUS_CANCELLED};
    // Operations end on the loop only, and what a callback begins now comes in front: it is refused by
    // itself.
    for (struct service_op *op = service->ops; op != NULL; op = op->next)
        service_op_tell(op, &cancelled, NULL, NULL);
}

void service_free(struct credential_service *service)
{
    const struct failure cancelled = {.status = STATUS_CANCELLED};
    if (service == NULL || service->closing)
        return;
    service->closing = true;
    (void)uv_timer_stop(&service->changed_timer);
    (void)uv_timer_stop(&service->refresh_timer);
    (void)uv_timer_stop(&service->vault_timer);
    (void)uv_timer_stop(&service->unsaved_timer);
    (void)uv_timer_stop(&service->look_timer);
    (void)uv_fs_event_stop(&service->vault_watch);
    release_ops(service);
    service_end_looks(service);
    tell_waiters(service, &cancelled);
    leap0_free(service->client); // its calls end; what they leave for the vault is queued
    service->client = NULL;
    service_retry_unsaved(service); // the last chance
    service_log_retry(service);
    if (!service->job_running && service->jobs == NULL)
        service_finish_close(service);
}
