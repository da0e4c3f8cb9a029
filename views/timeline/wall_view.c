// SPDX-License-Identifier: Apache-2.0
//
// wall_view: Show the wall and refuse keys. A screen on a wall has passers-by: whoever types there is told
// that it is read-only, before any command is looked up.

#include "views/timeline/wall_view.h"

#include "tui/base/text.h"
#include "tui/base/xalloc.h"
#include "views/app/app.h"
#include "views/deck/alert_bar.h"
#include "views/deck/deck_view.h"
#include "views/labels/state_labels.h"
#include "views/timeline/timeline_draw.h"
#include "views/timeline/timeline_scale.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    MINUTE_MS = 60 * 1000,
    ROWS_FOR_FIGURES = 20,
    COLS_FOR_FIGURES = 64,
    COLS_FOR_WIDE = 140,
    COLS_FOR_WORD = 16,
    COUNTS = 4,
    MARGIN = 1
};

struct wall_view {
    struct view view;
    struct app *app;
    struct timeline_rows rows;
    struct timeline_zoom zoom;
    int body_rows;
};

// --- where everything stands ----------------------------------------------------------------

void wall_place(int rows, int cols, int alert_rows, struct wall_places *out)
{
    bool figures = rows >= ROWS_FOR_FIGURES && cols >= COLS_FOR_FIGURES;
    int line = 1; // behind the header
    *out = (struct wall_places){.counts = line, .wide = cols >= COLS_FOR_WIDE ? 2 : 1};
    out->count_rows = figures ? WALL_FIGURE_ROWS + 3 : rows > 2 ? 1 : 0;
    line += out->count_rows;
    if (alert_rows > 0 && rows - line > alert_rows + 2) {
        out->alert_rows = alert_rows;
        out->alerts = rows - alert_rows;
    }
    out->timeline = line;
    out->timeline_rows = rows - line - out->alert_rows;
    if (out->timeline_rows < 0)
        out->timeline_rows = 0;
}

// --- figures -------------------------------------------------------------------------------

char *wall_figures(size_t number, int line, int wide, char *out, size_t cap)
{
    // A figure's lines from the top, three pieces each, the left one in the highest bit.
    static const unsigned char pieces[10][WALL_FIGURE_ROWS] = {
        {7, 5, 5, 5, 7}, {2, 6, 2, 2, 7}, {7, 1, 7, 4, 7}, {7, 1, 7, 1, 7}, {5, 5, 7, 1, 1},
        {7, 4, 7, 1, 7}, {7, 4, 7, 5, 7}, {7, 1, 1, 1, 1}, {7, 5, 7, 5, 7}, {7, 5, 7, 1, 7},
    };
    char digits[24];
    size_t used = 0;
    (void)snprintf(digits, sizeof digits, "%zu", number);
    for (const char *at = digits; *at != '\0'; at++) {
        if (at > digits && used + 1 < cap)
            out[used++] = ' ';
        for (int bit = 2; bit >= 0; bit--)
            for (int i = 0; i < wide && used + 1 < cap; i++)
                out[used++] = (pieces[*at - '0'][line] >> bit & 1) != 0 ? '#' : ' ';
    }
    out[used] = '\0';
    return out;
}

static void draw_figures(size_t number, int y, int x, int columns, int wide, enum theme_role role)
{
    char line[256];
    for (int i = 0; i < WALL_FIGURE_ROWS; i++) {
        wall_figures(number, i, wide, line, sizeof line);
        for (int k = 0; k < columns && line[k] != '\0'; k++)
            if (line[k] == '#')
                (void)text_put(stdscr, y + i, x + k, 1, role, glyph(GLYPH_BLOCK_8));
    }
}

// --- drawing --------------------------------------------------------------------------------

struct count {
    const char *word;
    enum glyph glyph;
    enum theme_role role;
    size_t number;
};

static void count_all(const struct wall_view *wall, struct count out[COUNTS])
{
    struct fleet_counts all = {0};
    const struct fleet *fleet = app_fleet(wall->app);
    if (fleet != NULL)
        fleet_count_all(fleet, app_now_shown(wall->app), &all);
    const size_t *by = all.by_credential;
    out[0] = (struct count){"good", GLYPH_VALID, ROLE_OK, by[CREDENTIAL_valid] + by[CREDENTIAL_unverified]};
    out[1] = (struct count){"expiring", GLYPH_EXPIRING, ROLE_WARN, by[CREDENTIAL_expiring]};
    out[2] = (struct count){"critical", GLYPH_WARNING, ROLE_BAD, by[CREDENTIAL_critical]};
    out[3] = (struct count){"ended", GLYPH_EXPIRED, ROLE_BAD,
                            by[CREDENTIAL_expired] + by[CREDENTIAL_invalid] + by[CREDENTIAL_revoked]};
}

static void draw_counts(const struct wall_view *wall, const struct wall_places *at, int y, int x, int cols)
{
    struct count counts[COUNTS];
    count_all(wall, counts);
    int width = (cols - 2 * MARGIN) / COUNTS;
    for (int i = 0; i < COUNTS && at->count_rows > 0; i++) {
        const struct count *count = &counts[i];
        enum theme_role role = count->number > 0 ? count->role : ROLE_DIM;
        int left = x + MARGIN + i * width;
        char text[64];
        if (at->count_rows == 1) {
            // A narrow column has only room for the glyph.
            if (width >= COLS_FOR_WORD)
                (void)snprintf(text, sizeof text, "%s %zu %s", glyph(count->glyph), count->number,
                               count->word);
            else
                (void)snprintf(text, sizeof text, "%s%zu", glyph(count->glyph), count->number);
            (void)text_put(stdscr, y + at->counts, left, width, role, text);
            continue;
        }
        draw_figures(count->number, y + at->counts + 1, left, width - 2, at->wide, role);
        (void)snprintf(text, sizeof text, "%s %s", glyph(count->glyph), count->word);
        (void)text_put(stdscr, y + at->counts + 1 + WALL_FIGURE_ROWS, left, width - 1, role, text);
    }
}

static struct timeline_facts facts_of(const struct wall_view *wall)
{
    return (struct timeline_facts){.rows = &wall->rows,
                                   .fleet = app_fleet(wall->app),
                                   .server_now_ms = app_now_shown(wall->app),
                                   .span_ms = timeline_zoom_ms(wall->zoom.index),
                                   .selected = TIMELINE_NONE};
}

static void draw_nothing(const struct wall_view *wall, int y, int x, int rows, int cols)
{
    const struct fleet *fleet = app_fleet(wall->app);
    char line[FAILURE_LINE_CAP];
    const char *text = fleet == NULL ? failure_line(&wall->app->key_failure, line)
                       : !fleet_is_loaded(fleet)
                           ? "Loading the sandboxes"
                           : "No credentials: create them in the deck, or with sbxdeck access create";
    if (rows > 0)
        (void)text_put_center(stdscr, y + rows / 3, x, cols, ROLE_TEXT, text);
}

static void draw_timeline(struct wall_view *wall, int y, int x, int rows, int cols)
{
    struct timeline_places places;
    if (app_fleet(wall->app) != NULL &&
        timeline_rows_sync(&wall->rows, app_fleet(wall->app), "", app_now(wall->app)) && !wall->zoom.by_hand)
        wall->zoom.index = timeline_zoom_for(wall->rows.lefts, wall->rows.live);
    wall->body_rows = 0;
    if (wall->rows.count == 0) {
        draw_nothing(wall, y, x, rows, cols);
        return;
    }
    const struct timeline_facts facts = facts_of(wall);
    timeline_place(rows, cols, wall->rows.longest, &places);
    bool more = wall->rows.count > (size_t)places.body_rows && places.body_rows > 1;
    timeline_draw(stdscr, y, x, rows - (more ? 1 : 0), cols, &facts);
    timeline_place(rows - (more ? 1 : 0), cols, wall->rows.longest, &places);
    wall->body_rows = places.body_rows;
    if (!more)
        return;
    text_fill(stdscr, y + rows - 1, x, 1, cols, ROLE_TEXT);
    (void)text_putf(stdscr, y + rows - 1, x + places.name_x, cols - places.name_x, ROLE_DIM, "and %zu more",
                    wall->rows.count - (size_t)places.body_rows);
}

static bool draw(struct view *view, int y, int x, int rows, int cols, bool all)
{
    struct wall_view *wall = (struct wall_view *)view;
    struct wall_places at;
    struct text_pieces bar;
    (void)all; // it draws whole each time; curses sends what differs
    wall_place(rows, cols, alert_bar_take(wall->app, rows, cols, "", &bar), &at);
    text_fill(stdscr, y, x, rows, cols, ROLE_TEXT);
    deck_view_draw_header(wall->app->deck, y, x, 1, cols);
    draw_counts(wall, &at, y, x, cols);
    draw_timeline(wall, y + at.timeline, x, at.timeline_rows, cols);
    if (at.alert_rows > 0)
        text_pieces_draw(stdscr, y + at.alerts, x, at.alert_rows, cols, &bar);
    return false;
}

// --- the view ---------------------------------------------------------------------------------

static enum scope scope_of(const struct view *view)
{
    (void)view;
    return SCOPE_WALL;
}

// What may go on to the table of commands: the wall's own keys, and what only looks or leaves.
static bool is_admitted(const struct app *app, const struct input_event *event)
{
    static const enum command looks[] = {COMMAND_refresh, COMMAND_redraw, COMMAND_suspend, COMMAND_quit_now};
    if (app_command_of(app, SCOPE_WALL, event) != COMMAND_NONE)
        return true;
    enum command command = app_command_of(app, SCOPE_GLOBAL, event);
    for (size_t i = 0; i < sizeof looks / sizeof *looks; i++)
        if (command == looks[i])
            return true;
    return false;
}

static bool input(struct view *view, const struct input_event *event)
{
    struct wall_view *wall = (struct wall_view *)view;
    if (event->kind != INPUT_KEY)
        return true;
    if (is_admitted(wall->app, event))
        return false;
    app_toast(wall->app, TOAST_INFO, "The wall is read-only (%s quits)", command_key(COMMAND_wall_quit));
    return true;
}

static int64_t next_tick(const struct view *view, int64_t now_ms)
{
    const struct wall_view *wall = (const struct wall_view *)view;
    struct service_health health;
    if (app_fleet(wall->app) == NULL)
        return 0;
    const struct timeline_facts facts = facts_of(wall);
    int64_t soonest = timeline_soonest(&facts, wall->body_rows);
    service_health(wall->app->service, &health);
    if (health.last.status != STATUS_OK) // "stale 12s" counts too
        return app_next_change(wall->app, 0, now_ms);
    return soonest == 0 ? now_ms + MINUTE_MS
                        : app_next_change(wall->app, soonest - facts.server_now_ms, now_ms);
}

static void free_view(struct view *view)
{
    struct wall_view *wall = (struct wall_view *)view;
    timeline_rows_free(&wall->rows);
    free(wall);
}

static const struct view_methods wall_methods = {
    .name = "wall",
    .scope = scope_of,
    .draw = draw,
    .input = input,
    .next_tick = next_tick,
    .hint_bar = true,
    .free = free_view,
};

struct view *wall_view_new(struct app *app)
{
    struct wall_view *wall = xcalloc(1, sizeof *wall);
    wall->view.methods = &wall_methods;
    wall->app = app;
    return &wall->view;
}

struct timeline_zoom *wall_view_zoom(struct view *view)
{
    return &((struct wall_view *)view)->zoom;
}
