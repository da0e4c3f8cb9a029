// SPDX-License-Identifier: Apache-2.0
//
// text_decode: owns nothing. The libc's mbrtowc follows the locale; names from the network are UTF-8 whatever
// the locale says.

#include "tui/base/text_decode.h"

#include <stdbool.h>

struct lead {
    unsigned char first, last; // lead bytes
    unsigned char low, high;   // what the second byte may be
    unsigned char size;
    unsigned char bits;
};

static const struct lead leads[] = {
    {0xc2, 0xdf, 0x80, 0xbf, 2, 0x1f}, {0xe0, 0xe0, 0xa0, 0xbf, 3, 0x0f}, {0xe1, 0xec, 0x80, 0xbf, 3, 0x0f},
    {0xed, 0xed, 0x80, 0x9f, 3, 0x0f}, {0xee, 0xef, 0x80, 0xbf, 3, 0x0f}, {0xf0, 0xf0, 0x90, 0xbf, 4, 0x07},
    {0xf1, 0xf3, 0x80, 0xbf, 4, 0x07}, {0xf4, 0xf4, 0x80, 0x8f, 4, 0x07},
};

static const struct lead *lead_of(unsigned char byte)
{
    for (size_t i = 0; i < sizeof leads / sizeof leads[0]; i++)
        if (byte >= leads[i].first && byte <= leads[i].last)
            return &leads[i];
    return NULL;
}

// How many of the bytes are a proper beginning of the lead's character (1..size).
static size_t proper(const struct lead *lead, const unsigned char *bytes, size_t length)
{
    size_t have = 1;
    while (have < lead->size && have < length) {
        unsigned char low = have == 1 ? lead->low : 0x80, high = have == 1 ? lead->high : 0xbf;
        if (bytes[have] < low || bytes[have] > high)
            break;
        have++;
    }
    return have;
}

size_t text_decode(const char *bytes, size_t length, uint32_t *codepoint)
{
    const unsigned char *at = (const unsigned char *)bytes;
    *codepoint = TEXT_INVALID;
    if (length == 0)
        return 0;
    if (at[0] < 0x80) {
        *codepoint = at[0];
        return 1;
    }
    const struct lead *lead = lead_of(at[0]);
    if (lead == NULL)
        return 1;
    size_t have = proper(lead, at, length);
    if (have < lead->size)
        return have;
    uint32_t value = at[0] & lead->bits;
    for (size_t i = 1; i < have; i++)
        value = value << 6 | (at[i] & 0x3fu);
    *codepoint = value;
    return have;
}

size_t text_decode_incomplete(const char *bytes, size_t length)
{
    const unsigned char *at = (const unsigned char *)bytes;
    for (size_t back = 1; back <= 3 && back <= length; back++) {
        const struct lead *lead = lead_of(at[length - back]);
        if (lead != NULL)
            return proper(lead, at + length - back, back) == back && back < lead->size ? back : 0;
        if ((at[length - back] & 0xc0) != 0x80)
            return 0;
    }
    return 0;
}
