// SPDX-License-Identifier: Apache-2.0
//
// deck_cells: The columns of the deck's table for a width, and the content of each cell. Pure.

#ifndef SBXDECK_VIEWS_DECK_DECK_CELLS_H
#define SBXDECK_VIEWS_DECK_DECK_CELLS_H

#include "views/deck/deck_columns.h"

#include <stddef.h>
#include <stdint.h>

struct deck_layout {
    struct table_column columns[TABLE_COLUMNS_MAX];
    enum deck_column kinds[TABLE_COLUMNS_MAX];
    size_t count;
};

// Those columns for a table of that width whose longest id and name take so many columns. Below 48 columns:
// id, state's glyph, countdown.
void deck_cells_layout(int width, int id_width, int name_width, const struct deck_columns *columns,
                       struct deck_layout *out);

// The column, + 1, that shows what the rows are sorted by; 0: none of them does.
size_t deck_cells_sorted(const struct deck_layout *layout, enum deck_column by);

// cell comes as the table gives it. sessions: those alive in the sandbox.
void deck_cell(const struct fleet_row *row, enum deck_column column, int64_t server_now_ms, size_t sessions,
               struct table_cell *cell);

// The countdown of a credential as the deck shows it: "12m05s", "3m ago" when it has ended, "past end" when
// the server says that it is valid all the same, "" when there is nothing to count. Returns out.
char *deck_cell_countdown(const struct credential *credential, int64_t server_now_ms, char out[24]);

#endif
