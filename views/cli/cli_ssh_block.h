// SPDX-License-Identifier: Apache-2.0
//
// cli_ssh_block: gather what the lines for ssh_config are made of: where this program is, and which of its
// settings it has from the environment, which a tool's environment may lack.

#ifndef SBXDECK_VIEWS_CLI_CLI_SSH_BLOCK_H
#define SBXDECK_VIEWS_CLI_CLI_SSH_BLOCK_H

#include "api/config/config.h"
#include "api/tools/ssh_block.h"

#include <limits.h>

struct cli_ssh_block {
    struct ssh_block block; // points into this and config
    struct local_keys keys; // the paths
    char program[PATH_MAX];
};

// Looks only. config and out stay where they are for as long as the block is used.
enum status cli_ssh_block_gather(const struct config *config, struct cli_ssh_block *out, struct failure *why);

// Has the ssh that is found in PATH read that file, which runs nothing. SSH_FAILED: it doesn't take it, and
// the message says why. Without an ssh it is fine. Blocks.
enum status cli_ssh_block_try(void *ctx, const char *path, struct failure *why);

#endif
