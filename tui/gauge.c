// SPDX-License-Identifier: Apache-2.0
//
// gauge: owns the pieces of a bar: a heavy line over a light one, in half columns, where the locale has them.
// It is low, so that the bars of a table's rows stay apart. Without colours a stage that is not fine has
// pieces of its own.

#include "tui/gauge.h"

#include "tui/text.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static const enum theme_role stage_roles[GAUGE_STAGE_COUNT] = {ROLE_BAR_OK, ROLE_BAR_WARN, ROLE_BAR_BAD};
static const char stage_ascii[GAUGE_STAGE_COUNT] = {'#', '=', '!'};

int gauge_fill(int columns, double fraction, enum gauge_stage stage, char *out, size_t cap)
{
    if (cap == 0)
        return 0;
    out[0] = '\0';
    if (columns <= 0 || !(fraction > 0)) // not a number too
        return 0;
    bool fine = text_is_utf8() && (stage == GAUGE_OK || theme_current() != THEME_MONO);
    int steps = fine ? 2 : 1;
    int whole = columns * steps;
    int filled = fraction >= 1 ? whole : (int)floor(fraction * whole);
    if (fraction < 1 && filled >= whole)
        filled = whole - 1;
    if (filled == 0)
        filled = 1;
    size_t size = 0;
    int used = 0;
    for (; used < filled / steps; used++) {
        char ascii[2] = {stage_ascii[stage], '\0'};
        const char *piece = fine ? glyph(GLYPH_BAR_FULL) : ascii;
        if (size + strlen(piece) >= cap)
            return used;
        memcpy(out + size, piece, strlen(piece) + 1);
        size += strlen(piece);
    }
    const char *rest = glyph(filled % steps > 0 ? GLYPH_BAR_HALF : GLYPH_NONE);
    if (rest[0] != '\0' && size + strlen(rest) < cap) {
        memcpy(out + size, rest, strlen(rest) + 1);
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
        on_selected ? theme_on_selected(stage_roles[stage]) : theme_style(stage_roles[stage]);
    struct theme_style empty = on_selected ? theme_on_selected(ROLE_BAR_EMPTY) : theme_style(ROLE_BAR_EMPTY);
    int used = gauge_fill(columns, fraction, stage, pieces, sizeof pieces);
    text_put_style(window, y, x, used, full, pieces);
    for (int i = used; i < columns; i++)
        text_put_style(window, y, x + i, 1, empty, glyph(GLYPH_BAR_EMPTY));
}
