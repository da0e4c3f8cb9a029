// SPDX-License-Identifier: Apache-2.0
//
// deck_view_draw: Lay out and draw the deck, and tell when it changes by itself.

#include "api/base/time_util.h"
#include "tui/base/text.h"
#include "views/app/messages.h"
#include "views/deck/alert_bar.h"
#include "views/deck/deck_empty.h"
#include "views/deck/deck_forwards.h"
#include "views/deck/deck_header.h"
#include "views/deck/deck_tools.h"
#include "views/deck/deck_view_private.h"
#include "views/labels/phrases.h"

#include <stdio.h>
#include <string.h>

enum {
    SECOND_MS = 1000,
    MINUTE_MS = 60 * SECOND_MS,
    HOUR_MS = 60 * MINUTE_MS,
    ROWS_FOR_GAP = 20,
    COLUMNS_FOR_MARGIN = 30
};

static int between(int value, int low, int high)
{
    if (value < low)
        return low;
    return value > high ? high : value;
}

static void place_beside(const struct deck_rect *body, struct deck_places *out)
{
    int width = between(body->cols * 40 / 100, 46, 96);
    out->beside = true;
    out->table = *body;
    out->table.cols = body->cols - width - 1;
    out->line = (struct deck_rect){body->y, body->x + out->table.cols, body->rows, 1};
    out->detail = (struct deck_rect){body->y, out->line.x + 1, body->rows, width};
}

// The table gets what its rows take, up to half.
static void place_below(const struct deck_rect *body, size_t row_count, struct deck_places *out)
{
    int wanted = row_count < (size_t)body->rows ? (int)row_count + 1 : body->rows;
    int table = between(wanted, 4, body->rows / 2);
    out->table = *body;
    out->table.rows = table;
    out->line = (struct deck_rect){body->y + table, body->x, 1, body->cols};
    out->detail = (struct deck_rect){body->y + table + 1, body->x, body->rows - table - 1, body->cols};
}

void deck_view_place(int rows, int cols, enum deck_details_mode details, int alerts, bool filter,
                     size_t row_count, struct deck_places *out)
{
    *out = (struct deck_places){0};
    int header = deck_header_rows(rows);
    out->header = (struct deck_rect){0, 0, header, cols};
    // The alerts take the gap, so that the table stays where it is when the first one comes.
    int gap = rows >= ROWS_FOR_GAP ? 1 : 0;
    if (alerts > 0)
        out->alerts = (struct deck_rect){header, 0, alerts, cols};
    int top = header + (alerts > gap ? alerts : gap);
    struct deck_rect body = {top, 0, rows - top - (filter ? 1 : 0), cols};
    if (filter)
        out->filter = (struct deck_rect){rows - 1, 0, 1, cols};
    bool shown = details == DECK_DETAILS_SHOWN ||
                 (details == DECK_DETAILS_AUTO && (cols >= DECK_WIDE || rows >= DECK_HIGH));
    if (!shown)
        out->table = body;
    else if (cols >= DECK_WIDE)
        place_beside(&body, out);
    else if (body.rows >= DECK_BELOW)
        place_below(&body, row_count, out);
    else
        out->detail = body;
}

static enum theme_role profile_role(const char *color)
{
    static const struct {
        const char *color;
        enum theme_role role;
    } roles[] = {{"green", ROLE_OK}, {"yellow", ROLE_WARN}, {"red", ROLE_BAD}};
    for (size_t i = 0; i < sizeof roles / sizeof roles[0]; i++)
        if (strcmp(roles[i].color, color) == 0)
            return roles[i].role;
    return ROLE_ACCENT;
}

void deck_view_draw_header(const struct view *view, int y, int x, int rows, int cols)
{
    const struct deck_view *deck = (const struct deck_view *)view;
    struct app *app = deck->app;
    const struct fleet *fleet = app_fleet(deck->app);
    struct fleet_counts counts;
    struct service_health health;
    char host[URL_CAP];
    struct deck_header_facts facts = {
        .host = phrase_host(app->config.base_url, host, sizeof host),
        .profile = app->config.profile,
        .profile_role = profile_role(app->config.color),
        .read_only = app->config.read_only,
        .server_now_ms = app_now_shown(app),
        .monotonic_ms = time_monotonic_ms(),
        .wall_ms = time_wall_ms(),
        .sessions = deck->facts->sessions(app, NULL),
        .unread_errors = messages_unread(app->messages),
    };
    if (fleet != NULL && fleet_is_loaded(fleet)) {
        const struct deadline_scope scope = deck->facts->ends(app);
        const struct fleet_row *row = NULL;
        fleet_count_all(fleet, facts.server_now_ms, &counts);
        facts.counts = &counts;
        facts.oldest_ms = fleet_oldest_ms(fleet);
        facts.refresh_ms = (int64_t)app->config.refresh_s * SECOND_MS;
        facts.soonest = deadline_soonest(fleet, facts.server_now_ms, &scope, &row);
        facts.soonest_id = row != NULL ? fleet_row_name(row) : "";
    }
    if (app->service != NULL) {
        service_health(app->service, &health);
        facts.health = &health;
    }
    deck_header_draw(stdscr, y, x, cols, &facts, rows);
}

static void draw_empty(struct deck_view *deck, const struct deck_rect *at)
{
    struct app *app = deck->app;
    const struct fleet *fleet = app_fleet(deck->app);
    struct service_health health;
    char host[URL_CAP], text[1024], clean[1024];
    struct deck_empty empty = {
        .key_failure = app->service == NULL ? &app->key_failure : NULL,
        .loaded = fleet != NULL && fleet_is_loaded(fleet),
        .filter = deck->filter.text,
        .total = deck->rows.total,
        .host = phrase_host(app->config.base_url, host, sizeof host),
    };
    if (app->service != NULL) {
        service_health(app->service, &health);
        empty.last = &health.last;
    }
    deck_empty_text(&empty, text, sizeof text);
    text_fill(stdscr, at->y, at->x, at->rows, at->cols, ROLE_TEXT);
    // Two passes: count the lines to stand in the middle, then draw.
    int width = between(at->cols - 2, 1, 72), count = 0;
    for (int pass = 0; pass < 2; pass++) {
        int y = at->y + (at->rows > count ? (at->rows - count) / 3 : 0), line_number = 0;
        for (const char *line = text; line != NULL;) {
            size_t length = strcspn(line, "\n");
            const char *rest = display(line, length, clean, sizeof clean);
            do {
                const char *next = NULL;
                size_t piece = text_wrap(rest, width, &next);
                if (pass == 1 && y + line_number < at->y + at->rows) {
                    char one[512];
                    (void)snprintf(one, sizeof one, "%.*s", (int)piece, rest);
                    (void)text_put_center(stdscr, y + line_number, at->x, at->cols,
                                          line == text ? ROLE_TITLE : ROLE_TEXT, one);
                }
                line_number++;
                rest = next;
            } while (rest != NULL && *rest != '\0');
            line = line[length] == '\n' ? line + length + 1 : NULL;
        }
        count = line_number;
    }
}

// What renews itself is marked behind its state.
static void mark_renewal(const struct deck_view *deck, const struct fleet_row *row, struct table_cell *cell)
{
    const struct credential *best = fleet_row_best(row, app_now_shown(deck->app));
    size_t used = strlen(cell->text);
    if (best != NULL && best->busy == NULL &&
        deck->facts->renewal(deck->app, row->sandbox.id, best->id) != RENEWAL_OFF)
        (void)snprintf(cell->text + used, sizeof cell->text - used, " %s", glyph(GLYPH_MOVING));
}

// Behind a single session there is room for it.
static void mark_forwards(const struct deck_view *deck, const struct fleet_row *row, size_t sessions,
                          struct table_cell *cell)
{
    struct deck_forwards forwards;
    if (sessions > 1 || !deck->facts->forwards(deck->app, row->sandbox.id, &forwards))
        return;
    (void)snprintf(cell->text, sizeof cell->text, "%s%s", sessions > 0 ? glyph(GLYPH_SESSION) : "",
                   glyph(GLYPH_FORWARD));
    cell->glyph = GLYPH_NONE;
    if (sessions == 0)
        cell->role = forwards.connected ? ROLE_DIM : ROLE_WARN;
}

static void mark_tools(const struct deck_view *deck, const struct fleet_row *row, struct table_cell *cell)
{
    size_t count = 0;
    (void)service_tools(deck->app->service, row->sandbox.id, &count);
    deck_tools_mark(count, cell);
}

// The selected sandbox is no more: until another one is selected, its line says so.
static void gone_cell(const struct deck_view *deck, enum deck_column kind, struct table_cell *cell)
{
    const struct fleet_row row = {.gone = true};
    cell->role = ROLE_DIM;
    if (kind == DECK_COLUMN_SANDBOX)
        (void)snprintf(cell->text, sizeof cell->text, "%s", deck->selected);
    else if (kind == DECK_COLUMN_STATE || kind == DECK_COLUMN_MARK)
        deck_cell(&row, kind, app_now_shown(deck->app), 0, cell);
}

static void fill_cell(void *context, size_t row, size_t column, struct table_cell *cell)
{
    const struct deck_view *deck = context;
    const struct fleet_row *of_row = deck_rows_at(&deck->rows, row);
    enum deck_column kind = deck->layout.kinds[column];
    if (of_row == NULL) {
        if (deck_rows_is_gone(&deck->rows, row))
            gone_cell(deck, kind, cell);
        return;
    }
    size_t sessions = deck->facts->sessions(deck->app, of_row->sandbox.id);
    deck_cell(of_row, kind, app_now_shown(deck->app), sessions, cell);
    if (kind == DECK_COLUMN_CREDENTIAL)
        mark_renewal(deck, of_row, cell);
    if (kind == DECK_COLUMN_SESSIONS)
        mark_forwards(deck, of_row, sessions, cell);
    if (kind == DECK_COLUMN_SESSIONS)
        mark_tools(deck, of_row, cell);
}

// The columns of a table of that width.
static void deck_view_layout(const struct deck_view *deck, int cols, struct deck_layout *out)
{
    struct deck_columns shown, wide;
    int longest_name = label_map_longest_name(fleet_labels(app_fleet(deck->app)));
    deck_columns_widen(&deck->columns, &wide);
    deck_columns_named(deck->wide ? &wide : &deck->columns, longest_name > 0, &shown);
    deck_cells_layout(cols, deck->rows.longest_id, longest_name, &shown, out);
}

bool deck_view_wide_shows(const struct deck_view *deck)
{
    struct deck_layout layout;
    int widths[TABLE_COLUMNS_MAX], cols = deck->places.table.cols;
    if (deck->places.beside && deck->details == DECK_DETAILS_AUTO) // they go
        cols = deck->places.header.cols;
    if (cols <= 0)
        return true; // it isn't known yet
    deck_view_layout(deck, cols, &layout);
    table_layout(layout.columns, layout.count, cols - 2, widths);
    for (size_t i = 0; i < layout.count; i++)
        if (deck_column_table[layout.kinds[i]].shown == DECK_SHOWN_WIDE && widths[i] > 0)
            return true;
    return false;
}

static void draw_table(struct deck_view *deck)
{
    const struct deck_rect *at = &deck->places.table;
    if (at->rows <= 0 || at->cols <= 0)
        return;
    if (deck->rows.count == 0) {
        draw_empty(deck, at);
        return;
    }
    deck_view_layout(deck, at->cols, &deck->layout);
    deck->table.columns = deck->layout.columns;
    deck->table.column_count = deck->layout.count;
    deck->table.sorted = deck_cells_sorted(&deck->layout, deck->order.by);
    deck->table.sorted_down = deck->order.down;
    deck->table.fill = fill_cell;
    deck->table.context = deck;
    bool margin = at->cols >= COLUMNS_FOR_MARGIN || deck_view_marked(&deck->view) > 0;
    deck->table.margin = margin ? 1 : 0;
    (void)table_draw(&deck->table, stdscr, at->y, at->x, at->rows, at->cols);
    deck_view_groups_draw(deck);
    deck_view_marks_draw(deck);
}

// Returns the lines that it takes.
static int build_alerts(const struct deck_view *deck, int rows, int cols, struct text_pieces *bar)
{
    char hint[64];
    (void)snprintf(hint, sizeof hint, "%s next  %s dismiss", command_key(COMMAND_alert_next),
                   command_key(COMMAND_alert_dismiss));
    return alert_bar_take(deck->app, rows, cols, hint, bar);
}

static void draw_line(const struct deck_places *places)
{
    const struct deck_rect *at = &places->line;
    if (!places->beside)
        text_hline(stdscr, at->y, at->x, at->cols, ROLE_BORDER);
    for (int i = 0; places->beside && i < at->rows; i++)
        (void)text_put(stdscr, at->y + i, at->x, 1, ROLE_BORDER, glyph(GLYPH_LINE_V));
}

// The command as it is safe to run: made from the parts that were understood.
static const char *command_text(const struct deck_view *deck, const struct credential *credential, char *out,
                                size_t cap)
{
    struct ssh_target target;
    struct failure why;
    if (credential == NULL || credential->id[0] == '\0' || deck->app->service == NULL ||
        service_target(deck->app->service, credential, &target, &why) != STATUS_OK)
        return NULL;
    return phrase_ssh_command(&target, out, cap);
}

static const char *renewal_text(const struct deck_view *deck, const struct fleet_row *row,
                                const struct credential *credential)
{
    static const char *const texts[] = {[RENEWAL_CREDENTIAL] = "set for this credential",
                                        [RENEWAL_SANDBOX] = "set for this sandbox",
                                        [RENEWAL_FLEET] = "set for the whole fleet"};
    if (deck->facts->renewal_is_held(deck->app))
        return "but not until its settings can be read";
    return texts[deck->facts->renewal(deck->app, row->sandbox.id, credential != NULL ? credential->id : "")];
}

static void draw_detail(struct deck_view *deck)
{
    const struct deck_rect *at = &deck->places.detail;
    char command[COMMAND_CAP + 64];
    struct deck_forwards forwards;
    if (at->rows <= 0)
        return;
    const struct fleet_row *row = deck_view_row(&deck->view);
    struct detail_facts facts = {.row = row, .server_now_ms = app_now_shown(deck->app)};
    if (row != NULL) {
        const struct credential *credential = deck_view_credential(&deck->view);
        facts.credential = deck_view_credential_index(deck, row);
        facts.ssh_command = command_text(deck, credential, command, sizeof command);
        facts.sessions = deck->facts->sessions(deck->app, row->sandbox.id);
        if (deck->facts->forwards(deck->app, row->sandbox.id, &forwards))
            facts.forwards = &forwards;
        facts.tools = service_tools(deck->app->service, row->sandbox.id, &facts.tool_count);
        facts.renewal = renewal_text(deck, row, credential);
        if (deck->password != NULL) {
            facts.password = secret_text(deck->password);
            facts.reveal_left_s =
                (int)((deck->password_until - time_monotonic_ms() + SECOND_MS - 1) / SECOND_MS);
        }
    }
    if (deck->detail_seek) {
        int line = detail_password_line(&facts, at->rows, at->cols);
        if (line >= 0 && (line < deck->detail_top || line + 1 >= deck->detail_top + at->rows))
            deck->detail_top = line - at->rows / 2;
        // Before the first draw its length is not known.
        if (line >= 0 && deck->detail_total < line + at->rows)
            deck->detail_total = line + at->rows;
        deck->detail_seek = false;
    }
    deck->detail_top = between(deck->detail_top, 0, between(deck->detail_total - at->rows, 0, 10000));
    deck->detail_total = detail_draw(stdscr, at->y, at->x, at->rows, at->cols, &facts, deck->detail_top);
    if (deck->detail_total - deck->detail_top > at->rows) // there is more below
        (void)text_put(stdscr, at->y + at->rows - 1, at->x + at->cols - 2, 1, ROLE_DIM, glyph(GLYPH_DOWN));
}

static void move_places(struct deck_places *places, int y, int x)
{
    struct deck_rect *const all[] = {&places->header, &places->alerts, &places->table,
                                     &places->line,   &places->detail, &places->filter};
    // NOLINTNEXTLINE(bugprone-sizeof-expression): it holds pointers
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        all[i]->y += y;
        all[i]->x += x;
    }
}

// Above a session there is less room: what was opened on the whole screen must not take the list away there.
enum deck_details_mode *deck_view_details(struct deck_view *deck)
{
    bool half = deck->app->split != NULL && deck->app->top == deck->app->split;
    if (half && !deck->is_half)
        deck->half_details = deck->details == DECK_DETAILS_HIDDEN ? DECK_DETAILS_HIDDEN : DECK_DETAILS_AUTO;
    deck->is_half = half;
    return half ? &deck->half_details : &deck->details;
}

bool deck_view_draw(struct view *view, int y, int x, int rows, int cols, bool all)
{
    struct deck_view *deck = deck_view_of(view);
    (void)all; // it draws whole each time; curses sends what differs
    if (deck->password != NULL && time_monotonic_ms() >= deck->password_until)
        deck_view_hide(view);
    deck_view_sync(deck);
    bool filter = deck->filtering || deck->filter.length > 0;
    struct text_pieces bar;
    int alerts = build_alerts(deck, rows, cols, &bar);
    // Details that nobody asked for leave their room to the columns that somebody did ask for.
    enum deck_details_mode details = *deck_view_details(deck);
    if (deck->wide && details == DECK_DETAILS_AUTO)
        details = DECK_DETAILS_HIDDEN;
    deck_view_place(rows, cols, details, alerts, filter, deck->rows.count, &deck->places);
    move_places(&deck->places, y, x);
    text_fill(stdscr, y, x, rows, cols, ROLE_TEXT);
    const struct deck_rect *head = &deck->places.header;
    deck_view_draw_header(view, head->y, head->x, head->rows, head->cols);
    const struct deck_rect *at = &deck->places.alerts;
    text_pieces_draw(stdscr, at->y, at->x, at->rows, at->cols, &bar);
    draw_table(deck);
    draw_line(&deck->places);
    draw_detail(deck);
    deck_view_watch(deck);
    if (!filter)
        return false;
    const struct deck_rect *line = &deck->places.filter;
    int cursor = deck_view_draw_filter(view, line->y, line->x, line->cols);
    if (!deck->filtering)
        return false;
    (void)wmove(stdscr, deck->places.filter.y, cursor);
    return true;
}

// --- what changes by itself -------------------------------------------------------------

// What ends first is what changes soonest: it is the one that may be counted by the second.
static int64_t until_countdown(const struct deck_view *deck, int64_t now_ms)
{
    int64_t soonest = 0, server_now = app_now_shown(deck->app);
    // Of what is in sight; the header tells of the rest.
    for (size_t i = deck->table.top; i < deck->table.top + deck->table.page && i < deck->rows.count; i++) {
        const struct fleet_row *row = deck_rows_at(&deck->rows, i);
        if (row == NULL)
            continue;
        const struct credential *best = fleet_row_best(row, server_now);
        const int64_t ends[] = {best != NULL ? best->expires_at : 0, deadline_timeout(row)};
        for (size_t k = 0; k < sizeof ends / sizeof *ends; k++)
            if (ends[k] > server_now && (soonest == 0 || ends[k] < soonest))
                soonest = ends[k];
    }
    // Without any the ages go on.
    return soonest == 0 ? now_ms + MINUTE_MS : app_next_change(deck->app, soonest - server_now, now_ms);
}

// When a refresh should have come since the last one, at the latest, in the clock of the frames; 0: none is
// due.
static int64_t late_since(const struct deck_view *deck, const struct service_health *health)
{
    int64_t interval = (int64_t)deck->app->config.refresh_s * SECOND_MS;
    if (interval <= 0 || health->refreshed_at <= 0)
        return 0;
    return health->refreshed_at + 2 * interval;
}

int64_t deck_view_next_tick(const struct view *view, int64_t now_ms)
{
    const struct deck_view *deck = (const struct deck_view *)view;
    struct service_health health;
    if (deck->app->service == NULL)
        return 0;
    int64_t next = until_countdown(deck, now_ms);
    service_health(deck->app->service, &health);
    // "stale 12s" and a revealed password count seconds too, and so does what is late: it may be held back.
    int64_t late_at = late_since(deck, &health);
    if (late_at > now_ms && late_at < next)
        next = late_at;
    if (deck->password != NULL || health.last.status != STATUS_OK || (late_at > 0 && late_at <= now_ms)) {
        int64_t second = app_next_change(deck->app, 0, now_ms);
        next = second < next ? second : next;
    }
    if (deck->password != NULL && deck->password_until < next)
        next = deck->password_until;
    return next > now_ms ? next : now_ms + 1;
}
