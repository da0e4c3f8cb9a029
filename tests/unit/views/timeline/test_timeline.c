// SPDX-License-Identifier: Apache-2.0
//
// The timeline: its order, and what is drawn at sizes from 20x5 to 1000 columns.

#include "api/leap0/leap0.h"
#include "tests/unit/views/paper.h"
#include "tui/base/text.h"
#include "views/timeline/timeline_draw.h"
#include "views/timeline/timeline_scale.h"

#include <criterion/criterion.h>
#include <locale.h>
#include <stdio.h>
#include <string.h>

#define MINUTE (60 * PAPER_SECOND)

static struct fleet *fleet;
static struct timeline_rows rows;

// Two of one sandbox, one beyond an hour, one that outlives its sandbox, one of each end.
static void make(void)
{
    struct sandbox sandboxes[] = {
        paper_sandbox("sbx-alpha", SANDBOX_running), paper_sandbox("sbx-bravo", SANDBOX_running),
        paper_sandbox("sbx-charlie", SANDBOX_running), paper_sandbox("sbx-delta", SANDBOX_running),
        paper_sandbox("sbx-none", SANDBOX_running)};
    struct credential credentials[] = {
        paper_credential("sbx-alpha", "ssh-aaaaaaaa1111", 1, 50 * MINUTE),
        paper_credential("sbx-alpha", "ssh-aaaaaaaa2222", 2, 2 * MINUTE),
        paper_credential("sbx-bravo", "ssh-b", 3, 90 * MINUTE),
        paper_credential("sbx-charlie", "ssh-c", 4, 30 * MINUTE),
        paper_credential("sbx-delta", "ssh-d", 5, -3 * MINUTE),
        paper_credential("sbx-delta", "ssh-e", 6, 40 * MINUTE),
        paper_credential("sbx-delta", "ssh-f", 7, 0),
        paper_credential("sbx-delta", "ssh-g", 8, -1 * MINUTE),
    };
    sandboxes[2].timeout_at = PAPER_NOW + 15 * MINUTE;
    sandboxes[1].timeout_at = PAPER_NOW + 120 * MINUTE;
    credentials[5].verdict = VERDICT_REVOKED;
    credentials[6].expires_at = 0;
    fleet = fleet_new();
    cr_assert_not_null(fleet);
    cr_assert_eq(fleet_take_list(fleet, &(const struct leap0_page){.sandboxes = sandboxes, .count = 5}, 0),
                 STATUS_OK);
    cr_assert_eq(fleet_take_credentials(fleet, credentials, 8), STATUS_OK);
    memset(&rows, 0, sizeof rows);
    timeline_rows_build(&rows, fleet, "", PAPER_NOW);
}

static void drop(void)
{
    timeline_rows_free(&rows);
    fleet_free(fleet);
}

TestSuite(timeline, .init = make, .fini = drop);

static const char *order(void)
{
    static char text[128];
    text[0] = '\0';
    for (size_t i = 0; i < rows.count; i++) {
        size_t used = strlen(text);
        (void)snprintf(text + used, sizeof text - used, "%s%lld", i > 0 ? " " : "",
                       (long long)rows.entries[i].vault_row);
    }
    return text;
}

static void draw(int high, int wide, int64_t span, size_t top, size_t selected)
{
    const struct timeline_facts facts = {.rows = &rows,
                                         .fleet = fleet,
                                         .server_now_ms = PAPER_NOW,
                                         .span_ms = span,
                                         .top = top,
                                         .selected = selected};
    timeline_draw(stdscr, 0, 0, high, wide, &facts);
}

Test(timeline, the_soonest_end_comes_first_and_what_has_ended_last)
{
    cr_expect_str_eq(order(), "2 4 1 3 7 8 5 6");
    cr_expect_eq(rows.live, 4);
    cr_expect_eq(rows.total, 8);
    cr_expect_eq(rows.next_end, PAPER_NOW + 2 * MINUTE);
    cr_expect_eq(timeline_rows_find(&rows, 1), 2);
    cr_expect_eq(timeline_rows_find(&rows, 99), rows.count);
    timeline_rows_build(&rows, fleet, "charlie", PAPER_NOW);
    cr_expect_str_eq(order(), "4");
    cr_expect_eq(rows.total, 8, "shown or not");
}

Test(timeline, the_order_is_made_anew_only_when_it_may_differ)
{
    struct timeline_rows kept = {0};
    cr_expect(timeline_rows_sync(&kept, fleet, "", PAPER_NOW));
    cr_expect_not(timeline_rows_sync(&kept, fleet, "", PAPER_NOW + MINUTE));
    cr_expect(timeline_rows_sync(&kept, fleet, "", PAPER_NOW + 2 * MINUTE), "one has ended");
    cr_expect_eq(kept.live, 3);
    cr_expect(timeline_rows_sync(&kept, fleet, "sbx", PAPER_NOW + 2 * MINUTE), "another filter");
    cr_expect_not(timeline_rows_sync(&kept, fleet, "sbx", PAPER_NOW + 2 * MINUTE));
    cr_expect(timeline_rows_sync(&kept, fleet, "sbx", PAPER_NOW + 2 * MINUTE + 1000),
              "it may be for a state");
    struct credential another = paper_credential("sbx-none", "ssh-h", 9, 5 * MINUTE);
    cr_assert_eq(fleet_take_credential(fleet, &another), STATUS_OK);
    cr_expect(timeline_rows_sync(&kept, fleet, "sbx", PAPER_NOW + 2 * MINUTE + 1000), "another fleet");
    cr_expect_eq(kept.live, 4);
    timeline_rows_free(&kept);
}

Test(timeline, names_tell_several_of_a_sandbox_apart)
{
    char name[TIMELINE_NAME_CAP];
    const struct fleet_row *alpha = fleet_find(fleet, "sbx-alpha"), *bravo = fleet_find(fleet, "sbx-bravo");
    paper_begin(5, 80);
    for (size_t i = 0; i < alpha->credential_count; i++) {
        char expected[64];
        (void)snprintf(expected, sizeof expected, "sbx-alpha …%s",
                       alpha->credentials[i].id + strlen(alpha->credentials[i].id) - 6);
        cr_expect_str_eq(timeline_rows_name(alpha, &alpha->credentials[i], name), expected);
    }
    cr_expect_str_eq(timeline_rows_name(bravo, &bravo->credentials[0], name), "sbx-bravo");
    paper_end();
}

Test(timeline, states_differ_by_their_bars_and_the_first_clock_is_named)
{
    paper_begin(14, 120);
    draw(14, 120, 60 * MINUTE, 0, 0);
    cr_expect_not_null(strstr(stdscr_line(0), "Timeline 1h"), "%s", stdscr_line(0));
    cr_expect_not_null(strstr(stdscr_line(0), "3 of 8 end within it"), "%s", stdscr_line(0));
    cr_expect_not_null(strstr(stdscr_line(2), "now"), "%s", stdscr_line(2));
    cr_expect_not_null(strstr(stdscr_line(2), "│10m"), "%s", stdscr_line(2));
    cr_expect_not_null(strstr(stdscr_line(3), "critical"), "%s", stdscr_line(3));
    cr_expect_not_null(strstr(stdscr_line(3), "2m00s !!!"), "%s", stdscr_line(3));
    // The sandbox ends in the middle of the bar: thin behind the mark, and said in a word.
    cr_expect_not_null(strstr(stdscr_line(4), "━┆┄"), "%s", stdscr_line(4));
    cr_expect_not_null(strstr(stdscr_line(4), "┆15m00s first"), "%s", stdscr_line(4));
    cr_expect_not_null(strstr(stdscr_line(4), "valid      ┆15m00s ━"), "%s", stdscr_line(4));
    cr_expect_not_null(strstr(stdscr_line(6), "1h30m"), "%s", stdscr_line(6));
    cr_expect_not_null(strstr(stdscr_line(6), "━→"), "%s", stdscr_line(6));
    cr_expect_null(strstr(stdscr_line(6), "first"), "%s", stdscr_line(6));
    cr_expect_not_null(strstr(stdscr_line(7), "its expiry is not known"), "%s", stdscr_line(7));
    cr_expect_not_null(strstr(stdscr_line(8), "expired 1m ago"), "%s", stdscr_line(8));
    cr_expect_not_null(strstr(stdscr_line(9), "expired 3m ago"), "%s", stdscr_line(9));
    cr_expect_not_null(strstr(stdscr_line(10), "revoked"), "%s", stdscr_line(10));
    paper_end();
}

Test(timeline, without_utf8_it_says_the_same)
{
    paper_begin(14, 120);
    (void)setlocale(LC_ALL, "C");
    draw(14, 120, 60 * MINUTE, 0, TIMELINE_NONE);
    for (int y = 0; y < 14; y++)
        for (const char *at = stdscr_line(y); *at != '\0'; at++)
            cr_assert((unsigned char)*at < 0x80, "%s", stdscr_line(y));
    cr_expect_not_null(strstr(stdscr_line(3), "2m00s !!!"), "%s", stdscr_line(3));
    cr_expect_not_null(strstr(stdscr_line(4), "|15m00s first"), "%s", stdscr_line(4));
    cr_expect_not_null(strstr(stdscr_line(6), "#>"), "%s", stdscr_line(6));
    (void)setlocale(LC_ALL, "C.UTF-8");
    paper_end();
}

Test(timeline, the_count_of_a_column_stands_above_the_ends_of_its_bars)
{
    struct timeline_places at;
    paper_begin(14, 120);
    (void)setlocale(LC_ALL, "C"); // a byte a column
    draw(14, 120, 60 * MINUTE, 0, TIMELINE_NONE);
    timeline_place(14, 120, rows.longest, &at);
    for (size_t i = 0; i < 3; i++) {
        int column = at.plot_x + timeline_column(rows.entries[i].ends_at - PAPER_NOW, 60 * MINUTE, at.plot);
        cr_expect_eq(stdscr_line(at.density)[column], '1', "%s", stdscr_line(at.density));
        cr_expect_neq(stdscr_line(at.body + (int)i)[column], ' ');
        char behind = stdscr_line(at.body + (int)i)[column + 1]; // a line is without the blanks at its end
        if (rows.entries[i].clock == DEADLINE_SANDBOX) // what the credential still had is drawn thin
            cr_expect_eq(behind, '.', "%s", stdscr_line(at.body + (int)i));
        else
            cr_expect(behind == ' ' || behind == '\0', "%s", stdscr_line(at.body + (int)i));
    }
    (void)setlocale(LC_ALL, "C.UTF-8");
    paper_end();
}

Test(timeline, every_size_is_filled_and_not_overrun)
{
    static const int64_t spans[] = {5, 60, 480};
    for (int high = 1; high <= 60; high += high < 8 ? 1 : 13) {
        for (int wide = 20; wide <= 1000; wide += wide < 140 ? 1 : 215) {
            struct timeline_places at;
            timeline_place(high, wide, rows.longest, &at);
            cr_assert_geq(at.body_rows, high >= 3 ? 1 : 0);
            cr_assert_leq(at.body + at.body_rows, high);
            cr_assert_gt(at.plot, 0, "%d columns", wide);
            cr_assert_leq(at.plot_x + at.plot, wide);
            cr_assert_leq(at.clock_x + at.clock, wide);
            cr_assert_leq(at.name_x + at.name, at.left_x);
            cr_assert_leq(at.left_x + at.left, at.plot_x);
        }
    }
    for (int wide = 20; wide <= 440; wide += 60) {
        paper_begin(5, wide);
        for (size_t i = 0; i < 3; i++)
            draw(4, wide, spans[i] * MINUTE, 0, 1);
        cr_expect_str_eq(stdscr_line(4), "", "the line below is not ours");
        cr_expect_not_null(strstr(stdscr_line(1), "2m00s"), "%s", stdscr_line(1));
        paper_end();
    }
}

Test(timeline, only_the_rows_in_sight_are_drawn_and_the_cursor_is_among_them)
{
    cr_expect_eq(timeline_scroll(0, 0, 100, 10), 0);
    cr_expect_eq(timeline_scroll(0, 10, 100, 10), 1);
    cr_expect_eq(timeline_scroll(50, 10, 100, 10), 10);
    cr_expect_eq(timeline_scroll(99, 99, 100, 10), 90);
    cr_expect_eq(timeline_scroll(50, TIMELINE_NONE, 20, 10), 10);
    cr_expect_eq(timeline_scroll(7, 0, 0, 10), 0);
    paper_begin(5, 100);
    draw(5, 100, 60 * MINUTE, 3, 3);
    cr_expect_eq(stdscr_find("sbx-alpha"), -1);
    cr_expect_eq(stdscr_find("sbx-bravo"), 2);
    paper_end();
}

Test(timeline, what_ends_soonest_in_sight_is_what_is_waited_for)
{
    struct timeline_facts facts = {
        .rows = &rows, .fleet = fleet, .server_now_ms = PAPER_NOW, .span_ms = 60 * MINUTE};
    cr_expect_eq(timeline_soonest(&facts, 4), PAPER_NOW + 2 * MINUTE);
    facts.top = 1;
    cr_expect_eq(timeline_soonest(&facts, 4), PAPER_NOW + 15 * MINUTE, "the sandbox's own clock");
    facts.top = 4;
    cr_expect_eq(timeline_soonest(&facts, 4), 0);
}

Test(timeline, many_in_a_column_are_heights_with_their_scale)
{
    for (int64_t i = 0; i < 40; i++) {
        char id[32];
        (void)snprintf(id, sizeof id, "ssh-many-%lld", (long long)i);
        struct credential one = paper_credential("sbx-none", id, 100 + i, (i < 30 ? 20 : 45) * MINUTE);
        cr_assert_eq(fleet_take_credential(fleet, &one), STATUS_OK);
    }
    timeline_rows_build(&rows, fleet, "", PAPER_NOW);
    paper_begin(14, 120);
    draw(14, 120, 60 * MINUTE, 0, 0);
    cr_expect_not_null(strstr(stdscr_line(1), "at most 30"), "%s", stdscr_line(1));
    cr_expect_not_null(strstr(stdscr_line(1), "█"), "%s", stdscr_line(1));
    cr_expect_not_null(strstr(stdscr_line(1), "▂"), "%s", stdscr_line(1));
    paper_end();
}
