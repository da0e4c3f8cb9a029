// SPDX-License-Identifier: Apache-2.0
//
// verb_access_needs_renewal: `access needs-renewal`: the question that a script asks before it relies on a
// credential. "No" is said only after the server has said that it is valid: somebody else may have replaced
// or deleted it since.

#include "api/base/time_util.h"
#include "api/fleet/deadline.h"
#include "views/cli/cli_json.h"
#include "views/cli/cli_target.h"
#include "views/cli/verbs.h"
#include "views/output/json_output.h"

#include <stdio.h>

enum { NEEDS_RENEWAL = 0, NEEDS_NONE = 1 };

// What speaks for a new one; NULL: nothing does.
static const char *reason_for(const struct credential *credential, int64_t now)
{
    if (credential == NULL)
        return "there is none";
    switch (credential_state(credential, now)) {
    case CREDENTIAL_expired:
        return "it has expired";
    case CREDENTIAL_invalid:
        return "it is not valid";
    case CREDENTIAL_revoked:
        return "it was deleted or replaced";
    case CREDENTIAL_unknown:
        return "a response was lost; the outcome is unknown";
    default:
        break;
    }
    if (credential->sealed_elsewhere || !credential->has_password)
        return "its password is not known here";
    if (credential_is_past_end(credential, now))
        return "its expiry has passed, though the server says that it is valid";
    if (credential_is_near_end(credential, now))
        return life_limits_are_default() ? "a third of its lifetime or less is left"
                                         : "it is expiring by the settings";
    return NULL;
}

// That the sandbox times out before the credential ends is said and changes no answer: no new credential
// helps against it. Returns out.
static char *sandbox_first(const struct cli_job *job, const struct credential *credential, char *out,
                           size_t cap)
{
    char left[TIME_SPAN_CAP];
    int64_t now = service_now(job->service);
    const struct fleet_row *row = cli_target_row(job);
    const struct deadline end =
        row != NULL ? deadline_of(row, credential, now, NULL) : (struct deadline){.clock = DEADLINE_NONE};
    out[0] = '\0';
    if (end.clock == DEADLINE_SANDBOX)
        (void)snprintf(out, cap, "; the sandbox times out first, in %s",
                       time_format_span(end.at - now, left));
    return out;
}

static void print_json(struct cli_job *job, const struct credential *credential, const char *reason)
{
    int64_t now = service_now(job->service);
    cJSON *tree = cJSON_CreateObject();
    (void)cJSON_AddStringToObject(tree, "sandbox_id", job->sandbox_id);
    json_output_add_text(tree, "id", credential != NULL ? credential->id : NULL);
    (void)cJSON_AddStringToObject(tree, "state", credential_state_name(credential_state(credential, now)));
    (void)cJSON_AddBoolToObject(tree, "needs_renewal", reason != NULL);
    json_output_add_text(tree, "reason", reason);
    if (credential != NULL)
        cli_json_add_end(tree, credential, now);
    const struct fleet_row *row = cli_target_row(job);
    cli_json_add_timeout(tree, row != NULL ? deadline_timeout(row) : 0, now);
    (void)json_output_print(stdout, tree, false);
}

static void tell(struct cli_job *job, const struct credential *credential)
{
    int64_t now = service_now(job->service);
    const char *reason = reason_for(credential, now);
    char left[TIME_SPAN_CAP], first[64];
    if (job->arguments.json)
        print_json(job, credential, reason);
    else if (reason != NULL)
        (void)printf("%s needs renewal: %s\n", job->sandbox_id, reason);
    else if (credential->expires_at > 0)
        (void)printf("%s needs no renewal: %s has %s left%s\n", job->sandbox_id, credential->id,
                     time_format_span(credential_remaining(credential, now), left),
                     sandbox_first(job, credential, first, sizeof first));
    else
        (void)printf("%s needs no renewal: %s is valid, its expiry is not known%s\n", job->sandbox_id,
                     credential->id, sandbox_first(job, credential, first, sizeof first));
    cli_finish(job, reason != NULL ? NEEDS_RENEWAL : NEEDS_NONE);
}

static void on_validated(void *ctx, const struct failure *why, const struct credential *credential)
{
    struct cli_job *job = ctx;
    if (!cli_failed(job, why))
        tell(job, credential);
}

void verb_access_needs_renewal(struct cli_job *job)
{
    const struct credential *credential = NULL;
    struct failure why = {.status = STATUS_OK};
    const struct fleet_row *row = cli_target_row(job);
    enum status status = row != NULL && row->sandbox.state == SANDBOX_deleted
                             ? cli_target_deleted(job->sandbox_id, &why)
                             : cli_target_credential(job, false, &credential, &why);
    if (status == STATUS_NO_CREDENTIAL && job->arguments.id == NULL)
        tell(job, NULL);
    else if (status != STATUS_OK)
        cli_fail(job, &why);
    else if (reason_for(credential, service_now(job->service)) == NULL)
        service_validate(job->service, job->sandbox_id, credential->id, on_validated, job);
    else
        tell(job, credential);
}
