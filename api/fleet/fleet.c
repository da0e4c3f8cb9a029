// SPDX-License-Identifier: Apache-2.0
//
// fleet: Take the list of sandboxes page by page, in rounds. What a round has not named is gone at its end,
// unless items have shifted from page to page meanwhile, so that it may only have been missed.

#include "api/fleet/fleet_private.h"
#include "api/leap0/leap0.h"

#include <stdlib.h>
#include <string.h>

enum { LIST_PAGE = 100 };

struct fleet *fleet_new(void)
{
    struct fleet *fleet = calloc(1, sizeof *fleet);
    if (fleet == NULL)
        return NULL;
    fleet->by_change = fleet->by_age = (struct chain){NO_SLOT, NO_SLOT};
    label_map_begin(&fleet->labels);
    fleet->round.number = 1; // no row is named by it
    return fleet;
}

void fleet_free(struct fleet *fleet)
{
    if (fleet == NULL)
        return;
    for (size_t i = 0; i < fleet->slot_count; i++)
        if (fleet->rows[i] != NULL)
            row_free(fleet->rows[i], fleet);
    hash_index_free(&fleet->by_id);
    hash_index_free(&fleet->by_vault_row);
    text_pool_free(&fleet->texts);
    label_map_end(&fleet->labels);
    free(fleet->rows);
    free(fleet->free_slots);
    free(fleet->order);
    free(fleet->with_credentials);
    free(fleet);
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

static void set_listing(struct fleet *fleet, const struct fleet_listing *listing)
{
    bool same = fleet->listing.left_out == listing->left_out &&
                fleet->listing.incomplete == listing->incomplete &&
                fleet->listing.unparsed.count == listing->unparsed.count;
    fleet->listing = *listing;
    if (!same)
        fleet_touch(fleet);
}

// --- a page ---

void row_name(struct fleet *fleet, struct row *row, uint32_t position)
{
    if (row->round == fleet->round.number && row->position == 0)
        fleet->round.beside--;
    row->round = fleet->round.number;
    row->position = position;
    if (position > 0)
        fleet->round.named++;
    else
        fleet->round.beside++;
    row_miss(fleet, row, false);
}

// A page that is being taken.
struct taking {
    struct fleet *fleet;
    const struct leap0_page *page;
    int64_t fresh_ms;
    bool in_round;
    uint32_t position; // in the round, of the item before
    size_t known;      // of the page's known ones, those that have been taken
    struct row *last;  // the item before; NULL none
};

static void name_item(struct taking *taking, struct row *row)
{
    struct fleet *fleet = taking->fleet;
    const bool is_named = row->round == fleet->round.number;
    taking->position++;
    if (!taking->in_round && !is_named)
        row_name(fleet, row, 0);
    else if (taking->in_round && is_named && row->position > 0)
        fleet->round.doubtful = true; // it has shifted onto this page
    else if (taking->in_round)
        row_name(fleet, row, taking->position);
    row_set_fresh(fleet, row, taking->fresh_ms);
    taking->last = row;
}

// Where a row is that comes new with a page: behind the one that is before it there, at first at the end.
static size_t index_behind(const struct fleet *fleet, const struct row *before)
{
    size_t index = 0;
    if (!fleet->complete)
        return fleet->listed;
    if (before == NULL)
        return 0;
    while (index < fleet->listed && fleet->order[index] != before->face.slot)
        index++;
    return index < fleet->listed ? index + 1 : index;
}

static enum status take_item(struct taking *taking, const struct sandbox *sandbox, uint64_t hash)
{
    struct fleet *fleet = taking->fleet;
    bool changed = false;
    struct row *row = row_find(fleet, sandbox->id);
    if (row == NULL)
        row = row_add(fleet, sandbox->id);
    if (row == NULL)
        return STATUS_NO_MEMORY;
    enum status status = row_take_sandbox(fleet, row, sandbox, &changed);
    if (status != STATUS_OK) {
        if (row->place != ROW_LISTED)
            row_settle(fleet, row);
        return status;
    }
    row->item_hash = hash;
    if (row->place != ROW_LISTED)
        row_list(fleet, row, index_behind(fleet, taking->last));
    else if (changed)
        row_touch(fleet, row);
    name_item(taking, row);
    return STATUS_OK;
}

bool fleet_knows_item(void *fleet, const char *sandbox_id, uint64_t hash)
{
    const struct row *row = row_listed(fleet, sandbox_id);
    return row != NULL && hash != 0 && row->item_hash == hash;
}

// Those that come before so many of the page's sandboxes.
static void take_known(struct taking *taking, size_t before)
{
    const struct leap0_page *page = taking->page;
    for (; taking->known < page->known_count && page->known[taking->known].before <= before;
         taking->known++) {
        struct row *row = row_listed(taking->fleet, page->known[taking->known].id);
        if (row != NULL)
            name_item(taking, row);
    }
}

static enum status take_items(struct fleet *fleet, const struct leap0_page *page, int64_t fresh_ms,
                              bool in_round)
{
    struct taking taking = {.fleet = fleet, .page = page, .fresh_ms = fresh_ms, .in_round = in_round};
    // Pages may come in any order.
    taking.position = page->number > 0 ? (uint32_t)(page->number - 1) * LIST_PAGE : fleet->round.named;
    enum status status = STATUS_OK;
    for (size_t i = 0; status == STATUS_OK && i < page->count; i++) {
        take_known(&taking, i);
        status = take_item(&taking, &page->sandboxes[i], page->hashes != NULL ? page->hashes[i] : 0);
    }
    take_known(&taking, SIZE_MAX);
    if (!fleet->loaded)
        fleet_touch(fleet);
    fleet->loaded = true;
    return status;
}

static void note_listing(struct fleet *fleet, const struct leap0_page *page)
{
    // Another total than a page before: something came or went while the round was read.
    if (fleet->round.pages++ > 0 && page->total != fleet->round.total)
        fleet->round.doubtful = true;
    fleet->round.total = page->total;
    fleet->round.listing.left_out += page->malformed;
    if (fleet->round.listing.unparsed.count == 0)
        fleet->round.listing.unparsed = page->unparsed;
}

enum status fleet_take_page(struct fleet *fleet, const struct leap0_page *page, int64_t fresh_ms)
{
    note_listing(fleet, page);
    return take_items(fleet, page, fresh_ms, true);
}

enum status fleet_take_look(struct fleet *fleet, const struct leap0_page *page, int64_t fresh_ms)
{
    return take_items(fleet, page, fresh_ms, false);
}

// --- a round ---

void fleet_begin_round(struct fleet *fleet)
{
    const uint32_t number = fleet->round.number + 1;
    memset(&fleet->round, 0, sizeof fleet->round);
    fleet->round.number = number;
}

size_t fleet_round_count(const struct fleet *fleet)
{
    return (size_t)fleet->round.named + fleet->round.beside;
}

size_t fleet_round_named(const struct fleet *fleet)
{
    return fleet->round.named;
}

int fleet_page_of(const struct fleet_row *row)
{
    const uint32_t position = ((const struct row *)(const void *)row)->position;
    return position > 0 ? (int)((position - 1) / LIST_PAGE) + 1 : 0;
}

size_t fleet_missed_count(const struct fleet *fleet)
{
    return fleet->missed;
}

static bool is_gone(const struct fleet *fleet, const struct row *row)
{
    return row->round != fleet->round.number && (row->face.missed || !fleet->round.doubtful);
}

// The rows that are gone leave the order in one pass over all; what becomes of them comes after it.
static size_t leave_order(struct fleet *fleet)
{
    size_t kept = 0;
    const size_t before = fleet->listed;
    for (size_t i = 0; i < before; i++) {
        const struct row *row = fleet->rows[fleet->order[i]];
        if (!is_gone(fleet, row))
            fleet->order[kept++] = fleet->order[i];
    }
    if (kept == before)
        return 0;
    memmove(fleet->order + kept, fleet->order + before, (fleet->count - before) * sizeof *fleet->order);
    fleet->listed = kept;
    fleet->count -= before - kept;
    return before - kept;
}

static void drop_gone(struct fleet *fleet)
{
    size_t left = leave_order(fleet);
    for (size_t i = 0; left > 0 && i < fleet->slot_count; i++) {
        struct row *row = fleet->rows[i];
        if (row == NULL || row->place != ROW_LISTED || !is_gone(fleet, row))
            continue;
        left--;
        row_uncount(fleet, row);
        row_settle(fleet, row);
    }
    for (size_t i = 0; i < fleet->listed; i++) { // only now: a second miss is what makes one gone
        struct row *row = fleet->rows[fleet->order[i]];
        row_miss(fleet, row, row->round != fleet->round.number);
    }
}

// The rows get the order of a round that has missed none.
static void take_order(struct fleet *fleet)
{
    uint32_t *slots = NULL, last = 0, highest = 0;
    size_t index = 0;
    bool in_order = true, twice = false;
    for (size_t i = 0; i < fleet->listed; i++) {
        const struct row *row = fleet->rows[fleet->order[i]];
        const uint32_t position = row->round == fleet->round.number ? row->position : 0;
        in_order = in_order && (position == 0 || position > last);
        last = position > 0 ? position : last;
        highest = position > highest ? position : highest;
    }
    if (in_order || fleet->round.doubtful)
        return;
    slots = calloc((size_t)highest + 1, sizeof *slots);
    for (size_t i = 0; slots != NULL && i < fleet->listed; i++) {
        const struct row *row = fleet->rows[fleet->order[i]];
        if (row->round != fleet->round.number || row->position == 0)
            continue;
        twice = twice || slots[row->position] != 0; // a page that came twice, with others on it
        slots[row->position] = row->face.slot + 1;
    }
    if (slots == NULL || twice) {
        free(slots);
        return; // in the order they had
    }
    for (size_t i = 0; i < fleet->listed; i++) {
        const struct row *row = fleet->rows[fleet->order[i]];
        if (row->round != fleet->round.number || row->position == 0)
            fleet->order[index++] = row->face.slot; // made since the round began: first, as it is new
    }
    for (size_t i = 1; i <= highest; i++)
        if (slots[i] > 0)
            fleet->order[index++] = slots[i] - 1;
    free(slots);
    fleet->layout = ++fleet->generation;
}

// Now it is known what is not there: for the first time, or of what was newer than the list before.
static void mark_gone(struct fleet *fleet)
{
    for (size_t i = fleet->listed; i < fleet->count; i++) {
        struct row *row = fleet->rows[fleet->order[i]];
        if (row->face.gone)
            continue;
        row_clear_sandbox(fleet, row);
        row_touch(fleet, row);
    }
}

void fleet_round_asked(struct fleet *fleet, int64_t server_now_ms)
{
    fleet->round.asked_at = server_now_ms;
}

void fleet_end_round(struct fleet *fleet, bool complete)
{
    fleet->round.listing.incomplete = !complete;
    set_listing(fleet, &fleet->round.listing);
    if (!complete)
        return;
    const bool first = !fleet->complete;
    fleet->complete = fleet->loaded = true;
    fleet->told_at = fleet->round.asked_at;
    drop_gone(fleet);
    take_order(fleet);
    mark_gone(fleet);
    if (first)
        fleet_touch(fleet);
}

enum status fleet_take_list(struct fleet *fleet, const struct leap0_page *list, int64_t fresh_ms)
{
    fleet_begin_round(fleet);
    enum status status = fleet_take_page(fleet, list, fresh_ms);
    fleet_end_round(fleet, status == STATUS_OK && !list->incomplete);
    return status;
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

static void relabel(struct fleet *fleet, struct row *row)
{
    const struct sandbox_label *label = label_map_find(&fleet->labels, row->id);
    const bool had_none = row->face.label == NULL;
    row->face.label = label;
    if (label != NULL || !had_none)
        row_touch(fleet, row);
}

enum status fleet_set_label(struct fleet *fleet, const char *sandbox_id, const struct sandbox_label *label)
{
    bool is_new = false;
    enum status status = label_map_set(&fleet->labels, sandbox_id, label, &is_new);
    struct row *row = is_new ? row_find(fleet, sandbox_id) : NULL;
    if (row != NULL)
        relabel(fleet, row);
    if (is_new)
        fleet_touch(fleet);
    return status;
}

enum status fleet_take_labels(struct fleet *fleet, const struct labelled_sandbox *list, size_t count)
{
    bool is_new = false;
    enum status status = label_map_take(&fleet->labels, list, count, &is_new);
    for (size_t i = 0; is_new && i < fleet->slot_count; i++)
        if (fleet->rows[i] != NULL)
            relabel(fleet, fleet->rows[i]);
    if (is_new)
        fleet_touch(fleet);
    return status;
}
