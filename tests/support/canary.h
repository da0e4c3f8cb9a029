// SPDX-License-Identifier: Apache-2.0
//
// canary: looks, for as long as a test runs, whether a secret shows where everybody can read it: on a command
// line, in an environment, in a file. A thread reads /proc again and again; processes that there were before
// canary_start are no part of the test and are left out, so start it first. What it finds goes to stderr,
// once a place, without the secret.

#ifndef SBXDECK_TESTS_SUPPORT_CANARY_H
#define SBXDECK_TESTS_SUPPORT_CANARY_H

#include <stddef.h>

enum { CANARY_LEAST = 8 }; // characters of a secret: a shorter one may be there by chance

struct canary;

// NULL when it can't be started, with the reason on stderr.
struct canary *canary_start(void);
// From now on the text is a secret. Any thread may call this and all below but canary_stop.
void canary_secret(struct canary *canary, const char *secret);
// The emulator's --ledger: all passwords in it are secrets, those that come to it later too. path must last.
void canary_ledger(struct canary *canary, const char *path);
// Looks through the files below a folder (contents, names, link targets) as they are now.
void canary_files(struct canary *canary, const char *folder);
// Looks through bytes that came from somewhere, such as a program's output; what: for the message.
void canary_bytes(struct canary *canary, const char *what, const char *bytes, size_t length);
// How many processes it has read so far: 0 would mean that it sees nothing.
size_t canary_looks(struct canary *canary);
// Looks a last time, ends the thread and frees it. How many places had a secret. NULL gives 0.
int canary_stop(struct canary *canary);

#endif
