// SPDX-License-Identifier: Apache-2.0
//
// stdscr: the text on curses' screen, line by line.
//
// Needs curses and tui/base; a program that links this file links both.

#ifndef SBXDECK_TESTS_SUPPORT_STDSCR_H
#define SBXDECK_TESTS_SUPPORT_STDSCR_H

enum { STDSCR_LINE_MAX = 8192 };

// Without the blanks at its end; valid until the next call.
const char *stdscr_line(int y);
int stdscr_find(const char *text); // the first line that has it; -1 none

#endif
