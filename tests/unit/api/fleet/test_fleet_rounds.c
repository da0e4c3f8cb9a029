// SPDX-License-Identifier: Apache-2.0
//
// fleet, taken page by page: rounds, items that shift from page to page, what has changed since, and what
// costs nothing because it has not.

#include "api/fleet/fleet.h"
#include "api/leap0/leap0.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NOW INT64_C(1775044800000)

static struct fleet *fleet;

static void begin(void)
{
    fleet = fleet_new();
    cr_assert_not_null(fleet);
}

static void end(void)
{
    fleet_free(fleet);
}

TestSuite(fleet_rounds, .init = begin, .fini = end);

enum { PAGE_MAX = 16 };

// Letters are the ids of a page; upper case: that sandbox is stopped.
static size_t boxes_of(const char *letters, struct sandbox *out)
{
    size_t count = 0;
    for (size_t i = 0; letters[i] != '\0'; i++, count++) {
        const bool stopped = letters[i] >= 'A' && letters[i] <= 'Z';
        out[i] = (struct sandbox){.state = stopped ? SANDBOX_stopped : SANDBOX_running};
        (void)snprintf(out[i].id, sizeof out[i].id, "sbx-%c", stopped ? letters[i] + 'a' - 'A' : letters[i]);
        (void)snprintf(out[i].state_name, sizeof out[i].state_name, "%s", stopped ? "stopped" : "running");
        (void)snprintf(out[i].template_id, sizeof out[i].template_id, "system/debian:bookworm");
    }
    return count;
}

static void page(const char *letters, size_t total)
{
    struct sandbox boxes[PAGE_MAX];
    const struct leap0_page one = {.sandboxes = boxes, .count = boxes_of(letters, boxes), .total = total};
    cr_assert_eq(fleet_take_page(fleet, &one, 1000), STATUS_OK);
}

static void look(const char *letters)
{
    struct sandbox boxes[PAGE_MAX];
    const struct leap0_page one = {.sandboxes = boxes, .count = boxes_of(letters, boxes)};
    cr_assert_eq(fleet_take_look(fleet, &one, 2000), STATUS_OK);
}

static void round_of(const char *first, const char *second, size_t total)
{
    fleet_begin_round(fleet);
    page(first, total);
    page(second, total);
    fleet_end_round(fleet, true);
}

// The rows as letters, in their order.
static const char *shown(void)
{
    static char out[64];
    size_t count = 0;
    for (; fleet_row(fleet, count) != NULL; count++)
        out[count] = fleet_row(fleet, count)->sandbox.id[4];
    out[count] = '\0';
    cr_assert_eq(count, fleet_count(fleet));
    return out;
}

// What changed since, the last first.
static const char *changes(uint64_t since)
{
    static char out[64];
    uint32_t slots[32];
    size_t count = fleet_changes(fleet, since, slots, 32);
    cr_assert_leq(count, 32);
    for (size_t i = 0; i < count; i++)
        out[i] = fleet_slot(fleet, slots[i])->sandbox.id[4];
    out[count] = '\0';
    return out;
}

static struct credential credential_of(const char *sandbox, int64_t row, enum credential_verdict verdict)
{
    struct credential one = {
        .vault_row = row, .verdict = verdict, .created_at = NOW + row, .expires_at = NOW + 3600000};
    (void)snprintf(one.sandbox_id, sizeof one.sandbox_id, "%s", sandbox);
    (void)snprintf(one.id, sizeof one.id, "ssh-%lld", (long long)row);
    return one;
}

static void take(const char *sandbox, int64_t row, enum credential_verdict verdict)
{
    const struct credential one = credential_of(sandbox, row, verdict);
    cr_assert_eq(fleet_take_credential(fleet, &one), STATUS_OK);
}

Test(fleet_rounds, the_first_page_shows_before_the_rest_has_come)
{
    fleet_begin_round(fleet);
    cr_expect_not(fleet_is_loaded(fleet));
    page("abc", 5);
    cr_expect(fleet_is_loaded(fleet));
    cr_expect_not(fleet_is_complete(fleet), "what is not there may yet come");
    cr_expect_str_eq(shown(), "abc");
    take("sbx-e", 1, VERDICT_VALID);
    cr_expect_not(fleet_find(fleet, "sbx-e")->gone, "its page has not come");
    page("de", 5);
    cr_expect_str_eq(shown(), "abcde");
    cr_expect_eq(fleet_find(fleet, "sbx-e")->credential_count, 1);
    cr_expect_eq(fleet_round_count(fleet), 5);
    fleet_end_round(fleet, true);
    cr_expect(fleet_is_complete(fleet));
    cr_expect_str_eq(shown(), "abcde");
}

Test(fleet_rounds, what_a_whole_round_does_not_name_is_gone)
{
    round_of("abc", "de", 5);
    take("sbx-d", 1, VERDICT_VALID);
    uint64_t layout = fleet_layout(fleet);
    round_of("ab", "c", 3);
    cr_expect_str_eq(shown(), "abcd", "d has a credential");
    cr_expect(fleet_find(fleet, "sbx-d")->gone);
    cr_expect_null(fleet_find(fleet, "sbx-e"));
    cr_expect_gt(fleet_layout(fleet), layout);
    fleet_begin_round(fleet);
    page("a", 3);
    fleet_end_round(fleet, false);
    cr_expect_str_eq(shown(), "abcd", "a round that was not whole takes nothing away");
    cr_expect(fleet_listing(fleet)->incomplete);
    round_of("ab", "cd", 4);
    cr_expect_not(fleet_listing(fleet)->incomplete);
    cr_expect_not(fleet_find(fleet, "sbx-d")->gone, "it is back");
    cr_expect_str_eq(shown(), "abcd");
}

Test(fleet_rounds, a_shift_takes_nothing_away_at_once)
{
    round_of("abc", "def", 6);
    // a goes while the second page is not read yet: d moves onto the first, which was read, and is not seen.
    fleet_begin_round(fleet);
    page("abc", 6);
    page("ef", 5);
    fleet_end_round(fleet, true);
    cr_expect_str_eq(shown(), "abcdef", "the total has changed meanwhile");
    round_of("bcd", "ef", 5);
    cr_expect_str_eq(shown(), "bcdef");
    // c comes again on the second page: something was made meanwhile.
    fleet_begin_round(fleet);
    page("bc", 5);
    page("cdf", 5);
    fleet_end_round(fleet, true);
    cr_expect_str_eq(shown(), "bcdef");
    // Twice without it is enough, also when each round had a shift.
    fleet_begin_round(fleet);
    page("bc", 5);
    page("cdf", 5);
    fleet_end_round(fleet, true);
    cr_expect_str_eq(shown(), "bcdf");
    // Once missed and seen again begins anew.
    fleet_begin_round(fleet);
    page("bc", 4);
    page("f", 3);
    fleet_end_round(fleet, true);
    look("d");
    fleet_begin_round(fleet);
    page("bc", 4);
    page("f", 3);
    fleet_end_round(fleet, true);
    cr_expect_str_eq(shown(), "bcdf");
}

Test(fleet_rounds, one_that_goes_takes_none_with_it_that_was_missed_for_the_first_time)
{
    round_of("abc", "def", 6);
    fleet_begin_round(fleet);
    page("abc", 6);
    page("de", 5);
    fleet_end_round(fleet, true);
    cr_expect_str_eq(shown(), "abcdef", "f was missed once");
    fleet_begin_round(fleet);
    page("acd", 6);
    page("e", 5);
    fleet_end_round(fleet, true);
    cr_expect_str_eq(shown(), "abcde", "f is gone, b was missed once");
    cr_expect_null(fleet_find(fleet, "sbx-f"));
    cr_expect_not_null(fleet_find(fleet, "sbx-b"));
    cr_expect_eq(fleet_missed_count(fleet), 1);
}

Test(fleet_rounds, what_is_new_stands_behind_its_neighbour_and_moves_with_the_round)
{
    round_of("cd", "ef", 4);
    uint64_t layout = fleet_layout(fleet);
    round_of("cd", "ef", 4);
    cr_expect_eq(fleet_layout(fleet), layout, "the same again moves nothing");
    look("ab");
    cr_expect_str_eq(shown(), "abcdef");
    cr_expect_gt(fleet_layout(fleet), layout);
    look("axb");
    cr_expect_str_eq(shown(), "axbcdef");
    round_of("fed", "cbax", 7);
    cr_expect_str_eq(shown(), "fedcbax", "the server has another order now");
}

Test(fleet_rounds, a_sandbox_made_during_a_round_stays)
{
    struct sandbox made;
    (void)boxes_of("n", &made);
    round_of("ab", "cd", 4);
    fleet_begin_round(fleet);
    page("ab", 4);
    cr_assert_eq(fleet_take_sandbox(fleet, &made, 0), STATUS_OK);
    look("nz");
    page("cd", 4);
    cr_expect_eq(fleet_round_count(fleet), 6, "these are known to be there too");
    fleet_end_round(fleet, true);
    cr_expect_str_eq(shown(), "nzabcd");
    round_of("ab", "cd", 4);
    cr_expect_str_eq(shown(), "abcd", "the next one does not know it");
}

Test(fleet_rounds, only_what_changed_is_told)
{
    round_of("abc", "def", 6);
    cr_expect_str_eq(changes(0), "fedcba");
    uint64_t seen = fleet_generation(fleet);
    round_of("abc", "def", 6);
    cr_expect_str_eq(changes(seen), "");
    cr_expect_eq(fleet_generation(fleet), seen);
    round_of("aBc", "Def", 6);
    cr_expect_str_eq(changes(seen), "db");
    seen = fleet_generation(fleet);
    fleet_set_busy(fleet, "sbx-a", "pausing");
    take("sbx-f", 1, VERDICT_VALID);
    fleet_set_busy(fleet, "sbx-a", NULL);
    cr_expect_str_eq(changes(seen), "af", "each once");
    uint32_t slot = 0;
    cr_expect_eq(fleet_changes(fleet, seen, &slot, 1), SIZE_MAX, "more than there is room for");
    seen = fleet_generation(fleet);
    const struct sandbox_label label = {.name = "db"};
    cr_assert_eq(fleet_set_label(fleet, "sbx-c", &label), STATUS_OK);
    look("g");
    cr_expect_str_eq(changes(seen), "gc");
    cr_expect_gt(fleet_find(fleet, "sbx-g")->born, seen);
    cr_expect_leq(fleet_find(fleet, "sbx-c")->born, seen);
}

Test(fleet_rounds, a_row_stays_where_it_is_until_it_goes)
{
    round_of("abc", "def", 6);
    const struct fleet_row *row = fleet_find(fleet, "sbx-e");
    uint32_t slot = row->slot;
    static const char more[] = "ghijklmnopqrstuvwxyz";
    for (size_t i = 0; more[i] != '\0'; i++)
        look((const char[]){more[i], '\0'});
    fleet_drop_sandbox(fleet, "sbx-a");
    cr_expect_eq(fleet_find(fleet, "sbx-e"), row);
    cr_expect_eq(fleet_slot(fleet, slot), row);
    fleet_drop_sandbox(fleet, "sbx-e");
    cr_expect_null(fleet_slot(fleet, slot));
    cr_expect_null(fleet_slot(fleet, UINT32_MAX));
    look("A");
    cr_expect_lt(fleet_find(fleet, "sbx-a")->slot, 26, "slots are used again");
    cr_expect_leq(fleet_slot_count(fleet), 26);
}

Test(fleet_rounds, the_oldest_is_known_without_looking_at_all)
{
    struct sandbox boxes[PAGE_MAX];
    struct leap0_page one = {.sandboxes = boxes, .count = boxes_of("abc", boxes)};
    cr_expect_eq(fleet_oldest_ms(fleet), 0);
    cr_assert_eq(fleet_take_list(fleet, &one, 100), STATUS_OK);
    cr_expect_eq(fleet_oldest_ms(fleet), 100);
    uint64_t seen = fleet_generation(fleet);
    one.count = 2;
    cr_assert_eq(fleet_take_look(fleet, &one, 300), STATUS_OK);
    cr_expect_eq(fleet_oldest_ms(fleet), 100);
    cr_assert_eq(fleet_take_look(fleet, &one, 200), STATUS_OK);
    cr_expect_eq(fleet_find(fleet, "sbx-a")->fresh_ms, 300, "what was asked earlier and comes later");
    cr_expect_eq(fleet_generation(fleet), seen, "to be told the same is no change");
    fleet_drop_sandbox(fleet, "sbx-c");
    cr_expect_eq(fleet_oldest_ms(fleet), 300);
}

Test(fleet_rounds, an_item_whose_bytes_are_known_is_named_by_them)
{
    struct sandbox boxes[PAGE_MAX];
    static const uint64_t hashes[] = {11, 12, 13};
    const struct leap0_page first = {
        .sandboxes = boxes, .count = boxes_of("abc", boxes), .hashes = hashes, .total = 3};
    cr_assert_eq(fleet_take_list(fleet, &first, 100), STATUS_OK);
    cr_expect(fleet_knows_item(fleet, "sbx-b", 12));
    cr_expect_not(fleet_knows_item(fleet, "sbx-b", 13));
    cr_expect_not(fleet_knows_item(fleet, "sbx-x", 12));
    cr_expect_not(fleet_knows_item(fleet, "sbx-b", 0));
    // c is first now, and new is between the known ones.
    struct sandbox fresh[PAGE_MAX];
    static const uint64_t fresh_hashes[] = {14};
    static const struct leap0_known known[] = {{"sbx-c", 0}, {"sbx-a", 0}, {"sbx-b", 1}, {"sbx-y", 1}};
    uint64_t seen = fleet_generation(fleet);
    const struct leap0_page second = {.sandboxes = fresh,
                                      .count = boxes_of("n", fresh),
                                      .hashes = fresh_hashes,
                                      .known = known,
                                      .known_count = 4,
                                      .total = 4};
    cr_assert_eq(fleet_take_list(fleet, &second, 200), STATUS_OK);
    cr_expect_str_eq(shown(), "canb", "and one that is not here any more is none");
    cr_expect_str_eq(changes(seen), "n");
    cr_expect_eq(fleet_find(fleet, "sbx-a")->fresh_ms, 200);
    // What another call has said of it since is newer than these bytes.
    struct sandbox one = boxes[1];
    one.state = SANDBOX_paused;
    cr_assert_eq(fleet_take_sandbox(fleet, &one, 0), STATUS_OK);
    cr_expect_not(fleet_knows_item(fleet, "sbx-b", 12));
    fleet_drop_sandbox(fleet, "sbx-a");
    cr_expect_not(fleet_knows_item(fleet, "sbx-a", 11));
}

Test(fleet_rounds, counts_follow_each_change)
{
    struct fleet_counts counts;
    round_of("aBc", "Def", 6);
    take("sbx-a", 1, VERDICT_VALID);
    take("sbx-z", 2, VERDICT_VALID);
    take("sbx-y", 3, VERDICT_INVALID); // no row
    fleet_count_all(fleet, NOW, &counts);
    cr_expect_eq(counts.sandboxes, 6);
    cr_expect_eq(counts.by_state[SANDBOX_running], 4);
    cr_expect_eq(counts.by_state[SANDBOX_stopped], 2);
    cr_expect_eq(counts.by_credential[CREDENTIAL_valid], 1);
    cr_expect_eq(counts.by_credential[CREDENTIAL_invalid], 1, "its sandbox is gone");
    cr_expect_eq(counts.by_credential[CREDENTIAL_none], 5);
    struct sandbox odd;
    (void)boxes_of("c", &odd);
    unparsed_add(&odd.unparsed, "vcpu", "two");
    odd.id_malformed = true;
    cr_assert_eq(fleet_take_sandbox(fleet, &odd, 0), STATUS_OK);
    fleet_drop_sandbox(fleet, "sbx-b");
    fleet_count_all(fleet, NOW, &counts);
    cr_expect_eq(counts.sandboxes, 5);
    cr_expect_eq(counts.by_state[SANDBOX_stopped], 1);
    cr_expect_eq(counts.malformed_ids, 1);
    cr_expect_eq(counts.unparsed_objects, 1);
    cr_expect_str_eq(counts.first_unparsed, "sbx-c: vcpu not understood: two");
    round_of("A", "C", 2);
    fleet_count_all(fleet, NOW, &counts);
    cr_expect_eq(counts.sandboxes, 2);
    cr_expect_eq(counts.by_state[SANDBOX_running], 0);
    cr_expect_eq(counts.by_state[SANDBOX_stopped], 2);
    cr_expect_eq(counts.malformed_ids, 0);
    cr_expect_eq(counts.unparsed_objects, 0);
}

Test(fleet_rounds, credentials_come_and_go_at_each_step_of_a_sandbox)
{
    take("sbx-a", 1, VERDICT_REVOKED);
    cr_expect_eq(fleet_count(fleet), 0, "of no use");
    round_of("ab", "c", 3);
    cr_expect_eq(fleet_find(fleet, "sbx-a")->credential_count, 1, "shown with its sandbox");
    take("sbx-a", 2, VERDICT_VALID);
    cr_expect_eq(fleet_find(fleet, "sbx-a")->credentials[0].vault_row, 2, "the newest first");
    round_of("b", "c", 2);
    cr_expect(fleet_find(fleet, "sbx-a")->gone);
    take("sbx-a", 2, VERDICT_REVOKED);
    cr_expect_null(fleet_find(fleet, "sbx-a"));
    take("sbx-a", 1, VERDICT_UNKNOWN);
    cr_expect(fleet_find(fleet, "sbx-a")->gone);
    fleet_drop_credential(fleet, 1);
    cr_expect_null(fleet_find(fleet, "sbx-a"));
    const struct credential list[] = {credential_of("sbx-b", 4, VERDICT_VALID),
                                      credential_of("sbx-x", 5, VERDICT_VALID)};
    cr_assert_eq(fleet_take_credentials(fleet, list, 2), STATUS_OK);
    cr_expect_str_eq(shown(), "bcx");
    cr_assert_eq(fleet_take_credentials(fleet, list, 1), STATUS_OK);
    cr_expect_str_eq(shown(), "bc");
    take("sbx-y", 6, VERDICT_REVOKED);
    size_t at = 0;
    cr_expect_eq(fleet_with_credentials(fleet, &at), fleet_find(fleet, "sbx-b"));
    cr_expect_null(fleet_with_credentials(fleet, &at), "what is hidden is not there");
}

// The same numbers each time.
static unsigned random_below(unsigned most)
{
    static unsigned state = 11;
    state = state * 1664525U + 1013904223U;
    return (state >> 16) % most;
}

// A model that is simple: an array of what there is, by letter.
Test(fleet_rounds, any_order_of_changes_ends_as_a_simple_model_says)
{
    enum { BOXES = 26, STEPS = 20000 };
    bool listed[BOXES] = {false};
    int64_t row_of[BOXES] = {0}; // its credential; 0 none
    int64_t next_row = 1;
    fleet_begin_round(fleet);
    fleet_end_round(fleet, true);
    for (size_t step = 0; step < STEPS; step++) {
        size_t at = random_below(BOXES);
        char id[] = {(char)('a' + at), '\0'}, sandbox[] = "sbx-?";
        sandbox[4] = id[0];
        switch (random_below(4)) {
        case 0:
            look(id);
            listed[at] = true;
            break;
        case 1:
            fleet_drop_sandbox(fleet, sandbox);
            listed[at] = false;
            break;
        case 2:
            fleet_drop_credential(fleet, row_of[at]);
            take(sandbox, row_of[at] = next_row++, VERDICT_VALID);
            break;
        default:
            fleet_drop_credential(fleet, row_of[at]);
            row_of[at] = 0;
        }
        size_t count = 0;
        for (size_t i = 0; i < BOXES; i++) {
            sandbox[4] = (char)('a' + i);
            const struct fleet_row *row = fleet_find(fleet, sandbox);
            count += listed[i] || row_of[i] > 0;
            cr_assert_eq(row != NULL, listed[i] || row_of[i] > 0);
            cr_assert(row == NULL || row->gone == !listed[i]);
            cr_assert(row == NULL || row->credential_count == (row_of[i] > 0));
        }
        cr_assert_eq(fleet_count(fleet), count);
        cr_assert_eq(strlen(changes(0)), count);
    }
}

// The list that is here was asked for before its sandbox was made: that says nothing of it.
Test(fleet_rounds, what_is_newer_than_the_list_is_not_gone)
{
    struct credential one = {
        .vault_row = 7, .verdict = VERDICT_VALID, .created_at = NOW - 1000, .expires_at = NOW + 5000};
    (void)snprintf(one.sandbox_id, sizeof one.sandbox_id, "sbx-new");
    round_of("a", "b", 2);
    fleet_begin_round(fleet);
    fleet_round_asked(fleet, NOW - 2000);
    fleet_end_round(fleet, true);
    cr_assert_eq(fleet_take_credential(fleet, &one), STATUS_OK);
    cr_expect_not(fleet_find(fleet, "sbx-new")->gone);
    cr_expect_eq(credential_state(&fleet_find(fleet, "sbx-new")->credentials[0], NOW), CREDENTIAL_valid);
    fleet_begin_round(fleet);
    fleet_round_asked(fleet, NOW);
    fleet_end_round(fleet, false);
    cr_expect_not(fleet_find(fleet, "sbx-new")->gone, "it was not all of the list");
    fleet_begin_round(fleet);
    fleet_round_asked(fleet, NOW);
    fleet_end_round(fleet, true);
    cr_expect(fleet_find(fleet, "sbx-new")->gone);
    cr_expect_eq(credential_state(&fleet_find(fleet, "sbx-new")->credentials[0], NOW), CREDENTIAL_invalid);
}
