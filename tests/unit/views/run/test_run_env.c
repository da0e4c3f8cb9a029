// SPDX-License-Identifier: Apache-2.0
//
// run_env: no secret is passed on, no fact of another console, and a value is one line.

#include "views/run/run_env.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

static const char *value(char **list, const char *name)
{
    size_t length = strlen(name);
    const char *found = NULL;
    for (; *list != NULL; list++) {
        if (strncmp(*list, name, length) != 0 || (*list)[length] != '=')
            continue;
        cr_expect_null(found, "%s is there twice", name);
        found = *list + length + 1;
    }
    return found;
}

Test(run_env, passes_on_ours_without_secrets_and_others_facts)
{
    struct run_env *env = run_env_new();
    (void)setenv("LEAP0_API_KEY", "secret", 1);
    (void)setenv("LEAP0_OLD_API_KEY", "secret", 1);
    (void)setenv("SBXDECK_SANDBOX", "of-another", 1);
    (void)setenv("SBXDECK_HOST", "of-another", 1);
    (void)setenv("SBXDECK_STATE", "/folder", 1);
    (void)setenv("EDITOR", "vi", 1);
    cr_expect(run_env_set(env, "SBXDECK_SANDBOX", "sbx-1"));
    cr_expect(run_env_set(env, "SBXDECK_TEMPLATE", "a\nb\033[31m\177$(reboot);`x`"));
    char **list = run_env_list(env);
    cr_expect_null(value(list, "LEAP0_API_KEY"));
    cr_expect_null(value(list, "LEAP0_OLD_API_KEY"));
    cr_expect_null(value(list, "SBXDECK_HOST"));
    cr_expect_str_eq(value(list, "SBXDECK_SANDBOX"), "sbx-1");
    cr_expect_str_eq(value(list, "SBXDECK_STATE"), "/folder");
    cr_expect_str_eq(value(list, "EDITOR"), "vi");
    cr_expect_str_eq(value(list, "SBXDECK_TEMPLATE"), "a b [31m $(reboot);`x`");
    run_env_free(env);
}

Test(run_env, a_value_that_is_too_long_is_refused)
{
    struct run_env *env = run_env_new();
    char *text = calloc(1, RUN_ENV_VALUE_MAX + 2);
    cr_assert_not_null(text);
    memset(text, 'x', RUN_ENV_VALUE_MAX + 1);
    cr_expect_not(run_env_set(env, "SBXDECK_SANDBOXES", text));
    text[RUN_ENV_VALUE_MAX] = '\0';
    cr_expect(run_env_set(env, "SBXDECK_SANDBOXES", text));
    free(text);
    run_env_free(env);
    run_env_free(NULL);
}
