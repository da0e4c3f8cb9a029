// SPDX-License-Identifier: Apache-2.0
//
// Which lines match what was typed, and which of two matches better.

#include "tui/base/fuzzy.h"

#include <criterion/criterion.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

Test(fuzzy, words_in_any_order_and_letters_that_follow_one_another)
{
    static const struct {
        const char *text, *typed;
        bool matches;
    } cases[] = {
        {"sbx-4f2a running debian", "", true},
        {"sbx-4f2a running debian", "   ", true},
        {"sbx-4f2a running debian", "deb 4f", true},
        {"sbx-4f2a running debian", "DEB RUN", true},
        {"sbx-4f2a running debian", "s4a", true},
        {"sbx-4f2a running debian", "a4s", false},
        {"sbx-4f2a running debian", "deb x9", false},
        {"sbx-4f2a running debian", "!paused", true},
        {"sbx-4f2a running debian", "!running", false},
        {"sbx-4f2a running debian", "!", true},
        {"", "", true},
        {"", "a", false},
        {"sbx-4f2a running debian", "sun", false},
        {"aab", "ab", true},
        {"abc", "abcd", false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        cr_expect_eq(fuzzy_score(cases[i].text, cases[i].typed) != FUZZY_NONE, cases[i].matches,
                     "'%s' in '%s'", cases[i].typed, cases[i].text);
}

Test(fuzzy, the_better_match_has_more)
{
    static const struct {
        const char *typed, *better, *worse;
    } cases[] = {
        {"web", "web x", "x web"},    // nearer to the beginning
        {"web", "x web", "xxweb"},    // the start of a word
        {"web", "web", "website"},    // the whole word
        {"web", "a-cobweb", "w-e-b"}, // as it is before scattered letters
        {"wb", "w-b", "w----b"},      // close together
        {"4f", "sbx-4f", "sbx-04f"},  // at the start of a word
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        cr_expect_gt(fuzzy_score(cases[i].better, cases[i].typed),
                     fuzzy_score(cases[i].worse, cases[i].typed), "%s: %s before %s", cases[i].typed,
                     cases[i].better, cases[i].worse);
}

Test(fuzzy, long_words_and_odd_bytes_are_fine)
{
    char word[1000];
    memset(word, 'a', sizeof word - 1);
    word[sizeof word - 1] = '\0';
    cr_expect_eq(fuzzy_score("short", word), FUZZY_NONE);
    cr_expect_neq(fuzzy_score(word, word), FUZZY_NONE);
    cr_expect_neq(fuzzy_score("\xff\xfe\xc3\xa4", "\xc3\xa4"), FUZZY_NONE);
    for (int c = 1; c < 256; c++) {
        char typed[] = {(char)c, '\0'};
        (void)fuzzy_score("a\x80\xff", typed);
    }
}

Test(fuzzy, the_letters_that_were_found_are_told)
{
    static const struct {
        const char *text, *typed, *places; // '^' below each letter
    } cases[] = {
        {"sbx-4f2a running", "4f run", "    ^^   ^^^"},
        {"credential-new", "cn", "^          ^"},
        {"sbx-4f2a", "!4f", ""},
        {"sbx-4f2a", "zz", ""},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct fuzzy_places places;
        char shown[64] = "";
        size_t end = 0;
        fuzzy_find(cases[i].text, cases[i].typed, &places);
        memset(shown, ' ', sizeof shown - 1);
        for (size_t k = 0; k < places.count; k++) {
            shown[places.at[k]] = '^';
            end = places.at[k] >= end ? places.at[k] + 1 : end;
        }
        shown[end] = '\0';
        cr_expect_str_eq(shown, cases[i].places, "%s in %s", cases[i].typed, cases[i].text);
    }
}
