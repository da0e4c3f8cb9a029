// SPDX-License-Identifier: Apache-2.0
//
// color_spec: colours as X11 writes them.

#include "tui/base/color_spec.h"

#include <criterion/criterion.h>
#include <string.h>

struct spec_row {
    const char *text;
    long rgb; // -1: it is none
};

Test(color_spec, forms)
{
    static const struct spec_row rows[] = {
        {"rgb:f0f0/8080/0000", 0xf08000},
        {"rgb:1/2/3", 0x112233},
        {"rgb:12/345/6789", 0x123467},
        {"RGB:Ff/00/fF", 0xff00ff},
        {"rgba:ffff/8080/0000/7fff", 0xff8000},
        {"#fff", 0xf0f0f0},
        {"#123456", 0x123456},
        {"#f008001ff", 0xf0801f},
        {"#aaaabbbbcccc", 0xaabbcc},
        {"red", 0xff0000},
        {"LightBlue", 0xadd8e6},
        {"light blue", 0xadd8e6},
        {"dark slate grey", 0x2f4f4f},
        {"gray50", 0x7f7f7f},
        {"grey10", 0x1a1a1a},
        {"gray100", 0xffffff},
        // What Xlib makes of these, from XParseColor.
        {"rgbi:1/1/1", 0xffffff},
        {"rgbi:0.5/0.5/0.5", 0xc1bbbb},
        {"CIEXYZ:1/1/1", 0xffffff},
        {"CIEXYZ:0.5/0.5/0.5", 0xddb5a0},
        {"ciexyz:.5/.5/.5", 0xddb5a0},
        {"CIEuvY:0.5/0.5/0.5", 0xffa3ae},
        {"CIExyY:0.5/0.5/0.5", 0xf7b30e},
        {"CIELab:1/1/1", 0x6c6767},
        {"CIELab:0.5/0.5/0.5", 0x524f4f},
        {"CIELab:50/0.2/0.1", 0xa97070},
        {"CIELuv:1/1/1", 0x16140e},
        {"CIELuv:60/2/1", 0xff6532},
        {"TekHVC:1/1/1", 0x1a130f},
        {"TekHVC:100/50/30", 0x738749},
        {"CIELab:101/0/0", -1},
        {"CIEXYZ:0/2/0", -1},
        {"rgbi:0/0/2", -1},
        {"rgbi:0/0", -1},
        {"rgbi:0/0/0/0", -1},
        {"rgbi:1e5/nan/inf", -1},
        {"rgbi:1111111111111111111/0/0", -1},
        {"CIExyY:1/0/1", -1},
        {"CIEnone:1/0/1", -1},
        {"", -1},
        {"?", -1},
        {"nosuchcolour", -1},
        {"#12", -1},
        {"#1234", -1},
        {"#12345g", -1},
        {"#12345123451234512345", -1},
        {"rgb:1/2", -1},
        {"rgb:1/2/3/4", -1},
        {"rgb:12345/1/1", -1},
        {"rgb://", -1},
        {"rgb:1/2/x", -1},
        {"gray101", -1},
        {"gray-1", -1},
        {"graygreygray", -1},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        uint32_t rgb = 0xabcdef;
        bool known = color_spec_parse(rows[i].text, strlen(rows[i].text), &rgb);
        cr_expect_eq(known, rows[i].rgb >= 0, "%s", rows[i].text);
        cr_expect_eq(rgb, known ? (uint32_t)rows[i].rgb : 0xabcdef, "%s: %06x", rows[i].text, rgb);
    }
    char longest[COLOR_SPEC_MAX + 1];
    uint32_t rgb = 0;
    memset(longest, 'a', sizeof longest);
    cr_expect_not(color_spec_parse(longest, sizeof longest, &rgb));
    cr_expect_not(color_spec_parse("red\0x", 5, &rgb));
}
