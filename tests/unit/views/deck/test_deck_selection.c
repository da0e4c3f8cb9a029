// SPDX-License-Identifier: Apache-2.0
//
// deck_selection: the selection is a sandbox and stays on it, and a revealed password is shown of the
// selected credential alone.

#include "api/base/time_util.h"
#include "tests/unit/views/app_fixture.h"
#include "tests/unit/views/paper.h"
#include "views/deck/deck_view_private.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

static struct deadline_scope no_ends(const struct app *app)
{
    (void)app;
    return (struct deadline_scope){0};
}

static const struct deck_facts facts = {.ends = no_ends};
static struct view *deck;
static struct deck_view *view;

// One sandbox for each letter.
static void list(const char *letters)
{
    struct sandbox sandboxes[16];
    size_t count = strlen(letters);
    for (size_t i = 0; i < count; i++) {
        char id[ID_CAP];
        (void)snprintf(id, sizeof id, "sbx-%c", letters[i]);
        sandboxes[i] = paper_sandbox(id, SANDBOX_running);
    }
    app_fixture_list(sandboxes, count);
    deck_view_changed(deck);
}

static struct credential credential_of(const char *sandbox, int64_t row, int64_t left_ms)
{
    char id[ID_CAP];
    (void)snprintf(id, sizeof id, "ssh-%d", (int)row);
    struct credential credential = paper_credential(sandbox, id, row, left_ms);
    credential.expires_at += time_wall_ms() - PAPER_NOW;
    return credential;
}

static void add(const struct credential *credential)
{
    app_fixture_add(credential);
    deck_view_changed(deck);
}

static void begin(void)
{
    app_fixture_begin();
    deck = deck_view_new(&app_fixture, &facts);
    view = deck_view_of(deck);
    app_fixture.deck = app_fixture.top = deck;
    list("bd");
}

static void end(void)
{
    deck->methods->free(deck);
    app_fixture_end();
}

TestSuite(deck_selection, .init = begin, .fini = end);

static void expect_selected(const char *id)
{
    const struct fleet_row *row = deck_view_row(deck);
    cr_assert_not_null(row, "nothing is selected instead of %s", id);
    cr_expect_str_eq(row->sandbox.id, id);
    cr_assert_lt(view->table.selected, view->rows.count);
    row = deck_rows_at(&view->rows, view->table.selected);
    cr_expect_str_eq(row != NULL ? row->sandbox.id : "none", id, "the line is another's");
}

Test(deck_selection, it_stays_on_its_sandbox_whatever_comes_and_goes_around_it)
{
    deck_view_select(deck, "sbx-d");
    deck_view_sync(view);
    expect_selected("sbx-d");
    list("abcdefg");
    expect_selected("sbx-d");
    list("dg");
    expect_selected("sbx-d");
    // It went: nothing is selected until the operator goes to another one.
    list("bgh");
    cr_expect_null(deck_view_row(deck));
    cr_expect_null(deck_view_credential(deck));
    cr_expect_eq(view->table.selected, 0);
    cr_expect(deck_rows_is_gone(&view->rows, 0) && view->rows.count == 4);
    list("abghi");
    cr_expect_null(deck_view_row(deck));
    deck->methods->go(deck, TABLE_ROWS, 1);
    deck_view_sync(view);
    expect_selected("sbx-a");
    cr_expect_eq(view->rows.count, 5);
    // It comes back, as after a list that was not whole.
    list("bghi");
    cr_expect_null(deck_view_row(deck));
    list("abghi");
    expect_selected("sbx-a");
    list("");
    cr_expect_null(deck_view_row(deck));
    cr_expect_null(deck_view_credential(deck));
}

Test(deck_selection, one_that_is_not_in_the_list_yet_is_selected_when_it_comes)
{
    deck_view_select(deck, "sbx-z");
    cr_expect_null(deck_view_row(deck));
    list("bdz");
    expect_selected("sbx-z");
}

static void type_filter(const char *text)
{
    line_edit_set(&view->filter, text);
    view->stale = true;
    deck_view_sync(view);
}

Test(deck_selection, one_that_leaves_the_filter_by_itself_stays_until_another_is_selected)
{
    deck_view_select(deck, "sbx-d");
    type_filter("state:running");
    expect_selected("sbx-d");
    fleet_set_busy((struct fleet *)app_fleet(&app_fixture), "sbx-b", "stopping");
    struct sandbox stopped = paper_sandbox("sbx-d", SANDBOX_stopped);
    app_fixture_list((struct sandbox[]){paper_sandbox("sbx-b", SANDBOX_running), stopped}, 2);
    deck_view_changed(deck);
    expect_selected("sbx-d");
    cr_expect_eq(view->rows.matching, 2);
    deck->methods->go(deck, TABLE_ROWS, -1);
    deck_view_sync(view);
    expect_selected("sbx-b");
    deck_view_changed(deck);
    view->stale = true;
    deck_view_sync(view);
    cr_expect_eq(view->rows.matching, 1);
}

Test(deck_selection, a_filter_that_hides_it_selects_what_comes_next_in_the_order)
{
    list("abcdefg");
    deck_view_select(deck, "sbx-d");
    type_filter("!sbx-d !sbx-e");
    expect_selected("sbx-f");
    type_filter("");
    expect_selected("sbx-f");
    type_filter("sbx-b");
    expect_selected("sbx-b");
}

Test(deck_selection, one_that_the_filter_hides_with_all_others_does_not_come_back_by_itself)
{
    struct credential credential = credential_of("sbx-b", 1, 3600000);
    add(&credential);
    deck_view_select(deck, "sbx-b");
    deck_view_sync(view);
    expect_selected("sbx-b");
    deck_view_set_filter(deck, "zzz");
    cr_expect_eq(view->rows.count, 0);
    cr_expect_null(deck_view_row(deck));
    credential.expires_at += 1000; // it changes, and the deck looks at it again
    add(&credential);
    list("bdf");
    cr_expect_eq(view->rows.count, 0, "it does not match");
    cr_expect_null(deck_view_row(deck));
    deck_view_set_filter(deck, "");
    expect_selected("sbx-b");
}

Test(deck_selection, a_key_that_is_typed_hides_nothing_on_its_way)
{
    deck_view_sync(view);
    size_t all = view->rows.count;
    const char *const typed[] = {"c", "cr", "cre", "cred", "cred:"};
    for (size_t i = 0; i < sizeof typed / sizeof *typed; i++) {
        type_filter(typed[i]);
        cr_expect_eq(view->rows.count, all, "'%s' hides some", typed[i]);
    }
    type_filter("cred:none");
    cr_expect_eq(view->rows.count, all);
    type_filter("crex");
    cr_expect_eq(view->rows.count, 0);
}

Test(deck_selection, a_header_is_no_sandbox_and_a_fold_selects_it)
{
    deck_view_select(deck, "sbx-d");
    deck_groups_by(&view->rows.groups, DECK_GROUPING_STATE);
    view->stale = true;
    deck_view_sync(view);
    expect_selected("sbx-d");
    cr_expect_eq(view->rows.count, 3, "a header and two");
    deck_groups_fold(&view->rows.groups, DECK_GROUPING_STATE, "running", true);
    view->rows.folds++;
    view->stale = true;
    deck_view_sync(view);
    cr_expect_null(deck_view_row(deck));
    cr_expect(view->table.selected == 0 && view->rows.count == 1 && view->rows.matching == 2);
    list("abcd");
    cr_expect_null(deck_view_row(deck));
    cr_expect_eq(view->rows.matching, 4);
}

Test(deck_selection, to_find_one_clears_only_a_filter_that_hides_it)
{
    line_edit_set(&view->filter, "sbx-b");
    view->stale = true;
    deck_view_find(deck, "sbx-b");
    expect_selected("sbx-b");
    cr_expect_str_eq(deck_view_filter(deck), "sbx-b");
    deck_view_find(deck, "sbx-d");
    expect_selected("sbx-d");
    cr_expect_str_eq(deck_view_filter(deck), "");
}

Test(deck_selection, one_that_is_looked_for_is_shown_whatever_hides_it)
{
    deck_view_set_filter(deck, "zzz");
    cr_expect_eq(view->rows.count, 0);
    deck_view_find(deck, "sbx-d");
    expect_selected("sbx-d");
    cr_expect_str_eq(view->filter.text, "", "nothing matched it");
    deck_view_set_filter(deck, "sbx");
    deck_groups_by(&view->rows.groups, DECK_GROUPING_STATE);
    deck_groups_fold(&view->rows.groups, DECK_GROUPING_STATE, "running", true);
    view->rows.folds++;
    view->stale = true;
    deck_view_sync(view);
    cr_expect_null(deck_view_row(deck));
    deck_view_find(deck, "sbx-b");
    expect_selected("sbx-b");
    cr_expect_str_eq(view->filter.text, "sbx", "which does not hide it");
}

Test(deck_selection, marks_and_the_start_of_a_range_go_with_their_sandboxes)
{
    id_set_set(&view->marks, "sbx-b", true);
    id_set_set(&view->marks, "sbx-d", true);
    (void)snprintf(view->range_from, sizeof view->range_from, "sbx-b");
    list("dz");
    cr_expect(id_set_count(&view->marks) == 1 && id_set_has(&view->marks, "sbx-d"));
    cr_expect_str_eq(view->range_from, "");
}

Test(deck_selection, the_best_credential_unless_another_is_chosen)
{
    const struct credential brief = credential_of("sbx-b", 1, 600000),
                            lasting = credential_of("sbx-b", 2, 3000000);
    deck_view_select(deck, "sbx-b");
    add(&brief);
    add(&lasting);
    cr_expect_eq(deck_view_credential(deck)->vault_row, 2, "it lasts longest");
    deck_view_select_credential(deck, 1);
    cr_expect_eq(deck_view_credential(deck)->vault_row, 1);
    deck_view_select(deck, "sbx-d");
    cr_expect_null(deck_view_credential(deck));
    deck_view_select(deck, "sbx-b");
    cr_expect_eq(deck_view_credential(deck)->vault_row, 2, "the choice went with the selection");
    deck_view_select_credential(deck, 1);
    fleet_drop_credential((struct fleet *)app_fleet(&app_fixture), 1);
    deck_view_changed(deck);
    cr_expect_eq(deck_view_credential(deck)->vault_row, 2, "the chosen one is gone");
}

// --- the revealed password ---

static void reveal(int64_t row)
{
    deck_view_reveal(deck, row, secret_new("a-password", 10));
}

Test(deck_selection, a_password_is_shown_of_the_selected_credential_alone)
{
    const struct credential one = credential_of("sbx-b", 1, 600000),
                            other = credential_of("sbx-b", 2, 3000000);
    deck_view_select(deck, "sbx-b");
    reveal(1);
    cr_expect_not(deck_view_is_revealed(deck), "there is none");
    add(&one);
    reveal(2);
    cr_expect_not(deck_view_is_revealed(deck), "it came for another one");
    reveal(1);
    cr_expect(deck_view_is_revealed(deck));
    deck_view_select_credential(deck, 1);
    cr_expect(deck_view_is_revealed(deck), "it is the same one");
    add(&other);
    cr_expect(deck_view_is_revealed(deck));
    deck_view_select_credential(deck, 2);
    cr_expect_not(deck_view_is_revealed(deck));
    reveal(2);
    deck_view_select(deck, "sbx-d");
    cr_expect_not(deck_view_is_revealed(deck));
}

Test(deck_selection, a_password_does_not_outlive_its_credential)
{
    struct credential one = credential_of("sbx-b", 1, 600000);
    deck_view_select(deck, "sbx-b");
    add(&one);
    reveal(1);
    deck_view_changed(deck);
    cr_expect(deck_view_is_revealed(deck));
    one.updated_at++; // regenerated, in its place
    add(&one);
    cr_expect_not(deck_view_is_revealed(deck));
    reveal(1);
    fleet_drop_credential((struct fleet *)app_fleet(&app_fixture), 1);
    deck_view_changed(deck);
    cr_expect_not(deck_view_is_revealed(deck));
}
