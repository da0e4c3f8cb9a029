// SPDX-License-Identifier: Apache-2.0
//
// timeline: the timeline of 10,000 credentials, from a change of the fleet to the bytes for the terminal: put
// in order, drawn, and sent by curses to a screen of 200x50 that goes nowhere. By CPU time: nobody else takes
// part, so what others do on the machine is left out.

#include "tests/bench/bench.h"
#include "tui/base/theme.h"
#include "views/timeline/timeline_draw.h"
#include "views/timeline/timeline_scale.h"

#include <locale.h>
#include <stdio.h>
#include <stdlib.h>

#define NOW       INT64_C(1775044800000)
#define SECOND_MS INT64_C(1000)

enum { SANDBOXES = 4000, CREDENTIALS = 10000, FRAMES = 200, LIFE_S = 8 * 3600, ENDED_S = 600 };

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
    if (fleet_take_sandboxes(fleet, sandboxes, SANDBOXES) != STATUS_OK ||
        fleet_take_credentials(fleet, credentials, CREDENTIALS) != STATUS_OK)
        bench_die("no fleet of %d credentials", CREDENTIALS);
    free(sandboxes);
    free(credentials);
    return fleet;
}

// One frame after a change; milliseconds.
static double frame(struct timeline_rows *rows, const struct fleet *fleet, int64_t index)
{
    double start = bench_cpu_now();
    int64_t now = NOW + index * SECOND_MS;
    if (!timeline_rows_sync(rows, fleet, index % 4 == 3 ? "sbx-" : "", now))
        bench_die("the rows are not made anew after a change");
    if (rows->count != CREDENTIALS)
        bench_die("%zu rows instead of %d", rows->count, CREDENTIALS);
    const struct timeline_facts facts = {.rows = rows,
                                         .fleet = fleet,
                                         .server_now_ms = now,
                                         .span_ms = timeline_zoom_ms((int)(index % TIMELINE_ZOOMS)),
                                         .top = (size_t)index * 37 % (CREDENTIALS - BENCH_ROWS),
                                         .selected = (size_t)index * 37 % (CREDENTIALS - BENCH_ROWS) + 5};
    timeline_draw(stdscr, 0, 0, BENCH_ROWS, BENCH_COLS, &facts);
    (void)refresh();
    return (bench_cpu_now() - start) * 1e3;
}

void figure_timeline(void)
{
    struct samples times = {0};
    struct timeline_rows rows = {0};
    FILE *nowhere = fopen("/dev/null", "r+");
    if (setlocale(LC_ALL, "C.UTF-8") == NULL || nowhere == NULL)
        bench_die("no UTF-8 locale or no /dev/null");
    SCREEN *screen = newterm("xterm-256color", nowhere, nowhere);
    if (screen == NULL || resizeterm(BENCH_ROWS, BENCH_COLS) != OK)
        bench_die("no screen of %dx%d", BENCH_COLS, BENCH_ROWS);
    (void)start_color();
    theme_begin(THEME_DARK);
    struct fleet *fleet = fleet_make();
    for (int64_t i = 0; i < FRAMES; i++) {
        struct credential changed = credential_at(i * 13 % CREDENTIALS, i + 1);
        if (fleet_take_credential(fleet, &changed) != STATUS_OK)
            bench_die("the fleet takes no change");
        samples_add(&times, frame(&rows, fleet, i));
    }
    (void)endwin();
    delscreen(screen);
    (void)fclose(nowhere);
    bench_report("timeline", "ms", samples_at(&times, 0.5), -1, VALUE_AT_MOST, 16);
    bench_report("timeline-worst", "ms", samples_at(&times, 1), -1, VALUE_AT_MOST, 16);
    timeline_rows_free(&rows);
    fleet_free(fleet);
}
