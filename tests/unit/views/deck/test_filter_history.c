// SPDX-License-Identifier: Apache-2.0
//
// filter_history: filters called back, the last one first.

#include "views/deck/filter_history.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

static struct filter_history history;

Test(filter_history, goes_back_and_returns_to_what_was_typed)
{
    cr_expect_null(filter_history_step(&history, 1, "x"));
    filter_history_add(&history, "a");
    filter_history_add(&history, "b");
    filter_history_add(&history, "a"); // is the last now
    filter_history_add(&history, "  ");
    cr_assert_eq(history.count, 2);
    cr_expect_null(filter_history_step(&history, -1, "x"));
    cr_expect_str_eq(filter_history_step(&history, 1, "x"), "a");
    cr_expect(filter_history_is_in(&history));
    cr_expect_str_eq(filter_history_step(&history, 1, "a"), "b");
    cr_expect_null(filter_history_step(&history, 1, "b"));
    cr_expect_str_eq(filter_history_step(&history, -1, "b"), "a");
    cr_expect_str_eq(filter_history_step(&history, -1, "a"), "x");
    cr_expect_not(filter_history_is_in(&history));
    (void)filter_history_step(&history, 1, "y");
    filter_history_leave(&history);
    cr_expect_str_eq(filter_history_step(&history, 1, "z"), "a");
}

Test(filter_history, keeps_the_last_ones)
{
    char text[FILTER_HISTORY_TEXT + 8];
    for (int i = 0; i < FILTER_HISTORY_MAX + 5; i++) {
        (void)snprintf(text, sizeof text, "%d", i);
        filter_history_add(&history, text);
    }
    cr_expect_eq(history.count, FILTER_HISTORY_MAX);
    cr_expect_str_eq(history.texts[0], "5");
    memset(text, 'x', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    filter_history_add(&history, text);
    cr_expect_str_eq(history.texts[FILTER_HISTORY_MAX - 1], "36");
}
