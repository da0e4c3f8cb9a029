// SPDX-License-Identifier: Apache-2.0
//
// forward_plan: Whether a forward may connect to a sandbox as it is now, as tables. Pure.
//
// Nobody watches a forward that connects again: it uses what there is, and never undoes what a person did. So
// it wakes nothing, starts nothing, and makes no credential but in the place of one that has run out.

#ifndef SBXDECK_API_FORWARD_FORWARD_PLAN_H
#define SBXDECK_API_FORWARD_FORWARD_PLAN_H

#include "api/fleet/fleet.h"

enum forward_step {
    FORWARD_STEP_GO,   // it can be connected to
    FORWARD_STEP_WAKE, // paused or on its way, and the person who asks now wants it awake: wait until it runs
    FORWARD_STEP_MOVES, // wait: it is on its way into another state
    FORWARD_STEP_RESTS, // wait until somebody starts or wakes it
    FORWARD_STEP_GONE   // deleted
};
// row NULL: it is not known any more. again: it was connected before. may_wake: by the person who asks.
enum forward_step forward_plan_sandbox(const struct fleet_row *row, bool again, bool may_wake);

// Whether a credential may be made in the place of this one (NULL: there is none), by a forward that connects
// again.
bool forward_plan_may_make(const struct credential *credential, int64_t server_now_ms);

#endif
