// SPDX-License-Identifier: Apache-2.0
//
// http_run: Run the program to its end, and keep what it wrote and how much memory it took.

#include "tests/judge/http_run.h"

#include "tests/support/support.h"

#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

enum { CHUNK = 65536, OUTPUT_MAX = 2 * 1024 * 1024 };

// Linux counts what its parent had as memory of a new process: so that has to be little, and its peak
// forgotten.
static void forget_own_peak(void)
{
    (void)malloc_trim(0);
    int fd = open("/proc/self/clear_refs", O_WRONLY | O_CLOEXEC);
    if (fd < 0)
        return;
    (void)!write(fd, "5", 1);
    (void)close(fd);
}

static pid_t start(const char *const argv[], const char *const environment[], int out, int err)
{
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    sigset_t none;
    pid_t pid = -1;
    (void)sigemptyset(&none);
    (void)posix_spawnattr_init(&attributes);
    (void)posix_spawnattr_setsigmask(&attributes, &none);
    (void)posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSID);
    (void)posix_spawn_file_actions_init(&actions);
    (void)posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
    (void)posix_spawn_file_actions_adddup2(&actions, out, 1);
    (void)posix_spawn_file_actions_adddup2(&actions, err, 2);
    if (posix_spawn(&pid, argv[0], &actions, &attributes, (char **)argv, (char **)environment) != 0)
        pid = -1;
    (void)posix_spawn_file_actions_destroy(&actions);
    (void)posix_spawnattr_destroy(&attributes);
    return pid;
}

// False: it has ended. What is more than enough is read and let go: a judge that grows itself can no longer
// measure, since the kernel counts a child's memory from its parent's on.
static bool hear(int *fd, char **text, size_t *length)
{
    char dropped[CHUNK];
    char *grown = *length < OUTPUT_MAX ? realloc(*text, *length + CHUNK + 1) : NULL;
    if (grown != NULL) {
        *text = grown;
        grown[*length] = '\0';
    }
    ssize_t count = read(*fd, grown != NULL ? grown + *length : dropped, CHUNK);
    if (count <= 0) {
        (void)close(*fd);
        *fd = -1;
        return false;
    }
    if (grown != NULL) {
        *length += (size_t)count;
        grown[*length] = '\0';
    }
    return true;
}

// Until its end, or until the limit.
static void follow(pid_t pid, int out, int err, int limit_ms, int stop_ms, struct run *run)
{
    int64_t from = support_now_ms();
    int ended = (int)syscall(SYS_pidfd_open, pid, 0);
    bool stopped = stop_ms == 0;
    while (ended >= 0 || out >= 0 || err >= 0) {
        struct pollfd ready[3] = {
            {.fd = ended, .events = POLLIN}, {.fd = out, .events = POLLIN}, {.fd = err, .events = POLLIN}};
        int64_t now = support_now_ms() - from;
        if (!stopped && now >= stop_ms) {
            (void)kill(pid, SIGTERM);
            stopped = true;
        }
        if (now >= limit_ms)
            break;
        if (poll(ready, 3, (int)((stopped ? limit_ms : stop_ms) - now)) <= 0)
            continue;
        if (ready[1].revents != 0)
            (void)hear(&out, &run->out, &run->out_length);
        if (ready[2].revents != 0)
            (void)hear(&err, &run->err, &run->err_length);
        if (ready[0].revents != 0) {
            (void)close(ended);
            ended = -1;
        }
    }
    run->hung = ended >= 0 || out >= 0 || err >= 0;
    run->ms = (int)(support_now_ms() - from);
    if (ended >= 0)
        (void)close(ended);
    if (out >= 0)
        (void)close(out);
    if (err >= 0)
        (void)close(err);
    if (run->hung)
        (void)kill(-pid, SIGKILL);
}

bool run_program(const char *const argv[], const char *const environment[], int limit_ms, int stop_ms,
                 struct run *run)
{
    int out[2], err[2], status = 0;
    struct rusage usage;
    memset(run, 0, sizeof *run);
    run->code = -1;
    if (pipe2(out, O_CLOEXEC) != 0 || pipe2(err, O_CLOEXEC) != 0)
        return false;
    forget_own_peak();
    pid_t pid = start(argv, environment, out[1], err[1]);
    (void)close(out[1]);
    (void)close(err[1]);
    if (pid <= 0)
        return false;
    follow(pid, out[0], err[0], limit_ms, stop_ms, run);
    while (wait4(pid, &status, 0, &usage) < 0 && errno == EINTR)
        ;
    run->rss_kb = usage.ru_maxrss;
    if (WIFEXITED(status))
        run->code = WEXITSTATUS(status);
    else if (WIFSIGNALED(status) && !run->hung && !(stop_ms > 0 && WTERMSIG(status) == SIGTERM))
        run->signal = WTERMSIG(status);
    if (run->out == NULL)
        run->out = strdup("");
    if (run->err == NULL)
        run->err = strdup("");
    return run->out != NULL && run->err != NULL;
}

void run_free(struct run *run)
{
    free(run->out);
    free(run->err);
    memset(run, 0, sizeof *run);
}

// --- bytes that nobody should see ---

// One character of UTF-8; its length, 0: it is none.
static size_t decode(const unsigned char *at, size_t left, uint32_t *out)
{
    size_t length = at[0] < 0x80 ? 1 : at[0] >= 0xf0 ? 4 : at[0] >= 0xe0 ? 3 : at[0] >= 0xc2 ? 2 : 0;
    static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    if (length == 0 || length > left || at[0] > 0xf4)
        return 0;
    uint32_t value = length == 1 ? at[0] : at[0] & (0x7fu >> length);
    for (size_t i = 1; i < length; i++) {
        if ((at[i] & 0xc0) != 0x80)
            return 0;
        value = value << 6 | (at[i] & 0x3fu);
    }
    *out = value;
    return value < least[length] || value > 0x10ffff || (value >= 0xd800 && value < 0xe000) ? 0 : length;
}

const char *run_raw(const char *text, size_t length)
{
    static const struct {
        uint32_t first, last;
        const char *name;
    } bad[] = {{0x00, 0x08, "a control character"},       {0x0b, 0x1f, "a control character"},
               {0x7f, 0x9f, "a control character"},       {0x200b, 0x200f, "an invisible character"},
               {0x202a, 0x202e, "a turn of writing"},     {0x2060, 0x2069, "a turn of writing"},
               {0xfeff, 0xfeff, "an invisible character"}};
    for (size_t at = 0; at < length;) {
        uint32_t value = 0;
        size_t step = decode((const unsigned char *)text + at, length - at, &value);
        if (step == 0)
            return "broken UTF-8";
        for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
            if (value >= bad[i].first && value <= bad[i].last)
                return bad[i].name;
        at += step;
    }
    return NULL;
}
