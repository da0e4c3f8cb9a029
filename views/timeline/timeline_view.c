// SPDX-License-Identifier: Apache-2.0
//
// timeline_view: Zoom and scroll the timeline. Its cursor is the deck's selection, so that every command of
// the deck acts on what is seen here, and going back keeps it.

#include "views/timeline/timeline_view.h"

#include "tui/base/text.h"
#include "tui/base/xalloc.h"
#include "views/app/app.h"
#include "views/deck/deck_view.h"
#include "views/timeline/timeline_draw.h"
#include "views/timeline/timeline_scale.h"
#include "views/timeline/wall_view.h"

#include <stdio.h>
#include <stdlib.h>

enum { SECOND_MS = 1000, MINUTE_MS = 60 * SECOND_MS, WHEEL_LINES = 3 };

struct timeline_view {
    struct view view;
    struct app *app;
    struct timeline_rows rows;
    struct timeline_zoom zoom;
    size_t top, selected;
    int body_y, body_rows; // at the last draw
};

static struct timeline_view *timeline_of(struct app *app)
{
    return (struct timeline_view *)app->timeline;
}

// --- rows and cursor ---------------------------------------------------------------------

static void push_selection(struct timeline_view *timeline)
{
    const struct timeline_entry *entry = &timeline->rows.entries[timeline->selected];
    const struct fleet_row *row = fleet_slot(app_fleet(timeline->app), entry->slot);
    if (row == NULL)
        return;
    deck_view_select(timeline->app->deck, row->sandbox.id);
    deck_view_select_credential(timeline->app->deck, entry->vault_row);
}

// The cursor goes where the deck's selection is; where that is nothing with a row, the selection comes here.
static void follow_selection(struct timeline_view *timeline)
{
    const struct timeline_rows *rows = &timeline->rows;
    const struct credential *credential = deck_view_credential(timeline->app->deck);
    if (rows->count == 0) {
        timeline->selected = 0;
        return;
    }
    if (timeline->selected >= rows->count)
        timeline->selected = rows->count - 1;
    if (credential != NULL && rows->entries[timeline->selected].vault_row == credential->vault_row)
        return;
    size_t at = credential != NULL ? timeline_rows_find(rows, credential->vault_row) : rows->count;
    if (at < rows->count)
        timeline->selected = at;
    else
        push_selection(timeline);
}

static void sync_rows(struct timeline_view *timeline)
{
    const struct fleet *fleet = app_fleet(timeline->app);
    struct timeline_rows *rows = &timeline->rows;
    if (fleet == NULL)
        return;
    if (timeline_rows_sync(rows, fleet, deck_view_filter_expanded(timeline->app->deck),
                           app_now(timeline->app)) &&
        !timeline->zoom.by_hand)
        timeline->zoom.index = timeline_zoom_for(rows->lefts, rows->live);
    follow_selection(timeline);
}

static void move_to(struct timeline_view *timeline, size_t at)
{
    if (timeline->rows.count == 0)
        return;
    timeline->selected = at < timeline->rows.count ? at : timeline->rows.count - 1;
    push_selection(timeline);
    app_dirty(timeline->app);
}

static void go(struct view *view, enum table_step step, long by)
{
    struct timeline_view *timeline = (struct timeline_view *)view;
    sync_rows(timeline);
    if (step == TABLE_PAGES)
        by *= timeline->body_rows > 1 ? timeline->body_rows - 1 : 1;
    if (by < 0 && (step == TABLE_ENDS || timeline->selected < (size_t)-by))
        move_to(timeline, 0);
    else
        move_to(timeline, step == TABLE_ENDS ? SIZE_MAX : timeline->selected + (size_t)by);
}

// --- the view ------------------------------------------------------------------------------

static enum scope scope_of(const struct view *view)
{
    (void)view;
    return SCOPE_TIMELINE;
}

static struct timeline_facts facts_of(const struct timeline_view *timeline)
{
    return (struct timeline_facts){.rows = &timeline->rows,
                                   .fleet = app_fleet(timeline->app),
                                   .server_now_ms = app_now_shown(timeline->app),
                                   .span_ms = timeline_zoom_ms(timeline->zoom.index),
                                   .top = timeline->top,
                                   .selected = timeline->selected};
}

static void draw_empty(const struct timeline_view *timeline, int y, int x, int rows, int cols)
{
    const struct app *app = timeline->app;
    const struct fleet_row *row = deck_view_row(app->deck);
    char text[FAILURE_LINE_CAP];
    const char *title = "No credentials yet";
    if (app_fleet(timeline->app) == NULL) {
        title = "No API key";
        (void)failure_line(&app->key_failure, text);
    } else if (!fleet_is_loaded(app_fleet(timeline->app))) {
        title = "Loading the sandboxes";
        text[0] = '\0';
    } else if (timeline->rows.filter[0] != '\0') {
        title = "No credential matches the filter";
        (void)snprintf(text, sizeof text, "%s changes it", command_key(COMMAND_filter));
    } else if (row != NULL) {
        (void)snprintf(text, sizeof text, "%s creates one for %s", command_key(COMMAND_create),
                       row->sandbox.id);
    } else {
        (void)snprintf(text, sizeof text, "%s goes back to the deck, %s creates a sandbox there",
                       command_key(COMMAND_timeline_close), command_key(COMMAND_sandbox_new));
    }
    text_fill(stdscr, y, x, rows, cols, ROLE_TEXT);
    int at = y + (rows - 2) / 3;
    (void)text_put_center(stdscr, at, x, cols, ROLE_TITLE, title);
    for (const char *rest = text; rest != NULL && *rest != '\0' && ++at < y + rows;) {
        const char *next = NULL;
        char line[256];
        size_t length = text_wrap(rest, cols > 4 ? cols - 2 : 2, &next);
        (void)snprintf(line, sizeof line, "%.*s", (int)length, rest);
        (void)text_put_center(stdscr, at, x, cols, ROLE_TEXT, line);
        rest = next;
    }
}

// In the margin, as in the deck. Marks are of sandboxes: all rows of one show it.
static void draw_marks(const struct timeline_view *timeline, int x, int margin)
{
    const struct view *deck = timeline->app->deck;
    if (margin == 0 || deck_view_marked(deck) == 0)
        return;
    for (int line = 0; line < timeline->body_rows; line++) {
        size_t at = timeline->top + (size_t)line;
        if (at >= timeline->rows.count)
            break;
        const struct fleet_row *row = fleet_slot(app_fleet(timeline->app), timeline->rows.entries[at].slot);
        if (row == NULL || !deck_view_is_marked(deck, row->sandbox.id))
            continue;
        (void)text_put_style(stdscr, timeline->body_y + line, x, 1,
                             at == timeline->selected ? theme_on_selected(ROLE_ACCENT)
                                                      : theme_style(ROLE_ACCENT),
                             glyph(GLYPH_CHECK));
    }
}

static bool draw(struct view *view, int y, int x, int rows, int cols, bool all)
{
    struct timeline_view *timeline = (struct timeline_view *)view;
    struct view *deck = timeline->app->deck;
    struct timeline_places places;
    (void)all; // it draws whole each time; curses sends what differs
    sync_rows(timeline);
    bool filter = deck_view_is_filtering(deck) || deck_view_filter(deck)[0] != '\0';
    int high = rows - (filter ? 1 : 0);
    timeline_place(high, cols, timeline->rows.longest, &places);
    timeline->body_y = y + places.body;
    timeline->body_rows = places.body_rows;
    timeline->top =
        timeline_scroll(timeline->top, timeline->selected, timeline->rows.count, places.body_rows);
    if (timeline->rows.count == 0) {
        draw_empty(timeline, y, x, high, cols);
    } else {
        const struct timeline_facts facts = facts_of(timeline);
        timeline_draw(stdscr, y, x, high, cols, &facts);
        draw_marks(timeline, x, places.margin);
    }
    if (!filter)
        return false;
    int cursor = deck_view_draw_filter(deck, y + rows - 1, x, cols);
    if (!deck_view_is_filtering(deck))
        return false;
    (void)wmove(stdscr, y + rows - 1, cursor);
    return true;
}

static void mouse(struct timeline_view *timeline, const struct input_event *event)
{
    if (event->mouse.action != INPUT_MOUSE_PRESS || !timeline->app->config.mouse)
        return;
    if (event->mouse.button == INPUT_WHEEL_UP)
        go(&timeline->view, TABLE_ROWS, -WHEEL_LINES);
    else if (event->mouse.button == INPUT_WHEEL_DOWN)
        go(&timeline->view, TABLE_ROWS, WHEEL_LINES);
    int line = event->mouse.y - timeline->body_y;
    if (event->mouse.button == INPUT_BUTTON_LEFT && line >= 0 && line < timeline->body_rows &&
        timeline->top + (size_t)line < timeline->rows.count)
        move_to(timeline, timeline->top + (size_t)line);
}

static bool input(struct view *view, const struct input_event *event)
{
    struct timeline_view *timeline = (struct timeline_view *)view;
    struct view *deck = timeline->app->deck;
    if (event->kind == INPUT_MOUSE) {
        mouse(timeline, event);
        return true;
    }
    if (!deck_view_is_filtering(deck))
        return event->kind != INPUT_KEY; // a paste is nothing here
    // The filter is the deck's; what its arrows move is what is seen here.
    if (event->kind == INPUT_KEY && event->modifiers == 0 &&
        (event->key == INPUT_KEY_UP || event->key == INPUT_KEY_DOWN)) {
        go(view, TABLE_ROWS, event->key == INPUT_KEY_UP ? -1 : 1);
        deck_view_choose(deck);
        return true;
    }
    return deck->methods->input(deck, event);
}

static int64_t next_tick(const struct view *view, int64_t now_ms)
{
    const struct timeline_view *timeline = (const struct timeline_view *)view;
    if (app_fleet(timeline->app) == NULL)
        return 0;
    const struct timeline_facts facts = facts_of(timeline);
    int64_t soonest = timeline_soonest(&facts, timeline->body_rows);
    return soonest == 0 ? now_ms + MINUTE_MS
                        : app_next_change(timeline->app, soonest - facts.server_now_ms, now_ms);
}

// Filter and marks are the deck's.
static enum hint_layer hint_layer(const struct view *view)
{
    return deck_view_hint_layer(((const struct timeline_view *)view)->app->deck);
}

static void foot(const struct view *view, char *out, size_t cap)
{
    deck_view_foot(((const struct timeline_view *)view)->app->deck, out, cap);
}

static void free_view(struct view *view)
{
    struct timeline_view *timeline = (struct timeline_view *)view;
    timeline_rows_free(&timeline->rows);
    free(timeline);
}

// Esc gives up the marks first, as in the deck.
static bool back(struct view *view)
{
    return deck_view_unmark(((struct timeline_view *)view)->app->deck);
}

static const struct view_methods timeline_methods = {
    .name = "timeline",
    .scope = scope_of,
    .draw = draw,
    .input = input,
    .go = go,
    .back = back,
    .next_tick = next_tick,
    .hint_layer = hint_layer,
    .foot = foot,
    .hint_bar = true,
    .free = free_view,
};

struct view *timeline_view_new(struct app *app)
{
    struct timeline_view *timeline = xcalloc(1, sizeof *timeline);
    timeline->view.methods = &timeline_methods;
    timeline->app = app;
    return &timeline->view;
}

// --- commands -------------------------------------------------------------------------------

enum change timeline_open(struct app *app, int argument)
{
    struct timeline_view *timeline = timeline_of(app);
    size_t hidden = 0;
    (void)argument;
    (void)deck_view_marks(app->deck, &hidden); // a range ends where it is: the order is another one here
    timeline->rows.built = false;              // the zoom is chosen anew
    timeline->zoom.by_hand = false;
    app_show_over(app, &timeline->view);
    return CHANGED_VIEW;
}

enum change timeline_zoom(struct app *app, int by)
{
    struct timeline_zoom *zoom = app->top == app->wall ? wall_view_zoom(app->top) : &timeline_of(app)->zoom;
    if (zoom->index + by < 0 || zoom->index + by >= TIMELINE_ZOOMS)
        return CHANGED_NOTHING;
    zoom->index += by;
    zoom->by_hand = true;
    return CHANGED_VIEW;
}
