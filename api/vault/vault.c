// SPDX-License-Identifier: Apache-2.0
//
// vault: owns the rows. Every change is one transaction, on disk when the call returns. Passwords go in
// sealed and come out only one at a time, on request.

#include "api/base/server_time.h"
#include "api/vault/vault_private.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

// --- opening ---

void vault_close(struct vault *vault)
{
    if (vault == NULL)
        return;
    (void)sqlite3_close(vault->db);
    if (vault->room_fd >= 0)
        (void)close(vault->room_fd);
    vault_seal_end(&vault->seal);
    free(vault->path);
    free(vault->base_url);
    free(vault);
}

enum status vault_open(const char *folder, const char *base_url, const struct secret *api_key,
                       struct vault **out, struct failure *why)
{
    struct vault *vault = calloc(1, sizeof *vault);
    *out = NULL;
    if (vault == NULL || (vault->base_url = strdup(base_url)) == NULL) {
        free(vault);
        return fail(why, STATUS_NO_MEMORY, "no memory for the vault");
    }
    vault->room_fd = -1;
    for (size_t length = strlen(vault->base_url); length > 0 && vault->base_url[length - 1] == '/'; length--)
        vault->base_url[length - 1] = '\0';
    enum status status = vault_db_open(folder, vault, why);
    if (status == STATUS_OK)
        status = vault_seal_begin(&vault->seal, vault->salt, api_key, why);
    if (status != STATUS_OK) {
        vault_close(vault);
        return status;
    }
    *out = vault;
    return STATUS_OK;
}

// --- statements ---

enum status vault_run(struct vault *vault, sqlite3_stmt *statement, const char *doing, struct failure *why)
{
    enum status status = STATUS_OK;
    if (statement == NULL || sqlite3_step(statement) != SQLITE_DONE)
        status = vault_db_failure(vault, doing, why);
    (void)sqlite3_finalize(statement);
    return status;
}

void vault_bind_text(sqlite3_stmt *statement, int place, const char *text)
{
    (void)sqlite3_bind_text(statement, place, text, -1, SQLITE_TRANSIENT);
}

// A row that somebody else took out meanwhile must not pass for written.
static enum status must_exist(struct vault *vault, int64_t row, struct failure *why)
{
    if (sqlite3_changes(vault->db) > 0)
        return STATUS_OK;
    return fail(why, STATUS_NOT_FOUND, "credential %lld is no longer in the vault", (long long)row);
}

// By the clock, so that the later is the greater, and by chance, so that no two programs take the same.
int64_t vault_row_new(void)
{
    enum { CHANCE_BITS = 20 };
    static int64_t last;
    int64_t row = (time_wall_ms() << CHANCE_BITS) | (int64_t)randombytes_uniform(1U << CHANCE_BITS);
    last = row > last ? row : last + 1;
    return last;
}

enum status vault_intend_as(struct vault *vault, const char *sandbox_id, int64_t now_ms, int64_t row,
                            struct failure *why)
{
    sqlite3_stmt *statement = vault_db_prepare(
        vault,
        "INSERT INTO credential (base_url, sandbox_id, id, verdict, expires_at, created_at, updated_at,"
        " validated_at, ssh_command, host, port, username, mark, sealed, row)"
        " VALUES (?, ?, '', ?, 0, ?, 0, 0, '', '', 0, '', ?, NULL, ?)");
    if (statement != NULL) {
        vault_bind_text(statement, 1, vault->base_url);
        vault_bind_text(statement, 2, sandbox_id);
        (void)sqlite3_bind_int(statement, 3, VERDICT_UNKNOWN);
        (void)sqlite3_bind_int64(statement, 4, now_ms);
        (void)sqlite3_bind_blob(statement, 5, vault->seal.mark, VAULT_MARK_BYTES, SQLITE_STATIC);
        (void)sqlite3_bind_int64(statement, 6, row);
    }
    return vault_run(vault, statement, "before the create", why);
}

enum status vault_intend(struct vault *vault, const char *sandbox_id, int64_t now_ms, int64_t *row,
                         struct failure *why)
{
    *row = vault_row_new();
    return vault_intend_as(vault, sandbox_id, now_ms, *row, why);
}

enum status vault_intend_drop(struct vault *vault, int64_t row, struct failure *why)
{
    sqlite3_stmt *statement = vault_db_prepare(vault, "DELETE FROM credential WHERE row = ? AND id = ''");
    if (statement != NULL)
        (void)sqlite3_bind_int64(statement, 1, row);
    return vault_run(vault, statement, "after the create", why);
}

struct vault_identity vault_identity_of(const struct vault *vault, const struct access *access)
{
    return (struct vault_identity){.base_url = vault->base_url,
                                   .sandbox_id = access->sandbox_id,
                                   .id = access->id,
                                   .expires_at = access->expires_at,
                                   .host = access->host,
                                   .port = access->port,
                                   .username = access->username,
                                   .ssh_command = access->ssh_command};
}

enum status vault_write_access(struct vault *vault, int64_t row, const struct access *access,
                               struct failure *why)
{
    unsigned char sealed[VAULT_SEALED_MAX];
    const struct vault_identity identity = vault_identity_of(vault, access);
    size_t length =
        access->password != NULL ? vault_seal_close(&vault->seal, &identity, access->password, sealed) : 0;
    sqlite3_stmt *statement = vault_db_prepare(
        vault,
        "UPDATE credential SET sandbox_id = ?1, id = ?2, verdict = ?3, expires_at = ?4, created_at = ?5,"
        " updated_at = ?6, validated_at = ?6, ssh_command = ?7, host = ?8, port = ?9, username = ?10,"
        " mark = ?11, sealed = ?12 WHERE row = ?13");
    if (statement != NULL) {
        vault_bind_text(statement, 1, access->sandbox_id);
        vault_bind_text(statement, 2, access->id);
        (void)sqlite3_bind_int(statement, 3, VERDICT_VALID);
        (void)sqlite3_bind_int64(statement, 4, access->expires_at);
        (void)sqlite3_bind_int64(statement, 5, access->created_at);
        (void)sqlite3_bind_int64(statement, 6,
                                 access->updated_at > 0 ? access->updated_at : access->created_at);
        vault_bind_text(statement, 7, access->ssh_command);
        vault_bind_text(statement, 8, access->host);
        (void)sqlite3_bind_int(statement, 9, access->port);
        vault_bind_text(statement, 10, access->username);
        (void)sqlite3_bind_blob(statement, 11, vault->seal.mark, VAULT_MARK_BYTES, SQLITE_STATIC);
        if (access->password != NULL)
            (void)sqlite3_bind_blob(statement, 12, sealed, (int)length, SQLITE_TRANSIENT);
        (void)sqlite3_bind_int64(statement, 13, row);
    }
    enum status status = vault_run(vault, statement, "keeping the credential", why);
    if (status == STATUS_OK)
        status = must_exist(vault, row, why);
    return status == STATUS_OK ? vault_rivals_drop(vault, row, why) : status;
}

// The nonce of the sealed password is new with each writing.
static enum status content_of(struct vault *vault, int64_t row, int64_t *content, int64_t *updated_at,
                              struct failure *why)
{
    enum status status = STATUS_OK;
    sqlite3_stmt *statement =
        vault_db_prepare(vault, "SELECT id, updated_at, sealed FROM credential WHERE row = ?");
    if (statement != NULL)
        (void)sqlite3_bind_int64(statement, 1, row);
    int step = statement != NULL ? sqlite3_step(statement) : SQLITE_ERROR;
    *content = 0;
    if (step == SQLITE_ROW) {
        *updated_at = sqlite3_column_int64(statement, 1);
        // One without a password (imported) is told by its time.
        if (sqlite3_column_bytes(statement, 0) > 0)
            *content = *updated_at;
        if (sqlite3_column_bytes(statement, 2) >= (int)sizeof *content)
            memcpy(content, sqlite3_column_blob(statement, 2), sizeof *content);
        *content += vault_rival_last(vault, row);
    } else if (step == SQLITE_DONE) {
        status = fail(why, STATUS_NOT_FOUND, "credential %lld is no longer in the vault", (long long)row);
    } else {
        status = vault_db_failure(vault, "reading the vault", why);
    }
    (void)sqlite3_finalize(statement);
    return status;
}

enum status vault_content(struct vault *vault, int64_t row, int64_t *content, struct failure *why)
{
    int64_t updated_at = 0;
    return content_of(vault, row, content, &updated_at, why);
}

static int64_t given_at(const struct access *access)
{
    return access->updated_at > 0 ? access->updated_at : access->created_at;
}

static enum status replaced_since(const struct access *access, struct failure *why)
{
    return advise(why, fail(why, STATUS_CONFLICT, "%s: another program has replaced it", access->sandbox_id),
                  "its credential is kept: sbxdeck access ls %s", access->sandbox_id);
}

// Several programs may regenerate one credential at once, and their answers get here in any order.
static enum status come_between(struct vault *vault, int64_t row, int64_t content,
                                const struct access *access, bool *same_time, struct failure *why)
{
    int64_t now = 0, updated_at = 0;
    enum status status = content_of(vault, row, &now, &updated_at, why);
    *same_time = false;
    if (status != STATUS_OK || now == content || now == 0)
        return status;
    if (updated_at > given_at(access))
        return replaced_since(access, why);
    *same_time = updated_at == given_at(access);
    return STATUS_OK;
}

// The intent may have been taken out by somebody who gave it up: what the server has made is kept all the
// same. What it has ended since is not.
static enum status keep_anew(struct vault *vault, int64_t *row, const struct access *access,
                             struct failure *why)
{
    int64_t ended = *row > 0 ? vault_ended_until(vault, *row) : 0;
    if (ended > given_at(access))
        return replaced_since(access, why);
    if (*row <= 0)
        *row = vault_row_new();
    enum status status = vault_intend_as(vault, access->sandbox_id, access->created_at, *row, why);
    if (status == STATUS_OK)
        status = vault_write_access(vault, *row, access, why);
    if (status == STATUS_OK && ended == given_at(access))
        status = vault_set_verdict(vault, *row, NULL, VERDICT_UNVERIFIED, 0, why);
    return status;
}

static enum status keep_inside(struct vault *vault, int64_t *row, const int64_t *content,
                               const struct access *access, int64_t *rival, struct failure *why)
{
    bool same_time = false;
    enum status status = *row > 0 ? STATUS_OK : STATUS_NOT_FOUND;
    if (status == STATUS_OK && content != NULL)
        status = come_between(vault, *row, *content, access, &same_time, why);
    if (status == STATUS_OK && same_time)
        return vault_rival_add(vault, *row, access, rival, why);
    if (status == STATUS_OK)
        status = vault_write_access(vault, *row, access, why);
    return status == STATUS_NOT_FOUND ? keep_anew(vault, row, access, why) : status;
}

static enum status keep(struct vault *vault, int64_t row, const int64_t *content, const struct access *access,
                        int64_t *new_row, int64_t *rival, struct failure *why)
{
    struct failure mine = {.status = STATUS_OK};
    *rival = 0;
    if (sqlite3_exec(vault->db, "BEGIN IMMEDIATE", NULL, NULL, NULL) != SQLITE_OK)
        return vault_db_failure(vault, "keeping the credential", why);
    enum status status = keep_inside(vault, &row, content, access, rival, &mine);
    if (status == STATUS_OK && sqlite3_exec(vault->db, "COMMIT", NULL, NULL, NULL) != SQLITE_OK)
        status = vault_db_failure(vault, "keeping the credential", &mine);
    if (status != STATUS_OK) {
        (void)sqlite3_exec(vault->db, "ROLLBACK", NULL, NULL, NULL);
        if (why != NULL)
            *why = mine;
        return status;
    }
    *new_row = row;
    return STATUS_OK;
}

enum status vault_keep(struct vault *vault, int64_t row, const struct access *access, int64_t *new_row,
                       struct failure *why)
{
    int64_t none = 0;
    return keep(vault, row, NULL, access, new_row, &none, why);
}

enum status vault_keep_over(struct vault *vault, int64_t row, int64_t content, const struct access *access,
                            int64_t *new_row, int64_t *rival, struct failure *why)
{
    return keep(vault, row, &content, access, new_row, rival, why);
}

enum status vault_replace(struct vault *vault, int64_t row, const struct access *access, struct failure *why)
{
    return vault_write_access(vault, row, access, why);
}

enum status vault_set_verdict(struct vault *vault, int64_t row, const char *id,
                              enum credential_verdict verdict, int64_t at_ms, struct failure *why)
{
    sqlite3_stmt *statement = vault_db_prepare(
        vault,
        "UPDATE credential SET verdict = ?, validated_at = ? WHERE row = ?3 AND (?4 IS NULL OR id = ?4)");
    if (statement != NULL) {
        (void)sqlite3_bind_int(statement, 1, (int)verdict);
        (void)sqlite3_bind_int64(statement, 2, at_ms);
        (void)sqlite3_bind_int64(statement, 3, row);
        if (id != NULL)
            vault_bind_text(statement, 4, id);
    }
    enum status status = vault_run(vault, statement, "keeping the verdict", why);
    return status == STATUS_OK ? must_exist(vault, row, why) : status;
}

enum status vault_forget(struct vault *vault, int64_t row, struct failure *why)
{
    sqlite3_stmt *statement = vault_db_prepare(vault, "DELETE FROM credential WHERE row = ?");
    if (statement != NULL)
        (void)sqlite3_bind_int64(statement, 1, row);
    return vault_run(vault, statement, "removing a credential from the vault", why);
}

// --- reading ---

static void column_text(sqlite3_stmt *statement, int column, char *out, size_t cap)
{
    const unsigned char *text = sqlite3_column_text(statement, column);
    (void)snprintf(out, cap, "%s", text != NULL ? (const char *)text : "");
}

#define COLUMNS                                                                                              \
    "row, sandbox_id, id, verdict, expires_at, created_at, updated_at, validated_at, ssh_command, host, "    \
    "port,"                                                                                                  \
    " username, mark, sealed"
enum { COLUMN_MARK = 12, COLUMN_SEALED = 13 };

static void read_row(const struct vault *vault, sqlite3_stmt *statement, struct credential *out)
{
    memset(out, 0, sizeof *out);
    int verdict = sqlite3_column_int(statement, 3);
    out->vault_row = sqlite3_column_int64(statement, 0);
    column_text(statement, 1, out->sandbox_id, sizeof out->sandbox_id);
    column_text(statement, 2, out->id, sizeof out->id);
    out->verdict =
        verdict >= 0 && verdict <= VERDICT_UNKNOWN ? (enum credential_verdict)verdict : VERDICT_UNKNOWN;
    out->expires_at = sqlite3_column_int64(statement, 4);
    out->created_at = sqlite3_column_int64(statement, 5);
    out->updated_at = sqlite3_column_int64(statement, 6);
    out->validated_at = sqlite3_column_int64(statement, 7);
    column_text(statement, 8, out->ssh_command, sizeof out->ssh_command);
    column_text(statement, 9, out->host, sizeof out->host);
    out->port = sqlite3_column_int(statement, 10);
    column_text(statement, 11, out->username, sizeof out->username);
    out->has_password = sqlite3_column_type(statement, COLUMN_SEALED) == SQLITE_BLOB;
    out->sealed_elsewhere =
        sqlite3_column_bytes(statement, COLUMN_MARK) != VAULT_MARK_BYTES ||
        memcmp(sqlite3_column_blob(statement, COLUMN_MARK), vault->seal.mark, VAULT_MARK_BYTES) != 0;
}

static struct vault_identity identity_of(const struct vault *vault, const struct credential *credential)
{
    return (struct vault_identity){.base_url = vault->base_url,
                                   .sandbox_id = credential->sandbox_id,
                                   .id = credential->id,
                                   .expires_at = credential->expires_at,
                                   .host = credential->host,
                                   .port = credential->port,
                                   .username = credential->username,
                                   .ssh_command = credential->ssh_command};
}

// One that does not open is known before anybody wants to use it.
static enum vault_seal_state check(const struct vault *vault, sqlite3_stmt *statement,
                                   const struct credential *credential)
{
    const struct vault_identity identity = identity_of(vault, credential);
    if (!credential->has_password || credential->sealed_elsewhere)
        return VAULT_SEAL_GOOD;
    return vault_seal_check(&vault->seal, &identity, sqlite3_column_blob(statement, COLUMN_SEALED),
                            (size_t)sqlite3_column_bytes(statement, COLUMN_SEALED));
}

enum status vault_list(struct vault *vault, struct credential **list, size_t *count, struct failure *why)
{
    struct credential *rows = NULL;
    size_t used = 0, capacity = 0;
    int step = SQLITE_ERROR;
    bool old = false;
    sqlite3_stmt *statement = vault_db_prepare(
        vault, "SELECT " COLUMNS " FROM credential WHERE base_url = ? ORDER BY sandbox_id, created_at, row");
    if (statement != NULL)
        vault_bind_text(statement, 1, vault->base_url);
    while (statement != NULL && (step = sqlite3_step(statement)) == SQLITE_ROW) {
        if (used == capacity) {
            capacity = capacity * 2 + 16;
            struct credential *grown = realloc(rows, capacity * sizeof *grown);
            if (grown == NULL)
                break;
            rows = grown;
        }
        struct credential *row = &rows[used++];
        read_row(vault, statement, row);
        enum vault_seal_state sealed = check(vault, statement, row);
        row->damaged = sealed == VAULT_SEAL_BROKEN;
        old = old || sealed == VAULT_SEAL_OLD;
    }
    enum status status = STATUS_OK;
    if (step == SQLITE_ROW)
        status = fail(why, STATUS_NO_MEMORY, "no memory for the credentials of the vault");
    else if (step != SQLITE_DONE)
        status = vault_db_failure(vault, "reading the vault", why);
    (void)sqlite3_finalize(statement);
    if (status != STATUS_OK) {
        free(rows);
        return status;
    }
    if (old)
        vault_seal_old_anew(vault);
    *list = rows;
    *count = used;
    return STATUS_OK;
}

static enum status open_password(const struct vault *vault, sqlite3_stmt *statement, struct secret **password,
                                 struct failure *why)
{
    struct credential credential;
    read_row(vault, statement, &credential);
    const struct vault_identity identity = identity_of(vault, &credential);
    if (!credential.has_password)
        return advise(why,
                      fail(why, STATUS_NOT_FOUND, "no password of %s is known here",
                           credential.id[0] != '\0' ? credential.id : credential.sandbox_id),
                      "regenerate it: sbxdeck access regen %s", credential.sandbox_id);
    if (credential.sealed_elsewhere)
        return advise(why, fail(why, STATUS_OTHER_KEY, "%s is sealed with another API key", credential.id),
                      "set LEAP0_API_KEY to that one");
    *password = vault_seal_open(&vault->seal, &identity, sqlite3_column_blob(statement, COLUMN_SEALED),
                                (size_t)sqlite3_column_bytes(statement, COLUMN_SEALED));
    if (*password == NULL)
        return advise(why,
                      fail(why, STATUS_STORE_FAILED,
                           "the stored password of %s is damaged, or belongs to another host, port or user "
                           "than %s port %d and user %s",
                           credential.id, credential.host[0] != '\0' ? credential.host : "this host",
                           credential.port,
                           credential.username[0] != '\0' ? credential.username : credential.id),
                      "regenerate it: sbxdeck access regen %s", credential.sandbox_id);
    return STATUS_OK;
}

enum status vault_password(struct vault *vault, int64_t row, struct secret **password, struct failure *why)
{
    enum status status = STATUS_OK;
    sqlite3_stmt *statement =
        vault_db_prepare(vault, "SELECT " COLUMNS " FROM credential WHERE base_url = ? AND row = ?");
    int step = SQLITE_ERROR;
    *password = NULL;
    if (statement != NULL) {
        vault_bind_text(statement, 1, vault->base_url);
        (void)sqlite3_bind_int64(statement, 2, row);
        step = sqlite3_step(statement);
    }
    if (step == SQLITE_ROW)
        status = open_password(vault, statement, password, why);
    else if (step == SQLITE_DONE)
        status = fail(why, STATUS_NOT_FOUND, "credential %lld is no longer in the vault", (long long)row);
    else
        status = vault_db_failure(vault, "reading the vault", why);
    (void)sqlite3_finalize(statement);
    return status;
}

enum status vault_version(struct vault *vault, int64_t *version, struct failure *why)
{
    enum status status = STATUS_OK;
    sqlite3_stmt *statement = vault_db_prepare(vault, "PRAGMA data_version");
    // data_version tells of others' writes, total_changes of our own.
    if (statement != NULL && sqlite3_step(statement) == SQLITE_ROW)
        *version = (sqlite3_column_int64(statement, 0) << 32) + sqlite3_total_changes(vault->db);
    else
        status = vault_db_failure(vault, "reading the vault", why);
    (void)sqlite3_finalize(statement);
    return status;
}
