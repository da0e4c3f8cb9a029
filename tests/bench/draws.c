// SPDX-License-Identifier: Apache-2.0
//
// draws: the timeline and the deck of 10,000 credentials, from a change of the fleet to the bytes for a
// screen of 200x50 that goes nowhere, against curses putting the very same cells on the same screen.
//
// Both by CPU time: nobody else takes part. The peer's draw starts from the frame before, put back untimed,
// so that as many cells change as in ours.

#include "api/leap0/leap0.h"
#include "tests/bench/bench.h"
#include "tui/base/theme.h"
#include "views/deck/deck_cells.h"
#include "views/deck/deck_rows.h"
#include "views/timeline/timeline_draw.h"
#include "views/timeline/timeline_scale.h"

#include <locale.h>
#include <stdio.h>
#include <stdlib.h>

#define NOW       INT64_C(1775044800000)
#define SECOND_MS INT64_C(1000)

enum { SANDBOXES = 4000, CREDENTIALS = 10000, FRAMES = 20, LIFE_S = 8 * 3600, ENDED_S = 600 };

// Ends everywhere in eight hours, some of the past, in no order.
static struct credential credential_at(int64_t index, int64_t shift)
{
    struct credential credential = {.verdict = VERDICT_VALID, .has_password = true, .vault_row = index + 1};
    int64_t mixed = (index * 7919 + shift * 104729) % (LIFE_S + ENDED_S);
    (void)snprintf(credential.sandbox_id, sizeof credential.sandbox_id, "sbx-%06lld",
                   (long long)(index % SANDBOXES));
    (void)snprintf(credential.id, sizeof credential.id, "ssh-%08lld", (long long)index);
    credential.expires_at = NOW + (mixed - ENDED_S) * SECOND_MS;
    credential.created_at = credential.updated_at = credential.expires_at - LIFE_S * SECOND_MS;
    return credential;
}

static struct fleet *fleet_make(void)
{
    struct fleet *fleet = fleet_new();
    struct sandbox *sandboxes = calloc(SANDBOXES, sizeof *sandboxes);
    struct credential *credentials = calloc(CREDENTIALS, sizeof *credentials);
    if (fleet == NULL || sandboxes == NULL || credentials == NULL)
        bench_die("no memory for a fleet");
    for (int64_t i = 0; i < SANDBOXES; i++) {
        sandboxes[i].state = SANDBOX_running;
        sandboxes[i].created_at = NOW;
        sandboxes[i].timeout_at = NOW + i * 7 * SECOND_MS;
        (void)snprintf(sandboxes[i].id, sizeof sandboxes[i].id, "sbx-%06lld", (long long)i);
        (void)snprintf(sandboxes[i].state_name, sizeof sandboxes[i].state_name, "running");
    }
    for (int64_t i = 0; i < CREDENTIALS; i++)
        credentials[i] = credential_at(i, 0);
    if (fleet_take_list(fleet, &(const struct leap0_page){.sandboxes = sandboxes, .count = SANDBOXES}, 0) !=
            STATUS_OK ||
        fleet_take_credentials(fleet, credentials, CREDENTIALS) != STATUS_OK)
        bench_die("no fleet of %d credentials", CREDENTIALS);
    free(sandboxes);
    free(credentials);
    return fleet;
}

// Draws a frame on stdscr, after a change of the fleet.
typedef void draw_frame(const struct fleet *fleet, int64_t index, int64_t now);

static void draw_timeline(const struct fleet *fleet, int64_t index, int64_t now)
{
    static struct timeline_rows rows; // of the process
    if (!timeline_rows_sync(&rows, fleet, index % 4 == 3 ? "sbx-" : "", now))
        bench_die("the rows are not built again after a change");
    if (rows.count != CREDENTIALS)
        bench_die("%zu rows instead of %d", rows.count, CREDENTIALS);
    const struct timeline_facts facts = {.rows = &rows,
                                         .fleet = fleet,
                                         .server_now_ms = now,
                                         .span_ms = timeline_zoom_ms((int)(index % TIMELINE_ZOOMS)),
                                         .top = (size_t)index * 37 % (CREDENTIALS - BENCH_ROWS),
                                         .selected = (size_t)index * 37 % (CREDENTIALS - BENCH_ROWS) + 5};
    timeline_draw(stdscr, 0, 0, BENCH_ROWS, BENCH_COLS, &facts);
}

struct deck {
    const struct fleet *fleet;
    int64_t now;
    struct deck_rows rows;
    struct deck_layout layout;
    struct table table;
};

static void fill_cell(void *context, size_t row, size_t column, struct table_cell *cell)
{
    const struct deck *deck = context;
    deck_cell(deck_rows_at(&deck->rows, row), deck->layout.kinds[column], deck->now, 0, cell);
}

static void draw_deck(const struct fleet *fleet, int64_t index, int64_t now)
{
    static struct deck deck; // of the process
    struct deck_columns columns;
    const struct deck_order order = {.by = DECK_COLUMN_LEFT};
    deck.fleet = fleet;
    deck.now = now;
    struct fleet_filter filter;
    (void)fleet_filter_parse(index % 4 == 3 ? "sbx-" : "", &filter, NULL);
    (void)deck_rows_sync(&deck.rows, &(struct deck_wish){.fleet = fleet,
                                                         .filter = &filter,
                                                         .filter_text = index % 4 == 3 ? "sbx-" : "",
                                                         .order = order,
                                                         .now = now,
                                                         .around = "",
                                                         .kept = ""});
    deck_columns_default(&columns);
    deck_cells_layout(BENCH_COLS, (int)sizeof "sbx-000000", 0, &columns, &deck.layout);
    deck.table.columns = deck.layout.columns;
    deck.table.column_count = deck.layout.count;
    deck.table.fill = fill_cell;
    deck.table.context = &deck;
    deck.table.rows = deck.rows.count;
    deck.table.selected = (size_t)index * 37 % SANDBOXES;
    (void)table_draw(&deck.table, stdscr, 0, 0, BENCH_ROWS, BENCH_COLS);
}

struct cells {
    cchar_t rows[BENCH_ROWS][BENCH_COLS + 1];
};

static void cells_read(struct cells *cells)
{
    for (int y = 0; y < BENCH_ROWS; y++)
        (void)mvin_wchnstr(y, 0, cells->rows[y], BENCH_COLS);
}

static double cells_put(const struct cells *cells)
{
    double start = bench_cpu_now();
    for (int y = 0; y < BENCH_ROWS; y++)
        (void)mvadd_wchnstr(y, 0, cells->rows[y], BENCH_COLS);
    (void)refresh();
    return (bench_cpu_now() - start) * 1e3;
}

static void screen_begin(void)
{
    FILE *nowhere = fopen("/dev/null", "r+");
    if (setlocale(LC_ALL, "C.UTF-8") == NULL || nowhere == NULL)
        bench_die("no UTF-8 locale or no /dev/null");
    if (newterm("xterm-256color", nowhere, nowhere) == NULL || resizeterm(BENCH_ROWS, BENCH_COLS) != OK)
        bench_die("no screen of %dx%d", BENCH_COLS, BENCH_ROWS);
    (void)start_color();
    theme_begin(THEME_DARK);
}

static void draws(const char *name, draw_frame *draw)
{
    struct pairs all = {0}, worst = {0};
    struct cells before = {0}, after = {0};
    struct fleet *fleet = fleet_make();
    screen_begin();
    for (int64_t i = 0; i < (int64_t)(3 * bench_runs() + 1) * FRAMES; i += FRAMES) {
        double ours_worst = 0, peer_worst = 0;
        for (int64_t index = i; index < i + FRAMES; index++) {
            struct credential changed = credential_at(index * 13 % CREDENTIALS, index + 1);
            if (fleet_take_credential(fleet, &changed) != STATUS_OK)
                bench_die("the fleet takes no change");
            cells_read(&before);
            double start = bench_cpu_now();
            draw(fleet, index, NOW + index * SECOND_MS);
            (void)refresh();
            double ours = (bench_cpu_now() - start) * 1e3;
            cells_read(&after);
            (void)cells_put(&before);
            double peer = cells_put(&after);
            pairs_add(&all, ours, peer);
            ours_worst = ours > ours_worst ? ours : ours_worst;
            peer_worst = peer > peer_worst ? peer : peer_worst;
        }
        pairs_add(&worst, ours_worst, peer_worst);
    }
    (void)endwin();
    bench_report(name, "", &all);
    bench_report(name, "-worst", &worst);
    fleet_free(fleet);
}

void figure_timeline(const char *name)
{
    draws(name, draw_timeline);
}

void figure_deck(const char *name)
{
    draws(name, draw_deck);
}
