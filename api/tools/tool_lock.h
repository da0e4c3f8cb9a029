// SPDX-License-Identifier: Apache-2.0
//
// tool_lock: Let one process at a time make a credential for a sandbox, where many tools are started at once.
// A locked file in <state_folder>/locks: however the process ends, the lock goes with it.

#ifndef SBXDECK_API_TOOLS_TOOL_LOCK_H
#define SBXDECK_API_TOOLS_TOOL_LOCK_H

#include "api/base/status.h"

// Both block on the disk: for a worker thread.

// CONFLICT: another process has it; nothing is waited for. STORE_FAILED, STORE_UNSAFE, BAD_ARGUMENT (no valid
// id), NO_MEMORY. *out is ended by tool_lock_end.
struct tool_lock;
enum status tool_lock_try(const char *state_folder, const char *sandbox_id, struct tool_lock **out,
                          struct failure *why);
void tool_lock_end(struct tool_lock *lock); // NULL is fine

#endif
