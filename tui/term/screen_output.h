// SPDX-License-Identifier: Apache-2.0
//
// screen_output: the queue of bytes for the operator's terminal and its non-blocking descriptor. For
// screen.c.

#ifndef SBXDECK_TUI_TERM_SCREEN_OUTPUT_H
#define SBXDECK_TUI_TERM_SCREEN_OUTPUT_H

#include <stdbool.h>
#include <stddef.h>

// Opens the terminal behind fd for writing. False: it can't be, see errno.
bool screen_output_begin(int fd);
void screen_output_end(void); // what waits is dropped; idempotent

// Around a suspend: others see the descriptor as it was.
void screen_output_lend(bool lent);
// Async-signal-safe: writes at once what the terminal takes, and gives the descriptor back as it was.
void screen_output_last(const char *bytes, size_t length);

void screen_output_put(const void *bytes, size_t length);
void screen_output_puts(const char *text);
size_t screen_output_waiting(void);
void screen_output_take_back(size_t length); // the last bytes put, not yet flushed

// Bytes wait to be written: watch screen_output_fd for room and call screen_flush then. screen_flush returns
// false when the terminal is gone (hang-up).
bool screen_output_pending(void);
int screen_output_fd(void);
bool screen_flush(void);

// Flushes for at most this time, then drops what is left: for when the loop does not run.
void screen_output_drain(int patience_ms);
bool screen_output_gone(void); // the terminal has hung up

#endif
