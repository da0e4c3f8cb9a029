// SPDX-License-Identifier: Apache-2.0
//
// input_decode: what a complete sequence of the operator's terminal means: bytes in, an event out. For
// input.c.

#ifndef SBXDECK_TUI_TERM_INPUT_DECODE_H
#define SBXDECK_TUI_TERM_INPUT_DECODE_H

#include "tui/base/input_event.h"

// A control byte (below 0x20, or 0x7f): the key, and its modifiers added to *modifiers.
void input_decode_control(unsigned char byte, uint32_t *key, unsigned *modifiers);

// Each sets kind, key, modifiers and mouse of *event, and returns false when the sequence has no meaning
// here. The bytes are those after the introducer, with the final byte.
bool input_decode_csi(const char *bytes, size_t length, struct input_event *event);
bool input_decode_ss3(const char *bytes, size_t length, struct input_event *event);
bool input_decode_linux(unsigned char byte, struct input_event *event); // after ESC [ [
bool input_decode_x10(const char bytes[3], struct input_event *event);  // after ESC [ M

#endif
