// SPDX-License-Identifier: Apache-2.0
//
// text_decode: strict UTF-8, one code point at a time, both ways. The libc's mbrtowc follows the locale;
// names from the network and output of programs are UTF-8 whatever the locale is.

#ifndef SBXDECK_TUI_BASE_TEXT_DECODE_H
#define SBXDECK_TUI_BASE_TEXT_DECODE_H

#include <stddef.h>
#include <stdint.h>

#define TEXT_INVALID UINT32_MAX

// The first code point of bytes[0..length). Returns the bytes it takes, 0 only when length is 0. What is not
// UTF-8 (overlong, surrogate, cut off, above U+10FFFF) is TEXT_INVALID and takes the bytes that can't begin
// anything else, at least one.
size_t text_decode(const char *bytes, size_t length, uint32_t *codepoint);

// The bytes at the end of bytes[0..length) that begin a character which is not complete (0..3).
size_t text_decode_incomplete(const char *bytes, size_t length);

// Encodes a code point as UTF-8; returns 1..4, or 0 for what can't be encoded (surrogate, above U+10FFFF).
size_t text_encode(uint32_t codepoint, char out[4]);

// The bytes of the character that a first byte begins, 1..4; 0: no character begins with it.
static inline size_t text_decode_size(unsigned char lead)
{
    return lead < 0x80 ? 1 : lead < 0xc2 ? 0 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : lead < 0xf5 ? 4 : 0;
}

// As text_decode, but 0 where no whole character begins; *codepoint is then meaningless. Here for the loops
// that every byte of a program's output goes through.
static inline size_t text_decode_whole(const unsigned char *at, size_t length, uint32_t *codepoint)
{
    uint32_t lead = length > 0 ? at[0] : 0xff;
    if (lead < 0x80) {
        *codepoint = lead;
        return 1;
    }
    if (lead < 0xe0) {
        if (lead < 0xc2 || length < 2 || (at[1] & 0xc0) != 0x80)
            return 0;
        *codepoint = (lead & 0x1f) << 6 | (at[1] & 0x3fu);
        return 2;
    }
    if (lead < 0xf0) {
        if (length < 3 || (at[1] & 0xc0) != 0x80 || (at[2] & 0xc0) != 0x80)
            return 0;
        *codepoint = (lead & 0x0f) << 12 | (at[1] & 0x3fu) << 6 | (at[2] & 0x3fu);
        return *codepoint < 0x800 || (*codepoint >= 0xd800 && *codepoint <= 0xdfff) ? 0 : 3;
    }
    if (lead > 0xf4 || length < 4 || (at[1] & 0xc0) != 0x80 || (at[2] & 0xc0) != 0x80 ||
        (at[3] & 0xc0) != 0x80)
        return 0;
    *codepoint = (lead & 0x07) << 18 | (at[1] & 0x3fu) << 12 | (at[2] & 0x3fu) << 6 | (at[3] & 0x3fu);
    return *codepoint < 0x10000 || *codepoint > 0x10ffff ? 0 : 4;
}

#endif
