// SPDX-License-Identifier: Apache-2.0
//
// A session that has ended: it keeps its screen and its reason, and what is typed on into it does nothing.

#include "tests/e2e/fixture.h"

#include <criterion/criterion.h>

static char sandbox[64];

static struct console *end_shell(struct fixture *fixture, int rows, int cols)
{
    struct console *console = fixture_shell(fixture, NULL, rows, cols, sandbox, sizeof sandbox);
    console_run(console, "echo last-$((4 * 4))-words", "last-16-words");
    console_type(console, "exit 3" KEY_ENTER);
    console_wait(console, "exited with 3");
    return console;
}

// Nothing else is in front: the prefix is heard, and its line stands below the old screen.
static void expect_untouched(struct console *console)
{
    console_type_until(console, KEY_PREFIX, "x close");
    console_type(console, KEY_ESC);
    console_wait_gone(console, "x close");
    cr_expect(console_shows(console, "exited with 3"), "%s", console_screen(console));
    cr_expect(console_shows(console, "last-16-words"), "%s", console_screen(console));
}

Test(ended, what_is_typed_on_does_nothing_and_its_enter_neither)
{
    struct fixture fixture;
    struct console *console = end_shell(&fixture, 24, 100);
    console_type(console, "cd /tmp" KEY_ENTER);
    expect_untouched(console);
    // Keys that elsewhere quit, open, search, delete, go away; a paste with a line end.
    console_type(console, "q?:LdDx[FyN" KEY_CTRL_C KEY_CTRL_R "\033[200~reboot\n\033[201~" KEY_ENTER);
    expect_untouched(console);
    console_wait(console, "Enter reconnect");
    console_type(console, KEY_ENTER);
    console_wait_gone(console, "exited with 3");
    console_wait_match(console, "[$#] *$");
    console_run(console, "echo again-$((2 + 2)) in $(pwd)", "again-4");
    // Its last screen and its reason are above.
    console_type(console, KEY_PREFIX "[");
    console_wait(console, "COPY");
    console_type(console, "g");
    console_wait(console, "last-16-words");
    console_wait_match(console, "^.the shell exited with 3.");
    console_type(console, "q");
    console_wait_gone(console, "COPY");
    cr_expect_not(console_shows(console, "in /tmp"));
    fixture_leave_shell(&fixture, console);
}

// A tick is for what went well.
Test(ended, a_shell_that_was_killed_has_no_tick)
{
    struct fixture fixture;
    struct console *console = fixture_shell(&fixture, NULL, 24, 100, sandbox, sizeof sandbox);
    console_type(console, "kill -9 $$" KEY_ENTER);
    console_wait_match(console, "^ \xe2\x80\xa2 the shell was killed by signal KILL");
    console_type_until(console, KEY_PREFIX "x", "SANDBOX");
    fixture_quit(console);
    fixture_end(&fixture);
}

// A wrong key just before it does not take it.
Test(ended, the_prefix_is_heard_behind_other_keys)
{
    struct fixture fixture;
    struct console *console = end_shell(&fixture, 24, 100);
    console_wait(console, "Enter reconnect"); // the first half second is over
    console_type(console, "jj" KEY_PREFIX "d");
    console_wait(console, "SANDBOX");
    console_type(console, KEY_PREFIX);
    console_wait(console, "exited with 3");
    console_type(console, KEY_PREFIX "x");
    console_wait(console, "SANDBOX");
    fixture_quit(console);
    fixture_end(&fixture);
}

Test(ended, escape_and_the_prefix_leave_it)
{
    struct fixture fixture;
    struct console *console = end_shell(&fixture, 24, 100);
    console_type_until(console, KEY_PREFIX "d", "SANDBOX"); // it stays
    console_type(console, KEY_PREFIX);
    console_wait(console, "exited with 3");
    console_type(console, KEY_PREFIX "[");
    console_wait(console, "COPY");
    console_type(console, "q");
    console_wait_gone(console, "COPY");
    console_type(console, KEY_ESC);
    console_wait(console, "SANDBOX");
    fixture_leave(&fixture, console);
}

// --- the credential's end -----------------------------------------------------------------

// Who has just deleted it need not be told that it was deleted; who has not is told.
Test(ended, what_the_operator_did_himself_is_told_once)
{
    struct fixture fixture;
    struct console *console = fixture_shell(&fixture, NULL, 24, 110, sandbox, sizeof sandbox);
    console_type(console, KEY_PREFIX "r");
    console_wait(console, "egenerate the credential?");
    console_type(console, KEY_TAB KEY_ENTER);
    console_wait(console, "New credential");
    console_type(console, KEY_PREFIX "d");
    console_wait(console, "SANDBOX");
    console_type(console, "x");
    console_wait(console, "elete the credential?");
    console_type(console, KEY_TAB KEY_ENTER);
    console_wait(console, "Deleted credential");
    console_type(console, KEY_ENTER); // the session goes on
    console_run(console, "echo on-$((6 * 7))", "on-42");
    cr_expect_not(console_ever_wrote(console, "was deleted or replaced"));
    cr_expect_not(console_ever_wrote(console, "this session goes on with the old one"));
    console_type(console, KEY_PREFIX "x");
    console_wait(console, "SANDBOX");
    // Now somebody else does.
    console_type(console, KEY_ENTER);
    console_wait_match(console, "[$#] *$");
    fixture_expect(&fixture, 0, NULL, NULL, "access", "delete", sandbox, NULL);
    console_wait(console, "was deleted or replaced");
    fixture_leave_shell(&fixture, console);
}
