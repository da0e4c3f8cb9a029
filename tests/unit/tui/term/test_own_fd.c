// SPDX-License-Identifier: Apache-2.0
//
// own_fd: it is non-blocking, and whoever shares the file does not notice.

#include "tui/term/own_fd.h"

#include <criterion/criterion.h>
#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

static int ends[2];

static bool is_nonblocking(int fd)
{
    return (fcntl(fd, F_GETFL) & O_NONBLOCK) != 0;
}

static void close_ends(void)
{
    (void)close(ends[0]);
    (void)close(ends[1]);
}

Test(own_fd, a_pipe_is_opened_again_and_the_given_one_stays_as_it_is)
{
    struct own_fd own;
    char byte = 0;
    cr_assert_eq(pipe(ends), 0); // NOLINT(android-cloexec-pipe)
    cr_assert(own_fd_open(&own, ends[0], O_RDONLY));
    cr_expect_neq(own.fd, ends[0]);
    cr_expect(is_nonblocking(own.fd));
    cr_expect_not(is_nonblocking(ends[0]));
    cr_expect(fcntl(own.fd, F_GETFD) & FD_CLOEXEC);
    own_fd_lend(&own, true);
    cr_expect(is_nonblocking(own.fd), "it is nobody else's");
    cr_assert_eq(write(ends[1], "x", 1), 1);
    cr_expect_eq(read(own.fd, &byte, 1), 1);
    own_fd_close(&own);
    cr_expect_eq(own.fd, -1);
    close_ends();
}

// A socket can't be opened again: both descriptors are of one file.
Test(own_fd, a_socket_is_shared_and_given_back_as_it_was)
{
    struct own_fd own;
    cr_assert_eq(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), 0);
    cr_assert(own_fd_open(&own, ends[0], O_RDONLY));
    cr_expect_neq(own.fd, ends[0]);
    cr_expect(is_nonblocking(ends[0]));
    own_fd_lend(&own, true);
    cr_expect_not(is_nonblocking(ends[0]));
    own_fd_lend(&own, false);
    cr_expect(is_nonblocking(ends[0]));
    own_fd_close(&own);
    cr_expect_not(is_nonblocking(ends[0]));
    own_fd_close(&own); // fine when it is closed
    close_ends();
}

Test(own_fd, one_that_was_nonblocking_before_stays_so)
{
    struct own_fd own;
    cr_assert_eq(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, ends), 0);
    cr_assert(own_fd_open(&own, ends[0], O_WRONLY));
    own_fd_lend(&own, true);
    cr_expect(is_nonblocking(ends[0]));
    own_fd_close(&own);
    cr_expect(is_nonblocking(ends[0]));
    close_ends();
}

Test(own_fd, what_is_not_open_can_not_be_had)
{
    struct own_fd own;
    cr_expect_not(own_fd_open(&own, 4000, O_RDONLY));
    cr_expect_eq(own.fd, -1);
    own_fd_lend(&own, true);
    own_fd_close(&own);
}
