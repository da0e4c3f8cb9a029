// SPDX-License-Identifier: Apache-2.0
//
// paint_fixture: Draws frames, reads them back, and compares the two screens cell by cell.

#include "tests/unit/tui/term/paint_fixture.h"

#include "tests/support/support.h"
#include "tests/support/terminfo.h"
#include "tests/unit/tui/canvas.h"
#include "tests/unit/tui/vt/vt_rows.h"
#include "tui/base/text.h"
#include "tui/base/theme.h"
#include "tui/pane/vt_pane.h"
#include "tui/term/screen.h"
#include "tui/term/screen_output.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SENT_MAX = 4 * 1024 * 1024 };

struct paint_fixture paint_fixture;
static char folder[SUPPORT_PATH_CAP];

static void clean_environment(void)
{
    static const char *const names[] = {"NO_COLOR", "COLORTERM",   "XTERM_VERSION", "TMUX",
                                        "STY",      "VTE_VERSION", "TERM_PROGRAM",  "TERM_PROGRAM_VERSION",
                                        "COLORFGBG"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        unsetenv(names[i]);
}

void paint_fixture_begin(const char *term, int rows, int cols)
{
    clean_environment();
    canvas_begin(rows, cols, term);
    paint_fixture.vt = vt_new(rows, cols, NULL);
    paint_fixture.outer = vt_new(rows, cols, NULL);
    paint_fixture.sent = malloc(SENT_MAX);
    cr_assert_not_null(paint_fixture.sent);
}

void paint_fixture_begin_modern_sized(int rows, int cols)
{
    cr_assert(support_folder_make(folder));
    cr_assert(terminfo_make(folder, "modern", TERMINFO_MODERN));
    setenv("TERMINFO", folder, 1);
    paint_fixture_begin("modern", rows, cols);
}

void paint_fixture_begin_modern(void)
{
    paint_fixture_begin_modern_sized(PAINT_FIXTURE_ROWS, PAINT_FIXTURE_COLUMNS);
}

void paint_fixture_end(void)
{
    vt_free(paint_fixture.vt);
    vt_free(paint_fixture.outer);
    free(paint_fixture.sent);
    canvas_end();
    if (folder[0] != '\0')
        cr_expect(support_folder_remove(folder));
    folder[0] = '\0';
}

void paint_fixture_frame_over(void (*draw_over)(void))
{
    paint_fixture.sent_length = 0;
    cr_assert(screen_frame_begin());
    (void)vt_pane_draw(stdscr, paint_fixture.vt, 0, 0, vt_rows(paint_fixture.vt), vt_cols(paint_fixture.vt),
                       0, paint_fixture.drawn_whole);
    paint_fixture.drawn_whole = 0;
    if (draw_over != NULL)
        draw_over();
    screen_frame_end(-1, -1);
    for (bool more = true; more;) {
        more = screen_output_pending();
        size_t got = canvas_output(paint_fixture.sent + paint_fixture.sent_length,
                                   SENT_MAX - paint_fixture.sent_length);
        vt_write(paint_fixture.outer, paint_fixture.sent + paint_fixture.sent_length, got);
        paint_fixture.sent_length += got;
        screen_flush();
    }
}

void paint_fixture_frame(const char *bytes)
{
    vt_rows_put(paint_fixture.vt, bytes);
    paint_fixture_frame_over(NULL);
}

bool paint_fixture_was_sent(const char *text)
{
    return memmem(paint_fixture.sent, paint_fixture.sent_length, text, strlen(text)) != NULL;
}

static struct vt_glyph cell_of(const struct vt *of, int y, int x)
{
    struct vt_glyph glyph;
    cr_assert(cell_read(of, y, x, &glyph));
    return glyph;
}

struct vt_glyph paint_fixture_cell(int y, int x)
{
    return cell_of(paint_fixture.outer, y, x);
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

void paint_fixture_expect_same(const char *when)
{
    for (int y = 0; y < vt_rows(paint_fixture.vt); y++)
        for (int x = 0; x < vt_cols(paint_fixture.vt); x++) {
            struct vt_glyph wanted = cell_of(paint_fixture.vt, y, x),
                            got = cell_of(paint_fixture.outer, y, x);
            const char *wanted_link = "", *got_link = "";
            normalize(paint_fixture.vt, &wanted, &wanted_link);
            normalize(paint_fixture.outer, &got, &got_link);
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

void paint_fixture_draw_box(void)
{
    for (int y = 5; y < 12; y++)
        text_put(stdscr, y, 20, 40, ROLE_OK, "a dialog over the pane      ");
}
