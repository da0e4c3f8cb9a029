// SPDX-License-Identifier: Apache-2.0
//
// deck_rows: Which sandboxes the deck shows, in what order and in what groups: filter, sort and group over
// the fleet. Kept from change to change: only what changed is looked at again. Pure.

#ifndef SBXDECK_VIEWS_DECK_DECK_ROWS_H
#define SBXDECK_VIEWS_DECK_DECK_ROWS_H

#include "api/fleet/fleet_filter.h"
#include "views/deck/deck_columns.h"
#include "views/deck/deck_groups.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// Pinned ones stand first either way, what has no value to sort by last; equals keep the server's order.
struct deck_order {
    enum deck_column by; // NONE: the server's order
    bool down;           // the largest first
};

// What is to be shown.
struct deck_wish {
    const struct fleet *fleet;
    const struct fleet_filter *filter;
    const char *filter_text; // tells whether it is another filter than before
    struct deck_order order;
    const struct deadline_scope *scope; // of the open sessions, for what ends first; NULL none
    size_t (*sessions)(void *ctx, const struct fleet_row *row); // alive in it; NULL none
    void *ctx;
    int64_t now;        // the server's, ms
    const char *around; // looking at rows begins at that sandbox; "" at the first
    const char *kept;   // this sandbox stays although the filter does not admit it any more; "" none
    bool gone;          // there is a line for one that is no more, ...
    size_t gone_line;   // ... and it stands there
    // Whether there is time left to look at more rows in this call; NULL: all are looked at.
    bool (*goes_on)(void *ctx);
};

// All zero before the first sync.
struct deck_rows {
    uint32_t *lines; // what stands in the table: slots of rows, and groups' headers; see deck_rows_at
    size_t count;
    size_t matching;  // sandboxes that the filter admits, in folded groups too
    size_t total;     // of the fleet, shown or not
    bool pending;     // there are rows that no look was taken at yet; the next sync goes on
    uint64_t version; // differs after each change of lines or of what matches
    unsigned folds;   // the caller counts it up when it has folded or unfolded a group
    int longest_id;   // columns of the longest id shown so far
    struct deck_groups groups;
    struct deck_rows_private *internals;
};

// Brings rows up to date. False: nothing has changed in them.
bool deck_rows_sync(struct deck_rows *rows, const struct deck_wish *wish);
void deck_rows_free(struct deck_rows *rows);

// The row that stands in that line; NULL: a group's header stands there, it has gone since the last sync, or
// it is beyond the end. Valid until the fleet's next change.
const struct fleet_row *deck_rows_at(const struct deck_rows *rows, size_t line);
bool deck_rows_is_gone(const struct deck_rows *rows, size_t line); // the line of wish->gone
// The group whose header stands in that line; NULL: none does.
const struct deck_group *deck_rows_header(const struct deck_rows *rows, size_t line);
// The group of the row or header in that line; NULL: there are no groups.
const struct deck_group *deck_rows_group(const struct deck_rows *rows, size_t line);
const struct deck_group *deck_rows_group_of(const struct deck_rows *rows, const char *sandbox_id);
// Where that sandbox or that group's header stands; count: it is not shown.
size_t deck_rows_line(const struct deck_rows *rows, const char *sandbox_id);
size_t deck_rows_header_line(const struct deck_rows *rows, const struct deck_group *group);
// Where a sandbox that is not shown would stand: the first line of a row behind it, else the last line; 0
// when there are none.
size_t deck_rows_near(const struct deck_rows *rows, const char *sandbox_id);
// It has a line: it matches, and is in no folded group.
bool deck_rows_shows(const struct deck_rows *rows, const char *sandbox_id);
// In folded groups too. False: the filter does not admit it, or it has gone.
bool deck_rows_match(const struct deck_rows *rows, const char *sandbox_id);
// All that matches in the order in which it stands, in folded groups too, of one group or of all (NULL).
void deck_rows_each(const struct deck_rows *rows, const struct deck_group *group,
                    void (*call)(void *ctx, const struct fleet_row *row), void *ctx);

#endif
