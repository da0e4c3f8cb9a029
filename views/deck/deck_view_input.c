// SPDX-License-Identifier: Apache-2.0
//
// deck_view_input: The deck's input: typing the filter, the mouse, and the commands that move about.

#include "api/base/time_util.h"
#include "tui/base/text.h"
#include "views/deck/deck_commands.h"
#include "views/deck/deck_view_private.h"

#include <string.h>
#include <strings.h>

enum { WHEEL_LINES = 3, NAME_LETTERS = 3 };

// --- filter ---------------------------------------------------------------------------

static size_t row_of_that_name(const struct deck_view *deck);

static void filter_changed(struct deck_view *deck)
{
    deck->chosen = false;
    deck->stale = true;
    deck_view_sync(deck);
    size_t named = deck->filtering && deck->filter.length > 0 ? row_of_that_name(deck) : deck->rows.count;
    if (named < deck->rows.count) { // seen before Enter connects to it
        deck->table.selected = named;
        deck_view_take_selection(deck);
    }
    app_dirty(deck->app);
}

static void filter_end(struct deck_view *deck, bool keep)
{
    deck->filtering = false;
    if (!keep)
        line_edit_set(&deck->filter, "");
    filter_changed(deck);
}

static void moved(struct deck_view *deck, unsigned changed)
{
    if (changed == 0)
        return;
    deck_view_take_selection(deck);
    app_dirty(deck->app);
}

// With the details on the whole screen there is no table to page in.
void deck_view_go(struct view *view, enum table_step step, long by)
{
    struct deck_view *deck = deck_view_of(view);
    deck_view_sync(deck);
    if (step != TABLE_PAGES || deck->places.table.rows > 0) {
        moved(deck, table_go(&deck->table, step, by));
        return;
    }
    deck->detail_top += (int)by * (deck->places.detail.rows > 1 ? deck->places.detail.rows - 1 : 1);
    app_dirty(deck->app);
}

void deck_view_choose(struct view *deck)
{
    deck_view_of(deck)->chosen = true;
}

static bool begins_or_ends(const char *id, const char *typed, size_t length)
{
    const char *last = strrchr(id, '-'); // what tells "sbx-…" apart comes behind it
    size_t whole = strlen(id);
    return strncasecmp(id, typed, length) == 0 ||
           (last != NULL && strncasecmp(last + 1, typed, length) == 0) ||
           (whole >= length && strcasecmp(id + whole - length, typed) == 0);
}

// The row that is meant where several are shown; rows.count: none. It is the one whose id is what was typed,
// else the only one whose id begins or ends so: three characters are often in the middle of another, too.
// Letters that are in a template or a state are looked for there.
static size_t row_of_that_name(const struct deck_view *deck)
{
    const struct fleet *fleet = app_fleet(deck->app);
    const char *typed = deck->filter.text;
    size_t length = deck->filter.length, found = deck->rows.count, several = 0;
    bool elsewhere = length < NAME_LETTERS;
    for (size_t i = 0; i < deck->rows.count; i++) {
        const struct fleet_sandbox *sandbox = &fleet_row(fleet, deck->rows.order[i])->sandbox;
        if (strcasecmp(sandbox->id, typed) == 0)
            return i;
        elsewhere = elsewhere || strcasestr(sandbox->template_id, typed) != NULL ||
                    strcasestr(sandbox->state_name, typed) != NULL;
        if (elsewhere || !begins_or_ends(sandbox->id, typed, length))
            continue;
        found = i;
        several++;
    }
    return !elsewhere && several == 1 ? found : deck->rows.count;
}

// Enter would connect now, since one sandbox matches, or one was chosen; else it keeps the filter. With marks
// the filter is a way to more of them.
static bool filter_connects(const struct deck_view *deck)
{
    if (deck->filter.length == 0 || deck->rows.count == 0 || deck_view_marked(&deck->view) > 0)
        return false;
    return deck->chosen || deck->rows.count == 1 || row_of_that_name(deck) < deck->rows.count;
}

enum hint_layer deck_view_hint_layer(const struct view *view)
{
    const struct deck_view *deck = (const struct deck_view *)view;
    return !deck->filtering ? HINT_LAYER_COUNT : filter_connects(deck) ? HINT_FILTER_CONNECT : HINT_FILTER;
}

// Where it is clear which sandbox is meant, Enter does to it what Enter does in the deck.
static void filter_enter(struct deck_view *deck)
{
    deck_view_sync(deck);
    bool connects = filter_connects(deck);
    size_t named = row_of_that_name(deck);
    if (connects && !deck->chosen && named < deck->rows.count) {
        deck->table.selected = named;
        deck_view_take_selection(deck);
    }
    filter_end(deck, true);
    if (connects)
        app_run_command(deck->app, COMMAND_connect);
}

static void choose_by(struct deck_view *deck, long by)
{
    deck->chosen = deck->rows.count > 0;
    moved(deck, table_move(&deck->table, by));
    app_dirty(deck->app);
}

static bool filter_input(struct deck_view *deck, const struct input_event *event)
{
    enum filter_line_result result = filter_line_input(&deck->filter, event);
    switch (result) {
    case FILTER_LINE_CHANGED:
        filter_changed(deck);
        break;
    case FILTER_LINE_ENTER:
        filter_enter(deck);
        break;
    case FILTER_LINE_TAB:
    case FILTER_LINE_CLEAR:
        filter_end(deck, result == FILTER_LINE_TAB);
        break;
    case FILTER_LINE_UP:
    case FILTER_LINE_DOWN:
        choose_by(deck, result == FILTER_LINE_UP ? -1 : 1);
        break;
    case FILTER_LINE_TAKEN:
        app_dirty(deck->app);
        break;
    case FILTER_LINE_IGNORED:
        return false;
    }
    return true;
}

// --- mouse ----------------------------------------------------------------------------

static bool inside(const struct deck_rect *rect, int y, int x)
{
    return y >= rect->y && y < rect->y + rect->rows && x >= rect->x && x < rect->x + rect->cols;
}

static void click(struct deck_view *deck, int y, int x)
{
    const struct deck_rect *at = &deck->places.table;
    size_t column = 0;
    if (deck->rows.count > 0 && table_title_at(&deck->table, at->y, at->x, y, x, &column)) {
        enum deck_column by = deck_column_order(deck->layout.kinds[column]);
        if (by != DECK_COLUMN_NONE)
            deck_view_sort_by(deck, by);
        return;
    }
    enum table_click click = table_click(&deck->table, at->y, y, time_monotonic_ms());
    if (click == TABLE_CLICK_NONE)
        return;
    deck_view_take_selection(deck);
    app_dirty(deck->app);
    if (click == TABLE_CLICK_TWICE)
        app_run_command(deck->app, COMMAND_connect);
}

static bool mouse(struct deck_view *deck, const struct input_event *event)
{
    if (event->mouse.action != INPUT_MOUSE_PRESS)
        return true;
    int y = event->mouse.y, x = event->mouse.x;
    int wheel = event->mouse.button == INPUT_WHEEL_UP ? -1 : event->mouse.button == INPUT_WHEEL_DOWN ? 1 : 0;
    if (wheel != 0 && inside(&deck->places.detail, y, x)) {
        deck->detail_top += wheel * WHEEL_LINES;
        app_dirty(deck->app);
    } else if (wheel != 0) {
        moved(deck, table_move(&deck->table, wheel));
    } else if (event->mouse.button == INPUT_BUTTON_LEFT && inside(&deck->places.table, y, x)) {
        click(deck, y, x);
    }
    return true;
}

bool deck_view_input(struct view *view, const struct input_event *event)
{
    struct deck_view *deck = deck_view_of(view);
    if (event->kind == INPUT_MOUSE)
        return deck->app->config.mouse ? mouse(deck, event) : true;
    if (deck->filtering)
        return filter_input(deck, event);
    return event->kind != INPUT_KEY; // a paste into the deck is nothing
}

// --- commands -------------------------------------------------------------------------

static struct deck_view *deck_of(struct app *app)
{
    deck_view_sync(deck_view_of(app->deck));
    return deck_view_of(app->deck);
}

enum change deck_filter(struct app *app, int argument)
{
    struct deck_view *deck = deck_of(app);
    (void)argument;
    deck->filtering = true;
    deck->chosen = false;
    if (!app_shows(app, app->deck) && app->top != app->timeline) // which shows it too
        app_show(app, app->deck);
    return CHANGED_VIEW;
}

// Is anything of the details on the screen now?
static bool details_shown(const struct deck_view *deck)
{
    return deck->places.detail.rows > 0;
}

void deck_view_show_details(struct view *view)
{
    struct deck_view *deck = deck_view_of(view);
    if (!details_shown(deck))
        *deck_view_details(deck) = DECK_DETAILS_SHOWN;
    deck->detail_seek = true;
    app_dirty(deck->app);
}

enum change deck_scroll_details(struct app *app, int by)
{
    struct deck_view *deck = deck_of(app);
    if (!details_shown(deck))
        return CHANGED_NOTHING;
    deck->detail_top += by;
    return CHANGED_VIEW;
}

enum change deck_clear(struct app *app, int argument)
{
    struct deck_view *deck = deck_of(app);
    if (deck_view_unmark(app->deck))
        return CHANGED_VIEW;
    if (deck->filter.length > 0)
        filter_end(deck, false);
    else if (!toasts_dismiss(app->toasts))
        return details_shown(deck) ? deck_details(app, argument) : CHANGED_NOTHING;
    return CHANGED_VIEW;
}

enum change deck_details(struct app *app, int argument)
{
    struct deck_view *deck = deck_of(app);
    enum deck_details_mode *details = deck_view_details(deck);
    (void)argument;
    *details = details_shown(deck) ? DECK_DETAILS_HIDDEN : DECK_DETAILS_SHOWN;
    deck->detail_top = 0;
    if (*details == DECK_DETAILS_HIDDEN)
        deck_view_hide(app->deck); // shown again, it starts masked
    return CHANGED_VIEW;
}

enum change deck_step_credential(struct app *app, int by)
{
    struct deck_view *deck = deck_of(app);
    const struct fleet_row *row = deck_view_row(app->deck);
    if (row == NULL || row->credential_count < 2)
        return CHANGED_NOTHING;
    size_t index = deck_view_credential_index(deck, row);
    index = (index + (by > 0 ? 1 : row->credential_count - 1)) % row->credential_count;
    deck_view_select_credential(app->deck, row->credentials[index].vault_row);
    return CHANGED_VIEW;
}
