// SPDX-License-Identifier: Apache-2.0
//
// list_items: the items of a list in its bytes: whole, cut off anywhere, hostile.

#include "api/base/json.h"
#include "api/leap0/list_items.h"

#include <criterion/criterion.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void begin(void)
{
    cr_assert_geq(sodium_init(), 0);
}

TestSuite(list_items, .init = begin);

static const char list[] =
    " {\"total_items\" : 3, \"x\":[{\"id\":\"no\"}],\n \"items\": [ {\"id\":\"sbx-a\",\"t\":\"}]\\\"\"} ,"
    "{\"s\":{\"id\":\"in\"},\"id\" : \"sbx-b\"},{\"id\":7}, null, \"text\", [1,[2]] ] , \"y\":null} ";

Test(list_items, items_and_their_ids_are_found)
{
    static const char *const ids[] = {"sbx-a", "sbx-b", "", "", "", ""};
    struct list_items items;
    cr_assert(list_items_find(list, strlen(list), &items));
    cr_assert_eq(items.count, 6);
    cr_assert_not_null(items.list);
    for (size_t i = 0; items.list != NULL && i < 6; i++) {
        cr_expect_str_eq(items.list[i].id, ids[i]);
        cr_expect_neq(items.list[i].hash, 0);
    }
    cr_expect_eq(strncmp(list + items.list[1].start, "{\"s\":{\"id\":\"in\"},\"id\" : \"sbx-b\"},",
                         items.list[1].length + 1),
                 0);
    cr_expect_neq(items.list[0].hash, items.list[1].hash);
    list_items_free(&items);
}

Test(list_items, known_items_are_cut_and_the_parser_agrees)
{
    struct list_items items;
    struct failure why;
    cJSON *tree = NULL;
    size_t length = 0;
    cr_assert(list_items_find(list, strlen(list), &items));
    items.list[0].known = items.list[4].known = true;
    char *cut = list_items_cut(list, strlen(list), &items, &length);
    cr_assert_not_null(cut);
    cr_expect_eq(strlen(cut), length);
    cr_assert_eq(json_parse(cut, length, &tree, &why), STATUS_OK, "%s", cut);
    const cJSON *array = cJSON_GetObjectItemCaseSensitive(tree, "items");
    cr_expect_eq(cJSON_GetArraySize(array), 6);
    cr_expect(cJSON_IsNumber(cJSON_GetArrayItem(array, 0)));
    cr_expect(cJSON_IsObject(cJSON_GetArrayItem(array, 1)));
    cr_expect(cJSON_IsNumber(cJSON_GetArrayItem(array, 4)));
    cJSON_Delete(tree);
    free(cut);
    list_items_free(&items);
}

Test(list_items, a_list_that_is_cut_off_is_none)
{
    size_t whole = strlen(list) - 1; // the last blank may be missing
    for (size_t length = 0; length < whole - 2; length++) {
        struct list_items items;
        char *part = malloc(length + 1); // so that a byte too far is seen
        memcpy(part, list, length);
        char *exact = realloc(part, length > 0 ? length : 1);
        if (list_items_find(exact, length, &items)) {
            // What it takes for the end is one only for the parser to judge.
            cJSON *tree = NULL;
            struct failure why;
            cr_expect_neq(json_parse(exact, length, &tree, &why), STATUS_OK);
            cJSON_Delete(tree);
        }
        list_items_free(&items);
        free(exact);
    }
}

Test(list_items, what_is_no_plain_list_is_left_to_the_parser)
{
    static const char *const others[] = {"",
                                         "[]",
                                         "{}",
                                         "null",
                                         "{\"items\":null}",
                                         "{\"items\":{}}",
                                         "{\"items\":[1,]",
                                         "{\"items\":[,1]}",
                                         "{\"items\":[1],\"items\":[2]}",
                                         "{\"Items\":[1]}",
                                         "{\"\\u0069tems\":[1]}",
                                         "{\"items\" [1]}",
                                         "{\"items\":[{]}",
                                         "{\"items\":[\"\\",
                                         "{items:[1]}",
                                         "{\"items\":[1 2]}"};
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        struct list_items items;
        cr_expect_not(list_items_find(others[i], strlen(others[i]), &items), "%s", others[i]);
        cr_expect_null(items.list);
    }
}

Test(list_items, as_many_as_one_likes_are_not_kept)
{
    enum { MANY = LIST_ITEMS_MAX + 1 };
    char *text = calloc(1, 2 * MANY + 32);
    size_t used = (size_t)sprintf(text, "{\"items\":[0");
    for (size_t i = 1; i < LIST_ITEMS_MAX; i++)
        used += (size_t)sprintf(text + used, ",0");
    memcpy(text + used, "]}", sizeof "]}");
    struct list_items items;
    cr_expect(list_items_find(text, strlen(text), &items));
    cr_expect_eq(items.count, LIST_ITEMS_MAX);
    list_items_free(&items);
    memcpy(text + used, ",0]}", sizeof ",0]}");
    cr_expect_not(list_items_find(text, strlen(text), &items));
    free(text);
    // Deep nesting costs no stack.
    char *deep = malloc(2000000);
    memcpy(deep, "{\"items\":[", 10);
    memset(deep + 10, '[', 2000000 - 10);
    cr_expect_not(list_items_find(deep, 2000000, &items));
    free(deep);
}

Test(list_items, an_id_that_is_odd_is_no_id)
{
    static const char *const odd[] = {
        "{\"id\":\"\"}",
        "{\"id\":\"a\\u0062\"}",
        "{\"i\\u0064\":\"a\"}",
        "{\"id\":null}",
        "{\"ID\":\"a\"}",
        "{\"id\":\"0123456789012345678901234567890123456789012345678901234567890123456789\"}"};
    for (size_t i = 0; i < sizeof odd / sizeof odd[0]; i++) {
        char text[256];
        struct list_items items;
        (void)snprintf(text, sizeof text, "{\"items\":[%s]}", odd[i]);
        cr_assert(list_items_find(text, strlen(text), &items));
        cr_expect_str_eq(items.list[0].id, "", "%s", odd[i]);
        list_items_free(&items);
    }
}

// The same numbers each time.
static unsigned random_below(unsigned most)
{
    static unsigned state = 11;
    state = state * 1664525U + 1013904223U;
    return (state >> 16) % most;
}

// Whatever is done to the bytes: each byte of the list is of at most one item, and nothing else is touched.
Test(list_items, altered_bytes_are_harmless)
{
    for (size_t run = 0; run < 50000; run++) {
        size_t length = strlen(list);
        char *text = malloc(length);
        memcpy(text, list, length);
        for (size_t i = 0; i < 1 + random_below(4); i++)
            text[random_below((unsigned)length)] = "{}[]\",:\\0 a\n"[random_below(12)];
        struct list_items items;
        if (list_items_find(text, length, &items)) {
            size_t end = 0, cut_length = 0;
            for (size_t i = 0; i < items.count; i++) {
                cr_assert(items.list[i].start >= end && items.list[i].length > 0);
                end = items.list[i].start + items.list[i].length;
                items.list[i].known = random_below(2) == 0;
            }
            cr_assert_leq(end, length);
            char *cut = list_items_cut(text, length, &items, &cut_length);
            cr_assert_leq(cut_length, length);
            free(cut);
        }
        list_items_free(&items);
        free(text);
    }
}
