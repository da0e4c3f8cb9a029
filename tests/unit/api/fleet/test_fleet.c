// SPDX-License-Identifier: Apache-2.0
//
// fleet: sandboxes and credentials joined, in the server's order, through lists that change.

#include "api/fleet/fleet.h"
#include "api/leap0/leap0.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NOW INT64_C(1775044800000)

static struct fleet *fleet;
static struct failure why;

static void begin(void)
{
    fleet = fleet_new();
    cr_assert_not_null(fleet);
}

static void end(void)
{
    fleet_free(fleet);
}

TestSuite(fleet, .init = begin, .fini = end);

static struct sandbox box(const char *id, enum sandbox_state state)
{
    struct sandbox sandbox = {.state = state};
    (void)snprintf(sandbox.id, sizeof sandbox.id, "%s", id);
    return sandbox;
}

static struct credential credential_of(const char *sandbox, int64_t row, enum credential_verdict verdict,
                                       int64_t left)
{
    struct credential one = {.vault_row = row,
                             .verdict = verdict,
                             .has_password = true,
                             .created_at = NOW - 1000 + row,
                             .expires_at = NOW + left};
    (void)snprintf(one.sandbox_id, sizeof one.sandbox_id, "%s", sandbox);
    (void)snprintf(one.id, sizeof one.id, "ssh-%lld", (long long)row);
    return one;
}

static void take_boxes(const char *const *ids)
{
    struct sandbox boxes[8];
    size_t count = 0;
    for (; ids[count] != NULL; count++)
        boxes[count] = box(ids[count], SANDBOX_running);
    cr_assert_eq(fleet_take_list(fleet, &(const struct leap0_page){.sandboxes = boxes, .count = count}, 0),
                 STATUS_OK);
}

static void take(const char *sandbox, int64_t row, enum credential_verdict verdict, int64_t left)
{
    const struct credential one = credential_of(sandbox, row, verdict, left);
    cr_assert_eq(fleet_take_credential(fleet, &one), STATUS_OK);
}

Test(fleet, rows_keep_the_servers_order)
{
    static const char *const first[] = {"sbx-c", "sbx-a", "sbx-b", NULL};
    static const char *const second[] = {"sbx-d", "sbx-b", "sbx-c", NULL};
    cr_expect_eq(fleet_count(fleet), 0);
    cr_expect_not(fleet_is_loaded(fleet));
    take_boxes(first);
    cr_expect(fleet_is_loaded(fleet));
    for (size_t i = 0; i < 3; i++)
        cr_expect_str_eq(fleet_row(fleet, i)->sandbox.id, first[i]);
    cr_expect_null(fleet_row(fleet, 3));
    take_boxes(second);
    cr_expect_eq(fleet_count(fleet), 3);
    for (size_t i = 0; i < 3; i++)
        cr_expect_str_eq(fleet_row(fleet, i)->sandbox.id, second[i]);
    cr_expect_null(fleet_find(fleet, "sbx-a"));
}

Test(fleet, credentials_are_joined_newest_first)
{
    static const char *const ids[] = {"sbx-a", "sbx-b", NULL};
    take("sbx-b", 1, VERDICT_VALID, 1000);
    take_boxes(ids);
    take("sbx-b", 3, VERDICT_VALID, 1000);
    take("sbx-b", 2, VERDICT_INVALID, 1000);
    const struct fleet_row *row = fleet_find(fleet, "sbx-b");
    cr_assert_eq(row->credential_count, 3);
    for (size_t i = 0; i < 3; i++)
        cr_expect_eq(row->credentials[i].vault_row, (int64_t)(3 - i));
    cr_expect_eq(fleet_find(fleet, "sbx-a")->credential_count, 0);
    fleet_drop_credential(fleet, 2);
    fleet_drop_credential(fleet, 77); // not there
    row = fleet_find(fleet, "sbx-b");
    cr_assert_eq(row->credential_count, 2);
    cr_expect_eq(row->credentials[1].vault_row, 1);
}

Test(fleet, one_of_use_keeps_a_row_for_a_sandbox_that_is_gone)
{
    static const char *const ids[] = {"sbx-a", NULL};
    static const char *const none[] = {NULL};
    take("sbx-a", 1, VERDICT_VALID, 1000);
    take("sbx-x", 2, VERDICT_UNKNOWN, 1000);
    take("sbx-y", 3, VERDICT_REVOKED, 1000);
    take("sbx-z", 4, VERDICT_INVALID, 1000);
    // No list has come: nothing is known to be gone.
    cr_expect_not(fleet_find(fleet, "sbx-x")->gone);
    take_boxes(ids);
    cr_expect_eq(fleet_count(fleet), 2);
    cr_expect_not(fleet_find(fleet, "sbx-a")->gone);
    cr_expect(fleet_find(fleet, "sbx-x")->gone);
    take_boxes(none);
    cr_expect(fleet_find(fleet, "sbx-a")->gone);
    take_boxes(ids);
    cr_expect_not(fleet_find(fleet, "sbx-a")->gone);
    fleet_drop_sandbox(fleet, "sbx-a");
    cr_expect(fleet_find(fleet, "sbx-a")->gone);
    fleet_drop_credential(fleet, 1);
    cr_expect_null(fleet_find(fleet, "sbx-a"));
}

Test(fleet, the_generation_tells_of_changes_and_of_nothing_else)
{
    static const char *const ids[] = {"sbx-a", NULL};
    const struct credential list[] = {credential_of("sbx-a", 1, VERDICT_VALID, 1000)};
    take_boxes(ids);
    cr_assert_eq(fleet_take_credentials(fleet, list, 1), STATUS_OK);
    uint64_t before = fleet_generation(fleet);
    cr_assert_eq(fleet_take_credentials(fleet, list, 1), STATUS_OK);
    (void)fleet_count(fleet);
    (void)fleet_find(fleet, "sbx-a");
    fleet_set_busy(fleet, "sbx-a", NULL);
    fleet_set_busy(fleet, "nobody", "creating");
    fleet_drop_sandbox(fleet, "nobody");
    cr_expect_eq(fleet_generation(fleet), before);
    static const char verb[] = "creating";
    fleet_set_busy(fleet, "sbx-a", verb);
    cr_expect_gt(fleet_generation(fleet), before);
    before = fleet_generation(fleet);
    cr_assert_eq(fleet_take_credentials(fleet, NULL, 0), STATUS_OK);
    cr_expect_gt(fleet_generation(fleet), before);
    cr_expect_eq(fleet_find(fleet, "sbx-a")->credential_count, 0);
}

Test(fleet, the_same_list_again_is_no_change)
{
    struct sandbox *list = calloc(2, sizeof *list); // padding and all
    cr_assert_not_null(list);
    (void)snprintf(list[0].id, sizeof list[0].id, "sbx-1");
    (void)snprintf(list[1].id, sizeof list[1].id, "sbx-2");
    cr_assert_eq(fleet_take_list(fleet, &(const struct leap0_page){.sandboxes = list, .count = 0}, 0),
                 STATUS_OK);
    cr_expect(fleet_is_loaded(fleet), "an empty list is one too");
    cr_assert_eq(fleet_take_list(fleet, &(const struct leap0_page){.sandboxes = list, .count = 2}, 0),
                 STATUS_OK);
    uint64_t before = fleet_generation(fleet);
    cr_assert_eq(fleet_take_list(fleet, &(const struct leap0_page){.sandboxes = list, .count = 2}, 0),
                 STATUS_OK);
    cr_expect_eq(fleet_generation(fleet), before);
    cr_expect_eq(fleet_count(fleet), 2);
    list[1].state = SANDBOX_stopped;
    cr_assert_eq(fleet_take_list(fleet, &(const struct leap0_page){.sandboxes = list, .count = 2}, 0),
                 STATUS_OK);
    cr_expect_gt(fleet_generation(fleet), before);
    before = fleet_generation(fleet);
    cr_assert_eq(fleet_take_list(fleet, &(const struct leap0_page){.sandboxes = list, .count = 1}, 0),
                 STATUS_OK);
    cr_expect_gt(fleet_generation(fleet), before, "one less is a change");
    cr_expect_eq(fleet_count(fleet), 1);
    free(list);
}

Test(fleet, a_list_forgets_neither_details_nor_what_is_under_way)
{
    static const char *const ids[] = {"sbx-a", NULL};
    static const char moving[] = "stopping", checking[] = "validating";
    struct sandbox detailed = box("sbx-a", SANDBOX_running);
    detailed.detailed = true;
    detailed.vcpu = 4;
    detailed.memory_mib = 2048;
    take_boxes(ids);
    cr_assert_eq(fleet_take_sandbox(fleet, &detailed, 0), STATUS_OK);
    take("sbx-a", 1, VERDICT_VALID, 1000);
    fleet_set_busy(fleet, "sbx-a", moving);
    fleet_set_credential_busy(fleet, 1, checking);
    take_boxes(ids);
    const struct credential again = credential_of("sbx-a", 1, VERDICT_VALID, 1000);
    cr_assert_eq(fleet_take_credentials(fleet, &again, 1), STATUS_OK);
    const struct fleet_row *row = fleet_find(fleet, "sbx-a");
    cr_expect(row->sandbox.detailed);
    cr_expect_eq(row->sandbox.vcpu, 4);
    cr_expect_eq(row->sandbox.memory_mib, 2048);
    cr_expect_str_eq(row->busy, moving);
    cr_expect_str_eq(row->credentials[0].busy, checking);
}

Test(fleet, details_keep_what_only_the_list_tells)
{
    struct sandbox listed = box("sbx-a", SANDBOX_running);
    listed.timeout_at = NOW + 5000;
    listed.launch_time = NOW - 5000;
    (void)snprintf(listed.pod_id, sizeof listed.pod_id, "pod-1");
    cr_assert_eq(fleet_take_list(fleet, &(const struct leap0_page){.sandboxes = &listed, .count = 1}, 0),
                 STATUS_OK);
    struct sandbox single = box("sbx-a", SANDBOX_running);
    cr_assert_eq(fleet_take_sandbox(fleet, &single, 0), STATUS_OK);
    cr_expect_eq(fleet_find(fleet, "sbx-a")->sandbox.timeout_at, NOW + 5000);
    cr_expect_str_eq(fleet_find(fleet, "sbx-a")->sandbox.pod_id, "pod-1");
    single.state = SANDBOX_stopping;
    cr_assert_eq(fleet_take_sandbox(fleet, &single, 0), STATUS_OK);
    cr_expect_eq(fleet_find(fleet, "sbx-a")->sandbox.timeout_at, 0, "a time-out of another state");
    struct sandbox made = box("sbx-new", SANDBOX_starting);
    cr_assert_eq(fleet_take_sandbox(fleet, &made, 0), STATUS_OK);
    cr_expect_str_eq(fleet_row(fleet, 0)->sandbox.id, "sbx-new");
    cr_expect_eq(fleet_count(fleet), 2);
}

Test(fleet, ids_are_found_by_what_is_enough_of_them)
{
    static const char *const ids[] = {"sbx-ab", "sbx-abc", "sbx-b1", "sbx-b2", "sbx-b3", "sbx-b4", NULL};
    const struct fleet_row *row = NULL;
    take_boxes(ids);
    cr_expect_eq(fleet_resolve(fleet, "sbx-ab", &row, &why), STATUS_OK); // whole, though a prefix too
    cr_expect_str_eq(row->sandbox.id, "sbx-ab");
    cr_expect_eq(fleet_resolve(fleet, "sbx-abc", &row, &why), STATUS_OK);
    cr_expect_str_eq(row->sandbox.id, "sbx-abc");
    cr_expect_eq(fleet_resolve(fleet, "sbx-b2", &row, &why), STATUS_OK);
    cr_expect_str_eq(row->sandbox.id, "sbx-b2");
    cr_expect_eq(fleet_resolve(fleet, "sbx-b", &row, &why), STATUS_CONFLICT);
    cr_expect_not_null(strstr(why.message, "4 sandboxes"), "%s", why.message);
    cr_expect_not_null(strstr(why.message, "sbx-b1, sbx-b2, sbx-b3, ..."), "%s", why.message);
    cr_expect_eq(fleet_resolve(fleet, "sbx-x", &row, &why), STATUS_NOT_FOUND);
    cr_expect_not_null(strstr(why.message, "sbx-x"));
    cr_expect_eq(fleet_resolve(fleet, "", &row, &why), STATUS_NOT_FOUND);
}

Test(fleet, the_best_is_usable_and_ends_last)
{
    static const char *const ids[] = {"sbx-a", NULL};
    take_boxes(ids);
    cr_expect_null(fleet_row_best(fleet_row(fleet, 0), NOW));
    take("sbx-a", 1, VERDICT_REVOKED, 9000);
    cr_expect_eq(fleet_row_best(fleet_row(fleet, 0), NOW)->vault_row, 1);
    take("sbx-a", 2, VERDICT_VALID, -1); // expired
    cr_expect_eq(fleet_row_best(fleet_row(fleet, 0), NOW)->vault_row, 2);
    take("sbx-a", 3, VERDICT_UNKNOWN, 9000);
    cr_expect_eq(fleet_row_best(fleet_row(fleet, 0), NOW)->vault_row, 3);
    take("sbx-a", 4, VERDICT_UNVERIFIED, 4000);
    take("sbx-a", 5, VERDICT_VALID, 3000);
    cr_expect_eq(fleet_row_best(fleet_row(fleet, 0), NOW)->vault_row, 4);
    cr_expect_eq(fleet_row_best(fleet_row(fleet, 0), NOW + 4500)->vault_row, 3);
}

Test(fleet, everything_is_counted_once)
{
    const struct sandbox boxes[] = {box("sbx-a", SANDBOX_running), box("sbx-b", SANDBOX_paused),
                                    box("sbx-c", SANDBOX_running)};
    struct fleet_counts counts;
    cr_assert_eq(fleet_take_list(fleet, &(const struct leap0_page){.sandboxes = boxes, .count = 3}, 0),
                 STATUS_OK);
    take("sbx-a", 1, VERDICT_UNVERIFIED, 9000);
    take("sbx-a", 2, VERDICT_UNVERIFIED, 5000);
    take("sbx-b", 3, VERDICT_VALID, -1);
    take("sbx-c", 4, VERDICT_UNKNOWN, 100);
    take("sbx-gone", 5, VERDICT_VALID, 100);
    take("sbx-gone", 6, VERDICT_UNKNOWN, 100);
    fleet_count_all(fleet, NOW, &counts);
    cr_expect_eq(counts.sandboxes, 3);
    cr_expect_eq(counts.by_state[SANDBOX_running], 2);
    cr_expect_eq(counts.by_state[SANDBOX_paused], 1);
    cr_expect_eq(counts.by_state[SANDBOX_other], 0);
    cr_expect_eq(counts.by_credential[CREDENTIAL_unverified], 2);
    cr_expect_eq(counts.by_credential[CREDENTIAL_expired], 1);
    cr_expect_eq(counts.by_credential[CREDENTIAL_unknown], 1);
    cr_expect_eq(counts.by_credential[CREDENTIAL_valid], 0);
    cr_expect_eq(counts.by_credential[CREDENTIAL_invalid], 2, "their sandbox is gone");
    cr_expect_eq(counts.by_credential[CREDENTIAL_none], 0);
}

static enum credential_state state_of(const char *id)
{
    return credential_state(fleet_row_best(fleet_find(fleet, id), NOW), NOW);
}

// By a complete list, by the server's word on that one, or as its state; and back.
Test(fleet, a_credential_is_invalid_while_its_sandbox_is_gone)
{
    static const char *const both[] = {"sbx-a", "sbx-b", NULL};
    static const char *const one[] = {"sbx-a", NULL};
    const struct sandbox page[] = {box("sbx-a", SANDBOX_running)};
    struct sandbox deleted = box("sbx-b", SANDBOX_deleted);
    take("sbx-b", 1, VERDICT_VALID, 1000);
    cr_expect_eq(state_of("sbx-b"), CREDENTIAL_valid, "no list has come");
    fleet_begin_round(fleet);
    cr_assert_eq(fleet_take_page(fleet, &(const struct leap0_page){.sandboxes = page, .count = 1}, 0),
                 STATUS_OK);
    fleet_end_round(fleet, false);
    cr_expect_eq(state_of("sbx-b"), CREDENTIAL_valid, "the list was incomplete");
    take_boxes(both);
    take_boxes(one);
    cr_expect_eq(state_of("sbx-b"), CREDENTIAL_invalid);
    cr_expect_eq(credential_remaining(fleet_row_best(fleet_find(fleet, "sbx-b"), NOW), NOW), 0);
    take_boxes(both);
    cr_expect_eq(state_of("sbx-b"), CREDENTIAL_valid, "it is back");
    fleet_drop_sandbox(fleet, "sbx-b");
    cr_expect_eq(state_of("sbx-b"), CREDENTIAL_invalid);
    uint64_t seen = fleet_generation(fleet);
    take("sbx-b", 1, VERDICT_VALID, 1000); // as the vault still has it
    cr_expect_eq(state_of("sbx-b"), CREDENTIAL_invalid);
    cr_expect_eq(fleet_generation(fleet), seen, "nothing has changed");
    take_boxes(both);
    cr_assert_eq(fleet_take_sandbox(fleet, &deleted, 0), STATUS_OK);
    cr_expect_eq(state_of("sbx-b"), CREDENTIAL_invalid);
}

// With a key of another organisation the list is complete, and says nothing of it.
Test(fleet, what_another_key_has_sealed_is_not_ended_by_the_list_of_this_one)
{
    static const char *const one[] = {"sbx-a", NULL};
    struct credential foreign = credential_of("sbx-b", 1, VERDICT_VALID, 1000);
    foreign.sealed_elsewhere = true;
    cr_assert_eq(fleet_take_credential(fleet, &foreign), STATUS_OK);
    take_boxes(one);
    cr_expect(fleet_find(fleet, "sbx-b")->gone);
    cr_expect_eq(state_of("sbx-b"), CREDENTIAL_valid);
}

// The joined rows against a plain model, through a long run of random changes.
Test(fleet, stays_right_through_random_changes)
{
    enum { BOXES = 40, ROWS = 60, STEPS = 4000 };
    struct sandbox boxes[BOXES];
    struct {
        bool there;
        int box;
    } model[ROWS] = {{false, 0}};
    unsigned seed = 4711;
    for (int i = 0; i < BOXES; i++) {
        char id[16];
        (void)snprintf(id, sizeof id, "sbx-%d", i);
        boxes[i] = box(id, SANDBOX_running);
    }
    cr_assert_eq(fleet_take_list(fleet, &(const struct leap0_page){.sandboxes = boxes, .count = BOXES}, 0),
                 STATUS_OK);
    for (int step = 0; step < STEPS; step++) {
        int row = rand_r(&seed) % ROWS, at = rand_r(&seed) % BOXES;
        if (rand_r(&seed) % 3 == 0) {
            fleet_drop_credential(fleet, row + 1);
            model[row].there = false;
        } else {
            take(boxes[at].id, row + 1, VERDICT_VALID, 1000);
            model[row].there = true;
            model[row].box = at;
        }
        if (step % 50 != 0)
            continue;
        for (int b = 0; b < BOXES; b++) {
            size_t expected = 0;
            for (int r = 0; r < ROWS; r++)
                expected += model[r].there && model[r].box == b;
            cr_assert_eq(fleet_find(fleet, boxes[b].id)->credential_count, expected, "step %d, %s", step,
                         boxes[b].id);
        }
    }
}

// The memory of the rows is used again: what was there before must not show through.
Test(fleet, rows_are_right_while_it_shrinks_and_grows)
{
    take_boxes((const char *const[]){"sbx-a", "sbx-b", "sbx-c", NULL});
    for (int round = 0; round < 50; round++) {
        size_t many = (size_t)(round * 7 % 12);
        for (size_t i = 0; i < many; i++)
            take(i % 2 == 0 ? "sbx-a" : "sbx-c", 1 + (int64_t)i, VERDICT_VALID, 60000);
        for (size_t i = many; i < 12; i++)
            fleet_drop_credential(fleet, 1 + (int64_t)i);
        cr_assert_eq(fleet_count(fleet), 3);
        cr_expect_eq(fleet_find(fleet, "sbx-a")->credential_count, (many + 1) / 2);
        cr_expect_eq(fleet_find(fleet, "sbx-b")->credential_count, 0);
        cr_expect_eq(fleet_find(fleet, "sbx-c")->credential_count, many / 2);
        const struct fleet_row *row = fleet_find(fleet, "sbx-c");
        for (size_t i = 0; i < row->credential_count; i++) {
            cr_expect_str_eq(row->credentials[i].sandbox_id, "sbx-c");
            cr_expect(i == 0 || row->credentials[i - 1].created_at > row->credentials[i].created_at);
        }
        cr_expect_null(fleet_row(fleet, 3));
    }
}

// --- what was not understood ---

Test(fleet, a_list_that_may_be_incomplete_takes_no_sandbox_away)
{
    static const char *const first[] = {"sbx-a", "sbx-b", "sbx-c", NULL};
    struct sandbox boxes[] = {box("sbx-d", SANDBOX_running), box("sbx-b", SANDBOX_stopped)};
    struct leap0_page page = {.sandboxes = boxes, .count = 2, .total = 9, .malformed = 1, .incomplete = true};
    static const char *const joined[] = {"sbx-d", "sbx-a", "sbx-b", "sbx-c"};
    struct fleet_counts counts;
    take_boxes(first);
    take("sbx-c", 1, VERDICT_VALID, 1000);
    cr_assert_eq(fleet_take_list(fleet, &page, 0), STATUS_OK);
    cr_assert_eq(fleet_count(fleet), 4);
    for (size_t i = 0; i < 4; i++)
        cr_expect_str_eq(fleet_row(fleet, i)->sandbox.id, joined[i]);
    cr_expect_eq(fleet_find(fleet, "sbx-b")->sandbox.state, SANDBOX_stopped);
    cr_expect_not(fleet_find(fleet, "sbx-c")->gone);
    fleet_count_all(fleet, NOW, &counts);
    cr_expect(counts.incomplete);
    cr_expect_eq(counts.left_out, 1);
    // And a whole one does.
    page.incomplete = false;
    uint64_t before = fleet_generation(fleet);
    cr_assert_eq(fleet_take_list(fleet, &page, 0), STATUS_OK);
    cr_expect_neq(fleet_generation(fleet), before);
    cr_expect_null(fleet_find(fleet, "sbx-a"));
    cr_expect(fleet_find(fleet, "sbx-c")->gone);
    before = fleet_generation(fleet);
    cr_assert_eq(fleet_take_list(fleet, &page, 0), STATUS_OK);
    cr_expect_eq(fleet_generation(fleet), before, "the same again is no change");
}

Test(fleet, what_was_not_understood_is_counted_and_the_first_is_named)
{
    struct sandbox boxes[] = {box("sbx-a", SANDBOX_running), box("sbx:b", SANDBOX_running),
                              box("sbx-c", SANDBOX_running)};
    struct credential one = credential_of("sbx-c", 1, VERDICT_VALID, 1000);
    struct fleet_counts counts;
    boxes[1].id_malformed = true;
    unparsed_add(&boxes[2].unparsed, "timeout_at", "true");
    unparsed_add(&one.unparsed, "expires_at", "{}");
    cr_assert_eq(fleet_take_list(fleet, &(const struct leap0_page){.sandboxes = boxes, .count = 3}, 0),
                 STATUS_OK);
    cr_assert_eq(fleet_take_credential(fleet, &one), STATUS_OK);
    fleet_count_all(fleet, NOW, &counts);
    cr_expect_eq(counts.malformed_ids, 1);
    cr_expect_eq(counts.unparsed_objects, 2);
    cr_expect_str_eq(counts.first_unparsed, "sbx-c: timeout_at not understood: true");
    // The vault does not keep it: read again, the credential is as it was.
    struct credential read = one;
    memset(&read.unparsed, 0, sizeof read.unparsed);
    cr_assert_eq(fleet_take_credentials(fleet, &read, 1), STATUS_OK);
    fleet_count_all(fleet, NOW, &counts);
    cr_expect_eq(counts.unparsed_objects, 2);
    read.updated_at++; // another one by now
    cr_assert_eq(fleet_take_credentials(fleet, &read, 1), STATUS_OK);
    fleet_count_all(fleet, NOW, &counts);
    cr_expect_eq(counts.unparsed_objects, 1);
}

Test(fleet, a_row_whose_id_is_not_understood_is_not_to_be_had)
{
    struct sandbox boxes[] = {box("sbx:b", SANDBOX_running), box("sbx-c", SANDBOX_running)};
    const struct fleet_row *row = NULL;
    boxes[0].id_malformed = true;
    cr_assert_eq(fleet_take_list(fleet, &(const struct leap0_page){.sandboxes = boxes, .count = 2}, 0),
                 STATUS_OK);
    cr_expect_eq(fleet_resolve(fleet, "sbx:b", &row, &why), STATUS_MALFORMED);
    cr_expect_not_null(strstr(why.message, "sbxdeck can't use it"), "%s", why.message);
    cr_expect_eq(fleet_resolve(fleet, "sbx:", &row, &why), STATUS_MALFORMED);
    cr_expect_eq(fleet_resolve(fleet, "sbx", &row, &why), STATUS_CONFLICT);
    cr_expect_eq(fleet_resolve(fleet, "sbx-", &row, &why), STATUS_OK);
}

Test(fleet, a_credential_with_an_end_stands_before_one_without)
{
    static const char *const ids[] = {"sbx-a", NULL};
    take_boxes(ids);
    struct credential endless = credential_of("sbx-a", 2, VERDICT_VALID, 0);
    endless.expires_at = 0;
    cr_assert_eq(fleet_take_credential(fleet, &endless), STATUS_OK);
    cr_expect_eq(fleet_row_best(fleet_row(fleet, 0), NOW)->vault_row, 2);
    take("sbx-a", 1, VERDICT_VALID, 1000);
    cr_expect_eq(fleet_row_best(fleet_row(fleet, 0), NOW)->vault_row, 1);
}
