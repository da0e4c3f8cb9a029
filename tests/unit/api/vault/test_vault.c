// SPDX-License-Identifier: Apache-2.0
//
// Tests the vault: what is on disk after each call, who may read it, and what is refused.

#include "tests/unit/api/vault/vault_fixture.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

TestSuite(vault, .init = vault_fixture_begin, .fini = vault_fixture_end, .timeout = 120);

// --- what is kept ---

Test(vault, a_create_goes_from_intent_to_credential)
{
    const struct credential *rows = NULL;
    int64_t row = vault_fixture_intend("sbx-a");
    cr_assert_eq(vault_fixture_list(vault_fixture.vault, &rows), 1);
    cr_expect(rows[0].id[0] == '\0');
    cr_expect_str_eq(rows[0].sandbox_id, "sbx-a");
    cr_expect_eq(rows[0].verdict, VERDICT_UNKNOWN);
    cr_expect_eq(rows[0].created_at, VAULT_FIXTURE_NOW);
    cr_expect_not(rows[0].has_password);
    cr_expect_eq(vault_fixture_password_status(vault_fixture.vault, row), STATUS_NOT_FOUND);
    cr_expect_eq(vault_fixture_keep(vault_fixture.vault, row, "sbx-a", "ssh-1", "hunter2"), row);
    cr_assert_eq(vault_fixture_list(vault_fixture.vault, &rows), 1);
    cr_expect(strcmp(rows[0].id, "ssh-1") == 0);
    cr_expect_eq(rows[0].verdict, VERDICT_VALID);
    cr_expect_eq(rows[0].validated_at, VAULT_FIXTURE_NOW + 5);
    cr_expect_eq(rows[0].expires_at, VAULT_FIXTURE_NOW + 3600000);
    cr_expect_eq(rows[0].port, 2222);
    cr_expect_str_eq(rows[0].host, "sbx-a.example");
    cr_expect_str_eq(rows[0].username, "ssh-1");
    cr_expect_str_eq(rows[0].ssh_command, "ssh ssh-1@sbx-a.example");
    cr_expect(rows[0].has_password && !rows[0].sealed_elsewhere);
    vault_fixture_expect_password(vault_fixture.vault, row, "hunter2");
}

Test(vault, an_end_that_is_not_known_survives)
{
    const struct credential *rows = NULL;
    struct access access = {.id = "ssh-1", .sandbox_id = "sbx-a", .password = secret_new("hunter2", 7)};
    int64_t row = vault_fixture_intend("sbx-a");
    cr_assert_eq(vault_fixture_write(vault_fixture.vault, row, &access, &vault_fixture.why), STATUS_OK);
    access_clear(&access);
    cr_assert_eq(vault_fixture_list(vault_fixture.vault, &rows), 1);
    cr_expect_eq(rows[0].expires_at, 0);
    cr_expect_eq(rows[0].verdict, VERDICT_VALID);
    vault_fixture_expect_password(vault_fixture.vault, row, "hunter2");
}

Test(vault, a_dropped_intent_leaves_nothing_and_takes_no_credential_with_it)
{
    const struct credential *rows = NULL;
    int64_t row = vault_fixture_intend("sbx-a"),
            kept = vault_fixture_keep(vault_fixture.vault, 0, "sbx-a", "ssh-1", "pw");
    cr_expect_eq(vault_intend_drop(vault_fixture.vault, row, &vault_fixture.why), STATUS_OK);
    cr_expect_eq(vault_intend_drop(vault_fixture.vault, kept, &vault_fixture.why), STATUS_OK);
    cr_assert_eq(vault_fixture_list(vault_fixture.vault, &rows), 1);
    cr_expect_str_eq(rows[0].id, "ssh-1");
}

Test(vault, a_credential_is_kept_although_its_intent_was_given_up)
{
    const struct credential *rows = NULL;
    int64_t row = vault_fixture_intend("sbx-a");
    cr_assert_eq(vault_forget(vault_fixture.vault, row, &vault_fixture.why), STATUS_OK);
    int64_t kept = vault_fixture_keep(vault_fixture.vault, row, "sbx-a", "ssh-1", "pw");
    cr_assert_eq(vault_fixture_list(vault_fixture.vault, &rows), 1);
    vault_fixture_expect_password(vault_fixture.vault, kept, "pw");
}

Test(vault, a_regenerate_leaves_no_ghost)
{
    const struct credential *rows = NULL;
    int64_t row = vault_fixture_keep(vault_fixture.vault, 0, "sbx-a", "ssh-1", "old-password");
    struct access access = vault_fixture_access_of("sbx-a", "ssh-2", "new-password");
    cr_assert_eq(vault_fixture_write(vault_fixture.vault, row, &access, &vault_fixture.why), STATUS_OK);
    cr_assert_eq(vault_fixture_list(vault_fixture.vault, &rows), 1);
    cr_expect_str_eq(rows[0].id, "ssh-2");
    vault_fixture_expect_password(vault_fixture.vault, row, "new-password");
    access_clear(&access);
}

Test(vault, verdicts_are_kept_for_the_id_they_are_on)
{
    const struct credential *rows = NULL;
    int64_t row = vault_fixture_keep(vault_fixture.vault, 0, "sbx-a", "ssh-1", "pw");
    cr_expect_eq(vault_set_verdict(vault_fixture.vault, row, "ssh-old", VERDICT_INVALID, VAULT_FIXTURE_NOW,
                                   &vault_fixture.why),
                 STATUS_NOT_FOUND);
    (void)vault_fixture_list(vault_fixture.vault, &rows);
    cr_expect_eq(rows[0].verdict, VERDICT_VALID);
    cr_expect_eq(vault_set_verdict(vault_fixture.vault, row, "ssh-1", VERDICT_INVALID, VAULT_FIXTURE_NOW + 9,
                                   &vault_fixture.why),
                 STATUS_OK);
    (void)vault_fixture_list(vault_fixture.vault, &rows);
    cr_expect_eq(rows[0].verdict, VERDICT_INVALID);
    cr_expect_eq(rows[0].validated_at, VAULT_FIXTURE_NOW + 9);
    cr_expect_eq(vault_set_verdict(vault_fixture.vault, row, NULL, VERDICT_REVOKED, VAULT_FIXTURE_NOW,
                                   &vault_fixture.why),
                 STATUS_OK);
    cr_expect_eq(vault_set_verdict(vault_fixture.vault, row + 1, NULL, VERDICT_VALID, VAULT_FIXTURE_NOW,
                                   &vault_fixture.why),
                 STATUS_NOT_FOUND);
}

Test(vault, everything_is_there_again_after_a_restart)
{
    const struct credential *rows = NULL;
    int64_t row = vault_fixture_keep(vault_fixture.vault, 0, "sbx-a", "ssh-1", "pw");
    (void)vault_fixture_intend("sbx-b");
    vault_close(vault_fixture.vault);
    vault_fixture.vault = vault_fixture_opened(VAULT_FIXTURE_URL, "lp0-key");
    cr_assert_eq(vault_fixture_list(vault_fixture.vault, &rows), 2);
    vault_fixture_expect_password(vault_fixture.vault, row, "pw");
    cr_expect_eq(rows[1].verdict, VERDICT_UNKNOWN);
}

Test(vault, the_list_is_by_sandbox_and_creation)
{
    const struct credential *rows = NULL;
    (void)vault_fixture_keep(vault_fixture.vault, 0, "sbx-b", "ssh-1", "pw");
    (void)vault_fixture_keep(vault_fixture.vault, 0, "sbx-a", "ssh-2", "pw");
    (void)vault_fixture_keep(vault_fixture.vault, 0, "sbx-a", "ssh-3", "pw");
    cr_assert_eq(vault_fixture_list(vault_fixture.vault, &rows), 3);
    cr_expect_str_eq(rows[0].id, "ssh-2");
    cr_expect_str_eq(rows[1].id, "ssh-3");
    cr_expect_str_eq(rows[2].id, "ssh-1");
}

// --- whose it is ---

Test(vault, other_servers_credentials_are_not_shown)
{
    const struct credential *rows = NULL;
    int64_t row = vault_fixture_keep(vault_fixture.vault, 0, "sbx-a", "ssh-1", "pw");
    struct vault *other = vault_fixture_opened("https://other.example", "lp0-key");
    cr_expect_eq(vault_fixture_list(other, &rows), 0);
    cr_expect_eq(vault_fixture_password_status(other, row), STATUS_NOT_FOUND);
    vault_close(other);
    other = vault_fixture_opened(VAULT_FIXTURE_URL "/", "lp0-key"); // the same, written otherwise
    cr_expect_eq(vault_fixture_list(other, &rows), 1);
    vault_fixture_expect_password(other, row, "pw");
    vault_close(other);
}

Test(vault, what_another_key_has_sealed_is_shown_and_kept_but_not_opened)
{
    const struct credential *rows = NULL;
    int64_t row = vault_fixture_keep(vault_fixture.vault, 0, "sbx-a", "ssh-1", "pw");
    struct vault *other = vault_fixture_opened(VAULT_FIXTURE_URL, "lp0-other");
    cr_assert_eq(vault_fixture_list(other, &rows), 1);
    cr_expect(rows[0].sealed_elsewhere);
    cr_expect(rows[0].has_password);
    cr_expect_eq(vault_fixture_password_status(other, row), STATUS_OTHER_KEY);
    vault_close(other);
    vault_fixture_expect_password(vault_fixture.vault, row, "pw");
}

Test(vault, neither_passwords_nor_keys_are_on_disk)
{
    (void)vault_fixture_keep(vault_fixture.vault, 0, "sbx-a", "ssh-1", "correct-horse-battery");
    cr_expect(vault_fixture_on_disk("ssh-1"), "the test looks in the wrong place");
    cr_expect_not(vault_fixture_on_disk("correct-horse-battery"));
    cr_expect_not(vault_fixture_on_disk("lp0-key"));
}

Test(vault, what_is_forgotten_leaves_the_disk)
{
    int64_t row = vault_fixture_keep(vault_fixture.vault, 0, "sbx-a", "ssh-forgotten", "pw");
    cr_assert_eq(vault_forget(vault_fixture.vault, row, &vault_fixture.why), STATUS_OK);
    cr_expect_eq(vault_fixture_password_status(vault_fixture.vault, row), STATUS_NOT_FOUND);
    vault_close(vault_fixture.vault); // writes the log back
    vault_fixture.vault = NULL;
    cr_expect_not(vault_fixture_on_disk("ssh-forgotten"));
}

// A sealed password belongs to its row: put anywhere else, or its row changed, it does not open.
Test(vault, a_password_opens_for_nothing_but_its_own_row_and_goes_nowhere_else)
{
    static const char *const changes[] = {
        "id = 'ssh-9'",
        "sandbox_id = 'sbx-z'",
        "expires_at = expires_at + 1",
        "host = 'evil.example'",
        "host = ''",
        "port = 2223",
        "username = 'root'",
        "ssh_command = 'ssh ssh-1@evil.example'",
        "sealed = (SELECT sealed FROM credential WHERE id = 'ssh-2')",
        "sealed = substr(sealed, 1, length(sealed) - 1)",
        "sealed = x'00'",
        "sealed = zeroblob(100000)",
        "sealed = x''",
    };
    for (size_t i = 0; i < sizeof changes / sizeof changes[0]; i++) {
        const struct credential *rows = NULL;
        char sql[256];
        vault_fixture_sql("DELETE FROM credential");
        int64_t first = vault_fixture_keep(vault_fixture.vault, 0, "sbx-a", "ssh-1", "one");
        (void)vault_fixture_keep(vault_fixture.vault, 0, "sbx-b", "ssh-2", "two");
        vault_fixture_expect_password(vault_fixture.vault, first, "one");
        (void)snprintf(sql, sizeof sql, "UPDATE credential SET %s WHERE row = %lld", changes[i],
                       (long long)first);
        vault_fixture_sql(sql);
        cr_expect_eq(vault_fixture_password_status(vault_fixture.vault, first), STATUS_STORE_FAILED,
                     "opened after: %s", changes[i]);
        cr_expect_not_null(strstr(failure_advice(&vault_fixture.why), "regenerate"), "%s",
                           failure_advice(&vault_fixture.why));
        // It is known before anybody wants to use it, and the other is as it was.
        cr_assert_eq(vault_fixture_list(vault_fixture.vault, &rows), 2);
        for (int r = 0; r < 2; r++)
            cr_expect_eq(rows[r].damaged, rows[r].vault_row == first, "%s", changes[i]);
    }
}

Test(vault, a_changed_host_is_refused_by_name)
{
    int64_t row = vault_fixture_keep(vault_fixture.vault, 0, "sbx-a", "ssh-1", "one");
    vault_fixture_sql("UPDATE credential SET host = 'evil.example', port = 2022");
    cr_expect_eq(vault_fixture_password_status(vault_fixture.vault, row), STATUS_STORE_FAILED);
    cr_expect_not_null(strstr(vault_fixture.why.message, "evil.example port 2022"), "%s",
                       vault_fixture.why.message);
}

Test(vault, the_same_password_is_never_sealed_the_same_way)
{
    (void)vault_fixture_keep(vault_fixture.vault, 0, "sbx-a", "ssh-1", "pw");
    (void)vault_fixture_keep(vault_fixture.vault, 0, "sbx-a", "ssh-1", "pw");
    vault_fixture_sql("CREATE TEMP TABLE t AS SELECT count(DISTINCT sealed) AS n FROM credential;"
                      "CREATE TEMP TABLE u (n CHECK (n = 2)); INSERT INTO u SELECT n FROM t");
}

Test(vault, rows_written_by_somebody_else_fit_no_buffer_but_theirs)
{
    const struct credential *rows = NULL;
    vault_fixture_sql(
        "INSERT INTO credential (base_url, sandbox_id, id, verdict, expires_at, created_at, updated_at,"
        " validated_at, ssh_command, host, port, username, mark, sealed) VALUES ('" VAULT_FIXTURE_URL "',"
        " hex(zeroblob(5000)), hex(zeroblob(5000)), 77, 1, 1, 1, 1, hex(zeroblob(5000)), hex(zeroblob(5000)),"
        " 1, hex(zeroblob(5000)), x'', x'01')");
    cr_assert_eq(vault_fixture_list(vault_fixture.vault, &rows), 1);
    cr_expect_eq(strlen(rows[0].id), ID_CAP - 1);
    cr_expect_eq(rows[0].verdict, VERDICT_UNKNOWN);
    cr_expect(rows[0].sealed_elsewhere);
}

// --- what is refused ---

static mode_t mode_of(const char *path)
{
    struct stat facts;
    cr_assert_eq(lstat(path, &facts), 0, "%s", path);
    return facts.st_mode & 07777;
}

Test(vault, all_of_it_is_private_whatever_the_umask)
{
    static const char *const ends[] = {"", "-wal", "-shm"};
    vault_close(vault_fixture.vault);
    (void)support_folder_remove(vault_fixture.folder);
    (void)umask(0);
    vault_fixture.vault = vault_fixture_opened(VAULT_FIXTURE_URL, "lp0-key");
    (void)vault_fixture_keep(vault_fixture.vault, 0, "sbx-a", "ssh-1", "pw");
    cr_expect_eq(mode_of(vault_fixture.folder), 0700);
    for (size_t i = 0; i < 3; i++) {
        char path[SUPPORT_PATH_CAP + 64];
        (void)snprintf(path, sizeof path, "%s%s", vault_fixture.file, ends[i]);
        cr_expect_eq(mode_of(path), 0600, "%s", path);
    }
}

static void expect_unsafe(const char *what)
{
    struct vault *one = NULL;
    cr_expect_eq(vault_fixture_open_as(VAULT_FIXTURE_URL, "lp0-key", &one), STATUS_STORE_UNSAFE,
                 "%s was accepted", what);
    cr_expect_null(one);
    cr_expect_not_null(strstr(vault_fixture.why.message, vault_fixture.folder), "%s",
                       vault_fixture.why.message);
}

Test(vault, what_others_may_read_is_refused)
{
    cr_assert_eq(chmod(vault_fixture.folder, 0750), 0);
    expect_unsafe("a folder open to the group");
    cr_expect_not_null(strstr(failure_advice(&vault_fixture.why), "chmod 700"));
    cr_assert_eq(chmod(vault_fixture.folder, 0700), 0);
    cr_assert_eq(chmod(vault_fixture.file, 0604), 0);
    expect_unsafe("a file open to all");
    cr_expect_not_null(strstr(failure_advice(&vault_fixture.why), "chmod 600"));
    cr_assert_eq(chmod(vault_fixture.file, 0600), 0);
    vault_close(vault_fixture_opened(VAULT_FIXTURE_URL, "lp0-key"));
}

Test(vault, links_are_refused)
{
    char real[SUPPORT_PATH_CAP + 64];
    (void)snprintf(real, sizeof real, "%s/real", vault_fixture.top);
    vault_close(vault_fixture.vault);
    vault_fixture.vault = NULL;
    cr_assert_eq(rename(vault_fixture.file, real), 0);
    cr_assert_eq(symlink(real, vault_fixture.file), 0);
    expect_unsafe("a linked file");
    cr_assert_eq(unlink(vault_fixture.file), 0);
    cr_assert_eq(link(real, vault_fixture.file), 0);
    expect_unsafe("a file with two names");
    cr_assert_eq(unlink(real), 0);
    cr_assert_eq(rename(vault_fixture.folder, real), 0);
    cr_assert_eq(symlink(real, vault_fixture.folder), 0);
    expect_unsafe("a linked folder");
    size_t length = strlen(vault_fixture.folder);
    (void)snprintf(vault_fixture.folder + length, sizeof vault_fixture.folder - length, "/");
    struct vault *one = NULL;
    cr_expect_eq(vault_fixture_open_as(VAULT_FIXTURE_URL, "lp0-key", &one), STATUS_STORE_UNSAFE,
                 "a linked folder with a slash");
}

Test(vault, a_file_of_another_user_is_refused)
{
    if (geteuid() != 0)
        cr_skip("giving files away takes root");
    cr_assert_eq(chown(vault_fixture.file, 1, 1), 0);
    expect_unsafe("another user's file");
    cr_assert_eq(chown(vault_fixture.file, 0, 0), 0);
    cr_assert_eq(chown(vault_fixture.folder, 1, 1), 0);
    expect_unsafe("another user's folder");
}

Test(vault, a_later_form_is_refused_and_left_alone)
{
    struct vault *one = NULL;
    (void)vault_fixture_keep(vault_fixture.vault, 0, "sbx-a", "ssh-1", "pw");
    vault_fixture_sql("PRAGMA user_version = 5");
    cr_expect_eq(vault_fixture_open_as(VAULT_FIXTURE_URL, "lp0-key", &one), STATUS_STORE_FAILED);
    cr_expect_not_null(strstr(vault_fixture.why.message, "later version"), "%s", vault_fixture.why.message);
    vault_fixture_sql("PRAGMA user_version = 4");
    one = vault_fixture_opened(VAULT_FIXTURE_URL, "lp0-key");
    const struct credential *rows = NULL;
    cr_expect_eq(vault_fixture_list(one, &rows), 1);
    vault_close(one);
}

// As a whole: what a PRAGMA of ours would change is in it.
static void expect_left_alone(const char *sql)
{
    struct vault *one = NULL;
    size_t before = 0, after = 0;
    vault_fixture_sql(sql);
    char *bytes = support_file_read(vault_fixture.file, &before);
    cr_expect_eq(vault_fixture_open_as(VAULT_FIXTURE_URL, "lp0-key", &one), STATUS_STORE_FAILED, "%s", sql);
    cr_expect_null(one);
    cr_expect_not_null(strstr(vault_fixture.why.message, vault_fixture.file), "%s",
                       vault_fixture.why.message);
    cr_expect_not_null(strstr(vault_fixture.why.message, "not a vault"), "%s", vault_fixture.why.message);
    char *now = support_file_read(vault_fixture.file, &after);
    cr_assert_not_null(bytes);
    cr_assert_not_null(now);
    cr_expect(before == after && memcmp(bytes, now, before) == 0, "%s: it was written to", sql);
    free(bytes);
    free(now);
}

Test(vault, another_programs_database_is_refused_by_name_and_left_alone)
{
    static const char *const foreign[] = {
        "CREATE TABLE notes (text TEXT); INSERT INTO notes VALUES ('mine')",
        "CREATE TABLE notes (text TEXT); PRAGMA user_version = -5",
        "CREATE TABLE notes (text TEXT); PRAGMA user_version = 1",
        "CREATE TABLE notes (text TEXT); PRAGMA journal_mode = WAL",
        "PRAGMA user_version = -5",
    };
    vault_close(vault_fixture.vault);
    vault_fixture.vault = NULL;
    for (size_t i = 0; i < sizeof foreign / sizeof foreign[0]; i++) {
        cr_assert_eq(unlink(vault_fixture.file), 0);
        cr_assert(support_file_write(vault_fixture.file, ""));
        cr_assert_eq(chmod(vault_fixture.file, 0600), 0);
        expect_left_alone(foreign[i]);
    }
}

Test(vault, one_whose_form_was_taken_away_is_left_alone_and_opens_when_it_is_back)
{
    const struct credential *rows = NULL;
    (void)vault_fixture_keep(vault_fixture.vault, 0, "sbx-a", "ssh-1", "pw");
    vault_close(vault_fixture.vault);
    vault_fixture.vault = NULL;
    expect_left_alone("PRAGMA user_version = 0");
    expect_left_alone("PRAGMA user_version = -5");
    vault_fixture_sql("PRAGMA user_version = 4");
    vault_fixture.vault = vault_fixture_opened(VAULT_FIXTURE_URL, "lp0-key");
    cr_expect_eq(vault_fixture_list(vault_fixture.vault, &rows), 1);
}

Test(vault, what_is_no_vault_is_refused_and_left_alone)
{
    static const char text[] = "this is no database at all, and somebody may still want to have it back";
    struct vault *one = NULL;
    vault_close(vault_fixture.vault);
    vault_fixture.vault = NULL;
    cr_assert(support_file_write(vault_fixture.file, text));
    cr_expect_eq(vault_fixture_open_as(VAULT_FIXTURE_URL, "lp0-key", &one), STATUS_STORE_FAILED);
    cr_expect_not_null(strstr(vault_fixture.why.message, "not a vault"), "%s", vault_fixture.why.message);
    char *bytes = support_file_read(vault_fixture.file, NULL);
    cr_expect_str_eq(bytes, text);
    free(bytes);
    (void)snprintf(vault_fixture.folder, sizeof vault_fixture.folder, "relative/folder");
    cr_expect_eq(vault_fixture_open_as(VAULT_FIXTURE_URL, "lp0-key", &one), STATUS_STORE_FAILED);
}
