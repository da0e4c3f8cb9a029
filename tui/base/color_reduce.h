// SPDX-License-Identifier: Apache-2.0
//
// color_reduce: reduce a program's colours to what the terminal can show.

#ifndef SBXDECK_TUI_BASE_COLOR_REDUCE_H
#define SBXDECK_TUI_BASE_COLOR_REDUCE_H

#include "tui/base/cell_style.h"

#include <stdbool.h>

// The number curses takes for a colour on a terminal of so many colours (8, 16, 256, 1 << 24 for one with
// direct colours); -1 for the terminal's own. On 8 colours the bright ones are the plain ones with *bold set;
// bold may be NULL and is otherwise left or set to true.
int color_reduce_number(cell_color color, int colors, bool *bold);

// 0xRRGGBB of an index of the 256, as xterm has them.
unsigned color_reduce_rgb(unsigned index);

#endif
