// SPDX-License-Identifier: Apache-2.0
//
// ssh_dial: Connect to a host by name over TCP, on the loop.
//
// By curl, which looks names up on a thread of its own and tries the addresses of both families; proxies play
// no part.

#ifndef SBXDECK_API_SSH_SSH_DIAL_H
#define SBXDECK_API_SSH_SSH_DIAL_H

#include "api/base/status.h"

#include <uv.h>

struct ssh_dial;

struct ssh_dial_events {
    // The name is known and a first address is tried. From inside curl: only note it.
    void (*resolved)(void *ctx);
    // Once, on the loop: the connected socket, non-blocking, of the callee; or -1 and why. The dial may be
    // freed from inside this.
    void (*done)(void *ctx, int fd, const struct failure *why);
};

// Later failures arrive by done. timeout_ms is for name and connection together. *events stays the caller's
// and must outlive the dial. NULL: out of memory.
struct ssh_dial *ssh_dial_start(uv_loop_t *loop, const char *host, int port, int timeout_ms,
                                const struct ssh_dial_events *events, void *ctx);
// No event comes after this; a connection under way is given up. NULL is fine. The loop must run on until
// the handles are closed.
void ssh_dial_free(struct ssh_dial *dial);

#endif
