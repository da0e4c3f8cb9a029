// SPDX-License-Identifier: Apache-2.0
//
// vt_modes: set, reset, report, save and restore modes. Most are one flag; a table says which.

#include "tui/vt/vt_screen_private.h"

#include <stddef.h>
#include <string.h>

struct mode {
    bool private_mode;
    int number;
    size_t offset; // of its flag in struct vt
};
#define FLAG(member) offsetof(struct vt, member)
enum { KEPT_NO_ECHO = 1 };
static const struct mode flags[] = {
    {false, 2, FLAG(kept[VT_KEPT_KEYBOARD])}, // the operator's keys are never locked
    {false, 4, FLAG(insert)},
    {false, 12, FLAG(kept[KEPT_NO_ECHO])},
    {false, 20, FLAG(modes.newline)},
    {true, 1, FLAG(modes.application_cursor)},
    {true, 3, FLAG(columns_132)},
    {true, 4, FLAG(kept[2])}, // smooth scrolling
    {true, 5, FLAG(modes.reverse_screen)},
    {true, 6, FLAG(origin)},
    {true, 7, FLAG(autowrap)},
    {true, 12, FLAG(cursor_blinks)},
    {true, 18, FLAG(kept[3])}, // a printer's form feed
    {true, 19, FLAG(kept[4])}, // what a printer prints
    {true, 25, FLAG(cursor_visible)},
    {true, 40, FLAG(columns_allowed)},
    {true, 41, FLAG(tab_wraps)},
    {true, 42, FLAG(kept[5])}, // national character sets
    {true, 44, FLAG(kept[6])}, // the margin's bell
    {true, 45, FLAG(reverse_wrap)},
    {true, 66, FLAG(modes.application_keypad)},
    {true, 67, FLAG(modes.backarrow_is_bs)},
    {true, 69, FLAG(margins_lr)},
    {true, 1004, FLAG(modes.focus_events)},
    {true, 1007, FLAG(modes.alternate_scroll)},
    {true, 2004, FLAG(modes.bracketed_paste)},
    {true, 2026, FLAG(modes.synchronized)},
    {true, 2027, FLAG(modes.clusters)},
};
enum { FLAG_COUNT = sizeof flags / sizeof flags[0] };
_Static_assert((int)FLAG_COUNT <= (int)VT_SAVED_MODES, "a place for each");

// Modes of which one at most is on: which mouse events are reported, and how.
static const struct choice {
    int number;
    unsigned value;
    size_t offset, saved; // of what it is one of, in struct vt
} choices[] = {
    {9, VT_MOUSE_PRESS, FLAG(modes.mouse), FLAG(saved_mouse)},
    {1000, VT_MOUSE_CLICK, FLAG(modes.mouse), FLAG(saved_mouse)},
    {1002, VT_MOUSE_DRAG, FLAG(modes.mouse), FLAG(saved_mouse)},
    {1003, VT_MOUSE_MOTION, FLAG(modes.mouse), FLAG(saved_mouse)},
    {1005, VT_MOUSE_UTF8, FLAG(modes.mouse_encoding), FLAG(saved_encoding)},
    {1006, VT_MOUSE_SGR, FLAG(modes.mouse_encoding), FLAG(saved_encoding)},
    {1015, VT_MOUSE_URXVT, FLAG(modes.mouse_encoding), FLAG(saved_encoding)},
};
_Static_assert(VT_MOUSE_OFF == 0 && VT_MOUSE_X10 == 0, "reset is 0");
_Static_assert(sizeof(enum vt_mouse) == sizeof(unsigned) &&
                   sizeof(enum vt_mouse_encoding) == sizeof(unsigned),
               "values are read and written as unsigned");

static const struct choice *choice_of(int number)
{
    for (size_t i = 0; i < sizeof choices / sizeof choices[0]; i++)
        if (choices[i].number == number)
            return &choices[i];
    return NULL;
}

static unsigned *at_offset(struct vt *vt, size_t offset)
{
    return (unsigned *)(void *)((char *)vt + offset);
}

// Which row of the table; FLAG_COUNT: none.
static size_t row_of(bool private_mode, int number)
{
    size_t i = 0;
    while (i < FLAG_COUNT && (flags[i].number != number || flags[i].private_mode != private_mode))
        i++;
    return i;
}

static bool *flag_of(struct vt *vt, bool private_mode, int number)
{
    size_t row = row_of(private_mode, number);
    return row < FLAG_COUNT ? (bool *)(void *)((char *)vt + flags[row].offset) : NULL;
}

// What a flag brings with it.
static void flag_changed(struct vt *vt, int number)
{
    if (number == 6)
        vt_move_origin(vt, 0, 0);
    if (number == 5)
        vt_touch_all(vt);
    if (number == 69 && !vt->margins_lr) {
        vt->left = 0;
        vt->right = vt->cols - 1;
    }
}

// 47 switches; 1047 clears the alternate screen when it is left; 1048 saves and restores the cursor; 1049
// does that and shows an empty alternate screen.
static void set_screen(struct vt *vt, int number, bool on)
{
    if (on && (number == 1048 || number == 1049))
        vt_save_cursor(vt);
    if (number == 1047 && !on && vt->screen == &vt->alternate)
        vt_blank_all(vt, &vt->alternate);
    if (number != 1048)
        vt_use_screen(vt, on);
    if (number == 1049 && on) {
        vt_blank_all(vt, &vt->alternate);
        vt->pending_wrap = false;
    }
    if (!on && (number == 1048 || number == 1049))
        vt_restore_cursor(vt);
}

static void set_columns(struct vt *vt, bool on)
{
    if (!vt->columns_allowed)
        return;
    // The window stays as it is, and shows the left part of what is wider.
    vt_columns_own(vt, on);
    vt->origin = false;
    vt_margins_off(vt);
    vt_blank_all(vt, vt->screen);
    vt_move(vt, 0, 0);
}

static void set_private(struct vt *vt, int number, bool on)
{
    bool *flag = flag_of(vt, true, number);
    const struct choice *choice = choice_of(number);
    if (number == 3) {
        set_columns(vt, on);
    } else if (number == 69 && vt->level < VT_LEVEL_MAX) {
        return; // side margins are of the highest level
    } else if (flag != NULL) {
        *flag = on;
        flag_changed(vt, number);
        return;
    }
    if (choice != NULL)
        *at_offset(vt, choice->offset) = on ? choice->value : 0;
    if (number == 47 || (number >= 1047 && number <= 1049))
        set_screen(vt, number, on);
}

void vt_set_modes(struct vt *vt, bool on)
{
    for (int i = 0; i < vt->param_count; i++) {
        bool *flag = NULL;
        if (vt->prefix == '?')
            set_private(vt, vt->params[i], on);
        else if ((flag = flag_of(vt, false, vt->params[i])) != NULL)
            *flag = on;
    }
}

// 1 set, 2 reset, 4 always reset, 0 not known.
static int state_of(struct vt *vt, bool private_mode, int number)
{
    const bool *flag = flag_of(vt, private_mode, number);
    const struct choice *choice = choice_of(number);
    if (number == 69 && private_mode && vt->level < VT_LEVEL_MAX)
        return 0;
    if (flag != NULL)
        return *flag ? 1 : 2;
    if (!private_mode) // of guarding, editing and tabs: ECMA-48 has them, no terminal has
        return number == 1 || number == 5 || number == 7 || (number >= 10 && number <= 19) ? 4 : 0;
    if (number == 8 || number == 60)
        return 4; // repeated keys are the operator's terminal's
    if (number == 1048)
        return 1;
    if (choice != NULL)
        return *at_offset(vt, choice->offset) == choice->value ? 1 : 2;
    if (number == 47 || number == 1047 || number == 1049)
        return vt->screen == &vt->alternate ? 1 : 2;
    return 0;
}

void vt_report_mode(struct vt *vt)
{
    bool private_mode = vt->prefix == '?';
    int number = vt_param(vt, 0, 0);
    if (!private_mode && vt->level < 3)
        return;
    vt_reply(vt, private_mode ? "\033[?%d;%d$y" : "\033[%d;%d$y", number, state_of(vt, private_mode, number));
}

// --- XTSAVE and XTRESTORE ---

static void keep(struct vt *vt, int number)
{
    const bool *flag = flag_of(vt, true, number);
    const struct choice *choice = choice_of(number);
    if (flag != NULL)
        vt->saved_flags[row_of(true, number)] = *flag;
    if (choice != NULL)
        *at_offset(vt, choice->saved) = *at_offset(vt, choice->offset);
}

static void give_back(struct vt *vt, int number)
{
    const struct choice *choice = choice_of(number);
    if (flag_of(vt, true, number) != NULL)
        set_private(vt, number, vt->saved_flags[row_of(true, number)]);
    if (choice != NULL)
        *at_offset(vt, choice->offset) = *at_offset(vt, choice->saved);
}

void vt_save_modes(struct vt *vt)
{
    for (int i = 0; i < vt->param_count; i++)
        keep(vt, vt->params[i]);
}

void vt_restore_modes(struct vt *vt)
{
    for (int i = 0; i < vt->param_count; i++)
        give_back(vt, vt->params[i]);
}

void vt_default_kept(struct vt *vt)
{
    memset(vt->kept, 0, sizeof vt->kept);
    vt->kept[KEPT_NO_ECHO] = true;
}

void vt_forget_modes(struct vt *vt)
{
    for (size_t i = 0; i < FLAG_COUNT; i++)
        vt->saved_flags[i] = *(const bool *)(const void *)((const char *)vt + flags[i].offset);
    vt->saved_mouse = VT_MOUSE_OFF;
    vt->saved_encoding = VT_MOUSE_X10;
}
