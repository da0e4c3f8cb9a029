// SPDX-License-Identifier: Apache-2.0
//
// vault_rows: Reads and writes the rows of credentials, from the intent of a create on. Passwords go in
// sealed and come out only one at a time, on request.

#include "api/base/time_util.h"
#include "api/vault/vault_private.h"

#include <string.h>

static const char reading[] = "reading the vault", keeping[] = "keeping the credential";

// As VAULT_ROW_COLUMNS has them.
enum {
    COLUMN_ROW,
    COLUMN_VERDICT,
    COLUMN_VALIDATED_AT,
    COLUMN_BASE_URL,
    COLUMN_SANDBOX_ID,
    COLUMN_ID,
    COLUMN_EXPIRES_AT,
    COLUMN_CREATED_AT,
    COLUMN_UPDATED_AT,
    COLUMN_SSH_COMMAND,
    COLUMN_HOST,
    COLUMN_PORT,
    COLUMN_USERNAME,
    COLUMN_MARK,
    COLUMN_SEALED
};

static enum status vault_no_row(int64_t row, struct failure *why)
{
    return fail(why, STATUS_NOT_FOUND, "credential %lld is no longer in the vault", (long long)row);
}

bool vault_has_answers(const struct vault *vault)
{
    return vault->form >= 2;
}

// --- reading ---

const char *vault_row_base_url(sqlite3_stmt *row)
{
    const unsigned char *text = sqlite3_column_text(row, COLUMN_BASE_URL);
    return text != NULL ? (const char *)text : "";
}

const unsigned char *vault_row_mark(sqlite3_stmt *row)
{
    return sqlite3_column_bytes(row, COLUMN_MARK) == VAULT_MARK_BYTES ? sqlite3_column_blob(row, COLUMN_MARK)
                                                                      : NULL;
}

const unsigned char *vault_row_sealed(sqlite3_stmt *row, size_t *length)
{
    *length = (size_t)sqlite3_column_bytes(row, COLUMN_SEALED);
    return sqlite3_column_blob(row, COLUMN_SEALED);
}

static enum credential_verdict verdict_of(int number)
{
    return number >= 0 && number <= VERDICT_UNKNOWN ? (enum credential_verdict)number : VERDICT_UNKNOWN;
}

void vault_row_read(struct vault *vault, sqlite3_stmt *row, struct credential *out)
{
    const unsigned char *mark = vault_row_mark(row);
    memset(out, 0, sizeof *out);
    out->vault_row = sqlite3_column_int64(row, COLUMN_ROW);
    out->verdict = verdict_of(sqlite3_column_int(row, COLUMN_VERDICT));
    out->validated_at = sqlite3_column_int64(row, COLUMN_VALIDATED_AT);
    vault_sql_text(row, COLUMN_SANDBOX_ID, out->sandbox_id, sizeof out->sandbox_id);
    vault_sql_text(row, COLUMN_ID, out->id, sizeof out->id);
    out->expires_at = sqlite3_column_int64(row, COLUMN_EXPIRES_AT);
    out->created_at = sqlite3_column_int64(row, COLUMN_CREATED_AT);
    out->updated_at = sqlite3_column_int64(row, COLUMN_UPDATED_AT);
    vault_sql_text(row, COLUMN_SSH_COMMAND, out->ssh_command, sizeof out->ssh_command);
    vault_sql_text(row, COLUMN_HOST, out->host, sizeof out->host);
    out->port = sqlite3_column_int(row, COLUMN_PORT);
    vault_sql_text(row, COLUMN_USERNAME, out->username, sizeof out->username);
    out->has_password = sqlite3_column_type(row, COLUMN_SEALED) == SQLITE_BLOB;
    out->sealed_elsewhere = mark == NULL || memcmp(mark, vault->seal.mark, VAULT_MARK_BYTES) != 0;
}

static enum status open_password(const struct vault *vault, sqlite3_stmt *row,
                                 const struct credential *credential, struct secret **password,
                                 struct failure *why)
{
    size_t length = 0;
    const unsigned char *sealed = vault_row_sealed(row, &length);
    if (!credential->has_password)
        return advise(why,
                      fail(why, STATUS_NOT_FOUND, "no password of %s is known here",
                           credential->id[0] != '\0' ? credential->id : credential->sandbox_id),
                      "regenerate it: sbxdeck access regen %s", credential->sandbox_id);
    if (credential->sealed_elsewhere)
        return advise(why, fail(why, STATUS_OTHER_KEY, "%s is sealed with another API key", credential->id),
                      "set LEAP0_API_KEY to that one");
    *password = vault_seal_open(&vault->seal, vault->base_url, credential, sealed, length);
    if (*password == NULL)
        return advise(why,
                      fail(why, STATUS_STORE_FAILED,
                           "the stored password of %s is damaged, or belongs to another host, port or user "
                           "than %s port %d and user %s",
                           credential->id, credential->host[0] != '\0' ? credential->host : "this host",
                           credential->port,
                           credential->username[0] != '\0' ? credential->username : credential->id),
                      "regenerate it: sbxdeck access regen %s", credential->sandbox_id);
    return STATUS_OK;
}

enum status vault_row_open(struct vault *vault, int64_t row, struct credential *out, struct secret **password,
                           struct failure *why)
{
    enum status status = STATUS_OK;
    sqlite3_stmt *statement =
        vault_sql(vault, "SELECT " VAULT_ROW_COLUMNS " FROM credential WHERE base_url = ? AND row = ?",
                  SQL_WITH(SQL_T(vault->base_url), SQL_N(row)));
    int step = statement != NULL ? sqlite3_step(statement) : SQLITE_ERROR;
    *password = NULL;
    if (step == SQLITE_ROW) {
        vault_row_read(vault, statement, out);
        status = open_password(vault, statement, out, password, why);
    } else {
        status = step == SQLITE_DONE ? vault_no_row(row, why) : vault_db_failure(vault, reading, why);
    }
    (void)sqlite3_finalize(statement);
    return status;
}

enum status vault_password(struct vault *vault, int64_t row, struct secret **password, struct failure *why)
{
    struct credential credential;
    return vault_row_open(vault, row, &credential, password, why);
}

static int64_t last_answer(const struct vault *vault, int64_t row)
{
    return vault_has_answers(vault)
               ? vault_sql_number(vault, "SELECT max(n) FROM rival WHERE of = ?", SQL_WITH(SQL_N(row)))
               : 0;
}

// The nonce of the sealed password is new with each writing.
enum status vault_row_content(struct vault *vault, int64_t row, int64_t *content, int64_t *updated_at,
                              struct failure *why)
{
    enum status status = STATUS_OK;
    sqlite3_stmt *statement =
        vault_sql(vault, "SELECT id, updated_at, sealed FROM credential WHERE row = ?", SQL_WITH(SQL_N(row)));
    int step = statement != NULL ? sqlite3_step(statement) : SQLITE_ERROR;
    *content = 0;
    if (step == SQLITE_ROW) {
        *updated_at = sqlite3_column_int64(statement, 1);
        // One without a password (imported) is told by its time.
        if (sqlite3_column_bytes(statement, 0) > 0)
            *content = *updated_at;
        if (sqlite3_column_bytes(statement, 2) >= (int)sizeof *content)
            memcpy(content, sqlite3_column_blob(statement, 2), sizeof *content);
        *content += last_answer(vault, row);
    } else {
        status = step == SQLITE_DONE ? vault_no_row(row, why) : vault_db_failure(vault, reading, why);
    }
    (void)sqlite3_finalize(statement);
    return status;
}

enum status vault_content(struct vault *vault, int64_t row, int64_t *content, struct failure *why)
{
    int64_t updated_at = 0;
    return vault_row_content(vault, row, content, &updated_at, why);
}

enum status vault_version(struct vault *vault, int64_t *version, struct failure *why)
{
    enum status status = STATUS_OK;
    sqlite3_stmt *statement = vault_sql(vault, "PRAGMA data_version", NULL, 0);
    // data_version tells of others' writes, total_changes of our own.
    if (statement != NULL && sqlite3_step(statement) == SQLITE_ROW)
        *version = (sqlite3_column_int64(statement, 0) << 32) + sqlite3_total_changes(vault->db);
    else
        status = vault_db_failure(vault, reading, why);
    (void)sqlite3_finalize(statement);
    return status;
}

enum status vault_verdict(struct vault *vault, int64_t row, enum credential_verdict *verdict,
                          struct failure *why)
{
    enum status status = STATUS_OK;
    sqlite3_stmt *statement =
        vault_sql(vault, "SELECT verdict FROM credential WHERE row = ?", SQL_WITH(SQL_N(row)));
    int step = statement != NULL ? sqlite3_step(statement) : SQLITE_ERROR;
    if (step == SQLITE_ROW)
        *verdict = verdict_of(sqlite3_column_int(statement, 0));
    else
        status = step == SQLITE_DONE ? vault_no_row(row, why) : vault_db_failure(vault, reading, why);
    (void)sqlite3_finalize(statement);
    return status;
}

// --- the intent of a create ---

// By the clock, so that the later is the greater, and by chance, so that no two programs take the same.
int64_t vault_row_new(void)
{
    enum { CHANCE_BITS = 20 };
    static int64_t last;
    int64_t row = (time_wall_ms() << CHANCE_BITS) | (int64_t)randombytes_uniform(1U << CHANCE_BITS);
    last = row > last ? row : last + 1;
    return last;
}

enum status vault_intend(struct vault *vault, const char *sandbox_id, int64_t now_ms, int64_t row,
                         struct failure *why)
{
    return vault_sql_run(
        vault, "before the create", why,
        "INSERT INTO credential (row, base_url, sandbox_id, verdict, created_at, mark, id, expires_at,"
        " updated_at, validated_at, ssh_command, host, port, username, sealed)"
        " VALUES (?1, ?2, ?3, ?4, ?5, ?6, '', 0, 0, 0, '', '', 0, '', NULL)",
        SQL_WITH(SQL_N(row), SQL_T(vault->base_url), SQL_T(sandbox_id), SQL_N(VERDICT_UNKNOWN), SQL_N(now_ms),
                 SQL_B(vault->seal.mark, VAULT_MARK_BYTES)));
}

enum status vault_intend_drop(struct vault *vault, int64_t row, struct failure *why)
{
    return vault_sql_run(vault, "after the create", why, "DELETE FROM credential WHERE row = ? AND id = ''",
                         SQL_WITH(SQL_N(row)));
}

// --- writing ---

enum status vault_write_access(struct vault *vault, const char *sql, bool has_verdict, int64_t row,
                               const struct access *access, struct failure *why)
{
    unsigned char sealed[VAULT_SEALED_MAX];
    struct credential one;
    credential_of_access(access, row, &one);
    size_t length = access->password != NULL
                        ? vault_seal_close(&vault->seal, vault->base_url, &one, access->password, sealed)
                        : 0;
    const struct sql_value values[] = {SQL_N(row),
                                       SQL_T(vault->base_url),
                                       SQL_T(one.sandbox_id),
                                       SQL_T(one.id),
                                       SQL_N(one.expires_at),
                                       SQL_N(one.created_at),
                                       SQL_N(one.updated_at),
                                       SQL_T(one.ssh_command),
                                       SQL_T(one.host),
                                       SQL_N(one.port),
                                       SQL_T(one.username),
                                       SQL_B(vault->seal.mark, VAULT_MARK_BYTES),
                                       SQL_B(sealed, length),
                                       SQL_N(VERDICT_VALID)};
    return vault_sql_run(vault, keeping, why, sql, values,
                         sizeof values / sizeof values[0] - (has_verdict ? 0 : 1));
}

// A row that another program took out meanwhile must not pass for written.
static enum status must_exist(const struct vault *vault, int64_t row, struct failure *why)
{
    return sqlite3_changes(vault->db) > 0 ? STATUS_OK : vault_no_row(row, why);
}

enum status vault_answers_drop(struct vault *vault, int64_t row, struct failure *why)
{
    return vault_has_answers(vault)
               ? vault_sql_run(vault, keeping, why, "DELETE FROM rival WHERE of = ?", SQL_WITH(SQL_N(row)))
               : STATUS_OK;
}

enum status vault_row_write(struct vault *vault, int64_t row, const struct access *access,
                            struct failure *why)
{
    enum status status =
        vault_write_access(vault,
                           "UPDATE credential SET (" VAULT_ACCESS_COLUMNS ", verdict, validated_at) ="
                           " (?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?7) WHERE row = ?1",
                           true, row, access, why);
    if (status == STATUS_OK)
        status = must_exist(vault, row, why);
    return status == STATUS_OK ? vault_answers_drop(vault, row, why) : status;
}

enum status vault_set_verdict(struct vault *vault, int64_t row, const char *id,
                              enum credential_verdict verdict, int64_t at_ms, struct failure *why)
{
    enum status status = vault_sql_run(vault, "keeping the verdict", why,
                                       "UPDATE credential SET verdict = ?1, validated_at = ?2"
                                       " WHERE row = ?3 AND (?4 IS NULL OR id = ?4)",
                                       SQL_WITH(SQL_N((int)verdict), SQL_N(at_ms), SQL_N(row), SQL_T(id)));
    return status == STATUS_OK ? must_exist(vault, row, why) : status;
}

enum status vault_forget(struct vault *vault, int64_t row, struct failure *why)
{
    return vault_sql_run(vault, "removing a credential from the vault", why,
                         "DELETE FROM credential WHERE row = ?", SQL_WITH(SQL_N(row)));
}
