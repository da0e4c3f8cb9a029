// SPDX-License-Identifier: Apache-2.0
//
// An event in words: what stands in the table on any width, in the details, in JSON, and which times and
// kinds can be asked for.

#include "tests/unit/views/paper.h"
#include "views/log/log_rows.h"

#include <criterion/criterion.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static void begin(void)
{
    cr_assert(setlocale(LC_ALL, "C.UTF-8") != NULL);
    cr_assert_eq(setenv("TZ", "UTC-2", 1), 0); // two hours ahead: 14:00 where PAPER_NOW is noon
    tzset();
}

TestSuite(log_rows, .init = begin);

static struct event made(enum event_kind kind, enum status outcome)
{
    struct event event = {.number = 7,
                          .at = PAPER_NOW - 61 * PAPER_SECOND,
                          .wall_at = PAPER_NOW,
                          .kind = kind,
                          .outcome = outcome,
                          .session = 3,
                          .duration_ms = 1234,
                          .sandbox_id = "sbx-1",
                          .id = "ssh-1"};
    (void)snprintf(event.message, sizeof event.message, "what was said");
    return event;
}

static struct table_cell cell_of(const struct event *event, enum log_column column)
{
    struct table_cell cell = {.fraction = -1, .role = ROLE_TEXT};
    log_cell(event, column, PAPER_NOW, &cell);
    return cell;
}

// --- words ---

Test(log_rows, a_time_says_no_more_than_it_must)
{
    char text[LOG_TIME_CAP];
    cr_expect_str_eq(log_time(PAPER_NOW - PAPER_SECOND, PAPER_NOW, text), "13:59:59");
    cr_expect_str_eq(log_time(PAPER_NOW - 14 * 3600 * PAPER_SECOND, PAPER_NOW, text), "00:00:00");
    cr_expect_str_eq(log_time(PAPER_NOW - 14 * 3600 * PAPER_SECOND - 1, PAPER_NOW, text), "03-31 23:59");
    cr_expect_str_eq(log_time(PAPER_NOW - 366 * 86400 * PAPER_SECOND, PAPER_NOW, text), "2025-03-31");
    cr_expect_str_eq(log_time_full(PAPER_NOW, text), "2026-04-01 14:00:00");
    cr_expect_str_eq(log_time_short(PAPER_NOW, PAPER_NOW, text), "14:00");
    cr_expect_str_eq(log_time_short(PAPER_NOW - 86400 * PAPER_SECOND, PAPER_NOW, text), "03-31");
    cr_expect_str_eq(log_time_short(PAPER_NOW - 366 * 86400 * PAPER_SECOND, PAPER_NOW, text), "2025");
}

Test(log_rows, a_duration_is_told_in_the_style_of_all)
{
    static const struct {
        int64_t ms;
        const char *text;
    } cases[] = {{-1, ""},         {0, "0ms"},    {999, "999ms"},  {1000, "1.0s"},
                 {59949, "59.9s"}, {60000, "1m"}, {7200000, "2h"}, {INT64_C(200000000), "2d7h"}};
    char text[16];
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        cr_expect_str_eq(log_took(cases[i].ms, text), cases[i].text);
}

Test(log_rows, what_failed_has_another_glyph_and_a_word)
{
    for (int kind = 0; kind < EVENT_KIND_COUNT; kind++) {
        struct event good = made((enum event_kind)kind, STATUS_OK);
        struct event bad = made((enum event_kind)kind, STATUS_NOT_FOUND);
        struct event unknown = made((enum event_kind)kind, STATUS_OUTCOME_UNKNOWN);
        cr_expect_str_eq(cell_of(&good, LOG_COLUMN_KIND).text, event_kind_name((enum event_kind)kind));
        if (kind == EVENT_ALERT || kind == EVENT_FAILURE)
            continue; // they have one of their own
        cr_expect_neq(log_kind(&good).glyph, log_kind(&bad).glyph, "%s",
                      event_kind_name((enum event_kind)kind));
        cr_expect_neq(log_kind(&bad).glyph, log_kind(&unknown).glyph);
        cr_expect_eq(log_kind(&bad).role, ROLE_BAD);
        cr_expect_str_eq(cell_of(&good, LOG_COLUMN_OUTCOME).text, "ok");
        cr_expect_str_eq(cell_of(&bad, LOG_COLUMN_OUTCOME).text, "not found");
        cr_expect_str_eq(cell_of(&unknown, LOG_COLUMN_OUTCOME).text, "outcome unknown");
    }
    static const struct {
        enum event_kind kind;
        enum status outcome;
        const char *title;
    } titles[] = {{EVENT_CREATED, STATUS_CONFLICT, "create failed"},
                  {EVENT_CREATED, STATUS_OUTCOME_UNKNOWN, "create unknown"},
                  {EVENT_REGENERATED, STATUS_SERVER_ERROR, "regenerate failed"},
                  {EVENT_DELETED, STATUS_NOT_FOUND, "delete failed"},
                  {EVENT_VALIDATED, STATUS_NO_CONNECTION, "validate failed"},
                  {EVENT_VALIDATED, STATUS_NOT_VALID, "validated"}, // it was: it is not valid
                  {EVENT_DISCONNECTED, STATUS_SSH_FAILED, "disconnected"}};
    for (size_t i = 0; i < sizeof titles / sizeof *titles; i++) {
        struct event event = made(titles[i].kind, titles[i].outcome);
        cr_expect_str_eq(cell_of(&event, LOG_COLUMN_KIND).text, titles[i].title);
    }
    struct event later = made(EVENT_KIND_COUNT, STATUS_OK); // of a later version
    cr_expect_str_eq(cell_of(&later, LOG_COLUMN_KIND).text, "unknown");
}

Test(log_rows, the_columns_that_count_stay_on_any_width)
{
    struct log_layout layout;
    for (int width = 18; width <= 200; width++) {
        int widths[TABLE_COLUMNS_MAX], total = 0;
        bool time = false, kind = false;
        log_layout(width, 14, &layout);
        table_layout(layout.columns, layout.count, width, widths);
        for (size_t i = 0; i < layout.count; i++) {
            time = time || (layout.kinds[i] == LOG_COLUMN_TIME && widths[i] >= 8) ||
                   (layout.kinds[i] == LOG_COLUMN_SHORT && widths[i] >= 5);
            kind = kind || (layout.kinds[i] == LOG_COLUMN_KIND && widths[i] >= 8);
            total += widths[i];
        }
        cr_expect(time && kind, "at %d columns", width);
        cr_expect_leq(total, width, "at %d columns", width);
    }
    log_layout(140, 14, &layout);
    cr_expect_eq(layout.count, 7);
}

// --- details and JSON ---

Test(log_rows, the_details_have_everything_and_both_clocks)
{
    static const char *const expected[][2] = {
        {"event", "create failed"},
        {"outcome", "not found"},
        {"at", "2026-04-01 13:58:59"},
        {"server's time", "2026-04-01T11:58:59Z"},
        {"this machine's", "2026-04-01 14:00:00"},
        {"sandbox", "sbx-1"},
        {"its name then", "web"},
        {"credential", "ssh-1"},
        {"session", "2"},
        {"took", "1.2s"},
        {"message", "what was said"},
    };
    struct log_fact facts[LOG_FACTS];
    struct event event = made(EVENT_CREATED, STATUS_NOT_FOUND);
    (void)snprintf(event.name, sizeof event.name, "web");
    cr_assert_eq(log_facts(&event, facts), LOG_FACTS);
    for (size_t i = 0; i < LOG_FACTS; i++) {
        cr_expect_str_eq(facts[i].label, expected[i][0]);
        cr_expect_str_eq(facts[i].text, expected[i][1]);
    }
    event.session = 0;
    event.duration_ms = -1;
    event.message[0] = event.id[0] = '\0';
    cr_expect_eq(log_facts(&event, facts), LOG_FACTS - 4, "what there is not needs no line");
}

Test(log_rows, json_has_each_field_and_null_for_none)
{
    struct event event = made(EVENT_ALERT, STATUS_OK);
    event.session = 0;
    event.duration_ms = -1;
    event.id[0] = '\0';
    cJSON *tree = log_json(&event);
    char *text = cJSON_PrintUnformatted(tree);
    cr_expect_str_eq(text,
                     "{\"number\":7,\"at\":\"2026-04-01T11:58:59Z\",\"wall_at\":\"2026-04-01T12:00:00Z\","
                     "\"kind\":\"alert\",\"sandbox_id\":\"sbx-1\",\"name\":null,\"id\":null,\"session\":null,"
                     "\"outcome\":\"OK\",\"duration_ms\":null,\"message\":\"what was said\"}");
    cJSON_free(text);
    cJSON_Delete(tree);
}

// --- what can be asked for ---

Test(log_rows, a_time_is_a_span_back_or_an_instant)
{
    static const struct {
        const char *text;
        int64_t expected; // before PAPER_NOW, s
    } cases[] = {{"45s", 45},
                 {"30m", 1800},
                 {"2h", 7200},
                 {"1d", 86400},
                 {"2w", 1209600},
                 {"2026-04-01T11:00:00Z", 3600},
                 {"2026-04-01T13:00:00+02:00", 3600},
                 {"2026-04-01T13:00:00", 3600},
                 {"2026-04-01T13:00", 3600},
                 {"2026-04-01 13:00", 3600},
                 {"2026-04-01", 14 * 3600},
                 {"2026-03-31", 38 * 3600}};
    static const char *const wrong[] = {"",
                                        "h",
                                        "2",
                                        "-2h",
                                        "2 h",
                                        "2x",
                                        "2hh",
                                        "99999999d",
                                        "now",
                                        "0x2h",
                                        "yesterday",
                                        "2026-04-31",
                                        "2026-13-01",
                                        "26-04-01",
                                        "2026-04-01T",
                                        "2026-04-01T25:00",
                                        "2026-04-01 13:00 x",
                                        " 2h"};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        int64_t at = 0;
        cr_expect(log_when_parse(cases[i].text, PAPER_NOW, &at), "%s", cases[i].text);
        cr_expect_eq(PAPER_NOW - at, cases[i].expected * PAPER_SECOND, "%s: %lld s", cases[i].text,
                     (long long)((PAPER_NOW - at) / PAPER_SECOND));
    }
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        int64_t at = 0;
        cr_expect_not(log_when_parse(wrong[i], PAPER_NOW, &at), "'%s'", wrong[i]);
    }
}

Test(log_rows, kinds_are_named_apart_by_commas)
{
    unsigned kinds = 0;
    cr_expect(log_kinds_parse("alert", &kinds));
    cr_expect_eq(kinds, 1U << EVENT_ALERT);
    cr_expect(log_kinds_parse("created,deleted", &kinds));
    cr_expect_eq(kinds, 1U << EVENT_CREATED | 1U << EVENT_DELETED);
    static const char *const wrong[] = {"",
                                        ",",
                                        "alert,",
                                        "alerts",
                                        "Alert",
                                        "alert, failure",
                                        "a-name-that-is-far-longer-than-any-kind-has"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        cr_expect_not(log_kinds_parse(wrong[i], &kinds), "'%s'", wrong[i]);
    for (int kind = 0; kind < EVENT_KIND_COUNT; kind++)
        cr_expect_not_null(strstr(log_kinds_rule(), event_kind_name((enum event_kind)kind)));
}
