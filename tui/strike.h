// SPDX-License-Identifier: Apache-2.0
//
// strike: text that is struck through, which curses has no attribute for. Another one that nobody here uses,
// invisible, stands for it, and on the way out the sequence that sets the one is made into that of the other.

#ifndef SBXDECK_TUI_STRIKE_H
#define SBXDECK_TUI_STRIKE_H

#include <curses.h>
#include <stddef.h>

// After newterm, for the terminal that is set up then: whether it can is asked of its description.
void strike_begin(void);
// The attribute that stands for it; A_NORMAL where it can't be shown.
attr_t strike_attribute(void);
// In what curses has written: invisible becomes struck through, in place. Sequences that the end cuts off are
// left as they are.
void strike_rewrite(char *bytes, size_t length);

#endif
