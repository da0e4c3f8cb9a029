// SPDX-License-Identifier: Apache-2.0
//
// ssh_session: A shell in a PTY, or a command, over SSH: one stream of a connection, which is its own or that
// of another session. A connection ends with the last session on it.

#ifndef SBXDECK_API_SSH_SSH_SESSION_H
#define SBXDECK_API_SSH_SSH_SESSION_H

#include "api/ssh/ssh_connection.h"

struct ssh_session;

struct ssh_session_events {
    // The next stage. report: in HOST_KEY, when a new key has been kept (or only pinned: report->unkept);
    // else NULL.
    void (*stage)(void *ctx, enum ssh_stage stage, const struct host_key_report *report);
    // Output. bytes are of the callee. At most 16 KiB a call and a bounded number a loop turn.
    void (*output)(void *ctx, const char *bytes, size_t length, bool is_stderr);
    // The banner before the sign-in, as the server sent it: foreign text, may have several lines.
    // May come again with another text; 4 KiB in all. NULL: not wanted.
    void (*banner)(void *ctx, const char *text, size_t length);
    // Once, last. The session may be freed from inside this.
    void (*ended)(void *ctx, const struct ssh_end *end);
    // Input that had queued up has been taken (queue is empty again). May be NULL.
    void (*drained)(void *ctx);
};

struct ssh_session_options {
    struct ssh_target target;
    const struct secret *password; // copied; wiped as soon as it was used
    const char *known_hosts;       // path of our own file
    bool pty;
    const char *term; // "xterm-256color"; with a pty only
    int rows, cols;
    const char *command; // NULL: the login shell
    const char *const
        *environment;       // "NAME=value" pairs asked for (refusals are fine), NULL-ended; may be NULL
    int connect_timeout_ms; // for each of TCP with the name, the keys, the sign-in, the shell; 0: 15 s
    int keepalive_s;        // 0: 15; three unanswered ones end it
};

// Starts connecting. *out is the caller's, ended by ssh_session_free. Later failures arrive by events->ended.
// events is copied, ctx is passed to each.
enum status ssh_session_open(uv_loop_t *loop, const struct ssh_session_options *options,
                             const struct ssh_session_events *events, void *ctx, struct ssh_session **out,
                             struct failure *why);
// Starts one more on the connection of another, which is signed in: of the options, what is about the
// connection (target, password, known_hosts, keepalive_s) does not count. It goes on when the other ends.
// Where the server opens no further channel, or no shell, it ends with no_channel: then open one with a
// connection of its own. CONFLICT: ssh_session_may_share says no.
enum status ssh_session_open_beside(struct ssh_session *other, const struct ssh_session_options *options,
                                    const struct ssh_session_events *events, void *ctx,
                                    struct ssh_session **out, struct failure *why);
// Opens a channel with its terminal and variables ahead, for the ssh_session_open_beside that is likely to
// come: then only the shell is to be asked for, and its prompt is there after one round trip. Of the options,
// what is about a shell's size and time-out may differ then. Nothing when there is one, or no further
// channel.
void ssh_session_prepare(struct ssh_session *session, const struct ssh_session_options *options);
// It has a shell on a live connection, on which the server has not yet refused a channel.
bool ssh_session_may_share(const struct ssh_session *session);
size_t ssh_session_sharers(const struct ssh_session *session); // sessions on its connection, it included

// Cancels or hangs up in order; `ended` still comes (by_us).
void ssh_session_close(struct ssh_session *session);
// No event comes after this. NULL is fine. The loop must run on until its handles are closed.
void ssh_session_free(struct ssh_session *session);

// Queues input; what the window does not take now goes later. TOO_LARGE when more than 1 MiB waits.
enum status ssh_session_write(struct ssh_session *session, const void *bytes, size_t length);
size_t ssh_session_queued(const struct ssh_session *session);  // bytes not yet taken
enum status ssh_session_send_eof(struct ssh_session *session); // after what is queued
void ssh_session_resize(struct ssh_session *session, int rows, int cols);
// Sends a signal ("TERM") to what runs there, where the server passes them on; nothing before it is open.
void ssh_session_signal(struct ssh_session *session, const char *name);
// Stops reading output, or goes on; the server then waits for window.
void ssh_session_hold(struct ssh_session *session, bool hold);

// Sends a keepalive at once, and more often than usual until something comes: for when the connection may
// have been lost unnoticed. Without an answer it ends as by keepalive.
void ssh_session_probe(struct ssh_session *session);

struct ssh_session_facts {
    char cipher[64];
    uint64_t bytes_in, bytes_out;
    int64_t opened_at;                    // monotonic ms; 0 not yet
    int64_t heard_at;                     // monotonic ms of the last message from the server
    char local_address[INET6_ADDRSTRLEN]; // ours that it runs over; "" before it is connected
};
void ssh_session_facts(const struct ssh_session *session, struct ssh_session_facts *out);

#endif
