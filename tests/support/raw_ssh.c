// SPDX-License-Identifier: Apache-2.0
//
// raw_ssh: the threads and the sockets. See raw_ssh.h.

#include "tests/support/loopback.h"
#include "tests/support/raw_ssh_private.h"
#include "tests/support/support.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

struct raw_ssh {
    int listener, port;
    raw_ssh_script script;
    void *ctx;
    pthread_t thread;
    pthread_mutex_t lock; // of the list of peers and of their fd
    struct raw_ssh_peer *peers;
    int connections;
    atomic_bool stopping;
};

// --- sockets ---

bool peer_send(struct raw_ssh_peer *peer, const void *bytes, size_t length)
{
    const uint8_t *at = bytes;
    if (peer->is_client && length > peer->left) {
        (void)send(peer->fd, bytes, peer->left, MSG_NOSIGNAL);
        peer->left = 0;
        return false;
    }
    if (peer->is_client)
        peer->left -= length;
    while (length > 0 && peer->fd >= 0) {
        ssize_t count = send(peer->fd, at, length, MSG_NOSIGNAL);
        if (count < 0 && errno == EINTR)
            continue;
        if (count <= 0)
            return false;
        at += count;
        length -= (size_t)count;
    }
    return peer->fd >= 0;
}

int peer_receive(struct raw_ssh_peer *peer, void *bytes, size_t length, int64_t deadline)
{
    uint8_t *at = bytes;
    size_t left = length;
    while (left > 0) {
        struct pollfd ready = {.fd = peer->fd, .events = POLLIN};
        int64_t wait = deadline - support_now_ms();
        if (deadline < 0 || left < length)
            wait = -1;
        else if (wait < 0)
            wait = 0;
        int count = peer->fd < 0 ? -1 : poll(&ready, 1, (int)wait);
        if (count < 0 && errno == EINTR && peer->fd >= 0)
            continue;
        if (count == 0)
            return 0;
        ssize_t got = count < 0 ? -1 : recv(peer->fd, at, left, 0);
        if (got <= 0)
            return -1;
        at += got;
        left -= (size_t)got;
    }
    return 1;
}

static void leave(struct raw_ssh_peer *peer, bool reset)
{
    const struct linger none = {.l_onoff = 1, .l_linger = 0};
    (void)pthread_mutex_lock(&peer->server->lock);
    if (peer->fd >= 0) {
        if (reset)
            (void)setsockopt(peer->fd, SOL_SOCKET, SO_LINGER, &none, sizeof none);
        else
            (void)shutdown(peer->fd, SHUT_WR);
    }
    int fd = peer->fd;
    if (reset)
        peer->fd = -1;
    (void)pthread_mutex_unlock(&peer->server->lock);
    if (reset && fd >= 0)
        (void)close(fd);
}

// With bytes of the client's unread a close() is told as a reset, which may overtake what was sent: so they
// are read first.
void raw_ssh_close(struct raw_ssh_peer *peer)
{
    uint8_t ignored[4096];
    leave(peer, false);
    while (peer_receive(peer, ignored, 1, -1) > 0)
        ;
    (void)pthread_mutex_lock(&peer->server->lock);
    int fd = peer->fd;
    peer->fd = -1;
    (void)pthread_mutex_unlock(&peer->server->lock);
    if (fd >= 0)
        (void)close(fd);
}

void raw_ssh_reset(struct raw_ssh_peer *peer)
{
    leave(peer, true);
}

bool raw_ssh_silence(struct raw_ssh_peer *peer, int ms)
{
    int64_t deadline = ms < 0 ? -1 : support_now_ms() + ms;
    struct pollfd gone = {.fd = peer->fd, .events = POLLRDHUP};
    int64_t left = 0;
    do {
        left = deadline < 0 ? -1 : deadline - support_now_ms();
        if (deadline >= 0 && left <= 0)
            return true;
        if (peer->fd < 0 || poll(&gone, 1, (int)left) > 0)
            return false;
    } while (true);
}

// --- threads ---

static void *run_peer(void *data)
{
    struct raw_ssh_peer *peer = data;
    peer->server->script(peer, peer->server->ctx);
    raw_ssh_close(peer);
    peer->ended = true;
    return NULL;
}

static void peer_free(struct raw_ssh_peer *peer)
{
    raw_wire_free(&peer->client_kexinit);
    raw_wire_free(&peer->server_kexinit);
    free(peer->packet);
    free(peer);
}

// Those whose scripts are over: a server that sees many connections stays small.
static void reap(struct raw_ssh *server)
{
    (void)pthread_mutex_lock(&server->lock);
    for (struct raw_ssh_peer **at = &server->peers; *at != NULL;) {
        struct raw_ssh_peer *peer = *at;
        if (peer->ended) {
            *at = peer->next;
            (void)pthread_join(peer->thread, NULL);
            peer_free(peer);
        } else {
            at = &peer->next;
        }
    }
    (void)pthread_mutex_unlock(&server->lock);
}

static void take_peer(struct raw_ssh *server, int fd)
{
    int on = 1;
    reap(server);
    struct raw_ssh_peer *peer = calloc(1, sizeof *peer);
    (void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    if (peer != NULL)
        peer->packet = malloc(WIRE_CAP);
    if (peer == NULL || peer->packet == NULL) {
        free(peer);
        (void)close(fd);
        return;
    }
    peer->server = server;
    peer->fd = fd;
    raw_ssh_greeting(peer, "SSH-2.0-raw\r\n");
    (void)pthread_mutex_lock(&server->lock);
    server->connections++;
    if (!server->stopping && pthread_create(&peer->thread, NULL, run_peer, peer) == 0) {
        peer->next = server->peers;
        server->peers = peer;
        peer = NULL;
    }
    (void)pthread_mutex_unlock(&server->lock);
    if (peer != NULL) {
        (void)close(fd);
        peer_free(peer);
    }
}

static void *run_server(void *data)
{
    struct raw_ssh *server = data;
    for (;;) {
        int fd = accept4(server->listener, NULL, NULL, SOCK_CLOEXEC);
        if (fd >= 0)
            take_peer(server, fd);
        else if (server->stopping || (errno != EINTR && errno != ECONNABORTED))
            return NULL;
    }
}

struct raw_ssh *raw_ssh_start(raw_ssh_script script, void *ctx)
{
    struct raw_ssh *server = calloc(1, sizeof *server);
    if (server == NULL || sodium_init() < 0) {
        free(server);
        return NULL;
    }
    server->script = script;
    server->ctx = ctx;
    (void)pthread_mutex_init(&server->lock, NULL);
    server->listener = loopback_listen(16, &server->port);
    if (server->listener >= 0 && pthread_create(&server->thread, NULL, run_server, server) == 0)
        return server;
    if (server->listener >= 0)
        (void)close(server->listener);
    (void)pthread_mutex_destroy(&server->lock);
    free(server);
    return NULL;
}

void raw_ssh_stop(struct raw_ssh *server)
{
    if (server == NULL)
        return;
    server->stopping = true;
    (void)shutdown(server->listener, SHUT_RDWR);
    (void)pthread_join(server->thread, NULL);
    (void)close(server->listener);
    (void)pthread_mutex_lock(&server->lock);
    for (struct raw_ssh_peer *peer = server->peers; peer != NULL; peer = peer->next)
        if (peer->fd >= 0)
            (void)shutdown(peer->fd, SHUT_RDWR);
    (void)pthread_mutex_unlock(&server->lock);
    while (server->peers != NULL) {
        struct raw_ssh_peer *peer = server->peers;
        server->peers = peer->next;
        (void)pthread_join(peer->thread, NULL);
        peer_free(peer);
    }
    (void)pthread_mutex_destroy(&server->lock);
    free(server);
}

int raw_ssh_port(const struct raw_ssh *server)
{
    return server->port;
}

int raw_ssh_connections(struct raw_ssh *server)
{
    (void)pthread_mutex_lock(&server->lock);
    int connections = server->connections;
    (void)pthread_mutex_unlock(&server->lock);
    return connections;
}
