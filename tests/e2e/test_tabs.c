// SPDX-License-Identifier: Apache-2.0
//
// Several sessions in the real console: tabs, names, marks, two halves of the screen, typing into several at
// once, and one that is connected again in its place.

#include "tests/e2e/fixture.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static char sandbox[64];

static void end(struct fixture *fixture, struct console *console)
{
    console_type(console, KEY_PREFIX "d");
    console_wait(console, "SANDBOX");
    console_type(console, "q");
    console_wait(console, "Quit?");
    console_type(console, KEY_TAB KEY_ENTER);
    fixture_wait_quit(console);
    fixture_end(fixture);
}

Test(tabs, keys_go_from_one_to_another)
{
    struct fixture fixture;
    struct console *console = fixture_shell(&fixture, NULL, 24, 100, sandbox, sizeof sandbox);
    fixture_second_shell(console);
    console_type(console, KEY_PREFIX "n");
    console_wait(console, "in one");
    console_type(console, KEY_PREFIX "p");
    console_wait(console, "in two");
    console_type(console, KEY_PREFIX "0");
    console_wait(console, "in one");
    console_type(console, KEY_PREFIX "l");
    console_wait(console, "in two");
    console_type(console, KEY_PREFIX "7");
    console_wait(console, "no session 7");
    console_type(console, KEY_PREFIX "w");
    console_wait(console, "Sessions");
    console_type(console, KEY_ESC);
    console_wait_gone(console, "Sessions");
    console_type(console, KEY_PREFIX "d");
    console_wait(console, "SANDBOX");
    console_type(console, KEY_PREFIX);
    console_wait(console, "in two");
    console_type(console, KEY_PREFIX "x");
    console_wait(console, "in one");
    cr_expect_null(strstr(console_line(console, 0), " 0 "), "one session needs no line of tabs");
    end(&fixture, console);
}

Test(tabs, names_and_marks_are_told)
{
    struct fixture fixture;
    struct console *console = fixture_shell(&fixture, NULL, 24, 100, sandbox, sizeof sandbox);
    fixture_second_shell(console);
    console_type(console, KEY_PREFIX ",");
    console_wait(console, "Name this session");
    console_type(console, "build" KEY_ENTER);
    console_wait_match(console, "^ 0 .* 1 build");
    console_run(console, "printf 'rea%s\\n' dy; read line; printf '\\a%s\\n' heard", "ready");
    console_type(console, KEY_PREFIX "n");
    console_wait(console, "in one");
    // What is typed into both rings the bell in the one that is not shown.
    console_type(console, KEY_PREFIX "S");
    console_wait(console, "TYPING INTO 2");
    console_type(console, KEY_ENTER);
    console_wait_match(console, "^ 0 .* 1 build .*!#");
    console_type(console, KEY_PREFIX "1");
    console_wait(console, "heard");
    console_wait_match(console, "^ 0 .* 1 build >$");
    console_type(console, KEY_PREFIX "S");
    console_wait_gone(console, "TYPING INTO");
    end(&fixture, console);
}

Test(tabs, typing_goes_into_chosen_sessions_only)
{
    struct fixture fixture;
    struct console *console = fixture_shell(&fixture, NULL, 24, 100, sandbox, sizeof sandbox);
    fixture_second_shell(console);
    console_type(console, KEY_PREFIX "s");
    console_wait(console, "add another session");
    console_run(console, "printf '%s\\n' only-$((2 + 3))", "only-5");
    console_type(console, KEY_PREFIX "0");
    console_wait(console, "in one");
    cr_expect_not(console_shows(console, "only-5"));
    console_type(console, KEY_PREFIX "s");
    console_wait(console, "TYPING INTO 2");
    console_run(console, "printf '%s\\n' both-$((4 + 3))", "both-7");
    console_type(console, KEY_PREFIX "1");
    console_wait(console, "only-5");
    console_wait(console, "both-7");
    // A paste of several lines asks once, and goes to both.
    console_type(console, "\033[200~printf '%s\\n' pasted-$((1 + 1))\r\033[201~");
    console_wait_match(console, "pasted-.\\(\\(1|Paste several lines");
    if (console_shows(console, "Paste several lines"))
        console_type(console, KEY_TAB KEY_ENTER);
    // A shell that has asked for brackets does not run it by itself.
    console_wait_match(console, "pasted-.\\(\\(1");
    console_type(console, KEY_ENTER);
    console_wait(console, "pasted-2");
    console_type(console, KEY_PREFIX "0");
    console_wait(console, "in one");
    console_wait(console, "pasted-2");
    end(&fixture, console);
}

Test(tabs, two_sessions_stand_side_by_side)
{
    struct fixture fixture;
    struct console *console = fixture_shell(&fixture, NULL, 24, 120, sandbox, sizeof sandbox);
    fixture_second_shell(console);
    console_type(console, KEY_PREFIX "|");
    console_wait_match(console, "in two.*│.*in one");
    // The keys stay where they were. Between the tabs and its status line:
    console_run(console, "stty size", "22 59");
    console_type(console, KEY_PREFIX "z");
    console_wait_gone(console, "in one");
    console_run(console, "stty size", "22 120");
    console_type(console, KEY_PREFIX "z");
    console_wait(console, "in one");
    console_type(console, KEY_PREFIX "\033[C");
    console_run(console, "printf '%s\\n' right-$((2 * 3))", "right-6");
    console_wait_match(console, "│.*right-6");
    // Too narrow for two: the one with the focus has it all.
    console_resize(console, 24, 50);
    console_wait_gone(console, "│");
    console_wait(console, "right-6");
    console_resize(console, 24, 120);
    console_wait_match(console, "│.*right-6");
    console_type(console, KEY_PREFIX "|");
    console_wait_gone(console, "│");
    end(&fixture, console);
}

Test(tabs, the_deck_stands_above_a_session)
{
    struct fixture fixture;
    struct console *console = fixture_shell(&fixture, NULL, 30, 100, sandbox, sizeof sandbox);
    console_run(console, "printf 'in %s\\n' one", "in one");
    console_type(console, KEY_PREFIX "-");
    console_wait(console, "SANDBOX");
    console_wait(console, "in one");
    console_type(console, KEY_PREFIX "d"); // the keys go to the deck now
    console_type(console, "/");
    console_wait_match(console, "^ /.* 1/");
    console_type(console, KEY_ESC);
    console_wait_gone(console, " 1/");
    console_type(console, KEY_PREFIX KEY_PREFIX); // the prefix there too: back to the session
    console_run(console, "printf '%s\\n' below-$((5 + 6))", "below-11");
    console_wait(console, "SANDBOX");
    console_type(console, KEY_PREFIX "-");
    console_wait_gone(console, "SANDBOX");
    console_wait(console, "below-11");
    end(&fixture, console);
}

Test(tabs, one_that_ended_is_connected_again_in_its_place)
{
    struct fixture fixture;
    struct console *console = fixture_shell(&fixture, NULL, 24, 100, sandbox, sizeof sandbox);
    fixture_second_shell(console);
    console_type(console, "exit 3" KEY_ENTER);
    console_wait(console, "exited with 3");
    console_wait_match(console, "^ 0 .* 1 .* x$");
    console_wait(console, "Enter reconnect");
    console_type(console, KEY_ENTER);
    console_wait_gone(console, "in two"); // it is above, in the scrollback
    console_wait_match(console, "[$#] *$");
    console_run(console, "printf 'in %s\\n' three", "in three");
    console_wait_match(console, "^ 0 [^ ]+ ([#~] )? 1 [^ ]+ *$");
    end(&fixture, console);
}

// A session in each of twelve sandboxes; each says which one it is.
static struct console *twelve(struct fixture *fixture)
{
    const char *const options[] = {"--fleet", "plain", "--sandboxes", "12", NULL};
    fixture_begin(fixture, options);
    struct console *console = fixture_console(fixture, 24, 80, "12 running");
    for (int i = 0; i < 12; i++) {
        char command[64], answer[24], tab[16];
        if (i > 0) {
            console_type(console, KEY_PREFIX "d");
            console_wait(console, "SANDBOX");
            console_type(console, KEY_DOWN);
        }
        console_type(console, KEY_ENTER);
        (void)snprintf(tab, sizeof tab, " %d ", i);
        if (i > 0)
            console_wait(console, tab);
        console_wait_match(console, "[$#] *$");
        (void)snprintf(command, sizeof command, "clear; echo 'he''re'-$((100+%d))", i);
        (void)snprintf(answer, sizeof answer, "here-%d", 100 + i);
        console_run(console, command, answer);
    }
    return console;
}

Test(tabs, twelve_are_told_apart_and_reached_by_number)
{
    struct fixture fixture;
    struct console *console = twelve(&fixture);
    console_type(console, KEY_PREFIX "3");
    console_wait(console, "here-103"); // no other begins with it
    console_type(console, KEY_PREFIX "10");
    console_wait(console, "here-110");
    console_wait_match(console, "^.* 10 ");
    console_type(console, KEY_PREFIX "11");
    console_wait(console, "here-111");
    console_type(console, KEY_PREFIX "1");
    console_wait(console, "one more digit for 10");
    console_type(console, KEY_ENTER);
    console_wait(console, "here-101");
    console_type(console, KEY_PREFIX "0");
    console_wait(console, "here-100");
    console_type(console, KEY_PREFIX "1"); // goes there by itself in the end
    console_wait(console, "here-101");
    // What is typed after a first digit is for the session that it called.
    console_type(console, KEY_PREFIX "0");
    console_wait(console, "here-100");
    console_type(console, KEY_PREFIX "1echo typed-$((40+2))" KEY_ENTER);
    console_wait(console, "typed-42");
    console_wait(console, "here-101");
    end(&fixture, console);
}

// Of the list that is open: an id that "11" doesn't find, of another than the one in front.
static void unlike_11(struct console *console, char id[16])
{
    id[0] = '\0';
    for (int row = 4; row < 16 && id[0] == '\0'; row++) {
        const char *line = console_line(console, row), *at = strstr(line, " sbx-");
        int ones = 0;
        cr_assert_not_null(at, "%s", line);
        for (const char *c = line; c < at + 15; c++)
            ones += *c == '1' ? 1 : *c == '*' ? 2 : 0;
        if (ones < 2)
            (void)snprintf(id, 16, "%.15s", at + 1);
    }
    cr_assert_neq(id[0], '\0');
}

Test(tabs, the_list_marks_the_one_in_front_and_is_narrowed_by_typing)
{
    char other[16];
    struct fixture fixture;
    struct console *console = twelve(&fixture);
    console_type(console, KEY_PREFIX "3");
    console_wait(console, "here-103");
    console_type(console, KEY_PREFIX "w");
    console_wait_match(console, "3\\* sbx-[0-9a-f]+ +current");
    console_wait_match(console, "11 sbx-[0-9a-f]+ +last");
    unlike_11(console, other);
    console_type(console, "11");
    console_wait_gone(console, other);
    console_wait_row(console, 4, "11 sbx-"); // an id may have the number too
    console_type(console, KEY_ENTER);
    console_wait(console, "here-111");
    // At any width the one in front is in sight, with arrows to what is not.
    static const int widths[] = {80, 60, 40, 20};
    for (size_t i = 0; i < sizeof widths / sizeof widths[0]; i++) {
        console_resize(console, 24, widths[i]);
        console_type(console, KEY_PREFIX "11");
        console_wait_match(console, "^\u2190.* 11 [^ ]");
        console_type(console, KEY_PREFIX "2");
        console_wait_match(console, "^(\u2190| 0).* 2 [^ ].*\u2192$");
    }
    console_resize(console, 24, 80);
    end(&fixture, console);
}

Test(tabs, quitting_names_each_sandbox_once)
{
    struct fixture fixture;
    char line[96];
    struct console *console = fixture_shell(&fixture, NULL, 24, 100, sandbox, sizeof sandbox);
    fixture_second_shell(console);
    console_type(console, KEY_PREFIX "d");
    console_wait(console, "SANDBOX");
    console_type(console, "q");
    console_wait(console, "2 open sessions will be disconnected:");
    (void)snprintf(line, sizeof line, "%s (2 sessions)", sandbox);
    console_wait(console, line);
    console_type(console, KEY_ESC);
    console_wait_gone(console, "Quit?");
    console_type(console, KEY_PREFIX); // back in the session
    console_wait(console, "in two");
    end(&fixture, console);
}
