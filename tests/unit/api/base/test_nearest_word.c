// SPDX-License-Identifier: Apache-2.0
//
// nearest_word: which word a mistyped one was meant to be, and when none of them was.

#include "api/base/nearest_word.h"

#include <criterion/criterion.h>
#include <stdint.h>
#include <string.h>

Test(nearest_word, each_slip_counts_as_one)
{
    static const struct {
        const char *typed, *meant;
        size_t distance;
    } cases[] = {
        {"", "", 0},
        {"regen", "regen", 0},
        {"", "ssh", 3},
        {"rgen", "regen", 1},
        {"reggen", "regen", 1},
        {"rejen", "regen", 1},
        {"ergen", "regen", 1},
        {"regne", "regen", 1},
        {"regenn", "rgen", 2},
        {"kitten", "sitting", 3},
        {"ab", "ba", 1},
        {"abc", "ca", 3},
        {"list", "events", 5},
        {"validate", "vlaidaet", 2},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        cr_expect_eq(nearest_word_distance(cases[i].typed, cases[i].meant), cases[i].distance, "%s, %s: %zu",
                     cases[i].typed, cases[i].meant, nearest_word_distance(cases[i].typed, cases[i].meant));
        cr_expect_eq(nearest_word_distance(cases[i].meant, cases[i].typed), cases[i].distance, "%s, %s",
                     cases[i].meant, cases[i].typed);
    }
}

Test(nearest_word, a_word_beyond_the_cap_is_near_to_nothing)
{
    char longest[NEAREST_WORD_CAP], too_long[NEAREST_WORD_CAP + 1];
    memset(longest, 'x', sizeof longest - 1);
    longest[sizeof longest - 1] = '\0';
    memset(too_long, 'x', sizeof too_long - 1);
    too_long[sizeof too_long - 1] = '\0';
    cr_expect_eq(nearest_word_distance(longest, longest), 0);
    cr_expect_eq(nearest_word_distance(longest, too_long), SIZE_MAX);
    cr_expect_eq(nearest_word_distance(too_long, longest), SIZE_MAX);
    struct nearest_word nearest = {.word = too_long};
    nearest_word_offer(&nearest, too_long);
    cr_expect_null(nearest.best);
    nearest = (struct nearest_word){.word = longest};
    nearest_word_offer(&nearest, too_long);
    cr_expect_null(nearest.best);
}

Test(nearest_word, one_mistake_is_a_slip_and_one_more_for_each_five_letters)
{
    static const char *const words[] = {"create", "delete", "regen", "validate", "ls", "needs-renewal"};
    static const struct {
        const char *typed, *best; // NULL: none
    } cases[] = {
        {"craete", "create"},
        {"deleet", "delete"},
        {"vlaidaet", "validate"},
        {"validaet", "validate"},
        {"renewing", NULL},
        {"lss", "ls"},
        {"x", NULL},
        {"", NULL},
        {"l", NULL},
        {"sl", "ls"},
        {"val", "validate"},
        {"needs", "needs-renewal"},
        {"destroy", NULL},
        {"regem", "regen"},
        {"create-it", NULL},
        {"neds-renewla", "needs-renewal"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct nearest_word nearest = {.word = cases[i].typed};
        for (size_t k = 0; k < sizeof words / sizeof *words; k++)
            nearest_word_offer(&nearest, words[k]);
        cr_expect(cases[i].best == NULL ? nearest.best == NULL
                                        : nearest.best != NULL && strcmp(nearest.best, cases[i].best) == 0,
                  "%s: %s", cases[i].typed, nearest.best != NULL ? nearest.best : "none");
    }
}

Test(nearest_word, the_nearest_of_several_and_of_equals_the_first)
{
    struct nearest_word nearest = {.word = "deleting-all"};
    nearest_word_offer(&nearest, "dalating-all");
    cr_expect_str_eq(nearest.best, "dalating-all");
    nearest_word_offer(&nearest, "deletingall");
    nearest_word_offer(&nearest, "deletin-all");
    cr_expect_str_eq(nearest.best, "deletingall");
    cr_expect_eq(nearest.distance, 1);
}
