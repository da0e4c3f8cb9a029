// SPDX-License-Identifier: Apache-2.0
//
// legend: each state and mark has a line of its own, also one that is added to the tables of states.

#include "views/labels/legend.h"

#include <criterion/criterion.h>
#include <string.h>

Test(legend, every_entry_has_a_label_and_a_meaning_of_its_own)
{
    static const size_t least[] = {CREDENTIAL_STATE_COUNT, SANDBOX_STATE_COUNT, 1};
    size_t groups = 0;
    for (; legend_title(groups) != NULL; groups++) {
        const char *texts[64] = {NULL};
        struct state_label label;
        size_t count = 0;
        cr_assert_lt(groups, sizeof least / sizeof *least);
        for (const char *text = NULL; (text = legend_entry(groups, count, &label)) != NULL; count++) {
            cr_assert_lt(count, 64);
            cr_expect_not_null(label.text);
            cr_expect(text[0] >= 'A' && text[0] <= 'Z', "%s", text);
            texts[count] = text;
            for (size_t i = 0; i < count; i++)
                cr_expect_str_neq(texts[i], text);
        }
        cr_expect_geq(count, least[groups], "%s: %zu", legend_title(groups), count);
        cr_expect_null(legend_entry(groups, count + 1, &label));
    }
    struct state_label label;
    cr_expect_eq(groups, 3);
    cr_expect_null(legend_title(groups + 1));
    cr_expect_null(legend_entry(groups, 0, &label));
}
