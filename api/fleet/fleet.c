// SPDX-License-Identifier: Apache-2.0
//
// fleet: Keep the sandboxes of the last list and all credentials, and join them when the rows are next read
// after a change. Joining anew is linear and simple; keeping the rows right change by change would be
// neither.

#include "api/fleet/fleet.h"

#include "api/base/id_map.h"
#include "api/leap0/leap0.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct named {
    char id[ID_CAP];
};

struct fleet {
    struct id_map
        rows; // the listed sandboxes in the server's order; behind them, while joined, the gone ones
    size_t listed;
    struct credential *credentials;
    size_t credential_count, credential_capacity;
    struct label_map labels; // also of sandboxes that have no row
    uint64_t generation;
    struct fleet_listing listing;
    bool loaded, complete;
    struct id_map named; // the ids of this round
    struct fleet_listing round;
    // The credentials of each row; right unless dirty.
    bool dirty;
    size_t row_count;          // of all rows; 0 while there is no memory to join them
    struct credential *joined; // what the rows' credentials point into
    size_t *row_of;            // of each credential: index + 1; 0: none
    size_t join_room;          // credentials that these two have room for
};

struct fleet *fleet_new(void)
{
    struct fleet *fleet = calloc(1, sizeof *fleet);
    if (fleet == NULL)
        return NULL;
    fleet->rows = ID_MAP(struct fleet_row, sandbox.id);
    label_map_begin(&fleet->labels);
    fleet->named = ID_MAP(struct named, id);
    return fleet;
}

void fleet_free(struct fleet *fleet)
{
    if (fleet == NULL)
        return;
    id_map_free(&fleet->rows);
    label_map_end(&fleet->labels);
    id_map_free(&fleet->named);
    free(fleet->joined);
    free(fleet->row_of);
    free(fleet->credentials);
    free(fleet);
}

static void changed(struct fleet *fleet)
{
    fleet->dirty = true;
    fleet->generation++;
}

// --- joining ---

static struct fleet_row *row_at(const struct fleet *fleet, size_t index)
{
    return id_map_at(&fleet->rows, index);
}

// A credential whose sandbox is not in the list still has a row while it may be of use.
static bool is_worth_a_row(const struct credential *credential)
{
    return credential->verdict != VERDICT_REVOKED && credential->verdict != VERDICT_INVALID;
}

static bool make_room(struct fleet *fleet)
{
    if (fleet->joined != NULL && fleet->credential_count <= fleet->join_room)
        return true;
    free(fleet->joined);
    free(fleet->row_of);
    fleet->join_room = fleet->credential_count + fleet->credential_count / 4 + 8;
    fleet->joined = reallocarray(NULL, fleet->join_room, sizeof *fleet->joined);
    fleet->row_of = reallocarray(NULL, fleet->join_room, sizeof *fleet->row_of);
    if (fleet->joined != NULL && fleet->row_of != NULL)
        return true;
    fleet->join_room = 0;
    return false;
}

static int newest_first(const void *a, const void *b)
{
    const struct credential *left = a, *right = b;
    if (left->created_at != right->created_at)
        return left->created_at > right->created_at ? -1 : 1;
    return left->vault_row > right->vault_row ? -1 : left->vault_row < right->vault_row;
}

static struct fleet_row *add_gone_row(struct fleet *fleet, const char *sandbox_id)
{
    struct fleet_row *row = id_map_add(&fleet->rows, sandbox_id, NULL);
    if (row == NULL)
        return NULL;
    row->gone = fleet->complete;
    row->sandbox.state = row->gone ? SANDBOX_deleted : SANDBOX_other;
    (void)snprintf(row->sandbox.state_name, sizeof row->sandbox.state_name, "%s", row->gone ? "deleted" : "");
    return row;
}

// Counts the credentials of each row, and adds the rows of sandboxes that are gone.
static bool find_rows(struct fleet *fleet)
{
    id_map_truncate(&fleet->rows, fleet->listed);
    for (size_t i = 0; i < fleet->listed; i++)
        row_at(fleet, i)->credential_count = 0;
    for (size_t i = 0; i < fleet->credential_count; i++) {
        const struct credential *credential = &fleet->credentials[i];
        struct fleet_row *row = id_map_find(&fleet->rows, credential->sandbox_id);
        if (row == NULL && is_worth_a_row(credential)) {
            row = add_gone_row(fleet, credential->sandbox_id);
            if (row == NULL)
                return false;
        }
        if (row != NULL)
            row->credential_count++;
        fleet->row_of[i] = row != NULL ? id_map_index(&fleet->rows, row) + 1 : 0;
    }
    return true;
}

static void join_labels(struct fleet *fleet)
{
    const char *sandbox_id = NULL;
    for (size_t i = 0; i < fleet->rows.count; i++)
        row_at(fleet, i)->label = NULL;
    for (size_t i = 0; i < label_map_count(&fleet->labels); i++) {
        const struct sandbox_label *label = label_map_at(&fleet->labels, i, &sandbox_id);
        struct fleet_row *row = id_map_find(&fleet->rows, sandbox_id);
        if (row != NULL)
            row->label = label;
    }
}

static void join_credentials(struct fleet *fleet)
{
    size_t used = 0;
    for (size_t i = 0; i < fleet->rows.count; i++) {
        struct fleet_row *row = row_at(fleet, i);
        row->credentials = fleet->joined + used;
        used += row->credential_count;
        row->credential_count = 0;
    }
    for (size_t i = 0; i < fleet->credential_count; i++) {
        struct fleet_row *row = fleet->row_of[i] != 0 ? row_at(fleet, fleet->row_of[i] - 1) : NULL;
        if (row != NULL)
            row->credentials[row->credential_count++] = fleet->credentials[i];
    }
    for (size_t i = 0; i < fleet->rows.count; i++) {
        struct fleet_row *row = row_at(fleet, i);
        row->changed = fleet->generation;
        if (row->credential_count > 1)
            qsort(row->credentials, row->credential_count, sizeof *row->credentials, newest_first);
    }
}

// What the rows hold beyond the list is a cache: filling it is no change of the fleet, hence the cast.
static struct fleet *joined(const struct fleet *constant)
{
    struct fleet *fleet = (struct fleet *)constant;
    if (!fleet->dirty)
        return fleet;
    if (!make_room(fleet) || !find_rows(fleet)) {
        fleet->row_count = 0; // shown as empty; tried again at the next look
        return fleet;
    }
    join_credentials(fleet);
    join_labels(fleet);
    fleet->row_count = fleet->rows.count;
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
    return index < fleet_count(fleet) ? row_at(fleet, index) : NULL;
}

const struct fleet_row *fleet_find(const struct fleet *fleet, const char *sandbox_id)
{
    return fleet_count(fleet) > 0 ? id_map_find(&fleet->rows, sandbox_id) : NULL;
}

uint64_t fleet_generation(const struct fleet *fleet)
{
    return fleet->generation;
}

bool fleet_is_loaded(const struct fleet *fleet)
{
    return fleet->loaded;
}

bool fleet_is_complete(const struct fleet *fleet)
{
    return fleet->complete;
}

const struct fleet_listing *fleet_listing(const struct fleet *fleet)
{
    return &fleet->listing;
}

// --- writing ---

// NULL: it is not in the list.
static struct fleet_row *listed_row(const struct fleet *fleet, const char *id)
{
    struct fleet_row *row = id_map_find(&fleet->rows, id);
    return row != NULL && id_map_index(&fleet->rows, row) < fleet->listed ? row : NULL;
}

// What only the GET of one sandbox gives is kept when a list does not have it.
static void keep_details(struct sandbox *sandbox, const struct sandbox *before)
{
    if (sandbox->detailed || !before->detailed)
        return;
    sandbox->detailed = true;
    sandbox->vcpu = before->vcpu;
    sandbox->memory_mib = before->memory_mib;
    sandbox->disk_mib = before->disk_mib;
    sandbox->timeout_s = before->timeout_s;
    sandbox->auto_pause = before->auto_pause;
    memcpy(sandbox->network_mode, before->network_mode, sizeof sandbox->network_mode);
}

// Behind the rows: a sandbox with what is known of it. False: out of memory.
static bool add_listed(struct id_map *rows, const struct sandbox *sandbox, const struct fleet_row *before)
{
    struct fleet_row *row = id_map_add(rows, sandbox->id, NULL);
    if (row == NULL)
        return false;
    row->sandbox = *sandbox;
    if (before != NULL) {
        row->busy = before->busy;
        row->label = before->label;
        row->fresh_ms = before->fresh_ms;
        keep_details(&row->sandbox, &before->sandbox);
    }
    return true;
}

// Behind the rows: what is listed now and not among them.
static bool add_unnamed(struct id_map *rows, const struct fleet *fleet)
{
    for (size_t i = 0; i < fleet->listed; i++) {
        const struct fleet_row *row = row_at(fleet, i);
        if (id_map_find(rows, row->sandbox.id) == NULL && !add_listed(rows, &row->sandbox, row))
            return false;
    }
    return true;
}

static bool is_same_list(const struct fleet *fleet, const struct id_map *rows)
{
    bool same = fleet->complete && rows->count == fleet->listed;
    for (size_t i = 0; same && i < rows->count; i++) {
        const struct fleet_row *row = id_map_at(rows, i);
        // A difference in the padding makes one change too many. NOLINTNEXTLINE(*-memory-comparison,cert-*)
        same = memcmp(&row->sandbox, &row_at(fleet, i)->sandbox, sizeof row->sandbox) == 0;
    }
    return same;
}

static void replace_rows(struct fleet *fleet, struct id_map *rows)
{
    id_map_free(&fleet->rows);
    fleet->rows = *rows;
    fleet->listed = rows->count;
    changed(fleet);
}

static enum status take_list(struct fleet *fleet, const struct sandbox *sandboxes, size_t count, bool whole)
{
    struct id_map rows = ID_MAP(struct fleet_row, sandbox.id);
    bool good = id_map_reserve(&rows, count);
    for (size_t i = 0; good && i < count; i++)
        good = add_listed(&rows, &sandboxes[i], listed_row(fleet, sandboxes[i].id));
    good = good && (whole || add_unnamed(&rows, fleet));
    if (!good || is_same_list(fleet, &rows)) { // as most are
        id_map_free(&rows);
        return good ? STATUS_OK : STATUS_NO_MEMORY;
    }
    fleet->loaded = fleet->complete = true;
    replace_rows(fleet, &rows);
    return STATUS_OK;
}

static void set_listing(struct fleet *fleet, const struct fleet_listing *listing)
{
    bool same = fleet->listing.left_out == listing->left_out &&
                fleet->listing.incomplete == listing->incomplete &&
                fleet->listing.unparsed.count == listing->unparsed.count;
    fleet->listing = *listing;
    if (!same)
        changed(fleet);
}

enum status fleet_take_list(struct fleet *fleet, const struct leap0_page *list, int64_t fresh_ms)
{
    const struct fleet_listing listing = {
        .left_out = list->malformed, .incomplete = list->incomplete, .unparsed = list->unparsed};
    enum status status = take_list(fleet, list->sandboxes, list->count, !list->incomplete);
    for (size_t i = 0; status == STATUS_OK && i < list->count; i++)
        listed_row(fleet, list->sandboxes[i].id)->fresh_ms = fresh_ms;
    set_listing(fleet, &listing);
    return status;
}

// --- a round of pages ---

void fleet_begin_round(struct fleet *fleet)
{
    id_map_clear(&fleet->named);
    fleet->round = (struct fleet_listing){0};
}

size_t fleet_round_count(const struct fleet *fleet)
{
    return fleet->named.count;
}

static enum status take_item(struct fleet *fleet, const struct sandbox *sandbox, int64_t fresh_ms)
{
    struct fleet_row *row = listed_row(fleet, sandbox->id);
    if (id_map_add(&fleet->named, sandbox->id, NULL) == NULL)
        return STATUS_NO_MEMORY;
    if (row == NULL) {
        fleet->row_count = 0;
        id_map_truncate(&fleet->rows, fleet->listed);
        changed(fleet);
        if (!add_listed(&fleet->rows, sandbox, NULL))
            return STATUS_NO_MEMORY;
        row = row_at(fleet, fleet->listed++);
    } else {
        struct sandbox after = *sandbox;
        keep_details(&after, &row->sandbox);
        // A difference in the padding makes one change too many. NOLINTNEXTLINE(*-memory-comparison,cert-*)
        if (memcmp(&after, &row->sandbox, sizeof after) != 0)
            changed(fleet);
        row->sandbox = after;
    }
    row->fresh_ms = fresh_ms;
    return STATUS_OK;
}

enum status fleet_take_page(struct fleet *fleet, const struct leap0_page *page, int64_t fresh_ms)
{
    enum status status = STATUS_OK;
    for (size_t i = 0; status == STATUS_OK && i < page->count; i++)
        status = take_item(fleet, &page->sandboxes[i], fresh_ms);
    fleet->round.left_out += page->malformed;
    if (fleet->round.unparsed.count == 0)
        fleet->round.unparsed = page->unparsed;
    if (!fleet->loaded)
        changed(fleet);
    fleet->loaded = true;
    return status;
}

static bool was_named(void *ctx, const void *row)
{
    const struct fleet *fleet = ctx;
    return id_map_find(&fleet->named, ((const struct fleet_row *)row)->sandbox.id) != NULL;
}

void fleet_end_round(struct fleet *fleet, bool complete)
{
    fleet->round.incomplete = !complete;
    set_listing(fleet, &fleet->round);
    if (!complete)
        return;
    bool first = !fleet->complete;
    fleet->complete = fleet->loaded = true;
    id_map_truncate(&fleet->rows, fleet->listed);
    id_map_keep(&fleet->rows, was_named, fleet);
    if (first || fleet->rows.count != fleet->listed)
        changed(fleet);
    else
        fleet->dirty = true;
    fleet->listed = fleet->rows.count;
}

// A new one: first, as the server will list it.
static enum status add_first(struct fleet *fleet, const struct sandbox *sandbox)
{
    struct id_map rows = ID_MAP(struct fleet_row, sandbox.id);
    if (!id_map_reserve(&rows, fleet->listed + 1) || !add_listed(&rows, sandbox, NULL) ||
        !add_unnamed(&rows, fleet)) {
        id_map_free(&rows);
        return STATUS_NO_MEMORY;
    }
    replace_rows(fleet, &rows);
    return STATUS_OK;
}

enum status fleet_take_sandbox(struct fleet *fleet, const struct sandbox *sandbox)
{
    struct fleet_row *row = listed_row(fleet, sandbox->id);
    if (row == NULL)
        return add_first(fleet, sandbox);
    struct sandbox *after = &row->sandbox;
    const struct sandbox before = *after;
    *after = *sandbox;
    keep_details(after, &before);
    // The single sandbox has no time-out instant; the list's stays while the state does.
    if (after->timeout_at == 0 && before.state == sandbox->state)
        after->timeout_at = before.timeout_at;
    if (after->launch_time == 0)
        after->launch_time = before.launch_time;
    if (after->state_change_time == 0 && before.state == sandbox->state)
        after->state_change_time = before.state_change_time;
    if (after->pod_id[0] == '\0')
        memcpy(after->pod_id, before.pod_id, sizeof before.pod_id);
    changed(fleet);
    return STATUS_OK;
}

// Looked for from that index on, and then before it.
static struct credential *credential_from(struct fleet *fleet, int64_t vault_row, size_t from)
{
    for (size_t i = 0; i < fleet->credential_count; i++) {
        struct credential *one = &fleet->credentials[(from + i) % fleet->credential_count];
        if (one->vault_row == vault_row)
            return one;
    }
    return NULL;
}

static struct credential *credential_of(struct fleet *fleet, int64_t vault_row)
{
    return credential_from(fleet, vault_row, 0);
}

enum status fleet_take_credentials(struct fleet *fleet, const struct credential *credentials, size_t count)
{
    size_t next = 0; // most lists have the order of the one before
    struct credential *list = calloc(count + 1, sizeof *list);
    if (list == NULL)
        return STATUS_NO_MEMORY;
    for (size_t i = 0; i < count; i++) {
        const struct credential *before = credential_from(fleet, credentials[i].vault_row, next);
        next = before != NULL ? (size_t)(before - fleet->credentials) + 1 : next;
        list[i] = credentials[i];
        list[i].busy = before != NULL ? before->busy : NULL;
        list[i].asked = before != NULL ? before->asked : 0;
        // The vault does not keep what was not understood.
        if (before != NULL && strcmp(before->id, list[i].id) == 0 && before->updated_at == list[i].updated_at)
            list[i].unparsed = before->unparsed;
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
    const struct fleet_row *row = listed_row(fleet, sandbox_id);
    if (row == NULL)
        return;
    id_map_remove(&fleet->rows, row);
    fleet->listed--;
    changed(fleet);
}

void fleet_set_busy(struct fleet *fleet, const char *sandbox_id, const char *verb)
{
    struct fleet_row *row = listed_row(fleet, sandbox_id);
    if (row == NULL || row->busy == verb)
        return;
    row->busy = verb;
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

void fleet_set_credential_asked(struct fleet *fleet, int64_t vault_row, int64_t asked)
{
    struct credential *one = credential_of(fleet, vault_row);
    if (one == NULL)
        return;
    one->asked = asked;
    changed(fleet);
}

// --- labels ---

const struct sandbox_label *fleet_label(const struct fleet *fleet, const char *sandbox_id)
{
    return label_map_find(&fleet->labels, sandbox_id);
}

const struct label_map *fleet_labels(const struct fleet *fleet)
{
    return &fleet->labels;
}

enum status fleet_set_label(struct fleet *fleet, const char *sandbox_id, const struct sandbox_label *label)
{
    bool is_new = false;
    enum status status = label_map_set(&fleet->labels, sandbox_id, label, &is_new);
    if (is_new)
        changed(fleet);
    return status;
}

enum status fleet_take_labels(struct fleet *fleet, const struct labelled_sandbox *list, size_t count)
{
    bool is_new = false;
    enum status status = label_map_take(&fleet->labels, list, count, &is_new);
    if (is_new)
        changed(fleet);
    return status;
}
