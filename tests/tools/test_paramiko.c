// SPDX-License-Identifier: Apache-2.0
//
// Paramiko: paramiko_client.py with the config that setup made, and with the one that `sbxdeck ssh-config`
// prints.

#include "tests/tools/fixture.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

static void expect_well(char *out)
{
    cr_expect_str_eq(out, "all went well\n");
    free(out);
}

TOOL_TEST(paramiko, commands_and_files, "python3 && python3 -c 'import paramiko'", "python3-paramiko", 1)
{
    int round = 0;
    while (tools_again(tools, &round)) {
        tools_file(tools, "source", round);
        expect_well(tools_shell(tools,
                                "exec python3 tests/tools/paramiko_client.py "
                                "\"$HOME/.local/state/sbxdeck/ssh/config\" %s \"$HOME\"",
                                tools->names[0]));
        tools_expect_same(tools, "source", "back");
        expect_well(
            tools_shell(tools,
                        "%s ssh-config %s >\"$HOME/of-its-own\"; "
                        "exec python3 tests/tools/paramiko_client.py \"$HOME/of-its-own\" %s \"$HOME\"",
                        tools->program, tools->ids[0], tools->names[0]));
        tools_expect_same(tools, "source", "back");
    }
}
