// SPDX-License-Identifier: Apache-2.0
//
// cli_arguments: read the options and values of a verb from argv.

#ifndef SBXDECK_VIEWS_CLI_CLI_ARGUMENTS_H
#define SBXDECK_VIEWS_CLI_CLI_ARGUMENTS_H

#include "views/cli/cli_verb.h"

// argv[0] is the verb's last word. Returns 0, or the exit code of a usage error that has been printed; what
// was read points into argv.
int cli_read_arguments(const struct cli_verb *verb, int argc, char **argv, struct cli_arguments *arguments);

#endif
