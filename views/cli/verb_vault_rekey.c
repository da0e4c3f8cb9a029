// SPDX-License-Identifier: Apache-2.0
//
// cli_vault: the verbs on what is kept here alone: dropping a credential without telling the server, and
// sealing everything anew when the API key was replaced.

#include "views/cli/cli.h"
#include "views/output/json_output.h"

#include <stdio.h>

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
        (void)cJSON_AddNumberToObject(tree, "damaged", (double)counts->damaged);
        (void)json_output_print(stdout, tree, true);
    } else {
        (void)printf("%zu sealed with the new key, %zu already were\n", counts->done, counts->already);
        if (counts->others > 0)
            (void)printf("%zu are sealed with a third key and were not changed\n", counts->others);
    }
    if (counts->damaged > 0) {
        struct failure damaged;
        (void)advise(&damaged,
                     fail(&damaged, STATUS_STORE_FAILED, "%zu can't be opened with the key that sealed them",
                          counts->damaged),
                     "sbxdeck ls names them");
        cli_complain(job->verb->name, &damaged);
    }
    cli_finish(job, counts->damaged > 0 ? 1 : 0);
}

void cli_vault_rekey(struct cli_job *job)
{
    struct secret *old = NULL;
    struct failure why = {.status = STATUS_OK};
    if (config_take_old_key(&old, &why) != STATUS_OK && !cli_ask_secret("The old API key", &old)) {
        cli_fail(job, job->verb->name, &why);
        return;
    }
    service_rekey(job->service, old, on_rekeyed, job);
    secret_free(old);
}
