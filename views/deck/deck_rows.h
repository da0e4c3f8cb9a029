// SPDX-License-Identifier: Apache-2.0
//
// deck_rows: Which sandboxes the deck shows and in what order: filter and sort over the fleet. Pure.

#ifndef SBXDECK_VIEWS_DECK_DECK_ROWS_H
#define SBXDECK_VIEWS_DECK_DECK_ROWS_H

#include "api/fleet/fleet_filter.h"
#include "views/deck/deck_columns.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// What has no value to sort by stands last either way; equals keep the server's order.
struct deck_order {
    enum deck_column by; // NONE: the server's order
    bool down;           // the largest first
};

struct deck_rows {
    size_t *order; // indices into the fleet, valid for its generation
    size_t count;
    size_t total; // rows of the fleet, shown or not
};

// Fills rows anew (zeroed before the first call). scope: of the open
// sessions, for what ends first.
void deck_rows_build(struct deck_rows *rows, const struct fleet *fleet, const struct fleet_filter *filter,
                     const struct deck_order *order, int64_t server_now_ms,
                     const struct deadline_scope *scope);
void deck_rows_free(struct deck_rows *rows);

// Where the sandbox of that id stands; when it has gone, the row now at the place where it stood (the last
// one when that is beyond the end). 0 when there are none.
size_t deck_rows_keep(const struct deck_rows *rows, const struct fleet *fleet, const char *sandbox_id,
                      size_t stood_at);

#endif
