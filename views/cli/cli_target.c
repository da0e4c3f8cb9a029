// SPDX-License-Identifier: Apache-2.0
//
// cli_target: find the sandbox and the credential that a verb is about.

#include "views/cli/cli_target.h"

#include "api/service/credential_choice.h"

const struct fleet_row *cli_target_row(const struct cli_job *job)
{
    return fleet_find(service_fleet(job->service), job->sandbox_id);
}

enum status cli_target_deleted(const char *sandbox_id, struct failure *why)
{
    return advise(why, fail(why, STATUS_NOT_FOUND, "%s is deleted", sandbox_id),
                  "sbxdeck access forget %s drops its credential here", sandbox_id);
}

enum status cli_target_credential(const struct cli_job *job, bool exact, const struct credential **out,
                                  struct failure *why)
{
    return credential_choice_known(job->service, job->sandbox_id, job->arguments.id, exact, out, why);
}
