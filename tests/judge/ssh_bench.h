// SPDX-License-Identifier: Apache-2.0
//
// ssh_bench: what a worker of the judge has: an SSH server that plays the case that is set, an API that leads
// to it, and a home for the program; and the run of one case.

#ifndef SBXDECK_TESTS_JUDGE_SSH_BENCH_H
#define SBXDECK_TESTS_JUDGE_SSH_BENCH_H

#include "tests/judge/ssh_judge.h"
#include "tests/judge/tally.h"
#include "tests/support/support.h"

#include <limits.h>
#include <pthread.h>

struct ssh_bench {
    struct raw_ssh *ssh, *good; // good: for the console
    struct access_server *api;
    pthread_mutex_t lock;
    struct ssh_case playing; // under the lock
    char folder[SUPPORT_PATH_CAP], program[SUPPORT_PATH_CAP];
    char variables[8][SUPPORT_PATH_CAP + 64];
    const char *environment[9];
    long baseline_kb;
    bool stays;                                     // a shell is played, not a command
    bool by_exec;                                   // the command is run by `sbxdeck exec`
    char whole_program[PATH_MAX], through_name[64]; // of the proxy
};

bool ssh_bench_begin(struct ssh_bench *bench);
bool ssh_bench_begin_exec(struct ssh_bench *bench); // the same for `sbxdeck exec`
// What that begins with: servers, a home, an environment; no run yet.
bool ssh_bench_prepare(struct ssh_bench *bench);
// For the console: the first sandbox leads to a server with that script and user, the other to the cases.
bool ssh_bench_begin_console(struct ssh_bench *bench, raw_ssh_script good, const char *good_user,
                             const char *other_sandbox);
void ssh_bench_end(struct ssh_bench *bench);
// What the server plays from the next connection on.
void ssh_bench_play(struct ssh_bench *bench, const struct ssh_case *what);
// `sbxdeck ssh` or `exec` against it, judged.
void ssh_bench_run(struct ssh_bench *bench, const struct ssh_case *what, bool verbose,
                   struct outcome *outcome);

// --- behind the proxy (ssh_through.c) ---
bool ssh_through_begin(struct ssh_bench *bench);
// OpenSSH by the sandbox's name against it, judged, and the proxy with it.
void ssh_through_run(struct ssh_bench *bench, const struct ssh_case *what, bool verbose,
                     struct outcome *outcome);

// --- in front of the proxy (ssh_clients.c) ---
int ssh_clients_work(const struct choice *choice, struct tally *tally);

// --- the console (ssh_console.c) ---
bool ssh_console_bench(struct ssh_bench *bench);
// Plays cases against the console with a good session beside, and counts; what took longest is how long a key
// of the good session took, typed to shown.
void ssh_console_judge(struct ssh_bench *bench, const struct choice *choice, struct tally *tally);

#endif
