// SPDX-License-Identifier: Apache-2.0
//
// What is typed while a session connects: kept for its shell, given to nothing else. The server is stopped to
// hold a connection in the middle.

#include "tests/e2e/fixture.h"

#include <criterion/criterion.h>
#include <signal.h>
#include <stdio.h>

static char sandbox[64];
static pid_t stopped; // 0: none

// Also when a test has failed: what is stopped does not end.
static void let_go(void)
{
    if (stopped > 0)
        cr_expect_eq(kill(stopped, SIGCONT), 0);
    stopped = 0;
}

TestSuite(type_ahead, .fini = let_go);

// A credential is there, so that only SSH is waited for.
static struct console *begin(struct fixture *fixture)
{
    static const char *const options[] = {"--fleet", "plain", NULL};
    fixture_begin(fixture, options);
    fixture_settings(fixture, "connect_timeout = 120\n");
    fixture_first_sandbox(fixture, sandbox, sizeof sandbox);
    struct console *console = fixture_console(fixture, 30, 90, sandbox);
    fixture_choose(console, sandbox);
    console_type(console, "n");
    console_wait(console, "5 without"); // the sixth has one now
    return console;
}

static void connect_held(const struct fixture *fixture, struct console *console)
{
    stopped = fixture->emulator.pid;
    cr_assert_eq(kill(stopped, SIGSTOP), 0);
    console_type(console, KEY_ENTER);
    console_wait(console, "check the host key");
    console_wait(console, "Esc cancels");
}

Test(type_ahead, reaches_the_shell_and_the_prefix_is_still_ours)
{
    struct fixture fixture;
    struct console *console = begin(&fixture);
    connect_held(&fixture, console);
    console_type(console, "echo ahead-$((6*7))X");
    console_wait(console, "your typing is kept for the shell");
    console_type(console, KEY_PREFIX "?");
    console_wait(console, "Send the prefix itself to the program");
    console_type(console, KEY_ESC);
    console_wait_gone(console, "Send the prefix itself to the program");
    console_type(console, KEY_PREFIX "d");
    console_wait(console, "SANDBOX");
    console_type(console, KEY_ENTER);
    console_wait(console, "Esc cancels");
    console_type(console, "\177-\303\251\r"); // X goes again
    // A line end in a paste would run a command unasked.
    console_type(console, "\033[200~echo pasted\n\033[201~");
    console_wait(console, "paste them again in the shell");
    console_type(console, "\033[200~echo one-$((2+2))\033[201~");
    let_go();
    console_wait_match(console, "^ahead-42-\303\251 *$");
    console_wait(console, "echo one-$((2+2))");
    cr_expect(!console_shows(console, "echo pasted"));
    console_type(console, "\r");
    console_wait_match(console, "^one-4 *$");
    fixture_leave_shell(&fixture, console);
}

// While its credential is made there is no session yet. An Enter or the letter of a button cancels nothing.
Test(type_ahead, while_the_credential_is_made_reaches_the_shell_too)
{
    static const char *const options[] = {"--fleet", "plain", NULL};
    struct fixture fixture;
    fixture_begin(&fixture, options);
    fixture_settings(&fixture, "connect_timeout = 120\ntimeout = 120\n");
    fixture_first_sandbox(&fixture, sandbox, sizeof sandbox);
    struct console *console = fixture_console(&fixture, 30, 90, sandbox);
    fixture_choose(console, sandbox);
    stopped = fixture.emulator.pid;
    cr_assert_eq(kill(stopped, SIGSTOP), 0);
    console_type(console, KEY_ENTER);
    console_wait(console, "creating a credential");
    console_type(console, "cd /; echo early-$((6*7)) \303\251X\177" KEY_ENTER);
    console_wait(console, "Your typing is kept for the shell");
    console_type(console, KEY_PREFIX "d"); // there is nothing yet to go away from
    let_go();
    console_wait_match(console, "^early-42 \303\251 *$");
    fixture_leave_shell(&fixture, console);
}

// Somebody else has made the one credential there is: that is asked about when the server has said so, and
// one has typed on. No letter and no Enter of that answers, and none of it gets anywhere later.
Test(type_ahead, a_question_on_the_way_is_not_answered_by_it)
{
    static const char *const options[] = {"--fleet", "plain", "--dialect", "sandbox", NULL};
    struct fixture fixture, other;
    char before[256], after[256];
    fixture_begin(&fixture, options);
    fixture_settings(&fixture, "timeout = 120\n");
    other = fixture;
    cr_assert(support_folder_make(other.home));
    (void)snprintf(other.home_variable, sizeof other.home_variable, "HOME=%s", other.home);
    fixture_point_at(&other, fixture.emulator.base_url, fixture.emulator.api_key);
    fixture_first_sandbox(&other, sandbox, sizeof sandbox);
    fixture_expect(&other, 0, NULL, NULL, "access", "create", sandbox, NULL);
    fixture_password(&other, sandbox, before, sizeof before);
    struct console *console = fixture_console(&fixture, 24, 100, sandbox);
    fixture_choose(console, sandbox);
    stopped = fixture.emulator.pid;
    cr_assert_eq(kill(stopped, SIGSTOP), 0);
    console_type(console, KEY_ENTER);
    console_wait(console, "creating a credential");
    console_type(console, "reboot\rr\ry\t\rc");
    console_wait(console, "Your typing is kept for the shell");
    let_go();
    console_wait(console, "There is a credential already");
    console_wait(console, "[>Cancel<]"); // from now on it takes keys
    console_type(console, KEY_ESC);
    console_wait_gone(console, "There is a credential already");
    fixture_password(&other, sandbox, after, sizeof after);
    cr_expect_str_eq(after, before);
    fixture_expect(&other, 0, NULL, NULL, "access", "validate", sandbox, NULL);
    fixture_quit(console);
    cr_expect(support_folder_remove(other.home));
    fixture_end(&fixture);
}

Test(type_ahead, is_gone_with_a_connection_that_is_cancelled)
{
    struct fixture fixture;
    struct console *console = begin(&fixture);
    connect_held(&fixture, console);
    console_type(console, "echo stray-$((3+4))\r");
    console_wait(console, "your typing is kept for the shell");
    console_type(console, KEY_ESC);
    console_wait(console, "was cancelled");
    let_go();
    console_type(console, KEY_ENTER);
    console_wait_match(console, "[$#] *$");
    console_type(console, "echo only-$((1+1))\r");
    console_wait(console, "only-2");
    cr_expect(!console_shows(console, "stray"), "%s", console_screen(console));
    fixture_leave_shell(&fixture, console);
}

Test(type_ahead, is_capped)
{
    static char much[6000];
    struct fixture fixture;
    struct console *console = begin(&fixture);
    connect_held(&fixture, console);
    console_type(console, ": ");
    for (size_t i = 0; i + 1 < sizeof much; i++)
        much[i] = 'a';
    console_type(console, much);
    console_wait(console, "4 KiB of type-ahead are kept");
    let_go();
    console_wait_gone(console, "Esc cancels");
    // Not by a Ctrl-C: it may come while the shell starts, and end it.
    console_type(console, "\rclear\r");
    console_wait_gone(console, "aaaaaaaa");
    console_type(console, "echo alive-$((4+4))\r");
    console_wait(console, "alive-8");
    fixture_leave_shell(&fixture, console);
}
