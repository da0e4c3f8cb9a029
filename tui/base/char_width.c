// SPDX-License-Identifier: Apache-2.0
//
// char_width: look up the width class of a code point. A flood of output asks for millions a second, so the
// ranges of the two planes with letters are laid out once as one byte a code point; the rest of Unicode is
// uniform enough for a few comparisons.

#include "tui/base/char_width.h"

#include "tui/base/char_width_data.h"

#include <stddef.h>

enum {
    LAID_OUT = CHAR_WIDTH_TABLE,
    WIDTH_MASK = CHAR_WIDTH_COLUMNS,
    BY_SELECTOR = 4,
    PICTOGRAPH = CHAR_WIDTH_AFTER_JOINER
};

static unsigned char classes[LAID_OUT], columns[LAID_OUT], alone[LAID_OUT];

static void lay_out(const struct char_range *ranges, size_t count, unsigned char clear, unsigned char set)
{
    for (size_t i = 0; i < count; i++)
        for (uint32_t at = ranges[i].first; at <= ranges[i].last && at < LAID_OUT; at++)
            classes[at] = (unsigned char)((classes[at] & ~clear) | set);
}

static void make_ready(void)
{
    static bool ready;
    const struct char_range all = {0, LAID_OUT - 1};
    if (ready)
        return;
    lay_out(&all, 1, WIDTH_MASK, 1);
    lay_out(char_wide, char_wide_count, WIDTH_MASK, 2);
    lay_out(char_zero_width, char_zero_width_count, WIDTH_MASK, 0);
    lay_out(char_wide_by_selector, char_wide_by_selector_count, 0, BY_SELECTOR);
    lay_out(char_pictographic, char_pictographic_count, 0, PICTOGRAPH);
    for (uint32_t at = 0; at < LAID_OUT; at++) {
        bool half = char_is_regional(at) || char_is_tone(at);
        alone[at] = half ? 0 : classes[at] & (WIDTH_MASK | PICTOGRAPH);
        columns[at] = classes[at] & WIDTH_MASK;
    }
    ready = true;
}

static unsigned char class_of(uint32_t codepoint)
{
    make_ready();
    if (codepoint < LAID_OUT)
        return classes[codepoint];
    if (codepoint < 0x3fffe)
        return 2; // ideographs of the planes 2 and 3
    if (codepoint >= 0xe0000 && codepoint <= 0xe0fff)
        return 0; // tags and variation selectors
    return 1;
}

int char_width(uint32_t codepoint)
{
    if (codepoint >= 0x20 && codepoint < 0x7f)
        return 1;
    if (codepoint < 0xa0 || codepoint > 0x10ffff || (codepoint >= 0xd800 && codepoint <= 0xdfff))
        return -1;
    return class_of(codepoint) & WIDTH_MASK;
}

const unsigned char *char_width_table(bool clusters)
{
    make_ready();
    return clusters ? alone : columns;
}

int char_width_alone(uint32_t codepoint, bool clusters)
{
    if (codepoint < LAID_OUT)
        return char_width_table(clusters)[codepoint];
    return class_of(codepoint) & (clusters ? WIDTH_MASK | PICTOGRAPH : WIDTH_MASK);
}

bool char_width_by_selector(uint32_t codepoint)
{
    return (class_of(codepoint) & BY_SELECTOR) != 0;
}

bool char_is_pictograph(uint32_t codepoint)
{
    return (class_of(codepoint) & PICTOGRAPH) != 0;
}

bool char_is_regional(uint32_t codepoint)
{
    return codepoint >= 0x1f1e6 && codepoint <= 0x1f1ff;
}

bool char_is_tone(uint32_t codepoint)
{
    return codepoint >= 0x1f3fb && codepoint <= 0x1f3ff;
}
