// SPDX-License-Identifier: Apache-2.0
//
// ssh_connection_private: What the files of ssh_connection share. From the bottom: life (turns, socket, end),
// health (whether it can go on), then side by side the steps up to the sign-in (steps, sign_in), what the
// server asks and is asked (incoming, listen) and the reading (pump); ssh_connection.c on top.

#ifndef SBXDECK_API_SSH_SSH_CONNECTION_PRIVATE_H
#define SBXDECK_API_SSH_SSH_CONNECTION_PRIVATE_H

#include "api/ssh/ssh_connection.h"
#include "api/ssh/ssh_dial.h"
#include "api/ssh/ssh_stream_set.h"

#include <libssh/callbacks.h>
#include <libssh/libssh.h>

enum {
    CONNECTION_TURN_MS = 2,               // of reading a loop turn, all connections of the loop together
    CONNECTION_GREETING_CAP = 128 * 1024, // bytes before keys are agreed on
    CONNECTION_KBDINT_ROUNDS = 3,         // of keyboard-interactive
    CONNECTION_KEEPALIVES = 3,            // unanswered ones that end it
    CONNECTION_KEY_CAP = 12 * 1024,       // a host key in base64
    CONNECTION_BANNER_CAP = 4096,         // of what the server says before the sign-in
    CONNECTION_INCOMING_MAX = 64,         // channels of the server that wait for an answer
    CONNECTION_LISTENS_MAX = 64,          // requests to listen that wait
    // What a server may send that is no output: so much at once, and so much a second for ever. A message
    // counts by its bytes and a bit more, as it costs more than these.
    CONNECTION_NOISE_CAP = 2 * 1024 * 1024,
    CONNECTION_NOISE_RATE = 64 * 1024,
    CONNECTION_NOISE_MESSAGE = 128,
    CONNECTION_TIMEOUT_MS = 15000,
    CONNECTION_KEEPALIVE_S = 15,
    CONNECTION_PROBE_MS = 5000, // between keepalives while it is doubted
};

// What a step of connecting says.
enum step_result { STEP_DONE, STEP_AGAIN, STEP_ENDED };

// Disk work: one at a time, on a worker thread. The thread touches nothing but this.
struct key_job {
    uv_work_t work;
    bool running;
    void (*run)(struct key_job *job);                // on the worker
    void (*done)(struct ssh_connection *connection); // on the loop, not after the end
    char *file;
    char host[HOST_CAP];
    int port;
    char type[32];
    char key[CONNECTION_KEY_CAP];
    char types[256]; // known for that host
    struct host_key_report report;
    enum status status;
    struct failure why;
};

struct ssh_incoming {
    struct ssh_incoming *next;
    struct ssh_connection *connection;
    ssh_message message;
    enum ssh_incoming_kind kind;
};

struct listen_request {
    struct listen_request *next;
    bool cancels;
    char *address;
    int port, bound_port;
    ssh_listen_done done;
    void *ctx;
};

struct ssh_connection {
    uv_loop_t *loop;
    struct ssh_connection_events events;
    void *ctx;
    // Goes on with what is possible now and ends what has ended. Of ssh_connection.c: the socket and timers
    // start it.
    void (*turn)(struct ssh_connection *connection);
    struct ssh_stream_set set; // its streams; its depth is of the connection's turns too

    // asked for
    struct ssh_target target;
    struct secret *password;
    struct secret_mark mark; // of it
    int timeout_ms, keepalive_ms;

    // life
    enum ssh_stage stage;
    size_t step;   // of connecting
    bool running;  // all steps are done
    bool starting; // and a session's shell is yet to start: a server that leaves has left while connecting
    bool closing;  // asked by ssh_connection_close
    bool ending;   // end is settled, its event comes next
    bool reported, freed, destroyed;
    struct ssh_end end;
    uv_timer_t kick, deadline, keepalive;
    int handles_open;
    struct ssh_dial *dial;
    bool resolved;
    struct key_job job;
    bool types_known;

    // connection
    int fd;          // libssh's once it has it
    int watched;     // a duplicate of it, ours: libssh closes its own whenever it likes
    uv_poll_t *poll; // of the duplicate; memory of its own: it closes after the connection is gone
    int poll_events;
    ssh_session ssh;
    ssh_event event;
    struct ssh_counter_struct counter;  // bytes of the socket
    struct ssh_counter_struct messages; // whole messages and their bytes, without what wraps them
    bool brought;                       // something came in the last call into libssh
    char *banner;                       // the last one reported; NULL none
    size_t banner_reported;             // bytes of all
    bool key_accepted;                  // the host key is known or kept by now
    int kbdint_rounds;
    uint64_t heard_bytes, heard_messages;
    uint64_t noise_cost; // of messages that were no output, up to the last look
    uint64_t noise_sent; // payload sent, and what answers were asked for, at that time
    int64_t noise_at;    // its time
    uint64_t noise;      // what of it is not worn off
    uint64_t out_mark;   // bytes of the socket that had gone out when it was last looked whether they do
    int out_waiting;     // bytes that the kernel had not yet got rid of then
    int64_t moved_at;    // when something last did, or there was nothing to go
    int missed;          // requests in a row after which nothing was heard
    int64_t asked_at;    // when the last one went out
    bool probing;        // doubted: nothing was heard since ssh_connection_probe

    // what the server asks, and is asked
    struct ssh_incoming *incoming;
    struct listen_request *listens;
    bool listen_asked;  // the first of them is in libssh
    bool keepalive_out; // a keepalive may be there: libssh has one global request at a time

    struct ssh_connection_facts facts;
};

// --- ssh_connection_life.c ---
int64_t ssh_connection_now_ms(void);
bool ssh_connection_left(const struct ssh_connection *connection); // the server has closed or reset it
// Every entry from the loop begins and ends with these two. In the outermost one what has ended is torn down.
void ssh_connection_turn_begin(struct ssh_connection *connection);
void ssh_connection_turn_end(struct ssh_connection *connection);
void ssh_connection_kick(struct ssh_connection *connection); // a turn soon
void ssh_connection_enter(struct ssh_connection *connection, enum ssh_stage stage,
                          const struct host_key_report *report);
// Settles how it ends; the first call counts. The event comes on a later turn. Returns STEP_ENDED.
enum step_result ssh_connection_end(struct ssh_connection *connection, enum status status, const char *format,
                                    ...) __attribute__((format(printf, 3, 4)));
void ssh_connection_deadline(struct ssh_connection *connection, int timeout_ms); // 0: none
// Runs the job on a worker. False: it could not be started, and the session has ended.
bool ssh_connection_job(struct ssh_connection *connection, void (*run)(struct key_job *job),
                        void (*done)(struct ssh_connection *connection));
// Watches the socket from the end of this turn on, for what is wanted then.
bool ssh_connection_watch_start(struct ssh_connection *connection);
bool ssh_connection_write_pending(const struct ssh_connection *connection); // inside libssh
// Disconnects; the memory goes when the loop has closed its handles.
void ssh_connection_destroy(struct ssh_connection *connection);
void ssh_connection_free_memory(struct ssh_connection *connection); // of one without handles

// --- ssh_connection_health.c ---
// Counts what came in over the socket. After each call into libssh that may read.
void ssh_connection_heard(struct ssh_connection *connection);
// libssh has given up: ends the session with the reason.
enum step_result ssh_connection_lost(struct ssh_connection *connection);
// The connection can't go on: libssh has given it up, the server has broken the protocol or sends more than
// any use has. Then the session is ended with the reason, and this is true. After ssh_connection_heard.
bool ssh_connection_is_broken(struct ssh_connection *connection);
void ssh_connection_keepalive_every(struct ssh_connection *connection, int interval_ms);
void ssh_connection_doubt(
    struct ssh_connection *connection); // asks at once, and more often until it is heard

// --- ssh_connection_sign_in.c ---
enum step_result ssh_connection_password(struct ssh_connection *connection);
// For servers that take the password by keyboard-interactive only.
enum step_result ssh_connection_kbdint(struct ssh_connection *connection);

// --- ssh_connection_connect.c ---
// As far as it goes now; sets running when all is done.
void ssh_connection_connect(struct ssh_connection *connection);

// --- ssh_connection_pump.c ---
// Reads what is ready and takes the streams on, for a bounded time.
void ssh_connection_pump(struct ssh_connection *connection);

// --- ssh_connection_incoming.c ---
// From now on the server's channels are kept for the owner; before, and without an owner for them, libssh
// refuses them.
void ssh_connection_incoming_start(struct ssh_connection *connection);
void ssh_connection_incoming_turn(struct ssh_connection *connection);

// --- ssh_connection_listen.c ---
void ssh_connection_listen_turn(struct ssh_connection *connection);

#endif
