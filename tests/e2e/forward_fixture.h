// SPDX-License-Identifier: Apache-2.0
//
// forward_fixture: What tests of forwarded ports need: a server on loopback that gives back what it gets,
// clients of it, and `sbxdeck forward --json` running, with its lines waited for. The emulator's sandboxes
// reach this machine's loopback as theirs.

#ifndef SBXDECK_TESTS_E2E_FORWARD_FIXTURE_H
#define SBXDECK_TESTS_E2E_FORWARD_FIXTURE_H

#include "tests/e2e/fixture.h"

#include <stdint.h>

// Sends back each byte, and when the client has ended its side "<N>", N being how many there were.
struct forward_echo {
    pid_t pid;
    int port;
};
void forward_echo_start(struct forward_echo *echo);
void forward_echo_stop(struct forward_echo *echo);

// `sbxdeck forward --json SANDBOX PORTS…`, running.
struct forward_run {
    pid_t pid;
    int out; // both streams
    struct support_heard heard;
    size_t from; // behind the last line that was waited for
};
// Waits until it is connected. Up to three ports, NULL-ended.
void forward_run_begin(struct forward_run *run, struct fixture *fixture, const char *sandbox,
                       const char *const ports[]);
// The same without waiting.
void forward_run_start(struct forward_run *run, struct fixture *fixture, const char *sandbox,
                       const char *const ports[]);
// Until a line behind the last one has the text.
void forward_run_expect(struct forward_run *run, const char *text);
// Whether there is such a line by now, anywhere.
bool forward_run_has(struct forward_run *run, const char *text);
// The n-th local port (from 0) that it said it listens on.
int forward_run_port(const struct forward_run *run, int n);
// Ends it by that signal; its exit code.
int forward_run_end(struct forward_run *run, int number);

// A client of the echo: connects, sends so many bytes, ends its side, and checks all that comes back. False:
// something else came, or the connection was closed before.
bool forward_exchange(int port, size_t bytes);
// How many of those that run at once succeed.
size_t forward_exchange_many(int port, size_t clients, size_t bytes);
// Waits until an exchange succeeds, as a person would who tries again.
void forward_wait_usable(int port);

// Resident memory of a process, in KB.
long forward_memory_kb(pid_t pid);

#endif
