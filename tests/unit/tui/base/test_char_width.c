// SPDX-License-Identifier: Apache-2.0
//
// char_width: the width of characters, and the tables behind it.

#include "tui/base/char_width.h"
#include "tui/base/char_width_data.h"

#include <criterion/criterion.h>

struct sample {
    uint32_t codepoint;
    int width;
};

Test(char_width, known_characters)
{
    static const struct sample samples[] = {
        {0, -1},        {0x1b, -1},      {' ', 1},     {'~', 1},     {0x7f, -1},    {0x9b, -1},
        {0xa0, 1},      {0xad, 1},       {0xe9, 1},    {0x301, 0},   {0x200b, 0},   {0x200d, 0},
        {0x202e, 0},    {0xfe0f, 0},     {0x1160, 0},  {0x1100, 2},  {0x2500, 1},   {0x2588, 1},
        {0x3042, 2},    {0x4e00, 2},     {0xac00, 2},  {0xe0a0, 1},  {0xff21, 2},   {0xff71, 1},
        {0xfffd, 1},    {0x1f600, 2},    {0x1f1e9, 1}, {0x2764, 1},  {0x231a, 2},   {0x1fae8, 2},
        {0x1f6d8, 2},   {0x1faea, 2},    {0x1fac8, 2}, {0x18d1e, 2}, {0x1ae0, 0},   {0x1e6f5, 0},
        {0x20000, 2},   {0x3fffd, 2},    {0xe0020, 0}, {0xe0101, 0}, {0x10fffd, 1}, {0xd800, -1},
        {0x110000, -1}, {0xffffffff, -1}};
    for (size_t i = 0; i < sizeof samples / sizeof samples[0]; i++)
        cr_expect_eq(char_width(samples[i].codepoint), samples[i].width, "U+%04X: %d", samples[i].codepoint,
                     char_width(samples[i].codepoint));
}

Test(char_width, emoji)
{
    cr_expect(char_width_by_selector(0x2764) && char_width_by_selector('1') && !char_width_by_selector('a') &&
              !char_width_by_selector(0x1f600));
    cr_expect(char_is_pictograph(0x1f469) && char_is_pictograph(0x2764) && !char_is_pictograph('a'));
    cr_expect(char_is_regional(0x1f1e6) && char_is_regional(0x1f1ff) && !char_is_regional(0x1f200));
    cr_expect(char_is_tone(0x1f3fb) && char_is_tone(0x1f3ff) && !char_is_tone(0x1f3fa));
}

static void expect_sorted(const struct char_range *ranges, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        cr_expect_leq(ranges[i].first, ranges[i].last);
        if (i > 0)
            cr_expect_gt(ranges[i].first, ranges[i - 1].last + 1);
    }
}

Test(char_width, tables_are_sorted_and_without_overlap)
{
    expect_sorted(char_wide, char_wide_count);
    expect_sorted(char_zero_width, char_zero_width_count);
    expect_sorted(char_wide_by_selector, char_wide_by_selector_count);
    expect_sorted(char_pictographic, char_pictographic_count);
}
