// SPDX-License-Identifier: Apache-2.0
//
// event_log: owns the table of events. It is made with the first event, not with the vault: a version that
// knows of no log can use the same file.

#include "api/vault/event_log.h"

#include "api/base/utf8.h"
#include "api/vault/vault_private.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const names[] = {
#define X(name, text, verb) text,
    EVENT_KINDS(X)
#undef X
};

// Without a verb they begin with a blank.
static const char *const failed_titles[] = {
#define X(name, text, verb) verb " failed",
    EVENT_KINDS(X)
#undef X
};
static const char *const unknown_titles[] = {
#define X(name, text, verb) verb " unknown",
    EVENT_KINDS(X)
#undef X
};

const char *event_kind_name(enum event_kind kind)
{
    return (unsigned)kind < EVENT_KIND_COUNT ? names[kind] : "unknown";
}

const char *event_title(enum event_kind kind, enum status outcome)
{
    if ((unsigned)kind >= EVENT_KIND_COUNT || outcome == STATUS_OK || outcome == STATUS_NOT_VALID ||
        failed_titles[kind][0] == ' ')
        return event_kind_name(kind);
    return outcome == STATUS_OUTCOME_UNKNOWN ? unknown_titles[kind] : failed_titles[kind];
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

char *event_outcome_word(enum status outcome, char out[EVENT_OUTCOME_CAP])
{
    const char *name = outcome < STATUS_COUNT ? status_name(outcome) : "unknown";
    size_t i = 0;
    for (; name[i] != '\0' && i + 1 < EVENT_OUTCOME_CAP; i++)
        out[i] =
            name[i] == '_' ? ' ' : (char)(name[i] >= 'A' && name[i] <= 'Z' ? name[i] + ('a' - 'A') : name[i]);
    out[i] = '\0';
    return out;
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
    // An alert that another process has kept is not kept again.
    static const char once[] = " WHERE ?7 <> 'alert' OR NOT EXISTS (SELECT 1 FROM event WHERE base_url = ?6"
                               " AND kind = 'alert' AND sandbox_id = ?8 AND id = ?9 AND message = ?10)";
    const int64_t numbers[] = {event->at, event->wall_at, event->session, event->duration_ms};
    char sql[640], message[EVENT_MESSAGE_CAP];
    (void)snprintf(message, sizeof message, "%s", event->message);
    utf8_clean(message, strlen(event->message) >= sizeof message);
    (void)snprintf(sql, sizeof sql,
                   "INSERT INTO event (at, wall_at, session, duration, outcome, base_url, kind, sandbox_id,"
                   " id, message) SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10%s",
                   once);
    sqlite3_stmt *statement = vault_db_prepare(vault, sql);
    bool done = statement != NULL;
    for (int i = 0; done && i < 4; i++)
        done = sqlite3_bind_int64(statement, i + 1, numbers[i]) == SQLITE_OK;
    done = done && bind_text(statement, 5, status_name(event->outcome)) &&
           bind_text(statement, 6, vault->base_url) &&
           bind_text(statement, 7, event_kind_name(event->kind)) &&
           bind_text(statement, 8, event->sandbox_id) && bind_text(statement, 9, event->id) &&
           bind_text(statement, 10, message) && sqlite3_step(statement) == SQLITE_DONE;
    (void)sqlite3_finalize(statement);
    return done;
}

enum status event_log_append(struct vault *vault, const struct event *event, struct failure *why)
{
    return event_log_append_all(vault, event, 1, why);
}

bool event_log_append_inside(const struct vault *vault, const struct event *events, size_t count)
{
    static const char table[] =
        "CREATE TABLE IF NOT EXISTS event (number INTEGER PRIMARY KEY AUTOINCREMENT, at INTEGER NOT NULL,"
        " wall_at INTEGER NOT NULL, outcome TEXT NOT NULL, session INTEGER NOT NULL,"
        " duration INTEGER NOT NULL, base_url TEXT NOT NULL, kind TEXT NOT NULL, sandbox_id TEXT NOT NULL,"
        " id TEXT NOT NULL, message TEXT NOT NULL);"
        "CREATE INDEX IF NOT EXISTS event_of_server ON event (base_url, at);"
        "CREATE INDEX IF NOT EXISTS event_of_credential ON event (sandbox_id, id);";
    char prune[128];
    (void)snprintf(prune, sizeof prune,
                   "DELETE FROM event WHERE number <= (SELECT max(number) FROM event) - %d", EVENT_LOG_KEPT);
    bool done = sqlite3_exec(vault->db, table, NULL, NULL, NULL) == SQLITE_OK;
    for (size_t i = 0; done && i < count; i++)
        done = insert(vault, &events[i]);
    return done && sqlite3_exec(vault->db, prune, NULL, NULL, NULL) == SQLITE_OK;
}

enum status event_log_append_all(struct vault *vault, const struct event *events, size_t count,
                                 struct failure *why)
{
    if (sqlite3_exec(vault->db, "BEGIN IMMEDIATE", NULL, NULL, NULL) != SQLITE_OK)
        return vault_db_failure(vault, "writing the event log", why);
    if (event_log_append_inside(vault, events, count) &&
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

// A word of what is looked for; with a '!' before it, one that must not be there.
struct word {
    char text[EVENT_TEXT_CAP];
    bool inverse;
};
enum { WORDS_MAX = 12, FIRST_WORD = 6 }; // its parameter in the statement

// Of more words the last one has all the rest.
static size_t split(const char *text, struct word words[WORDS_MAX])
{
    size_t count = 0;
    for (const char *at = text + strspn(text, " "); *at != '\0'; at += strspn(at, " ")) {
        size_t length = count + 1 < WORDS_MAX ? strcspn(at, " ") : strlen(at);
        bool inverse = *at == '!';
        (void)snprintf(words[count].text, EVENT_TEXT_CAP, "%.*s", (int)(length - inverse), at + inverse);
        words[count].inverse = inverse;
        count += words[count].text[0] != '\0'; // "!" alone is still being typed
        at += length;
    }
    return count;
}

static bool bind_words(sqlite3_stmt *statement, const struct word *words, size_t count)
{
    bool fine = true;
    for (size_t i = 0; i < count; i++)
        fine = fine && bind_text(statement, FIRST_WORD + (int)i, words[i].text);
    return fine;
}

// By number: the newest are then found without sorting. Since when: by either of its clocks, so that an event
// is not missed where one of them is wrong.
static sqlite3_stmt *prepare(struct vault *vault, const struct event_query *query)
{
    // As event_title has it.
#define X(name, text, verb) " WHEN '" text "' THEN '" verb "'"
    static const char title[] =
        "CASE WHEN outcome IN ('OK', 'NOT_VALID') THEN '' ELSE coalesce(nullif(CASE kind" EVENT_KINDS(
            X) " END, '') || CASE outcome WHEN 'OUTCOME_UNKNOWN' THEN ' unknown'"
               " ELSE ' failed' END, '') END";
#undef X
    char sql[4096];
    struct word words[WORDS_MAX];
    size_t word_count = split(query->text, words);
    int used = snprintf(
        sql, sizeof sql,
        "SELECT number, at, wall_at, outcome, session, duration, kind, sandbox_id, id, message FROM"
        " (SELECT *, lower(kind || ' ' || %s || ' ' || sandbox_id || ' ' || id || ' ' ||"
        " replace(outcome, '_', ' ') || ' ' || message) AS words FROM event)"
        " WHERE +base_url = ?1 AND (at >= ?2 OR wall_at >= ?2) AND number < ?3 AND substr(sandbox_id, 1, "
        "length(?4)) = ?4",
        title);
    for (size_t i = 0; i < word_count; i++)
        used += snprintf(sql + used, sizeof sql - (size_t)used, " AND instr(words, lower(?%d)) %s 0",
                         FIRST_WORD + (int)i, words[i].inverse ? "=" : ">");
    const char *before = " AND kind IN ('";
    for (int i = 0; i < EVENT_KIND_COUNT; i++) {
        if ((query->kinds & (1U << i)) == 0)
            continue;
        used += snprintf(sql + used, sizeof sql - (size_t)used, "%s%s'", before, names[i]);
        before = ", '";
    }
    (void)snprintf(sql + used, sizeof sql - (size_t)used, "%s ORDER BY number DESC LIMIT ?5",
                   query->kinds != 0 ? ")" : "");
    sqlite3_stmt *statement = vault_db_prepare(vault, sql);
    size_t most = query->most < EVENT_LOG_KEPT ? query->most : EVENT_LOG_KEPT;
    if (statement != NULL && bind_text(statement, 1, vault->base_url) &&
        sqlite3_bind_int64(statement, 2, query->since_ms > 0 ? query->since_ms : INT64_MIN) == SQLITE_OK &&
        sqlite3_bind_int64(statement, 3, query->before > 0 ? query->before : INT64_MAX) == SQLITE_OK &&
        bind_text(statement, 4, query->sandbox_id) &&
        sqlite3_bind_int64(statement, 5, (int64_t)most) == SQLITE_OK &&
        bind_words(statement, words, word_count))
        return statement;
    (void)sqlite3_finalize(statement);
    return NULL;
}

enum status event_log_query(struct vault *vault, const struct event_query *query, struct event **list,
                            size_t *count, struct failure *why)
{
    *list = NULL;
    *count = 0;
    if (!there(vault))
        return STATUS_OK;
    sqlite3_stmt *statement = prepare(vault, query);
    int step = SQLITE_ERROR;
    size_t room = 0;
    while (statement != NULL && (step = sqlite3_step(statement)) == SQLITE_ROW) {
        if (*count == room) {
            room = room > 0 ? room * 2 : 64;
            struct event *more = realloc(*list, room * sizeof *more);
            if (more == NULL)
                break;
            *list = more;
        }
        read_event(statement, &(*list)[(*count)++]);
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

enum status event_log_list(struct vault *vault, int64_t since_ms, size_t most, struct event **list,
                           size_t *count, struct failure *why)
{
    const struct event_query query = {.since_ms = since_ms, .most = most};
    enum status status = event_log_query(vault, &query, list, count, why);
    for (size_t i = 0; i < *count / 2; i++) {
        struct event swapped = (*list)[i];
        (*list)[i] = (*list)[*count - 1 - i];
        (*list)[*count - 1 - i] = swapped;
    }
    return status;
}
