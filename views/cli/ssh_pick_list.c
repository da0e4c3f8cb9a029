// SPDX-License-Identifier: Apache-2.0
//
// ssh_pick_list: score each sandbox by its name, id, state, template and credential, and sort.

#include "views/cli/ssh_pick_list.h"

#include "tui/base/xalloc.h"
#include "views/labels/sandbox_match.h"

#include <stdlib.h>
#include <string.h>

struct pick {
    size_t index;
    int score, rank;
};

static int rank_of(const struct fleet_sandbox *sandbox)
{
    switch (sandbox->state) {
    case SANDBOX_running:
        return 0;
    case SANDBOX_starting:
    case SANDBOX_unpausing:
    case SANDBOX_paused:
    case SANDBOX_other:
        return 1;
    default:
        return 2;
    }
}

static bool can_be_picked(const struct fleet_row *row)
{
    struct failure ignored;
    return !row->gone && row->sandbox.state != SANDBOX_deleted && row->sandbox.state != SANDBOX_deleting &&
           fleet_row_check(row, &ignored) == STATUS_OK;
}

static int by_score(const void *left, const void *right)
{
    const struct pick *one = left, *other = right;
    if (one->score != other->score)
        return one->score > other->score ? -1 : 1;
    if (one->rank != other->rank)
        return one->rank < other->rank ? -1 : 1;
    return one->index < other->index ? -1 : one->index > other->index;
}

void ssh_pick_list_build(struct ssh_pick_list *list, const struct fleet *fleet, const char *typed,
                         int64_t server_now_ms)
{
    size_t rows = fleet_count(fleet);
    struct sandbox_match match;
    sandbox_match_begin(&match, typed);
    bool all = sandbox_match_is_empty(&match);
    struct pick *picks = xcalloc(rows + 1, sizeof *picks);
    list->count = list->total = 0;
    for (size_t i = 0; i < rows; i++) {
        const struct fleet_row *row = fleet_row(fleet, i);
        if (!can_be_picked(row))
            continue;
        list->total++;
        int score = all ? 0 : sandbox_match_score(&match, row, server_now_ms);
        bool pinned = all && row->label != NULL && row->label->pinned;
        if (score != FUZZY_NONE)
            picks[list->count++] = (struct pick){i, score, pinned ? -1 : rank_of(&row->sandbox)};
    }
    qsort(picks, list->count, sizeof *picks, by_score);
    list->order = xreallocarray(list->order, list->count + 1, sizeof *list->order);
    for (size_t i = 0; i < list->count; i++)
        list->order[i] = picks[i].index;
    free(picks);
}

void ssh_pick_list_free(struct ssh_pick_list *list)
{
    free(list->order);
    *list = (struct ssh_pick_list){0};
}

size_t ssh_pick_list_place(const struct ssh_pick_list *list, const struct fleet *fleet,
                           const char *sandbox_id)
{
    for (size_t i = 0; i < list->count; i++)
        if (strcmp(fleet_row(fleet, list->order[i])->sandbox.id, sandbox_id) == 0)
            return i;
    return 0;
}
