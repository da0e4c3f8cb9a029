// SPDX-License-Identifier: Apache-2.0
//
// verb_ssh: `ssh [SANDBOX] [COMMAND...]`: choose or make the sandbox where none is named, see that it runs,
// find the credential and connect.

#include "api/service/credential_choice.h"
#include "views/cli/cli_message.h"
#include "views/cli/cli_new_sandbox.h"
#include "views/cli/cli_ssh_io.h"
#include "views/cli/cli_target.h"
#include "views/cli/ssh_picker.h"
#include "views/cli/verbs.h"
#include "views/labels/phrases.h"

#include <stdio.h>
#include <string.h>

enum { COMMAND_LINE_CAP = 65536 };

struct connecting {
    struct credential_choice choice;
    char *command; // NULL: a shell
};

// The command's words with blanks between them, as OpenSSH sends them. False: the verb has failed.
static bool join_command(struct cli_job *job, char **command)
{
    const struct cli_arguments *arguments = &job->arguments;
    const int first = arguments->fresh ? 0 : 1; // behind SANDBOX
    struct failure why;
    size_t length = 1, used = 0;
    for (int i = first; i < arguments->value_count; i++)
        length += strlen(arguments->values[i]) + 1;
    if (length > COMMAND_LINE_CAP) {
        (void)fail(&why, STATUS_TOO_LARGE, "the command is longer than %d bytes", COMMAND_LINE_CAP);
        cli_fail(job, &why);
        return false;
    }
    *command = cli_job_alloc(job, length);
    for (int i = first; *command != NULL && i < arguments->value_count; i++)
        used += (size_t)snprintf(*command + used, length - used, "%s%s", i > first ? " " : "",
                                 arguments->values[i]);
    return *command != NULL;
}

// --- the credential -----------------------------------------------------------------------

static void on_credential(void *ctx, const struct failure *why, const struct credential *credential,
                          struct secret *password)
{
    struct cli_job *job = ctx;
    const struct connecting *connecting = job->state;
    if (cli_failed(job, why)) {
        secret_free(password);
        return;
    }
    service_person_connects(job->service, job->sandbox_id);
    cli_ssh_io_open(job, credential, connecting->command, password);
    secret_free(password);
}

static void on_made(void *ctx, const struct credential *credential)
{
    const struct cli_job *job = ctx;
    char end[PHRASE_END_CAP];
    if (job->finished)
        return;
    cli_complain_unparsed(job->verb->name, &credential->unparsed);
    cli_tell("credential %s made for %s, %s", credential->id, credential->sandbox_id,
             phrase_end(credential, service_now(job->service), end));
}

static void choose_credential(struct cli_job *job)
{
    struct connecting *connecting = job->state;
    connecting->choice = (struct credential_choice){.service = job->service,
                                                    .sandbox_id = job->sandbox_id,
                                                    .id = job->arguments.id,
                                                    .ctx = job,
                                                    .done = on_credential,
                                                    .made = on_made};
    credential_choice_begin(&connecting->choice);
}

// --- the sandbox --------------------------------------------------------------------------

static enum status state_allows(const struct fleet_row *row, struct failure *why)
{
    switch (row->sandbox.state) {
    case SANDBOX_stopped:
        return advise(why, fail(why, STATUS_CONFLICT, "%s is stopped", row->sandbox.id), "sbxdeck start %s",
                      row->sandbox.id);
    case SANDBOX_deleted:
        return cli_target_deleted(row->sandbox.id, why);
    case SANDBOX_stopping:
    case SANDBOX_snapshotting:
    case SANDBOX_deleting:
        return advise(why, fail(why, STATUS_CONFLICT, "%s is %s", row->sandbox.id, fleet_state_text(row)),
                      "wait until its state is stable: sbxdeck ls");
    case SANDBOX_other:
        cli_tell("%s is in the state \"%s\", which this version does not know; connecting all the same",
                 row->sandbox.id, fleet_state_text(row));
        return STATUS_OK;
    default:
        return STATUS_OK;
    }
}

static void on_woken(void *ctx, const struct failure *why)
{
    struct cli_job *job = ctx;
    const struct fleet_row *row = cli_target_row(job);
    struct failure mine = *why;
    if (job->finished)
        return;
    // A server that does not know the call may wake it at the connection.
    bool still_paused = row != NULL && !row->gone && row->sandbox.state == SANDBOX_paused;
    if (why->status == STATUS_NOT_FOUND && still_paused) {
        cli_tell("%s could not be woken (%s); connecting may wake it", row->sandbox.id, failure_text(why));
    } else if (why->status != STATUS_OK) {
        (void)fail(&mine, why->status, "%s: %s", job->sandbox_id, failure_text(why));
        (void)advise(&mine, mine.status, "%s", failure_advice(why));
        cli_fail(job, &mine);
        return;
    }
    choose_credential(job);
}

static bool is_waking(const struct fleet_row *row)
{
    return row->sandbox.state == SANDBOX_paused || row->sandbox.state == SANDBOX_unpausing ||
           row->sandbox.state == SANDBOX_starting;
}

// To the sandbox whose id is in job->sandbox_id.
static void connect_to(struct cli_job *job)
{
    struct failure why = {.status = STATUS_OK};
    const struct fleet_row *row = cli_target_row(job);
    struct connecting *connecting = cli_job_state(job, sizeof *connecting);
    if (connecting == NULL)
        return;
    if (row == NULL || state_allows(row, &why) != STATUS_OK) {
        if (row == NULL)
            (void)cli_target_deleted(job->sandbox_id, &why);
        cli_fail(job, &why);
        return;
    }
    if (job->arguments.value_count > (job->arguments.fresh ? 0 : 1) &&
        !join_command(job, &connecting->command))
        return;
    if (is_waking(row)) {
        if (!job->config.read_only)
            cli_tell("%s is %s: %s", row->sandbox.id, fleet_state_text(row),
                     row->sandbox.state == SANDBOX_paused ? "waking it" : "waiting until it runs");
        service_move(job->service, job->sandbox_id, MOVE_WAKE, on_woken, job);
    } else {
        choose_credential(job);
    }
}

// Said whatever comes next: it is there and costs.
static void on_sandbox_made(void *ctx, const struct failure *why, const struct sandbox *sandbox)
{
    struct cli_job *job = ctx;
    if (cli_failed(job, why))
        return;
    (void)snprintf(job->sandbox_id, sizeof job->sandbox_id, "%s", sandbox->id);
    cli_say("ssh: sandbox %s was made (sbxdeck sandbox delete %s deletes it)", sandbox->id, sandbox->id);
    cli_signals_end(&job->signals); // nothing is unknown any more
    connect_to(job);
}

void verb_ssh(struct cli_job *job)
{
    const struct fleet_row *row = NULL;
    struct failure why = {.status = STATUS_OK};
    if (job->arguments.fresh) {
        cli_new_sandbox(job, on_sandbox_made);
    } else if (job->arguments.value_count == 0) {
        ssh_picker_open(job, connect_to);
    } else if (fleet_resolve(service_fleet(job->service), job->arguments.values[0], &row, &why) !=
               STATUS_OK) {
        cli_fail(job, &why);
    } else {
        (void)snprintf(job->sandbox_id, sizeof job->sandbox_id, "%s", row->sandbox.id);
        connect_to(job);
    }
}
