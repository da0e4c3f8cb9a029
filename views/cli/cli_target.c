// SPDX-License-Identifier: Apache-2.0
//
// cli_target: find the sandbox and the credential that a verb is about.

#include "views/cli/cli_target.h"

#include <stdio.h>
#include <string.h>

const struct fleet_row *cli_target_row(const struct cli_job *job)
{
    return fleet_find(service_fleet(job->service), job->sandbox_id);
}

enum status cli_target_deleted(const char *sandbox_id, struct failure *why)
{
    return advise(why, fail(why, STATUS_NOT_FOUND, "%s is deleted", sandbox_id),
                  "sbxdeck access forget %s drops its credential here", sandbox_id);
}

static enum status several(const struct fleet_row *row, struct failure *why)
{
    char ids[256] = "";
    for (size_t i = 0; i < row->credential_count; i++) {
        size_t used = strlen(ids);
        const char *id = row->credentials[i].id;
        (void)snprintf(ids + used, sizeof ids - used, "%s%s", used > 0 ? ", " : "",
                       id[0] != '\0' ? id : "unknown");
    }
    return advise(why,
                  fail(why, STATUS_BAD_ARGUMENT, "%s has %zu credentials here: %s", row->sandbox.id,
                       row->credential_count, ids),
                  "choose one by --id");
}

enum status cli_target_credential_of(const struct credential_service *service, const char *sandbox_id,
                                     const char *id, bool exact, const struct credential **out,
                                     struct failure *why)
{
    const struct fleet_row *row = fleet_find(service_fleet(service), sandbox_id);
    if (row == NULL)
        return fail(why, STATUS_NOT_FOUND, "%s no longer exists", sandbox_id);
    if (id != NULL) {
        for (size_t i = 0; i < row->credential_count; i++) {
            if (strcmp(row->credentials[i].id, id) == 0) {
                *out = &row->credentials[i];
                return STATUS_OK;
            }
        }
        return advise(
            why, fail(why, STATUS_NOT_FOUND, "no credential %s of %s is known here", id, row->sandbox.id),
            "sbxdeck access ls %s", row->sandbox.id);
    }
    if (row->credential_count == 0)
        return advise(why,
                      fail(why, STATUS_NO_CREDENTIAL, "no credential of %s is known here", row->sandbox.id),
                      "create one: sbxdeck access create %s", row->sandbox.id);
    if (exact && row->credential_count > 1)
        return several(row, why);
    *out = fleet_row_best(row, service_now(service));
    return STATUS_OK;
}

enum status cli_target_credential(const struct cli_job *job, bool exact, const struct credential **out,
                                  struct failure *why)
{
    return cli_target_credential_of(job->service, job->sandbox_id, job->arguments.id, exact, out, why);
}
