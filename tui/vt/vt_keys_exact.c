// SPDX-License-Identifier: Apache-2.0
//
// vt_keys_exact: encode keys as numbers with their modifiers, for programs that have turned a keyboard
// protocol on. What the protocol leaves alone is encoded the usual way (see vt_keys).

#include "tui/vt/vt_keys_private.h"

#include <stdio.h>
#include <string.h>

enum { LEVEL_ALL = 2 };

static bool is_upper(uint32_t key)
{
    return key >= 'A' && key <= 'Z';
}

static bool is_lower(uint32_t key)
{
    return key >= 'a' && key <= 'z';
}

// The number of a named key that has one; 0: it has none.
static uint32_t number_of(uint32_t key)
{
    switch (key) {
    case INPUT_KEY_ENTER:
        return '\r';
    case INPUT_KEY_TAB:
        return '\t';
    case INPUT_KEY_BACKSPACE:
        return 0x7f;
    case INPUT_KEY_ESC:
        return 0x1b;
    default:
        return key < INPUT_KEY_NAMED ? key : 0;
    }
}

// --- kitty --------------------------------------------------------------------------------

// The keys that have a sequence in any case: never by SS3, and F3 by its number, since CSI R is an answer.
static size_t encode_named(uint32_t key, unsigned modifiers, char out[VT_KEY_MAX])
{
    char plain[VT_KEY_MAX];
    static const struct vt_modes none;
    unsigned with = vt_key_parameter(modifiers);
    if (key == INPUT_KEY_F1 + 2)
        return (size_t)snprintf(out, VT_KEY_MAX, with == 1 ? "\033[13~" : "\033[13;%u~", with);
    size_t length = vt_key_sequence(&none, key, modifiers, plain);
    if (length == 3 && plain[1] == 'O')
        plain[1] = '[';
    memcpy(out, plain, length);
    return length;
}

static size_t encode_kitty(uint32_t key, unsigned modifiers, char out[VT_KEY_MAX])
{
    uint32_t number = number_of(key);
    if (number == 0)
        return encode_named(key, modifiers, out);
    // Enter, Tab and Backspace alone stay what they are, so that "reset" can be typed in any case.
    bool usual = key >= INPUT_KEY_NAMED ? key != INPUT_KEY_ESC && modifiers == 0
                                        : (modifiers & (INPUT_CTRL | INPUT_ALT)) == 0;
    if (usual)
        return 0;
    if (is_upper(number)) {
        number |= 0x20;
        modifiers |= INPUT_SHIFT;
    }
    unsigned with = vt_key_parameter(modifiers);
    return (size_t)snprintf(out, VT_KEY_MAX, with == 1 ? "\033[%uu" : "\033[%u;%uu", number, with);
}

// --- modifyOtherKeys ----------------------------------------------------------------------

// What level 1 leaves alone: Alt by itself, and where Ctrl makes a control code.
static bool is_well_known(uint32_t key, unsigned modifiers)
{
    unsigned plain = modifiers & ~(unsigned)INPUT_ALT;
    if (plain == 0 || key == INPUT_KEY_BACKSPACE || (key == INPUT_KEY_TAB && plain == INPUT_SHIFT))
        return true;
    bool control = key < 0x80 && input_event_with_control(key) != key;
    return control && (plain & INPUT_SHIFT) == 0;
}

static size_t encode_other(int level, uint32_t key, unsigned modifiers, char out[VT_KEY_MAX])
{
    uint32_t number = number_of(key);
    bool text = key < INPUT_KEY_NAMED && (modifiers & (INPUT_CTRL | INPUT_ALT)) == 0;
    if (number == 0 || modifiers == 0 || text)
        return 0;
    if (key == INPUT_KEY_BACKSPACE && modifiers == INPUT_CTRL)
        return 0;
    if (level < LEVEL_ALL && is_well_known(key, modifiers))
        return 0;
    if (is_upper(number))
        modifiers |= INPUT_SHIFT;
    else if (is_lower(number) && (modifiers & INPUT_SHIFT) != 0)
        number &= ~0x20u;
    return (size_t)snprintf(out, VT_KEY_MAX, "\033[27;%u;%u~", vt_key_parameter(modifiers), number);
}

size_t vt_key_exact(const struct vt *vt, uint32_t key, unsigned modifiers, char out[VT_KEY_MAX])
{
    struct vt_modes modes = vt_modes(vt);
    if (key >= INPUT_KEY_END_OF_NAMED)
        return 0;
    if ((vt_key_flags(vt) & VT_KEYS_DISAMBIGUATE) != 0)
        return encode_kitty(key, modifiers, out);
    if (modes.modify_other_keys != 0)
        return encode_other(modes.modify_other_keys, key, modifiers, out);
    return 0;
}

bool vt_keys_are_exact(const struct vt *vt)
{
    return (vt_key_flags(vt) & VT_KEYS_DISAMBIGUATE) != 0 || vt_modes(vt).modify_other_keys != 0;
}
