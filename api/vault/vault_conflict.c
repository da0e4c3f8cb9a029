// SPDX-License-Identifier: Apache-2.0
//
// vault_conflict: Keeps what the server's times do not decide: answers of the same time for one row, beside
// each other until a validate says which works, and rows that were ended while another program may still have
// them in memory.

#include "api/base/time_util.h"
#include "api/vault/vault_private.h"

#include <string.h>

enum { ENDED_KEPT_MS = 7 * 86400 * 1000 };

static const char keeping_verdict[] = "keeping the verdict",
                  removing[] = "removing a credential from the vault";

// --- conflicting answers ---

enum status vault_answer_add(struct vault *vault, int64_t row, const struct access *access, int64_t *answer,
                             struct failure *why)
{
    enum status status =
        vault_write_access(vault,
                           "INSERT INTO rival (of, " VAULT_ACCESS_COLUMNS
                           ") VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)",
                           false, row, access, why);
    if (status != STATUS_OK)
        return status;
    *answer = sqlite3_last_insert_rowid(vault->db);
    return vault_set_verdict(vault, row, NULL, VERDICT_UNKNOWN, 0, why);
}

// --- which one it is ---

static void add_answers(struct vault *vault, int64_t row, struct vault_candidates *out)
{
    struct credential credential;
    size_t length = 0;
    sqlite3_stmt *statement =
        vault_sql(vault, "SELECT " VAULT_ANSWER_COLUMNS " FROM rival WHERE of = ? ORDER BY n DESC",
                  SQL_WITH(SQL_N(row)));
    while (statement != NULL && out->count < VAULT_CANDIDATES_MAX && sqlite3_step(statement) == SQLITE_ROW) {
        struct vault_candidate *one = &out->list[out->count];
        vault_row_read(vault, statement, &credential);
        const unsigned char *sealed = vault_row_sealed(statement, &length);
        one->password = vault_seal_open(&vault->seal, vault->base_url, &credential, sealed, length);
        if (one->password == NULL)
            continue;
        one->answer = credential.vault_row;
        memcpy(one->id, credential.id, sizeof one->id);
        out->count++;
    }
    (void)sqlite3_finalize(statement);
}

enum status vault_candidates(struct vault *vault, int64_t row, struct vault_candidates *out,
                             struct failure *why)
{
    struct vault_candidate *own = &out->list[0];
    struct credential credential;
    memset(out, 0, sizeof *out);
    enum status status = vault_content(vault, row, &out->content, why);
    if (status == STATUS_OK)
        status = vault_row_open(vault, row, &credential, &own->password, why);
    if (status == STATUS_OK) {
        memcpy(own->id, credential.id, sizeof own->id);
        out->count = 1;
    }
    if (vault_has_answers(vault) && status != STATUS_NOT_FOUND)
        add_answers(vault, row, out);
    return out->count > 0 ? STATUS_OK : status;
}

void vault_candidates_clear(struct vault_candidates *candidates)
{
    for (size_t i = 0; i < candidates->count; i++)
        secret_free(candidates->list[i].password);
    memset(candidates, 0, sizeof *candidates);
}

static enum status replaced_since(struct failure *why)
{
    return fail(why, STATUS_NOT_FOUND, "the credential has been replaced since");
}

static enum status take_answer(struct vault *vault, int64_t row, int64_t answer, struct failure *why)
{
    enum status status =
        vault_sql_run(vault, keeping_verdict, why,
                      "UPDATE credential SET (" VAULT_ACCESS_COLUMNS ") ="
                      " (SELECT " VAULT_ACCESS_COLUMNS " FROM rival WHERE n = ?1 AND of = ?2)"
                      " WHERE row = ?2 AND EXISTS (SELECT 1 FROM rival WHERE n = ?1 AND of = ?2)",
                      SQL_WITH(SQL_N(answer), SQL_N(row)));
    return status == STATUS_OK && sqlite3_changes(vault->db) == 0 ? replaced_since(why) : status;
}

static enum status settle_inside(struct vault *vault, int64_t row, int64_t content, int64_t answer,
                                 enum credential_verdict verdict, int64_t at_ms, struct failure *why)
{
    int64_t now = 0;
    enum status status = vault_content(vault, row, &now, why);
    if (status == STATUS_OK && now != content)
        return replaced_since(why);
    if (status == STATUS_OK && answer > 0)
        status = take_answer(vault, row, answer, why);
    if (status == STATUS_OK)
        status = vault_answers_drop(vault, row, why);
    return status == STATUS_OK ? vault_set_verdict(vault, row, NULL, verdict, at_ms, why) : status;
}

enum status vault_settle(struct vault *vault, int64_t row, int64_t content, int64_t answer,
                         enum credential_verdict verdict, int64_t at_ms, struct failure *why)
{
    enum status status = vault_begin(vault, keeping_verdict, why);
    if (status != STATUS_OK)
        return status;
    status = settle_inside(vault, row, content, answer, verdict, at_ms, why);
    return vault_end(vault, status, keeping_verdict, why);
}

// --- what has ended ---

int64_t vault_ended_until(const struct vault *vault, int64_t row)
{
    return vault_has_answers(vault)
               ? vault_sql_number(vault, "SELECT until FROM ended WHERE row = ?", SQL_WITH(SQL_N(row)))
               : 0;
}

static enum status note_ended(struct vault *vault, int64_t row, int64_t until_ms, struct failure *why)
{
    int64_t now = time_wall_ms();
    if (!vault_has_answers(vault))
        return STATUS_OK;
    enum status status = vault_sql_run(vault, removing, why, "DELETE FROM ended WHERE at < ?",
                                       SQL_WITH(SQL_N(now - ENDED_KEPT_MS)));
    if (status != STATUS_OK)
        return status;
    return vault_sql_run(vault, removing, why,
                         "INSERT OR REPLACE INTO ended (row, until, at) VALUES (?, ?, ?)",
                         SQL_WITH(SQL_N(row), SQL_N(until_ms), SQL_N(now)));
}

static enum status forget_inside(struct vault *vault, int64_t row, int64_t until_ms, struct failure *why)
{
    enum status status =
        vault_sql_run(vault, removing, why, "DELETE FROM credential WHERE row = ? AND updated_at < ?",
                      SQL_WITH(SQL_N(row), SQL_N(until_ms)));
    if (status == STATUS_OK && sqlite3_changes(vault->db) > 0)
        return note_ended(vault, row, until_ms, why);
    if (status != STATUS_OK)
        return status;
    return vault_sql_run(
        vault, removing, why,
        "UPDATE credential SET verdict = ? WHERE row = ? AND updated_at = ? AND verdict = ?",
        SQL_WITH(SQL_N(VERDICT_UNVERIFIED), SQL_N(row), SQL_N(until_ms), SQL_N(VERDICT_VALID)));
}

enum status vault_forget_until(struct vault *vault, int64_t row, int64_t until_ms, struct failure *why)
{
    enum status status = vault_begin(vault, removing, why);
    if (status != STATUS_OK)
        return status;
    status = forget_inside(vault, row, until_ms, why);
    return vault_end(vault, status, removing, why);
}
