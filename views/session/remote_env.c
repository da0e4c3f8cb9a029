// SPDX-License-Identifier: Apache-2.0
//
// remote_env: The list of variables that are sent. The server takes those it allows and reports nothing about
// the rest.

#include "views/session/remote_env.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void remote_env_make(struct remote_env *out, bool own_terminal)
{
    static const char *const names[REMOTE_ENV_COUNT] = {"LANG", "LC_ALL", "LC_CTYPE", "COLORTERM", "TZ"};
    size_t count = 0;
    for (size_t i = 0; i < REMOTE_ENV_COUNT; i++) {
        bool of_terminal = strcmp(names[i], "COLORTERM") == 0;
        const char *value = own_terminal && of_terminal ? "truecolor" : getenv(names[i]);
        if (value == NULL)
            continue;
        int length = snprintf(out->storage[count], REMOTE_ENV_CAP, "%s=%s", names[i], value);
        if (length > 0 && length < REMOTE_ENV_CAP) {
            out->list[count] = out->storage[count];
            count++;
        }
    }
    out->list[count] = NULL;
}
