// SPDX-License-Identifier: Apache-2.0
//
// A paused sandbox: woken by the verbs, and in the console after it was announced; and how a sandbox that
// can't be connected to is described.

#include "tests/e2e/fixture.h"
#include "tests/support/loopback.h"

#include <criterion/criterion.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static void begin_paused(struct fixture *fixture, const char *const options[], char *sandbox, size_t cap)
{
    fixture_begin_first(fixture, options, sandbox, cap);
    fixture_expect(fixture, 0, NULL, NULL, "pause", sandbox, NULL);
    fixture_wait_state(fixture, sandbox, "paused");
}

// --- the verbs ---

Test(wake, start_wakes_what_is_paused)
{
    struct fixture fixture;
    char sandbox[64];
    begin_paused(&fixture, NULL, sandbox, sizeof sandbox);
    fixture_expect(&fixture, 0, ": running\n", NULL, "start", sandbox, NULL);
    fixture_expect(&fixture, 5, NULL, "it is running", "start", sandbox, NULL);
    fixture_end(&fixture);
}

Test(wake, ssh_wakes_what_is_paused_and_says_so)
{
    struct fixture fixture;
    char sandbox[64], expected[128];
    begin_paused(&fixture, NULL, sandbox, sizeof sandbox);
    const char *const argv[] = {fixture.program, "ssh", sandbox, "echo", "it is aw''ake", NULL};
    struct console *console = console_start(24, 100, argv, fixture.environment);
    (void)snprintf(expected, sizeof expected, "%s is paused: waking it", sandbox);
    console_wait(console, expected);
    console_wait(console, "it is awake");
    cr_expect_eq(console_wait_exit(console), 0);
    console_free(console);
    fixture_end(&fixture);
}

Test(wake, a_wake_whose_answer_is_lost_is_looked_at)
{
    const char *const options[] = {"--drop-answer-to", "wake", NULL};
    struct fixture fixture;
    char sandbox[64];
    begin_paused(&fixture, options, sandbox, sizeof sandbox);
    fixture_expect(&fixture, 0, "in\n", NULL, "ssh", sandbox, "echo", "in", NULL);
    fixture_end(&fixture);
}

Test(wake, a_refused_wake_names_the_state_and_the_way)
{
    const char *const options[] = {"--fail", "wake:403", NULL};
    struct fixture fixture;
    char sandbox[64];
    begin_paused(&fixture, options, sandbox, sizeof sandbox);
    fixture_expect(&fixture, 3, "", sandbox, "ssh", sandbox, "true", NULL);
    fixture_expect(&fixture, 5, NULL, "it is paused (sbxdeck start", "stop", sandbox, NULL);
    fixture_end(&fixture);
}

// A server without that call may wake it at the connection.
Test(wake, where_the_server_knows_no_wake_the_connection_is_tried)
{
    const char *const options[] = {"--fail", "wake:404", "--wake-on-ssh", NULL};
    struct fixture fixture;
    char sandbox[64];
    begin_paused(&fixture, options, sandbox, sizeof sandbox);
    fixture_expect(&fixture, 0, "in\n", NULL, "ssh", sandbox, "echo", "in", NULL);
    fixture_end(&fixture);
}

Test(wake, ssh_that_is_cut_names_the_state_of_the_sandbox)
{
    struct fixture fixture;
    char sandbox[64], expected[160];
    fixture_begin_first(&fixture, NULL, sandbox, sizeof sandbox);
    const char *const argv[] = {fixture.program, "ssh", sandbox, NULL};
    struct console *console = console_start(24, 120, argv, fixture.environment);
    console_wait(console, "$");
    fixture_expect(&fixture, 0, NULL, NULL, "stop", sandbox, NULL);
    (void)snprintf(expected, sizeof expected, "ssh: %s is stop", sandbox);
    console_wait(console, expected);
    cr_expect_eq(console_wait_exit(console), 255);
    console_free(console);
    fixture_end(&fixture);
}

// --- Ctrl-C ---

// A server that takes a request and never answers.
static int listen_somewhere(char *url, size_t cap)
{
    int port = 0;
    int server = loopback_listen(4, &port);
    cr_assert_geq(server, 0);
    (void)snprintf(url, cap, "http://127.0.0.1:%d", port);
    return server;
}

static int wait_request(int server)
{
    char bytes[8];
    struct pollfd comes = {.fd = server, .events = POLLIN};
    cr_assert_eq(poll(&comes, 1, CONSOLE_WAIT_MS), 1, "nobody called");
    int peer = accept4(server, NULL, NULL, SOCK_CLOEXEC);
    cr_assert_geq(peer, 0);
    comes.fd = peer;
    cr_assert_eq(poll(&comes, 1, CONSOLE_WAIT_MS), 1, "nothing was sent");
    cr_assert_gt(read(peer, bytes, sizeof bytes), 0);
    return peer;
}

Test(wake, a_sandbox_create_that_is_interrupted_says_what_is_known)
{
    struct fixture fixture;
    char url[64];
    fixture_begin_without(&fixture);
    int server = listen_somewhere(url, sizeof url);
    fixture_point_at(&fixture, url, "some-key");
    const char *const argv[] = {fixture.program, "sandbox", "create", NULL};
    struct console *console = console_start(24, 120, argv, fixture.environment);
    int peer = wait_request(server);
    console_type(console, KEY_CTRL_C);
    console_wait(console, "interrupted; it is not known whether a sandbox was made");
    console_wait(console, "sbxdeck ls");
    cr_expect_eq(console_wait_exit(console), 128 + SIGINT);
    console_free(console);
    (void)close(peer);
    (void)close(server);
    fixture_end(&fixture);
}

// --- the console ---

Test(wake, enter_wakes_what_is_paused_when_told_to_and_connects)
{
    struct fixture fixture;
    char sandbox[64];
    begin_paused(&fixture, NULL, sandbox, sizeof sandbox);
    struct console *console = fixture_console(&fixture, 24, 100, sandbox);
    fixture_choose(console, sandbox);
    console_type(console, KEY_ENTER);
    console_wait(console, "Wake the paused sandbox?");
    console_type(console, KEY_ESC);
    console_wait_gone(console, "Wake the paused");
    fixture_wait_state(&fixture, sandbox, "paused"); // it still is
    console_type(console, KEY_ENTER);
    console_wait(console, "Wake the paused sandbox?");
    console_type(console, KEY_ENTER);
    console_wait(console, "~$");
    console_run(console, "echo it is aw''ake", "it is awake");
    fixture_leave_shell(&fixture, console);
}

Test(wake, a_wake_that_fails_names_the_state_and_the_way)
{
    const char *const options[] = {"--fail", "wake:403:1", NULL};
    struct fixture fixture;
    char sandbox[64];
    begin_paused(&fixture, options, sandbox, sizeof sandbox);
    struct console *console = fixture_console(&fixture, 24, 100, sandbox);
    fixture_choose(console, sandbox);
    console_type(console, KEY_ENTER);
    console_wait(console, "Wake the paused sandbox?");
    console_type(console, KEY_ENTER);
    console_wait_match(console, "wake sbx-[0-9a-f]+: ");
    console_type_until(console, KEY_ENTER, "Wake the paused sandbox?"); // and it can be tried again
    console_type(console, KEY_ENTER);
    console_wait(console, "~$");
    fixture_leave_shell(&fixture, console);
}

Test(wake, a_session_that_is_cut_off_names_the_state_of_its_sandbox)
{
    const char *const options[] = {"--fleet", "plain", "--sandboxes", "1", NULL};
    struct fixture fixture;
    char sandbox[64];
    struct console *console = fixture_shell(&fixture, options, 24, 100, sandbox, sizeof sandbox);
    fixture_expect(&fixture, 0, NULL, NULL, "pause", sandbox, NULL);
    fixture_wait_state(&fixture, sandbox, "paused");
    console_wait_match(console, "the sandbox is (paused|snapshotting) \\(Enter ");
    console_type_until(console, KEY_ENTER, "Wake the paused sandbox?");
    console_type_until(console, KEY_ENTER, "Ctrl-] then"); // a question that comes late takes no key at once
    console_run(console, "echo back ag''ain", "back again");
    fixture_leave_shell(&fixture, console);
}

// What it was in when it was cut off is not what it is in later.
Test(wake, a_session_that_was_cut_off_follows_its_sandbox)
{
    const char *const options[] = {"--fleet", "plain", "--sandboxes", "1", "--move-ms", "3000", NULL};
    struct fixture fixture;
    char sandbox[64];
    struct console *console = fixture_shell(&fixture, options, 24, 100, sandbox, sizeof sandbox);
    console_type(console, KEY_PREFIX "d");
    console_wait(console, "SANDBOX");
    console_type(console, "Z");
    console_wait(console, "Pause the sandbox?");
    console_type(console, "p");
    console_type_until(console, KEY_PREFIX, "the sandbox is snapshotting (Enter connects");
    console_wait(console, "the sandbox is paused (Enter wakes it");
    fixture_expect(&fixture, 0, NULL, NULL, "start", sandbox, NULL);
    console_type(console, KEY_PREFIX "d");
    console_wait(console, "SANDBOX");
    console_type_until(console, KEY_CTRL_R KEY_PREFIX, "the sandbox runs again (Enter connects)");
    console_type_until(console, KEY_ENTER, "Ctrl-] then");
    fixture_leave_shell(&fixture, console);
}

Test(wake, a_start_that_is_interrupted_says_that_it_may_go_on)
{
    const char *const options[] = {"--move-ms", "600000", NULL};
    struct fixture fixture;
    char sandbox[64] = "";
    fixture_begin(&fixture, options);
    cJSON *list = fixture_json(&fixture, 0, "ls", "--json", NULL);
    const cJSON *one = NULL;
    cJSON_ArrayForEach(one, list) if (strcmp(json_text(one, "state"), "paused") == 0)(void)
        snprintf(sandbox, sizeof sandbox, "%s", json_text(one, "id"));
    cJSON_Delete(list);
    const char *const argv[] = {fixture.program, "start", sandbox, NULL};
    struct console *console = console_start(24, 120, argv, fixture.environment);
    console_wait(console, "is paused: waking it");
    fixture_wait_state(&fixture, sandbox, "unpausing"); // the request has arrived
    console_type(console, KEY_CTRL_C);
    console_wait(console, "interrupted; ");
    console_wait(console, "may wake all the same");
    cr_expect_eq(console_wait_exit(console), 128 + SIGINT);
    console_free(console);
    fixture_end(&fixture);
}
