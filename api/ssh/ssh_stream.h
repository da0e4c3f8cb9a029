// SPDX-License-Identifier: Apache-2.0
//
// ssh_stream: One channel of an SSH connection: its requests, its bytes both ways, its end.
//
// A stream of a client asks for a session or a connection to somewhere (ssh_stream_open_…) and sends
// requests. One of a server's side is adopted (ssh_stream_set.h) and tells of its program's end. Bytes go the
// same way for both. What is called "output" comes from the peer; what is written goes to it.

#ifndef SBXDECK_API_SSH_SSH_STREAM_H
#define SBXDECK_API_SSH_SSH_STREAM_H

#include "api/base/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct ssh_connection;
struct ssh_stream;

// Each comes from the loop, never from inside a call of the owner. A
// stream may be freed in any of them. Any may be NULL, but output.
struct ssh_stream_events {
    // The server has opened the channel. Requests and input that were given before follow.
    void (*opened)(void *ctx);
    // At most 16 KiB a call, 64 KiB of one that isn't wide. Gives how many were taken from the front: with
    // fewer than length the stream is held, the rest waits in it, the peer gets no more window, and nothing
    // more comes until ssh_stream_resume. Other streams of the connection are not held up by it.
    size_t (*output)(void *ctx, const char *bytes, size_t length, bool is_stderr);
    // The peer writes no more; all output has come before. Writing to it goes on.
    void (*eof)(void *ctx);
    // Of the remote program. Foreign: name, message and language are as they came, never NULL.
    void (*exit_status)(void *ctx, uint32_t exit_status);
    void (*exit_signal)(void *ctx, const char *name, bool core, const char *message, const char *language);
    // Of one with late_close: the peer has closed, and waits for our close. After all its output, once. How a
    // program ended may still be told to it, and goes out before ssh_stream_close does.
    void (*peer_closed)(void *ctx);
    // What was written has been taken by the channel (the queue is empty again). Of one with late_close also
    // when its peer has closed while output waits: it takes no more.
    void (*drained)(void *ctx);
    // Once, last, when all output has come. why NULL: closed in order by the peer, or after ssh_stream_close.
    // Else: refused when it was to be opened (SSH_FAILED, refused true), or the connection has ended (its
    // failure).
    void (*closed)(void *ctx, const struct failure *why, bool refused);
};

struct ssh_stream_options {
    bool wide; // 8 MiB of window, for one that takes all at once. Else at most 2 MB wait, window included
    bool late_close;  // the peer's close is answered by ssh_stream_close alone (see peer_closed), not at once
    size_t queue_cap; // of what is written and not yet taken by the channel; 0: 256 KiB
};

// Each opens a channel on a connection: once it is signed in, if it isn't yet. options may be NULL. *out is
// the caller's, ended by ssh_stream_free.
enum status ssh_stream_open_session(struct ssh_connection *connection,
                                    const struct ssh_stream_options *options,
                                    const struct ssh_stream_events *events, void *ctx,
                                    struct ssh_stream **out, struct failure *why);
// To host:port as the server sees it. origin: who asks, for the server's log.
enum status ssh_stream_open_direct(struct ssh_connection *connection, const char *host, int port,
                                   const char *origin, int origin_port,
                                   const struct ssh_stream_options *options,
                                   const struct ssh_stream_events *events, void *ctx, struct ssh_stream **out,
                                   struct failure *why);
// To a unix socket there (OpenSSH servers only; others refuse).
enum status ssh_stream_open_unix(struct ssh_connection *connection, const char *path,
                                 const struct ssh_stream_options *options,
                                 const struct ssh_stream_events *events, void *ctx, struct ssh_stream **out,
                                 struct failure *why);

enum ssh_request_kind {
    SSH_REQUEST_KIND_PTY,       // text: TERM; rows, cols
    SSH_REQUEST_KIND_ENV,       // text: name; value
    SSH_REQUEST_KIND_SHELL,     //
    SSH_REQUEST_KIND_EXEC,      // text: the command
    SSH_REQUEST_KIND_SUBSYSTEM, // text: its name
    SSH_REQUEST_KIND_AGENT,     // auth-agent-req@openssh.com
    SSH_REQUEST_KIND_X11,       // text: protocol; value: cookie; number: screen; flag: a single connection
    SSH_REQUEST_KIND_BREAK,     // number: its length in ms
    SSH_REQUEST_KIND_SIGNAL,    // text: its name ("TERM"); never refused
};
struct ssh_stream_request {
    enum ssh_request_kind kind;
    const char *text, *value; // copied
    int rows, cols;
    uint32_t number;
    bool flag;
};
// Sends a request, after those before it and once the stream is open. done (may be NULL) comes once, in the
// order of the requests: why NULL: granted; else refused (SSH_FAILED), or the stream closed first
// (CANCELLED). Not after ssh_stream_free. TOO_LARGE when 128 wait; CANCELLED when it is closing. Texts above
// 128 KiB are TOO_LARGE too.
typedef void (*ssh_request_done)(void *ctx, const struct failure *why);
enum status ssh_stream_send_request(struct ssh_stream *stream, const struct ssh_stream_request *request,
                                    ssh_request_done done, void *ctx);
// After the requests before it; the last size counts.
void ssh_stream_resize(struct ssh_stream *stream, int rows, int cols);

// Queues bytes for the peer. TOO_LARGE, with nothing taken, beyond the queue's cap; CANCELLED after
// ssh_stream_send_eof, ssh_stream_close or the end. is_stderr: of a server's side only. They go at once where
// they can, without an event.
enum status ssh_stream_write(struct ssh_stream *stream, const void *bytes, size_t length, bool is_stderr);
size_t ssh_stream_queued(const struct ssh_stream *stream); // bytes not yet taken by the channel
size_t ssh_stream_room(const struct ssh_stream *stream);   // bytes that a write may have now; 0 when none may
bool ssh_stream_takes_no_more(const struct ssh_stream *stream); // nothing ever again: its peer has closed
// Drops what is queued: nobody reads it any more.
void ssh_stream_unqueue(struct ssh_stream *stream);
// After what is queued. The other direction stays open.
void ssh_stream_send_eof(struct ssh_stream *stream);
// Takes output again, after a short `output`; never from inside this call.
void ssh_stream_resume(struct ssh_stream *stream);
// Holds output before the next piece, as a short `output` would.
void ssh_stream_hold(struct ssh_stream *stream);

// Of a server's side: how its program ended, once, after what is queued, before EOF and close.
void ssh_stream_exit_status(struct ssh_stream *stream, int exit_status);
void ssh_stream_exit_signal(struct ssh_stream *stream, const char *name, bool core, const char *message,
                            const char *language);

// Closes after what is queued, EOF with it; `closed` comes when the peer has closed too. Output that comes in
// the meantime is dropped; how its program ended is still told.
void ssh_stream_close(struct ssh_stream *stream);
// No event comes after this. One that is open closes at once; what is queued is dropped. NULL is fine.
void ssh_stream_free(struct ssh_stream *stream);

struct ssh_stream_facts {
    uint64_t bytes_in, bytes_out; // of payload
    size_t waiting;               // output that came and was not taken
    bool open, held;
};
void ssh_stream_facts(const struct ssh_stream *stream, struct ssh_stream_facts *out);

#endif
