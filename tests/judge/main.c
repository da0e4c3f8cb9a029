// SPDX-License-Identifier: Apache-2.0
//
// judge: the program against machines that say wrong things, and its terminal under programs that judge
// terminals. The first word says which.

#include "tests/judge/http_main.h"
#include "tests/judge/ssh_main.h"
#include "tests/judge/terminal_main.h"

#include <stdio.h>
#include <string.h>

int main(int argc, char **argv)
{
    if (argc > 1 && strcmp(argv[1], "http") == 0)
        return judge_http(argc - 2, argv + 2);
    if (argc > 1 && strcmp(argv[1], "ssh") == 0)
        return judge_ssh(argc - 2, argv + 2);
    if (argc > 1 && strcmp(argv[1], "ssh-proxy") == 0)
        return judge_ssh_proxy(argc - 2, argv + 2);
    if (argc > 1 && strcmp(argv[1], "ssh-exec") == 0)
        return judge_ssh_exec(argc - 2, argv + 2);
    if (argc > 1 && strcmp(argv[1], "ssh-clients") == 0)
        return judge_ssh_clients(argc - 2, argv + 2);
    if (argc > 1 && strcmp(argv[1], "through") == 0)
        return judge_through(argc - 2, argv + 2);
    if (argc > 1 && strcmp(argv[1], "terminal") == 0)
        return judge_terminal(argc - 2, argv + 2);
    (void)fputs("usage: judge http|ssh|ssh-clients|ssh-exec|ssh-proxy|terminal [OPTION]...\n", stderr);
    return 2;
}
