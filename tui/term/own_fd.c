// SPDX-License-Identifier: Apache-2.0
//
// own_fd: open the file behind a descriptor again, or share it for a while. Devices that are not terminals
// are not opened again: for some of them opening has an effect.

#include "tui/term/own_fd.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

bool own_fd_open(struct own_fd *own, int fd, int mode)
{
    char path[32];
    struct stat facts;
    *own = OWN_FD_NONE;
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    if (isatty(fd) || (fstat(fd, &facts) == 0 && S_ISFIFO(facts.st_mode)))
        own->fd = open(path, mode | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
    if (own->fd >= 0)
        return true;
    own->fd = fcntl(fd, F_DUPFD_CLOEXEC, 3);
    if (own->fd < 0)
        return false;
    own->flags = fcntl(fd, F_GETFL);
    own_fd_lend(own, false);
    return true;
}

void own_fd_lend(const struct own_fd *own, bool lent)
{
    if (own->fd >= 0 && own->flags >= 0)
        fcntl(own->fd, F_SETFL, lent ? own->flags : own->flags | O_NONBLOCK);
}

void own_fd_close(struct own_fd *own)
{
    own_fd_lend(own, true);
    if (own->fd >= 0)
        close(own->fd);
    *own = OWN_FD_NONE;
}
