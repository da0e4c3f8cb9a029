// SPDX-License-Identifier: Apache-2.0
//
// Tests that a vault which version 0.1 has made is read, brought up to date and sealed as this version seals.

#include "api/vault/vault_private.h"
#include "tests/unit/api/vault/vault_fixture.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

TestSuite(vault_forms, .init = vault_fixture_begin, .fini = vault_fixture_end, .timeout = 120);

// The first version's tables.
static const char form_1[] =
    "CREATE TABLE vault (name TEXT PRIMARY KEY, value BLOB NOT NULL);"
    "CREATE TABLE credential (row INTEGER PRIMARY KEY AUTOINCREMENT, base_url TEXT NOT NULL,"
    " sandbox_id TEXT NOT NULL, id TEXT NOT NULL, verdict INTEGER NOT NULL, expires_at INTEGER NOT NULL,"
    " created_at INTEGER NOT NULL, updated_at INTEGER NOT NULL, validated_at INTEGER NOT NULL,"
    " ssh_command TEXT NOT NULL, host TEXT NOT NULL, port INTEGER NOT NULL, username TEXT NOT NULL,"
    " mark BLOB NOT NULL, sealed BLOB);"
    "CREATE INDEX credential_of_server ON credential (base_url, sandbox_id);"
    "PRAGMA user_version = 1;";

static void hex(const unsigned char *bytes, size_t length, char *out)
{
    for (size_t i = 0; i < length; i++)
        (void)snprintf(out + 2 * i, 3, "%02x", bytes[i]);
}

// What the first version wrote for that key: bound to server, sandbox, id and end alone.
static void insert_old(const char *id, const char *key, const char *password)
{
    enum { NONCE = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES };
    static const unsigned char salt[VAULT_SALT_BYTES] = {1, 2, 3};
    unsigned char sealed[256], with[256];
    char sealed_hex[513], mark_hex[2 * VAULT_MARK_BYTES + 1], sql[2048];
    unsigned long long length = 0;
    struct vault_seal seal = {.key = NULL};
    struct secret *secret = vault_fixture_text_secret(key);
    cr_assert_eq(vault_seal_begin(&seal, salt, secret, NULL), STATUS_OK);
    secret_free(secret);
    int with_length = snprintf((char *)with, sizeof with, "%s%c%s%c%s%c%lld", VAULT_FIXTURE_URL, 0, "sbx-a",
                               0, id, 0, (long long)(VAULT_FIXTURE_NOW + 3600000));
    randombytes_buf(sealed, NONCE);
    (void)crypto_aead_xchacha20poly1305_ietf_encrypt(sealed + NONCE, &length, (const unsigned char *)password,
                                                     strlen(password), with, (unsigned long long)with_length,
                                                     NULL, sealed, seal.key);
    hex(sealed, NONCE + (size_t)length, sealed_hex);
    hex(seal.mark, VAULT_MARK_BYTES, mark_hex);
    vault_seal_end(&seal);
    (void)snprintf(
        sql, sizeof sql,
        "INSERT INTO credential (base_url, sandbox_id, id, verdict, expires_at, created_at,"
        " updated_at, validated_at, ssh_command, host, port, username, mark, sealed)"
        " VALUES ('%s', 'sbx-a', '%s', 1, %lld, %lld, %lld, 0, 'ssh %s@a.example', 'a.example', 22,"
        " '%s', x'%s', x'%s')",
        VAULT_FIXTURE_URL, id, (long long)(VAULT_FIXTURE_NOW + 3600000), (long long)VAULT_FIXTURE_NOW,
        (long long)VAULT_FIXTURE_NOW, id, id, mark_hex, sealed_hex);
    vault_fixture_sql(sql);
}

// A vault of the first version with a credential of this key and one of another.
static void begin_old(void)
{
    char path[SUPPORT_PATH_CAP + 64];
    vault_close(vault_fixture.vault);
    vault_fixture.vault = NULL;
    static const char *const ends[] = {"", "-wal", "-shm"};
    for (size_t i = 0; i < 3; i++) {
        (void)snprintf(path, sizeof path, "%s%s", vault_fixture.file, ends[i]);
        (void)remove(path);
    }
    cr_assert(support_file_write(vault_fixture.file, ""));
    cr_assert_eq(chmod(vault_fixture.file, 0600), 0);
    vault_fixture_sql(form_1);
    vault_fixture_sql("INSERT INTO vault VALUES ('salt', x'"
                      "0102030000000000000000000000000000000000000000000000000000000000')");
    insert_old("ssh-ours", "lp0-key", "pw-ours");
    insert_old("ssh-theirs", "lp0-other", "pw-theirs");
    vault_fixture_sql("INSERT INTO credential (base_url, sandbox_id, id, verdict, expires_at, created_at,"
                      " updated_at, validated_at, ssh_command, host, port, username, mark, sealed)"
                      " VALUES ('" VAULT_FIXTURE_URL
                      "', 'sbx-b', '', 4, 0, 5, 0, 0, '', '', 0, '', x'00', NULL)");
}

static int64_t row_named(struct vault *vault, const char *id)
{
    const struct credential *rows = NULL;
    size_t count = vault_fixture_list(vault, &rows);
    cr_assert_eq(count, 3, "%zu", count);
    for (size_t i = 0; i < count; i++) {
        cr_expect_not(rows[i].damaged, "%s", rows[i].id);
        if (strcmp(rows[i].id, id) == 0)
            return rows[i].vault_row;
    }
    cr_assert_fail("%s is not there", id);
    return 0;
}

Test(vault_forms, a_vault_of_the_first_version_is_read_and_sealed_anew)
{
    begin_old();
    struct vault *ours = vault_fixture_opened(VAULT_FIXTURE_URL, "lp0-key");
    int64_t row = row_named(ours, "ssh-ours");
    vault_fixture_expect_password(ours, row, "pw-ours");
    // From now on it is bound to its host as well; the other key's is when that key comes.
    vault_fixture_sql("UPDATE credential SET host = 'evil.example' WHERE id = 'ssh-ours'");
    cr_expect_eq(vault_fixture_password_status(ours, row), STATUS_STORE_FAILED);
    vault_fixture_sql("UPDATE credential SET host = 'a.example' WHERE id = 'ssh-ours'");
    vault_fixture_expect_password(ours, row, "pw-ours");
    vault_close(ours);

    struct vault *theirs = vault_fixture_opened(VAULT_FIXTURE_URL, "lp0-other");
    row = row_named(theirs, "ssh-theirs");
    vault_fixture_expect_password(theirs, row, "pw-theirs");
    vault_fixture_sql("UPDATE credential SET port = 23 WHERE id = 'ssh-theirs'");
    cr_expect_eq(vault_fixture_password_status(theirs, row), STATUS_STORE_FAILED);
    vault_close(theirs);
    vault_fixture.vault = vault_fixture_opened(VAULT_FIXTURE_URL, "lp0-key");
    (void)vault_fixture_keep(vault_fixture.vault, 0, "sbx-a", "ssh-new", "pw-new");
}

Test(vault_forms, what_the_first_version_sealed_with_the_key_before_is_sealed_anew_too)
{
    struct vault_rekeyed counts;
    begin_old();
    vault_fixture.vault = vault_fixture_opened(VAULT_FIXTURE_URL, "lp0-key");
    struct secret *before = vault_fixture_text_secret("lp0-other");
    cr_assert_eq(vault_rekey(vault_fixture.vault, before, &counts, &vault_fixture.why), STATUS_OK);
    secret_free(before);
    cr_expect(counts.damaged == 0 && counts.others == 1, "the intent has the mark of no key");
    vault_fixture_expect_password(vault_fixture.vault, row_named(vault_fixture.vault, "ssh-theirs"),
                                  "pw-theirs");
    vault_fixture_expect_password(vault_fixture.vault, row_named(vault_fixture.vault, "ssh-ours"), "pw-ours");
}
