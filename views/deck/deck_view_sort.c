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
    deck_view_sync(deck);
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

enum change deck_sort(struct app *app, int by)
{
    if (by == DECK_SORT_NEXT)
        sort_next(deck_view_of(app->deck));
    else
        deck_view_sort_by(deck_view_of(app->deck), (enum deck_column)by);
    return CHANGED_VIEW;
}
