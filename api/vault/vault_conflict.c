// SPDX-License-Identifier: Apache-2.0
//
// vault_rival: owns what the server's times do not tell: answers of the same time for one row, kept beside
// each other until a validate says which works, and rows that were ended while somebody may still have them
// in memory.

#include "api/base/server_time.h"
#include "api/vault/vault_private.h"

#include <stdio.h>
#include <string.h>

enum { ENDED_KEPT_DAYS = 7 };

static bool has_rivals(const struct vault *vault)
{
    return vault->form >= 2;
}

static enum status run_on_row(struct vault *vault, const char *sql, int64_t row, const char *doing,
                              struct failure *why)
{
    sqlite3_stmt *statement = vault_db_prepare(vault, sql);
    if (statement != NULL)
        (void)sqlite3_bind_int64(statement, 1, row);
    return vault_run(vault, statement, doing, why);
}

static int64_t number_of_row(const struct vault *vault, const char *sql, int64_t row)
{
    int64_t number = 0;
    sqlite3_stmt *statement = vault_db_prepare(vault, sql);
    if (statement != NULL)
        (void)sqlite3_bind_int64(statement, 1, row);
    if (statement != NULL && sqlite3_step(statement) == SQLITE_ROW)
        number = sqlite3_column_int64(statement, 0);
    (void)sqlite3_finalize(statement);
    return number;
}

// --- rivals ---

int64_t vault_rival_last(const struct vault *vault, int64_t row)
{
    return has_rivals(vault) ? number_of_row(vault, "SELECT max(n) FROM rival WHERE of = ?", row) : 0;
}

enum status vault_rivals_drop(struct vault *vault, int64_t row, struct failure *why)
{
    if (!has_rivals(vault))
        return STATUS_OK;
    return run_on_row(vault, "DELETE FROM rival WHERE of = ?", row, "keeping the credential", why);
}

enum status vault_rival_add(struct vault *vault, int64_t row, const struct access *access, int64_t *rival,
                            struct failure *why)
{
    unsigned char sealed[VAULT_SEALED_MAX];
    const struct vault_identity identity = vault_identity_of(vault, access);
    size_t length =
        access->password != NULL ? vault_seal_close(&vault->seal, &identity, access->password, sealed) : 0;
    const int64_t numbers[] = {row, access->expires_at, access->created_at,
                               access->updated_at > 0 ? access->updated_at : access->created_at,
                               access->port};
    const char *const texts[] = {vault->base_url,     access->sandbox_id, access->id,
                                 access->ssh_command, access->host,       access->username};
    sqlite3_stmt *statement = vault_db_prepare(
        vault, "INSERT INTO rival (of, expires_at, created_at, updated_at, port, base_url, sandbox_id, id,"
               " ssh_command, host, username, mark, sealed) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
    if (statement != NULL) {
        for (int i = 0; i < 5; i++)
            (void)sqlite3_bind_int64(statement, i + 1, numbers[i]);
        for (int i = 0; i < 6; i++)
            vault_bind_text(statement, i + 6, texts[i]);
        (void)sqlite3_bind_blob(statement, 12, vault->seal.mark, VAULT_MARK_BYTES, SQLITE_STATIC);
        if (length > 0)
            (void)sqlite3_bind_blob(statement, 13, sealed, (int)length, SQLITE_TRANSIENT);
    }
    enum status status = vault_run(vault, statement, "keeping the credential", why);
    if (status != STATUS_OK)
        return status;
    *rival = sqlite3_last_insert_rowid(vault->db);
    return vault_set_verdict(vault, row, NULL, VERDICT_UNKNOWN, 0, why);
}

// --- which one it is ---

static struct secret *open_rival(const struct vault *vault, sqlite3_stmt *statement)
{
    const char *texts[5];
    for (int i = 0; i < 5; i++) {
        texts[i] = (const char *)sqlite3_column_text(statement, i + 1);
        if (texts[i] == NULL)
            return NULL;
    }
    const struct vault_identity identity = {.base_url = vault->base_url,
                                            .sandbox_id = texts[0],
                                            .id = texts[1],
                                            .ssh_command = texts[2],
                                            .host = texts[3],
                                            .username = texts[4],
                                            .expires_at = sqlite3_column_int64(statement, 6),
                                            .port = sqlite3_column_int(statement, 7)};
    return vault_seal_open(&vault->seal, &identity, sqlite3_column_blob(statement, 8),
                           (size_t)sqlite3_column_bytes(statement, 8));
}

static void add_rivals(struct vault *vault, int64_t row, struct vault_contenders *out)
{
    sqlite3_stmt *statement = vault_db_prepare(
        vault, "SELECT n, sandbox_id, id, ssh_command, host, username, expires_at, port, sealed FROM rival"
               " WHERE of = ? ORDER BY n DESC");
    if (statement != NULL)
        (void)sqlite3_bind_int64(statement, 1, row);
    while (statement != NULL && out->count < VAULT_CONTENDERS_MAX && sqlite3_step(statement) == SQLITE_ROW) {
        struct vault_contender *one = &out->list[out->count];
        one->password = open_rival(vault, statement);
        if (one->password == NULL)
            continue;
        one->rival = sqlite3_column_int64(statement, 0);
        (void)snprintf(one->id, sizeof one->id, "%s", (const char *)sqlite3_column_text(statement, 2));
        out->count++;
    }
    (void)sqlite3_finalize(statement);
}

static void id_of_row(const struct vault *vault, int64_t row, char out[ID_CAP])
{
    sqlite3_stmt *statement = vault_db_prepare(vault, "SELECT id FROM credential WHERE row = ?");
    if (statement != NULL)
        (void)sqlite3_bind_int64(statement, 1, row);
    if (statement != NULL && sqlite3_step(statement) == SQLITE_ROW &&
        sqlite3_column_text(statement, 0) != NULL)
        (void)snprintf(out, ID_CAP, "%s", (const char *)sqlite3_column_text(statement, 0));
    (void)sqlite3_finalize(statement);
}

enum status vault_contenders(struct vault *vault, int64_t row, struct vault_contenders *out,
                             struct failure *why)
{
    struct vault_contender *own = &out->list[0];
    memset(out, 0, sizeof *out);
    enum status status = vault_content(vault, row, &out->content, why);
    if (status == STATUS_OK)
        status = vault_password(vault, row, &own->password, why);
    if (status == STATUS_OK) {
        id_of_row(vault, row, own->id);
        out->count = 1;
    }
    if (has_rivals(vault) && status != STATUS_NOT_FOUND)
        add_rivals(vault, row, out);
    return out->count > 0 ? STATUS_OK : status;
}

void vault_contenders_clear(struct vault_contenders *contenders)
{
    for (size_t i = 0; i < contenders->count; i++)
        secret_free(contenders->list[i].password);
    memset(contenders, 0, sizeof *contenders);
}

static enum status take_rival(struct vault *vault, int64_t row, int64_t rival, struct failure *why)
{
    sqlite3_stmt *statement = vault_db_prepare(
        vault, "UPDATE credential SET (id, expires_at, created_at, updated_at, ssh_command, host, port,"
               " username, mark, sealed) = (SELECT id, expires_at, created_at, updated_at, ssh_command, host,"
               " port, username, mark, sealed FROM rival WHERE n = ?1 AND of = ?2)"
               " WHERE row = ?2 AND EXISTS (SELECT 1 FROM rival WHERE n = ?1 AND of = ?2)");
    if (statement != NULL) {
        (void)sqlite3_bind_int64(statement, 1, rival);
        (void)sqlite3_bind_int64(statement, 2, row);
    }
    enum status status = vault_run(vault, statement, "keeping the verdict", why);
    if (status == STATUS_OK && sqlite3_changes(vault->db) == 0)
        return fail(why, STATUS_NOT_FOUND, "the credential has been replaced since");
    return status;
}

static enum status settle_inside(struct vault *vault, int64_t row, int64_t content, int64_t rival,
                                 enum credential_verdict verdict, int64_t at_ms, struct failure *why)
{
    int64_t now = 0;
    enum status status = vault_content(vault, row, &now, why);
    if (status == STATUS_OK && now != content)
        return fail(why, STATUS_NOT_FOUND, "the credential has been replaced since");
    if (status == STATUS_OK && rival > 0)
        status = take_rival(vault, row, rival, why);
    if (status == STATUS_OK)
        status = vault_rivals_drop(vault, row, why);
    return status == STATUS_OK ? vault_set_verdict(vault, row, NULL, verdict, at_ms, why) : status;
}

enum status vault_settle(struct vault *vault, int64_t row, int64_t content, int64_t rival,
                         enum credential_verdict verdict, int64_t at_ms, struct failure *why)
{
    struct failure mine = {.status = STATUS_OK};
    if (sqlite3_exec(vault->db, "BEGIN IMMEDIATE", NULL, NULL, NULL) != SQLITE_OK)
        return vault_db_failure(vault, "keeping the verdict", why);
    enum status status = settle_inside(vault, row, content, rival, verdict, at_ms, &mine);
    if (status == STATUS_OK && sqlite3_exec(vault->db, "COMMIT", NULL, NULL, NULL) != SQLITE_OK)
        status = vault_db_failure(vault, "keeping the verdict", &mine);
    if (status == STATUS_OK)
        return STATUS_OK;
    (void)sqlite3_exec(vault->db, "ROLLBACK", NULL, NULL, NULL);
    if (why != NULL)
        *why = mine;
    return status;
}

// --- what has ended ---

int64_t vault_ended_until(const struct vault *vault, int64_t row)
{
    return has_rivals(vault) ? number_of_row(vault, "SELECT until FROM ended WHERE row = ?", row) : 0;
}

static enum status note_ended(struct vault *vault, int64_t row, int64_t until_ms, struct failure *why)
{
    int64_t now = time_wall_ms();
    if (!has_rivals(vault))
        return STATUS_OK;
    enum status status =
        run_on_row(vault, "DELETE FROM ended WHERE at < ?", now - (int64_t)ENDED_KEPT_DAYS * 86400 * 1000,
                   "removing a credential from the vault", why);
    if (status != STATUS_OK)
        return status;
    sqlite3_stmt *statement =
        vault_db_prepare(vault, "INSERT OR REPLACE INTO ended (row, until, at) VALUES (?, ?, ?)");
    if (statement != NULL) {
        (void)sqlite3_bind_int64(statement, 1, row);
        (void)sqlite3_bind_int64(statement, 2, until_ms);
        (void)sqlite3_bind_int64(statement, 3, now);
    }
    return vault_run(vault, statement, "removing a credential from the vault", why);
}

static enum status forget_inside(struct vault *vault, int64_t row, int64_t until_ms, struct failure *why)
{
    static const char doing[] = "removing a credential from the vault";
    static const char *const steps[] = {
        "DELETE FROM credential WHERE row = ?1 AND updated_at < ?2",
        "UPDATE credential SET verdict = ?3 WHERE row = ?1 AND updated_at = ?2 AND verdict = ?4"};
    enum status status = STATUS_OK;
    for (int i = 0; i < 2 && status == STATUS_OK; i++) {
        sqlite3_stmt *statement = vault_db_prepare(vault, steps[i]);
        if (statement != NULL) {
            (void)sqlite3_bind_int64(statement, 1, row);
            (void)sqlite3_bind_int64(statement, 2, until_ms);
        }
        if (statement != NULL && i == 1) {
            (void)sqlite3_bind_int(statement, 3, VERDICT_UNVERIFIED);
            (void)sqlite3_bind_int(statement, 4, VERDICT_VALID);
        }
        status = vault_run(vault, statement, doing, why);
        if (status == STATUS_OK && i == 0 && sqlite3_changes(vault->db) > 0)
            return note_ended(vault, row, until_ms, why);
    }
    return status;
}

enum status vault_forget_until(struct vault *vault, int64_t row, int64_t until_ms, struct failure *why)
{
    struct failure mine = {.status = STATUS_OK};
    if (sqlite3_exec(vault->db, "BEGIN IMMEDIATE", NULL, NULL, NULL) != SQLITE_OK)
        return vault_db_failure(vault, "removing a credential from the vault", why);
    enum status status = forget_inside(vault, row, until_ms, &mine);
    if (status == STATUS_OK && sqlite3_exec(vault->db, "COMMIT", NULL, NULL, NULL) != SQLITE_OK)
        status = vault_db_failure(vault, "removing a credential from the vault", &mine);
    if (status == STATUS_OK)
        return STATUS_OK;
    (void)sqlite3_exec(vault->db, "ROLLBACK", NULL, NULL, NULL);
    if (why != NULL)
        *why = mine;
    return status;
}
