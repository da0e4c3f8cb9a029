// SPDX-License-Identifier: Apache-2.0
//
// xalloc: allocation for tui/ and views/ that doesn't fail: when memory runs out the terminal is restored, a
// line goes to stderr and the process ends with EXIT_FAILURE. api/ doesn't use it: it returns errors.

#ifndef SBXDECK_TUI_BASE_XALLOC_H
#define SBXDECK_TUI_BASE_XALLOC_H

#include <stddef.h>

// Each returns memory that the caller ends by free(); never NULL (a size of 0 counts as 1).
void *xmalloc(size_t size) __attribute__((malloc));
void *xcalloc(size_t count, size_t size) __attribute__((malloc));
void *xrealloc(void *old, size_t size);
void *xreallocarray(void *old, size_t count, size_t size); // count * size may overflow: that is fatal too
char *xstrdup(const char *text) __attribute__((malloc));   // text not NULL

// Ends the program so; for memory that api/ could not get.
void xalloc_fatal(void) __attribute__((noreturn));

// What is called before the message is written; screen_begin sets it to screen_end. NULL: nothing.
void xalloc_set_restore(void (*restore)(void));

#endif
