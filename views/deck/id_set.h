// SPDX-License-Identifier: Apache-2.0
//
// id_set: the sandboxes that the operator has marked, by id. Pure.

#ifndef SBXDECK_VIEWS_ID_SET_H
#define SBXDECK_VIEWS_ID_SET_H

#include "api/fleet/fleet.h"

#include <stdbool.h>
#include <stddef.h>

// All zero: none is marked. Ended by marks_clear.
struct id_set {
    char (*ids)[ID_CAP]; // slots by hash; "" free
    size_t count, slots;
};

bool id_set_has(const struct id_set *marks, const char *id);
void id_set_set(struct id_set *marks, const char *id, bool marked);
void id_set_clear(struct id_set *marks);
void id_set_remove(struct id_set *marks, const struct id_set *others);
// Those that are in the fleet no more go.
void id_set_keep(struct id_set *marks, const struct fleet *fleet);

#endif
