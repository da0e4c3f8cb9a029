// SPDX-License-Identifier: Apache-2.0
//
// vault: two programs regenerate one credential at once, and their answers get to the disk in any order.

#include "tests/unit/api/vault_rig.h"

#include <criterion/criterion.h>

TestSuite(vault_race, .init = vault_rig_begin, .fini = vault_rig_end);

// The answer `later_ms` after the rig's usual one, over what the row had at content.
static enum status keep_over(int64_t *row, int64_t content, const char *id, int64_t later_ms)
{
    struct access access = vault_rig_access_of("sbx-1", id, id);
    access.updated_at += later_ms;
    enum status status = vault_keep_over(vault_rig.vault, *row, content, &access, row, &vault_rig.why);
    access_clear(&access);
    return status;
}

static int64_t content_of(int64_t row)
{
    int64_t content = -1;
    cr_assert_eq(vault_content(vault_rig.vault, row, &content, &vault_rig.why), STATUS_OK);
    return content;
}

static void expect_only(const char *id, enum credential_verdict verdict)
{
    const struct credential *rows = NULL;
    cr_assert_eq(vault_rig_list(vault_rig.vault, &rows), 1);
    cr_assert_not_null(rows);
    cr_expect_str_eq(rows[0].id, id);
    cr_expect_eq(rows[0].verdict, verdict);
    vault_rig_expect_password(vault_rig.vault, rows[0].vault_row, id);
}

Test(vault_race, an_answer_that_comes_late_does_not_take_the_place_of_a_newer_one)
{
    int64_t row = vault_rig_keep(vault_rig.vault, 0, "sbx-1", "ssh-first", "p");
    int64_t before = content_of(row);
    cr_assert_eq(keep_over(&row, before, "ssh-newer", 20), STATUS_OK);
    cr_expect_eq(keep_over(&row, before, "ssh-older", 10), STATUS_CONFLICT);
    expect_only("ssh-newer", VERDICT_VALID);
}

Test(vault_race, an_answer_that_is_newer_takes_its_place)
{
    int64_t row = vault_rig_keep(vault_rig.vault, 0, "sbx-1", "ssh-first", "p");
    int64_t before = content_of(row);
    cr_assert_eq(keep_over(&row, before, "ssh-older", 10), STATUS_OK);
    cr_expect_eq(keep_over(&row, before, "ssh-newer", 20), STATUS_OK);
    expect_only("ssh-newer", VERDICT_VALID);
}

Test(vault_race, two_answers_of_one_time_leave_it_unknown)
{
    int64_t row = vault_rig_keep(vault_rig.vault, 0, "sbx-1", "ssh-first", "p");
    int64_t before = content_of(row);
    cr_assert_eq(keep_over(&row, before, "ssh-one", 10), STATUS_OK);
    cr_expect_eq(keep_over(&row, before, "ssh-other", 10), STATUS_OK);
    expect_only("ssh-other", VERDICT_UNKNOWN);
}

Test(vault_race, without_another_a_server_whose_clock_went_back_is_believed)
{
    int64_t row = vault_rig_keep(vault_rig.vault, 0, "sbx-1", "ssh-first", "p");
    cr_expect_eq(keep_over(&row, content_of(row), "ssh-second", -86400000), STATUS_OK);
    expect_only("ssh-second", VERDICT_VALID);
}

Test(vault_race, an_intent_that_another_has_filled_is_seen)
{
    int64_t row = vault_rig_intend("sbx-1");
    cr_expect_eq(content_of(row), 0);
    cr_assert_eq(keep_over(&row, 0, "ssh-newer", 20), STATUS_OK);
    cr_expect_eq(keep_over(&row, 0, "ssh-older", 10), STATUS_CONFLICT);
    expect_only("ssh-newer", VERDICT_VALID);
}

Test(vault_race, a_row_that_is_gone_is_made_anew)
{
    int64_t row = vault_rig_keep(vault_rig.vault, 0, "sbx-1", "ssh-first", "p");
    int64_t before = content_of(row);
    cr_assert_eq(vault_forget(vault_rig.vault, row, &vault_rig.why), STATUS_OK);
    cr_expect_eq(keep_over(&row, before, "ssh-second", 10), STATUS_OK);
    expect_only("ssh-second", VERDICT_VALID);
}

Test(vault_race, what_was_given_later_is_not_forgotten_as_superseded)
{
    int64_t row = vault_rig_keep(vault_rig.vault, 0, "sbx-1", "ssh-first", "ssh-first");
    cr_assert_eq(vault_forget_until(vault_rig.vault, row, VAULT_RIG_NOW + 4, &vault_rig.why), STATUS_OK);
    expect_only("ssh-first", VERDICT_VALID);
    cr_assert_eq(vault_forget_until(vault_rig.vault, row, VAULT_RIG_NOW + 5, &vault_rig.why), STATUS_OK);
    const struct credential *rows = NULL;
    cr_expect_eq(vault_rig_list(vault_rig.vault, &rows), 0);
}
