// SPDX-License-Identifier: Apache-2.0
//
// vt_pane: the cells, colours and marks of an emulator as curses draws them.

#include "tests/unit/tui/canvas.h"
#include "tui/base/text_decode.h"
#include "tui/base/theme.h"
#include "tui/pane/copy_mode.h"
#include "tui/pane/vt_pane.h"
#include "tui/term/input.h"
#include "tui/term/term_clusters.h"

#include <criterion/criterion.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

static struct vt *vt;

static void begin(void)
{
    unsetenv("NO_COLOR");
    canvas_begin(10, 40, "xterm-256color");
    vt = vt_new(10, 40, NULL);
}

static void end(void)
{
    vt_free(vt);
    canvas_end();
}

static struct vt_pane_cursor show(const char *bytes)
{
    vt_write(vt, bytes, strlen(bytes));
    return vt_pane_draw(stdscr, vt, 0, 0, 10, 40, 0, 0);
}

Test(vt_pane, text_cursor_and_attributes, .init = begin, .fini = end)
{
    struct vt_pane_cursor cursor = show("plain \033[1;4mbold\033[0m\r\n\033[7mback");
    cr_expect_str_eq(stdscr_line(0), "plain bold");
    cr_expect_eq(canvas_attributes(0, 0) & (A_BOLD | A_UNDERLINE | A_REVERSE), 0);
    cr_expect_eq(canvas_attributes(0, 6) & (A_BOLD | A_UNDERLINE), A_BOLD | A_UNDERLINE);
    cr_expect(canvas_attributes(1, 0) & A_REVERSE);
    cr_expect(cursor.visible && cursor.y == 1 && cursor.x == 4);
    cr_expect(!show("\033[?25l").visible);
}

Test(vt_pane, colours_of_all_kinds, .init = begin, .fini = end)
{
    int foreground = 0, background = 0;
    show("\033[31;44ma\033[38;5;208mb\033[0;48;2;255;135;0mc\033[0md");
    canvas_colours(0, 0, &foreground, &background);
    cr_expect(foreground == 1 && background == 4, "%d on %d", foreground, background);
    canvas_colours(0, 1, &foreground, &background);
    cr_expect(foreground == 208 && background == 4, "%d on %d", foreground, background);
    canvas_colours(0, 2, &foreground, &background);
    cr_expect(foreground == -1 && background == 208, "%d on %d", foreground, background);
    cr_expect_eq(canvas_pair(0, 3), 0);
}

Test(vt_pane, more_colours_than_pairs_stay_drawable, .init = begin, .fini = end)
{
    // More combinations than there are pairs, in many frames.
    for (int foreground = 0; foreground < 256; foreground++) {
        char line[64 * 40] = "\033[H";
        for (int background = 0; background < 256; background += 40) {
            line[0] = '\0';
            for (int i = background; i < background + 40 && i < 256; i++) {
                size_t used = strlen(line);
                (void)snprintf(line + used, sizeof line - used, "\033[38;5;%d;48;5;%dmx", foreground, i);
            }
            vt_write(vt, "\033[H", 3);
            show(line);
        }
    }
    int foreground = 0, background = 0;
    show("\033[H\033[2J\033[38;5;9;48;5;200mz");
    canvas_colours(0, 0, &foreground, &background);
    cr_expect(foreground == 9 && background == 200, "%d on %d", foreground, background);
}

Test(vt_pane, columns_stay_aligned, .init = begin, .fini = end)
{
    static const char *const wide[] = {
        "\344\275\240",                                 // an ideograph
        "\360\237\230\200",                             // an emoji
        "\342\235\244\357\270\217",                     // a heart made an emoji by U+FE0F
        "\360\237\221\251\342\200\215\360\237\222\273", // joined by U+200D
        "\360\237\207\251\360\237\207\252",             // a flag
        "\360\237\221\215\360\237\217\275",             // a tone of skin
    };
    for (size_t i = 0; i < sizeof wide / sizeof wide[0]; i++) {
        char line[64];
        (void)snprintf(line, sizeof line, "\033[?2027h\033[H\033[2K%s\033[3G|", wide[i]);
        show(line);
        wchar_t at[2] = {0};
        mvinnwstr(0, 2, at, 1);
        cr_expect(at[0] == L'|', "%zu: '%s'", i, stdscr_line(0));
    }
}

#define HEART  "\342\235\244\357\270\217"
#define KEYCAP "1\357\270\217\342\203\243"
#define TONED  "\360\237\221\215\360\237\217\275"
#define JOINED "\360\237\221\251\342\200\215\360\237\222\273"
#define FAMILY                                                                                               \
    "\360\237\221\251\342\200\215\360\237\221\251\342\200\215\360\237\221\247\342\200\215\360\237\221\247"

// What goes to the terminal for what is drawn in a row: characters of cells, a '.' for a blank one.
static const char *drawn(const char *bytes, int cols)
{
    static char out[512];
    size_t used = 0;
    show("\033[H\033[2K");
    show(bytes);
    for (int x = 0; x < cols;) {
        cchar_t cell = {0};
        mvin_wch(0, x, &cell);
        for (size_t i = 0; i < CCHARW_MAX && cell.chars[i] != L'\0'; i++)
            used += text_encode(cell.chars[i] == L' ' ? '.' : (uint32_t)cell.chars[i], out + used);
        x += wcwidth(cell.chars[0]);
    }
    out[used] = '\0';
    return out;
}

// The remote program's columns stay, and the terminal gets all that takes no column of its own there.
Test(vt_pane, clusters_as_the_terminal_takes_them, .init = begin, .fini = end)
{
    term_clusters_begin();
    cr_expect_str_eq(drawn(HEART "x" KEYCAP "x", 4), HEART "x" KEYCAP "x");
    cr_expect_str_eq(drawn(TONED "x", 5), TONED "x");
    cr_expect_str_eq(drawn("\033[?2027h" HEART "x" KEYCAP "x", 6), HEART ".x" KEYCAP ".x");
    cr_expect_str_eq(drawn(TONED JOINED "x", 5), "\360\237\221\215\360\237\221\251x");
    // A terminal that makes one of them:
    for (int i = 0; i < 3; i++)
        cr_expect(term_clusters_reply("\033[2;3R", 6));
    cr_expect_not(term_clusters_reply("\033[2;3R", 6));
    show("\033[?2027l");
    cr_expect_str_eq(drawn(HEART "x" KEYCAP "x", 4), "\342\235\244x1\342\203\243x");
    cr_expect_str_eq(drawn(TONED "x", 5), TONED "..x");
    cr_expect_str_eq(drawn(JOINED "x", 5), "\360\237\221\251\360\237\222\273x");
    cr_expect_str_eq(drawn("\033[?2027h" HEART "x", 3), "\342\235\244.x");
    cr_expect_str_eq(drawn(TONED JOINED "x", 5), TONED JOINED "x");
    cr_expect_str_eq(drawn(FAMILY "x", 3), "\360\237\221\251x"); // more than curses holds
    term_clusters_begin();
    cr_expect_not(term_clusters_reply("\033[3;3R", 6) || term_clusters_reply("\033[2;13R", 7));
    cr_expect(term_clusters_reply("\033[2;2R", 6) && !term_selectors_widen());
    term_clusters_begin();
}

Test(vt_pane, marks_are_kept_and_format_characters_never_reach_the_terminal, .init = begin, .fini = end)
{
    show("e\314\201x\342\200\256y\342\201\246z");
    cr_expect(strncmp(stdscr_line(0), "e\314\201xyz", 6) == 0, "%s", stdscr_line(0));
}

Test(vt_pane, concealed_text_is_blank, .init = begin, .fini = end)
{
    show("\033[8msecret\033[0m.");
    cr_expect_str_eq(stdscr_line(0), "      .");
}

Test(vt_pane, a_smaller_rectangle_clips, .init = begin, .fini = end)
{
    vt_write(vt, "0123456789\r\nabc\r\nxyz", 20);
    struct vt_pane_cursor cursor = vt_pane_draw(stdscr, vt, 1, 2, 2, 4, 0, VT_PANE_ALL);
    cr_expect_str_eq(stdscr_line(0), "");
    cr_expect_str_eq(stdscr_line(1), "  0123");
    cr_expect_str_eq(stdscr_line(2), "  abc");
    cr_expect_str_eq(stdscr_line(3), "");
    cr_expect(!cursor.visible);
    (void)vt_pane_draw(stdscr, vt, 50, 2, 2, 4, 0, VT_PANE_ALL);
}

Test(vt_pane, scrolled_back_shows_the_history, .init = begin, .fini = end)
{
    for (int i = 0; i < 15; i++) {
        char line[32];
        (void)snprintf(line, sizeof line, "line %d\r\n", i);
        vt_write(vt, line, strlen(line));
    }
    struct vt_pane_cursor cursor = vt_pane_draw(stdscr, vt, 0, 0, 10, 40, 3, VT_PANE_ALL);
    cr_expect_str_eq(stdscr_line(0), "line 3");
    cr_expect(!cursor.visible);
}

// --- marks over it ---

static struct vt_pane_cursor show_marked(const char *bytes, const struct vt_pane_overlay *overlay)
{
    vt_write(vt, bytes, strlen(bytes));
    return vt_pane_draw_over(stdscr, vt, 0, 0, 10, 40, 0, 0, overlay);
}

static void check_marks(bool colours_too)
{
    unsigned char marks[10 * 40] = {VT_PANE_SELECTED, VT_PANE_SELECTED, VT_PANE_HIT,
                                    VT_PANE_HIT | VT_PANE_HIT_HERE};
    marks[40 + 1] = VT_PANE_SELECTED; // of a wide character
    const struct vt_pane_overlay overlay = {marks, 10, 40, true, 3, 5};
    struct vt_pane_cursor cursor = show_marked("a\033[7mb\033[0mcdef\r\nx\344\275\240y", &overlay);
    cr_expect(cursor.visible && cursor.y == 3 && cursor.x == 5);
    cr_expect_str_eq(stdscr_line(0), "abcdef");
    cr_expect_str_eq(stdscr_line(1), "x\344\275\240y");
    cr_expect(canvas_attributes(0, 0) & A_REVERSE);
    cr_expect_eq(canvas_attributes(0, 1) & A_REVERSE, 0); // reversed of itself
    cr_expect_eq(canvas_attributes(0, 2) & (A_BOLD | A_UNDERLINE),
                 colours_too ? A_UNDERLINE : A_BOLD | A_UNDERLINE);
    // The hit the cursor is on is told from the others by colour, or by being reversed.
    cr_expect(colours_too ? canvas_pair(0, 2) != canvas_pair(0, 3)
                          : (canvas_attributes(0, 3) & A_REVERSE) != (canvas_attributes(0, 2) & A_REVERSE));
    cr_expect_eq(canvas_attributes(0, 4) & (A_BOLD | A_UNDERLINE | A_REVERSE), 0);
    cr_expect_eq(canvas_attributes(1, 0) & A_REVERSE, 0);
    cr_expect(canvas_attributes(1, 1) & A_REVERSE);
    cr_expect_eq(canvas_attributes(1, 3) & A_REVERSE, 0);
}

Test(vt_pane, marks_with_colours, .init = begin, .fini = end)
{
    check_marks(true);
}

// Black on a light ground, and never bold, which makes black grey.
Test(vt_pane, hits_can_be_read_in_any_number_of_colours)
{
    static const struct {
        const char *term;
        enum theme_scheme scheme;
    } screens[] = {{"xterm-256color", THEME_DARK},
                   {"xterm-256color", THEME_LIGHT},
                   {"xterm", THEME_DARK},
                   {"linux", THEME_DARK},
                   {"linux", THEME_LIGHT}};
    unsigned char marks[10 * 40] = {VT_PANE_HIT, VT_PANE_HIT | VT_PANE_HIT_HERE};
    const struct vt_pane_overlay overlay = {marks, 10, 40, true, 0, 1};
    for (size_t i = 0; i < sizeof screens / sizeof screens[0]; i++) {
        canvas_begin(10, 40, screens[i].term);
        theme_begin(screens[i].scheme);
        vt = vt_new(10, 40, NULL);
        (void)show_marked("\033[1;2;37;44mab", &overlay);
        for (int x = 0; x < 2; x++) {
            int foreground = 0, background = 0;
            canvas_colours(0, x, &foreground, &background);
            cr_expect_eq(canvas_attributes(0, x) & (A_BOLD | A_DIM | A_REVERSE), 0, "%s", screens[i].term);
            cr_expect(foreground == COLOR_BLACK || foreground == 16, "%s: %d", screens[i].term, foreground);
            cr_expect(background == COLOR_YELLOW || background == COLOR_CYAN || background == 220 ||
                          background == 51,
                      "%s: %d", screens[i].term, background);
        }
        cr_expect_neq(canvas_attributes(0, 0) & A_UNDERLINE, canvas_attributes(0, 1) & A_UNDERLINE);
        end();
    }
}

Test(vt_pane, marks_without_colours)
{
    setenv("NO_COLOR", "1", 1);
    canvas_begin(10, 40, "xterm-256color");
    vt = vt_new(10, 40, NULL);
    check_marks(false);
    end();
}

Test(vt_pane, marks_on_a_terminal_without_colours)
{
    canvas_begin(10, 40, "vt100");
    vt = vt_new(10, 40, NULL);
    check_marks(false);
    end();
}

Test(vt_pane, marks_go_with_the_overlay, .init = begin, .fini = end)
{
    unsigned char marks[10 * 40] = {VT_PANE_SELECTED};
    struct vt_pane_overlay overlay = {marks, 10, 40, false, 0, 0};
    struct vt_pane_cursor cursor = show_marked("abc", &overlay);
    cr_expect(cursor.visible && cursor.y == 0 && cursor.x == 3); // the program's
    marks[0] = 0;
    marks[2] = VT_PANE_SELECTED;
    show_marked("", &overlay);
    cr_expect_eq(canvas_attributes(0, 0) & A_REVERSE, 0);
    cr_expect(canvas_attributes(0, 2) & A_REVERSE);
    (void)vt_pane_draw_over(stdscr, vt, 0, 0, 10, 40, 0, VT_PANE_ALL, NULL);
    cr_expect_eq(canvas_attributes(0, 2) & A_REVERSE, 0);
    // Smaller than what is drawn: the rest has no marks.
    overlay = (struct vt_pane_overlay){marks, 1, 3, false, 0, 0};
    show_marked("", &overlay);
}

Test(vt_pane, what_copy_mode_marks_is_drawn_on_its_rows, .init = begin, .fini = end)
{
    for (int i = 0; i < 40; i++) {
        char line[32];
        (void)snprintf(line, sizeof line, "line %d\r\n", i);
        vt_write(vt, line, strlen(line));
    }
    struct copy_mode *copy = copy_mode_new(vt, COPY_FULL);
    static const char *const keys = "?line 7\rV";
    for (const char *key = keys; *key != '\0'; key++) {
        struct copy_verdict verdict;
        struct input_event event = canvas_key(*key == '\r' ? INPUT_KEY_ENTER : (uint32_t)*key, 0);
        event.raw = key;
        event.raw_length = 1;
        copy_mode_input(copy, &event, 0, 0, 0, &verdict);
    }
    struct vt_pane_cursor cursor =
        vt_pane_draw_over(stdscr, vt, 0, 0, 10, 40, copy_mode_scrolled(copy), 0, copy_mode_overlay(copy));
    cr_assert(cursor.visible && cursor.x == 0);
    cr_expect_str_eq(stdscr_line(cursor.y), "line 7");
    cr_expect(canvas_attributes(cursor.y, 5) & A_REVERSE);
    int foreground = 0, background = 0;
    canvas_colours(cursor.y, 5, &foreground, &background);
    cr_expect_neq(background, -1); // the hit
    cr_expect_eq(canvas_attributes(cursor.y + 1, 5) & (A_REVERSE | A_UNDERLINE), 0);
    copy_mode_free(copy);
}
