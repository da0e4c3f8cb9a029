// SPDX-License-Identifier: Apache-2.0
//
// loopback: TCP on 127.0.0.1, for the servers and clients of tests.

#include "tests/support/loopback.h"

#include <netinet/in.h>
#include <stdint.h>
#include <sys/socket.h>
#include <unistd.h>

static int open_socket(int port, struct sockaddr_in *address)
{
    *address = (struct sockaddr_in){
        .sin_family = AF_INET, .sin_port = htons((uint16_t)port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    return socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
}

int loopback_listen(int backlog, int *port)
{
    struct sockaddr_in address;
    socklen_t length = sizeof address;
    int fd = open_socket(0, &address);
    if (fd < 0)
        return -1;
    if (bind(fd, (struct sockaddr *)&address, sizeof address) != 0 ||
        (backlog >= 0 && listen(fd, backlog) != 0) ||
        getsockname(fd, (struct sockaddr *)&address, &length) != 0) {
        (void)close(fd);
        return -1;
    }
    *port = ntohs(address.sin_port);
    return fd;
}

int loopback_connect(int port)
{
    struct sockaddr_in address;
    int fd = open_socket(port, &address);
    if (fd >= 0 && connect(fd, (struct sockaddr *)&address, sizeof address) == 0)
        return fd;
    if (fd >= 0)
        (void)close(fd);
    return -1;
}

bool loopback_send(int fd, const void *bytes, size_t length)
{
    const char *at = bytes;
    while (length > 0) {
        ssize_t count = send(fd, at, length, MSG_NOSIGNAL);
        if (count <= 0)
            return false;
        at += count;
        length -= (size_t)count;
    }
    return true;
}
