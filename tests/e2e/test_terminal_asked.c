// SPDX-License-Identifier: Apache-2.0
//
// What the programs of a session ask of its terminal, through the whole console: rectangles and their sums,
// protected text, columns of their own.

#include "tests/e2e/fixture.h"

#include <criterion/criterion.h>

static struct console *begin(struct fixture *fixture)
{
    char sandbox[64];
    fixture_begin_first(fixture, NULL, sandbox, sizeof sandbox);
    const char *const argv[] = {fixture->program, NULL};
    struct console *console = console_start(24, 100, argv, fixture->environment);
    console_wait(console, sandbox);
    fixture_connect(console, sandbox);
    return console;
}

Test(terminal_asked, for_rectangles_and_what_is_in_them)
{
    struct fixture fixture;
    struct console *console = begin(&fixture);
    console_type(console,
                 "clear; printf '\\033[42;3;5;4;9$x\\033[3;6;3;8$z\\033[3;5;4;9;1;6;1;1$v\\033[8H'\r");
    console_wait_match(console, "^    \\*   \\* *$");
    console_wait_match(console, "^\\*   \\* *$");
    // A sum of one cell is its character, taken from 65536.
    console_run(
        console,
        "clear; stty -echo raw; printf '\\033[65;9;20;9;20$x\\033[1;1;9;20;9;20*y'; "
        "a=$(dd bs=1 count=11 2>/dev/null); stty sane; printf '%s' \"$a\" | tr -d '\\033' | sed 's/$/|/'",
        "P1!~FFBF\\|");
    console_run(console, "clear; printf '\\033V%s\\033W%s\\033[2J' kept-$((1+1)) gone-$((1+1))", "kept-2");
    cr_expect_not(console_shows(console, "gone-2"));
    fixture_leave_shell(&fixture, console);
}

Test(terminal_asked, for_columns_of_its_own)
{
    struct fixture fixture;
    struct console *console = begin(&fixture);
    console_run(console,
                "printf '\\033[?40h\\033[?3h'; until stty size | grep ' 132'; do sleep .01; done; printf "
                "'%0130d|\\nnext-%d\\n' 7 $((1+1))",
                "next-2");
    console_wait_match(console, "^23 132 *$");
    // The window shows the left part of a line that is not broken.
    console_wait_match(console, "^0{100}$");
    cr_expect_not(console_shows(console, "07|"));
    // A window of another size leaves them as they are, and says so of the rows.
    console_resize(console, 20, 80);
    console_run(console, "clear; until stty size | grep '^19 132'; do sleep .01; done", "19 132");
    console_run(console, "printf '\\033[?3l'; until stty size | grep '^19 80'; do sleep .01; done", "19 80");
    fixture_leave_shell(&fixture, console);
}

// A few bytes that ask for much work: they are taken in parts, and keys come between.
Test(terminal_asked, for_more_work_than_a_turn_of_the_loop_has_time_for)
{
    struct fixture fixture;
    struct console *console = begin(&fixture);
    console_run(console, "flood() { yes \"$(printf 'a\\033[65535b')\"; }; echo ready-$((1+1))", "ready-2");
    console_run(console, "flood | head -c 400000; clear; echo all-$((1+1))", "all-2");
    // The keyboard is heard in the middle of one without end.
    console_type(console, "flood | tr -d '\\n'\r");
    console_wait_match(console, "^a{100}$");
    console_type(console, KEY_PREFIX "d");
    console_wait(console, "SANDBOX");
    console_type(console, KEY_ENTER);
    console_wait_match(console, "^a{100}$");
    console_type(console, "\003");
    console_wait_match(console, "[$#] *$");
    // What waits when the shell ends is shown to its end.
    console_type(console, "flood | head -c 20000; printf '\\033[2J\\033[Hlast-%d' $((1+1)); exit\r");
    console_wait(console, "last-2");
    console_type_until(console, KEY_PREFIX "d", "SANDBOX");
    fixture_quit(console);
    fixture_end(&fixture);
}
