// SPDX-License-Identifier: Apache-2.0
//
// ssh_setup: Write the block for OpenSSH into its own file, and the one line that has ssh read it into the
// user's ~/.ssh/config; or take both out again. First a plan, which changes nothing and can be shown.
//
// All of it blocks on the disk.

#ifndef SBXDECK_API_TOOLS_SSH_SETUP_H
#define SBXDECK_API_TOOLS_SSH_SETUP_H

#include "api/base/bytebuf.h"
#include "api/tools/ssh_block.h"

#include <limits.h>
#include <stdbool.h>
#include <sys/types.h>

enum { SSH_CONFIG_MAX = 1024 * 1024 };

// One file: what is in it and what shall be.
struct ssh_setup_file {
    char path[PATH_MAX]; // where it really is, links followed
    bool exists, changes;
    bool goes; // it shall not be there any more
    mode_t mode;
    gid_t group;
    struct bytebuf old, wanted;
};

struct ssh_setup {
    bool undo;
    struct local_keys keys;
    char folder[PATH_MAX];       // ~/.ssh
    char config[PATH_MAX];       // ~/.ssh/config, as the user knows it
    char backup[PATH_MAX];       // a copy of it goes there; "" when it isn't there or doesn't change
    struct bytebuf include;      // the line
    struct ssh_setup_file block; // keys.config
    struct ssh_setup_file user;  // config, or what it is a link to
};

// Where ssh reads the user's settings: the account's home, which must be HOME where that is set.
// BAD_ARGUMENT.
enum status ssh_setup_home(char out[PATH_MAX], struct failure *why);

// Nothing is to be done when neither file changes. home: of ssh_setup_home. block: NULL to undo.
// BAD_ARGUMENT, STORE_UNSAFE or CONFLICT: one of the files isn't as it has to be, and the advice says what to
// do; STORE_FAILED, NO_MEMORY. End it with ssh_setup_free, also after a failure; zero it before.
enum status ssh_setup_plan(const char *home, const struct local_keys *keys, const struct ssh_block *block,
                           struct ssh_setup *out, struct failure *why);
// Does what was planned, all or nothing. check (may be NULL) looks at the block's file before the user's is
// changed. CONFLICT: a file has changed since the plan.
typedef enum status ssh_setup_check(void *ctx, const char *block_path, struct failure *why);
enum status ssh_setup_apply(struct ssh_setup *setup, ssh_setup_check *check, void *ctx, struct failure *why);
void ssh_setup_free(struct ssh_setup *setup);

#endif
