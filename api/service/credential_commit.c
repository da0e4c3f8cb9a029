// SPDX-License-Identifier: Apache-2.0
//
// credential_commit: Puts what a create or a regenerate has brought on disk before its caller hears of it.

#include "api/service/credential_service_private.h"

#include <stdio.h>

static void drop_superseded(struct operation *op, const struct credential *by)
{
    service_drop_superseded(op->service, by->sandbox_id, by->id, by->updated_at, op->row);
}

static void end_in_memory(struct operation *op)
{
    struct credential credential;
    struct failure told = {.status = STATUS_OK};
    service_unsaved_add(op, &credential);
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
    service_unsaved_drop(service, op->row);  // of before a regenerate: dead now
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
    return service_keep(op, &op->issue.commit, vault);
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
