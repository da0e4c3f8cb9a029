// SPDX-License-Identifier: Apache-2.0
//
// remote_env: what of this machine's environment a session sends, and that nothing else goes with it.

#include "views/session/remote_env.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

static void begin(void)
{
    cr_assert_eq(clearenv(), 0);
}

TestSuite(remote_env, .init = begin);

static bool has(const struct remote_env *env, const char *pair)
{
    for (size_t i = 0; env->list[i] != NULL; i++)
        if (strcmp(env->list[i], pair) == 0)
            return true;
    return false;
}

static size_t count_of(const struct remote_env *env)
{
    size_t count = 0;
    while (env->list[count] != NULL)
        count++;
    return count;
}

Test(remote_env, language_time_zone_and_colours_and_no_secret)
{
    struct remote_env env;
    remote_env_make(&env, false);
    cr_expect_eq(count_of(&env), 0);
    (void)setenv("LANG", "de_AT.UTF-8", 1);
    (void)setenv("LC_ALL", "", 1);
    (void)setenv("LC_CTYPE", "C.UTF-8", 1);
    (void)setenv("COLORTERM", "24bit", 1);
    (void)setenv("TZ", ":Europe/Vienna", 1);
    (void)setenv("LC_TIME", "C", 1);
    (void)setenv("LEAP0_API_KEY", "a-secret", 1);
    (void)setenv("PATH", "/bin", 1);
    remote_env_make(&env, false);
    cr_expect_eq(count_of(&env), 5);
    cr_expect(has(&env, "LANG=de_AT.UTF-8") && has(&env, "LC_ALL=") && has(&env, "LC_CTYPE=C.UTF-8"));
    cr_expect(has(&env, "COLORTERM=24bit") && has(&env, "TZ=:Europe/Vienna"));
}

Test(remote_env, the_consoles_own_terminal_shows_all_colours)
{
    struct remote_env env;
    remote_env_make(&env, true);
    cr_expect(count_of(&env) == 1 && has(&env, "COLORTERM=truecolor"));
    (void)setenv("COLORTERM", "no", 1);
    remote_env_make(&env, true);
    cr_expect(count_of(&env) == 1 && has(&env, "COLORTERM=truecolor"));
}

// A value that is cut would be another one.
Test(remote_env, what_is_too_long_is_left_out_whole)
{
    char value[REMOTE_ENV_CAP] = "";
    struct remote_env env;
    memset(value, 'x', REMOTE_ENV_CAP - 1 - strlen("LANG="));
    (void)setenv("LANG", value, 1);
    (void)setenv("TZ", "UTC", 1);
    remote_env_make(&env, false);
    cr_expect_eq(count_of(&env), 2);
    value[strlen(value)] = 'x';
    (void)setenv("LANG", value, 1);
    remote_env_make(&env, false);
    cr_expect(count_of(&env) == 1 && has(&env, "TZ=UTC"));
}
