// SPDX-License-Identifier: Apache-2.0
//
// validation_calls: Asks the server whether a credential works, and with that which of several answers of one
// server time does.

#include "api/service/credential_service_private.h"

#include <stdio.h>
#include <string.h>

static struct choice *choice_of(struct operation *op)
{
    return op->kind == OPERATION_VALIDATE ? &op->validate.choice : &op->issue.choice;
}

// With what the fleet says of the row now.
static void end_validated(struct operation *op)
{
    struct failure told;
    const struct credential *credential = service_by_row(op->service, op->sandbox_id, op->row);
    if (credential == NULL) {
        (void)fail(&told, STATUS_NOT_FOUND, "%s is no longer known here", op->id);
        operation_end(op, &told);
        return;
    }
    struct credential copy = *credential;
    copy.busy = NULL;
    operation_end_with(op, &service_fine, &copy);
}

// One that is invalid and whose sandbox is gone has no row any more: the caller hears the answer all the
// same.
static void end_answered(struct operation *op, enum credential_verdict verdict)
{
    struct credential_service *service = op->service;
    const struct credential *known = service_by_row(service, op->sandbox_id, op->row);
    struct credential last = {.verdict = VERDICT_UNKNOWN};
    int64_t now = service_now(service);
    bool was_known = known != NULL;
    if (was_known)
        last = *known;
    service_set_verdict(service, op->sandbox_id, op->row, verdict, now);
    if (op->row > 0 && service_unsaved_of(service, op->row) == NULL)
        service_write_verdict(service, op->row, op->id, verdict, now);
    if (!was_known || service_by_row(service, op->sandbox_id, op->row) != NULL) {
        end_validated(op);
        return;
    }
    last.verdict = verdict;
    last.validated_at = now;
    last.busy = NULL;
    operation_end_with(op, &service_fine, &last);
}

// --- several that it may be ---

// What the server has said of them is kept in one step.
static enum status run_settle(struct operation *op, struct vault *vault)
{
    struct choice *choice = choice_of(op);
    enum status status = vault_settle(vault, op->row, choice->candidates.content, choice->chosen,
                                      choice->verdict, choice->at, &op->why);
    if (status == STATUS_OK || status == STATUS_NOT_FOUND)
        status = service_read_vault(&choice->reading, vault, &op->why);
    return status;
}

static void after_settle(struct operation *op)
{
    struct credential_service *service = op->service;
    struct choice *choice = choice_of(op);
    if (op->why.status != STATUS_OK) {
        operation_end(op, &op->why);
        return;
    }
    op->is_intent = false;
    op->before = choice->verdict;
    service_take_labels(service, &choice->reading.labels, choice->reading.label_count);
    service_take_vault(service, choice->reading.list, choice->reading.count);
    service_set_verdict(service, op->sandbox_id, op->row, choice->verdict, choice->at);
    if (operation_is_issue(op) &&
        (choice->verdict != VERDICT_VALID || choice->chosen != op->issue.commit.answer)) {
        struct failure told;
        (void)advise(&told,
                     fail(&told, STATUS_CONFLICT, "%s: another program has replaced it", op->sandbox_id),
                     "its credential is kept: sbxdeck access ls %s", op->sandbox_id);
        told.maybe_done = true;
        operation_end(op, &told);
        return;
    }
    const struct credential *credential = service_by_row(service, op->sandbox_id, op->row);
    if (operation_is_issue(op) && credential != NULL)
        service_drop_superseded(service, op->sandbox_id, credential->id, credential->updated_at, op->row);
    end_validated(op);
}

static void settle(struct operation *op, int64_t chosen, enum credential_verdict verdict)
{
    struct choice *choice = choice_of(op);
    choice->chosen = chosen;
    choice->verdict = verdict;
    choice->at = service_now(op->service);
    operation_queue(op, run_settle, after_settle);
}

// Nobody knows yet which of them works: all are kept.
static void end_unsettled(struct operation *op, const struct failure *why)
{
    struct credential_service *service = op->service;
    struct failure told = *why;
    if (operation_is_issue(op)) {
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
    operation_end(op, &told);
    if (!service->closing)
        service_reload(service);
}

// --- asking ---

static void ask_next(struct operation *op);

static void on_validated(void *ctx, const struct failure *why, bool valid)
{
    struct operation *op = ctx;
    struct credential_service *service = op->service;
    struct choice *choice = choice_of(op);
    // Not there in either dialect: nobody signs in with it.
    bool answered = why->status == STATUS_OK || failure_is_absence(why);
    bool several = choice->candidates.count > 1;
    enum credential_verdict verdict = valid ? VERDICT_VALID : VERDICT_INVALID;
    if (!answered || service->closing) {
        if (several)
            end_unsettled(op, why);
        else
            operation_end(op, why);
    } else if (several) {
        int64_t asked = choice->candidates.list[choice->next].answer;
        if (!valid && ++choice->next < choice->candidates.count)
            ask_next(op);
        else
            settle(op, valid ? asked : 0, verdict);
    } else {
        end_answered(op, verdict);
    }
}

static void ask(struct operation *op, const char *id, const struct secret *password)
{
    struct leap0 *client = op->service->client;
    bool quiet = op->kind == OPERATION_VALIDATE && op->validate.quiet;
    if (op->service->closing ||
        (quiet ? leap0_access_validate_quietly(client, op->sandbox_id, id, password, on_validated, op)
               : leap0_access_validate(client, op->sandbox_id, id, password, on_validated, op)) == NULL)
        operation_refuse(op, &service_cancelled);
}

// With one alone the id is the one that was asked about: the row may have another by now.
static void ask_next(struct operation *op)
{
    const struct choice *choice = choice_of(op);
    const struct vault_candidate *one = &choice->candidates.list[choice->next];
    bool alone = choice->candidates.count == 1 && op->kind == OPERATION_VALIDATE;
    ask(op, alone ? op->id : one->id, one->password);
}

static enum status run_candidates(struct operation *op, struct vault *vault)
{
    return vault_candidates(vault, op->row, &choice_of(op)->candidates, &op->why);
}

static void after_candidates(struct operation *op)
{
    const struct failure why = op->why;
    if (why.status == STATUS_OK)
        ask_next(op);
    else
        operation_end(op, &why);
}

void service_choose(struct operation *op)
{
    operation_queue(op, run_candidates, after_candidates);
}

// --- a validate ---

static void refuse_unknown(struct operation *op)
{
    struct failure why;
    op->refused = true;
    if (op->id[0] == '\0')
        (void)advise(&why,
                     fail(&why, STATUS_NO_CREDENTIAL,
                          "the id of this credential of %s is not known: its create was never answered",
                          op->sandbox_id),
                     "run sbxdeck access regen %s, or access create where a sandbox can have several",
                     op->sandbox_id);
    else
        (void)advise(
            &why, fail(&why, STATUS_NO_CREDENTIAL, "this credential of %s is not known here", op->sandbox_id),
            "sbxdeck access ls %s", op->sandbox_id);
    operation_refuse(op, &why);
}

static void validate(struct credential_service *service, bool quiet, const char *sandbox_id, const char *id,
                     service_credential_cb *cb, void *ctx)
{
    struct operation *op = operation_new(service, OPERATION_VALIDATE, sandbox_id, id, ctx);
    const struct credential *credential = service_known(service, sandbox_id, op->id);
    op->cb.credential = cb;
    op->validate.quiet = quiet;
    if (credential == NULL || op->id[0] == '\0') {
        refuse_unknown(op);
        return;
    }
    if (operation_is_blocked(op, credential))
        return;
    operation_begin(op, credential);
    if (quiet)
        fleet_set_credential_asked(service->fleet, op->row, ++service->questions);
    const struct operation *unsaved = service_unsaved_of(service, op->row);
    if (unsaved != NULL)
        ask(op, op->id, unsaved->save.commit.access.password);
    else
        service_choose(op);
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
