// SPDX-License-Identifier: Apache-2.0
//
// loopback: TCP on 127.0.0.1, for the servers and clients of tests.

#ifndef SBXDECK_TESTS_SUPPORT_LOOPBACK_H
#define SBXDECK_TESTS_SUPPORT_LOOPBACK_H

#include <stdbool.h>
#include <stddef.h>

// A socket on a free port, close-on-exec, the caller's to close. backlog < 0: bound and not listening, so
// that connections are refused and nobody else gets the port. -1 when it can't be had.
int loopback_listen(int backlog, int *port);
// A connected socket, close-on-exec, the caller's to close; -1 when nobody listens there.
int loopback_connect(int port);
// All of it, without a signal; false when the peer takes no more.
bool loopback_send(int fd, const void *bytes, size_t length);

#endif
