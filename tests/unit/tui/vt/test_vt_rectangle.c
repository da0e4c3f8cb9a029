// SPDX-License-Identifier: Apache-2.0
//
// Rectangles: copied, filled, erased, made to look otherwise, summed up; at the edges, with margins, with
// wide characters across their borders, and of any size that a program can write. Sums and screens are
// xterm's.

#include "tests/support/terminal_cells.h"
#include "tests/unit/tui/vt/vt_rows.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#define E        "\033"
#define C        "\033["
#define NI       "\344\275\240"
#define THREE    "abcdef\r\nghijkl\r\nmnopqr"
#define SUM(sum) E "P1!~" sum E "\\"
#define ASK(r)   C "1;1;" r "*y"

static const struct vt_row_sample fill_samples[] = {
    {"filled", 4, 8, THREE C "42;2;2;3;4$x", "abcdef|g***kl|m***qr|", 2, 6, NULL},
    {"all of the screen", 3, 4, "ab" C "42$x", "****|****|****", 0, 2, NULL},
    {"without a character", 3, 6, THREE C "$x", "abcdef|ghijkl|mnopqr", 2, 5, NULL},
    {"with none that shows", 3, 6, THREE C "31$x" C "127$x" C "159$x" C "768$x", "abcdef|ghijkl|mnopqr", 2, 5,
     NULL},
    {"with one of Latin 1", 2, 4, C "233;1;1;1;2$x", "\303\251\303\251|", 0, 0, NULL},
    {"with a wide one", 2, 4, "ab" C "20320;1;1;1;2$x", "ab|", 0, 2, NULL},
    {"cut at the edge", 3, 6, THREE C "42;3;6;99;99$x", "abcdef|ghijkl|mnopq*", 2, 5, NULL},
    {"beginning outside", 3, 6, THREE C "42;99;1;99;2$x" C "42;1;99;2;99$x", "abcdef|ghijkl|mnopqr", 2, 5,
     NULL},
    {"upside down", 3, 6, THREE C "42;3;3;2;4$x" C "42;2;5;3;3$x", "abcdef|ghijkl|mnopqr", 2, 5, NULL},
    {"as large as can be written", 3, 4, C "42;1;1;65535;65535$x" C "43;65535;65535;65535;65535$x",
     "****|****|****", 0, 0, NULL},
    {"from the margins with origin mode", 4, 6, C "?69h" C "2;5s" C "2;3r" C "?6h" C "42;1;1;99;99$x" C "?6l",
     "| ****| ****|", 0, 0, NULL},
    {"past margins without", 3, 6, C "?69h" C "2;5s" C "2;3r" C "42;1;1;1;6$x", "******||", 0, 0, NULL},
    {"half of a wide one", 2, 6, "a" NI "b" C "42;1;2;1;2$x", "a* b|", 0, 4, NULL},
    {"the other half", 2, 6, "a" NI "b" C "42;1;3;1;3$x", "a *b|", 0, 4, NULL},
    {"not at a lower level", 2, 4, "ab" C "63;1\"p" C "42$x", "ab|", 0, 2, NULL},
};

Test(vt_rectangle, is_filled)
{
    VT_ROWS_CHECK(fill_samples);
}

static const struct vt_row_sample erase_samples[] = {
    {"erased", 3, 6, THREE C "2;2;3;4$z", "abcdef|g   kl|m   qr", 2, 5, NULL},
    {"protected ones too", 2, 6, C "1\"qabcdef" C "0\"q" C "1;2;1;4$z", "a   ef|", 0, 5, NULL},
    {"by SPA as well", 2, 6, E "Vabc" E "W" C "1;2;1;4$z", "a|", 0, 3, NULL},
    {"it looks as text would", 1, 6,
     C "7mabc" C "m" C "1;2;1;2$z" C "7m" C "1;3;1;3$z" ASK("1;1;1;1") ASK("1;2;1;2") ASK("1;3;1;3"), "a", 0,
     3, SUM("FF7F") SUM("FFE0") SUM("FFC0")},
    {"selectively", 2, 8, C "1\"qabc" C "0\"qde" C "1;2;1;5${", "abc|", 0, 5, NULL},
    {"selectively, by SPA", 2, 8, E "Vabc" E "Wde" C "1;2;1;5${", "a|", 0, 5, NULL},
    {"selectively, looks stay", 1, 6, C "1mabc" C "m" C "1;2;1;3${" ASK("1;2;1;2"), "a", 0, 3, SUM("FF60")},
    {"half of a wide one", 2, 6, "a" NI "b" C "1;3;1;3$z", "a  b|", 0, 4, NULL},
    {"selectively, half of a wide one", 2, 6, "a" NI "b" C "1;3;1;3${", "a  b|", 0, 4, NULL},
    {"takes a line's break away", 2, 4, "abcdef" C "1;4;1;4$z", "abc|ef", 1, 2, NULL},
};

Test(vt_rectangle, is_erased)
{
    VT_ROWS_CHECK(erase_samples);
}

static const struct vt_row_sample copy_samples[] = {
    {"copied", 4, 8, "abcdef\r\nghijkl" C "1;1;2;3;1;3;5;1$v", "abcdef|ghijkl|    abc|    ghi", 1, 6, NULL},
    {"over itself, down and right", 3, 8, "abcdef\r\nghijkl" C "1;1;2;3;1;2;2;1$v", "abcdef|gabckl| ghi", 1,
     6, NULL},
    {"over itself, up and left", 3, 8, THREE C "2;2;3;4;1;1;1;1$v", "hijdef|nopjkl|mnopqr", 2, 6, NULL},
    {"over itself in a row", 2, 8, "abcdef" C "1;1;1;4;1;1;2;1$v", "aabcdf|", 0, 6, NULL},
    {"any page is this one", 4, 8, "abc" C "1;1;1;3;2;3;5;7$v", "abc||    abc|", 0, 3, NULL},
    {"to the first place when none is said", 3, 8, THREE C "2;2;3;3$v", "hicdef|noijkl|mnopqr", 2, 6, NULL},
    {"all of it to where it is", 3, 6, THREE C "$v", "abcdef|ghijkl|mnopqr", 2, 5, NULL},
    {"cut at the edge", 3, 6, THREE C "1;1;2;3;1;3;5;1$v", "abcdef|ghijkl|mnopab", 2, 5, NULL},
    {"to outside", 3, 6, THREE C "1;1;2;3;1;99;99;1$v", "abcdef|ghijkl|mnopqr", 2, 5, NULL},
    {"upside down", 3, 6, THREE C "2;3;1;1;1;3;1;1$v", "abcdef|ghijkl|mnopqr", 2, 5, NULL},
    {"as large as can be written", 3, 6, THREE C "1;1;65535;65535;1;2;1;1$v", "abcdef|abcdef|ghijkl", 2, 5,
     NULL},
    {"between the margins with origin mode", 4, 8,
     "abcdef\r\nghijkl\r\nmnopqr" C "?69h" C "2;5s" C "2;4r" C "?6h" C "1;1;1;3;1;2;3;1$v" C "?6l",
     "abcdef|ghijkl|mnohir|", 0, 0, NULL},
    {"with its looks", 2, 8, C "1mab" C "m" C "1;1;1;2;1;2;1;1$v" ASK("2;1;2;1"), "ab|ab", 0, 2, SUM("FF1F")},
    {"half of a wide one stays behind", 2, 8, "a" NI "b" C "1;3;1;4;1;2;1;1$v" C "1;1;1;2;1;2;5;1$v",
     "a" NI "b| b  a", 0, 4, NULL},
    {"a wide one", 2, 8, "a" NI "b" C "1;2;1;3;1;2;1;1$v", "a" NI "b|" NI, 0, 4, NULL},
    {"onto half of a wide one", 2, 8, "a" NI "b" C "1;1;1;1;1;1;3;1$v", "a ab|", 0, 4, NULL},
};

Test(vt_rectangle, is_copied)
{
    VT_ROWS_CHECK(copy_samples);
}

// Bold as upper case letters would be, in this order: bold, underlined, blinking, reverse.
static char look_of(const struct cell_style *style)
{
    int look = (style->attributes & CELL_BOLD) != 0;
    look |= (style->attributes & CELL_UNDERLINE_MASK) != 0 ? 2 : 0;
    look |= (style->attributes & CELL_BLINK) != 0 ? 4 : 0;
    look |= (style->attributes & CELL_REVERSE) != 0 ? 8 : 0;
    return look == 0 ? '.' : "0123456789abcdef"[look];
}

static const struct {
    const char *what, *bytes, *looks;
} look_samples[] = {
    {"the text from corner to corner", C "1;3;2;4;1$r", "..1111|1111|"},
    {"when it is asked for so", C "1*x" C "1;3;2;4;4$r", "..2222|2222|"},
    {"the rectangle", C "2*x" C "1;3;2;4;1$r", "..11|..11|"},
    {"lines between", C "1;3;3;4;7$r", "..8888|888888|8888"},
    {"several at once", C "2*x" C "1;3;1;4;1;4;5;7$r", "..ff||"},
    {"none of those", C "2*x" C "1;3;2;4;8$r" C "1;1;3;6;31$r" C "1;1;3;6$r", "||"},
    {"all taken away", C "2*x" C "1;1;1;4;1;4;5;7$r" C "1;2;1;3;0$r", "f..f||"},
    {"one taken away", C "2*x" C "1;1;1;4;1;4;5;7$r" C "1;2;1;3;22$r", "feef||"},
    {"taken away and set", C "2*x" C "1;1;1;4;1;4;5;7$r" C "1;2;1;3;0;1$r", "f11f||"},
    {"turned over", C "2*x" C "1;2;1;3;1$r" C "1;1;1;4;1;7$t", "9889||"},
    {"turned over, an underline", C "2*x" C "1;2;1;3;4$r" C "1;1;1;4;4$t", "2..2||"},
    {"turned over, not by others", C "2*x" C "1;1;1;4;0$t" C "1;1;1;4;22$t" C "1;1;1;4$t", "||"},
    {"an extent that is none", C "2*x" C "3*x" C "1;3;2;4;1$r", "..11|..11|"},
    {"the extent after a soft reset", C "2*x" C "!p" C "1;3;2;4;1$r", "..11|..11|"},
    {"the extent after a reset", C "2*x" E "c" C "1;3;2;4;1$r", "..1111|1111|"},
    {"not what is printed next", C "1;1;1;6;1$r" C "2;1Hx", "111111||"},
    {"as large as can be written", C "1;1;65535;65535;1$r", "111111|111111|111111"},
};

Test(vt_rectangle, is_made_to_look_otherwise)
{
    for (size_t i = 0; i < sizeof look_samples / sizeof look_samples[0]; i++) {
        char looks[64];
        struct vt *vt = vt_new(3, 6, NULL);
        for (const char *at = look_samples[i].bytes; *at != '\0'; at++)
            vt_write(vt, at, 1);
        vt_rows_looks(vt, look_of, looks, sizeof looks);
        cr_expect_str_eq(looks, look_samples[i].looks, "%s: %s", look_samples[i].what, looks);
        vt_free(vt);
    }
}

static const struct vt_row_sample sum_samples[] = {
    {"of text", 2, 8, "abc" ASK("1;1;1;3") ASK("1;1;1;1"), "abc|", 0, 3, SUM("FEDA") SUM("FF9F")},
    {"of blanks that were written", 2, 8, "   " ASK("1;1;1;3"), "|", 0, 3, SUM("FFA0")},
    {"of what never was: the first alone", 2, 8, ASK("1;1;1;3") ASK("1;1;1;1"), "|", 0, 0,
     SUM("FFE0") SUM("FFE0")},
    {"of rows", 3, 8, "\r\n\r\nab" ASK("1;1;3;8"), "||ab", 2, 2, SUM("FF1D")},
    {"of attributes", 1, 8,
     C "1ma" C "m" C "4ma" C "m" C "5ma" C "m" C "7ma" C "m" C "8ma" C "m" C "2;3;9;31ma" ASK("1;1;1;1")
         ASK("1;2;1;2") ASK("1;3;1;3") ASK("1;4;1;4") ASK("1;5;1;5") ASK("1;6;1;6"),
     "aaaaaa", 0, 6, SUM("FF1F") SUM("FF8F") SUM("FF5F") SUM("FF7F") SUM("FFE0") SUM("FF9F")},
    {"of larger characters", 1, 8, "\303\251" NI ASK("1;1;1;1") ASK("1;2;1;3"), "\303\251" NI, 0, 3,
     SUM("FF17") SUM("FEA1")},
    {"of nothing", 2, 8, "abc" C "7;1;1;3;1;1*y" C "7;1;99;99;99;99*y", "abc|", 0, 3,
     E "P7!~0000" E "\\" E "P7!~0000" E "\\"},
    {"of all", 2, 8, "abc" C "7;1;0;0;0;0*y" C "7;1;1;1;65535;65535*y", "abc|", 0, 3,
     E "P7!~FEDA" E "\\" E "P7!~FEDA" E "\\"},
    {"its number", 2, 8, "abc" C "65535;1;1;1;1;3*y" C "*y", "abc|", 0, 3, E "P65535!~FEDA" E "\\"},
    {"from the margins with origin mode", 3, 8,
     C "2;3Hx" C "?69h" C "3;5s" C "2;3r" C "?6h" ASK("1;1;1;1") C "?6l", "|  x|", 0, 0, SUM("FF88")},
    {"not at a lower level", 2, 8, C "63;1\"p" ASK("1;1;1;1"), "|", 0, 0, NULL},
};

Test(vt_rectangle, is_summed_up)
{
    VT_ROWS_CHECK(sum_samples);
}

// Each change of looks makes styles until there is no room for more: all cells must still have one of their
// own, and what the cursor prints with too.
Test(vt_rectangle, looks_hold_when_there_are_more_than_can_be_kept)
{
    struct vt *vt = vt_new(4, 40, NULL);
    for (int i = 0; i < 70000; i++) {
        char bytes[96];
        (void)snprintf(bytes, sizeof bytes, C "38;2;%d;%d;%dm" C "%d;%dHx" C "2*x" C "1;1;4;40;1;4;7$t",
                       i >> 12 & 63, i >> 6 & 63, i & 63, i % 4 + 1, i % 40 + 1);
        vt_rows_put(vt, bytes);
    }
    vt_rows_put(vt, C "0;3m" C "1;1;4;40;0$r" C "4;1Hy");
    vt_rows_sound(vt, "after many looks");
    struct vt_glyph glyph;
    cr_assert(cell_read(vt, 3, 0, &glyph));
    cr_expect_str_eq(glyph.text, "y");
    cr_expect_eq(glyph.style.attributes, CELL_ITALIC);
    cr_expect_eq(glyph.style.fg, CELL_COLOR_DEFAULT);
    for (int x = 1; x < 40; x++) {
        cr_assert(cell_read(vt, 3, x, &glyph));
        cr_expect_eq(glyph.style.attributes, 0, "column %d", x);
    }
    vt_free(vt);
}

// Whoever asks and does not read gets what there is room for, whole, and no more.
Test(vt_rectangle, sums_that_nobody_reads_have_a_cap)
{
    struct vt *vt = vt_new(4, 8, NULL);
    for (int i = 0; i < 10000; i++)
        vt_rows_put(vt, ASK("1;1;4;8"));
    const char *replies = vt_rows_replies(vt);
    size_t length = strlen(replies);
    cr_expect_leq(length, (size_t)VT_REPLY_MAX);
    cr_expect_eq(length % strlen(SUM("FFE0")), 0u);
    vt_free(vt);
}
