// SPDX-License-Identifier: Apache-2.0
//
// Text: UTF-8 whole and broken, wide characters and their halves, marks, selectors, emoji.

#include "tests/support/terminal_cells.h"
#include "tests/unit/tui/vt/vt_rows.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define E   "\033"
#define C   "\033["
#define NI  "\344\275\240" // two columns
#define HAO "\345\245\275" // two columns
#define BAD "\357\277\275" // U+FFFD

static const struct vt_row_sample utf8_samples[] = {
    {"two, three and four bytes", 2, 8, "\303\251\342\202\254\360\235\204\236",
     "\303\251\342\202\254\360\235"
     "\204\236|",
     0, 3, NULL},
    {"a byte that begins nothing", 2, 8, "a\377b\376c", "a" BAD "b" BAD "c|", 0, 5, NULL},
    {"a tail alone", 2, 8, "a\200b", "a" BAD "b|", 0, 3, NULL},
    {"cut short by text", 2, 8, "a\342\202b", "a" BAD "b|", 0, 3, NULL},
    {"cut short by a control", 3, 8, "a\342\202\r\nb", "a" BAD "|b|", 1, 1, NULL},
    {"cut short by an escape", 2, 8, "a\342\202" C "4Gb", "a" BAD " b|", 0, 4, NULL},
    {"cut short by another", 2, 8, "a\342\303\251b", "a" BAD "\303\251b|", 0, 4, NULL},
    {"longer than it should be", 2, 8, "\300\200a", BAD BAD "a|", 0, 3, NULL},
    {"surrogates", 2, 8, "\355\240\200a", BAD "a|", 0, 2, NULL},
    {"beyond Unicode", 2, 8, "\364\220\200\200a", BAD "a|", 0, 2, NULL},
    {"no-break space", 2, 8, "a\302\240b", "a\302\240b|", 0, 3, NULL},
};

Test(vt_text, utf8)
{
    VT_ROWS_CHECK(utf8_samples);
}

static const struct vt_row_sample wide_samples[] = {
    {"two columns", 2, 6, NI HAO "x", NI HAO "x|", 0, 5, NULL},
    {"to the edge", 2, 4, NI HAO "x", NI HAO "|x", 1, 1, NULL},
    {"does not fit", 2, 3, "ab" NI, "ab|" NI, 1, 2, NULL},
    {"does not fit the screen at all", 2, 1, "a" NI "b", "a|b", 1, 0, NULL},
    {"does not fit, what was there stays", 2, 3, "abc" C "1;3H" NI, "abc|" NI, 1, 2, NULL},
    {"left half written over", 2, 6, NI C "1Gx", "x|", 0, 1, NULL},
    {"right half written over", 2, 6, NI C "2Gx", " x|", 0, 2, NULL},
    {"written over by a wide one", 2, 6, NI HAO C "2G" NI, " " NI "|", 0, 3, NULL},
    {"both halves written over", 2, 6, NI HAO "\rab", "ab" HAO "|", 0, 2, NULL},
    {"fullwidth letters", 2, 6, "\357\274\241x", "\357\274\241x|", 0, 3, NULL},
    {"halfwidth letters", 2, 6, "\357\275\261x", "\357\275\261x|", 0, 2, NULL},
    {"Hangul", 2, 6, "\352\260\200x", "\352\260\200x|", 0, 3, NULL},
    {"Hangul in parts", 2, 6, "\341\204\200\341\205\241\341\206\250x",
     "\341\204\200\341\205\241\341\206\250x|", 0, 3, NULL},
};

Test(vt_text, wide)
{
    VT_ROWS_CHECK(wide_samples);
}

static const struct vt_row_sample mark_samples[] = {
    {"a mark", 2, 6, "e\314\201x", "e\314\201x|", 0, 2, NULL},
    {"several marks", 2, 6, "a\314\201\314\243\315\230x", "a\314\201\314\243\315\230x|", 0, 2, NULL},
    {"at the edge", 2, 3, "abe\314\201x", "abe\314\201|x", 1, 1, NULL},
    {"on a wide one", 2, 6, NI "\314\201x", NI "\314\201x|", 0, 3, NULL},
    {"on a wide one at the edge", 2, 4, "ab" NI "\314\201x", "ab" NI "\314\201|x", 1, 1, NULL},
    {"with nothing before", 2, 6, "\314\201x", "x|", 0, 1, NULL},
    {"on what was erased", 2, 6, C "3G\314\201x", "  x|", 0, 3, NULL},
    {"on a blank that was written", 2, 6, " \314\201x", " \314\201x|", 0, 2, NULL},
    {"is gone with its letter", 2, 6, "e\314\201\bx", "x|", 0, 1, NULL},
    {"moves with its letter", 2, 6, "e\314\201\r" C "2@", "  e\314\201|", 0, 0, NULL},
    {"zero width space", 2, 6, "a\342\200\213b", "a\342\200\213b|", 0, 2, NULL},
    {"soft hyphen has a column", 2, 6, "a\302\255b", "a\302\255b|", 0, 3, NULL},
    {"Devanagari", 2, 6, "\340\244\225\340\245\215x", "\340\244\225\340\245\215x|", 0, 2, NULL},
    {"Thai", 2, 6, "\340\270\201\340\270\264\340\271\210x", "\340\270\201\340\270\264\340\271\210x|", 0, 2,
     NULL},
};

Test(vt_text, marks)
{
    VT_ROWS_CHECK(mark_samples);
}

#define HEART  "\342\235\244"
#define VS16   "\357\270\217"
#define VS15   "\357\270\216"
#define ZWJ    "\342\200\215"
#define WOMAN  "\360\237\221\251"
#define LAPTOP "\360\237\222\273"
#define GIRL   "\360\237\221\247"
#define THUMB  "\360\237\221\215"
#define TONE   "\360\237\217\275"
#define D_FLAG "\360\237\207\251"
#define E_FLAG "\360\237\207\252"
// Each code point for itself, as wcwidth counts.
static const struct vt_row_sample emoji_samples[] = {
    {"has two columns", 2, 8, THUMB "x", THUMB "x|", 0, 3, NULL},
    {"as text has one", 2, 8, HEART "x", HEART "x|", 0, 2, NULL},
    {"by selector has what it has", 2, 8, HEART VS16 "x", HEART VS16 "x|", 0, 2, NULL},
    {"by selector, of one that has two", 2, 8, THUMB VS16 "x", THUMB VS16 "x|", 0, 3, NULL},
    {"keycap", 2, 8, "1" VS16 "\342\203\243x", "1" VS16 "\342\203\243x|", 0, 2, NULL},
    {"a tone", 2, 8, THUMB TONE "x", THUMB TONE "x|", 0, 5, NULL},
    {"joined", 2, 8, WOMAN ZWJ LAPTOP "x", WOMAN ZWJ LAPTOP "x|", 0, 5, NULL},
    {"a family", 2, 8, WOMAN ZWJ WOMAN ZWJ GIRL "x", WOMAN ZWJ WOMAN ZWJ GIRL "x|", 0, 7, NULL},
    {"a flag", 2, 8, D_FLAG E_FLAG "x", D_FLAG E_FLAG "x|", 0, 3, NULL},
    {"overwritten by parts", 2, 8, THUMB TONE C "3Gx", THUMB "x|", 0, 3, NULL},
    {"again by cluster", 2, 8, C "?2027h" THUMB TONE C "?2027l" THUMB TONE "x", THUMB TONE THUMB TONE "x|", 0,
     7, NULL},
    {"the mode is known", 2, 8, C "?2027$p" C "?2027h" C "?2027$p" E "c" C "?2027$p", "|", 0, 0,
     C "?2027;2$y" C "?2027;1$y" C "?2027;2$y"},
};

Test(vt_text, emoji)
{
    VT_ROWS_CHECK(emoji_samples);
}

#define CLUSTERS C "?2027h"
static const struct vt_row_sample cluster_samples[] = {
    {"has two columns", 2, 6, CLUSTERS THUMB "x", THUMB "x|", 0, 3, NULL},
    {"as text has one", 2, 6, CLUSTERS HEART "x", HEART "x|", 0, 2, NULL},
    {"by selector has two", 2, 6, CLUSTERS HEART VS16 "x", HEART VS16 "x|", 0, 3, NULL},
    {"by selector, of one that has two already", 2, 6, CLUSTERS THUMB VS16 "x", THUMB VS16 "x|", 0, 3, NULL},
    {"by selector, of a letter: nothing", 2, 6, CLUSTERS "a" VS16 "x", "a" VS16 "x|", 0, 2, NULL},
    {"text selector", 2, 6, CLUSTERS HEART VS15 "x", HEART VS15 "x|", 0, 2, NULL},
    {"by selector at the edge", 2, 3, CLUSTERS "ab" HEART VS16 "x", "ab" HEART VS16 "|x", 1, 1, NULL},
    {"by selector one before the edge", 2, 3, CLUSTERS "a" HEART VS16 "x", "a" HEART VS16 "|x", 1, 1, NULL},
    {"keycap", 2, 6, CLUSTERS "1" VS16 "\342\203\243x", "1" VS16 "\342\203\243x|", 0, 3, NULL},
    {"joined", 2, 6, CLUSTERS WOMAN ZWJ LAPTOP "x", WOMAN ZWJ LAPTOP "x|", 0, 3, NULL},
    {"a family", 2, 6, CLUSTERS WOMAN ZWJ WOMAN ZWJ GIRL ZWJ GIRL "x", WOMAN ZWJ WOMAN ZWJ GIRL ZWJ GIRL "x|",
     0, 3, NULL},
    {"not joined", 2, 6, CLUSTERS WOMAN LAPTOP "x", WOMAN LAPTOP "x|", 0, 5, NULL},
    {"a joiner before a letter", 2, 6, CLUSTERS WOMAN ZWJ "x", WOMAN ZWJ "x|", 0, 3, NULL},
    {"a tone", 2, 6, CLUSTERS THUMB TONE "x", THUMB TONE "x|", 0, 3, NULL},
    {"a tone alone", 2, 6, CLUSTERS "a" TONE "x", "a" TONE "x|", 0, 4, NULL},
    {"tone and joined", 2, 6, CLUSTERS WOMAN TONE ZWJ LAPTOP "x", WOMAN TONE ZWJ LAPTOP "x|", 0, 3, NULL},
    {"a flag", 2, 6, CLUSTERS D_FLAG E_FLAG "x", D_FLAG E_FLAG "x|", 0, 3, NULL},
    {"two flags", 2, 6, CLUSTERS D_FLAG E_FLAG E_FLAG D_FLAG "x", D_FLAG E_FLAG E_FLAG D_FLAG "x|", 0, 5,
     NULL},
    {"half a flag", 2, 6, CLUSTERS D_FLAG "x", D_FLAG "x|", 0, 2, NULL},
    {"a flag at the edge", 2, 4, CLUSTERS "abc" D_FLAG E_FLAG "x", "abc" D_FLAG E_FLAG "|x", 1, 1, NULL},
};

Test(vt_text, clusters)
{
    VT_ROWS_CHECK(cluster_samples);
}

Test(vt_text, widths_of_cells)
{
    struct vt_glyph glyphs[8];
    struct vt *vt = vt_new(1, 8, NULL);
    vt_rows_put(vt, CLUSTERS "a" NI "e\314\201" WOMAN ZWJ LAPTOP HEART VS16);
    cr_assert_eq(vt_row_read(vt, 0, glyphs, 8), 8);
    static const unsigned char widths[] = {1, 2, 0, 1, 2, 0, 2, 0};
    static const char *const texts[] = {"a", NI, "", "e\314\201", WOMAN ZWJ LAPTOP, "", HEART VS16, ""};
    for (size_t x = 0; x < 8; x++) {
        cr_expect_eq(glyphs[x].width, widths[x], "%zu: %d", x, glyphs[x].width);
        cr_expect_str_eq(glyphs[x].text, texts[x], "%zu: %s", x, glyphs[x].text);
    }
    vt_free(vt);
}

Test(vt_text, marks_of_a_cell_have_a_cap)
{
    struct vt_glyph glyph;
    struct vt *vt = vt_new(1, 8, NULL);
    vt_rows_put(vt, "a");
    for (int i = 0; i < 1000; i++)
        vt_rows_put(vt, "\314\201");
    vt_rows_put(vt, "x");
    cr_assert(cell_read(vt, 0, 0, &glyph));
    cr_expect(strlen(glyph.text) < VT_TEXT_MAX && strlen(glyph.text) > VT_TEXT_MAX - 4);
    cr_expect_str_eq(glyph.text + strlen(glyph.text) - 2, "\314\201");
    cr_assert(cell_read(vt, 0, 1, &glyph));
    cr_expect_str_eq(glyph.text, "x");
    vt_free(vt);
}

// The number of clusters kept is limited: those that have scrolled away give way to those on the screen.
Test(vt_text, clusters_of_the_history_leave_room_for_new_ones)
{
    enum { LINES = 400, EACH = 64 };
    struct vt *vt = vt_new(4, EACH, NULL);
    char text[32], row[VT_TEXT_MAX * 2];
    for (int i = 0; i < LINES * EACH; i++) {
        int length = snprintf(text, sizeof text, "a\314%c\314%c\314%c", 0x80 + (i & 15), 0x80 + (i >> 4 & 31),
                              0x80 + (i >> 9 & 63));
        vt_write(vt, text, (size_t)length);
    }
    vt_write(vt, "\r\n\n\n\nz\314\200\314\201\314\202", 12);
    (void)vt_row_text(vt, vt_cursor(vt).y, row, sizeof row);
    cr_expect_str_eq(row, "z\314\200\314\201\314\202");
    // The characters themselves are kept.
    (void)vt_row_text(vt, -vt_history_rows(vt), row, sizeof row);
    cr_expect_eq(row[0], 'a', "%s", row);
    vt_free(vt);
}

// Repeating a character is writing it as often.
Test(vt_text, repeated_as_if_written)
{
    static const char *const setups[] = {
        "",
        C "4h",
        C "?7l",
        C "?69h" C "3;7s" C "2;4r" C "2;4H",
        C "?69h" C "3;7s" C "4h" C "2;4H",
        C "?69h" C "3;7s" C "2;9H",
        NI HAO NI HAO NI HAO C "1;2H" C "4h",
        NI HAO NI HAO NI HAO C "1;2H",
    };
    static const char *const characters[] = {"x", "\303\251", NI};
    for (size_t s = 0; s < sizeof setups / sizeof setups[0]; s++)
        for (size_t k = 0; k < sizeof characters / sizeof characters[0]; k++)
            for (int count = 1; count < 80; count++) {
                struct vt *repeated = vt_new(5, 11, NULL), *written = vt_new(5, 11, NULL);
                char rep[16], row[2][64];
                vt_write(repeated, setups[s], strlen(setups[s]));
                vt_write(written, setups[s], strlen(setups[s]));
                vt_write(repeated, characters[k], strlen(characters[k]));
                vt_write(repeated, rep, (size_t)snprintf(rep, sizeof rep, C "%db", count));
                for (int i = 0; i <= (count < 55 ? count : 55); i++)
                    vt_write(written, characters[k], strlen(characters[k]));
                for (int y = -vt_history_rows(written); y < 5; y++) {
                    (void)vt_row_text(repeated, y, row[0], sizeof row[0]);
                    (void)vt_row_text(written, y, row[1], sizeof row[1]);
                    cr_assert_str_eq(row[0], row[1], "setup %zu character %zu times %d row %d", s, k, count,
                                     y);
                    cr_assert_eq(vt_row_wraps(repeated, y), vt_row_wraps(written, y));
                }
                cr_assert_eq(vt_cursor(repeated).x, vt_cursor(written).x);
                cr_assert_eq(vt_cursor(repeated).y, vt_cursor(written).y);
                vt_free(repeated);
                vt_free(written);
            }
}

// What is protected is passed over wherever it lies in what is erased.
Test(vt_text, erased_around_what_is_protected)
{
    struct vt *vt = vt_new(2, 10, NULL);
    char row[64];
    static const char stream[] = "ab" C "1\"qcd" C "0\"qe" C "1\"qf" C "0\"qgh" NI C "?2J";
    vt_write(vt, stream, sizeof stream - 1);
    (void)vt_row_text(vt, 0, row, sizeof row);
    cr_expect_str_eq(row, "  cd f");
    vt_free(vt);
}

// What asks for much work is taken in parts, and comes to the same.
Test(vt_text, a_flood_of_work_is_taken_in_parts)
{
    static const char *const floods[] = {
        "a" C "65535b",   C "4hx" C "65535b", NI C "65535b", C "41m" C "2J",
        C "1\"q" C "?2J", C "1;1;1*y",        C "88$x",      C "${",
        C ";;;;1;4$t",    C "999S" E "#8",    C "?40;3h",    E "c",
    };
    enum { SLICE = 16384 };
    for (size_t i = 0; i < sizeof floods / sizeof floods[0]; i++) {
        struct vt *whole = vt_new(50, 200, NULL), *parts = vt_new(50, 200, NULL);
        size_t length = strlen(floods[i]), count = SLICE / length, most = 0;
        for (size_t k = 0; k < count; k++)
            vt_write(whole, floods[i], length);
        char *bytes = calloc(count, length);
        cr_assert_not_null(bytes);
        for (size_t k = 0; k < count; k++)
            memcpy(bytes + k * length, floods[i], length);
        for (size_t at = 0, taken = 0; at < count * length; at += taken) {
            taken = vt_write_some(parts, bytes + at, count * length - at);
            cr_assert_gt(taken, 0);
            most = taken > most ? taken : most;
        }
        cr_expect_lt(most, count * length, "flood %zu is taken at once", i);
        for (int y = -vt_history_rows(whole); y < vt_rows(whole); y += 1 + vt_history_rows(whole) / 50) {
            char row[2][1024];
            (void)vt_row_text(whole, y, row[0], sizeof row[0]);
            (void)vt_row_text(parts, y, row[1], sizeof row[1]);
            cr_assert_str_eq(row[0], row[1], "flood %zu row %d", i, y);
        }
        free(bytes);
        vt_free(whole);
        vt_free(parts);
    }
}

// Text never is: a slice of it goes in whole.
Test(vt_text, plain_text_is_taken_at_once)
{
    char slice[16384];
    struct vt *vt = vt_new(50, 200, NULL);
    for (size_t at = 0; at < sizeof slice; at++)
        slice[at] = at % 80 == 79 ? '\n' : (char)('a' + at % 26);
    for (int i = 0; i < 40; i++)
        cr_expect_eq(vt_write_some(vt, slice, sizeof slice), sizeof slice);
    vt_free(vt);
}
