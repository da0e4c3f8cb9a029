// SPDX-License-Identifier: Apache-2.0
//
// cli_new_sandbox: read what a new sandbox gets from the options and this environment, and ask for it once.

#include "views/cli/cli_new_sandbox.h"

#include "api/base/utf8.h"
#include "views/cli/cli_message.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool is_utf8(const char *text)
{
    while (*text != '\0' && utf8_length(text) > 0)
        text += utf8_length(text);
    return *text == '\0';
}

// NAME=VALUE of an --env; NULL: why says what is wrong with it. The caller's to free.
static char *env_pair(const char *given, struct failure *why)
{
    char *pair = NULL;
    bool whole = strchr(given, '=') != NULL;
    const char *here = whole ? "" : getenv(given);
    int length = (int)strcspn(given, "=");
    if (here == NULL)
        (void)advise(why, fail(why, STATUS_BAD_ARGUMENT, "--env: %s is not set here", given),
                     "set it, or give %.100s=VALUE", given);
    else if (!is_utf8(given) || !is_utf8(here))
        (void)advise(why,
                     fail(why, STATUS_BAD_ARGUMENT, "--env: the value of %.*s is not UTF-8", length, given),
                     "the API accepts only text: encode it");
    else if (asprintf(&pair, "%s%s%s", given, whole ? "" : "=", here) < 0)
        (void)fail(why, STATUS_NO_MEMORY, "no memory for --env");
    else
        return pair;
    return NULL;
}

static void send_new(struct cli_job *job, service_sandbox_cb *made, void *ctx)
{
    const struct cli_arguments *arguments = &job->arguments;
    char *env[CLI_ENV_MAX + 1] = {NULL};
    struct failure why;
    int count = 0;
    while (count < arguments->env_count && (env[count] = env_pair(arguments->env[count], &why)) != NULL)
        count++;
    const struct leap0_new_sandbox wanted = {.template_name = arguments->template_name,
                                             .vcpu = arguments->vcpu,
                                             .memory_mib = arguments->memory_mib,
                                             .timeout_s = arguments->timeout_s,
                                             .auto_pause = arguments->auto_pause,
                                             .env = (const char *const *)env};
    if (count == arguments->env_count) {
        cli_interruptible(
            job, "it is not known whether a sandbox was made (check with sbxdeck ls before you try again)");
        service_sandbox_create(job->service, &wanted, made, ctx);
    } else {
        cli_fail(job, &why);
    }
    while (count > 0)
        free(env[--count]);
}

// --- one with a name ----------------------------------------------------------------------

struct named {
    struct cli_job *job;
    service_sandbox_cb *made;
    struct sandbox sandbox;
};

static void on_named(void *ctx, const struct failure *why, const struct sandbox_label *before,
                     const struct sandbox_label *after)
{
    const struct failure fine = {.status = STATUS_OK};
    struct named *named = ctx;
    (void)before;
    (void)after;
    if (!named->job->finished && why->status != STATUS_OK) {
        struct failure told;
        (void)advise(&told,
                     fail(&told, why->status, "%s was made, but has no name: %s", named->sandbox.id,
                          failure_text(why)),
                     "sbxdeck name %s gives it one", named->sandbox.id);
        cli_complain(named->job->verb->name, &told);
    }
    named->made(named->job, &fine, &named->sandbox);
}

static void on_made(void *ctx, const struct failure *why, const struct sandbox *sandbox)
{
    struct named *named = ctx;
    struct label_change change = {.sets_name = true};
    if (why->status != STATUS_OK) {
        named->made(named->job, why, NULL);
        return;
    }
    named->sandbox = *sandbox;
    (void)snprintf(change.to.name, sizeof change.to.name, "%s", named->job->arguments.name);
    service_change_label(named->job->service, sandbox->id, &change, on_named, named);
}

// Before anything is sent: a name that is another's is not found out by a sandbox that is there and costs.
static void on_read(void *ctx, const struct failure *why)
{
    struct named *named = ctx;
    struct cli_job *job = named->job;
    struct failure mine;
    if (cli_failed(job, why))
        return;
    if (service_check_new_name(job->service, job->arguments.name, &mine) != STATUS_OK)
        cli_fail(job, &mine);
    else
        send_new(job, on_made, named);
}

void cli_new_sandbox(struct cli_job *job, service_sandbox_cb *made)
{
    if (job->arguments.name == NULL) {
        send_new(job, made, job);
        return;
    }
    struct named *named = cli_job_alloc(job, sizeof *named);
    if (named == NULL)
        return;
    named->job = job;
    named->made = made;
    service_read(job->service, on_read, named);
}
