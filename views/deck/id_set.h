// SPDX-License-Identifier: Apache-2.0
//
// marks: the sandboxes that the operator has marked, by id. Pure.

#ifndef SBXDECK_VIEWS_MARKS_H
#define SBXDECK_VIEWS_MARKS_H

#include "api/fleet/fleet.h"

#include <stdbool.h>
#include <stddef.h>

// All zero: none is marked. Ended by marks_clear.
struct marks {
    char (*ids)[ID_CAP]; // slots by hash; "" free
    size_t count, slots;
};

bool marks_has(const struct marks *marks, const char *id);
void marks_set(struct marks *marks, const char *id, bool marked);
void marks_clear(struct marks *marks);
void marks_remove(struct marks *marks, const struct marks *others);
// Those that are in the fleet no more go.
void marks_keep(struct marks *marks, const struct fleet *fleet);

#endif
