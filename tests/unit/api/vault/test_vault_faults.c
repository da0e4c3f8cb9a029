// SPDX-License-Identifier: Apache-2.0
//
// Tests the vault when the disk or another program gets in the way: full, in use, shared, killed in the
// middle.

#include "tests/unit/api/vault/vault_fixture.h"

#include <criterion/criterion.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

TestSuite(vault_faults, .init = vault_fixture_begin, .fini = vault_fixture_end, .timeout = 120);

// --- when something is in the way ---

Test(vault_faults, a_full_disk_is_found_out_before_the_create)
{
    struct rlimit limit = {0, 0};
    struct stat facts;
    char wal[SUPPORT_PATH_CAP + 64];
    int64_t kept = vault_fixture_keep(vault_fixture.vault, 0, "sbx-a", "ssh-1", "pw");
    (void)snprintf(wal, sizeof wal, "%s-wal", vault_fixture.file);
    cr_assert_eq(stat(wal, &facts), 0);
    cr_assert_eq(getrlimit(RLIMIT_FSIZE, &limit), 0);
    const struct rlimit full = {(rlim_t)facts.st_size, limit.rlim_max};
    (void)signal(SIGXFSZ, SIG_IGN);
    cr_assert_eq(setrlimit(RLIMIT_FSIZE, &full), 0);
    enum status status =
        vault_intend(vault_fixture.vault, "sbx-b", VAULT_FIXTURE_NOW, vault_row_new(), &vault_fixture.why);
    struct failure told = vault_fixture.why;
    struct access access = vault_fixture_access_of("sbx-b", "ssh-2", "pw2");
    int64_t row = vault_row_new();
    enum status keeping = vault_fixture_write(vault_fixture.vault, row, &access, &vault_fixture.why);
    vault_fixture_expect_password(vault_fixture.vault, kept, "pw"); // what is there can be read
    cr_assert_eq(setrlimit(RLIMIT_FSIZE, &limit), 0);
    cr_expect_eq(status, STATUS_STORE_FAILED);
    cr_expect_not_null(strstr(told.message, vault_fixture.file), "%s", told.message);
    cr_expect_eq(keeping, STATUS_STORE_FAILED);
    // And once there is room, all goes on.
    cr_expect_eq(vault_fixture_write(vault_fixture.vault, row, &access, &vault_fixture.why), STATUS_OK, "%s",
                 vault_fixture.why.message);
    vault_fixture_expect_password(vault_fixture.vault, row, "pw2");
    access_clear(&access);
}

Test(vault_faults, a_vault_in_use_says_so)
{
    sqlite3 *db = NULL;
    cr_assert_eq(sqlite3_open(vault_fixture.file, &db), SQLITE_OK);
    cr_assert_eq(sqlite3_exec(db, "BEGIN IMMEDIATE", NULL, NULL, NULL), SQLITE_OK);
    cr_expect_eq(
        vault_intend(vault_fixture.vault, "sbx-a", VAULT_FIXTURE_NOW, vault_row_new(), &vault_fixture.why),
        STATUS_STORE_LOCKED);
    cr_expect_not_null(strstr(vault_fixture.why.message, "in use"), "%s", vault_fixture.why.message);
    cr_assert_eq(sqlite3_exec(db, "ROLLBACK", NULL, NULL, NULL), SQLITE_OK);
    (void)sqlite3_close(db);
    cr_expect_eq(
        vault_intend(vault_fixture.vault, "sbx-a", VAULT_FIXTURE_NOW, vault_row_new(), &vault_fixture.why),
        STATUS_OK);
}

Test(vault_faults, the_version_tells_of_anybodys_writes_and_of_no_reads)
{
    const struct credential *rows = NULL;
    int64_t first = 0, second = 0;
    struct vault *other = vault_fixture_opened(VAULT_FIXTURE_URL, "lp0-other");
    cr_assert_eq(vault_version(vault_fixture.vault, &first, &vault_fixture.why), STATUS_OK);
    (void)vault_fixture_list(vault_fixture.vault, &rows);
    (void)vault_fixture_list(other, &rows);
    cr_assert_eq(vault_version(vault_fixture.vault, &second, &vault_fixture.why), STATUS_OK);
    cr_expect_eq(first, second);
    (void)vault_fixture_keep(vault_fixture.vault, 0, "sbx-a", "ssh-1", "pw");
    cr_assert_eq(vault_version(vault_fixture.vault, &second, &vault_fixture.why), STATUS_OK);
    cr_expect_neq(first, second);
    (void)vault_fixture_keep(other, 0, "sbx-a", "ssh-2", "pw");
    cr_assert_eq(vault_version(vault_fixture.vault, &first, &vault_fixture.why), STATUS_OK);
    cr_expect_neq(first, second);
    vault_close(other);
}

// Several processes make the vault at the same time and write into it: nothing is lost.
Test(vault_faults, many_processes_share_it_from_its_first_moment)
{
    enum { WRITERS = 6, EACH = 8, ALL = WRITERS * EACH };
    const struct credential *rows = NULL;
    pid_t writers[WRITERS];
    vault_close(vault_fixture.vault);
    vault_fixture.vault = NULL;
    (void)support_folder_remove(vault_fixture.folder);
    for (int i = 0; i < WRITERS; i++) {
        writers[i] = fork();
        cr_assert_geq(writers[i], 0);
        if (writers[i] != 0)
            continue;
        struct vault *mine = NULL;
        bool fine = vault_open(vault_fixture.folder, VAULT_FIXTURE_URL, vault_fixture.key, &mine,
                               &vault_fixture.why) == STATUS_OK;
        for (int n = 0; fine && n < EACH; n++) {
            struct access access = vault_fixture_access_of("sbx-a", "ssh-1", "pw");
            int64_t row = vault_row_new();
            fine = vault_intend(mine, "sbx-a", VAULT_FIXTURE_NOW, row, &vault_fixture.why) == STATUS_OK &&
                   vault_fixture_write(mine, row, &access, &vault_fixture.why) == STATUS_OK;
            access_clear(&access);
        }
        if (!fine)
            (void)fprintf(stderr, "writer: %s\n", vault_fixture.why.message);
        vault_close(mine);
        _exit(fine ? 0 : 1);
    }
    for (int i = 0; i < WRITERS; i++)
        cr_expect_eq(support_wait_exit(writers[i], 60000), 0);
    vault_fixture.vault = vault_fixture_opened(VAULT_FIXTURE_URL, "lp0-key");
    cr_assert_eq(vault_fixture_list(vault_fixture.vault, &rows), ALL);
    for (size_t i = 0; i < ALL; i++)
        vault_fixture_expect_password(vault_fixture.vault, rows[i].vault_row, "pw");
}

// Creates one credential after the other, a byte into the pipe for each.
static void write_on(int told)
{
    struct vault *mine = NULL;
    if (vault_open(vault_fixture.folder, VAULT_FIXTURE_URL, vault_fixture.key, &mine, &vault_fixture.why) !=
        STATUS_OK)
        _exit(1);
    for (int n = 0; n < 40; n++) {
        struct access access = vault_fixture_access_of("sbx-a", "ssh-1", "pw");
        int64_t row = vault_row_new();
        if (vault_intend(mine, "sbx-a", VAULT_FIXTURE_NOW, row, &vault_fixture.why) != STATUS_OK ||
            vault_fixture_write(mine, row, &access, &vault_fixture.why) != STATUS_OK ||
            write(told, "k", 1) != 1)
            _exit(1);
        access_clear(&access);
    }
    for (;;)
        (void)pause();
}

// Starts a writer, kills it while it writes; how many it said to have kept.
static size_t kill_a_writer(unsigned *seed)
{
    int told[2];
    char heard[256];
    size_t written = 1;
    cr_assert_eq(pipe(told), 0);
    pid_t writer = fork();
    cr_assert_geq(writer, 0);
    if (writer == 0)
        write_on(told[1]);
    (void)close(told[1]);
    cr_assert_eq(read(told[0], heard, 1), 1); // it writes
    for (unsigned turns = (unsigned)rand_r(seed) % 40000; turns > 0; turns--)
        cr_assert_eq(write(-1, "", 1), -1); // somewhere into its work
    cr_assert_eq(kill(writer, SIGKILL), 0);
    cr_assert_eq(support_wait_exit(writer, SUPPORT_WAIT_MS), 128 + SIGKILL);
    for (ssize_t got; (got = read(told[0], heard, sizeof heard)) > 0;)
        written += (size_t)got;
    (void)close(told[0]);
    return written;
}

// What the writer was told to be on disk is there, what it had begun is an intent, and no file stays behind.
Test(vault_faults, nothing_is_lost_when_the_writer_is_killed)
{
    enum { KILLS = 100 };
    const struct credential *rows = NULL;
    unsigned seed = 99;
    vault_close(vault_fixture.vault);
    for (int i = 0; i < KILLS; i++) {
        size_t written = kill_a_writer(&seed), kept = 0;
        vault_fixture.vault = vault_fixture_opened(VAULT_FIXTURE_URL, "lp0-key");
        size_t count = vault_fixture_list(vault_fixture.vault, &rows);
        for (size_t r = 0; r < count; r++) {
            if (rows[r].id[0] == '\0')
                continue;
            kept++;
            vault_fixture_expect_password(vault_fixture.vault, rows[r].vault_row, "pw");
        }
        // One may be on disk without that having been told.
        cr_assert(kept == written || kept == written + 1, "%zu kept, %zu told", kept, written);
        cr_assert_leq(count - kept, 1, "%zu intents", count - kept);
        for (size_t r = 0; r < count; r++)
            cr_assert_eq(vault_forget(vault_fixture.vault, rows[r].vault_row, &vault_fixture.why), STATUS_OK);
        vault_close(vault_fixture.vault);
        vault_fixture.vault = NULL;
        char wal[SUPPORT_PATH_CAP + 64];
        (void)snprintf(wal, sizeof wal, "%s-wal", vault_fixture.file);
        cr_assert_neq(access(wal, F_OK), 0, "a log stayed behind");
    }
}
