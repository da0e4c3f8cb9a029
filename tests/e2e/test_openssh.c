// SPDX-License-Identifier: Apache-2.0
//
// The program against a real OpenSSH server, which is what sandboxes run: `sbxdeck ssh` and a session in the
// console.

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

static void begin(void)
{
    const char *missing = sshd_missing();
    if (missing != NULL)
        SKIP_TEST("%s", missing);
    cr_assert(sshd_start(&sshd, NULL));
    server = access_server_start(SSHD_HOST, sshd.port, SSHD_USER, SSHD_PASSWORD);
    cr_assert_not_null(server);
    fixture_begin_without(&fixture);
    fixture_point_at(&fixture, access_server_url(server), "any-key");
}

static void end(void)
{
    if (server == NULL)
        return;
    fixture_end(&fixture);
    access_server_stop(server);
    sshd_stop(&sshd);
}

Test(openssh, commands_with_their_streams_and_statuses, .init = begin, .fini = end)
{
    fixture_expect(&fixture, 0, "out\n", NULL, "ssh", ACCESS_SERVER_SANDBOX, "echo out", NULL);
    fixture_expect(&fixture, 42, NULL, "to stderr", "ssh", ACCESS_SERVER_SANDBOX,
                   "echo to stderr >&2; exit 42", NULL);
    fixture_expect(&fixture, 128 + SIGKILL, NULL, NULL, "ssh", ACCESS_SERVER_SANDBOX, "kill -9 $$", NULL);
    struct support_result flood =
        fixture_run(&fixture, "ssh", ACCESS_SERVER_SANDBOX, "head -c 5000000 /dev/zero | tr '\\0' x", NULL);
    cr_expect_eq(flood.exit_code, 0);
    cr_expect_eq(flood.out_length, 5000000);
    support_result_free(&flood);
}

Test(openssh, input_reaches_the_command, .init = begin, .fini = end)
{
    const char *const argv[] = {fixture.program, "ssh", ACCESS_SERVER_SANDBOX, "tr a-z A-Z", NULL};
    struct support_result result;
    memset(&result, 0, sizeof result);
    cr_assert(support_run(argv, fixture.environment, "hello\n", 30000, &result));
    cr_expect_eq(result.exit_code, 0);
    cr_expect_str_eq(result.out, "HELLO\n");
    support_result_free(&result);
}

Test(openssh, a_terminal_of_ones_own, .init = begin, .fini = end)
{
    const char *const argv[] = {fixture.program, "ssh", ACCESS_SERVER_SANDBOX, NULL};
    struct console *console = console_start(24, 80, argv, fixture.environment);
    console_wait_match(console, "[$#] *$");
    console_type(console, "echo $((6*7)):$(stty size):$TERM\r");
    console_wait(console, "42:24 80:xterm-256color");
    console_resize_shell(console, 30, 100, "30 100");
    console_type(console, "sh -c 'echo sleeping; exec sleep 1000'\r");
    console_wait_match(console, "^sleeping");
    console_type(console, KEY_CTRL_C);
    console_wait_match(console, "^.C");
    console_wait_match(console, "[$#] *$");
    console_type(console, "echo after-$((1+1))\r");
    console_wait(console, "after-2");
    console_wait_match(console, "[$#] *$");
    console_type(console, "exit 5\r");
    cr_expect_eq(console_wait_exit(console), 5);
    cr_expect(console_terminal_is_whole(console));
    console_free(console);
}

Test(openssh, the_escapes_of_ssh, .init = begin, .fini = end)
{
    const char *const argv[] = {fixture.program, "ssh", ACCESS_SERVER_SANDBOX, NULL};
    struct console *console = console_start(24, 80, argv, fixture.environment);
    console_wait_match(console, "[$#] *$");
    console_type(console, "\r~.");
    cr_expect_eq(console_wait_exit(console), 255);
    cr_expect(console_terminal_is_whole(console));
    console_free(console);
}

Test(openssh, a_changed_host_key_is_refused, .init = begin, .fini = end)
{
    fixture_expect(&fixture, 0, "once\n", NULL, "ssh", ACCESS_SERVER_SANDBOX, "echo once", NULL);
    cr_assert(sshd_rekey(&sshd, "ed25519"));
    struct support_result refused = fixture_run(&fixture, "ssh", ACCESS_SERVER_SANDBOX, "echo twice", NULL);
    cr_expect_eq(refused.exit_code, 255);
    cr_expect_str_eq(refused.out, "");
    const char *first = strstr(refused.err, "SHA256:");
    cr_expect(first != NULL && strstr(first + 1, "SHA256:") != NULL, "not both fingerprints: %s",
              refused.err);
    support_result_free(&refused);
}

Test(openssh, a_session_in_the_console, .init = begin, .fini = end)
{
    struct console *console = fixture_console(&fixture, 30, 100, ACCESS_SERVER_SANDBOX);
    console_type(console, KEY_ENTER);
    console_wait_match(console, "[$#] *$");
    console_type(console, "echo $((6*7)):$(stty size):$TERM\r");
    console_wait(console, "42:29 100:xterm-256color");
    console_type(console, KEY_PREFIX "d");
    console_wait(console, "SANDBOX");
    console_type(console, KEY_ENTER);
    console_wait(console, "42:29 100");
    // The server goes away: the last screen stays, with the reason and the way back.
    cr_assert_gt(sshd_signal(&sshd, SIGKILL), 0);
    console_wait(console, "the connection was lost");
    console_wait(console, "42:29 100");
    console_wait(console, "Enter reconnect");
    console_type(console, KEY_ESC);
    console_wait(console, "SANDBOX");
    console_type(console, "q");
    cr_expect_eq(console_wait_exit(console), 0);
    cr_expect(!console_ever_wrote(console, SSHD_PASSWORD));
    console_free(console);
}

Test(openssh, a_changed_host_key_in_the_console, .init = begin, .fini = end)
{
    fixture_expect(&fixture, 0, NULL, NULL, "ssh", ACCESS_SERVER_SANDBOX, "true", NULL);
    cr_assert(sshd_rekey(&sshd, "ed25519"));
    struct console *console = fixture_console(&fixture, 30, 100, ACCESS_SERVER_SANDBOX);
    console_type(console, KEY_ENTER);
    console_wait(console, "The host key has changed");
    console_wait(console, "password was sent");
    console_wait(console, "known here");
    // An operator who knows why may forget the old key; it takes a typed word.
    console_wait(console, "Ctrl-] F forget host key");
    console_type(console, KEY_PREFIX "F");
    console_wait(console, "Cancel");
    console_type(console, SSHD_HOST KEY_TAB KEY_TAB KEY_ENTER);
    console_wait_gone(console, "Cancel");
    console_type(console, KEY_ENTER);
    console_wait_match(console, "[$#] *$");
    console_type(console, KEY_PREFIX "x");
    console_wait(console, "SANDBOX");
    fixture_quit(console);
}
