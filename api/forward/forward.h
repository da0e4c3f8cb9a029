// SPDX-License-Identifier: Apache-2.0
//
// forward: Local ports forwarded into one sandbox over one SSH connection. The ports stay open when the
// connection is cut; it is made again with whatever its owner then gives to sign in with.
//
// Knows nothing of credentials: what to sign in with is asked of the owner, each time. All of it is for the
// loop's thread, and nothing of it blocks.

#ifndef SBXDECK_API_FORWARD_FORWARD_H
#define SBXDECK_API_FORWARD_FORWARD_H

#include "api/base/secret.h"
#include "api/forward/forward_spec.h"
#include "api/ssh/ssh_connection.h"

#include <stdint.h>
#include <uv.h>

enum {
    FORWARD_PORTS_MAX = 64,        // of one forward
    FORWARD_CONNECTIONS_MAX = 256, // of all its ports; what comes then waits in the kernel's queue
    FORWARD_WAIT_MS = 10000        // how long a local connection waits for the SSH connection
};

#define FORWARD_STATE_TABLE(X)                                                                               \
    X(IDLE, "idle")             /* not begun, or ended */                                                    \
    X(CONNECTING, "connecting") /* what to sign in with is asked for, or used */                             \
    X(CONNECTED, "connected")                                                                                \
    X(CUT, "cut")         /* it connects again by itself at retry_at */                                      \
    X(WAITING, "waiting") /* for what its owner has said; forward_again goes on */

enum forward_state {
#define X(name, text) FORWARD_##name,
    FORWARD_STATE_TABLE(X)
#undef X
        FORWARD_STATE_COUNT
};
const char *forward_state_text(enum forward_state state); // "connecting"

struct forward;
struct forward_port;

struct forward_events {
    // It wants to connect: answer, now or later, by forward_sign_in, forward_wait or forward_retry.
    // again: it was connected before.
    void (*wanted)(void *ctx, bool again);
    // The state is another one; forward_facts says which and why. The forward may be freed from inside this.
    void (*changed)(void *ctx);
    // A new host key has been kept (or only pinned: report->unkept). May be NULL.
    void (*new_key)(void *ctx, const struct host_key_report *report);
    // The sandbox has refused a connection (nothing listens there, say), which was closed. Reported once for
    // a port until one is let through again. May be NULL.
    void (*refused)(void *ctx, const struct forward_port *port, const struct failure *why);
    // FORWARD_CONNECTIONS_MAX are open. Reported once until there are much fewer. May be NULL.
    void (*full)(void *ctx);
};

struct forward_options {
    const char *known_hosts;             // path of our own file; copied
    int connect_timeout_ms, keepalive_s; // 0: as ssh_connection has them
};

// *events and ctx stay the caller's and must outlive the forward. *out is ended by forward_free.
enum status forward_new(uv_loop_t *loop, const struct forward_options *options,
                        const struct forward_events *events, void *ctx, struct forward **out,
                        struct failure *why);
// Its connections are cut off, no event comes after this. The loop must run on until its handles are closed.
// NULL is fine.
void forward_free(struct forward *forward);

// Listens; *out is the forward's. CONFLICT: the port is taken here; FORBIDDEN: this user may not listen
// there; BAD_ARGUMENT: the address is none of this machine's. why names the port and a way out.
enum status forward_listen(struct forward *forward, const struct forward_spec *spec,
                           struct forward_port **out, struct failure *why);
// Closes the port and its connections.
void forward_unlisten(struct forward *forward, struct forward_port *port);

// Begins to connect (IDLE); else nothing.
void forward_begin(struct forward *forward);
// What was asked for by `wanted`; password is copied. Nothing when it isn't CONNECTING any more.
void forward_sign_in(struct forward *forward, const struct ssh_target *target, const struct secret *password);
// There is nothing to sign in with before something is done or changes: WAITING, until forward_again. Cuts
// what is connected.
void forward_wait(struct forward *forward, const struct failure *why);
// There may be soon: CUT, and asked again after a while.
void forward_retry(struct forward *forward, const struct failure *why);
// Things may be better now (the network is another one, the sandbox runs again): connects at once where it
// waits or is cut; a connection that is open is probed.
void forward_again(struct forward *forward);
// Disconnects, as an idle one; its ports stay.
void forward_rest(struct forward *forward);

struct forward_facts {
    enum forward_state state;
    int64_t since;                // monotonic ms of the state
    int64_t retry_at;             // CUT: monotonic ms
    struct failure why;           // CUT, WAITING: the reason; CONNECTING: of the last time
    struct ssh_end end;           // of the last SSH connection, since one was open
    bool was_connected;           // ever
    size_t connections;           // open or waiting
    uint64_t opened;              // ever
    uint64_t bytes_in, bytes_out; // from the sandbox, to it
    char local_address[64];       // ours that the SSH connection runs over; "" none
};
void forward_facts(const struct forward *forward, struct forward_facts *out);

struct forward_port_facts {
    struct forward_spec spec; // local_port is the one that it listens on
    int64_t since;            // monotonic ms
    size_t connections;
    uint64_t opened, refused, bytes_in, bytes_out;
};
void forward_port_facts(const struct forward_port *port, struct forward_port_facts *out);
size_t forward_port_count(const struct forward *forward);
// In the order in which they were begun; NULL: no more.
struct forward_port *forward_port_first(const struct forward *forward);
struct forward_port *forward_port_next(const struct forward_port *port);

// How long to wait before trying for the n-th time (from 0) without success: doubled each time, 30 s at most,
// and spread by random (0 to 1) over a quarter on either side. Pure.
int64_t forward_backoff_ms(int tries, double random);

#endif
