// SPDX-License-Identifier: Apache-2.0
//
// credential_commit: owns what a create or a regenerate has brought, from the answer to the disk: kept before
// anyone is told, kept in memory while the disk fails, and the only one where the server has only one.

#include "api/service/credential_service_private.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { UNSAVED_RETRY_MS = 2000 };

void service_credential_of(const struct access *access, int64_t row, struct credential *out)
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

static void run_keep(struct service_job *job, struct vault *vault)
{
    job->status =
        vault_keep_over(vault, job->row, job->content, &job->access, &job->row, &job->rival, &job->why);
    if (job->has_room)
        vault_room_give(vault);
    if (job->has_room && job->status == STATUS_STORE_FAILED)
        job->status =
            vault_keep_over(vault, job->row, job->content, &job->access, &job->row, &job->rival, &job->why);
}

void service_run_forget(struct service_job *job, struct vault *vault)
{
    job->status = vault_forget(vault, job->row, &job->why);
}

const struct service_unsaved *service_unsaved_of(const struct credential_service *service, int64_t row)
{
    const struct service_unsaved *one = service->unsaved;
    while (one != NULL && one->row != row)
        one = one->next;
    return one;
}

static struct service_unsaved *find_unsaved(struct credential_service *service, int64_t row)
{
    struct service_unsaved *one = service->unsaved;
    while (one != NULL && one->row != row)
        one = one->next;
    return one;
}

void service_unsaved_verdict(struct credential_service *service, int64_t row, enum credential_verdict verdict,
                             int64_t at)
{
    struct service_unsaved *one = find_unsaved(service, row);
    if (one == NULL)
        return;
    one->verdict = verdict;
    one->validated_at = at;
}

static void drop_unsaved(struct credential_service *service, int64_t row)
{
    struct service_unsaved **link = &service->unsaved;
    while (*link != NULL && (*link)->row != row)
        link = &(*link)->next;
    if (*link == NULL)
        return;
    struct service_unsaved *one = *link;
    *link = one->next;
    access_clear(&one->access);
    free(one);
    if (service->unsaved == NULL && !service->closing)
        (void)uv_timer_stop(&service->unsaved_timer);
}

bool service_unsaved_give_up(struct credential_service *service, int64_t row)
{
    if (service_unsaved_of(service, row) == NULL)
        return false;
    drop_unsaved(service, row);
    struct service_job *job = service_job_new(service, service_run_forget, NULL, NULL);
    job->row = row;
    service_job_push(job);
    return true;
}

static void run_forget_until(struct service_job *job, struct vault *vault)
{
    job->status = vault_forget_until(vault, job->row, job->at, &job->why);
}

// What stayed is told by the disk.
static void after_forget_until(struct service_job *job)
{
    if (!job->service->closing)
        service_reload(job->service);
}

// In the sandbox dialect a new credential is the only one there is, and in either the only one of its id:
// what else is known here is dead, unless another program has put into its row what the server gave later. Of
// one id also what it gave at the same time: two rows of one id can't be told apart by anybody.
void service_drop_superseded(struct credential_service *service, const char *sandbox_id, const char *id,
                             int64_t given_at, int64_t keep_row)
{
    const struct fleet_row *row = fleet_find(service->fleet, sandbox_id);
    int64_t rows[64], until[64];
    size_t count = 0;
    bool alone = service->client != NULL && leap0_dialect(service->client) == DIALECT_SANDBOX;
    for (size_t i = 0; row != NULL && i < row->credential_count && count < 64; i++) {
        const struct credential *one = &row->credentials[i];
        bool same_id = strcmp(one->id, id) == 0;
        if (one->vault_row == keep_row || !(alone || same_id))
            continue;
        until[count] = same_id ? given_at + 1 : given_at;
        rows[count++] = one->vault_row;
    }
    for (size_t i = 0; i < count; i++) {
        fleet_drop_credential(service->fleet, rows[i]);
        (void)service_unsaved_give_up(service, rows[i]);
        struct service_job *job = service_job_new(service, run_forget_until, after_forget_until, NULL);
        job->row = rows[i];
        job->at = until[i];
        service_job_push(job);
    }
}

static void drop_superseded(struct credential_service *service, const struct access *by, int64_t keep_row)
{
    service_drop_superseded(service, by->sandbox_id, by->id,
                            by->updated_at > 0 ? by->updated_at : by->created_at, keep_row);
}

static void run_keep_unsaved(struct service_job *job, struct vault *vault)
{
    run_keep(job, vault);
    if (job->status == STATUS_OK && job->rival == 0 && job->verdict != VERDICT_VALID)
        (void)vault_set_verdict(vault, job->row, job->access.id, job->verdict, job->at, &job->why);
}

static void after_retry(struct service_job *job)
{
    struct credential_service *service = job->service;
    struct service_unsaved *one = find_unsaved(service, job->row);
    // Given up meanwhile: what takes it out of the disk again is behind this job in the queue.
    if (one == NULL)
        return;
    one->saving = false;
    if (one->serial != job->version || (job->status != STATUS_OK && job->status != STATUS_CONFLICT))
        return;
    struct credential credential;
    service_credential_of(&job->access, job->row, &credential);
    credential.verdict = one->verdict;
    credential.validated_at = one->validated_at;
    drop_unsaved(service, job->row);
    if (job->status == STATUS_OK && job->rival == 0)
        (void)fleet_take_credential(service->fleet, &credential);
    else // another program's stands there, alone or beside it
        service_reload(service);
    service_changed(service);
}

static void copy_access(struct access *to, const struct access *from)
{
    *to = *from;
    to->password = secret_copy(from->password);
}

void service_retry_unsaved(struct credential_service *service)
{
    for (struct service_unsaved *one = service->unsaved; one != NULL; one = one->next) {
        // While it is being regenerated or deleted, it is not known what is to be written.
        if (one->saving || (!service->closing && service_op_on(service, one->row) != NULL))
            continue;
        one->saving = true;
        struct service_job *job = service_job_new(service, run_keep_unsaved, after_retry, NULL);
        copy_access(&job->access, &one->access);
        job->row = one->row;
        job->content = one->content;
        job->verdict = one->verdict;
        job->at = one->validated_at;
        job->version = one->serial;
        service_job_push(job);
    }
}

static void on_unsaved(uv_timer_t *timer)
{
    service_retry_unsaved(timer->data);
}

// The disk failed after the server had made it: it must not be lost for that. In the place of what was in
// memory for that row before, which is dead now.
static void keep_in_memory(struct credential_service *service, struct access *access,
                           const struct service_op *op, struct credential *credential)
{
    struct service_unsaved *one = calloc(1, sizeof *one);
    if (one == NULL)
        abort();
    drop_unsaved(service, op->row);
    one->access = *access;
    access->password = NULL;
    one->row = op->row;
    one->content = op->content;
    one->serial = ++service->last_serial;
    one->next = service->unsaved;
    service->unsaved = one;
    if (!service->closing) // whether the server answers or not
        (void)uv_timer_start(&service->unsaved_timer, on_unsaved, UNSAVED_RETRY_MS, UNSAVED_RETRY_MS);
    service_credential_of(&one->access, one->row, credential);
    credential->in_memory = true;
    one->verdict = credential->verdict;
    one->validated_at = credential->validated_at;
    (void)fleet_take_credential(service->fleet, credential);
}

static void end_in_memory(struct service_job *job)
{
    struct service_op *op = job->op;
    struct credential credential;
    struct failure why = {.status = STATUS_OK};
    keep_in_memory(job->service, &job->access, op, &credential);
    drop_superseded(job->service, &job->access, op->row);
    if (!job->service->memory_only) { // else as the operator wants it
        (void)fail(&why, job->status, "created %s, but it is only in memory: %s", job->access.id,
                   job->why.message);
        (void)advise(&why, why.status, "%s", failure_advice(&job->why));
        why.maybe_done = true; // it has been: nobody is to make another one
    }
    service_op_end(op, &why, &credential);
}

static void after_keep(struct service_job *job)
{
    struct service_op *op = job->op;
    struct credential_service *service = job->service;
    struct credential credential;
    const struct failure fine = {.status = STATUS_OK};
    if (job->status != STATUS_OK && job->status != STATUS_CONFLICT) {
        end_in_memory(job);
        return;
    }
    drop_unsaved(service, op->row);       // of before a regenerate: dead now
    if (job->status == STATUS_CONFLICT) { // what it brought is dead already
        struct failure why = job->why;
        why.maybe_done = true;
        service_op_end(op, &why, NULL);
        if (!service->closing)
            service_reload(service);
        return;
    }
    op->rival = job->rival;
    if (job->rival != 0) {
        service_settle(op);
        return;
    }
    service_credential_of(&job->access, job->row, &credential);
    (void)fleet_take_credential(service->fleet, &credential);
    drop_superseded(service, &job->access, job->row);
    service_op_end(op, &fine, &credential);
}

static void name_as_odd(struct access *access, const char *name, const char *value)
{
    char text[COMMAND_CAP];
    (void)snprintf(text, sizeof text, "%s", value);
    secret_hide(access->password, text);
    oddities_add_text(&access->odd, name, text);
}

// Where to connect, as the server says it: what can't be read of it is no worse than what is not there. It is
// named, and done without.
void service_judge_target(struct access *access)
{
    if (!ssh_target_host_is_told(access->host))
        name_as_odd(access, "host", access->host);
    if (!ssh_target_user_is_told(access->username))
        name_as_odd(access, "username", access->username);
    if (!ssh_target_is_told(access->id, access->host, access->username, access->ssh_command))
        name_as_odd(access, "ssh_command", access->ssh_command);
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

void service_keep(struct service_op *op, struct access *access)
{
    service_judge_target(access);
    if (access->created_at == 0 && access->updated_at == 0)
        access->updated_at = given_now(op->service, access->sandbox_id);
    struct service_job *job = service_job_new(op->service, run_keep, after_keep, op);
    job->access = *access;
    access->password = NULL; // taken
    job->row = op->row;
    job->content = op->content;
    job->has_room = op->has_room;
    op->has_room = false; // the job's
    service_job_push(job);
}
