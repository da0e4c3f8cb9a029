// SPDX-License-Identifier: Apache-2.0
//
// slept: preloaded into a program under test, makes it believe that the machine has slept: the clocks that go
// on in a sleep are as many minutes ahead as the file named by SLEPT has bytes, the one that stands still is
// not.

#include <stdlib.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

int clock_gettime(clockid_t which, struct timespec *out)
{
    struct stat facts;
    const char *path = getenv("SLEPT");
    int result = (int)syscall(SYS_clock_gettime, which, out);
    if (result == 0 && (which == CLOCK_BOOTTIME || which == CLOCK_REALTIME) && path != NULL &&
        stat(path, &facts) == 0)
        out->tv_sec += 60 * facts.st_size;
    return result;
}
