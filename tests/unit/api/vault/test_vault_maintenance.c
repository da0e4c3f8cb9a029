// SPDX-License-Identifier: Apache-2.0
//
// Tests the vault's importing, pruning and sealing again with another key.

#include "api/vault/event_log.h"
#include "tests/unit/api/vault/vault_fixture.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define HOUR INT64_C(3600000)
#define DAY  (24 * HOUR)

TestSuite(vault_maintenance, .init = vault_fixture_begin, .fini = vault_fixture_end, .timeout = 120);

static int64_t import(struct vault *into, const char *sandbox, const char *id, const char *password)
{
    int64_t row = 0;
    struct access access = vault_fixture_access_of(sandbox, id, password);
    cr_assert_eq(vault_import(into, &access, &row, &vault_fixture.why), STATUS_OK, "%s",
                 vault_fixture.why.message);
    access_clear(&access);
    return row;
}

Test(vault_maintenance, an_import_is_unverified_until_it_is_validated)
{
    const struct credential *rows = NULL;
    int64_t row = import(vault_fixture.vault, "sbx-a", "ssh-1", "from-elsewhere");
    cr_assert_eq(vault_fixture_list(vault_fixture.vault, &rows), 1);
    cr_assert_not_null(rows);
    cr_expect_str_eq(rows[0].id, "ssh-1");
    cr_expect_eq(rows[0].verdict, VERDICT_UNVERIFIED);
    cr_expect_eq(rows[0].validated_at, 0);
    cr_expect_eq(rows[0].expires_at, VAULT_FIXTURE_NOW + HOUR);
    vault_fixture_expect_password(vault_fixture.vault, row, "from-elsewhere");
    cr_expect_not(vault_fixture_on_disk("from-elsewhere"));
}

Test(vault_maintenance, an_import_of_a_known_one_takes_its_place)
{
    const struct credential *rows = NULL;
    int64_t kept = vault_fixture_keep(vault_fixture.vault, 0, "sbx-a", "ssh-1", "old-password");
    int64_t other = vault_fixture_keep(vault_fixture.vault, 0, "sbx-b", "ssh-1", "of-another-sandbox");
    cr_expect_eq(import(vault_fixture.vault, "sbx-a", "ssh-1", "new-password"), kept);
    cr_assert_eq(vault_fixture_list(vault_fixture.vault, &rows), 2);
    vault_fixture_expect_password(vault_fixture.vault, kept, "new-password");
    vault_fixture_expect_password(vault_fixture.vault, other, "of-another-sandbox");
}

// What ended more than a day ago; how many went.
static size_t prune(int64_t server_ms, int64_t local_ms, bool sure)
{
    const struct vault_clocks clocks = {server_ms, local_ms, sure};
    size_t count = 9;
    cr_assert_eq(vault_prune(vault_fixture.vault, &clocks, DAY, &count, &vault_fixture.why), STATUS_OK, "%s",
                 vault_fixture.why.message);
    return count;
}

Test(vault_maintenance, nothing_goes_on_the_word_of_one_clock)
{
    const struct credential *rows = NULL;
    int64_t now = VAULT_FIXTURE_NOW, long_after = VAULT_FIXTURE_NOW + HOUR + 2 * DAY;
    (void)vault_fixture_keep(vault_fixture.vault, 0, "sbx-a", "ssh-1", "pw");
    cr_expect_eq(prune(long_after, now, true), 0, "on the server's alone");
    cr_expect_eq(prune(now, long_after, true), 0, "on ours alone");
    cr_expect_eq(prune(long_after, long_after, false), 0, "on a server's that is not sure");
    cr_expect_eq(vault_fixture_list(vault_fixture.vault, &rows), 1);
    cr_expect_eq(prune(long_after, long_after, true), 1);
    cr_expect_eq(vault_fixture_list(vault_fixture.vault, &rows), 0);
}

Test(vault_maintenance, what_the_server_still_calls_valid_stays)
{
    int64_t long_after = VAULT_FIXTURE_NOW + HOUR + 2 * DAY, row = 0;
    row = vault_fixture_keep(vault_fixture.vault, 0, "sbx-a", "ssh-1", "pw");
    cr_assert_eq(vault_set_verdict(vault_fixture.vault, row, NULL, VERDICT_VALID, long_after - HOUR,
                                   &vault_fixture.why),
                 STATUS_OK);
    cr_expect_eq(prune(long_after, long_after, true), 0);
    vault_fixture_expect_password(vault_fixture.vault, row, "pw");
    cr_expect_eq(prune(long_after + DAY, long_after + DAY, true), 1, "nobody has asked for a day");
}

Test(vault_maintenance, what_goes_leaves_its_name_in_the_log)
{
    struct event *list = NULL;
    size_t count = 0;
    int64_t long_after = VAULT_FIXTURE_NOW + HOUR + 2 * DAY;
    (void)vault_fixture_keep(vault_fixture.vault, 0, "sbx-a", "ssh-1", "pw");
    (void)vault_fixture_keep(vault_fixture.vault, 0, "sbx-b", "ssh-2", "pw");
    cr_assert_eq(prune(long_after, long_after + 1, true), 2);
    cr_assert_eq(vault_fixture_events(vault_fixture.vault, 0, 10, &list, &count, &vault_fixture.why),
                 STATUS_OK);
    cr_assert_eq(count, 2);
    cr_assert_not_null(list);
    for (size_t i = 0; i < count; i++) {
        cr_expect_eq(list[i].kind, EVENT_PRUNED);
        cr_expect_eq(list[i].at, long_after);
        cr_expect_eq(list[i].wall_at, long_after + 1);
        cr_expect_not_null(strstr(list[i].message, "expired 2d ago"), "%s", list[i].message);
        cr_expect_str_eq(list[i].sandbox_id, i == 0 ? "sbx-a" : "sbx-b");
        cr_expect_str_eq(list[i].id, i == 0 ? "ssh-1" : "ssh-2");
    }
    free(list);
}

Test(vault_maintenance, what_has_long_ended_goes_and_what_is_not_known_stays)
{
    const struct credential *rows = NULL;
    struct vault *elsewhere = vault_fixture_opened("https://other.example", "lp0-key");
    (void)vault_fixture_keep(vault_fixture.vault, 0, "sbx-a", "ssh-ended", "pw");
    int64_t unknown = vault_fixture_keep(vault_fixture.vault, 0, "sbx-b", "ssh-unknown", "pw");
    int64_t endless = vault_fixture_keep(vault_fixture.vault, 0, "sbx-c", "ssh-endless", "pw");
    (void)vault_fixture_intend("sbx-d");
    (void)vault_fixture_keep(elsewhere, 0, "sbx-a", "ssh-of-another-server", "pw");
    cr_assert_eq(vault_set_verdict(vault_fixture.vault, unknown, NULL, VERDICT_UNKNOWN, VAULT_FIXTURE_NOW,
                                   &vault_fixture.why),
                 STATUS_OK);
    char sql[128];
    (void)snprintf(sql, sizeof sql, "UPDATE credential SET expires_at = 0 WHERE row = %lld",
                   (long long)endless);
    vault_fixture_sql(sql);
    // They end an hour after the fixture's now.
    cr_expect_eq(prune(VAULT_FIXTURE_NOW + HOUR + DAY, VAULT_FIXTURE_NOW + HOUR + DAY, true), 0,
                 "a day after its end is not more than a day");
    cr_expect_eq(prune(VAULT_FIXTURE_NOW + HOUR + DAY + 1, VAULT_FIXTURE_NOW + HOUR + DAY + 1, true), 1);
    cr_assert_eq(vault_fixture_list(vault_fixture.vault, &rows), 3);
    for (size_t i = 0; i < 3; i++)
        cr_expect_str_neq(rows[i].id, "ssh-ended");
    cr_expect_eq(vault_fixture_list(elsewhere, &rows), 1);
    vault_close(elsewhere);
}

Test(vault_maintenance, all_is_sealed_anew_when_the_key_was_replaced)
{
    const struct credential *rows = NULL;
    struct vault_rekeyed counts;
    struct vault *elsewhere = vault_fixture_opened("https://other.example", "lp0-key");
    struct vault *third = vault_fixture_opened(VAULT_FIXTURE_URL, "lp0-third");
    int64_t first = vault_fixture_keep(vault_fixture.vault, 0, "sbx-a", "ssh-1", "pw-one");
    int64_t second = vault_fixture_keep(elsewhere, 0, "sbx-a", "ssh-2", "pw-two");
    int64_t foreign = vault_fixture_keep(third, 0, "sbx-c", "ssh-3", "pw-three");
    (void)vault_fixture_intend("sbx-d");
    struct vault *replaced = vault_fixture_opened(VAULT_FIXTURE_URL, "lp0-new");
    int64_t own = vault_fixture_keep(replaced, 0, "sbx-e", "ssh-4", "pw-four");
    cr_expect_eq(vault_fixture_password_status(replaced, first), STATUS_OTHER_KEY);

    cr_assert_eq(vault_rekey(replaced, vault_fixture.key, &counts, &vault_fixture.why), STATUS_OK, "%s",
                 vault_fixture.why.message);
    cr_expect_eq(counts.done, 3, "%zu", counts.done);
    cr_expect_eq(counts.already, 1);
    cr_expect_eq(counts.others, 1);
    vault_fixture_expect_password(replaced, first, "pw-one");
    vault_fixture_expect_password(replaced, own, "pw-four");
    vault_fixture_expect_password(third, foreign, "pw-three");
    cr_expect_eq(vault_fixture_password_status(vault_fixture.vault, first), STATUS_OTHER_KEY);
    struct vault *elsewhere_now = vault_fixture_opened("https://other.example", "lp0-new");
    vault_fixture_expect_password(elsewhere_now, second, "pw-two");
    cr_assert_eq(vault_fixture_list(vault_fixture.vault, &rows), 4);
    for (size_t i = 0; i < 4; i++)
        cr_expect(rows[i].sealed_elsewhere, "%s", rows[i].id);

    cr_assert_eq(vault_rekey(replaced, vault_fixture.key, &counts, &vault_fixture.why), STATUS_OK);
    cr_expect(counts.done == 0 && counts.already == 4 && counts.others == 1);
    vault_close(elsewhere);
    vault_close(elsewhere_now);
    vault_close(third);
    vault_close(replaced);
}

Test(vault_maintenance, a_damaged_one_stops_nothing_and_stays)
{
    struct vault_rekeyed counts;
    struct vault *replaced = vault_fixture_opened(VAULT_FIXTURE_URL, "lp0-new");
    int64_t good = vault_fixture_keep(vault_fixture.vault, 0, "sbx-a", "ssh-1", "pw-one");
    int64_t damaged = vault_fixture_keep(vault_fixture.vault, 0, "sbx-b", "ssh-2", "pw-two");
    char sql[128];
    (void)snprintf(sql, sizeof sql, "UPDATE credential SET sealed = x'0102' WHERE row = %lld",
                   (long long)damaged);
    vault_fixture_sql(sql);
    cr_assert_eq(vault_rekey(replaced, vault_fixture.key, &counts, &vault_fixture.why), STATUS_OK);
    cr_expect(counts.done == 1 && counts.others == 0 && counts.damaged == 1);
    vault_fixture_expect_password(replaced, good, "pw-one");
    vault_close(replaced);
}
