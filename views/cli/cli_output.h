// SPDX-License-Identifier: Apache-2.0
//
// cli_output: write stdout and stderr on the loop, in the order in which things were put: a terminal, pipe or
// socket gets what it takes now, a file is written on a worker. A reader that takes nothing holds up nobody
// but what waits for it. What is written is wiped.

#ifndef SBXDECK_VIEWS_CLI_CLI_OUTPUT_H
#define SBXDECK_VIEWS_CLI_CLI_OUTPUT_H

#include <stdbool.h>
#include <stddef.h>
#include <uv.h>

struct cli_output;

// Something has been written, or can't be: ask cli_output_waiting and cli_output_error; the latter also after
// a cli_output_put.
typedef void cli_output_cb(void *ctx);

// NULL: no memory.
struct cli_output *cli_output_new(uv_loop_t *loop, cli_output_cb *changed, void *ctx);
// fd: STDOUT_FILENO or STDERR_FILENO. False: no memory, nothing was put. What can't be written is dropped.
bool cli_output_put(struct cli_output *output, int fd, const void *bytes, size_t length);
size_t cli_output_waiting(const struct cli_output *output); // bytes
// There is more to write, and nobody has to take anything first: run the loop.
bool cli_output_moves(const struct cli_output *output);
// From now on it is noticed that the reader of stdout has gone, also while nothing is put: an error EPIPE.
void cli_output_watch_reader(struct cli_output *output);
// Why standard output can't be written, an errno; 0: it can. Standard error is not asked for: as with
// OpenSSH, a command goes on without it.
int cli_output_error(const struct cli_output *output);
// Lets go of what waits.
void cli_output_drop(struct cli_output *output);
// No callback comes after this; the descriptors are as they were. The memory goes when the loop has run on.
// NULL is fine.
void cli_output_free(struct cli_output *output);

#endif
