// SPDX-License-Identifier: Apache-2.0
//
// credential_calls: Creates, regenerates and deletes credentials. Each is a chain: what must be on disk
// before, the call, its outcome on disk, and only then the callback.

#include "api/service/credential_service_private.h"

#include <stdio.h>
#include <string.h>

// --- which one ---

// The only credential of the sandbox whose id is known here; NULL when there is none or several: *count.
static const struct credential *only_named(const struct credential_service *service, const char *sandbox_id,
                                           size_t *count)
{
    const struct fleet_row *row = fleet_find(service->fleet, sandbox_id);
    const struct credential *only = NULL;
    *count = 0;
    for (size_t i = 0; row != NULL && i < row->credential_count; i++) {
        if (row->credentials[i].id[0] == '\0')
            continue;
        only = &row->credentials[i];
        (*count)++;
    }
    return *count == 1 ? only : NULL;
}

// --- a row before and after its call ---

// Before a call whose outcome may get lost: the disk says unknown until it is known. The password is for the
// probe, and so that no answer can quote it; the call does without where it can't be had.
static enum status mark_unknown(const struct operation *op, struct vault *vault, int64_t at,
                                struct secret **password, struct failure *why)
{
    struct failure ignored;
    enum status status = vault_set_verdict(vault, op->row, NULL, VERDICT_UNKNOWN, at, why);
    if (status == STATUS_OK)
        (void)vault_password(vault, op->row, password, &ignored);
    return status;
}

static enum status run_intend_drop(struct operation *op, struct vault *vault)
{
    return vault_intend_drop(vault, op->row, &op->why);
}

// What the disk said before is true again.
static void restore_verdict(struct operation *op, const struct failure *why)
{
    struct credential_service *service = op->service;
    const struct credential *credential = service_by_row(service, op->sandbox_id, op->row);
    int64_t at = credential != NULL ? credential->validated_at : 0;
    enum credential_verdict verdict = op->before;
    // The server has no such credential any more.
    if (failure_is_absence(why) && op->id[0] != '\0')
        verdict = VERDICT_INVALID;
    service_write_verdict(service, op->row, "", verdict, at);
    service_set_verdict(service, op->sandbox_id, op->row, verdict, at);
}

static void end_unissued(struct operation *op, const struct failure *why)
{
    if (op->is_intent) {
        operation_queue(operation_new_own(op->service, OPERATION_CHANGE_ROW, op->row), run_intend_drop, NULL);
        fleet_drop_credential(op->service->fleet, op->row);
    } else if (op->issue.place != ROW_NEW && service_unsaved_of(op->service, op->row) == NULL) {
        restore_verdict(op, why); // one that was in memory may have been written before the call
    }
    operation_refuse(op, why); // after what was queued above
}

// The outcome is not known: the row stays, and is shown.
static void end_unknown(struct operation *op, const struct failure *why)
{
    struct credential_service *service = op->service;
    struct failure told;
    struct credential credential;
    const struct credential *old = service_by_row(service, op->sandbox_id, op->row);
    memset(&credential, 0, sizeof credential);
    if (old != NULL)
        credential = *old;
    (void)snprintf(credential.sandbox_id, sizeof credential.sandbox_id, "%s", op->sandbox_id);
    credential.verdict = VERDICT_UNKNOWN;
    credential.vault_row = op->row;
    credential.busy = NULL;
    if (credential.created_at == 0 && service->client != NULL)
        credential.created_at = service_now(service);
    if (op->is_intent || old != NULL)
        (void)fleet_take_credential(service->fleet, &credential);
    service_unsaved_verdict(service, op->row, VERDICT_UNKNOWN, credential.validated_at);
    (void)fail(&told, STATUS_OUTCOME_UNKNOWN, "%s: outcome unknown: %s", op->sandbox_id, failure_text(why));
    if (credential.id[0] == '\0') // no validate can find out
        (void)advise(&told, told.status,
                     "run sbxdeck access regen %s, or access create where a sandbox can have several",
                     op->sandbox_id);
    told.http_status = why->http_status;
    told.from_api = why->from_api;
    told.maybe_done = true;
    operation_end(op, &told);
}

// --- create and regenerate ---

static void refuse_create(struct operation *op, const struct failure *why)
{
    struct failure told = *why;
    if (why->status == STATUS_CONFLICT)
        (void)advise(&told, told.status, "sbxdeck access regen %s replaces it", op->sandbox_id);
    end_unissued(op, &told);
}

// Where the server wants to be told which one, that may not follow from what is known here.
static void refuse_regenerate(struct operation *op, const struct failure *why)
{
    struct failure told = *why;
    size_t named = 0;
    if (op->id[0] == '\0' && (why->status == STATUS_NO_CREDENTIAL || why->http_status == 404)) {
        (void)only_named(op->service, op->sandbox_id, &named);
        if (named > 0)
            (void)advise(&told,
                         fail(&told, STATUS_NO_CREDENTIAL,
                              "%zu credentials of %s are known here: choose one by --id", named,
                              op->sandbox_id),
                         "sbxdeck access ls %s", op->sandbox_id);
        else
            (void)advise(&told,
                         fail(&told, STATUS_NO_CREDENTIAL, "no credential of %s to regenerate is known here",
                              op->sandbox_id),
                         "create one: sbxdeck access create %s", op->sandbox_id);
        told.http_status = why->http_status;
        told.from_api = why->from_api;
        told.maybe_done = false;
    }
    end_unissued(op, &told);
}

static void on_issued(void *ctx, const struct failure *why, struct access *access)
{
    struct operation *op = ctx;
    if (why->status == STATUS_OK)
        service_commit(op, access);
    else if (why->maybe_done)
        end_unknown(op, why);
    else if (op->kind == OPERATION_CREATE)
        refuse_create(op, why);
    else
        refuse_regenerate(op, why);
}

static struct leap0_call *send_issue(struct operation *op)
{
    struct leap0 *client = op->service->client;
    return op->kind == OPERATION_CREATE
               ? leap0_access_create(client, op->sandbox_id, on_issued, op)
               : leap0_access_regenerate(client, op->sandbox_id, op->id, op->secret, on_issued, op);
}

static enum status prepare_row(struct operation *op, struct vault *vault)
{
    enum status status = STATUS_NOT_FOUND;
    if (op->issue.place != ROW_NEW)
        status = vault_content(vault, op->row, &op->issue.commit.content, &op->why);
    if (op->issue.place == ROW_ON_DISK)
        return status == STATUS_OK ? mark_unknown(op, vault, op->issue.at, &op->secret, &op->why) : status;
    // The intent of one in memory may be on disk, or may have been refused with all else.
    return status == STATUS_NOT_FOUND ? vault_intend(vault, op->sandbox_id, op->issue.at, op->row, &op->why)
                                      : STATUS_OK;
}

static enum status run_prepare(struct operation *op, struct vault *vault)
{
    enum status status = service_may_issue(op, vault);
    if (status == STATUS_OK)
        status = vault_reserve_take(vault, &op->why);
    if (status != STATUS_OK)
        return status;
    status = prepare_row(op, vault);
    op->issue.commit.has_room = status == STATUS_OK;
    if (status != STATUS_OK)
        vault_reserve_give(vault);
    return status;
}

static void after_prepare(struct operation *op)
{
    struct credential_service *service = op->service;
    const struct failure why = op->why;
    op->is_intent = op->issue.place == ROW_NEW && why.status == STATUS_OK;
    // A row that another program took out meanwhile is no fault of the disk.
    if (why.status != STATUS_OK &&
        (!service->memory_only || why.status == STATUS_NOT_FOUND || op->not_a_tools))
        operation_end(op, &why);
    else if (service->closing || send_issue(op) == NULL)
        end_unissued(op, &service_cancelled);
}

// Of no credential that is known here: an intent is written first.
static void issue_new(struct operation *op)
{
    operation_begin(op, NULL);
    op->row = vault_row_new();
    op->issue.place = ROW_NEW;
    op->issue.at = service_now(op->service);
    operation_queue(op, run_prepare, after_prepare);
}

void service_create(struct credential_service *service, const char *sandbox_id, service_credential_cb *cb,
                    void *ctx)
{
    struct operation *op = operation_new(service, OPERATION_CREATE, sandbox_id, NULL, ctx);
    op->cb.credential = cb;
    if (!operation_is_read_only(op) && !operation_is_blocked(op, NULL))
        issue_new(op);
}

// Which one is meant. NULL as the id is whatever there is; "" is one whose id was never heard, where such a
// one is known: another must not be cut off in its place.
static const struct credential *meant(const struct credential_service *service, const char *sandbox_id,
                                      const char *id)
{
    size_t count = 0;
    const struct credential *named = only_named(service, sandbox_id, &count);
    if (id == NULL && named != NULL)
        return named;
    const struct credential *exact = service_known(service, sandbox_id, id != NULL ? id : "");
    return exact == NULL && (id == NULL || id[0] == '\0') ? named : exact;
}

static void regenerate(struct credential_service *service, enum operation_kind kind, const char *sandbox_id,
                       const char *id, service_credential_cb *cb, void *ctx)
{
    struct operation *op = operation_new(service, kind, sandbox_id, id, ctx);
    const struct credential *credential = meant(service, sandbox_id, id);
    op->cb.credential = cb;
    if (operation_is_read_only(op) || operation_is_blocked(op, credential))
        return;
    if (credential == NULL) {
        issue_new(op);
        return;
    }
    (void)snprintf(op->id, sizeof op->id, "%s", credential->id);
    op->issue.place = ROW_ON_DISK;
    op->issue.at = credential->validated_at;
    operation_begin(op, credential);
    const struct operation *unsaved = service_unsaved_of(service, op->row);
    if (unsaved != NULL) {
        op->issue.place = ROW_IN_MEMORY;
        op->issue.at = unsaved->save.commit.access.created_at;
        op->secret = secret_copy(unsaved->save.commit.access.password);
    }
    operation_queue(op, run_prepare, after_prepare);
}

void service_regenerate(struct credential_service *service, const char *sandbox_id, const char *id,
                        service_credential_cb *cb, void *ctx)
{
    regenerate(service, OPERATION_REGENERATE, sandbox_id, id, cb, ctx);
}

void service_renew(struct credential_service *service, const char *sandbox_id, const char *id,
                   service_credential_cb *cb, void *ctx)
{
    regenerate(service, OPERATION_RENEW, sandbox_id, id, cb, ctx);
}

// --- delete ---

static enum status run_forget_deleted(struct operation *op, struct vault *vault)
{
    return vault_forget_until(vault, op->row, INT64_MAX, &op->why);
}

static void after_deleted(struct operation *op)
{
    const struct failure why = op->why;
    if (why.status == STATUS_OK)
        fleet_drop_credential(op->service->fleet, op->row);
    else
        service_set_verdict(op->service, op->sandbox_id, op->row, VERDICT_REVOKED, 0);
    operation_end(op, &why);
}

// It is there as before.
static void end_undeleted(struct operation *op, const struct failure *why)
{
    if (op->erase.marked)
        restore_verdict(op, why);
    service_unnote(op, BY_HAND_REVOKED);
    operation_refuse(op, why);
}

static void on_deleted(void *ctx, const struct failure *why)
{
    struct operation *op = ctx;
    struct credential_service *service = op->service;
    // What is not there any more, by the server's word, is deleted.
    if (why->status == STATUS_OK || failure_is_absence(why)) {
        // First: nothing that waits to be written brings it back.
        bool in_memory = service_unsaved_give_up(service, op->row);
        op->why = service_fine;
        operation_queue(op, op->row > 0 && !in_memory ? run_forget_deleted : NULL, after_deleted);
        return;
    }
    // One whose id was never heard can't be deleted where the server wants to be told which: it may be there.
    bool unnamed = why->status == STATUS_NO_CREDENTIAL && op->id[0] == '\0' && op->row != 0;
    if (!why->maybe_done && !unnamed && why->status != STATUS_OUTCOME_UNKNOWN) {
        end_undeleted(op, why);
        return;
    }
    if (op->row > 0 && service_unsaved_of(service, op->row) == NULL)
        service_write_verdict(service, op->row, op->id, VERDICT_UNKNOWN, 0);
    end_unknown(op, why);
}

// The vault's trouble is no reason to keep access open: the call is made all the same, and without a password
// too.
static enum status run_mark_delete(struct operation *op, struct vault *vault)
{
    (void)service_note_by_hand(op, BY_HAND_REVOKED, vault);
    op->why = service_fine;
    if (!op->erase.on_disk)
        return STATUS_OK;
    enum status status = mark_unknown(op, vault, op->erase.at, &op->secret, &op->why);
    op->erase.marked = status == STATUS_OK;
    return op->erase.marked ? status : vault_password(vault, op->row, &op->secret, &op->why);
}

static void after_mark_delete(struct operation *op)
{
    struct credential_service *service = op->service;
    if (service->closing ||
        leap0_access_delete(service->client, op->sandbox_id, op->id, op->secret, on_deleted, op) == NULL)
        end_undeleted(op, &service_cancelled);
}

void service_delete(struct credential_service *service, const char *sandbox_id, const char *id,
                    service_done_cb *cb, void *ctx)
{
    struct operation *op = operation_new(service, OPERATION_DELETE, sandbox_id, id, ctx);
    const struct credential *credential = service_known(service, sandbox_id, op->id);
    op->cb.done = cb;
    if (operation_is_read_only(op) || operation_is_blocked(op, credential))
        return;
    if (credential != NULL) {
        op->erase.at = credential->validated_at;
        operation_begin(op, credential);
    }
    service_changed(service);
    const struct operation *unsaved = service_unsaved_of(service, op->row);
    if (unsaved != NULL)
        op->secret = secret_copy(unsaved->save.commit.access.password);
    op->erase.on_disk = op->row > 0 && unsaved == NULL;
    operation_queue(op, run_mark_delete, after_mark_delete);
}
