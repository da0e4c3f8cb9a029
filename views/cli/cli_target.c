// SPDX-License-Identifier: Apache-2.0
//
// cli_target: find the sandbox and the credential that a verb is about.

#include "views/cli/cli_target.h"

#include "api/fleet/completion_cache.h"
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

void cli_target_keep_names_without(const struct cli_job *job, const char *gone)
{
    const struct fleet *fleet = service_fleet(job->service);
    struct bytebuf text = BYTEBUF(COMPLETION_CACHE_MAX);
    char path[PATH_CAP + 16];
    // Without the vault no name is known, but what the file has still counts.
    bool fits = !job->without_vault && completion_cache_path(job->config.state_folder, path, sizeof path);
    enum status status = !fits ? STATUS_TOO_LARGE
                         : gone[0] == '\0' && fleet_is_complete(fleet)
                             ? completion_cache_compose(fleet, job->config.base_url, &text)
                             : completion_cache_renew(fleet, job->config.base_url, path, gone, &text);
    if (status == STATUS_OK)
        completion_cache_save(job->loop, path, &text);
    else
        bytebuf_free(&text);
}

void cli_target_keep_names(const struct cli_job *job)
{
    cli_target_keep_names_without(job, "");
}
