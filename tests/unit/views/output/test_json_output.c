// SPDX-License-Identifier: Apache-2.0
//
// JSON as it is printed: what a terminal would not show as it is stands escaped, and what is not known is
// null.

#include "views/output/json_output.h"

#include <criterion/criterion.h>
#include <locale.h>
#include <string.h>

// As JSON and back.
static char *text_with(const char *name, bool indented)
{
    cJSON *tree = cJSON_CreateObject();
    (void)cJSON_AddStringToObject(tree, "name", name);
    char *text = json_output_text(tree, indented);
    cr_assert_not_null(text);
    return text;
}

Test(json_output, what_would_not_be_shown_as_it_is_stands_escaped)
{
    static const struct {
        const char *name, *text;
    } names[] = {
        {"plain \"quoted\"\n", "{\"name\":\"plain \\\"quoted\\\"\\n\"}"},
        {"sbx\u202egnp.exe", "{\"name\":\"sbx\\u202egnp.exe\"}"},
        {"a\u200bb\ufeffc", "{\"name\":\"a\\u200bb\\ufeffc\"}"},
        {"\x7f", "{\"name\":\"\\u007f\"}"},
        {"\xc2\x9b[31m", "{\"name\":\"\\u009b[31m\"}"},
        {"gr\u00fc\u00dfe \u65e5\u672c", "{\"name\":\"gr\u00fc\u00dfe \u65e5\u672c\"}"},
        {"\U000e0041", "{\"name\":\"\\udb40\\udc41\"}"},
        {"a\u0301", "{\"name\":\"a\u0301\"}"},
        {"\u0301a", "{\"name\":\"\\u0301a\"}"},
        {"a\u0301\u0301\u0301\u0301", "{\"name\":\"a\u0301\u0301\\u0301\\u0301\"}"},
        {"a\xff\xfe"
         "b",
         "{\"name\":\"a\\ufffd\\ufffdb\"}"},
    };
    cr_assert_not_null(setlocale(LC_ALL, "C.UTF-8"));
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        char *text = text_with(names[i].name, false);
        cr_expect_str_eq(text, names[i].text);
        cJSON *back = cJSON_Parse(text);
        cr_assert_not_null(back, "%s is no JSON", text);
        if (strchr(names[i].name, '\xff') == NULL)
            cr_expect_str_eq(cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(back, "name")),
                             names[i].name, "%s is something else", text);
        cJSON_Delete(back);
        json_output_free(text);
    }
    char *text = text_with("\u202e", true);
    cr_expect_str_eq(text, "{\n\t\"name\":\t\"\\u202e\"\n}");
    json_output_free(text);
    cr_expect_null(json_output_text(NULL, false));
}

Test(json_output, without_utf8_all_is_ascii)
{
    cr_assert_not_null(setlocale(LC_ALL, "C"));
    char *text = text_with("\u00fc \u65e5", false);
    cr_expect_str_eq(text, "{\"name\":\"\\u00fc \\u65e5\"}");
    json_output_free(text);
}

Test(json_output, what_is_not_known_is_null)
{
    cJSON *tree = cJSON_CreateObject();
    json_output_add_text(tree, "text", "");
    json_output_add_text(tree, "none", NULL);
    json_output_add_number(tree, "count", false, 3);
    json_output_add_number(tree, "zero", true, 0);
    json_output_add_time(tree, "never", 0);
    json_output_add_time(tree, "at", 1775044800000);
    char *text = json_output_text(tree, false);
    cr_expect_str_eq(text, "{\"text\":null,\"none\":null,\"count\":null,\"zero\":0,\"never\":null,"
                           "\"at\":\"2026-04-01T12:00:00Z\"}");
    json_output_free(text);
}

// Whatever a list holds, item by item it is printed as it is at once.
Test(json_output, a_list_item_by_item_is_the_list)
{
    static const char *const lists[] = {
        "[]", "[1]", "[{},[],{}]",
        "[{\"a\":1,\"b\":[{\"c\":null},2]},\"x\\ny\",{\"d\":\"\\u202e\\u0301\\u001b\"}]"};
    for (size_t i = 0; i < sizeof lists / sizeof lists[0]; i++) {
        char *at_once = NULL, *by_items = NULL;
        size_t sizes[2] = {0, 0};
        FILE *files[] = {open_memstream(&at_once, &sizes[0]), open_memstream(&by_items, &sizes[1])};
        cJSON *list = cJSON_Parse(lists[i]);
        bool first = true;
        cr_assert(json_output_print(files[0], cJSON_Duplicate(list, true), true));
        for (; cJSON_GetArraySize(list) > 0; first = false)
            cr_assert(json_output_print_item(files[1], cJSON_DetachItemFromArray(list, 0), first));
        json_output_end_items(files[1], first);
        (void)fclose(files[0]);
        (void)fclose(files[1]);
        cr_expect_str_eq(by_items, at_once);
        free(at_once);
        free(by_items);
        cJSON_Delete(list);
    }
}
