// SPDX-License-Identifier: Apache-2.0
//
// cli_input: read stdin on the loop: a terminal, pipe or socket when it has something, a file on a worker.

#ifndef SBXDECK_VIEWS_CLI_CLI_INPUT_H
#define SBXDECK_VIEWS_CLI_CLI_INPUT_H

#include <stddef.h>
#include <uv.h>

struct cli_input;

enum { CLI_INPUT_SLICE = 16384 };

// length > 0: bytes, of the callee, at most CLI_INPUT_SLICE. 0: the end, and the last call. error: an errno,
// and then it is the end too.
typedef void cli_input_cb(void *ctx, const char *bytes, size_t length, int error);

// Stands still until cli_input_go. NULL: no memory.
struct cli_input *cli_input_new(uv_loop_t *loop, int fd, cli_input_cb *got, void *ctx);
// Both may be called at any time, also from inside the callback, and after the end.
void cli_input_go(struct cli_input *input);
void cli_input_stop(struct cli_input *input); // what a worker reads meanwhile is given when it goes on
// No callback comes after this; the descriptor is as it was. The memory goes when the loop has run on. NULL
// is fine.
void cli_input_free(struct cli_input *input);

#endif
