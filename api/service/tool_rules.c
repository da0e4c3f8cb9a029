// SPDX-License-Identifier: Apache-2.0
//
// tool_rules: Keep tools that connect by themselves from undoing what a person did, and from making
// credentials without an end. Both is decided on the worker, with the vault that all processes share, right
// before the call is sent.

#include "api/service/credential_service_private.h"

#include "api/base/time_util.h"

#include <stdio.h>

enum { SECOND_MS = 1000 };

void service_act_for_tools(struct credential_service *service)
{
    service->for_tools = true;
}

static enum status refuse(struct operation *op, enum status status)
{
    op->not_a_tools = true;
    return status;
}

// --- credentials ---

static enum status refuse_revoked(struct operation *op, int64_t at)
{
    char ago[TIME_SPAN_CAP];
    (void)fail(&op->why, STATUS_CONFLICT, "a credential of %s was deleted by hand %s ago", op->sandbox_id,
               time_format_age(time_wall_ms() - at, ago));
    return refuse(op, advise(&op->why, op->why.status, "sbxdeck ssh %s allows tools to make one again",
                             op->sandbox_id));
}

static enum status refuse_too_many(struct operation *op, int64_t wait_ms)
{
    const int most = op->service->tools.credentials;
    char wait[TIME_SPAN_CAP];
    if (wait_ms < 0) {
        (void)fail(&op->why, STATUS_RATE_LIMITED, "tools may make no credential: tools_credentials = %d",
                   most);
        return refuse(op, advise(&op->why, op->why.status, "sbxdeck ssh %s makes one; or change the setting",
                                 op->sandbox_id));
    }
    (void)fail(&op->why, STATUS_RATE_LIMITED,
               "tools have made as many credentials for %s as they may in a minute: tools_credentials = %d",
               op->sandbox_id, most);
    op->why.retry_after_s = (int)((wait_ms + SECOND_MS - 1) / SECOND_MS);
    return refuse(op, advise(&op->why, op->why.status, "try again in %s, or raise the setting",
                             time_format_span(wait_ms + SECOND_MS - 1, wait)));
}

// Another program replaces or deletes it, since the disk says unknown while a call is under way: what that
// brings, or takes, is not to be undone.
static enum status check_other_call(struct operation *op, struct vault *vault)
{
    enum credential_verdict verdict = VERDICT_UNKNOWN;
    if (op->issue.place != ROW_ON_DISK)
        return STATUS_OK;
    enum status status = vault_verdict(vault, op->row, &verdict, &op->why);
    if (status != STATUS_OK || verdict != VERDICT_UNKNOWN)
        return status;
    status = op->kind == OPERATION_RENEW ? STATUS_CONFLICT : STATUS_OUTCOME_UNKNOWN;
    return refuse(op, advise(&op->why,
                             fail(&op->why, status, "%s: another program is replacing or deleting %s",
                                  op->sandbox_id, op->id),
                             "see sbxdeck access ls %s", op->sandbox_id));
}

enum status service_may_issue(struct operation *op, struct vault *vault)
{
    struct credential_service *service = op->service;
    struct by_hand_notes notes;
    struct failure ignored;
    int64_t wait_ms = 0;
    if (op->kind == OPERATION_RENEW)
        return check_other_call(op, vault);
    if (!service->for_tools) {
        (void)vault_by_hand_drop(vault, op->sandbox_id, 1U << BY_HAND_REVOKED, &ignored);
        return STATUS_OK;
    }
    enum status status = vault_by_hand(vault, op->sandbox_id, &notes, &op->why);
    if (status == STATUS_OK && notes.at[BY_HAND_REVOKED] != 0)
        return refuse_revoked(op, notes.at[BY_HAND_REVOKED]);
    if (status == STATUS_OK)
        status = check_other_call(op, vault);
    if (status == STATUS_OK)
        status = vault_tools_take(vault, op->sandbox_id, service->tools.credentials, time_wall_ms(), &wait_ms,
                                  &op->why);
    return status == STATUS_OK && wait_ms != 0 ? refuse_too_many(op, wait_ms) : status;
}

// --- moves ---

static enum status refuse_by_hand(struct operation *op, const char *done, int64_t at)
{
    char ago[TIME_SPAN_CAP];
    (void)fail(&op->why, STATUS_CONFLICT, "%s was %s by hand %s ago", op->sandbox_id, done,
               time_format_age(time_wall_ms() - at, ago));
    return refuse(op, advise(&op->why, op->why.status, "sbxdeck start %s", op->sandbox_id));
}

static enum status refuse_setting(struct operation *op, const char *state, const char *setting)
{
    (void)fail(&op->why, STATUS_CONFLICT, "%s is %s", op->sandbox_id, state);
    return refuse(op, advise(&op->why, op->why.status, "sbxdeck start %s; %s = yes lets tools do it",
                             op->sandbox_id, setting));
}

static enum status check_by_hand(struct operation *op, struct vault *vault)
{
    struct by_hand_notes notes;
    enum status status = vault_by_hand(vault, op->sandbox_id, &notes, &op->why);
    if (status != STATUS_OK)
        return refuse(op, status);
    if (notes.at[BY_HAND_STOPPED] != 0)
        return refuse_by_hand(op, "stopped", notes.at[BY_HAND_STOPPED]);
    if (notes.at[BY_HAND_PAUSED] != 0)
        return refuse_by_hand(op, "paused", notes.at[BY_HAND_PAUSED]);
    return STATUS_OK;
}

enum status service_may_run(struct operation *op, struct vault *vault)
{
    const struct credential_service *service = op->service;
    if (!service->for_tools)
        return vault_by_hand_drop(vault, op->sandbox_id, BY_HAND_MOVES, &op->why);
    enum status status = check_by_hand(op, vault);
    if (status == STATUS_OK && op->move.move == MOVE_START && !service->tools.start)
        return refuse_setting(op, "stopped", "tools_start");
    if (status == STATUS_OK && op->move.move == MOVE_WAKE && !service->tools.wake)
        return refuse_setting(op, "paused", "tools_wake");
    return status;
}

void service_may_connect(struct credential_service *service, const char *sandbox_id, service_done_cb *cb,
                         void *ctx)
{
    struct operation *op = operation_new(service, OPERATION_MAY_CONNECT, sandbox_id, NULL, ctx);
    op->cb.done = cb;
    operation_queue(op, check_by_hand, NULL);
}

// --- what a person does ---

enum status service_note_by_hand(struct operation *op, enum by_hand what, struct vault *vault)
{
    struct by_hand_notes notes;
    if (op->service->for_tools)
        return STATUS_OK;
    enum status status = vault_by_hand(vault, op->sandbox_id, &notes, &op->why);
    if (status == STATUS_OK)
        status = vault_by_hand_put(vault, op->sandbox_id, what, time_wall_ms(), &op->why);
    op->noted = status == STATUS_OK && notes.at[what] == 0;
    return status;
}

static enum status run_drop(struct operation *op, struct vault *vault)
{
    return vault_by_hand_drop(vault, op->sandbox_id, op->notes, &op->why);
}

static void drop_notes(struct credential_service *service, const char *sandbox_id, unsigned notes)
{
    struct operation *own = operation_new_own(service, OPERATION_VAULT, 0);
    (void)snprintf(own->sandbox_id, sizeof own->sandbox_id, "%s", sandbox_id);
    own->notes = notes;
    operation_queue(own, run_drop, NULL);
}

void service_unnote(const struct operation *op, enum by_hand what)
{
    if (op->noted)
        drop_notes(op->service, op->sandbox_id, 1U << what);
}

void service_person_connects(struct credential_service *service, const char *sandbox_id)
{
    if (!service->closing)
        drop_notes(service, sandbox_id, BY_HAND_ALL);
}
