// SPDX-License-Identifier: Apache-2.0
//
// fleet_facts: What stands in one row: put what the server said of a sandbox into it, find out whether that
// is anything new, and count it.

#include "api/fleet/fleet_private.h"

#include <stdlib.h>
#include <string.h>

// --- counts ---

void row_count(struct fleet *fleet, const struct row *row)
{
    fleet->counts.by_state[row->face.sandbox.state]++;
    fleet->counts.malformed_ids += row->face.sandbox.id_malformed;
    if (row->face.sandbox.unparsed->count > 0 && fleet->counts.unparsed++ == 0)
        fleet->counts.unparsed_slot = row->face.slot;
}

static void find_unparsed(struct fleet *fleet, const struct row *but)
{
    for (size_t i = 0; i < fleet->listed; i++) {
        const struct row *row = fleet->rows[fleet->order[i]];
        if (row == but || row->face.sandbox.unparsed->count == 0)
            continue;
        fleet->counts.unparsed_slot = row->face.slot;
        return;
    }
}

void row_uncount(struct fleet *fleet, const struct row *row)
{
    fleet->counts.by_state[row->face.sandbox.state]--;
    fleet->counts.malformed_ids -= row->face.sandbox.id_malformed;
    if (row->face.sandbox.unparsed->count == 0)
        return;
    if (--fleet->counts.unparsed > 0 && fleet->counts.unparsed_slot == row->face.slot)
        find_unparsed(fleet, row);
}

// --- of its sandbox ---

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

// A credential that was given since the list was asked for may be of a sandbox that is newer than the list.
static bool is_older_than_list(const struct fleet *fleet, const struct row *row)
{
    for (size_t i = 0; fleet->told_at > 0 && i < row->face.credential_count; i++) {
        const struct credential *one = &row->face.credentials[i];
        if (one->created_at >= fleet->told_at || one->updated_at >= fleet->told_at)
            return false;
    }
    return true;
}

void row_clear_sandbox(struct fleet *fleet, struct row *row)
{
    row_drop_texts(fleet, row);
    row->face.gone = fleet->complete && (row->place == ROW_LISTED || is_older_than_list(fleet, row));
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

enum status row_take_single(struct fleet *fleet, struct row *row, const struct sandbox *sandbox,
                            bool *changed)
{
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
    return replace(fleet, row, &after, changed);
}

// --- whether it is needed ---

void row_miss(struct fleet *fleet, struct row *row, bool missed)
{
    fleet->missed += (size_t)missed - (size_t)row->face.missed;
    row->face.missed = missed;
}

// A credential whose sandbox is not in the list still has a row while it may be of use.
bool row_has_use(const struct row *row)
{
    for (size_t i = 0; i < row->face.credential_count; i++)
        if (row->face.credentials[i].verdict != VERDICT_REVOKED &&
            row->face.credentials[i].verdict != VERDICT_INVALID)
            return true;
    return false;
}

// The end of a sandbox is the end of access to it. One that was sealed with another key may be of a sandbox
// that this key doesn't list: nothing is known of that.
void row_tell_credentials(struct row *row)
{
    const bool gone = row->face.gone || row->face.sandbox.state == SANDBOX_deleted;
    for (size_t i = 0; i < row->face.credential_count; i++)
        row->face.credentials[i].sandbox_gone = gone && !row->face.credentials[i].sealed_elsewhere;
}

void row_free_credentials(struct row *row)
{
    free(row->face.credentials);
    row->face.credentials = NULL;
    row->face.credential_count = 0;
}
