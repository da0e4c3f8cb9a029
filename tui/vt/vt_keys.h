// SPDX-License-Identifier: Apache-2.0
//
// vt_keys: encode keys, mouse, focus and pastes for the remote program, in the modes that it has set. The
// forms are xterm's (terminfo xterm-256color).

#ifndef SBXDECK_TUI_VT_VT_KEYS_H
#define SBXDECK_TUI_VT_VT_KEYS_H

#include "tui/base/input_event.h"
#include "tui/vt/vt_screen.h"

#include <stdbool.h>
#include <stddef.h>

enum { VT_KEY_MAX = 64 }; // longest encoding of an event

// A key: a code point or an enum input_key, with modifiers as in struct input_event, or its exact ones.
// Returns the bytes put into out (not ended by NUL); 0 for what no terminal sends.
size_t vt_key_encode(const struct vt *vt, uint32_t key, unsigned modifiers, char out[VT_KEY_MAX]);

// The program has turned a keyboard protocol on that tells keys apart which are the same byte otherwise. Then
// the bytes that the operator's terminal sent are not enough: encode the event.
bool vt_keys_are_exact(const struct vt *vt);

// Any event: a key by vt_key_encode, a mouse event (y0, x0: where the vt is drawn), focus. 0 for pastes,
// replies, what the program has not asked for, and a mouse outside the vt. A wheel on the alternate screen
// without mouse mode gives arrows (1007).
size_t vt_event_encode(const struct vt *vt, const struct input_event *event, int y0, int x0,
                       char out[VT_KEY_MAX]);

// A paste, in pieces of any split: vt_paste_begin, vt_paste_piece for each, vt_paste_end. Line ends become
// CR, as the Enter key sends. All other control characters but Tab go, C1 too, as do bytes that are not
// UTF-8: nothing in the text can end the brackets early or act as a key of its own.
struct vt_paste {
    bool bracketed; // the program had asked for brackets at the beginning; it gets the end too
    bool after_cr;
    char pending[4]; // a character that is not whole yet
    size_t pending_length;
};
size_t vt_paste_begin(struct vt_paste *paste, const struct vt *vt, char out[VT_KEY_MAX]);
// Returns the bytes put into out, at most length + 4: out must have room for them.
size_t vt_paste_piece(struct vt_paste *paste, const char *bytes, size_t length, char *out);
size_t vt_paste_end(struct vt_paste *paste, char out[VT_KEY_MAX]);

#endif
