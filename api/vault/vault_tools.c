// SPDX-License-Identifier: Apache-2.0
//
// vault_tools: Keep what a person has stopped or revoked by hand, and the token bucket of the credentials
// that tools make.

#include "api/vault/vault_tools.h"

#include "api/base/token_bucket.h"
#include "api/vault/vault_private.h"

#include <string.h>

enum { FORM_WITH_TOOLS = 3 };

// A vault of an older form is one that can't be written just now: nothing was ever noted in it.
static bool has_tables(struct vault *vault)
{
    struct failure ignored;
    return vault->form >= FORM_WITH_TOOLS ||
           (vault_db_catch_up(vault, &ignored) == STATUS_OK && vault->form >= FORM_WITH_TOOLS);
}

static enum status no_tables(const struct vault *vault, struct failure *why)
{
    return fail(why, STATUS_STORE_FAILED, "the vault %s could not be brought up to date", vault->path);
}

enum status vault_by_hand(struct vault *vault, const char *sandbox_id, struct by_hand_notes *out,
                          struct failure *why)
{
    enum status status = STATUS_OK;
    int step = SQLITE_DONE;
    memset(out, 0, sizeof *out);
    if (!has_tables(vault))
        return STATUS_OK;
    sqlite3_stmt *statement =
        vault_sql(vault, "SELECT what, at FROM by_hand WHERE base_url = ? AND sandbox_id = ?",
                  SQL_WITH(SQL_T(vault->base_url), SQL_T(sandbox_id)));
    while (statement != NULL && (step = sqlite3_step(statement)) == SQLITE_ROW) {
        int64_t what = sqlite3_column_int64(statement, 0);
        if (what >= 0 && what < BY_HAND_COUNT)
            out->at[what] = sqlite3_column_int64(statement, 1);
    }
    if (statement == NULL || step != SQLITE_DONE)
        status = vault_db_failure(vault, "reading what was done by hand", why);
    (void)sqlite3_finalize(statement);
    return status;
}

enum status vault_by_hand_put(struct vault *vault, const char *sandbox_id, enum by_hand what, int64_t at_ms,
                              struct failure *why)
{
    if (!has_tables(vault))
        return no_tables(vault, why);
    return vault_sql_run(
        vault, "noting what was done by hand", why, "INSERT OR REPLACE INTO by_hand VALUES (?, ?, ?, ?)",
        SQL_WITH(SQL_T(vault->base_url), SQL_T(sandbox_id), SQL_N((int64_t)what), SQL_N(at_ms)));
}

enum status vault_by_hand_drop(struct vault *vault, const char *sandbox_id, unsigned what,
                               struct failure *why)
{
    struct by_hand_notes notes;
    enum status status = vault_by_hand(vault, sandbox_id, &notes, why);
    for (int i = 0; i < BY_HAND_COUNT && status == STATUS_OK; i++)
        if (notes.at[i] != 0 && (what & (1U << i)) != 0)
            status = vault_sql_run(vault, "noting what was done by hand", why,
                                   "DELETE FROM by_hand WHERE base_url = ? AND sandbox_id = ? AND what = ?",
                                   SQL_WITH(SQL_T(vault->base_url), SQL_T(sandbox_id), SQL_N(i)));
    return status;
}

static enum status take(struct vault *vault, const char *sandbox_id, int per_minute, int64_t now_ms,
                        int64_t *wait_ms, struct failure *why)
{
    struct token_bucket bucket = {0};
    bucket.level =
        vault_sql_number(vault, "SELECT level FROM tool_bucket WHERE base_url = ? AND sandbox_id = ?",
                         SQL_WITH(SQL_T(vault->base_url), SQL_T(sandbox_id)));
    bucket.at = vault_sql_number(vault, "SELECT at FROM tool_bucket WHERE base_url = ? AND sandbox_id = ?",
                                 SQL_WITH(SQL_T(vault->base_url), SQL_T(sandbox_id)));
    const int64_t before = bucket.at;
    // One that the clock was set back for is kept, though nothing is taken: it would refill no more until the
    // time that it was at.
    if (!token_bucket_take(&bucket, per_minute, now_ms, wait_ms) && bucket.at >= before)
        return STATUS_OK;
    return vault_sql_run(
        vault, "counting the credentials of tools", why,
        "INSERT OR REPLACE INTO tool_bucket VALUES (?, ?, ?, ?)",
        SQL_WITH(SQL_T(vault->base_url), SQL_T(sandbox_id), SQL_N(bucket.level), SQL_N(bucket.at)));
}

enum status vault_tools_take(struct vault *vault, const char *sandbox_id, int per_minute, int64_t now_ms,
                             int64_t *wait_ms, struct failure *why)
{
    static const char doing[] = "counting the credentials of tools";
    *wait_ms = -1;
    if (!has_tables(vault))
        return no_tables(vault, why);
    enum status status = vault_begin(vault, doing, why);
    if (status != STATUS_OK)
        return status;
    return vault_end(vault, take(vault, sandbox_id, per_minute, now_ms, wait_ms, why), doing, why);
}
