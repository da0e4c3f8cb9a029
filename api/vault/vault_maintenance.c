// SPDX-License-Identifier: Apache-2.0
//
// vault_maintenance: what is done with the vault beyond the life of a credential: taking one in from
// elsewhere, taking out what has long ended, and sealing all anew when an API key was replaced.

#include "api/base/server_time.h"
#include "api/vault/event_log.h"
#include "api/vault/vault_private.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool exec(const struct vault *vault, const char *sql)
{
    return sqlite3_exec(vault->db, sql, NULL, NULL, NULL) == SQLITE_OK;
}

static void copy_text(sqlite3_stmt *statement, int column, char *out, size_t cap)
{
    const unsigned char *text = sqlite3_column_text(statement, column);
    size_t length = text != NULL ? strnlen((const char *)text, cap - 1) : 0;
    if (length > 0)
        memcpy(out, text, length);
    out[length] = '\0';
}

// --- import ---

static int64_t row_of(struct vault *vault, const struct access *access)
{
    int64_t row = 0;
    sqlite3_stmt *statement = vault_db_prepare(
        vault, "SELECT row FROM credential WHERE base_url = ? AND sandbox_id = ? AND id = ? ORDER BY row");
    if (statement == NULL)
        return 0;
    vault_bind_text(statement, 1, vault->base_url);
    vault_bind_text(statement, 2, access->sandbox_id);
    vault_bind_text(statement, 3, access->id);
    if (sqlite3_step(statement) == SQLITE_ROW)
        row = sqlite3_column_int64(statement, 0);
    (void)sqlite3_finalize(statement);
    return row;
}

// The create whose outcome was never heard here and that has made it: it began not long before. Only where
// the server's own time of it is told.
static int64_t intent_of(struct vault *vault, const struct access *access)
{
    enum { SLACK_MS = 5000, CALL_MS = 120000 };
    int64_t row = 0;
    sqlite3_stmt *statement =
        access->updated_at > 0 && access->created_at > 0
            ? vault_db_prepare(vault, "SELECT row FROM credential WHERE base_url = ? AND sandbox_id = ? AND"
                                      " id = '' AND created_at BETWEEN ? AND ? ORDER BY row DESC")
            : NULL;
    if (statement == NULL)
        return 0;
    vault_bind_text(statement, 1, vault->base_url);
    vault_bind_text(statement, 2, access->sandbox_id);
    (void)sqlite3_bind_int64(statement, 3, access->created_at - CALL_MS);
    (void)sqlite3_bind_int64(statement, 4, access->created_at + SLACK_MS);
    if (sqlite3_step(statement) == SQLITE_ROW)
        row = sqlite3_column_int64(statement, 0);
    (void)sqlite3_finalize(statement);
    return row;
}

enum status vault_import(struct vault *vault, const struct access *access, int64_t *row, struct failure *why)
{
    struct failure mine = {.status = STATUS_OK};
    if (!exec(vault, "BEGIN IMMEDIATE"))
        return vault_db_failure(vault, "importing the credential", why);
    enum status status = STATUS_OK;
    int64_t place = row_of(vault, access);
    if (place == 0)
        place = intent_of(vault, access);
    if (place == 0)
        status = vault_intend(vault, access->sandbox_id, access->created_at, &place, &mine);
    if (status == STATUS_OK)
        status = vault_write_access(vault, place, access, &mine);
    if (status == STATUS_OK)
        status = vault_set_verdict(vault, place, NULL, VERDICT_UNVERIFIED, 0, &mine);
    if (status == STATUS_OK && !exec(vault, "COMMIT"))
        status = vault_db_failure(vault, "importing the credential", &mine);
    if (status != STATUS_OK) {
        (void)exec(vault, "ROLLBACK");
        if (why != NULL)
            *why = mine;
        return status;
    }
    *row = place;
    return STATUS_OK;
}

// --- prune ---

// The server's own word that one is valid, if it is as new as that, stands above every clock.
#define LONG_ENDED                                                                                           \
    "base_url = ?1 AND id <> '' AND verdict <> ?2 AND expires_at > 0 AND expires_at < ?3 AND "               \
    "(verdict <> ?4 OR validated_at < ?3)"

static sqlite3_stmt *on_long_ended(struct vault *vault, const char *sql, int64_t before_ms)
{
    sqlite3_stmt *statement = vault_db_prepare(vault, sql);
    if (statement == NULL)
        return NULL;
    vault_bind_text(statement, 1, vault->base_url);
    (void)sqlite3_bind_int(statement, 2, VERDICT_UNKNOWN);
    (void)sqlite3_bind_int64(statement, 3, before_ms);
    (void)sqlite3_bind_int(statement, 4, VERDICT_VALID);
    return statement;
}

static void event_of(sqlite3_stmt *row, const struct vault_clocks *clocks, struct event *event)
{
    char ago[16];
    *event = (struct event){
        .kind = EVENT_PRUNED, .at = clocks->server_ms, .wall_at = clocks->local_ms, .duration_ms = -1};
    copy_text(row, 0, event->sandbox_id, sizeof event->sandbox_id);
    copy_text(row, 1, event->id, sizeof event->id);
    (void)snprintf(event->message, sizeof event->message,
                   "removed from the vault: it expired %s ago (setting: prune)",
                   time_format_age(clocks->server_ms - sqlite3_column_int64(row, 2), ago));
}

static bool prune_inside(struct vault *vault, const struct vault_clocks *clocks, int64_t before_ms,
                         size_t *count)
{
    struct event event;
    int step = SQLITE_ERROR;
    bool done = true;
    sqlite3_stmt *statement = on_long_ended(
        vault, "SELECT sandbox_id, id, expires_at FROM credential WHERE " LONG_ENDED, before_ms);
    while (done && statement != NULL && (step = sqlite3_step(statement)) == SQLITE_ROW) {
        event_of(statement, clocks, &event);
        done = event_log_append_inside(vault, &event, 1);
        (*count)++;
    }
    (void)sqlite3_finalize(statement);
    if (!done || step != SQLITE_DONE)
        return false;
    statement = on_long_ended(vault, "DELETE FROM credential WHERE " LONG_ENDED, before_ms);
    done = statement != NULL && sqlite3_step(statement) == SQLITE_DONE;
    (void)sqlite3_finalize(statement);
    return done;
}

enum status vault_prune(struct vault *vault, const struct vault_clocks *clocks, int64_t keep_ms,
                        size_t *count, struct failure *why)
{
    int64_t now = clocks->server_ms < clocks->local_ms ? clocks->server_ms : clocks->local_ms;
    *count = 0;
    if (!clocks->server_is_sure)
        return STATUS_OK;
    if (!exec(vault, "BEGIN IMMEDIATE"))
        return vault_db_failure(vault, "removing expired credentials", why);
    if (prune_inside(vault, clocks, now - keep_ms, count) && exec(vault, "COMMIT"))
        return STATUS_OK;
    enum status status = vault_db_failure(vault, "removing expired credentials", why);
    (void)exec(vault, "ROLLBACK");
    *count = 0;
    return status;
}

// --- sealing again ---

// Two tables have what is sealed; the first column is the key of each.
struct sealed_table {
    const char *select, *update;
};
static const struct sealed_table tables[] = {
    {"SELECT row, base_url, sandbox_id, id, expires_at, mark, sealed, host, port, username, ssh_command"
     " FROM credential WHERE row > ? ORDER BY row LIMIT 1",
     "UPDATE credential SET mark = ?, sealed = ? WHERE row = ?"},
    {"SELECT n, base_url, sandbox_id, id, expires_at, mark, sealed, host, port, username, ssh_command"
     " FROM rival WHERE n > ? ORDER BY n LIMIT 1",
     "UPDATE rival SET mark = ?, sealed = ? WHERE n = ?"},
};

struct sealed_row {
    int64_t key, expires_at;
    char base_url[512], sandbox_id[ID_CAP], id[ID_CAP];
    char host[HOST_CAP], username[ID_CAP], ssh_command[COMMAND_CAP];
    int port;
    unsigned char mark[VAULT_MARK_BYTES];
    unsigned char sealed[VAULT_SEALED_MAX];
    size_t length; // 0: it has no password
};

static void read_sealed(sqlite3_stmt *statement, struct sealed_row *out)
{
    memset(out, 0, sizeof *out);
    out->key = sqlite3_column_int64(statement, 0);
    copy_text(statement, 1, out->base_url, sizeof out->base_url);
    copy_text(statement, 2, out->sandbox_id, sizeof out->sandbox_id);
    copy_text(statement, 3, out->id, sizeof out->id);
    out->expires_at = sqlite3_column_int64(statement, 4);
    if (sqlite3_column_bytes(statement, 5) == VAULT_MARK_BYTES)
        memcpy(out->mark, sqlite3_column_blob(statement, 5), VAULT_MARK_BYTES);
    int length = sqlite3_column_bytes(statement, 6);
    if (length > 0 && length <= VAULT_SEALED_MAX) {
        memcpy(out->sealed, sqlite3_column_blob(statement, 6), (size_t)length);
        out->length = (size_t)length;
    }
    copy_text(statement, 7, out->host, sizeof out->host);
    out->port = sqlite3_column_int(statement, 8);
    copy_text(statement, 9, out->username, sizeof out->username);
    copy_text(statement, 10, out->ssh_command, sizeof out->ssh_command);
}

static struct vault_identity identity_of(const struct sealed_row *row)
{
    return (struct vault_identity){.base_url = row->base_url,
                                   .sandbox_id = row->sandbox_id,
                                   .id = row->id,
                                   .expires_at = row->expires_at,
                                   .host = row->host,
                                   .port = row->port,
                                   .username = row->username,
                                   .ssh_command = row->ssh_command};
}

static enum status write_sealed(struct vault *vault, const struct sealed_table *table,
                                const struct sealed_row *row, struct failure *why)
{
    sqlite3_stmt *statement = vault_db_prepare(vault, table->update);
    if (statement != NULL) {
        (void)sqlite3_bind_blob(statement, 1, vault->seal.mark, VAULT_MARK_BYTES, SQLITE_STATIC);
        if (row->length > 0)
            (void)sqlite3_bind_blob(statement, 2, row->sealed, (int)row->length, SQLITE_TRANSIENT);
        (void)sqlite3_bind_int64(statement, 3, row->key);
    }
    return vault_run(vault, statement, "sealing again", why);
}

// False: it does not open.
static bool seal_anew(const struct vault *vault, const struct vault_seal *old, struct sealed_row *row)
{
    const struct vault_identity identity = identity_of(row);
    if (row->length == 0)
        return true;
    struct secret *password = vault_seal_open(old, &identity, row->sealed, row->length);
    if (password == NULL)
        return false;
    row->length = vault_seal_close(&vault->seal, &identity, password, row->sealed);
    secret_free(password);
    return true;
}

static enum status rekey_row(struct vault *vault, const struct vault_seal *old,
                             const struct sealed_table *table, struct sealed_row *row,
                             struct vault_rekeyed *out, struct failure *why)
{
    bool ours = memcmp(row->mark, vault->seal.mark, VAULT_MARK_BYTES) == 0;
    const struct vault_identity identity = identity_of(row);
    enum vault_seal_state state = VAULT_SEAL_GOOD;
    if (ours && row->length > 0)
        state = vault_seal_check(&vault->seal, &identity, row->sealed, row->length);
    if (ours && state == VAULT_SEAL_GOOD) {
        out->already++;
        return STATUS_OK;
    }
    if (!ours && memcmp(row->mark, old->mark, VAULT_MARK_BYTES) != 0) {
        out->others++;
        return STATUS_OK;
    }
    if (!seal_anew(vault, ours ? &vault->seal : old, row)) {
        out->damaged++;
        return STATUS_OK;
    }
    out->done++;
    return write_sealed(vault, table, row, why);
}

static enum status rekey_table(struct vault *vault, const struct vault_seal *old,
                               const struct sealed_table *table, struct vault_rekeyed *out,
                               struct failure *why)
{
    struct sealed_row row;
    enum status status = STATUS_OK;
    int step = SQLITE_ERROR;
    // By growing number: a row that is written is not met again.
    sqlite3_stmt *statement = vault_db_prepare(vault, table->select);
    for (int64_t after = 0; statement != NULL && status == STATUS_OK; after = row.key) {
        (void)sqlite3_reset(statement);
        (void)sqlite3_bind_int64(statement, 1, after);
        step = sqlite3_step(statement);
        if (step != SQLITE_ROW)
            break;
        read_sealed(statement, &row);
        (void)sqlite3_reset(statement);
        status = rekey_row(vault, old, table, &row, out, why);
    }
    if (status == STATUS_OK && step != SQLITE_DONE)
        status = vault_db_failure(vault, "sealing again", why);
    (void)sqlite3_finalize(statement);
    return status;
}

static enum status rekey_all(struct vault *vault, const struct vault_seal *old, struct vault_rekeyed *out,
                             struct failure *why)
{
    struct vault_rekeyed rivals = {0}; // they count with their row
    struct failure mine = {.status = STATUS_OK};
    memset(out, 0, sizeof *out);
    if (!exec(vault, "BEGIN IMMEDIATE"))
        return vault_db_failure(vault, "sealing again", why);
    enum status status = rekey_table(vault, old, &tables[0], out, &mine);
    if (status == STATUS_OK && vault->form >= 2)
        status = rekey_table(vault, old, &tables[1], &rivals, &mine);
    if (status == STATUS_OK && !exec(vault, "COMMIT"))
        status = vault_db_failure(vault, "sealing again", &mine);
    if (status == STATUS_OK)
        return STATUS_OK;
    (void)exec(vault, "ROLLBACK");
    memset(out, 0, sizeof *out);
    if (why != NULL)
        *why = mine;
    return status;
}

enum status vault_rekey(struct vault *vault, const struct secret *old_key, struct vault_rekeyed *out,
                        struct failure *why)
{
    struct vault_seal old = {.key = NULL};
    memset(out, 0, sizeof *out);
    enum status status = vault_seal_begin(&old, vault->salt, old_key, why);
    if (status != STATUS_OK)
        return status;
    status = rekey_all(vault, &old, out, why);
    vault_seal_end(&old);
    return status;
}

void vault_seal_old_anew(struct vault *vault)
{
    struct vault_rekeyed ignored;
    struct failure why;
    if (!vault->read_only)
        (void)rekey_all(vault, &vault->seal, &ignored, &why);
}
