// SPDX-License-Identifier: Apache-2.0
//
// OpenSSH's forwards through a sandbox's name, while the credential is replaced: -L, -R, -D and -W, with
// floods, halves that end by themselves, many connections at once, and what can't be reached.

#include "tests/support/loopback.h"
#include "tests/tools/fixture.h"

#include <arpa/inet.h>
#include <criterion/criterion.h>
#include <fcntl.h>
#include <netdb.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { FLOOD = 1048576, AT_ONCE = 8, PIECE = 16384, WAIT_MS = 30000 };

// --- what is reached: it says all again that it hears, until the end ---

struct echo {
    int listener, port;
    pthread_t thread;
};

static void *say_again(void *data)
{
    int fd = (int)(intptr_t)data;
    char piece[PIECE];
    ssize_t count;
    while ((count = recv(fd, piece, sizeof piece, 0)) > 0 && loopback_send(fd, piece, (size_t)count))
        ;
    (void)shutdown(fd, SHUT_WR);
    (void)close(fd);
    return NULL;
}

static void *serve(void *data)
{
    const struct echo *echo = data;
    for (int fd; (fd = accept4(echo->listener, NULL, NULL, SOCK_CLOEXEC)) >= 0;) {
        pthread_t thread;
        if (pthread_create(&thread, NULL, say_again, (void *)(intptr_t)fd) == 0)
            (void)pthread_detach(thread);
        else
            (void)close(fd);
    }
    return NULL;
}

static void echo_start(struct echo *echo)
{
    echo->listener = loopback_listen(64, &echo->port);
    cr_assert_geq(echo->listener, 0);
    cr_assert_eq(pthread_create(&echo->thread, NULL, serve, echo), 0);
}

static void echo_stop(struct echo *echo)
{
    (void)shutdown(echo->listener, SHUT_RDWR);
    (void)pthread_join(echo->thread, NULL);
    (void)close(echo->listener);
}

// --- who reaches it ---

static char byte_at(size_t at, int salt)
{
    return (char)((at * 131 + at / 251 + (size_t)salt * 17) & 0xff);
}

// All of it there and back, and then the end. in and out may be one socket.
static void expect_echo(int in, int out, int salt)
{
    size_t sent = 0, heard = 0, wrong = 0;
    char piece[PIECE];
    bool over = false;
    (void)fcntl(in, F_SETFL, fcntl(in, F_GETFL) | O_NONBLOCK);
    while (!over) {
        struct pollfd polls[2] = {{.fd = out, .events = POLLIN},
                                  {.fd = sent < FLOOD ? in : -1, .events = POLLOUT}};
        cr_assert_gt(poll(polls, 2, WAIT_MS), 0, "%zu sent, %zu heard", sent, heard);
        if (polls[1].revents != 0) {
            size_t length = FLOOD - sent < PIECE ? FLOOD - sent : PIECE;
            for (size_t i = 0; i < length; i++)
                piece[i] = byte_at(sent + i, salt);
            ssize_t count = write(in, piece, length);
            cr_assert_gt(count, 0, "%zu sent", sent);
            sent += (size_t)count;
            if (sent == FLOOD && in == out)
                (void)shutdown(in, SHUT_WR);
            else if (sent == FLOOD)
                (void)close(in);
        }
        if (polls[0].revents != 0) {
            ssize_t count = read(out, piece, sizeof piece);
            over = count <= 0;
            for (ssize_t i = 0; i < count; i++)
                wrong += piece[i] != byte_at(heard + (size_t)i, salt);
            heard += (size_t)(count > 0 ? count : 0);
        }
    }
    (void)close(out);
    cr_expect_eq(heard, FLOOD, "%zu of %d bytes", heard, FLOOD);
    cr_expect_eq(wrong, 0, "%zu other bytes", wrong);
}

static bool can_connect(void *ctx)
{
    int fd = loopback_connect(*(const int *)ctx);
    if (fd >= 0)
        (void)close(fd);
    return fd >= 0;
}

static bool can_not_connect(void *ctx)
{
    return !can_connect(ctx);
}

// ssh doesn't wait until the server has heard that it ended, or that a listener is to go.
static void expect_gone(int port)
{
    cr_expect(support_wait_until(can_not_connect, &port, SUPPORT_WAIT_MS), "port %d still listens", port);
}

static int connect_to(int port)
{
    int fd = loopback_connect(port);
    cr_assert_geq(fd, 0);
    return fd;
}

// One flood, several that are open at once, and one more flood while they are.
static void use_forward(const struct tools *tools, int port)
{
    int fds[AT_ONCE], salt = 0;
    cr_assert(support_wait_until(can_connect, &port, SUPPORT_WAIT_MS), "port %d, server %d", port,
              tools->server);
    int fd = connect_to(port);
    expect_echo(fd, fd, salt++);
    for (int i = 0; i < AT_ONCE; i++)
        fds[i] = connect_to(port);
    fd = connect_to(port);
    expect_echo(fd, fd, salt++);
    for (int i = 0; i < AT_ONCE; i++)
        expect_echo(fds[i], fds[i], salt++);
}

static bool has_ended(void *ctx)
{
    const pid_t *pid = ctx;
    (void)kill(*pid, SIGTERM);
    return support_wait_exit(*pid, 0) != -1;
}

// One signal may come just before ssh waits, which then goes on waiting.
static void end_ssh(pid_t pid)
{
    cr_expect(support_wait_until(has_ended, &pid, SUPPORT_WAIT_MS), "ssh doesn't end");
}

static int free_port(void)
{
    int port = 0, fd = loopback_listen(-1, &port);
    cr_assert_geq(fd, 0);
    (void)close(fd);
    return port;
}

// A bare machine without /etc/hosts knows no localhost, and its sshd neither.
static const char *own_name(void)
{
    struct addrinfo *found = NULL;
    bool known = getaddrinfo("localhost", NULL, NULL, &found) == 0;
    if (known)
        freeaddrinfo(found);
    return known ? "localhost" : "127.0.0.1";
}

OPENSSH_TEST(tools_forward, local, "ssh", "openssh-client")
{
    struct echo echo;
    char where[64];
    int round = 0;
    echo_start(&echo);
    while (tools_again(tools, &round)) {
        int port = free_port();
        const char *const argv[] = {"ssh",           "-o", "ExitOnForwardFailure=yes", "-N", "-L", where,
                                    tools->names[0], NULL};
        (void)snprintf(where, sizeof where, "%d:%s:%d", port, round % 2 ? "127.0.0.1" : own_name(),
                       echo.port);
        pid_t pid = tools_start(tools, argv, -1, -1, -1);
        use_forward(tools, port);
        end_ssh(pid);
    }
    echo_stop(&echo);
}

// The port is the server's choice, which ssh tells.
OPENSSH_TEST(tools_forward, remote, "ssh", "openssh-client")
{
    static const char told[] = "Allocated port ";
    struct echo echo;
    char where[64];
    int round = 0, err[2];
    echo_start(&echo);
    while (tools_again(tools, &round)) {
        const char *const argv[] = {"ssh", "-o", "LogLevel=INFO", "-N", "-R", where, tools->names[0], NULL};
        struct support_heard heard = {0};
        (void)snprintf(where, sizeof where, "0:127.0.0.1:%d", echo.port);
        cr_assert_eq(pipe2(err, O_CLOEXEC), 0);
        pid_t pid = tools_start(tools, argv, -1, -1, err[1]);
        (void)close(err[1]);
        cr_assert(support_expect(err[0], &heard, NULL, " for remote forward", SUPPORT_WAIT_MS));
        int port = (int)strtol(strstr(heard.text, told) + strlen(told), NULL, 10);
        cr_assert_gt(port, 0, "%s", heard.text);
        use_forward(tools, port);
        end_ssh(pid);
        (void)close(err[0]);
        support_heard_free(&heard);
        // With the connection the listener went too.
        expect_gone(port);
    }
    echo_stop(&echo);
}

static bool say(int fd, const void *bytes, size_t length, unsigned char *answer, size_t answer_length)
{
    return loopback_send(fd, bytes, length) &&
           recv(fd, answer, answer_length, MSG_WAITALL) == (ssize_t)answer_length;
}

// SOCKS5: a connected socket, or the reason by its number in *why.
static int socks_connect(int proxy, const char *host, int port, int *why)
{
    unsigned char request[300] = {5, 1, 0}, answer[10];
    size_t length = strlen(host);
    int fd = connect_to(proxy);
    cr_assert(say(fd, request, 3, answer, 2) && answer[0] == 5 && answer[1] == 0);
    request[2] = 0;
    request[3] = 3; // a name
    request[4] = (unsigned char)length;
    memcpy(request + 5, host, length);
    request[5 + length] = (unsigned char)(port >> 8);
    request[6 + length] = (unsigned char)port;
    *why = say(fd, request, 7 + length, answer, sizeof answer) ? answer[1] : -1;
    return fd;
}

OPENSSH_TEST(tools_forward, dynamic, "ssh", "openssh-client")
{
    struct echo echo;
    char where[32];
    int round = 0, why = 0;
    echo_start(&echo);
    while (tools_again(tools, &round)) {
        int port = free_port(), unused = free_port();
        const char *const argv[] = {"ssh",           "-o", "ExitOnForwardFailure=yes", "-N", "-D", where,
                                    tools->names[0], NULL};
        (void)snprintf(where, sizeof where, "%d", port);
        pid_t pid = tools_start(tools, argv, -1, -1, -1);
        cr_assert(support_wait_until(can_connect, &port, SUPPORT_WAIT_MS));
        // What can't be reached is refused, and harms no other.
        int refused = socks_connect(port, own_name(), unused, &why);
        cr_expect_neq(why, 0);
        int fd = socks_connect(port, own_name(), echo.port, &why);
        cr_expect_eq(why, 0, "%d", why);
        expect_echo(fd, fd, round);
        (void)close(refused);
        end_ssh(pid);
    }
    echo_stop(&echo);
}

OPENSSH_TEST(tools_forward, standard_files, "ssh", "openssh-client")
{
    struct echo echo;
    char where[32];
    int round = 0, in[2], out[2];
    const char *const argv[] = {"ssh", "-W", where, tools->names[0], NULL};
    echo_start(&echo);
    while (tools_again(tools, &round)) {
        (void)snprintf(where, sizeof where, "127.0.0.1:%d", echo.port);
        cr_assert(pipe2(in, O_CLOEXEC) == 0 && pipe2(out, O_CLOEXEC) == 0);
        pid_t pid = tools_start(tools, argv, in[0], out[1], 2);
        (void)close(in[0]);
        (void)close(out[1]);
        expect_echo(in[1], out[0], round);
        cr_expect_eq(support_wait_exit(pid, SUPPORT_WAIT_MS), 0);
        (void)snprintf(where, sizeof where, "127.0.0.1:%d", free_port());
        struct support_result result = tools_try(tools, NULL, argv);
        cr_expect_neq(result.exit_code, 0);
        cr_expect_not_null(strstr(result.err, "stdio forwarding failed"), "%s", result.err);
        support_result_free(&result);
    }
    echo_stop(&echo);
}

// Those that a running connection is asked for.
OPENSSH_TEST(tools_forward, over_a_shared_connection, "ssh", "openssh-client")
{
    struct echo echo;
    int round = 0;
    const char *name = tools->names[0];
    echo_start(&echo);
    free(tools_shell(tools, "ssh -M -S ~/control -o ControlPersist=yes -fN %s >/dev/null 2>&1", name));
    while (tools_again(tools, &round)) {
        int here = free_port();
        free(tools_shell(tools, "ssh -S ~/control -O forward -L %d:127.0.0.1:%d %s", here, echo.port, name));
        use_forward(tools, here);
        char *text = tools_shell(tools, "ssh -S ~/control -O forward -R 0:127.0.0.1:%d %s", echo.port, name);
        int there = (int)strtol(text, NULL, 10);
        cr_assert_gt(there, 0, "%s", text);
        free(text);
        use_forward(tools, there);
        free(tools_shell(tools,
                         "ssh -S ~/control -O cancel -L %d:127.0.0.1:%d %s; "
                         "ssh -S ~/control -O cancel -R 0:127.0.0.1:%d %s",
                         here, echo.port, name, echo.port, name));
        expect_gone(here);
        expect_gone(there);
    }
    free(tools_shell(tools, "ssh -S ~/control -O exit %s 2>/dev/null", name));
    echo_stop(&echo);
}
