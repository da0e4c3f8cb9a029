// SPDX-License-Identifier: Apache-2.0
//
// key_command: Run the operator's command that prints the API key.

#ifndef SBXDECK_API_CONFIG_KEY_COMMAND_H
#define SBXDECK_API_CONFIG_KEY_COMMAND_H

#include "api/base/secret.h"
#include "api/base/status.h"

struct key_command {
    char *command;      // for /bin/sh -c
    char **environment; // its whole one, as environ
    int timeout_ms;
    int cancel_fd; // readable: it is given up; -1: never
};

// Its stdin is /dev/null, its stderr ours; it stays in our process group, so that it can ask on /dev/tty. The
// first line of its stdout is the key; it must end with 0. Blocks until then. KEY_REFUSED,
// NO_MEMORY; CANCELLED. From any thread.
enum status key_command_run(const struct key_command *run, struct secret **key, struct failure *why);

#endif
