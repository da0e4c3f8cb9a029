// SPDX-License-Identifier: Apache-2.0
//
// vt_keyboard: the keyboard protocols that a program turns on: kitty's, with its first flag (Esc, Ctrl and
// Alt as numbers) and a stack for each screen, and xterm's modifyOtherKeys.

#include "tui/vt/vt_screen_private.h"

#include <string.h>

enum { MODIFY_OTHER = 4, MODIFY_MOST = 3 };

uint8_t vt_key_flags(const struct vt *vt)
{
    return vt->screen->key_flags;
}

void vt_keyboard_reset(struct vt *vt)
{
    struct vt_screen *screens[] = {&vt->main, &vt->alternate};
    for (size_t i = 0; i < 2; i++) {
        screens[i]->key_flags = 0;
        screens[i]->key_count = 0;
    }
    vt->modes.modify_other_keys = 0;
}

// --- kitty --------------------------------------------------------------------------------

void vt_key_flags_push(struct vt *vt)
{
    struct vt_screen *screen = vt->screen;
    if (screen->key_count == VT_KEY_STACK_MAX) // the oldest goes
        memmove(screen->key_stack, screen->key_stack + 1, (size_t)--screen->key_count);
    screen->key_stack[screen->key_count++] = screen->key_flags;
    screen->key_flags = (uint8_t)(vt_param(vt, 0, 0) & VT_KEYS_ALL);
}

void vt_key_flags_pop(struct vt *vt)
{
    struct vt_screen *screen = vt->screen;
    for (int count = vt_param(vt, 0, 1); count > 0 && (screen->key_count > 0 || screen->key_flags != 0);
         count--)
        screen->key_flags = screen->key_count > 0 ? screen->key_stack[--screen->key_count] : 0;
}

// 1: these and no others; 2: these too; 3: not these.
void vt_key_flags_set(struct vt *vt)
{
    struct vt_screen *screen = vt->screen;
    uint8_t flags = (uint8_t)(vt_param(vt, 0, 0) & VT_KEYS_ALL);
    int how = vt_param(vt, 1, 1);
    if (how == 1)
        screen->key_flags = flags;
    else if (how == 2)
        screen->key_flags |= flags;
    else if (how == 3)
        screen->key_flags &= (uint8_t)~flags;
}

void vt_key_flags_tell(struct vt *vt)
{
    vt_reply(vt, "\033[?%du", vt->screen->key_flags);
}

// --- modifyOtherKeys ----------------------------------------------------------------------

void vt_modify_keys(struct vt *vt)
{
    int value = vt_param(vt, 1, 0);
    if (vt->param_count == 0 || (vt_param(vt, 0, 0) == MODIFY_OTHER && value <= MODIFY_MOST))
        vt->modes.modify_other_keys = (uint8_t)value;
}

void vt_modify_keys_off(struct vt *vt)
{
    if (vt_param(vt, 0, 0) == MODIFY_OTHER)
        vt->modes.modify_other_keys = 0;
}

void vt_modify_keys_tell(struct vt *vt)
{
    // The others are always as xterm has them at its start.
    static const int values[] = {0, 2, 2, 0};
    for (int i = 0; i < vt->param_count || i == 0; i++) {
        int which = vt_param(vt, i, 0);
        if (which <= MODIFY_OTHER)
            vt_reply(vt, "\033[>%d;%dm", which,
                     which == MODIFY_OTHER ? vt->modes.modify_other_keys : values[which]);
    }
}
