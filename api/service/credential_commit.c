// SPDX-License-Identifier: Apache-2.0
//
// credential_commit: Puts what a create or a regenerate has brought on disk before anyone is told, keeps it
// in memory while the disk fails, and takes out what it has replaced.

#include "api/service/credential_service_private.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { UNSAVED_RETRY_MS = 2000, SUPERSEDED_MAX = 64 };

// Into the row that the operation has had from its beginning. Twice where the disk was full but for the room
// that was taken for this.
static enum status keep(struct operation *op, struct commit *commit, struct vault *vault)
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

struct operation *service_unsaved_of(const struct credential_service *service, int64_t row)
{
    struct operation *save = service->unsaved;
    while (save != NULL && save->row != row)
        save = save->next;
    return save;
}

size_t service_unsaved_count(const struct credential_service *service)
{
    size_t count = 0;
    for (const struct operation *save = service->unsaved; save != NULL; save = save->next)
        count++;
    return count;
}

static void drop_unsaved(struct credential_service *service, int64_t row)
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
    drop_unsaved(service, row);
    operation_queue(operation_new_own(service, OPERATION_CHANGE_ROW, row), run_forget, NULL);
    return true;
}

static enum status run_save(struct operation *op, struct vault *vault)
{
    enum status status = keep(op, &op->save.commit, vault);
    if (status == STATUS_OK && op->save.commit.answer == 0 && op->save.verdict != VERDICT_VALID)
        (void)vault_set_verdict(vault, op->row, op->save.commit.access.id, op->save.verdict, op->save.at,
                                &op->why);
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
    drop_unsaved(service, op->row);
}

void service_retry_unsaved(struct credential_service *service)
{
    for (struct operation *save = service->unsaved; save != NULL; save = save->next) {
        // While it is being regenerated or deleted, it is not known what is to be written.
        if (save->save.queued || (!service->closing && service_operation_on(service, save->row) != NULL))
            continue;
        const struct credential *known =
            service_by_row(service, save->save.commit.access.sandbox_id, save->row);
        save->save.queued = true;
        save->save.verdict = known != NULL ? known->verdict : VERDICT_VALID;
        save->save.at = known != NULL ? known->validated_at : 0;
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
static void keep_in_memory(struct operation *op, struct credential *credential)
{
    struct credential_service *service = op->service;
    drop_unsaved(service, op->row);
    struct operation *save = operation_new_own(service, OPERATION_SAVE, op->row);
    save->save.commit = op->issue.commit;
    op->issue.commit.access.password = NULL;
    operation_move(save, &service->unsaved);
    // Whether the server answers or not.
    service_start_timer(service, TIMER_UNSAVED, on_unsaved, UNSAVED_RETRY_MS);
    credential_of_access(&save->save.commit.access, save->row, credential);
    credential->in_memory = true;
    (void)fleet_take_credential(service->fleet, credential);
}

// --- what is replaced ---

static enum status run_forget_until(struct operation *op, struct vault *vault)
{
    return vault_forget_until(vault, op->row, op->change.at, &op->why);
}

// What stayed is told by the disk.
static void after_forget_until(struct operation *op)
{
    if (!op->service->closing)
        service_reload(op->service);
    operation_end(op, &service_fine);
}

// In the sandbox dialect a new credential is the only one there is, and in either the only one of its id:
// what else is known here is dead, unless another program has put into its row what the server gave later. Of
// one id also what it gave at the same time: two rows of one id can't be told apart by anybody.
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

static void drop_superseded(struct operation *op, const struct credential *by)
{
    service_drop_superseded(op->service, by->sandbox_id, by->id, by->updated_at, op->row);
}

// --- the commit ---

static void end_in_memory(struct operation *op)
{
    struct credential credential;
    struct failure told = {.status = STATUS_OK};
    keep_in_memory(op, &credential);
    drop_superseded(op, &credential);
    if (!op->service->memory_only) { // else as the operator wants it
        (void)fail(&told, op->why.status, "created %s, but it is only in memory: %s", credential.id,
                   op->why.message);
        (void)advise(&told, told.status, "%s", failure_advice(&op->why));
        told.maybe_done = true; // it has been: nobody is to make another one
    }
    operation_end_with(op, &told, &credential);
}

static void after_commit(struct operation *op)
{
    struct credential_service *service = op->service;
    struct credential credential;
    if (op->why.status != STATUS_OK && op->why.status != STATUS_CONFLICT) {
        end_in_memory(op);
        return;
    }
    drop_unsaved(service, op->row);          // of before a regenerate: dead now
    if (op->why.status == STATUS_CONFLICT) { // what it brought is dead already
        struct failure told = op->why;
        told.maybe_done = true;
        operation_end(op, &told);
        if (!service->closing)
            service_reload(service);
    } else if (op->issue.commit.answer != 0) {
        service_choose(op);
    } else {
        credential_of_access(&op->issue.commit.access, op->row, &credential);
        (void)fleet_take_credential(service->fleet, &credential);
        drop_superseded(op, &credential);
        operation_end_with(op, &service_fine, &credential);
    }
}

static enum status run_commit(struct operation *op, struct vault *vault)
{
    return keep(op, &op->issue.commit, vault);
}

static void note_unparsed(struct access *access, const char *name, const char *value)
{
    char text[COMMAND_CAP];
    (void)snprintf(text, sizeof text, "%s", value);
    secret_hide(access->password, text);
    unparsed_add_text(&access->unparsed, name, text);
}

// Where to connect, as the server says it: what can't be read of it is no worse than what is not there. It is
// named, and done without.
void service_judge_target(struct access *access)
{
    if (!ssh_target_host_is_understood(access->host))
        note_unparsed(access, "host", access->host);
    if (!ssh_target_user_is_understood(access->username))
        note_unparsed(access, "username", access->username);
    if (!ssh_target_is_understood(access->id, access->host, access->username, access->ssh_command))
        note_unparsed(access, "ssh_command", access->ssh_command);
}

// When it was given, where the server does not say: just now, and after all that is known here. The clock
// alone would not do: what one run takes for the server's is up to a second off what another does.
static int64_t given_now(const struct credential_service *service, const char *sandbox_id)
{
    const struct fleet_row *row = fleet_find(service->fleet, sandbox_id);
    int64_t at = service_now(service);
    for (size_t i = 0; row != NULL && i < row->credential_count; i++)
        if (row->credentials[i].updated_at >= at)
            at = row->credentials[i].updated_at + 1;
    return at;
}

void service_commit(struct operation *op, struct access *access)
{
    service_judge_target(access);
    if (access->created_at == 0 && access->updated_at == 0)
        access->updated_at = given_now(op->service, access->sandbox_id);
    op->issue.commit.access = *access;
    access->password = NULL; // taken
    operation_queue(op, run_commit, after_commit);
}
