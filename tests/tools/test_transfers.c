// SPDX-License-Identifier: Apache-2.0
//
// What copies files: lftp by sftp://, and Midnight Commander by sh://, which goes through OpenSSH (its
// sftp:// brings an SSH client of its own along, which knows no ProxyCommand).

#include "tests/tools/fixture.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

TOOL_TEST(lftp, put_and_get, "lftp", "lftp", 1)
{
    int round = 0;
    while (tools_again(tools, &round)) {
        tools_file(tools, "source", round);
        free(tools_shell(tools,
                         "cd; rm -f back; exec lftp -c 'set cmd:fail-exit yes; set net:max-retries 1; "
                         "open sftp://%s; put source -o from-lftp; cls -1; get from-lftp -o back; "
                         "rm from-lftp'",
                         tools->names[0]));
        tools_expect_same(tools, "source", "back");
    }
}

#define KEY_DOWN "\033OB"
#define KEY_F5   "\033[15~"
#define KEY_F10  "\033[21~"

static void type(struct pty *pty, const char *keys)
{
    cr_assert(pty_type(pty, keys, strlen(keys)));
}

// Of the panel that is active: copies its only file into the other panel's folder. Not with its owner, which
// an account there may not set.
static void copy_only_file(struct pty *mc)
{
    type(mc, KEY_DOWN);
    type(mc, KEY_F5);
    tools_wait(mc, "source mask");
    type(mc, "\t\t ");
    tools_wait(mc, "[ ] Preserve attributes");
    type(mc, "\r");
    tools_wait_gone(mc, "source mask");
}

// A key that comes while a copy is being finished is lost.
static void quit(struct pty *mc)
{
    int64_t deadline = support_now_ms() + SUPPORT_WAIT_MS;
    while (!pty_ended(mc) && support_now_ms() < deadline) {
        (void)pty_type(mc, KEY_F10, strlen(KEY_F10));
        while (pty_take(mc, 500))
            ;
    }
    tools_wait_end(mc, 0);
}

// The copy has as many bytes as the original.
static bool is_whole(void *ctx)
{
    const struct tools *tools = ctx;
    char path[SUPPORT_PATH_CAP + 64];
    struct stat original, copy;
    (void)snprintf(path, sizeof path, "%s/source", tools->home);
    if (stat(path, &original) != 0)
        return false;
    (void)snprintf(path, sizeof path, "%s/box/source", tools->home);
    return stat(path, &copy) == 0 && copy.st_size == original.st_size;
}

// The left panel shows a folder here, the right one a folder of the sandbox. F5 copies the file there, and
// back again once it is gone here.
TOOL_TEST(mc, there_and_back, "mc", "mc", 1)
{
    char there[SUPPORT_PATH_CAP], here[SUPPORT_PATH_CAP + 64];
    int round = 0;
    (void)snprintf(here, sizeof here, "%s/box", tools->home);
    const char *const argv[] = {"mc", "--nosubshell", "--nomouse", here, there, NULL};
    while (tools_again(tools, &round)) {
        char *home = tools_shell(tools, "mkdir -p \"$HOME/box\"; ssh %s 'rm -rf box; mkdir box; pwd'",
                                 tools->names[0]);
        home[strcspn(home, "\n")] = '\0';
        (void)snprintf(there, sizeof there, "sh://%s%s/box", tools->names[0], home);
        free(home);
        tools_file(tools, "box/source", round);
        struct pty *mc = tools_terminal(tools, argv);
        tools_wait(mc, "10Quit");
        tools_wait(mc, "source");
        copy_only_file(mc);
        tools_wait(mc, "││ source"); // in the right panel, once it is there
        free(tools_shell(tools, "mv \"$HOME/box/source\" \"$HOME\""));
        type(mc, "\t");
        copy_only_file(mc);
        cr_assert(support_wait_until(is_whole, tools, SUPPORT_WAIT_MS), "%s", pty_text(mc));
        quit(mc);
        pty_close(mc);
        tools_expect_same(tools, "source", "box/source");
    }
}
