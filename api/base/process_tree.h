// SPDX-License-Identifier: Apache-2.0
//
// process_tree: Kill a child with all that it has started.

#ifndef SBXDECK_API_BASE_PROCESS_TREE_H
#define SBXDECK_API_BASE_PROCESS_TREE_H

#include <sys/types.h>

// Kills a child that has not been waited for, and its descendants; not those whose parents have ended before,
// as daemons' have. The caller waits for the child. From any thread; reads /proc, which may take a while.
void process_tree_kill(pid_t child);

#endif
