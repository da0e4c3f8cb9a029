// SPDX-License-Identifier: Apache-2.0
//
// Tests two programs that regenerate one credential at once, and whose answers get to the disk in any order.

#include "tests/unit/api/vault/vault_fixture.h"

#include <criterion/criterion.h>

TestSuite(vault_race, .init = vault_fixture_begin, .fini = vault_fixture_end);

static int64_t answer; // of the last keep

// The answer `later_ms` after the fixture's usual one, over what the row had at content.
static enum status keep(int64_t row, int64_t content, const char *id, int64_t later_ms)
{
    struct access access = vault_fixture_access_of("sbx-1", id, id);
    access.updated_at += later_ms;
    enum status status = vault_keep(vault_fixture.vault, row, content, &access, &answer, &vault_fixture.why);
    access_clear(&access);
    return status;
}

static int64_t content_of(int64_t row)
{
    int64_t content = -1;
    cr_assert_eq(vault_content(vault_fixture.vault, row, &content, &vault_fixture.why), STATUS_OK);
    return content;
}

static void expect_only(const char *id, enum credential_verdict verdict)
{
    const struct credential *rows = NULL;
    cr_assert_eq(vault_fixture_list(vault_fixture.vault, &rows), 1);
    cr_assert_not_null(rows);
    cr_expect_str_eq(rows[0].id, id);
    cr_expect_eq(rows[0].verdict, verdict);
    vault_fixture_expect_password(vault_fixture.vault, rows[0].vault_row, id);
}

Test(vault_race, an_answer_that_comes_late_does_not_take_the_place_of_a_newer_one)
{
    int64_t row = vault_fixture_keep(vault_fixture.vault, 0, "sbx-1", "ssh-first", "p");
    int64_t before = content_of(row);
    cr_assert_eq(keep(row, before, "ssh-newer", 20), STATUS_OK);
    cr_expect_eq(keep(row, before, "ssh-older", 10), STATUS_CONFLICT);
    expect_only("ssh-newer", VERDICT_VALID);
}

Test(vault_race, an_answer_that_is_newer_takes_its_place)
{
    int64_t row = vault_fixture_keep(vault_fixture.vault, 0, "sbx-1", "ssh-first", "p");
    int64_t before = content_of(row);
    cr_assert_eq(keep(row, before, "ssh-older", 10), STATUS_OK);
    cr_expect_eq(keep(row, before, "ssh-newer", 20), STATUS_OK);
    expect_only("ssh-newer", VERDICT_VALID);
}

static void expect_candidates(int64_t row, const char *first, const char *second,
                              struct vault_candidates *out)
{
    cr_assert_eq(vault_candidates(vault_fixture.vault, row, out, &vault_fixture.why), STATUS_OK, "%s",
                 vault_fixture.why.message);
    cr_assert_eq(out->count, second != NULL ? 2 : 1, "%zu", out->count);
    cr_expect_str_eq(secret_text(out->list[0].password), first);
    cr_expect_str_eq(out->list[0].id, first);
    cr_expect_eq(out->list[0].answer, 0);
    if (second == NULL)
        return;
    cr_expect_str_eq(secret_text(out->list[1].password), second);
    cr_expect_str_eq(out->list[1].id, second);
    cr_expect_gt(out->list[1].answer, 0);
}

Test(vault_race, two_answers_of_one_time_are_both_kept_until_a_validate_tells)
{
    for (int wins = 0; wins < 2; wins++) {
        struct vault_candidates both = {0}, one = {0};
        int64_t row = vault_fixture_keep(vault_fixture.vault, 0, "sbx-1", "ssh-first", "p");
        int64_t before = content_of(row);
        cr_assert_eq(keep(row, before, "ssh-one", 10), STATUS_OK);
        cr_expect_eq(answer, 0);
        cr_assert_eq(keep(row, before, "ssh-other", 10), STATUS_OK);
        cr_expect_gt(answer, 0);
        expect_only("ssh-one", VERDICT_UNKNOWN);
        expect_candidates(row, "ssh-one", "ssh-other", &both);
        cr_assert_eq(vault_settle(vault_fixture.vault, row, both.content, both.list[wins].answer,
                                  VERDICT_VALID, VAULT_FIXTURE_NOW + 77, &vault_fixture.why),
                     STATUS_OK, "%s", vault_fixture.why.message);
        expect_only(both.list[wins].id, VERDICT_VALID);
        expect_candidates(row, both.list[wins].id, NULL, &one);
        vault_candidates_clear(&both);
        vault_candidates_clear(&one);
        cr_assert_eq(vault_forget(vault_fixture.vault, row, &vault_fixture.why), STATUS_OK);
    }
}

Test(vault_race, what_is_settled_is_what_was_asked_about)
{
    struct vault_candidates both = {0}, now = {0};
    int64_t row = vault_fixture_keep(vault_fixture.vault, 0, "sbx-1", "ssh-first", "p");
    int64_t before = content_of(row);
    cr_assert_eq(keep(row, before, "ssh-one", 10), STATUS_OK);
    cr_assert_eq(keep(row, before, "ssh-other", 10), STATUS_OK);
    expect_candidates(row, "ssh-one", "ssh-other", &both);
    cr_assert_eq(keep(row, before, "ssh-later", 20), STATUS_OK);
    cr_expect_eq(vault_settle(vault_fixture.vault, row, both.content, both.list[1].answer, VERDICT_VALID, 1,
                              &vault_fixture.why),
                 STATUS_NOT_FOUND);
    expect_only("ssh-later", VERDICT_VALID);
    expect_candidates(row, "ssh-later", NULL, &now);
    vault_candidates_clear(&both);
    vault_candidates_clear(&now);
}

Test(vault_race, what_the_server_has_ended_is_not_brought_back_by_who_has_it_in_memory)
{
    const struct credential *rows = NULL;
    int64_t row = vault_fixture_intend("sbx-1"), other = vault_fixture_intend("sbx-1");
    // Deleted; and replaced by what was given later.
    cr_assert_eq(vault_forget_until(vault_fixture.vault, row, INT64_MAX, &vault_fixture.why), STATUS_OK);
    cr_expect_eq(keep(row, 0, "ssh-deleted", 10), STATUS_CONFLICT);
    cr_assert_eq(
        vault_forget_until(vault_fixture.vault, other, VAULT_FIXTURE_NOW + 5 + 20, &vault_fixture.why),
        STATUS_OK);
    cr_expect_eq(keep(other, 0, "ssh-replaced", 10), STATUS_CONFLICT);
    cr_expect_eq(vault_fixture_list(vault_fixture.vault, &rows), 0);
    // What was given later than that is another one.
    cr_expect_eq(keep(other, 0, "ssh-after", 30), STATUS_OK);
    expect_only("ssh-after", VERDICT_VALID);
}

Test(vault_race, a_row_keeps_its_number_from_its_birth)
{
    const struct credential *rows = NULL;
    int64_t row = vault_row_new();
    cr_expect_gt(vault_row_new(), row);
    cr_assert_eq(keep(row, 0, "ssh-1", 0), STATUS_OK); // no intent of it got to the disk
    expect_only("ssh-1", VERDICT_VALID);
    cr_assert_eq(vault_forget(vault_fixture.vault, row, &vault_fixture.why), STATUS_OK);
    cr_assert_eq(vault_intend(vault_fixture.vault, "sbx-1", VAULT_FIXTURE_NOW, row, &vault_fixture.why),
                 STATUS_OK);
    cr_assert_eq(keep(row, 0, "ssh-2", 0), STATUS_OK);
    cr_assert_eq(vault_fixture_list(vault_fixture.vault, &rows), 1);
    cr_expect_eq(rows[0].vault_row, row);
}

Test(vault_race, without_another_a_server_whose_clock_went_back_is_believed)
{
    int64_t row = vault_fixture_keep(vault_fixture.vault, 0, "sbx-1", "ssh-first", "p");
    cr_expect_eq(keep(row, content_of(row), "ssh-second", -86400000), STATUS_OK);
    expect_only("ssh-second", VERDICT_VALID);
}

Test(vault_race, an_intent_that_another_has_filled_is_seen)
{
    int64_t row = vault_fixture_intend("sbx-1");
    cr_expect_eq(content_of(row), 0);
    cr_assert_eq(keep(row, 0, "ssh-newer", 20), STATUS_OK);
    cr_expect_eq(keep(row, 0, "ssh-older", 10), STATUS_CONFLICT);
    expect_only("ssh-newer", VERDICT_VALID);
}

Test(vault_race, a_row_that_is_gone_is_made_anew)
{
    int64_t row = vault_fixture_keep(vault_fixture.vault, 0, "sbx-1", "ssh-first", "p");
    int64_t before = content_of(row);
    cr_assert_eq(vault_forget(vault_fixture.vault, row, &vault_fixture.why), STATUS_OK);
    cr_expect_eq(keep(row, before, "ssh-second", 10), STATUS_OK);
    expect_only("ssh-second", VERDICT_VALID);
}

Test(vault_race, what_was_given_later_is_not_forgotten_as_superseded)
{
    int64_t row = vault_fixture_keep(vault_fixture.vault, 0, "sbx-1", "ssh-first", "ssh-first");
    cr_assert_eq(vault_forget_until(vault_fixture.vault, row, VAULT_FIXTURE_NOW + 4, &vault_fixture.why),
                 STATUS_OK);
    expect_only("ssh-first", VERDICT_VALID);
    // At the same time it may be the one that works.
    cr_assert_eq(vault_forget_until(vault_fixture.vault, row, VAULT_FIXTURE_NOW + 5, &vault_fixture.why),
                 STATUS_OK);
    expect_only("ssh-first", VERDICT_UNVERIFIED);
    cr_assert_eq(vault_forget_until(vault_fixture.vault, row, VAULT_FIXTURE_NOW + 6, &vault_fixture.why),
                 STATUS_OK);
    const struct credential *rows = NULL;
    cr_expect_eq(vault_fixture_list(vault_fixture.vault, &rows), 0);
}
