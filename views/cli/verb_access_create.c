// SPDX-License-Identifier: Apache-2.0
//
// cli_access: the verbs on credentials. Each makes one call of the service and prints
// what came of it; a password is fetched from the vault only when it is to be printed.

#include "tui/base/text.h"
#include "views/cli/cli.h"
#include "views/cli/cli_json.h"
#include "views/labels/state_labels.h"
#include "views/output/json_output.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void out_of_memory(struct cli_job *job)
{
    struct failure why = {.status = STATUS_NO_MEMORY};
    cli_fail(job, job->verb->name, &why);
}

static void print_tree(struct cli_job *job, cJSON *tree, int exit_code)
{
    if (json_output_print(stdout, tree, true))
        cli_finish(job, exit_code);
    else
        out_of_memory(job);
}

// --- create and regen: the access object ---

struct shown_access {
    struct cli_job *job;
    struct credential credential;
    int exit_code;
};

enum { SHOWN_PASSWORD_CAP = 4 * 1024 + 1 }; // a password is at most 1 KB

void cli_print_password(const struct cli_job *job, const char *label, const char *password)
{
    char shown[SHOWN_PASSWORD_CAP];
    (void)display(password, strlen(password), shown, sizeof shown);
    (void)printf("%s %s\n", label, shown);
    if (strcmp(shown, password) != 0)
        (void)fprintf(stderr,
                      "sbxdeck: %s: the password has characters that are not shown; --json has them all\n",
                      job->verb->name);
    sodium_memzero(shown, sizeof shown);
}

static void print_access(struct cli_job *job, const struct credential *credential, const char *password,
                         int exit_code)
{
    char left[16];
    char text[COMMAND_CAP + 64];
    struct ssh_target target;
    // As it works here, made from what was understood: what the server wrote may be no command at all.
    const char *command = service_target(job->service, credential, &target, NULL) == STATUS_OK
                              ? state_label_ssh_command(&target, text, sizeof text)
                              : NULL;
    cli_tell_odd(job, &credential->odd);
    if (job->arguments.json) {
        print_tree(job, cli_json_access(credential, password, command), exit_code);
        return;
    }
    (void)printf("credential  %s\n", credential->id);
    (void)printf("sandbox     %s\n", credential->sandbox_id);
    if (credential->expires_at > 0)
        (void)printf("ends in     %s\n",
                     time_format_span(credential_remaining(credential, service_now(job->service)), left));
    else
        (void)printf("ends in     unknown: the server did not say when\n");
    (void)printf("command     %s\n", command != NULL ? command : "none");
    if (password != NULL)
        cli_print_password(job, "password   ", password);
    else
        (void)printf("password    kept in the vault (--show-password prints it; sbxdeck ssh %s uses it)\n",
                     credential->sandbox_id);
    cli_finish(job, exit_code);
}

static void access_password(void *ctx, const struct failure *why, struct secret *password)
{
    struct shown_access *shown = ctx;
    if (why->status != STATUS_OK)
        cli_fail(shown->job, shown->job->verb->name, why);
    else
        print_access(shown->job, &shown->credential, secret_text(password), shown->exit_code);
    secret_free(password);
    free(shown);
}

static void show_access(struct cli_job *job, const struct credential *credential, int exit_code)
{
    struct shown_access *shown = calloc(1, sizeof *shown);
    if (shown == NULL) {
        out_of_memory(job);
        return;
    }
    shown->job = job;
    shown->credential = *credential;
    shown->exit_code = exit_code;
    service_password(job->service, credential->vault_row, access_password, shown);
}

static const struct credential *only_in_memory(const struct cli_job *job)
{
    const struct fleet_row *row = cli_row(job);
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
    char line[8] = "";
    if (!show && isatty(STDIN_FILENO) != 0) {
        cli_complain(job->verb->name, why);
        (void)fprintf(stderr, "Its password is lost when this command ends. Show it now? [y/N] ");
        show = fgets(line, sizeof line, stdin) != NULL && (line[0] == 'y' || line[0] == 'Y');
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

static void access_made(void *ctx, const struct failure *why, const struct credential *credential)
{
    struct cli_job *job = ctx;
    const struct credential *unsaved = why->maybe_done ? only_in_memory(job) : NULL;
    if (job->finished) // by a signal, which has been said
        return;
    if (why->status == STATUS_OK && !job->arguments.memory_only)
        cli_output_made(job->sandbox_id);
    if (why->status != STATUS_OK && unsaved != NULL)
        not_kept(job, unsaved, why);
    else if (why->status != STATUS_OK)
        cli_fail(job, job->verb->name, why);
    else if (job->arguments.show_password)
        show_access(job, credential, 0);
    else
        print_access(job, credential, NULL, 0);
}

// What is in memory only ends with this run: somebody has to see it.
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
    cli_fail(job, job->verb->name, &why);
    return false;
}

static void interruptible(struct cli_job *job)
{
    char known[2 * ID_CAP + 160];
    (void)snprintf(
        known, sizeof known,
        "it is not known whether a credential was made (sbxdeck access ls %s shows what is known here)",
        job->sandbox_id);
    cli_interruptible(job, known);
}

void cli_access_create(struct cli_job *job)
{
    if (!memory_is_settled(job))
        return;
    interruptible(job);
    service_create(job->service, job->sandbox_id, access_made, job);
}

void cli_access_regen(struct cli_job *job)
{
    const struct credential *credential = NULL;
    struct failure why = {.status = STATUS_OK};
    if (!memory_is_settled(job))
        return;
    enum status status = cli_credential(job, true, &credential, &why);
    interruptible(job);
    // With one credential a sandbox, one that somebody else made can be replaced too: it needs no id. The
    // service says no where the server wants one.
    if (status == STATUS_NO_CREDENTIAL)
        service_regenerate(job->service, job->sandbox_id, NULL, access_made, job);
    else if (status != STATUS_OK)
        cli_fail(job, job->verb->name, &why);
    else
        service_regenerate(job->service, job->sandbox_id, credential->id, access_made, job);
}

// --- validate ---

void cli_validated(void *ctx, const struct failure *why, const struct credential *credential)
{
    struct cli_job *job = ctx;
    if (why->status != STATUS_OK) {
        cli_fail(job, job->verb->name, why);
        return;
    }
    bool valid = credential->verdict == VERDICT_VALID;
    enum credential_state state = credential_state(credential, service_now(job->service));
    int code = valid ? 0 : status_exit_code(STATUS_NOT_VALID);
    if (!job->arguments.json) {
        (void)printf("%s of %s: %s\n", credential->id, credential->sandbox_id, credential_state_name(state));
        cli_finish(job, code);
        return;
    }
    cJSON *tree = cJSON_CreateObject();
    (void)cJSON_AddBoolToObject(tree, "valid", valid);
    (void)cJSON_AddStringToObject(tree, "sandbox_id", credential->sandbox_id);
    (void)cJSON_AddStringToObject(tree, "id", credential->id);
    (void)cJSON_AddStringToObject(tree, "state", credential_state_name(state));
    print_tree(job, tree, code);
}

void cli_access_validate(struct cli_job *job)
{
    const struct credential *credential = NULL;
    struct failure why = {.status = STATUS_OK};
    if (cli_credential(job, false, &credential, &why) != STATUS_OK)
        cli_fail(job, job->verb->name, &why);
    else
        service_validate(job->service, job->sandbox_id, credential->id, cli_validated, job);
}

// --- delete and forget ---

// Tells that it is gone; word: the member of the JSON that says so.
static void tell_gone(struct cli_job *job, const struct failure *why, const char *word, const char *text)
{
    const char *id = job->arguments.id;
    if (why->status != STATUS_OK) {
        cli_fail(job, job->verb->name, why);
        return;
    }
    if (job->arguments.json) {
        cJSON *tree = cJSON_CreateObject();
        (void)cJSON_AddStringToObject(tree, "sandbox_id", job->sandbox_id);
        (void)cJSON_AddStringToObject(tree, "id", id);
        (void)cJSON_AddBoolToObject(tree, word, true);
        print_tree(job, tree, 0);
        return;
    }
    (void)printf("%s of %s: %s\n", id[0] != '\0' ? id : "the unknown one", job->sandbox_id, text);
    cli_finish(job, 0);
}

static void access_deleted(void *ctx, const struct failure *why)
{
    tell_gone(ctx, why, "deleted", "deleted");
}

static void access_forgotten(void *ctx, const struct failure *why)
{
    tell_gone(ctx, why, "forgotten", "removed from this machine; the server was not told");
}

// The one that is meant, whose id then stays in the arguments. NULL: the verb has failed.
static const struct credential *the_one(struct cli_job *job)
{
    static char id[ID_CAP];
    const struct credential *credential = NULL;
    struct failure why = {.status = STATUS_OK};
    if (cli_credential(job, true, &credential, &why) != STATUS_OK) {
        cli_fail(job, job->verb->name, &why);
        return NULL;
    }
    (void)snprintf(id, sizeof id, "%s", credential->id);
    job->arguments.id = id;
    return credential;
}

void cli_access_delete(struct cli_job *job)
{
    if (the_one(job) != NULL)
        service_delete(job->service, job->sandbox_id, job->arguments.id, access_deleted, job);
}

void cli_access_forget(struct cli_job *job)
{
    const struct credential *credential = the_one(job);
    if (credential != NULL)
        service_forget(job->service, credential->vault_row, access_forgotten, job);
}
