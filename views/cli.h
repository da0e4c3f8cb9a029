// SPDX-License-Identifier: Apache-2.0
//
// cli: the same verbs without a screen. One table; --help, the README and the man page are made from it.

#ifndef SBXDECK_VIEWS_CLI_H
#define SBXDECK_VIEWS_CLI_H

// Runs the verb in argv (argv[1] is there). Output to stdout, errors to stderr as `sbxdeck: what: why (what
// to do)`. Returns the exit code: see status.h's table; 2 for a usage error.
int cli_run(int argc, char **argv);

#endif
