// SPDX-License-Identifier: Apache-2.0
//
// verb_sandbox_create: `sandbox create`. It is sent once: when its response is lost, that is said and nothing
// is sent again.

#include "tui/base/text.h"
#include "views/cli/cli_json.h"
#include "views/cli/cli_new_sandbox.h"
#include "views/cli/cli_result.h"
#include "views/cli/cli_target.h"
#include "views/cli/verbs.h"

#include <stdio.h>
#include <string.h>

static void print_line(const char *name, const char *value)
{
    char shown[4 * TEMPLATE_CAP];
    if (value[0] != '\0')
        (void)printf("%-9s %s\n", name, display(value, strlen(value), shown, sizeof shown));
}

static void on_made(void *ctx, const struct failure *why, const struct sandbox *sandbox)
{
    struct cli_job *job = ctx;
    if (cli_failed(job, why))
        return;
    cli_target_keep_names(job);
    if (job->arguments.json) {
        cli_result_json(job, cli_json_new_sandbox(sandbox), 0);
        return;
    }
    print_line("sandbox", sandbox->id);
    print_line("state", sandbox_state_text(sandbox));
    print_line("template", sandbox->template_id);
    (void)printf("%-9s sbxdeck ssh %s\n", "shell", sandbox->id);
    cli_finish(job, 0);
}

void verb_sandbox_create(struct cli_job *job)
{
    cli_new_sandbox(job, on_made);
}
