// SPDX-License-Identifier: Apache-2.0
//
// validation_calls: owns the question whether a credential works, and with it which of several answers of one
// server time it is.

#include "api/service/credential_service_private.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// With what the fleet says of the row now.
static void end_validated(struct service_op *op)
{
    struct failure told = {.status = STATUS_OK};
    const struct credential *credential = service_by_row(op->service, op->sandbox_id, op->row);
    if (credential == NULL) {
        (void)fail(&told, STATUS_NOT_FOUND, "%s is no longer known here", op->id);
        service_op_end(op, &told, NULL);
        return;
    }
    struct credential copy = *credential;
    copy.busy = NULL;
    service_op_end(op, &told, &copy);
}

static void validate_next(struct service_op *op);

// Several answers had one server time: what the server has said of them is kept in one step.
static void run_settle(struct service_job *job, struct vault *vault)
{
    job->status = vault_settle(vault, job->row, job->content, job->rival, job->verdict, job->at, &job->why);
    if (job->status == STATUS_OK || job->status == STATUS_NOT_FOUND)
        service_run_list(job, vault);
}

static bool is_made_by(const struct service_op *op)
{
    return strcmp(op->verb, "validating") != 0;
}

static void after_settle(struct service_job *job)
{
    struct service_op *op = job->op;
    struct credential_service *service = job->service;
    if (job->status != STATUS_OK) {
        service_op_end(op, &job->why, NULL);
        return;
    }
    op->is_intent = false;
    op->before = job->verdict;
    service_take_vault(service, job->list, job->count);
    service_set_verdict(service, op->sandbox_id, op->row, job->verdict, job->at);
    if (is_made_by(op) && (job->verdict != VERDICT_VALID || job->rival != op->rival)) {
        struct failure told;
        (void)advise(&told,
                     fail(&told, STATUS_CONFLICT, "%s: another program has replaced it", op->sandbox_id),
                     "its credential is kept: sbxdeck access ls %s", op->sandbox_id);
        told.maybe_done = true;
        service_op_end(op, &told, NULL);
        return;
    }
    const struct credential *credential = service_by_row(service, op->sandbox_id, op->row);
    if (is_made_by(op) && credential != NULL)
        service_drop_superseded(service, op->sandbox_id, credential->id, credential->updated_at, op->row);
    end_validated(op);
}

static void settle(struct service_op *op, int64_t rival, enum credential_verdict verdict)
{
    struct service_job *job = service_job_new(op->service, run_settle, after_settle, op);
    job->row = op->row;
    job->content = op->tries->content;
    job->rival = rival;
    job->verdict = verdict;
    job->at = service_now(op->service);
    service_job_push(job);
}

// Nobody knows yet which of them works: all are kept.
static void end_unsettled(struct service_op *op, const struct failure *why)
{
    struct credential_service *service = op->service;
    struct failure told = *why;
    if (is_made_by(op)) {
        (void)advise(
            &told,
            fail(
                &told, STATUS_OUTCOME_UNKNOWN,
                "%s: another program replaced it at the same time; which password works is not known yet: %s",
                op->sandbox_id, failure_text(why)),
            "both are kept: sbxdeck access validate %s", op->sandbox_id);
        told.maybe_done = true;
    }
    op->is_intent = false;
    service_set_verdict(service, op->sandbox_id, op->row, VERDICT_UNKNOWN, 0);
    service_op_end(op, &told, NULL);
    if (!service->closing)
        service_reload(service);
}

static void on_validated(void *ctx, const struct failure *why, bool valid)
{
    struct service_op *op = ctx;
    struct credential_service *service = op->service;
    // Not there in either dialect: nobody signs in with it.
    bool answered = why->status == STATUS_OK || failure_is_absence(why);
    bool several = op->tries != NULL && op->tries->count > 1;
    if (!answered || service->closing) {
        if (several)
            end_unsettled(op, why);
        else
            service_op_end(op, why, NULL);
        return;
    }
    enum credential_verdict verdict = valid ? VERDICT_VALID : VERDICT_INVALID;
    if (several) {
        int64_t rival = op->tries->list[op->try].rival;
        if (!valid && ++op->try < op->tries->count)
            validate_next(op);
        else
            settle(op, valid ? rival : 0, verdict);
        return;
    }
    int64_t now = service_now(service);
    service_set_verdict(service, op->sandbox_id, op->row, verdict, now);
    if (op->row > 0 && service_unsaved_of(service, op->row) == NULL)
        service_push_verdict(service, op->row, op->id, verdict, now);
    end_validated(op);
}

static void validate_with(struct service_op *op, const char *id, const struct secret *password)
{
    const struct failure cancelled = {.status = STATUS_CANCELLED};
    if (op->service->closing ||
        leap0_access_validate(op->service->client, op->sandbox_id, id, password, on_validated, op) == NULL)
        service_op_end(op, &cancelled, NULL);
}

static void validate_next(struct service_op *op)
{
    const struct vault_contender *one = &op->tries->list[op->try];
    validate_with(op, one->id, one->password);
}

static void run_contenders(struct service_job *job, struct vault *vault)
{
    job->status = vault_contenders(vault, job->row, &job->contenders, &job->why);
}

static void after_contenders(struct service_job *job)
{
    struct service_op *op = job->op;
    if (job->status != STATUS_OK) {
        service_op_end(op, &job->why, NULL);
        return;
    }
    op->tries = malloc(sizeof *op->tries);
    if (op->tries == NULL)
        abort();
    *op->tries = job->contenders;
    memset(&job->contenders, 0, sizeof job->contenders);
    // With one alone the id is the one that was asked about: the row may have another by now.
    if (op->tries->count == 1 && !is_made_by(op))
        validate_with(op, op->id, op->tries->list[0].password);
    else
        validate_next(op);
}

void service_settle(struct service_op *op)
{
    struct service_job *job = service_job_new(op->service, run_contenders, after_contenders, op);
    job->row = op->row;
    service_job_push(job);
}

static void validate(struct credential_service *service, bool quiet, const char *sandbox_id, const char *id,
                     service_credential_cb *cb, void *ctx)
{
    struct service_op *op = service_op_new(service, "validating", sandbox_id, id, ctx);
    op->quiet = quiet;
    const struct credential *credential = service_known(service, sandbox_id, op->id);
    struct failure why;
    op->credential_cb = cb;
    if (credential == NULL || op->id[0] == '\0') {
        op->verb = NULL;
        if (op->id[0] == '\0')
            (void)advise(&why,
                         fail(&why, STATUS_NO_CREDENTIAL,
                              "the id of this credential of %s is not known: its create was never answered",
                              sandbox_id),
                         "run sbxdeck access regen %s, or access create where a sandbox can have several",
                         sandbox_id);
        else
            (void)advise(
                &why, fail(&why, STATUS_NO_CREDENTIAL, "this credential of %s is not known here", sandbox_id),
                "sbxdeck access ls %s", sandbox_id);
        service_op_refuse(op, &why);
        return;
    }
    if (service_is_busy(op, credential))
        return;
    op->row = credential->vault_row;
    op->before = credential->verdict;
    fleet_set_credential_busy(service->fleet, op->row, op->verb);
    service_changed(service);
    const struct service_unsaved *in_memory = service_unsaved_of(service, op->row);
    if (in_memory != NULL) {
        validate_with(op, op->id, in_memory->access.password);
        return;
    }
    service_settle(op);
}

void service_validate(struct credential_service *service, const char *sandbox_id, const char *id,
                      service_credential_cb *cb, void *ctx)
{
    validate(service, false, sandbox_id, id, cb, ctx);
}

void service_validate_quietly(struct credential_service *service, const char *sandbox_id, const char *id,
                              service_credential_cb *cb, void *ctx)
{
    validate(service, true, sandbox_id, id, cb, ctx);
}
