// SPDX-License-Identifier: Apache-2.0
//
// The canary finds a secret wherever one is: what the other tests here conclude from its silence stands on
// this.

#include "tests/support/canary.h"
#include "tests/support/support.h"

#include <criterion/criterion.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

// Tests run side by side and see each other's processes: each has a secret of its own.
#define SECRET(test) "only-the-canary-knows-" #test

static struct canary *canary;

static void begin(void)
{
    canary = canary_start();
    cr_assert_not_null(canary);
}

// The shell's own command line or environment, for as long as it sleeps.
static void run_with(const char *script, const char *const environment[])
{
    const char *const argv[] = {"sh", "-c", script, NULL};
    struct support_result result;
    memset(&result, 0, sizeof result);
    cr_assert(support_run(argv, environment, NULL, SUPPORT_WAIT_MS, &result));
    cr_assert_eq(result.exit_code, 0, "%s", result.err);
    support_result_free(&result);
}

Test(canary, finds_nothing_where_nothing_is, .init = begin)
{
    canary_secret(canary, SECRET(nothing));
    run_with("sleep 0.2", NULL);
    canary_bytes(canary, "bytes", "other bytes", 11);
    cr_expect_gt(canary_looks(canary), 0);
    cr_expect_eq(canary_stop(canary), 0);
}

Test(canary, a_command_line, .init = begin)
{
    canary_secret(canary, SECRET(line));
    run_with("sleep 0.2; : " SECRET(line), NULL);
    cr_expect_eq(canary_stop(canary), 1);
}

Test(canary, an_environment, .init = begin)
{
    const char *const environment[] = {"PASSWORD=" SECRET(environment), NULL};
    canary_secret(canary, SECRET(environment));
    run_with("sleep 0.2; :", environment);
    cr_expect_geq(canary_stop(canary), 1);
}

Test(canary, a_file_its_name_and_a_link, .init = begin)
{
    char folder[SUPPORT_PATH_CAP], path[SUPPORT_PATH_CAP + 64];
    cr_assert(support_folder_make(folder));
    canary_secret(canary, SECRET(file));
    canary_files(canary, folder);
    (void)snprintf(path, sizeof path, "%s/file", folder);
    cr_assert(support_file_write(path, "before " SECRET(file) " after"));
    (void)snprintf(path, sizeof path, "%s/link", folder);
    cr_assert_eq(symlink("to/" SECRET(file), path), 0);
    (void)snprintf(path, sizeof path, "%s/" SECRET(file), folder);
    cr_assert(support_file_write(path, ""));
    canary_files(canary, folder);
    cr_expect_eq(canary_stop(canary), 3);
    cr_expect(support_folder_remove(folder));
}

Test(canary, passwords_of_the_ledger_as_they_come, .init = begin)
{
    char folder[SUPPORT_PATH_CAP], path[SUPPORT_PATH_CAP + 64];
    cr_assert(support_folder_make(folder));
    (void)snprintf(path, sizeof path, "%s/ledger", folder);
    cr_assert(support_file_write(path, "sbx-1 ssh-1 first-password\nsbx-1 ssh-1 -\n"));
    canary_ledger(canary, path);
    canary_bytes(canary, "one", "a first-password here", 21);
    canary_bytes(canary, "two", "a second-password here", 22);
    FILE *file = fopen(path, "ae");
    cr_assert_not_null(file);
    (void)fputs("sbx-1 ssh-2 second-password\n", file);
    cr_assert_eq(fclose(file), 0);
    canary_bytes(canary, "three", "a second-password here", 22);
    cr_expect_eq(canary_stop(canary), 2);
    cr_expect(support_folder_remove(folder));
}
