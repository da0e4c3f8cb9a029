// SPDX-License-Identifier: Apache-2.0
//
// cli: read the command line, answer it or run its verb; the console and the demo are left to the caller.

#ifndef SBXDECK_VIEWS_CLI_CLI_H
#define SBXDECK_VIEWS_CLI_CLI_H

#include <stdbool.h>

// What is left to do for the caller of cli_run.
enum cli_next { CLI_DONE, CLI_CONSOLE, CLI_DEMO };

struct cli_request {
    enum cli_next next;
    int exit_code; // DONE: api/base/status.h's table; 2 for a usage error
    bool wall;     // CONSOLE, DEMO: for a big screen, read-only
    bool json;     // DEMO: no console, but a line of JSON
};

// Results go to stdout, errors to stderr as `sbxdeck: what: why (what to do)`. Call cli_stdout_end before the
// process ends.
struct cli_request cli_run(int argc, char **argv);

#endif
