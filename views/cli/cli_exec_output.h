// SPDX-License-Identifier: Apache-2.0
//
// cli_exec_output: print what a command wrote in many sandboxes: equal outputs once, under the names of
// theirs.

#ifndef SBXDECK_VIEWS_CLI_CLI_EXEC_OUTPUT_H
#define SBXDECK_VIEWS_CLI_CLI_EXEC_OUTPUT_H

#include "views/bulk/bulk.h"
#include "views/exec/exec.h"

// Each group's stdout on stdout under a line `sbx-a sbx-b (2): exit 1`, its stderr on stderr under another,
// and what kept a command from running on stderr. A terminal gets both as display() shows them; anything else
// the bytes themselves. items: the sandboxes, by the same indices. One with a name in
// fleet stands there as `sbx-a(web)`.
void cli_exec_output_print(const struct exec *exec, const struct bulk *items,
                           const struct exec_groups *groups, const struct fleet *fleet);

#endif
