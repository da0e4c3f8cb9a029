// SPDX-License-Identifier: Apache-2.0
//
// terminal_main: a program whose terminal is the console's emulator: what it writes goes in, what it asks is
// answered, until it ends.

#include "tests/judge/terminal_main.h"

#include "tests/support/pty.h"

#include <stdio.h>

enum { ROWS = 25, COLS = 80, LOOK_MS = 1000 };

int judge_terminal(int argc, char **argv)
{
    int rows = ROWS, cols = COLS, end = 0;
    if (argc > 0 && sscanf(argv[0], "%dx%d%n", &cols, &rows, &end) == 2 && argv[0][end] == '\0') {
        argc--;
        argv++;
    }
    if (argc < 1) {
        (void)fputs("usage: judge terminal [COLSxROWS] PROGRAM [ARGUMENT]...\n", stderr);
        return 2;
    }
    static const char *const environment[] = {"TERM=xterm-256color", NULL};
    struct pty *pty = pty_open((const char *const *)argv, environment, rows, cols, 0);
    if (pty == NULL)
        return 2;
    while (!pty_ended(pty))
        (void)pty_take(pty, LOOK_MS);
    (void)fputs(pty_text(pty), stdout);
    int code = pty_exit_code(pty);
    pty_close(pty);
    return code;
}
