// SPDX-License-Identifier: Apache-2.0
//
// Forwarded ports in the console: the form, the list and its keys, the mark in the deck, what is cut and what
// is said of it.

#include "tests/e2e/forward_fixture.h"
#include "tests/support/loopback.h"

#include <criterion/criterion.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static struct fixture fixture;
static struct forward_echo echo;
static struct console *console;
static char sandbox[64];

static void begin_with(const char *const options[])
{
    fixture_begin_first(&fixture, options, sandbox, sizeof sandbox);
    forward_echo_start(&echo);
    console = fixture_console(&fixture, 24, 110, sandbox);
}

static void begin(void)
{
    const char *const options[] = {"--fleet", "plain", "--sandboxes", "2", NULL};
    begin_with(options);
}

static void end(void)
{
    forward_echo_stop(&echo);
    fixture_end(&fixture);
}

static void fill_in(const char *remote, const char *local)
{
    console_type(console, "F");
    console_wait(console, "Forward a port");
    console_type(console, remote);
    console_wait(console, remote);
    console_type(console, KEY_TAB);
    console_type(console, local);
    console_type(console, KEY_TAB KEY_ENTER);
}

// Any free port to the echo; returns the one that it is.
static int forward_to_echo(void)
{
    char remote[16];
    (void)snprintf(remote, sizeof remote, "%d", echo.port);
    fill_in(remote, "0");
    console_wait(console, "goes to");
    const char *at = strstr(console_screen(console), "http://127.0.0.1:");
    cr_assert_not_null(at, "%s", console_screen(console));
    return (int)strtol(at + strlen("http://127.0.0.1:"), NULL, 10);
}

static void quit_with(const char *says)
{
    console_type(console, "q");
    console_wait(console, says);
    console_type(console, "y");
    fixture_wait_quit(console);
}

Test(forwards, from_the_form_to_the_list_and_the_clipboard, .init = begin, .fini = end)
{
    char url[64];
    int port = forward_to_echo();
    cr_expect(forward_exchange(port, 100000));
    console_type(console, "d"); // the details
    console_wait(console, "forwards");
    console_type(console, "f");
    console_wait(console, "Forwarded ports: 1 open");
    console_wait(console, "connected");
    console_wait(console, "100 KB");
    console_type(console, "o");
    (void)snprintf(url, sizeof url, "Copied http://127.0.0.1:%d", port);
    console_wait(console, url);
    char *copied = console_clipboard(console);
    cr_expect_str_eq(copied, url + strlen("Copied "));
    free(copied);
    console_type(console, "q");
    console_wait(console, "SANDBOX ");
    quit_with("1 forwarded port will be closed");
}

Test(forwards, one_that_is_stopped_begins_again_with_its_port, .init = begin, .fini = end)
{
    int port = forward_to_echo();
    console_type(console, "f");
    console_wait(console, "1 open");
    console_type(console, "x");
    console_wait(console, "stopped");
    cr_expect_lt(loopback_connect(port), 0);
    console_type(console, KEY_ENTER);
    console_wait(console, "connected");
    cr_expect(forward_exchange(port, 1000));
    console_type(console, "x");
    console_wait(console, "stopped");
    console_type(console, "x");
    console_wait(console, "Nothing is forwarded");
    console_type(console, "q");
    console_wait(console, "CREDENTIAL");
    fixture_quit(console);
}

Test(forwards, what_cant_be_listened_on_is_said_in_the_form, .init = begin, .fini = end)
{
    char local[16], text[64];
    int taken = 0;
    int listener = loopback_listen(1, &taken);
    (void)snprintf(local, sizeof local, "%d", taken);
    (void)snprintf(text, sizeof text, "port 127.0.0.1:%d is in use", taken);
    fill_in("8080", local);
    console_wait(console, "Not forwarded:");
    console_wait(console, text);
    console_wait(console, "8080"); // what was typed is still there
    console_type(console, KEY_ESC);
    console_wait_gone(console, "Not forwarded");
    console_type(console, "f");
    console_wait(console, "Nothing is forwarded");
    console_type(console, "f");
    console_wait(console, "CREDENTIAL");
    fixture_quit(console);
    (void)close(listener);
}

Test(forwards, wrong_values_stay_in_the_form, .init = begin, .fini = end)
{
    fill_in("70000", "");
    console_wait(console, "it takes 1 to 65535");
    console_type(console, KEY_ESC);
    console_wait_gone(console, "it takes");
    fill_in("80", "99999");
    console_wait(console, "a port from 1 to 65535, 0");
    console_type(console, KEY_ESC);
    console_wait_gone(console, "a port from");
    fixture_quit(console);
}

// It waits in whatever view the operator is, and comes back by itself.
Test(forwards, a_stopped_sandbox_is_waited_for, .init = begin, .fini = end)
{
    int port = forward_to_echo();
    fixture_expect(&fixture, 0, NULL, NULL, "stop", sandbox, NULL);
    console_wait(console, "S starts it");
    console_type(console, "f");
    console_wait(console, "waiting: ");
    console_wait(console, "is stopped");
    console_type(console, "q");
    fixture_expect(&fixture, 0, NULL, NULL, "start", sandbox, NULL);
    console_wait(console, "connected again");
    cr_expect(forward_exchange(port, 1000));
    quit_with("1 forwarded port will be closed");
}

static void begin_failing(void)
{
    const char *const options[] = {"--fleet", "plain", "--sandboxes", "2", "--fail", "create:503", NULL};
    begin_with(options);
}

// What a person has stopped or paused, by the vault.
static int notes_by_hand(void)
{
    char file[SUPPORT_PATH_CAP + 64];
    sqlite3 *db = NULL;
    sqlite3_stmt *statement = NULL;
    (void)snprintf(file, sizeof file, "%s/.local/state/sbxdeck/vault.db", fixture.home);
    cr_assert_eq(sqlite3_open(file, &db), SQLITE_OK);
    cr_assert_eq(sqlite3_prepare_v2(db, "SELECT count(*) FROM by_hand", -1, &statement, NULL), SQLITE_OK);
    cr_assert_eq(sqlite3_step(statement), SQLITE_ROW);
    int count = sqlite3_column_int(statement, 0);
    (void)sqlite3_finalize(statement);
    (void)sqlite3_close(db);
    return count;
}

// Only the first try is a person's: what he does while others follow still holds for tools.
Test(forwards, tries_that_follow_take_nothing_back, .init = begin_failing, .fini = end)
{
    fill_in("8080", "0");
    console_type(console, "f");
    console_wait(console, "Forwarded ports");
    console_wait(console, "a fault that was ordered");
    fixture_expect(&fixture, 0, NULL, NULL, "pause", sandbox, NULL);
    cr_expect_eq(notes_by_hand(), 1);
    console_wait(console, "waiting: ");
    console_type(console, "q");
    quit_with("1 forwarded port will be closed");
    cr_expect_eq(notes_by_hand(), 1, "it was taken back");
}

Test(forwards, one_that_nobody_answers_is_said_calmly, .init = begin, .fini = end)
{
    char remote[16], byte = 0;
    int dead = 0;
    int unused = loopback_listen(-1, &dead);
    (void)snprintf(remote, sizeof remote, "%d", dead);
    fill_in(remote, "0");
    console_wait(console, "goes to");
    const char *at = strstr(console_screen(console), "http://127.0.0.1:");
    int fd = loopback_connect((int)strtol(at + strlen("http://127.0.0.1:"), NULL, 10));
    cr_assert_geq(fd, 0);
    cr_expect_leq(read(fd, &byte, 1), 0);
    (void)close(fd);
    console_wait(console, "refused a connection");
    (void)close(unused);
    quit_with("1 forwarded port will be closed");
}

Test(forwards, they_fit_a_small_screen_and_stay_when_it_changes, .init = begin, .fini = end)
{
    char shown[16];
    int port = forward_to_echo();
    (void)snprintf(shown, sizeof shown, ":%d", port);
    console_resize(console, 5, 20);
    console_type(console, "f");
    console_wait(console, shown);
    console_resize(console, 50, 200);
    console_wait(console, "connected");
    console_wait(console, sandbox);
    console_type(console, "q");
    quit_with("1 forwarded port will be closed");
}
