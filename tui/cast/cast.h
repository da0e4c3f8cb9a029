// SPDX-License-Identifier: Apache-2.0
//
// cast: writes a recording of a terminal in the format asciicast v2: a line of JSON that describes it, then a
// line for each piece of output and each new size. What is typed is not recorded: there is no call for it, so
// that a password is only in a recording when the program has shown it.
//
// It writes into memory; the caller takes the bytes and brings them to a file in its own way.

#ifndef SBXDECK_TUI_CAST_CAST_H
#define SBXDECK_TUI_CAST_CAST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    CAST_PIECE_MAX = 65536,             // bytes of output in one event; more become several
    CAST_WAITING_MAX = 8 * 1024 * 1024, // bytes that may wait to be taken; then the recording ends
    CAST_TITLE_MAX = 256,               // with NUL
    CAST_TERM_MAX = 64                  // with NUL
};

struct cast_header {
    int width, height;
    int64_t timestamp;     // seconds since 1970 when it began; 0: left out
    int64_t idle_limit_ms; // longest pause when it is played; 0: left out
    char title[CAST_TITLE_MAX];
    char term[CAST_TERM_MAX]; // value of TERM
};

struct cast_writer;
// The header's line waits to be taken at once.
struct cast_writer *cast_writer_new(const struct cast_header *header);
void cast_writer_free(struct cast_writer *writer); // NULL is fine; wipes what waits

// Output of the program, at_ms after the beginning (a time before the last one counts as that). Pieces may be
// split anywhere: an event never holds half a character, what is not UTF-8 becomes U+FFFD, and the characters
// that a terminal passes over (NUL, DEL, C1 controls) are left out. False when
// more waits than CAST_WAITING_MAX: nothing of the piece was written, nor will be anything after it, so that
// the recording is right up to its end.
bool cast_writer_output(struct cast_writer *writer, int64_t at_ms, const void *bytes, size_t length);
bool cast_writer_resize(struct cast_writer *writer, int64_t at_ms, int width, int height); // false likewise
// The end: half a character that was held back is written as U+FFFD.
bool cast_writer_finish(struct cast_writer *writer, int64_t at_ms);

// What waits, handed over: the caller ends it by free(). NULL when nothing does.
char *cast_writer_take(struct cast_writer *writer, size_t *length);
size_t cast_writer_waiting(const struct cast_writer *writer); // bytes
bool cast_writer_full(const struct cast_writer *writer);      // it has ended for want of room

#endif
