// SPDX-License-Identifier: Apache-2.0
//
// credential_calls: owns the order of disk and network around the calls that make or end credentials. Each is
// a chain: what must be on disk before, the call, what came of it on disk, and only then the caller is told.

#include "api/service/credential_service_private.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// --- looking up ---

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

void service_set_verdict(struct credential_service *service, const char *sandbox_id, int64_t row,
                         enum credential_verdict verdict, int64_t at)
{
    const struct credential *credential = service_by_row(service, sandbox_id, row);
    if (credential == NULL)
        return;
    struct credential changed = *credential;
    changed.verdict = verdict;
    // Later than what was known before, whatever the clock says: see service_take_vault.
    if (verdict == VERDICT_VALID || verdict == VERDICT_INVALID)
        changed.validated_at = at > credential->validated_at ? at : credential->validated_at + 1;
    (void)fleet_take_credential(service->fleet, &changed);
    service_unsaved_verdict(service, row, verdict, changed.validated_at);
    service_changed(service);
}

// --- jobs ---

static void run_intend(struct service_job *job, struct vault *vault)
{
    job->status = vault_room_take(vault, &job->why);
    if (job->status != STATUS_OK)
        return;
    job->status = vault_intend_as(vault, job->sandbox_id, job->at, job->row, &job->why);
    job->has_room = job->status == STATUS_OK;
    if (!job->has_room)
        vault_room_give(vault);
}

static void run_intend_drop(struct service_job *job, struct vault *vault)
{
    job->status = vault_intend_drop(vault, job->row, &job->why);
}

static void run_verdict(struct service_job *job, struct vault *vault)
{
    job->status = vault_set_verdict(vault, job->row, job->id[0] != '\0' ? job->id : NULL, job->verdict,
                                    job->at, &job->why);
}

// Before a regenerate: its outcome may get lost, so the disk says unknown until it is known.
static void run_mark_unknown(struct service_job *job, struct vault *vault)
{
    struct failure ignored;
    job->status = vault_content(vault, job->row, &job->content, &job->why);
    if (job->status == STATUS_OK)
        job->status = vault_set_verdict(vault, job->row, NULL, VERDICT_UNKNOWN, job->at, &job->why);
    if (job->status == STATUS_OK && job->wants_password)
        (void)vault_password(vault, job->row, &job->password, &ignored); // the probe does without
}

// The same before a regenerate, which brings something.
static void run_mark_regenerate(struct service_job *job, struct vault *vault)
{
    job->status = vault_room_take(vault, &job->why);
    if (job->status != STATUS_OK)
        return;
    run_mark_unknown(job, vault);
    job->has_room = job->status == STATUS_OK;
    if (!job->has_room)
        vault_room_give(vault);
}

// Of one that is in memory only: its intent may be on disk, or may have been refused with all else.
static void run_mark_unsaved(struct service_job *job, struct vault *vault)
{
    struct failure none;
    if (vault_content(vault, job->row, &job->content, &none) == STATUS_NOT_FOUND) {
        run_intend(job, vault);
        return;
    }
    job->status = vault_room_take(vault, &job->why);
    job->has_room = job->status == STATUS_OK;
}

// Before a delete, the same. The vault's trouble is no reason to keep access open: the call is made all the
// same, and without a password too.
static void run_mark_delete(struct service_job *job, struct vault *vault)
{
    run_mark_unknown(job, vault);
    if (job->status != STATUS_OK)
        service_run_password(job, vault);
    else
        job->verdict = VERDICT_UNKNOWN;
}

// id: "" where the row is meant, whatever its id is by now.
void service_push_verdict(struct credential_service *service, int64_t row, const char *id,
                          enum credential_verdict verdict, int64_t at)
{
    struct service_job *job = service_job_new(service, run_verdict, NULL, NULL);
    job->row = row;
    (void)snprintf(job->id, sizeof job->id, "%s", id);
    job->verdict = verdict;
    job->at = at;
    service_job_push(job);
}

// --- create ---

static void end_after_drop(struct service_op *op, const struct failure *why)
{
    if (!op->is_intent) { // in memory only
        service_op_refuse(op, why);
        return;
    }
    struct service_job *job = service_job_new(op->service, run_intend_drop, NULL, NULL);
    job->row = op->row;
    service_job_push(job);
    fleet_drop_credential(op->service->fleet, op->row);
    service_op_refuse(op, why); // after the drop: jobs run in order
}

// The outcome is not known: the intent stays, and is shown.
static void end_unknown(struct service_op *op, const struct failure *why)
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
    service_op_end(op, &told, NULL);
}

static void on_created(void *ctx, const struct failure *why, struct access *access)
{
    struct service_op *op = ctx;
    struct failure told = *why;
    if (why->status == STATUS_OK) {
        service_keep(op, access);
    } else if (why->maybe_done) {
        end_unknown(op, why);
    } else {
        if (why->status == STATUS_CONFLICT) {
            (void)advise(&told, told.status, "sbxdeck access regen %s replaces it", op->sandbox_id);
        }
        end_after_drop(op, &told);
    }
}

static void after_intend(struct service_job *job)
{
    struct service_op *op = job->op;
    const struct failure cancelled = {.status = STATUS_CANCELLED};
    op->is_intent = job->status == STATUS_OK;
    op->has_room = job->has_room;
    if (job->status != STATUS_OK && !op->service->memory_only)
        service_op_end(op, &job->why, NULL);
    else if (op->service->closing)
        end_after_drop(op, &cancelled);
    else if (leap0_access_create(op->service->client, op->sandbox_id, on_created, op) == NULL)
        end_after_drop(op, &cancelled);
}

// One call that changes the credentials of a sandbox at a time.
bool service_is_busy(struct service_op *op, const struct credential *credential)
{
    const struct fleet_row *row = fleet_find(op->service->fleet, op->sandbox_id);
    const char *verb = row != NULL ? row->busy : NULL;
    struct failure why;
    if (credential != NULL && credential->busy != NULL)
        verb = credential->busy;
    if (verb == NULL)
        return false;
    op->verb = NULL; // the mark is the other's
    (void)advise(&why, fail(&why, STATUS_CONFLICT, "%s: already %s", op->sandbox_id, verb), "wait for it");
    service_op_refuse(op, &why);
    return true;
}

void service_create(struct credential_service *service, const char *sandbox_id, service_credential_cb *cb,
                    void *ctx)
{
    struct service_op *op = service_op_new(service, "creating", sandbox_id, NULL, ctx);
    op->credential_cb = cb;
    if (service_is_busy(op, NULL))
        return;
    fleet_set_busy(service->fleet, sandbox_id, op->verb);
    service_changed(service);
    op->row = vault_row_new();
    struct service_job *job = service_job_new(service, run_intend, after_intend, op);
    job->row = op->row;
    (void)snprintf(job->sandbox_id, sizeof job->sandbox_id, "%s", op->sandbox_id);
    job->at = service_now(service);
    service_job_push(job);
}

// --- regenerate ---

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

// It certainly did not happen: what the disk said before is true again.
static void end_unchanged(struct service_op *op, const struct failure *why)
{
    struct credential_service *service = op->service;
    if (op->is_intent) {
        end_after_drop(op, why);
        return;
    }
    if (service_unsaved_of(service, op->row) != NULL) {
        service_op_refuse(op, why); // in memory only
        return;
    }
    const struct credential *credential = service_by_row(service, op->sandbox_id, op->row);
    enum credential_verdict verdict = op->before;
    // The server has no such credential any more.
    if (failure_is_absence(why) && op->id[0] != '\0')
        verdict = VERDICT_INVALID;
    service_push_verdict(service, op->row, "", verdict, credential != NULL ? credential->validated_at : 0);
    service_set_verdict(service, op->sandbox_id, op->row, verdict,
                        credential != NULL ? credential->validated_at : 0);
    service_op_refuse(op, why);
}

// The server wants to be told which one, and that does not follow from what is known here.
static void end_unnamed(struct service_op *op, const struct failure *why)
{
    struct failure told;
    size_t named = 0;
    (void)only_named(op->service, op->sandbox_id, &named);
    if (named > 0)
        (void)advise(&told,
                     fail(&told, STATUS_NO_CREDENTIAL,
                          "%zu credentials of %s are known here: choose one by --id", named, op->sandbox_id),
                     "sbxdeck access ls %s", op->sandbox_id);
    else
        (void)advise(&told,
                     fail(&told, STATUS_NO_CREDENTIAL, "no credential of %s to regenerate is known here",
                          op->sandbox_id),
                     "create one: sbxdeck access create %s", op->sandbox_id);
    told.http_status = why->http_status;
    told.from_api = why->from_api;
    told.maybe_done = false;
    end_unchanged(op, &told);
}

static void on_regenerated(void *ctx, const struct failure *why, struct access *access)
{
    struct service_op *op = ctx;
    if (why->status == STATUS_OK)
        service_keep(op, access);
    else if (why->maybe_done)
        end_unknown(op, why);
    else if (op->id[0] == '\0' && (why->status == STATUS_NO_CREDENTIAL || why->http_status == 404))
        end_unnamed(op, why);
    else
        end_unchanged(op, why);
}

static void after_mark(struct service_job *job)
{
    struct service_op *op = job->op;
    const struct failure cancelled = {.status = STATUS_CANCELLED};
    op->content = job->content;
    op->has_room = job->has_room;
    op->is_intent = job->run == run_intend && job->status == STATUS_OK;
    // What somebody took out meanwhile is no trouble of the disk.
    if (job->status != STATUS_OK && (!op->service->memory_only || job->status == STATUS_NOT_FOUND))
        service_op_end(op, &job->why, NULL);
    else if (op->service->closing || leap0_access_regenerate(op->service->client, op->sandbox_id, op->id,
                                                             job->password, on_regenerated, op) == NULL)
        end_unchanged(op, &cancelled);
}

static void regenerate(struct credential_service *service, const char *verb, const char *sandbox_id,
                       const char *id, service_credential_cb *cb, void *ctx)
{
    struct service_op *op = service_op_new(service, verb, sandbox_id, id, ctx);
    const struct credential *credential = meant(service, sandbox_id, id);
    struct service_job *job = NULL;
    op->credential_cb = cb;
    if (service_is_busy(op, credential))
        return;
    const struct service_unsaved *in_memory =
        credential != NULL ? service_unsaved_of(service, credential->vault_row) : NULL;
    if (credential != NULL) {
        op->row = credential->vault_row;
        op->before = credential->verdict;
        (void)snprintf(op->id, sizeof op->id, "%s", credential->id);
        fleet_set_credential_busy(service->fleet, op->row, op->verb);
        job = service_job_new(service, in_memory != NULL ? run_mark_unsaved : run_mark_regenerate, after_mark,
                              op);
        job->at = in_memory != NULL ? in_memory->access.created_at : credential->validated_at;
        // For the probe, and so that no answer can quote it.
        job->wants_password = in_memory == NULL;
        job->password = in_memory != NULL ? secret_copy(in_memory->access.password) : NULL;
    } else {
        op->row = vault_row_new();
        fleet_set_busy(service->fleet, sandbox_id, op->verb);
        job = service_job_new(service, run_intend, after_mark, op);
        job->at = service_now(service);
    }
    job->row = op->row;
    (void)snprintf(job->sandbox_id, sizeof job->sandbox_id, "%s", op->sandbox_id);
    service_changed(service);
    service_job_push(job);
}

void service_regenerate(struct credential_service *service, const char *sandbox_id, const char *id,
                        service_credential_cb *cb, void *ctx)
{
    regenerate(service, "regenerating", sandbox_id, id, cb, ctx);
}

void service_renew(struct credential_service *service, const char *sandbox_id, const char *id,
                   service_credential_cb *cb, void *ctx)
{
    regenerate(service, "renewing", sandbox_id, id, cb, ctx);
}

// --- delete ---

static void run_forget_deleted(struct service_job *job, struct vault *vault)
{
    job->status = vault_forget_until(vault, job->row, INT64_MAX, &job->why);
}

static void after_deleted(struct service_job *job)
{
    struct service_op *op = job->op;
    struct failure why = job->why;
    if (job->status == STATUS_OK) {
        memset(&why, 0, sizeof why);
        fleet_drop_credential(op->service->fleet, op->row);
    } else {
        service_set_verdict(op->service, op->sandbox_id, op->row, VERDICT_REVOKED, 0);
    }
    service_op_end(op, &why, NULL);
}

// It is there as before.
static void end_undeleted(struct service_op *op, const struct failure *why)
{
    if (op->marked)
        end_unchanged(op, why);
    else
        service_op_refuse(op, why);
}

static void on_deleted(void *ctx, const struct failure *why)
{
    struct service_op *op = ctx;
    struct credential_service *service = op->service;
    // What is not there any more, by the server's word, is deleted.
    if (why->status == STATUS_OK || failure_is_absence(why)) {
        // First: nothing that waits to be written brings it back.
        bool in_memory = service_unsaved_give_up(service, op->row);
        struct service_job *job = service_job_new(
            service, op->row > 0 && !in_memory ? run_forget_deleted : NULL, after_deleted, op);
        job->row = op->row;
        service_job_push(job);
        return;
    }
    // One whose id was never heard can't be deleted where the server wants to be told which: it may be there.
    bool unnamed = why->status == STATUS_NO_CREDENTIAL && op->id[0] == '\0' && op->row != 0;
    if (!why->maybe_done && !unnamed && why->status != STATUS_OUTCOME_UNKNOWN) {
        end_undeleted(op, why);
        return;
    }
    if (op->row > 0 && service_unsaved_of(service, op->row) == NULL)
        service_push_verdict(service, op->row, op->id, VERDICT_UNKNOWN, 0);
    end_unknown(op, why);
}

static void after_mark_delete(struct service_job *job)
{
    struct service_op *op = job->op;
    const struct failure cancelled = {.status = STATUS_CANCELLED};
    op->marked = job->verdict == VERDICT_UNKNOWN;
    if (op->service->closing || leap0_access_delete(op->service->client, op->sandbox_id, op->id,
                                                    job->password, on_deleted, op) == NULL)
        end_undeleted(op, &cancelled);
}

void service_delete(struct credential_service *service, const char *sandbox_id, const char *id,
                    service_done_cb *cb, void *ctx)
{
    struct service_op *op = service_op_new(service, "deleting", sandbox_id, id, ctx);
    const struct credential *credential = service_known(service, sandbox_id, op->id);
    op->done_cb = cb;
    if (service_is_busy(op, credential))
        return;
    struct service_job *job = NULL;
    if (credential != NULL) {
        op->row = credential->vault_row;
        op->before = credential->verdict;
        fleet_set_credential_busy(service->fleet, op->row, op->verb);
    }
    service_changed(service);
    const struct service_unsaved *in_memory = service_unsaved_of(service, op->row);
    job = service_job_new(service, op->row > 0 && in_memory == NULL ? run_mark_delete : NULL,
                          after_mark_delete, op);
    job->password = in_memory != NULL ? secret_copy(in_memory->access.password) : NULL;
    job->row = op->row;
    job->at = credential != NULL ? credential->validated_at : 0;
    job->wants_password = true;
    service_job_push(job);
}
