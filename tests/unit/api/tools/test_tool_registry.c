// SPDX-License-Identifier: Apache-2.0
//
// tool_registry: who is connected is listed, also in another process; who has gone, however that came, is
// not; what others put into the folder is passed over.

#include "api/tools/tool_registry.h"
#include "tests/support/support.h"

#include <criterion/criterion.h>
#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

enum { ROUNDS = 200, PROCESSES = 4 };

static char folder[SUPPORT_PATH_CAP], state[SUPPORT_PATH_CAP + 16], tools[SUPPORT_PATH_CAP + 32];
static struct failure why;
static struct connected_tool *list;
static size_t count;

static void begin(void)
{
    cr_assert_geq(sodium_init(), 0);
    cr_assert(support_folder_make(folder));
    (void)snprintf(state, sizeof state, "%s/state", folder);
    (void)snprintf(tools, sizeof tools, "%s/tools", state);
}

static void end(void)
{
    free(list);
    (void)support_folder_remove(folder);
}

TestSuite(tool_registry, .init = begin, .fini = end);

static void look(void)
{
    free(list);
    cr_assert_eq(tool_registry_list(state, &list, &count, &why), STATUS_OK, "%s", why.message);
}

static const struct connected_tool *tool(size_t i)
{
    static const struct connected_tool none;
    return list != NULL && i < count ? &list[i] : &none;
}

static struct tool_entry *come(const char *sandbox_id, const char *version)
{
    struct tool_entry *entry = NULL;
    cr_assert_eq(tool_registry_enter(state, sandbox_id, version, &entry, &why), STATUS_OK, "%s", why.message);
    return entry;
}

static size_t files(void)
{
    size_t found = 0;
    DIR *listing = opendir(tools);
    cr_assert_not_null(listing);
    for (const struct dirent *at = readdir(listing); at != NULL; at = readdir(listing))
        found += at->d_name[0] != '.';
    (void)closedir(listing);
    return found;
}

Test(tool_registry, lists_who_is_connected_by_sandbox_and_age)
{
    look();
    cr_expect_eq(count, 0);
    struct tool_entry *first = come("sbx-b", "OpenSSH_9.2p1");
    struct tool_entry *second = come("sbx-a", "paramiko_3.0.0");
    struct tool_entry *third = come("sbx-b", "OpenSSH_9.9");
    look();
    cr_assert_eq(count, 3);
    cr_expect_str_eq(tool(0)->sandbox_id, "sbx-a");
    cr_expect_str_eq(tool(0)->version, "paramiko_3.0.0");
    cr_expect_eq(tool(0)->pid, getpid());
    cr_expect_gt(tool(0)->since_ms, 0);
    cr_expect_str_eq(tool(1)->sandbox_id, "sbx-b");
    cr_expect_str_eq(tool(2)->sandbox_id, "sbx-b");
    tool_registry_leave(first);
    look();
    cr_assert_eq(count, 2);
    cr_expect_str_eq(tool(1)->version, "OpenSSH_9.9");
    tool_registry_leave(second);
    tool_registry_leave(third);
    tool_registry_leave(NULL);
    look();
    cr_expect_eq(count, 0);
    cr_expect_null(list);
    cr_expect_eq(files(), 0);
}

Test(tool_registry, cleans_and_cuts_the_version)
{
    char longer[400];
    memset(longer, 'v', sizeof longer - 1);
    longer[sizeof longer - 1] = '\0';
    struct tool_entry *one = come("sbx-a", "a\nb\033[31m\xff");
    struct tool_entry *two = come("sbx-b", longer);
    look();
    cr_assert_eq(count, 2);
    cr_expect_null(strpbrk(tool(0)->version, "\n\033"), "%s", tool(0)->version);
    cr_expect_eq(strncmp(tool(0)->version, "a", 1), 0);
    cr_expect_lt(strlen(tool(1)->version), TOOL_VERSION_CAP);
    tool_registry_leave(one);
    tool_registry_leave(two);
}

Test(tool_registry, is_for_the_user_alone_and_refuses_what_is_not)
{
    struct stat facts;
    struct tool_entry *entry = come("sbx-a", "x");
    cr_assert_eq(stat(tools, &facts), 0);
    cr_expect_eq(facts.st_mode & 0777, 0700);
    tool_registry_leave(entry);
    cr_assert_eq(chmod(tools, 0755), 0);
    cr_expect_eq(tool_registry_enter(state, "sbx-a", "x", &entry, &why), STATUS_STORE_UNSAFE);
    cr_expect_null(entry);
    cr_expect_eq(tool_registry_list(state, &list, &count, &why), STATUS_STORE_UNSAFE);
    cr_assert_eq(chmod(tools, 0700), 0);
    cr_expect_eq(tool_registry_enter(state, "../sbx", "x", &entry, &why), STATUS_BAD_ARGUMENT);
    cr_expect_eq(tool_registry_enter(state, "", "x", &entry, &why), STATUS_BAD_ARGUMENT);
    cr_expect_eq(files(), 0);
}

static pid_t start_tool(const char *sandbox_id)
{
    int ends[2] = {-1, -1};
    char byte = 0;
    cr_assert_eq(pipe(ends), 0);
    pid_t child = fork();
    if (child == 0) {
        struct tool_entry *entry = NULL;
        if (tool_registry_enter(state, sandbox_id, "child", &entry, NULL) != STATUS_OK ||
            write(ends[1], "x", 1) != 1)
            _exit(1);
        for (;;)
            (void)pause();
    }
    (void)close(ends[1]);
    cr_assert_eq(read(ends[0], &byte, 1), 1);
    (void)close(ends[0]);
    return child;
}

Test(tool_registry, forgets_a_process_that_was_killed)
{
    pid_t stays = start_tool("sbx-a"), goes = start_tool("sbx-b");
    look();
    cr_expect_eq(count, 2);
    (void)kill(goes, SIGKILL);
    cr_assert_eq(support_wait_exit(goes, SUPPORT_WAIT_MS), 128 + SIGKILL);
    cr_expect_eq(files(), 2);
    look();
    cr_assert_eq(count, 1);
    cr_expect_eq(tool(0)->pid, stays);
    cr_expect_eq(files(), 1, "its file was left behind");
    (void)kill(stays, SIGKILL);
    cr_assert_eq(support_wait_exit(stays, SUPPORT_WAIT_MS), 128 + SIGKILL);
    look();
    cr_expect_eq(count, 0);
}

// A file as a live process would hold it.
static void put(const char *name, const char *text)
{
    char path[SUPPORT_PATH_CAP + 64];
    (void)snprintf(path, sizeof path, "%s/%s", tools, name);
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    cr_assert_geq(fd, 0);
    cr_assert_eq(write(fd, text, strlen(text)), (ssize_t)strlen(text));
    cr_assert_eq(flock(fd, LOCK_EX), 0); // until the test ends
}

Test(tool_registry, passes_over_what_is_none)
{
    static const char *const texts[] = {"",
                                        "sbx-a",
                                        "sbx-a\n1\n2\n",
                                        "sbx-a\n1\n2\nno end",
                                        "../a\n1\n2\nv\n",
                                        "sbx-a\nx\n2\nv\n",
                                        "sbx-a\n1\n-2\nv\n",
                                        "sbx-a\n1\n99999999999999999999\nv\n",
                                        "sbx-a\n99999999999\n2\nv\n"};
    char name[32], path[SUPPORT_PATH_CAP + 64], big[4096];
    tool_registry_leave(come("sbx-a", "x"));
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        (void)snprintf(name, sizeof name, "wrong-%zu", i);
        put(name, texts[i]);
    }
    memset(big, 'a', sizeof big - 1);
    big[sizeof big - 1] = '\0';
    put("big", big);
    put("new.half", "sbx-a\n1\n2\nv\n");
    (void)snprintf(path, sizeof path, "%s/fifo", tools);
    cr_assert_eq(mkfifo(path, 0600), 0);
    (void)snprintf(path, sizeof path, "%s/folder", tools);
    cr_assert_eq(mkdir(path, 0700), 0);
    (void)snprintf(path, sizeof path, "%s/link", tools);
    cr_assert_eq(symlink("/dev/zero", path), 0);
    put("right", "sbx-a\n7\n8\nv\n");
    look();
    cr_assert_eq(count, 1);
    cr_expect_eq(tool(0)->pid, 7);
    cr_expect_eq(tool(0)->since_ms, 8);
    cr_expect_str_eq(tool(0)->version, "v");
}

Test(tool_registry, a_full_disk_is_said_and_leaves_nothing)
{
    struct rlimit limit;
    struct tool_entry *entry = NULL;
    tool_registry_leave(come("sbx-a", "x"));
    (void)signal(SIGXFSZ, SIG_IGN);
    cr_assert_eq(getrlimit(RLIMIT_FSIZE, &limit), 0);
    const struct rlimit full = {0, limit.rlim_max};
    cr_assert_eq(setrlimit(RLIMIT_FSIZE, &full), 0);
    enum status status = tool_registry_enter(state, "sbx-a", "x", &entry, &why);
    cr_assert_eq(setrlimit(RLIMIT_FSIZE, &limit), 0);
    cr_expect_eq(status, STATUS_STORE_FAILED);
    cr_expect_null(entry);
    cr_expect_eq(files(), 0);
}

// Nobody who comes while others look is taken for one that has gone.
Test(tool_registry, that_is_read_while_tools_come_and_go_loses_none)
{
    pid_t readers[PROCESSES];
    for (size_t i = 0; i < PROCESSES; i++) {
        readers[i] = fork();
        for (; readers[i] == 0;) {
            struct connected_tool *seen = NULL;
            size_t many = 0;
            if (tool_registry_list(state, &seen, &many, NULL) != STATUS_OK)
                _exit(1);
            free(seen);
        }
    }
    for (int i = 0; i < ROUNDS; i++) {
        struct tool_entry *entry = come("sbx-a", "x");
        look();
        cr_expect_eq(count, 1, "round %d", i);
        tool_registry_leave(entry);
    }
    for (size_t i = 0; i < PROCESSES; i++) {
        (void)kill(readers[i], SIGKILL);
        cr_expect_eq(support_wait_exit(readers[i], SUPPORT_WAIT_MS), 128 + SIGKILL);
    }
}
