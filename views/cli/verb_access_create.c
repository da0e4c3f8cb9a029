// SPDX-License-Identifier: Apache-2.0
//
// verb_access_create: `access create` and `access regen`: make a credential, or replace one, and print it.
// The password is fetched from the vault only when it is to be printed.

#include "api/base/time_util.h"
#include "views/cli/cli_ask.h"
#include "views/cli/cli_json.h"
#include "views/cli/cli_message.h"
#include "views/cli/cli_result.h"
#include "views/cli/cli_stdout.h"
#include "views/cli/cli_target.h"
#include "views/cli/verbs.h"
#include "views/labels/phrases.h"

#include <stdio.h>
#include <unistd.h>

struct made {
    struct credential credential;
    int exit_code;
};

// --- what is printed ----------------------------------------------------------------------

// password: NULL when it is not to be shown.
static void print_access(struct cli_job *job, const struct credential *credential, const char *password,
                         int exit_code)
{
    char left[TIME_SPAN_CAP];
    char text[COMMAND_CAP + 64];
    struct ssh_target target;
    // As it works here, made from what was understood: what the server wrote may be no command at all.
    const char *command = service_target(job->service, credential, &target, NULL) == STATUS_OK
                              ? phrase_ssh_command(&target, text, sizeof text)
                              : NULL;
    cli_complain_unparsed(job->verb->name, &credential->unparsed);
    if (job->arguments.json) {
        cli_result_json(job, cli_json_access(credential, password, command), exit_code);
        return;
    }
    (void)printf("credential  %s\n", credential->id);
    (void)printf("sandbox     %s\n", credential->sandbox_id);
    (void)printf("ends in     %s\n",
                 credential->expires_at > 0
                     ? time_format_span(credential_remaining(credential, service_now(job->service)), left)
                     : "unknown: the server did not say when");
    (void)printf("command     %s\n", command != NULL ? command : "none");
    if (password != NULL)
        cli_result_password(job, "password   ", password);
    else
        (void)printf("password    kept in the vault (--show-password prints it; sbxdeck ssh %s uses it)\n",
                     credential->sandbox_id);
    cli_finish(job, exit_code);
}

static void on_password(void *ctx, const struct failure *why, struct secret *password)
{
    struct cli_job *job = ctx;
    const struct made *made = job->state;
    if (!cli_failed(job, why))
        print_access(job, &made->credential, secret_text(password), made->exit_code);
    secret_free(password);
}

static void show_access(struct cli_job *job, const struct credential *credential, int exit_code)
{
    struct made *made = cli_job_state(job, sizeof *made);
    if (made == NULL)
        return;
    *made = (struct made){*credential, exit_code};
    service_password(job->service, credential->vault_row, on_password, job);
}

// --- what came of it ----------------------------------------------------------------------

static const struct credential *only_in_memory(const struct cli_job *job)
{
    const struct fleet_row *row = cli_target_row(job);
    for (size_t i = 0; row != NULL && i < row->credential_count; i++)
        if (row->credentials[i].in_memory)
            return &row->credentials[i];
    return NULL;
}

// Made, and the vault did not take it: this run is the last that has its password.
static void not_kept(struct cli_job *job, const struct credential *credential, const struct failure *why)
{
    struct failure told = *why;
    bool show = job->arguments.show_password;
    if (!show && isatty(STDIN_FILENO) != 0) {
        cli_complain(job->verb->name, why);
        show = cli_ask_yes("Its password is lost when this command ends. Show it now?");
    }
    if (show)
        (void)advise(&told, told.status, "keep this output: sbxdeck access import %s reads it%s",
                     job->sandbox_id, job->arguments.json ? " on standard input" : "");
    else
        (void)advise(&told, told.status,
                     "sbxdeck access regen %s makes a new password; --show-password prints it",
                     job->sandbox_id);
    cli_complain(job->verb->name, &told);
    if (show)
        show_access(job, credential, status_exit_code(why->status));
    else
        cli_finish(job, status_exit_code(why->status));
}

static void on_made(void *ctx, const struct failure *why, const struct credential *credential)
{
    struct cli_job *job = ctx;
    const struct credential *unsaved = why->maybe_done ? only_in_memory(job) : NULL;
    if (job->finished) // by a signal, which has been said
        return;
    if (why->status == STATUS_OK && !job->arguments.memory_only)
        cli_stdout_made(job->sandbox_id);
    if (why->status == STATUS_OK)
        cli_target_keep_names(job);
    if (why->status != STATUS_OK && unsaved != NULL)
        not_kept(job, unsaved, why);
    else if (why->status != STATUS_OK)
        cli_fail(job, why);
    else if (job->arguments.show_password)
        show_access(job, credential, 0);
    else
        print_access(job, credential, NULL, 0);
}

// --- the verbs ----------------------------------------------------------------------------

// A credential in memory only is lost with this run: its password has to be shown.
static bool memory_is_settled(struct cli_job *job)
{
    struct failure why = {.status = STATUS_BAD_ARGUMENT};
    if (!job->arguments.memory_only)
        return true;
    service_memory_only(job->service, true);
    if (job->arguments.show_password)
        return true;
    (void)advise(
        &why,
        fail(&why, STATUS_BAD_ARGUMENT, "--memory-only without --show-password would lose the password"),
        "give both");
    cli_fail(job, &why);
    return false;
}

static void interruptible(struct cli_job *job)
{
    cli_interruptible(
        job, "it is not known whether a credential was made (sbxdeck access ls %s shows what is known here)",
        job->sandbox_id);
}

void verb_access_create(struct cli_job *job)
{
    if (!memory_is_settled(job))
        return;
    interruptible(job);
    service_create(job->service, job->sandbox_id, on_made, job);
}

void verb_access_regen(struct cli_job *job)
{
    const struct credential *credential = NULL;
    struct failure why = {.status = STATUS_OK};
    if (!memory_is_settled(job))
        return;
    enum status status = cli_target_credential(job, true, &credential, &why);
    if (status != STATUS_OK && status != STATUS_NO_CREDENTIAL) {
        cli_fail(job, &why);
        return;
    }
    interruptible(job);
    // With one credential a sandbox, one that somebody else made can be replaced too: it needs no id. The
    // service says no where the server wants one.
    service_regenerate(job->service, job->sandbox_id, credential != NULL ? credential->id : NULL, on_made,
                       job);
}
