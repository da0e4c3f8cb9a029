// SPDX-License-Identifier: Apache-2.0
//
// ssh_run: one ssh_session on a loop of its own for tests: keep what it reports, run the loop until a
// condition holds.

#ifndef SBXDECK_TESTS_UNIT_API_SSH_SSH_RUN_H
#define SBXDECK_TESTS_UNIT_API_SSH_SSH_RUN_H

#include "api/ssh/ssh_session.h"
#include "tests/support/support.h"

struct ssh_run {
    uv_loop_t loop;
    uv_timer_t pulse; // keeps a wait from sleeping past its deadline
    struct ssh_session *session;
    struct ssh_session_options options;
    char folder[SUPPORT_PATH_CAP];
    char known_hosts[SUPPORT_PATH_CAP + 16];
    char *out, *err; // NUL-ended once something came
    size_t out_length, err_length;
    char *banner; // all that was told of it; NULL nothing
    size_t banner_length;
    bool counting; // output is counted and added up, not kept
    uint64_t sum;
    size_t largest; // of the pieces of output
    int stages[SSH_STAGE_ENDED + 1];
    enum ssh_stage last_stage;
    bool stages_in_order;
    bool key_kept;
    struct host_key_report kept;
    int drained, ended;
    struct ssh_end end;
    enum ssh_stage close_at; // ssh_session_close from inside this stage's event; ENDED: never
    bool free_at_end;        // ssh_session_free from inside ended
    struct ssh_run *frees;   // likewise, that one's
    const char *answer;      // written once, from inside the next output; NULL none
    struct ssh_run *beside;  // another on the same loop, of the test's; NULL none
};

// Ready to open: user and password of the tests' sshd, a folder of its own for known_hosts.
void ssh_run_begin(struct ssh_run *run, int port);
void ssh_run_password(struct ssh_run *run, const char *password);
void ssh_run_open(struct ssh_run *run);
// Opens another with options of its own on the loop of one that was begun. The session is the caller's to
// free.
void ssh_run_open_on(struct ssh_run *run, uv_loop_t *loop);
// The same, on the connection of another session.
void ssh_run_open_beside(struct ssh_run *run, struct ssh_session *other);
// Runs the loop until ready(run); false after SUPPORT_WAIT_MS.
bool ssh_run_until(struct ssh_run *run, bool (*ready)(struct ssh_run *run));
bool ssh_run_is_open(struct ssh_run *run);
bool ssh_run_has_ended(struct ssh_run *run);
// Until text has come on stdout.
bool ssh_run_expect(struct ssh_run *run, const char *text);
void ssh_run_type(struct ssh_run *run, const char *text);
// Frees the session if that is still to do, and everything; fails the test when a handle stays on the loop.
// The folder stays with keep.
void ssh_run_end(struct ssh_run *run);
// The same known_hosts for another run.
void ssh_run_again(struct ssh_run *run);

#endif
