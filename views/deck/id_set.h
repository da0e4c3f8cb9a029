// SPDX-License-Identifier: Apache-2.0
//
// id_set: A set of ids, as of the sandboxes that the operator has marked.

#ifndef SBXDECK_VIEWS_DECK_ID_SET_H
#define SBXDECK_VIEWS_DECK_ID_SET_H

#include "api/base/id_map.h"
#include "api/fleet/fleet.h"

#include <stdbool.h>
#include <stddef.h>

// All zero: empty. Ended by id_set_clear.
struct id_set {
    struct id_map ids;
};

size_t id_set_count(const struct id_set *set);
const char *id_set_at(const struct id_set *set, size_t index); // NULL beyond the end; valid until a change
bool id_set_has(const struct id_set *set, const char *id);
void id_set_set(struct id_set *set, const char *id, bool in);
void id_set_clear(struct id_set *set);
void id_set_remove(struct id_set *set, const struct id_set *others);
// Those that are in the fleet no more go.
void id_set_keep(struct id_set *set, const struct fleet *fleet);

#endif
