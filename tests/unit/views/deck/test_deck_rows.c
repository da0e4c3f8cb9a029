// SPDX-License-Identifier: Apache-2.0
//
// Which sandboxes the deck shows, in what order, and where the selection goes when the list changes.

#include "api/leap0/leap0.h"
#include "tests/unit/views/paper.h"
#include "views/deck/deck_rows.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

static struct fleet *fleet;
static struct deck_rows rows;

static void make(void)
{
    struct sandbox sandboxes[] = {
        paper_sandbox("sbx-charlie", SANDBOX_running),
        paper_sandbox("sbx-Alpha", SANDBOX_stopped),
        paper_sandbox("sbx-bravo", SANDBOX_running),
        paper_sandbox("sbx-delta", SANDBOX_paused),
    };
    struct credential credentials[] = {
        paper_credential("sbx-bravo", "ssh-1", 1, 1800 * PAPER_SECOND),
        paper_credential("sbx-delta", "ssh-2", 2, 45000),
        paper_credential("sbx-Alpha", "ssh-3", 3, -60000),
    };
    (void)snprintf(sandboxes[3].template_id, sizeof sandboxes[3].template_id, "system/desktop:v0.1.0");
    fleet = fleet_new();
    cr_assert_not_null(fleet);
    cr_assert_eq(fleet_take_list(fleet, &(const struct leap0_page){.sandboxes = sandboxes, .count = 4}, 0),
                 STATUS_OK);
    cr_assert_eq(fleet_take_credentials(fleet, credentials, 3), STATUS_OK);
    memset(&rows, 0, sizeof rows);
}

static void drop(void)
{
    deck_rows_free(&rows);
    fleet_free(fleet);
}

TestSuite(deck_rows, .init = make, .fini = drop);

// "charlie Alpha …" for a filter and an order.
static const char *ordered(const char *filter, enum deck_column sort, bool down)
{
    static char text[256];
    text[0] = '\0';
    struct fleet_filter words;
    (void)fleet_filter_parse(filter, &words, NULL);
    (void)deck_rows_sync(&rows, &(struct deck_wish){.fleet = fleet,
                                                    .filter = &words,
                                                    .filter_text = filter,
                                                    .order = {.by = sort, .down = down},
                                                    .now = PAPER_NOW,
                                                    .around = "",
                                                    .kept = ""});
    cr_expect_eq(rows.matching, rows.count);
    for (size_t i = 0; i < rows.count; i++) {
        size_t used = strlen(text);
        (void)snprintf(text + used, sizeof text - used, "%s%s", used > 0 ? " " : "",
                       deck_rows_at(&rows, i)->sandbox.id + 4);
    }
    return text;
}

static const char *shown(const char *filter, enum deck_column sort)
{
    return ordered(filter, sort, false);
}

Test(deck_rows, filter_looks_at_id_template_state_and_credential)
{
    cr_expect_str_eq(shown("", DECK_COLUMN_NONE), "charlie Alpha bravo delta");
    cr_expect_str_eq(shown("ALPHA", DECK_COLUMN_NONE), "Alpha");
    cr_expect_str_eq(shown("desktop", DECK_COLUMN_NONE), "delta");
    cr_expect_str_eq(shown("run", DECK_COLUMN_NONE), "charlie bravo");
    cr_expect_str_eq(shown("critical", DECK_COLUMN_NONE), "delta");
    cr_expect_str_eq(shown("expired", DECK_COLUMN_NONE), "Alpha");
    cr_expect_str_eq(shown("none", DECK_COLUMN_NONE), "charlie");
    cr_expect_str_eq(shown("ssh-1", DECK_COLUMN_NONE), "bravo");
    cr_expect_str_eq(shown("nowhere", DECK_COLUMN_NONE), "");
    cr_expect_eq(rows.total, 4);
}

Test(deck_rows, all_words_of_a_filter_must_match)
{
    cr_expect_str_eq(shown("run  bravo", DECK_COLUMN_NONE), "bravo");
    cr_expect_str_eq(shown(" stopped run ", DECK_COLUMN_NONE), "");
    cr_expect_str_eq(shown("   ", DECK_COLUMN_NONE), "charlie Alpha bravo delta");
}

Test(deck_rows, a_word_after_an_exclamation_mark_leaves_out)
{
    cr_expect_str_eq(shown("!run", DECK_COLUMN_NONE), "Alpha delta");
    cr_expect_str_eq(shown("!run !stopped", DECK_COLUMN_NONE), "delta");
    cr_expect_str_eq(shown("run !bravo", DECK_COLUMN_NONE), "charlie");
    cr_expect_str_eq(shown("run !", DECK_COLUMN_NONE), "charlie bravo"); // being typed
}

Test(deck_rows, orders)
{
    cr_expect_str_eq(shown("", DECK_COLUMN_SANDBOX), "Alpha bravo charlie delta");
    cr_expect_str_eq(shown("", DECK_COLUMN_STATE), "charlie bravo delta Alpha");
    // Soonest end first; what has ended, or has none, keeps the server's order below.
    cr_expect_str_eq(shown("", DECK_COLUMN_LEFT), "delta bravo charlie Alpha");
    for (int i = 0; i <= DECK_COLUMN_COUNT; i++)
        cr_expect_neq(deck_column_sorted_text(deck_column_order((enum deck_column)i))[0], '\0');
}

Test(deck_rows, what_has_no_value_stands_last_either_way_and_equals_keep_their_order)
{
    cr_expect_str_eq(ordered("", DECK_COLUMN_SANDBOX, true), "delta charlie bravo Alpha");
    cr_expect_str_eq(ordered("", DECK_COLUMN_LEFT, true), "bravo delta charlie Alpha");
    cr_expect_str_eq(ordered("", DECK_COLUMN_STATE, true), "Alpha delta charlie bravo");
    cr_expect_str_eq(ordered("", DECK_COLUMN_CREDENTIAL, false), "bravo delta Alpha charlie");
    cr_expect_str_eq(ordered("", DECK_COLUMN_CREDENTIAL, true), "Alpha delta bravo charlie");
    cr_expect_str_eq(ordered("", DECK_COLUMN_TIMEOUT, true), "charlie Alpha bravo delta", "none has one");
    cr_expect_str_eq(ordered("", DECK_COLUMN_AGE, true), "charlie Alpha bravo delta", "all are as old");
    struct sandbox boxes[] = {paper_sandbox("sbx-old", SANDBOX_running),
                              paper_sandbox("sbx-unknown", SANDBOX_other),
                              paper_sandbox("sbx-young", SANDBOX_running)};
    boxes[0].created_at = PAPER_NOW - 7200 * PAPER_SECOND;
    boxes[0].timeout_at = PAPER_NOW + 60 * PAPER_SECOND;
    boxes[1].created_at = 0;
    boxes[1].template_id[0] = '\0';
    boxes[2].created_at = PAPER_NOW - 60 * PAPER_SECOND;
    boxes[2].timeout_at = PAPER_NOW + 600 * PAPER_SECOND;
    (void)snprintf(boxes[2].template_id, sizeof boxes[2].template_id, "a-first");
    cr_assert_eq(fleet_take_credentials(fleet, NULL, 0), STATUS_OK);
    cr_assert_eq(fleet_take_list(fleet, &(const struct leap0_page){.sandboxes = boxes, .count = 3}, 0),
                 STATUS_OK);
    static const enum deck_column sorts[] = {DECK_COLUMN_AGE, DECK_COLUMN_TEMPLATE};
    for (size_t i = 0; i < sizeof sorts / sizeof sorts[0]; i++) {
        cr_expect_str_eq(ordered("", sorts[i], false), "young old unknown");
        cr_expect_str_eq(ordered("", sorts[i], true), "old young unknown");
    }
    cr_expect_str_eq(ordered("", DECK_COLUMN_TIMEOUT, false), "old young unknown");
    cr_expect_str_eq(ordered("", DECK_COLUMN_TIMEOUT, true), "young old unknown");
    cr_expect_str_eq(ordered("", DECK_COLUMN_STATE, true), "old young unknown");
}

// By the clock that ends first: a credential of an hour in a sandbox of a minute is over in a minute.
Test(deck_rows, what_ends_first_counts_the_sandbox_too)
{
    struct sandbox bravo = paper_sandbox("sbx-bravo", SANDBOX_running);
    struct sandbox charlie = paper_sandbox("sbx-charlie", SANDBOX_running);
    bravo.timeout_at = PAPER_NOW + 30 * PAPER_SECOND;
    charlie.timeout_at = PAPER_NOW + 10 * PAPER_SECOND;
    cr_assert_eq(fleet_take_sandbox(fleet, &bravo, 0), STATUS_OK);
    cr_assert_eq(fleet_take_sandbox(fleet, &charlie, 0), STATUS_OK);
    cr_expect_str_eq(shown("", DECK_COLUMN_LEFT), "bravo delta charlie Alpha", "nobody uses charlie");
}

Test(deck_rows, a_sandbox_is_found_again_when_rows_shift)
{
    (void)shown("", DECK_COLUMN_NONE);
    cr_expect_eq(deck_rows_line(&rows, "sbx-bravo"), 2);
    (void)shown("", DECK_COLUMN_SANDBOX);
    cr_expect_eq(deck_rows_line(&rows, "sbx-bravo"), 1);
    cr_expect_eq(deck_rows_line(&rows, "sbx-none"), rows.count);
    cr_expect_eq(deck_rows_line(&rows, ""), rows.count);
    // One comes to the front.
    struct sandbox fresh[] = {paper_sandbox("sbx-zulu", SANDBOX_starting),
                              paper_sandbox("sbx-charlie", SANDBOX_running),
                              paper_sandbox("sbx-bravo", SANDBOX_running)};
    cr_assert_eq(fleet_take_list(fleet, &(const struct leap0_page){.sandboxes = fresh, .count = 3}, 0),
                 STATUS_OK);
    (void)shown("", DECK_COLUMN_NONE);
    size_t at = deck_rows_line(&rows, "sbx-bravo");
    cr_assert_lt(at, rows.count);
    cr_expect_str_eq(deck_rows_at(&rows, at)->sandbox.id, "sbx-bravo");
}

Test(deck_rows, where_one_that_is_filtered_out_would_stand)
{
    (void)shown("!bravo", DECK_COLUMN_SANDBOX); // Alpha charlie delta
    cr_expect_eq(deck_rows_near(&rows, "sbx-bravo"), 1);
    cr_expect_eq(deck_rows_line(&rows, "sbx-bravo"), rows.count);
    cr_expect(!deck_rows_match(&rows, "sbx-bravo") && deck_rows_match(&rows, "sbx-delta"));
    (void)shown("!delta", DECK_COLUMN_SANDBOX);
    cr_expect_eq(deck_rows_near(&rows, "sbx-delta"), 2, "the last one");
    (void)shown("nowhere", DECK_COLUMN_SANDBOX);
    cr_expect_eq(deck_rows_near(&rows, "sbx-delta"), 0);
}
