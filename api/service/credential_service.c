// SPDX-License-Identifier: Apache-2.0
//
// keeper: owns the life of the whole: opening and closing, keeping the fleet current from the server's list
// and the vault, telling of changes. Credentials' calls are in keeper_access, sandboxes' in keeper_sandbox.

#include "api/fleet/lifetime_map.h"
#include "api/service/service_private.h"

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
    struct keeper *keeper = timer->data;
    if (keeper->events.changed != NULL)
        keeper->events.changed(keeper->ctx);
}

void keeper_changed(struct keeper *keeper)
{
    if (!keeper->closing && !uv_is_active((uv_handle_t *)&keeper->changed_timer))
        (void)uv_timer_start(&keeper->changed_timer, on_changed, 0, 0);
}

void keeper_trouble(struct keeper *keeper, const struct failure *why)
{
    if (!keeper->closing && keeper->events.trouble != NULL)
        keeper->events.trouble(keeper->ctx, why);
}

void keeper_note_vault(struct keeper *keeper, const struct keeper_job *job)
{
    bool trouble = job->status == STATUS_STORE_FAILED || job->status == STATUS_STORE_LOCKED ||
                   job->status == STATUS_STORE_UNSAFE;
    if (!trouble) {
        if (keeper->vault_failure.status != STATUS_OK)
            keeper_changed(keeper);
        memset(&keeper->vault_failure, 0, sizeof keeper->vault_failure);
        return;
    }
    bool known = keeper->vault_failure.status == job->status;
    bool first = keeper->vault_failure.status == STATUS_OK;
    keeper->vault_failure = job->why;
    if (first) // written when that is over
        keeper_log_vault(keeper, &job->why);
    if (known)
        return;
    keeper_changed(keeper);
    if (job->op == NULL || job->op->quiet) // otherwise who asked for it is told
        keeper_trouble(keeper, &job->why);
}

// --- the vault's list ---

void keeper_run_list(struct keeper_job *job, struct vault *vault)
{
    // The version first: what is written in between is then read once more, and not missed.
    job->status = vault_version(vault, &job->version, &job->why);
    if (job->status == STATUS_OK)
        job->status = vault_list(vault, &job->list, &job->count, &job->why);
}

// --- others' writes to the vault ---

static void after_reload(struct keeper_job *job)
{
    if (job->status != STATUS_OK || job->keeper->closing)
        return;
    if (job->keeper->vault_version != job->version)
        job->keeper->events_seen++;
    job->keeper->vault_version = job->version;
    job->keeper->vault_read_at = time_monotonic_ms();
    keeper_take_vault(job->keeper, job->list, job->count);
}

static void run_version(struct keeper_job *job, struct vault *vault)
{
    job->status = vault_version(vault, &job->version, &job->why);
    if (job->status == STATUS_OK && job->version != job->at)
        keeper_run_list(job, vault);
}

static void after_version(struct keeper_job *job)
{
    if (job->list != NULL || job->version != job->at)
        after_reload(job);
}

void keeper_reload(struct keeper *keeper)
{
    keeper_job_push(keeper_job_new(keeper, keeper_run_list, after_reload, NULL));
}

static void check_vault(struct keeper *keeper)
{
    struct keeper_job *job = keeper_job_new(keeper, run_version, after_version, NULL);
    job->at = keeper->vault_version;
    keeper_job_push(job);
}

// The folder tells of the bytes of a write; it can be seen only when they are safely on the disk, which may
// take a slow one longer than any wait of ours, and of that nobody tells. So it is looked at again, ever
// later.
static void on_settled(uv_timer_t *timer)
{
    struct keeper *keeper = timer->data;
    check_vault(keeper);
    if (keeper->settle_ms >= SETTLE_LAST_MS)
        return;
    keeper->settle_ms *= 4;
    (void)uv_timer_start(timer, on_settled, (uint64_t)keeper->settle_ms, 0);
}

static void on_vault_event(uv_fs_event_t *handle, const char *name, int events, int status)
{
    struct keeper *keeper = handle->data;
    (void)name;
    (void)events;
    if (status != 0 || (keeper->settle_ms == SETTLE_MS && uv_is_active((uv_handle_t *)&keeper->vault_timer)))
        return;
    keeper->settle_ms = SETTLE_MS;
    (void)uv_timer_start(&keeper->vault_timer, on_settled, SETTLE_MS, 0);
}

// The folder is there once the vault has been opened.
static void watch_vault(struct keeper *keeper)
{
    if (keeper->watching || keeper->interval_ms == 0 || keeper->closing)
        return;
    keeper->watching = uv_fs_event_start(&keeper->vault_watch, on_vault_event, keeper->folder, 0) == 0;
    if (keeper->watching)
        check_vault(keeper); // for what was written between the last reading and now
}

// --- refreshing ---

static bool is_moving(enum sandbox_state state)
{
    return state == SANDBOX_starting || state == SANDBOX_snapshotting || state == SANDBOX_unpausing ||
           state == SANDBOX_stopping || state == SANDBOX_deleting;
}

static void on_refresh_timer(uv_timer_t *timer)
{
    keeper_refresh(timer->data, NULL, NULL);
}

static void schedule(struct keeper *keeper)
{
    int64_t wait = keeper->interval_ms;
    if (keeper->interval_ms == 0 || keeper->closing)
        return;
    for (size_t i = 0; i < fleet_count(keeper->fleet); i++)
        if (is_moving(fleet_row(keeper->fleet, i)->sandbox.state) && wait > MOVING_MS)
            wait = MOVING_MS;
    if (keeper->failures > 0)
        wait = (int64_t)keeper->interval_ms << (keeper->failures < 5 ? keeper->failures : 5);
    if (wait > BACKOFF_MAX_MS && wait > keeper->interval_ms)
        wait = keeper->interval_ms > BACKOFF_MAX_MS ? keeper->interval_ms : BACKOFF_MAX_MS;
    // At a whole second of the server's clock, when what counts down wakes us anyway.
    if (wait >= 2 * SECOND_MS)
        wait -= (keeper_now(keeper) + wait) % SECOND_MS - 1;
    uv_update_time(keeper->loop);
    (void)uv_timer_start(&keeper->refresh_timer, on_refresh_timer, (uint64_t)wait, 0);
}

static void tell_waiters(struct keeper *keeper, const struct failure *why)
{
    struct keeper_waiter *waiter = keeper->waiters;
    keeper->waiters = NULL;
    while (waiter != NULL) {
        struct keeper_waiter *next = waiter->next;
        if (waiter->cb != NULL)
            waiter->cb(waiter->ctx, why);
        free(waiter);
        waiter = next;
    }
}

static void refresh_done(struct keeper *keeper)
{
    keeper->refreshing = false;
    keeper->last = keeper->list_failure;
    keeper->failures = keeper->last.status == STATUS_OK ? 0 : keeper->failures + 1;
    keeper_changed(keeper);
    watch_vault(keeper);
    keeper_retry_unsaved(keeper);
    keeper_log_refresh(keeper);
    keeper_log_retry(keeper);
    keeper_prune(keeper);
    schedule(keeper);
    if (keeper->last.status != STATUS_OK && keeper->failures == 1)
        keeper_trouble(keeper, &keeper->last);
    struct failure why = keeper->last;
    tell_waiters(keeper, &why); // last: a callback may free the keeper
}

static void after_refresh_list(struct keeper_job *job)
{
    if (job->keeper->closing)
        return;
    after_reload(job);
    refresh_done(job->keeper);
}

// Others' writes are told by the folder, so that a refresh need not look each time; but not every file system
// tells. Somebody who waits for the refresh gets the whole truth.
static bool vault_is_fresh(const struct keeper *keeper)
{
    return keeper->watching && keeper->waiters == NULL && keeper->vault_failure.status == STATUS_OK &&
           keeper->vault_read_at > 0 && time_monotonic_ms() - keeper->vault_read_at < REREAD_MS;
}

// The vault is read after the page has come, not meanwhile: what is written while the server thinks would be
// overwritten by the older reading, and by now the server's clock is known, by which the verdicts are judged.
static void read_vault(struct keeper *keeper)
{
    if (keeper->list_failure.status == STATUS_OK && vault_is_fresh(keeper))
        refresh_done(keeper);
    else
        keeper_job_push(keeper_job_new(keeper, keeper_run_list, after_refresh_list, NULL));
}

static void on_page(void *ctx, const struct failure *why, const struct leap0_page *page)
{
    struct keeper *keeper = ctx;
    keeper->list_failure = *why;
    if (keeper->closing)
        return;
    if (why->status != STATUS_OK) {
        read_vault(keeper);
        return;
    }
    (void)fleet_take_page(keeper->fleet, page);
    keeper->refreshed_at = time_monotonic_ms();
    keeper_be_sure_of_clock(keeper, read_vault);
}

static void after_unstarted(struct keeper_job *job)
{
    struct keeper *keeper = job->keeper;
    (void)fail(&keeper->list_failure, STATUS_NO_MEMORY, "no memory for a request");
    if (!keeper->closing)
        refresh_done(keeper);
}

// Opens the vault, if that is not done, so that its trouble is told while the server thinks.
static void run_nothing(struct keeper_job *job, struct vault *vault)
{
    (void)job;
    (void)vault;
}

void keeper_refresh(struct keeper *keeper, keeper_done_cb *cb, void *ctx)
{
    if (keeper->closing) {
        const struct failure cancelled = {.status = STATUS_CANCELLED};
        struct keeper_op *op = keeper_op_new(keeper, NULL, "", NULL, ctx);
        op->done_cb = cb;
        keeper_op_refuse(op, &cancelled);
        return;
    }
    if (cb != NULL) {
        struct keeper_waiter *waiter = calloc(1, sizeof *waiter);
        if (waiter == NULL)
            abort();
        waiter->cb = cb;
        waiter->ctx = ctx;
        waiter->next = keeper->waiters;
        keeper->waiters = waiter;
    }
    if (keeper->refreshing)
        return;
    keeper->refreshing = true;
    (void)uv_timer_stop(&keeper->refresh_timer);
    if (leap0_sandboxes(keeper->client, NULL, on_page, keeper) == NULL)
        keeper_job_push(keeper_job_new(keeper, NULL, after_unstarted, NULL));
    if (keeper->refreshed_at == 0)
        keeper_job_push(keeper_job_new(keeper, run_nothing, NULL, NULL));
}

void keeper_refresh_soon(struct keeper *keeper)
{
    if (keeper->interval_ms > 0 && !keeper->refreshing && !keeper->closing)
        (void)uv_timer_start(&keeper->refresh_timer, on_refresh_timer, MOVING_MS / 2, 0);
}

void keeper_set_interval(struct keeper *keeper, int interval_ms)
{
    if (keeper->closing)
        return;
    keeper->interval_ms = interval_ms;
    (void)uv_timer_stop(&keeper->refresh_timer);
    if (interval_ms == 0) {
        (void)uv_fs_event_stop(&keeper->vault_watch);
        keeper->watching = false;
    } else if (!keeper->refreshing) {
        schedule(keeper);
        if (keeper->refreshed_at > 0)
            watch_vault(keeper);
    }
}

// --- reading ---

const struct fleet *keeper_fleet(const struct keeper *keeper)
{
    return keeper->fleet;
}

int64_t keeper_now(const struct keeper *keeper)
{
    return keeper->client != NULL ? server_clock_now(leap0_clock(keeper->client)) : time_wall_ms();
}

struct leap0 *keeper_client(struct keeper *keeper)
{
    return keeper->client;
}

enum status keeper_target(const struct keeper *keeper, const struct credential *credential,
                          struct ssh_target *out, struct failure *why)
{
    return ssh_target_of(credential->id, credential->sandbox_id, credential->host, credential->port,
                         credential->username, credential->ssh_command, keeper->domain, out, why);
}

void keeper_network_changed(struct keeper *keeper)
{
    leap0_network_changed(keeper->client);
    keeper_refresh(keeper, NULL, NULL);
}

void keeper_health(const struct keeper *keeper, struct keeper_health *out)
{
    struct leap0_health wire;
    leap0_health(keeper->client, &wire);
    memset(out, 0, sizeof *out);
    out->refreshing = keeper->refreshing;
    out->refreshed_at = keeper->refreshed_at;
    out->last = keeper->last;
    out->vault = keeper->vault_failure;
    out->unsaved = keeper_unsaved_count(keeper);
    out->vault_read = keeper->vault_read_at > 0;
    out->latency_ms = wire.latency_ms;
    out->clock_offset_ms = server_clock_offset(leap0_clock(keeper->client));
    out->dialect = leap0_dialect(keeper->client);
    out->requests_last_minute = wire.requests_last_minute;
}

// --- opening and closing ---

static void free_memory(struct keeper *keeper)
{
    while (keeper->unsaved != NULL) {
        struct keeper_unsaved *next = keeper->unsaved->next;
        access_clear(&keeper->unsaved->access);
        free(keeper->unsaved);
        keeper->unsaved = next;
    }
    if (keeper->asked != NULL)
        life_table_free(keeper->asked);
    fleet_free(keeper->fleet);
    free(keeper->log);
    secret_free(keeper->key);
    free(keeper);
}

static void handle_closed(uv_handle_t *handle)
{
    struct keeper *keeper = handle->data;
    if (--keeper->open_handles == 0)
        free_memory(keeper);
}

static void begin_handles(struct keeper *keeper)
{
    uv_timer_t *const timers[] = {&keeper->changed_timer, &keeper->refresh_timer, &keeper->vault_timer,
                                  &keeper->unsaved_timer, &keeper->look_timer};
    for (size_t i = 0; i < sizeof timers / sizeof timers[0]; i++) {
        (void)uv_timer_init(keeper->loop, timers[i]);
        timers[i]->data = keeper;
    }
    (void)uv_fs_event_init(keeper->loop, &keeper->vault_watch);
    keeper->vault_watch.data = keeper;
    keeper->open_handles = 6;
}

enum status keeper_new(uv_loop_t *loop, const struct config *config, const struct secret *api_key,
                       const struct keeper_events *events, void *ctx, struct keeper **out,
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
    struct keeper *keeper = calloc(1, sizeof *keeper);
    if (keeper == NULL)
        return fail(why, STATUS_NO_MEMORY, "no memory for the credentials");
    keeper->fleet = fleet_new();
    keeper->key = secret_copy(api_key);
    enum status status = STATUS_NO_MEMORY;
    if (keeper->fleet != NULL && (keeper->key != NULL || api_key == NULL))
        status = leap0_new(loop, &options, &keeper->client, why);
    else
        (void)fail(why, status, "no memory for the credentials");
    if (status != STATUS_OK) {
        free_memory(keeper);
        return status;
    }
    keeper->loop = loop;
    keeper->ctx = ctx;
    keeper->jobs_end = &keeper->jobs;
    if (events != NULL)
        keeper->events = *events;
    keeper->prune_ms = (int64_t)config->prune_h * 3600 * 1000;
    (void)snprintf(keeper->domain, sizeof keeper->domain, "%s", config->sandbox_domain);
    (void)snprintf(keeper->folder, sizeof keeper->folder, "%s", config->state_folder);
    (void)snprintf(keeper->base_url, sizeof keeper->base_url, "%s", config->base_url);
    begin_handles(keeper);
    *out = keeper;
    return STATUS_OK;
}

static void run_close(struct keeper_job *job, struct vault *vault)
{
    vault_close(vault);
    job->keeper->vault = NULL;
}

void keeper_finish_close(struct keeper *keeper)
{
    uv_handle_t *const handles[] = {
        (uv_handle_t *)&keeper->changed_timer, (uv_handle_t *)&keeper->refresh_timer,
        (uv_handle_t *)&keeper->vault_timer,   (uv_handle_t *)&keeper->unsaved_timer,
        (uv_handle_t *)&keeper->look_timer,    (uv_handle_t *)&keeper->vault_watch};
    if (keeper->vault != NULL) {
        keeper_job_push(keeper_job_new(keeper, run_close, NULL, NULL));
        return;
    }
    for (size_t i = 0; i < sizeof handles / sizeof handles[0]; i++)
        if (!uv_is_closing(handles[i]))
            uv_close(handles[i], handle_closed);
}

// Callers waiting for the vault are told now; what they asked of it is still done.
static void release_ops(struct keeper *keeper)
{
    const struct failure cancelled = {.status = STATUS_CANCELLED};
    // Operations end on the loop only, and what a callback begins now comes in front: it is refused by
    // itself.
    for (struct keeper_op *op = keeper->ops; op != NULL; op = op->next)
        keeper_op_tell(op, &cancelled, NULL, NULL);
}

void keeper_free(struct keeper *keeper)
{
    const struct failure cancelled = {.status = STATUS_CANCELLED};
    if (keeper == NULL || keeper->closing)
        return;
    keeper->closing = true;
    (void)uv_timer_stop(&keeper->changed_timer);
    (void)uv_timer_stop(&keeper->refresh_timer);
    (void)uv_timer_stop(&keeper->vault_timer);
    (void)uv_timer_stop(&keeper->unsaved_timer);
    (void)uv_timer_stop(&keeper->look_timer);
    (void)uv_fs_event_stop(&keeper->vault_watch);
    release_ops(keeper);
    keeper_end_looks(keeper);
    tell_waiters(keeper, &cancelled);
    leap0_free(keeper->client); // its calls end; what they leave for the vault is queued
    keeper->client = NULL;
    keeper_retry_unsaved(keeper); // the last chance
    keeper_log_retry(keeper);
    if (!keeper->job_running && keeper->jobs == NULL)
        keeper_finish_close(keeper);
}
