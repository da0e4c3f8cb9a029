// SPDX-License-Identifier: Apache-2.0
//
// fleet_private: What the files of the fleet share. A row is one piece of memory with its id at the end. Rows
// are numbered (slots); the order, the index by id and the chains hold these numbers.

#ifndef SBXDECK_API_FLEET_FLEET_PRIVATE_H
#define SBXDECK_API_FLEET_FLEET_PRIVATE_H

#include "api/base/hash_index.h"
#include "api/fleet/fleet.h"
#include "api/fleet/text_pool.h"

enum { NO_SLOT = UINT32_MAX };

// Where a row stands among those that have a row for the reader.
enum row_place {
    ROW_HIDDEN,   // only keeps credentials that are of no use
    ROW_UNLISTED, // not in the list, but has a credential that may be of use
    ROW_LISTED,
};

// Two chains run through all rows: by their last change, and by when the server last told of them.
struct chain {
    uint32_t first, last;
};
struct link {
    uint32_t before, after;
};

struct row {
    struct fleet_row face;
    uint64_t item_hash; // of the bytes in a list that it was last read from; 0 none
    struct link by_change, by_age;
    uint32_t with_credentials; // its index there; NO_SLOT none
    uint32_t round, position;  // the round that last named it, and as which; position 0: it was not the list
    unsigned char place;       // enum row_place
    char id[];
};

struct fleet {
    struct row **rows; // by slot; NULL: free
    size_t slot_count, slot_capacity;
    uint32_t *free_slots; // as much room as rows has
    size_t free_count;
    struct hash_index by_id;
    struct text_pool texts;
    uint32_t *order; // slots: the listed, then the unlisted ones; as much room as rows has
    size_t count, listed;
    uint32_t *with_credentials; // slots; likewise
    size_t with_credential_count;
    struct hash_index by_vault_row; // slots
    struct chain by_change, by_age;
    struct label_map labels; // also of sandboxes that have no row
    uint64_t generation, layout;
    struct fleet_listing listing;
    bool loaded, complete;
    int64_t told_at; // by the server's clock, when the last complete list was asked for; 0: not known
    size_t missed;   // rows
    struct {
        uint32_t number, named;
        uint32_t beside; // that are known to be there, but not by a page of the round
        size_t pages, total;
        int64_t asked_at; // by the server's clock; 0: not known
        bool doubtful;    // items have shifted while it was read
        struct fleet_listing listing;
    } round;
    // Of the listed ones.
    struct {
        size_t by_state[SANDBOX_STATE_COUNT];
        size_t malformed_ids, unparsed;
        uint32_t unparsed_slot; // one of them
    } counts;
};

// --- fleet_facts.c: what stands in one row ---

// Into the row; what a list does not have is kept. *changed: it was another.
enum status row_take_sandbox(struct fleet *fleet, struct row *row, const struct sandbox *sandbox,
                             bool *changed);
// The same of an answer about that one sandbox, which lacks what only a list has.
enum status row_take_single(struct fleet *fleet, struct row *row, const struct sandbox *sandbox,
                            bool *changed);
// As after the end of its sandbox, or before the list has come.
void row_clear_sandbox(struct fleet *fleet, struct row *row);
void row_drop_texts(struct fleet *fleet, struct row *row);
// In the fleet's counts, where a listed row is as long as it is listed.
void row_count(struct fleet *fleet, const struct row *row);
void row_uncount(struct fleet *fleet, const struct row *row);
void row_miss(struct fleet *fleet, struct row *row, bool missed);
bool row_has_use(const struct row *row); // a credential that may be of use
void row_free_credentials(struct row *row);
// Whether their sandbox is gone.
void row_tell_credentials(struct row *row);

// --- fleet_rows.c: which rows there are, and where ---

struct row *row_find(const struct fleet *fleet, const char *id); // hidden ones too
struct row *row_listed(const struct fleet *fleet, const char *id);
// A new one, hidden. NULL: out of memory.
struct row *row_add(struct fleet *fleet, const char *id);
void row_free(struct row *row, struct fleet *fleet); // which is in no order
// Into the place that follows from the list and its credentials; frees it when there is none. It is no longer
// listed, if it was.
void row_settle(struct fleet *fleet, struct row *row);
// Into the listed ones, at that index; it was not listed.
void row_list(struct fleet *fleet, struct row *row, size_t index);
void row_unlist(struct fleet *fleet, struct row *row);
void row_touch(struct fleet *fleet, struct row *row); // it has changed
void row_set_fresh(struct fleet *fleet, struct row *row, int64_t fresh_ms);
void fleet_touch(struct fleet *fleet); // something that is no row's has

// --- fleet.c ---

// The round that is under way, if one is, has named it; position 0: not as part of the list.
void row_name(struct fleet *fleet, struct row *row, uint32_t position);

#endif
