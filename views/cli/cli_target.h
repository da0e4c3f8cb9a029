// SPDX-License-Identifier: Apache-2.0
//
// cli_target: find the sandbox and the credential that a verb is about.

#ifndef SBXDECK_VIEWS_CLI_CLI_TARGET_H
#define SBXDECK_VIEWS_CLI_CLI_TARGET_H

#include "views/cli/cli_job.h"

// The sandbox's row in the fleet, NULL when it has gone meanwhile.
const struct fleet_row *cli_target_row(const struct cli_job *job);
// NOT_FOUND: that sandbox is deleted, while a credential of it is known here.
enum status cli_target_deleted(const char *sandbox_id, struct failure *why);
// The credential meant by --id, or the only or best one; NOT_FOUND, NO_CREDENTIAL, or BAD_ARGUMENT when
// several could be meant and exact is asked for.
enum status cli_target_credential(const struct cli_job *job, bool exact, const struct credential **out,
                                  struct failure *why);

// Of a verb that has asked for all sandboxes, or has changed what they are called or which there are: keeps
// the names where a shell's completion finds them. gone: the sandbox that it has deleted; "" none.
void cli_target_keep_names(const struct cli_job *job);
void cli_target_keep_names_without(const struct cli_job *job, const char *gone);

#endif
