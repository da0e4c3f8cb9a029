// SPDX-License-Identifier: Apache-2.0
//
// What the console says and does when things are not as they should be, and how it ends.

#include "tests/e2e/fixture.h"

#include <criterion/criterion.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

Test(deck_edges, a_missing_key_says_what_to_do)
{
    struct fixture fixture;
    fixture_begin_without(&fixture);
    fixture_quit(fixture_console(&fixture, 24, 80, "LEAP0_API_KEY"));
    fixture_end(&fixture);
}

Test(deck_edges, a_refused_key_says_what_to_do)
{
    struct fixture fixture;
    fixture_begin(&fixture, NULL);
    fixture_point_at(&fixture, fixture.emulator.base_url, "not-the-key");
    struct console *console = fixture_console(&fixture, 24, 80, "refused");
    console_wait(console, "LEAP0_API_KEY");
    fixture_leave(&fixture, console);
}

Test(deck_edges, no_network_says_so_and_goes_on_trying)
{
    struct fixture fixture;
    fixture_begin_without(&fixture);
    fixture_point_at(&fixture, "http://127.0.0.1:1", "any");
    fixture_quit(fixture_console(&fixture, 24, 80, "No answer from"));
    fixture_end(&fixture);
}

Test(deck_edges, an_empty_list_says_how_to_fill_it)
{
    const char *const options[] = {"--sandboxes", "0", NULL};
    struct fixture fixture;
    fixture_begin(&fixture, options);
    struct console *console = fixture_console(&fixture, 24, 80, "No sandboxes");
    console_wait(console, "N creates one");
    fixture_leave(&fixture, console);
}

Test(deck_edges, every_size_from_20x5)
{
    static const struct {
        int rows, cols;
    } sizes[] = {{24, 80}, {50, 200}, {5, 20}, {6, 30}, {10, 40}, {100, 300}, {24, 80}};
    struct fixture fixture;
    char sandbox[64];
    fixture_begin_first(&fixture, NULL, sandbox, sizeof sandbox);
    fixture_expect(&fixture, 0, NULL, NULL, "access", "create", sandbox, NULL);
    const char *end = sandbox + strlen(sandbox) - 4; // what stays of it longest
    struct console *console = fixture_console(&fixture, 24, 80, sandbox);
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        console_resize(console, 4, 10);
        console_wait(console, "20x5");
        console_resize(console, sizes[i].rows, sizes[i].cols);
        console_wait_gone(console, "20x5");
        console_wait(console, end);
    }
    fixture_leave(&fixture, console);
}

Test(deck_edges, quitting_asks_while_sessions_are_open)
{
    struct fixture fixture;
    char sandbox[64];
    fixture_begin_first(&fixture, NULL, sandbox, sizeof sandbox);
    struct console *console = fixture_console(&fixture, 24, 80, sandbox);
    fixture_connect(console, sandbox);
    console_type(console, "trap 'touch $HOME/hung-up; exit' HUP; echo set-$((1+1)); sleep 100 & wait\r");
    console_wait(console, "set-2"); // before that it would end without a word
    console_type(console, KEY_PREFIX "d");
    console_wait(console, "SANDBOX");
    console_type(console, "q");
    console_wait(console, "Cancel");
    console_type(console, KEY_ENTER);
    console_wait_gone(console, "Cancel");
    console_type(console, "q");
    console_wait(console, "Cancel");
    console_type(console, KEY_TAB KEY_ENTER);
    fixture_wait_quit(console);
    // The remote program was hung up in order.
    fixture_expect(&fixture, 0, NULL, NULL, "ssh", sandbox,
                   "for i in $(seq 100); do test -e ~/hung-up && exit 0; sleep 0.1; done; exit 1", NULL);
    fixture_end(&fixture);
}

Test(deck_edges, ctrl_z_suspends_and_fg_comes_back)
{
    struct fixture fixture;
    char sandbox[64];
    fixture_begin_first(&fixture, NULL, sandbox, sizeof sandbox);
    const char *const argv[] = {"bash", "--norc", "--noprofile", "-i", NULL};
    struct console *console = console_start(24, 80, argv, fixture.environment);
    console_wait_match(console, "[$#] *$");
    console_type(console, "PS1='shell> '; clear\r");
    console_wait_match(console, "^shell> *$");
    console_type(console, fixture.program);
    console_type(console, "\r");
    console_wait(console, sandbox);
    console_type(console, KEY_CTRL_Z);
    console_wait(console, "Stopped");
    console_wait(console, "shell>");
    console_type(console, "fg\r");
    console_wait(console, sandbox);
    console_wait(console, "SANDBOX");
    console_type(console, "q");
    console_wait_gone(console, "SANDBOX");
    console_type(console, "exit\r");
    (void)console_wait_exit(console);
    console_free(console);
    fixture_end(&fixture);
}

Test(deck_edges, a_lost_answer_shows_unknown)
{
    const char *const options[] = {"--dialect", "sandbox", "--drop-answer-to", "create:1", NULL};
    struct fixture fixture;
    char sandbox[64];
    fixture_begin_first(&fixture, options, sandbox, sizeof sandbox);
    struct console *console = fixture_console(&fixture, 24, 80, sandbox);
    fixture_choose(console, sandbox);
    console_type(console, "n");
    console_wait(console, "unknown");
    console_type(console, "r");
    console_wait(console, "Cancel");
    console_type(console, KEY_TAB KEY_ENTER);
    console_wait_match(console, "[^n]valid");
    fixture_leave(&fixture, console);
}

Test(deck_edges, a_conflict_offers_to_regenerate)
{
    const char *const options[] = {"--dialect", "sandbox", NULL};
    struct fixture fixture, other;
    char sandbox[64];
    fixture_begin(&fixture, options);
    other = fixture;
    cr_assert(support_folder_make(other.home));
    (void)snprintf(other.home_variable, sizeof other.home_variable, "HOME=%s", other.home);
    fixture_point_at(&other, fixture.emulator.base_url, fixture.emulator.api_key);
    fixture_first_sandbox(&other, sandbox, sizeof sandbox);
    fixture_expect(&other, 0, NULL, NULL, "access", "create", sandbox, NULL);
    struct console *console = fixture_console(&fixture, 24, 80, sandbox);
    fixture_choose(console, sandbox);
    console_type(console, "n");
    console_wait(console, "[>Cancel<]"); // it came by itself: for a moment it takes no key
    console_type(console, KEY_TAB KEY_ENTER);
    console_wait_match(console, "[^n]valid");
    fixture_quit(console);
    cr_expect(support_folder_remove(other.home));
    fixture_end(&fixture);
}

Test(deck_edges, a_frozen_server_leaves_the_keys_alive)
{
    struct fixture fixture;
    char sandbox[64];
    fixture_begin_first(&fixture, NULL, sandbox, sizeof sandbox);
    struct console *console = fixture_console(&fixture, 24, 80, sandbox);
    cr_assert_eq(kill(fixture.emulator.pid, SIGSTOP), 0);
    console_type(console, KEY_CTRL_R);
    console_type(console, "?");
    console_wait(console, "Show the keys");
    console_type(console, KEY_ESC);
    console_wait_gone(console, "Show the keys");
    fixture_quit(console);
    cr_assert_eq(kill(fixture.emulator.pid, SIGCONT), 0);
    fixture_end(&fixture);
}
