// SPDX-License-Identifier: Apache-2.0
//
// own_fd: a non-blocking descriptor for the file behind a given one. O_NONBLOCK on the given one would be
// seen by every process that shares it, the shell that started us among them. So a terminal or a pipe is
// opened again; where that can't be done (a socket, another user's terminal after su), the shared one is
// made non-blocking while we have it and given back as it was.

#ifndef SBXDECK_TUI_TERM_OWN_FD_H
#define SBXDECK_TUI_TERM_OWN_FD_H

#include <stdbool.h>

struct own_fd {
    int fd;    // -1: closed
    int flags; // of one that is shared; -1: it is ours alone
};
#define OWN_FD_NONE ((struct own_fd){.fd = -1, .flags = -1})

// mode: O_RDONLY or O_WRONLY. False: it can't be, see errno. Not for regular files, whose place would not be
// shared any more.
bool own_fd_open(struct own_fd *own, int fd, int mode);
// Around a time in which others use it: as it was, and non-blocking again. Async-signal-safe.
void own_fd_lend(const struct own_fd *own, bool lent);
void own_fd_close(struct own_fd *own); // gives it back; fine when it is closed

#endif
