// SPDX-License-Identifier: Apache-2.0
//
// Questions that nobody asked for: they wait in one line, take no key and cover nothing.

#include "tests/e2e/fixture.h"

#include <criterion/criterion.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

static char sandbox[64];

// "first", and then a longer one.
#define FIRST  "printf '\\033]52;c;Zmlyc3Q=\\007'"
#define SECOND "printf '\\033]52;c;c2Vjb25kIG9uZQ==\\007'"

Test(questions, one_from_a_program_takes_no_key_from_who_types)
{
    struct fixture fixture;
    struct console *console = fixture_shell(&fixture, NULL, 24, 100, sandbox, sizeof sandbox);
    console_type(console, FIRST KEY_ENTER "echo rm -rf /tmp/build-$((6 * 7))" KEY_ENTER "ra" KEY_TAB);
    console_wait(console, "\nrm -rf /tmp/build-42");
    console_wait_match(console, "Let the program copy 5 bytes[?] +Ctrl-\\] Q answers");
    console_type(console, KEY_CTRL_U);
    // The newest text is what is asked about.
    console_run(console, "clear; " SECOND "; echo more-$((1 + 1))", "more-2");
    console_wait(console, "Let the program copy 10 bytes?");
    console_type(console, KEY_PREFIX);
    console_wait(console, "Q answer");
    console_type(console, "Q");
    console_wait(console, "It begins: second one");
    console_type(console, KEY_ESC); // no answer: it goes on waiting
    console_wait_gone(console, "It begins");
    console_wait(console, "Let the program copy 10 bytes?");
    console_type(console, KEY_PREFIX "Q");
    console_wait(console, "It begins: second one");
    console_type(console, "a"); // Allow
    console_wait(console, "Copied the program's 10 bytes");
    char *text = console_clipboard(console);
    cr_expect_str_eq(text, "second one");
    free(text);
    console_wait_gone(console, "Let the program");
    console_type(console, KEY_PREFIX "Q");
    console_wait(console, "No question is waiting");
    fixture_leave_shell(&fixture, console);
}

Test(questions, one_waits_for_its_session_and_goes_with_it)
{
    struct fixture fixture;
    struct console *console = fixture_shell(&fixture, NULL, 24, 100, sandbox, sizeof sandbox);
    console_run(console, FIRST "; echo done-$((1 + 1))", "done-2");
    console_wait(console, "Let the program copy 5 bytes?");
    console_type(console, KEY_PREFIX "d");
    console_wait(console, "SANDBOX");
    cr_expect_not(console_shows(console, "Let the program"), "%s", console_screen(console));
    console_type(console, KEY_PREFIX);
    console_wait(console, "Let the program copy 5 bytes?");
    console_type(console, KEY_PREFIX "[");
    console_wait(console, "Ctrl-] Q answers a question");
    console_type(console, "q");
    console_wait_gone(console, "COPY");
    // In few columns its key is there, and the countdown.
    console_resize_shell(console, 24, 40, "23 40");
    console_wait_match(console, "59m[0-9]+s.*Ctrl-\\] Q");
    console_resize_shell(console, 5, 20, "4 20");
    console_wait_match(console, "59m[0-9]+s +[?] *$");
    console_resize_shell(console, 24, 100, "23 100");
    fixture_leave_shell(&fixture, console);
}

static pid_t stopped; // 0: none

static void let_go(void)
{
    if (stopped > 0)
        cr_expect_eq(kill(stopped, SIGCONT), 0);
    stopped = 0;
}

// A create that the server has refused comes back while the operator is in another sandbox's shell.
Test(questions, one_that_comes_late_does_not_cover_a_shell, .fini = let_go)
{
    static const char *const options[] = {"--fleet",   "plain",   "--sandboxes", "2",
                                          "--dialect", "sandbox", NULL};
    struct fixture fixture, other;
    char taken[64] = "";
    fixture_begin(&fixture, options);
    fixture_settings(&fixture, "timeout = 120\n");
    other = fixture;
    cr_assert(support_folder_make(other.home));
    (void)snprintf(other.home_variable, sizeof other.home_variable, "HOME=%s", other.home);
    fixture_point_at(&other, fixture.emulator.base_url, fixture.emulator.api_key);
    cJSON *list = fixture_json(&fixture, 0, "ls", "--json", NULL);
    (void)snprintf(sandbox, sizeof sandbox, "%s", json_text(cJSON_GetArrayItem(list, 0), "id"));
    (void)snprintf(taken, sizeof taken, "%s", json_text(cJSON_GetArrayItem(list, 1), "id"));
    cJSON_Delete(list);
    fixture_expect(&other, 0, NULL, NULL, "access", "create", taken, NULL);
    struct console *console = fixture_console(&fixture, 24, 100, sandbox);
    fixture_connect(console, sandbox);
    console_type(console, KEY_PREFIX "d");
    console_wait(console, "SANDBOX");
    console_type(console, KEY_ESC);
    console_wait(console, taken);
    fixture_choose(console, taken);
    stopped = fixture.emulator.pid;
    cr_assert_eq(kill(stopped, SIGSTOP), 0);
    console_type(console, "n");
    console_type(console, KEY_PREFIX); // back into the shell
    console_wait_match(console, "^[^ ]+[$#] *$");
    let_go();
    console_wait_match(console, "There is a credential already.*Ctrl-\\] Q answers");
    console_run(console, "echo rm -rf $((6 * 7))", "rm -rf 42");
    console_type(console, KEY_PREFIX "Q");
    console_wait(console, "[>Cancel<]");
    console_wait(console, taken);
    console_type(console, KEY_ESC);
    console_wait_gone(console, "[>Cancel<]");
    fixture_leave_shell(&fixture, console);
    cr_expect(support_folder_remove(other.home));
}
