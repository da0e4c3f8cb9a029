// SPDX-License-Identifier: Apache-2.0
//
// own_commands: what a section [command NAME] may say, and what not.

#include "views/command/own_commands.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

static struct failure why;

static void note(void *ctx, int line, const struct failure *fault)
{
    char *all = ctx, text[FAILURE_LINE_CAP];
    size_t used = strlen(all);
    (void)snprintf(all + used, 4096 - used, "%d: %s\n", line, failure_line(fault, text));
}

static const char *faults(const char *text)
{
    static char all[4096];
    struct config_text *parsed = NULL;
    all[0] = '\0';
    cr_assert_eq(config_text_parse("f", text, strlen(text), &parsed, &why), STATUS_OK);
    own_commands_check(parsed, note, all);
    config_text_free(parsed);
    return all;
}

static void take(const char *text)
{
    struct config_text *parsed = NULL;
    cr_assert_eq(config_text_parse("f", text, strlen(text), &parsed, &why), STATUS_OK);
    cr_assert_str_eq(faults(text), "");
    cr_assert_eq(own_commands_of_text(parsed, &why), STATUS_OK);
    config_text_free(parsed);
}

Test(own_commands, are_read_with_what_they_say)
{
    struct keymap_key key;
    take("bell = yes\n[command logs]\nkey = F5\nrun = less \"$SBXDECK_SANDBOX\" ; true\nscope = credential\n"
         "description = Show the logs\nconfirm = yes\nbackground = no\n[command plain]\nrun = true\n"
         "[command here]\nkey = F5\nrun = true\nscope = session\n");
    cr_assert_eq(own_command_count(), 3U);
    const struct own_command *logs = own_command_at(0);
    cr_expect_str_eq(logs->name, "logs");
    cr_expect_str_eq(logs->run, "less \"$SBXDECK_SANDBOX\" ; true");
    cr_expect_str_eq(own_command_help(logs), "Show the logs");
    cr_expect(logs->confirm && !logs->background);
    cr_expect_eq(logs->scope, OWN_CREDENTIAL);
    cr_expect(own_command_counts(logs, SCOPE_DECK) && own_command_counts(logs, SCOPE_TIMELINE));
    cr_expect_not(own_command_counts(logs, SCOPE_SESSION) || own_command_counts(logs, SCOPE_LOG));
    cr_expect_str_eq(own_command_help(own_command_at(1)), "true");
    cr_expect_eq(own_command_at(1)->scope, OWN_SANDBOX);
    cr_expect_null(own_command_at(3));
    cr_assert(keymap_parse("F5", &key));
    cr_expect_eq(own_command_of(SCOPE_DECK, key), own_command_at(0));
    cr_expect_eq(own_command_of(SCOPE_SESSION, key), own_command_at(2), "another scope, another command");
    cr_expect_null(own_command_of(SCOPE_LOG, key));
    take("");
    cr_expect_eq(own_command_count(), 0U);
    cr_expect_null(own_command_of(SCOPE_DECK, key));
}

Test(own_commands, what_is_wrong_is_named_with_its_line)
{
    static const struct {
        const char *text, *part;
    } cases[] = {
        {"[command a]\nkey = F5\n", "1: the command a has nothing to run"},
        {"[command a]\nrun = x\nkey = nonsense\n", "3: key = 'nonsense': it takes one key"},
        {"[command a]\nrun = x\nkey = F5 F6\n", "it takes one key"},
        {"[command a]\nrun = x\nscope = log\n", "it takes deck, sandbox, credential or session"},
        {"[command a]\nrun = x\nconfirm = maybe\n", "confirm = 'maybe': it takes yes or no"},
        {"[command a]\nrun = x\nkeys = F5\n", "'keys' is not an option of a command (did you mean key?)"},
        {"[command a.b]\nrun = x\n", "'a.b' can't be the name of a command"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        cr_expect_not_null(strstr(faults(cases[i].text), cases[i].part), "%s\nis not in: %s", cases[i].part,
                           faults(cases[i].text));
}
