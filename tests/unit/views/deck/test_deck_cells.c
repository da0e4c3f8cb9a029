// SPDX-License-Identifier: Apache-2.0
//
// What stands in the deck's table, and where everything of the deck stands on a screen.

#include "api/base/time_util.h"
#include "tests/unit/views/paper.h"
#include "views/deck/alert_bar.h"
#include "views/deck/deck_cells.h"
#include "views/deck/deck_empty.h"
#include "views/deck/deck_view_private.h"

#include <criterion/criterion.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static struct table_cell cell_of(const struct fleet_row *row, enum deck_column column, size_t sessions)
{
    struct table_cell cell = {.fraction = -1, .role = ROLE_TEXT};
    deck_cell(row, column, PAPER_NOW, sessions, &cell);
    return cell;
}

static void begin(void)
{
    cr_assert(setlocale(LC_ALL, "C.UTF-8") != NULL);
}

TestSuite(deck_cells, .init = begin);

Test(deck_cells, what_cannot_be_opened_and_what_is_not_on_disk_is_marked)
{
    struct credential credential = paper_credential("sbx-1", "ssh-1", 1, 3000 * PAPER_SECOND);
    struct fleet_row row = {.sandbox = paper_row_sandbox("sbx-1", SANDBOX_running),
                            .credentials = &credential,
                            .credential_count = 1};
    credential.in_memory = true;
    cr_expect_str_eq(cell_of(&row, DECK_COLUMN_CREDENTIAL, 0).text, "valid ▲");
    credential.in_memory = false;
    credential.sealed_elsewhere = true;
    cr_expect_str_eq(cell_of(&row, DECK_COLUMN_CREDENTIAL, 0).text, "other key");
    credential.expires_at = PAPER_NOW - PAPER_SECOND;
    cr_expect_str_eq(cell_of(&row, DECK_COLUMN_CREDENTIAL, 0).text, "expired");
}

Test(deck_cells, a_state_that_was_told_long_ago_is_dim_with_its_age)
{
    struct fleet_row row = {.sandbox = paper_row_sandbox("sbx-1", SANDBOX_running)};
    cr_expect_str_eq(cell_of(&row, DECK_COLUMN_STATE, 0).text, "running", "it is not known");
    cr_expect_str_eq(cell_of(&row, DECK_COLUMN_FRESH, 0).text, "");
    row.fresh_ms = time_monotonic_ms();
    cr_expect_str_eq(cell_of(&row, DECK_COLUMN_STATE, 0).text, "running");
    row.fresh_ms = time_monotonic_ms() - 10 * 60 * 1000 - 500;
    struct table_cell cell = cell_of(&row, DECK_COLUMN_STATE, 0);
    cr_expect_str_eq(cell.text, "running 10m");
    cr_expect_eq(cell.role, ROLE_DIM);
    cr_expect_str_eq(cell_of(&row, DECK_COLUMN_FRESH, 0).text, "10m");
    row.gone = true;
    cr_expect_str_eq(cell_of(&row, DECK_COLUMN_STATE, 0).text, "gone");
}

Test(deck_cells, an_unknown_end_and_an_id_that_is_not_understood_are_told)
{
    struct credential credential = paper_credential("sbx-1", "ssh-1", 1, 0);
    struct fleet_row row = {.sandbox = paper_row_sandbox("sbx-1", SANDBOX_running),
                            .credentials = &credential,
                            .credential_count = 1};
    credential.expires_at = 0;
    cr_expect_str_eq(cell_of(&row, DECK_COLUMN_CREDENTIAL, 0).text, "valid");
    cr_expect_str_eq(cell_of(&row, DECK_COLUMN_LEFT, 0).text, "unknown");
    row.sandbox.id_malformed = true;
    cr_expect_eq(cell_of(&row, DECK_COLUMN_SANDBOX, 0).glyph, GLYPH_WARNING);
}

Test(deck_cells, each_urgency_has_a_word_and_a_glyph_of_its_own)
{
    static const struct {
        int64_t left_ms;
        enum credential_verdict verdict;
        const char *word, *left;
        enum glyph glyph;
        enum theme_role role;
        bool bar;
    } cases[] = {
        {3599 * PAPER_SECOND, VERDICT_VALID, "valid", "59m59s", GLYPH_VALID, ROLE_OK, true},
        {3899 * PAPER_SECOND, VERDICT_VALID, "valid", "1h04m", GLYPH_VALID, ROLE_OK, true},
        {40 * PAPER_SECOND, VERDICT_VALID, "critical", "40s", GLYPH_WARNING, ROLE_BAD, true},
        {-180 * PAPER_SECOND, VERDICT_VALID, "expired", "3m ago", GLYPH_EXPIRED, ROLE_BAD, true},
        {3000 * PAPER_SECOND, VERDICT_INVALID, "invalid", "", GLYPH_CROSS, ROLE_BAD, false},
        {3000 * PAPER_SECOND, VERDICT_UNKNOWN, "unknown", "50m00s", GLYPH_UNKNOWN, ROLE_WARN, true},
        {3000 * PAPER_SECOND, VERDICT_UNVERIFIED, "unverified", "50m00s", GLYPH_MOVING, ROLE_DIM, true},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct credential credential = paper_credential("sbx-1", "ssh-1", 1, cases[i].left_ms);
        credential.verdict = cases[i].verdict;
        struct fleet_row row = {.sandbox = paper_row_sandbox("sbx-1", SANDBOX_running),
                                .credentials = &credential,
                                .credential_count = 1};
        struct table_cell cell = cell_of(&row, DECK_COLUMN_CREDENTIAL, 0);
        cr_expect_str_eq(cell.text, cases[i].word);
        cr_expect_eq(cell.glyph, cases[i].glyph, "%s", cases[i].word);
        cr_expect_eq(cell.role, cases[i].role, "%s", cases[i].word);
        cr_expect_str_eq(cell_of(&row, DECK_COLUMN_LEFT, 0).text, cases[i].left);
        cell = cell_of(&row, DECK_COLUMN_BAR, 0);
        cr_expect_eq(cell.fraction >= 0, cases[i].bar, "%s", cases[i].word);
        cell = cell_of(&row, DECK_COLUMN_SHORT, 0);
        cr_expect_str_eq(cell.text, cases[i].left);
        cr_expect_eq(cell.glyph, cases[i].glyph);
    }
}

Test(deck_cells, what_ends_first_is_counted_and_the_sandbox_is_marked)
{
    struct credential credential = paper_credential("sbx-1", "ssh-1", 1, 3000 * PAPER_SECOND);
    struct fleet_row row = {.sandbox = paper_row_sandbox("sbx-1", SANDBOX_running),
                            .credentials = &credential,
                            .credential_count = 1};
    row.sandbox.timeout_at = PAPER_NOW + 90 * PAPER_SECOND;
    struct table_cell cell = cell_of(&row, DECK_COLUMN_LEFT, 0);
    cr_expect_str_eq(cell.text, "┆1m30s");
    cr_expect_eq(cell.role, ROLE_BAD);
    cr_expect_str_eq(cell_of(&row, DECK_COLUMN_SHORT, 0).text, "┆1m30s");
    cr_expect_str_eq(cell_of(&row, DECK_COLUMN_CREDENTIAL, 0).text, "valid", "which it still is");
    cr_expect_eq(cell_of(&row, DECK_COLUMN_BAR, 0).stage, GAUGE_BAD);
    row.sandbox.timeout_at = PAPER_NOW + 3001 * PAPER_SECOND;
    cr_expect_str_eq(cell_of(&row, DECK_COLUMN_LEFT, 0).text, "50m00s");
    row.sandbox.timeout_at = PAPER_NOW + 90 * PAPER_SECOND;
    row.sandbox.state = SANDBOX_paused;
    cr_expect_str_eq(cell_of(&row, DECK_COLUMN_LEFT, 0).text, "50m00s", "a paused one can't time out");
    row.sandbox.state = SANDBOX_running;
    // Without a credential a time-out concerns who has a session there.
    row.credential_count = 0;
    cr_expect_str_eq(cell_of(&row, DECK_COLUMN_LEFT, 0).text, "");
    cr_expect_str_eq(cell_of(&row, DECK_COLUMN_LEFT, 1).text, "┆1m30s");
    row.sandbox.timeout_at = PAPER_NOW - PAPER_SECOND;
    cr_expect_str_eq(cell_of(&row, DECK_COLUMN_TIMEOUT, 0).text, "due");
    cr_expect_str_eq(cell_of(&row, DECK_COLUMN_LEFT, 1).text, "");
}

Test(deck_cells, one_that_is_valid_after_its_end_says_so)
{
    struct credential credential = paper_credential("sbx-1", "ssh-1", 1, -60 * PAPER_SECOND);
    struct fleet_row row = {.sandbox = paper_row_sandbox("sbx-1", SANDBOX_running),
                            .credentials = &credential,
                            .credential_count = 1};
    credential.validated_at = PAPER_NOW;
    cr_expect_str_eq(cell_of(&row, DECK_COLUMN_CREDENTIAL, 0).text, "valid");
    struct table_cell cell = cell_of(&row, DECK_COLUMN_LEFT, 0);
    cr_expect_str_eq(cell.text, "past end");
    cr_expect_eq(cell.role, ROLE_WARN);
}

Test(deck_cells, several_credentials_are_counted_and_a_call_under_way_is_told)
{
    struct credential credentials[] = {paper_credential("sbx-1", "ssh-1", 1, 3000 * PAPER_SECOND),
                                       paper_credential("sbx-1", "ssh-2", 2, -1000)};
    struct fleet_row row = {.sandbox = paper_row_sandbox("sbx-1", SANDBOX_running),
                            .credentials = credentials,
                            .credential_count = 2};
    cr_expect_str_eq(cell_of(&row, DECK_COLUMN_CREDENTIAL, 0).text, "valid +1");
    credentials[0].busy = "validating";
    struct table_cell cell = cell_of(&row, DECK_COLUMN_CREDENTIAL, 0);
    cr_expect_str_eq(cell.text, "validating");
    cr_expect_eq(cell.glyph, GLYPH_MOVING);
    row.credential_count = 0;
    cr_expect_str_eq(cell_of(&row, DECK_COLUMN_CREDENTIAL, 0).text, "none");
    row.busy = "creating";
    cr_expect_str_eq(cell_of(&row, DECK_COLUMN_CREDENTIAL, 0).text, "creating");
    cr_expect_str_eq(cell_of(&row, DECK_COLUMN_STATE, 0).text, "running");
    row.busy = "stopping";
    cr_expect_str_eq(cell_of(&row, DECK_COLUMN_STATE, 0).text, "stopping");
}

Test(deck_cells, a_sandbox_tells_its_state_age_and_time_out)
{
    struct fleet_row row = {.sandbox = paper_row_sandbox("sbx-1", SANDBOX_running)};
    cr_expect_str_eq(cell_of(&row, DECK_COLUMN_AGE, 0).text, "1h");
    cr_expect_str_eq(cell_of(&row, DECK_COLUMN_TIMEOUT, 0).text, "");
    row.sandbox.timeout_at = PAPER_NOW + 30 * PAPER_SECOND;
    struct table_cell cell = cell_of(&row, DECK_COLUMN_TIMEOUT, 0);
    cr_expect_str_eq(cell.text, "30s");
    cr_expect_eq(cell.glyph, GLYPH_WARNING);
    row.sandbox.state = SANDBOX_stopped;
    cr_expect_str_eq(cell_of(&row, DECK_COLUMN_TIMEOUT, 0).text, "");
    row.sandbox = paper_row_sandbox("sbx-1", SANDBOX_other);
    cr_expect_str_eq(cell_of(&row, DECK_COLUMN_STATE, 0).text, "hibernating");
    row.gone = true;
    cr_expect_str_eq(cell_of(&row, DECK_COLUMN_STATE, 0).text, "gone");
}

Test(deck_cells, open_sessions_are_marked)
{
    struct fleet_row row = {.sandbox = paper_row_sandbox("sbx-1", SANDBOX_running)};
    cr_expect_eq(cell_of(&row, DECK_COLUMN_SESSIONS, 0).glyph, GLYPH_NONE);
    cr_expect_eq(cell_of(&row, DECK_COLUMN_SESSIONS, 1).glyph, GLYPH_SESSION);
    cr_expect_str_eq(cell_of(&row, DECK_COLUMN_SESSIONS, 2).text, "◆2");
    cr_expect_str_eq(cell_of(&row, DECK_COLUMN_SESSIONS, 11).text, "◆+", "two columns");
}

static void bars_and_glyphs_differ(void)
{
    // Of an hour: most of it, a fifth, a minute, none.
    static const int64_t lefts[] = {3000, 720, 60, -60};
    char seen[4][16];
    enum gauge_stage stages[4];
    for (size_t i = 0; i < 4; i++) {
        struct credential credential = paper_credential("sbx-1", "ssh-1", 1, lefts[i] * PAPER_SECOND);
        struct fleet_row row = {.sandbox = paper_row_sandbox("sbx-1", SANDBOX_running),
                                .credentials = &credential,
                                .credential_count = 1};
        struct table_cell cell = cell_of(&row, DECK_COLUMN_BAR, 0);
        cr_expect_geq(cell.fraction, 0);
        stages[i] = cell.stage;
        cell = cell_of(&row, DECK_COLUMN_SHORT, 0);
        (void)snprintf(seen[i], sizeof seen[i], "%s", glyph(cell.glyph));
        for (size_t k = 0; k < i; k++) {
            cr_expect_neq(stages[i], stages[k], "%zu and %zu have the same bar", i, k);
            cr_expect_str_neq(seen[i], seen[k], "%zu and %zu have the same glyph", i, k);
        }
    }
}

Test(deck_cells, each_stage_is_told_apart_without_colour)
{
    bars_and_glyphs_differ();
    (void)setlocale(LC_ALL, "C");
    bars_and_glyphs_differ();
    (void)setlocale(LC_ALL, "C.UTF-8");
}

static bool has(const struct deck_layout *layout, const int *widths, enum deck_column kind)
{
    for (size_t i = 0; i < layout->count; i++)
        if (layout->kinds[i] == kind)
            return widths[i] > 0;
    return false;
}

Test(deck_cells, columns_go_by_what_they_are_worth)
{
    struct deck_layout layout;
    struct deck_columns shown;
    int widths[TABLE_COLUMNS_MAX];
    deck_columns_default(&shown);
    for (int columns = 20; columns <= 250; columns++) {
        deck_cells_layout(columns, 16, 14, &shown, &layout);
        table_layout(layout.columns, layout.count, columns - 2, widths);
        int used = 0;
        for (size_t i = 0; i < layout.count; i++)
            used += widths[i];
        cr_expect_leq(used, columns);
        cr_expect(has(&layout, widths, DECK_COLUMN_SANDBOX) || has(&layout, widths, DECK_COLUMN_CALLED), "%d",
                  columns);
        cr_expect(has(&layout, widths, DECK_COLUMN_LEFT) || has(&layout, widths, DECK_COLUMN_SHORT), "%d",
                  columns);
        cr_expect(has(&layout, widths, DECK_COLUMN_STATE) || has(&layout, widths, DECK_COLUMN_MARK) ||
                      has(&layout, widths, DECK_COLUMN_CREDENTIAL),
                  "%d", columns);
    }
    deck_cells_layout(80, 16, 14, &shown, &layout);
    table_layout(layout.columns, layout.count, 78, widths);
    cr_expect(has(&layout, widths, DECK_COLUMN_NAME) && has(&layout, widths, DECK_COLUMN_STATE));
    cr_expect_geq(widths[DECK_COLUMN_SANDBOX], 16, "an id is read whole beside a name");
    cr_expect(has(&layout, widths, DECK_COLUMN_TIMEOUT), "a time-out is worth more than a gauge");
    deck_cells_layout(80, 14, 7, &shown, &layout);
    table_layout(layout.columns, layout.count, 78, widths);
    cr_expect_eq(widths[DECK_COLUMN_NAME], 7, "a column is as wide as its names");
    cr_expect(has(&layout, widths, DECK_COLUMN_TIMEOUT) && has(&layout, widths, DECK_COLUMN_AGE));
    deck_cells_layout(80, 14, 13, &shown, &layout);
    table_layout(layout.columns, layout.count, 78, widths);
    cr_expect_eq(widths[DECK_COLUMN_NAME], 13, "a name is read whole");
    cr_expect(has(&layout, widths, DECK_COLUMN_TIMEOUT));
    deck_columns_named(&shown, false, &shown);
    deck_cells_layout(80, 16, 14, &shown, &layout);
    table_layout(layout.columns, layout.count, 78, widths);
    cr_expect_not(has(&layout, widths, DECK_COLUMN_NAME), "no sandbox has one");
    cr_expect_geq(widths[DECK_COLUMN_SANDBOX], 16, "an id is read whole on 80 columns");
    cr_expect(has(&layout, widths, DECK_COLUMN_TIMEOUT) && has(&layout, widths, DECK_COLUMN_AGE));
    deck_cells_layout(80, 14, 0, &shown, &layout);
    table_layout(layout.columns, layout.count, 78, widths);
    cr_expect(has(&layout, widths, DECK_COLUMN_AGE) && has(&layout, widths, DECK_COLUMN_BAR));
}

Test(deck_cells, wide_columns_go_first_where_there_is_no_room)
{
    struct deck_layout layout;
    struct deck_columns shown, all;
    int widths[TABLE_COLUMNS_MAX];
    deck_columns_default(&shown);
    deck_columns_widen(&shown, &all);
    deck_cells_layout(80, 16, 14, &all, &layout);
    table_layout(layout.columns, layout.count, 78, widths);
    for (size_t i = 0; i < layout.count; i++)
        cr_expect(deck_column_table[layout.kinds[i]].shown != DECK_SHOWN_WIDE || widths[i] == 0, "%s",
                  deck_column_table[layout.kinds[i]].key);
    cr_expect(has(&layout, widths, DECK_COLUMN_STATE) && has(&layout, widths, DECK_COLUMN_TIMEOUT));
    deck_cells_layout(250, 16, 14, &all, &layout);
    table_layout(layout.columns, layout.count, 248, widths);
    for (size_t i = 0; i < layout.count; i++)
        cr_expect_gt(widths[i], 0, "%s", deck_column_table[layout.kinds[i]].key);
}

Test(deck_cells, more_is_told_of_a_sandbox_in_wide_columns)
{
    struct fleet_row row = {.sandbox = paper_row_sandbox("sbx-1", SANDBOX_running)};
    cr_expect_str_eq(cell_of(&row, DECK_COLUMN_VCPU, 0).text, "", "it is not known");
    cr_expect_str_eq(cell_of(&row, DECK_COLUMN_MEMORY, 0).text, "");
    row.sandbox.vcpu = 2;
    row.sandbox.memory_mib = 512;
    row.sandbox.disk_mib = 10 * 1024;
    row.sandbox.state_change_time = PAPER_NOW - 90 * PAPER_SECOND;
    row.sandbox.pod_id = "pod-7";
    cr_expect_str_eq(cell_of(&row, DECK_COLUMN_VCPU, 0).text, "2");
    cr_expect_str_eq(cell_of(&row, DECK_COLUMN_MEMORY, 0).text, "512M");
    cr_expect_str_eq(cell_of(&row, DECK_COLUMN_DISK, 0).text, "10G");
    cr_expect_str_eq(cell_of(&row, DECK_COLUMN_SINCE, 0).text, "1m");
    cr_expect_str_eq(cell_of(&row, DECK_COLUMN_POD, 0).text, "pod-7");
    row.sandbox.memory_mib = 1536;
    cr_expect_str_eq(cell_of(&row, DECK_COLUMN_MEMORY, 0).text, "1.5G");
    setenv("TZ", "UTC", 1);
    tzset();
    row.sandbox.created_at = PAPER_NOW;
    cr_expect_str_eq(cell_of(&row, DECK_COLUMN_CREATED, 0).text, "04-01 12:00");
}

static bool apart(const struct deck_rect *a, const struct deck_rect *b)
{
    bool empty = a->rows <= 0 || a->cols <= 0 || b->rows <= 0 || b->cols <= 0;
    return empty || a->y + a->rows <= b->y || b->y + b->rows <= a->y || a->x + a->cols <= b->x ||
           b->x + b->cols <= a->x;
}

Test(deck_cells, places_are_inside_and_apart_on_every_size)
{
    for (int rows = 4; rows <= 100; rows++) {
        for (int cols = 20; cols <= 300; cols += 7) {
            for (int choice = 0; choice < 6; choice++) {
                struct deck_places places;
                deck_view_place(rows, cols, (enum deck_details_mode)(choice % 3),
                                rows % 4 < alert_bar_most(rows, cols) ? rows % 4 : alert_bar_most(rows, cols),
                                choice > 2, 12, &places);
                const struct deck_rect *all[] = {&places.header, &places.table,  &places.line,
                                                 &places.detail, &places.filter, &places.alerts};
                for (size_t i = 0; i < 6; i++) {
                    cr_assert(all[i]->rows >= 0 && all[i]->cols >= 0 && all[i]->y + all[i]->rows <= rows &&
                                  all[i]->x + all[i]->cols <= cols,
                              "%zu on %dx%d", i, cols, rows);
                    for (size_t k = i + 1; k < 6; k++)
                        cr_assert(apart(all[i], all[k]), "%zu and %zu on %dx%d", i, k, cols, rows);
                }
                cr_assert(places.table.rows > 1 || places.detail.rows > 1, "%dx%d", cols, rows);
            }
        }
    }
}

Test(deck_cells, details_stand_beside_below_or_instead)
{
    struct deck_places places;
    deck_view_place(49, 200, DECK_DETAILS_AUTO, 0, false, 12, &places);
    cr_expect(places.beside && places.detail.cols >= 46);
    deck_view_place(23, 80, DECK_DETAILS_AUTO, 0, false, 12, &places);
    cr_expect_eq(places.detail.rows, 0);
    deck_view_place(23, 80, DECK_DETAILS_SHOWN, 0, false, 12, &places);
    cr_expect(!places.beside && places.detail.rows >= 6 && places.table.rows >= 4);
    deck_view_place(4, 20, DECK_DETAILS_SHOWN, 0, false, 12, &places);
    cr_expect(places.table.rows == 0 && places.detail.rows == 3);
}

Test(deck_cells, an_empty_deck_says_what_to_do)
{
    char text[1024];
    struct failure missing = {.status = STATUS_KEY_MISSING}, refused = {.status = STATUS_KEY_REFUSED},
                   none = {.status = STATUS_NO_CONNECTION}, fine = {.status = STATUS_OK};
    struct deck_empty empty = {.key_failure = &missing, .filter = "", .host = "api.leap0.dev"};
    cr_expect(strstr(deck_empty_text(&empty, text, sizeof text), "LEAP0_API_KEY") != NULL);
    empty.key_failure = NULL;
    empty.last = &refused;
    cr_expect(strstr(deck_empty_text(&empty, text, sizeof text), "was refused") != NULL);
    cr_expect(strstr(text, "LEAP0_API_KEY") != NULL);
    empty.last = &none;
    cr_expect(strstr(deck_empty_text(&empty, text, sizeof text), "No answer from api.leap0.dev") != NULL);
    empty.last = &fine;
    cr_expect(strstr(deck_empty_text(&empty, text, sizeof text), "Loading the sandboxes of api.leap0.dev") !=
              NULL);
    empty.loaded = true;
    cr_expect(strstr(deck_empty_text(&empty, text, sizeof text), "N creates one") != NULL);
    empty.total = 3;
    empty.filter = "x";
    cr_expect(strstr(deck_empty_text(&empty, text, sizeof text), "None of 3 matches 'x'") != NULL);
}
