// SPDX-License-Identifier: Apache-2.0
//
// vault_fixture: Makes the folder and the vault, and looks at them for the tests.

#include "tests/unit/api/vault/vault_fixture.h"

#include <criterion/criterion.h>
#include <dirent.h>
#include <sodium.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

struct vault_fixture vault_fixture;

struct secret *vault_fixture_text_secret(const char *text)
{
    struct secret *secret = secret_new(text, strlen(text));
    cr_assert_not_null(secret);
    return secret;
}

enum status vault_fixture_open_as(const char *url, const char *api_key, struct vault **out)
{
    struct secret *secret = vault_fixture_text_secret(api_key);
    enum status status = vault_open(vault_fixture.folder, url, secret, out, &vault_fixture.why);
    secret_free(secret);
    return status;
}

struct vault *vault_fixture_opened(const char *url, const char *api_key)
{
    struct vault *one = NULL;
    cr_assert_eq(vault_fixture_open_as(url, api_key, &one), STATUS_OK, "%s", vault_fixture.why.message);
    return one;
}

void vault_fixture_begin(void)
{
    cr_assert_geq(sodium_init(), 0);
    (void)umask(022);
    cr_assert(support_folder_make(vault_fixture.top));
    (void)snprintf(vault_fixture.folder, sizeof vault_fixture.folder, "%s/deep/er", vault_fixture.top);
    (void)snprintf(vault_fixture.file, sizeof vault_fixture.file, "%s/vault.db", vault_fixture.folder);
    vault_fixture.key = vault_fixture_text_secret("lp0-key");
    vault_fixture.vault = vault_fixture_opened(VAULT_FIXTURE_URL, "lp0-key");
}

void vault_fixture_end(void)
{
    vault_close(vault_fixture.vault);
    secret_free(vault_fixture.key);
    cr_expect(support_folder_remove(vault_fixture.top));
}

struct access vault_fixture_access_of(const char *sandbox, const char *id, const char *password)
{
    struct access access = {.created_at = VAULT_FIXTURE_NOW,
                            .updated_at = VAULT_FIXTURE_NOW + 5,
                            .expires_at = VAULT_FIXTURE_NOW + 3600000,
                            .port = 2222};
    (void)snprintf(access.sandbox_id, sizeof access.sandbox_id, "%s", sandbox);
    (void)snprintf(access.id, sizeof access.id, "%s", id);
    (void)snprintf(access.ssh_command, sizeof access.ssh_command, "ssh %s@%s.example", id, sandbox);
    (void)snprintf(access.host, sizeof access.host, "%s.example", sandbox);
    (void)snprintf(access.username, sizeof access.username, "%s", id);
    access.password = vault_fixture_text_secret(password);
    return access;
}

enum status vault_fixture_write(struct vault *into, int64_t row, const struct access *access,
                                struct failure *why)
{
    int64_t content = 0, answer = 0;
    struct failure absent;
    (void)vault_content(into, row, &content, &absent);
    return vault_keep(into, row, content, access, &answer, why);
}

int64_t vault_fixture_keep(struct vault *into, int64_t row, const char *sandbox, const char *id,
                           const char *password)
{
    struct access access = vault_fixture_access_of(sandbox, id, password);
    int64_t kept = row > 0 ? row : vault_row_new();
    cr_assert_eq(vault_fixture_write(into, kept, &access, &vault_fixture.why), STATUS_OK, "%s",
                 vault_fixture.why.message);
    access_clear(&access);
    return kept;
}

int64_t vault_fixture_intend(const char *sandbox)
{
    int64_t row = vault_row_new();
    cr_assert_eq(vault_intend(vault_fixture.vault, sandbox, VAULT_FIXTURE_NOW, row, &vault_fixture.why),
                 STATUS_OK, "%s", vault_fixture.why.message);
    return row;
}

enum status vault_fixture_events(struct vault *from, int64_t since_ms, size_t most, struct event **list,
                                 size_t *count, struct failure *why)
{
    const struct event_query query = {.since_ms = since_ms, .most = most};
    enum status status = event_log_query(from, &query, list, count, why);
    for (size_t i = 0; i < *count / 2; i++) {
        struct event swapped = (*list)[i];
        (*list)[i] = (*list)[*count - 1 - i];
        (*list)[*count - 1 - i] = swapped;
    }
    return status;
}

// The list; *out is static.
size_t vault_fixture_list(struct vault *from, const struct credential **out)
{
    static struct credential rows[64];
    struct credential *all = NULL;
    size_t count = 0;
    cr_assert_eq(vault_list(from, &all, &count, &vault_fixture.why), STATUS_OK, "%s",
                 vault_fixture.why.message);
    cr_assert_leq(count, 64);
    if (count > 0)
        memcpy(rows, all, count * sizeof *rows);
    free(all);
    *out = rows;
    return count;
}

void vault_fixture_expect_password(struct vault *from, int64_t row, const char *text)
{
    struct secret *password = NULL;
    cr_assert_eq(vault_password(from, row, &password, &vault_fixture.why), STATUS_OK, "%s",
                 vault_fixture.why.message);
    cr_expect_str_eq(secret_text(password), text);
    secret_free(password);
}

enum status vault_fixture_password_status(struct vault *from, int64_t row)
{
    struct secret *password = NULL;
    enum status status = vault_password(from, row, &password, &vault_fixture.why);
    if (status != STATUS_OK)
        cr_expect_null(password);
    secret_free(password);
    return status;
}

// True when the bytes stand in any file of the folder.
bool vault_fixture_on_disk(const char *text)
{
    DIR *files = opendir(vault_fixture.folder);
    bool found = false;
    cr_assert_not_null(files);
    for (const struct dirent *one; (one = readdir(files)) != NULL;) {
        char path[SUPPORT_PATH_CAP + 300];
        size_t length = 0;
        (void)snprintf(path, sizeof path, "%s/%s", vault_fixture.folder, one->d_name);
        char *bytes = one->d_type == DT_REG ? support_file_read(path, &length) : NULL;
        found = found || (bytes != NULL && memmem(bytes, length, text, strlen(text)) != NULL);
        free(bytes);
    }
    (void)closedir(files);
    return found;
}

void vault_fixture_sql(const char *text)
{
    sqlite3 *db = NULL;
    char *error = NULL;
    cr_assert_eq(sqlite3_open(vault_fixture.file, &db), SQLITE_OK);
    cr_assert_eq(sqlite3_exec(db, text, NULL, NULL, &error), SQLITE_OK, "%s", error);
    (void)sqlite3_close(db);
}
