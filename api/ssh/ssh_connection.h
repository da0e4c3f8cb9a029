// SPDX-License-Identifier: Apache-2.0
//
// ssh_connection: One SSH connection to a server, signed in, on the libuv loop and never blocking it. It
// carries any number of streams (ssh_stream.h), each a channel of its own.
//
// curl looks up the name and connects, the host key's file is read on a worker thread, the rest is libssh,
// pumped when the socket is ready. Knows nothing of terminals.

#ifndef SBXDECK_API_SSH_SSH_CONNECTION_H
#define SBXDECK_API_SSH_SSH_CONNECTION_H

#include "api/base/secret.h"
#include "api/base/status.h"
#include "api/ssh/host_key.h"
#include "api/ssh/ssh_stream.h"
#include "api/ssh/ssh_target.h"

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <uv.h>

struct ssh_connection;

// The stages of connecting in order, each with the words for it. SHELL is of a session only: a connection
// alone goes from SIGN_IN to OPEN.
#define SSH_STAGE_TABLE(X)                                                                                   \
    X(RESOLVE, "looking up the host")                                                                        \
    X(CONNECT, "connecting")                                                                                 \
    X(KEY_EXCHANGE, "agreeing on keys")                                                                      \
    X(HOST_KEY, "checking the host key")                                                                     \
    X(SIGN_IN, "signing in")                                                                                 \
    X(SHELL, "starting the shell")                                                                           \
    X(OPEN, "open")                                                                                          \
    X(ENDED, "ended")

enum ssh_stage {
#define X(name, text) SSH_STAGE_##name,
    SSH_STAGE_TABLE(X)
#undef X
};
const char *ssh_stage_text(enum ssh_stage stage);

// How a connection or a session ended. status OK, of a session only: the remote program ended (exit_status,
// or exit_signal). Else why it failed or was cut off.
struct ssh_end {
    enum status status;
    enum ssh_stage stage;            // how far it had come
    bool exited;                     // exit_status is known
    int exit_status;                 // 0..255
    char exit_signal[16];            // "TERM", "" when none
    bool by_us;                      // closed by its owner
    bool quoted;                     // why quotes libssh, which may quote the server
    bool refused;                    // the channel, the terminal, the shell or the command: it did not run
    bool no_channel;                 // of a session beside another: the server opens no further channel
    struct host_key_report host_key; // filled when status is HOST_KEY_CHANGED
    struct failure why;              // in plain words, with what to do
};

// A channel that the server asks to open (forwarded-tcpip). Valid until it is accepted or refused, or the
// connection's `ended`. What is not answered waits: the server's program on the other side waits with it.
struct ssh_incoming;
enum ssh_incoming_kind { SSH_INCOMING_TCP, SSH_INCOMING_AGENT, SSH_INCOMING_X11 };
enum ssh_incoming_kind ssh_incoming_kind(const struct ssh_incoming *incoming);
// Of TCP: the port that was listened on, its address as the server says it, and who connected there. Foreign
// text, never NULL.
const char *ssh_incoming_address(const struct ssh_incoming *incoming);
int ssh_incoming_port(const struct ssh_incoming *incoming);
const char *ssh_incoming_origin(const struct ssh_incoming *incoming);
int ssh_incoming_origin_port(const struct ssh_incoming *incoming);
// Each ends the incoming. The stream is open at once: `opened` does not come.
enum status ssh_incoming_accept(struct ssh_incoming *incoming, const struct ssh_stream_options *options,
                                const struct ssh_stream_events *events, void *ctx, struct ssh_stream **out,
                                struct failure *why);
void ssh_incoming_refuse(struct ssh_incoming *incoming);

// Each comes from the loop, never from inside a call of the owner. The connection may be freed in any of
// them.
struct ssh_connection_events {
    // The next stage. report: in HOST_KEY, when a new key has been kept (or only pinned: report->unkept);
    // else NULL. May be NULL.
    void (*stage)(void *ctx, enum ssh_stage stage, const struct host_key_report *report);
    // The banner before the sign-in, as the server sent it: foreign text, may have several lines.
    // May come again with another text; 4 KiB in all. NULL: not wanted.
    void (*banner)(void *ctx, const char *text, size_t length);
    // Signed in: streams that were opened before go on now, others may be opened. May be NULL.
    void (*ready)(void *ctx);
    // NULL: all are refused.
    void (*incoming)(void *ctx, struct ssh_incoming *incoming);
    // Once, last; every stream had its `closed` before.
    void (*ended)(void *ctx, const struct ssh_end *end);
};

struct ssh_connection_options {
    struct ssh_target target;
    const struct secret *password; // copied; wiped as soon as it was used
    const char *known_hosts;       // path of our own file
    int connect_timeout_ms;        // for each of TCP with the name, the keys, the sign-in; 0: 15 s
    int keepalive_s;               // 0: 15; three unanswered ones end it
};

// Starts connecting. *out is the caller's, ended by ssh_connection_free. Later failures arrive by
// events->ended. events is copied, ctx is passed to each.
enum status ssh_connection_open(uv_loop_t *loop, const struct ssh_connection_options *options,
                                const struct ssh_connection_events *events, void *ctx,
                                struct ssh_connection **out, struct failure *why);
// Cancels or hangs up in order; `ended` still comes (by_us).
void ssh_connection_close(struct ssh_connection *connection);
// No event comes after this, neither of the connection nor of its streams; those are still to be freed,
// before or after it. NULL is fine. The loop must run on until its handles are closed.
void ssh_connection_free(struct ssh_connection *connection);

bool ssh_connection_is_ready(const struct ssh_connection *connection); // signed in, and not ended
// Of this moment, those that were freed and are still closing not counted.
size_t ssh_connection_streams(const struct ssh_connection *connection);

// Sends a keepalive at once, and more often than usual until something comes: for when the connection may
// have been lost unnoticed. Without an answer it ends as by keepalive.
void ssh_connection_probe(struct ssh_connection *connection);

// Asks the server to listen (tcpip-forward); port 0: one of the server's choice. What connects there arrives
// by `incoming`. Answered once by done, with the port or why not (NULL: it listens), unless the connection
// ends or is freed before. One after the other. address "" all, "localhost" loopback, as RFC 4254 has them.
typedef void (*ssh_listen_done)(void *ctx, const struct failure *why, int port);
enum status ssh_connection_listen(struct ssh_connection *connection, const char *address, int port,
                                  ssh_listen_done done, void *ctx, struct failure *why);
// Takes that back (cancel-tcpip-forward). done may be NULL.
enum status ssh_connection_unlisten(struct ssh_connection *connection, const char *address, int port,
                                    ssh_listen_done done, void *ctx, struct failure *why);

struct ssh_connection_facts {
    char cipher[64];
    uint64_t bytes_in, bytes_out;         // payload of all its streams
    int64_t ready_at;                     // monotonic ms; 0 not yet
    int64_t heard_at;                     // monotonic ms of the last message from the server
    char local_address[INET6_ADDRSTRLEN]; // ours that it runs over; "" before it is connected
};
void ssh_connection_facts(const struct ssh_connection *connection, struct ssh_connection_facts *out);

#endif
