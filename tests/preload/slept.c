// SPDX-License-Identifier: Apache-2.0
//
// slept: preloaded into a program under test, makes it believe that the machine has slept: the clocks that go
// on in a sleep are as many minutes ahead as the file named by SLEPT has bytes, the one that stands still is
// not. And that the clock was set: the file named by SET_CLOCK says by how many seconds. While the file named
// by SLEEPERS is there, whoever sleeps goes on sleeping, and adds a byte to it.

#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static long set_by(void)
{
    char text[32];
    const char *path = getenv("SET_CLOCK");
    int fd = path != NULL ? open(path, O_RDONLY | O_CLOEXEC) : -1;
    ssize_t length = fd >= 0 ? read(fd, text, sizeof text - 1) : 0;
    if (fd >= 0)
        (void)close(fd);
    text[length > 0 ? length : 0] = '\0';
    return strtol(text, NULL, 10);
}

int clock_gettime(clockid_t which, struct timespec *out)
{
    struct stat facts;
    const char *path = getenv("SLEPT");
    int result = (int)syscall(SYS_clock_gettime, which, out);
    if (result == 0 && (which == CLOCK_BOOTTIME || which == CLOCK_REALTIME) && path != NULL &&
        stat(path, &facts) == 0)
        out->tv_sec += 60 * facts.st_size;
    if (result == 0 && which == CLOCK_REALTIME)
        out->tv_sec += set_by();
    return result;
}

static bool is_held(const char *path)
{
    return path != NULL && access(path, F_OK) == 0;
}

static void come_in(const char *path)
{
    int fd = open(path, O_WRONLY | O_APPEND | O_CLOEXEC);
    if (fd < 0)
        return;
    ssize_t written = write(fd, "z", 1);
    (void)written; // the test waits in vain then
    (void)close(fd);
}

// SQLite waits by this for a lock that somebody else has.
int usleep(useconds_t microseconds)
{
    const char *path = getenv("SLEEPERS");
    struct timespec wanted = {microseconds / 1000000, (long)(microseconds % 1000000) * 1000};
    if (is_held(path))
        come_in(path);
    do
        (void)syscall(SYS_nanosleep, &wanted, NULL);
    while (is_held(path));
    return 0;
}
