// SPDX-License-Identifier: Apache-2.0
//
// proxy_fixture: OpenSSH's client behind `sbxdeck ssh-proxy`: BatchMode, an environment of HOME and PATH
// alone, the API key in a file, and a canary that looks for secrets for as long as the test runs.

#ifndef SBXDECK_TESTS_E2E_PROXY_FIXTURE_H
#define SBXDECK_TESTS_E2E_PROXY_FIXTURE_H

#include "tests/e2e/fixture.h"
#include "tests/support/canary.h"

struct proxy_fixture {
    struct fixture base;
    struct canary *canary;
    char ledger[SUPPORT_PATH_CAP + 32]; // the emulator's
    char config[SUPPORT_PATH_CAP + 32]; // of ssh
    char state[SUPPORT_PATH_CAP + 32];  // state_folder
};

// On the emulator with these options; settings: more lines of the settings file, or NULL.
void proxy_fixture_begin(struct proxy_fixture *fixture, const char *const emulator_options[],
                         const char *settings);
// On another API, with that key; it knows no ledger. api_key NULL: none is configured.
void proxy_fixture_begin_at(struct proxy_fixture *fixture, const char *base_url, const char *api_key,
                            const char *settings);
// The test fails when a secret was seen anywhere.
void proxy_fixture_end(struct proxy_fixture *fixture);

// ssh with that name (as a tool gives it), and a command of up to that many words, NULL-ended. The caller
// frees the result, which the canary has looked at.
struct support_result proxy_ssh(struct proxy_fixture *fixture, const char *name, const char *command);
// The same; the exit code and a part of stdout and of stderr (NULL: any; "": nothing) must be those.
void proxy_expect(struct proxy_fixture *fixture, int exit_code, const char *out, const char *err,
                  const char *name, const char *command);
// The same beside the test; the caller waits for it. in, out, err: descriptors, -1: /dev/null.
pid_t proxy_spawn(struct proxy_fixture *fixture, const char *name, const char *command, int in, int out,
                  int err);

// The n-th sandbox that is in that state, from 0.
void proxy_sandbox(struct proxy_fixture *fixture, const char *state, int n, char id[64]);
// How many credentials the emulator has given out for that sandbox (made and regenerated).
int proxy_given_out(const struct proxy_fixture *fixture, const char *sandbox);

#endif
