// SPDX-License-Identifier: Apache-2.0
//
// exec_output: One stream of a remote command: what is kept of it, how much there was, its last line, and a
// digest by which equal outputs are found, also beyond what is kept. Pure.

#ifndef SBXDECK_VIEWS_EXEC_EXEC_OUTPUT_H
#define SBXDECK_VIEWS_EXEC_EXEC_OUTPUT_H

#include "api/base/bytebuf.h"

#include <sodium.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    EXEC_OUTPUT_CAP = 1024 * 1024,      // kept of each stream of each sandbox
    EXEC_TOTAL_CAP = 128 * 1024 * 1024, // kept of all together
    EXEC_LINE_CAP = 160                 // of the last line, with NUL
};

struct exec_output {
    struct bytebuf kept;                            // the beginning
    uint64_t total;                                 // bytes that came
    unsigned char digest[crypto_hash_sha256_BYTES]; // of all that came; after exec_output_end
    char last[EXEC_LINE_CAP];                       // the last line that is not blank, perhaps cut; "" none
    // private
    crypto_hash_sha256_state state;
    char line[EXEC_LINE_CAP];
    size_t line_length;
};

void exec_output_begin(struct exec_output *output);
// *room: how many bytes may still be kept of all outputs together; it shrinks by what is kept.
void exec_output_add(struct exec_output *output, const char *bytes, size_t length, size_t *room);
void exec_output_end(struct exec_output *output);                // no more comes
uint64_t exec_output_lost(const struct exec_output *output);     // bytes that came and are not kept
void exec_output_free(struct exec_output *output, size_t *room); // gives the room back; it can begin again
bool exec_output_equal(const struct exec_output *one, const struct exec_output *other);
// It can be shown and sent as text as it is: UTF-8 without NUL.
bool exec_output_is_text(const struct exec_output *output);

#endif
