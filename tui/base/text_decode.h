// SPDX-License-Identifier: Apache-2.0
//
// text_decode: strict UTF-8, one code point at a time. For text.c and line_edit.c.

#ifndef SBXDECK_TUI_TEXT_DECODE_H
#define SBXDECK_TUI_TEXT_DECODE_H

#include <stddef.h>
#include <stdint.h>

#define TEXT_INVALID UINT32_MAX

// The first code point of bytes[0..length). Returns the bytes it takes, 0 only when length is 0. What is not
// UTF-8 (overlong, surrogate, cut off, above U+10FFFF) is TEXT_INVALID and takes the bytes that can't begin
// anything else, at least one.
size_t text_decode(const char *bytes, size_t length, uint32_t *codepoint);

// The bytes at the end of bytes[0..length) that begin a character which is not complete (0..3).
size_t text_decode_incomplete(const char *bytes, size_t length);

#endif
