// SPDX-License-Identifier: Apache-2.0
//
// canvas: the real screen on a pseudo-terminal of a given size, for tests that draw. One in a test's process.

#ifndef SBXDECK_TESTS_UNIT_TUI_CANVAS_H
#define SBXDECK_TESTS_UNIT_TUI_CANVAS_H

#include "tests/support/stdscr.h"
#include "tui/term/input.h"

#include <curses.h>
#include <stdbool.h>
#include <stddef.h>

// Locale C.UTF-8, screen_begin on a pseudo-terminal, theme "auto". Aborts the test when that fails.
void canvas_begin(int rows, int cols, const char *term);
void canvas_end(void);
int canvas_master(void);
int canvas_slave(void);
void canvas_resize(int rows, int cols); // of the pseudo-terminal; screen_resize is the test's

bool canvas_has(const char *text); // on any line
attr_t canvas_attributes(int y, int x);
short canvas_pair(int y, int x);
// The colours that the terminal is to show there: numbers, or 0xRRGGBB where it has them all; -1 its own.
void canvas_colours(int y, int x, int *foreground, int *background);

// What the terminal has been sent and not been read yet; ended by NUL.
size_t canvas_output(char *out, size_t cap);

struct input_event canvas_key(uint32_t key, unsigned modifiers); // an INPUT_KEY event without raw bytes

#endif
