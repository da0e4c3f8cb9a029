// SPDX-License-Identifier: Apache-2.0

#include "views/cli/docs.h"
#include "views/cli/manual.h"
#include "views/command/commands.h"

#include <criterion/criterion.h>
#include <string.h>

static bool has_key(const char *name, size_t length)
{
    for (int i = 0; i < COMMAND_COUNT; i++)
        if (strlen(command_table[i].name) == length && strncmp(command_table[i].name, name, length) == 0)
            return command_key((enum command)i)[0] != '\0';
    return false;
}

Test(manual, names_only_commands_that_have_a_key)
{
    size_t count = 0;
    for (size_t i = 0; i < manual_chapter_count; i++)
        for (const char *c = strchr(manual_chapters[i].text, '{'); c != NULL; c = strchr(c + 1, '{'), count++)
            cr_expect(has_key(c + 1, strcspn(c + 1, "}")), "{%.*s} in %s", (int)strcspn(c + 1, "}"), c + 1,
                      manual_chapters[i].topic);
    cr_expect_gt(count, 10);
}

Test(manual, has_a_topic_of_its_own_for_each_chapter)
{
    for (size_t i = 0; docs_topic_name(i) != NULL; i++)
        for (size_t j = 0; j < i; j++)
            cr_expect_str_neq(docs_topic_name(i), docs_topic_name(j));
}
