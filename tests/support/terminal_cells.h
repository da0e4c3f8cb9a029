// SPDX-License-Identifier: Apache-2.0
//
// terminal_cells: single cells of a terminal emulator, as tests look at them.

#ifndef SBXDECK_TESTS_SUPPORT_TERMINAL_CELLS_H
#define SBXDECK_TESTS_SUPPORT_TERMINAL_CELLS_H

#include "tui/vt/vt_screen.h"

// The cell of the screen, or of the history for y < 0. False: there is none.
bool cell_read(const struct vt *vt, int y, int x, struct vt_glyph *out);
// The target of a style's link; NULL: it has none.
const char *cell_link(const struct vt *vt, uint16_t link);

#endif
