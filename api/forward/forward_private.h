// SPDX-License-Identifier: Apache-2.0
//
// forward_private: What the files of a forward share. From the bottom: pipe (one local connection and its
// stream), port (listens and accepts), forward.c on top (the SSH connection).

#ifndef SBXDECK_API_FORWARD_FORWARD_PRIVATE_H
#define SBXDECK_API_FORWARD_FORWARD_PRIVATE_H

#include "api/forward/forward.h"
#include "api/ssh/ssh_stream.h"

enum {
    FORWARD_BACKLOG = 128,
    FORWARD_ROOMY = FORWARD_CONNECTIONS_MAX * 3 / 4, // below it being full is reported anew
    FORWARD_SLICE = 64 * 1024,                       // read from a local connection at once
    FORWARD_TURN = 256 * 1024,                       // read from all of them before the loop goes on
    FORWARD_RETRY_FIRST_MS = 1000,
    FORWARD_RETRY_MOST_MS = 30000,
    FORWARD_STEADY_MS = 10000 // a connection that held so long is tried again at once
};

// One local connection. Its memory goes when the loop has closed its handles.
struct forward_pipe {
    struct forward_port *port;
    struct forward_pipe *next, **at; // in its port's list
    uv_tcp_t tcp;
    uv_timer_t patience; // while it waits for the SSH connection
    uv_write_t write;
    uv_shutdown_t shutdown;
    int handles_open;
    struct ssh_stream *stream; // NULL: not asked for yet, or over
    char *rest;                // of the sandbox's bytes: what the local side did not take at once; NULL none
    bool opened;               // the sandbox has let it through
    bool reading;
    bool put_off;               // until the loop's next turn
    bool local_eof, remote_eof; // has come; each direction ends by itself
    bool remote_over;           // the stream has closed: what waits is written, then this ends
    bool shut;                  // the local side was told of the remote end
    bool closing;               // both directions are through
    bool ended;
};

struct forward_port {
    struct forward *forward;
    struct forward_port *next;
    struct forward_port_facts facts;
    uv_tcp_t listener;
    struct forward_pipe *pipes;
    bool full; // one that wants in was left in the kernel's queue
    bool refusal_told;
};

struct forward {
    uv_loop_t *loop;
    const struct forward_events *events;
    void *ctx;
    char *known_hosts;
    int connect_timeout_ms, keepalive_s;
    struct forward_port *ports;
    struct ssh_connection *connection; // NULL: none
    uv_timer_t timer;                  // CUT: to connect again
    uv_timer_t turn;                   // reading goes on with the loop's next turn
    size_t turn_read;                  // bytes since the last time
    int handles_open;
    struct forward_facts facts;
    int tries; // in a row without success
    bool full_told, freed;
    char read[FORWARD_SLICE]; // from any local connection; taken at once
};

// --- forward_pipe.c ---
// Takes what the listener has; false: it could not be.
bool forward_pipe_accept(struct forward_port *port);
void forward_pipe_connect(struct forward_pipe *pipe); // the SSH connection is there
void forward_pipe_go_on(struct forward_pipe *pipe);   // reads on, if that was put off
// Ends it. abrupt: the local side is not to take what it got for all there was.
void forward_pipe_end(struct forward_pipe *pipe, bool abrupt);

// --- forward_port.c ---
void forward_port_accept(
    struct forward_port *port); // those that were left in the queue, as far as there is room
void forward_port_ready(struct forward_port *port); // the SSH connection is there: those that wait go on
void forward_port_cut(struct forward_port *port);   // it has gone: those that were open end
void forward_port_close(struct forward_port *port); // with all of them; frees it later
void forward_port_refused(struct forward_port *port, const struct failure *why);
void forward_put_off(struct forward *forward); // with the loop's next turn those that were put off read on
void forward_port_left(struct forward_port *port); // one of its connections has gone: there is room

#endif
