// SPDX-License-Identifier: Apache-2.0
//
// bytebuf: A byte array that grows up to a cap. What it holds may be a password, so no copy of it is left
// behind: memory is wiped before it is given back.

#ifndef SBXDECK_API_BASE_BYTEBUF_H
#define SBXDECK_API_BASE_BYTEBUF_H

#include "api/base/status.h"

#include <stddef.h>

struct bytebuf {
    char *data; // ended by a NUL that is not counted; NULL while nothing was ever added
    size_t length;
    size_t cap;     // the most bytes that it takes
    char *memory;   // private: where data's memory begins
    size_t reserve; // private: its size
};
// An empty buffer, which owns no memory yet; ended by bytebuf_free.
#define BYTEBUF(most) ((struct bytebuf){.cap = (most)})

// Each adds all of it or nothing. TOO_LARGE: beyond the cap. NO_MEMORY. data moves.
enum status bytebuf_add(struct bytebuf *buffer, const void *bytes, size_t length)
    __attribute__((warn_unused_result));
enum status bytebuf_add_text(struct bytebuf *buffer, const char *text) __attribute__((warn_unused_result));
enum status bytebuf_print(struct bytebuf *buffer, const char *format, ...)
    __attribute__((format(printf, 2, 3), warn_unused_result));

const char *bytebuf_text(const struct bytebuf *buffer); // data, or ""; valid until the next change
// Takes the first count bytes away, at most all.
void bytebuf_drop(struct bytebuf *buffer, size_t count);
void bytebuf_clear(struct bytebuf *buffer); // wiped; its memory and its cap stay
void bytebuf_free(struct bytebuf *buffer);  // likewise, without the memory: it can be used again

#endif
