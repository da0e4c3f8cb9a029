// SPDX-License-Identifier: Apache-2.0
//
// event_log: Writes events to the vault's database and finds them again.

#include "api/vault/event_log.h"

#include "api/base/utf8.h"
#include "api/vault/vault_private.h"

#include <stdio.h>
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

// An alert that another process has kept is not kept again.
#define EVENT_VALUES " SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10"
#define EVENT_UNLESS_KEPT                                                                                    \
    " WHERE ?7 <> 'alert' OR NOT EXISTS (SELECT 1 FROM event WHERE base_url = ?6 AND kind = 'alert'"         \
    " AND sandbox_id = ?8 AND id = ?9 AND message = ?10)"

static bool insert(const struct vault *vault, const struct event *event)
{
    static const char with_name[] =
        "INSERT INTO event (at, wall_at, session, duration, outcome, base_url, kind,"
        " sandbox_id, id, message, name)" EVENT_VALUES
        ", coalesce(nullif(?11, ''), (SELECT name FROM label WHERE base_url = ?6"
        " AND sandbox_id = ?8), '')" EVENT_UNLESS_KEPT;
    static const char without[] =
        "INSERT INTO event (at, wall_at, session, duration, outcome, base_url, kind,"
        " sandbox_id, id, message)" EVENT_VALUES EVENT_UNLESS_KEPT;
    const bool has_name = vault->form >= VAULT_FORM_LABELS;
    char message[EVENT_MESSAGE_CAP];
    (void)snprintf(message, sizeof message, "%s", event->message);
    utf8_clean(message, strlen(event->message) >= sizeof message);
    const struct sql_value values[] = {SQL_N(event->at),
                                       SQL_N(event->wall_at),
                                       SQL_N(event->session),
                                       SQL_N(event->duration_ms),
                                       SQL_T(status_name(event->outcome)),
                                       SQL_T(vault->base_url),
                                       SQL_T(event_kind_name(event->kind)),
                                       SQL_T(event->sandbox_id),
                                       SQL_T(event->id),
                                       SQL_T(message),
                                       SQL_T(event->name)};
    return vault_sql_run(vault, "", NULL, has_name ? with_name : without, values,
                         sizeof values / sizeof values[0] - (has_name ? 0 : 1)) == STATUS_OK;
}

bool event_log_append_inside(const struct vault *vault, const struct event *events, size_t count)
{
    char prune[128];
    (void)snprintf(prune, sizeof prune,
                   "DELETE FROM event WHERE number <= (SELECT max(number) FROM event) - %d", EVENT_LOG_KEPT);
    bool done = vault_exec(vault, VAULT_EVENT_TABLE);
    for (size_t i = 0; done && i < count; i++)
        done = insert(vault, &events[i]);
    return done && vault_exec(vault, prune);
}

enum status event_log_append(struct vault *vault, const struct event *events, size_t count,
                             struct failure *why)
{
    static const char writing[] = "writing the event log";
    struct failure ignored;
    (void)vault_db_catch_up(vault, &ignored);
    enum status status = vault_begin(vault, writing, why);
    if (status != STATUS_OK)
        return status;
    if (!event_log_append_inside(vault, events, count))
        status = vault_db_failure(vault, writing, why);
    return vault_end(vault, status, writing, why);
}

// Kept by name: a later version may count its statuses otherwise.
static enum status outcome_of(const char *name)
{
    for (int i = 0; i < STATUS_COUNT; i++)
        if (strcmp(status_name((enum status)i), name) == 0)
            return (enum status)i;
    return STATUS_INTERNAL;
}

static void read_event(struct vault *vault, sqlite3_stmt *statement, void *item)
{
    struct event *event = item;
    char kind[32], outcome[32];
    (void)vault;
    memset(event, 0, sizeof *event);
    event->number = sqlite3_column_int64(statement, 0);
    event->at = sqlite3_column_int64(statement, 1);
    event->wall_at = sqlite3_column_int64(statement, 2);
    vault_sql_text(statement, 3, outcome, sizeof outcome);
    event->outcome = outcome_of(outcome);
    event->session = sqlite3_column_int(statement, 4);
    event->duration_ms = sqlite3_column_int64(statement, 5);
    vault_sql_text(statement, 6, kind, sizeof kind);
    if (!event_kind_parse(kind, &event->kind))
        event->kind = EVENT_KIND_COUNT; // of a later version
    vault_sql_text(statement, 7, event->sandbox_id, sizeof event->sandbox_id);
    vault_sql_text(statement, 8, event->id, sizeof event->id);
    vault_sql_text(statement, 9, event->message, sizeof event->message);
    vault_sql_text(statement, 10, event->name, sizeof event->name);
    utf8_clean(event->name, true);
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
    // Named so now, or then.
    static const char or_named[] =
        " OR called = ?4 COLLATE NOCASE OR sandbox_id IN (SELECT sandbox_id FROM label"
        " WHERE base_url = ?1 AND name = ?4)";
    const bool has_name = vault->form >= VAULT_FORM_LABELS;
    char sql[4096];
    struct word words[WORDS_MAX];
    size_t word_count = split(query->text, words);
    int used = snprintf(
        sql, sizeof sql,
        "SELECT number, at, wall_at, outcome, session, duration, kind, sandbox_id, id, message, called FROM"
        " (SELECT *, lower(kind || ' ' || %s || ' ' || sandbox_id || ' ' || %s || ' ' || id || ' ' ||"
        " replace(outcome, '_', ' ') || ' ' || message) AS words, %s AS called FROM event)"
        " WHERE +base_url = ?1 AND (at >= ?2 OR wall_at >= ?2) AND number < ?3 AND (substr(sandbox_id, 1, "
        "length(?4)) = ?4%s)",
        title, has_name ? "name" : "''", has_name ? "name" : "''", has_name ? or_named : "");
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
    size_t most = query->most < EVENT_LOG_KEPT ? query->most : EVENT_LOG_KEPT;
    struct sql_value values[FIRST_WORD - 1 + WORDS_MAX] = {
        SQL_T(vault->base_url), SQL_N(query->since_ms > 0 ? query->since_ms : INT64_MIN),
        SQL_N(query->before > 0 ? query->before : INT64_MAX), SQL_T(query->sandbox_id), SQL_N((int64_t)most)};
    for (size_t i = 0; i < word_count; i++)
        values[FIRST_WORD - 1 + i] = SQL_T(words[i].text);
    return vault_sql(vault, sql, values, FIRST_WORD - 1 + word_count);
}

enum status event_log_query(struct vault *vault, const struct event_query *query, struct event **list,
                            size_t *count, struct failure *why)
{
    void *items = NULL;
    *list = NULL;
    *count = 0;
    if (vault_sql_number(vault, "SELECT 1 FROM sqlite_schema WHERE name = 'event'", NULL, 0) == 0)
        return STATUS_OK;
    enum status status = vault_sql_list(vault, prepare(vault, query), "reading the event log",
                                        "the event log", sizeof **list, read_event, &items, count, why);
    *list = items;
    return status;
}
