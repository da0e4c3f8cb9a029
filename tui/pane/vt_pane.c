// SPDX-License-Identifier: Apache-2.0
//
// vt_pane: turn cells of the emulator into cells of curses. A row goes to curses in one call
// (mvwadd_wchnstr), which is about twice as fast as cell by cell.

#include "tui/pane/vt_pane.h"

#include "tui/base/char_width.h"
#include "tui/base/text.h"
#include "tui/base/text_decode.h"
#include "tui/base/theme.h"
#include "tui/term/paint.h"
#include "tui/term/term_clusters.h"

#include <string.h>
#include <wchar.h>

enum { SELECTOR = 0xfe0f, JOINER = 0x200d };

enum { OVERLAY_SHAPE = 2 }; // a block that doesn't blink, in DECSCUSR's numbers

static struct vt_glyph glyphs[VT_COLS_MAX];
static cchar_t cells[VT_COLS_MAX + 1];

// --- looks -----------------------------------------------------------------------

struct look {
    attr_t attributes;
    int pair;
    bool concealed;
};

static int pair_of(const struct vt *vt, const struct cell_style *style, attr_t *attributes)
{
    struct paint paint = {
        .fg = style->fg,
        .bg = style->bg,
        .underline_color = style->underline,
        .underline = (uint8_t)((style->attributes & CELL_UNDERLINE_MASK) >> CELL_UNDERLINE_SHIFT),
        .strokes = (uint8_t)(((style->attributes & CELL_STRIKE) != 0 ? PAINT_STRUCK : 0) |
                             ((style->attributes & CELL_OVERLINE) != 0 ? PAINT_OVERLINED : 0))};
    if (style->link != 0)
        paint.link = paint_link(vt_link(vt, style->link));
    return paint_pair(&paint, attributes);
}

static struct look look_of(const struct vt *vt, const struct cell_style *from, bool reverse_screen,
                           unsigned flags)
{
    struct cell_style own = *from, *style = &own;
    static const struct {
        uint16_t from;
        attr_t to;
    } attributes[] = {{CELL_BOLD, A_BOLD},
                      {CELL_DIM, A_DIM},
                      {CELL_ITALIC, A_ITALIC},
                      {CELL_BLINK, A_BLINK},
                      {CELL_REVERSE, A_REVERSE}};
    struct look look = {A_NORMAL, 0, (style->attributes & CELL_CONCEAL) != 0};
    vt_style_resolve(vt, style);
    for (size_t i = 0; i < sizeof attributes / sizeof attributes[0]; i++)
        if ((style->attributes & attributes[i].from) != 0)
            look.attributes |= attributes[i].to;
    if (reverse_screen)
        look.attributes ^= A_REVERSE;
    if ((flags & VT_PANE_DIM) != 0)
        look.attributes |= A_DIM;
    look.pair = pair_of(vt, style, &look.attributes);
    return look;
}

// A marked cell. It keeps its own colours when it is only selected, as it would in xterm.
static struct look marked(struct look look, unsigned char mark, bool mono)
{
    // Never bold: black is then grey on many terminals. Of 256 colours those that no palette changes.
    enum { BLACK = 16, YELLOW = 220, CYAN = 51 };
    bool many = COLORS >= 256;
    const struct paint hit = {.fg = CELL_COLOR_INDEXED | (many ? (uint32_t)BLACK : COLOR_BLACK),
                              .bg = CELL_COLOR_INDEXED | (many ? (uint32_t)YELLOW : COLOR_YELLOW)},
                       hit_here = {.fg = CELL_COLOR_INDEXED | (many ? (uint32_t)BLACK : COLOR_BLACK),
                                   .bg = CELL_COLOR_INDEXED | (many ? (uint32_t)CYAN : COLOR_CYAN)};
    bool here = (mark & VT_PANE_HIT_HERE) != 0;
    if ((mark & VT_PANE_HIT) != 0) {
        look.attributes = (look.attributes & ~(A_REVERSE | A_DIM | A_BOLD | A_INVIS)) | A_UNDERLINE;
        if (has_colors() && !mono) {
            if (here) // it differs from the others by more than its colour
                look.attributes &= ~(attr_t)A_UNDERLINE;
            look.pair = paint_pair(here ? &hit_here : &hit, &look.attributes);
        } else {
            look.attributes |= here ? A_BOLD | A_REVERSE : A_BOLD;
        }
    }
    if ((mark & VT_PANE_SELECTED) != 0)
        look.attributes ^= A_REVERSE;
    return look;
}

// --- characters ------------------------------------------------------------------

// Most cells are one character and look as the one before did: then setcchar, which costs more than all the
// rest of a row, is asked once for the look.
static void set_cell(cchar_t *cell, const wchar_t *text, const struct look *look)
{
    static cchar_t kept;
    static attr_t kept_attributes;
    static int kept_pair = -1;
    int pair = look->pair;
    if (text[0] != L'\0' && text[1] == L'\0') {
        if (pair != kept_pair || look->attributes != kept_attributes) {
            setcchar(&kept, L" ", look->attributes, (short)(pair > 255 ? 255 : pair), &pair);
            kept_attributes = look->attributes;
            kept_pair = pair;
        }
        *cell = kept;
        cell->chars[0] = text[0];
        return;
    }
    setcchar(cell, text, look->attributes, (short)(pair > 255 ? 255 : pair), &pair);
}

static int put_blanks(cchar_t *out, int count, const struct look *look)
{
    for (int i = 0; i < count; i++)
        set_cell(&out[i], L" ", look);
    return count;
}

// Two regional indicators share a cell of the emulator; each is a column of its own for libc.
static int put_flag(cchar_t *out, uint32_t first, uint32_t second, const struct look *look)
{
    const wchar_t one[] = {(wchar_t)first, L'\0'}, two[] = {(wchar_t)second, L'\0'};
    set_cell(&out[0], one, look);
    set_cell(&out[1], two, look);
    return 2;
}

// Whether the operator's terminal takes no column for it behind that first one in a glyph of this width.
static bool adds_nothing(uint32_t first, uint32_t codepoint, int width)
{
    if (codepoint == SELECTOR)
        return !term_selectors_widen() || char_width(first) == 2;
    if (width != 2 || !char_is_pictograph(first))
        return false;
    if (char_is_tone(codepoint))
        return term_tones_join();
    return term_joiners_join() && (codepoint == JOINER || char_is_pictograph(codepoint));
}

// The glyph's text → what curses gets: the first code point with what takes no column behind it. What else is
// in there would move the columns: without *second, the first of these, all of it is there. What curses can't
// hold is left out from the last joiner on.
static size_t wide_text(const struct vt_glyph *from, wchar_t out[CCHARW_MAX + 1], uint32_t *second)
{
    size_t length = strlen(from->text), at = 0, count = 0;
    *second = 0;
    while (at < length && count < CCHARW_MAX && *second == 0) {
        uint32_t codepoint = 0;
        at += text_decode(from->text + at, length - at, &codepoint);
        if (count == 0 || text_is_mark(codepoint) || adds_nothing((uint32_t)out[0], codepoint, from->width))
            out[count++] = (wchar_t)codepoint;
        else if (codepoint != SELECTOR)
            *second = codepoint;
    }
    if (at < length && *second == 0 && wmemchr(out, JOINER, count) != NULL)
        count = 1;
    while (count > 1 && out[count - 1] == JOINER)
        count--;
    out[count] = L'\0';
    return count;
}

// setcchar takes only what libc sees no column in.
static void set_cluster(cchar_t *cell, const wchar_t *text, const struct look *look)
{
    set_cell(cell, text, look);
    for (size_t i = 1; i < CCHARW_MAX && text[i - 1] != L'\0'; i++)
        cell->chars[i] = text[i];
}

// A tone behind its emoji, each with columns of its own for the program, where the operator's terminal makes
// one of the two: it goes into the cell before, and its own columns are blank.
static bool join_tone(cchar_t *out, uint32_t tone, int width, const struct look *look)
{
    wchar_t *chars = out[-1].chars;
    if (!char_is_tone(tone) || !term_tones_join() || !char_is_pictograph((uint32_t)chars[0]) ||
        chars[1] != L'\0')
        return false;
    chars[1] = (wchar_t)tone;
    put_blanks(out, width, look);
    return true;
}

// Puts cells for one glyph into cells[at] and on; returns how many it took. room: columns left on the row.
static int put_glyph(int at, const struct vt_glyph *from, int room, const struct look *look)
{
    cchar_t *out = &cells[at];
    wchar_t text[CCHARW_MAX + 1];
    uint32_t second = 0;
    if (from->text[0] == '\0' || look->concealed || from->width > room)
        return put_blanks(out, from->width > room ? room : from->width, look);
    if ((unsigned char)from->text[0] < 0x7f && from->text[1] == '\0') {
        const wchar_t plain[] = {(wchar_t)from->text[0], L'\0'};
        set_cell(out, plain, look);
        return 1 + put_blanks(out + 1, from->width - 1, look);
    }
    if (wide_text(from, text, &second) == 0)
        return put_blanks(out, from->width, look);
    uint32_t first = (uint32_t)text[0];
    int columns = text_is_shown(first) ? wcwidth(text[0]) : -1;
    if (from->width == 2 && columns == 1 && char_is_regional(first) && char_is_regional(second))
        return put_flag(out, first, second, look);
    bool narrow_base = columns == 1 && from->width == 2 && char_width(first) == 1;
    if (columns != from->width && !narrow_base) {
        // libc knows another width, or none: a stand-in keeps the columns.
        const wchar_t *stand_in = text_is_utf8() ? L"\ufffd" : L"?";
        set_cell(out, stand_in, look);
        return 1 + put_blanks(out + 1, from->width - 1, look);
    }
    if (at > 0 && join_tone(out, first, from->width, look))
        return from->width;
    set_cluster(out, text, look);
    return narrow_base ? 1 + put_blanks(out + 1, 1, look) : 1;
}

// --- rows ------------------------------------------------------------------------

// marks: of each column; NULL: the row has none.
static void draw_row(WINDOW *window, const struct vt *vt, int from, int y, int x0, int cols, unsigned flags,
                     const unsigned char *marks)
{
    bool reverse = vt_modes(vt).reverse_screen, mono = theme_current() == THEME_MONO;
    int count = vt_row_read(vt, from, glyphs, cols < VT_COLS_MAX ? cols : VT_COLS_MAX);
    const struct look blank = {A_NORMAL, 0, false};
    struct cell_style last = {0};
    struct look look = look_of(vt, &last, reverse, flags);
    int used = 0, column = 0;
    for (int i = 0; i < count; i++) {
        if (glyphs[i].width == 0)
            continue; // the left half has taken both columns
        if (!cell_style_equal(&last, &glyphs[i].style)) {
            last = glyphs[i].style;
            look = look_of(vt, &last, reverse, flags);
        }
        const struct look with_mark = marks != NULL && marks[i] != 0 ? marked(look, marks[i], mono) : look;
        used += put_glyph(used, &glyphs[i], cols - column, &with_mark);
        column += glyphs[i].width;
    }
    for (; column < cols && used < VT_COLS_MAX; column++)
        used += put_blanks(&cells[used], 1, &blank);
    mvwadd_wchnstr(window, y, x0, cells, used);
}

// The marks of a row; NULL when it has none.
static const unsigned char *marks_of(const struct vt_pane_overlay *overlay, int y, int cols)
{
    if (overlay == NULL || overlay->marks == NULL || y >= overlay->rows || cols > overlay->cols)
        return NULL;
    const unsigned char *marks = overlay->marks + (size_t)y * (size_t)overlay->cols;
    for (int x = 0; x < cols; x++)
        if (marks[x] != 0)
            return marks;
    return NULL;
}

static void clip(const WINDOW *window, int y0, int x0, int *rows, int *cols)
{
    if (*rows > getmaxy(window) - y0)
        *rows = getmaxy(window) - y0;
    if (*cols > getmaxx(window) - x0)
        *cols = getmaxx(window) - x0;
    if (*cols > VT_COLS_MAX)
        *cols = VT_COLS_MAX;
}

struct vt_pane_cursor vt_pane_draw(WINDOW *window, struct vt *vt, int y0, int x0, int rows, int cols,
                                   int scroll, unsigned flags)
{
    return vt_pane_draw_over(window, vt, y0, x0, rows, cols, scroll, flags, NULL);
}

// Where the overlay has its cursor, or the program has.
static struct vt_pane_cursor place_cursor(const struct vt *vt, int y0, int x0, int rows, int cols, int scroll,
                                          const struct vt_pane_overlay *overlay)
{
    struct vt_cursor cursor = vt_cursor(vt);
    int y = cursor.y + scroll, x = cursor.x, shape = cursor.shape;
    bool visible = cursor.visible;
    if (overlay != NULL && overlay->cursor) {
        y = overlay->cursor_y;
        x = overlay->cursor_x;
        visible = true;
        shape = OVERLAY_SHAPE;
    }
    struct vt_pane_cursor result = {visible && y >= 0 && y < rows && x >= 0 && x < cols, y0 + y, x0 + x,
                                    shape, cursor.color};
    return result;
}

struct vt_pane_cursor vt_pane_draw_over(WINDOW *window, struct vt *vt, int y0, int x0, int rows, int cols,
                                        int scroll, unsigned flags, const struct vt_pane_overlay *overlay)
{
    struct vt_pane_cursor result = {false, y0, x0, 0, CELL_COLOR_DEFAULT};
    clip(window, y0, x0, &rows, &cols);
    if (rows <= 0 || cols <= 0)
        return result;
    paint_make_room(rows * cols);
    bool all = (flags & VT_PANE_ALL) != 0 || scroll > 0 || overlay != NULL;
    for (int y = 0; y < rows; y++) {
        if (!all && y < vt_rows(vt) && !vt_damage_row(vt, y))
            continue;
        const unsigned char *marks = marks_of(overlay, y, cols < vt_cols(vt) ? cols : vt_cols(vt));
        draw_row(window, vt, y - scroll, y0 + y, x0, cols, flags, marks);
    }
    vt_damage_clear(vt);
    return place_cursor(vt, y0, x0, rows, cols, scroll, overlay);
}
