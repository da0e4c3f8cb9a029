// SPDX-License-Identifier: Apache-2.0
//
// ssh_stream_set: The streams of one libssh session, of either role, and what they need of its owner: a
// connection (client), or a server on a descriptor.
//
// The owner reads libssh's session and calls ssh_stream_set_turn after it. Calls into libssh and into the
// streams' events are never torn down from inside: the owner brackets its own with begin and end.

#ifndef SBXDECK_API_SSH_SSH_STREAM_SET_H
#define SBXDECK_API_SSH_SSH_STREAM_SET_H

#include "api/ssh/ssh_stream.h"

#include <libssh/libssh.h>
#include <uv.h>

struct ssh_stream_host {
    // Asks for a turn soon: read if there is something, then ssh_stream_set_turn.
    void (*kick)(void *ctx);
    // After each call into libssh: whether the session is over (an error, or the owner ends it). Then no more
    // calls are made into it.
    bool (*is_over)(void *ctx);
    // The peer has broken the protocol: the owner ends the session. reason: a sentence without the peer's
    // name.
    void (*breach)(void *ctx, const char *reason);
};

struct ssh_stream_set {
    ssh_session ssh; // NULL: not yet there, streams wait; set by the owner
    uv_loop_t *loop;
    // The second one of ssh_set_counters: a call for one stream may read what another waits for, which then
    // has a turn too. NULL: not counted, the owner sees to it.
    const struct ssh_counter_struct *messages;
    struct ssh_stream_host host;
    void *ctx;
    struct ssh_stream *first;
    int depth;                    // inside libssh or an event
    bool ready;                   // channels may be opened
    bool mute;                    // not even that a stream is over: the owner has gone
    bool over;                    // no event comes any more; set by the owner as soon as it knows
    uint64_t output_cost;         // of messages that were wanted output, each with its head and a bit more
    uint64_t asked;               // what the answers to all that was asked for may have cost
    uint64_t bytes_in, bytes_out; // payload of all streams
};

// A session that is signed in. ssh is the owner's.
void ssh_stream_set_init(struct ssh_stream_set *set, uv_loop_t *loop, ssh_session ssh,
                         const struct ssh_stream_host *host, void *ctx);
// Around every call into libssh of the owner that may read. end gives true in the outermost one, where the
// owner may tear down.
void ssh_stream_set_begin(struct ssh_stream_set *set);
bool ssh_stream_set_end(struct ssh_stream_set *set);
// Goes on with every stream as far as it goes now: opens, requests, input, held output, ends. Outside of
// libssh.
void ssh_stream_set_turn(struct ssh_stream_set *set);
// Whether some stream waits for an answer (acknowledgements should not be delayed).
bool ssh_stream_set_waits(const struct ssh_stream_set *set);
// The session is over: every stream gets `closed` with why (NULL: without an event), and none is left in the
// set. Before ssh_disconnect and ssh_free.
void ssh_stream_set_over(struct ssh_stream_set *set, const struct failure *why);
size_t ssh_stream_set_count(const struct ssh_stream_set *set); // those of owners, not freed

// Takes an open channel, of libssh's server side or one accepted. The channel is the stream's from here; its
// own callbacks for data, eof, close, exit status and signal are added, others that the caller adds stay his.
enum status ssh_stream_adopt(struct ssh_stream_set *set, ssh_channel channel,
                             const struct ssh_stream_options *options, const struct ssh_stream_events *events,
                             void *ctx, struct ssh_stream **out, struct failure *why);

#endif
