// SPDX-License-Identifier: Apache-2.0
//
// Sessions in the real console beyond the plain story: the prefix, pastes, a flood, several at once, a size
// of 20x5, and the ways in which one does not come about or is cut off.

#include "tests/e2e/fixture.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PASTE_BEGIN "\033[200~"
#define PASTE_END   "\033[201~"

static char sandbox[64];

static struct console *begin(struct fixture *fixture, const char *const options[], int rows, int cols)
{
    fixture_begin_first(fixture, options, sandbox, sizeof sandbox);
    return fixture_console(fixture, rows, cols, sandbox);
}

static void choose(struct console *console)
{
    fixture_choose(console, sandbox);
}

static struct console *begin_in_shell(struct fixture *fixture, const char *const options[], int rows,
                                      int cols)
{
    return fixture_shell(fixture, options, rows, cols, sandbox, sizeof sandbox);
}

Test(sessions, the_prefix_tells_its_keys_and_passes_itself_on)
{
    struct fixture fixture;
    struct console *console = begin_in_shell(&fixture, NULL, 24, 100);
    console_type(console, KEY_PREFIX);
    console_wait(console, "x close");
    console_type(console, "@");
    console_wait(console, "no command on Ctrl-] @");
    console_type(console, KEY_PREFIX "?");
    console_wait(console, "Send the prefix itself to the program");
    console_type(console, KEY_ESC);
    console_wait_gone(console, "Send the prefix itself to the program");
    console_type(console, "read -rsn1 key; printf 'got-%d-\\n' \"'$key\"\r");
    console_type(console, KEY_PREFIX KEY_PREFIX);
    console_wait(console, "got-29-");
    fixture_leave_shell(&fixture, console);
}

Test(sessions, the_shell_gets_the_language_and_is_told_of_all_colours)
{
    struct fixture fixture;
    struct console *console = begin_in_shell(&fixture, NULL, 24, 100);
    console_run(console, "echo \"[$TERM|$LANG|$COLORTERM]\"", "[xterm-256color|C.UTF-8|truecolor]");
    fixture_leave_shell(&fixture, console);
}

Test(sessions, a_paste_that_would_run_commands_is_asked_about)
{
    struct fixture fixture;
    struct console *console = begin_in_shell(&fixture, NULL, 24, 90);
    console_type(console, "clear; echo ready; sed -u s/^/got-/\r");
    console_wait_match(console, "^ready *$");
    console_type(console, PASTE_BEGIN "first\nsecond\n" PASTE_END);
    console_wait(console, "2 line ends");
    console_type(console, KEY_ENTER); // Cancel has the focus
    console_wait_gone(console, "2 line ends");
    console_type(console, PASTE_BEGIN "one\ntwo\n" PASTE_END);
    console_wait(console, "2 line ends");
    console_type(console, KEY_TAB KEY_ENTER);
    console_wait(console, "got-two"); // it runs: bash itself may lose a Ctrl-C before
    cr_expect(!console_shows(console, "first"), "what was cancelled was sent");
    // One line needs no question.
    console_type(console, PASTE_BEGIN "plain text" PASTE_END);
    console_wait(console, "plain text");
    console_type(console, KEY_CTRL_C);
    console_wait_match(console, "[$#] *$");
    // bash asks for brackets: several lines wait for Enter there, and an end of brackets inside is no end.
    console_type(console, "clear\r");
    console_wait_gone(console, "plain text");
    console_wait_match(console, "[$#] *$"); // by then it has asked
    console_type(console, PASTE_BEGIN "echo a-$((1+1))\necho b-$((2+2))" PASTE_END);
    console_wait(console, "echo b-");
    cr_expect(!console_shows(console, "a-2"), "a bracketed paste ran by itself");
    console_type(console, "\r");
    console_wait(console, "a-2");
    console_wait(console, "b-4");
    fixture_leave_shell(&fixture, console);
}

Test(sessions, keys_answer_while_output_floods)
{
    struct fixture fixture;
    struct console *console = begin_in_shell(&fixture, NULL, 24, 80);
    console_type(console, "yes flooding\r");
    console_wait_match(console,
                       "^flooding$"); // not the command line: bash itself may lose a Ctrl-C that early
    console_type(console, KEY_CTRL_C);
    console_wait_match(console, "[$#] *$");
    console_type(console, "clear; echo after-$((3*3))\r");
    console_wait(console, "after-9");
    console_wait_gone(console, "flooding");
    fixture_leave_shell(&fixture, console);
}

Test(sessions, twenty_columns_and_five_lines_are_enough)
{
    struct fixture fixture;
    struct console *console = begin_in_shell(&fixture, NULL, 24, 80);
    console_resize_shell(console, 5, 20, "4 20");
    console_wait_match(console, "59m[0-9][0-9]s");
    console_type(console, "exit\r");
    console_wait(console, "Enter reconnect");
    console_wait(console, "exited");
    console_type(console, KEY_ESC);
    console_resize(console, 24, 80);
    console_wait(console, "SANDBOX");
    fixture_leave(&fixture, console);
}

static void break_known_hosts(const struct fixture *fixture)
{
    char path[SUPPORT_PATH_CAP + 64], text[4096], changed[4096];
    (void)snprintf(path, sizeof path, "%s/.local/state/sbxdeck/known_hosts", fixture->home);
    FILE *file = fopen(path, "r+");
    cr_assert_not_null(file, "%s", path);
    text[fread(text, 1, sizeof text - 1, file)] = '\0';
    // Another key of the same type: one character of its own part is another one.
    char *line_end = strchr(text, '\n');
    cr_assert_not_null(line_end);
    (void)snprintf(changed, sizeof changed, "%s", text);
    char *last = changed + (line_end - text) - 2;
    *last = *last == 'A' ? 'B' : 'A';
    rewind(file);
    cr_assert_eq(fwrite(changed, 1, strlen(changed), file), strlen(changed));
    cr_assert_eq(fclose(file), 0);
}

Test(sessions, a_changed_host_key_is_refused_until_it_is_forgotten_on_purpose)
{
    struct fixture fixture;
    char host[64] = "";
    struct console *console = begin_in_shell(&fixture, NULL, 30, 90);
    console_wait(console, "Saved the new host key of");
    console_type(console, KEY_PREFIX "x");
    console_wait(console, "SANDBOX");
    break_known_hosts(&fixture);
    console_type(console, KEY_ENTER);
    console_wait(console, "The host key has changed");
    console_wait(console, "password was sent");
    console_wait(console, "shown now");
    const char *at = strstr(console_screen(console), "@127.");
    cr_assert_not_null(at);
    (void)sscanf(at + 1, "%63[0-9.]", host);
    console_wait(console, "Ctrl-] F forget host key");
    console_type(console, KEY_PREFIX "F");
    console_wait(console, "Forget the known host key?");
    console_type(console, "yes" KEY_ENTER); // not what is to be typed
    console_type(console, KEY_ESC);
    console_wait_gone(console, "Forget the known host key?");
    fixture_expect(&fixture, 255, NULL, "host key", "ssh", sandbox, "true", NULL);
    console_type(console, KEY_PREFIX "F");
    console_wait(console, "Forget the known host key?");
    console_type(console, host);
    console_type(console, KEY_ENTER);
    console_wait_gone(console, "Forget the known host key?");
    console_wait(console, "Forgot the old host key");
    console_type(console, KEY_ENTER);
    console_wait_match(console, "[$#] *$");
    fixture_leave_shell(&fixture, console);
}

Test(sessions, a_refused_credential_is_validated_and_replaced)
{
    const char *const options[] = {"--dialect", "sandbox", NULL};
    struct fixture fixture;
    struct console *console = begin(&fixture, options, 30, 90);
    // Somebody else has made one: whom it cuts off is said before it is replaced.
    char other_home[SUPPORT_PATH_CAP + 32];
    (void)snprintf(other_home, sizeof other_home, "%s/other", fixture.home_variable);
    const char *mine = NULL;
    size_t home = 0;
    while (fixture.environment[home] != fixture.home_variable)
        home++;
    mine = fixture.environment[home];
    fixture.environment[home] = other_home;
    fixture_expect(&fixture, 0, NULL, NULL, "access", "create", sandbox, NULL);
    choose(console);
    console_type(console, KEY_ENTER);
    console_wait(console, "There is a credential already");
    console_wait(console, "[>Cancel<]"); // it came by itself: for a moment it takes no key
    console_type(console, KEY_TAB KEY_ENTER);
    console_wait_match(console, "[$#] *$");
    console_type(console, KEY_PREFIX "x");
    console_wait(console, "SANDBOX");
    // Now the other one replaces ours behind our back.
    fixture_expect(&fixture, 0, NULL, NULL, "access", "regen", sandbox, NULL);
    fixture.environment[home] = mine;
    console_type(console, KEY_ENTER);
    console_wait(console, "Sign-in refused");
    console_wait(console, "no longer valid");
    console_wait(console, "Enter reconnect");
    console_type(console, KEY_ENTER);
    console_wait_match(console, "[$#] *$");
    fixture_leave_shell(&fixture, console);
}

Test(sessions, one_that_is_cut_off_tells_why_and_comes_back)
{
    const char *const options[] = {"--ttl", "8", "--cut-on-expiry", NULL};
    struct fixture fixture;
    struct console *console = begin_in_shell(&fixture, options, 24, 90);
    console_type(console, "echo last-$((4*4))-words\r");
    console_wait(console, "last-16-words");
    console_wait(console, "the connection was lost");
    console_wait(console, "its credential is expired, which");
    console_wait(console, "last-16-words");
    console_wait(console, "Enter reconnect with a new credential");
    console_type(console, KEY_ENTER);
    console_wait_gone(console, "last-16-words"); // into the scrollback
    console_wait_match(console, "[$#] *$");
    fixture_leave_shell(&fixture, console);
}
