// SPDX-License-Identifier: Apache-2.0
//
// deck_columns: The one table of the deck's columns: what each is called, how wide it is, what stands in its
// cells and how rows are sorted by it. A new column is a line here and its functions in deck_cells.c and
// deck_columns.c.

#ifndef SBXDECK_VIEWS_DECK_DECK_COLUMNS_H
#define SBXDECK_VIEWS_DECK_DECK_COLUMNS_H

#include "api/base/status.h"
#include "api/fleet/deadline.h"
#include "tui/widget/table.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// In the order in which they stand. Each:
//   its id here, and its key in the settings, in the menu and in what the console remembers;
//   the header, the columns that it needs and likes, its share of what is left, its alignment, and its drop
//   number (see tui/widget/table.h): what counts down has room for its longest form and stands flush right;
//   when it is shown: FIRST of all, by DEFAULT, in WIDE mode too, or on a NARROW screen only;
//   what rows are sorted by ("sorted by …"; "" they can't be by it), and whether equals in it then go by what
//   ends first;
//   the function that fills a cell, and the one that tells what a row is sorted by (deck_cell_…, key_…).
#define DECK_COLUMN_TABLE(X)                                                                                 \
    X(SANDBOX, "id", "SANDBOX", 12, 16, 1, LEFT, 0, DEFAULT, "id", sandbox, id)                              \
    X(NAME, "name", "NAME", 8, 14, 1, LEFT, 1, DEFAULT, "name", name, label_name)                            \
    X(SESSIONS, "sessions", "", 2, 2, 0, LEFT, 1, DEFAULT, "open sessions", sessions, sessions)              \
    X(STATE, "state", "STATE", 9, 12, 0, LEFT, 2, DEFAULT, "state", state, state)                            \
    X(TEMPLATE, "template", "TEMPLATE", 15, 24, 2, LEFT, 6, DEFAULT, "template", template_id, template_id)   \
    X(NOTE, "note", "NOTE", 8, 24, 2, LEFT, 4, WIDE, "note", note, label_note)                               \
    X(POD, "pod", "POD", 8, 20, 1, LEFT, 15, WIDE, "pod", pod, pod)                                          \
    X(VCPU, "vcpu", "VCPU", 4, 4, 0, RIGHT, 11, WIDE, "vCPUs", vcpu, vcpu)                                   \
    X(MEMORY, "memory", "MEMORY", 6, 7, 0, RIGHT, 12, WIDE, "memory", memory, memory)                        \
    X(DISK, "disk", "DISK", 6, 7, 0, RIGHT, 13, WIDE, "disk", disk, disk)                                    \
    X(NETWORK, "network", "NETWORK", 7, 9, 0, LEFT, 14, WIDE, "network mode", network, network)              \
    X(CREATED, "created", "CREATED", 11, 11, 0, LEFT, 10, WIDE, "when it was created", created, created)     \
    X(SINCE, "since", "SINCE", 5, 5, 0, RIGHT, 8, WIDE, "time in its state", since, since)                   \
    X(FRESH, "fresh", "SEEN", 4, 5, 0, RIGHT, 9, WIDE, "when the server last told of it", fresh, fresh)      \
    X(AGE, "age", "AGE", 4, 5, 0, RIGHT, 5, DEFAULT, "age", age, age)                                        \
    X(TIMEOUT, "timeout", "TIMEOUT", 8, 8, 0, RIGHT, 3, DEFAULT, "time-out", timeout, timeout)               \
    X(CREDENTIAL, "credential", "CREDENTIAL", 12, 14, 0, LEFT, 0, DEFAULT, "credential", credential,         \
      credential)                                                                                            \
    X(BAR, "bar", "", 6, 12, 3, LEFT, 7, DEFAULT, "", bar, end)                                              \
    X(LEFT, "left", "LEFT", 8, 8, 0, RIGHT, 0, DEFAULT, "what ends first", left, end)                        \
    X(CALLED, "", "SANDBOX", 7, 12, 1, LEFT, 0, NARROW, "", called, id)                                      \
    X(MARK, "", "", 1, 1, 0, LEFT, 0, NARROW, "", mark, state)                                               \
    X(SHORT, "", "LEFT", 8, 10, 0, RIGHT, 0, NARROW, "", short, end)

enum deck_column {
#define X(id, ...) DECK_COLUMN_##id,
    DECK_COLUMN_TABLE(X)
#undef X
        DECK_COLUMN_COUNT,
    DECK_COLUMN_NONE = DECK_COLUMN_COUNT // as what rows are sorted by: the server's order
};

enum deck_shown { DECK_SHOWN_DEFAULT, DECK_SHOWN_WIDE, DECK_SHOWN_NARROW };

// What a cell and a row's place follow from.
// A row whose state was told so long ago is marked as old.
enum { DECK_OLD_MS = 60000 };

struct deck_cell_facts {
    const struct fleet_row *row;
    const struct credential *best; // its best credential; NULL none
    struct deadline end;           // what ends first
    int64_t now;                   // the server's, ms
    size_t sessions;               // alive in it
    int64_t told_ago;              // ms since the server last told of it; -1: not known, or for sorting
};

// What a row is sorted by. Given as zero: there is nothing, and it stands last either way.
struct deck_key {
    bool there;
    const char *text; // of the row; NULL: number counts
    int64_t number;
};

struct deck_column_entry {
    const char *key;
    struct table_column column;
    enum deck_shown shown;
    const char *sorted; // "" rows are not sorted by it, but by the column that has the same order
    void (*cell)(const struct deck_cell_facts *facts, struct table_cell *cell);
    void (*sort_key)(const struct deck_cell_facts *facts, struct deck_key *key);
};
extern const struct deck_column_entry deck_column_table[DECK_COLUMN_COUNT];

// Each column's own, for the table: in deck_cells.c.
#define X(id, name, header, least, likes, share, to, goes, when, by, fills, sorts)                           \
    void deck_cell_##fills(const struct deck_cell_facts *facts, struct table_cell *cell);
DECK_COLUMN_TABLE(X)
#undef X

// "what ends first"; of NONE "the server's order".
const char *deck_column_sorted_text(enum deck_column column);
// What rows are sorted by with a click on it: itself, or the column that has the same order.
enum deck_column deck_column_order(enum deck_column column);
// By its key; NONE: there is none of that name.
enum deck_column deck_column_of_key(const char *key, size_t length);

// The columns that the operator wants, in his order.
struct deck_columns {
    enum deck_column kinds[DECK_COLUMN_COUNT];
    size_t count;
};
void deck_columns_default(struct deck_columns *out);
bool deck_columns_have(const struct deck_columns *columns, enum deck_column column);
// Those, and what wide mode shows besides, each where the table has it.
void deck_columns_widen(const struct deck_columns *columns, struct deck_columns *out);
// The same without the one of names, where no sandbox has one.
void deck_columns_named(const struct deck_columns *columns, bool named, struct deck_columns *out);
// "id state left", apart by blanks or commas; "" the default ones. BAD_ARGUMENT names the one that there is
// not, or that is there twice, with the nearest; *out is then as before.
enum status deck_columns_parse(const char *text, struct deck_columns *out, struct failure *why);
enum status deck_columns_check(const char *text, struct failure *why); // the same, and nothing is taken
// The same the other way; returns out.
char *deck_columns_text(const struct deck_columns *columns, char *out, size_t cap);
enum { DECK_COLUMNS_TEXT_CAP = 512 };

#endif
