// SPDX-License-Identifier: Apache-2.0
//
// ssh_pick_list: The sandboxes that `sbxdeck ssh` offers: those that match what is typed, the best first.
// Pure.

#ifndef SBXDECK_VIEWS_CLI_SSH_PICK_LIST_H
#define SBXDECK_VIEWS_CLI_SSH_PICK_LIST_H

#include "api/fleet/fleet.h"

struct ssh_pick_list {
    size_t *order; // indices into the fleet, valid for its generation
    size_t count;
    size_t total; // that could be picked
};

// Fills it anew (zeroed before the first call). While nothing is typed, pinned ones come first. What matches
// alike stands in the order: running, those that
// can be woken, the others; then as in the fleet. Left out is what nobody can connect to any more. typed: as
// for sandbox_match.
void ssh_pick_list_build(struct ssh_pick_list *list, const struct fleet *fleet, const char *typed,
                         int64_t server_now_ms);
void ssh_pick_list_free(struct ssh_pick_list *list);
// Where that sandbox stands; 0 when it is not in it.
size_t ssh_pick_list_place(const struct ssh_pick_list *list, const struct fleet *fleet,
                           const char *sandbox_id);

#endif
