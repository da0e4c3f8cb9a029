// SPDX-License-Identifier: Apache-2.0
//
// terminal_cells: Find single cells of a terminal emulator and describe them.

#include "tests/support/terminal_cells.h"

#include <string.h>

bool cell_read(const struct vt *vt, int y, int x, struct vt_glyph *out)
{
    static struct vt_glyph row[VT_COLS_MAX];
    if (x < 0 || x >= vt_row_read(vt, y, row, VT_COLS_MAX))
        return false;
    *out = row[x];
    return true;
}

const char *cell_link(const struct vt *vt, uint16_t link)
{
    const char *named = vt_link(vt, link);
    return named != NULL ? strchr(named, ';') + 1 : NULL;
}
