// SPDX-License-Identifier: Apache-2.0
//
// credential_rows: Changes rows of credentials, on disk and in the fleet: their verdicts, what the disk does
// not take and is kept in memory until it does, and what another has replaced.

#include "api/service/credential_service_private.h"

#include <stdio.h>
#include <string.h>

enum { UNSAVED_RETRY_MS = 2000, SUPERSEDED_MAX = 64 };

// --- verdicts ---

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

static enum status run_verdict(struct operation *op, struct vault *vault)
{
    return vault_set_verdict(vault, op->row, op->change.id[0] != '\0' ? op->change.id : NULL,
                             op->change.verdict, op->change.at, &op->why);
}

void service_write_verdict(struct credential_service *service, int64_t row, const char *id,
                           enum credential_verdict verdict, int64_t at)
{
    struct operation *op = operation_new_own(service, OPERATION_CHANGE_ROW, row);
    (void)snprintf(op->change.id, sizeof op->change.id, "%s", id);
    op->change.verdict = verdict;
    op->change.at = at;
    operation_queue(op, run_verdict, NULL);
}

// --- keeping ---

// Into the row that the operation has had from its beginning. Twice where the disk was full but for the room
// that was taken for this.
enum status service_keep(struct operation *op, struct commit *commit, struct vault *vault)
{
    for (;;) {
        enum status status =
            vault_keep(vault, op->row, commit->content, &commit->access, &commit->answer, &op->why);
        if (!commit->has_room)
            return status;
        vault_reserve_give(vault);
        commit->has_room = false;
        if (status != STATUS_STORE_FAILED)
            return status;
    }
}

// --- what is in memory only ---

// Kept here too: the fleet may have no row for it, where the server has said that it and its sandbox are
// gone.
void service_unsaved_verdict(struct credential_service *service, int64_t row, enum credential_verdict verdict,
                             int64_t at)
{
    struct operation *save = service_unsaved_of(service, row);
    if (save == NULL)
        return;
    save->save.verdict = verdict;
    save->save.at = at;
}

void service_unsaved_drop(struct credential_service *service, int64_t row)
{
    struct operation *save = service_unsaved_of(service, row);
    if (save == NULL)
        return;
    operation_move(save, NULL);
    if (save->save.queued)
        save->save.given_up = true;
    else
        operation_end(save, &service_fine);
    if (service->unsaved == NULL)
        service_stop_timer(service, TIMER_UNSAVED);
}

static enum status run_forget(struct operation *op, struct vault *vault)
{
    return vault_forget(vault, op->row, &op->why);
}

bool service_unsaved_give_up(struct credential_service *service, int64_t row)
{
    if (service_unsaved_of(service, row) == NULL)
        return false;
    service_unsaved_drop(service, row);
    operation_queue(operation_new_own(service, OPERATION_CHANGE_ROW, row), run_forget, NULL);
    return true;
}

static enum status run_save(struct operation *op, struct vault *vault)
{
    enum status status = service_keep(op, &op->save.commit, vault);
    if (status == STATUS_OK && op->save.commit.answer == 0 && op->save.written != VERDICT_VALID)
        (void)vault_set_verdict(vault, op->row, op->save.commit.access.id, op->save.written,
                                op->save.written_at, &op->why);
    return status;
}

static void after_save(struct operation *op)
{
    struct credential_service *service = op->service;
    enum status status = op->why.status;
    op->save.queued = false;
    // What takes it out of the disk again is behind this step in the queue.
    if (op->save.given_up) {
        operation_end(op, &service_fine);
        return;
    }
    if (status != STATUS_OK && status != STATUS_CONFLICT)
        return; // it stays in the list
    const struct credential *known = service_by_row(service, op->save.commit.access.sandbox_id, op->row);
    if (status == STATUS_OK && op->save.commit.answer == 0 && known != NULL) {
        struct credential credential = *known;
        credential.in_memory = false;
        (void)fleet_take_credential(service->fleet, &credential);
    } else { // another program's stands there, alone or beside it
        service_reload(service);
    }
    service_changed(service);
    service_unsaved_drop(service, op->row);
}

void service_retry_unsaved(struct credential_service *service)
{
    for (struct operation *save = service->unsaved; save != NULL; save = save->next) {
        // While it is being regenerated or deleted, it is not known what is to be written.
        if (save->save.queued || (!service->closing && service_operation_on(service, save->row) != NULL))
            continue;
        save->save.queued = true;
        save->save.written = save->save.verdict;
        save->save.written_at = save->save.at;
        operation_queue(save, run_save, after_save);
    }
}

static void on_unsaved(uv_timer_t *timer)
{
    service_retry_unsaved(timer->data);
    service_start_timer(timer->data, TIMER_UNSAVED, on_unsaved, UNSAVED_RETRY_MS);
}

// The disk failed after the server had made it: it must not be lost for that. In the place of what was in
// memory for that row before, which is dead now.
void service_unsaved_add(struct operation *op, struct credential *credential)
{
    struct credential_service *service = op->service;
    service_unsaved_drop(service, op->row);
    struct operation *save = operation_new_own(service, OPERATION_SAVE, op->row);
    save->save.commit = op->issue.commit;
    op->issue.commit.access.password = NULL;
    operation_move(save, &service->unsaved);
    // Whether the server answers or not.
    service_start_timer(service, TIMER_UNSAVED, on_unsaved, UNSAVED_RETRY_MS);
    credential_of_access(&save->save.commit.access, save->row, credential);
    credential->in_memory = true;
    save->save.verdict = credential->verdict;
    save->save.at = credential->validated_at;
    (void)fleet_take_credential(service->fleet, credential);
}

// --- what is replaced ---

static enum status run_forget_until(struct operation *op, struct vault *vault)
{
    return vault_forget_until(vault, op->row, op->change.at, &op->why);
}

// The disk says what stayed.
static void after_forget_until(struct operation *op)
{
    if (!op->service->closing)
        service_reload(op->service);
    operation_end(op, &service_fine);
}

// In the sandbox dialect a new credential is the only one there is, and in either the only one of its id:
// what else is known here is dead, unless another program has put into its row what the server gave later. Of
// one id also what it gave at the same time: two rows of one id can't be told apart.
void service_drop_superseded(struct credential_service *service, const char *sandbox_id, const char *id,
                             int64_t given_at, int64_t keep_row)
{
    const struct fleet_row *row = fleet_find(service->fleet, sandbox_id);
    struct operation *forget[SUPERSEDED_MAX];
    size_t count = 0;
    bool alone = service->client != NULL && leap0_dialect(service->client) == DIALECT_SANDBOX;
    for (size_t i = 0; row != NULL && i < row->credential_count && count < SUPERSEDED_MAX; i++) {
        const struct credential *one = &row->credentials[i];
        bool same_id = strcmp(one->id, id) == 0;
        if (one->vault_row == keep_row || !(alone || same_id))
            continue;
        forget[count] = operation_new_own(service, OPERATION_CHANGE_ROW, one->vault_row);
        forget[count++]->change.at = same_id ? given_at + 1 : given_at;
    }
    for (size_t i = 0; i < count; i++) {
        fleet_drop_credential(service->fleet, forget[i]->row);
        (void)service_unsaved_give_up(service, forget[i]->row);
        operation_queue(forget[i], run_forget_until, after_forget_until);
    }
}
