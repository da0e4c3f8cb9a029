// SPDX-License-Identifier: Apache-2.0
//
// input_event: one key, mouse action, piece of a paste or answer of the operator's terminal. input makes
// them; widgets and the emulator's keyboard take them.

#ifndef SBXDECK_TUI_BASE_INPUT_EVENT_H
#define SBXDECK_TUI_BASE_INPUT_EVENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { INPUT_PASTE_PIECE_MAX = 4096 }; // bytes of the largest INPUT_PASTE

// A key is a Unicode code point, or one of these above Unicode.
enum input_key {
    INPUT_KEY_NAMED = 0x110000,
    INPUT_KEY_UP = INPUT_KEY_NAMED,
    INPUT_KEY_DOWN,
    INPUT_KEY_RIGHT,
    INPUT_KEY_LEFT,
    INPUT_KEY_HOME,
    INPUT_KEY_END,
    INPUT_KEY_PAGE_UP,
    INPUT_KEY_PAGE_DOWN,
    INPUT_KEY_INSERT,
    INPUT_KEY_DELETE,
    INPUT_KEY_BEGIN, // the middle of the keypad
    INPUT_KEY_ENTER,
    INPUT_KEY_TAB, // Shift-Tab is this with INPUT_SHIFT
    INPUT_KEY_BACKSPACE,
    INPUT_KEY_ESC,
    INPUT_KEY_F1,
    INPUT_KEY_F20 = INPUT_KEY_F1 + 19,
    INPUT_KEY_END_OF_NAMED
};

// Shift is given for named keys only: a shifted letter is the upper-case code point. With Ctrl a letter is
// the lower-case code point (Ctrl-A is 'a'), Ctrl-Space is ' ' (byte 0), Ctrl-] is ']' (0x1d). Byte 0x0a is
// Ctrl-j, 0x08 is Ctrl-h, 0x09 Tab, 0x0d Enter, 0x7f Backspace.
enum { INPUT_SHIFT = 1, INPUT_ALT = 2, INPUT_CTRL = 4 };

enum input_kind {
    INPUT_KEY,
    INPUT_MOUSE,
    INPUT_PASTE_BEGIN, // raw: ESC [ 200 ~
    INPUT_PASTE,       // raw: a piece of the pasted text, as it came (may be split within a character)
    INPUT_PASTE_END,   // raw: ESC [ 201 ~
    INPUT_FOCUS_IN,
    INPUT_FOCUS_OUT,
    INPUT_REPLY, // an answer to a question of ours: CSI with a private mark, a place, OSC, DCS; nothing typed
    INPUT_UNKNOWN // neither: a sequence of no meaning here, or bytes that are not UTF-8
};

enum input_mouse_action { INPUT_MOUSE_PRESS, INPUT_MOUSE_RELEASE, INPUT_MOUSE_MOTION };
enum input_mouse_button {
    INPUT_BUTTON_LEFT,
    INPUT_BUTTON_MIDDLE,
    INPUT_BUTTON_RIGHT,
    INPUT_BUTTON_NONE, // motion without a button
    INPUT_WHEEL_UP,
    INPUT_WHEEL_DOWN,
    INPUT_WHEEL_LEFT,
    INPUT_WHEEL_RIGHT,
    INPUT_BUTTON_8,
    INPUT_BUTTON_9,
    INPUT_BUTTON_10,
    INPUT_BUTTON_11
};

// key and modifiers are what every terminal tells: Ctrl-i is Tab, Ctrl-[ is Esc, Shift-Enter is Enter. Where
// the terminal tells more (modifyOtherKeys, kitty's protocol), exact_key and exact_modifiers are what was
// pressed: a letter is the lower-case one then, with INPUT_SHIFT.
struct input_event {
    enum input_kind kind;
    uint32_t key;       // INPUT_KEY: a code point or an enum input_key; else 0
    unsigned modifiers; // INPUT_KEY and INPUT_MOUSE
    uint32_t exact_key; // 0: nothing more is known
    unsigned exact_modifiers;
    struct {
        enum input_mouse_action action;
        enum input_mouse_button button;
        int y, x; // from 0
    } mouse;
    const char *raw; // valid during the callback; not ended by NUL
    size_t raw_length;
};

// A printable code point without Ctrl or Alt: what a line editor inserts.
bool input_event_is_text(const struct input_event *event);
// Esc or Ctrl-C: what gives up whatever is open.
bool input_event_is_cancel(const struct input_event *event);
// What Ctrl makes of an ASCII character: a control code, or the character itself where there is none.
uint32_t input_event_with_control(uint32_t codepoint);

#endif
