// SPDX-License-Identifier: Apache-2.0
//
// color_reduce: xterm's palette, and the nearest colour of a smaller one: the least sum of squares of the
// differences.

#include "tui/base/color_reduce.h"

#include <limits.h>
#include <stddef.h>

enum { DIRECT = 1 << 24, CUBE_FIRST = 16, GREY_FIRST = 232, GREYS = 24 };

static const unsigned basic[16] = {0x000000, 0xcd0000, 0x00cd00, 0xcdcd00, 0x0000ee, 0xcd00cd,
                                   0x00cdcd, 0xe5e5e5, 0x7f7f7f, 0xff0000, 0x00ff00, 0xffff00,
                                   0x5c5cff, 0xff00ff, 0x00ffff, 0xffffff};
static const unsigned char levels[6] = {0, 95, 135, 175, 215, 255};

unsigned color_reduce_rgb(unsigned index)
{
    if (index < CUBE_FIRST)
        return basic[index];
    if (index >= GREY_FIRST) {
        unsigned grey = 8 + 10 * ((index < 256 ? index : 255) - GREY_FIRST);
        return grey << 16 | grey << 8 | grey;
    }
    index -= CUBE_FIRST;
    return (unsigned)levels[index / 36] << 16 | (unsigned)levels[index / 6 % 6] << 8 | levels[index % 6];
}

static int distance(unsigned a, unsigned b)
{
    int red = (int)(a >> 16 & 255) - (int)(b >> 16 & 255);
    int green = (int)(a >> 8 & 255) - (int)(b >> 8 & 255);
    int blue = (int)(a & 255) - (int)(b & 255);
    return red * red + green * green + blue * blue;
}

static unsigned nearest_level(unsigned value)
{
    unsigned best = 0;
    for (unsigned i = 1; i < 6; i++) {
        int new_difference = (int)levels[i] - (int)value, old_difference = (int)levels[best] - (int)value;
        if (new_difference * new_difference < old_difference * old_difference)
            best = i;
    }
    return best;
}

static unsigned nearest_of_256(unsigned rgb)
{
    unsigned red = rgb >> 16 & 255, green = rgb >> 8 & 255, blue = rgb & 255;
    unsigned cube = CUBE_FIRST + 36 * nearest_level(red) + 6 * nearest_level(green) + nearest_level(blue);
    unsigned average = (red + green + blue) / 3;
    unsigned step = average < 3 ? 0 : (average - 3) / 10;
    unsigned grey = GREY_FIRST + (step < GREYS ? step : GREYS - 1);
    return distance(rgb, color_reduce_rgb(grey)) < distance(rgb, color_reduce_rgb(cube)) ? grey : cube;
}

static unsigned nearest_of_16(unsigned rgb)
{
    unsigned best = 0;
    int least = INT_MAX;
    for (unsigned i = 0; i < 16; i++) {
        int far = distance(rgb, basic[i]);
        if (far < least) {
            least = far;
            best = i;
        }
    }
    return best;
}

// Terminals with direct colours take 0..7 for the basic ones, so the darkest blues become black.
static int direct(bool indexed, unsigned value)
{
    if (indexed && value < 8)
        return (int)value;
    unsigned rgb = indexed ? color_reduce_rgb(value) : value;
    return rgb < 8 ? 0 : (int)rgb;
}

int color_reduce_number(cell_color color, int colors, bool *bold)
{
    if (CELL_COLOR_KIND(color) == CELL_COLOR_DEFAULT || colors < 8)
        return -1;
    bool indexed = CELL_COLOR_KIND(color) == CELL_COLOR_INDEXED;
    unsigned value = CELL_COLOR_VALUE(color);
    if (colors >= DIRECT)
        return direct(indexed, value);
    if (colors >= 256)
        return (int)(indexed ? value & 255 : nearest_of_256(value));
    unsigned of_16 = indexed && value < 16 ? value : nearest_of_16(indexed ? color_reduce_rgb(value) : value);
    if (colors >= 16 || of_16 < 8)
        return (int)of_16;
    if (bold != NULL)
        *bold = true;
    return (int)of_16 - 8;
}
