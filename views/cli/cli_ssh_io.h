// SPDX-License-Identifier: Apache-2.0
//
// cli_ssh_io: run the connection of `sbxdeck ssh`, from the host's name to the exit code.

#ifndef SBXDECK_VIEWS_CLI_CLI_SSH_IO_H
#define SBXDECK_VIEWS_CLI_CLI_SSH_IO_H

#include "views/cli/cli_job.h"

// Connects and runs until the remote side ends; finishes the job with its exit status, or 255. command NULL:
// a shell. Everything is copied.
void cli_ssh_io_open(struct cli_job *job, const struct credential *credential, const char *command,
                     const struct secret *password);

#endif
