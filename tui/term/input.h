// SPDX-License-Identifier: Apache-2.0
//
// input: bytes of the operator's terminal → events. Total: any bytes in any pieces. Every event carries the
// bytes it was made of, and the raw bytes of all events in order are exactly the bytes that were fed, so that
// a session can pass on what the terminal sent, unchanged.
//
// It knows no loop and no clock: the caller feeds what it read and, while input_timeout_ms is not negative,
// calls input_timeout when that time has passed without bytes (a lone Esc is Esc only then).

#ifndef SBXDECK_TUI_INPUT_H
#define SBXDECK_TUI_INPUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    INPUT_ESC_MS = 25,           // how long an Esc may be the start of a sequence
    INPUT_STRING_MS = 500,       // how long an unended OSC/DCS answer may take
    INPUT_SEQUENCE_MAX = 256,    // longest CSI sequence; a longer one comes as INPUT_UNKNOWN pieces
    INPUT_STRING_MAX = 4096,     // longest OSC/DCS/APC answer, likewise
    INPUT_PASTE_PIECE_MAX = 4096 // largest INPUT_PASTE piece
};

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

typedef void input_callback(void *context, const struct input_event *event);

struct input;
// The callback must not feed or free this input. The caller ends it by input_free.
struct input *input_new(input_callback *callback, void *context);
void input_free(struct input *input); // NULL is fine

void input_feed(struct input *input, const void *bytes, size_t length);
int input_timeout_ms(const struct input *input); // -1: nothing waits for time
void input_timeout(struct input *input);         // that time has passed: what waits becomes events
bool input_in_paste(const struct input *input);

// A printable code point without Ctrl or Alt: what a line editor inserts.
bool input_is_text(const struct input_event *event);
// What Ctrl makes of an ASCII character: a control code, or the character itself where there is none.
uint32_t input_with_control(uint32_t codepoint);
// Encodes a code point as UTF-8; returns 1..4, or 0 when it is none (surrogate, above 0x10ffff).
size_t input_utf8(uint32_t codepoint, char out[4]);

#endif
