// SPDX-License-Identifier: Apache-2.0
//
// net_watch: Report when this machine's network has changed, without ever blocking the loop.
//
// The kernel's messages only say that something is going on: when they have been quiet for a while, all that
// there is gets read and compared with what was. So nothing is lost when messages are.

#ifndef SBXDECK_API_NET_NET_WATCH_H
#define SBXDECK_API_NET_NET_WATCH_H

#include "api/base/status.h"
#include "api/net/net_state.h"

#include <uv.h>

enum {
    NET_WATCH_SETTLE_MS = 1000, // without news before it is looked at
    NET_WATCH_LATEST_MS = 4000  // while news goes on and on
};

struct net_watch;

struct net_watch_events {
    // On the loop. may be freed from inside this.
    void (*changed)(void *ctx, const struct net_change *change);
    // Fills in the addresses that connections run over, at most so many; returns how many. May be NULL.
    size_t (*used)(void *ctx, struct net_address *out, size_t cap);
};

// settle_ms 0: NET_WATCH_SETTLE_MS. events stays the caller's and must outlive the watch. A failure (no
// netlink here) is no reason to do without the rest. *out is ended by net_watch_free.
enum status net_watch_new(uv_loop_t *loop, int settle_ms, const struct net_watch_events *events, void *ctx,
                          struct net_watch **out, struct failure *why);
// The loop must run on until its handles are closed. NULL is fine.
void net_watch_free(struct net_watch *watch);

// False until the network has been read once, which the tests wait for.
bool net_watch_is_ready(const struct net_watch *watch);
// Whether this machine has the address, as far as is known; true while nothing is.
bool net_watch_has(const struct net_watch *watch, const struct net_address *address);

#endif
