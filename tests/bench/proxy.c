// SPDX-License-Identifier: Apache-2.0
//
// proxy: delays a TCP connection: each byte is passed on a fixed time after it came, in order, at any rate.
// It runs as a process of its own, so that it never waits for who measures.

#include "tests/bench/bench.h"
#include "tests/support/loopback.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

enum { PIECE = 65536, HELD_MAX = 64 * 1024 * 1024 };

struct piece {
    struct piece *next;
    double due;
    size_t length, sent;
    char bytes[];
};

// One way of a connection.
struct way {
    int from, to;
    struct piece *first, *last;
    size_t held;
    bool over;
};

static void take_in(struct way *way, double delay)
{
    struct piece *piece = malloc(sizeof *piece + PIECE);
    if (piece == NULL)
        _exit(1);
    ssize_t count = recv(way->from, piece->bytes, PIECE, MSG_DONTWAIT);
    if (count <= 0) {
        way->over = count == 0 || (errno != EAGAIN && errno != EINTR);
        free(piece);
        return;
    }
    struct piece *smaller = realloc(piece, sizeof *piece + (size_t)count);
    piece = smaller != NULL ? smaller : piece;
    *piece = (struct piece){.due = bench_now() + delay, .length = (size_t)count};
    if (way->last != NULL)
        way->last->next = piece;
    else
        way->first = piece;
    way->last = piece;
    way->held += (size_t)count;
}

// Sends what is due. Gives the milliseconds until there is more to send, -1 when nothing is held.
static int hand_on(struct way *way)
{
    while (way->first != NULL) {
        struct piece *piece = way->first;
        double left = piece->due - bench_now();
        if (left > 0)
            return (int)(left * 1000) + 1;
        ssize_t count = send(way->to, piece->bytes + piece->sent, piece->length - piece->sent,
                             MSG_DONTWAIT | MSG_NOSIGNAL);
        if (count < 0)
            return errno == EAGAIN ? 1 : -1;
        piece->sent += (size_t)count;
        way->held -= (size_t)count;
        if (piece->sent < piece->length)
            continue;
        way->first = piece->next;
        if (way->first == NULL)
            way->last = NULL;
        free(piece);
    }
    return -1;
}

static void carry(int client, int server, double delay)
{
    struct way ways[2] = {{.from = client, .to = server}, {.from = server, .to = client}};
    int on = 1;
    (void)setsockopt(client, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    (void)setsockopt(server, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    while (!ways[0].over && !ways[1].over) {
        struct pollfd ready[2];
        int wait = -1;
        for (int i = 0; i < 2; i++) {
            int next = hand_on(&ways[i]);
            wait = next >= 0 && (wait < 0 || next < wait) ? next : wait;
            ready[i] = (struct pollfd){.fd = ways[i].held < HELD_MAX ? ways[i].from : -1, .events = POLLIN};
        }
        if (poll(ready, 2, wait) < 0 && errno != EINTR)
            return;
        for (int i = 0; i < 2; i++)
            if (ready[i].revents != 0)
                take_in(&ways[i], delay);
    }
}

static void serve(int listener, int to_port, double delay)
{
    (void)signal(SIGCHLD, SIG_IGN);
    for (;;) {
        int client = accept(listener, NULL, NULL);
        if (client < 0)
            _exit(1);
        if (fork() == 0) {
            (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
            int server = loopback_connect(to_port);
            if (server >= 0)
                carry(client, server, delay);
            _exit(0);
        }
        (void)close(client);
    }
}

int proxy_start(int to_port, int delay_ms)
{
    int port = 0;
    int listener = loopback_listen(16, &port);
    if (listener < 0)
        bench_die("the proxy cannot listen");
    pid_t pid = fork();
    if (pid == 0) {
        (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
        serve(listener, to_port, delay_ms / 1000.0);
    }
    (void)close(listener);
    return port;
}
