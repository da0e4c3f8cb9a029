// SPDX-License-Identifier: Apache-2.0
//
// Ansible, as its defaults are: connections are shared and stay for a minute (ControlPersist), files go by
// sftp.

#include "tests/tools/fixture.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FORKS = 10 };

static void write_inventory(struct tools *tools)
{
    char path[SUPPORT_PATH_CAP + 64];
    (void)snprintf(path, sizeof path, "%s/hosts", tools->home);
    FILE *file = fopen(path, "we");
    cr_assert_not_null(file);
    for (int i = 0; i < tools->count; i++)
        (void)fprintf(file, "%s\n", tools->names[i]);
    cr_assert_eq(fclose(file), 0);
}

static int count_of(const char *text, const char *word)
{
    int count = 0;
    for (const char *at = strstr(text, word); at != NULL; at = strstr(at + 1, word))
        count++;
    return count;
}

// Each host has to say the word.
static void expect_of_each(struct tools *tools, char *out, const char *word)
{
    cr_expect_eq(count_of(out, word), tools->count, "'%s' of %d hosts:\n%s", word, tools->count, out);
    free(out);
}

static void ping_and_copy(struct tools *tools)
{
    int round = 0;
    write_inventory(tools);
    while (tools_again(tools, &round)) {
        expect_of_each(tools, tools_shell(tools, "ansible all -f %d -i \"$HOME/hosts\" -m ping", FORKS),
                       "\"pong\"");
        tools_file(tools, "source", round);
        expect_of_each(tools,
                       tools_shell(tools,
                                   "ansible all -f %d -i \"$HOME/hosts\" -m copy "
                                   "-a \"src=$HOME/source dest=copied mode=0640\"",
                                   FORKS),
                       "CHANGED");
        expect_of_each(tools,
                       tools_shell(tools,
                                   "ansible all -f %d -i \"$HOME/hosts\" -m command "
                                   "-a 'tail -n 1 copied'",
                                   FORKS),
                       "source, round");
    }
}

TOOL_TEST(ansible, one_sandbox, "ansible", "ansible-core", 1)
{
    ping_and_copy(tools);
}

TOOL_TEST(ansible, ten_forks, "ansible", "ansible-core", FORKS)
{
    ping_and_copy(tools);
}
