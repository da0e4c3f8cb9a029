// SPDX-License-Identifier: Apache-2.0
//
// support: folders, files, waiting, and a look at the processes. See support.h for why it is kept to the C
// library.

#include "tests/support/support.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { READ_CHUNK = 65536, PROC_TEXT_CAP = 128 * 1024 };

int64_t support_now_ms(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

void support_program(const char *name, char path[SUPPORT_PATH_CAP])
{
    const char *build = getenv("BUILD");
    (void)snprintf(path, SUPPORT_PATH_CAP, "%s/%s", build != NULL && build[0] != '\0' ? build : "build",
                   name);
}

bool support_has_program(const char *name)
{
    char path[SUPPORT_PATH_CAP];
    const char *at = getenv("PATH");
    while (at != NULL && *at != '\0') {
        size_t length = strcspn(at, ":");
        (void)snprintf(path, sizeof path, "%.*s/%s", (int)length, at, name);
        if (access(path, X_OK) == 0)
            return true;
        at += length + (at[length] == ':' ? 1 : 0);
    }
    return false;
}

bool support_folder_make(char path[SUPPORT_PATH_CAP])
{
    const char *base = getenv("TMPDIR");
    (void)snprintf(path, SUPPORT_PATH_CAP, "%s/sbxdeck-test.XXXXXX",
                   base != NULL && base[0] != '\0' ? base : "/tmp");
    if (mkdtemp(path) != NULL)
        return true;
    (void)fprintf(stderr, "support: no folder %s: %s\n", path, strerror(errno));
    path[0] = '\0';
    return false;
}

static bool empty_folder(int parent, const char *name)
{
    bool ok = true;
    (void)!fchmodat(parent, name, 0700, 0);
    int fd = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    DIR *folder = fd >= 0 ? fdopendir(fd) : NULL;
    if (folder == NULL) {
        if (fd >= 0)
            (void)close(fd);
        return false;
    }
    for (struct dirent *entry = readdir(folder); entry != NULL; entry = readdir(folder)) {
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
            continue;
        if (unlinkat(fd, entry->d_name, 0) == 0)
            continue;
        if (!empty_folder(fd, entry->d_name) || unlinkat(fd, entry->d_name, AT_REMOVEDIR) != 0)
            ok = false;
    }
    (void)closedir(folder);
    return ok;
}

bool support_folder_remove(const char *path)
{
    struct stat facts;
    if (path[0] == '\0' || lstat(path, &facts) != 0)
        return true;
    if (S_ISDIR(facts.st_mode) && empty_folder(AT_FDCWD, path) && rmdir(path) == 0)
        return true;
    (void)fprintf(stderr, "support: %s is not removed: %s\n", path, strerror(errno));
    return false;
}

bool support_file_write(const char *path, const char *text)
{
    size_t left = strlen(text);
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    while (fd >= 0 && left > 0) {
        ssize_t count = write(fd, text, left);
        if (count < 0)
            break;
        text += count;
        left -= (size_t)count;
    }
    if (fd < 0 || close(fd) != 0 || left > 0) {
        (void)fprintf(stderr, "support: %s is not written: %s\n", path, strerror(errno));
        return false;
    }
    return true;
}

char *support_file_read(const char *path, size_t *length)
{
    char *text = NULL;
    size_t used = 0;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    while (fd >= 0) {
        char *more = realloc(text, used + READ_CHUNK + 1);
        if (more == NULL)
            break;
        text = more;
        ssize_t count = read(fd, text + used, READ_CHUNK);
        if (count <= 0)
            break;
        used += (size_t)count;
    }
    if (fd >= 0)
        (void)close(fd);
    if (text != NULL)
        text[used] = '\0';
    if (length != NULL)
        *length = used;
    return text;
}

// Between two looks at a condition that nothing announces.
static void pause_shortly(void)
{
    const struct timespec moment = {.tv_nsec = 5000000};
    (void)nanosleep(&moment, NULL);
}

bool support_wait_until(bool (*ready)(void *ctx), void *ctx, int timeout_ms)
{
    int64_t deadline = support_now_ms() + timeout_ms;
    while (!ready(ctx)) {
        if (support_now_ms() >= deadline)
            return false;
        pause_shortly();
    }
    return true;
}

struct child {
    pid_t pid;
    int status;
};

static bool child_ended(void *ctx)
{
    struct child *child = ctx;
    return waitpid(child->pid, &child->status, WNOHANG) != 0;
}

int support_wait_exit(pid_t pid, int timeout_ms)
{
    struct child child = {.pid = pid, .status = 0};
    if (!support_wait_until(child_ended, &child, timeout_ms))
        return -1;
    return WIFSIGNALED(child.status) ? 128 + WTERMSIG(child.status) : WEXITSTATUS(child.status);
}

static bool proc_file_has(const char *pid, const char *file, const char *text)
{
    static char bytes[PROC_TEXT_CAP];
    char path[64];
    size_t used = 0;
    (void)snprintf(path, sizeof path, "/proc/%.20s/%s", pid, file);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return false;
    while (used < sizeof bytes) {
        ssize_t count = read(fd, bytes + used, sizeof bytes - used);
        if (count <= 0)
            break;
        used += (size_t)count;
    }
    (void)close(fd);
    for (size_t i = 0; i < used; i++) {
        if (bytes[i] == '\0')
            bytes[i] = ' ';
    }
    return memmem(bytes, used, text, strlen(text)) != NULL;
}

// A zombie's command line is empty, so that it is never counted.
int support_signal_processes_with(const char *text, int number)
{
    int count = 0;
    DIR *folder = opendir("/proc");
    if (folder == NULL)
        return -1;
    for (struct dirent *entry = readdir(folder); entry != NULL; entry = readdir(folder)) {
        if (entry->d_name[0] < '1' || entry->d_name[0] > '9' || atoi(entry->d_name) == getpid())
            continue;
        if (!proc_file_has(entry->d_name, "cmdline", text) && !proc_file_has(entry->d_name, "environ", text))
            continue;
        (void)kill((pid_t)atoi(entry->d_name), number);
        count++;
    }
    (void)closedir(folder);
    return count;
}

int support_processes_with(const char *text)
{
    return support_signal_processes_with(text, 0);
}

pid_t support_parent(pid_t pid, unsigned long *cpu_ticks)
{
    char path[64];
    char text[1024];
    int parent = 0;
    unsigned long user = 0, kernel = 0;
    (void)snprintf(path, sizeof path, "/proc/%d/stat", (int)pid);
    FILE *file = fopen(path, "re");
    if (file == NULL)
        return 0;
    size_t length = fread(text, 1, sizeof text - 1, file);
    (void)fclose(file);
    text[length] = '\0';
    // A name may have brackets and spaces in it.
    const char *after_name = strrchr(text, ')');
    if (after_name == NULL || sscanf(after_name, ") %*c %d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu",
                                     &parent, &user, &kernel) != 3)
        return 0;
    if (cpu_ticks != NULL)
        *cpu_ticks = user + kernel;
    return (pid_t)parent;
}

static bool descends(pid_t pid, pid_t from)
{
    enum { GENERATIONS = 64 };
    for (int i = 0; i < GENERATIONS && pid > 1 && pid != from; i++)
        pid = support_parent(pid, NULL);
    return pid == from;
}

void support_descendants(pid_t from, void (*each)(pid_t pid, void *ctx), void *ctx)
{
    DIR *processes = from > 0 ? opendir("/proc") : NULL;
    if (processes == NULL)
        return;
    for (struct dirent *entry = readdir(processes); entry != NULL; entry = readdir(processes)) {
        pid_t pid = (pid_t)strtol(entry->d_name, NULL, 10);
        if (pid > 1 && descends(pid, from))
            each(pid, ctx);
    }
    (void)closedir(processes);
}
