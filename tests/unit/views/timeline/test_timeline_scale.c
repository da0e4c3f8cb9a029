// SPDX-License-Identifier: Apache-2.0
//
// From time to columns and back: steps, edges, ticks and heights.

#include "views/timeline/timeline_scale.h"

#include <criterion/criterion.h>
#include <string.h>

#define MINUTE INT64_C(60000)

Test(timeline_scale, zoom_goes_from_five_minutes_to_eight_hours)
{
    cr_expect_eq(timeline_zoom_ms(0), 5 * MINUTE);
    cr_expect_eq(timeline_zoom_ms(-3), 5 * MINUTE);
    cr_expect_eq(timeline_zoom_ms(TIMELINE_ZOOMS - 1), 480 * MINUTE);
    cr_expect_eq(timeline_zoom_ms(99), 480 * MINUTE);
    for (int i = 1; i < TIMELINE_ZOOMS; i++)
        cr_expect_gt(timeline_zoom_ms(i), timeline_zoom_ms(i - 1));
}

Test(timeline_scale, the_first_zoom_shows_most_of_the_ends)
{
    const int64_t near[] = {MINUTE, 2 * MINUTE, 3 * MINUTE, 4 * MINUTE, 400 * MINUTE};
    const int64_t far[] = {MINUTE, 9 * MINUTE, 29 * MINUTE, 119 * MINUTE};
    const int64_t beyond[] = {900 * MINUTE};
    cr_expect_eq(timeline_zoom_ms(timeline_zoom_for(near, 5)), 5 * MINUTE);
    cr_expect_eq(timeline_zoom_ms(timeline_zoom_for(far, 4)), 120 * MINUTE);
    cr_expect_eq(timeline_zoom_ms(timeline_zoom_for(beyond, 1)), 480 * MINUTE);
    cr_expect_eq(timeline_zoom_ms(timeline_zoom_for(NULL, 0)), 60 * MINUTE);
}

Test(timeline_scale, every_instant_of_the_span_has_a_column_and_no_other_has)
{
    for (int columns = 1; columns <= TIMELINE_COLUMNS_MAX; columns += 37) {
        for (int zoom = 0; zoom < TIMELINE_ZOOMS; zoom++) {
            int64_t span = timeline_zoom_ms(zoom);
            int last = 0;
            cr_expect_eq(timeline_column(-1, span, columns), -1);
            cr_expect_eq(timeline_column(0, span, columns), 0);
            cr_expect_eq(timeline_column(span - 1, span, columns), columns - 1);
            cr_expect_eq(timeline_column(span, span, columns), columns);
            for (int64_t at = 0; at < span; at += span / 97) {
                int column = timeline_column(at, span, columns);
                cr_assert(column >= last && column < columns);
                last = column;
            }
        }
    }
}

Test(timeline_scale, labels_stay_apart)
{
    for (int columns = 12; columns <= TIMELINE_COLUMNS_MAX; columns++) {
        for (int zoom = 0; zoom < TIMELINE_ZOOMS; zoom++) {
            int64_t span = timeline_zoom_ms(zoom), tick = timeline_tick_ms(span, columns, 7);
            cr_assert_gt(tick, 0);
            cr_expect(tick * columns / span >= 10 || tick == 480 * MINUTE, "%d columns, zoom %d", columns,
                      zoom);
        }
    }
    cr_expect_eq(timeline_tick_ms(60 * MINUTE, 100, 7), 10 * MINUTE);
    cr_expect_eq(timeline_tick_ms(5 * MINUTE, 100, 7), MINUTE);
}

Test(timeline_scale, no_count_but_none_is_invisible)
{
    cr_expect_eq(timeline_level(0, 100), 0);
    cr_expect_eq(timeline_level(1, 10000), 1);
    cr_expect_eq(timeline_level(10000, 10000), 8);
    cr_expect_eq(timeline_level(50, 100), 4);
    cr_expect_eq(timeline_level(5, 0), 0);
}
