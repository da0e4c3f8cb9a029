// SPDX-License-Identifier: Apache-2.0
//
// The whole story in the real console: see the sandboxes, make a credential, watch it count down, connect and
// type, go and come back, regenerate, validate, delete, quit. In both dialects.

#include "tests/e2e/fixture.h"

#include <criterion/criterion.h>
#include <criterion/parameterized.h>
#include <stdio.h>
#include <stdlib.h>

static const char *const dialects[] = {"sandbox", "credential"};

ParameterizedTestParameters(deck, story)
{
    static size_t which[] = {0, 1};
    return cr_make_param_array(size_t, which, 2);
}

static void make_credential(struct console *console)
{
    console_type(console, "n");
    console_wait_match(console, "valid.*29m[0-9][0-9]s");
    console_wait_countdown(console, "29m");
    console_wait_match(console, "29m[0-9][0-9]s|28m[0-9][0-9]s");
}

static void work_in_shell(struct console *console, const char *sandbox)
{
    console_type(console, KEY_ENTER);
    console_wait_match(console, "[$#] *$");
    console_type(console, "echo $((6*7))-$HOSTNAME\r");
    char expected[96];
    (void)snprintf(expected, sizeof expected, "42-%s", sandbox);
    console_wait(console, expected);
    // The countdown is in sight, below the shell.
    console_wait_match(console, "(29|28)m[0-5][0-9]s");
    // A wide and a combined character, in colour, by the shell.
    console_type(console, "printf '\\e[31m%b\\e[0m\\n' '\\xe4\\xbd\\xa0e\\xcc\\x81|'\r");
    console_wait(console, "\344\275\240e\314\201|");
    console_type(console, "stty size\r");
    console_wait(console, "29 100");
    console_resize_shell(console, 24, 90, "23 90");
}

static void leave_and_come_back(struct console *console)
{
    console_type(console, "echo still-$((1+1))-here\r");
    console_wait(console, "still-2-here");
    console_type(console, KEY_PREFIX "d");
    console_wait(console, "SANDBOX");
    console_wait(console, "1 session");
    console_type(console, KEY_ENTER);
    console_wait(console, "still-2-here");
    console_type(console, "exit 3\r");
    console_wait(console, "exited with 3");
    console_wait(console, "still-2-here");
    console_wait(console, "Enter reconnect");
    console_type(console, KEY_ENTER);
    console_wait_gone(console, "exited with 3");
    console_wait_match(console, "[$#] *$");
    console_type(console, KEY_PREFIX "x");
    console_wait(console, "SANDBOX");
}

// NOLINTNEXTLINE(readability-non-const-parameter): Criterion's type
ParameterizedTest(size_t *which, deck, story)
{
    const char *const options[] = {"--dialect", dialects[*which], "--ttl", "1800", NULL};
    struct fixture fixture;
    char sandbox[64], password[256], other[256];
    fixture_begin_first(&fixture, options, sandbox, sizeof sandbox);
    struct console *console = fixture_console(&fixture, 30, 100, sandbox);

    fixture_choose(console, sandbox);
    make_credential(console);
    fixture_password(&fixture, sandbox, password, sizeof password);
    work_in_shell(console, sandbox);
    leave_and_come_back(console);

    console_type(console, "v");
    console_wait_match(console, "is valid|valid");
    // Regenerate asks; Enter on the focused Cancel changes nothing.
    console_type(console, "r");
    console_wait(console, "Cancel");
    console_type(console, KEY_ENTER);
    console_wait_gone(console, "Cancel");
    fixture_password(&fixture, sandbox, other, sizeof other);
    cr_expect_str_eq(other, password);
    console_type(console, "r");
    console_wait(console, "Cancel");
    console_type(console, KEY_TAB KEY_ENTER);
    console_wait_gone(console, "Cancel");
    fixture_wait_other_password(&fixture, sandbox, other, sizeof other);
    console_wait(console, "29m5");

    console_type(console, "x");
    console_wait(console, "Cancel");
    console_type(console, KEY_ENTER);
    console_wait_gone(console, "Cancel");
    console_type(console, "x");
    console_wait(console, "Cancel");
    console_type(console, KEY_TAB KEY_ENTER);
    console_wait_match(console, "[·-] none");
    cJSON *left = fixture_json(&fixture, 0, "access", "ls", sandbox, "--json", NULL);
    cr_expect_eq(cJSON_GetArraySize(left), 0);
    cJSON_Delete(left);

    console_type(console, "q");
    cr_expect_eq(console_wait_exit(console), 0);
    cr_expect(console_terminal_is_whole(console), "the terminal is not as it was");
    cr_expect(!console_ever_wrote(console, password) && !console_ever_wrote(console, other));
    cr_expect(!console_ever_wrote(console, fixture.emulator.api_key));
    console_free(console);
    fixture_end(&fixture);
}

Test(deck, a_password_is_shown_for_a_while_when_asked_for)
{
    const char *const options[] = {"--dialect", "sandbox", NULL};
    struct fixture fixture;
    char sandbox[64], password[256], beginning[12];
    fixture_begin_first(&fixture, options, sandbox, sizeof sandbox);
    fixture_expect(&fixture, 0, NULL, NULL, "access", "create", sandbox, NULL);
    fixture_password(&fixture, sandbox, password, sizeof password);
    (void)snprintf(beginning, sizeof beginning, "%.11s", password);
    struct console *console = fixture_console(&fixture, 50, 200, sandbox);
    fixture_choose(console, sandbox);
    console_wait(console, "valid");
    cr_expect(!console_shows(console, beginning));
    console_type(console, "p");
    console_wait(console, beginning);
    console_wait_gone(console, beginning);
    fixture_leave(&fixture, console);
}

Test(deck, credentials_are_there_after_a_restart_and_are_validated)
{
    struct fixture fixture;
    char sandbox[64];
    fixture_begin_first(&fixture, NULL, sandbox, sizeof sandbox);
    struct console *console = fixture_console(&fixture, 24, 80, sandbox);
    fixture_choose(console, sandbox);
    console_type(console, "n");
    console_wait(console, "valid");
    fixture_quit(console);
    console = fixture_console(&fixture, 24, 80, sandbox);
    fixture_choose(console, sandbox);
    console_wait_match(console, "[^n]valid");
    console_type(console, KEY_ENTER);
    console_wait_match(console, "[$#] *$");
    fixture_leave_shell(&fixture, console);
}

Test(deck, selection_stays_on_its_sandbox)
{
    const char *const options[] = {"--sandboxes", "4", "--fleet", "plain", NULL};
    struct fixture fixture;
    char sandbox[64];
    fixture_begin_first(&fixture, options, sandbox, sizeof sandbox);
    struct console *console = fixture_console(&fixture, 24, 80, sandbox);
    fixture_choose(console, sandbox);
    console_type(console, KEY_ESC);
    console_wait_gone(console, " 1/");
    // New sandboxes come to the front of the list, which the server sorts by age.
    console_type(console, KEY_CTRL_R);
    console_type(console, "n");
    char pattern[96];
    (void)snprintf(pattern, sizeof pattern, "%s.* valid", sandbox);
    console_wait_match(console, pattern);
    fixture_leave(&fixture, console);
}

Test(deck, a_stopped_sandbox_is_started_on_the_way_to_its_shell)
{
    const char *const options[] = {"--move-ms", "300", NULL};
    struct fixture fixture;
    char sandbox[64];
    fixture_begin_first(&fixture, options, sandbox, sizeof sandbox);
    fixture_expect(&fixture, 0, NULL, NULL, "stop", sandbox, NULL);
    fixture_wait_state(&fixture, sandbox, "stopped");
    struct console *console = fixture_console(&fixture, 24, 80, sandbox);
    fixture_choose(console, sandbox);
    console_wait(console, "stopped");
    console_type(console, KEY_ENTER);
    console_wait(console, "tart"); // Start it?
    console_type(console, KEY_ENTER);
    console_wait_match(console, "[$#] *$");
    char expected[80];
    (void)snprintf(expected, sizeof expected, "in-%s", sandbox);
    console_type(console, "echo in-$HOSTNAME\r");
    console_wait(console, expected);
    fixture_leave_shell(&fixture, console);
}
