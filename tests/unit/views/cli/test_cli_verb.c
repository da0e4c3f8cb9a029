// SPDX-License-Identifier: Apache-2.0
//
// cli_verb: a verb is found by its words, of which some have two.

#include "views/cli/cli_verb.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

enum { WORDS = 4 };

// The name of the verb that a command line of these words begins with; NULL: none.
static const char *found(const char *line, int *words)
{
    static char text[128];
    char *argv[WORDS + 1] = {(char[]){"sbxdeck"}};
    int argc = 1;
    (void)snprintf(text, sizeof text, "%s", line);
    for (char *rest = text, *word = NULL; argc <= WORDS && (word = strsep(&rest, " ")) != NULL;)
        argv[argc++] = word;
    const struct cli_verb *verb = cli_verb_find(argc, argv, words);
    return verb != NULL ? verb->name : NULL;
}

Test(cli_verb, each_is_found_by_its_own_words_and_by_no_fewer)
{
    const struct cli_verb *verb = NULL;
    for (size_t i = 0; (verb = cli_verb_at(i)) != NULL; i++) {
        char line[128];
        int words = 0;
        const char *second = strchr(verb->name, ' ');
        cr_expect_eq(found(verb->name, &words), verb->name, "%s", verb->name);
        cr_expect_eq(words, second != NULL ? 2 : 1, "%s", verb->name);
        (void)snprintf(line, sizeof line, "%s x y", verb->name);
        cr_expect_eq(found(line, &words), verb->name, "%s", line);
        (void)snprintf(line, sizeof line, "%sx", verb->name);
        cr_expect_null(found(line, &words), "%s", line);
        if (second == NULL)
            continue;
        (void)snprintf(line, sizeof line, "%.*s", (int)(second - verb->name), verb->name);
        cr_expect_null(found(line, &words), "%s", line);
        (void)snprintf(line, sizeof line, "%s", second + 1);
        cr_expect(found(line, &words) == NULL || found(line, &words) != verb->name, "%s", line);
    }
    int words = 0;
    char *nothing[] = {(char[]){"sbxdeck"}, NULL};
    cr_expect_null(cli_verb_find(1, nothing, &words));
    cr_expect_null(found("", &words));
    cr_expect_null(found("access nothing", &words));
    cr_expect_null(found("--json ls", &words));
}

Test(cli_verb, a_group_has_the_words_behind_its_own)
{
    int words = 0;
    size_t count = 0;
    for (size_t i = 0; cli_verb_at(i) != NULL; i++) {
        const char *second = cli_verb_in_group(cli_verb_at(i), "access");
        count += second != NULL;
        cr_expect_null(cli_verb_in_group(cli_verb_at(i), "acc"));
        if (second != NULL && strcmp(second, "ls") == 0)
            cr_expect_eq(cli_verb_at(i)->name, found("access ls", &words));
    }
    cr_expect_gt(count, 1);
}

// One handler at most, and what it takes is written as it is counted.
Test(cli_verb, the_table_is_sound)
{
    const struct cli_verb *verb = NULL;
    for (size_t i = 0; (verb = cli_verb_at(i)) != NULL; i++) {
        cr_expect(verb->start == NULL || verb->run == NULL, "%s", verb->name);
        cr_expect_gt(strlen(verb->help), 0, "%s", verb->name);
        cr_expect_eq(verb->least == 0, verb->arguments[0] == '\0' || verb->arguments[0] == '[', "%s",
                     verb->name);
        cr_expect_eq(verb->most == 0, verb->arguments[0] == '\0', "%s", verb->name);
        cr_expect(verb->most < 0 || verb->most >= verb->least, "%s", verb->name);
        for (size_t k = 0; k < i; k++)
            cr_expect_str_neq(verb->name, cli_verb_at(k)->name);
    }
}
