// SPDX-License-Identifier: Apache-2.0
//
// vault_sql: Prepares, binds and runs the vault's statements and transactions.

#include "api/vault/vault_private.h"

#include <stdio.h>
#include <stdlib.h>

enum { LIST_FIRST = 16 };

static int bind(sqlite3_stmt *statement, int place, const struct sql_value *value)
{
    if (value->type == SQL_NUMBER)
        return sqlite3_bind_int64(statement, place, value->number);
    if (value->type == SQL_TEXT)
        return sqlite3_bind_text(statement, place, value->bytes, -1, SQLITE_TRANSIENT);
    if (value->number == 0)
        return sqlite3_bind_null(statement, place);
    return sqlite3_bind_blob(statement, place, value->bytes, (int)value->number, SQLITE_TRANSIENT);
}

sqlite3_stmt *vault_sql(const struct vault *vault, const char *sql, const struct sql_value *values,
                        size_t count)
{
    sqlite3_stmt *statement = NULL;
    bool ready = sqlite3_prepare_v2(vault->db, sql, -1, &statement, NULL) == SQLITE_OK;
    for (size_t i = 0; ready && i < count; i++)
        ready = bind(statement, (int)i + 1, &values[i]) == SQLITE_OK;
    if (ready)
        return statement;
    (void)sqlite3_finalize(statement);
    return NULL;
}

enum status vault_sql_run(const struct vault *vault, const char *doing, struct failure *why, const char *sql,
                          const struct sql_value *values, size_t count)
{
    enum status status = STATUS_OK;
    sqlite3_stmt *statement = vault_sql(vault, sql, values, count);
    if (statement == NULL || sqlite3_step(statement) != SQLITE_DONE)
        status = vault_db_failure(vault, doing, why);
    (void)sqlite3_finalize(statement);
    return status;
}

int64_t vault_sql_number(const struct vault *vault, const char *sql, const struct sql_value *values,
                         size_t count)
{
    int64_t number = 0;
    sqlite3_stmt *statement = vault_sql(vault, sql, values, count);
    if (statement != NULL && sqlite3_step(statement) == SQLITE_ROW)
        number = sqlite3_column_int64(statement, 0);
    (void)sqlite3_finalize(statement);
    return number;
}

enum status vault_sql_list(struct vault *vault, sqlite3_stmt *statement, const char *doing,
                           const char *things, size_t size, vault_read_item *read, void **list, size_t *count,
                           struct failure *why)
{
    char *items = NULL;
    size_t used = 0, room = 0;
    int step = SQLITE_ERROR;
    enum status status = STATUS_OK;
    while (statement != NULL && (step = sqlite3_step(statement)) == SQLITE_ROW) {
        if (used == room) {
            room = room > 0 ? room * 2 : LIST_FIRST;
            char *grown = reallocarray(items, room, size);
            if (grown == NULL)
                break;
            items = grown;
        }
        read(vault, statement, items + used++ * size);
    }
    if (step == SQLITE_ROW)
        status = fail(why, STATUS_NO_MEMORY, "no memory for %s", things);
    else if (step != SQLITE_DONE)
        status = vault_db_failure(vault, doing, why);
    (void)sqlite3_finalize(statement);
    if (status != STATUS_OK) {
        free(items);
        items = NULL;
        used = 0;
    }
    *list = items;
    *count = used;
    return status;
}

void vault_sql_text(sqlite3_stmt *row, int column, char *out, size_t cap)
{
    const unsigned char *text = sqlite3_column_text(row, column);
    (void)snprintf(out, cap, "%s", text != NULL ? (const char *)text : "");
}

bool vault_exec(const struct vault *vault, const char *sql)
{
    return sqlite3_exec(vault->db, sql, NULL, NULL, NULL) == SQLITE_OK;
}

enum status vault_begin(const struct vault *vault, const char *doing, struct failure *why)
{
    return vault_exec(vault, "BEGIN IMMEDIATE") ? STATUS_OK : vault_db_failure(vault, doing, why);
}

enum status vault_end(const struct vault *vault, enum status status, const char *doing, struct failure *why)
{
    if (status == STATUS_OK && !vault_exec(vault, "COMMIT"))
        status = vault_db_failure(vault, doing, why);
    if (status != STATUS_OK)
        (void)vault_exec(vault, "ROLLBACK");
    return status;
}
