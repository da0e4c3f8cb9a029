// SPDX-License-Identifier: Apache-2.0
//
// deck_view_input: The deck's input: the mouse, and the commands that move about.

#include "api/base/time_util.h"
#include "tui/base/text.h"
#include "views/deck/deck_commands.h"
#include "views/deck/deck_view_private.h"

#include <string.h>
#include <strings.h>

enum { WHEEL_LINES = 3 };

// With the details on the whole screen there is no table to page in.
void deck_view_go(struct view *view, enum table_step step, long by)
{
    struct deck_view *deck = deck_view_of(view);
    deck_view_sync(deck);
    if (step != TABLE_PAGES || deck->places.table.rows > 0) {
        deck_view_moved(deck, table_go(&deck->table, step, by));
        return;
    }
    deck->detail_top += (int)by * (deck->places.detail.rows > 1 ? deck->places.detail.rows - 1 : 1);
    app_dirty(deck->app);
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
    if (click == TABLE_CLICK_TWICE && deck_rows_header(&deck->rows, deck->table.selected) != NULL)
        (void)deck_view_toggle_group(deck);
    else if (click == TABLE_CLICK_TWICE)
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
        deck_view_moved(deck, table_move(&deck->table, wheel));
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
        return deck_filter_input(deck, event);
    // Enter on the header of a group.
    if (event->kind == INPUT_KEY && app_command_of(deck->app, SCOPE_DECK, event) == COMMAND_connect &&
        deck_view_toggle_group(deck))
        return true;
    return event->kind != INPUT_KEY; // a paste into the deck is nothing
}

// --- commands -------------------------------------------------------------------------

static struct deck_view *deck_of(struct app *app)
{
    deck_view_sync(deck_view_of(app->deck));
    return deck_view_of(app->deck);
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
        deck_filter_end(deck, false);
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
