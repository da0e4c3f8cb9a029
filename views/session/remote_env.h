// SPDX-License-Identifier: Apache-2.0
//
// remote_env: The environment variables that a session asks the server to set, as ssh's SendEnv does:
// language, time zone and what the terminal can show. None of them is ever a secret.

#ifndef SBXDECK_VIEWS_SESSION_REMOTE_ENV_H
#define SBXDECK_VIEWS_SESSION_REMOTE_ENV_H

#include <stdbool.h>

enum { REMOTE_ENV_COUNT = 5, REMOTE_ENV_CAP = 256 };

struct remote_env {
    char storage[REMOTE_ENV_COUNT][REMOTE_ENV_CAP];
    const char *list[REMOTE_ENV_COUNT + 1]; // NAME=value, into storage; ended by NULL
};

// From this process's environment; what is too long is left out. own_terminal: the terminal is the console's,
// which shows all colours whatever the one outside can.
void remote_env_make(struct remote_env *out, bool own_terminal);

#endif
