// SPDX-License-Identifier: Apache-2.0
//
// OpenSSH's ssh through a sandbox's name, while the credential is replaced: streams, statuses, signals,
// terminals, and several sessions over one connection.

#include "tests/tools/fixture.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

// One command, by the shell's rules, with what it writes and how it ends.
struct command {
    const char *command, *input, *out, *err; // err: somewhere in it; NULL: nothing at all
    int exit_code;
};

static void expect(struct tools *tools, const struct command *command)
{
    const char *const argv[] = {"ssh", tools->names[0], command->command, NULL};
    struct support_result result = tools_try(tools, command->input, argv);
    cr_expect_eq(result.exit_code, command->exit_code, "%s: %d: %s", command->command, result.exit_code,
                 result.err);
    cr_expect_str_eq(result.out, command->out, "%s", command->command);
    if (command->err != NULL)
        cr_expect_not_null(strstr(result.err, command->err), "%s: %s", command->command, result.err);
    else
        cr_expect_str_eq(result.err, "", "%s", command->command);
    support_result_free(&result);
}

OPENSSH_TEST(tools_ssh, streams_and_statuses, "ssh", "openssh-client")
{
    static const struct command commands[] = {
        {"true", NULL, "", NULL, 0},
        {"exit 42", NULL, "", NULL, 42},
        {"echo out; echo err >&2; exit 3", NULL, "out\n", "err\n", 3},
        {"tr a-z A-Z", "quiet\n", "QUIET\n", NULL, 0},
        // What comes after the end of the input, and after the end of the output.
        {"cat; sleep 0.2; echo after", "before\n", "before\nafter\n", NULL, 0},
        {"echo all; exec >&- 2>&-; sleep 0.2; exit 5", NULL, "all\n", NULL, 5},
        // Of a command that a signal ends ssh says 255.
        {"echo first; kill -KILL $$", NULL, "first\n", NULL, 255},
        {"exec 0<&-; echo unread", "nobody reads this\n", "unread\n", NULL, 0},
        {"printf '\\000\\001\\377' | od -An -tx1", NULL, " 00 01 ff\n", NULL, 0},
        {"exec no-such-command", NULL, "", "not found", 127},
    };
    int round = 0;
    while (tools_again(tools, &round))
        for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++)
            expect(tools, &commands[i]);
}

// Nearly as long as Linux takes one: editors send scripts like that.
OPENSSH_TEST(tools_ssh, a_long_command, "ssh", "openssh-client")
{
    static const char end[] = "echo long";
    static char text[120 * 1024];
    const struct command command = {text, NULL, "long\n", NULL, 0};
    memset(text, ' ', sizeof text);
    memcpy(text + sizeof text - sizeof end, end, sizeof end);
    expect(tools, &command);
}

// More than every window and buffer in between; keys are exchanged again meanwhile.
OPENSSH_TEST(tools_ssh, floods, "ssh", "openssh-client")
{
    int round = 0;
    free(tools_shell(tools,
                     "cd; head -c 1048576 /dev/urandom >one; for i in 1 2 3 4 5; do cat one; done >five"));
    while (tools_again(tools, &round)) {
        free(tools_shell(tools, "cd; ssh %s 'cat >there' <one; ssh %s cat there >back; cmp one back",
                         tools->names[0], tools->names[0]));
        free(tools_shell(tools, "cd; ssh -o RekeyLimit=1M %s cat <five >back; cmp five back",
                         tools->names[0]));
        free(tools_shell(tools,
                         "cd; ssh %s 'cat one5 2>/dev/null; cat >&2' <five >back 2>errors; cmp five errors; "
                         "test ! -s back",
                         tools->names[0]));
        // Nor does it stop where the user wants compression, and what comes is easy to compress.
        free(tools_shell(tools,
                         "cd; test $(ssh -C %s 'head -c 30000000 /dev/zero' | wc -c) = 30000000 && "
                         "ssh -C %s cat <five >back; cmp five back",
                         tools->names[0], tools->names[0]));
        // Nobody takes the output any more: ssh ends, and so does the rest.
        free(tools_shell(tools, "ssh %s 'cat /dev/zero' 2>/dev/null | head -c 1000 >/dev/null",
                         tools->names[0]));
    }
}

OPENSSH_TEST(tools_ssh, variables_signals_and_keepalives, "ssh", "openssh-client")
{
    int round = 0;
    // As long as it takes for two questions whether it is alive to stay unanswered.
    free(tools_shell(tools, "ssh -o ServerAliveInterval=1 -o ServerAliveCountMax=1 %s sleep 3.5",
                     tools->names[0]));
    while (tools_again(tools, &round)) {
        char *text = tools_shell(tools, "ssh -o SetEnv=LC_OURS=set %s 'echo $LC_OURS'", tools->names[0]);
        cr_expect_str_eq(text, "set\n");
        free(text);
        const char *const argv[] = {"ssh", "-v", tools->names[0], "kill -TERM $$", NULL};
        struct support_result result = tools_try(tools, NULL, argv);
        cr_expect_not_null(strstr(result.err, "rtype exit-signal"), "%s", result.err);
        cr_expect_eq(result.exit_code, 255);
        support_result_free(&result);
    }
}

static void type(struct pty *pty, const char *keys)
{
    cr_assert(pty_type(pty, keys, strlen(keys)));
}

OPENSSH_TEST(tools_ssh, terminals, "ssh", "openssh-client")
{
    const char *const argv[] = {"ssh", "-t", tools->names[0], NULL};
    int round = 0;
    while (tools_again(tools, &round)) {
        struct pty *pty = tools_terminal(tools, argv);
        type(pty, "PS1='at: '; stty size; echo $TERM-$((40+2))\r");
        tools_wait(pty, "24 80");
        tools_wait(pty, "xterm-42");
        // The shell is told of a new size while it waits for it.
        type(pty, "sh -c 'trap \"stty size\" WINCH; echo ready$((1 + 1)); while :; do sleep 0.1; done'\r");
        tools_wait(pty, "ready2");
        cr_assert(pty_resize(pty, 31, 99));
        tools_wait(pty, "31 99");
        type(pty, "\003");
        type(pty, "echo on-$((3+4))\r");
        tools_wait(pty, "on-7");
        type(pty, "exit 9\r");
        tools_wait_end(pty, 9);
        pty_close(pty);
    }
}

// One that stays for all of the time, and those that share it.
OPENSSH_TEST(tools_ssh, several_sessions_over_one_connection, "ssh", "openssh-client")
{
    int round = 0;
    const char *name = tools->names[0];
    free(tools_shell(tools, "ssh -M -S ~/control -o ControlPersist=yes -fN %s >/dev/null 2>&1", name));
    while (tools_again(tools, &round)) {
        char *text = tools_shell(tools,
                                 "cd; for i in 1 2 3 4 5 6; do { ssh -S ~/control %s \"cat; exit $i\" <<A || "
                                 "echo $i $?\n$i in\nA\n} >said$i & done; wait; cat said*",
                                 name);
        cr_expect_str_eq(text, "1 in\n1 1\n2 in\n2 2\n3 in\n3 3\n4 in\n4 4\n5 in\n5 5\n6 in\n6 6\n");
        free(text);
        // One whose output nobody takes stalls no other.
        text = tools_shell(tools,
                           "cd; mkfifo full; ssh -S ~/control %s 'head -c 20000000 /dev/zero' >full & "
                           "exec 3<full; rm full; ssh -S ~/control %s 'echo through'; "
                           "ssh -S ~/control -O check %s 2>/dev/null; wc -c <&3; wait",
                           name, name, name);
        cr_expect_str_eq(text, "through\n20000000\n");
        free(text);
        // And one that is made when it is first asked for.
        text = tools_shell(
            tools,
            "for i in 1 2 3; do ssh -o ControlMaster=auto -o ControlPath=~/auto "
            "-o ControlPersist=60 %s echo $i 2>/dev/null; done; ssh -S ~/auto -O exit %s 2>/dev/null",
            name, name);
        cr_expect_str_eq(text, "1\n2\n3\n");
        free(text);
    }
    free(tools_shell(tools, "ssh -S ~/control -O exit %s 2>/dev/null; test ! -e ~/control", name));
}
