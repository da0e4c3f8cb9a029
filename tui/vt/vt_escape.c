// SPDX-License-Identifier: Apache-2.0
//
// vt_escape: control characters and short escape sequences: tabs, character sets, protection, resets.

#include "tui/vt/vt_screen_private.h"

#include <stdlib.h>
#include <string.h>

void vt_default_tabs(struct vt *vt)
{
    for (int x = 0; x < VT_COLS_MAX; x++)
        vt->tabs[x] = x % 8 == 0 && x > 0;
}

static void default_charsets(struct vt *vt)
{
    memset(vt->charsets, 'B', sizeof vt->charsets);
    vt->shift_gl = 0;
    vt->single_shift = -1;
}

static void forget_cursor(struct vt_screen *screen)
{
    memset(&screen->saved, 0, sizeof screen->saved);
    memset(screen->saved.charsets, 'B', sizeof screen->saved.charsets);
}

// The cursor that the other screen has saved stays.
void vt_soft_reset(struct vt *vt)
{
    vt->origin = vt->insert = vt->margins_lr = vt->reverse_wrap = vt->cursor_blinks = false;
    vt->autowrap = vt->cursor_visible = true;
    vt->modes.application_cursor = vt->modes.application_keypad = false;
    vt->cursor_shape = 0;
    vt_keyboard_reset(vt);
    vt_margins_off(vt);
    memset(&vt->style, 0, sizeof vt->style);
    vt_style_changed(vt);
    vt->protection = VT_PROTECTS_NOT;
    vt->kept[VT_KEPT_KEYBOARD] = false;
    default_charsets(vt);
    forget_cursor(vt->screen);
}

void vt_reset(struct vt *vt)
{
    vt->state = VT_GROUND;
    vt->cut_length = 0;
    memset(&vt->modes, 0, sizeof vt->modes);
    vt->modes.meta_sends_escape = true;
    vt->modes.alternate_scroll = true;
    vt->level = VT_LEVEL_MAX;
    vt->eight_bit = vt->tab_wraps = vt->columns_allowed = false;
    vt_columns_own(vt, false);
    vt->extent = 0;
    vt_default_kept(vt);
    forget_cursor(&vt->main);
    forget_cursor(&vt->alternate);
    vt_soft_reset(vt);
    vt_default_tabs(vt);
    vt_forget_modes(vt);
    vt_colors_reset(vt);
    vt->last_printed = 0;
    vt->title[0] = '\0';
    while (vt->title_count > 0)
        free(vt->title_stack[--vt->title_count]);
    vt_blank_all(vt, &vt->alternate);
    vt_blank_all(vt, &vt->main);
    vt->screen = &vt->main;
    vt->y = vt->x = 0;
    vt->pending_wrap = false;
    vt->generation++;
}

// --- control characters ---

static void tab(struct vt *vt)
{
    if (vt->tab_wraps && vt->pending_wrap && vt->autowrap)
        vt_wrap(vt);
    int limit = vt->x <= vt->right ? vt->right : vt->cols - 1;
    do
        vt->x++;
    while (vt->x < limit && vt->tabs[vt->x] == 0);
    if (vt->x > limit)
        vt->x = limit;
}

void vt_control(struct vt *vt, unsigned char byte)
{
    vt->last_printed = 0;
    switch (byte) {
    case 0x07:
        vt->bells++;
        break;
    case 0x08:
        vt_back(vt, 1);
        break;
    case 0x09:
        tab(vt);
        break;
    case 0x0a:
    case 0x0b:
    case 0x0c:
        vt_index(vt);
        if (vt->modes.newline)
            vt->x = vt_line_start(vt);
        break;
    case 0x0d:
        vt->x = vt_line_start(vt);
        vt->pending_wrap = false;
        break;
    case 0x0e:
        vt->shift_gl = 1;
        break;
    case 0x0f:
        vt->shift_gl = 0;
        break;
    default:
        break;
    }
}

// --- escape sequences ---

static void align(struct vt *vt)
{
    vt_margins_off(vt);
    vt_move(vt, 0, 0);
    for (int y = 0; y < vt->rows; y++) {
        struct vt_line *line = vt_line_at(vt, y);
        for (int x = 0; x < vt->cols; x++)
            line->cells[x] = (struct vt_cell){'E', 0, 0};
        line->wraps = false;
        vt->work += (size_t)vt->cols;
        vt_touch(vt, y);
    }
}

static void designate(struct vt *vt, char which, unsigned char set)
{
    static const char places[] = "()*+";
    const char *at = strchr(places, which);
    if (at != NULL)
        vt->charsets[at - places] = set == '0' || set == 'A' ? set : 'B';
}

static void with_intermediate(struct vt *vt, unsigned char final)
{
    if (vt->intermediate == '#' && final == '8')
        align(vt);
    else if (vt->intermediate == ' ' && (final == 'F' || final == 'G'))
        vt->eight_bit = final == 'G' && vt->level >= 2;
    else if (vt->intermediate2 == '\0')
        designate(vt, vt->intermediate, final);
}

void vt_escape_dispatch(struct vt *vt, unsigned char final)
{
    vt->last_printed = 0;
    if (vt->intermediate != '\0') {
        with_intermediate(vt, final);
        return;
    }
    switch (final) {
    case '7':
        vt_save_cursor(vt);
        break;
    case '8':
        vt_restore_cursor(vt);
        break;
    case '6':
        vt_columns_back(vt);
        break;
    case '9':
        vt_columns_forward(vt);
        break;
    case '=':
    case '>':
        vt->modes.application_keypad = final == '=';
        break;
    case 'D':
        vt_index(vt);
        break;
    case 'E':
        vt_index(vt);
        vt->x = vt_line_start(vt);
        break;
    case 'H':
        vt->tabs[vt->x] = 1;
        break;
    case 'M':
        vt_reverse_index(vt);
        break;
    case 'N':
    case 'O':
        vt->single_shift = final == 'N' ? 2 : 3;
        break;
    case 'V':
    case 'W':
        vt_protect(vt, final == 'V' ? VT_PROTECTS_ISO : vt->protection, final == 'V');
        break;
    case 'Z':
        vt_reply(vt, VT_ATTRIBUTES);
        break;
    case 'c':
        vt_reset(vt);
        break;
    case 'n':
    case 'o':
        vt->shift_gl = final == 'n' ? 2 : 3;
        break;
    default:
        break;
    }
}
