// SPDX-License-Identifier: Apache-2.0
//
// color_reduce: a colour on a terminal that has fewer.

#include "tui/base/color_reduce.h"

#include <criterion/criterion.h>

struct color_sample {
    cell_color color;
    int colors, shown;
    bool bold;
};

Test(color_reduce, as_the_terminal_can)
{
    static const struct color_sample samples[] = {
        {CELL_COLOR_DEFAULT, 256, -1, false},
        {CELL_COLOR_INDEXED | 3, 0, -1, false},
        {CELL_COLOR_INDEXED | 208, 256, 208, false},
        {CELL_COLOR_RGB | 0xff8700, 256, 208, false},
        {CELL_COLOR_RGB | 0x080808, 256, 232, false},
        {CELL_COLOR_RGB | 0xffffff, 256, 231, false},
        {CELL_COLOR_RGB | 0x123456, 1 << 24, 0x123456, false},
        {CELL_COLOR_RGB | 0x000003, 1 << 24, 0, false},
        {CELL_COLOR_INDEXED | 1, 1 << 24, 1, false},
        {CELL_COLOR_INDEXED | 196, 1 << 24, 0xff0000, false},
        {CELL_COLOR_INDEXED | 9, 16, 9, false},
        {CELL_COLOR_INDEXED | 9, 8, 1, true},
        {CELL_COLOR_INDEXED | 196, 8, 1, true},
        {CELL_COLOR_RGB | 0x00cc00, 8, 2, false},
    };
    for (size_t i = 0; i < sizeof samples / sizeof samples[0]; i++) {
        bool bold = false;
        int shown = color_reduce_number(samples[i].color, samples[i].colors, &bold);
        cr_expect(shown == samples[i].shown && bold == samples[i].bold, "%08x on %d: %d%s", samples[i].color,
                  samples[i].colors, shown, bold ? " bold" : "");
    }
}

Test(color_reduce, every_index_is_its_own_nearest_beyond_the_first_sixteen)
{
    for (unsigned i = 16; i < 256; i++) {
        unsigned rgb = color_reduce_rgb(i);
        int nearest = color_reduce_number(CELL_COLOR_RGB | rgb, 256, NULL);
        cr_expect_eq(color_reduce_rgb((unsigned)nearest), rgb, "%u %06x became %d", i, rgb, nearest);
    }
}
