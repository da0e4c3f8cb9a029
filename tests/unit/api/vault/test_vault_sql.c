// SPDX-License-Identifier: Apache-2.0
//
// Tests the vault's statements: what is bound is what is read, lists of any length, transactions that fail.

#include "api/vault/vault_private.h"
#include "tests/unit/api/vault/vault_fixture.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void begin(void)
{
    vault_fixture_begin();
    vault_fixture_sql("CREATE TABLE t (n INTEGER, word TEXT, bytes BLOB)");
}

TestSuite(vault_sql, .init = begin, .fini = vault_fixture_end, .timeout = 60);

static enum status insert(int64_t n, const char *word, const void *bytes, size_t length)
{
    return vault_sql_run(vault_fixture.vault, "filling", &vault_fixture.why, "INSERT INTO t VALUES (?, ?, ?)",
                         SQL_WITH(SQL_N(n), SQL_T(word), SQL_B(bytes, length)));
}

static int64_t count_of(const char *condition)
{
    char sql[128];
    (void)snprintf(sql, sizeof sql, "SELECT count(*) FROM t WHERE %s", condition);
    return vault_sql_number(vault_fixture.vault, sql, NULL, 0);
}

Test(vault_sql, what_is_bound_is_what_is_stored)
{
    cr_assert_eq(insert(INT64_MIN, "it's; DROP TABLE t; --", "a\0b", 3), STATUS_OK);
    cr_assert_eq(insert(INT64_MAX, NULL, NULL, 0), STATUS_OK);
    cr_expect_eq(count_of("n = -9223372036854775808 AND bytes = x'610062' AND word LIKE '%DROP TABLE%'"), 1);
    cr_expect_eq(count_of("n = 9223372036854775807 AND word IS NULL AND bytes IS NULL"), 1);
    cr_expect_eq(count_of("n = 5"), 0);
}

static void read_number(struct vault *vault, sqlite3_stmt *row, void *item)
{
    (void)vault;
    *(int64_t *)item = sqlite3_column_int64(row, 0);
}

static enum status list(const char *sql, int64_t **numbers, size_t *count)
{
    void *items = NULL;
    enum status status =
        vault_sql_list(vault_fixture.vault, vault_sql(vault_fixture.vault, sql, NULL, 0), "listing",
                       "numbers", sizeof **numbers, read_number, &items, count, &vault_fixture.why);
    *numbers = items;
    return status;
}

Test(vault_sql, a_list_has_each_row_in_its_order)
{
    enum { ROWS = 1000 };
    int64_t *numbers = NULL;
    size_t count = 1;
    cr_assert_eq(list("SELECT n FROM t", &numbers, &count), STATUS_OK);
    cr_assert(numbers == NULL && count == 0);
    cr_assert_eq(vault_begin(vault_fixture.vault, "filling", &vault_fixture.why), STATUS_OK);
    for (int64_t i = 0; i < ROWS; i++)
        cr_assert_eq(insert(i, "", "", 0), STATUS_OK);
    cr_assert_eq(vault_end(vault_fixture.vault, STATUS_OK, "filling", &vault_fixture.why), STATUS_OK);
    cr_assert_eq(list("SELECT n FROM t ORDER BY n DESC", &numbers, &count), STATUS_OK);
    cr_assert_eq(count, ROWS);
    for (int64_t i = 0; i < ROWS; i++)
        cr_assert_eq(numbers[i], ROWS - 1 - i);
    free(numbers);
}

Test(vault_sql, a_list_that_fails_in_the_middle_gives_nothing)
{
    int64_t *numbers = NULL;
    size_t count = 1;
    for (int64_t i = 0; i < 100; i++)
        cr_assert_eq(insert(i, "", "", 0), STATUS_OK);
    // abs() of the least number can't be had.
    cr_expect_eq(
        list("SELECT abs(CASE WHEN n < 90 THEN n ELSE -9223372036854775808 END) FROM t", &numbers, &count),
        STATUS_STORE_FAILED);
    cr_expect(numbers == NULL && count == 0);
    cr_expect(strncmp(vault_fixture.why.message, "listing: ", 9) == 0, "%s", vault_fixture.why.message);
    cr_expect_eq(list("SELECT nothing FROM nowhere", &numbers, &count), STATUS_STORE_FAILED);
    cr_expect(numbers == NULL && count == 0);
}

Test(vault_sql, a_transaction_is_done_whole_or_not_at_all)
{
    struct vault *vault = vault_fixture.vault;
    for (int fails = 0; fails < 2; fails++) {
        cr_assert_eq(vault_begin(vault, "filling", &vault_fixture.why), STATUS_OK);
        cr_assert_eq(insert(7, "first", "", 0), STATUS_OK);
        enum status status = fails != 0 ? vault_sql_run(vault, "filling", &vault_fixture.why,
                                                        "INSERT INTO nowhere VALUES (1)", NULL, 0)
                                        : insert(7, "second", "", 0);
        cr_expect_eq(vault_end(vault, status, "filling", &vault_fixture.why),
                     fails != 0 ? STATUS_STORE_FAILED : STATUS_OK);
        cr_expect_eq(count_of("n = 7"), 2, "%d", fails);
    }
}
