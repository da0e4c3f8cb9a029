// SPDX-License-Identifier: Apache-2.0
//
// processes: what programs have cost so far, as /proc says, each with all that it has made.

#include "tests/bench/bench.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

// Fields after the name of /proc/PID/stat: state, parent, ...
struct status {
    pid_t parent;
    double cpu;
};

static bool status_read(pid_t pid, struct status *status)
{
    char path[64];
    char text[1024];
    (void)snprintf(path, sizeof path, "/proc/%d/stat", (int)pid);
    FILE *file = fopen(path, "re");
    if (file == NULL)
        return false;
    size_t length = fread(text, 1, sizeof text - 1, file);
    (void)fclose(file);
    text[length] = '\0';
    const char *after = strrchr(text, ')');
    int parent = 0;
    unsigned long user = 0;
    unsigned long system_time = 0;
    if (after == NULL || sscanf(after, ") %*c %d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu", &parent, &user,
                                &system_time) != 3)
        return false;
    status->parent = parent;
    status->cpu = (double)(user + system_time) / (double)sysconf(_SC_CLK_TCK);
    return true;
}

static bool descends(pid_t pid, pid_t from)
{
    struct status status;
    for (int i = 0; i < 64 && pid > 1 && pid != from; i++)
        pid = status_read(pid, &status) ? status.parent : 0;
    return pid == from;
}

static double cpu_of(pid_t pid)
{
    struct status status;
    return status_read(pid, &status) ? status.cpu : 0;
}

static double memory_of(pid_t pid)
{
    char path[64];
    char line[256];
    unsigned long kilobytes = 0;
    (void)snprintf(path, sizeof path, "/proc/%d/smaps_rollup", (int)pid);
    FILE *file = fopen(path, "re");
    if (file == NULL)
        return 0;
    while (fgets(line, sizeof line, file) != NULL)
        if (sscanf(line, "Pss: %lu kB", &kilobytes) == 1)
            break;
    (void)fclose(file);
    return (double)kilobytes * 1024;
}

static double sum(pid_t from, double (*value)(pid_t))
{
    double total = 0;
    DIR *processes = opendir("/proc");
    if (processes == NULL)
        bench_die("no /proc");
    for (struct dirent *entry = readdir(processes); entry != NULL; entry = readdir(processes)) {
        pid_t pid = (pid_t)strtol(entry->d_name, NULL, 10);
        if (pid > 1 && descends(pid, from))
            total += value(pid);
    }
    (void)closedir(processes);
    return total;
}

double process_cpu(pid_t pid)
{
    return sum(pid, cpu_of);
}

double process_memory(pid_t pid)
{
    return sum(pid, memory_of);
}

double process_sleeps(pid_t pid)
{
    char path[320];
    char line[256];
    double total = 0;
    (void)snprintf(path, sizeof path, "/proc/%d/task", (int)pid);
    DIR *threads = opendir(path);
    if (threads == NULL)
        bench_die("process %d has ended", (int)pid);
    for (struct dirent *entry = readdir(threads); entry != NULL; entry = readdir(threads)) {
        unsigned long count = 0;
        (void)snprintf(path, sizeof path, "/proc/%d/task/%s/status", (int)pid, entry->d_name);
        FILE *file = entry->d_name[0] != '.' ? fopen(path, "re") : NULL;
        if (file == NULL)
            continue;
        while (fgets(line, sizeof line, file) != NULL)
            if (sscanf(line, "voluntary_ctxt_switches: %lu", &count) == 1)
                total += (double)count;
        (void)fclose(file);
    }
    (void)closedir(threads);
    return total;
}
