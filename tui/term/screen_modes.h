// SPDX-License-Identifier: Apache-2.0
//
// screen_modes: which modes of the operator's terminal are on beyond what curses does, and the bytes that
// turn them on and off. For screen.c.

#ifndef SBXDECK_TUI_TERM_SCREEN_MODES_H
#define SBXDECK_TUI_TERM_SCREEN_MODES_H

#include <stdbool.h>
#include <stddef.h>

enum { SCREEN_MODES_MAX = 768 };

#define SCREEN_SYNC_BEGIN "\033[?2026h"
#define SCREEN_SYNC_END   "\033[?2026l"

// The terminfo entry set up last can be drawn on (it can place its cursor and clear).
bool screen_modes_able(void);

// Reads terminfo (a terminal is set up) and starts with everything off.
void screen_modes_begin(bool focus_events);
bool screen_modes_rich(void); // takes xterm's private modes and titles
// The same of a terminal by its name, without a screen; fd: any descriptor.
bool screen_modes_rich_by_name(const char *name, int fd);

// Bytes that turn on what is wanted now; whole: also what curses does at its start (the alternate screen).
char *screen_modes_enter(char *out, size_t cap, bool whole);
// Bytes that turn everything off and leave the alternate screen.
char *screen_modes_leave(char *out, size_t cap, int rows);

// Each takes a new value and returns the bytes that change the terminal, "" when there is nothing to change;
// valid until the next call of one of them.
const char *screen_modes_mouse(int mouse); // enum screen_mouse
const char *screen_modes_shape(int decscusr);
const char *screen_modes_cursor_color(int rgb); // negative: the terminal's own
// The terminal's answer to SCREEN_KEYS_QUESTIONS → bytes that make it tell keys apart, or "". False: it is
// none.
#define SCREEN_KEYS_QUESTIONS "\033[?u\033[>c"
bool screen_modes_keys(const char *raw, size_t length, const char **change);

#endif
