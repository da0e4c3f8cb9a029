// SPDX-License-Identifier: Apache-2.0
//
// tool_lock: is one process's at a time, goes with it, and leaves nothing behind.

#include "api/tools/tool_lock.h"
#include "tests/support/support.h"

#include <criterion/criterion.h>
#include <signal.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static char top[SUPPORT_PATH_CAP];
static struct failure why;

static void begin(void)
{
    cr_assert(support_folder_make(top));
}

static void end(void)
{
    cr_expect(support_folder_remove(top));
}

TestSuite(tool_lock, .init = begin, .fini = end, .timeout = 120);

static struct tool_lock *taken(const char *id)
{
    struct tool_lock *lock = NULL;
    cr_assert_eq(tool_lock_try(top, id, &lock, &why), STATUS_OK, "%s", why.message);
    return lock;
}

Test(tool_lock, is_one_owners_at_a_time_and_each_sandboxs_own)
{
    struct tool_lock *second = NULL;
    struct tool_lock *lock = taken("sbx-a");
    cr_expect_eq(tool_lock_try(top, "sbx-a", &second, &why), STATUS_CONFLICT);
    cr_expect_null(second);
    tool_lock_end(taken("sbx-b"));
    tool_lock_end(lock);
    tool_lock_end(taken("sbx-a"));
}

Test(tool_lock, leaves_no_file_behind)
{
    char path[SUPPORT_PATH_CAP + 32];
    struct stat facts;
    tool_lock_end(taken("sbx-a"));
    (void)snprintf(path, sizeof path, "%s/locks/sbx-a", top);
    cr_expect_neq(lstat(path, &facts), 0);
}

Test(tool_lock, goes_with_a_process_that_is_killed)
{
    int ready[2];
    char byte = 0;
    cr_assert_eq(pipe(ready), 0);
    pid_t pid = fork();
    cr_assert(pid >= 0);
    if (pid == 0) {
        struct tool_lock *own = NULL;
        if (tool_lock_try(top, "sbx-a", &own, NULL) == STATUS_OK)
            (void)!write(ready[1], "x", 1);
        (void)pause();
        _exit(0);
    }
    cr_assert_eq(read(ready[0], &byte, 1), 1);
    struct tool_lock *lock = NULL;
    cr_expect_eq(tool_lock_try(top, "sbx-a", &lock, &why), STATUS_CONFLICT);
    (void)kill(pid, SIGKILL);
    cr_assert_eq(waitpid(pid, NULL, 0), pid);
    tool_lock_end(taken("sbx-a"));
}

// Each adds one to a number in a file, reading and writing it apart.
static void count_up(int times)
{
    char path[SUPPORT_PATH_CAP + 32];
    (void)snprintf(path, sizeof path, "%s/count", top);
    for (int done = 0; done < times;) {
        struct tool_lock *lock = NULL;
        int number = 0;
        enum status status = tool_lock_try(top, "sbx-a", &lock, &why);
        if (status != STATUS_OK && status != STATUS_CONFLICT)
            _exit(1);
        if (status != STATUS_OK)
            continue;
        FILE *file = fopen(path, "r");
        if (file != NULL && fscanf(file, "%d", &number) != 1)
            _exit(2);
        if (file != NULL)
            (void)fclose(file);
        file = fopen(path, "w");
        if (file == NULL || fprintf(file, "%d\n", number + 1) < 0 || fclose(file) != 0)
            _exit(3);
        tool_lock_end(lock);
        done++;
    }
    _exit(0);
}

Test(tool_lock, keeps_processes_apart_while_its_file_comes_and_goes)
{
    enum { PROCESSES = 4, TIMES = 200 };
    char path[SUPPORT_PATH_CAP + 32];
    int number = 0;
    for (int i = 0; i < PROCESSES; i++)
        if (fork() == 0)
            count_up(TIMES);
    for (int i = 0; i < PROCESSES; i++) {
        int status = 0;
        cr_assert(wait(&status) > 0);
        cr_assert(WIFEXITED(status) && WEXITSTATUS(status) == 0, "%d", status);
    }
    (void)snprintf(path, sizeof path, "%s/count", top);
    FILE *file = fopen(path, "r");
    cr_assert_not_null(file);
    cr_assert_eq(fscanf(file, "%d", &number), 1);
    (void)fclose(file);
    cr_expect_eq(number, PROCESSES * TIMES, "%d", number);
}

Test(tool_lock, no_name_leaves_its_folder)
{
    struct tool_lock *lock = NULL;
    cr_expect_eq(tool_lock_try(top, "../x", &lock, &why), STATUS_BAD_ARGUMENT);
    cr_expect_eq(tool_lock_try(top, "", &lock, &why), STATUS_BAD_ARGUMENT);
    cr_expect_eq(tool_lock_try(top, "..", &lock, &why), STATUS_BAD_ARGUMENT);
}

Test(tool_lock, a_folder_that_others_may_enter_is_refused)
{
    char path[SUPPORT_PATH_CAP + 32];
    struct tool_lock *lock = NULL;
    (void)snprintf(path, sizeof path, "%s/locks", top);
    cr_assert_eq(mkdir(path, 0700), 0);
    cr_assert_eq(chmod(path, 0777), 0);
    cr_expect_eq(tool_lock_try(top, "sbx-a", &lock, &why), STATUS_STORE_UNSAFE);
}
