// SPDX-License-Identifier: Apache-2.0
//
// ssh_picker: Let the operator choose a sandbox on the terminal, by typing.

#ifndef SBXDECK_VIEWS_CLI_SSH_PICKER_H
#define SBXDECK_VIEWS_CLI_SSH_PICKER_H

#include "views/cli/cli_job.h"

// Takes the terminal on stdin and stdout, on its alternate screen, and gives it back as it was before it
// calls `picked`, with the sandbox's id in job->sandbox_id. The verb has failed with 130 where the operator
// leaves, with 128 + the signal where one ends it.
void ssh_picker_open(struct cli_job *job, void (*picked)(struct cli_job *job));

#endif
