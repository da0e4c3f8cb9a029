// SPDX-License-Identifier: Apache-2.0
//
// timeline_draw: The timeline on the screen: a density line, an axis, a row a credential, for the view and
// for the wall. Only the rows in sight are drawn.

#ifndef SBXDECK_VIEWS_TIMELINE_TIMELINE_DRAW_H
#define SBXDECK_VIEWS_TIMELINE_TIMELINE_DRAW_H

#include "views/timeline/timeline_rows.h"

#include <curses.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define TIMELINE_NONE SIZE_MAX

struct timeline_facts {
    const struct timeline_rows *rows;
    const struct fleet *fleet;
    int64_t server_now_ms;
    int64_t span_ms;
    size_t top;      // first row in sight
    size_t selected; // TIMELINE_NONE: no cursor
};

// Where everything stands on a width and height. Columns count from the left edge; 0 columns: not shown.
struct timeline_places {
    int title, density, axis; // lines from the upper edge, -1: not shown
    int body, body_rows;      // of the rows
    int margin;
    int name_x, name;   // the state's glyph stands before it
    int word_x, word;   // the state's word
    int left_x, left;   // the countdown
    int plot_x, plot;   // columns of time
    int clock_x, clock; // the sandbox's time-out
};
void timeline_place(int rows, int cols, int longest, struct timeline_places *out);

// The row that is to be the first in sight so that selected is, moved no more than needed.
size_t timeline_scroll(size_t top, size_t selected, size_t count, int body_rows);

void timeline_draw(WINDOW *window, int y, int x, int rows, int cols, const struct timeline_facts *facts);

// The server's now at which the soonest thing in sight ends; 0: nothing does.
int64_t timeline_soonest(const struct timeline_facts *facts, int body_rows);

#endif
