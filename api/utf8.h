// SPDX-License-Identifier: Apache-2.0
//
// utf8: foreign bytes told apart: whole characters, control characters, and what is no UTF-8. (How wide they
// are and how they look is tui/text's.)

#ifndef SBXDECK_API_UTF8_H
#define SBXDECK_API_UTF8_H

#include <stdbool.h>
#include <stddef.h>

// The bytes of the character that text (ended by NUL) starts with, 1 to 4; 0 when it is none: a stray or
// missing continuation, a form longer than needed, half a surrogate pair, above U+10FFFF. 1 for NUL.
size_t utf8_length(const char *text);

// The character that text starts with is a control character: C0, DEL or C1.
bool utf8_is_control(const char *text);

#endif
