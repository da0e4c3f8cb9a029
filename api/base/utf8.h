// SPDX-License-Identifier: Apache-2.0
//
// utf8: Tell whole UTF-8 characters, control characters and invalid bytes apart in foreign text, and clean
// it. (How wide characters are and how they look is tui/base/text's.)

#ifndef SBXDECK_API_BASE_UTF8_H
#define SBXDECK_API_BASE_UTF8_H

#include <stdbool.h>
#include <stddef.h>

// The bytes of the character that text (ended by NUL) starts with, 1 to 4; 0 when it is none: a stray or
// missing continuation, a form longer than needed, half a surrogate pair, above U+10FFFF. 1 for NUL.
size_t utf8_length(const char *text);

// All of text is UTF-8 without control characters (C0, DEL and C1).
bool utf8_is_clean(const char *text);

// Makes it clean in its place: a space for a control character, a question mark for a byte that is no UTF-8.
// cut: the text was cut, and an incomplete character at its end goes.
void utf8_clean(char *text, bool cut);

// A copy into out[cap], cap at least 4, that is clean: a question mark for what is not, "…" at the end where
// it was too long. True when it is the same as text.
bool utf8_copy(const char *text, char *out, size_t cap);

#endif
