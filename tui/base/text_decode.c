// SPDX-License-Identifier: Apache-2.0
//
// text_decode: decode and encode UTF-8. Broken UTF-8 is cut into Unicode's "maximal subparts": the bytes
// that could have begun a character.

#include "tui/base/text_decode.h"

#include <stdbool.h>

// Whether byte may stand second after lead: what keeps overlong forms, surrogates and more than U+10FFFF out.
static bool may_follow(unsigned char lead, unsigned char byte)
{
    unsigned char low = lead == 0xe0 ? 0xa0 : lead == 0xf0 ? 0x90 : 0x80;
    unsigned char high = lead == 0xed ? 0x9f : lead == 0xf4 ? 0x8f : 0xbf;
    return byte >= low && byte <= high;
}

// How many of the bytes properly begin the character of their lead; 0: it is no lead.
static size_t proper(const unsigned char *bytes, size_t length)
{
    size_t size = text_decode_size(bytes[0]), have = 1;
    if (size < 2)
        return size;
    while (have < size && have < length &&
           (have == 1 ? may_follow(bytes[0], bytes[1]) : (bytes[have] & 0xc0) == 0x80))
        have++;
    return have;
}

size_t text_decode(const char *bytes, size_t length, uint32_t *codepoint)
{
    const unsigned char *at = (const unsigned char *)bytes;
    size_t size = text_decode_whole(at, length, codepoint);
    if (size > 0)
        return size;
    *codepoint = TEXT_INVALID;
    if (length == 0)
        return 0;
    size = proper(at, length);
    return size > 0 ? size : 1;
}

size_t text_decode_incomplete(const char *bytes, size_t length)
{
    const unsigned char *end = (const unsigned char *)bytes + length;
    for (size_t back = 1; back <= 3 && back <= length; back++) {
        size_t size = text_decode_size(end[-(ptrdiff_t)back]);
        if (size > 0)
            return back < size && proper(end - back, back) == back ? back : 0;
        if ((end[-(ptrdiff_t)back] & 0xc0) != 0x80)
            return 0;
    }
    return 0;
}

size_t text_encode(uint32_t codepoint, char out[4])
{
    static const unsigned char marks[] = {0, 0, 0xc0, 0xe0, 0xf0};
    if (codepoint < 0x80) {
        out[0] = (char)codepoint;
        return 1;
    }
    if ((codepoint >= 0xd800 && codepoint <= 0xdfff) || codepoint > 0x10ffff)
        return 0;
    size_t size = codepoint < 0x800 ? 2 : codepoint < 0x10000 ? 3 : 4;
    for (size_t i = size - 1; i > 0; i--, codepoint >>= 6)
        out[i] = (char)(0x80 | (codepoint & 0x3f));
    out[0] = (char)(marks[size] | codepoint);
    return size;
}
