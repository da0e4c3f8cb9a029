// SPDX-License-Identifier: Apache-2.0
//
// text: foreign strings are clipped, wrapped and drawn by columns, and only what may be shown is.

#include "tests/unit/tui/canvas.h"
#include "tui/base/text.h"
#include "tui/base/text_decode.h"
#include "tui/term/screen.h"

#include <criterion/criterion.h>
#include <locale.h>
#include <stdio.h>
#include <string.h>
#include <wchar.h>

#define R "\xef\xbf\xbd"

static void utf8(void)
{
    cr_assert_not_null(setlocale(LC_ALL, "C.UTF-8"));
}

static void ascii(void)
{
    cr_assert_not_null(setlocale(LC_ALL, "C"));
}

static const struct {
    const char *text, *shown;
} shown[] = {
    {"plain", "plain"},
    {"", ""},
    {"\303\244\342\202\254", "\303\244\342\202\254"},
    {"a\033[31mb", "a" R "[31mb"},
    {"a\r\n\tb", "a" R R R "b"},
    {"\177\302\233", R R},                                         // DEL, C1 CSI
    {"a\342\200\256b\342\200\213c", "a" R "b" R "c"},              // U+202E, U+200B
    {"\342\201\246\342\201\251\342\200\216\342\200\217", R R R R}, // isolates, marks
    {"\330\234\357\273\277\302\255", R R R},                       // U+061C, U+FEFF, U+00AD
    {"\342\200\250\342\200\252", R R},                             // line separator, embedding
    {"\356\200\200", R},                                           // private use
    {"\364\217\277\277", R},                                       // U+10FFFF
    {"\315\270", R},                                               // U+0378: unassigned
    {"a\377b\303", "a" R "b" R},
    {"\300\200\355\240\200", R R R R R}, // overlong, surrogate
    {"\342\202", R},                     // cut off: one
    {"e\314\201", "e\314\201"},          // a mark on its base
    {"\314\201x", R "x"},                // a mark without one
    {"e\314\201\314\202\314\203\314\204x", "e\314\201\314\202x"},
    {"\344\270\255\346\226\207", "\344\270\255\346\226\207"},
    {"\360\237\230\200", "\360\237\230\200"},
};

Test(text, foreign_strings_are_made_fit, .init = utf8)
{
    for (size_t i = 0; i < sizeof shown / sizeof shown[0]; i++) {
        char out[128];
        display(shown[i].text, strlen(shown[i].text), out, sizeof out);
        cr_expect_str_eq(out, shown[i].shown, "row %zu: %s", i, out);
        char again[128];
        display(out, strlen(out), again, sizeof again);
        cr_expect_str_eq(again, out, "row %zu changes when it is shown again", i);
    }
}

Test(text, without_utf8_only_ascii_is_shown, .init = ascii)
{
    char out[64];
    cr_expect_not(text_is_utf8());
    cr_expect_str_eq(display("a\303\244\033b", 5, out, sizeof out), "a??b");
    for (int i = 0; i < GLYPH_COUNT; i++)
        for (const char *at = glyph((enum glyph)i); *at != '\0'; at++)
            cr_expect((unsigned char)*at < 0x7f, "glyph %d", i);
}

Test(text, glyphs_are_one_column, .init = utf8)
{
    for (int i = 0; i < GLYPH_COUNT; i++) {
        const char *text = glyph((enum glyph)i);
        cr_expect_eq(text_width(text), text[0] == '\0' ? 0 : 1, "glyph %d: %s", i, text);
    }
    cr_expect_str_eq(glyph(GLYPH_VALID), "\342\227\217");
    (void)setlocale(LC_ALL, "C");
    cr_expect_str_eq(glyph(GLYPH_VALID), "*");
    (void)setlocale(LC_ALL, "C.UTF-8");
}

// No code point that display lets through is without a width, a control, or one of those that reorder text.
Test(text, every_code_point_keeps_its_width, .init = utf8)
{
    for (uint32_t codepoint = 1; codepoint <= 0x10ffff; codepoint++) {
        char bytes[8] = "x", out[32];
        size_t length = text_encode(codepoint, bytes + 1);
        if (length == 0)
            continue;
        display(bytes, length + 1, out, sizeof out);
        wchar_t wide[16];
        size_t count = mbstowcs(wide, out, 16);
        cr_assert(count >= 1 && count < 16, "U+%04X", codepoint);
        int width = wcswidth(wide, count);
        cr_assert(width >= 1 && width == text_width(bytes), "U+%04X: %d, %d", codepoint, width,
                  text_width(bytes));
        bool reorders =
            (codepoint >= 0x202a && codepoint <= 0x202e) || (codepoint >= 0x2066 && codepoint <= 0x2069);
        cr_assert(!reorders || strcmp(out, "x" R) == 0, "U+%04X is let through", codepoint);
    }
}

static const struct {
    const char *text;
    int columns;
    const char *fitted;
    int used;
} fitted[] = {
    {"hello", 5, "hello", 5},
    {"hello", 4, "hel\342\200\246", 4},
    {"hello", 1, "\342\200\246", 1},
    {"hello", 0, "", 0},
    {"", 3, "", 0},
    {"\344\270\255\346\226\207", 4, "\344\270\255\346\226\207", 4},
    {"\344\270\255\346\226\207", 3, "\344\270\255\342\200\246", 3},
    {"\344\270\255\346\226\207", 2, "\342\200\246", 1}, // half a wide character is not shown
    {"e\314\201e\314\201", 2, "e\314\201e\314\201", 2},
};

Test(text, fits_columns, .init = utf8)
{
    for (size_t i = 0; i < sizeof fitted / sizeof fitted[0]; i++) {
        char out[64];
        cr_expect_eq(text_fit(fitted[i].text, fitted[i].columns, false, out, sizeof out), fitted[i].used,
                     "row %zu", i);
        cr_expect_str_eq(out, fitted[i].fitted, "row %zu: %s", i, out);
        cr_expect_eq(text_fit(fitted[i].text, fitted[i].columns, true, out, sizeof out), fitted[i].columns);
        cr_expect_eq(text_width(out), fitted[i].columns, "row %zu is not padded", i);
    }
}

Test(text, never_writes_behind_its_buffer, .init = utf8)
{
    static const char text[] = "ab\344\270\255\346\226\207e\314\201\033\377zz";
    for (size_t cap = 1; cap < 40; cap++) {
        char out[48];
        memset(out, '!', sizeof out);
        display(text, sizeof text - 1, out, cap);
        cr_expect_lt(strlen(out), cap);
        cr_expect_eq(out[cap], '!');
        cr_expect(mbstowcs(NULL, out, 0) != (size_t)-1, "cut within a character at %zu", cap);
    }
}

Test(text, wraps_at_blanks, .init = utf8)
{
    static const struct {
        const char *text;
        int columns;
        const char *lines;
    } rows[] = {
        {"one two three", 7, "one two|three"},
        {"one two three", 8, "one two|three"},
        {"one two three", 3, "one|two|thr|ee"},
        {"abcdefgh", 3, "abc|def|gh"},
        {"a\n\nb", 5, "a||b"},
        {"\344\270\255\346\226\207\345\255\227", 4, "\344\270\255\346\226\207|\345\255\227"},
        {"\344\270\255", 1, "\344\270\255"}, // does not fit at all: it still goes on
        {"", 5, ""},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char lines[128] = "";
        for (const char *next = rows[i].text; next != NULL;) {
            const char *line = next;
            size_t length = text_wrap(line, rows[i].columns, &next);
            snprintf(lines + strlen(lines), sizeof lines - strlen(lines), "%.*s%s", (int)length, line,
                     next != NULL ? "|" : "");
        }
        cr_expect_str_eq(lines, rows[i].lines, "row %zu: %s", i, lines);
    }
}

Test(text, decodes_strictly)
{
    static const struct {
        const char *bytes;
        size_t used, incomplete;
        uint32_t codepoint;
    } rows[] = {
        {"a", 1, 0, 'a'},
        {"\303\244", 2, 0, 0xe4},
        {"\360\237\230\200", 4, 0, 0x1f600},
        {"\303", 1, 1, TEXT_INVALID},
        {"\342\202", 2, 2, TEXT_INVALID},
        {"\360\237\230", 3, 3, TEXT_INVALID},
        {"\340\237", 1, 0, TEXT_INVALID},
        {"\200", 1, 0, TEXT_INVALID},
        {"\365\200", 1, 0, TEXT_INVALID},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        uint32_t codepoint = 0;
        size_t length = strlen(rows[i].bytes);
        cr_expect_eq(text_decode(rows[i].bytes, length, &codepoint), rows[i].used, "row %zu", i);
        cr_expect_eq(codepoint, rows[i].codepoint, "row %zu", i);
        cr_expect_eq(text_decode_incomplete(rows[i].bytes, length), rows[i].incomplete, "row %zu", i);
    }
}

static void canvas(void)
{
    canvas_begin(5, 20, "xterm-256color");
}

Test(text, appends_up_to_the_cap)
{
    char out[8] = "ab";
    cr_expect_eq(text_append(out, sizeof out, "%s", ""), 2u);
    cr_expect_eq(text_append(out, sizeof out, "%d-", 17), 5u);
    cr_expect_str_eq(out, "ab17-");
    cr_expect_eq(text_append(out, sizeof out, "%s", "xyz"), 7u);
    cr_expect_str_eq(out, "ab17-xy");
    cr_expect_eq(text_append(out, sizeof out, "more"), 7u);
    cr_expect_str_eq(out, "ab17-xy");
}

Test(text, draws_within_its_columns, .init = canvas, .fini = canvas_end)
{
    cr_expect_eq(text_put(stdscr, 0, 2, 5, ROLE_TEXT, "much too long"), 5);
    cr_expect_str_eq(stdscr_line(0), "  much\342\200\246");
    text_put(stdscr, 1, 15, 50, ROLE_TEXT, "over the edge"); // must not wrap onto line 2
    cr_expect_str_eq(stdscr_line(1), "               over\342\200\246");
    cr_expect_str_eq(stdscr_line(2), "");
    cr_expect_eq(text_put(stdscr, 9, 0, 5, ROLE_TEXT, "no"), 0);
    cr_expect_eq(text_put(stdscr, -1, 0, 5, ROLE_TEXT, "no"), 0);
    cr_expect_eq(text_put(stdscr, 0, 20, 5, ROLE_TEXT, "no"), 0);
    text_put_right(stdscr, 2, 0, 10, ROLE_TEXT, "right");
    cr_expect_str_eq(stdscr_line(2), "     right");
    text_put_center(stdscr, 3, 0, 20, ROLE_TEXT, "mid");
    cr_expect_str_eq(stdscr_line(3), "        mid");
    text_putf(stdscr, 4, 0, 20, ROLE_BAD, "%d%s", 7, "\033x");
    cr_expect_str_eq(stdscr_line(4), "7" R "x");
    cr_expect(canvas_attributes(4, 0) & A_BOLD);
    cr_expect_eq(canvas_pair(4, 0), theme_style(ROLE_BAD).pair);
    text_put(stdscr, 4, 16, 9, ROLE_TEXT, "last"); // the lowest right corner
    cr_expect_str_eq(stdscr_line(4) + strlen(stdscr_line(4)) - 4, "last");
}

Test(text, draws_a_box, .init = canvas, .fini = canvas_end)
{
    text_box(stdscr, 0, 0, 4, 20, ROLE_BORDER, ROLE_TEXT, "Title");
    cr_expect_str_eq(stdscr_line(0),
                     "\342\225\255\342\224\200 Title "
                     "\342\224\200\342\224\200\342\224\200\342\224\200\342\224\200\342\224\200"
                     "\342\224\200\342\224\200\342\224\200\342\224\200\342\225\256");
    cr_expect_not_null(strstr(stdscr_line(1), "\342\224\202                  \342\224\202"));
    cr_expect_eq(strncmp(stdscr_line(3), "\342\225\260\342\224\200", 6), 0);
}

Test(text, over_the_right_half_of_a_wide_character_blanks_its_left_one, .fini = canvas_end)
{
    canvas_begin(10, 40, "xterm-256color");
    for (int x = 9; x <= 11; x++) {
        erase();
        mvaddstr(2, 8, "\344\275\240\344\275\240"); // columns 8 to 11
        text_put(stdscr, 2, x, 1, ROLE_TEXT, "|");
        static const char *const right[] = {"         |\344\275\240", "        \344\275\240|",
                                            "        \344\275\240 |"};
        cr_expect(strncmp(stdscr_line(2), right[x - 9], strlen(right[x - 9])) == 0, "%d: '%s'", x,
                  stdscr_line(2));
    }
}
