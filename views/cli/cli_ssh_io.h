// SPDX-License-Identifier: Apache-2.0
//
// cli_ssh_io: the connection of `sbxdeck ssh`, from the host's name to the exit code.

#ifndef SBXDECK_VIEWS_CLI_SHELL_H
#define SBXDECK_VIEWS_CLI_SHELL_H

#include "views/cli/cli.h"

#include <unistd.h>

// Connects and runs until the far side ends; finishes the job with its exit status, or 255. command NULL: a
// shell. One a process.
void cli_ssh_io_open(struct cli_job *job, const struct credential *credential, const char *command,
                     const struct secret *password);

// One line on stderr, foreign characters made harmless.
void cli_say(const char *format, ...) __attribute__((format(printf, 1, 2)));
// What is going on, for a person who waits; a script's stderr stays free of it.
#define cli_tell(...)                                                                                        \
    do {                                                                                                     \
        if (isatty(STDERR_FILENO))                                                                           \
            cli_say(__VA_ARGS__);                                                                            \
    } while (0)

#endif
