// SPDX-License-Identifier: Apache-2.0
//
// deck_cells: The columns of the deck's table for a width, and the content of each cell. Pure.

#ifndef SBXDECK_VIEWS_DECK_DECK_CELLS_H
#define SBXDECK_VIEWS_DECK_DECK_CELLS_H

#include "api/fleet/deadline.h"
#include "tui/widget/table.h"
#include "views/deck/deck_rows.h"

#include <stddef.h>
#include <stdint.h>

enum deck_column {
    DECK_COLUMN_SANDBOX,
    DECK_COLUMN_SESSIONS,
    DECK_COLUMN_STATE,
    DECK_COLUMN_TEMPLATE,
    DECK_COLUMN_AGE,
    DECK_COLUMN_TIMEOUT,
    DECK_COLUMN_CREDENTIAL,
    DECK_COLUMN_BAR,
    DECK_COLUMN_LEFT,
    DECK_COLUMN_MARK, // of a narrow screen: the state as its glyph only
    DECK_COLUMN_SHORT // of a narrow screen: the glyph of what ends first, and the countdown
};
// What the rows are sorted by when they are by that column; SERVER: it can't be.
enum deck_sort_by deck_column_sort(enum deck_column column);

struct deck_layout {
    struct table_column columns[TABLE_COLUMNS_MAX];
    enum deck_column kinds[TABLE_COLUMNS_MAX];
    size_t count;
};

// The columns for a table of that width whose longest id takes so many columns. Below 48 columns: id, state's
// glyph, countdown.
void deck_cells_layout(int width, int id_width, struct deck_layout *out);

// The column, + 1, that shows what the rows are sorted by; 0: none of them does.
size_t deck_cells_sorted(const struct deck_layout *layout, enum deck_sort_by sort);

// cell comes as the table gives it. sessions: those alive in the sandbox.
void deck_cell(const struct fleet_row *row, enum deck_column column, int64_t server_now_ms, size_t sessions,
               struct table_cell *cell);

// The countdown of a credential as the deck shows it: "12m05s", "3m ago" when it has ended, "past end" when
// the server says that it is valid all the same, "" when there is nothing to count. Returns out.
char *deck_cell_countdown(const struct credential *credential, int64_t server_now_ms, char out[24]);

#endif
