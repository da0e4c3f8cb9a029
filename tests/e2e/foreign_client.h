// SPDX-License-Identifier: Apache-2.0
//
// outsider: somebody else's programs, curl and OpenSSH's ssh, on the emulator of Leap0: what its own tests
// look at it with. The emulator keeps its files in a folder of the test's.

#ifndef SBXDECK_TESTS_E2E_OUTSIDER_H
#define SBXDECK_TESTS_E2E_OUTSIDER_H

#include "tests/support/support.h"

#include <cjson/cJSON.h>

enum { OUTSIDER_WORDS_MAX = 32 };

struct outsider {
    struct support_emulator emulator;
    char folder[SUPPORT_PATH_CAP]; // holds its own files
    char inner[SUPPORT_PATH_CAP];  // TMPDIR of the emulator
    char ask[SUPPORT_PATH_CAP + 32], known_hosts[SUPPORT_PATH_CAP + 64];
    const char *environment[3];
};

// A credential, and the words of the command that came with it.
struct outsider_access {
    char sandbox[80], id[80], password[160], command[512];
};

// Everything fails the test when it can't be done. options: as for support_emulator_start.
void outsider_begin(struct outsider *outsider, const char *const options[]);
// Stops the emulator and makes sure that it says 0 and has left no file.
void outsider_end(struct outsider *outsider);

// One call with curl. Returns the body as JSON (NULL: none), of the caller to delete; the test fails when the
// status is another one. body: NULL for none.
cJSON *outsider_call(struct outsider *outsider, const char *method, const char *path, const char *body,
                     int status);
// The sandbox numbered so in the list, oldest first.
void outsider_sandbox(struct outsider *outsider, int number, char id[80]);
void outsider_access(struct outsider *outsider, const char *sandbox, struct outsider_access *access);
// The sandbox is waited for.
void outsider_wait_state(struct outsider *outsider, const char *sandbox, const char *state);

// The words of the printed command with these put before its own (options, NULL-ended; NULL: none) and the
// remote command after (NULL: a shell). The words live as long as the access and the outsider.
void outsider_words(struct outsider *outsider, struct outsider_access *access, const char *const options[],
                    const char *command, const char *words[OUTSIDER_WORDS_MAX]);
// Runs it to its end.
struct support_result outsider_ssh(struct outsider *outsider, struct outsider_access *access,
                                   const char *const options[], const char *command, const char *input);
// Starts it on a terminal. Its pid; master is the caller's to close.
pid_t outsider_terminal(struct outsider *outsider, struct outsider_access *access,
                        const char *const options[], const char *command, int rows, int cols, int *master);

#endif
