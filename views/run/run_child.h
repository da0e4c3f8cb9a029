// SPDX-License-Identifier: Apache-2.0
//
// run_child: A shell command on a terminal of its own (a PTY), as the leader of its session: however the
// console ends, the terminal goes with it, and the kernel hangs up what runs on it.

#ifndef SBXDECK_VIEWS_RUN_RUN_CHILD_H
#define SBXDECK_VIEWS_RUN_RUN_CHILD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <uv.h>

struct run_child;

struct run_child_events {
    // Takes as much of it as it likes; what it leaves comes again in a later turn.
    size_t (*output)(void *ctx, const char *bytes, size_t length);
    // Once, when the command has ended and all that it wrote was taken.
    void (*ended)(void *ctx, int64_t code, int signal);
};

// NULL: it could not be started, and *error is why (errno's number).
struct run_child *run_child_new(uv_loop_t *loop, const char *command, char **environment, int rows, int cols,
                                const struct run_child_events *events, void *ctx, int *error);
// Typed into it. What it doesn't read, beyond a bound, is dropped.
void run_child_write(struct run_child *child, const char *bytes, size_t length);
void run_child_resize(struct run_child *child, int rows, int cols);
// Hangs up; what still runs two seconds later is killed.
void run_child_end(struct run_child *child);
// The same without waiting, and no event comes any more; the loop must run on to close the handles. NULL is
// fine.
void run_child_free(struct run_child *child);

#endif
