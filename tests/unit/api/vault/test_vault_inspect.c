// SPDX-License-Identifier: Apache-2.0
//
// vault_inspect: tells what is the matter with a vault, and leaves every byte and file as it was.

#include "api/vault/vault_inspect.h"
#include "tests/unit/api/vault/vault_fixture.h"

#include <criterion/criterion.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

TestSuite(vault_inspect, .init = vault_fixture_begin, .fini = vault_fixture_end, .timeout = 60);

static size_t files(const char *folder)
{
    size_t count = 0;
    DIR *list = opendir(folder);
    while (list != NULL && readdir(list) != NULL)
        count++;
    if (list != NULL)
        (void)closedir(list);
    return count;
}

static struct vault_report inspect(enum status wanted, const struct secret *key)
{
    struct vault_report report;
    size_t before = files(vault_fixture.folder);
    cr_expect_eq(vault_inspect(vault_fixture.folder, key, &report, &vault_fixture.why), wanted, "%s",
                 wanted != STATUS_OK ? "it should fail" : vault_fixture.why.message);
    cr_expect_eq(files(vault_fixture.folder), before, "it made a file");
    return report;
}

static void close_vault(void)
{
    vault_close(vault_fixture.vault);
    vault_fixture.vault = NULL;
}

Test(vault_inspect, counts_what_this_key_opens_and_what_another_sealed)
{
    struct vault *other = vault_fixture_opened(VAULT_FIXTURE_URL, "lp0-other");
    (void)vault_fixture_keep(vault_fixture.vault, 0, "sbx-a", "ssh-1", "one");
    (void)vault_fixture_keep(vault_fixture.vault, 0, "sbx-b", "ssh-2", "two");
    (void)vault_fixture_keep(other, 0, "sbx-c", "ssh-3", "three");
    for (int round = 0; round < 2; round++) { // with its log beside it, then without
        struct vault_report report = inspect(STATUS_OK, vault_fixture.key);
        cr_expect(report.there && report.has_room);
        cr_expect_eq(report.form, report.known);
        cr_expect_eq(report.credentials, 3u);
        cr_expect_eq(report.sealed_here, 2u);
        cr_expect_eq(report.sealed_elsewhere, 1u);
        cr_expect_eq(report.damaged, 0u);
        report = inspect(STATUS_OK, NULL);
        cr_expect_eq(report.credentials, 3u);
        cr_expect_eq(report.sealed_here + report.sealed_elsewhere, 0u);
        if (round == 0) {
            vault_close(other);
            close_vault();
        }
    }
}

Test(vault_inspect, a_password_that_does_not_open_is_counted)
{
    (void)vault_fixture_keep(vault_fixture.vault, 0, "sbx-a", "ssh-1", "one");
    vault_fixture_sql("UPDATE credential SET sealed = zeroblob(length(sealed))");
    struct vault_report report = inspect(STATUS_OK, vault_fixture.key);
    cr_expect_eq(report.damaged, 1u);
    cr_expect_eq(report.sealed_here, 0u);
}

Test(vault_inspect, no_vault_is_none_and_a_foreign_or_open_one_is_refused)
{
    char nowhere[SUPPORT_PATH_CAP + 32];
    struct vault_report report;
    (void)snprintf(nowhere, sizeof nowhere, "%s/not/there", vault_fixture.top);
    cr_expect_eq(vault_inspect(nowhere, vault_fixture.key, &report, &vault_fixture.why), STATUS_OK);
    cr_expect_not(report.there);
    cr_expect(report.has_room);
    struct stat facts;
    cr_expect_neq(lstat(nowhere, &facts), 0, "it made the folder");
    close_vault();
    cr_assert_eq(chmod(vault_fixture.file, 0644), 0);
    (void)inspect(STATUS_STORE_UNSAFE, vault_fixture.key);
    cr_assert_eq(chmod(vault_fixture.file, 0600), 0);
    cr_assert(
        support_file_write(vault_fixture.file, "this is no database, and long enough to be looked at\n"));
    (void)inspect(STATUS_STORE_FAILED, vault_fixture.key);
}
