// SPDX-License-Identifier: Apache-2.0
//
// What vttest looks at, page by page: the same abilities of a VT100, VT102 and VT420 in pages of our own,
// each with the picture it must leave on 24 lines of 80 columns. Each is written whole, byte by byte and
// split at many places.

#include "tests/support/terminal_cells.h"
#include "tests/unit/tui/vt/vt_rows.h"

#include <criterion/criterion.h>
#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define E "\033"
#define C "\033["

enum { ROWS = 24, COLS = 80, BYTES_CAP = 32768, SPLIT_STEP = 13 };

// A page: what is sent, and the picture drawn beside it.
static char sent[BYTES_CAP];
static size_t sent_length;
static char picture[ROWS][COLS + 1];

static void begin_page(void)
{
    sent_length = 0;
    memset(picture, ' ', sizeof picture);
}

static void say(const char *format, ...) __attribute__((format(printf, 1, 2)));
static void say(const char *format, ...)
{
    va_list list;
    va_start(list, format);
    int length = vsnprintf(sent + sent_length, sizeof sent - sent_length, format, list);
    va_end(list);
    cr_assert(length >= 0 && sent_length + (size_t)length < sizeof sent);
    sent_length += (size_t)length;
}

static void times(int count, const char *bytes)
{
    for (int i = 0; i < count; i++)
        say("%s", bytes);
}

// Lines and columns from 1, as the terminal counts.
static void draw(int y, int x, const char *text)
{
    memcpy(&picture[y - 1][x - 1], text, strlen(text));
}

static void draw_box(int y0, int x0, int y1, int x1, char with)
{
    for (int y = y0; y <= y1; y++)
        memset(&picture[y - 1][x0 - 1], with, (size_t)x1 - (size_t)x0 + 1);
}

static void check_rows(const struct vt *vt, const char *how, size_t where)
{
    for (int y = 0; y < ROWS; y++) {
        char row[COLS * 4 + 1];
        (void)vt_row_text(vt, y, row, sizeof row);
        size_t length = COLS;
        while (length > 0 && picture[y][length - 1] == ' ')
            length--;
        picture[y][COLS] = '\0';
        cr_assert(strlen(row) == length && strncmp(row, picture[y], length) == 0,
                  "%s %zu: line %d is\n'%s', wanted\n'%s'", how, where, y + 1, row, picture[y]);
    }
}

static void check_page(void)
{
    struct vt *vt = vt_new(ROWS, COLS, NULL);
    for (size_t i = 0; i < sent_length; i++)
        vt_write(vt, sent + i, 1);
    check_rows(vt, "byte by byte", 0);
    vt_free(vt);
    for (size_t split = 0; split <= sent_length; split += SPLIT_STEP) {
        vt = vt_new(ROWS, COLS, NULL);
        vt_write(vt, sent, split);
        vt_write(vt, sent + split, sent_length - split);
        check_rows(vt, "split at", split);
        vt_free(vt);
    }
}

// --- cursor movements ---

Test(vt_vttest, frame_by_all_movements)
{
    begin_page();
    // A field of E with a hole, by erasing from all sides.
    say(E "#8" C "9;10H" C "1J" C "18;60H" C "0J" C "1K" C "9;71H" C "0K");
    for (int y = 10; y <= 16; y++)
        say(C "%d;10H" C "1K" C "%d;71H" C "K", y, y);
    say(C "17;30H" C "2K");
    // The outer frame: by places in the lines, by index, reverse index and next line at the sides.
    for (int x = 1; x <= COLS; x++)
        say(C "24;%df*" C "1;%df*", x, x);
    say(C "2;2H");
    times(22, "+\b" E "D");
    say(C "23;79H");
    times(22, "+\b" E "M");
    say(C "2;1H");
    for (int y = 2; y < ROWS; y++)
        say("*" C "%d;80H" C "10D" E "E", y);
    say(C "2;80H");
    times(22, "*\b" C "B" C "C");
    // The inner one: to the right and to the left by too much and back.
    say(C "2;10H" C "42D" C "2C");
    times(76, "+" C "0C" C "2D" C "1C");
    say(C "23;70H" C "42C" C "2D");
    times(76, "+" C "1D" C "1C" C "0D\b");
    say(C "1;1H" C "10A" C "1A" C "0A" C "24;80H" C "10B" C "1B" C "0B");
    // A window in the middle.
    say(C "10;12H");
    for (int y = 0; y < 6; y++)
        say("%58s" C "1B" C "58D", "");
    say(C "5A" C "1C"
          "inside");
    draw_box(9, 11, 17, 70, 'E');
    draw_box(17, 1, 17, 80, ' ');
    draw_box(1, 1, 1, 80, '*');
    draw_box(24, 1, 24, 80, '*');
    draw_box(2, 1, 23, 1, '*');
    draw_box(2, 80, 23, 80, '*');
    draw_box(2, 2, 2, 79, '+');
    draw_box(23, 2, 23, 79, '+');
    draw_box(2, 2, 23, 2, '+');
    draw_box(2, 79, 23, 79, '+');
    draw_box(10, 12, 15, 69, ' ');
    draw(11, 13, "inside");
    check_page();
}

static void letter_at_both_edges(int i)
{
    int region = ROWS - 6;
    char upper = (char)('A' + i), lower = (char)('a' + i);
    switch (i % 4) {
    case 0: // plain
        say(C "%d;1H%c" C "%d;80H%c\n", region + 1, upper, region + 1, lower);
        break;
    case 1: // the left one comes there by wrapping
        say(C "%d;80H%c%c" C "%d;80H%c\b %c\n", region, lower - 1, upper, region + 1, lower, lower);
        break;
    case 2: // tabs stop at the edge, backspace at the other
        say(C "%d;80H%c\b\b\t\t%c" C "%d;2H\b%c\n", region + 1, upper, lower, region + 1, upper);
        break;
    default: // scrolled first
        say(C "%d;80H\n" C "%d;1H%c" C "%d;80H%c", region + 1, region, upper, region, lower);
        break;
    }
}

Test(vt_vttest, wrapping_at_both_edges)
{
    begin_page();
    say(C "3;21r" C "?6h");
    for (int i = 0; i < 26; i++)
        letter_at_both_edges(i);
    say(C "?6l" C "r");
    for (int k = 0; k < 18; k++) {
        picture[2 + k][0] = (char)('I' + k);
        picture[2 + k][COLS - 1] = (char)('i' + k);
    }
    check_page();
}

Test(vt_vttest, controls_inside_sequences)
{
    begin_page();
    say("A B C D E F G\r\n");
    for (int i = 0; i < 7; i++)
        say("%c" C "2\bC", 'A' + i);
    say("\r\nA ");
    for (int i = 1; i < 7; i++)
        say(C "\r%dC%c", 2 * i, 'A' + i);
    say("\r\n" C "20lA ");
    for (int i = 1; i < 7; i++)
        say("%c" C "1\vD" C "A" C "2C", 'A' + i);
    for (int y = 1; y <= 4; y++)
        draw(y, 1, "A B C D E F G");
    check_page();
}

Test(vt_vttest, zeros_before_numbers)
{
    begin_page();
    for (int i = 0; i < 10; i++)
        say(C "00000000000000000%d;000000000000000000%dH%d", i + 2, i + 5, i);
    say(C "00001;0000H" C "0000000000000C"
          "x");
    for (int i = 0; i < 10; i++)
        picture[i + 1][i + 4] = (char)('0' + i);
    draw(1, 2, "x");
    check_page();
}

// --- screen features ---

Test(vt_vttest, wrap_mode_on_and_off)
{
    begin_page();
    say(C "?7h");
    times(170, "*");
    say(C "?7l" C "5;1H");
    times(170, "*");
    say("#" C "?7h" C "7;1Hdone");
    draw_box(1, 1, 2, 80, '*');
    draw_box(3, 1, 3, 10, '*');
    draw_box(5, 1, 5, 79, '*');
    draw(5, 80, "#");
    draw(7, 1, "done");
    check_page();
}

Test(vt_vttest, tabs_set_and_cleared)
{
    begin_page();
    say(C "2J" C "3g" C "1;1H");
    for (int x = 1; x <= 78; x += 3)
        say(C "3C" E "H");
    for (int x = 4; x <= 78; x += 6)
        say(C "1;%dH" C "0g" C "2g", x);
    say(C "1;7H" C "1g" C "2g" C "1;1H");
    times(13, "\t*");
    say(C "2;2H");
    times(13, "     *");
    for (int x = 7; x <= 79; x += 6)
        picture[0][x - 1] = picture[1][x - 1] = '*';
    check_page();
}

static void scroll_through(int top, int bottom, bool down)
{
    say(C "%d;%dr" C "?6h", top, bottom);
    if (!down) {
        say(C "99;1H");
        for (int i = 1; i <= 29; i++)
            say("up %02d\r\n", i);
        say(C "?6l");
        return;
    }
    for (int i = 29; i >= 1; i--)
        say(C "1;1H" E "Mdown %02d", i);
    say(C "?6l");
}

Test(vt_vttest, scrolling_in_regions)
{
    begin_page();
    say("top" C "24;1Hbottom");
    scroll_through(12, 13, false);
    scroll_through(2, 4, true);
    scroll_through(14, 23, false);
    scroll_through(5, 11, true);
    draw(1, 1, "top");
    draw(24, 1, "bottom");
    draw(12, 1, "up 29");
    draw(2, 1, "down 01");
    draw(3, 1, "down 02");
    draw(4, 1, "down 03");
    for (int i = 0; i < 9; i++) {
        char text[32];
        (void)snprintf(text, sizeof text, "up %02d", 21 + i);
        draw(14 + i, 1, text);
    }
    for (int i = 1; i <= 7; i++) {
        char text[32];
        (void)snprintf(text, sizeof text, "down %02d", i);
        draw(4 + i, 1, text);
    }
    check_page();
}

Test(vt_vttest, origin_mode)
{
    begin_page();
    say(C "?6h" C "23;24r"
          "\nat the bottom" C "1;1Habove it" C "?6l" C "99;70Hlower edge" C "1;1Hthe very top");
    draw(24, 1, "at the bottom");
    draw(23, 1, "above it");
    draw(24, 70, "lower edge");
    draw(1, 1, "the very top");
    check_page();
}

Test(vt_vttest, renditions)
{
    static const unsigned bits[] = {0, CELL_BOLD, CELL_UNDERLINE_SINGLE << CELL_UNDERLINE_SHIFT, CELL_BLINK,
                                    CELL_REVERSE};
    struct vt *vt = vt_new(ROWS, COLS, NULL);
    for (unsigned with = 0; with < 32; with++) {
        char text[64];
        (void)snprintf(text, sizeof text, C "0%s%s%s%sm" C "%u;%uHx", (with & 2) != 0 ? ";1" : "",
                       (with & 4) != 0 ? ";4" : "", (with & 8) != 0 ? ";5" : "", (with & 16) != 0 ? ";7" : "",
                       1 + with / 2, 1 + with % 2 * 10);
        vt_rows_put(vt, text);
    }
    vt_rows_put(vt, C "?5h");
    for (unsigned with = 0; with < 32; with++) {
        struct vt_glyph glyph;
        unsigned wanted = 0;
        for (size_t i = 1; i < 5; i++)
            wanted |= (with >> i & 1) != 0 ? bits[i] : 0;
        cr_assert(cell_read(vt, (int)(with / 2), (int)(with % 2 * 10), &glyph));
        cr_expect_eq(glyph.style.attributes, wanted, "%u: %x", with, glyph.style.attributes);
    }
    cr_expect(vt_modes(vt).reverse_screen);
    vt_free(vt);
}

Test(vt_vttest, saved_cursor)
{
    static const char *const looks[] = {C "m", C "1m", C "4m", C "7m", E "(0"};
    begin_page();
    // Four blocks of five by four; between two letters all is changed and taken back.
    for (int block = 0; block < 5; block++)
        for (int y = 0; y < 4; y++) {
            say(C "m" E "(B%s" C "%d;%dH", looks[block], 4 + y, 1 + 10 * block);
            for (int x = 0; x < 5; x++) // capitals are the same in line drawing
                say("A" E "7" C "24;80H" C "0;9m" E "(B" E ")0\016" C "3;9r" C "HX" C "r" E "8\017");
        }
    say(C "m" E "(B");
    for (int block = 0; block < 5; block++)
        draw_box(4, 1 + 10 * block, 7, 5 + 10 * block, 'A');
    draw(1, 1, "X");
    check_page();
}

// --- insert and delete, as a VT102 ---

static void fill_lines(void)
{
    for (int y = 1; y <= ROWS; y++) {
        say(C "%d;1H", y);
        times(COLS, (const char[]){(char)('A' + y - 1), '\0'});
    }
}

Test(vt_vttest, accordion)
{
    begin_page();
    fill_lines();
    // Lines in and out between the first and the last one, which stay.
    say(C "4;1H" E "MThis line goes" C "2;23r" C "?6h" C "24;1H" E "D" C "?6l" C "r" C "2;1H" C "9L" C "22M" C
          "9M");
    for (int i = 0; i < 22; i++)
        say(C "2;1H" C "L" C "2;1H%c", 'b' + 21 - i);
    draw_box(1, 1, 1, 80, 'A');
    for (int i = 0; i < 22; i++)
        picture[1 + i][0] = (char)('b' + i);
    // What was below the region was pushed out by the lines inserted.
    check_page();
}

Test(vt_vttest, insert_and_delete_characters)
{
    begin_page();
    say(C "1;1HB" C "D" C "4h");
    times(78, "*");
    say(C "4l" C "1;79H" C "4h" C "D"
          "x" C "4l");
    // A stair: each line loses two more at its end.
    for (int i = 1; i <= 22; i++) {
        say(C "%d;1H", i + 1);
        times(COLS, (const char[]){(char)('a' + i - 1), '\0'});
        say(C "%d;%dH" C "%dP", i + 1, 1 + i, 2 * i);
    }
    // And a line by inserted blanks alone.
    say(C "24;1Hone" C "24;2H" C "3@" C "24;10Htwo" C "24;10H" C "999@");
    draw_box(1, 1, 1, 77, '*');
    draw(1, 78, "x*B");
    for (int i = 1; i <= 22; i++)
        memset(&picture[i][0], 'a' + i - 1, (size_t)(COLS - 2 * i));
    draw(24, 1, "o   ne");
    check_page();
}

// --- what came later: ISO 6429 movements, repeating, scrolling, both screens ---

Test(vt_vttest, later_movements)
{
    begin_page();
    // A box of the same shape by each kind of movement.
    say(C "2J" C "5;10H");
    times(5, "*" C "E" C "10G");
    say(C "5;20H");
    times(5, "*" C "D" C "e");
    say(C "9;30H");
    times(5, "*" C "F" C "30`");
    for (int y = 5; y <= 9; y++)
        say(C "%dd" C "40G*", y);
    say(C "12;1H" C "9a+" C "9a+" C "9a+" C "14;41H" C "Z+" C "2Z+" C "15;1H" C "I+" C "2I+");
    say(C "17;1H=" C "29b" C "18;1H");
    for (int y = 5; y <= 9; y++)
        for (int x = 10; x <= 40; x += 10)
            picture[y - 1][x - 1] = '*';
    draw(12, 10, "+");
    draw(12, 20, "+");
    draw(12, 30, "+");
    draw(14, 33, "+");
    draw(14, 25, "+");
    draw(15, 9, "+");
    draw(15, 25, "+");
    draw_box(17, 1, 17, 30, '=');
    check_page();
}

Test(vt_vttest, scrolled_all_ways)
{
    begin_page();
    say(C "5;10Hword");
    times(4, C "S");
    times(9, C "T");
    say(C "3S" C "2T" C "10 A" C "4 @");
    draw(9, 16, "word");
    say(C "20;1H(home)" C "?1049h" C "H" C "20;1Hgone" C "2J" C "?1049l"
          "x");
    draw(20, 1, "(home)x");
    check_page();
}

Test(vt_vttest, columns_between_margins)
{
    begin_page();
    for (int y = 1; y <= ROWS; y++)
        for (int x = 1; x <= COLS; x++)
            picture[y - 1][x - 1] = (char)('a' + (x + y) % 26);
    for (int y = 1; y <= ROWS; y++)
        say(C "%d;1H%.80s", y, picture[y - 1]);
    say(C "?69h" C "5;20r" C "11;70s");
    // In and out again: the inside loses what went over its edges, the rest stays.
    say(C "10;11H" E "6" E "6" C "10;70H" E "9" E "9" C "10;40H" C "3'}" C "3'~" C "10;11H" C "2L" C "2M");
    say(C "?69l" C "r");
    // What went over the right margin is gone: two columns, then the one that had come beside them.
    for (int y = 5; y <= 20; y++)
        memset(picture[y - 1] + 67, ' ', 3);
    // Two lines at the bottom of the region went down and came back empty.
    for (int y = 19; y <= 20; y++)
        memset(picture[y - 1] + 10, ' ', 60);
    check_page();
}

Test(vt_vttest, reports)
{
    static const char *const asked[] = {C "5n", C "6n", C "c", C ">c", C "=c", E "P$q\"p" E "\\", C "?6n"};
    struct vt *vt = vt_new(ROWS, COLS, NULL);
    vt_rows_put(vt, C "5;9H");
    for (size_t i = 0; i < sizeof asked / sizeof asked[0]; i++) {
        vt_rows_put(vt, asked[i]);
        const char *reply = vt_rows_replies(vt);
        cr_expect(reply[0] == '\033' && strlen(reply) > 3, "%zu: no answer", i);
    }
    vt_rows_put(vt, C "6n");
    cr_expect_str_eq(vt_rows_replies(vt), C "5;9R");
    vt_free(vt);
}
