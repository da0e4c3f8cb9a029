// SPDX-License-Identifier: Apache-2.0
//
// Editors: Emacs by TRAMP, with the method that goes through a shell and the one that copies by scp, and Vim
// by netrw.

#include "tests/tools/fixture.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

TOOL_TEST(tramp, read_and_write, "emacs", "emacs-nox", 1)
{
    static const char *const methods[] = {"ssh", "scp"};
    int round = 0;
    while (tools_again(tools, &round)) {
        tools_file(tools, "source", round);
        char *out = tools_shell(tools, "exec emacs --batch -Q -l tests/tools/tramp_client.el %s %s \"$HOME\"",
                                methods[round % 2], tools->names[0]);
        cr_expect_not_null(strstr(out, "all went well\n"), "%s", out);
        free(out);
        tools_expect_same(tools, "source", "back");
    }
}

TOOL_TEST(netrw, read_and_write, "vim", "vim", 1)
{
    int round = 0;
    while (tools_again(tools, &round)) {
        tools_file(tools, "source", round);
        free(tools_shell(
            tools,
            "cd; scp -q source %s:from-vim; "
            "exec vim -N -u NONE -i NONE -es -c 'runtime! plugin/netrwPlugin.vim' "
            "-c 'edit scp://%s/from-vim' -c 'write! back' -c '1s/^/changed /' -c 'write' -c 'qa!'",
            tools->names[0], tools->names[0]));
        tools_expect_same(tools, "source", "back");
        char *out = tools_shell(tools, "ssh %s head -n 1 from-vim", tools->names[0]);
        cr_expect(strncmp(out, "changed source, round ", 22) == 0, "%s", out);
        free(out);
    }
}
