// SPDX-License-Identifier: Apache-2.0
//
// vault: 10,000 credentials from a closed vault into memory, each with its password opened, against SQLite
// alone reading all columns of the same rows.

#include "api/vault/vault.h"
#include "tests/bench/bench.h"
#include "tests/support/support.h"

#include <sodium.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NOW INT64_C(1775044800000)

enum { CREDENTIALS = 10000, LIFE_MS = 3600 * 1000 };

static const char url[] = "https://api.example";

static struct vault *opened(const char *folder)
{
    struct vault *vault = NULL;
    struct failure why;
    struct secret *key = secret_new("lp0-key", 7);
    if (vault_open(folder, url, key, &vault, &why) != STATUS_OK)
        bench_die("%s", why.message);
    secret_free(key);
    return vault;
}

static void fill(const char *folder)
{
    struct vault *vault = opened(folder);
    struct failure why;
    for (int i = 0; i < CREDENTIALS; i++) {
        int64_t answer = 0;
        char password[32];
        struct access access = {
            .created_at = NOW, .updated_at = NOW, .expires_at = NOW + LIFE_MS, .port = 22};
        (void)snprintf(access.sandbox_id, sizeof access.sandbox_id, "sbx-%06d", i);
        (void)snprintf(access.id, sizeof access.id, "ssh-%06d", i);
        (void)snprintf(password, sizeof password, "password-%06d", i);
        access.password = secret_new(password, strlen(password));
        if (vault_keep(vault, vault_row_new(), 0, &access, &answer, &why) != STATUS_OK)
            bench_die("%s", why.message);
        access_clear(&access);
    }
    vault_close(vault);
}

static double open_all(const char *folder)
{
    struct credential *list = NULL;
    size_t count = 0;
    struct failure why;
    double start = bench_now();
    struct vault *vault = opened(folder);
    if (vault_list(vault, &list, &count, &why) != STATUS_OK || count != CREDENTIALS)
        bench_die("%zu credentials: %s", count, why.message);
    for (size_t i = 0; i < count; i++) {
        struct secret *password = NULL;
        if (vault_password(vault, list[i].vault_row, &password, &why) != STATUS_OK)
            bench_die("%s", why.message);
        secret_free(password);
    }
    double took = bench_now() - start;
    free(list);
    vault_close(vault);
    return took;
}

// All columns of the rows, the number of each into ids. Returns how many there are.
static int read_rows(sqlite3 *db, const char *query, sqlite3_int64 id, sqlite3_int64 ids[CREDENTIALS])
{
    sqlite3_stmt *statement = NULL;
    int rows = 0;
    if (sqlite3_prepare_v2(db, query, -1, &statement, NULL) != SQLITE_OK)
        bench_die("%s", sqlite3_errmsg(db));
    (void)sqlite3_bind_int64(statement, 1, id);
    while (sqlite3_step(statement) == SQLITE_ROW && rows < CREDENTIALS) {
        ids[rows++] = sqlite3_column_int64(statement, 0);
        for (int i = 1; i < sqlite3_column_count(statement); i++)
            (void)sqlite3_column_blob(statement, i);
    }
    (void)sqlite3_finalize(statement);
    return rows;
}

static double read_all(const char *folder)
{
    static sqlite3_int64 ids[CREDENTIALS];
    char path[SUPPORT_PATH_CAP + 32];
    sqlite3 *db = NULL;
    (void)snprintf(path, sizeof path, "%s/vault.db", folder);
    double start = bench_now();
    if (sqlite3_open_v2(path, &db, SQLITE_OPEN_READWRITE, NULL) != SQLITE_OK)
        bench_die("%s: %s", path, sqlite3_errmsg(db));
    int rows = read_rows(db, "SELECT * FROM credential ORDER BY sandbox_id, created_at, row", 0, ids);
    for (int i = 0; i < rows; i++)
        if (read_rows(db, "SELECT * FROM credential WHERE row = ?", ids[i], &ids[i]) != 1)
            bench_die("row %lld is gone", (long long)ids[i]);
    double took = bench_now() - start;
    if (rows != CREDENTIALS)
        bench_die("%d rows", rows);
    (void)sqlite3_close(db);
    return took;
}

void figure_vault_open(const char *name)
{
    struct pairs pairs = {0};
    char top[SUPPORT_PATH_CAP], folder[SUPPORT_PATH_CAP + 8];
    if (sodium_init() < 0 || !support_folder_make(top))
        bench_die("no folder");
    (void)snprintf(folder, sizeof folder, "%s/vault", top);
    fill(folder);
    for (int i = 0; i < 2 * bench_runs() + 1; i++) {
        double ours = open_all(folder);
        pairs_add(&pairs, ours * 1e3, read_all(folder) * 1e3);
    }
    bench_report(name, "", &pairs);
    (void)support_folder_remove(top);
}
