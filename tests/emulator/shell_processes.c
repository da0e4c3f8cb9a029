// SPDX-License-Identifier: Apache-2.0
//
// shell_processes: Find the processes of a shell from outside of its walls, to signal or to end them.

#include "tests/emulator/shell.h"

#include <dirent.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { DEPTH_MAX = 64 };

struct process {
    pid_t pid, parent, group;
    char name[32];
};

// False when it is gone.
static bool look_at(pid_t pid, struct process *process)
{
    char path[64], text[512];
    (void)snprintf(path, sizeof path, "/proc/%d/stat", (int)pid);
    FILE *file = fopen(path, "re");
    if (file == NULL)
        return false;
    size_t length = fread(text, 1, sizeof text - 1, file);
    (void)fclose(file);
    text[length] = '\0';
    // The name in brackets may hold anything: the last bracket ends it.
    const char *begin = strchr(text, '('), *end = strrchr(text, ')');
    int parent = 0, group = 0;
    if (begin == NULL || end == NULL || sscanf(end + 1, " %*c %d %d", &parent, &group) != 2)
        return false;
    process->pid = pid;
    process->parent = (pid_t)parent;
    process->group = (pid_t)group;
    (void)snprintf(process->name, sizeof process->name, "%.*s", (int)(end - begin - 1), begin + 1);
    return true;
}

static void each_process(void (*each)(const struct process *process, void *ctx), void *ctx)
{
    struct process process;
    DIR *folder = opendir("/proc");
    for (const struct dirent *entry; folder != NULL && (entry = readdir(folder)) != NULL;) {
        pid_t pid = (pid_t)strtol(entry->d_name, NULL, 10);
        if (pid > 0 && look_at(pid, &process))
            each(&process, ctx);
    }
    if (folder != NULL)
        (void)closedir(folder);
}

// --- signals ---

struct search {
    pid_t top;            // the outermost wall
    struct process shell; // pid 0: not found
    int number;
};

// The watch below that process which the process descends from; 0: none.
static pid_t watch_above(const struct process *process, pid_t top)
{
    struct process at = *process;
    pid_t watch = 0;
    for (int i = 0; i < DEPTH_MAX && at.pid != top && at.parent > 1; i++) {
        if (!look_at(at.parent, &at))
            return 0;
        if (watch == 0 && strcmp(at.name, SHELL_WATCH_NAME) == 0)
            watch = at.pid;
    }
    return at.pid == top ? watch : 0; // else it is another shell's
}

static void find_shell(const struct process *process, void *ctx)
{
    struct search *search = ctx;
    pid_t watch = watch_above(process, search->top);
    if (watch != 0 && process->parent == watch)
        search->shell = *process;
}

static void signal_group(const struct process *process, void *ctx)
{
    const struct search *search = ctx;
    if (process->group == search->shell.group && watch_above(process, search->top) != 0)
        (void)kill(process->pid, search->number);
}

void shell_signal(const struct shell *shell, int number)
{
    struct search search = {.top = shell->pid, .number = number};
    each_process(find_shell, &search);
    // The walls may be of its group: they must not hear of it.
    if (search.shell.pid != 0)
        each_process(signal_group, &search);
    else
        (void)kill(-shell->pid, number);
}

// --- ends ---

static void kill_child(const struct process *process, void *ctx)
{
    bool *any = ctx;
    if (process->parent != getpid())
        return;
    *any = true;
    (void)kill(process->pid, SIGKILL);
    (void)waitpid(process->pid, NULL, 0);
}

// Being their subreaper, this process becomes the parent of whatever loses its own.
void shell_kill_descendants(void)
{
    bool any = true;
    while (any) {
        any = false;
        each_process(kill_child, &any);
    }
}
