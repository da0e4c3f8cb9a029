// SPDX-License-Identifier: Apache-2.0
//
// Control sequences: the cursor, erasing, inserting and deleting, tabs, repeating, reports.

#include "tests/unit/tui/vt/vt_rows.h"

#include <criterion/criterion.h>
#include <string.h>

#define E "\033"
#define C "\033["

static const struct vt_row_sample cursor_samples[] = {
    {"up", 4, 6, C "3;3H" C "Ax", "|  x||", 1, 3, NULL},
    {"up by some", 4, 6, C "4;3H" C "2Ax", "|  x||", 1, 3, NULL},
    {"up stops at the top", 4, 6, C "3;3H" C "99Ax", "  x|||", 0, 3, NULL},
    {"up by 0 is by 1", 4, 6, C "3;3H" C "0Ax", "|  x||", 1, 3, NULL},
    {"down", 4, 6, "ab" C "Bx", "ab|  x||", 1, 3, NULL},
    {"down stops at the bottom and does not scroll", 3, 6, "ab" C "99Bx", "ab||  x", 2, 3, NULL},
    {"right", 2, 6, "a" C "Cb" C "2Cc", "a b  c|", 0, 5, NULL},
    {"right stops at the edge", 2, 6, "a" C "99Cb", "a    b|", 0, 5, NULL},
    {"left", 2, 6, "abcd" C "Dx" C "3Dy", "aycx|", 0, 2, NULL},
    {"left stops at the edge", 2, 6, "abcd" C "99Dx", "xbcd|", 0, 1, NULL},
    {"next line", 4, 6, "ab" C "Ex" C "2Ey", "ab|x||y", 3, 1, NULL},
    {"previous line", 4, 6, C "4;4Ha" C "Fx" C "2Fy", "y||x|   a", 0, 1, NULL},
    {"column", 2, 6, "ab" C "5Gx" C "Gy", "yb  x|", 0, 1, NULL},
    {"column by `", 2, 6, "ab" C "5`x", "ab  x|", 0, 5, NULL},
    {"column beyond the edge", 2, 6, C "99Gx", "     x|", 0, 5, NULL},
    {"columns to the right", 2, 8, "a" C "2ax", "a  x|", 0, 4, NULL},
    {"row", 4, 6, "ab" C "3dx" C "dy", "ab y||  x|", 0, 4, NULL},
    {"row beyond the edge", 3, 6, C "99dx", "||x", 2, 1, NULL},
    {"rows down", 4, 6, "ab" C "2ex", "ab||  x|", 2, 3, NULL},
    {"place", 4, 6, C "2;3Hx", "|  x||", 1, 3, NULL},
    {"place by f", 4, 6, C "2;3fx", "|  x||", 1, 3, NULL},
    {"place, row alone", 4, 6, "ab" C "3Hx", "ab||x|", 2, 1, NULL},
    {"place, column alone", 4, 6, C "3;3H" C ";5Hx", "    x|||", 0, 5, NULL},
    {"place beyond the edges", 3, 5, C "99;99Hx", "||    x", 2, 4, NULL},
    {"place 0 is 1", 3, 5, "ab" C "0;0Hx", "xb||", 0, 1, NULL},
    {"place after the last column takes the wrap back", 2, 4, "abcd" C "1;4Hx", "abcx|", 0, 3, NULL},
    {"up takes the wrap back", 2, 4, C "2Habcd" C "Ax", "   x|abcd", 0, 3, NULL},
    {"left from a waiting wrap", 2, 4, "abcd" C "Dx", "abxd|", 0, 3, NULL},
    {"right at a waiting wrap", 2, 4, "abcd" C "Cx", "abcx|", 0, 3, NULL},
    {"numbers that do not fit", 3, 5, C "99999999999999999999;3Hx", "||  x", 2, 3, NULL},
    {"save and restore by s and u", 3, 6, "ab" C "s" C "3;3Hx" C "uy", "aby||  x", 0, 3, NULL},
};

Test(vt_csi, cursor)
{
    VT_ROWS_CHECK(cursor_samples);
}

#define SQUARE "abcd\r\nefgh\r\nijkl\r\nmnop"
static const struct vt_row_sample erase_samples[] = {
    {"display below", 4, 4, SQUARE C "2;2H" C "J", "abcd|e||", 1, 1, NULL},
    {"display below from the start", 4, 4, SQUARE C "H" C "0J", "|||", 0, 0, NULL},
    {"display above", 4, 4, SQUARE C "3;2H" C "1J", "||  kl|mnop", 2, 1, NULL},
    {"display whole", 4, 4, SQUARE C "3;2H" C "2Jx", "|| x|", 2, 2, NULL},
    {"display, a number of no meaning", 4, 4, SQUARE C "9J", "abcd|efgh|ijkl|mnop", 3, 3, NULL},
    {"line right", 2, 6, "abcdef" C "3G" C "K", "ab|", 0, 2, NULL},
    {"line left", 2, 6, "abcdef" C "3G" C "1K", "   def|", 0, 2, NULL},
    {"line whole", 2, 6, "abcdef" C "3G" C "2Kx", "  x|", 0, 3, NULL},
    {"line right at a waiting wrap", 2, 4, "abcd" C "Kx", "abcx|", 0, 3, NULL},
    {"line, a number of no meaning", 2, 6, "abcdef" C "3G" C "7K", "abcdef|", 0, 2, NULL},
    {"cells", 2, 6, "abcdef" C "2G" C "Xx" C "2X", "ax  ef|", 0, 2, NULL},
    {"cells to the edge", 2, 6, "abcdef" C "4G" C "99X", "abc|", 0, 3, NULL},
    {"cells by 0 is by 1", 2, 6, "abcdef" C "4G" C "0X", "abc ef|", 0, 3, NULL},
    {"half of a wide one", 1, 6, "\344\275\240\345\245\275" C "2G" C "X", "  \345\245\275", 0, 1, NULL},
    {"left up to half of a wide one", 1, 6, "\344\275\240\345\245\275" C "3G" C "1K", "", 0, 2, NULL},
    {"protected cells stay when the question is asked", 2, 6, "a" C "1\"qbc" C "0\"qd" C "?2Jx", " bc x|", 0,
     5, NULL},
    {"protected cells stay in the line", 2, 6, "a" C "1\"qbc" C "2\"qd" C "?1K", " bc|", 0, 4, NULL},
    {"protected cells go otherwise", 2, 6, "a" C "1\"qbc" C "0\"qd" C "2K", "|", 0, 4, NULL},
};

Test(vt_csi, erasing)
{
    VT_ROWS_CHECK(erase_samples);
}

static const struct vt_row_sample insert_samples[] = {
    {"cells", 1, 6, "abcdef" C "2G" C "@", "a bcde", 0, 1, NULL},
    {"cells, some", 1, 6, "abcdef" C "2G" C "3@x", "ax  bc", 0, 2, NULL},
    {"cells, too many", 1, 6, "abcdef" C "2G" C "99@", "a", 0, 1, NULL},
    {"cells before a wide one at the edge", 1, 6, "abcd\344\275\240" C "2G" C "@", "a bcd", 0, 1, NULL},
    {"cells in half of a wide one", 1, 6, "\344\275\240bcd" C "2G" C "@x", " x bcd", 0, 2, NULL},
    {"deleted cells", 1, 6, "abcdef" C "2G" C "P", "acdef", 0, 1, NULL},
    {"deleted cells, some", 1, 6, "abcdef" C "2G" C "3Px", "axf", 0, 2, NULL},
    {"deleted cells, too many", 1, 6, "abcdef" C "2G" C "99P", "a", 0, 1, NULL},
    {"deleted half of a wide one", 1, 6, "a\344\275\240bcd" C "2G" C "P", "a bcd", 0, 1, NULL},
    {"lines", 4, 4, SQUARE C "2;3H" C "L", "abcd||efgh|ijkl", 1, 0, NULL},
    {"lines, some", 4, 4, SQUARE C "2;3H" C "2Lx", "abcd|x||efgh", 1, 1, NULL},
    {"lines, too many", 4, 4, SQUARE C "2;3H" C "99L", "abcd|||", 1, 0, NULL},
    {"deleted lines", 4, 4, SQUARE C "2;3H" C "M", "abcd|ijkl|mnop|", 1, 0, NULL},
    {"deleted lines, some", 4, 4, SQUARE C "2;3H" C "2Mx", "abcd|xnop||", 1, 1, NULL},
    {"deleted lines, too many", 4, 4, SQUARE C "2;3H" C "99M", "abcd|||", 1, 0, NULL},
    {"scrolled up", 4, 4, SQUARE C "2;3H" C "S", "efgh|ijkl|mnop|", 1, 2, NULL},
    {"scrolled up by some", 4, 4, SQUARE C "2;3H" C "3Sx", "mnop|  x||", 1, 3, NULL},
    {"scrolled up by too many", 4, 4, SQUARE C "2;3H" C "99S", "|||", 1, 2, NULL},
    {"scrolled down", 4, 4, SQUARE C "2;3H" C "T", "|abcd|efgh|ijkl", 1, 2, NULL},
    {"scrolled down by some", 4, 4, SQUARE C "2;3H" C "3T", "|||abcd", 1, 2, NULL},
    {"scrolled left", 4, 4, SQUARE C "2;3H" C " @", "bcd|fgh|jkl|nop", 1, 2, NULL},
    {"scrolled left by some", 4, 4, SQUARE C "2;3H" C "2 @", "cd|gh|kl|op", 1, 2, NULL},
    {"scrolled right", 4, 4, SQUARE C "2;3H" C " A", " abc| efg| ijk| mno", 1, 2, NULL},
    {"scrolled right by too many", 4, 4, SQUARE C "2;3H" C "99 A", "|||", 1, 2, NULL},
    {"columns", 4, 4, SQUARE C "2;3H" C "'}", "ab c|ef g|ij k|mn o", 1, 2, NULL},
    {"columns, some", 4, 4, SQUARE C "2;2H" C "2'}", "a  b|e  f|i  j|m  n", 1, 1, NULL},
    {"deleted columns", 4, 4, SQUARE C "2;2H" C "'~", "acd|egh|ikl|mop", 1, 1, NULL},
    {"deleted columns, some", 4, 4, SQUARE C "2;2H" C "2'~", "ad|eh|il|mp", 1, 1, NULL},
};

Test(vt_csi, inserting_and_deleting)
{
    VT_ROWS_CHECK(insert_samples);
}

static const struct vt_row_sample tab_samples[] = {
    {"every eight", 1, 30, "a\tb\tc\td", "a       b       c       d", 0, 25, NULL},
    {"the last one is the edge", 1, 12, "a\tb\tc", "a       b  c", 0, 11, NULL},
    {"a waiting wrap stays", 2, 12, "a\tb\tc\td", "a       b  c|d", 1, 1, NULL},
    {"forward by some", 1, 30, "a" C "2Ib" C "Ic", "a               b       c", 0, 25, NULL},
    {"forward stops at the edge", 1, 12, "a" C "99Ib", "a          b", 0, 11, NULL},
    {"back", 1, 30, C "20Ga" C "Zb", "                b  a", 0, 17, NULL},
    {"back by some", 1, 30, C "20Ga" C "2Zb", "        b          a", 0, 9, NULL},
    {"back stops at the edge", 1, 30, C "20Ga" C "99Zb", "b                  a", 0, 1, NULL},
    {"one more", 1, 30, C "4G" E "H\ra\tb\tc", "a  b    c", 0, 9, NULL},
    {"one less", 1, 30, C "9G" C "g\ra\tb", "a               b", 0, 17, NULL},
    {"one less by 0", 1, 30, C "9G" C "0g\ra\tb", "a               b", 0, 17, NULL},
    {"none", 1, 30, C "3ga\tb", "a                            b", 0, 29, NULL},
    {"none but own ones", 1, 30, C "3g" C "4G" E "H" C "6G" E "H\ra\tb\tc", "a  b c", 0, 6, NULL},
    {"anew", 1, 30, C "3g" C "?5Wa\tb", "a       b", 0, 9, NULL},
    {"by reset", 1, 30, C "3g" E "ca\tb", "a       b", 0, 9, NULL},
};

Test(vt_csi, tabs)
{
    VT_ROWS_CHECK(tab_samples);
}

static const struct vt_row_sample repeat_samples[] = {
    {"once more", 1, 8, "a" C "bb", "aab", 0, 3, NULL},
    {"some", 1, 8, "xa" C "4bb", "xaaaaab", 0, 7, NULL},
    {"0 is 1", 1, 8, "a" C "0b", "aa", 0, 2, NULL},
    {"nothing was printed", 1, 8, C "5ba", "a", 0, 1, NULL},
    {"over the edge", 3, 4, "a" C "5bb", "aaaa|aab|", 1, 3, NULL},
    {"wide ones", 2, 7, "\344\275\240" C "2bb", "\344\275\240\344\275\240\344\275\240b|", 0, 6, NULL},
    {"line drawing", 1, 8, E "(0q" C "3b", "\342\224\200\342\224\200\342\224\200\342\224\200", 0, 4, NULL},
    {"more than there is room for", 2, 4, "a" C "16000b", "aaaa|a", 1, 1, NULL},
    {"right after a character alone: not after colours", 1, 8, "A" C "31m" C "2b", "A", 0, 1, NULL},
    {"not after itself", 1, 8, "A" C "2b" C "2b", "AAA", 0, 3, NULL},
    {"not after a control", 1, 8, "A\r" C "2b" C "2GA\017" C "2b" C "3GA\007" C "2b" C "4GA" E "(B" C "2b",
     "AAAA", 0, 4, NULL},
    {"not after a string", 1, 8, "A" E "]2;x\007" C "2b", "A", 0, 1, NULL},
    {"not after a question", 1, 8, "A" C "6n" C "2b", "A", 0, 1, C "1;2R"},
    {"not after what means nothing", 1, 8, "A" C "5y" C "2b" C "1 2mA" C "<1;1 1x" C "2b", "AA", 0, 2, NULL},
};

Test(vt_csi, repeating)
{
    VT_ROWS_CHECK(repeat_samples);
}

static const struct vt_row_sample report_samples[] = {
    {"status", 2, 8, C "5n", "|", 0, 0, C "0n"},
    {"cursor", 4, 8, C "3;7H" C "6n", "|||", 2, 6, C "3;7R"},
    {"cursor in a margin of origin", 4, 8, C "2;4r" C "?6h" C "2;2H" C "6n", "|||", 2, 1, C "2;2R"},
    {"cursor at a waiting wrap", 2, 4, "abcd" C "6n", "abcd|", 0, 3, C "1;4R"},
    {"cursor with page", 4, 8, C "3;7H" C "?6n", "|||", 2, 6, C "?3;7;1R"},
    {"what it is", 2, 8, C "c" C "0c", "|", 0, 0, C "?64;6;21;22;28c" C "?64;6;21;22;28c"},
    {"what it is, the old way", 2, 8, E "Z", "|", 0, 0, C "?64;6;21;22;28c"},
    {"what it is, no such thing", 2, 8, C "1c" C ">1c", "|", 0, 0, NULL},
    {"which one", 2, 8, C ">c", "|", 0, 0, C ">41;354;0c"},
    {"its number", 2, 8, C "=c", "|", 0, 0, E "P!|00000000" E "\\"},
    {"its name", 2, 8, C ">q" C ">0q", "|", 0, 0,
     E "P>|sbxdeck(" SBXDECK_VERSION ")" E "\\" E "P>|sbxdeck(" SBXDECK_VERSION ")" E "\\"},
    {"size", 3, 7, C "18t", "||", 0, 0, C "8;3;7t"},
    {"the largest size", 3, 7, C "19t", "||", 0, 0, C "9;3;7t"},
    {"no other size by asking for it", 3, 7, C "8;9;9t" C "27t" C "24*|" C "18t", "||", 0, 0, C "8;3;7t"},
    {"nothing of the window or its title", 2, 8, E "]2;rm -rf\007" C "20t" C "21t" C "13t" C "14t", "|", 0, 0,
     NULL},
    {"no status of what is not there", 2, 8, C "7n" C "?7n", "|", 0, 0, NULL},
};

Test(vt_csi, reports)
{
    VT_ROWS_CHECK(report_samples);
}

static const struct vt_row_sample device_samples[] = {
    {"of printer, keys, locator, macros, line and sessions", 1, 8,
     C "?5n" C "?15n" C "?25n" C "?26n" C "?53n" C "?55n" C "?56n" C "?62n" C "?63;7n" C "?75n" C "?85n", "",
     0, 0,
     C "?0n" C "?13n" C "?20n" C "?27;1;0;0n" C "?53n" C "?53n" C "?57;0n" C "0000*{" E "P7!~0000" E "\\" C
       "?70n" C "?83n"},
    {"at level 3", 1, 8,
     C "63;1\"p" C "?6n" C "?15n" C "?26n" C "?53n" C "?62n" C "?63;7n" C "?75n" C "?85n" C "4$p", "", 0, 0,
     C "?1;1;1R" C "?13n" C "?27;1;0n" C "?53n" C "4;2$y"},
    {"at level 2", 1, 8, C "62;1\"p" C "?6n" C "?15n" C "?26n" C "?53n" C "4$p" C "?4$p", "", 0, 0,
     C "?1;1R" C "?13n" C "?27;1n" C "?4;2$y"},
    {"at level 1", 1, 8, C "61\"p" C "6n" C "?6n" C "?15n" C "?25n" C "?26n", "", 0, 0, C "1;1R" C "?1;1R"},
};

Test(vt_csi, what_is_connected)
{
    VT_ROWS_CHECK(device_samples);
}

#define SETTING(what) E "P$q" what E "\\"
#define SET(what)     E "P1$r" what E "\\"
static const struct vt_row_sample setting_samples[] = {
    {"as it begins", 5, 8,
     SETTING("m") SETTING("r") SETTING("s") SETTING("\"q") SETTING("\"p") SETTING(" q") SETTING("*x")
         SETTING("*|") SETTING("t") SETTING("$|") SETTING("$}") SETTING("$~"),
     "||||", 0, 0,
     SET("0m") SET("1;5r") SET("1;8s") SET("0\"q") SET("64;1\"p") SET("0 q") SET("0*x") SET("5*|") SET("5t")
         SET("8$|") SET("0$}") SET("0$~")},
    {"side margins", 5, 8, C "?69h" C "3;5s" SETTING("s") C "?69l" SETTING("s"), "||||", 0, 0,
     SET("3;5s") SET("1;8s")},
    {"the extent", 1, 8, C "2*x" SETTING("*x") C "1*x" SETTING("*x"), "", 0, 0, SET("2*x") SET("1*x")},
    {"protection", 1, 8, C "1\"q" SETTING("\"q") C "2\"q" SETTING("\"q") E "V" SETTING("\"q"), "", 0, 0,
     SET("1\"q") SET("0\"q") SET("0\"q")},
    {"the level", 1, 8,
     C "63;1\"p" SETTING("\"p") C "65;1\"p" SETTING("\"p") C
     "66;1\"p" C "60\"p" C "\"p" C "2\"p" SETTING("\"p") C "61\"p" SETTING("\"p") E "c" SETTING("\"p"),
     "", 0, 0, SET("63;1\"p") SET("64;1\"p") SET("64;1\"p") SET("64;1\"p")},
    {"with C1 controls", 1, 8, C "64\"p" SETTING("\"p") C "6n" C "62;2\"p" C "c" C "64;1\"p" C "6n", "", 0, 0,
     "\2201$r64;0\"p\234\2331;1R\233?64;6;21;22;28c" C "1;1R"},
    {"with C1 controls by their own", 1, 8, E " G" C "6n" E " F" C "6n" C "61\"p" E " G" C "6n", "", 0, 0,
     "\2331;1R" C "1;1R" C "1;1R"},
    {"what is no setting", 1, 8, SETTING("foo") SETTING(",|") SETTING(""), "", 0, 0,
     E "P0$r" E "\\" E "P0$r" E "\\" E "P0$r" E "\\"},
    {"a level resets softly", 2, 8, "ab" C "?6;69h" C "4h" C "64;1\"p\rc" SETTING("s") C "6n", "cb|", 0, 1,
     SET("1;8s") C "1;2R"},
    {"no side margins below level 4", 2, 8, C "63;1\"p" C "?69h" C "3;5s" C "?69$p" C "1;5Habc", "    abc|",
     0, 7, C "?69;0$y"},
};

Test(vt_csi, how_it_is_set)
{
    VT_ROWS_CHECK(setting_samples);
}

static const struct vt_row_sample protect_samples[] = {
    {"DECSCA: not from erasing", 2, 8, C "1\"qab" C "0\"qcd" C "2J", "|", 0, 4, NULL},
    {"DECSCA: not from erasing cells", 2, 8, C "1\"qab" C "0\"qcd\r" C "4X", "|", 0, 0, NULL},
    {"DECSCA: from erasing selectively", 2, 8, C "1\"qab" C "0\"qcd" C "?2J", "ab|", 0, 4, NULL},
    {"DECSCA: in a line", 2, 8, C "1\"qab" C "0\"qcd\r" C "?K", "ab|", 0, 0, NULL},
    {"DECSCA: to the cursor", 3, 8, C "1\"qab" C "0\"qcd" C "2;3H" C "?1J", "ab||", 1, 2, NULL},
    {"DECSCA: 2 is 0", 2, 8, C "1\"qab" C "2\"qcd" C "?2J", "ab|", 0, 4, NULL},
    {"SPA: from erasing", 2, 8, E "Vab" E "Wcd" C "2J", "ab|", 0, 4, NULL},
    {"SPA: from erasing selectively", 2, 8, E "Vab" E "Wcd" C "?2J", "ab|", 0, 4, NULL},
    {"SPA: in a line", 2, 8, E "Vab" E "Wcd\r" C "K", "ab|", 0, 0, NULL},
    {"SPA: cells", 2, 8, E "Vab" E "Wcd\r" C "4X", "ab|", 0, 0, NULL},
    {"SPA: until DECSCA", 2, 8, E "Vab" E "W" C "1\"q" C "0\"qcd" C "2J", "|", 0, 4, NULL},
    {"SPA: what DECSCA had protected too", 2, 8, C "1\"qab" C "0\"q" E "Vcd" E "Wef" C "2J", "abcd|", 0, 6,
     NULL},
    {"SGR 0 leaves it", 2, 8, E "Vab" C "mcd" E "We" C "2J", "abcd|", 0, 5, NULL},
    {"not from what is written", 2, 8, E "Vab" E "W\rX", "Xb|", 0, 1, NULL},
    {"not from deleting and inserting", 3, 8, E "Vabc" E "Wde\r" C "2P" C "@" C "L", "| cde|", 0, 0, NULL},
    {"ends with a soft reset", 2, 8, E "Vab" C "!pc" C "2J", "|", 0, 3, NULL},
    {"wide ones", 2, 8, E "V\344\275\240" E "Wa" C "2J", "\344\275\240|", 0, 3, NULL},
};

Test(vt_csi, protected_cells)
{
    VT_ROWS_CHECK(protect_samples);
}

static const struct vt_row_sample down_samples[] = {
    {"ECMA's way", 3, 6, "a\r\nb" C "^", "|a|b", 1, 1, NULL},
    {"by some", 3, 6, "a\r\nb" C "2^", "||a", 1, 1, NULL},
    {"in the region", 3, 6, "a\r\nb\r\nc" C "2;3r" C "^", "a||b", 0, 0, NULL},
    {"by 0 is by 1", 3, 6, "a\r\nb" C "0^", "|a|b", 1, 1, NULL},
    {"the other way by 0: another thing, which is not here", 3, 6, "a\r\nb" C "0T", "a|b|", 1, 1, NULL},
};

Test(vt_csi, scrolling_down)
{
    VT_ROWS_CHECK(down_samples);
}

Test(vt_csi, replies_have_a_cap_and_are_whole)
{
    static char bytes[4 * 4096];
    struct vt *vt = vt_new(24, 80, NULL);
    for (size_t i = 0; i + 4 <= sizeof bytes; i += 4)
        (void)memcpy(bytes + i, C "6n", 4);
    vt_write(vt, bytes, sizeof bytes);
    const char *replies = vt_rows_replies(vt);
    size_t length = strlen(replies);
    cr_expect(length <= VT_REPLY_MAX && length > VT_REPLY_MAX - 16, "%zu", length);
    cr_expect_eq(length % 6, 0);
    cr_expect_str_eq(replies + length - 6, C "1;1R");
    cr_expect_str_eq(vt_rows_replies(vt), "");
    vt_rows_put(vt, C "5n");
    cr_expect_str_eq(vt_rows_replies(vt), C "0n");
    vt_free(vt);
}
