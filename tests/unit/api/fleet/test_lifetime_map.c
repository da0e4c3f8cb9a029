// SPDX-License-Identifier: Apache-2.0
//
// lifetime_map: what is kept from one pass over the fleet to the next, and what is forgotten.

#include "api/fleet/lifetime_map.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

static struct lifetime_map *map;
static char forgotten[256];

static void begin(void)
{
    map = lifetime_map_new();
    cr_assert_not_null(map);
    forgotten[0] = '\0';
}

static void end(void)
{
    lifetime_map_free(map);
    lifetime_map_free(NULL);
}

TestSuite(lifetime_map, .init = begin, .fini = end);

// As it is met in the pass: whether it is new.
static bool meet(const char *sandbox, const char *id)
{
    bool made = false;
    struct life *life = lifetime_map_add(map, sandbox, id, &made);
    cr_assert_not_null(life);
    if (made)
        cr_expect(life->stage == 0 && life->tries == 0 && life->expires_at == 0 && life->at == 0);
    life->tries++;
    return made;
}

static void gone(void *ctx, const struct life *life)
{
    size_t used = strlen(forgotten);
    (void)snprintf(forgotten + used, sizeof forgotten - used, "[%s]", life->key);
    ++*(int *)ctx;
}

Test(lifetime_map, what_each_pass_meets_is_kept_and_the_rest_is_forgotten)
{
    int count = 0;
    lifetime_map_begin(map);
    cr_expect(meet("sbx-1", "ssh-a"));
    cr_expect(meet("sbx-1", "ssh-b"));
    cr_expect(meet("sbx-2", "ssh-a"), "of another sandbox");
    lifetime_map_end(map, gone, &count);
    cr_expect_eq(count, 0);
    cr_expect_eq(lifetime_map_count(map), 3);

    lifetime_map_begin(map);
    cr_expect_not(meet("sbx-2", "ssh-a"));
    cr_expect_not(meet("sbx-1", "ssh-a"));
    lifetime_map_end(map, gone, &count);
    cr_expect_eq(count, 1);
    cr_expect_str_eq(forgotten, "[sbx-1 ssh-b]");
    cr_expect_null(lifetime_map_get(map, "sbx-1", "ssh-b"));
    cr_expect_eq(lifetime_map_get(map, "sbx-1", "ssh-a")->tries, 2);

    lifetime_map_begin(map);
    cr_expect(meet("sbx-1", "ssh-b"), "it came back: a new one");
    lifetime_map_end(map, NULL, NULL);
    cr_expect_eq(lifetime_map_count(map), 1);
    cr_expect_str_eq(lifetime_map_at(map, 0)->key, "sbx-1 ssh-b");
    cr_expect_null(lifetime_map_at(map, 1));
}

Test(lifetime_map, met_twice_in_a_pass_is_one)
{
    int count = 0;
    lifetime_map_begin(map);
    cr_expect(meet("sbx-1", "ssh-a"));
    cr_expect_not(meet("sbx-1", "ssh-a"));
    lifetime_map_end(map, gone, &count);
    cr_expect_eq(lifetime_map_count(map), 1);
    lifetime_map_begin(map);
    lifetime_map_end(map, gone, &count);
    cr_expect_eq(count, 1);
    cr_expect_eq(lifetime_map_count(map), 0);
}

// Two ids of full length are told apart by their last letters.
Test(lifetime_map, the_longest_ids_fit)
{
    char sandbox[ID_CAP], other[ID_CAP], id[ID_CAP];
    memset(sandbox, 's', sizeof sandbox - 1);
    memset(id, 'i', sizeof id - 1);
    sandbox[sizeof sandbox - 1] = id[sizeof id - 1] = '\0';
    (void)snprintf(other, sizeof other, "%s", id);
    other[sizeof other - 2] = 'x';
    lifetime_map_begin(map);
    cr_expect(meet(sandbox, id));
    cr_expect(meet(sandbox, other));
    cr_expect_not(meet(sandbox, id));
    lifetime_map_end(map, NULL, NULL);
    cr_expect_eq(lifetime_map_count(map), 2);
}
