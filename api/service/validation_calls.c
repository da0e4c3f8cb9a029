// SPDX-License-Identifier: Apache-2.0
//
// keeper_validate: owns the question whether a credential works, and with it which of several answers of one
// server time it is.

#include "api/service/service_private.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// With what the fleet says of the row now.
static void end_validated(struct keeper_op *op)
{
    struct failure told = {.status = STATUS_OK};
    const struct credential *credential = keeper_by_row(op->keeper, op->sandbox_id, op->row);
    if (credential == NULL) {
        (void)fail(&told, STATUS_NOT_FOUND, "%s is no longer known here", op->id);
        keeper_op_end(op, &told, NULL);
        return;
    }
    struct credential copy = *credential;
    copy.busy = NULL;
    keeper_op_end(op, &told, &copy);
}

static void validate_next(struct keeper_op *op);

// Several answers had one server time: what the server has said of them is kept in one step.
static void run_settle(struct keeper_job *job, struct vault *vault)
{
    job->status = vault_settle(vault, job->row, job->content, job->rival, job->verdict, job->at, &job->why);
    if (job->status == STATUS_OK || job->status == STATUS_NOT_FOUND)
        keeper_run_list(job, vault);
}

static bool is_made_by(const struct keeper_op *op)
{
    return strcmp(op->verb, "validating") != 0;
}

static void after_settle(struct keeper_job *job)
{
    struct keeper_op *op = job->op;
    struct keeper *keeper = job->keeper;
    if (job->status != STATUS_OK) {
        keeper_op_end(op, &job->why, NULL);
        return;
    }
    op->is_intent = false;
    op->before = job->verdict;
    keeper_take_vault(keeper, job->list, job->count);
    keeper_set_verdict(keeper, op->sandbox_id, op->row, job->verdict, job->at);
    if (is_made_by(op) && (job->verdict != VERDICT_VALID || job->rival != op->rival)) {
        struct failure told;
        (void)advise(&told,
                     fail(&told, STATUS_CONFLICT, "%s: another program has replaced it", op->sandbox_id),
                     "its credential is kept: sbxdeck access ls %s", op->sandbox_id);
        told.maybe_done = true;
        keeper_op_end(op, &told, NULL);
        return;
    }
    const struct credential *credential = keeper_by_row(keeper, op->sandbox_id, op->row);
    if (is_made_by(op) && credential != NULL)
        keeper_drop_superseded(keeper, op->sandbox_id, credential->id, credential->updated_at, op->row);
    end_validated(op);
}

static void settle(struct keeper_op *op, int64_t rival, enum credential_verdict verdict)
{
    struct keeper_job *job = keeper_job_new(op->keeper, run_settle, after_settle, op);
    job->row = op->row;
    job->content = op->tries->content;
    job->rival = rival;
    job->verdict = verdict;
    job->at = keeper_now(op->keeper);
    keeper_job_push(job);
}

// Nobody knows yet which of them works: all are kept.
static void end_unsettled(struct keeper_op *op, const struct failure *why)
{
    struct keeper *keeper = op->keeper;
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
    keeper_set_verdict(keeper, op->sandbox_id, op->row, VERDICT_UNKNOWN, 0);
    keeper_op_end(op, &told, NULL);
    if (!keeper->closing)
        keeper_reload(keeper);
}

static void on_validated(void *ctx, const struct failure *why, bool valid)
{
    struct keeper_op *op = ctx;
    struct keeper *keeper = op->keeper;
    // Not there in either dialect: nobody signs in with it.
    bool answered = why->status == STATUS_OK || failure_is_absence(why);
    bool several = op->tries != NULL && op->tries->count > 1;
    if (!answered || keeper->closing) {
        if (several)
            end_unsettled(op, why);
        else
            keeper_op_end(op, why, NULL);
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
    int64_t now = keeper_now(keeper);
    keeper_set_verdict(keeper, op->sandbox_id, op->row, verdict, now);
    if (op->row > 0 && keeper_unsaved_of(keeper, op->row) == NULL)
        keeper_push_verdict(keeper, op->row, op->id, verdict, now);
    end_validated(op);
}

static void validate_with(struct keeper_op *op, const char *id, const struct secret *password)
{
    const struct failure cancelled = {.status = STATUS_CANCELLED};
    if (op->keeper->closing ||
        leap0_access_validate(op->keeper->client, op->sandbox_id, id, password, on_validated, op) == NULL)
        keeper_op_end(op, &cancelled, NULL);
}

static void validate_next(struct keeper_op *op)
{
    const struct vault_contender *one = &op->tries->list[op->try];
    validate_with(op, one->id, one->password);
}

static void run_contenders(struct keeper_job *job, struct vault *vault)
{
    job->status = vault_contenders(vault, job->row, &job->contenders, &job->why);
}

static void after_contenders(struct keeper_job *job)
{
    struct keeper_op *op = job->op;
    if (job->status != STATUS_OK) {
        keeper_op_end(op, &job->why, NULL);
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

void keeper_settle(struct keeper_op *op)
{
    struct keeper_job *job = keeper_job_new(op->keeper, run_contenders, after_contenders, op);
    job->row = op->row;
    keeper_job_push(job);
}

static void validate(struct keeper *keeper, bool quiet, const char *sandbox_id, const char *id,
                     keeper_credential_cb *cb, void *ctx)
{
    struct keeper_op *op = keeper_op_new(keeper, "validating", sandbox_id, id, ctx);
    op->quiet = quiet;
    const struct credential *credential = keeper_known(keeper, sandbox_id, op->id);
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
        keeper_op_refuse(op, &why);
        return;
    }
    if (keeper_is_busy(op, credential))
        return;
    op->row = credential->vault_row;
    op->before = credential->verdict;
    fleet_set_credential_busy(keeper->fleet, op->row, op->verb);
    keeper_changed(keeper);
    const struct keeper_unsaved *in_memory = keeper_unsaved_of(keeper, op->row);
    if (in_memory != NULL) {
        validate_with(op, op->id, in_memory->access.password);
        return;
    }
    keeper_settle(op);
}

void keeper_validate(struct keeper *keeper, const char *sandbox_id, const char *id, keeper_credential_cb *cb,
                     void *ctx)
{
    validate(keeper, false, sandbox_id, id, cb, ctx);
}

void keeper_validate_quietly(struct keeper *keeper, const char *sandbox_id, const char *id,
                             keeper_credential_cb *cb, void *ctx)
{
    validate(keeper, true, sandbox_id, id, cb, ctx);
}
