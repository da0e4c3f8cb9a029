// SPDX-License-Identifier: Apache-2.0
//
// log_rows: Format an event: for the console's table and details. Times are local for the operator and in UTC
// for scripts.

#include "views/log/log_rows.h"

#include "api/base/time_util.h"
#include "views/output/json_output.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum {
    SECOND_MS = 1000,
    MINUTE_MS = 60 * SECOND_MS,
    NARROW = 48,
    WIDE = 130,
    EVENT_WIDE = 19, // "regenerate unknown" and its glyph
    ID_WHOLE = 20,
    SANDBOX_WIDE = 20,
    SANDBOX_WIDEST = 36
};

// --- words ---

static void local(int64_t ms, struct tm *out)
{
    time_t seconds = (time_t)(ms / SECOND_MS);
    memset(out, 0, sizeof *out);
    (void)localtime_r(&seconds, out);
}

static char *format_time(int64_t at_ms, int64_t now_ms, const char *const formats[3], char out[LOG_TIME_CAP])
{
    struct tm at, now;
    local(at_ms, &at);
    local(now_ms, &now);
    int which = at.tm_year != now.tm_year ? 0 : at.tm_yday != now.tm_yday ? 1 : 2;
    if (strftime(out, LOG_TIME_CAP, formats[which], &at) == 0)
        out[0] = '\0';
    return out;
}

char *log_time(int64_t at_ms, int64_t now_ms, char out[LOG_TIME_CAP])
{
    static const char *const formats[] = {"%Y-%m-%d", "%m-%d %H:%M", "%H:%M:%S"};
    return format_time(at_ms, now_ms, formats, out);
}

char *log_time_short(int64_t at_ms, int64_t now_ms, char out[LOG_TIME_CAP])
{
    static const char *const formats[] = {"%Y", "%m-%d", "%H:%M"};
    return format_time(at_ms, now_ms, formats, out);
}

char *log_time_full(int64_t at_ms, char out[LOG_TIME_CAP])
{
    struct tm at;
    local(at_ms, &at);
    if (strftime(out, LOG_TIME_CAP, "%Y-%m-%d %H:%M:%S", &at) == 0)
        out[0] = '\0';
    return out;
}

char *log_took(int64_t duration_ms, char out[16])
{
    if (duration_ms < 0)
        out[0] = '\0';
    else if (duration_ms < SECOND_MS)
        (void)snprintf(out, 16, "%dms", (int)duration_ms);
    else if (duration_ms < MINUTE_MS)
        (void)snprintf(out, 16, "%d.%ds", (int)(duration_ms / SECOND_MS),
                       (int)(duration_ms % SECOND_MS / 100));
    else
        (void)time_format_span(duration_ms, out);
    return out;
}

struct state_label log_kind(const struct event *event)
{
    static const struct {
        enum glyph glyph;
        enum theme_role role;
    } looks[EVENT_KIND_COUNT] = {
        [EVENT_CREATED] = {GLYPH_CHECK, ROLE_OK},         [EVENT_VALIDATED] = {GLYPH_CHECK, ROLE_OK},
        [EVENT_REGENERATED] = {GLYPH_CHECK, ROLE_OK},     [EVENT_DELETED] = {GLYPH_CHECK, ROLE_TEXT},
        [EVENT_FORGOTTEN] = {GLYPH_CHECK, ROLE_TEXT},     [EVENT_PRUNED] = {GLYPH_CHECK, ROLE_TEXT},
        [EVENT_IMPORTED] = {GLYPH_CHECK, ROLE_OK},        [EVENT_RENEWED] = {GLYPH_CHECK, ROLE_OK},
        [EVENT_CONNECTED] = {GLYPH_SESSION, ROLE_ACCENT}, [EVENT_DISCONNECTED] = {GLYPH_DOT, ROLE_TEXT},
        [EVENT_FORWARDED] = {GLYPH_SESSION, ROLE_ACCENT}, [EVENT_FORWARD_ENDED] = {GLYPH_DOT, ROLE_TEXT},
        [EVENT_ALERT] = {GLYPH_WARNING, ROLE_WARN},       [EVENT_FAILURE] = {GLYPH_CROSS, ROLE_BAD},
        [EVENT_RECOVERED] = {GLYPH_CHECK, ROLE_OK},
    };
    struct state_label word = {GLYPH_UNKNOWN, ROLE_DIM, event_title(event->kind, event->outcome)};
    if ((unsigned)event->kind < EVENT_KIND_COUNT) {
        word.glyph = looks[event->kind].glyph;
        word.role = looks[event->kind].role;
    }
    if (event->kind == EVENT_ALERT)
        return word;
    if (event->outcome == STATUS_OUTCOME_UNKNOWN) {
        word.glyph = GLYPH_UNKNOWN;
        word.role = ROLE_WARN;
    } else if (event->outcome != STATUS_OK) {
        word.glyph = GLYPH_CROSS;
        word.role = ROLE_BAD;
    }
    return word;
}

char *log_outcome(const struct event *event, char out[EVENT_OUTCOME_CAP])
{
    out[0] = '\0';
    if (event->kind != EVENT_ALERT)
        (void)event_outcome_word(event->outcome, out);
    return out;
}

// --- the table ---

struct column_choice {
    enum log_column kind;
    struct table_column column;
};

static const struct column_choice wide[] = {
    {LOG_COLUMN_TIME, {.title = "TIME", .min = 8, .ideal = 11}},
    {LOG_COLUMN_KIND, {.title = "EVENT", .min = 14, .ideal = EVENT_WIDE}},
    {LOG_COLUMN_OUTCOME, {.title = "OUTCOME", .min = 9, .ideal = 15, .drop = 1}},
    {LOG_COLUMN_SANDBOX, {.title = "SANDBOX", .min = 10, .ideal = 16, .drop = 2}},
    {LOG_COLUMN_ID, {.title = "CREDENTIAL", .min = 10, .ideal = 12, .drop = 5}},
    {LOG_COLUMN_TOOK, {.title = "TOOK", .min = 5, .ideal = 6, .align = TABLE_RIGHT, .drop = 4}},
    {LOG_COLUMN_MESSAGE, {.title = "MESSAGE", .min = 12, .ideal = 40, .weight = 1, .drop = 3}},
};

static const struct column_choice narrow[] = {
    {LOG_COLUMN_SHORT, {.title = "TIME", .min = 5, .ideal = 5}},
    {LOG_COLUMN_KIND, {.title = "EVENT", .min = 10, .ideal = EVENT_WIDE}},
    {LOG_COLUMN_SANDBOX, {.title = "SANDBOX", .min = 8, .ideal = 12, .weight = 1, .drop = 1}},
};

void log_layout(int width, int sandbox_width, struct log_layout *out)
{
    const struct column_choice *choices = width < NARROW ? narrow : wide;
    out->count = width < NARROW ? sizeof narrow / sizeof *narrow : sizeof wide / sizeof *wide;
    for (size_t i = 0; i < out->count; i++) {
        out->columns[i] = choices[i].column;
        out->kinds[i] = choices[i].kind;
        if (width >= WIDE && choices[i].kind == LOG_COLUMN_ID)
            out->columns[i].ideal = ID_WHOLE;
        if (width < NARROW || choices[i].kind != LOG_COLUMN_SANDBOX)
            continue;
        int most = sandbox_width < SANDBOX_WIDEST ? sandbox_width : SANDBOX_WIDEST;
        if (sandbox_width < SANDBOX_WIDE && sandbox_width > out->columns[i].min)
            out->columns[i].min = sandbox_width;
        if (most > out->columns[i].ideal)
            out->columns[i].ideal = most;
    }
}

static void put(struct table_cell *cell, enum theme_role role, enum glyph glyph_before, const char *text)
{
    cell->role = role;
    cell->glyph = glyph_before;
    (void)snprintf(cell->text, sizeof cell->text, "%.*s", TABLE_CELL_MAX - 1, text);
}

const char *log_sandbox(const struct event *event)
{
    return event->name[0] != '\0' ? event->name : event->sandbox_id;
}

void log_cell(const struct event *event, enum log_column column, int64_t now_ms, struct table_cell *cell)
{
    char at[LOG_TIME_CAP], outcome[EVENT_OUTCOME_CAP], took[16];
    struct state_label word = log_kind(event);
    switch (column) {
    case LOG_COLUMN_TIME:
        put(cell, ROLE_DIM, GLYPH_NONE, log_time(event->at, now_ms, at));
        break;
    case LOG_COLUMN_SHORT:
        put(cell, ROLE_DIM, GLYPH_NONE, log_time_short(event->at, now_ms, at));
        break;
    case LOG_COLUMN_KIND:
        put(cell, word.role, word.glyph, word.text);
        break;
    case LOG_COLUMN_SANDBOX:
        put(cell, ROLE_TEXT, GLYPH_NONE, log_sandbox(event));
        break;
    case LOG_COLUMN_ID:
        put(cell, ROLE_DIM, GLYPH_NONE, event->id);
        break;
    case LOG_COLUMN_OUTCOME:
        put(cell, event->outcome == STATUS_OK ? ROLE_DIM : word.role, GLYPH_NONE,
            log_outcome(event, outcome));
        break;
    case LOG_COLUMN_TOOK:
        put(cell, ROLE_DIM, GLYPH_NONE, log_took(event->duration_ms, took));
        break;
    case LOG_COLUMN_MESSAGE:
        put(cell, ROLE_TEXT, GLYPH_NONE, event->message);
        break;
    }
}

// --- details ---

size_t log_facts(const struct event *event, struct log_fact out[LOG_FACTS])
{
    size_t count = 0;
    char server[LOG_TIME_CAP], ours[LOG_TIME_CAP], zulu[LOG_TIME_CAP] = "", took[16];
    char outcome[EVENT_OUTCOME_CAP], session[16] = "";
    (void)time_format_rfc3339(event->at, zulu, sizeof zulu);
    if (event->session > 0)
        (void)snprintf(session, sizeof session, "%d", event->session - 1);
    (void)event_outcome_word(event->outcome, outcome);
    const struct {
        const char *label, *text;
    } facts[] = {
        {"event", event_title(event->kind, event->outcome)},
        {"outcome", outcome},
        {"at", log_time_full(event->at, server)},
        {"server's time", zulu},
        {"this machine's", log_time_full(event->wall_at, ours)},
        {"sandbox", event->sandbox_id},
        {"its name then", event->name},
        {"credential", event->id},
        {"session", session},
        {"took", log_took(event->duration_ms, took)},
        {"message", event->message},
    };
    for (size_t i = 0; i < sizeof facts / sizeof *facts; i++) {
        if (facts[i].text[0] == '\0')
            continue;
        out[count].label = facts[i].label;
        (void)snprintf(out[count++].text, LOG_FACT_CAP, "%s", facts[i].text);
    }
    return count;
}

cJSON *log_json(const struct event *event)
{
    char at[LOG_TIME_CAP] = "", wall[LOG_TIME_CAP] = "";
    cJSON *object = cJSON_CreateObject();
    if (object == NULL)
        return NULL;
    (void)time_format_rfc3339(event->at, at, sizeof at);
    (void)time_format_rfc3339(event->wall_at, wall, sizeof wall);
    (void)cJSON_AddNumberToObject(object, "number", (double)event->number);
    (void)cJSON_AddStringToObject(object, "at", at);
    (void)cJSON_AddStringToObject(object, "wall_at", wall);
    (void)cJSON_AddStringToObject(object, "kind", event_kind_name(event->kind));
    json_output_add_text(object, "sandbox_id", event->sandbox_id);
    json_output_add_text(object, "name", event->name);
    json_output_add_text(object, "id", event->id);
    json_output_add_number(object, "session", event->session > 0, event->session - 1);
    (void)cJSON_AddStringToObject(object, "outcome", status_name(event->outcome));
    json_output_add_number(object, "duration_ms", event->duration_ms >= 0, event->duration_ms);
    json_output_add_text(object, "message", event->message);
    return object;
}

// --- what is asked for ---

static bool parse_span(const char *text, int64_t now_ms, int64_t *out)
{
    static const struct {
        char unit;
        int64_t ms;
    } units[] = {{'s', SECOND_MS},
                 {'m', MINUTE_MS},
                 {'h', 60 * INT64_C(60000)},
                 {'d', 24 * 60 * INT64_C(60000)},
                 {'w', 7 * 24 * 60 * INT64_C(60000)}};
    size_t digits = strspn(text, "0123456789");
    if (digits == 0 || digits > 6 || text[digits] == '\0' || text[digits + 1] != '\0')
        return false;
    for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
        if (units[i].unit != text[digits])
            continue;
        *out = now_ms - strtol(text, NULL, 10) * units[i].ms;
        return true;
    }
    return false;
}

static bool parse_local(const char *text, int64_t *out)
{
    static const char *const formats[] = {"%Y-%m-%d", "%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M:%S",
                                          "%Y-%m-%d %H:%M:%S"};
    for (size_t i = 0; i < sizeof formats / sizeof *formats; i++) {
        struct tm tm = {.tm_isdst = -1};
        const char *end = strptime(text, formats[i], &tm);
        if (end == NULL || *end != '\0' || strspn(text, "0123456789") != 4)
            continue;
        struct tm given = tm;
        time_t seconds = mktime(&tm);
        if (seconds == (time_t)-1 || tm.tm_mday != given.tm_mday || tm.tm_mon != given.tm_mon)
            return false; // the 31st of April
        *out = (int64_t)seconds * SECOND_MS;
        return true;
    }
    return false;
}

bool log_when_parse(const char *text, int64_t now_ms, int64_t *out)
{
    return parse_span(text, now_ms, out) || time_parse_rfc3339(text, out) || parse_local(text, out);
}

bool log_kinds_parse(const char *text, unsigned *kinds)
{
    *kinds = 0;
    for (;;) {
        char name[32];
        enum event_kind kind = EVENT_KIND_COUNT;
        size_t length = strcspn(text, ",");
        if (length >= sizeof name)
            return false;
        (void)snprintf(name, sizeof name, "%.*s", (int)length, text);
        if (!event_kind_parse(name, &kind))
            return false;
        *kinds |= 1U << kind;
        if (text[length] == '\0')
            return true;
        text += length + 1;
    }
}

const char *log_kinds_rule(void)
{
    return "one or more, separated by commas, of"
#define X(name, text, verb) " " text
        EVENT_KINDS(X)
#undef X
            ;
}
