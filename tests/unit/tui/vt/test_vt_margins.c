// SPDX-License-Identifier: Apache-2.0
//
// Margins: scroll regions, margins at the sides, origin mode, and what moves lines and columns between them.

#include "tests/unit/tui/vt/vt_rows.h"

#include <criterion/criterion.h>

#define E   "\033"
#define C   "\033["
#define SIX "a\r\nb\r\nc\r\nd\r\ne\r\nf"

static const struct vt_row_sample region_samples[] = {
    {"setting it goes home", 6, 3, SIX C "2;4rx", "x|b|c|d|e|f", 0, 1, NULL},
    {"line feed at its bottom", 6, 3, SIX C "2;4r" C "4;2H\nx", "a|c|d| x|e|f", 3, 2, NULL},
    {"line feed above its bottom", 6, 3, SIX C "2;4r" C "3;2H\nx", "a|b|c|dx|e|f", 3, 2, NULL},
    {"line feed below it", 6, 3, SIX C "2;4r" C "6;2H\nx", "a|b|c|d|e|fx", 5, 2, NULL},
    {"line feed above it enters", 6, 3, SIX C "3;4r" C "2;2H\nx", "a|b|cx|d|e|f", 2, 2, NULL},
    {"index", 6, 3, SIX C "2;4r" C "4;2H" E "Dx", "a|c|d| x|e|f", 3, 2, NULL},
    {"next line", 6, 3, SIX C "2;4r" C "4;2H" E "Ex", "a|c|d|x|e|f", 3, 1, NULL},
    {"reverse index at its top", 6, 3, SIX C "2;4r" C "2;2H" E "Mx", "a| x|b|c|e|f", 1, 2, NULL},
    {"reverse index above it", 6, 3, SIX C "2;4r" C "1;2H" E "Mx", "ax|b|c|d|e|f", 0, 2, NULL},
    {"reverse index inside", 6, 3, SIX C "2;4r" C "3;2H" E "Mx", "a|bx|c|d|e|f", 1, 2, NULL},
    {"text wraps inside it", 6, 3, SIX C "2;4r" C "4;1Hwxyz", "a|c|wxy|z|e|f", 3, 1, NULL},
    {"insert lines", 6, 3, SIX C "2;4r" C "3;2H" C "L", "a|b||c|e|f", 2, 0, NULL},
    {"insert lines outside", 6, 3, SIX C "2;4r" C "5;2H" C "L", "a|b|c|d|e|f", 4, 1, NULL},
    {"delete lines", 6, 3, SIX C "2;4r" C "3;2H" C "M", "a|b|d||e|f", 2, 0, NULL},
    {"delete lines outside", 6, 3, SIX C "2;4r" C "1;2H" C "M", "a|b|c|d|e|f", 0, 1, NULL},
    {"scroll up", 6, 3, SIX C "2;4r" C "6;2H" C "2S", "a|d|||e|f", 5, 1, NULL},
    {"scroll down", 6, 3, SIX C "2;4r" C "6;2H" C "T", "a||b|c|e|f", 5, 1, NULL},
    {"up stops at its top", 6, 3, SIX C "2;4r" C "3;2H" C "9Ax", "a|bx|c|d|e|f", 1, 2, NULL},
    {"up from above it", 6, 3, SIX C "3;4r" C "2;2H" C "9Ax", "ax|b|c|d|e|f", 0, 2, NULL},
    {"down stops at its bottom", 6, 3, SIX C "2;4r" C "3;2H" C "9Bx", "a|b|c|dx|e|f", 3, 2, NULL},
    {"down from below it", 6, 3, SIX C "2;4r" C "5;2H" C "9Bx", "a|b|c|d|e|fx", 5, 2, NULL},
    {"next lines stop at its bottom", 6, 3, SIX C "2;4r" C "3;2H" C "9Ex", "a|b|c|x|e|f", 3, 1, NULL},
    {"previous lines stop at its top", 6, 3, SIX C "2;4r" C "3;2H" C "9Fx", "a|x|c|d|e|f", 1, 1, NULL},
    {"rows down do not stop", 6, 3, SIX C "2;4r" C "3;2H" C "9ex", "a|b|c|d|e|fx", 5, 2, NULL},
    {"the whole screen again", 6, 3, SIX C "2;4r" C "r" C "6;1H\nx", "b|c|d|e|f|x", 5, 1, NULL},
    {"bottom beyond the screen", 6, 3, SIX C "2;99r" C "6;1H\nx", "a|c|d|e|f|x", 5, 1, NULL},
    {"of one line is refused", 6, 3, SIX C "2;4r" C "3;3r" C "4;2H\nx", "a|c|d| x|e|f", 3, 2, NULL},
    {"upside down is refused", 6, 3, SIX C "2;4r" C "5;3r" C "4;2H\nx", "a|c|d| x|e|f", 3, 2, NULL},
};

Test(vt_margins, scroll_region)
{
    VT_ROWS_CHECK(region_samples);
}

static const struct vt_row_sample origin_samples[] = {
    {"home is the region's", 6, 6, C "2;4r" C "?6hx", "|x||||", 1, 1, NULL},
    {"places are the region's", 6, 6, C "2;4r" C "?6h" C "2;3Hx", "||  x|||", 2, 3, NULL},
    {"places end at the region", 6, 6, C "2;4r" C "?6h" C "99;99Hx", "|||     x||", 3, 5, NULL},
    {"rows", 6, 6, C "2;4r" C "?6h" C "2dx" C "9dy", "||x| y||", 3, 2, NULL},
    {"setting the region goes to its home", 6, 6, C "?6h" C "3;5rx", "||x|||", 2, 1, NULL},
    {"without it home is the screen's again", 6, 6, C "2;4r" C "?6h" C "?6lx", "x|||||", 0, 1, NULL},
    {"it is saved and restored", 6, 6, C "2;4r" C "?6h" E "7" C "?6l" E "8" C "Hx", "|x||||", 1, 1, NULL},
    {"rows down stop at the region", 6, 6, C "2;4r" C "?6h" C "9ex", "|||x||", 3, 1, NULL},
    {"columns to the right stop at the margin", 3, 8, C "?69h" C "3;6s" C "?6h" C "9ax", "     x||", 0, 5,
     NULL},
    {"a place left of the margin is told as at it", 3, 8, C "?6h" E "7" C "?69h" C "3;6s" E "8" C "6n", "||",
     0, 0, C "1;1R"},
    {"side margins count", 6, 8, C "?69h" C "3;6s" C "2;4r" C "?6hx" C "2;2Hy" C "9;9Hz",
     "|  x|   y|     z||", 3, 5, NULL},
    {"column", 6, 8, C "?69h" C "3;6s" C "2;4r" C "?6h" C "2Gx" C "99Gy", "|   x y||||", 1, 5, NULL},
    {"column by `", 6, 8, C "?69h" C "3;6s" C "2;4r" C "?6h" C "3`x", "|    x||||", 1, 5, NULL},
};

Test(vt_margins, origin)
{
    VT_ROWS_CHECK(origin_samples);
}

// Columns 3 to 6 of eight.
#define SIDES   C "?69h" C "3;6s"
#define LETTERS "abcdefgh\r\nijklmnop\r\nqrstuvwx"
static const struct vt_row_sample side_samples[] = {
    {"setting them goes home", 3, 8, LETTERS C "?69h" C "3;3H" C "3;6sX", "Xbcdefgh|ijklmnop|qrstuvwx", 0, 1,
     NULL},
    {"they need their mode", 3, 8, LETTERS C "3;6s" C "2;5HXYZ", "abcdefgh|ijklXYZp|qrstuvwx", 1, 7, NULL},
    {"text wraps between them", 3, 8, SIDES C "1;3Hklmnop", "  klmn|  op|", 1, 4, NULL},
    {"text from the left of them wraps at the right one", 3, 8, SIDES C "1;1Habcdefgh", "abcdef|  gh|", 1, 4,
     NULL},
    {"text from the right of them wraps at the edge", 3, 8, SIDES C "1;7Habcd", "      ab|  cd|", 1, 4, NULL},
    {"carriage return", 3, 8, SIDES C "1;5H\rx", "  x||", 0, 3, NULL},
    {"carriage return from the left of them", 3, 8, SIDES C "1;2H\rx", "x||", 0, 1, NULL},
    {"carriage return from the right of them", 3, 8, SIDES C "1;8H\rx", "  x||", 0, 3, NULL},
    {"backspace stops at the left one", 3, 8, SIDES C "1;4H\b\b\bx", "  x||", 0, 3, NULL},
    {"backspace from the left of them", 3, 8, SIDES C "1;2H\b\bx", "x||", 0, 1, NULL},
    {"right stops at the right one", 3, 8, SIDES C "1;4H" C "9Cx", "     x||", 0, 5, NULL},
    {"right from the right of them", 3, 8, SIDES C "1;7H" C "9Cx", "       x||", 0, 7, NULL},
    {"right from the left of them", 3, 8, SIDES C "1;1H" C "9Cx", "     x||", 0, 5, NULL},
    {"left stops at the left one", 3, 8, SIDES C "1;5H" C "9Dx", "  x||", 0, 3, NULL},
    {"left from the left of them", 3, 8, SIDES C "1;2H" C "9Dx", "x||", 0, 1, NULL},
    {"left from the right of them", 3, 8, SIDES C "1;8H" C "9Dx", "  x||", 0, 3, NULL},
    {"next line", 3, 8, SIDES C "1;5H" C "Ex", "|  x|", 1, 3, NULL},
    {"line feed at the bottom", 3, 8, LETTERS SIDES C "3;5H\nX", "abklmngh|ijstuvop|qr  X wx", 2, 5, NULL},
    {"line feed at the bottom, outside", 3, 8, LETTERS SIDES C "3;8H\nX", "abcdefgh|ijklmnop|qrstuvwX", 2, 7,
     NULL},
    {"reverse index at the top", 3, 8, LETTERS SIDES C "1;5H" E "MX", "ab  X gh|ijcdefop|qrklmnwx", 0, 5,
     NULL},
    {"reverse index at the top, outside", 3, 8, LETTERS SIDES C "1;1H" E "MX", "Xbcdefgh|ijklmnop|qrstuvwx",
     0, 1, NULL},
    {"next line at the bottom", 3, 8, LETTERS SIDES C "3;5H" E "EX", "abklmngh|ijstuvop|qrX   wx", 2, 3,
     NULL},
    {"insert cells", 3, 8, LETTERS SIDES C "2;4H" C "@X", "abcdefgh|ijkXlmop|qrstuvwx", 1, 4, NULL},
    {"insert cells outside", 3, 8, LETTERS SIDES C "2;1H" C "@X", "abcdefgh|Xjklmnop|qrstuvwx", 1, 1, NULL},
    {"delete cells", 3, 8, LETTERS SIDES C "2;4H" C "P", "abcdefgh|ijkmn op|qrstuvwx", 1, 3, NULL},
    {"delete cells outside", 3, 8, LETTERS SIDES C "2;8H" C "P", "abcdefgh|ijklmnop|qrstuvwx", 1, 7, NULL},
    {"insert mode", 3, 8, LETTERS SIDES C "4h" C "2;4HXY", "abcdefgh|ijkXYlop|qrstuvwx", 1, 5, NULL},
    {"erase to the right goes past them", 3, 8, LETTERS SIDES C "2;4H" C "K", "abcdefgh|ijk|qrstuvwx", 1, 3,
     NULL},
    {"erase cells goes past them", 3, 8, LETTERS SIDES C "2;4H" C "9X", "abcdefgh|ijk|qrstuvwx", 1, 3, NULL},
    {"erase display goes past them", 3, 8, LETTERS SIDES C "2J", "||", 0, 0, NULL},
    {"insert lines", 3, 8, LETTERS SIDES C "2;4H" C "L", "abcdefgh|ij    op|qrklmnwx", 1, 2, NULL},
    {"insert lines outside", 3, 8, LETTERS SIDES C "2;1H" C "L", "abcdefgh|ijklmnop|qrstuvwx", 1, 0, NULL},
    {"delete lines", 3, 8, LETTERS SIDES C "2;4H" C "M", "abcdefgh|ijstuvop|qr    wx", 1, 2, NULL},
    {"delete lines outside", 3, 8, LETTERS SIDES C "2;8H" C "M", "abcdefgh|ijklmnop|qrstuvwx", 1, 7, NULL},
    {"scroll up", 3, 8, LETTERS SIDES C "S", "abklmngh|ijstuvop|qr    wx", 0, 0, NULL},
    {"scroll down", 3, 8, LETTERS SIDES C "2T", "ab    gh|ij    op|qrcdefwx", 0, 0, NULL},
    {"scroll left", 3, 8, LETTERS SIDES C "2;4H" C " @", "abdef gh|ijlmn op|qrtuv wx", 1, 3, NULL},
    {"scroll right", 3, 8, LETTERS SIDES C "2;4H" C "2 A", "ab  cdgh|ij  klop|qr  stwx", 1, 3, NULL},
    {"scroll left outside", 3, 8, LETTERS SIDES C "2;1H" C " @", "abcdefgh|ijklmnop|qrstuvwx", 1, 0, NULL},
    {"insert columns", 3, 8, LETTERS SIDES C "2;4H" C "'}", "abc degh|ijk lmop|qrs tuwx", 1, 3, NULL},
    {"insert columns outside", 3, 8, LETTERS SIDES C "2;8H" C "'}", "abcdefgh|ijklmnop|qrstuvwx", 1, 7, NULL},
    {"delete columns", 3, 8, LETTERS SIDES C "2;4H" C "2'~", "abcf  gh|ijkn  op|qrsv  wx", 1, 3, NULL},
    {"columns of a region", 4, 8, LETTERS SIDES C "2;3r" C "2;4H" C "'~", "abcdefgh|ijkmn op|qrsuv wx|", 1, 3,
     NULL},
    {"forward at the right one", 3, 8, LETTERS SIDES C "2;6H" E "9", "abdef gh|ijlmn op|qrtuv wx", 1, 5,
     NULL},
    {"forward inside", 3, 8, SIDES C "2;4H" E "9x", "|    x|", 1, 5, NULL},
    {"forward at the edge", 3, 8, LETTERS SIDES C "2;8H" E "9X", "abcdefgh|ijklmnoX|qrstuvwx", 1, 7, NULL},
    {"back at the left one", 3, 8, LETTERS SIDES C "2;3H" E "6", "ab cdegh|ij klmop|qr stuwx", 1, 2, NULL},
    {"back inside", 3, 8, SIDES C "2;4H" E "6x", "|  x|", 1, 3, NULL},
    {"back at the edge", 3, 8, LETTERS SIDES C "2;1H" E "6X", "abcdefgh|Xjklmnop|qrstuvwx", 1, 1, NULL},
    {"tabs stop at the right one", 3, 12, C "?69h" C "3;6s" C "1;3H\tx", "     x||", 0, 5, NULL},
    {"tabs outside", 3, 20, C "?69h" C "3;6s" C "1;7H\tx", "        x||", 0, 9, NULL},
    {"back tab knows none", 3, 20, C "?69h" C "3;6s" C "1;5H" C "Zx", "x||", 0, 1, NULL},
    {"repeat wraps between them", 3, 8, SIDES C "1;3Hx" C "5b", "  xxxx|  xx|", 1, 4, NULL},
    {"a wide one does not cross the right one", 3, 8, SIDES C "1;6H\344\275\240", "|  \344\275\240|", 1, 4,
     NULL},
    {"a wide one is cut by what moves", 3, 8, "ab\344\275\240" C "2G\344\275\240\344\275\240" SIDES C "S",
     "a||", 0, 0, NULL},
    {"without their mode there are none", 3, 8, LETTERS SIDES C "?69l" C "2;4H" C "P",
     "abcdefgh|ijkmnop|qrstuvwx", 1, 3, NULL},
    {"of one column are refused", 3, 8, LETTERS C "?69h" C "4;4s" C "2;4H" C "P", "abcdefgh|ijkmnop|qrstuvwx",
     1, 3, NULL},
    {"all of the width again", 3, 8, LETTERS SIDES C "s" C "2;4H" C "P", "abcdefgh|ijkmnop|qrstuvwx", 1, 3,
     NULL},
};

Test(vt_margins, sides)
{
    VT_ROWS_CHECK(side_samples);
}
