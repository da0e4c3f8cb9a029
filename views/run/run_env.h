// SPDX-License-Identifier: Apache-2.0
//
// run_env: The environment of an own command: ours without secrets, and the facts of what it is for.

#ifndef SBXDECK_VIEWS_RUN_RUN_ENV_H
#define SBXDECK_VIEWS_RUN_RUN_ENV_H

#include <stdbool.h>
#include <stddef.h>

enum { RUN_ENV_VALUE_MAX = 96 * 1024 }; // of one variable; the kernel takes 128 KiB

struct run_env;

struct run_env *run_env_new(void);
void run_env_free(struct run_env *env); // NULL is fine
// Of a value control characters become spaces, since it may be the network's. False: it is too long, and is
// left out.
bool run_env_set(struct run_env *env, const char *name, const char *value);
// What is set, over the process's own without the API keys and without facts of a console around this one. Of
// env, until the next call.
char **run_env_list(struct run_env *env);

#endif
