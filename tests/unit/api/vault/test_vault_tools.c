// SPDX-License-Identifier: Apache-2.0
//
// Tests what the vault keeps for tools: what was done by hand, for each sandbox of each server, and how many
// credentials they have made, for all processes together.

#include "api/vault/vault_private.h"
#include "api/vault/vault_tools.h"
#include "tests/unit/api/vault/vault_fixture.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

TestSuite(vault_tools, .init = vault_fixture_begin, .fini = vault_fixture_end, .timeout = 120);

static struct by_hand_notes notes_of(struct vault *vault, const char *sandbox)
{
    struct by_hand_notes notes;
    cr_assert_eq(vault_by_hand(vault, sandbox, &notes, &vault_fixture.why), STATUS_OK, "%s",
                 vault_fixture.why.message);
    return notes;
}

static void put(const char *sandbox, enum by_hand what, int64_t at)
{
    cr_assert_eq(vault_by_hand_put(vault_fixture.vault, sandbox, what, at, &vault_fixture.why), STATUS_OK,
                 "%s", vault_fixture.why.message);
}

Test(vault_tools, what_was_done_by_hand_is_known_to_all_until_it_is_undone)
{
    struct vault *other = vault_fixture_opened(VAULT_FIXTURE_URL, "lp0-other");
    struct vault *elsewhere = vault_fixture_opened("https://other.example", "lp0-key");
    put("sbx-a", BY_HAND_STOPPED, 5);
    put("sbx-a", BY_HAND_STOPPED, 7);
    put("sbx-a", BY_HAND_REVOKED, 9);
    struct by_hand_notes notes = notes_of(other, "sbx-a");
    cr_expect(notes.at[BY_HAND_STOPPED] == 7 && notes.at[BY_HAND_PAUSED] == 0 &&
              notes.at[BY_HAND_REVOKED] == 9);
    cr_expect_eq(notes_of(other, "sbx-b").at[BY_HAND_STOPPED], 0);
    cr_expect_eq(notes_of(elsewhere, "sbx-a").at[BY_HAND_STOPPED], 0, "another server's");
    cr_assert_eq(vault_by_hand_drop(other, "sbx-a", BY_HAND_MOVES, &vault_fixture.why), STATUS_OK);
    notes = notes_of(vault_fixture.vault, "sbx-a");
    cr_expect(notes.at[BY_HAND_STOPPED] == 0 && notes.at[BY_HAND_REVOKED] == 9);
    vault_close(other);
    vault_close(elsewhere);
}

Test(vault_tools, dropping_what_is_not_there_writes_nothing)
{
    int64_t before = 0, after = 0;
    struct vault *other = vault_fixture_opened(VAULT_FIXTURE_URL, "lp0-key");
    cr_assert_eq(vault_version(other, &before, NULL), STATUS_OK);
    cr_assert_eq(vault_by_hand_drop(vault_fixture.vault, "sbx-a", BY_HAND_ALL, NULL), STATUS_OK);
    cr_assert_eq(vault_version(other, &after, NULL), STATUS_OK);
    cr_expect_eq(before, after);
    vault_close(other);
}

Test(vault_tools, processes_share_one_bucket_for_each_sandbox)
{
    enum { PROCESSES = 8, LIMIT = 3 };
    int64_t wait_ms = 0;
    int allowed = 0;
    for (int i = 0; i < PROCESSES; i++) {
        pid_t pid = fork();
        cr_assert(pid >= 0);
        if (pid == 0) {
            struct vault *own = NULL;
            struct secret *key = vault_fixture_text_secret("lp0-key");
            if (vault_open(vault_fixture.folder, VAULT_FIXTURE_URL, key, &own, NULL) != STATUS_OK ||
                vault_tools_take(own, "sbx-a", LIMIT, VAULT_FIXTURE_NOW, &wait_ms, NULL) != STATUS_OK)
                _exit(2);
            _exit(wait_ms == 0 ? 0 : 1);
        }
    }
    for (int i = 0; i < PROCESSES; i++) {
        int status = 0;
        cr_assert(wait(&status) > 0);
        cr_assert(WIFEXITED(status) && WEXITSTATUS(status) <= 1, "%d", status);
        allowed += WEXITSTATUS(status) == 0 ? 1 : 0;
    }
    cr_expect_eq(allowed, LIMIT, "%d", allowed);
    cr_expect_eq(vault_tools_take(vault_fixture.vault, "sbx-b", LIMIT, VAULT_FIXTURE_NOW, &wait_ms, NULL),
                 STATUS_OK);
    cr_expect_eq(wait_ms, 0, "another sandbox has its own");
}

static bool takes(int64_t now_ms)
{
    enum { LIMIT = 3 };
    int64_t wait_ms = 0;
    cr_assert_eq(vault_tools_take(vault_fixture.vault, "sbx-a", LIMIT, now_ms, &wait_ms, NULL), STATUS_OK);
    return wait_ms == 0;
}

Test(vault_tools, a_clock_that_was_set_back_closes_no_bucket)
{
    enum { DAY_MS = 24 * 3600 * 1000, MINUTE_MS = 60 * 1000 };
    for (int i = 0; i < 3; i++)
        cr_expect(takes(VAULT_FIXTURE_NOW + DAY_MS));
    cr_expect_not(takes(VAULT_FIXTURE_NOW));
    cr_expect(takes(VAULT_FIXTURE_NOW + MINUTE_MS), "it fills again");
}

Test(vault_tools, a_vault_of_the_form_before_is_brought_up_to_date)
{
    vault_close(vault_fixture.vault);
    vault_fixture_sql(
        "DROP TABLE by_hand; DROP TABLE tool_bucket; DROP TABLE label; PRAGMA user_version = 2");
    vault_fixture.vault = vault_fixture_opened(VAULT_FIXTURE_URL, "lp0-key");
    put("sbx-a", BY_HAND_PAUSED, 5);
    cr_expect_eq(notes_of(vault_fixture.vault, "sbx-a").at[BY_HAND_PAUSED], 5);
}

// A console runs for days: what had no room at its begin must not stay so.
Test(vault_tools, a_vault_that_had_no_room_is_brought_up_to_date_when_it_has)
{
    vault_fixture_sql(
        "DROP TABLE by_hand; DROP TABLE tool_bucket; DROP TABLE label; PRAGMA user_version = 2");
    vault_fixture.vault->form = 2; // as after a full disk
    put("sbx-a", BY_HAND_STOPPED, 7);
    cr_expect_eq(notes_of(vault_fixture.vault, "sbx-a").at[BY_HAND_STOPPED], 7);
    vault_fixture.vault->form = 2; // and another process has done it
    cr_expect_eq(notes_of(vault_fixture.vault, "sbx-a").at[BY_HAND_STOPPED], 7);
    cr_expect(takes(VAULT_FIXTURE_NOW));
}
