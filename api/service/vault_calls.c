// SPDX-License-Identifier: Apache-2.0
//
// vault_calls: What needs the vault alone and no call to the server: a password, a row that the operator
// gives up, importing, sealing anew with another key, reading the event log, taking out what has long ended.

#include "api/service/credential_service_private.h"

#include "api/base/server_clock.h"
#include "api/base/time_util.h"

#include <string.h>

enum { PRUNE_EVERY_MS = 3600 * 1000 };

// --- a password ---

static enum status run_password(struct operation *op, struct vault *vault)
{
    return vault_password(vault, op->vault_row, &op->secret, &op->why);
}

void service_password(struct credential_service *service, int64_t vault_row, service_secret_cb *cb, void *ctx)
{
    struct operation *op = operation_new(service, OPERATION_PASSWORD, "", NULL, ctx);
    const struct operation *unsaved = service_unsaved_of(service, vault_row);
    op->cb.secret = cb;
    op->vault_row = vault_row;
    if (unsaved != NULL)
        op->secret = secret_copy(unsaved->save.commit.access.password);
    operation_queue(op, unsaved == NULL ? run_password : NULL, NULL);
}

// --- what is there ---

static enum status run_read(struct operation *op, struct vault *vault)
{
    return service_read_vault(&op->reading, vault, &op->why);
}

static void after_read(struct operation *op)
{
    if (op->why.status == STATUS_OK && !op->service->closing) {
        service_take_labels(op->service, &op->reading.labels, op->reading.label_count);
        service_take_vault(op->service, op->reading.list, op->reading.count);
    }
    operation_end(op, &op->why);
}

void service_read(struct credential_service *service, service_done_cb *cb, void *ctx)
{
    struct operation *op = operation_new(service, OPERATION_READ, "", NULL, ctx);
    op->cb.done = cb;
    operation_queue(op, run_read, after_read);
}

// --- forget ---

// What the log calls it by; NULL: it is not of the fleet.
static const struct credential *of_row(const struct credential_service *service, int64_t vault_row)
{
    const struct fleet_row *row = NULL;
    for (size_t at = 0; (row = fleet_with_credentials(service->fleet, &at)) != NULL;) {
        for (size_t k = 0; k < row->credential_count; k++)
            if (row->credentials[k].vault_row == vault_row)
                return &row->credentials[k];
    }
    return NULL;
}

static enum status run_forget(struct operation *op, struct vault *vault)
{
    return vault_forget(vault, op->vault_row, &op->why);
}

static void after_forget(struct operation *op)
{
    if (op->why.status == STATUS_OK)
        fleet_drop_credential(op->service->fleet, op->vault_row);
    service_changed(op->service);
    operation_end(op, &op->why);
}

void service_forget(struct credential_service *service, int64_t vault_row, service_done_cb *cb, void *ctx)
{
    const struct credential *credential = of_row(service, vault_row);
    struct operation *op =
        operation_new(service, OPERATION_FORGET, credential != NULL ? credential->sandbox_id : "",
                      credential != NULL ? credential->id : NULL, ctx);
    op->cb.done = cb;
    op->vault_row = vault_row;
    bool in_memory = service_unsaved_give_up(service, vault_row);
    operation_queue(op, in_memory ? NULL : run_forget, after_forget);
}

// --- import ---

static enum status run_import(struct operation *op, struct vault *vault)
{
    return vault_import(vault, &op->import.access, &op->import.row, &op->why);
}

static void after_import(struct operation *op)
{
    struct credential credential;
    if (op->why.status != STATUS_OK) {
        operation_end(op, &op->why);
        return;
    }
    op->row = op->import.row;
    credential_of_access(&op->import.access, op->row, &credential);
    credential.verdict = VERDICT_UNVERIFIED;
    credential.validated_at = 0;
    (void)fleet_take_credential(op->service->fleet, &credential);
    operation_end_with(op, &service_fine, &credential);
}

void service_import(struct credential_service *service, const struct access *access,
                    service_credential_cb *cb, void *ctx)
{
    struct operation *op = operation_new(service, OPERATION_IMPORT, access->sandbox_id, access->id, ctx);
    struct access *copy = &op->import.access;
    op->cb.credential = cb;
    *copy = *access;
    copy->password = secret_copy(access->password);
    service_judge_target(copy);
    if (copy->created_at == 0)
        copy->created_at = service_now(service);
    operation_queue(op, run_import, after_import);
}

// --- sealing anew ---

static enum status run_rekey(struct operation *op, struct vault *vault)
{
    return vault_rekey(vault, op->secret, &op->rekeyed, &op->why);
}

void service_rekey(struct credential_service *service, const struct secret *old_key, service_rekeyed_cb *cb,
                   void *ctx)
{
    struct operation *op = operation_new(service, OPERATION_REKEY, "", NULL, ctx);
    op->cb.rekeyed = cb;
    op->secret = secret_copy(old_key);
    operation_queue(op, run_rekey, NULL);
}

// --- the event log ---

static enum status run_events(struct operation *op, struct vault *vault)
{
    return event_log_query(vault, &op->events.query, &op->events.list, &op->events.count, &op->why);
}

void service_events(struct credential_service *service, const struct event_query *query,
                    service_events_cb *cb, void *ctx)
{
    struct operation *op = operation_new(service, OPERATION_EVENTS, "", NULL, ctx);
    op->cb.events = cb;
    op->events.query = *query;
    operation_queue(op, run_events, NULL);
}

uint64_t service_events_version(const struct credential_service *service)
{
    return service->events_seen;
}

// --- prune ---

static enum status run_prune(struct operation *op, struct vault *vault)
{
    return vault_prune(vault, &op->prune.clocks, op->service->prune_ms, &op->prune.count, &op->why);
}

static void after_prune(struct operation *op)
{
    if (op->why.status == STATUS_OK && op->prune.count > 0)
        service_reload(op->service);
    operation_end(op, &op->why);
}

// A row that is gone can't be had back: not on one answer's word, and not on the server's alone.
void service_prune(struct credential_service *service)
{
    int64_t now = time_monotonic_ms();
    if (service->prune_ms == 0 || service->closing || service->vault_failure.status != STATUS_OK ||
        service->last.status != STATUS_OK || !server_clock_is_confirmed(leap0_clock(service->client)) ||
        (service->pruned_at > 0 && now - service->pruned_at < PRUNE_EVERY_MS))
        return;
    service->pruned_at = now;
    struct operation *op = operation_new_own(service, OPERATION_PRUNE, 0);
    op->prune.clocks = (struct vault_clocks){
        .server_ms = service_now(service), .local_ms = time_wall_ms(), .server_is_sure = true};
    operation_queue(op, run_prune, after_prune);
}
