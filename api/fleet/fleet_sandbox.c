// SPDX-License-Identifier: Apache-2.0
//
// fleet_sandbox: Take one sandbox as a call of its own has told it, new or known, gone or busy.

#include "api/fleet/fleet_private.h"

// A new one: first, as the server will list it.
static enum status add_first(struct fleet *fleet, const struct sandbox *sandbox, int64_t fresh_ms)
{
    bool changed = false;
    struct row *row = row_find(fleet, sandbox->id);
    if (row == NULL)
        row = row_add(fleet, sandbox->id);
    enum status status = row != NULL ? row_take_sandbox(fleet, row, sandbox, &changed) : STATUS_NO_MEMORY;
    if (status == STATUS_OK)
        row_list(fleet, row, 0);
    else if (row != NULL)
        row_settle(fleet, row);
    // The round that is under way may have begun before this one was there.
    if (status == STATUS_OK) {
        row_name(fleet, row, 0);
        row_set_fresh(fleet, row, fresh_ms);
    }
    return status;
}

enum status fleet_take_sandbox(struct fleet *fleet, const struct sandbox *sandbox, int64_t fresh_ms)
{
    struct row *row = row_listed(fleet, sandbox->id);
    bool changed = false;
    if (row == NULL)
        return add_first(fleet, sandbox, fresh_ms);
    enum status status = row_take_single(fleet, row, sandbox, &changed);
    row->item_hash = 0; // what the list says next is read
    if (row->round != fleet->round.number)
        row_name(fleet, row, 0);
    row_miss(fleet, row, false);
    row_set_fresh(fleet, row, fresh_ms);
    if (changed)
        row_touch(fleet, row);
    return status;
}

void fleet_drop_sandbox(struct fleet *fleet, const char *sandbox_id)
{
    struct row *row = row_listed(fleet, sandbox_id);
    if (row != NULL)
        row_unlist(fleet, row);
}

void fleet_set_busy(struct fleet *fleet, const char *sandbox_id, const char *verb)
{
    struct row *row = row_listed(fleet, sandbox_id);
    if (row == NULL || row->face.busy == verb)
        return;
    row->face.busy = verb;
    row_touch(fleet, row);
}
