// SPDX-License-Identifier: Apache-2.0
//
// processes: CPU time, memory and wake-ups of programs, as /proc says.

#include "tests/bench/bench.h"
#include "tests/support/support.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static void add_cpu(pid_t pid, void *ctx)
{
    unsigned long ticks = 0;
    if (support_parent(pid, &ticks) > 0)
        *(double *)ctx += (double)ticks / (double)sysconf(_SC_CLK_TCK);
}

static void add_memory(pid_t pid, void *ctx)
{
    char path[64];
    char line[256];
    unsigned long kilobytes = 0;
    (void)snprintf(path, sizeof path, "/proc/%d/smaps_rollup", (int)pid);
    FILE *file = fopen(path, "re");
    if (file == NULL)
        return;
    while (fgets(line, sizeof line, file) != NULL)
        if (sscanf(line, "Pss: %lu kB", &kilobytes) == 1)
            break;
    (void)fclose(file);
    *(double *)ctx += (double)kilobytes * 1024;
}

double process_cpu(pid_t pid)
{
    double seconds = 0;
    support_descendants(pid, add_cpu, &seconds);
    return seconds;
}

double process_memory(pid_t pid)
{
    double bytes = 0;
    support_descendants(pid, add_memory, &bytes);
    return bytes;
}

double process_resident(pid_t pid)
{
    char path[64];
    char line[256];
    unsigned long kilobytes = 0;
    (void)snprintf(path, sizeof path, "/proc/%d/status", (int)pid);
    FILE *file = fopen(path, "re");
    if (file == NULL)
        bench_die("process %d has ended", (int)pid);
    while (fgets(line, sizeof line, file) != NULL)
        if (sscanf(line, "VmRSS: %lu kB", &kilobytes) == 1)
            break;
    (void)fclose(file);
    return (double)kilobytes * 1024;
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
