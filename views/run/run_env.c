// SPDX-License-Identifier: Apache-2.0
//
// run_env: Build the list of variables.

#include "views/run/run_env.h"

#include "tui/base/xalloc.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { VARIABLES_MAX = 32 };

struct run_env {
    char *pairs[VARIABLES_MAX];
    size_t count;
    char **list;
};

// Never passed on: secrets, and what would be believed where it is not set anew.
static const char *const left_out[] = {"LEAP0_API_KEY",
                                       "LEAP0_OLD_API_KEY",
                                       "SBXDECK_SANDBOX",
                                       "SBXDECK_SANDBOXES",
                                       "SBXDECK_NAME",
                                       "SBXDECK_SANDBOX_STATE",
                                       "SBXDECK_TEMPLATE",
                                       "SBXDECK_HOST",
                                       "SBXDECK_PORT",
                                       "SBXDECK_USER",
                                       "SBXDECK_CREDENTIAL",
                                       "SBXDECK_CREDENTIAL_STATE",
                                       "SBXDECK_EXPIRES_AT",
                                       "SBXDECK_TIMEOUT_AT",
                                       "LINES",
                                       "COLUMNS"};

struct run_env *run_env_new(void)
{
    return xcalloc(1, sizeof(struct run_env));
}

void run_env_free(struct run_env *env)
{
    for (size_t i = 0; env != NULL && i < env->count; i++)
        free(env->pairs[i]);
    if (env != NULL)
        free((void *)env->list);
    free(env);
}

bool run_env_set(struct run_env *env, const char *name, const char *value)
{
    size_t size = strlen(name) + strlen(value) + 2;
    if (strlen(value) > RUN_ENV_VALUE_MAX || env->count == VARIABLES_MAX)
        return false;
    char *pair = xcalloc(1, size);
    (void)snprintf(pair, size, "%s=%s", name, value);
    for (char *at = pair; *at != '\0'; at++)
        if ((unsigned char)*at < ' ' || *at == 0x7f)
            *at = ' ';
    env->pairs[env->count++] = pair;
    return true;
}

static bool is_variable(const char *pair, const char *name, size_t length)
{
    return strncmp(pair, name, length) == 0 && pair[length] == '=';
}

static bool is_passed(const struct run_env *env, const char *pair)
{
    for (size_t i = 0; i < sizeof left_out / sizeof left_out[0]; i++)
        if (is_variable(pair, left_out[i], strlen(left_out[i])))
            return false;
    for (size_t i = 0; i < env->count; i++)
        if (is_variable(pair, env->pairs[i], strcspn(env->pairs[i], "=")))
            return false;
    return true;
}

char **run_env_list(struct run_env *env)
{
    size_t count = 0, used = 0;
    while (environ != NULL && environ[count] != NULL)
        count++;
    free((void *)env->list);
    env->list = xcalloc(count + env->count + 1, sizeof *env->list);
    for (size_t i = 0; i < count; i++)
        if (is_passed(env, environ[i]))
            env->list[used++] = environ[i];
    for (size_t i = 0; i < env->count; i++)
        env->list[used++] = env->pairs[i];
    return env->list;
}
