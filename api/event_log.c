// SPDX-License-Identifier: Apache-2.0
//
// event_log: owns the table of events. It is made with the first event, not with the vault: a version that
// knows of no log can use the same file.

#include "api/event_log.h"

#include "api/vault_private.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const names[] = {
#define X(name, text) text,
    EVENT_KINDS(X)
#undef X
};

const char *event_kind_name(enum event_kind kind)
{
    return (unsigned)kind < EVENT_KIND_COUNT ? names[kind] : "unknown";
}

bool event_kind_parse(const char *name, enum event_kind *out)
{
    for (int i = 0; i < EVENT_KIND_COUNT; i++) {
        if (strcmp(names[i], name) == 0) {
            *out = (enum event_kind)i;
            return true;
        }
    }
    return false;
}

static bool there(const struct vault *vault)
{
    sqlite3_stmt *statement = vault_db_prepare(vault, "SELECT 1 FROM sqlite_schema WHERE name = 'event'");
    bool found = statement != NULL && sqlite3_step(statement) == SQLITE_ROW;
    (void)sqlite3_finalize(statement);
    return found;
}

static bool bind_text(sqlite3_stmt *statement, int place, const char *text)
{
    return sqlite3_bind_text(statement, place, text, -1, SQLITE_TRANSIENT) == SQLITE_OK;
}

static bool insert(const struct vault *vault, const struct event *event)
{
    const int64_t numbers[] = {event->at, event->wall_at, event->session, event->duration_ms};
    sqlite3_stmt *statement = vault_db_prepare(
        vault, "INSERT INTO event (at, wall_at, session, duration, outcome, base_url, kind, sandbox_id, id,"
               " message) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
    bool done = statement != NULL;
    for (int i = 0; done && i < 4; i++)
        done = sqlite3_bind_int64(statement, i + 1, numbers[i]) == SQLITE_OK;
    done = done && bind_text(statement, 5, status_name(event->outcome)) &&
           bind_text(statement, 6, vault->base_url) &&
           bind_text(statement, 7, event_kind_name(event->kind)) &&
           bind_text(statement, 8, event->sandbox_id) && bind_text(statement, 9, event->id) &&
           bind_text(statement, 10, event->message) && sqlite3_step(statement) == SQLITE_DONE;
    (void)sqlite3_finalize(statement);
    return done;
}

enum status event_log_append(struct vault *vault, const struct event *event, struct failure *why)
{
    static const char table[] =
        "CREATE TABLE IF NOT EXISTS event (number INTEGER PRIMARY KEY AUTOINCREMENT, at INTEGER NOT NULL,"
        " wall_at INTEGER NOT NULL, outcome TEXT NOT NULL, session INTEGER NOT NULL,"
        " duration INTEGER NOT NULL, base_url TEXT NOT NULL, kind TEXT NOT NULL, sandbox_id TEXT NOT NULL,"
        " id TEXT NOT NULL, message TEXT NOT NULL)";
    char prune[128];
    (void)snprintf(prune, sizeof prune,
                   "DELETE FROM event WHERE number <= (SELECT max(number) FROM event) - %d", EVENT_LOG_KEPT);
    if (sqlite3_exec(vault->db, "BEGIN IMMEDIATE", NULL, NULL, NULL) != SQLITE_OK)
        return vault_db_failure(vault, "writing the event log", why);
    if (sqlite3_exec(vault->db, table, NULL, NULL, NULL) == SQLITE_OK && insert(vault, event) &&
        sqlite3_exec(vault->db, prune, NULL, NULL, NULL) == SQLITE_OK &&
        sqlite3_exec(vault->db, "COMMIT", NULL, NULL, NULL) == SQLITE_OK)
        return STATUS_OK;
    enum status status = vault_db_failure(vault, "writing the event log", why);
    (void)sqlite3_exec(vault->db, "ROLLBACK", NULL, NULL, NULL);
    return status;
}

static void read_text(sqlite3_stmt *statement, int column, char *out, size_t cap)
{
    const unsigned char *text = sqlite3_column_text(statement, column);
    (void)snprintf(out, cap, "%s", text != NULL ? (const char *)text : "");
}

// Kept by name: a later version may count its statuses otherwise.
static enum status outcome_of(const char *name)
{
    for (int i = 0; i < STATUS_COUNT; i++)
        if (strcmp(status_name((enum status)i), name) == 0)
            return (enum status)i;
    return STATUS_INTERNAL;
}

static void read_event(sqlite3_stmt *statement, struct event *event)
{
    char kind[32], outcome[32];
    memset(event, 0, sizeof *event);
    event->number = sqlite3_column_int64(statement, 0);
    event->at = sqlite3_column_int64(statement, 1);
    event->wall_at = sqlite3_column_int64(statement, 2);
    read_text(statement, 3, outcome, sizeof outcome);
    event->outcome = outcome_of(outcome);
    event->session = sqlite3_column_int(statement, 4);
    event->duration_ms = sqlite3_column_int64(statement, 5);
    read_text(statement, 6, kind, sizeof kind);
    if (!event_kind_parse(kind, &event->kind))
        event->kind = EVENT_KIND_COUNT; // of a later version
    read_text(statement, 7, event->sandbox_id, sizeof event->sandbox_id);
    read_text(statement, 8, event->id, sizeof event->id);
    read_text(statement, 9, event->message, sizeof event->message);
}

enum status event_log_list(struct vault *vault, int64_t since_ms, size_t most, struct event **list,
                           size_t *count, struct failure *why)
{
    *list = NULL;
    *count = 0;
    if (most > EVENT_LOG_KEPT)
        most = EVENT_LOG_KEPT;
    if (!there(vault))
        return STATUS_OK;
    sqlite3_stmt *statement = vault_db_prepare(
        vault, "SELECT * FROM (SELECT number, at, wall_at, outcome, session, duration, kind, sandbox_id, id,"
               " message FROM event WHERE base_url = ? AND at >= ? ORDER BY number DESC LIMIT ?)"
               " ORDER BY number");
    int step = SQLITE_ERROR;
    size_t room = 0;
    if (statement != NULL && bind_text(statement, 1, vault->base_url) &&
        sqlite3_bind_int64(statement, 2, since_ms) == SQLITE_OK &&
        sqlite3_bind_int64(statement, 3, (int64_t)most) == SQLITE_OK) {
        while ((step = sqlite3_step(statement)) == SQLITE_ROW) {
            if (*count == room) {
                room = room > 0 ? room * 2 : 64;
                struct event *more = realloc(*list, room * sizeof *more);
                if (more == NULL)
                    break;
                *list = more;
            }
            read_event(statement, &(*list)[(*count)++]);
        }
    }
    enum status status = STATUS_OK;
    if (step == SQLITE_ROW)
        status = fail(why, STATUS_NO_MEMORY, "no memory for the event log");
    else if (step != SQLITE_DONE)
        status = vault_db_failure(vault, "reading the event log", why);
    (void)sqlite3_finalize(statement);
    if (status != STATUS_OK) {
        free(*list);
        *list = NULL;
        *count = 0;
    }
    return status;
}
