// SPDX-License-Identifier: Apache-2.0
//
// deck_view_sort: The commands that sort the deck. A key, a command or a click that chooses the current
// column reverses the order; the selection stays on its sandbox.

#include "tui/base/text.h"
#include "views/deck/deck_commands.h"
#include "views/deck/deck_view_private.h"

// Whether the header of the column is in sight, which shows the order itself.
static bool is_shown(const struct deck_view *deck, enum deck_column by)
{
    size_t column = deck_cells_sorted(&deck->layout, by);
    return deck->rows.count > 0 && deck->table.header > 0 && column > 0 && deck->table.widths[column - 1] > 0;
}

static void sort(struct deck_view *deck, enum deck_column by, bool down)
{
    deck->order = (struct deck_order){.by = by, .down = down};
    deck->stale = true;
    deck_view_sync_whole(deck);
    deck_view_keep(deck);
    app_dirty(deck->app);
    if (by == DECK_COLUMN_NONE)
        app_toast(deck->app, TOAST_INFO, "In %s", deck_column_sorted_text(by));
    else if (!is_shown(deck, by))
        app_toast(deck->app, TOAST_INFO, "Sorted by %s %s", deck_column_sorted_text(by),
                  glyph(down ? GLYPH_SORT_DOWN : GLYPH_SORT_UP));
}

void deck_view_sort_by(struct deck_view *deck, enum deck_column by)
{
    sort(deck, by, by != DECK_COLUMN_NONE && deck->order.by == by && !deck->order.down);
}

// Each column that one sorts by most, one way and the other, then the server's order again.
static void sort_next(struct deck_view *deck)
{
    static const enum deck_column next[] = {DECK_COLUMN_NONE, DECK_COLUMN_SANDBOX, DECK_COLUMN_STATE,
                                            DECK_COLUMN_LEFT};
    enum { COUNT = sizeof next / sizeof *next };
    enum deck_column by = deck->order.by;
    size_t at = 0;
    while (at < COUNT && next[at] != by)
        at++;
    if (by != DECK_COLUMN_NONE && !deck->order.down)
        sort(deck, by, true);
    else
        sort(deck, at < COUNT ? next[(at + 1) % COUNT] : DECK_COLUMN_NONE, false);
}

// By the column that stands there in the table now, past those that rows are not sorted by.
static void sort_beside(struct deck_view *deck, int by)
{
    const struct deck_layout *layout = &deck->layout;
    size_t now = deck_cells_sorted(layout, deck->order.by), count = layout->count;
    size_t at = now > 0 ? now - 1 : by > 0 ? count - 1 : 0;
    for (size_t i = 0; i < count; i++) {
        at = by > 0 ? (at + 1) % count : (at + count - 1) % count;
        enum deck_column column = deck_column_order(layout->kinds[at]);
        if (deck->table.widths[at] == 0 || column == DECK_COLUMN_NONE || column == deck->order.by)
            continue;
        sort(deck, column, false);
        return;
    }
}

static bool has_names(const struct deck_view *deck)
{
    const struct fleet *fleet = app_fleet(deck->app);
    return fleet != NULL && label_map_longest_name(fleet_labels(fleet)) > 0;
}

enum change deck_sort(struct app *app, int by)
{
    struct deck_view *deck = deck_view_of(app->deck);
    deck_view_sync(deck);
    if (by == DECK_SORT_NEXT)
        sort_next(deck);
    else if (by == DECK_SORT_BEFORE || by == DECK_SORT_BEHIND)
        sort_beside(deck, by == DECK_SORT_BEFORE ? -1 : 1);
    else if (by == DECK_SORT_CALLED)
        deck_view_sort_by(deck, has_names(deck) ? DECK_COLUMN_NAME : DECK_COLUMN_SANDBOX);
    else
        deck_view_sort_by(deck, (enum deck_column)by);
    return CHANGED_VIEW;
}

enum command deck_view_sort_command(enum deck_column column)
{
    static const enum command commands[DECK_COLUMN_COUNT] = {
        [DECK_COLUMN_SANDBOX] = COMMAND_sort_id,        [DECK_COLUMN_NAME] = COMMAND_sort_name,
        [DECK_COLUMN_SESSIONS] = COMMAND_sort_sessions, [DECK_COLUMN_STATE] = COMMAND_sort_state,
        [DECK_COLUMN_TEMPLATE] = COMMAND_sort_template, [DECK_COLUMN_NOTE] = COMMAND_sort_note,
        [DECK_COLUMN_POD] = COMMAND_sort_pod,           [DECK_COLUMN_VCPU] = COMMAND_sort_vcpu,
        [DECK_COLUMN_MEMORY] = COMMAND_sort_memory,     [DECK_COLUMN_DISK] = COMMAND_sort_disk,
        [DECK_COLUMN_NETWORK] = COMMAND_sort_network,   [DECK_COLUMN_CREATED] = COMMAND_sort_created,
        [DECK_COLUMN_SINCE] = COMMAND_sort_since,       [DECK_COLUMN_AGE] = COMMAND_sort_age,
        [DECK_COLUMN_TIMEOUT] = COMMAND_sort_timeout,   [DECK_COLUMN_CREDENTIAL] = COMMAND_sort_credential,
        [DECK_COLUMN_LEFT] = COMMAND_sort_end,
    };
    enum deck_column by = deck_column_order(column);
    return by < DECK_COLUMN_COUNT && commands[by] != COMMAND_connect ? commands[by] : COMMAND_NONE;
}

enum change deck_wide(struct app *app, int argument)
{
    struct deck_view *deck = deck_view_of(app->deck);
    (void)argument;
    deck->wide = !deck->wide;
    deck_view_keep(deck);
    if (!deck->wide)
        app_toast(app, TOAST_INFO, "Not wide");
    else if (deck_view_wide_shows(deck))
        app_toast(app, TOAST_INFO, "Wide: all columns that there is room for");
    else
        app_toast(app, TOAST_INFO, "Wide, but no more columns fit here (%s chooses which are shown)",
                  command_key(COMMAND_columns));
    return CHANGED_VIEW;
}
