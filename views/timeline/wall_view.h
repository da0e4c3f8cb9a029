// SPDX-License-Identifier: Apache-2.0
//
// wall_view: The console for a big screen: large counts, the soonest ends over time, the alerts. Read-only:
// no key changes anything, and nothing is auto-renewed.

#ifndef SBXDECK_VIEWS_TIMELINE_WALL_VIEW_H
#define SBXDECK_VIEWS_TIMELINE_WALL_VIEW_H

#include <stdbool.h>
#include <stddef.h>

struct app;
struct view;

struct view *wall_view_new(struct app *app); // of the app
struct timeline_zoom *wall_view_zoom(struct view *wall);

enum { WALL_FIGURE_ROWS = 5 };

// Where everything stands on a screen of that size, lines from its top; rows 0: not shown. Pure.
struct wall_places {
    int counts, count_rows; // 1 line, or figures with their words below
    int wide;               // columns of one piece of a figure, 1 or 2
    int alerts, alert_rows;
    int timeline, timeline_rows;
};
void wall_place(int rows, int cols, int alert_rows, struct wall_places *out);

// One line of a number in figures of 3x5 pieces, '#' and ' ', each piece wide columns, a blank between
// figures; cut at cap. Returns out.
char *wall_figures(size_t number, int line, int wide, char *out, size_t cap);

#endif
