// SPDX-License-Identifier: Apache-2.0
//
// fleet: owns the sandboxes of the last list and all credentials, and joins them into rows when somebody
// looks after a change. Joining anew is linear and simple; keeping the rows right change by change would be
// neither.

#include "api/fleet/fleet.h"

#include "api/leap0/leap0.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct entry {
    struct sandbox sandbox;
    const char *busy;
};

struct fleet {
    struct entry *entries; // in the server's order
    size_t entry_count;
    struct credential *credentials;
    size_t credential_count, credential_capacity;
    uint64_t generation;
    struct fleet_listing listing;
    bool loaded;
    // The rows, joined from the above; right unless dirty.
    bool dirty;
    struct fleet_row *rows;
    size_t row_count;
    size_t most, joined_most;  // rows and credentials that there is room for
    struct credential *joined; // what the rows' credentials point into
    size_t *row_of;            // of each credential, while they are joined: row + 1; 0: none
    size_t *slots;             // hash of ids → row + 1; 0: free
    size_t slot_count;
};

struct fleet *fleet_new(void)
{
    return calloc(1, sizeof(struct fleet));
}

static void drop_rows(struct fleet *fleet)
{
    free(fleet->rows);
    free(fleet->joined);
    free(fleet->row_of);
    free(fleet->slots);
    fleet->rows = NULL;
    fleet->joined = NULL;
    fleet->row_of = NULL;
    fleet->slots = NULL;
    fleet->row_count = fleet->slot_count = fleet->most = fleet->joined_most = 0;
}

void fleet_free(struct fleet *fleet)
{
    if (fleet == NULL)
        return;
    drop_rows(fleet);
    free(fleet->entries);
    free(fleet->credentials);
    free(fleet);
}

static void changed(struct fleet *fleet)
{
    fleet->dirty = true;
    fleet->generation++;
}

// --- joining ---

// The slot of the id's row, or the free one where it belongs. There are always free ones.
static size_t *slot_of(const struct fleet *fleet, const char *id)
{
    size_t mask = fleet->slot_count - 1;
    for (size_t i = id_hash(id) & mask;; i = (i + 1) & mask) {
        size_t *slot = &fleet->slots[i];
        if (*slot == 0 || strcmp(fleet->rows[*slot - 1].sandbox.id, id) == 0)
            return slot;
    }
}

static struct fleet_row *add_row(struct fleet *fleet, const char *id)
{
    struct fleet_row *row = &fleet->rows[fleet->row_count++];
    memset(row, 0, sizeof *row);
    (void)snprintf(row->sandbox.id, sizeof row->sandbox.id, "%s", id);
    *slot_of(fleet, id) = fleet->row_count;
    return row;
}

// A credential whose sandbox is not in the list still has a row while it may be of use.
static bool is_worth_a_row(const struct credential *credential)
{
    return credential->verdict != VERDICT_REVOKED && credential->verdict != VERDICT_INVALID;
}

// What is there is used again, and not cleared: it is megabytes, and most of it is never used or written over
// at once.
static bool make_room(struct fleet *fleet)
{
    size_t most = fleet->entry_count + fleet->credential_count;
    size_t slots = 16;
    while (slots < most * 2)
        slots *= 2;
    fleet->row_count = 0;
    if (fleet->rows != NULL && most <= fleet->most && fleet->credential_count <= fleet->joined_most) {
        memset(fleet->slots, 0, fleet->slot_count * sizeof *fleet->slots);
        return true;
    }
    drop_rows(fleet);
    fleet->rows = reallocarray(NULL, most + 1, sizeof *fleet->rows);
    fleet->joined = reallocarray(NULL, fleet->credential_count + 1, sizeof *fleet->joined);
    fleet->row_of = reallocarray(NULL, fleet->credential_count + 1, sizeof *fleet->row_of);
    fleet->slots = calloc(slots, sizeof *fleet->slots);
    fleet->slot_count = slots;
    fleet->most = most;
    fleet->joined_most = fleet->credential_count;
    return fleet->rows != NULL && fleet->joined != NULL && fleet->row_of != NULL && fleet->slots != NULL;
}

static int newest_first(const void *a, const void *b)
{
    const struct credential *left = a, *right = b;
    if (left->created_at != right->created_at)
        return left->created_at > right->created_at ? -1 : 1;
    return left->vault_row > right->vault_row ? -1 : left->vault_row < right->vault_row;
}

static void join_credentials(struct fleet *fleet)
{
    size_t used = 0;
    if (fleet->rows == NULL)
        return;
    for (size_t i = 0; i < fleet->credential_count; i++) {
        const char *id = fleet->credentials[i].sandbox_id;
        size_t slot = *slot_of(fleet, id);
        struct fleet_row *row = slot != 0 ? &fleet->rows[slot - 1] : NULL;
        if (row == NULL && is_worth_a_row(&fleet->credentials[i])) {
            row = add_row(fleet, id);
            row->gone = fleet->loaded;
            row->sandbox.state = row->gone ? SANDBOX_deleted : SANDBOX_other;
            (void)snprintf(row->sandbox.state_name, sizeof row->sandbox.state_name, "%s",
                           row->gone ? "deleted" : "");
        }
        if (row != NULL)
            row->credential_count++;
        fleet->row_of[i] = row != NULL ? (size_t)(row - fleet->rows) + 1 : 0;
    }
    for (size_t i = 0; i < fleet->row_count; i++) {
        fleet->rows[i].credentials = fleet->joined + used;
        used += fleet->rows[i].credential_count;
        fleet->rows[i].credential_count = 0;
    }
    for (size_t i = 0; i < fleet->credential_count; i++) {
        struct fleet_row *row = fleet->row_of[i] != 0 ? &fleet->rows[fleet->row_of[i] - 1] : NULL;
        if (row != NULL)
            row->credentials[row->credential_count++] = fleet->credentials[i];
    }
    for (size_t i = 0; i < fleet->row_count; i++)
        if (fleet->rows[i].credential_count > 1)
            qsort(fleet->rows[i].credentials, fleet->rows[i].credential_count, sizeof(struct credential),
                  newest_first);
}

// The rows are a cache of what the fleet says: making them is no change of it, hence the cast.
static struct fleet *joined(const struct fleet *constant)
{
    struct fleet *fleet = (struct fleet *)constant;
    if (!fleet->dirty)
        return fleet;
    if (!make_room(fleet)) {
        drop_rows(fleet); // shown as empty; tried again at the next look
        return fleet;
    }
    for (size_t i = 0; i < fleet->entry_count; i++) {
        struct fleet_row *row = add_row(fleet, fleet->entries[i].sandbox.id);
        row->sandbox = fleet->entries[i].sandbox;
        row->busy = fleet->entries[i].busy;
    }
    join_credentials(fleet);
    fleet->dirty = false;
    return fleet;
}

// --- reading ---

size_t fleet_count(const struct fleet *fleet)
{
    return joined(fleet)->row_count;
}

const struct fleet_row *fleet_row(const struct fleet *fleet, size_t index)
{
    return index < fleet_count(fleet) ? &fleet->rows[index] : NULL;
}

const struct fleet_row *fleet_find(const struct fleet *fleet, const char *sandbox_id)
{
    const struct fleet *now = joined(fleet);
    size_t slot = now->slot_count > 0 ? *slot_of(now, sandbox_id) : 0;
    return slot != 0 ? &now->rows[slot - 1] : NULL;
}

uint64_t fleet_generation(const struct fleet *fleet)
{
    return fleet->generation;
}

bool fleet_is_loaded(const struct fleet *fleet)
{
    return fleet->loaded;
}

const struct fleet_listing *fleet_listing(const struct fleet *fleet)
{
    return &fleet->listing;
}

// --- writing ---

static struct entry *entry_of(struct fleet *fleet, const char *id)
{
    for (size_t i = 0; i < fleet->entry_count; i++)
        if (strcmp(fleet->entries[i].sandbox.id, id) == 0)
            return &fleet->entries[i];
    return NULL;
}

// What only the GET of one sandbox tells is kept when a list says nothing of it.
static void take_over(struct entry *entry, const struct sandbox *sandbox, const struct fleet_row *old)
{
    entry->sandbox = *sandbox;
    if (old == NULL || old->gone)
        return;
    const struct sandbox *before = &old->sandbox;
    entry->busy = old->busy;
    if (sandbox->detailed || !before->detailed)
        return;
    entry->sandbox.detailed = true;
    entry->sandbox.vcpu = before->vcpu;
    entry->sandbox.memory_mib = before->memory_mib;
    entry->sandbox.disk_mib = before->disk_mib;
    entry->sandbox.timeout_s = before->timeout_s;
    entry->sandbox.auto_pause = before->auto_pause;
    (void)snprintf(entry->sandbox.network_mode, sizeof entry->sandbox.network_mode, "%s",
                   before->network_mode);
}

// Behind the first count of entries, which are those of the list: what that does not name. *count grows.
static enum status keep_unnamed(struct fleet *fleet, struct entry *entries, size_t *count)
{
    size_t named = *count;
    bool *seen = calloc(fleet_count(fleet) + 1, sizeof *seen);
    if (seen == NULL)
        return STATUS_NO_MEMORY;
    for (size_t i = 0; i < named; i++) {
        const struct fleet_row *row = fleet_find(fleet, entries[i].sandbox.id);
        if (row != NULL)
            seen[row - fleet->rows] = true;
    }
    for (size_t i = 0; i < fleet->entry_count && i < fleet_count(fleet); i++)
        if (!seen[i]) // the first rows are the entries, in their order
            entries[(*count)++] = fleet->entries[i];
    free(seen);
    return STATUS_OK;
}

static enum status take_list(struct fleet *fleet, const struct sandbox *sandboxes, size_t count, bool whole)
{
    struct entry *entries = calloc(count + (whole ? 0 : fleet->entry_count) + 1, sizeof *entries);
    if (entries == NULL)
        return STATUS_NO_MEMORY;
    for (size_t i = 0; i < count; i++)
        take_over(&entries[i], &sandboxes[i], fleet_find(fleet, sandboxes[i].id));
    if (!whole && keep_unnamed(fleet, entries, &count) != STATUS_OK) {
        free(entries);
        return STATUS_NO_MEMORY;
    }
    // The same list again, as most are, is no change. (A difference in the padding makes one too many.)
    if (fleet->loaded && count == fleet->entry_count &&
        memcmp(entries, fleet->entries, count * sizeof *entries) == 0) {
        free(entries);
        return STATUS_OK;
    }
    free(fleet->entries);
    fleet->entries = entries;
    fleet->entry_count = count;
    fleet->loaded = true;
    changed(fleet);
    return STATUS_OK;
}

enum status fleet_take_sandboxes(struct fleet *fleet, const struct sandbox *sandboxes, size_t count)
{
    return take_list(fleet, sandboxes, count, true);
}

enum status fleet_take_page(struct fleet *fleet, const struct leap0_page *page)
{
    const struct fleet_listing listing = {
        .left_out = page->malformed, .incomplete = page->incomplete, .odd = page->odd};
    bool same = fleet->listing.left_out == listing.left_out &&
                fleet->listing.incomplete == listing.incomplete &&
                fleet->listing.odd.count == listing.odd.count;
    enum status status = take_list(fleet, page->sandboxes, page->count, !page->incomplete);
    fleet->listing = listing;
    if (!same)
        changed(fleet);
    return status;
}

enum status fleet_take_sandbox(struct fleet *fleet, const struct sandbox *sandbox)
{
    struct entry *entry = entry_of(fleet, sandbox->id);
    if (entry == NULL) {
        // A new one: first, as the server will list it.
        struct entry *entries = calloc(fleet->entry_count + 1, sizeof *entries);
        if (entries == NULL)
            return STATUS_NO_MEMORY;
        if (fleet->entry_count > 0)
            memcpy(entries + 1, fleet->entries, fleet->entry_count * sizeof *entries);
        free(fleet->entries);
        fleet->entries = entries;
        fleet->entry_count++;
        entries[0].sandbox = *sandbox;
    } else {
        struct sandbox before = entry->sandbox;
        take_over(entry, sandbox, fleet_find(fleet, sandbox->id));
        // The single sandbox has no time-out instant; the list's stays while the state does.
        if (entry->sandbox.timeout_at == 0 && before.state == sandbox->state)
            entry->sandbox.timeout_at = before.timeout_at;
        if (entry->sandbox.launch_time == 0)
            entry->sandbox.launch_time = before.launch_time;
        if (entry->sandbox.state_change_time == 0 && before.state == sandbox->state)
            entry->sandbox.state_change_time = before.state_change_time;
        if (entry->sandbox.pod_id[0] == '\0')
            memcpy(entry->sandbox.pod_id, before.pod_id, sizeof before.pod_id);
    }
    changed(fleet);
    return STATUS_OK;
}

static struct credential *credential_of(struct fleet *fleet, int64_t vault_row)
{
    for (size_t i = 0; i < fleet->credential_count; i++)
        if (fleet->credentials[i].vault_row == vault_row)
            return &fleet->credentials[i];
    return NULL;
}

enum status fleet_take_credentials(struct fleet *fleet, const struct credential *credentials, size_t count)
{
    struct credential *list = calloc(count + 1, sizeof *list);
    if (list == NULL)
        return STATUS_NO_MEMORY;
    for (size_t i = 0; i < count; i++) {
        const struct credential *before = credential_of(fleet, credentials[i].vault_row);
        list[i] = credentials[i];
        list[i].busy = before != NULL ? before->busy : NULL;
        // The vault does not keep what was not understood.
        if (before != NULL && strcmp(before->id, list[i].id) == 0 && before->updated_at == list[i].updated_at)
            list[i].odd = before->odd;
    }
    bool same = count == fleet->credential_count &&
                (count == 0 || memcmp(list, fleet->credentials, count * sizeof *list) == 0);
    free(fleet->credentials);
    fleet->credentials = list;
    fleet->credential_count = count;
    fleet->credential_capacity = count + 1;
    if (!same)
        changed(fleet);
    return STATUS_OK;
}

enum status fleet_take_credential(struct fleet *fleet, const struct credential *credential)
{
    struct credential *one = credential_of(fleet, credential->vault_row);
    if (one == NULL && fleet->credential_count == fleet->credential_capacity) {
        size_t capacity = fleet->credential_capacity * 2 + 8;
        struct credential *grown = realloc(fleet->credentials, capacity * sizeof *grown);
        if (grown == NULL)
            return STATUS_NO_MEMORY;
        fleet->credentials = grown;
        fleet->credential_capacity = capacity;
    }
    if (one == NULL)
        one = &fleet->credentials[fleet->credential_count++];
    *one = *credential;
    changed(fleet);
    return STATUS_OK;
}

void fleet_drop_credential(struct fleet *fleet, int64_t vault_row)
{
    struct credential *one = credential_of(fleet, vault_row);
    if (one == NULL)
        return;
    *one = fleet->credentials[--fleet->credential_count];
    changed(fleet);
}

void fleet_drop_sandbox(struct fleet *fleet, const char *sandbox_id)
{
    struct entry *entry = entry_of(fleet, sandbox_id);
    if (entry == NULL)
        return;
    size_t after = fleet->entry_count - (size_t)(entry - fleet->entries) - 1;
    memmove(entry, entry + 1, after * sizeof *entry);
    fleet->entry_count--;
    changed(fleet);
}

void fleet_set_busy(struct fleet *fleet, const char *sandbox_id, const char *verb)
{
    struct entry *entry = entry_of(fleet, sandbox_id);
    if (entry == NULL || entry->busy == verb)
        return;
    entry->busy = verb;
    changed(fleet);
}

void fleet_set_credential_busy(struct fleet *fleet, int64_t vault_row, const char *verb)
{
    struct credential *one = credential_of(fleet, vault_row);
    if (one == NULL || one->busy == verb)
        return;
    one->busy = verb;
    changed(fleet);
}
