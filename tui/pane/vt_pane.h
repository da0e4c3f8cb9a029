// SPDX-License-Identifier: Apache-2.0
//
// vt_pane: draws a vt into a window. The one part of the emulator that knows curses.
//
// Colours and attributes are reduced to what the terminal has (see tui/term/paint.h). Only what is safe
// reaches the terminal: no control, bidirectional or format characters, and never a character whose width
// libc sees otherwise than the vt does, so that columns stay aligned.

#ifndef SBXDECK_TUI_PANE_VT_PANE_H
#define SBXDECK_TUI_PANE_VT_PANE_H

#include "tui/vt/vt_screen.h"

#include <curses.h>
#include <stdbool.h>

enum vt_pane_flags {
    VT_PANE_ALL = 1 << 0, // every row, also those without damage (the window was used for something else)
    VT_PANE_DIM = 1 << 1, // all text dim: the session has ended or is not the one typed into
};

struct vt_pane_cursor {
    bool visible;     // and within the rectangle
    int y, x;         // in the window
    int shape;        // see struct vt_cursor
    cell_color color; // likewise
};

// Draws the damaged rows into rows x cols of the window from y0, x0, clipped to the window; room outside the
// vt's size is blanked. scroll: rows that the view is scrolled back into the history (0: the screen; then, or
// when it has changed since the last draw, pass VT_PANE_ALL). The vt's damage is cleared: one pane a vt.
// Returns where the program has its cursor, so that the caller can leave it there. Nothing is sent: that is
// the frame's.
struct vt_pane_cursor vt_pane_draw(WINDOW *window, struct vt *vt, int y0, int x0, int rows, int cols,
                                   int scroll, unsigned flags);

// Marks of cells, seen with and without colours.
enum vt_pane_mark {
    VT_PANE_SELECTED = 1 << 0, // reversed
    VT_PANE_HIT = 1 << 1,      // found by a search: underlined, on a colour of its own or bold
    VT_PANE_HIT_HERE =
        1 << 2 // with VT_PANE_HIT, the one the cursor stands on: another colour without a line, or reversed
};

// What is drawn over the terminal.
struct vt_pane_overlay {
    const unsigned char
        *marks; // rows x cols of enum vt_pane_mark, from the first row of the view; NULL: none
    int rows, cols;
    bool cursor; // a cursor of its own, in the view; it is returned in place of the program's
    int cursor_y, cursor_x;
};

// vt_pane_draw with something over it; then every row is drawn. overlay NULL: vt_pane_draw.
struct vt_pane_cursor vt_pane_draw_over(WINDOW *window, struct vt *vt, int y0, int x0, int rows, int cols,
                                        int scroll, unsigned flags, const struct vt_pane_overlay *overlay);

#endif
