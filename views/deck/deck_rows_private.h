// SPDX-License-Identifier: Apache-2.0
//
// deck_rows_private: What deck_rows keeps of each row, and the parts of keeping it right.

#ifndef SBXDECK_VIEWS_DECK_DECK_ROWS_PRIVATE_H
#define SBXDECK_VIEWS_DECK_DECK_ROWS_PRIVATE_H

#include "views/deck/deck_rows.h"

// Of each slot of the fleet.
enum {
    ROW_LIVE = 1,
    ROW_THERE = 2,    // it has a value to sort by
    ROW_PINNED = 4,   // stands first
    ROW_KNOWN = 8,    // ROW_MATCHES is of the filter that counts now
    ROW_MATCHES = 16, // the filter admits it
    ROW_RUNS = 32,    // its credentials and deadlines change with time
    ROW_MOVED = 64,   // its place in the order has changed
    ROW_SEEN = 128    // while the fleet is walked
};

#define HEADER_LINE 0x80000000U // a line with it is the header of the group of that index
#define GONE_LINE   UINT32_MAX  // the selected one, which has gone

enum { PREFIX_CAP = 32 };

struct deck_rows_private {
    const struct fleet *fleet;
    bool built;
    uint64_t generation, layout; // of the fleet at the last sync
    int64_t now;                 // of the last look at what runs
    struct deck_order order_by;
    enum deck_grouping grouping;
    unsigned groups_begun;
    char filter[FLEET_FILTER_TEXT_CAP];
    size_t term_count;
    uint32_t kept; // slot + 1 of the one that stays; 0 none
    bool gone;     // of the last lines
    size_t gone_line;
    unsigned folds;

    // By slot.
    size_t slots, room;
    unsigned char *flags;
    unsigned char *states; // of its best credential, an enum credential_state
    uint16_t *groups;
    uint32_t *places; // in the server's order
    uint64_t *keys;   // as it is sorted: the smallest first

    uint32_t *order; // all live slots, sorted
    size_t ordered;
    uint32_t *scratch; // as much room
    uint32_t *moved;
    size_t moved_count;
    bool resort;        // rows that stayed are in another order of the server's
    uint32_t *changes;  // as the fleet tells them
    const char **texts; // by slot, that rows are sorted by: while all are; NULL else

    size_t low, high;        // in this part of order all are ROW_KNOWN
    size_t looked;           // how far the slots were looked at again that change with time; slots: all
    char prefix[PREFIX_CAP]; // with which the texts that rows are sorted by begin
    size_t prefix_length;
};

static inline uint32_t rank_of(const struct deck_rows *rows, uint32_t slot)
{
    const struct deck_rows_private *in = rows->internals;
    unsigned flags = in->flags[slot];
    uint32_t group =
        in->grouping != DECK_GROUPING_NONE ? deck_groups_at(&rows->groups, in->groups[slot])->rank : 0;
    return group << 2 | (flags & ROW_PINNED ? 0U : 2U) | (flags & ROW_THERE ? 0U : 1U);
}

// deck_rows_order.c
// The key and the flags of a row's order; true: it stands elsewhere now.
bool deck_rows_key(struct deck_rows *rows, uint32_t slot, const struct fleet_row *row,
                   const struct deck_wish *wish);
void deck_rows_find_prefix(struct deck_rows *rows, const struct deck_wish *wish);
void deck_rows_sort(struct deck_rows *rows);  // all live ones anew
void deck_rows_merge(struct deck_rows *rows); // those that are ROW_MOVED or not live, into the rest
int deck_rows_compare(const struct deck_rows *rows, uint32_t one, uint32_t other);
const char *deck_rows_text(const struct deck_rows *rows, uint32_t slot); // that it is sorted by; NULL: none

// deck_rows_shown.c
void deck_rows_filter_begin(struct deck_rows *rows, bool narrower); // another filter: nothing is known
bool deck_rows_filter_go(struct deck_rows *rows, const struct deck_wish *wish);
bool deck_rows_matches_now(const struct deck_rows *rows, uint32_t slot, const struct fleet_row *row,
                           const struct deck_wish *wish);
void deck_rows_make_lines(struct deck_rows *rows, const struct deck_wish *wish);

#endif
