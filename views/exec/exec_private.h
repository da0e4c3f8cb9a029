// SPDX-License-Identifier: Apache-2.0
//
// exec_private: What the run of many and the call in one sandbox share.

#ifndef SBXDECK_VIEWS_EXEC_EXEC_PRIVATE_H
#define SBXDECK_VIEWS_EXEC_EXEC_PRIVATE_H

#include "views/exec/exec.h"

struct exec_call;

struct exec {
    struct exec_options options; // known_hosts and command: of the caller, see below
    char *known_hosts, *command;
    struct exec_result *results;
    struct exec_call **calls; // NULL: it does not run
    size_t count;
    size_t room; // bytes of output that may still be kept
};

// Begins it. It takes itself out of exec->calls before it calls `done`.
struct exec_call *exec_call_new(struct exec *exec, size_t index, const char *sandbox_id);
// Ends it with that outcome, unless it has just ended by itself. The second time it waits for nothing. NULL
// is fine.
void exec_call_give_up(struct exec_call *call, enum exec_outcome outcome);
// It calls nobody any more. NULL is fine.
void exec_call_drop(struct exec_call *call);

#endif
