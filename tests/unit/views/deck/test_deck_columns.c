// SPDX-License-Identifier: Apache-2.0
//
// The table of columns: keys, lists of them as text, and what wide mode adds.

#include "views/deck/deck_columns.h"

#include <criterion/criterion.h>
#include <string.h>

static struct deck_columns parsed(const char *text)
{
    struct deck_columns columns;
    struct failure why;
    cr_assert_eq(deck_columns_parse(text, &columns, &why), STATUS_OK, "%s: %s", text, why.message);
    return columns;
}

Test(deck_columns, each_has_a_key_of_its_own_and_all_functions)
{
    for (size_t i = 0; i < DECK_COLUMN_COUNT; i++) {
        const struct deck_column_entry *entry = &deck_column_table[i];
        cr_expect(entry->cell != NULL && entry->sort_key != NULL && entry->column.min > 0);
        cr_expect_eq(entry->shown == DECK_SHOWN_NARROW, entry->key[0] == '\0');
        if (entry->key[0] != '\0')
            cr_expect_eq(deck_column_of_key(entry->key, strlen(entry->key)), (enum deck_column)i, "%s",
                         entry->key);
    }
    cr_expect_eq(deck_column_of_key("", 0), DECK_COLUMN_NONE);
    cr_expect_eq(deck_column_of_key("stat", 4), DECK_COLUMN_NONE);
}

Test(deck_columns, a_list_is_read_and_written)
{
    char text[DECK_COLUMNS_TEXT_CAP];
    struct deck_columns columns = parsed("  left, id\tstate ");
    cr_expect_str_eq(deck_columns_text(&columns, text, sizeof text), "left id state");
    columns = parsed("");
    cr_expect_str_eq(deck_columns_text(&columns, text, sizeof text),
                     "id name sessions state template age timeout credential bar left");
}

Test(deck_columns, what_is_no_column_is_named_with_the_nearest)
{
    struct deck_columns columns = parsed("id");
    struct failure why;
    cr_expect_eq(deck_columns_parse("id stat", &columns, &why), STATUS_BAD_ARGUMENT);
    cr_expect_str_eq(why.message, "'stat' is not a column");
    cr_expect_str_eq(why.advice, "did you mean state?");
    cr_expect_eq(deck_columns_parse("zzzzzz", &columns, &why), STATUS_BAD_ARGUMENT);
    cr_expect(strstr(why.advice, "there are id name sessions state") != NULL, "%s", why.advice);
    cr_expect_eq(deck_columns_parse("id left id", &columns, &why), STATUS_BAD_ARGUMENT);
    cr_expect_str_eq(why.message, "the column id is there twice");
    cr_expect_eq(columns.count, 1, "it is as before");
}

Test(deck_columns, wide_ones_stand_where_the_table_has_them)
{
    struct deck_columns columns = parsed(""), wide;
    deck_columns_widen(&columns, &wide);
    for (size_t i = 1; i < wide.count; i++)
        cr_expect_lt(wide.kinds[i - 1], wide.kinds[i]);
    cr_expect(deck_columns_have(&wide, DECK_COLUMN_POD) && !deck_columns_have(&columns, DECK_COLUMN_POD));
    columns = parsed("pod left id");
    deck_columns_widen(&columns, &wide);
    cr_expect(wide.kinds[0] == DECK_COLUMN_POD);
    for (size_t i = 0; i < wide.count; i++)
        for (size_t k = 0; k < i; k++)
            cr_expect_neq(wide.kinds[i], wide.kinds[k]);
}

Test(deck_columns, what_has_the_order_of_another_column_sorts_by_that)
{
    cr_expect_eq(deck_column_order(DECK_COLUMN_BAR), DECK_COLUMN_LEFT);
    cr_expect_eq(deck_column_order(DECK_COLUMN_MARK), DECK_COLUMN_STATE);
    cr_expect_eq(deck_column_order(DECK_COLUMN_AGE), DECK_COLUMN_AGE);
    cr_expect_str_eq(deck_column_sorted_text(DECK_COLUMN_NONE), "the server's order");
}
