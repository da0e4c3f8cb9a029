// SPDX-License-Identifier: Apache-2.0
//
// cli_result: print what a verb has found, and finish.

#ifndef SBXDECK_VIEWS_CLI_CLI_RESULT_H
#define SBXDECK_VIEWS_CLI_CLI_RESULT_H

#include "views/cli/cli_job.h"

#include <cjson/cJSON.h>

// Prints and frees the tree, and finishes with that code; out of memory, the verb has failed.
void cli_result_json(struct cli_job *job, cJSON *tree, int exit_code);
// A line with a password that was asked for, after a label. What a terminal must not get of it is replaced,
// which is then said on stderr.
void cli_result_password(const struct cli_job *job, const char *label, const char *password);

#endif
