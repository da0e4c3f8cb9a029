// SPDX-License-Identifier: Apache-2.0
//
// Tables of sequences → what is on the screen, each also split at every byte.

#include "tests/support/terminal_cells.h"
#include "tui/vt/vt_screen.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct sample {
    const char *what;
    int rows, cols;
    const char *bytes;
    const char *screen; // rows apart by '|', blanks at the end cut
    int y, x;           // the cursor; -1: not looked at
    const char *replies;
};

#define E "\033"
static const struct sample samples[] = {
    {"text", 2, 10, "ab\r\ncd", "ab|cd", 1, 2, ""},
    {"wrap", 3, 4, "abcdefgh", "abcd|efgh|", 1, 3, ""},
    {"wrap waits", 2, 4, "abcd\rX", "Xbcd|", 0, 1, ""},
    {"no autowrap", 2, 4, E "[?7labcdef", "abcf|", 0, 3, ""},
    {"scroll", 2, 4, "a\r\nb\r\nc", "b|c", 1, 1, ""},
    {"cursor moves", 4, 8, E "[3;4Hx" E "[A" E "[2Dy" E "[5Gz", "|  y z|   x|", -1, -1, NULL},
    {"cursor place is clamped", 3, 5, E "[99;99Hx" E "[0;0Hy", "y||    x", 0, 1, ""},
    {"erase to the end", 2, 6, "abcdef\rxx" E "[K", "xx|", 0, 2, ""},
    {"erase to the start", 2, 6, "abcdef" E "[3G" E "[1K", "   def|", 0, 2, ""},
    {"erase display", 3, 3, "abc\r\ndef\r\nghi" E "[2;2H" E "[J", "abc|d|", 1, 1, ""},
    {"erase above", 3, 3, "abc\r\ndef\r\nghi" E "[2;2H" E "[1J", "|  f|ghi", 1, 1, ""},
    {"erase cells", 1, 6, "abcdef" E "[2G" E "[3X", "a   ef", 0, 1, ""},
    {"insert cells", 1, 6, "abcdef" E "[2G" E "[2@", "a  bcd", 0, 1, ""},
    {"delete cells", 1, 6, "abcdef" E "[2G" E "[2P", "adef", 0, 1, ""},
    {"insert mode", 1, 6, "abc\r" E "[4hxy" E "[4lz", "xyzbc", 0, 3, ""},
    {"insert lines", 4, 2, "a\r\nb\r\nc\r\nd" E "[2H" E "[L", "a||b|c", 1, 0, ""},
    {"delete lines", 4, 2, "a\r\nb\r\nc\r\nd" E "[2H" E "[2M", "a|d||", 1, 0, ""},
    {"scroll region", 4, 2, "a\r\nb\r\nc\r\nd" E "[2;3r" E "[3H\n", "a|c||d", 2, 0, ""},
    {"reverse index", 3, 2, "a\r\nb" E "[H" E "M", "|a|b", 0, 0, ""},
    {"scroll up and down", 3, 2, "a\r\nb\r\nc" E "[S" E "[2T", "||b", 2, 1, ""},
    {"origin", 4, 4, E "[2;3r" E "[?6h" E "[Hx" E "[9;9Hy", "|x|   y|", 2, 3, ""},
    {"side margins", 2, 6, "abcdef" E "[?69h" E "[3;4s" E "[1;3Hxyz", "abxyef|  z", -1, -1, NULL},
    {"tabs", 1, 30, "a\tb\tc", "a       b       c", 0, 17, ""},
    {"own tabs", 1, 30, E "[3g" E "[4G" E "H\ra\tb", "a  b", 0, 4, ""},
    {"back tab", 1, 30, E "[20G" E "[Zx", "                x", 0, 17, ""},
    {"line drawing", 1, 6, E "(0lqk" E "(Bq", "\342\224\214\342\224\200\342\224\220q", 0, 4, ""},
    {"shift out and in", 1, 6, E ")0\016q\017q", "\342\224\200q", 0, 2, ""},
    {"save and restore", 2, 6, "ab" E "7" E "[2;3Hx" E "8c", "abc|  x", 0, 3, ""},
    {"repeat", 1, 8, "a" E "[4bb", "aaaaab", 0, 6, ""},
    {"align", 2, 3, E "#8", "EEE|EEE", 0, 0, ""},
    {"alternate screen", 2, 4, "ab" E "[?1049hxy" E "[?1049lc", "abc|", 0, 3, ""},
    {"in the alternate screen", 2, 4, "ab" E "[?1049hxy", "  xy|", 0, 3, ""},
    {"reset", 2, 4,
     "ab" E "[?7l" E "c"
     "abcde",
     "abcd|e", 1, 1, ""},
    {"wide", 2, 5, "\344\275\240\345\245\275x", "\344\275\240\345\245\275x|", 0, 4, ""},
    {"wide does not fit", 2, 3, "ab\344\275\240", "ab|\344\275\240", 1, 2, ""},
    {"half of a wide one is overwritten", 1, 4, "\344\275\240" E "[2Gx", " x", 0, 2, ""},
    {"combining", 1, 4, "e\314\201x", "e\314\201x", 0, 2, ""},
    {"combining at the edge", 2, 2, "ae\314\201", "ae\314\201|", 0, 1, ""},
    {"selector", 1, 6, "\342\235\244\357\270\217x", "\342\235\244\357\270\217x", 0, 2, ""},
    {"joined emoji", 1, 6, "\360\237\221\251\342\200\215\360\237\222\273x",
     "\360\237\221\251\342\200\215\360\237\222\273x", 0, 5, ""},
    {"flag", 1, 6, "\360\237\207\251\360\237\207\252x", "\360\237\207\251\360\237\207\252x", 0, 3, ""},
    {"broken UTF-8", 1, 8, "a\377b\342\202x\300\200", "a\357\277\275b\357\277\275x\357\277\275\357\277\275",
     0, 7, ""},
    {"cancelled sequence", 1, 8, E "[31\030a", "a", 0, 1, ""},
    {"control inside a sequence", 2, 8, "ab" E "[\r1Cx", "ax|", 0, 2, ""},
    {"too many parameters", 1, 4,
     E "[1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1Ha", "a", 0, 1, ""},
    {"unknown sequences", 1, 8, E "[?5;3zA" E "[=3~B" E "%GC" E "[ zD", "ABCD", 0, 4, ""},
    {"strings of no meaning", 1, 8, E "_hidden" E "\\a" E "^x" E "\\b" E "Xy" E "\\c", "abc", 0, 3, ""},
    {"an unended OSC gives way", 1, 8, E "]0;title" E "[1Cab", " ab", 0, 3, ""},
    {"device attributes", 1, 4, E "[c" E "[>c" E "[5n", "", -1, -1,
     E "[?64;6;21;22;28c" E "[>41;354;0c" E "[0n"},
    {"cursor position", 5, 9, E "[3;7H" E "[6n", "||||", 2, 6, E "[3;7R"},
    {"mode reports", 1, 4, E "[?7$p" E "[?2004$p" E "[?9999$p", "", -1, -1,
     E "[?7;1$y" E "[?2004;2$y" E "[?9999;0$y"},
    {"setting reports", 3, 4, E "[1;38:2::1:2:3m" E "P$qm" E "\\" E "P$qr" E "\\" E "P$qz" E "\\", "||", -1,
     -1, E "P1$r0;1;38:2::1:2:3m" E "\\" E "P1$r1;3r" E "\\" E "P0$r" E "\\"},
    {"size report", 3, 7, E "[18t", "||", 0, 0, E "[8;3;7t"},
    {"clipboard is not read out", 1, 4, E "]52;c;?\007", "", 0, 0, ""},
    {"backspace", 1, 4, "abc\b\bx", "axc", 0, 2, ""},
    {"newline mode", 2, 4, E "[20hab\nc", "ab|c", 1, 1, ""},
    {"down column", 3, 4, "ab" E "[dx" E "[2ey", "abx||   y", 2, 3, ""},
    {"history is not in the alternate screen", 2, 2, "a\r\nb\r\nc" E "[?1049h", "|", -1, -1, NULL},
};

static void screen_of(const struct vt *vt, char *out, size_t cap)
{
    size_t used = 0;
    out[0] = '\0';
    for (int y = 0; y < vt_rows(vt); y++) {
        if (y > 0 && used + 1 < cap)
            out[used++] = '|';
        used += vt_row_text(vt, y, out + used, cap - used);
    }
    out[used] = '\0';
}

static void check(const struct sample *sample, size_t split)
{
    char screen[4096], replies[512];
    size_t length = strlen(sample->bytes);
    struct vt *vt = vt_new(sample->rows, sample->cols, NULL);
    vt_write(vt, sample->bytes, split);
    vt_write(vt, sample->bytes + split, length - split);
    screen_of(vt, screen, sizeof screen);
    struct vt_cursor cursor = vt_cursor(vt);
    if (strcmp(sample->what, "cursor position") != 0)
        cr_expect_str_eq(screen, sample->screen, "%s, split at %zu: '%s'", sample->what, split, screen);
    if (sample->y >= 0)
        cr_expect(cursor.y == sample->y && cursor.x == sample->x, "%s, split at %zu: cursor %d,%d",
                  sample->what, split, cursor.y, cursor.x);
    if (sample->replies != NULL) {
        size_t got = vt_reply_take(vt, replies, sizeof replies - 1);
        replies[got] = '\0';
        cr_expect_str_eq(replies, sample->replies, "%s: %s", sample->what, replies + 1);
    }
    vt_free(vt);
}

Test(vt_screen, sequences_whole_and_split_at_every_byte)
{
    for (size_t i = 0; i < sizeof samples / sizeof samples[0]; i++)
        for (size_t split = 0; split <= strlen(samples[i].bytes); split++)
            check(&samples[i], split);
}

static void put(struct vt *vt, const char *bytes)
{
    vt_write(vt, bytes, strlen(bytes));
}

static struct cell_style style_after(const char *bytes)
{
    struct vt_glyph glyph;
    struct vt *vt = vt_new(2, 10, NULL);
    vt_write(vt, bytes, strlen(bytes));
    put(vt, "x");
    cr_assert(cell_read(vt, 0, 0, &glyph));
    vt_free(vt);
    return glyph.style;
}

Test(vt_screen, styles)
{
    static const struct {
        const char *bytes;
        cell_color fg, bg, underline;
        unsigned attributes;
    } styles[] = {
        {E "[31;42m", CELL_COLOR_INDEXED | 1, CELL_COLOR_INDEXED | 2, 0, 0},
        {E "[91;102m", CELL_COLOR_INDEXED | 9, CELL_COLOR_INDEXED | 10, 0, 0},
        {E "[38;5;208m", CELL_COLOR_INDEXED | 208, 0, 0, 0},
        {E "[38:5:208m", CELL_COLOR_INDEXED | 208, 0, 0, 0},
        {E "[38;2;1;2;3m", CELL_COLOR_RGB | 0x010203, 0, 0, 0},
        {E "[38:2::1:2:3m", CELL_COLOR_RGB | 0x010203, 0, 0, 0},
        {E "[38:2:1:2:3m", CELL_COLOR_RGB | 0x010203, 0, 0, 0},
        {E "[48;2;1;2;3;1m", 0, CELL_COLOR_RGB | 0x010203, 0, CELL_BOLD},
        {E "[38;2;999;2;3;1m", 0, 0, 0, CELL_BOLD},
        {E "[1;2;3;5;7;8;9m", 0, 0, 0,
         CELL_BOLD | CELL_DIM | CELL_ITALIC | CELL_BLINK | CELL_REVERSE | CELL_CONCEAL | CELL_STRIKE},
        {E "[1;3m" E "[22;23m", 0, 0, 0, 0},
        {E "[4m", 0, 0, 0, CELL_UNDERLINE_SINGLE << CELL_UNDERLINE_SHIFT},
        {E "[4:3;58;5;9m", 0, 0, CELL_COLOR_INDEXED | 9, CELL_UNDERLINE_CURLY << CELL_UNDERLINE_SHIFT},
        {E "[21m", 0, 0, 0, CELL_UNDERLINE_DOUBLE << CELL_UNDERLINE_SHIFT},
        {E "[4:0m", 0, 0, 0, 0},
        {E "[31;1m" E "[m", 0, 0, 0, 0},
        {E "[31m" E "[39m", 0, 0, 0, 0},
    };
    for (size_t i = 0; i < sizeof styles / sizeof styles[0]; i++) {
        struct cell_style style = style_after(styles[i].bytes);
        cr_expect(style.fg == styles[i].fg && style.bg == styles[i].bg &&
                      style.underline == styles[i].underline && style.attributes == styles[i].attributes,
                  "%s: %08x %08x %08x %04x", styles[i].bytes + 1, style.fg, style.bg, style.underline,
                  style.attributes);
    }
}

Test(vt_screen, erased_cells_have_the_background)
{
    struct vt_glyph glyph;
    struct vt *vt = vt_new(2, 4, NULL);
    put(vt, E "[44m" E "[2J");
    cr_assert(cell_read(vt, 1, 3, &glyph));
    cr_expect_eq(glyph.style.bg, CELL_COLOR_INDEXED | 4u);
    cr_expect_str_eq(glyph.text, "");
    vt_free(vt);
}

Test(vt_screen, titles_are_cleaned_and_stacked)
{
    struct vt *vt = vt_new(2, 4, NULL);
    const char *bytes = E "]0;a\342\200\256b\001c\007" E "[22t" E "]2;other" E "\\";
    vt_write(vt, bytes, strlen(bytes));
    cr_expect_str_eq(vt_title(vt), "other");
    put(vt, E "[23t");
    cr_expect_str_eq(vt_title(vt), "abc");
    vt_free(vt);
}

Test(vt_screen, clipboard_writes_wait_for_the_operator)
{
    size_t length = 0;
    struct vt *vt = vt_new(2, 4, NULL);
    cr_expect_null(vt_clipboard_take(vt, &length));
    put(vt, E "]52;c;aGVsbG8=\007");
    char *text = vt_clipboard_take(vt, &length);
    cr_assert_not_null(text);
    cr_expect(length == 5 && memcmp(text, "hello", 5) == 0);
    free(text);
    cr_expect_null(vt_clipboard_take(vt, &length));
    vt_free(vt);
}

Test(vt_screen, modes_and_bells)
{
    struct vt *vt = vt_new(2, 4, NULL);
    const char *bytes = E "[?1;1002;1006;2004;1004;2026h" E "=\007\007" E "[5 q" E "[?25l";
    vt_write(vt, bytes, strlen(bytes));
    struct vt_modes modes = vt_modes(vt);
    cr_expect(modes.application_cursor && modes.bracketed_paste && modes.focus_events && modes.synchronized &&
              modes.application_keypad);
    cr_expect(modes.mouse == VT_MOUSE_DRAG && modes.mouse_encoding == VT_MOUSE_SGR);
    cr_expect_eq(vt_bells(vt), 2);
    cr_expect(vt_cursor(vt).shape == 5 && !vt_cursor(vt).visible);
    vt_free(vt);
}

Test(vt_screen, history_keeps_what_scrolled_away)
{
    char line[64];
    struct vt_options options = {.history = 5};
    struct vt *vt = vt_new(2, 10, &options);
    put(vt, E "[1;31mred\344\275\240e\314\201" E "[m\r\n");
    for (int i = 0; i < 5; i++) {
        (void)snprintf(line, sizeof line, "line %d\r\n", i);
        vt_write(vt, line, strlen(line));
    }
    cr_assert_eq(vt_history_rows(vt), 5);
    (void)vt_row_text(vt, -5, line, sizeof line);
    cr_expect_str_eq(line, "red\344\275\240e\314\201");
    struct vt_glyph glyph;
    cr_assert(cell_read(vt, -5, 3, &glyph));
    cr_expect(glyph.width == 2 && glyph.style.fg == (CELL_COLOR_INDEXED | 1u) &&
              glyph.style.attributes == CELL_BOLD);
    put(vt, "\r\n");
    cr_expect_eq(vt_history_rows(vt), 5);
    cr_expect_eq(vt_history_pushed(vt), 6);
    (void)vt_row_text(vt, -5, line, sizeof line);
    cr_expect_str_eq(line, "line 0");
    cr_expect(!cell_read(vt, -6, 0, &glyph));
    put(vt, E "[3J");
    cr_expect_eq(vt_history_rows(vt), 0);
    vt_free(vt);
}

Test(vt_screen, resizing_breaks_lines_anew_and_back)
{
    char screen[1024];
    struct vt *vt = vt_new(4, 10, NULL);
    put(vt, "abcdefghijklmno\r\nxy\r\nz");
    vt_resize(vt, 4, 5);
    screen_of(vt, screen, sizeof screen);
    cr_expect_str_eq(screen, "fghij|klmno|xy|z", "%s", screen);
    cr_expect_eq(vt_history_rows(vt), 1);
    vt_resize(vt, 4, 20);
    screen_of(vt, screen, sizeof screen);
    cr_expect_str_eq(screen, "abcdefghijklmno|xy|z|", "%s", screen);
    cr_expect(vt_cursor(vt).y == 2 && vt_cursor(vt).x == 1);
    put(vt, "!");
    vt_resize(vt, 4, 10);
    screen_of(vt, screen, sizeof screen);
    cr_expect_str_eq(screen, "abcdefghij|klmno|xy|z!", "%s", screen);
    vt_free(vt);
}

Test(vt_screen, only_what_changed_is_damaged)
{
    struct vt *vt = vt_new(4, 10, NULL);
    cr_expect(vt_damage_row(vt, 0));
    vt_damage_clear(vt);
    cr_expect(!vt_damage_row(vt, 0));
    put(vt, E "[3Hx");
    cr_expect(vt_damage_row(vt, 2) && !vt_damage_row(vt, 0) && !vt_damage_row(vt, 1) &&
              !vt_damage_row(vt, 3));
    vt_free(vt);
}

// Bytes that are likely to mean something, in any order, at any size, split and resized at random.
static unsigned random_state;
static unsigned next_random(unsigned below)
{
    random_state = random_state * 1664525u + 1013904223u;
    return (random_state >> 8) % below;
}

static const char *const pieces[] = {"\033[",
                                     "\033]",
                                     "\033P",
                                     "?",
                                     ";",
                                     ":",
                                     "1049",
                                     "h",
                                     "l",
                                     "m",
                                     "38;2;1;2;3",
                                     "r",
                                     "s",
                                     "H",
                                     "J",
                                     "K",
                                     "L",
                                     "M",
                                     "@",
                                     "P",
                                     "X",
                                     "b",
                                     "9999",
                                     "\0337",
                                     "\0338",
                                     "\033M",
                                     "\033D",
                                     "\n",
                                     "\r",
                                     "\t",
                                     "\b",
                                     "\344\275\240",
                                     "e\314\201",
                                     "\357\270\217",
                                     "\342\200\215",
                                     "\360\237\221\251",
                                     "\360\237\207\251",
                                     "text",
                                     "\033\\",
                                     "\007",
                                     "69",
                                     "6",
                                     "$p",
                                     "\033]4;1;#fff",
                                     "\033]11;?",
                                     "\033P+q436f;6b75",
                                     "\033[>1u",
                                     "\033[<u",
                                     "\033[?2027h",
                                     "\033c",
                                     "\033#8",
                                     "4",
                                     "\377",
                                     "\302\233",
                                     "words of plain text",
                                     "gr\303\274n \320\277\321\200",
                                     "a\314\202o\314\210",
                                     "\360\237\230\200",
                                     "\360\237\217\275",
                                     "20",
                                     "\342\202",
                                     "d",
                                     "S",
                                     "T"};

Test(vt_screen, any_bytes_leave_it_sound)
{
    for (unsigned seed = 1; seed <= 60; seed++) {
        random_state = seed;
        struct vt *vt = vt_new((int)next_random(30) + 1, (int)next_random(60) + 1, NULL);
        for (int i = 0; i < 2000; i++) {
            const char *piece = pieces[next_random(sizeof pieces / sizeof pieces[0])];
            vt_write(vt, piece, strlen(piece));
            if (next_random(100) == 0)
                vt_resize(vt, (int)next_random(40) + 1, (int)next_random(80) + 1);
            struct vt_cursor cursor = vt_cursor(vt);
            cr_assert(cursor.y >= 0 && cursor.y < vt_rows(vt) && cursor.x >= 0 && cursor.x < vt_cols(vt));
        }
        struct vt_glyph glyphs[VT_COLS_MAX];
        for (int y = -vt_history_rows(vt); y < vt_rows(vt); y++) {
            int count = vt_row_read(vt, y, glyphs, VT_COLS_MAX);
            for (int x = 0; x < count; x++) {
                cr_assert(glyphs[x].width != 2 || x + 1 == count || glyphs[x + 1].width == 0,
                          "seed %u: %d,%d", seed, y, x);
                cr_assert(glyphs[x].width != 0 || (x > 0 && glyphs[x - 1].width == 2), "seed %u: %d,%d", seed,
                          y, x);
            }
        }
        vt_free(vt);
    }
}

// Two terminals show the same, down to the last cell and the history.
static void expect_same(const struct vt *a, const struct vt *b, unsigned seed)
{
    static struct vt_glyph left[VT_COLS_MAX], right[VT_COLS_MAX];
    cr_assert(vt_cursor(a).y == vt_cursor(b).y && vt_cursor(a).x == vt_cursor(b).x, "seed %u: cursor", seed);
    cr_assert_eq(vt_history_rows(a), vt_history_rows(b), "seed %u: history", seed);
    for (int y = -vt_history_rows(a); y < vt_rows(a); y++) {
        int count = vt_row_read(a, y, left, VT_COLS_MAX);
        (void)vt_row_read(b, y, right, VT_COLS_MAX);
        for (int x = 0; x < count; x++)
            cr_assert(strcmp(left[x].text, right[x].text) == 0 && left[x].width == right[x].width &&
                          memcmp(&left[x].style, &right[x].style, sizeof left[x].style) == 0,
                      "seed %u: %d,%d: '%s' and '%s'", seed, y, x, left[x].text, right[x].text);
    }
}

// Text in runs and sequences at once must be as when every byte comes alone.
Test(vt_screen, however_it_is_split)
{
    static char bytes[65536];
    for (unsigned seed = 1; seed <= 60; seed++) {
        size_t length = 0;
        random_state = seed;
        struct vt *whole = vt_new((int)next_random(30) + 1, (int)next_random(60) + 1, NULL);
        struct vt *single = vt_new(vt_rows(whole), vt_cols(whole), NULL);
        for (int i = 0; i < 2000; i++) {
            const char *piece = pieces[next_random(sizeof pieces / sizeof pieces[0])];
            memcpy(bytes + length, piece, strlen(piece));
            length += strlen(piece);
        }
        vt_write(whole, bytes, length);
        for (size_t i = 0; i < length; i++)
            vt_write(single, bytes + i, 1);
        expect_same(whole, single, seed);
        vt_free(whole);
        vt_free(single);
    }
}

Test(vt_screen, endless_styles_and_clusters_are_survived)
{
    char bytes[128];
    struct vt *vt = vt_new(24, 80, NULL);
    for (int i = 0; i < 40000; i++) {
        (void)snprintf(bytes, sizeof bytes, E "[38;2;%d;%d;%dme\314\201\315\230%c", i & 255, i >> 8 & 255,
                       i % 251, i % 90 == 0 ? '\n' : 'x');
        bytes[strlen(bytes) - 2] = (char)(0x80 + i % 64);
        vt_write(vt, bytes, strlen(bytes));
    }
    struct vt_glyph glyph;
    cr_expect(cell_read(vt, vt_rows(vt) - 1, 0, &glyph));
    vt_free(vt);
}
