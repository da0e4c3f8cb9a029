// SPDX-License-Identifier: Apache-2.0
//
// What is in front: the views that were opened over each other, and the two of a split, also when one of them
// goes away.

#include "views/app/app_private.h"
#include "views/app/split_view.h"

#include <criterion/criterion.h>
#include <string.h>

enum { VIEWS = 4 };

static int focused[VIEWS];

static void on_focused(struct view *view);

static const struct view_methods methods = {.name = "fake", .focused = on_focused, .terminal = true};
static struct view views[VIEWS];
static struct app_private own;
static struct app app;

static void on_focused(struct view *view)
{
    focused[view - views]++;
}

static void begin(void)
{
    memset(&own, 0, sizeof own);
    memset(focused, 0, sizeof focused);
    for (size_t i = 0; i < VIEWS; i++)
        views[i].methods = &methods;
    app = (struct app){.internals = &own, .deck = &views[0], .top = &views[0]};
}

TestSuite(split_view, .init = begin);

Test(split_view, the_way_back_leads_through_each_view_once)
{
    app_show_over(&app, &views[1]);
    app_show_over(&app, &views[2]);
    app_show_over(&app, &views[1]); // is gone back to: not opened a second time
    cr_expect_eq(app.top, &views[1]);
    app_show_below(&app);
    cr_expect_eq(app.top, &views[0]);
    app_show_below(&app);
    cr_expect_eq(app.top, &views[0], "the deck is below everything");
}

Test(split_view, one_that_went_away_is_not_gone_back_to)
{
    app_show(&app, &views[1]);
    app_show_over(&app, &views[2]);
    split_forget(&app, &views[1], &views[0]);
    cr_expect_eq(app.top, &views[2]);
    app_show_below(&app);
    cr_expect_eq(app.top, &views[0]);
}

Test(split_view, what_is_shown_in_a_split_takes_the_place_below_the_deck)
{
    split_open(&app, SPLIT_STACKED, &views[0], &views[1], &views[0]);
    cr_expect(split_is_in_front(&app));
    cr_expect_eq(app_focus(&app), &views[0]);
    split_show(&app, &views[1]); // the half that it is
    cr_expect_eq(app_focus(&app), &views[1]);
    cr_expect_eq(focused[1], 1);
    split_show(&app, &views[2]);
    cr_expect_eq(split_half(&app, 0), &views[0]);
    cr_expect_eq(split_half(&app, 1), &views[2]);
    cr_expect_eq(app_focus(&app), &views[2]);
    split_free(&app);
}

Test(split_view, beside_another_one_what_is_shown_is_shown_alone_and_the_split_stays)
{
    split_open(&app, SPLIT_BESIDE, &views[1], &views[2], &views[1]);
    split_show(&app, &views[3]);
    cr_expect_eq(app.top, &views[3]);
    cr_expect_not(app_shows(&app, &views[1]));
    split_show(&app, &views[2]);
    cr_expect(split_is_in_front(&app));
    cr_expect_eq(app_focus(&app), &views[2]);
    split_free(&app);
}

Test(split_view, when_a_half_goes_away_the_other_one_is_shown_alone)
{
    for (int gone = 0; gone < 2; gone++) {
        begin();
        split_open(&app, SPLIT_BESIDE, &views[1], &views[2], &views[1]);
        split_forget(&app, &views[1 + gone], &views[0]);
        cr_expect_null(app.split);
        cr_expect_eq(app.top, &views[2 - gone]);
    }
}

Test(split_view, a_split_that_lies_below_ends_too)
{
    split_open(&app, SPLIT_BESIDE, &views[1], &views[2], &views[1]);
    app_show_over(&app, &views[3]);
    split_forget(&app, &views[1], &views[0]);
    cr_expect_null(app.split);
    cr_expect_eq(app.top, &views[3]);
    app_show_below(&app);
    cr_expect_eq(app.top, &views[2]);
}
