// SPDX-License-Identifier: Apache-2.0
//
// vt_rows: tables of byte streams and what a terminal shows for them. Each row is given to a terminal of its
// own whole, in two parts at every place, and byte by byte: the outcome must be the same.

#ifndef SBXDECK_TESTS_UNIT_TUI_VT_VT_ROWS_H
#define SBXDECK_TESTS_UNIT_TUI_VT_VT_ROWS_H

#include "tui/vt/vt_screen.h"

#include <stddef.h>

struct vt_row_sample {
    const char *what;
    int rows, cols;
    const char *bytes;
    const char *screen;  // rows apart by '|', blanks at their ends cut
    int y, x;            // the cursor; y -1: any place
    const char *replies; // NULL: none
};
void vt_rows_check(const struct vt_row_sample *samples, size_t count);
#define VT_ROWS_CHECK(samples) vt_rows_check(samples, sizeof(samples) / sizeof((samples)[0]))

// The whole screen in the form of the tables, ended by NUL.
void vt_rows_screen(const struct vt *vt, char *out, size_t cap);
// The same for how cells look: a letter a cell by style(), blanks ('.') at the ends of rows cut.
void vt_rows_looks(const struct vt *vt, char (*style)(const struct cell_style *style), char *out, size_t cap);
// vt_write of a NUL-ended string.
void vt_rows_put(struct vt *vt, const char *bytes);
// All that waits to be answered, ended by NUL. Valid until the next call.
const char *vt_rows_replies(struct vt *vt);

// Fails when what every terminal must hold does not: the cursor inside, halves of wide characters paired,
// texts of cells whole and without control characters.
void vt_rows_sound(const struct vt *vt, const char *what);

#endif
