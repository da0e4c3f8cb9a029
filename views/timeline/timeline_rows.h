// SPDX-License-Identifier: Apache-2.0
//
// timeline_rows: Which credentials the timeline shows and in what order: what ends first, by the credential's
// end or its sandbox's time-out, whichever is earlier; then those whose end is unknown, then those that have
// ended, the last one first. Pure.

#ifndef SBXDECK_VIEWS_TIMELINE_TIMELINE_ROWS_H
#define SBXDECK_VIEWS_TIMELINE_TIMELINE_ROWS_H

#include "api/fleet/deadline.h"
#include "api/fleet/fleet_filter.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { TIMELINE_NAME_CAP = ID_CAP + 16, TIMELINE_FILTER_CAP = FLEET_FILTER_TEXT_CAP };

enum timeline_rank { TIMELINE_LIVE, TIMELINE_OPEN, TIMELINE_ENDED, TIMELINE_REFUSED };

struct timeline_entry {
    uint32_t slot;             // of the fleet's row, and
    size_t credential;         // an index into its credentials: both valid for the fleet's generation
    int64_t ends_at;           // ms on the server's clock; 0 not known
    enum deadline_clock clock; // whose end that is
    int64_t vault_row;
    enum timeline_rank rank; // LIVE: has a bar
};

struct timeline_rows {
    struct timeline_entry *entries;
    size_t count, capacity;
    size_t live;       // the first so many are live, in the order of their ends
    size_t total;      // credentials of the fleet, shown or not
    int longest;       // columns of the longest name
    int64_t next_end;  // the server's now from which on the order is another; 0: stays
    int64_t *lefts;    // of the live ones, from the now they were built for, for timeline_zoom_for
    size_t lefts_room; // that lefts has
    bool built;        // what they were built for, see timeline_rows_sync
    uint64_t generation;
    int64_t built_at;
    char filter[TIMELINE_FILTER_CAP];
};

// Fills rows anew (zeroed before the first call). filter: as it is typed.
void timeline_rows_build(struct timeline_rows *rows, const struct fleet *fleet, const char *filter,
                         int64_t server_now_ms);
// The same, but only when another fleet, filter or time gives other rows. True: they are new.
bool timeline_rows_sync(struct timeline_rows *rows, const struct fleet *fleet, const char *filter,
                        int64_t server_now_ms);
void timeline_rows_free(struct timeline_rows *rows);
// Where the credential of that vault row stands; rows->count: nowhere.
size_t timeline_rows_find(const struct timeline_rows *rows, int64_t vault_row);

// The sandbox's id, and the end of the credential's where there are several. Returns out.
char *timeline_rows_name(const struct fleet_row *row, const struct credential *credential,
                         char out[TIMELINE_NAME_CAP]);
#endif
