// SPDX-License-Identifier: Apache-2.0
//
// cli_result: print what a verb has found, and finish.

#include "views/cli/cli_result.h"

#include "tui/base/text.h"
#include "views/cli/cli_message.h"
#include "views/output/json_output.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

enum { SHOWN_PASSWORD_CAP = 4 * 1024 + 1 }; // a password is at most 1 KB

void cli_result_json(struct cli_job *job, cJSON *tree, int exit_code)
{
    const struct failure why = {.status = STATUS_NO_MEMORY};
    if (json_output_print(stdout, tree, true))
        cli_finish(job, exit_code);
    else
        cli_fail(job, &why);
}

void cli_result_password(const struct cli_job *job, const char *label, const char *password)
{
    char shown[SHOWN_PASSWORD_CAP];
    (void)display(password, strlen(password), shown, sizeof shown);
    (void)printf("%s %s\n", label, shown);
    if (strcmp(shown, password) != 0)
        cli_say("%s: the password has characters that are not shown; --json has them all", job->verb->name);
    sodium_memzero(shown, sizeof shown);
}
