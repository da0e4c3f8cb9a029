// SPDX-License-Identifier: Apache-2.0
//
// gauge: draw a bar, in half columns where the locale has the glyphs: a heavy line over a light one, low, so
// that the bars of a table's rows stay apart. Each stage has its own glyphs whatever the colours are: not
// everybody tells red from green, and some terminals have neither.

#include "tui/widget/gauge.h"

#include "tui/base/text.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static const struct {
    enum theme_role role;
    enum glyph piece, half, rest; // half NONE: whole columns only
} stages[GAUGE_STAGE_COUNT] = {
    [GAUGE_OK] = {ROLE_BAR_OK, GLYPH_BAR_FULL, GLYPH_BAR_HALF, GLYPH_BAR_EMPTY},
    [GAUGE_WARN] = {ROLE_BAR_WARN, GLYPH_BAR_WARN, GLYPH_NONE, GLYPH_BAR_EMPTY},
    [GAUGE_BAD] = {ROLE_BAR_BAD, GLYPH_BAR_BAD, GLYPH_NONE, GLYPH_BAR_EMPTY},
    [GAUGE_OVER] = {ROLE_BAR_EMPTY, GLYPH_NONE, GLYPH_NONE, GLYPH_BAR_OVER},
};

int gauge_fill(int columns, double fraction, enum gauge_stage stage, char *out, size_t cap)
{
    if (cap == 0)
        return 0;
    out[0] = '\0';
    if (columns <= 0 || stage == GAUGE_OVER || !(fraction > 0)) // not a number too
        return 0;
    const char *piece = glyph(stages[stage].piece), *half = glyph(stages[stage].half);
    int steps = half[0] != '\0' ? 2 : 1;
    int whole = columns * steps;
    int filled = fraction >= 1 ? whole : (int)floor(fraction * whole);
    if (fraction < 1 && filled >= whole)
        filled = whole - 1;
    if (filled == 0)
        filled = 1;
    size_t size = 0;
    int used = 0;
    for (; used < filled / steps; used++) {
        if (size + strlen(piece) >= cap)
            return used;
        memcpy(out + size, piece, strlen(piece) + 1);
        size += strlen(piece);
    }
    if (filled % steps > 0 && size + strlen(half) < cap) {
        memcpy(out + size, half, strlen(half) + 1);
        used++;
    }
    return used;
}

void gauge_draw(WINDOW *window, int y, int x, int columns, double fraction, enum gauge_stage stage,
                bool on_selected)
{
    char pieces[1024];
    int width = getmaxx(window) - x;
    if (columns > width)
        columns = width;
    if (columns > (int)sizeof pieces / 4)
        columns = (int)sizeof pieces / 4;
    if (columns <= 0 || x < 0 || y < 0 || y >= getmaxy(window))
        return;
    struct theme_style full =
        on_selected ? theme_on_selected(stages[stage].role) : theme_style(stages[stage].role);
    struct theme_style empty = on_selected ? theme_on_selected(ROLE_BAR_EMPTY) : theme_style(ROLE_BAR_EMPTY);
    int used = gauge_fill(columns, fraction, stage, pieces, sizeof pieces);
    text_put_style(window, y, x, used, full, pieces);
    for (int i = used; i < columns; i++)
        text_put_style(window, y, x + i, 1, empty, glyph(stages[stage].rest));
}
