// SPDX-License-Identifier: Apache-2.0
//
// timeline_scale: The arithmetic of the plot. A column is a part of the span; what ends in it stands in it,
// bar and density alike, so that the last piece of a bar is below its count.

#include "views/timeline/timeline_scale.h"

#define MINUTE_MS INT64_C(60000)

enum { SHARE = 5, LEVELS = 8, LABEL_GAP = 3, HOUR_ZOOM = 4 };

static const int zooms[TIMELINE_ZOOMS] = {5, 10, 15, 30, 60, 120, 240, 480}; // minutes

int64_t timeline_zoom_ms(int index)
{
    if (index < 0)
        index = 0;
    return zooms[index < TIMELINE_ZOOMS ? index : TIMELINE_ZOOMS - 1] * MINUTE_MS;
}

int timeline_zoom_for(const int64_t *lefts, size_t count)
{
    if (count == 0)
        return HOUR_ZOOM;
    size_t wanted = (count * (SHARE - 1) + SHARE - 1) / SHARE;
    for (int i = 0; i < TIMELINE_ZOOMS; i++)
        if (lefts[wanted - 1] < timeline_zoom_ms(i))
            return i;
    return TIMELINE_ZOOMS - 1;
}

int timeline_column(int64_t left_ms, int64_t span_ms, int columns)
{
    if (left_ms < 0)
        return -1;
    if (left_ms >= span_ms)
        return columns;
    return (int)(left_ms * columns / span_ms);
}

int64_t timeline_tick_ms(int64_t span_ms, int columns, int label_width)
{
    static const int steps[] = {1, 2, 5, 10, 15, 30, 60, 120, 240, 480};
    enum { STEPS = sizeof steps / sizeof *steps };
    for (size_t i = 0; i < STEPS; i++) {
        int64_t step = steps[i] * MINUTE_MS;
        if (step * columns / span_ms >= label_width + LABEL_GAP)
            return step;
    }
    return steps[STEPS - 1] * MINUTE_MS;
}

int timeline_level(unsigned count, unsigned most)
{
    if (count == 0 || most == 0)
        return 0;
    if (count >= most)
        return LEVELS;
    uint64_t level = (uint64_t)count * LEVELS / most;
    return level < 1 ? 1 : (int)level;
}
