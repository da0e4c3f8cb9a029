// SPDX-License-Identifier: Apache-2.0
//
// text_decode: every code point there and back, and broken UTF-8 split anywhere.

#include "tui/base/text_decode.h"

#include <criterion/criterion.h>
#include <string.h>

Test(text_decode, every_code_point_comes_back_and_its_beginnings_are_incomplete)
{
    for (uint32_t codepoint = 0; codepoint <= 0x10ffff; codepoint++) {
        char bytes[4];
        uint32_t again = 0;
        size_t size = text_encode(codepoint, bytes);
        if (codepoint >= 0xd800 && codepoint <= 0xdfff) {
            cr_assert_eq(size, 0u, "%x", codepoint);
            continue;
        }
        cr_assert_eq(text_decode(bytes, size, &again), size, "%x", codepoint);
        cr_assert_eq(again, codepoint);
        cr_assert_eq(text_decode_size((unsigned char)bytes[0]), size);
        cr_assert_eq(text_decode_incomplete(bytes, size), 0u);
        for (size_t part = 1; part < size; part++) {
            cr_assert_eq(text_decode_incomplete(bytes, part), part, "%x", codepoint);
            cr_assert_eq(text_decode(bytes, part, &again), part);
            cr_assert_eq(again, TEXT_INVALID);
        }
    }
}

static const struct {
    const char *bytes;
    size_t taken; // of what can't begin anything
} broken[] = {
    {"\x80", 1},
    {"\xc0\x80", 1}, // overlong
    {"\xc1\xbf", 1},
    {"\xe0\x9f\xbf", 1},
    {"\xf0\x8f\xbf\xbf", 1},
    {"\xed\xa0\x80", 1},     // a surrogate
    {"\xf4\x90\x80\x80", 1}, // above U+10FFFF
    {"\xf5\x80\x80\x80", 1},
    {"\xff", 1},
    {"\xc3x", 1}, // cut off by something else
    {"\xe4\xbdx", 2},
    {"\xf0\x9f\x98x", 3},
    {"\xe4\xe4\xbd\xa0", 1},
};

Test(text_decode, what_is_broken_takes_what_can_begin_nothing)
{
    for (size_t i = 0; i < sizeof broken / sizeof broken[0]; i++) {
        uint32_t codepoint = 0;
        size_t length = strlen(broken[i].bytes);
        cr_expect_eq(text_decode(broken[i].bytes, length, &codepoint), broken[i].taken, "row %zu", i);
        cr_expect_eq(codepoint, TEXT_INVALID, "row %zu", i);
    }
    uint32_t codepoint = 0;
    cr_expect_eq(text_decode("", 0, &codepoint), 0u);
    cr_expect_eq(text_decode_incomplete("", 0), 0u);
    char bytes[4];
    cr_expect_eq(text_encode(0x110000, bytes), 0u);
    cr_expect_eq(text_encode(TEXT_INVALID, bytes), 0u);
}

// Any bytes: the quick way finds what the other does, and pieces give what the whole gives.
Test(text_decode, any_bytes_split_anywhere)
{
    static const unsigned char usual[] = {0x00, 0x41, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc1, 0xc2,
                                          0xdf, 0xe0, 0xe1, 0xed, 0xef, 0xf0, 0xf1, 0xf4, 0xf5, 0xff};
    unsigned random = 1;
    for (int round = 0; round < 20000; round++) {
        char bytes[8];
        for (size_t i = 0; i < sizeof bytes; i++) {
            random = random * 1664525u + 1013904223u;
            bytes[i] = (char)usual[(random >> 16) % sizeof usual];
        }
        uint32_t codepoint = 0, whole = 0;
        size_t size = text_decode(bytes, sizeof bytes, &codepoint);
        size_t quick = text_decode_whole((const unsigned char *)bytes, sizeof bytes, &whole);
        cr_assert(size > 0 && size <= 4);
        cr_assert_eq(quick, codepoint == TEXT_INVALID ? 0 : size);
        cr_assert(quick == 0 || whole == codepoint);
        for (size_t split = 0; split <= sizeof bytes; split++) {
            size_t kept = text_decode_incomplete(bytes, split), at = 0, cut = 0;
            // Everything before what is kept decodes the same with and without what follows.
            for (; at < split - kept; at += text_decode(bytes + at, sizeof bytes - at, &codepoint))
                ;
            for (; cut < split - kept; cut += text_decode(bytes + cut, split - kept - cut, &codepoint))
                ;
            cr_assert_eq(at, split - kept, "round %d at %zu", round, split);
            cr_assert_eq(cut, split - kept, "round %d at %zu", round, split);
        }
    }
}
