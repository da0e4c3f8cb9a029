// SPDX-License-Identifier: Apache-2.0
//
// cli_new_sandbox: read what a new sandbox gets from the options and this environment, and ask for it once.

#include "views/cli/cli_new_sandbox.h"

#include "api/base/utf8.h"

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

void cli_new_sandbox(struct cli_job *job, service_sandbox_cb *made)
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
        service_sandbox_create(job->service, &wanted, made, job);
    } else {
        cli_fail(job, &why);
    }
    while (count > 0)
        free(env[--count]);
}
