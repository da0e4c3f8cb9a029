// SPDX-License-Identifier: Apache-2.0
//
// verb_ssh_config: `ssh-config [SANDBOX]`: print the lines for ssh_config, for `ssh -F FILE`. Without SANDBOX
// neither the API nor its key is needed.

#include "views/cli/cli_job.h"
#include "views/cli/cli_message.h"
#include "views/cli/cli_ssh_block.h"
#include "views/cli/cli_stdout.h"
#include "views/cli/verbs.h"

#include <stdio.h>

static enum status print_block(const struct config *config, const char *sandbox_id, const char *name,
                               struct failure *why)
{
    struct cli_ssh_block gathered;
    struct bytebuf text = BYTEBUF(SSH_BLOCK_MAX);
    enum status status = cli_ssh_block_gather(config, &gathered, why);
    gathered.block.sandbox = sandbox_id;
    gathered.block.profile = config->profile;
    gathered.block.name = name;
    if (status == STATUS_OK)
        status = ssh_block_write(&gathered.block, &text, why);
    if (status == STATUS_OK)
        status = local_keys_make(config->base_folder, NULL, why);
    if (status == STATUS_OK)
        (void)fputs(bytebuf_text(&text), stdout);
    bytebuf_free(&text);
    return status;
}

static void start_one(struct cli_job *job)
{
    struct failure why = {.status = STATUS_OK};
    const struct sandbox_label *label = fleet_label(service_fleet(job->service), job->sandbox_id);
    if (print_block(&job->config, job->sandbox_id, label != NULL ? label->name : NULL, &why) == STATUS_OK)
        cli_finish(job, 0);
    else
        cli_fail(job, &why);
}

int verb_ssh_config(const struct cli_arguments *arguments)
{
    // As in the table of verbs, but with a job.
    static const struct cli_verb of_one = {.name = "ssh-config",
                                           .arguments = "SANDBOX",
                                           .least = 1,
                                           .most = 1,
                                           .traits = VERB_NO_VAULT,
                                           .help = "",
                                           .start = start_one};
    struct config config;
    struct failure why = {.status = STATUS_OK};
    if (arguments->value_count > 0)
        return cli_job_run(&of_one, arguments);
    if (config_load(&config, &why) != STATUS_OK) {
        cli_complain("settings", &why);
        return status_exit_code(STATUS_BAD_ARGUMENT);
    }
    if (print_block(&config, NULL, NULL, &why) != STATUS_OK) {
        cli_complain(of_one.name, &why);
        return status_exit_code(why.status);
    }
    return cli_stdout_failed() ? 1 : 0;
}
