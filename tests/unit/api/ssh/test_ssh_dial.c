// SPDX-License-Identifier: Apache-2.0
//
// Tests of dialling where descriptors run out: it comes to an end all the same.

#include "api/ssh/ssh_dial.h"

#include <arpa/inet.h>
#include <criterion/criterion.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

static int given = -2;

static void on_resolved(void *ctx)
{
    (void)ctx;
}

static void on_done(void *ctx, int fd, const struct failure *why)
{
    (void)ctx;
    (void)why;
    given = fd;
}

// A server that listens; gives its port.
static int listen_here(int *fd)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t length = sizeof address;
    *fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    cr_assert_geq(*fd, 0);
    cr_assert_eq(bind(*fd, (struct sockaddr *)&address, length), 0);
    cr_assert_eq(listen(*fd, 1), 0);
    cr_assert_eq(getsockname(*fd, (struct sockaddr *)&address, &length), 0);
    return ntohs(address.sin_port);
}

// There is one for the socket, and none to watch it by.
Test(ssh_dial, connects_with_the_last_descriptor, .timeout = 60)
{
    static const struct ssh_dial_events events = {.resolved = on_resolved, .done = on_done};
    struct rlimit limit;
    uv_loop_t loop;
    int server = -1;
    const int port = listen_here(&server);
    cr_assert_eq(uv_loop_init(&loop), 0);
    struct ssh_dial *dial = ssh_dial_start(&loop, "127.0.0.1", port, 10000, &events, NULL);
    cr_assert_not_null(dial);
    const int next = dup(server);
    cr_assert_geq(next, 0);
    (void)close(next);
    cr_assert_eq(getrlimit(RLIMIT_NOFILE, &limit), 0);
    limit.rlim_cur = (rlim_t)next + 1;
    cr_assert_eq(setrlimit(RLIMIT_NOFILE, &limit), 0);
    while (given == -2)
        (void)uv_run(&loop, UV_RUN_ONCE);
    cr_expect_geq(given, 0);
    (void)close(given);
    ssh_dial_free(dial);
    (void)uv_run(&loop, UV_RUN_DEFAULT);
    cr_expect_eq(uv_loop_close(&loop), 0);
    (void)close(server);
}
