// SPDX-License-Identifier: Apache-2.0
//
// id_map: what was put in is found, whatever was added, removed and grown meanwhile.

#include "api/base/id_map.h"

#include <criterion/criterion.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MANY = 3000 };

struct record {
    char id[24];
    int number, other;
};

static struct id_map map;

static void begin(void)
{
    map = ID_MAP(struct record, id);
}

static void end(void)
{
    id_map_free(&map);
}

TestSuite(id_map, .init = begin, .fini = end);

static const char *name_of(int number)
{
    static char name[sizeof((struct record *)NULL)->id];
    (void)snprintf(name, sizeof name, "sbx-%d", number);
    return name;
}

static void add(int number)
{
    bool made = false;
    struct record *record = id_map_add(&map, name_of(number), &made);
    cr_assert(record != NULL && made, "%d", number);
    cr_assert(record->number == 0 && record->other == 0);
    record->number = number;
}

Test(id_map, is_empty_at_first)
{
    cr_expect_null(id_map_find(&map, "sbx-1"));
    cr_expect_null(id_map_at(&map, 0));
    id_map_clear(&map);
    id_map_truncate(&map, 0);
    cr_expect_eq(map.count, 0);
}

Test(id_map, finds_each_in_the_order_of_adding)
{
    for (int i = 0; i < MANY; i++)
        add(i);
    cr_assert_eq(map.count, MANY);
    for (int i = 0; i < MANY; i++) {
        const struct record *record = id_map_find(&map, name_of(i));
        cr_assert(record != NULL && record->number == i && id_map_index(&map, record) == (size_t)i, "%d", i);
        cr_assert_eq(id_map_at(&map, (size_t)i), record);
    }
    cr_expect_null(id_map_find(&map, name_of(MANY)));
    cr_expect_null(id_map_find(&map, ""));
}

Test(id_map, a_known_id_is_not_added_again)
{
    bool made = true;
    add(7);
    struct record *record = id_map_add(&map, "sbx-7", &made);
    cr_expect(!made && record != NULL && record->number == 7);
    cr_expect_eq(map.count, 1);
}

Test(id_map, an_id_that_does_not_fit_is_refused)
{
    cr_expect_null(id_map_add(&map, "123456789012345678901234", NULL));
    cr_expect_not_null(id_map_add(&map, "12345678901234567890123", NULL));
    cr_expect_not_null(id_map_add(&map, "", NULL));
    cr_expect_not_null(id_map_find(&map, ""));
    cr_expect_eq(map.count, 2);
    cr_expect_not(id_map_reserve(&map, SIZE_MAX));
}

static bool is_no_third(void *ctx, const void *record)
{
    (*(int *)ctx)++;
    return ((const struct record *)record)->number % 3 != 0;
}

Test(id_map, keeps_what_is_to_stay)
{
    int asked = 0, at = 0;
    for (int i = 0; i < MANY; i++)
        add(i);
    id_map_keep(&map, is_no_third, &asked);
    cr_expect_eq(asked, MANY);
    cr_assert_eq(map.count, MANY - MANY / 3);
    for (int i = 0; i < MANY; i++) {
        const struct record *record = id_map_find(&map, name_of(i));
        cr_assert_eq(record != NULL, i % 3 != 0, "%d", i);
        cr_assert(record == NULL || (record->number == i && id_map_index(&map, record) == (size_t)at++));
    }
    id_map_truncate(&map, 10);
    cr_expect(map.count == 10 && id_map_find(&map, name_of(1)) != NULL &&
              id_map_find(&map, name_of(29)) == NULL);
    id_map_clear(&map);
    cr_expect(map.count == 0 && id_map_find(&map, name_of(1)) == NULL);
    add(1);
    cr_expect_not_null(id_map_find(&map, name_of(1)));
}

// Against a plain array of what is there.
Test(id_map, is_right_through_random_changes)
{
    enum { IDS = 200, STEPS = 20000 };
    static bool there[IDS];
    size_t count = 0;
    srandom(11);
    for (int step = 0; step < STEPS; step++) {
        int number = (int)(random() % IDS);
        const struct record *record = id_map_find(&map, name_of(number));
        cr_assert_eq(record != NULL, there[number]);
        if (record != NULL) {
            cr_assert_eq(record->number, number);
            id_map_remove(&map, record);
            count--;
        } else {
            add(number);
            count++;
        }
        there[number] = !there[number];
        cr_assert_eq(map.count, count);
    }
    for (int i = 0; i < IDS; i++)
        cr_assert_eq(id_map_find(&map, name_of(i)) != NULL, there[i], "%d", i);
}
