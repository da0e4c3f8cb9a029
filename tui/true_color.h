// SPDX-License-Identifier: Apache-2.0
//
// true_color: colours of 24 bit on a terminal that has them, through curses, which there knows 256. A number
// of the 256 that nobody uses stands in for a colour, and on the way out the sequence that selects the number
// is replaced by the one that selects the colour.

#ifndef SBXDECK_TUI_TRUE_COLOR_H
#define SBXDECK_TUI_TRUE_COLOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// After start_color: asks the environment (COLORTERM, XTERM_VERSION) and the terminal's description whether
// it can be done; forgets everything. Without it, or where it can't be done, the calls below leave colours as
// they are.
void true_color_begin(void);
bool true_color_is_on(void);

// number is the console's own and never stands in for another.
void true_color_keep(int number);
// The number to give to curses for one of the 256; another than it when that stands in for a colour.
int true_color_plain(int number);
// The same for 0xRRGGBB. When all numbers are taken: the nearest there is.
int true_color(uint32_t rgb);

// A colour has found no number, and it is worth it to begin anew: true at most once a second. Whoever then
// calls true_color_reset draws everything again.
bool true_color_is_worn(int64_t now_ms);
void true_color_reset(void);

// Hands what curses has written on to put, in pieces, with the colours in place of their numbers.
void true_color_put(const char *bytes, size_t length, void (*put)(const void *bytes, size_t length));

#endif
