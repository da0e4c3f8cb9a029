// SPDX-License-Identifier: Apache-2.0
//
// options: what the emulator was started with.

#ifndef SBXDECK_TESTS_EMULATOR_OPTIONS_H
#define SBXDECK_TESTS_EMULATOR_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { FAULTS_MAX = 16 };

enum dialects { DIALECTS_SANDBOX = 1, DIALECTS_CREDENTIAL = 2, DIALECTS_BOTH = 3 };

// A fault to order: the next count calls of that name are answered with a status, or done but not answered.
struct fault {
    char call[24]; // create, validate, regen, delete, list, get, start, stop, pause, wake, remove, new
    int status;    // 0: done, then the connection is closed without an answer
    int left;      // how many more; -1: always
};

struct options {
    char host[64]; // of 127.0.0.0/8, or ::1
    int port;      // 0: any free one
    int ssh_port;  // 0: one that is free on every sandbox's address
    char api_key[128];
    int sandboxes;
    int ttl_s;        // a credential's life
    int latency_ms;   // before each answer
    int clock_skew_s; // added to every time that is given
    char ledger[256]; // "": none
    bool cut_on_expiry, wake_on_ssh, die_with_parent, whole_seconds;
    uint64_t seed; // 0: random
    enum dialects dialects;
    bool demo_fleet;   // states, ages and templates of all sorts; else all running
    int rate_limit;    // requests in 60 s
    int max_sessions;  // of SSH, on one connection at once
    int move_ms;       // how long a change of state takes
    int churn_percent; // of the sandboxes change their state each second
    struct fault faults[FAULTS_MAX];
    size_t fault_count;
};

// Returns 0 to go on, else the exit code + 1: --help was answered (1), or the arguments were wrong and a line
// about it stands on stderr (3).
int options_read(int argc, char **argv, struct options *options);

#endif
