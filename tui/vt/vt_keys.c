// SPDX-License-Identifier: Apache-2.0
//
// vt_keys: encode keys, the mouse and pastes as xterm does. Tables, because that is what the forms are: a
// final letter or a number for each named key, and the modifiers as one more parameter.

#include "tui/vt/vt_keys.h"

#include "tui/vt/vt_keys_private.h"

#include "tui/base/text_decode.h"

#include <stdio.h>
#include <string.h>

static size_t put(char out[VT_KEY_MAX], const char *text)
{
    size_t length = strlen(text);
    memcpy(out, text, length);
    return length;
}

unsigned vt_key_parameter(unsigned modifiers)
{
    return 1 + ((modifiers & INPUT_SHIFT) ? 1u : 0u) + ((modifiers & INPUT_ALT) ? 2u : 0u) +
           ((modifiers & INPUT_CTRL) ? 4u : 0u);
}

struct named {
    char final;           // CSI final, or SS3 final without modifiers; 0: a number and ~
    bool cursor;          // SS3 in application cursor mode only; else always
    unsigned char number; // of the form CSI number ~
};

static const struct named named_keys[] = {
#define AT(key) [INPUT_KEY_##key - INPUT_KEY_NAMED]
    AT(UP) = {'A', true, 0},      AT(DOWN) = {'B', true, 0},       AT(RIGHT) = {'C', true, 0},
    AT(LEFT) = {'D', true, 0},    AT(HOME) = {'H', true, 0},       AT(END) = {'F', true, 0},
    AT(BEGIN) = {'E', true, 0},   AT(PAGE_UP) = {0, false, 5},     AT(PAGE_DOWN) = {0, false, 6},
    AT(INSERT) = {0, false, 2},   AT(DELETE) = {0, false, 3},      AT(F1) = {'P', false, 0},
    AT(F1 + 1) = {'Q', false, 0}, AT(F1 + 2) = {'R', false, 0},    AT(F1 + 3) = {'S', false, 0},
    AT(F1 + 4) = {0, false, 15},  AT(F1 + 5) = {0, false, 17},     AT(F1 + 6) = {0, false, 18},
    AT(F1 + 7) = {0, false, 19},  AT(F1 + 8) = {0, false, 20},     AT(F1 + 9) = {0, false, 21},
    AT(F1 + 10) = {0, false, 23}, AT(F1 + 11) = {0, false, 24},    AT(F1 + 12) = {0, false, 25},
    AT(F1 + 13) = {0, false, 26}, AT(F1 + 14) = {0, false, 28},    AT(F1 + 15) = {0, false, 29},
    AT(F1 + 16) = {0, false, 31}, AT(F1 + 17) = {0, false, 32},    AT(F1 + 18) = {0, false, 33},
    AT(F1 + 19) = {0, false, 34}, AT(END_OF_NAMED) = {0, false, 0}
#undef AT
};

size_t vt_key_sequence(const struct vt_modes *modes, uint32_t code, unsigned modifiers, char out[VT_KEY_MAX])
{
    const struct named *key = &named_keys[code - INPUT_KEY_NAMED];
    unsigned with = vt_key_parameter(modifiers);
    int length;
    if (key->final == 0 && key->number == 0)
        return 0;
    if (key->final == 0 && with == 1)
        length = snprintf(out, VT_KEY_MAX, "\033[%u~", key->number);
    else if (key->final == 0)
        length = snprintf(out, VT_KEY_MAX, "\033[%u;%u~", key->number, with);
    else if (with != 1)
        length = snprintf(out, VT_KEY_MAX, "\033[1;%u%c", with, key->final);
    else if (!key->cursor || modes->application_cursor)
        length = snprintf(out, VT_KEY_MAX, "\033O%c", key->final);
    else
        length = snprintf(out, VT_KEY_MAX, "\033[%c", key->final);
    return (size_t)length;
}

// Keys that are one control character; 0 when the key is none of them.
static size_t encode_control(const struct vt_modes *modes, uint32_t key, unsigned modifiers,
                             char out[VT_KEY_MAX])
{
    size_t at = 0;
    if (key == INPUT_KEY_TAB && (modifiers & INPUT_SHIFT) != 0)
        return put(out, (modifiers & INPUT_ALT) != 0 ? "\033\033[Z" : "\033[Z");
    if (key != INPUT_KEY_ENTER && key != INPUT_KEY_TAB && key != INPUT_KEY_BACKSPACE && key != INPUT_KEY_ESC)
        return 0;
    if ((modifiers & INPUT_ALT) != 0)
        out[at++] = '\033';
    if (key == INPUT_KEY_BACKSPACE) {
        bool bs = modes->backarrow_is_bs != ((modifiers & INPUT_CTRL) != 0);
        out[at++] = bs ? '\b' : '\177';
    } else {
        out[at++] = key == INPUT_KEY_ENTER ? '\r' : key == INPUT_KEY_TAB ? '\t' : '\033';
        if (key == INPUT_KEY_ENTER && modes->newline)
            out[at++] = '\n';
    }
    return at;
}

size_t vt_key_encode(const struct vt *vt, uint32_t key, unsigned modifiers, char out[VT_KEY_MAX])
{
    struct vt_modes modes = vt_modes(vt);
    size_t at = vt_key_exact(vt, key, modifiers, out);
    if (at > 0 || key >= INPUT_KEY_END_OF_NAMED)
        return at;
    if (key >= INPUT_KEY_NAMED) {
        at = vt_key_sequence(&modes, key, modifiers, out);
        return at > 0 ? at : encode_control(&modes, key, modifiers, out);
    }
    if ((modifiers & INPUT_ALT) != 0)
        out[at++] = '\033';
    if ((modifiers & INPUT_SHIFT) != 0 && key >= 'a' && key <= 'z')
        key &= ~0x20u;
    if ((modifiers & INPUT_CTRL) != 0)
        key = input_event_with_control(key);
    size_t length = text_encode(key, out + at);
    return length == 0 ? 0 : at + length;
}

// --- mouse -----------------------------------------------------------------------

static const unsigned char button_codes[] = {
    [INPUT_BUTTON_LEFT] = 0, [INPUT_BUTTON_MIDDLE] = 1, [INPUT_BUTTON_RIGHT] = 2, [INPUT_BUTTON_NONE] = 3,
    [INPUT_WHEEL_UP] = 64,   [INPUT_WHEEL_DOWN] = 65,   [INPUT_WHEEL_LEFT] = 66,  [INPUT_WHEEL_RIGHT] = 67,
    [INPUT_BUTTON_8] = 128,  [INPUT_BUTTON_9] = 129,    [INPUT_BUTTON_10] = 130,  [INPUT_BUTTON_11] = 131,
};

static bool is_wheel(enum input_mouse_button button)
{
    return button >= INPUT_WHEEL_UP && button <= INPUT_WHEEL_RIGHT;
}

// The program has asked for this kind of event.
static bool mouse_wanted(enum vt_mouse mode, enum input_mouse_action action, enum input_mouse_button button)
{
    if (mode == VT_MOUSE_OFF || (is_wheel(button) && action != INPUT_MOUSE_PRESS))
        return false;
    if (action == INPUT_MOUSE_MOTION)
        return mode == VT_MOUSE_MOTION || (mode == VT_MOUSE_DRAG && button != INPUT_BUTTON_NONE);
    if (mode == VT_MOUSE_PRESS)
        return action == INPUT_MOUSE_PRESS && button <= INPUT_BUTTON_RIGHT;
    return true;
}

// A number of the old form: one byte from 32, or with 1005 one character. 0 when it does not fit.
static size_t old_number(enum vt_mouse_encoding encoding, unsigned value, char *out)
{
    if (encoding == VT_MOUSE_UTF8)
        return value + 32 <= 2047 ? text_encode(value + 32, out) : 0;
    if (value + 32 > 255)
        return 0;
    out[0] = (char)(value + 32);
    return 1;
}

static size_t encode_old(enum vt_mouse_encoding encoding, unsigned code, int y, int x, char out[VT_KEY_MAX])
{
    size_t at = put(out, "\033[M");
    const unsigned numbers[] = {code, (unsigned)x + 1, (unsigned)y + 1};
    for (size_t i = 0; i < 3; i++) {
        size_t length = old_number(encoding, numbers[i], out + at);
        if (length == 0)
            return 0;
        at += length;
    }
    return at;
}

// The wheel on the alternate screen of a program without mouse: three lines, as most terminals do.
static size_t wheel_as_arrows(const struct vt *vt, enum input_mouse_button button, char out[VT_KEY_MAX])
{
    if (button != INPUT_WHEEL_UP && button != INPUT_WHEEL_DOWN)
        return 0;
    size_t at = 0;
    for (int i = 0; i < 3; i++) {
        char arrow[VT_KEY_MAX];
        size_t length = vt_key_encode(vt, button == INPUT_WHEEL_UP ? INPUT_KEY_UP : INPUT_KEY_DOWN, 0, arrow);
        memcpy(out + at, arrow, length);
        at += length;
    }
    return at;
}

// 0 when the program has not asked for it, or when it is outside the screen.
static size_t encode_mouse(const struct vt *vt, enum input_mouse_action action,
                           enum input_mouse_button button, unsigned modifiers, int y, int x,
                           char out[VT_KEY_MAX])
{
    struct vt_modes modes = vt_modes(vt);
    if (y < 0 || x < 0 || y >= vt_rows(vt) || x >= vt_cols(vt) ||
        (size_t)button >= sizeof button_codes / sizeof button_codes[0])
        return 0;
    if (modes.mouse == VT_MOUSE_OFF && modes.alternate_screen && modes.alternate_scroll &&
        action == INPUT_MOUSE_PRESS)
        return wheel_as_arrows(vt, button, out);
    if (!mouse_wanted(modes.mouse, action, button))
        return 0;
    bool sgr = modes.mouse_encoding == VT_MOUSE_SGR;
    unsigned code = button_codes[button];
    if (action == INPUT_MOUSE_RELEASE && !sgr)
        code = 3; // the old forms do not say which
    if (action == INPUT_MOUSE_MOTION)
        code += 32;
    if (modes.mouse != VT_MOUSE_PRESS)
        code += ((modifiers & INPUT_SHIFT) ? 4u : 0u) + ((modifiers & INPUT_ALT) ? 8u : 0u) +
                ((modifiers & INPUT_CTRL) ? 16u : 0u);
    if (sgr)
        return (size_t)snprintf(out, VT_KEY_MAX, "\033[<%u;%d;%d%c", code, x + 1, y + 1,
                                action == INPUT_MOUSE_RELEASE ? 'm' : 'M');
    if (modes.mouse_encoding == VT_MOUSE_URXVT)
        return (size_t)snprintf(out, VT_KEY_MAX, "\033[%u;%d;%dM", code + 32, x + 1, y + 1);
    return encode_old(modes.mouse_encoding, code, y, x, out);
}

size_t vt_event_encode(const struct vt *vt, const struct input_event *event, int y0, int x0,
                       char out[VT_KEY_MAX])
{
    switch (event->kind) {
    case INPUT_KEY:
        if (event->exact_key != 0)
            return vt_key_encode(vt, event->exact_key, event->exact_modifiers, out);
        return vt_key_encode(vt, event->key, event->modifiers, out);
    case INPUT_MOUSE:
        return encode_mouse(vt, event->mouse.action, event->mouse.button, event->modifiers,
                            event->mouse.y - y0, event->mouse.x - x0, out);
    case INPUT_FOCUS_IN:
    case INPUT_FOCUS_OUT:
        if (!vt_modes(vt).focus_events)
            return 0;
        return put(out, event->kind == INPUT_FOCUS_IN ? "\033[I" : "\033[O");
    case INPUT_PASTE_BEGIN:
    case INPUT_PASTE:
    case INPUT_PASTE_END:
    case INPUT_REPLY:
    case INPUT_UNKNOWN:
        return 0;
    }
    return 0;
}

// --- pastes ----------------------------------------------------------------------

size_t vt_paste_begin(struct vt_paste *paste, const struct vt *vt, char out[VT_KEY_MAX])
{
    memset(paste, 0, sizeof *paste);
    paste->bracketed = vt_modes(vt).bracketed_paste;
    return paste->bracketed ? put(out, "\033[200~") : 0;
}

// One whole character of the paste → what is typed for it.
static size_t paste_character(struct vt_paste *paste, uint32_t codepoint, char *out)
{
    bool after_cr = paste->after_cr;
    paste->after_cr = codepoint == '\r';
    if (codepoint == '\n' && after_cr)
        return 0; // CR LF is one line end
    if (codepoint == '\n' || codepoint == '\r') {
        out[0] = '\r';
        return 1;
    }
    if ((codepoint < 0x20 && codepoint != '\t') || (codepoint >= 0x7f && codepoint < 0xa0))
        return 0;
    return text_encode(codepoint, out);
}

size_t vt_paste_piece(struct vt_paste *paste, const char *bytes, size_t length, char *out)
{
    size_t at = 0;
    for (size_t i = 0; i < length; i++) {
        paste->pending[paste->pending_length++] = bytes[i];
        while (text_decode_incomplete(paste->pending, paste->pending_length) < paste->pending_length) {
            uint32_t codepoint = 0;
            size_t used = text_decode(paste->pending, paste->pending_length, &codepoint);
            if (codepoint != TEXT_INVALID)
                at += paste_character(paste, codepoint, out + at);
            paste->pending_length -= used;
            memmove(paste->pending, paste->pending + used, paste->pending_length);
        }
    }
    return at;
}

size_t vt_paste_end(struct vt_paste *paste, char out[VT_KEY_MAX])
{
    paste->pending_length = 0;
    return paste->bracketed ? put(out, "\033[201~") : 0;
}
