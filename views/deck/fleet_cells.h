// SPDX-License-Identifier: Apache-2.0
//
// fleet_cells: The columns of the deck's table for a width, and the content of each cell. Pure.

#ifndef SBXDECK_VIEWS_DECK_FLEET_CELLS_H
#define SBXDECK_VIEWS_DECK_FLEET_CELLS_H

#include "api/fleet/deadline.h"
#include "tui/widget/table.h"
#include "views/deck/fleet_rows.h"

#include <stddef.h>
#include <stdint.h>

enum fleet_column {
    FLEET_COLUMN_SANDBOX,
    FLEET_COLUMN_SESSIONS,
    FLEET_COLUMN_STATE,
    FLEET_COLUMN_TEMPLATE,
    FLEET_COLUMN_AGE,
    FLEET_COLUMN_TIMEOUT,
    FLEET_COLUMN_CREDENTIAL,
    FLEET_COLUMN_BAR,
    FLEET_COLUMN_LEFT,
    FLEET_COLUMN_MARK, // of a narrow screen: the state as its glyph only
    FLEET_COLUMN_SHORT // of a narrow screen: the glyph of what ends first, and the countdown
};
// What the rows are sorted by when they are by that column; SERVER: it can't be.
enum fleet_sort fleet_column_sort(enum fleet_column column);

struct fleet_layout {
    struct table_column columns[TABLE_COLUMNS_MAX];
    enum fleet_column kinds[TABLE_COLUMNS_MAX];
    size_t count;
};

// The columns for a table of that width whose longest id takes so many columns. Below 48 columns: id, state's
// glyph, countdown.
void fleet_cells_layout(int width, int id_width, struct fleet_layout *out);

// The column, + 1, that shows what the rows are sorted by; 0: none of them does.
size_t fleet_cells_sorted(const struct fleet_layout *layout, enum fleet_sort sort);

// cell comes as the table gives it. sessions: those alive in the sandbox.
void fleet_cell(const struct fleet_row *row, enum fleet_column column, int64_t server_now_ms, size_t sessions,
                struct table_cell *cell);

// The countdown of a credential as the deck shows it: "12m05s", "3m ago" when it has ended, "past end" when
// the server says that it is valid all the same, "" when there is nothing to count. Returns out.
char *fleet_cell_countdown(const struct credential *credential, int64_t server_now_ms, char out[24]);

#endif
