// SPDX-License-Identifier: Apache-2.0
//
// deck_groups: Name the groups of rows, and remember which are folded.

#include "views/deck/deck_groups.h"

#include "tui/base/xalloc.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FOLDED_MAX = 1024 };

const char *deck_grouping_name(enum deck_grouping grouping)
{
    static const char *const names[DECK_GROUPING_COUNT] = {
#define X(id, name) [DECK_GROUPING_##id] = (name),
        DECK_GROUPING_TABLE(X)
#undef X
    };
    return grouping < DECK_GROUPING_COUNT ? names[grouping] : "";
}

enum deck_grouping deck_grouping_of(const char *name)
{
    size_t i = 0;
    while (i < DECK_GROUPING_COUNT && strcmp(deck_grouping_name((enum deck_grouping)i), name) != 0)
        i++;
    return (enum deck_grouping)i;
}

void deck_groups_free(struct deck_groups *groups)
{
    id_map_free(&groups->list);
    for (size_t i = 0; i < DECK_GROUPING_COUNT; i++)
        free(groups->folds[i].names);
    *groups = (struct deck_groups){0};
}

void deck_groups_by(struct deck_groups *groups, enum deck_grouping by)
{
    groups->by = by;
    groups->ranked = false;
    groups->begun++;
    id_map_free(&groups->list);
    groups->list = ID_MAP(struct deck_group, name);
}

struct deck_group *deck_groups_at(const struct deck_groups *groups, size_t index)
{
    return id_map_at(&groups->list, index);
}

static size_t folded_at(const struct deck_groups *groups, enum deck_grouping by, const char *name)
{
    size_t i = 0;
    while (i < groups->folds[by].count && strcmp(groups->folds[by].names[i], name) != 0)
        i++;
    return i;
}

// "none" for what has no template; a state's own word, so that states of a newer server have groups too.
static const char *name_of(const struct deck_groups *groups, const struct fleet_row *row)
{
    if (groups->by == DECK_GROUPING_TEMPLATE)
        return row->sandbox.template_id[0] != '\0' ? row->sandbox.template_id : "no template";
    if (row->gone)
        return "gone";
    return row->sandbox.state_name[0] != '\0' ? row->sandbox.state_name : "unknown";
}

// As the column of states sorts them; one that this version doesn't know comes behind, then what is gone.
static int order_of(const struct deck_groups *groups, const struct fleet_row *row)
{
    if (groups->by != DECK_GROUPING_STATE)
        return 0;
    return row->gone ? (int)SANDBOX_STATE_COUNT : (int)row->sandbox.state;
}

static int by_place(const void *left, const void *right)
{
    const struct deck_group *a = *(struct deck_group *const *)left, *b = *(struct deck_group *const *)right;
    if (a->order != b->order)
        return a->order < b->order ? -1 : 1;
    int order = strcasecmp(a->name, b->name);
    return order != 0 ? order : strcmp(a->name, b->name);
}

bool deck_groups_rank(struct deck_groups *groups)
{
    size_t count = groups->list.count;
    if (groups->ranked)
        return false;
    // NOLINTNEXTLINE(bugprone-sizeof-expression): it holds pointers
    struct deck_group **order = xcalloc(count + 1, sizeof *order);
    for (size_t i = 0; i < count; i++)
        order[i] = deck_groups_at(groups, i);
    // NOLINTNEXTLINE(bugprone-sizeof-expression): it holds pointers
    qsort(order, count, sizeof *order, by_place);
    for (size_t i = 0; i < count; i++)
        order[i]->rank = (uint32_t)i;
    free(order);
    groups->ranked = true;
    return true;
}

uint32_t deck_groups_of(struct deck_groups *groups, const struct fleet_row *row)
{
    char name[TEMPLATE_CAP];
    bool made = false;
    (void)snprintf(name, sizeof name, "%s", name_of(groups, row));
    struct deck_group *group = id_map_find(&groups->list, name);
    if (group != NULL)
        return (uint32_t)id_map_index(&groups->list, group);
    if (groups->list.count >= DECK_GROUPS_MAX)
        (void)snprintf(name, sizeof name, "others");
    group = id_map_add(&groups->list, name, &made);
    if (group == NULL)
        xalloc_fatal();
    if (made) {
        group->folded = folded_at(groups, groups->by, name) < groups->folds[groups->by].count;
        group->order = order_of(groups, row);
        groups->ranked = false;
    }
    return (uint32_t)id_map_index(&groups->list, group);
}

void deck_groups_fold(struct deck_groups *groups, enum deck_grouping by, const char *name, bool folded)
{
    struct deck_folds *names = &groups->folds[by];
    size_t at = folded_at(groups, by, name);
    if (folded && at == names->count && at < FOLDED_MAX) {
        names->names = xreallocarray(names->names, at + 1, sizeof *names->names);
        (void)snprintf(names->names[names->count++], sizeof *names->names, "%s", name);
    } else if (!folded && at < names->count) {
        memmove(&names->names[at], &names->names[at + 1], (--names->count - at) * sizeof *names->names);
    }
    struct deck_group *group = by == groups->by ? id_map_find(&groups->list, name) : NULL;
    if (group != NULL)
        group->folded = folded;
}

enum credential_state deck_groups_worse(enum credential_state one, enum credential_state other)
{
    // What can still be helped comes before what is over.
    static const int weight[CREDENTIAL_STATE_COUNT] = {
        [CREDENTIAL_none] = 0,       [CREDENTIAL_revoked] = 1,  [CREDENTIAL_valid] = 2,
        [CREDENTIAL_unverified] = 3, [CREDENTIAL_unknown] = 4,  [CREDENTIAL_invalid] = 5,
        [CREDENTIAL_expired] = 6,    [CREDENTIAL_expiring] = 7, [CREDENTIAL_critical] = 8,
    };
    return weight[one] >= weight[other] ? one : other;
}
