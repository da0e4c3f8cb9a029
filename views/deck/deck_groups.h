// SPDX-License-Identifier: Apache-2.0
//
// deck_groups: The groups that the deck's rows stand in: by template or by state, each with how many it has
// and how bad its worst credential is, folded or not. Pure.

#ifndef SBXDECK_VIEWS_DECK_DECK_GROUPS_H
#define SBXDECK_VIEWS_DECK_DECK_GROUPS_H

#include "api/base/id_map.h"
#include "api/fleet/fleet.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define DECK_GROUPING_TABLE(X) X(NONE, "none") X(TEMPLATE, "template") X(STATE, "state")
enum deck_grouping {
#define X(id, name) DECK_GROUPING_##id,
    DECK_GROUPING_TABLE(X)
#undef X
        DECK_GROUPING_COUNT
};
const char *deck_grouping_name(enum deck_grouping grouping);
enum deck_grouping deck_grouping_of(const char *name); // COUNT: none has that name

enum { DECK_GROUPS_MAX = 1000 }; // the rest is in one more, "others"

struct deck_group {
    char name[TEMPLATE_CAP]; // as the header shows it; foreign text
    int order;               // of states, as the table of states has them; the same of all: by name
    uint32_t rank;           // its place among the groups
    size_t count;            // sandboxes in it that the filter admits
    enum credential_state worst;
    bool folded;
};

// Names of folded groups, also of those that have no sandbox now.
struct deck_folds {
    char (*names)[TEMPLATE_CAP];
    size_t count;
};

// All zero: none.
struct deck_groups {
    enum deck_grouping by;
    struct id_map list; // of deck_group, in the order in which they were met
    bool ranked;        // the ranks are right
    unsigned begun;     // how often the list was begun anew
    struct deck_folds folds[DECK_GROUPING_COUNT];
};

void deck_groups_free(struct deck_groups *groups);
// Other groups from now on; what is folded in either is remembered.
void deck_groups_by(struct deck_groups *groups, enum deck_grouping by);
// The index of a row's group, made where it is not there.
uint32_t deck_groups_of(struct deck_groups *groups, const struct fleet_row *row);
struct deck_group *deck_groups_at(const struct deck_groups *groups, size_t index);
// Gives each its rank: states as they follow on each other, templates by name. False: they had it.
bool deck_groups_rank(struct deck_groups *groups);
void deck_groups_fold(struct deck_groups *groups, enum deck_grouping by, const char *name, bool folded);
// Which of two states needs the operator more.
enum credential_state deck_groups_worse(enum credential_state one, enum credential_state other);

#endif
