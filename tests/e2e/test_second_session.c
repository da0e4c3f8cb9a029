// SPDX-License-Identifier: Apache-2.0
//
// A second session to a sandbox in the console: a channel on the connection that is there, against a real
// OpenSSH server, whose log says how many connections there were.

#include "tests/e2e/fixture.h"
#include "tests/support/access_server.h"
#include "tests/support/skip.h"
#include "tests/support/sshd.h"

#include <criterion/criterion.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct sshd sshd;
static struct access_server *server;
static struct fixture fixture;
static struct console *console;

// Into a shell that says "in one".
static void begin(const char *const options[])
{
    const char *missing = sshd_missing();
    if (missing != NULL)
        SKIP_TEST("%s", missing);
    cr_assert(sshd_start(&sshd, options));
    server = access_server_start(SSHD_HOST, sshd.port, SSHD_USER, SSHD_PASSWORD);
    cr_assert_not_null(server);
    fixture_begin_without(&fixture);
    fixture_point_at(&fixture, access_server_url(server), "any-key");
    console = fixture_console(&fixture, 24, 100, ACCESS_SERVER_SANDBOX);
    console_type(console, KEY_ENTER);
    console_wait_match(console, "[$#] *$");
}

static void end(void)
{
    if (server == NULL)
        return;
    console_free(console);
    fixture_end(&fixture);
    access_server_stop(server);
    sshd_stop(&sshd);
}

TestSuite(second_session, .fini = end, .timeout = 120);

static size_t count_in_log(const char *text)
{
    size_t count = 0;
    char *log = sshd_log(&sshd);
    cr_assert_not_null(log);
    for (const char *at = log; (at = strstr(at, text)) != NULL; at++)
        count++;
    free(log);
    return count;
}

Test(second_session, is_a_channel_on_the_connection_that_is_there)
{
    begin(NULL);
    fixture_second_shell(console);
    cr_expect_eq(count_in_log("Accepted password"), 1);
    console_run(console, "echo $((6*7)) in $SSH_TTY", "42 in /dev/pts/");
    console_type(console, KEY_PREFIX "0");
    console_wait(console, "in one");
    cr_expect_null(strstr(console_screen(console), "42 in"), "what the one says came to the other");
}

Test(second_session, goes_on_when_the_first_is_closed_and_the_connection_goes_with_the_last)
{
    begin(NULL);
    fixture_second_shell(console);
    console_type(console, KEY_PREFIX "0");
    console_wait(console, "in one");
    console_type(console, KEY_PREFIX "x");
    console_wait(console, "in two");
    console_run(console, "echo still $((6*7))", "still 42");
    console_type(console, KEY_PREFIX "c"); // the one that is left carries the next
    console_wait_match(console, "^ 0 .* 1 ");
    console_wait_match(console, "[$#] *$");
    cr_expect_eq(count_in_log("Accepted password"), 1);
    cr_expect_eq(count_in_log("Closing connection to"), 0);
    console_type(console, "exit 5\r");
    console_wait(console, "exited with 5");
    console_wait(console, "Enter reconnect");
    console_type(console, KEY_ESC);
    console_wait(console, "SANDBOX");
    console_type(console, KEY_PREFIX);
    console_wait(console, "still 42");
    console_type(console, KEY_PREFIX "x");
    console_wait(console, "SANDBOX");
    // A connection that is closed while something is still under way here is reset.
    while (count_in_log("Closing connection to") + count_in_log("Read error from remote host") == 0)
        console_take(console);
}

Test(second_session, comes_back_on_the_connection_of_the_other)
{
    begin(NULL);
    fixture_second_shell(console);
    console_type(console, "exit 5\r");
    console_wait(console, "exited with 5");
    console_wait(console, "Enter reconnect");
    console_type(console, KEY_ENTER);
    console_wait_match(console, "[$#] *$");
    console_run(console, "echo back $((6*7))", "back 42");
    cr_expect_eq(count_in_log("Accepted password"), 1);
    cr_expect_eq(count_in_log("Starting session: shell"), 3);
}

Test(second_session, stands_beside_the_first_on_its_connection)
{
    begin(NULL);
    console_run(console, "printf 'in %s\\n' one", "in one");
    console_type(console, KEY_PREFIX "|");
    console_wait_match(console, "│.*[$#] *$");
    cr_expect_eq(count_in_log("Accepted password"), 1);
}

Test(second_session, gets_a_connection_of_its_own_where_the_server_has_one_session_each)
{
    begin((const char *const[]){"MaxSessions=1", NULL});
    console_run(console, "printf 'in %s\\n' one", "in one");
    console_type(console, KEY_PREFIX "c"
                                     "printf 'typed %s\\n' early\r");
    console_wait_gone(console, "in one");
    console_wait(console, "typed early");
    cr_expect_null(strstr(console_screen(console), "refused"));
    cr_expect_eq(count_in_log("Accepted password"), 2);
    console_type(console, KEY_PREFIX "0");
    console_wait(console, "in one");
    console_run(console, "echo still $((6*7))", "still 42");
}

Test(second_session, both_say_why_when_the_connection_is_cut)
{
    begin(NULL);
    fixture_second_shell(console);
    cr_assert_gt(sshd_signal(&sshd, SIGKILL), 0);
    console_wait(console, "the connection was lost");
    console_wait(console, "closed the connection");
    console_wait(console, "Enter reconnect");
    console_type(console, KEY_ESC);
    console_wait(console, "SANDBOX");
    console_type(console, KEY_PREFIX);
    console_wait(console, "in one");
    console_wait(console, "the connection was lost");
    console_wait(console, "closed the connection");
}
