// SPDX-License-Identifier: Apache-2.0
//
// exec: Run one command in sandboxes, each over a connection of its own without a terminal and with nothing
// to read: wake it where that is wanted, choose a credential, connect, keep what it writes, and say how it
// ended. The caller decides which come when (see views/bulk).

#ifndef SBXDECK_VIEWS_EXEC_EXEC_H
#define SBXDECK_VIEWS_EXEC_EXEC_H

#include "api/service/credential_service.h"
#include "views/exec/exec_result.h"

#include <uv.h>

enum { EXEC_COMMAND_CAP = 65536 };

struct exec;

struct exec_options {
    uv_loop_t *loop;
    struct credential_service *service;
    const char *known_hosts; // copied, as is the command
    int connect_timeout_s;
    const char *command;
    int64_t limit_ms; // of each, from its turn on; 0: none
    bool wake;        // paused ones are woken; else they fail
    // Whether something open here was signed in with it: it is then not replaced. NULL: nothing is.
    bool (*in_use)(void *ctx, int64_t vault_row);
    // Each once for each exec_begin, never from inside it: how it ended stands in exec_results.
    void (*done)(void *ctx, size_t index);
    // It has come further, or has written something. NULL: not wanted.
    void (*moved)(void *ctx);
    void *ctx; // of all
};

// count: of the sandboxes, whose results are NOT_STARTED at first. Ended by exec_free.
struct exec *exec_new(const struct exec_options *options, size_t count);
// Hangs up what runs; no callback comes after it. The loop must run on. NULL is fine.
void exec_free(struct exec *exec);

// index: one that is not running. What it brought before is dropped.
void exec_begin(struct exec *exec, size_t index, const char *sandbox_id);
// Asks all that run to end and hangs up: `done` comes for each soon, INTERRUPTED where it has not ended by
// itself. Called again it waits for nothing.
void exec_stop(struct exec *exec);

const struct exec_result *exec_results(const struct exec *exec); // an array of count; of exec
size_t exec_count(const struct exec *exec);
const char *exec_command(const struct exec *exec);

#endif
