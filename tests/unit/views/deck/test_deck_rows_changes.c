// SPDX-License-Identifier: Apache-2.0
//
// The deck's rows kept from change to change, against a model that filters and sorts all of them each time.

#include "api/leap0/leap0.h"
#include "tests/unit/views/paper.h"
#include "views/deck/deck_rows.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOST = 120, STEPS = 3000 };

static struct fleet *fleet;
static struct deck_rows rows;
static int64_t now = PAPER_NOW;
static unsigned long seed;

static void begin(void)
{
    fleet = fleet_new();
    cr_assert_not_null(fleet);
}

static void end(void)
{
    deck_rows_free(&rows);
    fleet_free(fleet);
}

TestSuite(deck_rows_changes, .init = begin, .fini = end);

static unsigned random_of(unsigned count)
{
    seed = seed * 6364136223846793005UL + 1442695040888963407UL;
    return (unsigned)(seed >> 33) % count;
}

// --- the model -----------------------------------------------------------------------------

struct model {
    const struct fleet_row *row;
    size_t place;
};
static struct deck_order order = {.by = DECK_COLUMN_NONE};

static struct deck_key key_of(const struct fleet_row *row)
{
    struct deck_key key = {0};
    const struct credential *best = fleet_row_best(row, now);
    const struct deck_cell_facts facts = {
        .row = row, .best = best, .end = deadline_of(row, best, now, NULL), .now = now};
    if (order.by < DECK_COLUMN_COUNT)
        deck_column_table[order.by].sort_key(&facts, &key);
    return key;
}

static const char *group_of(const struct fleet_row *row)
{
    if (rows.groups.by == DECK_GROUPING_NONE)
        return "";
    if (rows.groups.by == DECK_GROUPING_TEMPLATE)
        return row->sandbox.template_id[0] != '\0' ? row->sandbox.template_id : "no template";
    return row->gone ? "gone" : row->sandbox.state_name[0] != '\0' ? row->sandbox.state_name : "unknown";
}

// States as they follow on each other, then what is gone.
static int group_place(const struct fleet_row *row)
{
    if (rows.groups.by != DECK_GROUPING_STATE)
        return 0;
    return row->gone ? (int)SANDBOX_STATE_COUNT : (int)row->sandbox.state;
}

static int in_order(const void *left, const void *right)
{
    const struct model *a = left, *b = right;
    const struct deck_key one = key_of(a->row), other = key_of(b->row);
    int by = group_place(a->row) - group_place(b->row);
    by = by != 0 ? by : strcasecmp(group_of(a->row), group_of(b->row));
    if (by != 0)
        return by;
    bool pin = a->row->label != NULL && a->row->label->pinned;
    if (pin != (b->row->label != NULL && b->row->label->pinned))
        return pin ? -1 : 1;
    if (one.there != other.there)
        return one.there ? -1 : 1;
    if (one.there && one.text != NULL)
        by = strcasecmp(one.text, other.text);
    else if (one.there && one.number != other.number)
        by = one.number < other.number ? -1 : 1;
    if (by != 0)
        return order.down ? -by : by;
    return a->place < b->place ? -1 : a->place > b->place;
}

static void expect_as_model(const struct fleet_filter *filter, const char *kept, int step)
{
    static struct model model[4 * MOST];
    size_t count = 0, line = 0;
    for (size_t i = 0; i < fleet_count(fleet); i++) {
        const struct fleet_row *row = fleet_row(fleet, i);
        if (fleet_filter_matches(filter, row, now) || strcmp(row->sandbox.id, kept) == 0)
            model[count++] = (struct model){.row = row, .place = i};
    }
    qsort(model, count, sizeof *model, in_order);
    cr_assert_eq(rows.matching, count, "step %d: %zu instead of %zu", step, rows.matching, count);
    cr_assert_eq(rows.total, fleet_count(fleet));
    for (size_t i = 0; i < count; i++) {
        if (rows.groups.by != DECK_GROUPING_NONE &&
            (i == 0 || strcmp(group_of(model[i - 1].row), group_of(model[i].row)) != 0)) {
            const struct deck_group *group = deck_rows_header(&rows, line);
            cr_assert(group != NULL && deck_rows_at(&rows, line) == NULL, "step %d", step);
            cr_assert_str_eq(group->name, group_of(model[i].row));
            line++;
        }
        const struct deck_group *group = deck_rows_group_of(&rows, model[i].row->sandbox.id);
        if (group != NULL && group->folded) {
            cr_assert(!deck_rows_shows(&rows, model[i].row->sandbox.id));
            continue;
        }
        cr_assert_eq(deck_rows_at(&rows, line), model[i].row, "step %d, line %zu, by %d: %s", step, line,
                     (int)order.by, model[i].row->sandbox.id);
        line++;
    }
    cr_assert_eq(rows.count, line);
}

// --- what happens --------------------------------------------------------------------------

static struct sandbox random_sandbox(unsigned number)
{
    char id[ID_CAP];
    static const enum sandbox_state states[] = {SANDBOX_running, SANDBOX_stopped, SANDBOX_paused,
                                                SANDBOX_starting};
    // Some begin otherwise, and long ones differ behind what fits a key.
    static const char *const forms[] = {"sbx-%04u", "sbx-0000000000%u", "SBX-%u", "a%u", "z-%u"};
    (void)snprintf(id, sizeof id, forms[number % 11 < 5 ? number % 11 : 0], number);
    struct sandbox sandbox = paper_sandbox(id, states[random_of(4)]);
    (void)snprintf(sandbox.template_id, sizeof sandbox.template_id, "t/%u", random_of(4));
    sandbox.created_at = PAPER_NOW - (int64_t)random_of(50) * PAPER_SECOND;
    sandbox.timeout_at = random_of(3) > 0 ? PAPER_NOW + (int64_t)random_of(4000) * PAPER_SECOND : 0;
    return sandbox;
}

static void take_list(void)
{
    static struct sandbox list[MOST];
    size_t count = 0;
    for (unsigned i = 0; i < MOST; i++)
        if (random_of(3) > 0)
            list[count++] = random_sandbox(i);
    cr_assert_eq(fleet_take_list(fleet, &(const struct leap0_page){.sandboxes = list, .count = count}, 0),
                 STATUS_OK);
}

static void change_fleet(void)
{
    unsigned what = random_of(40), number = random_of(MOST);
    const struct sandbox sandbox = random_sandbox(number);
    if (what == 0) {
        take_list();
    } else if (what < 20) {
        cr_assert_eq(fleet_take_sandbox(fleet, &sandbox, 0), STATUS_OK);
    } else if (what < 24) {
        fleet_drop_sandbox(fleet, sandbox.id);
    } else if (what < 30) {
        const struct credential credential =
            paper_credential(sandbox.id, "ssh", (int64_t)number + 1, (int64_t)random_of(4000) * PAPER_SECOND);
        cr_assert_eq(fleet_take_credential(fleet, &credential), STATUS_OK);
    } else if (what < 33) {
        fleet_drop_credential(fleet, (int64_t)number + 1);
    } else if (what < 36) {
        const struct sandbox_label label = {.pinned = random_of(2) > 0, .note = "n"};
        cr_assert_eq(fleet_set_label(fleet, sandbox.id, &label), STATUS_OK);
    } else {
        fleet_set_busy(fleet, sandbox.id, random_of(2) > 0 ? "starting" : NULL);
    }
}

static bool three_more(void *ctx)
{
    return --*(int *)ctx > 0;
}

static void run(bool in_slices)
{
    static const char *const filters[] = {"",       "s",      "sb",   "sbx",      "sbx-0",   "!run",
                                          "t/2",    "run",    "runn", "t/2 stop", "nowhere", "cred:expiring",
                                          "age>9s", "pinned", "pinne"};
    const char *text = "", *kept = "";
    char kept_id[ID_CAP] = "";
    struct fleet_filter filter;
    for (int step = 0; step < STEPS; step++) {
        for (unsigned i = random_of(4); i > 0; i--)
            change_fleet();
        unsigned what = random_of(30);
        if (what == 0)
            order = (struct deck_order){(enum deck_column)random_of(DECK_COLUMN_COUNT + 1), random_of(2) > 0};
        else if (what < 3)
            text = filters[random_of(sizeof filters / sizeof *filters)];
        else if (what == 4)
            now += (int64_t)random_of(300) * PAPER_SECOND;
        else if (what == 5)
            deck_groups_by(&rows.groups, (enum deck_grouping)random_of(DECK_GROUPING_COUNT));
        else if (what == 6 && rows.groups.list.count > 0) {
            deck_groups_fold(&rows.groups, rows.groups.by,
                             deck_groups_at(&rows.groups, random_of((unsigned)rows.groups.list.count))->name,
                             random_of(2) > 0);
            rows.folds++;
        }
        (void)fleet_filter_parse(text, &filter, NULL);
        int left = 3;
        struct deck_wish wish = {.fleet = fleet,
                                 .filter = &filter,
                                 .filter_text = text,
                                 .order = order,
                                 .now = now,
                                 .around = kept_id,
                                 .kept = kept,
                                 .goes_on = in_slices ? three_more : NULL,
                                 .ctx = &left};
        (void)deck_rows_sync(&rows, &wish);
        for (int more = 0; rows.pending && more < 1000; more++) {
            left = 3;
            (void)deck_rows_sync(&rows, &wish);
        }
        cr_assert_not(rows.pending);
        expect_as_model(&filter, "", step);
    }
}

Test(deck_rows_changes, are_as_if_all_were_filtered_and_sorted_anew)
{
    for (seed = 1; seed < 4; seed++)
        run(false);
}

Test(deck_rows_changes, are_the_same_looked_at_in_slices)
{
    for (seed = 11; seed < 13; seed++)
        run(true);
}

Test(deck_rows_changes, the_one_that_is_kept_stays_until_another_is)
{
    struct fleet_filter filter;
    struct sandbox list[] = {paper_sandbox("sbx-1", SANDBOX_running),
                             paper_sandbox("sbx-2", SANDBOX_running)};
    cr_assert_eq(fleet_take_list(fleet, &(const struct leap0_page){.sandboxes = list, .count = 2}, 0),
                 STATUS_OK);
    (void)fleet_filter_parse("state:running", &filter, NULL);
    struct deck_wish wish = {.fleet = fleet,
                             .filter = &filter,
                             .filter_text = "state:running",
                             .order = {.by = DECK_COLUMN_NONE},
                             .now = now,
                             .around = "",
                             .kept = ""};
    (void)deck_rows_sync(&rows, &wish);
    cr_expect_eq(rows.matching, 2);
    wish.kept = "sbx-2";
    list[0] = paper_sandbox("sbx-1", SANDBOX_stopped);
    list[1] = paper_sandbox("sbx-2", SANDBOX_stopped);
    cr_assert_eq(fleet_take_list(fleet, &(const struct leap0_page){.sandboxes = list, .count = 2}, 0),
                 STATUS_OK);
    (void)deck_rows_sync(&rows, &wish);
    expect_as_model(&filter, "sbx-2", 0);
    wish.kept = "";
    (void)deck_rows_sync(&rows, &wish);
    expect_as_model(&filter, "", 1);
    // The line of one that is no more.
    wish.gone = true;
    cr_expect(deck_rows_sync(&rows, &wish));
    cr_expect(rows.count == 1 && rows.matching == 0 && deck_rows_is_gone(&rows, 0));
    cr_expect(deck_rows_at(&rows, 0) == NULL && deck_rows_header(&rows, 0) == NULL);
}
