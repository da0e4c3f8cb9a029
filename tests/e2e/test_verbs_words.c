// SPDX-License-Identifier: Apache-2.0
//
// What is said about arguments, before anything is asked of a server: help, the word that was meant, and the
// value that can't be taken.

#include "tests/e2e/fixture.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

static struct fixture fixture;

static void begin(void)
{
    fixture_begin_without(&fixture);
    fixture_point_at(&fixture, "http://127.0.0.1:1", "a-key"); // nothing answers there: exit 7 if it is asked
}

static void end(void)
{
    fixture_end(&fixture);
}

TestSuite(verbs_words, .init = begin, .fini = end);

// A line that is wider than the terminal would be broken within a word.
Test(verbs_words, help_is_as_wide_as_the_terminal)
{
    static const struct {
        const char *topic;
        int row;
        const char *shown;
    } lines[] = {
        {"names", 1, "sbxdeck name, note and pin, a new one by sandbox create"},
        {"exec", 3, "matches (help filter), several at a time."},
        {"exit-codes", 8, "        outcome"},
        {"names | cat", 1, "sbxdeck name, note and pin, a new one by sandbox create"},
    };
    char command[SUPPORT_PATH_CAP + 64];
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        (void)snprintf(command, sizeof command, "%s help %s", fixture.program, lines[i].topic);
        const char *const argv[] = {"/bin/sh", "-c", command, NULL};
        struct console *console = console_start(60, 60, argv, fixture.environment);
        console_wait_row(console, lines[i].row, lines[i].shown);
        cr_expect_eq(console_wait_exit(console), 0);
        console_free(console);
    }
}

Test(verbs_words, each_group_and_verb_has_help)
{
    fixture_expect(&fixture, 0, "needs-renewal SANDBOX", NULL, "access", "--help", NULL);
    fixture_expect(&fixture, 0, "rekey", NULL, "vault", "--help", NULL);
    fixture_expect(&fixture, 0, "create", NULL, "sandbox", "-h", NULL);
    fixture_expect(&fixture, 0, "revoke-all", NULL, "help", "access", NULL);
    fixture_expect(&fixture, 0, "--memory-only", NULL, "help", "access", "create", NULL);
    fixture_expect(&fixture, 0, "--auto-pause", NULL, "sandbox", "create", "--help", NULL);
    fixture_expect(&fixture, 0, "Exit codes", NULL, "help", NULL);
    fixture_expect(&fixture, 2, NULL, "needs one of ls, create,", "access", NULL);
    fixture_expect(&fixture, 2, NULL, "needs one of rekey", "vault", NULL);
}

Test(verbs_words, each_topic_is_explained_and_stands_in_the_man_page)
{
    static const struct {
        const char *topic, *says, *section;
    } topics[] = {
        {"verbs", "access regen SANDBOX [--json] [--id ID]", ".SH VERBS"},
        {"keys", "In a session", ".SH KEYS"},
        {"states", " expiring ", ".SH STATES"},
        {"settings", "1..3600 s (5); SBXDECK_REFRESH", ".SH SETTINGS"},
        {"environment", "LEAP0_OLD_API_KEY", ".SH ENVIRONMENT"},
        {"files", "vault.db", ".SH FILES"},
        {"exit-codes", "  255 ", ".SH EXIT STATUS"},
        {"examples", "sbxdeck ls --json", ".SH EXAMPLES"},
        {"json", "The API's access object", ".SH JSON OUTPUT"},
        {"ssh", "works like ssh", ".SH SBXDECK SSH"},
    };
    for (size_t i = 0; i < sizeof topics / sizeof topics[0]; i++) {
        char listed[32];
        (void)snprintf(listed, sizeof listed, "\n  %s ", topics[i].topic);
        fixture_expect(&fixture, 0, topics[i].says, NULL, "help", topics[i].topic, NULL);
        fixture_expect(&fixture, 0, listed, NULL, "help", NULL);
        fixture_expect(&fixture, 0, topics[i].section, NULL, "--man", NULL);
    }
    fixture_expect(&fixture, 0, "\n.nh\n", NULL, "--man", NULL); // names are not parted
    fixture_expect(&fixture, 0, "| `access ls, create, ", NULL, "--docs", "verbs", NULL);
    fixture_expect(&fixture, 0, "| `Ctrl-] d` |", NULL, "--docs", "ten-keys", NULL);
    fixture_expect(&fixture, 2, NULL, "needs verbs or ten-keys", "--docs", "keys", NULL);
}

Test(verbs_words, a_word_that_nearly_is_one_brings_the_right_one)
{
    static const struct {
        const char *words[3], *meant;
    } typed[] = {
        {{"acess", "ls", NULL}, "did you mean access?"},
        {{"access", "lst", NULL}, "did you mean access ls?"},
        {{"access", "valdiate", "sbx-a"}, "did you mean access validate?"},
        {{"access-create", NULL}, "did you mean access create?"},
        {{"regen", "sbx-a", NULL}, "did you mean access regen?"},
        {{"vualt", "rekey", NULL}, "did you mean vault?"},
        {{"sandbox", "creat", NULL}, "did you mean sandbox create?"},
        {{"stopp", "sbx-a", NULL}, "did you mean stop?"},
        {{"help", "wacth", NULL}, "did you mean watch?"},
        {{"help", "setings", NULL}, "did you mean settings?"},
        {{"--versoin", NULL}, "did you mean --version?"},
        {{"ls", "--jsn", NULL}, "did you mean --json?"},
        {{"ls", "--show-pasword", NULL}, "did you mean --show-password?"},
        {{"sandbox", "create", "--template-name=x"}, "sbxdeck sandbox create --help"},
        {{"frobnicate", NULL}, "see sbxdeck --help"},
        {{"access", "frobnicate", NULL}, "sbxdeck access --help"},
        {{"ls", "--frobnicate", NULL}, "sbxdeck ls --help"},
    };
    for (size_t i = 0; i < sizeof typed / sizeof typed[0]; i++)
        fixture_expect(&fixture, 2, NULL, typed[i].meant, typed[i].words[0], typed[i].words[1],
                       typed[i].words[2], NULL);
}

Test(verbs_words, a_value_that_cant_be_taken_is_named_with_what_can)
{
    static const struct {
        const char *words[5], *told;
    } typed[] = {
        {{"stop", "", NULL}, "SANDBOX is empty"},
        {{"ssh", "", "true", NULL}, "SANDBOX is empty"},
        {{"stop", "s\xc3\xbc", NULL}, "is not a sandbox id"},
        {{"stop", "../x", NULL}, "'../x' is not a sandbox id"},
        {{"events", "", NULL}, "SANDBOX is empty"},
        {{"access", "regen", "sbx-a", "--id="}, "--id: '' is not"},
        {{"access", "regen", "sbx-a", "--id"}, "--id needs a value"},
        {{"access", "ls", NULL}, "needs SANDBOX"},
        {{"access", "ls", "a", "b", NULL}, "unexpected argument 'b'"},
        {{"ls", "-x", NULL}, "-x is not an option of this command"},
        {{"ls", "--json=yes", NULL}, "--json takes no value"},
        {{"ssh", "-tT", "sbx-a", NULL}, "--tty and --no-tty exclude each other"},
        {{"access", "regen", "-ia", "-ib", "sbx-a"}, "--id was given twice"},
        {{"ssh", "-ia", "sbx-a", "-ib", NULL}, "--id was given twice"},
        {{"events", "--since", "yesterday", NULL}, "--since: 'yesterday' is not"},
        {{"events", "--kind", "created,", NULL}, "--kind: 'created,' is not"},
        {{"play", "file", "--speed", "nan", NULL}, "--speed: 'nan' is not a number from 0.01 to 1000"},
        {{"play", "file", "--speed", "0x10", NULL}, "--speed: '0x10' is not"},
        {{"sandbox", "create", "--vcpu", "9", NULL}, "--vcpu: '9' is not a number from 1 to 8"},
        {{"sandbox", "create", "--vcpu", "0", NULL}, "--vcpu: '0' is not"},
        {{"sandbox", "create", "--vcpu", "1.5", NULL}, "--vcpu: '1.5' is not"},
        {{"sandbox", "create", "--memory", "1023", NULL}, "--memory: '1023' is not an even number"},
        {{"sandbox", "create", "--memory", "99999999999", NULL}, "--memory: '99999999999' is not"},
        {{"sandbox", "create", "--timeout", "9h", NULL}, "--timeout: '9h' is not a duration from 1s to 8h"},
        {{"sandbox", "create", "--timeout", "0", NULL}, "--timeout: '0' is not"},
        {{"sandbox", "create", "--timeout", "8h1s", NULL}, "--timeout: '8h1s' is not"},
        {{"sandbox", "create", "--timeout", "5 x", NULL}, "--timeout: '5 x' is not"},
        {{"sandbox", "create", "--timeout", "99999999999999999999h", NULL}, "--timeout: '9999"},
        {{"sandbox", "create", "--template", "", NULL}, "--template: '' is not"},
        {{"sandbox", "create", "--env", "1A=secret", NULL}, "--env: '1A' is not NAME=VALUE"},
        {{"sandbox", "create", "-eA=1", "-eA=2", NULL}, "--env: 'A' is not NAME=VALUE"},
        {{"sandbox", "create", "--env", "NOT_SET_HERE", NULL}, "--env: NOT_SET_HERE is not set here"},
        {{"sandbox", "create", "--env", "A=\xff", NULL}, "--env: the value of A is not UTF-8"},
        {{"sandbox", "create", "sbx-a", NULL}, "unexpected argument 'sbx-a'"},
    };
    for (size_t i = 0; i < sizeof typed / sizeof typed[0]; i++)
        fixture_expect(&fixture, 2, NULL, typed[i].told, typed[i].words[0], typed[i].words[1],
                       typed[i].words[2], typed[i].words[3], typed[i].words[4], NULL);
    struct support_result result = fixture_run(&fixture, "sandbox", "create", "--env", "1A=secret", NULL);
    cr_expect_null(strstr(result.err, "secret"), "a value that may be a secret was printed");
    support_result_free(&result);
}
