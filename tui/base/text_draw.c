// SPDX-License-Identifier: Apache-2.0
//
// text_draw: the drawing half of text.h. Nothing is written outside the columns given: what sticks out of
// the window is cut here, since curses would wrap it onto the next line.

#include "tui/base/text.h"

#include <stdio.h>
#include <string.h>
#include <wchar.h>

enum { LINE_BYTES = 4096 }; // of one drawn line; enough for 300 columns with all marks, 1000 without

// The part of [x, x + columns) that is inside the window on line y; 0: none.
static int inside(WINDOW *window, int y, int x, int columns)
{
    int rows = getmaxy(window), width = getmaxx(window);
    if (y < 0 || y >= rows || x < 0 || x >= width || columns <= 0)
        return 0;
    return columns < width - x ? columns : width - x;
}

// Attributes of the window are put back by whoever changes them.
struct kept {
    attr_t attributes;
    short pair;
};

static struct kept begin(WINDOW *window, struct theme_style style)
{
    struct kept kept = {0, 0};
    wattr_get(window, &kept.attributes, &kept.pair, NULL);
    wattr_set(window, style.attributes, style.pair, NULL);
    return kept;
}

static void end(WINDOW *window, struct kept kept)
{
    wattr_set(window, kept.attributes, kept.pair, NULL);
}

// curses leaves the left half of a wide character where text is put over its right half, and believes that
// the terminal does so too. Which half a cell is it says where narrow text has its byte.
static void cut_wide(WINDOW *window, int y, int x)
{
    enum { LEFT_HALF = 1 };
    cchar_t cell[2] = {0};
    if (x <= 0 || mvwin_wchnstr(window, y, x - 1, cell, 1) == ERR || wcwidth(cell[0].chars[0]) != 2 ||
        (cell[0].attr & A_CHARTEXT) != LEFT_HALF)
        return;
    cell[0].attr &= ~(attr_t)A_CHARTEXT;
    cell[0].chars[0] = L' ';
    memset(cell[0].chars + 1, 0, sizeof cell[0].chars - sizeof cell[0].chars[0]);
    mvwadd_wchnstr(window, y, x - 1, cell, 1);
}

int text_put_style(WINDOW *window, int y, int x, int columns, struct theme_style style, const char *text)
{
    char line[LINE_BYTES];
    columns = inside(window, y, x, columns);
    if (columns == 0)
        return 0;
    int used = text_fit(text, columns, false, line, sizeof line);
    struct kept kept = begin(window, style);
    cut_wide(window, y, x);
    mvwaddstr(window, y, x, line);
    end(window, kept);
    return used;
}

int text_put(WINDOW *window, int y, int x, int columns, enum theme_role role, const char *text)
{
    return text_put_style(window, y, x, columns, theme_style(role), text);
}

int text_putf(WINDOW *window, int y, int x, int columns, enum theme_role role, const char *format, ...)
{
    char text[TEXT_FORMAT_MAX];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    return text_put(window, y, x, columns, role, text);
}

int text_put_right(WINDOW *window, int y, int x, int columns, enum theme_role role, const char *text)
{
    int width = text_width(text);
    int shift = width < columns ? columns - width : 0;
    return text_put(window, y, x + shift, columns - shift, role, text);
}

int text_put_center(WINDOW *window, int y, int x, int columns, enum theme_role role, const char *text)
{
    int width = text_width(text);
    int shift = width < columns ? (columns - width) / 2 : 0;
    return text_put(window, y, x + shift, columns - shift, role, text);
}

void text_fill(WINDOW *window, int y, int x, int rows, int columns, enum theme_role role)
{
    struct kept kept = begin(window, theme_style(role));
    for (int line = y; line < y + rows; line++) {
        int width = inside(window, line, x, columns);
        if (width > 0)
            cut_wide(window, line, x);
        if (width > 0 && wmove(window, line, x) == OK)
            for (int i = 0; i < width; i++)
                waddch(window, ' ');
    }
    end(window, kept);
}

void text_hline(WINDOW *window, int y, int x, int columns, enum theme_role role)
{
    columns = inside(window, y, x, columns);
    if (columns == 0)
        return;
    struct kept kept = begin(window, theme_style(role));
    cut_wide(window, y, x);
    wmove(window, y, x);
    for (int i = 0; i < columns; i++)
        waddstr(window, glyph(GLYPH_LINE_H));
    end(window, kept);
}

// A line of a box, never underlined: that would be two lines. The title keeps the underline.
static void put_line(WINDOW *window, int y, int x, int columns, enum theme_role role, enum glyph what)
{
    struct theme_style style = theme_style(role);
    style.attributes &= ~(attr_t)A_UNDERLINE;
    for (int i = 0; i < columns; i++)
        text_put_style(window, y, x + i, 1, style, glyph(what));
}

void text_box(WINDOW *window, int y, int x, int rows, int columns, enum theme_role border,
              enum theme_role within, const char *title)
{
    if (rows < 2 || columns < 2)
        return;
    text_fill(window, y, x, rows, columns, within);
    put_line(window, y, x + 1, columns - 2, border, GLYPH_LINE_H);
    put_line(window, y + rows - 1, x + 1, columns - 2, border, GLYPH_LINE_H);
    put_line(window, y, x, 1, border, GLYPH_CORNER_TL);
    put_line(window, y, x + columns - 1, 1, border, GLYPH_CORNER_TR);
    put_line(window, y + rows - 1, x, 1, border, GLYPH_CORNER_BL);
    put_line(window, y + rows - 1, x + columns - 1, 1, border, GLYPH_CORNER_BR);
    for (int line = y + 1; line < y + rows - 1; line++) {
        put_line(window, line, x, 1, border, GLYPH_LINE_V);
        put_line(window, line, x + columns - 1, 1, border, GLYPH_LINE_V);
    }
    if (title == NULL || title[0] == '\0' || columns < 8)
        return;
    int used = text_putf(window, y, x + 2, columns - 4, border == ROLE_DANGER ? ROLE_DANGER : ROLE_TITLE,
                         " %s", title);
    if (used < columns - 4)
        text_put(window, y, x + 2 + used, 1, within, " ");
}
