// SPDX-License-Identifier: Apache-2.0
//
// paint: what a cell of a program looks like beyond what curses knows: 24-bit colours, kinds and colours of
// underlines, overlines, struck text, links. Each look that is in use has a colour pair of its own, and what
// curses writes is made into what the terminal understands on the way out.
//
// The pane is drawn by curses like all the rest: what lies over it, a resize, Ctrl-L and terminals of 8 or no
// colours then need nothing of their own. Only its bytes change. See paint.c for how.

#ifndef SBXDECK_TUI_TERM_PAINT_H
#define SBXDECK_TUI_TERM_PAINT_H

#include "tui/base/cell_style.h"

#include <curses.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { PAINT_COLS_MAX = 1000 }; // of a screen

enum paint_stroke { PAINT_STRUCK = 1 << 0, PAINT_OVERLINED = 1 << 1 };

struct paint {
    cell_color fg, bg, underline_color;
    uint16_t link;     // of paint_link; 0: none
    uint8_t underline; // enum cell_underline
    uint8_t strokes;   // of enum paint_stroke
};

// After start_color, and again to change the colours of fixed pairs: looks at the terminal's description and
// the environment. The caller redraws the screen then.
void paint_begin(void);
// Back to handing on what curses writes as it is, until paint_begin.
void paint_end(void);

// The pair of that look, reduced to what the terminal can show. Adds to *attributes what curses has to
// know of it; set them on the cell with those of its own (bold, reverse, ...). When more looks are on one
// screen than there are pairs, the last ones have the terminal's own colours.
int paint_pair(const struct paint *wanted, attr_t *attributes);
// The pair of a number below THEME_PAIRS + 1, of two colours as init_pair has them.
void paint_fixed_pair(int pair, int foreground, int background);
// The number for struct paint of a link as vt_link gives it (NULL: none). 0 where the terminal knows
// none, where it names a file, or when too many are on the screen.
uint16_t paint_link(const char *named);
// Before many cells are drawn: makes room by taking back the pairs and links that are on no screen any more.
void paint_make_room(int cells);

// Hands what curses has written on to put, in pieces.
void paint_put(const char *bytes, size_t length, void (*put)(const void *bytes, size_t length));
// What ends a link that a frame cut off by a signal may have left open; "" where links are not known.
const char *paint_link_end(void);
// The terminal's attributes are not known any more (others have written to it).
void paint_lost(void);

#endif
