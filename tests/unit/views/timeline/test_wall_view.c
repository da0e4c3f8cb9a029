// SPDX-License-Identifier: Apache-2.0
//
// wall_view: the places of its parts at any size, and its large figures.

#include "views/timeline/wall_view.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

Test(wall_view, everything_has_its_place_at_every_size)
{
    struct wall_places at;
    for (int high = 2; high <= 100; high++) {
        for (int wide = 20; wide <= 300; wide += 7) {
            for (int alerts = 0; alerts <= 3; alerts++) {
                wall_place(high, wide, alerts, &at);
                cr_assert_geq(at.timeline_rows, 0);
                cr_assert_leq(at.counts + at.count_rows, at.timeline);
                cr_assert_leq(at.timeline + at.timeline_rows + at.alert_rows, high);
                cr_assert(at.alert_rows == 0 || at.alerts >= at.timeline + at.timeline_rows);
                cr_assert(high < 20 || wide < 64 || at.count_rows > WALL_FIGURE_ROWS);
            }
        }
    }
}

Test(wall_view, figures_are_of_one_width_and_all_different)
{
    char all[10][WALL_FIGURE_ROWS * 8], line[64];
    for (size_t i = 0; i < 10; i++) {
        all[i][0] = '\0';
        for (int k = 0; k < WALL_FIGURE_ROWS; k++) {
            cr_expect_eq(strlen(wall_figures(i, k, 1, line, sizeof line)), 3);
            size_t used = strlen(all[i]);
            (void)snprintf(all[i] + used, sizeof all[i] - used, "%s", line);
        }
        for (size_t k = 0; k < i; k++)
            cr_expect_str_neq(all[i], all[k]);
    }
    cr_expect_str_eq(wall_figures(10, 0, 1, line, sizeof line), " #  ###");
    cr_expect_str_eq(wall_figures(7, 1, 2, line, sizeof line), "    ##");
    cr_expect_eq(strlen(wall_figures(123456, 0, 2, line, 8)), 7, "cut");
}
