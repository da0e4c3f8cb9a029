// SPDX-License-Identifier: Apache-2.0
//
// verb_vault_rekey: `vault rekey`: seal everything anew when the API key was replaced.

#include "views/cli/cli_ask.h"
#include "views/cli/cli_message.h"
#include "views/cli/cli_result.h"
#include "views/cli/verbs.h"

#include <stdio.h>

static void on_rekeyed(void *ctx, const struct failure *why, const struct vault_rekeyed *counts)
{
    struct cli_job *job = ctx;
    int code = 0;
    if (cli_failed(job, why))
        return;
    if (counts->damaged > 0) {
        struct failure damaged;
        (void)advise(&damaged,
                     fail(&damaged, STATUS_STORE_FAILED, "%zu can't be opened with the key that sealed them",
                          counts->damaged),
                     "sbxdeck ls names them");
        cli_complain(job->verb->name, &damaged);
        code = 1;
    }
    if (job->arguments.json) {
        cJSON *tree = cJSON_CreateObject();
        (void)cJSON_AddNumberToObject(tree, "rekeyed", (double)counts->done);
        (void)cJSON_AddNumberToObject(tree, "already", (double)counts->already);
        (void)cJSON_AddNumberToObject(tree, "sealed_with_another_key", (double)counts->others);
        (void)cJSON_AddNumberToObject(tree, "damaged", (double)counts->damaged);
        cli_result_json(job, tree, code);
        return;
    }
    (void)printf("%zu sealed with the new key, %zu already were\n", counts->done, counts->already);
    if (counts->others > 0)
        (void)printf("%zu are sealed with a third key and were not changed\n", counts->others);
    cli_finish(job, code);
}

void verb_vault_rekey(struct cli_job *job)
{
    struct secret *old = NULL;
    struct failure why = {.status = STATUS_OK};
    if (config_take_old_key(&old, &why) != STATUS_OK && !cli_ask_secret("The old API key", &old)) {
        cli_fail(job, &why);
        return;
    }
    service_rekey(job->service, old, on_rekeyed, job);
    secret_free(old);
}
