// SPDX-License-Identifier: Apache-2.0
//
// forward_fixture: A server that echoes, its clients, and the verb `forward` as a child.

#include "tests/e2e/forward_fixture.h"

#include "tests/support/loopback.h"

#include <criterion/criterion.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

enum { BACKLOG = 512, PIECE = 65536, CLIENTS_MAX = 512 };

// --- the server ---

static void serve(int fd)
{
    static char bytes[PIECE];
    char end[32];
    size_t total = 0;
    ssize_t count = 0;
    while ((count = recv(fd, bytes, sizeof bytes, 0)) > 0) {
        total += (size_t)count;
        if (!loopback_send(fd, bytes, (size_t)count))
            _exit(1);
    }
    int length = snprintf(end, sizeof end, "<%zu>", total);
    (void)loopback_send(fd, end, (size_t)length);
    _exit(0);
}

void forward_echo_start(struct forward_echo *echo)
{
    int listener = loopback_listen(BACKLOG, &echo->port);
    cr_assert_geq(listener, 0);
    echo->pid = fork();
    cr_assert_geq(echo->pid, 0);
    if (echo->pid > 0) {
        (void)close(listener);
        return;
    }
    (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
    (void)signal(SIGCHLD, SIG_IGN);
    for (;;) {
        int fd = accept(listener, NULL, NULL);
        if (fd < 0)
            _exit(1);
        if (fork() == 0) {
            (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
            (void)close(listener);
            serve(fd);
        }
        (void)close(fd);
    }
}

void forward_echo_stop(struct forward_echo *echo)
{
    if (echo->pid <= 0)
        return;
    (void)kill(echo->pid, SIGKILL);
    (void)waitpid(echo->pid, NULL, 0);
    echo->pid = 0;
}

// --- the verb ---

void forward_run_start(struct forward_run *run, struct fixture *fixture, const char *sandbox,
                       const char *const ports[])
{
    const char *argv[] = {fixture->program, "forward", "--json", sandbox, NULL, NULL, NULL, NULL};
    int ends[2];
    for (size_t i = 0; ports[i] != NULL && i < 3; i++)
        argv[4 + i] = ports[i];
    *run = (struct forward_run){.pid = 0};
    cr_assert_eq(pipe(ends), 0);
    run->pid = support_spawn(argv, fixture->environment, -1, ends[1], ends[1]);
    cr_assert_gt(run->pid, 0);
    (void)close(ends[1]);
    run->out = ends[0];
}

void forward_run_expect(struct forward_run *run, const char *text)
{
    cr_assert(support_expect(run->out, &run->heard, &run->from, text, SUPPORT_WAIT_MS), "no %s in: %s", text,
              run->heard.text);
}

void forward_run_begin(struct forward_run *run, struct fixture *fixture, const char *sandbox,
                       const char *const ports[])
{
    forward_run_start(run, fixture, sandbox, ports);
    forward_run_expect(run, "\"type\":\"connected\"");
}

bool forward_run_has(struct forward_run *run, const char *text)
{
    return run->heard.text != NULL && strstr(run->heard.text, text) != NULL;
}

int forward_run_port(const struct forward_run *run, int n)
{
    static const char name[] = "\"local_port\":";
    const char *at = run->heard.text;
    for (; n >= 0 && at != NULL; n--)
        if ((at = strstr(at, name)) != NULL)
            at += strlen(name);
    cr_assert_not_null(at, "%s", run->heard.text);
    return (int)strtol(at, NULL, 10);
}

int forward_run_end(struct forward_run *run, int number)
{
    (void)kill(run->pid, number);
    cr_expect(support_expect(run->out, &run->heard, NULL, NULL, SUPPORT_WAIT_MS));
    int code = support_wait_exit(run->pid, SUPPORT_WAIT_MS);
    (void)close(run->out);
    return code;
}

// --- clients ---

// What stands at that place of the stream.
static char byte_at(size_t place)
{
    return (char)(place * 31 + place / 251);
}

struct exchange {
    pthread_t thread;
    int port;
    size_t bytes;
    bool fine;
};

static bool send_piece(int fd, size_t sent, size_t bytes, size_t *count)
{
    char piece[PIECE];
    size_t length = bytes - sent < sizeof piece ? bytes - sent : sizeof piece;
    for (size_t i = 0; i < length; i++)
        piece[i] = byte_at(sent + i);
    ssize_t written = send(fd, piece, length, MSG_NOSIGNAL | MSG_DONTWAIT);
    *count = written > 0 ? (size_t)written : 0;
    return written > 0;
}

// -1: not what it should be; else how many came, 0 at the end.
static ssize_t take_piece(int fd, size_t got, size_t bytes, const char *end)
{
    char piece[PIECE];
    ssize_t count = recv(fd, piece, sizeof piece, 0);
    for (ssize_t i = 0; i < count; i++) {
        size_t place = got + (size_t)i;
        char wanted = place < bytes                 ? byte_at(place)
                      : place - bytes < strlen(end) ? end[place - bytes]
                                                    : '\0';
        if (piece[i] != wanted)
            return -1;
    }
    return count;
}

bool forward_exchange(int port, size_t bytes)
{
    char end[32];
    int fd = loopback_connect(port);
    size_t sent = 0, got = 0;
    bool fine = fd >= 0, over = false, shut = false;
    (void)snprintf(end, sizeof end, "<%zu>", bytes);
    while (fine && !over) {
        struct pollfd ready = {.fd = fd, .events = POLLIN};
        if (sent < bytes)
            ready.events |= POLLOUT;
        else if (!shut)
            shut = shutdown(fd, SHUT_WR) == 0;
        fine = poll(&ready, 1, SUPPORT_WAIT_MS) > 0;
        size_t count = 0;
        if (fine && (ready.revents & POLLOUT) != 0)
            fine = send_piece(fd, sent, bytes, &count);
        sent += count;
        if (fine && (ready.revents & (POLLIN | POLLHUP | POLLERR)) != 0) {
            ssize_t came = take_piece(fd, got, bytes, end);
            fine = came >= 0;
            over = came == 0;
            got += came > 0 ? (size_t)came : 0;
        }
    }
    if (fd >= 0)
        (void)close(fd);
    return fine && got == bytes + strlen(end);
}

static void *run_exchange(void *ctx)
{
    struct exchange *exchange = ctx;
    exchange->fine = forward_exchange(exchange->port, exchange->bytes);
    return NULL;
}

size_t forward_exchange_many(int port, size_t clients, size_t bytes)
{
    static struct exchange all[CLIENTS_MAX];
    size_t fine = 0;
    cr_assert_leq(clients, CLIENTS_MAX);
    for (size_t i = 0; i < clients; i++) {
        all[i] = (struct exchange){.port = port, .bytes = bytes};
        cr_assert_eq(pthread_create(&all[i].thread, NULL, run_exchange, &all[i]), 0);
    }
    for (size_t i = 0; i < clients; i++) {
        (void)pthread_join(all[i].thread, NULL);
        fine += all[i].fine ? 1 : 0;
    }
    return fine;
}

static bool is_usable(void *ctx)
{
    return forward_exchange(*(int *)ctx, 10);
}

void forward_wait_usable(int port)
{
    cr_assert(support_wait_until(is_usable, &port, 2 * SUPPORT_WAIT_MS));
}

long forward_memory_kb(pid_t pid)
{
    char path[64];
    (void)snprintf(path, sizeof path, "/proc/%d/status", (int)pid);
    char *text = support_file_read(path, NULL);
    const char *at = text != NULL ? strstr(text, "VmRSS:") : NULL;
    long kb = at != NULL ? strtol(at + strlen("VmRSS:"), NULL, 10) : -1;
    free(text);
    return kb;
}
