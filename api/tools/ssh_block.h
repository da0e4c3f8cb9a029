// SPDX-License-Identifier: Apache-2.0
//
// ssh_block: Compose the lines of ssh_config by which OpenSSH, and whoever reads its config, reaches
// sandboxes through `sbxdeck ssh-proxy`, and tell our own from lines that were changed. Pure.

#ifndef SBXDECK_API_TOOLS_SSH_BLOCK_H
#define SBXDECK_API_TOOLS_SSH_BLOCK_H

#include "api/base/bytebuf.h"
#include "api/tools/local_keys.h"

#include <stdbool.h>

enum { SSH_BLOCK_MAX = 64 * 1024, SSH_BLOCK_VARIABLES = 16 };

struct ssh_block {
    const struct local_keys *keys;
    const char *program;      // absolute path of this program
    const char *state_folder; // what it is to use, whatever the tool's environment says
    bool agent;               // the user's agent may be forwarded
    const char *sandbox;      // its id: the block is for that one alone; NULL: for all
    const char *name;         // the operator's of that sandbox; NULL or "": none
    const char *profile;      // of that sandbox; NULL or "": none
    // NAME, VALUE pairs beside it; never a secret: it is seen in the command line.
    struct {
        const char *name, *value;
    } variables[SSH_BLOCK_VARIABLES];
    size_t variable_count;
};

// Adds it to out. Every keyword is known to OpenSSH 7.3, since an unknown one stops ssh for all hosts.
// BAD_ARGUMENT: a path or value has what ssh_config can't hold; NO_MEMORY.
enum status ssh_block_write(const struct ssh_block *block, struct bytebuf *out, struct failure *why);

// The same for a file of its own: behind a first line that says whose it is, with a checksum.
enum status ssh_block_file(const struct ssh_block *block, struct bytebuf *out, struct failure *why);
enum ssh_block_kind {
    SSH_BLOCK_OURS,   // of any version, unchanged
    SSH_BLOCK_CHANGED // by hand, or something else altogether
};
enum ssh_block_kind ssh_block_judge(const char *text, size_t length);

// The line that has ssh read the file, without its end.
enum status ssh_block_include(const char *path, struct bytebuf *out, struct failure *why);

#endif
