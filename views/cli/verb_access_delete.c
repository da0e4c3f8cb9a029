// SPDX-License-Identifier: Apache-2.0
//
// verb_access_delete: `access delete` and `access forget`: delete a credential on the server, or only here.

#include "views/cli/cli_result.h"
#include "views/cli/cli_target.h"
#include "views/cli/verbs.h"

#include <stdio.h>

struct removal {
    char id[ID_CAP];
    const char *member; // of the JSON, that says so
    const char *text;
};

static void on_removed(void *ctx, const struct failure *why)
{
    struct cli_job *job = ctx;
    const struct removal *removal = job->state;
    if (cli_failed(job, why))
        return;
    if (job->arguments.json) {
        cJSON *tree = cJSON_CreateObject();
        (void)cJSON_AddStringToObject(tree, "sandbox_id", job->sandbox_id);
        (void)cJSON_AddStringToObject(tree, "id", removal->id);
        (void)cJSON_AddBoolToObject(tree, removal->member, true);
        cli_result_json(job, tree, 0);
        return;
    }
    (void)printf("%s of %s: %s\n", removal->id[0] != '\0' ? removal->id : "the unknown one", job->sandbox_id,
                 removal->text);
    cli_finish(job, 0);
}

// The one that is meant. NULL: the verb has failed.
static const struct credential *begin(struct cli_job *job, const char *member, const char *text)
{
    const struct credential *credential = NULL;
    struct failure why = {.status = STATUS_OK};
    struct removal *removal = cli_job_state(job, sizeof *removal);
    if (removal == NULL)
        return NULL;
    if (cli_target_credential(job, true, &credential, &why) != STATUS_OK) {
        cli_fail(job, &why);
        return NULL;
    }
    (void)snprintf(removal->id, sizeof removal->id, "%s", credential->id);
    removal->member = member;
    removal->text = text;
    return credential;
}

void verb_access_delete(struct cli_job *job)
{
    const struct credential *credential = begin(job, "deleted", "deleted");
    if (credential != NULL)
        service_delete(job->service, job->sandbox_id, credential->id, on_removed, job);
}

void verb_access_forget(struct cli_job *job)
{
    const struct credential *credential =
        begin(job, "forgotten", "removed from this machine; the server was not told");
    if (credential != NULL)
        service_forget(job->service, credential->vault_row, on_removed, job);
}
