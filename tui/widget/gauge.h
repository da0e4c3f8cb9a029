// SPDX-License-Identifier: Apache-2.0
//
// gauge: a horizontal bar. Its stages differ without colour too: a warning bar, a bad one and one that is
// over are drawn with other glyphs.

#ifndef SBXDECK_TUI_WIDGET_GAUGE_H
#define SBXDECK_TUI_WIDGET_GAUGE_H

#include "tui/base/theme.h"

#include <curses.h>
#include <stdbool.h>
#include <stddef.h>

// In the order of urgency. OVER: nothing is left, whatever the fraction.
enum gauge_stage { GAUGE_OK, GAUGE_WARN, GAUGE_BAD, GAUGE_OVER, GAUGE_STAGE_COUNT };

// fraction is clamped to 0..1 (not a number counts as 0); more than 0 always shows at least a piece, less
// than 1 never shows full. on_selected: it stands on the selected line of a table.
void gauge_draw(WINDOW *window, int y, int x, int columns, double fraction, enum gauge_stage stage,
                bool on_selected);

// The pieces alone: the filled part into out (cap with NUL), the number of columns it takes returned.
int gauge_fill(int columns, double fraction, enum gauge_stage stage, char *out, size_t cap);

#endif
