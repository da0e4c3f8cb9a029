// SPDX-License-Identifier: Apache-2.0
//
// utf8: every character there is, and every two bytes that are none.

#include "api/base/utf8.h"

#include <criterion/criterion.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

// Written from the definition (RFC 3629), not from the table under test.
static size_t encode(uint32_t point, char out[5])
{
    size_t length = point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
    static const unsigned char leads[] = {0, 0x00, 0xc0, 0xe0, 0xf0};
    for (size_t i = length; i-- > 1; point >>= 6)
        out[i] = (char)(0x80 | (point & 0x3f));
    out[0] = (char)(leads[length] | point);
    out[length] = '\0';
    return length;
}

Test(utf8, every_code_point)
{
    char text[5];
    for (uint32_t point = 0; point < 0x200000; point++) {
        size_t length = encode(point, text);
        bool allowed = point <= 0x10ffff && (point < 0xd800 || point > 0xdfff);
        cr_assert_eq(utf8_length(text), allowed ? length : 0, "U+%04X", point);
        bool control = (point > 0 && point < 0x20) || (point >= 0x7f && point < 0xa0);
        cr_assert_eq(utf8_is_clean(text), allowed && !control, "U+%04X", point);
        for (size_t cut = 1; cut < length && point % 61 == 0; cut++) {
            char part[5];
            memcpy(part, text, length + 1);
            part[cut] = '\0';
            cr_assert_eq(utf8_length(part), 0, "U+%04X after %zu bytes", point, cut);
        }
    }
}

Test(utf8, a_form_longer_than_needed_is_none)
{
    static const char *const longer[] = {
        "\xc0\x80",         "\xc1\xbf",         "\xe0\x80\x80",        "\xe0\x9f\xbf",
        "\xf0\x80\x80\x80", "\xf0\x8f\xbf\xbf", "\xf8\x88\x80\x80\x80"};
    for (size_t i = 0; i < sizeof longer / sizeof longer[0]; i++)
        cr_expect_eq(utf8_length(longer[i]), 0, "case %zu", i);
}

Test(utf8, a_character_needs_its_continuations)
{
    for (int lead = 0x80; lead < 0x100; lead++) {
        for (int next = 1; next < 0x100; next++) {
            const char text[] = {(char)lead, (char)next, '\0'};
            bool whole = lead >= 0xc2 && lead < 0xe0 && next >= 0x80 && next < 0xc0;
            cr_assert_eq(utf8_length(text), whole ? 2 : 0, "%02x %02x", lead, next);
        }
    }
}

Test(utf8, a_copy_is_clean_and_says_whether_it_is_the_same)
{
    static const struct {
        const char *text, *copy;
        bool same;
    } cases[] = {
        {"", "", true},
        {"1234567", "1234567", true},
        {"12345678", "1234\xe2\x80\xa6", false},
        {"a\nb\xff", "a?b?", false},
        {"\xc2\x9b"
         "a",
         "?a", false},
        {"123456\xc3\xa9", "1234\xe2\x80\xa6", false},
        {"12345\xc3\xa9", "12345\xc3\xa9", true},
        {"123\xc3\xa9"
         "678",
         "123\xe2\x80\xa6", false}, // no character is cut in two
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char out[8];
        cr_expect_eq(utf8_copy(cases[i].text, out, sizeof out), cases[i].same, "%s", cases[i].text);
        cr_expect_str_eq(out, cases[i].copy, "%s: %s", cases[i].text, out);
    }
}

Test(utf8, a_text_is_cleaned_in_its_place)
{
    static const struct {
        const char *text, *whole, *cut;
    } cases[] = {
        {"", "", ""},
        {"a\tb\x7f\n", "a b  ", "a b  "},
        {"\xc2\x85x", " x", " x"}, // one of C1 is one character
        {"\xff\xc0\xaf", "???", "???"},
        {"x\xe2\x82", "x??", "x"},
        {"x\xf0\x9f\x98", "x???", "x"},
        {"x\xe2\x82y", "x??y", "x??y"},
        {"x\xe0\x80", "x??", "x??"}, // begins nothing
        {"\xe2\x82\xac", "\xe2\x82\xac", "\xe2\x82\xac"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        for (int cut = 0; cut < 2; cut++) {
            char text[16];
            (void)snprintf(text, sizeof text, "%s", cases[i].text);
            utf8_clean(text, cut != 0);
            cr_expect_str_eq(text, cut != 0 ? cases[i].cut : cases[i].whole, "%zu: %s", i, text);
        }
    }
}
