// SPDX-License-Identifier: Apache-2.0
//
// relay: An SSH server for one tool (OpenSSH, Paramiko, JSch …) on two descriptors, which relays the tool's
// channels over an SSH connection of ours.
//
// The tool's version and key exchange are answered at once; its sign-in waits until relay_admit or
// relay_refuse. After that each answer that the tool gets is the server's own. Nothing here blocks, and no
// password is ever asked for or accepted from the tool.

#ifndef SBXDECK_API_RELAY_RELAY_H
#define SBXDECK_API_RELAY_RELAY_H

#include "api/base/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <uv.h>

struct relay;
struct ssh_connection;
struct ssh_incoming;
struct ssh_end;

enum {
    RELAY_VERSION_CAP = 128,  // the tool's version with its NUL
    RELAY_TEXT_CAP = 4096,    // of a banner
    RELAY_CHANNELS_MAX = 256, // open at once
};

// How it ended. status OK: the tool has closed its side, or said that it is done. CANCELLED: relay_refuse.
// Else what failed.
struct relay_end {
    enum status status;
    bool admitted;                // the tool had been let in
    unsigned channels;            // that the tool had open in all
    uint64_t bytes_in, bytes_out; // of the channels: from the tool, to the tool
    struct failure why;           // in plain words
};

struct relay_events {
    // The tool's version line ("SSH-2.0-OpenSSH_9.2p1 Debian-2"), clean UTF-8, shorter than
    // RELAY_VERSION_CAP. Once, before the sign-in is answered.
    void (*client)(void *ctx, const char *version);
    // Once, last; all is written to out_fd by then that can be. The relay may be freed from inside this.
    void (*ended)(void *ctx, const struct relay_end *end);
};

struct relay_options {
    // Pipes or sockets, both may be the same one. They stay the caller's, to be closed after relay_free; the
    // relay makes them non-blocking while it runs.
    int in_fd, out_fd;
    const char *host_key;   // path of our private host key, in OpenSSH's format, without a passphrase
    const char *client_key; // path of the public key that may sign in besides method "none"; NULL: none may
    bool allow_agent;       // relay agent forwarding; else refused
    bool allow_x11;         // likewise X11
};

// Answers the tool from the next turn of the loop on. *out is the caller's, ended by relay_free. Reads the
// two small key files at once. BAD_ARGUMENT: a descriptor is a terminal or a file. events is copied, ctx is
// passed to each; any event may be NULL.
enum status relay_new(uv_loop_t *loop, const struct relay_options *options, const struct relay_events *events,
                      void *ctx, struct relay **out, struct failure *why);
// No event comes after this. NULL is fine. Closes the relay's streams on the connection, which must not have
// been freed yet. The loop must run on until its handles are closed.
void relay_free(struct relay *relay);

// Shows the tool's operator a text before the sign-in is answered, as a banner; nothing after that. One or
// more lines; control characters become blanks. Cut at RELAY_TEXT_CAP. May come again.
void relay_banner(struct relay *relay, const char *text);
// Lets the tool in, now or when it signs in, and relays over the connection, which must be ready and lasts
// until relay_upstream_ended or relay_free. Once.
void relay_admit(struct relay *relay, struct ssh_connection *connection);
// Shows the text as a banner, refuses the sign-in and disconnects; `ended` comes. Instead of relay_admit.
void relay_refuse(struct relay *relay, const char *text);

// For the owner's events of the connection. The first takes over the channel that the server opens: it is
// relayed to the tool or refused.
void relay_incoming(struct relay *relay, struct ssh_incoming *incoming);
// The connection is gone: the tool is told why and disconnected; `ended` comes.
void relay_upstream_ended(struct relay *relay, const struct ssh_end *end);

size_t relay_streams(const struct relay *relay); // open at the moment

#endif
