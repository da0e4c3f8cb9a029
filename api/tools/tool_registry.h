// SPDX-License-Identifier: Apache-2.0
//
// tool_registry: Which tools (ssh, scp, rsync, …) are connected to which sandbox through `sbxdeck ssh-proxy`,
// for all processes of this user.
//
// A file for each in <state_folder>/tools, locked for as long as its process lives: however that ends, the
// lock goes with it, and whoever reads the folder next removes the file.

#ifndef SBXDECK_API_TOOLS_TOOL_REGISTRY_H
#define SBXDECK_API_TOOLS_TOOL_REGISTRY_H

#include "api/leap0/model.h"

#include <sys/types.h>

enum {
    TOOL_VERSION_CAP = 96, // bytes of a client's version, cleaned and cut
    TOOLS_MAX = 4096       // that are listed
};

struct connected_tool {
    char sandbox_id[ID_CAP];
    char version[TOOL_VERSION_CAP]; // "OpenSSH_9.2p1 Debian-2"; UTF-8 without control characters, but
                                    // foreign: see tui/base/text's display(). "" unknown
    pid_t pid;
    int64_t since_ms; // this machine's wall clock
};

// All of it blocks on the disk: for a worker thread.

// This process serves a tool of that version for that sandbox from now on; once for each connection.
// BAD_ARGUMENT: no valid id; STORE_UNSAFE, STORE_FAILED, NO_MEMORY. A failure must not cut the tool off: it
// is then only not shown. *out is ended by tool_registry_leave.
struct tool_entry;
enum status tool_registry_enter(const char *state_folder, const char *sandbox_id, const char *version,
                                struct tool_entry **out, struct failure *why);
void tool_registry_leave(struct tool_entry *entry); // NULL is fine

// Those that are connected now, by sandbox, then by age; those that have gone are removed. No folder: none.
// *list is the caller's (free()), NULL when there is none.
enum status tool_registry_list(const char *state_folder, struct connected_tool **list, size_t *count,
                               struct failure *why);

#endif
