// SPDX-License-Identifier: Apache-2.0
//
// keeper_outcome: owns what a create or a regenerate has brought, from the answer to the disk: kept before
// anyone is told, kept in memory while the disk fails, and the only one where the server has only one.

#include "api/keeper_private.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { UNSAVED_RETRY_MS = 2000 };

void keeper_credential_of(const struct access *access, int64_t row, struct credential *out)
{
    memset(out, 0, sizeof *out);
    (void)snprintf(out->id, sizeof out->id, "%s", access->id);
    (void)snprintf(out->sandbox_id, sizeof out->sandbox_id, "%s", access->sandbox_id);
    (void)snprintf(out->ssh_command, sizeof out->ssh_command, "%s", access->ssh_command);
    (void)snprintf(out->host, sizeof out->host, "%s", access->host);
    (void)snprintf(out->username, sizeof out->username, "%s", access->username);
    out->port = access->port;
    out->odd = access->odd;
    out->verdict = VERDICT_VALID;
    out->has_password = access->password != NULL;
    out->expires_at = access->expires_at;
    out->created_at = access->created_at;
    out->updated_at = access->updated_at > 0 ? access->updated_at : access->created_at;
    out->validated_at = out->updated_at;
    out->vault_row = row;
}

static void run_keep(struct keeper_job *job, struct vault *vault)
{
    job->status = vault_keep_over(vault, job->row, job->content, &job->access, &job->row, &job->why);
}

void keeper_run_forget(struct keeper_job *job, struct vault *vault)
{
    job->status = vault_forget(vault, job->row, &job->why);
}

const struct keeper_unsaved *keeper_unsaved_of(const struct keeper *keeper, int64_t row)
{
    const struct keeper_unsaved *one = keeper->unsaved;
    while (one != NULL && one->row != row)
        one = one->next;
    return one;
}

static void drop_unsaved(struct keeper *keeper, int64_t row)
{
    struct keeper_unsaved **link = &keeper->unsaved;
    while (*link != NULL && (*link)->row != row)
        link = &(*link)->next;
    if (*link == NULL)
        return;
    struct keeper_unsaved *one = *link;
    *link = one->next;
    access_clear(&one->access);
    free(one);
    if (keeper->unsaved == NULL && !keeper->closing)
        (void)uv_timer_stop(&keeper->unsaved_timer);
}

static void forget(struct keeper *keeper, int64_t row)
{
    struct keeper_job *job = keeper_job_new(keeper, keeper_run_forget, NULL, NULL);
    job->row = row;
    keeper_job_push(job);
}

void keeper_unsaved_give_up(struct keeper *keeper, int64_t row)
{
    const struct keeper_unsaved *one = keeper_unsaved_of(keeper, row);
    if (one == NULL)
        return;
    if (one->intent > 0)
        forget(keeper, one->intent);
    drop_unsaved(keeper, row);
}

static void run_forget_until(struct keeper_job *job, struct vault *vault)
{
    job->status = vault_forget_until(vault, job->row, job->at, &job->why);
}

// In the sandbox dialect a new credential is the only one there is: what else is known here is dead, unless
// another program has put into its row what the server gave later.
static void drop_superseded(struct keeper *keeper, const struct access *by, int64_t keep_row)
{
    const char *sandbox_id = by->sandbox_id;
    const struct fleet_row *row = fleet_find(keeper->fleet, sandbox_id);
    int64_t rows[64];
    size_t count = 0;
    if (keeper->client == NULL || leap0_dialect(keeper->client) != DIALECT_SANDBOX)
        return;
    for (size_t i = 0; row != NULL && i < row->credential_count && count < 64; i++)
        if (row->credentials[i].vault_row != keep_row)
            rows[count++] = row->credentials[i].vault_row;
    for (size_t i = 0; i < count; i++) {
        fleet_drop_credential(keeper->fleet, rows[i]);
        keeper_unsaved_give_up(keeper, rows[i]);
        if (rows[i] <= 0)
            continue;
        struct keeper_job *job = keeper_job_new(keeper, run_forget_until, NULL, NULL);
        job->row = rows[i];
        job->at = by->updated_at > 0 ? by->updated_at : by->created_at;
        keeper_job_push(job);
    }
}

static void after_retry(struct keeper_job *job)
{
    struct keeper *keeper = job->keeper;
    struct credential credential;
    struct keeper_unsaved *one = (struct keeper_unsaved *)keeper_unsaved_of(keeper, job->at);
    if (one != NULL)
        one->saving = false;
    if (job->status == STATUS_CONFLICT && one != NULL) { // another program's is newer
        drop_unsaved(keeper, job->at);
        fleet_drop_credential(keeper->fleet, job->at);
        keeper_changed(keeper);
    }
    if (job->status != STATUS_OK)
        return;
    if (one == NULL) { // replaced or deleted while it was written
        forget(keeper, job->row);
        return;
    }
    keeper_credential_of(&job->access, job->row, &credential);
    drop_unsaved(keeper, job->at);
    fleet_drop_credential(keeper->fleet, job->at);
    (void)fleet_take_credential(keeper->fleet, &credential);
    keeper_changed(keeper);
}

static void copy_access(struct access *to, const struct access *from)
{
    *to = *from;
    to->password = secret_copy(from->password);
}

void keeper_retry_unsaved(struct keeper *keeper)
{
    for (struct keeper_unsaved *one = keeper->unsaved; one != NULL; one = one->next) {
        if (one->saving)
            continue;
        one->saving = true;
        struct keeper_job *job = keeper_job_new(keeper, run_keep, after_retry, NULL);
        copy_access(&job->access, &one->access);
        job->row = one->intent;
        job->content = one->content;
        job->at = one->row;
        keeper_job_push(job);
    }
}

static void on_unsaved(uv_timer_t *timer)
{
    keeper_retry_unsaved(timer->data);
}

// The disk failed after the server had made it: it must not be lost for that.
static int64_t keep_in_memory(struct keeper *keeper, struct access *access, const struct keeper_op *op)
{
    struct keeper_unsaved *one = calloc(1, sizeof *one);
    struct credential credential;
    if (one == NULL)
        abort();
    one->access = *access;
    access->password = NULL;
    int64_t intent = op->row;
    one->row = --keeper->next_unsaved;
    one->intent = intent;
    one->content = op->content;
    one->next = keeper->unsaved;
    keeper->unsaved = one;
    if (!keeper->closing) // whether the server answers or not
        (void)uv_timer_start(&keeper->unsaved_timer, on_unsaved, UNSAVED_RETRY_MS, UNSAVED_RETRY_MS);
    keeper_credential_of(&one->access, one->row, &credential);
    if (intent > 0)
        fleet_drop_credential(keeper->fleet, intent);
    (void)fleet_take_credential(keeper->fleet, &credential);
    return one->row;
}

// A regenerate of what was in memory only: the old password is dead and must not get to the disk any more.
static void drop_replaced(const struct keeper_op *op)
{
    if (op->replaces == 0)
        return;
    keeper_unsaved_give_up(op->keeper, op->replaces);
    fleet_drop_credential(op->keeper->fleet, op->replaces);
}

static void after_keep(struct keeper_job *job)
{
    struct keeper_op *op = job->op;
    struct keeper *keeper = job->keeper;
    struct credential credential;
    struct failure why = job->why;
    if (job->status == STATUS_CONFLICT) { // what it brought is dead already
        drop_replaced(op);
        why.maybe_done = true;
        keeper_op_end(op, &why, NULL);
        return;
    }
    if (job->status != STATUS_OK) {
        drop_replaced(op);
        int64_t row = keep_in_memory(keeper, &job->access, op);
        drop_superseded(keeper, &job->access, row);
        if (keeper->memory_only) { // as the operator wants it
            const struct keeper_unsaved *one = keeper_unsaved_of(keeper, row);
            why = (struct failure){.status = STATUS_OK};
            keeper_credential_of(&one->access, row, &credential);
            keeper_op_end(op, &why, &credential);
            return;
        }
        (void)fail(&why, job->status,
                   "%s was made, but it is only in memory until the vault can be written: %s", job->access.id,
                   job->why.message);
        why.maybe_done = true; // it has been: nobody is to make another one
        keeper_op_end(op, &why, NULL);
        return;
    }
    keeper_credential_of(&job->access, job->row, &credential);
    if (op->row != 0 && op->row != job->row)
        fleet_drop_credential(keeper->fleet, op->row);
    drop_replaced(op);
    (void)fleet_take_credential(keeper->fleet, &credential);
    drop_superseded(keeper, &job->access, job->row);
    op->row = job->row;
    why.status = STATUS_OK;
    keeper_op_end(op, &why, &credential);
}

// A command that can't be read is no worse than one that is not there: it is named, and done without.
void keeper_judge_command(struct access *access)
{
    char command[COMMAND_CAP];
    if (ssh_target_is_told(access->id, access->host, access->username, access->ssh_command))
        return;
    (void)snprintf(command, sizeof command, "%s", access->ssh_command);
    secret_hide(access->password, command);
    oddities_add_text(&access->odd, "ssh_command", command);
}

void keeper_keep(struct keeper_op *op, struct access *access)
{
    keeper_judge_command(access);
    if (access->created_at == 0 && access->updated_at == 0) // not told: it is of just now
        access->updated_at = keeper_now(op->keeper);
    struct keeper_job *job = keeper_job_new(op->keeper, run_keep, after_keep, op);
    job->access = *access;
    access->password = NULL; // taken
    job->row = op->row;
    job->content = op->content;
    keeper_job_push(job);
}
