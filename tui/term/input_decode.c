// SPDX-License-Identifier: Apache-2.0
//
// input_decode: the tables of the sequences that terminals send for keys and the mouse: of xterm (PC-style
// and VT220 keys, modifyOtherKeys, CSI u), the Linux console, rxvt and VT100 keypads together. No two of
// them mean different keys by the same bytes, but for rxvt's, which differ in their final byte.

#include "tui/term/input_decode.h"

#include "tui/base/text_decode.h"

#include <string.h>

enum { PARAMETERS_MAX = 8, PARAMETER_MAX = 0x10ffff, KEYPAD_FIRST = 57399, SUPER_OR_HYPER = 8 | 16 };

struct parameters {
    unsigned values[PARAMETERS_MAX];
    size_t count;
    unsigned base; // third part of the first: the key of the same place on a Latin keyboard
};

struct final_key {
    char final;
    uint32_t key;
    unsigned modifiers;
};

// The letter after CSI or SS3 alike: cursor keys, and the first function keys.
static const struct final_key finals[] = {
    {'A', INPUT_KEY_UP, 0},     {'B', INPUT_KEY_DOWN, 0},   {'C', INPUT_KEY_RIGHT, 0},
    {'D', INPUT_KEY_LEFT, 0},   {'E', INPUT_KEY_BEGIN, 0},  {'F', INPUT_KEY_END, 0},
    {'H', INPUT_KEY_HOME, 0},   {'P', INPUT_KEY_F1, 0},     {'Q', INPUT_KEY_F1 + 1, 0},
    {'R', INPUT_KEY_F1 + 2, 0}, {'S', INPUT_KEY_F1 + 3, 0},
};

// After CSI only; lower case: rxvt with Shift
static const struct final_key csi_finals[] = {
    {'Z', INPUT_KEY_TAB, INPUT_SHIFT},  {'a', INPUT_KEY_UP, INPUT_SHIFT},
    {'b', INPUT_KEY_DOWN, INPUT_SHIFT}, {'c', INPUT_KEY_RIGHT, INPUT_SHIFT},
    {'d', INPUT_KEY_LEFT, INPUT_SHIFT},
};

// After SS3 only, but for the keypad's; lower-case arrows: rxvt with Ctrl
static const struct final_key ss3_finals[] = {
    {'I', INPUT_KEY_TAB, 0},           {'M', INPUT_KEY_ENTER, 0},         {'X', '=', 0},
    {'a', INPUT_KEY_UP, INPUT_CTRL},   {'b', INPUT_KEY_DOWN, INPUT_CTRL}, {'c', INPUT_KEY_RIGHT, INPUT_CTRL},
    {'d', INPUT_KEY_LEFT, INPUT_CTRL},
};
static const char ss3_keypad[] = "*+,-./0123456789"; // from 'j' on

// CSI number ~ (rxvt also with '^' Ctrl, '$' Shift, '@' both); 0: no key
static const uint32_t numbered[] = {
    [1] = INPUT_KEY_HOME,     [2] = INPUT_KEY_INSERT,    [3] = INPUT_KEY_DELETE,   [4] = INPUT_KEY_END,
    [5] = INPUT_KEY_PAGE_UP,  [6] = INPUT_KEY_PAGE_DOWN, [7] = INPUT_KEY_HOME,     [8] = INPUT_KEY_END,
    [11] = INPUT_KEY_F1,      [12] = INPUT_KEY_F1 + 1,   [13] = INPUT_KEY_F1 + 2,  [14] = INPUT_KEY_F1 + 3,
    [15] = INPUT_KEY_F1 + 4,  [17] = INPUT_KEY_F1 + 5,   [18] = INPUT_KEY_F1 + 6,  [19] = INPUT_KEY_F1 + 7,
    [20] = INPUT_KEY_F1 + 8,  [21] = INPUT_KEY_F1 + 9,   [23] = INPUT_KEY_F1 + 10, [24] = INPUT_KEY_F1 + 11,
    [25] = INPUT_KEY_F1 + 12, [26] = INPUT_KEY_F1 + 13,  [28] = INPUT_KEY_F1 + 14, [29] = INPUT_KEY_F1 + 15,
    [31] = INPUT_KEY_F1 + 16, [32] = INPUT_KEY_F1 + 17,  [33] = INPUT_KEY_F1 + 18, [34] = INPUT_KEY_F1 + 19,
};

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

void input_decode_control(unsigned char byte, uint32_t *key, unsigned *modifiers)
{
    static const struct {
        unsigned char byte;
        uint32_t key;
    } named[] = {
        {0x09, INPUT_KEY_TAB}, {0x0d, INPUT_KEY_ENTER}, {0x1b, INPUT_KEY_ESC}, {0x7f, INPUT_KEY_BACKSPACE}};
    for (size_t i = 0; i < COUNT(named); i++) {
        if (named[i].byte == byte) {
            *key = named[i].key;
            return;
        }
    }
    *modifiers |= INPUT_CTRL;
    if (byte == 0)
        *key = ' ';
    else
        *key = byte <= 26 ? byte + 0x60u : byte + 0x40u; // Ctrl-a … Ctrl-z, Ctrl-\ ] ^ _
}

// Numbers apart by ';'. Parts after ':' (kitty's alternates) are passed over but for one. An omitted one is
// 0.
static bool parse(const char *bytes, size_t length, struct parameters *out)
{
    unsigned passed = 0, *value = &out->values[0];
    *out = (struct parameters){.count = length > 0 ? 1 : 0};
    for (size_t i = 0; i < length; i++) {
        if (bytes[i] == ';') {
            if (out->count == PARAMETERS_MAX)
                return false;
            value = &out->values[out->count++];
        } else if (bytes[i] == ':') {
            bool second = value == &out->base || value == &passed;
            value = &passed;
            if (out->count == 1 && second && out->base == 0)
                value = &out->base;
        } else if (bytes[i] < '0' || bytes[i] > '9') {
            return false;
        } else {
            *value = *value * 10 + (unsigned)(bytes[i] - '0');
            if (*value > PARAMETER_MAX)
                return false;
        }
    }
    return true;
}

// xterm's modifier parameter: 1 + bits Shift 1, Alt 2, Ctrl 4, Meta 8 (kitty: Super 8, Hyper 16, Meta 32).
static unsigned modifiers_of(unsigned parameter)
{
    if (parameter == 0)
        return 0;
    unsigned bits = parameter - 1;
    return (bits & 7) | ((bits & (8 | 32)) != 0 ? INPUT_ALT : 0u);
}

static bool set_key(struct input_event *event, uint32_t key, unsigned modifiers)
{
    event->kind = INPUT_KEY;
    event->key = key;
    event->modifiers = modifiers;
    return true;
}

// kitty's numbers of keys that have no character, from 57399 on: the keypad's.
static uint32_t keypad_key(unsigned number)
{
    static const char typed[] = "0123456789./*-+\r=,";
    static const uint32_t named[] = {INPUT_KEY_LEFT,    INPUT_KEY_RIGHT,     INPUT_KEY_UP,   INPUT_KEY_DOWN,
                                     INPUT_KEY_PAGE_UP, INPUT_KEY_PAGE_DOWN, INPUT_KEY_HOME, INPUT_KEY_END,
                                     INPUT_KEY_INSERT,  INPUT_KEY_DELETE,    INPUT_KEY_BEGIN};
    const unsigned characters = sizeof typed - 1, at = number - KEYPAD_FIRST;
    if (number < KEYPAD_FIRST || at >= characters + COUNT(named))
        return 0;
    if (at >= characters)
        return named[at - characters];
    return typed[at] == '\r' ? INPUT_KEY_ENTER : (uint32_t)typed[at];
}

static bool is_letter(uint32_t key)
{
    return (key | 0x20) >= 'a' && (key | 0x20) <= 'z';
}

// The key as every terminal would tell it: through the byte that Ctrl makes.
static bool set_plain(struct input_event *event, uint32_t key, unsigned modifiers)
{
    bool ctrl = (modifiers & INPUT_CTRL) != 0, shift = (modifiers & INPUT_SHIFT) != 0;
    unsigned alt = modifiers & INPUT_ALT, tab_shift = 0;
    if (key < 0x80 && ctrl)
        key = input_event_with_control(key);
    if (key == INPUT_KEY_TAB)
        tab_shift = modifiers & INPUT_SHIFT;
    if (key < 0x20 || key == 0x7f) {
        input_decode_control((unsigned char)key, &key, &alt);
        return set_key(event, key, alt);
    }
    if (key >= INPUT_KEY_NAMED)
        return set_key(event, key, key <= INPUT_KEY_BEGIN ? modifiers : alt | tab_shift);
    if (shift && !ctrl && is_letter(key))
        key &= ~0x20u;
    return set_key(event, key, modifiers & ~(unsigned)INPUT_SHIFT);
}

// A code point with modifiers, as modifyOtherKeys and CSI u give them. base: the Latin key of that place, or
// 0: with Ctrl or Alt it is what is meant.
static bool set_codepoint(struct input_event *event, unsigned codepoint, unsigned base, unsigned modifiers)
{
    char encoded[4];
    uint32_t key = codepoint, exact;
    if (codepoint < 0x20 || codepoint == 0x7f) {
        unsigned implied = 0;
        input_decode_control((unsigned char)codepoint, &key, &implied);
        if (key == 'h' && implied != 0)
            key = INPUT_KEY_BACKSPACE;
        modifiers |= key < INPUT_KEY_NAMED ? implied : 0;
    } else if (keypad_key(codepoint) != 0) {
        return set_plain(event, keypad_key(codepoint), modifiers);
    } else if (codepoint >= 0xe000 && codepoint <= 0xf8ff) {
        event->kind = INPUT_REPLY; // a key that none of ours is, and no program has asked for
        return true;
    } else if (text_encode(codepoint, encoded) == 0 || (codepoint >= 0x80 && codepoint < 0xa0)) {
        return false;
    }
    exact = key;
    if (key < INPUT_KEY_NAMED && is_letter(key) && (key & 0x20) == 0) {
        exact |= 0x20;
        modifiers |= INPUT_SHIFT;
    }
    event->exact_key = exact;
    event->exact_modifiers = modifiers;
    bool other_layout = key >= 0x80 && key < INPUT_KEY_NAMED && base > 0x20 && base < 0x7f &&
                        (modifiers & (INPUT_CTRL | INPUT_ALT)) != 0;
    return set_plain(event, other_layout ? base : exact, modifiers);
}

static bool lookup(const struct final_key *keys, size_t count, char final, unsigned modifiers,
                   struct input_event *event)
{
    for (size_t i = 0; i < count; i++)
        if (keys[i].final == final)
            return set_key(event, keys[i].key, keys[i].modifiers | modifiers);
    return false;
}

static bool tilde(const struct parameters *parameters, char final, struct input_event *event)
{
    unsigned number = parameters->values[0];
    unsigned modifiers = modifiers_of(parameters->values[1]);
    if (number == 200 && final == '~') {
        event->kind = INPUT_PASTE_BEGIN;
        return true;
    }
    if (number == 27 && parameters->count >= 3) // modifyOtherKeys: CSI 27 ; modifiers ; code ~
        return set_codepoint(event, parameters->values[2], 0, modifiers);
    if (number >= COUNT(numbered) || numbered[number] == 0)
        return false;
    if (final == '^' || final == '@')
        modifiers |= INPUT_CTRL;
    if (final == '$' || final == '@')
        modifiers |= INPUT_SHIFT;
    return set_key(event, numbered[number], modifiers);
}

// The button byte of all of xterm's mouse encodings.
static void mouse_button(struct input_event *event, unsigned code)
{
    event->kind = INPUT_MOUSE;
    event->modifiers = ((code & 4) != 0 ? INPUT_SHIFT : 0u) | ((code & 8) != 0 ? INPUT_ALT : 0u) |
                       ((code & 16) != 0 ? INPUT_CTRL : 0u);
    unsigned low = code & 3;
    if ((code & 64) != 0)
        event->mouse.button = (enum input_mouse_button)(INPUT_WHEEL_UP + low);
    else if ((code & 128) != 0)
        event->mouse.button = (enum input_mouse_button)(INPUT_BUTTON_8 + low);
    else
        event->mouse.button = (enum input_mouse_button)(INPUT_BUTTON_LEFT + low); // 3: none
    event->mouse.action = (code & 32) != 0 ? INPUT_MOUSE_MOTION : INPUT_MOUSE_PRESS;
}

static bool mouse_sgr(const char *bytes, size_t length, struct input_event *event)
{
    struct parameters parameters;
    if (!parse(bytes + 1, length - 2, &parameters) || parameters.count != 3 || parameters.values[1] == 0 ||
        parameters.values[2] == 0 || parameters.values[0] > 255)
        return false;
    mouse_button(event, parameters.values[0]);
    if (bytes[length - 1] == 'm' && event->mouse.action == INPUT_MOUSE_PRESS)
        event->mouse.action = INPUT_MOUSE_RELEASE;
    event->mouse.x = (int)parameters.values[1] - 1;
    event->mouse.y = (int)parameters.values[2] - 1;
    return true;
}

bool input_decode_csi(const char *bytes, size_t length, struct input_event *event)
{
    char final = bytes[length - 1];
    struct parameters parameters;
    if (bytes[0] == '<' && (final == 'M' || final == 'm'))
        return mouse_sgr(bytes, length, event);
    if (bytes[0] >= '<' && bytes[0] <= '?' && length > 1) {
        event->kind = INPUT_REPLY; // a private mark: an answer (DA, DECRPM, …)
        return true;
    }
    if (!parse(bytes, length - 1, &parameters))
        return false;
    unsigned modifiers = modifiers_of(parameters.values[1]);
    if (length == 1 && (final == 'I' || final == 'O')) {
        event->kind = final == 'I' ? INPUT_FOCUS_IN : INPUT_FOCUS_OUT;
        return true;
    }
    if (final == '~' || final == '^' || final == '@' || final == '$')
        return parameters.count > 0 && tilde(&parameters, final, event);
    if (final == 'u' && parameters.values[1] > 0 && ((parameters.values[1] - 1) & SUPER_OR_HYPER) != 0) {
        event->kind = INPUT_REPLY; // the desktop's keys: not ours, and no program's that asks for flag 1
        return true;
    }
    if (final == 'u')
        return parameters.count > 0 && set_codepoint(event, parameters.values[0], parameters.base, modifiers);
    // A cursor position report looks like F3 with a modifier; xterm's keys have 1 in front.
    if (final == 'R' && parameters.count == 2 && parameters.values[0] > 1) {
        event->kind = INPUT_REPLY;
        return true;
    }
    if (parameters.count > 2 || (parameters.count > 0 && parameters.values[0] > 1))
        return false;
    return lookup(finals, COUNT(finals), final, modifiers, event) ||
           lookup(csi_finals, COUNT(csi_finals), final, modifiers, event);
}

bool input_decode_ss3(const char *bytes, size_t length, struct input_event *event)
{
    struct parameters parameters;
    if (!parse(bytes, length - 1, &parameters))
        return false;
    unsigned modifiers = modifiers_of(parameters.count > 0 ? parameters.values[0] : 0);
    char final = bytes[length - 1];
    if (final >= 'j' && final < 'j' + (int)sizeof ss3_keypad - 1)
        (void)set_key(event, (uint32_t)ss3_keypad[final - 'j'], modifiers);
    else if (!lookup(finals, COUNT(finals), final, modifiers, event) &&
             !lookup(ss3_finals, COUNT(ss3_finals), final, modifiers, event))
        return false;
    if (event->key < INPUT_KEY_NAMED)
        event->modifiers &= ~(unsigned)INPUT_SHIFT;
    return true;
}

bool input_decode_linux(unsigned char byte, struct input_event *event)
{
    return byte >= 'A' && byte <= 'E' && set_key(event, (uint32_t)(INPUT_KEY_F1 + byte - 'A'), 0);
}

bool input_decode_x10(const char bytes[3], struct input_event *event)
{
    const unsigned char *code = (const unsigned char *)bytes;
    if (code[0] < 32 || code[1] < 33 || code[2] < 33)
        return false;
    mouse_button(event, code[0] - 32u);
    // Here the release is button 3 and does not say which one.
    if (event->mouse.button == INPUT_BUTTON_NONE && event->mouse.action == INPUT_MOUSE_PRESS)
        event->mouse.action = INPUT_MOUSE_RELEASE;
    event->mouse.x = code[1] - 33;
    event->mouse.y = code[2] - 33;
    return true;
}
