// SPDX-License-Identifier: Apache-2.0
//
// cli_new_sandbox: create the sandbox that the options describe, for `sandbox create` and `ssh --new`.

#ifndef SBXDECK_VIEWS_CLI_CLI_NEW_SANDBOX_H
#define SBXDECK_VIEWS_CLI_CLI_NEW_SANDBOX_H

#include "views/cli/cli_job.h"

// Sends it once. made gets the job; it is not called where the options are wrong: the verb has then failed.
// Ctrl-C meanwhile ends the verb and says that nobody knows.
void cli_new_sandbox(struct cli_job *job, service_sandbox_cb *made);

#endif
