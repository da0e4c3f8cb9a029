// SPDX-License-Identifier: Apache-2.0
//
// fleet_sandbox: Put what the server said of a sandbox into its row, and find out whether that is anything
// new.

#include "api/fleet/fleet_private.h"

#include <stdlib.h>
#include <string.h>

static const struct unparsed nothing_unparsed;

// The texts of a row that are of the pool.
enum { TEXTS = 4 };
static const size_t text_places[TEXTS] = {
    offsetof(struct fleet_sandbox, template_id),
    offsetof(struct fleet_sandbox, pod_id),
    offsetof(struct fleet_sandbox, state_name),
    offsetof(struct fleet_sandbox, network_mode),
};

static const char **text_at(struct fleet_sandbox *sandbox, size_t which)
{
    return (const char **)(void *)((char *)sandbox + text_places[which]);
}

void row_drop_texts(struct fleet *fleet, struct row *row)
{
    for (size_t i = 0; i < TEXTS; i++) {
        text_pool_drop(&fleet->texts, *text_at(&row->face.sandbox, i));
        *text_at(&row->face.sandbox, i) = "";
    }
    if (row->face.sandbox.unparsed != &nothing_unparsed && row->face.sandbox.unparsed->count > 0)
        free((void *)row->face.sandbox.unparsed);
    row->face.sandbox.unparsed = &nothing_unparsed;
}

void row_clear_sandbox(struct fleet *fleet, struct row *row)
{
    row_drop_texts(fleet, row);
    row->face.gone = fleet->complete;
    row->face.busy = NULL;
    row->item_hash = 0;
    const char *state = row->face.gone ? text_pool_take(&fleet->texts, "deleted") : "";
    row->face.sandbox = (struct fleet_sandbox){
        .id = row->id,
        .template_id = "",
        .pod_id = "",
        .state_name = state != NULL ? state : "",
        .network_mode = "",
        .unparsed = &nothing_unparsed,
        .state = row->face.gone ? SANDBOX_deleted : SANDBOX_other,
    };
}

static bool is_same(const struct fleet_sandbox *a, const struct fleet_sandbox *b)
{
    return strcmp(a->template_id, b->template_id) == 0 && strcmp(a->pod_id, b->pod_id) == 0 &&
           strcmp(a->state_name, b->state_name) == 0 && strcmp(a->network_mode, b->network_mode) == 0 &&
           a->unparsed->count == b->unparsed->count && strcmp(a->unparsed->name, b->unparsed->name) == 0 &&
           strcmp(a->unparsed->value, b->unparsed->value) == 0 && a->state == b->state &&
           a->id_malformed == b->id_malformed && a->detailed == b->detailed &&
           a->auto_pause == b->auto_pause && a->vcpu == b->vcpu && a->created_at == b->created_at &&
           a->launch_time == b->launch_time && a->state_change_time == b->state_change_time &&
           a->timeout_at == b->timeout_at && a->memory_mib == b->memory_mib && a->disk_mib == b->disk_mib &&
           a->timeout_s == b->timeout_s;
}

// Texts still of the sandbox that was given.
static struct fleet_sandbox said(const struct row *row, const struct sandbox *sandbox)
{
    struct fleet_sandbox out = {
        .id = row->id,
        .template_id = sandbox->template_id,
        .pod_id = sandbox->pod_id,
        .state_name = sandbox->state_name,
        .network_mode = sandbox->network_mode,
        .unparsed = &sandbox->unparsed,
        .state = sandbox->state,
        .id_malformed = sandbox->id_malformed,
        .detailed = sandbox->detailed,
        .auto_pause = sandbox->auto_pause,
        .vcpu = sandbox->vcpu,
        .created_at = sandbox->created_at,
        .launch_time = sandbox->launch_time,
        .state_change_time = sandbox->state_change_time,
        .timeout_at = sandbox->timeout_at,
        .memory_mib = sandbox->memory_mib,
        .disk_mib = sandbox->disk_mib,
        .timeout_s = sandbox->timeout_s,
    };
    const struct fleet_sandbox *before = &row->face.sandbox;
    // What only the GET of one sandbox gives is kept when a list does not have it.
    if (!out.detailed && before->detailed) {
        out.detailed = true;
        out.vcpu = before->vcpu;
        out.memory_mib = before->memory_mib;
        out.disk_mib = before->disk_mib;
        out.timeout_s = before->timeout_s;
        out.auto_pause = before->auto_pause;
        out.network_mode = before->network_mode;
    }
    return out;
}

// With texts that are the row's. False: out of memory, and nothing is held.
static bool own_texts(struct fleet *fleet, struct fleet_sandbox *sandbox)
{
    struct unparsed *unparsed = NULL;
    size_t taken = 0;
    if (sandbox->unparsed->count > 0) {
        unparsed = malloc(sizeof *unparsed);
        if (unparsed == NULL)
            return false;
        *unparsed = *sandbox->unparsed;
    }
    for (; taken < TEXTS; taken++) {
        const char *text = text_pool_take(&fleet->texts, *text_at(sandbox, taken));
        if (text == NULL)
            break;
        *text_at(sandbox, taken) = text;
    }
    if (taken == TEXTS) {
        sandbox->unparsed = unparsed != NULL ? unparsed : &nothing_unparsed;
        return true;
    }
    while (taken > 0)
        text_pool_drop(&fleet->texts, *text_at(sandbox, --taken));
    free(unparsed);
    return false;
}

static enum status replace(struct fleet *fleet, struct row *row, struct fleet_sandbox *after, bool *changed)
{
    *changed = !is_same(&row->face.sandbox, after);
    if (!*changed)
        return STATUS_OK;
    if (!own_texts(fleet, after))
        return STATUS_NO_MEMORY;
    if (row->place == ROW_LISTED)
        row_uncount(fleet, row);
    row_drop_texts(fleet, row);
    row->face.sandbox = *after;
    if (row->place == ROW_LISTED)
        row_count(fleet, row);
    return STATUS_OK;
}

enum status row_take_sandbox(struct fleet *fleet, struct row *row, const struct sandbox *sandbox,
                             bool *changed)
{
    struct fleet_sandbox after = said(row, sandbox);
    return replace(fleet, row, &after, changed);
}

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
    struct fleet_sandbox after = said(row, sandbox);
    const struct fleet_sandbox *before = &row->face.sandbox;
    // The single sandbox has no time-out instant; the list's stays while the state does.
    if (after.timeout_at == 0 && before->state == after.state)
        after.timeout_at = before->timeout_at;
    if (after.launch_time == 0)
        after.launch_time = before->launch_time;
    if (after.state_change_time == 0 && before->state == after.state)
        after.state_change_time = before->state_change_time;
    if (after.pod_id[0] == '\0')
        after.pod_id = before->pod_id;
    enum status status = replace(fleet, row, &after, &changed);
    row->item_hash = 0; // what the list says next is read
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
