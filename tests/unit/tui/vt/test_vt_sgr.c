// SPDX-License-Identifier: Apache-2.0
//
// How text looks: SGR in both separators, what erasing, scrolling and inserting leave behind, and how it is
// reported.

#include "tests/support/terminal_cells.h"
#include "tests/unit/tui/vt/vt_rows.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#define E           "\033"
#define C           "\033["
#define I(n)        (CELL_COLOR_INDEXED | (n))
#define RGB(hex)    (CELL_COLOR_RGB | (hex))
#define UNDER(kind) (CELL_UNDERLINE_##kind << CELL_UNDERLINE_SHIFT)

struct style_row {
    const char *bytes;
    cell_color fg, bg, underline;
    unsigned attributes;
};

static const struct style_row rows[] = {
    {"", 0, 0, 0, 0},
    {C "m", 0, 0, 0, 0},
    // attributes
    {C "1m", 0, 0, 0, CELL_BOLD},
    {C "2m", 0, 0, 0, CELL_DIM},
    {C "3m", 0, 0, 0, CELL_ITALIC},
    {C "4m", 0, 0, 0, UNDER(SINGLE)},
    {C "5m", 0, 0, 0, CELL_BLINK},
    {C "6m", 0, 0, 0, CELL_BLINK},
    {C "7m", 0, 0, 0, CELL_REVERSE},
    {C "8m", 0, 0, 0, CELL_CONCEAL},
    {C "9m", 0, 0, 0, CELL_STRIKE},
    {C "21m", 0, 0, 0, UNDER(DOUBLE)},
    {C "53m", 0, 0, 0, CELL_OVERLINE},
    {C "1;2;3;5;7;8;9;53m", 0, 0, 0,
     CELL_BOLD | CELL_DIM | CELL_ITALIC | CELL_BLINK | CELL_REVERSE | CELL_CONCEAL | CELL_STRIKE |
         CELL_OVERLINE},
    {C "1m" C "2m" C "22m", 0, 0, 0, 0},
    {C "3m" C "23m", 0, 0, 0, 0},
    {C "4m" C "24m", 0, 0, 0, 0},
    {C "21m" C "24m", 0, 0, 0, 0},
    {C "5m" C "25m", 0, 0, 0, 0},
    {C "7m" C "27m", 0, 0, 0, 0},
    {C "8m" C "28m", 0, 0, 0, 0},
    {C "9m" C "29m", 0, 0, 0, 0},
    {C "53m" C "55m", 0, 0, 0, 0},
    {C "1;31;44m" C "0m", 0, 0, 0, 0},
    {C "1;31;44m" C "m", 0, 0, 0, 0},
    {C "1;;3m", 0, 0, 0, CELL_ITALIC},
    {C "1;m", 0, 0, 0, 0},
    {C "1;0;3m", 0, 0, 0, CELL_ITALIC},
    {C "10m" C "99m" C "1m", 0, 0, 0, CELL_BOLD},
    // kinds of underline
    {C "4:0m", 0, 0, 0, 0},
    {C "4:1m", 0, 0, 0, UNDER(SINGLE)},
    {C "4:2m", 0, 0, 0, UNDER(DOUBLE)},
    {C "4:3m", 0, 0, 0, UNDER(CURLY)},
    {C "4:4m", 0, 0, 0, UNDER(DOTTED)},
    {C "4:5m", 0, 0, 0, UNDER(DASHED)},
    {C "4:9m", 0, 0, 0, UNDER(SINGLE)},
    {C "4:3m" C "4m", 0, 0, 0, UNDER(SINGLE)},
    {C "4:3m" C "24m", 0, 0, 0, 0},
    {C "4;3m", 0, 0, 0, UNDER(SINGLE) | CELL_ITALIC},
    {C "4:3;1m", 0, 0, 0, UNDER(CURLY) | CELL_BOLD},
    // the sixteen
    {C "30m", I(0), 0, 0, 0},
    {C "37m", I(7), 0, 0, 0},
    {C "40m", 0, I(0), 0, 0},
    {C "47m", 0, I(7), 0, 0},
    {C "90m", I(8), 0, 0, 0},
    {C "97m", I(15), 0, 0, 0},
    {C "100m", 0, I(8), 0, 0},
    {C "107m", 0, I(15), 0, 0},
    {C "31;42m" C "39m", 0, I(2), 0, 0},
    {C "31;42m" C "49m", I(1), 0, 0, 0},
    // 256
    {C "38;5;208m", I(208), 0, 0, 0},
    {C "48;5;208m", 0, I(208), 0, 0},
    {C "38:5:208m", I(208), 0, 0, 0},
    {C "48:5:208m", 0, I(208), 0, 0},
    {C "58:5:208m", 0, 0, I(208), 0},
    {C "58;5;208m", 0, 0, I(208), 0},
    {C "58;5;208m" C "59m", 0, 0, 0, 0},
    {C "38;5;0m", I(0), 0, 0, 0},
    {C "38;5;255m", I(255), 0, 0, 0},
    {C "38;5;256m", 0, 0, 0, 0},
    {C "38;5;1;48;5;2;1m", I(1), I(2), 0, CELL_BOLD},
    {C "38:5:1;48:5:2;1m", I(1), I(2), 0, CELL_BOLD},
    {C "1;38;5;9;4m", I(9), 0, 0, CELL_BOLD | UNDER(SINGLE)},
    // 24 bit
    {C "38;2;1;2;3m", RGB(0x010203), 0, 0, 0},
    {C "48;2;255;254;253m", 0, RGB(0xfffefd), 0, 0},
    {C "38:2:1:2:3m", RGB(0x010203), 0, 0, 0},
    {C "38:2::1:2:3m", RGB(0x010203), 0, 0, 0},
    {C "38:2:0:1:2:3m", RGB(0x010203), 0, 0, 0},
    {C "38:2::1:2:3:0:0m", RGB(0x010203), 0, 0, 0},
    {C "58:2::1:2:3m", 0, 0, RGB(0x010203), 0},
    {C "58;2;1;2;3m", 0, 0, RGB(0x010203), 0},
    {C "38;2;1;2;3;48;2;4;5;6;1m", RGB(0x010203), RGB(0x040506), 0, CELL_BOLD},
    {C "38:2::1:2:3;48:2::4:5:6;1m", RGB(0x010203), RGB(0x040506), 0, CELL_BOLD},
    {C "38;2;;;m", RGB(0), 0, 0, 0},
    {C "38:2::::m", RGB(0), 0, 0, 0},
    {C "38;2;256;0;0;1m", 0, 0, 0, CELL_BOLD},
    {C "4:3;58:2::240:143:104;38;5;7m", I(7), 0, RGB(0xf08f68), UNDER(CURLY)},
    // cut off, or of no meaning
    {C "38m", 0, 0, 0, 0},
    {C "38;5m", 0, 0, 0, 0},
    {C "38;2;1;2m", 0, 0, 0, 0},
    {C "38:5m" C "1m", 0, 0, 0, CELL_BOLD},
    {C "38:2:1m" C "1m", 0, 0, 0, CELL_BOLD},
    {C "38:9:1;1m", 0, 0, 0, CELL_BOLD},
    {C "1:2:3;3m", 0, 0, 0, CELL_BOLD | CELL_ITALIC},
    {C "38;4;32m", I(2), 0, 0, 0}, // an unknown kind goes alone
    {C "38;1;31m", I(1), 0, 0, 0},
    {C "48;7;1m", 0, 0, 0, CELL_BOLD},
    {C "58;0;4m", 0, 0, 0, UNDER(SINGLE)},
    {C "38:4:32;1m", 0, 0, 0, CELL_BOLD},
    {C "38;4:32;1m", 0, 0, 0, CELL_BOLD},
    // colons from the kind on
    {C "38;2::1:2:3m", RGB(0x010203), 0, 0, 0},
    {C "48;2:1:2:3;1m", 0, RGB(0x010203), 0, CELL_BOLD},
    {C "58;5:9;3m", 0, 0, I(9), CELL_ITALIC},
    // of more than 32 the first count
    {C ";;;;;;;;;;;;;;;;;;;;;;;;;;;;;;1;3;4m", 0, 0, 0, CELL_BOLD | CELL_ITALIC},
    {C ";;;;;;;;;;;;;;;;;;;;;;;;;;;;;;;38;5;1m", 0, 0, 0, 0},
    {C ";;;;;;;;;;;;;;;;;;;;;;;;;;;;;;;1:2:3m", 0, 0, 0, CELL_BOLD},
    {C ">4;2m" C "<4m" C "=1m", 0, 0, 0, 0},
};

static struct cell_style style_after(const char *bytes, size_t split)
{
    struct vt_glyph glyph;
    struct vt *vt = vt_new(2, 10, NULL);
    vt_write(vt, bytes, split);
    vt_rows_put(vt, bytes + split);
    vt_rows_put(vt, "x");
    cr_assert(cell_read(vt, 0, 0, &glyph));
    cr_assert_str_eq(glyph.text, "x", "%s: '%s'", bytes, glyph.text);
    vt_free(vt);
    return glyph.style;
}

Test(vt_sgr, styles)
{
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        for (size_t split = 0; split <= strlen(rows[i].bytes); split++) {
            struct cell_style style = style_after(rows[i].bytes, split);
            cr_assert(style.fg == rows[i].fg && style.bg == rows[i].bg &&
                          style.underline == rows[i].underline && style.attributes == rows[i].attributes,
                      "row %zu, %s split at %zu: %08x %08x %08x %04x", i, rows[i].bytes + 1, split, style.fg,
                      style.bg, style.underline, style.attributes);
        }
}

// What DECRQSS tells of a style makes the same style again.
Test(vt_sgr, told_and_taken_back)
{
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char again[256];
        struct vt *vt = vt_new(2, 10, NULL);
        vt_rows_put(vt, rows[i].bytes);
        vt_rows_put(vt, E "P$qm" E "\\");
        const char *told = vt_rows_replies(vt);
        cr_assert(strncmp(told, E "P1$r", 5) == 0 && strlen(told) > 7 && strlen(told) < sizeof again, "%s",
                  told + 1);
        (void)strcpy(again, C);
        (void)strncat(again, told + 5, strlen(told) - 7);
        vt_free(vt);
        struct cell_style style = style_after(again, 0);
        cr_assert(style.fg == rows[i].fg && style.bg == rows[i].bg && style.underline == rows[i].underline &&
                      style.attributes == rows[i].attributes,
                  "row %zu: %s", i, again + 1);
    }
}

static char background(const struct cell_style *style)
{
    return style->bg == CELL_COLOR_DEFAULT ? '.' : (char)('0' + CELL_COLOR_VALUE(style->bg));
}

struct erased_row {
    const char *what, *bytes, *looks;
};

// The background goes with what is erased and what comes in empty (terminfo's bce); nothing else does.
Test(vt_sgr, background_of_what_is_empty)
{
    static const struct erased_row erased[] = {
        {"line right", "abcd" C "44m" C "3G" C "K", "..44|||"},
        {"line left", "abcd" C "44m" C "2G" C "1K", "44|||"},
        {"display", C "44m" C "2J", "4444|4444|4444|4444"},
        {"display below", C "44m" C "3;2H" C "J", "||.444|4444"},
        {"cells", C "44m" C "2X", "44|||"},
        {"inserted cells", "abcd" C "44m" C "2G" C "@", ".4|||"},
        {"deleted cells", "abcd" C "44m" C "2G" C "2P", "..44|||"},
        {"inserted lines", C "44m" C "2H" C "L", "|4444||"},
        {"deleted lines", C "44m" C "2H" C "2M", "||4444|4444"},
        {"scrolled up", C "44m" C "S", "|||4444"},
        {"scrolled down", C "44m" C "2T", "4444|4444||"},
        {"line feed", C "44m" C "4H\n", "|||4444"},
        {"reverse index", C "44m" E "M", "4444|||"},
        {"between side margins", C "44m" C "?69h" C "2;3s" C "S", "|||.44"},
        {"an inverse has no colour of its own", C "7m" C "2J", "|||"},
        {"foreground does not count", C "31m" C "2J", "|||"},
        {"after a reset of colours", C "44m" C "m" C "2J", "|||"},
        {"alternate screen", C "44m" C "?1049h", "4444|4444|4444|4444"},
        {"the right half of a wide one", "\344\275\240\r" C "44mx", "44|||"},
        {"the left half of a wide one", "\344\275\240" C "2G" C "44mx", "44|||"},
        {"alignment has none", C "44m" E "#8", "|||"},
    };
    char looks[256];
    for (size_t i = 0; i < sizeof erased / sizeof erased[0]; i++) {
        struct vt *vt = vt_new(4, 4, NULL);
        vt_rows_put(vt, erased[i].bytes);
        vt_rows_looks(vt, background, looks, sizeof looks);
        cr_expect_str_eq(looks, erased[i].looks, "%s: %s", erased[i].what, looks);
        vt_free(vt);
    }
}

static char bold(const struct cell_style *style)
{
    return (style->attributes & CELL_BOLD) != 0 ? 'b' : '.';
}

Test(vt_sgr, style_is_the_cell_s)
{
    char looks[256];
    struct vt *vt = vt_new(2, 8, NULL);
    vt_rows_put(vt, "a" C "1mbc" C "md" C "2;2H" C "1m\344\275\240" C "mx");
    vt_rows_looks(vt, bold, looks, sizeof looks);
    cr_expect_str_eq(looks, ".bb|.bb", "%s", looks);
    vt_rows_put(vt, C "1;2H" C "P" C "2;1H" C "@");
    vt_rows_looks(vt, bold, looks, sizeof looks);
    cr_expect_str_eq(looks, ".b|..bb", "%s", looks);
    vt_free(vt);
}

Test(vt_sgr, saved_with_the_cursor)
{
    struct vt_glyph glyph;
    struct vt *vt = vt_new(2, 8, NULL);
    vt_rows_put(vt, C "1;4:3;38;5;9;48;2;1;2;3m" E "7" C "m" E "8x");
    cr_assert(cell_read(vt, 0, 0, &glyph));
    cr_expect(glyph.style.fg == I(9) && glyph.style.bg == RGB(0x010203) &&
              glyph.style.attributes == (CELL_BOLD | UNDER(CURLY)));
    vt_free(vt);
}

// A picture with another colour in each cell, which scrolls up when the next one comes.
static void put_picture(struct vt *vt, int number)
{
    char bytes[64];
    for (int y = 0; y < vt_rows(vt); y++) {
        for (int x = 0; x < vt_cols(vt); x++) {
            (void)snprintf(bytes, sizeof bytes, "\033[48;2;%d;%d;%dmx", number, y, x);
            vt_write(vt, bytes, strlen(bytes));
        }
        vt_write(vt, "\033[m\r\n", 5);
    }
}

static cell_color background_at(const struct vt *vt, int y, int x)
{
    struct vt_glyph glyph;
    cr_assert(cell_read(vt, y, x, &glyph));
    return glyph.style.bg;
}

Test(vt_sgr, pictures_without_end_have_all_their_colours)
{
    struct vt *vt = vt_new(60, 200, NULL);
    for (int i = 0; i < 20; i++) {
        put_picture(vt, i);
        for (int y = 0; y < vt_rows(vt) - 1; y++)
            for (int x = 0; x < vt_cols(vt); x++)
                cr_assert_eq(background_at(vt, y, x),
                             CELL_COLOR_RGB | (uint32_t)i << 16 | (uint32_t)(y + 1) << 8 | (uint32_t)x,
                             "%d: %d,%d", i, y, x);
    }
    // What scrolled away long ago is still coloured, in coarser steps.
    cr_expect_eq(background_at(vt, -vt_history_rows(vt) + 10, 150), CELL_COLOR_RGB | 0x2020a0);
    vt_free(vt);
}
