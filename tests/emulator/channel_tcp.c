// SPDX-License-Identifier: Apache-2.0
//
// channel_tcp: Forward TCP connections either way. Only this machine's loopback addresses are connected to or
// listened at, whatever is asked for.

#include "tests/emulator/channels_private.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { BACKLOG = 64, PORT_FIRST = 1024, PORT_LAST = 65535, CONNECT_MS = 100 };

union address {
    struct sockaddr any;
    struct sockaddr_in four;
    struct sockaddr_in6 six;
};

// A loopback address as it is written, or localhost (the one numbered so of its addresses); 0: another one.
static socklen_t loopback(const char *host, int port, int number, union address *out)
{
    bool local = strcmp(host, "localhost") == 0;
    const char *text = local ? (number == 0 ? "127.0.0.1" : "::1") : host;
    memset(out, 0, sizeof *out);
    if (number > (local ? 1 : 0) || port <= 0 || port > PORT_LAST)
        return 0;
    if (inet_pton(AF_INET, text, &out->four.sin_addr) == 1 &&
        ntohl(out->four.sin_addr.s_addr) >> 24 == IN_LOOPBACKNET) {
        out->four.sin_family = AF_INET;
        out->four.sin_port = htons((uint16_t)port);
        return sizeof out->four;
    }
    if (inet_pton(AF_INET6, text, &out->six.sin6_addr) == 1 && IN6_IS_ADDR_LOOPBACK(&out->six.sin6_addr)) {
        out->six.sin6_family = AF_INET6;
        out->six.sin6_port = htons((uint16_t)port);
        return sizeof out->six;
    }
    return 0;
}

static int new_socket(int family)
{
    int yes = 1, fd = socket(family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd >= 0)
        (void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    return fd;
}

static struct channel *tcp_channel(struct channels *all, int fd)
{
    struct channel *channel = channel_add(all);
    if (channel == NULL) {
        (void)close(fd);
        return NULL;
    }
    channel_watch(channel);
    channel_join(channel, fd, fd, -1);
    return channel;
}

// --- from the client: direct-tcpip ---

// On loopback it is known in no time, or the listener's queue is full: then it counts as connected, and what
// is not is seen at the first read.
static bool has_connected(int fd)
{
    struct pollfd poll_fd = {.fd = fd, .events = POLLOUT};
    int error = 0;
    socklen_t length = sizeof error;
    if (errno != EINPROGRESS)
        return false;
    return poll(&poll_fd, 1, CONNECT_MS) == 0 ||
           (getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &length) == 0 && error == 0);
}

static int connect_to(const char *host, int port)
{
    union address address = {.any = {.sa_family = AF_UNSPEC}};
    socklen_t length = 0;
    for (int i = 0; (length = loopback(host, port, i, &address)) > 0; i++) {
        int fd = new_socket(address.any.sa_family);
        if (fd >= 0 && (connect(fd, &address.any, length) == 0 || has_connected(fd)))
            return fd;
        if (fd >= 0)
            (void)close(fd);
    }
    return -1;
}

bool channel_tcp_connect(struct channels *all, ssh_message message)
{
    const char *host = ssh_message_channel_request_open_destination(message);
    int fd = host != NULL ? connect_to(host, ssh_message_channel_request_open_destination_port(message)) : -1;
    struct channel *channel = fd >= 0 ? tcp_channel(all, fd) : NULL;
    if (channel == NULL)
        return false;
    if (ssh_message_channel_request_open_reply_accept_channel(message, channel->ssh) != SSH_OK)
        all->broken = true;
    return true;
}

// --- to the client: tcpip-forward ---

// Anything that is not loopback is meant for others too, and gets loopback alone, as with GatewayPorts no.
static int listen_at(const char *host, int port)
{
    union address address = {.any = {.sa_family = AF_UNSPEC}};
    int yes = 1;
    socklen_t length = loopback(host, port > 0 ? port : 1, 0, &address);
    if (length == 0)
        length = loopback("127.0.0.1", port > 0 ? port : 1, 0, &address);
    if (length == 0)
        return -1;
    if (port == 0)
        address.four.sin_port = 0; // in the same place of the other kind
    int fd = new_socket(address.any.sa_family);
    if (fd >= 0)
        (void)setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    if (fd >= 0 && bind(fd, &address.any, length) == 0 && listen(fd, BACKLOG) == 0)
        return fd;
    if (fd >= 0)
        (void)close(fd);
    return -1;
}

static int port_of(const union address *address)
{
    return ntohs(address->any.sa_family == AF_INET6 ? address->six.sin6_port : address->four.sin_port);
}

bool channel_tcp_listen(struct channels *all, ssh_message message)
{
    const char *host = ssh_message_global_request_address(message);
    int port = ssh_message_global_request_port(message);
    struct channel_listener *listener = NULL;
    union address address = {.any = {.sa_family = AF_UNSPEC}};
    socklen_t length = sizeof address;
    for (size_t i = 0; i < LISTENERS_MAX && listener == NULL; i++)
        if (all->listeners[i].fd < 0)
            listener = &all->listeners[i];
    if (listener == NULL || host == NULL || strlen(host) >= ADDRESS_CAP || port < 0 || port > PORT_LAST ||
        (port > 0 && port < PORT_FIRST))
        return false;
    int fd = listen_at(host, port);
    if (fd < 0 || getsockname(fd, &address.any, &length) != 0) {
        if (fd >= 0)
            (void)close(fd);
        return false;
    }
    listener->fd = fd;
    listener->port = port_of(&address);
    (void)snprintf(listener->address, sizeof listener->address, "%s", host);
    if (ssh_message_global_request_reply_success(message, (uint16_t)listener->port) != SSH_OK)
        all->broken = true;
    return true;
}

bool channel_tcp_cancel(struct channels *all, ssh_message message)
{
    const char *host = ssh_message_global_request_address(message);
    int port = ssh_message_global_request_port(message);
    for (size_t i = 0; host != NULL && i < LISTENERS_MAX; i++) {
        struct channel_listener *listener = &all->listeners[i];
        if (listener->fd < 0 || listener->port != port || strcmp(listener->address, host) != 0)
            continue;
        (void)close(listener->fd);
        listener->fd = -1;
        if (ssh_message_global_request_reply_success(message, (uint16_t)port) != SSH_OK)
            all->broken = true;
        return true;
    }
    return false;
}

// --- to the client: forwarded-tcpip ---

void channel_tcp_open(struct channel *channel)
{
    int result = ssh_channel_open_reverse_forward(channel->ssh, channel->host, channel->port, channel->origin,
                                                  channel->origin_port);
    channel->opening = result == SSH_AGAIN;
    if (result == SSH_ERROR)
        channel->closed = channel->in_over = true; // refused: there is nobody for what comes
    if (result == SSH_ERROR && channel->in >= 0) {
        (void)shutdown(channel->in, SHUT_RDWR);
        channel->in = -1;
    }
    channel->all->news = channel->all->news || result != SSH_AGAIN;
}

static void accept_one(struct channels *all, const struct channel_listener *listener, int fd,
                       const union address *from)
{
    struct channel *channel = tcp_channel(all, fd);
    if (channel == NULL)
        return;
    const void *address = from->any.sa_family == AF_INET6 ? (const void *)&from->six.sin6_addr
                                                          : (const void *)&from->four.sin_addr;
    (void)inet_ntop(from->any.sa_family, address, channel->origin, sizeof channel->origin);
    channel->origin_port = port_of(from);
    (void)snprintf(channel->host, sizeof channel->host, "%s", listener->address);
    channel->port = listener->port;
    channel->opening = true;
    channel_tcp_open(channel);
}

void channel_tcp_accept(struct channels *all)
{
    for (size_t i = 0; i < LISTENERS_MAX; i++) {
        union address from = {.any = {.sa_family = AF_UNSPEC}};
        socklen_t length = sizeof from;
        int fd = -1, yes = 1;
        while (all->listeners[i].fd >= 0 && all->count < CHANNELS_MAX &&
               (fd = accept4(all->listeners[i].fd, &from.any, &length, SOCK_CLOEXEC | SOCK_NONBLOCK)) >= 0) {
            (void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
            accept_one(all, &all->listeners[i], fd, &from);
            length = sizeof from;
        }
    }
}

void channel_tcp_begin(struct channels *all)
{
    for (size_t i = 0; i < LISTENERS_MAX; i++)
        all->listeners[i].fd = -1;
}

void channel_tcp_end(struct channels *all)
{
    for (size_t i = 0; i < LISTENERS_MAX; i++)
        if (all->listeners[i].fd >= 0)
            (void)close(all->listeners[i].fd);
}
