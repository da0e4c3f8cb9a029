// SPDX-License-Identifier: Apache-2.0
//
// verb_access_validate: `access validate`: ask the server whether a credential is valid.

#include "views/cli/cli_result.h"
#include "views/cli/cli_target.h"
#include "views/cli/verbs.h"

#include <stdio.h>

static void on_validated(void *ctx, const struct failure *why, const struct credential *credential)
{
    struct cli_job *job = ctx;
    if (cli_failed(job, why))
        return;
    bool valid = credential->verdict == VERDICT_VALID;
    const char *state = credential_state_name(credential_state(credential, service_now(job->service)));
    int code = valid ? 0 : status_exit_code(STATUS_NOT_VALID);
    if (!job->arguments.json) {
        (void)printf("%s of %s: %s\n", credential->id, credential->sandbox_id, state);
        cli_finish(job, code);
        return;
    }
    cJSON *tree = cJSON_CreateObject();
    (void)cJSON_AddBoolToObject(tree, "valid", valid);
    (void)cJSON_AddStringToObject(tree, "sandbox_id", credential->sandbox_id);
    (void)cJSON_AddStringToObject(tree, "id", credential->id);
    (void)cJSON_AddStringToObject(tree, "state", state);
    cli_result_json(job, tree, code);
}

void verb_validate_one(struct cli_job *job, const struct credential *credential)
{
    service_validate(job->service, credential->sandbox_id, credential->id, on_validated, job);
}

void verb_access_validate(struct cli_job *job)
{
    const struct credential *credential = NULL;
    struct failure why = {.status = STATUS_OK};
    if (cli_target_credential(job, false, &credential, &why) != STATUS_OK)
        cli_fail(job, &why);
    else
        verb_validate_one(job, credential);
}
