// SPDX-License-Identifier: Apache-2.0
//
// ssh_session_private: What the files of ssh_session share. From the bottom: life (turns, socket, end),
// health (whether it can go on), then side by side the steps up to the open shell (connect, sign_in) and the
// bytes in and out (pump); ssh_session.c on top.

#ifndef SBXDECK_API_SSH_SSH_SESSION_PRIVATE_H
#define SBXDECK_API_SSH_SSH_SESSION_PRIVATE_H

#include "api/base/bytebuf.h"
#include "api/ssh/ssh_dial.h"
#include "api/ssh/ssh_session.h"

#include <libssh/callbacks.h>
#include <libssh/libssh.h>

enum {
    SESSION_QUEUE_CAP = 1024 * 1024,   // input that waits for the server
    SESSION_SLICE = 16 * 1024,         // of output a call, of input a write
    SESSION_TURN_MS = 2,               // of work a loop turn, all sessions of the loop together
    SESSION_WINDOW = 8 * 1024 * 1024,  // what the server may send unasked
    SESSION_GREETING_CAP = 128 * 1024, // bytes before keys are agreed on
    SESSION_ENVIRONMENT_MAX = 32,      // variables asked for
    SESSION_KBDINT_ROUNDS = 3,         // of keyboard-interactive
    SESSION_KEEPALIVES = 3,            // unanswered ones that end it
    SESSION_KEY_CAP = 12 * 1024,       // a host key in base64
    SESSION_BANNER_CAP = 4096,         // of what the server says before the sign-in
    // What a server may send that is no output: so much at once, and so much a second for ever. A message
    // counts by its bytes and a bit more, as it costs more than these.
    SESSION_NOISE_CAP = 2 * 1024 * 1024,
    SESSION_NOISE_RATE = 64 * 1024,
    SESSION_NOISE_MESSAGE = 128,
    SESSION_TIMEOUT_MS = 15000,
    SESSION_KEEPALIVE_S = 15,
    SESSION_PROBE_MS = 5000, // between keepalives while it is doubted
};

// What a step of connecting says.
enum step_result { STEP_DONE, STEP_AGAIN, STEP_ENDED };

// Disk work: one at a time, on a worker thread. The thread touches nothing but this.
struct key_job {
    uv_work_t work;
    bool running;
    void (*run)(struct key_job *job);          // on the worker
    void (*done)(struct ssh_session *session); // on the loop, not after the end
    char *file;
    char host[HOST_CAP];
    int port;
    char type[32];
    char key[SESSION_KEY_CAP];
    char types[256]; // known for that host
    struct host_key_report report;
    enum status status;
    struct failure why;
};

struct ssh_session {
    uv_loop_t *loop;
    struct ssh_session_events events;
    void *ctx;
    // Goes on with what is possible now and ends what has ended. Of ssh_session.c: the socket and timers
    // start it.
    void (*turn)(struct ssh_session *session);

    // asked for
    struct ssh_target target;
    struct secret *password;
    struct secret_mark mark; // of it
    bool pty;
    char *term, *command;
    char **environment; // NULL-ended
    int rows, cols;
    int timeout_ms, keepalive_ms;

    // life
    enum ssh_stage stage;
    size_t step;  // of connecting
    bool running; // all steps are done
    bool closing; // asked by ssh_session_close
    bool ending;  // end is settled, its event comes next
    bool reported, freed;
    int depth; // inside our own calls into libssh or the events: nothing is torn down there
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
    uv_poll_t *poll; // of the duplicate; memory of its own: it closes after the session is gone
    int poll_events;
    ssh_session ssh;
    ssh_channel channel;
    ssh_event event;
    struct ssh_channel_callbacks_struct callbacks;
    struct ssh_counter_struct counter;  // bytes of the socket
    struct ssh_counter_struct messages; // whole messages and their bytes, without what wraps them
    bool brought;                       // something came in the last call into libssh
    char *banner;                       // the last one reported; NULL none
    size_t banner_reported;             // bytes of all
    bool key_accepted;                  // the host key is known or kept by now
    int kbdint_rounds;
    size_t environment_asked;
    int sent_rows, sent_cols;
    bool sent; // by ssh_session_write itself: the turn that comes tells of it
    bool remote_closed;
    bool held;
    uint64_t window_mark; // bytes_in when the window was last made large
    uint64_t heard_bytes, heard_messages;
    uint64_t output_cost; // of the messages that were output
    uint64_t noise_cost;  // of the others, up to the last look
    uint64_t noise_sent;  // bytes_out at that time
    int64_t noise_at;     // its time
    uint64_t noise;       // what of it is not worn off
    uint64_t out_mark;    // bytes of the socket that had gone out when it was last looked whether they do
    int out_waiting;      // bytes that the kernel had not yet got rid of then
    int64_t moved_at;     // when something last did, or there was nothing to go
    int missed;           // requests in a row after which nothing was heard
    int64_t asked_at;     // when the last one went out
    bool probing;         // doubted: nothing was heard since ssh_session_probe

    // input
    struct bytebuf queue; // not yet taken by the channel
    bool eof_wanted, eof_sent;

    struct ssh_session_facts facts;
};

// --- ssh_session_life.c ---
int64_t ssh_session_now_ms(void);
// Every entry from the loop begins and ends with these two. In the outermost one what has ended is torn down.
void ssh_session_turn_begin(struct ssh_session *session);
void ssh_session_turn_end(struct ssh_session *session);
void ssh_session_kick(struct ssh_session *session); // a turn soon
void ssh_session_enter(struct ssh_session *session, enum ssh_stage stage,
                       const struct host_key_report *report);
// Settles how it ends; the first call counts. The event comes on a later turn. Returns STEP_ENDED.
enum step_result ssh_session_end(struct ssh_session *session, enum status status, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
void ssh_session_deadline(struct ssh_session *session, int timeout_ms); // 0: none
// Runs the job on a worker. False: it could not be started, and the session has ended.
bool ssh_session_job(struct ssh_session *session, void (*run)(struct key_job *job),
                     void (*done)(struct ssh_session *session));
// Watches the socket from the end of this turn on, for what is wanted then.
bool ssh_session_watch_start(struct ssh_session *session);
bool ssh_session_write_pending(const struct ssh_session *session); // inside libssh
// Disconnects; the memory goes when the loop has closed its handles.
void ssh_session_destroy(struct ssh_session *session);
void ssh_session_free_memory(struct ssh_session *session); // of one without handles

// --- ssh_session_health.c ---
// Counts what came in over the socket. After each call into libssh that may read.
void ssh_session_heard(struct ssh_session *session);
// libssh has given up: ends the session with the reason.
enum step_result ssh_session_lost(struct ssh_session *session);
// The connection can't go on: libssh has given it up, the server has broken the protocol or sends more than
// any use has. Then the session is ended with the reason, and this is true. After ssh_session_heard.
bool ssh_session_is_broken(struct ssh_session *session);
void ssh_session_keepalive_every(struct ssh_session *session, int interval_ms);
void ssh_session_doubt(struct ssh_session *session); // asks at once, and more often until it is heard

// --- ssh_session_sign_in.c ---
enum step_result ssh_session_password(struct ssh_session *session);
// For servers that take the password by keyboard-interactive only.
enum step_result ssh_session_kbdint(struct ssh_session *session);

// --- ssh_session_connect.c ---
// As far as it goes now; sets running when all is done.
void ssh_session_connect(struct ssh_session *session);

// --- ssh_session_pump.c ---
// Reads and writes what is ready, for a bounded time.
void ssh_session_pump(struct ssh_session *session);
void ssh_session_callbacks(struct ssh_session *session);
void ssh_session_send(struct ssh_session *session); // what is queued, as far as it goes; at depth 1 or more

#endif
