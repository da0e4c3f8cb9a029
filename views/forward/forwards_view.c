// SPDX-License-Identifier: Apache-2.0
//
// forwards_view: The list of what is forwarded, with the state of each, and what is done to one of them. A
// forward that was stopped stays in it, to be begun again.

#include "api/base/time_util.h"
#include "tui/base/text.h"
#include "tui/base/xalloc.h"
#include "views/app/app.h"
#include "views/app/clipboard_copy.h"
#include "views/deck/deck_view.h"
#include "views/forward/forward_commands.h"
#include "views/forward/forwards.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MARGIN = 1, COLUMNS_FOR_MARGIN = 60, NARROW = 48, WHEEL = 3, BYTES_CAP = 16, SECOND_MS = 1000 };

struct forwards_view {
    struct view view;
    struct app *app;
    struct table table;
};

static struct forwards_view *of(struct view *view)
{
    return (struct forwards_view *)view;
}

// --- cells ----------------------------------------------------------------------------------

enum column {
    COLUMN_URL,
    COLUMN_SANDBOX,
    COLUMN_REMOTE,
    COLUMN_STATE,
    COLUMN_SINCE,
    COLUMN_COUNT,
    COLUMN_IN,
    COLUMN_OUT
};

static const struct table_column wide[] = {
    [COLUMN_URL] = {.title = "LOCAL", .min = 15, .ideal = 18},
    [COLUMN_SANDBOX] = {.title = "SANDBOX", .min = 14, .ideal = 18},
    [COLUMN_REMOTE] = {.title = "REMOTE", .min = 6, .ideal = 8, .weight = 1, .drop = 1},
    [COLUMN_STATE] = {.title = "STATE", .min = 12, .ideal = 28, .weight = 4},
    [COLUMN_SINCE] = {.title = "SINCE", .min = 6, .ideal = 6, .align = TABLE_RIGHT, .drop = 2},
    [COLUMN_COUNT] = {.title = "CONN", .min = 4, .ideal = 4, .align = TABLE_RIGHT, .drop = 3},
    [COLUMN_IN] = {.title = "IN", .min = 7, .ideal = 8, .align = TABLE_RIGHT, .drop = 4},
    [COLUMN_OUT] = {.title = "OUT", .min = 7, .ideal = 8, .align = TABLE_RIGHT, .drop = 4},
};

static const enum column of_narrow[] = {COLUMN_URL, COLUMN_STATE};
static const struct table_column narrow[] = {
    {.title = "PORT", .min = 6, .ideal = 6},
    {.title = "STATE", .min = 6, .ideal = 11, .weight = 2},
};

static char *bytes_text(uint64_t bytes, char out[BYTES_CAP])
{
    static const char *const units[] = {"B", "KB", "MB", "GB", "TB", "PB", "EB"};
    double size = (double)bytes;
    size_t unit = 0;
    for (; size >= 1000 && unit + 1 < sizeof units / sizeof *units; unit++)
        size /= 1000;
    (void)snprintf(out, BYTES_CAP, unit == 0 || size >= 100 ? "%.0f %s" : "%.1f %s", size, units[unit]);
    return out;
}

static const struct {
    enum glyph glyph;
    enum theme_role role;
} looks[FORWARD_STATE_COUNT] = {
    [FORWARD_IDLE] = {GLYPH_DOT, ROLE_DIM},         [FORWARD_CONNECTING] = {GLYPH_MOVING, ROLE_ACCENT},
    [FORWARD_CONNECTED] = {GLYPH_VALID, ROLE_OK},   [FORWARD_CUT] = {GLYPH_WARNING, ROLE_WARN},
    [FORWARD_WAITING] = {GLYPH_WARNING, ROLE_WARN},
};

static void state_cell(const struct forward_entry_facts *facts, struct table_cell *cell)
{
    const struct forward_facts *link = &facts->link.link;
    char left[TIME_SPAN_CAP];
    if (facts->stopped) {
        cell->glyph = GLYPH_STOPPED;
        cell->role = ROLE_DIM;
        (void)snprintf(cell->text, sizeof cell->text, "stopped");
        return;
    }
    cell->glyph = looks[link->state].glyph;
    cell->role = looks[link->state].role;
    (void)snprintf(cell->text, sizeof cell->text, "%s", forward_state_text(link->state));
    if (link->state == FORWARD_WAITING)
        (void)text_append(cell->text, sizeof cell->text, ": %.200s", failure_text(&link->why));
    if (link->state == FORWARD_CUT)
        (void)text_append(cell->text, sizeof cell->text, ", again in %s: %.160s",
                          time_format_remaining(link->retry_at - time_monotonic_ms() + SECOND_MS - 1, left),
                          failure_text(&link->why));
}

static void since_cell(const struct forward_entry_facts *facts, struct table_cell *cell)
{
    char span[TIME_SPAN_CAP];
    if (facts->stopped)
        return;
    (void)snprintf(cell->text, sizeof cell->text, "%s",
                   time_format_remaining(time_monotonic_ms() - facts->link.link.since, span));
}

static void fill_column(const struct forward_entry_facts *facts, enum column column, struct table_cell *cell)
{
    char text[FORWARD_REMOTE_CAP], bytes[BYTES_CAP];
    cell->role = facts->stopped ? ROLE_DIM : ROLE_TEXT;
    switch (column) {
    case COLUMN_URL:
        (void)snprintf(cell->text, sizeof cell->text, "%s", forward_spec_local(&facts->port.spec, text));
        break;
    case COLUMN_SANDBOX:
        (void)snprintf(cell->text, sizeof cell->text, "%s", facts->sandbox_id);
        cell->name = true;
        break;
    case COLUMN_REMOTE:
        (void)snprintf(cell->text, sizeof cell->text, "%.*s", TABLE_CELL_MAX - 1,
                       forward_spec_remote(&facts->port.spec, text));
        break;
    case COLUMN_STATE:
        state_cell(facts, cell);
        break;
    case COLUMN_SINCE:
        since_cell(facts, cell);
        break;
    case COLUMN_COUNT:
        (void)snprintf(cell->text, sizeof cell->text, "%zu", facts->stopped ? 0 : facts->port.connections);
        break;
    case COLUMN_IN:
        (void)snprintf(cell->text, sizeof cell->text, "%s", bytes_text(facts->port.bytes_in, bytes));
        break;
    case COLUMN_OUT:
        (void)snprintf(cell->text, sizeof cell->text, "%s", bytes_text(facts->port.bytes_out, bytes));
        break;
    }
}

static void fill(void *context, size_t row, size_t column, struct table_cell *cell)
{
    const struct forwards_view *list = context;
    const struct forward_entry *entry = forwards_at(list->app, row);
    struct forward_entry_facts facts;
    if (entry == NULL)
        return;
    forward_entry_facts(entry, &facts);
    bool is_narrow = list->table.columns == narrow;
    fill_column(&facts, is_narrow ? of_narrow[column] : (enum column)column, cell);
    if ((is_narrow ? of_narrow[column] : (enum column)column) == COLUMN_SANDBOX)
        (void)snprintf(cell->text, sizeof cell->text, "%s",
                       fleet_name_of(service_fleet(list->app->service), facts.sandbox_id));
    if (is_narrow && of_narrow[column] == COLUMN_URL)
        (void)snprintf(cell->text, sizeof cell->text, ":%d", facts.port.spec.local_port);
}

// --- drawing --------------------------------------------------------------------------------

static bool draw(struct view *view, int y, int x, int rows, int cols, bool all)
{
    struct forwards_view *list = of(view);
    int margin = cols >= COLUMNS_FOR_MARGIN ? MARGIN : 0;
    char title[64], empty[96];
    size_t open = forwards_open_count(list->app, NULL);
    (void)all;
    text_fill(stdscr, y, x, rows, cols, ROLE_TEXT);
    (void)snprintf(title, sizeof title, "Forwarded ports: %zu open", open);
    (void)snprintf(empty, sizeof empty, "Nothing is forwarded (%s on a sandbox forwards a port)",
                   command_key(COMMAND_forward_new));
    if (rows > 3) {
        (void)text_put(stdscr, y, x + margin, cols - 2 * margin, ROLE_TITLE, title);
        y++;
        rows--;
    }
    list->table.columns = cols < NARROW ? narrow : wide;
    list->table.column_count = cols < NARROW ? sizeof narrow / sizeof *narrow : sizeof wide / sizeof *wide;
    list->table.fill = fill;
    list->table.context = list;
    list->table.rows = forwards_count(list->app);
    list->table.margin = margin;
    list->table.empty = empty;
    (void)table_draw(&list->table, stdscr, y, x, rows, cols);
    list->table.empty = NULL;
    return false;
}

static void go(struct view *view, enum table_step step, long by)
{
    if (table_go(&of(view)->table, step, by) != 0)
        app_dirty(of(view)->app);
}

static bool input(struct view *view, const struct input_event *event)
{
    struct forwards_view *list = of(view);
    if (event->kind != INPUT_MOUSE)
        return event->kind != INPUT_KEY;
    if (event->mouse.button == INPUT_WHEEL_UP || event->mouse.button == INPUT_WHEEL_DOWN)
        go(view, TABLE_ROWS, event->mouse.button == INPUT_WHEEL_UP ? -WHEEL : WHEEL);
    (void)list;
    return true;
}

static enum scope scope_of(const struct view *view)
{
    (void)view;
    return SCOPE_FORWARDS;
}

static int64_t next_tick(const struct view *view, int64_t now_ms)
{
    const struct forwards_view *list = (const struct forwards_view *)view;
    return forwards_open_count(list->app, NULL) > 0 ? app_next_change(list->app, 0, now_ms) : 0;
}

static void free_view(struct view *view)
{
    free(view);
}

static const struct view_methods forwards_methods = {
    .name = "forwards",
    .scope = scope_of,
    .draw = draw,
    .input = input,
    .go = go,
    .next_tick = next_tick,
    .hint_bar = true,
    .free = free_view,
};

struct view *forwards_view_new(struct app *app)
{
    struct forwards_view *list = xcalloc(1, sizeof *list);
    list->view.methods = &forwards_methods;
    list->app = app;
    return &list->view;
}

// --- commands -------------------------------------------------------------------------------

static struct forward_entry *selected(struct app *app)
{
    const struct forwards_view *list = of(app->forward_list);
    struct forward_entry *entry = forwards_at(app, list->table.selected);
    if (entry == NULL)
        app_toast(app, TOAST_INFO, "Nothing is forwarded (%s on a sandbox forwards a port)",
                  command_key(COMMAND_forward_new));
    return entry;
}

enum change forwards_toggle(struct app *app, int argument)
{
    (void)argument;
    if (app->top == app->forward_list)
        app_show_below(app); // the same key leads out again
    else
        app_show_over(app, app->forward_list);
    return CHANGED_VIEW;
}

enum change forwards_close(struct app *app, int step_by_step)
{
    if (step_by_step == 0 || !toasts_dismiss(app->toasts))
        app_show_below(app);
    return CHANGED_VIEW;
}

enum change forward_connect(struct app *app, int argument)
{
    struct forward_entry *entry = selected(app);
    struct forward_entry_facts facts;
    struct failure why;
    (void)argument;
    if (entry == NULL)
        return CHANGED_NOTHING;
    forward_entry_facts(entry, &facts);
    if (!facts.stopped)
        forwards_connect(app, entry);
    else if (forwards_start(app, entry, &why) != STATUS_OK)
        app_toast_failure(app, "forward", &why);
    return CHANGED_VIEW;
}

enum change forward_stop(struct app *app, int argument)
{
    struct forward_entry *entry = selected(app);
    struct forward_entry_facts facts;
    (void)argument;
    if (entry == NULL)
        return CHANGED_NOTHING;
    forward_entry_facts(entry, &facts);
    if (facts.stopped)
        forwards_drop(app, entry);
    else
        forwards_stop(app, entry);
    return CHANGED_VIEW;
}

enum change forward_copy(struct app *app, int argument)
{
    const struct forward_entry *entry = selected(app);
    struct forward_entry_facts facts;
    char url[FORWARD_URL_CAP], what[FORWARD_URL_CAP + 16];
    (void)argument;
    if (entry == NULL)
        return CHANGED_NOTHING;
    forward_entry_facts(entry, &facts);
    (void)forward_spec_url(&facts.port.spec, url);
    (void)snprintf(what, sizeof what, "%s", url);
    clipboard_copy(app, url, strlen(url), what, NULL);
    return CHANGED_NOTHING;
}

enum change forward_show_sandbox(struct app *app, int argument)
{
    const struct forward_entry *entry = selected(app);
    struct forward_entry_facts facts;
    (void)argument;
    if (entry == NULL)
        return CHANGED_NOTHING;
    forward_entry_facts(entry, &facts);
    deck_view_find(app->deck, facts.sandbox_id);
    app_show(app, app->deck);
    return CHANGED_NOTHING;
}
