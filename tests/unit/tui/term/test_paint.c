// SPDX-License-Identifier: Apache-2.0
//
// What a program's text looks like on the operator's terminal: drawn by curses, rewritten, and read by a
// terminal again. It must be what the program wrote, as far as the terminal can show it.

#include "tests/support/support.h"
#include "tests/support/terminal_cells.h"
#include "tests/support/terminfo.h"
#include "tests/unit/tui/canvas.h"
#include "tests/unit/tui/vt/vt_rows.h"
#include "tui/base/color_reduce.h"
#include "tui/base/text.h"
#include "tui/base/theme.h"
#include "tui/pane/vt_pane.h"
#include "tui/term/paint_private.h"
#include "tui/term/screen.h"
#include "tui/term/screen_output.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ROWS = 24, COLUMNS = 80, SENT_MAX = 4 * 1024 * 1024 };

static struct vt *vt, *outer;
static char folder[SUPPORT_PATH_CAP];
static char *sent;
static size_t sent_length;

static void clean_environment(void)
{
    static const char *const names[] = {"NO_COLOR", "COLORTERM",   "XTERM_VERSION", "TMUX",
                                        "STY",      "VTE_VERSION", "TERM_PROGRAM",  "TERM_PROGRAM_VERSION",
                                        "COLORFGBG"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        unsetenv(names[i]);
}

static void begin_as(const char *term, int rows, int cols)
{
    clean_environment();
    canvas_begin(rows, cols, term);
    vt = vt_new(rows, cols, NULL);
    outer = vt_new(rows, cols, NULL);
    sent = malloc(SENT_MAX);
    cr_assert_not_null(sent);
}

static void begin_modern_sized(int rows, int cols)
{
    cr_assert(support_folder_make(folder));
    cr_assert(terminfo_make(folder, "modern", TERMINFO_MODERN));
    setenv("TERMINFO", folder, 1);
    begin_as("modern", rows, cols);
}

static void begin_modern(void)
{
    begin_modern_sized(ROWS, COLUMNS);
}

static void end(void)
{
    vt_free(vt);
    vt_free(outer);
    free(sent);
    canvas_end();
    if (folder[0] != '\0')
        cr_expect(support_folder_remove(folder));
    folder[0] = '\0';
}

static unsigned drawn_whole; // by the next frame: VT_PANE_ALL

// One frame: what the program has written is drawn and sent, and the outer terminal reads it.
static void frame_over(void (*draw_over)(void))
{
    sent_length = 0;
    cr_assert(screen_frame_begin());
    (void)vt_pane_draw(stdscr, vt, 0, 0, vt_rows(vt), vt_cols(vt), 0, drawn_whole);
    drawn_whole = 0;
    if (draw_over != NULL)
        draw_over();
    screen_frame_end(-1, -1);
    for (bool more = true; more;) {
        more = screen_output_pending();
        size_t got = canvas_output(sent + sent_length, SENT_MAX - sent_length);
        vt_write(outer, sent + sent_length, got);
        sent_length += got;
        screen_flush();
    }
}

static void frame(const char *bytes)
{
    vt_rows_put(vt, bytes);
    frame_over(NULL);
}

static bool was_sent(const char *text)
{
    return memmem(sent, sent_length, text, strlen(text)) != NULL;
}

static struct vt_glyph cell_of(const struct vt *of, int y, int x)
{
    struct vt_glyph glyph;
    cr_assert(cell_read(of, y, x, &glyph));
    return glyph;
}

// The style as a terminal that knows all shows it: links by what they lead to, no colour for no underline.
static void normalize(const struct vt *of, struct vt_glyph *glyph, const char **link)
{
    *link = cell_link(of, glyph->style.link);
    *link = *link != NULL ? *link : "";
    glyph->style.link = 0;
    glyph->style.attributes &= (uint16_t)~CELL_PROTECTED;
    if ((glyph->style.attributes & CELL_UNDERLINE_MASK) == 0)
        glyph->style.underline = CELL_COLOR_DEFAULT;
    if (glyph->text[0] == '\0' && glyph->width == 1)
        (void)snprintf(glyph->text, sizeof glyph->text, " ");
    // An ink that nobody sees: a plain blank has none.
    if (glyph->text[0] == ' ' &&
        (glyph->style.attributes & (CELL_UNDERLINE_MASK | CELL_STRIKE | CELL_OVERLINE | CELL_REVERSE)) == 0) {
        glyph->style.fg = CELL_COLOR_DEFAULT;
        glyph->style.attributes = 0;
    }
}

static void expect_same(const char *when)
{
    for (int y = 0; y < vt_rows(vt); y++)
        for (int x = 0; x < vt_cols(vt); x++) {
            struct vt_glyph wanted = cell_of(vt, y, x), got = cell_of(outer, y, x);
            const char *wanted_link = "", *got_link = "";
            normalize(vt, &wanted, &wanted_link);
            normalize(outer, &got, &got_link);
            cr_assert_str_eq(got.text, wanted.text, "%s: %d,%d: '%s', not '%s'", when, y, x, got.text,
                             wanted.text);
            cr_assert(got.style.fg == wanted.style.fg && got.style.bg == wanted.style.bg,
                      "%s: %d,%d '%s': %x on %x, not %x on %x", when, y, x, got.text, got.style.fg,
                      got.style.bg, wanted.style.fg, wanted.style.bg);
            cr_assert_eq(got.style.attributes, wanted.style.attributes, "%s: %d,%d '%s': %x, not %x", when, y,
                         x, got.text, got.style.attributes, wanted.style.attributes);
            cr_assert_eq(got.style.underline, wanted.style.underline, "%s: %d,%d", when, y, x);
            cr_assert_str_eq(got_link, wanted_link, "%s: %d,%d", when, y, x);
        }
}

static void draw_box(void)
{
    for (int y = 5; y < 12; y++)
        text_put(stdscr, y, 20, 40, ROLE_OK, "a dialog over the pane      ");
}

// --- colours ---

static void put_colours(int count, int salt)
{
    char text[64];
    vt_rows_put(vt, "\033[m\033[H");
    for (int i = 0; i < count; i++) {
        (void)snprintf(text, sizeof text, "\033[%s8;2;%d;%d;%dmx", i % 3 == 0 ? "4" : "3", i / 256 + salt,
                       i % 256, (i * 7) % 256);
        vt_rows_put(vt, text);
    }
}

Test(paint, three_hundred_colours_are_all_right, .init = begin_modern, .fini = end)
{
    put_colours(300, 0);
    frame("");
    expect_same("300");
}

Test(paint, thousands_of_colours_are_all_right_and_more_in_the_next_frames, .fini = end)
{
    begin_modern_sized(100, 200);
    put_colours(3000, 0);
    frame("");
    expect_same("3000");
    // More than there are pairs, in frames that all differ: those of the old frames are taken back.
    for (int i = 0; i < 5; i++) {
        put_colours(19000, 1 + i * 40);
        frame("");
        expect_same("19000");
    }
}

Test(paint, what_stays_on_the_screen_keeps_its_colours_while_others_change, .fini = end)
{
    begin_modern_sized(101, 200);
    vt_rows_put(vt, "\033[101H\033[38;2;1;2;3;48;5;77mstays\033[m");
    for (int i = 0; i < 6; i++) {
        put_colours(19000, i * 40);
        frame("");
        if (i > 0)
            cr_expect_not(was_sent("stays"));
    }
    expect_same("at the end");
}

Test(paint, colours_are_brought_down_where_there_are_fewer, .fini = end)
{
    begin_as("xterm-256color", ROWS, COLUMNS);
    frame("\033[38;2;255;135;0;48;5;200ma\033[m\033[38;5;9mb");
    cr_expect_eq(cell_of(outer, 0, 0).style.fg, CELL_COLOR_INDEXED | 208);
    cr_expect_eq(cell_of(outer, 0, 0).style.bg, CELL_COLOR_INDEXED | 200);
    cr_expect_eq(cell_of(outer, 0, 1).style.fg, CELL_COLOR_INDEXED | 9);
}

static void direct_colours_of(const char *term)
{
    begin_as(term, ROWS, COLUMNS);
    cr_assert_geq(COLORS, 1 << 24);
    put_colours(400, 3);
    vt_rows_put(vt, "\033[m \033[38;5;200;9mstruck\033[m \033[31mred");
    frame("");
    expect_same(term);
    frame_over(draw_box);
    cr_expect_eq(cell_of(outer, 5, 20).style.fg, CELL_COLOR_INDEXED | 114, "the theme's: %x",
                 cell_of(outer, 5, 20).style.fg);
    end();
}

Test(paint, terminals_with_direct_colours)
{
    direct_colours_of("xterm-direct");
    direct_colours_of("xterm-direct2");
    direct_colours_of("konsole-direct");
}

Test(paint, eight_colours, .fini = end)
{
    begin_as("xterm", ROWS, COLUMNS);
    frame("\033[38;2;255;0;0;44ma\033[0;9;4:3mb\033[m \033[53;58:5:1;4mc");
    cr_expect_eq(cell_of(outer, 0, 0).style.fg, CELL_COLOR_INDEXED | 1);
    cr_expect_eq(cell_of(outer, 0, 0).style.bg, CELL_COLOR_INDEXED | 4);
    cr_expect_eq(cell_of(outer, 0, 0).style.attributes, CELL_BOLD);
    cr_expect_eq(cell_of(outer, 0, 1).style.attributes,
                 CELL_STRIKE | CELL_UNDERLINE_SINGLE << CELL_UNDERLINE_SHIFT);
    cr_expect_eq(cell_of(outer, 0, 3).style.attributes, CELL_UNDERLINE_SINGLE << CELL_UNDERLINE_SHIFT);
}

Test(paint, the_console_of_linux_gets_no_links, .fini = end)
{
    begin_as("linux", ROWS, COLUMNS);
    frame("\033[31;4:3;53ma\033[m\033]8;;http://x/\033\\link");
    cr_expect_eq(cell_of(outer, 0, 0).style.fg, CELL_COLOR_INDEXED | 1);
    cr_expect_not(was_sent("]8;"));
    cr_expect_not(was_sent("4:"));
    cr_expect_not(was_sent("53"));
}

static void no_color_of(const char *term)
{
    begin_as(term, ROWS, COLUMNS);
    frame("\033[38;2;255;0;0;44;1ma\033[0;9;4:3mb\033[m\033]8;;http://x/\033\\c");
    cr_expect_eq(cell_of(outer, 0, 0).style.fg, CELL_COLOR_DEFAULT);
    cr_expect_eq(cell_of(outer, 0, 0).style.attributes, CELL_BOLD);
    cr_expect_eq(cell_of(outer, 0, 1).style.attributes, CELL_UNDERLINE_SINGLE << CELL_UNDERLINE_SHIFT);
    cr_expect_not(was_sent("]8;"));
    cr_expect_not(was_sent("9m"));
    end();
}

Test(paint, no_colours_at_all)
{
    no_color_of("vt100");
    no_color_of("vt220");
}

// --- all looks ---

Test(paint, each_look_reaches_a_terminal_that_knows_it, .init = begin_modern, .fini = end)
{
    frame("\033[4:3mc\033[4:2md\033[4:4me\033[4:5mf\033[4mg\033[m "
          "\033[4;58;2;1;2;3mh\033[58:5:200mi\033[59mj\033[4:3;58:2::9:8:7mk\033[m "
          "\033[53ml\033[9mm\033[55mn\033[m\033[53m  \033[m\r\n"
          "\033]8;;http://x/1\033\\link\033]8;;\033\\ no \033]8;id=a;https://y/?q=1;2#3\033\\other  "
          "\033]8;;http://x/1\033\\again\033[1;31mred\033[m\033]8;;\033\\.");
    expect_same("all");
    cr_expect(was_sent("\033[4:3m"));
    cr_expect(was_sent("58:2::1:2:3m"));
    cr_expect(was_sent("58:5:200m"));
    cr_expect(was_sent("53m"));
    cr_expect(was_sent(";http://x/1\033\\"));
    frame("");
    cr_expect_eq(sent_length, 0, "nothing has changed: '%.*s'", (int)sent_length, sent);
}

Test(paint, a_link_over_two_rows_is_one, .init = begin_modern, .fini = end)
{
    frame("\033[1;78H\033]8;;http://x/1\033\\abcdef\033]8;;http://x/2\033\\g\033]8;id=7;http://x/"
          "2\033\\h\033]8;;\033\\");
    expect_same("links");
    uint16_t before = cell_of(outer, 0, 77).style.link, after = cell_of(outer, 1, 0).style.link;
    cr_expect(before != 0 && before == after);
    cr_expect_neq(cell_of(outer, 1, 3).style.link, cell_of(outer, 1, 4).style.link, "named otherwise");
}

Test(paint, a_terminal_that_knows_none_of_it_gets_plain_underlines, .fini = end)
{
    begin_as("screen-256color", ROWS, COLUMNS);
    frame("\033[4:3ma\033[m \033[4;58;2;1;2;3mb\033[m \033[53mc\033[m \033]8;;http://x/1\033\\link");
    cr_expect_eq(cell_of(outer, 0, 0).style.attributes, CELL_UNDERLINE_SINGLE << CELL_UNDERLINE_SHIFT);
    cr_expect_eq(cell_of(outer, 0, 2).style.attributes, CELL_UNDERLINE_SINGLE << CELL_UNDERLINE_SHIFT);
    static const char *const others[] = {"4:", "58", "53", "]8;", "http", "59", "55"};
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
        cr_expect_not(was_sent(others[i]), "%s", others[i]);
}

Test(paint, xterm_gets_links_and_strike_through_but_no_kinds_of_underlines, .fini = end)
{
    begin_as("xterm-256color", ROWS, COLUMNS);
    frame("\033[4:3ma\033[m\033[9;1mb\033[m\033]8;;http://x/1\033\\link");
    cr_expect_eq(cell_of(outer, 0, 0).style.attributes, CELL_UNDERLINE_SINGLE << CELL_UNDERLINE_SHIFT);
    cr_expect_eq(cell_of(outer, 0, 1).style.attributes, CELL_STRIKE | CELL_BOLD);
    cr_expect_not(was_sent("4:"));
    cr_expect(was_sent("]8;"));
}

// --- hostile links ---

Test(paint, what_is_no_address_is_no_link, .init = begin_modern, .fini = end)
{
    static const char *const targets[] = {"nothing",
                                          "//x/y",
                                          "/etc/passwd",
                                          ":x",
                                          "1http://x",
                                          "http://x/\303\244",
                                          "http://x/ y",
                                          "",
                                          "h ttp://x",
                                          "file:///etc/passwd",
                                          "FILE://localhost/etc/passwd",
                                          "x y:z"};
    for (size_t i = 0; i < sizeof targets / sizeof targets[0]; i++) {
        char text[128];
        (void)snprintf(text, sizeof text, "\033[H\033]8;;%s\033\\text\033]8;;\033\\", targets[i]);
        frame(text);
        cr_expect_not(was_sent("]8;id"), "%s", targets[i]);
        cr_expect_eq(cell_of(outer, 0, 0).style.link, 0, "%s", targets[i]);
    }
}

Test(paint, links_without_end_are_recycled, .init = begin_modern, .fini = end)
{
    for (int i = 0; i < 100; i++) {
        vt_rows_put(vt, "\033[H");
        for (int k = 0; k < 1000; k++) {
            char text[128];
            (void)snprintf(text, sizeof text, "\033]8;id=%d;http://x/%d/%d\033\\l", k % 7, i, k);
            vt_rows_put(vt, text);
        }
        frame("");
        expect_same("links");
    }
}

// --- random ---

static unsigned random_state = 1;

static unsigned random_below(unsigned n)
{
    random_state = random_state * 1103515245u + 12345u;
    return (random_state >> 16) % n;
}

static void put_random(void)
{
    static const char *const codes[] = {"0",   "1",  "2",  "3",  "4",  "5",  "7",   "9",   "22",  "23",
                                        "24",  "25", "27", "29", "53", "55", "4:0", "4:2", "4:3", "4:4",
                                        "4:5", "59", "39", "49", "33", "94", "45",  "103", "21"};
    char text[64];
    switch (random_below(12)) {
    case 0:
        (void)snprintf(text, sizeof text, "\033[%u;%uH", random_below(ROWS) + 1, random_below(COLUMNS) + 1);
        break;
    case 1:
        (void)snprintf(text, sizeof text, "\033[%u%c", random_below(4), "KJPX@LMST"[random_below(9)]);
        break;
    case 2:
    case 3:
        (void)snprintf(text, sizeof text, "\033[%u8;2;%u;%u;%um", 3 + random_below(3), random_below(256),
                       random_below(3), random_below(256));
        break;
    case 4:
        (void)snprintf(text, sizeof text, "\033[%u8:5:%um", 3 + random_below(3), random_below(256));
        break;
    case 5:
        (void)snprintf(text, sizeof text, "\033]8;id=%u;http://x/%u\033\\", random_below(2), random_below(4));
        break;
    case 6:
        (void)snprintf(text, sizeof text, "\033]8;;\033\\\033[m");
        break;
    case 7:
        (void)snprintf(text, sizeof text, "%s", "\344\275\240\r\n");
        break;
    case 8:
    case 9:
        (void)snprintf(text, sizeof text, "\033[%sm", codes[random_below(sizeof codes / sizeof codes[0])]);
        break;
    default:
        (void)snprintf(text, sizeof text, "%.*s", (int)random_below(9), "ab  cdefg");
    }
    vt_rows_put(vt, text);
}

Test(paint, any_picture_after_any_other, .init = begin_modern, .fini = end)
{
    for (int i = 0; i < 400; i++) {
        char when[32];
        (void)snprintf(when, sizeof when, "frame %d", i);
        for (int k = 0; k < 100; k++)
            put_random();
        if (i % 7 == 3) {
            frame_over(draw_box);
            cr_assert_str_eq(cell_of(outer, 5, 20).text, "a");
            drawn_whole = VT_PANE_ALL;
        }
        if (i % 50 == 9) {
            // What others write between two frames has no look of ours.
            vt_rows_put(outer, "\033[3;3HZ");
            cr_assert(cell_of(outer, 2, 2).style.attributes == 0 && cell_of(outer, 2, 2).style.link == 0 &&
                      cell_of(outer, 2, 2).style.bg == CELL_COLOR_DEFAULT);
            screen_redraw();
        }
        frame("");
        expect_same(when);
        frame("");
        cr_assert_eq(sent_length, 0);
    }
}

Test(paint, others_may_have_written_to_the_terminal, .init = begin_modern, .fini = end)
{
    frame("\033[31mred\033[m plain");
    vt_rows_put(outer, "\033[H\033[1;4:3;44mforeign");
    screen_redraw();
    frame("");
    expect_same("drawn again");
}

// --- what curses writes ---

static char put_bytes[512];
static size_t put_length;

static void take_put(const void *bytes, size_t length)
{
    cr_assert(put_length + length < sizeof put_bytes);
    memcpy(put_bytes + put_length, bytes, length);
    put_length += length;
    put_bytes[put_length] = '\0';
}

static const char *put(const char *bytes)
{
    put_length = 0;
    put_bytes[0] = '\0';
    paint_put(bytes, strlen(bytes), take_put);
    return put_bytes;
}

Test(paint, what_is_not_about_looks_goes_out_as_it_is, .fini = end)
{
    static const char *const rows[] = {"",
                                       "plain",
                                       "8",
                                       "\033",
                                       "\033[",
                                       "\033[38;5;",
                                       "\033[38;5m",
                                       "\033[1234m",
                                       "\033[58;5;200m",
                                       "\033[0;8H",
                                       "\033[4:3m",
                                       "\033[0;88m",
                                       "\033]8;;x\033\\",
                                       "\033[?25l",
                                       "\033[2;3Habc",
                                       "\033[K",
                                       "\033[1;2;3;4;5;6;7;8;9;10;11;12;13;14;15;16;17;18;19;20m",
                                       "\033[38;2;1m",
                                       "\033\033[2J",
                                       "\033[48:2m",
                                       "\n\r\b\t"};
    begin_as("xterm-256color", ROWS, COLUMNS);
    frame("");
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        cr_expect_str_eq(put(rows[i]), rows[i], "row %zu", i);
}

Test(paint, the_terminal_is_told_once_and_only_what_changes, .fini = end)
{
    static const struct {
        const char *written, *sent;
    } rows[] = {
        {"\033[0;1m\033[mx", "x"},
        {"\033[0;1mx", "\033[1mx"},
        {"\033(B\033[0;1;4my", "\033[4my"},
        {"\033(B\033[0;4mz", "\033[22mz"},
        {"\033[0;4m\033[0;4m", ""},
        {"\033[2;2H\033[0;4ma", "\033[2;2Ha"},
        {"\033[m", "\033[m"},
        {"\033[0;2;3;5;7mb", "\033[2;3;5;7mb"},
        {"\033[0;1;7mb", "\033[22;1;23;25mb"},
        {"\033[m\033[Kc", "\033[m\033[Kc"},
    };
    begin_as("xterm-256color", ROWS, COLUMNS);
    frame("");
    (void)put("\033[mx");
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        cr_expect_str_eq(put(rows[i].written), rows[i].sent, "row %zu", i);
}

// --- what is believed ---

static bool has_rgb(void)
{
    attr_t attributes = 0;
    const struct paint paint = {.fg = CELL_COLOR_RGB | 0x010203};
    theme_begin(THEME_DARK);
    return paint_of_pair(paint_pair(&paint, &attributes)).fg == paint.fg;
}

Test(paint, colours_of_24_bit_only_where_the_terminal_has_them, .fini = end)
{
    begin_as("xterm-256color", ROWS, COLUMNS);
    cr_expect_not(has_rgb());
    setenv("COLORTERM", "yes", 1);
    cr_expect_not(has_rgb());
    setenv("COLORTERM", "truecolor", 1);
    cr_expect(has_rgb());
    unsetenv("COLORTERM");
    setenv("XTERM_VERSION", "XTerm(330)", 1);
    cr_expect_not(has_rgb());
    setenv("XTERM_VERSION", "XTerm(379)", 1);
    cr_expect(has_rgb());
}

static void in_tmux(const char *version, const char *sty, bool modern)
{
    begin_as("tmux-256color", ROWS, COLUMNS);
    setenv("XTERM_VERSION", "XTerm(379)", 1); // what tmux was started in
    if (version != NULL) {
        setenv("TERM_PROGRAM", "tmux", 1);
        setenv("TERM_PROGRAM_VERSION", version, 1);
    }
    if (sty != NULL)
        setenv("STY", sty, 1);
    cr_expect_eq(has_rgb(), modern, "%s", version);
    frame("\033[53mo\033[m\033[4:3mc");
    cr_expect_eq((cell_of(outer, 0, 0).style.attributes & CELL_OVERLINE) != 0, modern, "%s", version);
    cr_expect_eq(cell_of(outer, 0, 1).style.attributes,
                 CELL_UNDERLINE_CURLY << CELL_UNDERLINE_SHIFT); // by terminfo
    end();
}

Test(paint, in_tmux)
{
    in_tmux(NULL, NULL, false);
    in_tmux("3.1c", NULL, false);
    in_tmux("3.3a", NULL, true);
    in_tmux("3.3a", "1234.screen", false);
}

Test(paint, a_terminal_that_says_who_it_is, .fini = end)
{
    begin_as("xterm-256color", ROWS, COLUMNS);
    setenv("VTE_VERSION", "7200", 1);
    theme_begin(THEME_DARK);
    frame("\033[4:3;58:2::1:2:3mc");
    expect_same("vte");
    // Started from it, but another one.
    setenv("XTERM_VERSION", "XTerm(379)", 1);
    theme_begin(THEME_DARK);
    frame("\033[H\033[4:3;58:2::1:2:3md");
    cr_expect_eq(cell_of(outer, 0, 0).style.attributes, CELL_UNDERLINE_SINGLE << CELL_UNDERLINE_SHIFT);
}

Test(paint, the_theme_is_drawn_anew_when_its_colours_change, .fini = end)
{
    begin_as("xterm-256color", ROWS, COLUMNS);
    theme_begin(THEME_DARK);
    frame_over(draw_box);
    cell_color dark = cell_of(outer, 5, 20).style.fg, dark_ground = cell_of(outer, 5, 20).style.bg;
    theme_begin(THEME_LIGHT);
    frame_over(draw_box);
    cr_expect(cell_of(outer, 5, 20).style.fg != dark || cell_of(outer, 5, 20).style.bg != dark_ground);
}
