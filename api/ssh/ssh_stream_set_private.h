// SPDX-License-Identifier: Apache-2.0
//
// ssh_stream_set_private: What the files of a stream share. From the bottom: base, then side by side what
// comes (output), what goes (input), the opening and the requests (open); ssh_stream_set.c takes a stream
// through them, ssh_stream_calls.c takes the calls of its owner.

#ifndef SBXDECK_API_SSH_SSH_STREAM_SET_PRIVATE_H
#define SBXDECK_API_SSH_SSH_STREAM_SET_PRIVATE_H

#include "api/base/bytebuf.h"
#include "api/ssh/ssh_stream_set.h"

#include <libssh/callbacks.h>

enum {
    STREAM_SLICE = 16 * 1024,           // of output a call
    STREAM_SLICE_LARGE = 64 * 1024,     // likewise, of one that isn't wide: a packet as it came
    STREAM_WRITE = 32 * 1024 - 64,      // of input a write: fills one packet of 32 KiB
    STREAM_SLICES = 4,                  // of input a turn, before the next stream
    STREAM_TURN_MS = 2,                 // of work a loop turn, all sessions of the loop together
    STREAM_QUEUE_CAP = 256 * 1024,      // what waits for the peer, unless the owner says otherwise
    STREAM_WINDOW = 8 * 1024 * 1024,    // of a wide one: what the peer may send unasked
    STREAM_WINDOW_LIBSSH = 1280 * 1024, // what libssh grants by itself, when less than half of it is left
    STREAM_PASS_BELOW = 448 * 1024,     // waiting output, below which libssh may grant that again
    STREAM_HOLD_CAP = 2 * 1024 * 1024,  // waiting output that a peer in its window can't exceed
    STREAM_OF_CHANNEL = 1024,  // what the peer says about a channel besides its output, at these costs
    STREAM_MESSAGE = 128,      // what a message costs besides its bytes
    STREAM_REQUESTS_MAX = 128, // that wait
    STREAM_REQUEST_TEXT_CAP = 128 * 1024, // a command, say
    STREAM_SIGNAL_CAP = 64,
    STREAM_SIGNAL_TEXT_CAP = 512,
};

enum stream_way { STREAM_SESSION, STREAM_DIRECT, STREAM_UNIX, STREAM_ADOPTED };
enum stream_state {
    STREAM_WAITING, // not yet asked for
    STREAM_OPENING, // the same call is made again until it is answered
    STREAM_OPEN,
    STREAM_DONE, // without a channel
};

struct stream_request {
    struct stream_request *next;
    struct ssh_stream_request what; // its texts are copies
    ssh_request_done done;
    void *ctx;
    bool sent; // libssh has it, and may have the answer
};

// How a program has ended: told by the peer and not yet reported, or to be told to it.
struct stream_exit {
    bool exited, signalled;
    uint32_t status;
    char name[STREAM_SIGNAL_CAP], message[STREAM_SIGNAL_TEXT_CAP], language[STREAM_SIGNAL_CAP];
    bool core;
};

// Output that the owner has not taken and that libssh keeps, of one kind (stdout or stderr). libssh opens the
// window as soon as it hands bytes out, so what is delivered from here is handed out later: see
// ssh_stream_output.c.
struct stream_waiting {
    const char *bytes;        // in libssh's buffer; until the next packet of this kind
    size_t length, delivered; // of them
    struct bytebuf rest;      // before them, ours: came while libssh could keep nothing
};

struct ssh_stream {
    struct ssh_stream_set *set; // NULL: it is over
    struct ssh_stream *next;
    struct ssh_stream_events events;
    void *ctx;
    enum stream_way way;
    enum stream_state state;
    char *host, *origin; // of a direct one; host is the path of a unix socket
    int port, origin_port;
    bool wide, late_close, peer_close_told, no_room_told;
    bool freed;   // by its owner: what is left is to close the channel
    bool closed;  // reported
    bool telling; // its requests that it is over: not freed from inside
    ssh_channel channel;
    struct ssh_channel_callbacks_struct callbacks;

    // requests
    struct stream_request *requests;
    size_t request_count;
    int rows, cols; // to be sent; 0: nothing

    // input
    struct bytebuf queue[2]; // stdout or what goes to a program, and stderr
    bool sent;               // by ssh_stream_write itself: the turn that comes tells of it
    bool writing;            // inside ssh_stream_send_packets
    bool eof_wanted, eof_sent, close_wanted, close_sent;
    struct stream_exit exit_wanted;

    // output
    bool held;
    bool growing; // inside a call that must find nothing left in libssh
    struct stream_waiting waiting[2];
    struct stream_exit exit_told;
    bool remote_eof, eof_told, remote_closed;
    uint64_t window_mark; // bytes_in when the window was last made large, and one; 0 never
    uint64_t dropped;     // bytes that came after it was closed here

    uint64_t bytes_in, bytes_out;
};

// --- ssh_stream_base.c ---
bool ssh_stream_turn_is_used_up(const struct ssh_stream_set *set);
// After each call into libssh.
bool ssh_stream_is_over(const struct ssh_stream *stream);
void ssh_stream_kick(const struct ssh_stream *stream);
bool ssh_stream_is_silent(const struct ssh_stream *stream); // its owner is told nothing any more
// A stream without a channel in the set. NULL: no memory.
struct ssh_stream *ssh_stream_new(struct ssh_stream_set *set, enum stream_way way,
                                  const struct ssh_stream_options *options,
                                  const struct ssh_stream_events *events, void *ctx);
void ssh_stream_free_memory(struct ssh_stream *stream);
struct stream_request *ssh_stream_request_pop(struct ssh_stream *stream);
void ssh_stream_request_free(struct stream_request *request);
void ssh_stream_requests_drop(struct ssh_stream *stream, bool tell); // answered so, if told
void ssh_stream_tell_closed(struct ssh_stream *stream, const struct failure *why, bool refused);

// --- ssh_stream_open.c ---
void ssh_stream_open_turn(struct ssh_stream *stream);
void ssh_stream_requests_turn(struct ssh_stream *stream);
// The program runs, or ran: it has written something or its end is known.
bool ssh_stream_has_run(const struct ssh_stream *stream);
// The session has ended, and libssh knows no answer any more: a program that has run was granted.
void ssh_stream_requests_settle(struct ssh_stream *stream);

// --- ssh_stream_output.c ---
void ssh_stream_callbacks(struct ssh_stream *stream);
bool ssh_stream_has_output(const struct ssh_stream *stream); // that waits
size_t ssh_stream_waiting(const struct ssh_stream *stream);  // how much
void ssh_stream_output_turn(struct ssh_stream *stream);
void ssh_stream_tell_end(struct ssh_stream *stream); // exit status and EOF, after all output
void ssh_stream_output_drop(struct ssh_stream *stream);

// --- ssh_stream_input.c ---
void ssh_stream_send(struct ssh_stream *stream); // what is queued, as far as it goes
// Whole packets of what is queued and of the bytes behind it, without queueing them. Gives how many of the
// bytes went; the rest is to be queued. At depth 1 or more.
size_t ssh_stream_send_packets(struct ssh_stream *stream, const char *bytes, size_t length, bool is_stderr);
void ssh_stream_input_turn(struct ssh_stream *stream);
void ssh_stream_close_turn(struct ssh_stream *stream);

#endif
