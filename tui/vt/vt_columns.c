// SPDX-License-Identifier: Apache-2.0
//
// vt_columns: scroll sideways, insert and delete columns, and the two sideways indexes, between the margins
// in every line of the region.

#include "tui/vt/vt_screen_private.h"

static void shift(struct vt *vt, int x, int count, bool left)
{
    for (int y = vt->top; y <= vt->bottom; y++)
        vt_shift(vt, y, x, count, left);
}

void vt_columns_scroll_left(struct vt *vt)
{
    if (vt_inside_margins(vt))
        shift(vt, vt->left, vt_param(vt, 0, 1), true);
}

void vt_columns_scroll_right(struct vt *vt)
{
    if (vt_inside_margins(vt))
        shift(vt, vt->left, vt_param(vt, 0, 1), false);
}

void vt_columns_insert(struct vt *vt)
{
    if (vt_inside_margins(vt))
        shift(vt, vt->x, vt_param(vt, 0, 1), false);
}

void vt_columns_delete(struct vt *vt)
{
    if (vt_inside_margins(vt))
        shift(vt, vt->x, vt_param(vt, 0, 1), true);
}

void vt_columns_back(struct vt *vt)
{
    if (vt->x != vt->left)
        vt_back(vt, 1);
    else if (vt_inside_margins(vt))
        shift(vt, vt->left, 1, false);
}

void vt_columns_forward(struct vt *vt)
{
    if (vt->x != vt->right)
        vt_move(vt, vt->y, vt->x + 1);
    else if (vt_inside_margins(vt))
        shift(vt, vt->left, 1, true);
}
