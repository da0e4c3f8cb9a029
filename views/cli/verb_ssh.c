// SPDX-License-Identifier: Apache-2.0
//
// cli_ssh: `sbxdeck ssh SANDBOX [COMMAND...]`: decides with which credential to connect, and makes or
// replaces one where that cuts nobody off.

#include "api/base/server_time.h"
#include "views/cli/cli_ssh_io.h"

#include "views/labels/state_labels.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { COMMAND_LINE_CAP = 65536 };

struct choice {
    struct cli_job *job;
    struct credential credential;
    char *command; // NULL: a shell
};

static void choice_failed(struct choice *choice, const struct failure *why)
{
    cli_fail(choice->job, "ssh", why);
    free(choice->command);
    free(choice);
}

static char *join_command(const struct cli_arguments *arguments, struct failure *why)
{
    size_t length = 1;
    for (int i = 1; i < arguments->value_count; i++)
        length += strlen(arguments->values[i]) + 1;
    if (length > COMMAND_LINE_CAP) {
        (void)fail(why, STATUS_TOO_LARGE, "the command is longer than %d bytes", COMMAND_LINE_CAP);
        return NULL;
    }
    char *command = calloc(1, length);
    if (command == NULL) {
        (void)fail(why, STATUS_NO_MEMORY, "no memory for the command");
        return NULL;
    }
    size_t used = 0;
    for (int i = 1; i < arguments->value_count; i++)
        used +=
            (size_t)snprintf(command + used, length - used, "%s%s", i > 1 ? " " : "", arguments->values[i]);
    return command;
}

static void password_came(void *ctx, const struct failure *why, struct secret *password)
{
    struct choice *choice = ctx;
    if (why->status != STATUS_OK) {
        choice_failed(choice, why);
        return;
    }
    cli_ssh_io_open(choice->job, &choice->credential, choice->command, password);
    secret_free(password);
    free(choice->command);
    free(choice);
}

static void connect_with(struct choice *choice, const struct credential *credential)
{
    choice->credential = *credential;
    service_password(choice->job->service, credential->vault_row, password_came, choice);
}

static void credential_came(void *ctx, const struct failure *why, const struct credential *credential)
{
    struct choice *choice = ctx;
    struct failure mine = *why;
    char end[STATE_LABEL_END_CAP];
    if (why->status == STATUS_CONFLICT)
        (void)advise(&mine,
                     fail(&mine, STATUS_CONFLICT, "%s already has a credential, which is not known here",
                          choice->job->sandbox_id),
                     "sbxdeck access regen %s makes a new one; the old one stops working",
                     choice->job->sandbox_id);
    if (why->status != STATUS_OK) {
        choice_failed(choice, &mine);
        return;
    }
    cli_tell_odd(choice->job, &credential->odd);
    cli_tell("credential %s made for %s, %s", credential->id, credential->sandbox_id,
             state_label_end(credential, service_now(choice->job->service), end));
    connect_with(choice, credential);
}

static enum status state_allows(const struct sandbox *sandbox, struct failure *why)
{
    switch (sandbox->state) {
    case SANDBOX_stopped:
        return advise(why, fail(why, STATUS_CONFLICT, "%s is stopped", sandbox->id), "sbxdeck start %s",
                      sandbox->id);
    case SANDBOX_deleted:
        return cli_deleted(sandbox->id, why);
    case SANDBOX_stopping:
    case SANDBOX_snapshotting:
    case SANDBOX_deleting:
        return advise(why, fail(why, STATUS_CONFLICT, "%s is %s", sandbox->id, sandbox_state_text(sandbox)),
                      "wait until its state is stable: sbxdeck ls");
    case SANDBOX_other:
        cli_tell("%s is in the state \"%s\", which this version does not know; connecting all the same",
                 sandbox->id, sandbox_state_text(sandbox));
        return STATUS_OK;
    default:
        return STATUS_OK;
    }
}

static void has_ended_validated(void *ctx, const struct failure *why, const struct credential *credential)
{
    struct choice *choice = ctx;
    struct cli_job *job = choice->job;
    if (why->status != STATUS_OK)
        choice_failed(choice, why);
    else if (credential->verdict == VERDICT_VALID)
        connect_with(choice, credential);
    else
        service_regenerate(job->service, job->sandbox_id, credential->id, credential_came, choice);
}

// What to connect with: a usable one; else a new one in its place. One whose create or regenerate has an
// unknown outcome is not replaced without being asked: it may be in somebody's use.
static void choose_credential(struct choice *choice)
{
    struct cli_job *job = choice->job;
    const struct credential *credential = NULL;
    struct failure why = {.status = STATUS_OK};
    enum status status = cli_credential(job, false, &credential, &why);
    if (status == STATUS_NO_CREDENTIAL) {
        service_create(job->service, job->sandbox_id, credential_came, choice);
    } else if (status != STATUS_OK) {
        choice_failed(choice, &why);
    } else if (credential_is_usable(credential, service_now(job->service)) || credential->damaged) {
        // A damaged one is refused by name: what was changed in the vault is not to be hidden by a new one.
        connect_with(choice, credential);
    } else if (credential->verdict == VERDICT_UNKNOWN || credential->id[0] == '\0') {
        (void)advise(&why,
                     fail(&why, STATUS_OUTCOME_UNKNOWN,
                          "it is unknown whether the last credential of %s was created", job->sandbox_id),
                     "sbxdeck access regen %s makes one that works%s", job->sandbox_id,
                     credential->id[0] == '\0' ? ", or access create where a sandbox has several" : "");
        choice_failed(choice, &why);
    } else if (credential->sealed_elsewhere) {
        (void)fail(&why, STATUS_OTHER_KEY, "credential %s is sealed with another key", credential->id);
        choice_failed(choice, &why);
    } else if (credential->has_password &&
               credential_state(credential, service_now(job->service)) == CREDENTIAL_expired) {
        // A clock says so; the server knows.
        service_validate(job->service, job->sandbox_id, credential->id, has_ended_validated, choice);
    } else {
        service_regenerate(job->service, job->sandbox_id, credential->id, credential_came, choice);
    }
}

static void woken(void *ctx, const struct failure *why)
{
    struct choice *choice = ctx;
    const struct fleet_row *row = cli_row(choice->job);
    struct failure mine = *why;
    // A server that does not know the call may wake it at the connection.
    bool still_paused = row != NULL && !row->gone && row->sandbox.state == SANDBOX_paused;
    if (why->status == STATUS_NOT_FOUND && still_paused)
        cli_tell("%s could not be woken (%s); connecting may wake it", row->sandbox.id, failure_text(why));
    else if (why->status != STATUS_OK) {
        (void)fail(&mine, why->status, "%s: %s", choice->job->sandbox_id, failure_text(why));
        (void)advise(&mine, mine.status, "%s", failure_advice(why));
        choice_failed(choice, &mine);
        return;
    }
    choose_credential(choice);
}

static bool is_waking(const struct sandbox *sandbox)
{
    return sandbox->state == SANDBOX_paused || sandbox->state == SANDBOX_unpausing ||
           sandbox->state == SANDBOX_starting;
}

void cli_ssh(struct cli_job *job)
{
    struct failure why = {.status = STATUS_NO_MEMORY};
    const struct fleet_row *row = cli_row(job);
    struct choice *choice = calloc(1, sizeof *choice);

    if (choice == NULL) {
        cli_fail(job, "ssh", &why);
        return;
    }
    choice->job = job;
    if (state_allows(&row->sandbox, &why) != STATUS_OK) {
        choice_failed(choice, &why);
        return;
    }
    if (job->arguments.value_count > 1) {
        choice->command = join_command(&job->arguments, &why);
        if (choice->command == NULL) {
            choice_failed(choice, &why);
            return;
        }
    }
    if (is_waking(&row->sandbox)) {
        cli_tell("%s is %s: %s", row->sandbox.id, sandbox_state_text(&row->sandbox),
                 row->sandbox.state == SANDBOX_paused ? "waking it" : "waiting until it runs");
        service_move(job->service, job->sandbox_id, MOVE_WAKE, woken, choice);
    } else {
        choose_credential(choice);
    }
}
