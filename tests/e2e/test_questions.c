// SPDX-License-Identifier: Apache-2.0
//
// Questions that nobody asked for: they wait in one line, take no key and cover nothing.

#include "tests/e2e/world.h"

#include <criterion/criterion.h>
#include <stdlib.h>

static char sandbox[64];

// "first", and then a longer one.
#define FIRST  "printf '\\033]52;c;Zmlyc3Q=\\007'"
#define SECOND "printf '\\033]52;c;c2Vjb25kIG9uZQ==\\007'"

static void end(struct world *world, struct console *console)
{
    console_type(console, KEY_PREFIX "x");
    console_wait(console, "SANDBOX");
    world_quit(console);
    world_end(world);
}

Test(questions, one_from_a_program_takes_no_key_from_who_types)
{
    struct world world;
    struct console *console = world_shell(&world, NULL, 24, 100, sandbox, sizeof sandbox);
    console_type(console, FIRST KEY_ENTER "echo rm -rf /tmp/build-$((6 * 7))" KEY_ENTER "ra" KEY_TAB);
    console_wait(console, "\nrm -rf /tmp/build-42");
    console_wait_match(console, "Let the program copy 5 bytes[?] +Ctrl-\\] Q answers");
    console_type(console, KEY_CTRL_U);
    // The newest text is what is asked about.
    console_run(console, "clear; " SECOND "; echo more-$((1 + 1))", "more-2");
    console_wait(console, "Let the program copy 10 bytes?");
    console_type(console, KEY_PREFIX);
    console_wait(console, "Q answer");
    console_type(console, "Q");
    console_wait(console, "It begins: second one");
    console_type(console, KEY_ESC); // no answer: it goes on waiting
    console_wait_gone(console, "It begins");
    console_wait(console, "Let the program copy 10 bytes?");
    console_type(console, KEY_PREFIX "Q");
    console_wait(console, "It begins: second one");
    console_type(console, "a"); // Allow
    console_wait(console, "Copied the program's 10 bytes");
    char *text = console_clipboard(console);
    cr_expect_str_eq(text, "second one");
    free(text);
    console_wait_gone(console, "Let the program");
    console_type(console, KEY_PREFIX "Q");
    console_wait(console, "No question waits");
    end(&world, console);
}

Test(questions, one_waits_for_its_session_and_goes_with_it)
{
    struct world world;
    struct console *console = world_shell(&world, NULL, 24, 100, sandbox, sizeof sandbox);
    console_run(console, FIRST "; echo done-$((1 + 1))", "done-2");
    console_wait(console, "Let the program copy 5 bytes?");
    console_type(console, KEY_PREFIX "d");
    console_wait(console, "SANDBOX");
    cr_expect_not(console_shows(console, "Let the program"), "%s", console_screen(console));
    console_type(console, KEY_PREFIX);
    console_wait(console, "Let the program copy 5 bytes?");
    console_type(console, KEY_PREFIX "[");
    console_wait(console, "Ctrl-] Q answers a question");
    console_type(console, "q");
    console_wait_gone(console, "COPY");
    // In few columns its key is there, and the countdown.
    console_resize_shell(console, 24, 40, "23 40");
    console_wait_match(console, "59m[0-9]+s.*Ctrl-\\] Q");
    console_resize_shell(console, 5, 20, "4 20");
    console_wait_match(console, "59m[0-9]+s +[?] *$");
    console_resize_shell(console, 24, 100, "23 100");
    end(&world, console);
}
