// SPDX-License-Identifier: Apache-2.0
//
// What the operator's own terminal tells the console reaches the programs of a session: its colours and keys.
// And what they write for the clipboard reaches it.

#include "tests/e2e/fixture.h"

#include <criterion/criterion.h>
#include <stdio.h>

// The console in a terminal that was prepared by those bytes, in a shell of the first sandbox.
static struct console *begin(struct fixture *fixture, const char *prepared)
{
    char sandbox[64], command[512];
    fixture_begin_first(fixture, NULL, sandbox, sizeof sandbox);
    (void)snprintf(command, sizeof command, "printf '%s'; exec \"$0\"", prepared);
    const char *const argv[] = {"/bin/sh", "-c", command, fixture->program, NULL};
    struct console *console = console_start(24, 100, argv, fixture->environment);
    console_wait(console, sandbox);
    fixture_connect(console, sandbox);
    return console;
}

// Asks as a program does, without waiting for longer than the answer takes.
#define ASK(question, end)                                                                                   \
    "clear; stty -echo raw; printf '" question "'; a=$(dd bs=1 count=" end " 2>/dev/null); stty sane; "      \
    "printf '%s' \"$a\" | tr -d '\\033\\007' | sed 's/$/|/'"

Test(terminal_tells, its_colours_to_the_program_that_asks)
{
    struct fixture fixture;
    struct console *console = begin(&fixture, "\\033]10;#abcdef\\a\\033]11;#123456\\a\\033]4;1;#fedcba\\a");
    console_run(console, ASK("\\033]11;?\\a", "24"), "]11;rgb:1212/3434/5656|");
    console_run(console, ASK("\\033]10;?\\a", "24"), "]10;rgb:abab/cdcd/efef|");
    console_run(console, ASK("\\033]4;1;?\\a", "25"), "]4;1;rgb:fefe/dcdc/baba|");
    console_run(console, ASK("\\033]11;#010203\\a\\033]11;?\\a", "24"), "]11;rgb:0101/0202/0303|");
    console_run(console, "clear; printf '\\033]12;#ff8700\\a'; echo cursor-$((1+1))", "cursor-2");
    cr_expect(console_ever_wrote(console, "\033]12;rgb:ff/87/00\a"));
    fixture_leave_shell(&fixture, console);
}

// kitty's protocol from outside: the console's own keys come so too.
#define CTRL_ENTER "\033[13;5u"
#define CTRL_I     "\033[105;5u"
#define CTRL_C     "\033[99;5u"
#define PREFIX     "\033[93;5u"
#define ESC_KEY    "\033[27u"

Test(terminal_tells, keys_apart_to_the_program_that_asks)
{
    struct fixture fixture;
    struct console *console = begin(&fixture, "");
    cr_expect(console_ever_wrote(console, "\033[?u"));
    cr_expect(console_ever_wrote(console, "\033[>5u"), "the terminal was not asked to tell keys apart");
    // A program that has not asked gets the bytes there always were.
    console_run(console, "clear; stty -icanon -icrnl -echo; echo plain-$((1+1)); cat -v", "plain-2");
    console_type(console, CTRL_I CTRL_ENTER "|");
    console_wait(console, "        ^M|");
    console_type(console, CTRL_C);
    console_wait_match(console, "[$#] *$");
    // One that has:
    console_run(console, "clear; printf '\\033[>1u'; echo asked-$((1+1)); cat -v", "asked-2");
    console_type(console, CTRL_I CTRL_ENTER ESC_KEY "\003|");
    console_wait(console, "^[[105;5u^[[13;5u^[[27u^[[99;5u|");
    // The console's own key, and Esc for the console, are what they were.
    console_type(console, PREFIX "?");
    console_wait(console, "Send the prefix itself to the program");
    console_type(console, ESC_KEY);
    console_wait_gone(console, "Send the prefix itself to the program");
    console_type(console, PREFIX "x");
    console_wait(console, "SANDBOX");
    console_free(console);
    fixture_end(&fixture);
}

Test(terminal_tells, of_the_clipboard_without_padding)
{
    struct fixture fixture;
    struct console *console = begin(&fixture, "");
    console_type(console, "clear; printf '\\033]52;c;SGVs bG8\\a'\r");
    console_wait(console, "Let the program copy 5 bytes?");
    console_type(console, KEY_PREFIX "Q");
    console_wait(console, "It begins: Hello");
    console_type(console, KEY_TAB KEY_ENTER);
    console_wait_gone(console, "It begins: Hello");
    cr_expect(console_ever_wrote(console, "\033]52;c;SGVsbG8="));
    fixture_leave_shell(&fixture, console);
}
