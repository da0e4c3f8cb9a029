// SPDX-License-Identifier: Apache-2.0
//
// process_tree: The child is stopped, so that it starts no more; then its descendants are, level by level,
// and last all are killed. A parent that is only stopped keeps its children's parent numbers as they are.

#include "api/base/process_tree.h"

#include <ctype.h>
#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { TREE_MAX = 256, STAT_CAP = 512 };

// 0: it isn't there, or can't be known.
static pid_t parent_of(const char *number)
{
    char path[64], text[STAT_CAP];
    (void)snprintf(path, sizeof path, "/proc/%.20s/stat", number);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t length = fd >= 0 ? read(fd, text, sizeof text - 1) : -1;
    if (fd >= 0)
        (void)close(fd);
    text[length > 0 ? length : 0] = '\0';
    const char *after = strrchr(text, ')'); // of its name, which may have any characters
    return after != NULL && strlen(after) > 4 ? (pid_t)strtol(after + 4, NULL, 10) : 0;
}

static bool has(const pid_t *tree, size_t count, pid_t pid)
{
    for (size_t i = 0; i < count; i++)
        if (tree[i] == pid)
            return true;
    return false;
}

// Stops those whose parent is in the tree, and takes them in. Returns how many there are then.
static size_t take_children(pid_t *tree, size_t count)
{
    DIR *all = opendir("/proc");
    const struct dirent *entry = NULL;
    while (all != NULL && count < TREE_MAX && (entry = readdir(all)) != NULL) {
        pid_t pid = isdigit((unsigned char)entry->d_name[0]) ? (pid_t)strtol(entry->d_name, NULL, 10) : 0;
        if (pid <= 1 || has(tree, count, pid) || !has(tree, count, parent_of(entry->d_name)) ||
            kill(pid, SIGSTOP) != 0)
            continue;
        tree[count++] = pid;
    }
    if (all != NULL)
        (void)closedir(all);
    return count;
}

void process_tree_kill(pid_t child)
{
    pid_t tree[TREE_MAX] = {child};
    size_t count = 0, more = 1;
    (void)kill(child, SIGSTOP);
    while (more > count) {
        count = more;
        more = take_children(tree, count);
    }
    while (count > 0) // children first, whose numbers are theirs as long as their parents are stopped
        (void)kill(tree[--count], SIGKILL);
}
