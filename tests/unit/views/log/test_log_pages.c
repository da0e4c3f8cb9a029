// SPDX-License-Identifier: Apache-2.0
//
// log_pages: the log is read page by page, each event stands there once, and the selected line stays where it
// is when others come above it.

#include "tests/support/support.h"
#include "tests/unit/views/app_fixture.h"
#include "views/log/log_view_private.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>

static struct log_view *view;
static int logged; // so far

static void log_more(int count)
{
    struct event *events = calloc((size_t)count, sizeof *events);
    cr_assert_not_null(events);
    for (int i = 0; i < count; i++) {
        events[i] = (struct event){.kind = EVENT_CREATED, .at = 1775044800000 + logged, .duration_ms = -1};
        (void)snprintf(events[i].sandbox_id, sizeof events[i].sandbox_id, "sbx-%d", logged);
        (void)snprintf(events[i].message, sizeof events[i].message, "%s",
                       logged % 3 == 0 ? "third" : "plain");
        logged++;
    }
    app_fixture_log(events, (size_t)count);
    free(events);
}

static void begin(void)
{
    app_fixture_begin();
    logged = 0;
    view = log_view_of(log_view_new(&app_fixture));
    view->anew = true;
}

static void end(void)
{
    view->view.methods->free(&view->view);
    app_fixture_end();
}

TestSuite(log_pages, .init = begin, .fini = end);

// The answer to what is being asked.
static void take_in(enum log_ask asked)
{
    int64_t deadline = support_now_ms() + SUPPORT_WAIT_MS;
    while (view->asking == asked) {
        (void)uv_run(app_fixture.loop, UV_RUN_ONCE);
        cr_assert_lt(support_now_ms(), deadline);
    }
}

// Asks for what is wanted and takes in the answers, until nothing is wanted.
static void ask(void)
{
    log_view_ask(view);
    while (view->asking != LOG_ASK_NONE)
        take_in(view->asking);
    cr_assert_eq(view->trouble.status, STATUS_OK, "%s", view->trouble.message);
}

static void ask_for(bool *wanted)
{
    *wanted = true;
    ask();
}

// Each event once, the newest first, without a gap.
static void expect_rows(size_t count)
{
    cr_assert_eq(view->count, count, "%zu", view->count);
    cr_expect_eq(view->table.rows, count);
    for (size_t i = 0; i < count; i++) {
        char id[ID_CAP];
        (void)snprintf(id, sizeof id, "sbx-%d", logged - 1 - (int)i);
        cr_assert_str_eq(log_view_event(view, i)->sandbox_id, id, "row %zu", i);
    }
}

Test(log_pages, one_page_after_the_other_to_the_oldest)
{
    log_more(2 * LOG_PAGE + 7);
    ask();
    expect_rows(LOG_PAGE);
    cr_expect(view->loaded && view->more);
    ask_for(&view->older_wanted);
    expect_rows(2 * LOG_PAGE);
    ask_for(&view->older_wanted);
    expect_rows(2 * LOG_PAGE + 7);
    cr_expect_not(view->more);
    ask_for(&view->older_wanted);
    expect_rows(2 * LOG_PAGE + 7);
}

Test(log_pages, an_empty_log_has_no_selected_event)
{
    ask();
    expect_rows(0);
    cr_expect(view->loaded && !view->more);
    cr_expect_null(log_view_selected(view));
}

Test(log_pages, to_the_end_reads_all_there_is)
{
    log_more(3 * LOG_PAGE);
    ask();
    view->to_end = true;
    ask_for(&view->older_wanted);
    expect_rows(3 * LOG_PAGE);
    cr_expect_eq(view->table.selected, 3 * LOG_PAGE - 1);
    cr_expect_not(view->to_end);
}

Test(log_pages, newer_ones_are_followed_on_the_first_line_and_push_down_any_other)
{
    log_more(20);
    ask();
    log_more(3);
    ask_for(&view->newer_wanted);
    expect_rows(23);
    cr_expect(view->table.selected == 0 && view->news == 0);
    view->table.selected = 5;
    view->table.top = 2;
    int64_t number = log_view_selected(view)->number;
    log_more(2);
    ask_for(&view->newer_wanted);
    expect_rows(25);
    cr_expect_eq(log_view_selected(view)->number, number);
    cr_expect(view->table.top == 4 && view->news == 2);
    // Who reads the details of the newest stays with it.
    view->table.selected = view->news = 0;
    view->details = true;
    number = log_view_selected(view)->number;
    log_more(1);
    ask_for(&view->newer_wanted);
    cr_expect(log_view_selected(view)->number == number && view->news == 1);
}

// There may be a gap between what is known and a whole page of newer ones: all of it is read anew.
Test(log_pages, a_page_of_newer_ones_leaves_no_gap)
{
    log_more(10);
    ask();
    log_more(LOG_PAGE - 1);
    ask_for(&view->newer_wanted);
    expect_rows(LOG_PAGE + 9);
    log_more(LOG_PAGE);
    ask_for(&view->newer_wanted);
    expect_rows(LOG_PAGE);
    cr_expect(view->more);
    view->table.selected = 3;
    log_more(2 * LOG_PAGE);
    ask_for(&view->newer_wanted);
    expect_rows(LOG_PAGE);
    cr_expect_eq(view->table.selected, 0, "the selected one is not in sight any more");
    ask_for(&view->older_wanted);
    expect_rows(2 * LOG_PAGE);
}

Test(log_pages, an_answer_of_the_filter_before_is_not_taken)
{
    log_more(3 * LOG_PAGE);
    ask();
    view->older_wanted = true;
    log_view_ask(view);
    cr_assert_eq(view->asking, LOG_ASK_OLDER);
    line_edit_set(&view->filter, "third");
    view->anew = true;
    take_in(LOG_ASK_OLDER);
    cr_expect_eq(view->count, LOG_PAGE, "the older page was taken");
    cr_assert_eq(view->asking, LOG_ASK_ALL_ANEW);
    ask();
    cr_assert_eq(view->count, LOG_PAGE);
    for (size_t i = 0; i < view->count; i++)
        cr_assert_str_eq(log_view_event(view, i)->message, "third", "row %zu", i);
    line_edit_set(&view->filter, "third sbx-1497");
    view->anew = true;
    ask();
    cr_assert_eq(view->count, 1);
    cr_expect_str_eq(log_view_event(view, 0)->sandbox_id, "sbx-1497");
    cr_expect_not(view->more);
}
