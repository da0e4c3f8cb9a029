// SPDX-License-Identifier: Apache-2.0
//
// stream_run: one ssh_connection with streams on a loop of its own for tests: keep what each reports, run the
// loop until a condition holds.

#ifndef SBXDECK_TESTS_UNIT_API_SSH_STREAM_RUN_H
#define SBXDECK_TESTS_UNIT_API_SSH_STREAM_RUN_H

#include "api/ssh/ssh_connection.h"
#include "tests/support/support.h"

enum { STREAM_RUN_MAX = 8 };

struct stream_run;

struct stream_seen {
    struct stream_run *run;
    struct ssh_stream *stream;
    char *out, *err; // NUL-ended once something came
    size_t out_length, err_length;
    bool counting; // output is counted and added up, not kept
    uint64_t sum;
    size_t take; // the most that is taken of a piece; SIZE_MAX all
    int opened, eof, closed, refused, granted, denied, drained, peer_closed;
    size_t out_at_eof; // how much had come
    bool exited, core;
    uint32_t exit_status;
    char signal[32];
    struct failure why; // of its close
    bool closed_in_order;
    bool free_at_output, free_at_opened, free_connection_at_closed;
};

struct stream_run {
    uv_loop_t loop;
    uv_timer_t pulse; // keeps a wait from sleeping past its deadline
    struct ssh_connection *connection;
    struct ssh_connection_options options;
    char folder[SUPPORT_PATH_CAP];
    char known_hosts[SUPPORT_PATH_CAP + 16];
    struct stream_seen seen[STREAM_RUN_MAX];
    size_t count;
    int ready, ended, listened;
    int closed_before_end;
    struct ssh_end end;
    bool wants_incoming, refuses_incoming;
    int port; // that the server listens on; 0 refused
    int incoming;
    char incoming_address[64];
    int incoming_port;
};

void stream_run_begin(struct stream_run *run, int port, const char *user, const char *password);
void stream_run_open(struct stream_run *run);
void stream_run_end(struct stream_run *run);
// Runs the loop until ready(run); false after SUPPORT_WAIT_MS.
bool stream_run_until(struct stream_run *run, bool (*ready)(struct stream_run *run));
bool stream_run_has_ended(struct stream_run *run);
bool stream_run_all_closed(struct stream_run *run);

extern const struct ssh_stream_events stream_run_events;
struct stream_seen *stream_run_next(struct stream_run *run); // for a stream of the test's own making
// A session that runs command; NULL: none is asked for.
struct stream_seen *stream_run_command(struct stream_run *run, const char *command);
void stream_run_request(struct stream_seen *seen, enum ssh_request_kind kind, const char *text);
bool stream_run_closed(struct stream_seen *seen); // until it is; false: it did not come
bool stream_run_expect(struct stream_seen *seen, const char *text);
void stream_run_type(struct stream_seen *seen, const char *text);

#endif
