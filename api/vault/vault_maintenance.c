// SPDX-License-Identifier: Apache-2.0
//
// vault_maintenance: Imports a credential from elsewhere, takes out what has long ended, and seals all anew
// when an API key was replaced.

#include "api/base/time_util.h"
#include "api/vault/event_log.h"
#include "api/vault/vault_private.h"

#include <stdio.h>
#include <string.h>

// --- import ---

static const char importing[] = "importing the credential", pruning[] = "removing expired credentials",
                  sealing[] = "sealing again";

static int64_t row_of(const struct vault *vault, const struct access *access)
{
    return vault_sql_number(
        vault, "SELECT row FROM credential WHERE base_url = ? AND sandbox_id = ? AND id = ? ORDER BY row",
        SQL_WITH(SQL_T(vault->base_url), SQL_T(access->sandbox_id), SQL_T(access->id)));
}

// The create whose outcome was never heard here and that has made it: it began not long before. Only where
// the server's own time of it is told.
static int64_t intent_of(const struct vault *vault, const struct access *access)
{
    enum { SLACK_MS = 5000, CALL_MS = 120000 };
    if (access->updated_at <= 0 || access->created_at <= 0)
        return 0;
    return vault_sql_number(vault,
                            "SELECT row FROM credential WHERE base_url = ? AND sandbox_id = ? AND id = ''"
                            " AND created_at BETWEEN ? AND ? ORDER BY row DESC",
                            SQL_WITH(SQL_T(vault->base_url), SQL_T(access->sandbox_id),
                                     SQL_N(access->created_at - CALL_MS),
                                     SQL_N(access->created_at + SLACK_MS)));
}

enum status vault_import(struct vault *vault, const struct access *access, int64_t *row, struct failure *why)
{
    enum status status = vault_begin(vault, importing, why);
    if (status != STATUS_OK)
        return status;
    int64_t place = row_of(vault, access);
    if (place == 0)
        place = intent_of(vault, access);
    if (place == 0) {
        place = vault_row_new();
        status = vault_intend(vault, access->sandbox_id, access->created_at, place, why);
    }
    if (status == STATUS_OK)
        status = vault_row_write(vault, place, access, why);
    if (status == STATUS_OK)
        status = vault_set_verdict(vault, place, NULL, VERDICT_UNVERIFIED, 0, why);
    status = vault_end(vault, status, importing, why);
    if (status == STATUS_OK)
        *row = place;
    return status;
}

// --- prune ---

// The server's own word that one is valid, if it is as new as that, stands above every clock.
#define LONG_ENDED                                                                                           \
    "base_url = ?1 AND id <> '' AND verdict <> ?2 AND expires_at > 0 AND expires_at < ?3 AND "               \
    "(verdict <> ?4 OR validated_at < ?3)"
#define LONG_ENDED_WITH(vault, before_ms)                                                                    \
    SQL_WITH(SQL_T((vault)->base_url), SQL_N(VERDICT_UNKNOWN), SQL_N(before_ms), SQL_N(VERDICT_VALID))

static void event_of(sqlite3_stmt *row, const struct vault_clocks *clocks, struct event *event)
{
    char ago[16];
    *event = (struct event){
        .kind = EVENT_PRUNED, .at = clocks->server_ms, .wall_at = clocks->local_ms, .duration_ms = -1};
    vault_sql_text(row, 0, event->sandbox_id, sizeof event->sandbox_id);
    vault_sql_text(row, 1, event->id, sizeof event->id);
    (void)snprintf(event->message, sizeof event->message,
                   "removed from the vault: it expired %s ago (setting: prune)",
                   time_format_age(clocks->server_ms - sqlite3_column_int64(row, 2), ago));
}

static enum status prune_inside(struct vault *vault, const struct vault_clocks *clocks, int64_t before_ms,
                                size_t *count, struct failure *why)
{
    struct event event;
    int step = SQLITE_ERROR;
    bool done = true;
    sqlite3_stmt *statement =
        vault_sql(vault, "SELECT sandbox_id, id, expires_at FROM credential WHERE " LONG_ENDED,
                  LONG_ENDED_WITH(vault, before_ms));
    while (done && statement != NULL && (step = sqlite3_step(statement)) == SQLITE_ROW) {
        event_of(statement, clocks, &event);
        done = event_log_append_inside(vault, &event, 1);
        (*count)++;
    }
    enum status status = done && step == SQLITE_DONE ? STATUS_OK : vault_db_failure(vault, pruning, why);
    (void)sqlite3_finalize(statement);
    return status == STATUS_OK
               ? vault_sql_run(vault, pruning, why, "DELETE FROM credential WHERE " LONG_ENDED,
                               LONG_ENDED_WITH(vault, before_ms))
               : status;
}

enum status vault_prune(struct vault *vault, const struct vault_clocks *clocks, int64_t keep_ms,
                        size_t *count, struct failure *why)
{
    int64_t now = clocks->server_ms < clocks->local_ms ? clocks->server_ms : clocks->local_ms;
    *count = 0;
    if (!clocks->server_is_sure)
        return STATUS_OK;
    enum status status = vault_begin(vault, pruning, why);
    if (status != STATUS_OK)
        return status;
    status = prune_inside(vault, clocks, now - keep_ms, count, why);
    status = vault_end(vault, status, pruning, why);
    if (status != STATUS_OK)
        *count = 0;
    return status;
}

// --- sealing again ---

// Two tables have what is sealed. By growing number: a row that is written is not met again.
static const struct sealed_table {
    const char *select, *update;
} tables[] = {
    {"SELECT " VAULT_ROW_COLUMNS " FROM credential WHERE row > ? ORDER BY row LIMIT 1",
     "UPDATE credential SET mark = ?, sealed = ? WHERE row = ?"},
    {"SELECT " VAULT_ANSWER_COLUMNS " FROM rival WHERE n > ? ORDER BY n LIMIT 1",
     "UPDATE rival SET mark = ?, sealed = ? WHERE n = ?"},
};

enum rekey { REKEY_DONE, REKEY_ALREADY, REKEY_OTHER, REKEY_DAMAGED };

// What the row has under this vault's key: out[VAULT_SEALED_MAX], *length 0 where it has no password.
static enum rekey seal_anew(const struct vault *vault, const struct vault_seal *old, sqlite3_stmt *row,
                            const struct credential *credential, unsigned char *out, size_t *length)
{
    const char *base_url = vault_row_base_url(row);
    const unsigned char *mark = vault_row_mark(row), *sealed = vault_row_sealed(row, length);
    bool ours = mark != NULL && memcmp(mark, vault->seal.mark, VAULT_MARK_BYTES) == 0;
    if (ours && (*length == 0 ||
                 vault_seal_check(&vault->seal, base_url, credential, sealed, *length) == VAULT_SEAL_GOOD))
        return REKEY_ALREADY;
    if (!ours && (mark == NULL || memcmp(mark, old->mark, VAULT_MARK_BYTES) != 0))
        return REKEY_OTHER;
    if (*length == 0)
        return REKEY_DONE;
    struct secret *password =
        vault_seal_open(ours ? &vault->seal : old, base_url, credential, sealed, *length);
    if (password == NULL)
        return REKEY_DAMAGED;
    *length = vault_seal_close(&vault->seal, base_url, credential, password, out);
    secret_free(password);
    return REKEY_DONE;
}

static enum status rekey_table(struct vault *vault, const struct vault_seal *old,
                               const struct sealed_table *table, struct vault_rekeyed *counts,
                               struct failure *why)
{
    size_t *const count_of[] = {[REKEY_DONE] = &counts->done,
                                [REKEY_ALREADY] = &counts->already,
                                [REKEY_OTHER] = &counts->others,
                                [REKEY_DAMAGED] = &counts->damaged};
    unsigned char sealed[VAULT_SEALED_MAX];
    struct credential credential = {.vault_row = 0};
    for (;;) {
        size_t length = 0;
        sqlite3_stmt *statement = vault_sql(vault, table->select, SQL_WITH(SQL_N(credential.vault_row)));
        int step = statement != NULL ? sqlite3_step(statement) : SQLITE_ERROR;
        enum status status =
            step == SQLITE_ROW || step == SQLITE_DONE ? STATUS_OK : vault_db_failure(vault, sealing, why);
        enum rekey result = REKEY_ALREADY;
        if (step == SQLITE_ROW) {
            vault_row_read(vault, statement, &credential);
            result = seal_anew(vault, old, statement, &credential, sealed, &length);
            (*count_of[result])++;
        }
        (void)sqlite3_finalize(statement);
        if (result == REKEY_DONE)
            status = vault_sql_run(vault, sealing, why, table->update,
                                   SQL_WITH(SQL_B(vault->seal.mark, VAULT_MARK_BYTES), SQL_B(sealed, length),
                                            SQL_N(credential.vault_row)));
        if (step != SQLITE_ROW || status != STATUS_OK)
            return status;
    }
}

static enum status rekey_all(struct vault *vault, const struct vault_seal *old, struct vault_rekeyed *out,
                             struct failure *why)
{
    struct vault_rekeyed answers = {0}; // they count with their row
    memset(out, 0, sizeof *out);
    enum status status = vault_begin(vault, sealing, why);
    if (status != STATUS_OK)
        return status;
    status = rekey_table(vault, old, &tables[0], out, why);
    if (status == STATUS_OK && vault_has_answers(vault))
        status = rekey_table(vault, old, &tables[1], &answers, why);
    status = vault_end(vault, status, sealing, why);
    if (status != STATUS_OK)
        memset(out, 0, sizeof *out);
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
