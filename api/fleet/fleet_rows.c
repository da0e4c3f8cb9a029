// SPDX-License-Identifier: Apache-2.0
//
// fleet_rows: Keep the rows: find them by id, in their order, by their slot, and by their last change. Each
// change costs what it changes, at any size of the fleet.

#include "api/fleet/fleet_private.h"

#include <stdlib.h>
#include <string.h>

// --- chains ---

static struct link *link_of(struct fleet *fleet, uint32_t slot, const struct chain *chain)
{
    return chain == &fleet->by_change ? &fleet->rows[slot]->by_change : &fleet->rows[slot]->by_age;
}

static bool is_in(const struct chain *chain, const struct link *link, uint32_t slot)
{
    return link->before != NO_SLOT || link->after != NO_SLOT || chain->first == slot;
}

static void chain_remove(struct fleet *fleet, struct chain *chain, uint32_t slot)
{
    struct link *link = link_of(fleet, slot, chain);
    if (!is_in(chain, link, slot))
        return;
    *(link->before != NO_SLOT ? &link_of(fleet, link->before, chain)->after : &chain->first) = link->after;
    *(link->after != NO_SLOT ? &link_of(fleet, link->after, chain)->before : &chain->last) = link->before;
    *link = (struct link){NO_SLOT, NO_SLOT};
}

static void chain_append(struct fleet *fleet, struct chain *chain, uint32_t slot)
{
    struct link *link = link_of(fleet, slot, chain);
    if (chain->last == slot)
        return;
    chain_remove(fleet, chain, slot);
    *link = (struct link){chain->last, NO_SLOT};
    *(chain->last != NO_SLOT ? &link_of(fleet, chain->last, chain)->after : &chain->first) = slot;
    chain->last = slot;
}

// --- change ---

void fleet_touch(struct fleet *fleet)
{
    fleet->generation++;
}

void row_touch(struct fleet *fleet, struct row *row)
{
    if (row->place == ROW_HIDDEN)
        return;
    row_tell_credentials(row);
    row->face.changed = ++fleet->generation;
    chain_append(fleet, &fleet->by_change, row->face.slot);
}

void row_set_fresh(struct fleet *fleet, struct row *row, int64_t fresh_ms)
{
    if (fresh_ms <= row->face.fresh_ms)
        return;
    row->face.fresh_ms = fresh_ms;
    if (row->place == ROW_LISTED)
        chain_append(fleet, &fleet->by_age, row->face.slot);
}

static void layout_changed(struct fleet *fleet)
{
    fleet->layout = ++fleet->generation;
}

// --- which rows there are ---

static bool is_id(const void *ctx, uint32_t slot, const void *key)
{
    const struct fleet *fleet = ctx;
    return strcmp(fleet->rows[slot]->id, key) == 0;
}

struct row *row_find(const struct fleet *fleet, const char *id)
{
    uint32_t slot = hash_index_find(&fleet->by_id, keyed_hash_text(id), is_id, fleet, id);
    return slot != HASH_INDEX_NONE ? fleet->rows[slot] : NULL;
}

struct row *row_listed(const struct fleet *fleet, const char *id)
{
    struct row *row = row_find(fleet, id);
    return row != NULL && row->place == ROW_LISTED ? row : NULL;
}

static bool grow(void **array, size_t count, size_t size)
{
    void *grown = reallocarray(*array, count, size);
    if (grown != NULL)
        *array = grown;
    return grown != NULL;
}

static bool make_room(struct fleet *fleet)
{
    // By half: what the lists of a large fleet have too much is memory too.
    const size_t capacity = fleet->slot_capacity + fleet->slot_capacity / 2 + 64;
    if (fleet->free_count > 0 || fleet->slot_count < fleet->slot_capacity)
        return true;
    if (capacity >= NO_SLOT || !grow((void **)&fleet->rows, capacity, sizeof(struct row *)) ||
        !grow((void **)&fleet->free_slots, capacity, sizeof *fleet->free_slots) ||
        !grow((void **)&fleet->order, capacity, sizeof *fleet->order) ||
        !grow((void **)&fleet->with_credentials, capacity, sizeof *fleet->with_credentials))
        return false;
    fleet->slot_capacity = capacity;
    return true;
}

struct row *row_add(struct fleet *fleet, const char *id)
{
    static const struct unparsed nothing;
    const size_t size = strlen(id) + 1;
    struct row *row = make_room(fleet) ? calloc(1, sizeof *row + size) : NULL;
    if (row == NULL)
        return NULL;
    const uint32_t slot =
        fleet->free_count > 0 ? fleet->free_slots[fleet->free_count - 1] : (uint32_t)fleet->slot_count;
    if (!hash_index_add(&fleet->by_id, keyed_hash_text(id), slot)) {
        free(row);
        return NULL;
    }
    if (fleet->free_count > 0)
        fleet->free_count--;
    else
        fleet->slot_count++;
    memcpy(row->id, id, size);
    row->face.sandbox = (struct fleet_sandbox){.id = row->id,
                                               .template_id = "",
                                               .pod_id = "",
                                               .state_name = "",
                                               .network_mode = "",
                                               .unparsed = &nothing,
                                               .state = SANDBOX_other};
    row->face.slot = slot;
    row->face.label = label_map_find(&fleet->labels, id);
    row->by_change = row->by_age = (struct link){NO_SLOT, NO_SLOT};
    row->with_credentials = NO_SLOT;
    fleet->rows[slot] = row;
    return row;
}

void row_free(struct row *row, struct fleet *fleet)
{
    const uint32_t slot = row->face.slot;
    chain_remove(fleet, &fleet->by_change, slot);
    chain_remove(fleet, &fleet->by_age, slot);
    hash_index_remove(&fleet->by_id, keyed_hash_text(row->id), slot);
    row_drop_texts(fleet, row);
    row_free_credentials(row);
    fleet->rows[slot] = NULL;
    fleet->free_slots[fleet->free_count++] = slot;
    free(row);
}

// --- where they are ---

static void insert(struct fleet *fleet, uint32_t slot, size_t index)
{
    uint32_t *at = fleet->order + index;
    memmove(at + 1, at, (fleet->count - index) * sizeof *at);
    *at = slot;
    fleet->count++;
}

static void take_out(struct fleet *fleet, uint32_t slot)
{
    size_t index = 0;
    while (index < fleet->count && fleet->order[index] != slot)
        index++;
    if (index == fleet->count)
        return;
    fleet->count--;
    memmove(fleet->order + index, fleet->order + index + 1, (fleet->count - index) * sizeof *fleet->order);
}

static void appear(struct fleet *fleet, struct row *row, unsigned char place)
{
    const bool was_hidden = row->place == ROW_HIDDEN;
    row->place = place;
    layout_changed(fleet);
    row_touch(fleet, row);
    if (was_hidden)
        row->face.born = row->face.changed;
}

void row_list(struct fleet *fleet, struct row *row, size_t index)
{
    if (row->place == ROW_UNLISTED)
        take_out(fleet, row->face.slot);
    insert(fleet, row->face.slot, index);
    fleet->listed++;
    row->face.gone = false;
    appear(fleet, row, ROW_LISTED);
    row_count(fleet, row);
    if (row->face.fresh_ms > 0)
        chain_append(fleet, &fleet->by_age, row->face.slot);
}

void row_unlist(struct fleet *fleet, struct row *row)
{
    take_out(fleet, row->face.slot);
    fleet->listed--;
    row_uncount(fleet, row);
    row_settle(fleet, row);
}

static void disappear(struct fleet *fleet, struct row *row)
{
    row->place = ROW_HIDDEN;
    chain_remove(fleet, &fleet->by_change, row->face.slot);
    chain_remove(fleet, &fleet->by_age, row->face.slot);
    layout_changed(fleet);
    if (row->face.credential_count == 0)
        row_free(row, fleet);
}

void row_settle(struct fleet *fleet, struct row *row)
{
    const bool has_use = row_has_use(row);
    if (row->place == ROW_LISTED) { // it was
        chain_remove(fleet, &fleet->by_age, row->face.slot);
        row_miss(fleet, row, false);
        row_clear_sandbox(fleet, row);
    }
    if (has_use && row->place != ROW_UNLISTED) {
        const bool was_hidden = row->place == ROW_HIDDEN;
        if (was_hidden)
            row_clear_sandbox(fleet, row);
        insert(fleet, row->face.slot, fleet->count);
        appear(fleet, row, ROW_UNLISTED);
    } else if (!has_use && row->place == ROW_UNLISTED) {
        take_out(fleet, row->face.slot);
        disappear(fleet, row);
    } else if (!has_use && row->place == ROW_LISTED) {
        disappear(fleet, row);
    } else if (!has_use && row->face.credential_count == 0) {
        row_free(row, fleet);
    }
}

// --- reading ---

size_t fleet_count(const struct fleet *fleet)
{
    return fleet->count;
}

const struct fleet_row *fleet_row(const struct fleet *fleet, size_t index)
{
    return index < fleet->count ? &fleet->rows[fleet->order[index]]->face : NULL;
}

const struct fleet_row *fleet_find(const struct fleet *fleet, const char *sandbox_id)
{
    const struct row *row = row_find(fleet, sandbox_id);
    return row != NULL && row->place != ROW_HIDDEN ? &row->face : NULL;
}

const struct fleet_row *fleet_slot(const struct fleet *fleet, uint32_t slot)
{
    const struct row *row = slot < fleet->slot_count ? fleet->rows[slot] : NULL;
    return row != NULL && row->place != ROW_HIDDEN ? &row->face : NULL;
}

size_t fleet_slot_count(const struct fleet *fleet)
{
    return fleet->slot_count;
}

uint64_t fleet_layout(const struct fleet *fleet)
{
    return fleet->layout;
}

size_t fleet_changes(const struct fleet *fleet, uint64_t since, uint32_t *slots, size_t cap)
{
    size_t count = 0;
    for (uint32_t at = fleet->by_change.last; at != NO_SLOT; at = fleet->rows[at]->by_change.before) {
        if (fleet->rows[at]->face.changed <= since)
            return count;
        if (count == cap)
            return SIZE_MAX;
        slots[count++] = at;
    }
    return count;
}

int64_t fleet_oldest_ms(const struct fleet *fleet)
{
    return fleet->by_age.first != NO_SLOT ? fleet->rows[fleet->by_age.first]->face.fresh_ms : 0;
}
