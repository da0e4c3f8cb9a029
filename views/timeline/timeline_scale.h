// SPDX-License-Identifier: Apache-2.0
//
// timeline_scale: From time to columns: the zoom steps, where an instant stands, the axis' ticks, the height
// of the density. Pure.

#ifndef SBXDECK_VIEWS_TIMELINE_TIMELINE_SCALE_H
#define SBXDECK_VIEWS_TIMELINE_TIMELINE_SCALE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { TIMELINE_COLUMNS_MAX = 1024, TIMELINE_ZOOMS = 8 };

struct timeline_zoom {
    int index;    // of the spans
    bool by_hand; // the operator chose it
};

// The spans that a plot can show, in ms: 5 min to 8 h. index is clamped.
int64_t timeline_zoom_ms(int index);
// The narrowest zoom in which four fifths of the ends (ms from now, ascending) lie; the widest when none
// does, an hour without any.
int timeline_zoom_for(const int64_t *lefts, size_t count);

// The column in which an instant left_ms from now stands on a plot of that many columns: each column is a
// part of the span, now the left edge of the first. columns: it is beyond the right edge; -1: before now.
int timeline_column(int64_t left_ms, int64_t span_ms, int columns);

// Between two ticks of the axis, ms: the closest round step whose labels stay apart.
int64_t timeline_tick_ms(int64_t span_ms, int columns, int label_width);

// What stands for a count where `most` is the highest of the line: levels 1..8 of the highest, 0 for none. A
// count that is not 0 is never level 0.
int timeline_level(unsigned count, unsigned most);

#endif
