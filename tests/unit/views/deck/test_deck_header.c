// SPDX-License-Identifier: Apache-2.0
//
// The header: what it shows of the whole fleet, and what it leaves out first on a narrow screen.

#include "api/leap0/leap0.h"
#include "tests/unit/views/paper.h"
#include "views/deck/deck_header.h"

#include <criterion/criterion.h>
#include <locale.h>
#include <stdio.h>
#include <string.h>

static struct fleet *fleet;
static struct fleet_counts counts;
static struct service_health health;
static struct deck_header_facts facts;

static void begin(void)
{
    struct sandbox sandboxes[] = {paper_sandbox("sbx-1", SANDBOX_running),
                                  paper_sandbox("sbx-2", SANDBOX_running),
                                  paper_sandbox("sbx-3", SANDBOX_stopped)};
    struct credential credentials[] = {paper_credential("sbx-1", "ssh-1", 1, 3000 * PAPER_SECOND),
                                       paper_credential("sbx-2", "ssh-2", 2, 40 * PAPER_SECOND)};
    cr_assert(setlocale(LC_ALL, "C.UTF-8") != NULL);
    fleet = fleet_new();
    cr_assert_eq(fleet_take_list(fleet, &(const struct leap0_page){.sandboxes = sandboxes, .count = 3}, 0),
                 STATUS_OK);
    cr_assert_eq(fleet_take_credentials(fleet, credentials, 2), STATUS_OK);
    const struct fleet_row *row = NULL;
    fleet_count_all(fleet, PAPER_NOW, &counts);
    health = (struct service_health){.refreshed_at = 50000, .latency_ms = 34, .dialect = DIALECT_SANDBOX};
    facts = (struct deck_header_facts){.host = "api.leap0.dev",
                                       .counts = &counts,
                                       .health = &health,
                                       .soonest = deadline_soonest(fleet, PAPER_NOW, NULL, &row),
                                       .soonest_id = "sbx-2",
                                       .server_now_ms = PAPER_NOW,
                                       .monotonic_ms = 90000,
                                       .wall_ms = PAPER_NOW};
}

static void end(void)
{
    fleet_free(fleet);
}

TestSuite(deck_header, .init = begin, .fini = end);

static void draw(int columns)
{
    paper_begin(24, columns);
    deck_header_draw(stdscr, 0, 0, columns, &facts, 3);
}

Test(deck_header, tells_the_fleet_at_a_glance)
{
    draw(120);
    cr_expect_eq(stdscr_find("sbxdeck"), 0);
    cr_expect_eq(stdscr_find("api.leap0.dev"), 0);
    cr_expect_eq(stdscr_find("API 34 ms"), 0);
    cr_expect_eq(stdscr_find("one credential per sandbox"), 0);
    cr_expect_eq(stdscr_find("3 sandboxes   ▶ 2 running   ■ 1 stopped"), 1);
    cr_expect_eq(stdscr_find("2 credentials   ▲ 1 critical   ● 1 valid   · 1 without"), 2);
    cr_expect_eq(stdscr_find("▲ soonest sbx-2 credential    40s"), 2);
    cr_expect_eq(stdscr_find("clock"), -1);
    paper_end();
}

Test(deck_header, says_how_many_have_come_and_how_old_the_oldest_is)
{
    health.total = 100000;
    facts.refresh_ms = 5000;
    facts.oldest_ms = 90000 - 29000;
    draw(120);
    cr_expect_eq(stdscr_find("3 of 100000 sandboxes"), 1);
    cr_expect_eq(stdscr_find("oldest"), -1, "that is no news");
    paper_end();
    health.complete = true;
    facts.oldest_ms = 1000;
    draw(120);
    cr_expect_eq(stdscr_find("3 sandboxes"), 1);
    cr_expect_eq(stdscr_find("oldest 1m"), 0);
    paper_end();
    health.held = true;
    draw(120);
    cr_expect_eq(stdscr_find("rate limited: oldest 1m"), 0);
    paper_end();
}

Test(deck_header, says_which_clock_ends_first)
{
    facts.soonest = (struct deadline){.clock = DEADLINE_SANDBOX,
                                      .at = PAPER_NOW + 536 * PAPER_SECOND,
                                      .life_ms = 3600 * PAPER_SECOND,
                                      .state = CREDENTIAL_expiring};
    draw(120);
    cr_expect_eq(stdscr_find("◐ soonest sbx-2 sandbox  8m56s"), 2);
    paper_end();
    draw(30);
    cr_expect_eq(stdscr_find("sandbox 8m56s"), 2);
    paper_end();
}

Test(deck_header, says_when_the_list_is_stale_and_why)
{
    health.last.status = STATUS_NO_CONNECTION;
    draw(100);
    cr_expect_eq(stdscr_find("▲ stale 40s: no connection"), 0);
    paper_end();
    draw(30);
    cr_expect_eq(stdscr_find("stale 40s"), 0);
    paper_end();
}

Test(deck_header, a_large_offset_of_the_clock_is_told)
{
    health.clock_offset_ms = 37400;
    draw(100);
    cr_expect_eq(stdscr_find("clock +37s"), 0);
    paper_end();
    health.clock_offset_ms = -600 * PAPER_SECOND;
    draw(100);
    cr_expect_eq(stdscr_find("clock -10m"), 0);
    paper_end();
    health.clock_offset_ms = 4900;
    draw(100);
    cr_expect_eq(stdscr_find("clock"), -1);
    paper_end();
}

Test(deck_header, fits_every_width_with_whole_parts)
{
    struct deck_header_line lines[DECK_HEADER_LINES] = {0};
    enum deck_header_form forms[DECK_HEADER_PARTS];
    health.last.status = STATUS_TIMED_OUT;
    health.clock_offset_ms = 40000;
    facts.sessions = 3;
    deck_header_build(&facts, 3, lines);
    for (int columns = 20; columns < 200; columns++) {
        for (int i = 0; i < 3; i++) {
            int used = -1;
            deck_header_fit(&lines[i], columns, forms);
            for (size_t k = 0; k < lines[i].count; k++) {
                const struct deck_header_part *part = &lines[i].parts[k];
                if (forms[k] == DECK_HEADER_GONE)
                    continue;
                used += text_width(forms[k] == DECK_HEADER_BRIEF ? part->brief : part->text) +
                        (part->glyph != GLYPH_NONE ? 2 : 0) + 3;
            }
            cr_expect_leq(used, columns, "line %d on %d columns", i, columns);
        }
    }
}

Test(deck_header, lines_by_the_height_of_the_screen)
{
    cr_expect_eq(deck_header_rows(4), 1);
    cr_expect_eq(deck_header_rows(12), 2);
    cr_expect_eq(deck_header_rows(23), 3);
    // Without a list and without a key there is still something to say.
    facts.counts = NULL;
    facts.health = NULL;
    draw(80);
    cr_expect_eq(stdscr_find("sbxdeck"), 0);
    paper_end();
}

Test(deck_header, tells_what_was_not_understood)
{
    counts.malformed_ids = 2;
    counts.left_out = 1;
    counts.unparsed_objects = 3;
    counts.incomplete = true;
    draw(180);
    cr_expect_eq(stdscr_find("2 with a malformed id"), 1);
    cr_expect_eq(stdscr_find("1 without id left out"), 1);
    cr_expect_eq(stdscr_find("3 partly understood"), 1);
    cr_expect_eq(stdscr_find("list may be incomplete"), 1);
    draw(60);
    cr_expect_eq(stdscr_find("2 ids?"), 1);
}
