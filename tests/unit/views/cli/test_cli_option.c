// SPDX-License-Identifier: Apache-2.0
//
// cli_option: the values that each option takes and refuses, and that the table is sound.

#include "views/cli/cli_option.h"
#include "views/cli/cli_verb.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

static const struct cli_option *named(const char *name)
{
    const struct cli_option *option = NULL;
    for (size_t i = 0; (option = cli_option_at(i)) != NULL; i++)
        if (strcmp(option->name, name) == 0)
            return option;
    cr_assert_fail("no option %s", name);
    return NULL;
}

Test(cli_option, values_are_taken_whole_or_refused)
{
    static const struct {
        const char *name, *good, *bad; // values, parted by blanks; "" stands in bad for each
    } cases[] = {
        {"id", "a ssh-bb961077616ff86f A.b_c-9", "a/b ../a -x a:b a%2e"},
        {"since", "30m 2h 1d 2026-04-01 2026-04-01T12:00:00Z", "now -1h 1x 2026-13-01"},
        {"kind", "created created,deleted alert", "creation created, ,created CREATED"},
        {"speed", "1 0.01 1000 2.5 .5", "0 0.009 1001 1e3 -1 0x2 nan inf +1 1.2.3 fast"},
        {"idle-limit", "0 1 0.5 86400", "-1 86401 2s 1e2"},
        {"template", "x system/debian:bookworm",
         "a\tb caf\303\251 "
         "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"},
        {"vcpu", "1 8 04", "0 9 1.0 2.5 -1 two 99999999999"},
        {"memory", "512 8192 1000", "511 513 8193 8194 1024.0 1G"},
        {"timeout", "1s 90s 30m 2h 8h 28800s", "0s 8h1s 28801s 9h -1s 1d soon"},
        {"env", "A=b NAME=VALUE _x= N1=a=b HOME", "1A=b =b A-B=c A.B caf\303\251=x"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const struct cli_option *option = named(cases[i].name);
        for (int good = 0; good <= 1; good++) {
            char list[256];
            (void)snprintf(list, sizeof list, "%s", good ? cases[i].good : cases[i].bad);
            for (char *rest = list, *value = NULL; (value = strsep(&rest, " ")) != NULL;) {
                struct cli_arguments arguments = {.idle_limit_ms = -1};
                cr_expect_eq(cli_option_take(option, &arguments, value), good, "--%s '%s'", option->name,
                             value);
            }
        }
        struct cli_arguments arguments = {.idle_limit_ms = -1};
        cr_expect_not(cli_option_take(option, &arguments, ""), "--%s ''", option->name);
        cr_expect_gt(strlen(cli_option_rule(option)), 0, "--%s", option->name);
    }
}

Test(cli_option, a_value_is_kept_in_its_own_unit)
{
    struct cli_arguments arguments = {.idle_limit_ms = -1};
    cr_expect(cli_option_take(named("idle-limit"), &arguments, "1.5"));
    cr_expect_eq(arguments.idle_limit_ms, 1500);
    cr_expect(cli_option_take(named("timeout"), &arguments, "2h"));
    cr_expect_eq(arguments.timeout_s, 7200);
    cr_expect(cli_option_take(named("memory"), &arguments, "2048"));
    cr_expect_eq(arguments.memory_mib, 2048);
    cr_expect(cli_option_take(named("yes"), &arguments, NULL));
    cr_expect(arguments.yes && !arguments.json && !arguments.show_password);
}

Test(cli_option, a_variable_is_given_once_and_only_so_many)
{
    struct cli_arguments arguments = {.env_count = 0};
    static char names[CLI_ENV_MAX + 1][16];
    const struct cli_option *env = named("env");
    cr_expect(cli_option_take(env, &arguments, "NAME=1"));
    cr_expect_not(cli_option_take(env, &arguments, "NAME=2"));
    cr_expect_not(cli_option_take(env, &arguments, "NAME"));
    cr_expect(cli_option_take(env, &arguments, "NAMES=1"));
    cr_expect(cli_option_take(env, &arguments, "NAM"));
    for (int i = arguments.env_count; i <= CLI_ENV_MAX; i++) {
        (void)snprintf(names[i], sizeof names[i], "N_%d=x", i);
        cr_expect_eq(cli_option_take(env, &arguments, names[i]), i < CLI_ENV_MAX, "number %d", i);
    }
    cr_expect_eq(arguments.env_count, CLI_ENV_MAX);
}

// Two that are called the same are of different verbs.
static bool are_of_one_verb(const struct cli_option *one, const struct cli_option *other)
{
    for (size_t i = 0; cli_verb_at(i) != NULL; i++)
        if (cli_option_counts(one, cli_verb_at(i)->options) &&
            cli_option_counts(other, cli_verb_at(i)->options))
            return true;
    return false;
}

Test(cli_option, no_verb_has_a_name_or_a_letter_twice)
{
    const struct cli_option *one = NULL, *other = NULL;
    for (size_t i = 0; (one = cli_option_at(i)) != NULL; i++) {
        cr_expect_lt(i, CLI_OPTIONS_MAX);
        cr_expect(one->argument == NULL || one->take != NULL, "--%s", one->name);
        cr_expect_gt(strlen(one->help), 0, "--%s", one->name);
        for (size_t k = 0; k < i; k++) {
            other = cli_option_at(k);
            cr_expect(strcmp(one->name, other->name) != 0 || !are_of_one_verb(one, other), "--%s", one->name);
            cr_expect(one->letter == 0 || one->letter != other->letter, "-%c", one->letter);
        }
    }
}
