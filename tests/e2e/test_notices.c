// SPDX-License-Identifier: Apache-2.0
//
// What the console says by itself: on one line that nobody works in, joined where it is of one kind, and to
// be read again.

#include "tests/e2e/fixture.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

enum { ROWS = 24, COLS = 80 };

static char sandbox[64];

// A shell whose prompt is on its last row and that tells of each change of its size.
static struct console *at_the_bottom(struct fixture *fixture)
{
    struct console *console = fixture_shell(fixture, NULL, ROWS, COLS, sandbox, sizeof sandbox);
    console_run(console, "trap 'echo wi\"\"nch' WINCH; seq 60; echo at-the-$((1 + 1))", "at-the-2");
    console_wait_match(console, "[$#] *$");
    return console;
}

Test(notices, one_leaves_the_prompt_its_row_and_the_countdown_its_place)
{
    struct fixture fixture;
    struct console *console = at_the_bottom(&fixture);
    console_type(console, KEY_PREFIX "7");
    console_wait_match(console, "^ sbx-.* (1h00m|59m[0-9]+s) +[^ ]+ There is no session 7 ");
    const char *status = console_line(console, ROWS - 1);
    cr_expect_not_null(strstr(status, "There is no session 7"), "%s", status);
    const char *prompt = console_line(console, ROWS - 2);
    cr_expect_not_null(strchr(prompt, '$'), "%s", prompt);
    cr_expect_null(strstr(prompt, "session"), "%s", prompt);
    console_run(console, "stty size", "23 80");
    console_wait_gone(console, "There is no session 7");
    console_run(console, "stty size; echo still-$((1 + 2))", "still-3");
    cr_expect_not(console_shows(console, "winch"), "the program was told of another size");
    fixture_leave_shell(&fixture, console);
}

Test(notices, those_that_went_by_can_be_read_again_found_and_copied)
{
    struct fixture fixture;
    struct console *console = at_the_bottom(&fixture);
    console_type(console, KEY_PREFIX "7");
    console_wait(console, "There is no session 7");
    console_type(console, KEY_PREFIX "8");
    console_wait(console, "There is no session 8");
    console_type(console, KEY_PREFIX "8");
    console_type(console, KEY_PREFIX "~");
    console_wait(console, "Messages");
    console_wait_match(console,
                       "[0-9]{2}:[0-9]{2}:[0-9]{2} +[^ ]+ info +\\(2 times\\) There is no session 8");
    console_type(console, "/7");
    console_wait_gone(console, "session 8");
    console_type(console, KEY_ENTER);
    console_wait_match(console, "1/[0-9]+");
    console_type(console, "y");
    console_wait(console, "the message");
    console_type(console, KEY_ENTER);
    console_wait_gone(console, "MESSAGE");
    console_wait(console, "There is no session 7 (Ctrl-] w lists them)");
    console_type(console, KEY_ESC);
    console_wait(console, "MESSAGE");
    console_type(console, "q");
    console_wait(console, "at-the-2");
    console_type(console, KEY_PREFIX "d");
    console_wait(console, "SANDBOX");
    console_type(console, "M");
    console_wait(console, "There is no session 8");
    console_type(console, "M");
    console_wait(console, "SANDBOX");
    console_type(console, KEY_PREFIX);
    console_wait(console, "at-the-2");
    fixture_leave_shell(&fixture, console);
}

// What was an error is counted in the header until it was read.
Test(notices, unread_errors_are_in_the_header_until_they_are_read)
{
    struct fixture fixture;
    struct console *console = fixture_deck(&fixture, NULL, ROWS, 120);
    (void)support_emulator_stop(&fixture.emulator);
    console_type(console, KEY_CTRL_R);
    console_wait_match(console, "[0-9] errors?, M ");
    console_type(console, ":messages" KEY_ENTER);
    console_wait(console, "Messages");
    console_wait_match(console, "error +listing the sand");
    console_type(console, "/!error" KEY_ENTER);
    console_wait_gone(console, "listing the sandboxes");
    console_type(console, KEY_ESC);
    console_wait(console, "listing the sandboxes");
    console_type(console, KEY_ESC KEY_ESC);
    console_wait(console, "SANDBOX");
    cr_expect_null(strstr(console_line(console, 0), ", M "), "%s", console_line(console, 0));
    console_type(console, "q");
    fixture_wait_quit(console);
    fixture_end(&fixture);
}

Test(notices, those_of_a_kind_are_joined_and_a_failed_call_is_named)
{
    struct fixture fixture;
    struct console *console = at_the_bottom(&fixture);
    for (int i = 1; i <= 2; i++) {
        char tab[24];
        console_type(console, KEY_PREFIX "c");
        (void)snprintf(tab, sizeof tab, " %d sbx", i);
        console_wait(console, tab);
        console_wait_match(console, "[$#] *$");
    }
    console_type(console, KEY_PREFIX "d");
    console_wait(console, "SANDBOX");
    (void)support_emulator_stop(&fixture.emulator);
    console_wait(console, "3 sessions ended: ");
    const char *bar = console_line(console, ROWS - 1);
    cr_expect_not_null(strstr(bar, "3 sessions ended: "), "%s", bar);
    console_type(console, KEY_CTRL_R);
    console_wait_match(console, "listing the sandboxes of 127.0.0.1:[0-9]+: ");
    // The reason of one that was cut is whole beside it.
    console_type(console, KEY_PREFIX);
    console_wait(console, "Enter reconnect");
    console_wait_match(console, "^ [^ ]+ (the connection was lost|the sandbox closed the session)");
    console_free(console);
    fixture_end(&fixture);
}

// The beginnings of the lines, without those that tell the time.
static void take_list(struct console *console, int rows, char list[][16])
{
    for (int i = 0; i < rows - 1; i++)
        (void)snprintf(list[i], 16, "%.12s", console_line(console, i));
}

Test(notices, no_row_of_the_list_is_covered_at_any_size)
{
    static const int sizes[][2] = {{24, 80}, {12, 40}, {5, 20}, {50, 200}};
    const char *const options[] = {"--fleet", "plain", "--sandboxes", "60", NULL};
    struct fixture fixture;
    fixture_begin(&fixture, options);
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        int rows = sizes[i][0];
        char before[64][16], after[64][16];
        struct console *console = fixture_console(&fixture, rows, sizes[i][1], "help");
        console_wait_match(console, "^.?sb[^ ]+[0-9a-f] ");
        console_type(console, "!");
        console_wait(console, "No alert");
        console_type(console, KEY_ESC); // takes it away
        console_wait_gone(console, "No alert");
        take_list(console, rows, before);
        console_type(console, "!");
        console_wait(console, "No alert");
        cr_expect_not_null(strstr(console_line(console, rows - 1), "No alert"));
        take_list(console, rows, after);
        for (int y = 0; y < rows - 1; y++)
            cr_expect_str_eq(after[y], before[y], "line %d of %d", y, rows);
        fixture_quit(console);
    }
    fixture_end(&fixture);
}
