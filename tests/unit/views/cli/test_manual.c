// SPDX-License-Identifier: Apache-2.0
//
// The chapters of the manual: what they name in braces is a command that has a key.

#include "views/cli/manual.h"
#include "views/command/commands.h"

#include <criterion/criterion.h>
#include <string.h>

static bool is_command_with_key(const char *name, size_t length)
{
    for (int i = 0; i < COMMAND_COUNT; i++)
        if (strlen(command_table[i].name) == length && strncmp(command_table[i].name, name, length) == 0)
            return command_key((enum command)i)[0] != '\0';
    return false;
}

Test(manual, each_command_in_braces_has_a_key)
{
    for (size_t i = 0; i < manual_chapter_count; i++) {
        const char *at = manual_chapters[i].text;
        while ((at = strchr(at, '{')) != NULL) {
            size_t length = strcspn(++at, "}");
            cr_expect(is_command_with_key(at, length), "%s: {%.*s}", manual_chapters[i].topic, (int)length,
                      at);
        }
    }
}
