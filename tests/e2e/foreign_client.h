// SPDX-License-Identifier: Apache-2.0
//
// foreign_client: Run curl and OpenSSH's ssh on the emulator of Leap0, for the tests of the emulator. The
// emulator keeps its files in a folder of the test's.

#ifndef SBXDECK_TESTS_E2E_FOREIGN_CLIENT_H
#define SBXDECK_TESTS_E2E_FOREIGN_CLIENT_H

#include "tests/support/support.h"

#include <cjson/cJSON.h>

enum { FOREIGN_CLIENT_WORDS_MAX = 32 };

struct foreign_client {
    struct support_emulator emulator;
    char folder[SUPPORT_PATH_CAP]; // holds its own files
    char inner[SUPPORT_PATH_CAP];  // TMPDIR of the emulator
    char ask[SUPPORT_PATH_CAP + 32], known_hosts[SUPPORT_PATH_CAP + 64];
    const char *environment[3];
};

// A credential, and the words of the command that came with it.
struct foreign_client_access {
    char sandbox[80], id[80], password[160], command[512];
};

// Everything fails the test when it can't be done. options: as for support_emulator_start.
void foreign_client_begin(struct foreign_client *foreign_client, const char *const options[]);
// Stops the emulator and makes sure that it says 0 and has left no file.
void foreign_client_end(struct foreign_client *foreign_client);

// One call with curl. Returns the body as JSON (NULL: none), of the caller to delete; the test fails when the
// status is another one. body: NULL for none.
cJSON *foreign_client_call(struct foreign_client *foreign_client, const char *method, const char *path,
                           const char *body, int status);
// The sandbox numbered so in the list, oldest first.
void foreign_client_sandbox(struct foreign_client *foreign_client, int number, char id[80]);
void foreign_client_access(struct foreign_client *foreign_client, const char *sandbox,
                           struct foreign_client_access *access);
// The sandbox is waited for.
void foreign_client_wait_state(struct foreign_client *foreign_client, const char *sandbox, const char *state);

// The words of the printed command with these put before its own (options, NULL-ended; NULL: none) and the
// remote command after (NULL: a shell). The words live as long as the access and the foreign_client.
void foreign_client_words(struct foreign_client *foreign_client, struct foreign_client_access *access,
                          const char *const options[], const char *command,
                          const char *words[FOREIGN_CLIENT_WORDS_MAX]);
// Runs it to its end.
struct support_result foreign_client_ssh(struct foreign_client *foreign_client,
                                         struct foreign_client_access *access, const char *const options[],
                                         const char *command, const char *input);
// Starts it on a terminal. Its pid; master is the caller's to close.
pid_t foreign_client_terminal(struct foreign_client *foreign_client, struct foreign_client_access *access,
                              const char *const options[], const char *command, int rows, int cols,
                              int *master);

#endif
