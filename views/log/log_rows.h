// SPDX-License-Identifier: Apache-2.0
//
// log_rows: An event as text: for the console's table, its details, and the lines of `sbxdeck events`. Pure.

#ifndef SBXDECK_VIEWS_LOG_LOG_ROWS_H
#define SBXDECK_VIEWS_LOG_LOG_ROWS_H

#include "api/vault/event_log.h"
#include "tui/widget/table.h"
#include "views/labels/state_labels.h"

#include <cjson/cJSON.h>

enum log_column {
    LOG_COLUMN_TIME,
    LOG_COLUMN_SHORT, // the time, or the day, in five characters
    LOG_COLUMN_KIND,
    LOG_COLUMN_SANDBOX,
    LOG_COLUMN_ID,
    LOG_COLUMN_OUTCOME,
    LOG_COLUMN_TOOK,
    LOG_COLUMN_MESSAGE
};

struct log_layout {
    struct table_column columns[TABLE_COLUMNS_MAX];
    enum log_column kinds[TABLE_COLUMNS_MAX];
    size_t count;
};
// For a table that wide, whose longest sandbox id has so many characters.
void log_layout(int width, int sandbox_width, struct log_layout *out);
// What stands there at that now (ms).
void log_cell(const struct event *event, enum log_column column, int64_t now_ms, struct table_cell *cell);

// Local time: "20:57:42" today, "04-01 20:57" in this year, "2026-04-01" before. Returns out.
enum { LOG_TIME_CAP = 40 };
char *log_time_short(int64_t at_ms, int64_t now_ms, char out[LOG_TIME_CAP]); // "20:57", "04-01", "2025"
char *log_time(int64_t at_ms, int64_t now_ms, char out[LOG_TIME_CAP]);
char *log_time_full(int64_t at_ms, char out[LOG_TIME_CAP]); // "2026-04-01 20:57:42"
// The name that the sandbox had then, else its id; "" none.
const char *log_sandbox(const struct event *event);
// "12ms", "1.2s", "5m", "1h05m"; "" when not known. Returns out.
char *log_took(int64_t duration_ms, char out[16]);
// A glyph, a role and a word; both glyph and role show how it ended.
struct state_label log_kind(const struct event *event);
// "ok", "not found"; "" where nothing could fail (an alert). Returns out.
char *log_outcome(const struct event *event, char out[EVENT_OUTCOME_CAP]);

// Everything of one event, a label and a value each; fills up to LOG_FACTS and returns how many. The last one
// is the message when there is one.
enum { LOG_FACTS = 11, LOG_FACT_CAP = EVENT_MESSAGE_CAP };
struct log_fact {
    const char *label; // static
    char text[LOG_FACT_CAP];
};
size_t log_facts(const struct event *event, struct log_fact out[LOG_FACTS]);

// number, at, wall_at, kind, sandbox_id, name, id, session, outcome, duration_ms, message; null where there
// is none. The caller's; NULL when out of memory.
cJSON *log_json(const struct event *event);

// How far back: "45s", "30m", "2h", "1d", "2w", or an RFC 3339 instant, or a local "2026-04-01" or
// "2026-04-01T12:00[:00]". False for anything else.
bool log_when_parse(const char *text, int64_t now_ms, int64_t *out);
#define LOG_WHEN_RULE                                                                                        \
    "a span back (30m, 2h, 1d) or a time (2026-04-01, 2026-04-01T12:00, 2026-04-01T12:00:00Z)"
// Names of kinds apart by commas, as a query's kinds. False when one is none.
bool log_kinds_parse(const char *text, unsigned *kinds);
const char *log_kinds_rule(void); // "one or more, separated by commas, of created validated …"; static

#endif
