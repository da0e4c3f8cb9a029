// SPDX-License-Identifier: Apache-2.0
//
// ssh_pick_list: score each sandbox by its name, id, state, template and credential, and sort.

#include "views/cli/ssh_pick_list.h"

#include "tui/base/fuzzy.h"
#include "tui/base/xalloc.h"

#include <stdio.h>
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

static int score_of(const struct fleet_row *row, const char *typed, int64_t now)
{
    char text[ID_CAP + LABEL_NAME_CAP + TEMPLATE_CAP + STATE_CAP + LABEL_NOTE_CAP + 32];
    const struct sandbox_label *label = row->label;
    const struct credential *best = fleet_row_best(row, now);
    (void)snprintf(text, sizeof text, "%s %s %s %s %s %s", label != NULL ? label->name : "", row->sandbox.id,
                   fleet_state_text(row), row->sandbox.template_id,
                   credential_state_name(credential_state(best, now)), label != NULL ? label->note : "");
    return fuzzy_score(text, typed);
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
    bool all = typed[strspn(typed, " ")] == '\0';
    struct pick *picks = xcalloc(rows + 1, sizeof *picks);
    list->count = list->total = 0;
    for (size_t i = 0; i < rows; i++) {
        const struct fleet_row *row = fleet_row(fleet, i);
        if (!can_be_picked(row))
            continue;
        list->total++;
        int score = all ? 0 : score_of(row, typed, server_now_ms);
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
