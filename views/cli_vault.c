// SPDX-License-Identifier: Apache-2.0
//
// cli_vault: the verbs on what is kept here alone: dropping a credential without telling the server, and
// sealing everything anew when the API key was replaced.

#include "views/cli.h"
#include "views/cli_json.h"

#include <stdio.h>

// --- forget ---------------------------------------------------------------------------------

static void on_forgotten(void *ctx, const struct failure *why)
{
    struct cli_job *job = ctx;
    if (why->status != STATUS_OK) {
        cli_fail(job, job->verb->name, why);
        return;
    }
    if (job->arguments.json) {
        cJSON *tree = cJSON_CreateObject();
        (void)cJSON_AddStringToObject(tree, "sandbox_id", job->sandbox_id);
        (void)cJSON_AddStringToObject(tree, "id", job->arguments.id);
        (void)cJSON_AddBoolToObject(tree, "forgotten", true);
        (void)cli_json_print(tree);
    } else {
        (void)printf("%s of %s: dropped here, the server was not told\n",
                     job->arguments.id[0] != '\0' ? job->arguments.id : "the unknown one", job->sandbox_id);
    }
    cli_finish(job, 0);
}

void cli_access_forget(struct cli_job *job)
{
    static char id[ID_CAP];
    const struct credential *credential = NULL;
    struct failure why = {.status = STATUS_OK};
    if (cli_credential(job, true, &credential, &why) != STATUS_OK) {
        cli_fail(job, job->verb->name, &why);
        return;
    }
    (void)snprintf(id, sizeof id, "%s", credential->id);
    job->arguments.id = id;
    keeper_forget(job->keeper, credential->vault_row, on_forgotten, job);
}

// --- rekey ----------------------------------------------------------------------------------

static void on_rekeyed(void *ctx, const struct failure *why, const struct vault_rekeyed *counts)
{
    struct cli_job *job = ctx;
    if (why->status != STATUS_OK) {
        cli_fail(job, job->verb->name, why);
        return;
    }
    if (job->arguments.json) {
        cJSON *tree = cJSON_CreateObject();
        (void)cJSON_AddNumberToObject(tree, "rekeyed", (double)counts->done);
        (void)cJSON_AddNumberToObject(tree, "already", (double)counts->already);
        (void)cJSON_AddNumberToObject(tree, "sealed_with_another_key", (double)counts->others);
        (void)cli_json_print(tree);
    } else {
        (void)printf("%zu sealed with the new key, %zu were before\n", counts->done, counts->already);
        if (counts->others > 0)
            (void)printf("%zu are sealed with yet another key and stay as they are\n", counts->others);
    }
    cli_finish(job, 0);
}

void cli_vault_rekey(struct cli_job *job)
{
    struct secret *old = NULL;
    struct failure why = {.status = STATUS_OK};
    if (config_take_old_key(&old, &why) != STATUS_OK && !cli_ask_secret("The API key before", &old)) {
        cli_fail(job, job->verb->name, &why);
        return;
    }
    keeper_rekey(job->keeper, old, on_rekeyed, job);
    secret_free(old);
}
