// SPDX-License-Identifier: Apache-2.0
//
// relay_private: What the files of the relay share. From the bottom: life (turns, how it ends), pump (the
// tool's descriptors), then side by side what the tool asks for (sign_in, channel with request, forward);
// server (the libssh session and its messages) above them, relay.c on top.

#ifndef SBXDECK_API_RELAY_RELAY_PRIVATE_H
#define SBXDECK_API_RELAY_RELAY_PRIVATE_H

#include "api/base/bytebuf.h"
#include "api/relay/relay.h"
#include "api/ssh/ssh_connection.h"
#include "api/ssh/ssh_stream_set.h"

#include <libssh/callbacks.h>
#include <libssh/libssh.h>
#include <libssh/server.h>

enum {
    RELAY_TURN_MS = 4,                   // of work a loop turn
    RELAY_SPLICE = 256 * 1024,           // moved a call
    RELAY_PIPE = 256 * 1024,             // of a pipe to the tool
    RELAY_SOCKET = 256 * 1024,           // of the socket pair, each way
    RELAY_COPY = 64 * 1024,              // moved a call where splice can't
    RELAY_NAMES_BELOW = 16 * 1024,       // of unread bytes: then names of requests are looked for
    RELAY_BACKLOG_CAP = 4 * 1024 * 1024, // of what the tool does not take; then nothing more is read from it
    RELAY_GREETING_CAP = 256 * 1024,     // from the tool until it is signed in
    RELAY_TRIES_MAX = 8,                 // of signing in that are refused
    RELAY_HELD_MAX = 16,                 // of signing in that wait
    RELAY_QUEUE_CAP = 128 * 1024,        // of a channel, each way, besides its window
    RELAY_REQUESTS_MAX = 64,             // of a channel that wait for their answer
    RELAY_GLOBALS_MAX = 64,              // likewise of the connection
    RELAY_FORWARDS_MAX = 64,             // listening at once
    RELAY_TERM_CAP = 256,                // what is longer is refused: TERM and names
    RELAY_HOST_CAP = 1025,               // a host name or address
    RELAY_VALUE_CAP = 32 * 1024,         // the value of a variable, an X11 cookie
    RELAY_COMMAND_CAP = 128 * 1024,      // a command: as much as Linux lets a program have in one argument
    RELAY_LINGER_MS = 250,               // for the tool to leave, which has nothing left to do
    RELAY_GOODBYE_MS = 3000,             // for the tool to take the last of what it is sent
};

enum relay_stage {
    RELAY_GREETING, // version and keys
    RELAY_WAITING,  // keys are agreed on; the tool is not yet let in
    RELAY_OPEN,     // let in
    RELAY_LEAVING,  // the end is settled; what is on its way goes out
    RELAY_GONE,     // disconnected
};

enum relay_name { RELAY_NAME_KNOWN, RELAY_NAME_OTHER, RELAY_NAME_BREAK, RELAY_NAME_EOW };

// A global request, or one of a channel, which waits for the server's answer.
struct relay_request {
    struct relay *relay;
    struct relay_channel *channel; // NULL: global
    struct relay_request *next;
    ssh_message message; // NULL: nobody waits for the answer
    bool starts;         // a shell, a command, a subsystem
    bool answered, granted;
    struct relay_forward *forward; // of a global one
    int port;                      // likewise: the answer
};

struct relay_forward {
    struct relay_forward *next;
    char *address;
    int port; // that is bound
};

// A channel of the tool's beside the server's.
struct relay_channel {
    struct relay *relay;
    struct relay_channel *next;
    bool is_session;
    ssh_message open;              // of the tool, until the server has answered; else NULL
    struct ssh_incoming *incoming; // of the server, until the tool has answered; else NULL
    ssh_channel opening;           // likewise, and what is opened for it
    struct ssh_channel_callbacks_struct callbacks;
    ssh_channel local;                // of tool; only compared
    struct ssh_stream *tool, *server; // NULL: not yet, or closed
    bool started;                     // bytes of the tool may go: not before the command is there
    bool tool_eof, server_eof;        // that side writes no more; what it sends all the same is dropped
    bool tool_closed;                 // it waits for the program's end, and our close
    bool early_close;
    struct bytebuf early; // of the tool, from before it had a stream
    bool lost;            // the connection went away under it
    char signals[8][32];  // of the tool, to be passed on
    size_t signal_count;
    struct relay_request *first_request; // in the order of the answers
    size_t requests;
};

struct relay {
    uv_loop_t *loop;
    struct relay_events events;
    void *ctx;
    bool allow_agent, allow_x11;
    void (*turn)(struct relay *relay); // of relay.c

    // life
    enum relay_stage stage;
    int depth; // inside a turn
    bool again;
    bool freed, reported;
    uv_timer_t kick, deadline;
    int handles_open;
    struct relay_end end;
    bool parting;        // the connection has ended; what came of it goes out first
    bool in_order;       // with all its channels closed
    bool lingers;        // the tool has a moment to leave
    size_t parting_left; // of that, when it was last looked at
    char *goodbye;       // the text of the disconnect

    // the tool's descriptors, and the pair's end that is ours
    int in_fd, out_fd;
    int in_flags, out_flags; // as they were
    int pair;
    struct relay_watch *in_watch, *out_watch;
    bool in_splices, out_splices;
    bool in_ended, out_ended;
    uint64_t passed_in, passed_out; // bytes of the pair
    char *copy;                     // RELAY_COPY, when it is needed

    // libssh's end
    ssh_session ssh;
    struct ssh_counter_struct counter;  // bytes of the pair
    struct ssh_counter_struct messages; // whole messages
    struct ssh_stream_set set;
    bool keyed;
    char version[RELAY_VERSION_CAP];
    int log_level;              // as it was
    enum relay_name names[256]; // of unknown requests, in the order of their messages
    size_t name_count;
    bool names_lost;

    // sign-in
    ssh_key client_key;
    ssh_message held; // that waits to be let in
    int held_count, tries;
    bool asked;   // the tool speaks of signing in: banners may be sent
    char *banner; // waits for that
    bool refusing;
    struct ssh_connection *connection; // admitted

    struct relay_channel *first;
    size_t channels;
    struct relay_request *first_global;
    size_t globals;
    struct relay_forward *forwards;
    size_t forward_count;
};

// --- relay_life.c ---
int64_t relay_now_ms(void);
void relay_kick(struct relay *relay); // a turn soon
// Settles how it ends; the first call counts. goodbye: what the tool is told; NULL: nothing. `ended` comes
// when that has gone out.
void relay_end(struct relay *relay, enum status status, const char *goodbye, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
// The connection has ended so: what came of it goes out, then the relay ends as it did.
void relay_part_begin(struct relay *relay, const struct ssh_end *end);
void relay_part_turn(struct relay *relay);
void relay_deadline(struct relay *relay, int timeout_ms);
bool relay_is_over(const struct relay *relay); // LEAVING or later
void relay_life_start(struct relay *relay);
void relay_life_stop(struct relay *relay); // the memory goes when the loop has closed the timers

// --- relay_pump.c ---
enum status relay_pump_open(struct relay *relay, int in_fd, int out_fd, int *local, struct failure *why);
void relay_pump_close(struct relay *relay);
void relay_pump_drop(int local);                     // an end that libssh did not get
bool relay_pump_in(struct relay *relay);             // true: something moved
bool relay_pump_out(struct relay *relay);            // likewise
bool relay_pump_is_empty(const struct relay *relay); // all of libssh's is with the tool, or can't go
bool relay_pump_is_deserted(struct relay *relay);    // takes no part in what still comes
void relay_pump_watch(struct relay *relay);
void relay_pump_flush(struct relay *relay); // after something was written outside of a turn

// --- relay_names.c ---
// Around a call that reads one batch of the tool's messages.
void relay_names_listen(struct relay *relay);
void relay_names_stop(struct relay *relay);
enum relay_name relay_name_next(struct relay *relay); // of the unknown request that comes now
void relay_names_none(struct relay *relay);           // all messages are taken

// --- relay_sign_in.c ---
enum status relay_sign_in_key(struct relay *relay, const char *path, struct failure *why);
void relay_sign_in_service(struct relay *relay, ssh_message message); // takes it
void relay_sign_in_try(struct relay *relay, ssh_message message);     // takes it
void relay_sign_in_banner(struct relay *relay, const char *text);
void relay_sign_in_answer(struct relay *relay); // what is held, when that is decided
void relay_sign_in_free(struct relay *relay);

// --- relay_request.c ---
void relay_request_channel(struct relay_channel *channel, ssh_message message); // takes it
void relay_request_signal(struct relay_channel *channel, const char *name);
void relay_request_agent(struct relay_channel *channel);
// The bytes of the tool may go now.
void relay_request_start(struct relay_channel *channel);
void relay_requests_forget(struct relay_channel *channel); // nobody waits for the answers
void relay_requests_free(struct relay_channel *channel);   // when the server's stream is gone

// --- relay_channel.c ---
void relay_channel_open(struct relay *relay, ssh_message message); // takes it
void relay_channel_incoming(struct relay *relay, struct ssh_incoming *incoming);
void relay_channels_turn(struct relay *relay); // opens that wait for the tool
void relay_channels_cut(struct relay *relay);  // the connection has ended: what it wanted opened is gone
struct relay_channel *relay_channel_of(struct relay *relay, ssh_channel local); // NULL: none
void relay_channels_detach(struct relay *relay); // libssh frees its channels next
void relay_channels_free(struct relay *relay);

// --- relay_forward.c ---
void relay_forward_request(struct relay *relay, ssh_message message); // takes it
bool relay_forward_is_ours(const struct relay *relay, int port);
void relay_forwards_free(struct relay *relay);

// --- relay_server.c ---
enum status relay_server_open(struct relay *relay, int local, const char *host_key, struct failure *why);
bool relay_server_read(struct relay *relay); // true: something came
void relay_server_flush(struct relay *relay);
bool relay_server_is_flushed(const struct relay *relay); // all is with the tool, or can't go there
// Looks whether the socket takes more: only then libssh sends a text as it disconnects.
void relay_server_ready_to_write(struct relay *relay);
void relay_server_disconnect(struct relay *relay); // with the goodbye
void relay_server_free(struct relay *relay);

#endif
