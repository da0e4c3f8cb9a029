// SPDX-License-Identifier: Apache-2.0
//
// ssh_session_private: What the files of ssh_session share. ssh_line is a connection and the sessions on it;
// ssh_session.c on top.

#ifndef SBXDECK_API_SSH_SSH_SESSION_PRIVATE_H
#define SBXDECK_API_SSH_SSH_SESSION_PRIVATE_H

#include "api/ssh/ssh_connection_private.h"
#include "api/ssh/ssh_session.h"

enum {
    SESSION_QUEUE_CAP = 1024 * 1024, // input that waits for the server
    SESSION_ENVIRONMENT_MAX = 32,    // variables asked for
    SESSION_BESIDE_MS = 5000, // for a shell on a connection that is there, before it gets one of its own
};

// A connection, and the sessions on it. Goes with the last of them.
struct ssh_line {
    struct ssh_connection *connection;
    struct ssh_session *first;
    struct ssh_session *spare; // opened ahead, of nobody yet; NULL none
    void (*spare_free)(struct ssh_session *spare);
    bool refused; // the server opened no further channel
    bool telling; // that the connection has ended: stays, also without sessions
};

struct ssh_session {
    uv_loop_t *loop;
    struct ssh_session_events events;
    void *ctx;
    struct ssh_line *line; // NULL when it has ended
    struct ssh_session *next;
    struct ssh_stream *stream;
    bool beside; // on the connection of another

    // asked for
    struct ssh_target target;
    bool pty;
    char *term, *command;
    char **environment; // NULL-ended
    int rows, cols;
    int timeout_ms;

    enum ssh_stage stage;
    bool waits;   // a spare: its shell is not asked for
    bool granted; // a terminal
    bool opened;  // its channel
    bool asked;   // its stage SHELL was told
    bool started; // the shell or the command is granted
    bool closing; // asked by ssh_session_close
    bool reported, freed;
    int sent_rows, sent_cols;
    struct ssh_end end;
    uv_timer_t kick, deadline;
    int handles_open;
    struct ssh_session_facts facts; // when it has ended
};

// --- ssh_line.c ---
// events: with the line as their ctx.
enum status ssh_line_open(struct ssh_session *session, const struct ssh_session_options *options,
                          const struct ssh_connection_events *events,
                          void (*spare_free)(struct ssh_session *spare), struct failure *why);
void ssh_line_join(struct ssh_line *line, struct ssh_session *session);
// Takes it off, and ends the connection with the last one.
void ssh_line_leave(struct ssh_session *session);
void ssh_line_drop(struct ssh_line *line); // of no session

// --- ssh_session_shell.c ---
enum status ssh_session_shell_open(struct ssh_session *session, struct failure *why);
// Has the shell of a connection that is signed in started: its stage, and what it may take.
void ssh_session_shell_start(struct ssh_session *session);
// A spare is somebody's now, in the size that he wants.
void ssh_session_shell_claim(struct ssh_session *session);

// --- ssh_session_life.c ---
void ssh_session_enter(struct ssh_session *session, enum ssh_stage stage,
                       const struct host_key_report *report);
// Each ends it, at once and for good: the event comes from inside. From the loop only.
void ssh_session_end(struct ssh_session *session, enum status status, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
void ssh_session_end_as(struct ssh_session *session, const struct ssh_end *end);
void ssh_session_deadline(struct ssh_session *session, int timeout_ms); // 0: none
void ssh_session_destroy(struct ssh_session *session);
void ssh_session_free_memory(struct ssh_session *session);

#endif
