// SPDX-License-Identifier: Apache-2.0
//
// complete: what is offered at each place of a command line, from the tables alone.

#include "views/cli/complete.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct complete complete;

static void begin(void)
{
    (void)setenv("HOME", "/nonexistent", 1);
    (void)unsetenv("XDG_CONFIG_HOME");
    (void)unsetenv("XDG_STATE_HOME");
}

TestSuite(complete, .init = begin);

enum { WORDS = 8 };

// Of the line's words, apart by '|'.
static void find(const char *line)
{
    static char text[256];
    char *words[WORDS] = {NULL};
    int count = 0;
    (void)snprintf(text, sizeof text, "%s", line);
    for (char *at = text; at != NULL && count < WORDS;) {
        char *bar = strchr(at, '|');
        words[count++] = at;
        if (bar != NULL)
            *bar = '\0';
        at = bar != NULL ? bar + 1 : NULL;
    }
    complete_find(&complete, count, words);
}

static bool offers(const char *value)
{
    for (size_t i = 0; i < complete.count; i++)
        if (strcmp(complete.values[i].value, value) == 0)
            return true;
    return false;
}

Test(complete, each_place_of_a_line_offers_what_may_stand_there)
{
    static const struct {
        const char *line, *offered, *not_offered;
    } cases[] = {
        {"", "ls", "create"},
        {"", "help", "--json"},
        {"acc", "access", "ls"},
        {"-", "--version", "--json"},
        {"--w", "--wall", "--version"},
        {"--pro", "--profile", "--wall"},
        {"--profile|work|acc", "access", NULL},
        {"access|", "create", "ls SANDBOX"},
        {"access|re", "regen", "create"},
        {"access|create|sbx|-", "--json", "--id"},
        {"access|create|sbx|--json|-", "--help", "--json"},
        {"access|delete|sbx|--i", "--id", "--json"},
        {"sandbox|create|--env|A=1|--e", "--env", NULL},
        {"events|--kind|cr", "created", "deleted"},
        {"events|--kind=cr", "--kind=created", "created"},
        {"events|--kind=created,de", "--kind=created,deleted", NULL},
        {"help|", "keys", NULL},
        {"help|acc", "access", NULL},
        {"help|access|", "create", NULL},
        {"completion|", "fish", NULL},
        {"config|set|mouse|", "yes", "words"},
        {"config|get|refr", "refresh", NULL},
        {"config|get|keys.qui", "keys.quit", NULL},
        {"exec|state:pa", "state:paused", "state:running"},
        {"exec|stat", "state:", NULL},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        find(cases[i].line);
        cr_expect(offers(cases[i].offered), "'%s' lacks %s", cases[i].line, cases[i].offered);
        cr_expect(cases[i].not_offered == NULL || !offers(cases[i].not_offered), "'%s' has %s", cases[i].line,
                  cases[i].not_offered);
    }
}

Test(complete, a_command_of_the_sandbox_is_its_own)
{
    find("ssh|sbx-a|--");
    cr_expect_eq(complete.count, 0u);
    find("exec|running|--|l");
    cr_expect_eq(complete.count, 0u);
    find("no-such-verb|");
    cr_expect_eq(complete.count, 0u);
    complete_find(&complete, 0, NULL);
    cr_expect_eq(complete.count, 0u);
}

Test(complete, files_and_unended_words_are_told_to_the_shell)
{
    find("play|");
    cr_expect_eq(complete.kind, COMPLETE_FILE_NAMES);
    find("exec|sta");
    cr_expect_eq(complete.kind, COMPLETE_UNENDED);
    find("exec|state:run");
    cr_expect_eq(complete.kind, COMPLETE_WORDS);
}

// What all have in common must be right, however many there are.
Test(complete, of_too_many_the_first_and_the_last_are_among_those_offered)
{
    char value[32];
    memset(&complete, 0, sizeof complete);
    complete.typed = "s";
    for (int i = 0; i < 5 * COMPLETE_MOST; i++) {
        (void)snprintf(value, sizeof value, "sbx-%05d", (i * 7 + 500) % (5 * COMPLETE_MOST));
        complete_offer(&complete, value, "");
    }
    complete_offer(&complete, "t", "");
    complete_offer(&complete, "saa", "");
    complete_offer(&complete, "szz", "");
    cr_expect_eq(complete.count, (size_t)COMPLETE_MOST);
    cr_expect(complete.more);
    cr_expect_str_eq(complete.first.value, "saa");
    cr_expect_str_eq(complete.last.value, "szz");
}
