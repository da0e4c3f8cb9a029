// SPDX-License-Identifier: Apache-2.0
//
// vt_cursor: move the cursor, save and restore it with the style it writes in, and choose the screen it is
// on.

#include "tui/vt/vt_screen_private.h"

#include <string.h>

// --- moving ---

void vt_move(struct vt *vt, int y, int x)
{
    vt->y = vt_clamp(y, 0, vt->rows - 1);
    vt->x = vt_clamp(x, 0, vt->cols - 1);
    vt->pending_wrap = false;
}

void vt_move_origin(struct vt *vt, int y, int x)
{
    if (!vt->origin) {
        vt_move(vt, y, x);
        return;
    }
    vt_move(vt, vt_clamp(vt->top + y, vt->top, vt->bottom), vt_clamp(vt->left + x, vt->left, vt->right));
}

// To the left from the left margin (or the edge): to the end of the line above, all lines taken as one. From
// the region's first line it goes to the end of its last one, however far, as xterm does.
static void back_around(struct vt *vt, int least, int from, int count)
{
    int width = vt->right - least + 1, place = width * vt->y + from - count - least;
    bool at_start = from == vt->left && vt->y == vt->top;
    if (at_start)
        place = width * (vt->bottom + 1) - 1;
    else if (place < 0)
        place += (-place / (width * vt->rows) + 1) * width * vt->rows;
    vt_move(vt, place / width, least + place % width);
}

void vt_back(struct vt *vt, int count)
{
    bool around = vt->reverse_wrap && vt->autowrap;
    int least = vt_line_start(vt);
    if (around && vt->pending_wrap)
        count--; // the place beyond the edge counts
    if (vt->x - count >= least)
        vt_move(vt, vt->y, vt->x - count);
    else if (around)
        back_around(vt, least, vt->x, count);
    else
        vt_move(vt, vt->y, least);
}

// --- saving, and the two screens ---

void vt_save_cursor(struct vt *vt)
{
    struct vt_saved *saved = &vt->screen->saved;
    saved->y = vt->y;
    saved->x = vt->x;
    saved->style = vt->style;
    memcpy(saved->charsets, vt->charsets, sizeof saved->charsets);
    saved->shift_gl = vt->shift_gl;
    saved->origin = vt->origin;
    saved->pending_wrap = vt->pending_wrap;
}

void vt_restore_cursor(struct vt *vt)
{
    const struct vt_saved *saved = &vt->screen->saved;
    vt->style = saved->style;
    memcpy(vt->charsets, saved->charsets, sizeof vt->charsets);
    vt->shift_gl = saved->shift_gl;
    vt->origin = saved->origin;
    vt_move(vt, saved->y, saved->x);
    vt->pending_wrap = saved->pending_wrap && vt->x == saved->x;
    vt_style_changed(vt);
}

void vt_use_screen(struct vt *vt, bool alternate)
{
    struct vt_screen *wanted = alternate ? &vt->alternate : &vt->main;
    if (vt->screen == wanted)
        return;
    vt->screen = wanted;
    vt->modes.alternate_screen = alternate;
    vt_touch_all(vt);
}

void vt_protect(struct vt *vt, enum vt_protection by, bool on)
{
    vt->protection = by;
    vt->style.attributes &= (uint16_t)~CELL_PROTECTED;
    if (on)
        vt->style.attributes |= CELL_PROTECTED;
    vt_style_changed(vt);
}
