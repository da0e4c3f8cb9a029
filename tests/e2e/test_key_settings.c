// SPDX-License-Identifier: Apache-2.0
//
// Keys that the operator has set in the settings file: they do what they say, the screen shows them, and a
// wrong one ends the program before anything begins.

#include "tests/e2e/fixture.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

Test(key_settings, set_keys_work_and_are_shown_and_the_others_do_nothing)
{
    static const char *const options[] = {"--fleet", "plain", NULL};
    struct fixture fixture;
    char sandbox[64];
    fixture_begin(&fixture, options);
    fixture_settings(&fixture, "[keys]\n"
                               "connect = o\n"
                               "sort = none\n"
                               "credential_new = F2 N\n"
                               "sandbox_new = none\n"
                               "down = J\n"
                               "session_prefix = Ctrl-a\n"
                               "session_close = k\n");
    fixture_first_sandbox(&fixture, sandbox, sizeof sandbox);
    struct console *console = fixture_console(&fixture, 40, 120, sandbox);
    console_wait(console, "o connect  F2 new");
    console_type(console, "?");
    console_wait(console, "F2 N                 Create a credential for the selected sandbox");
    cr_expect_null(strstr(console_screen(console), "Reverse the order"));
    console_type(console, "J"); // in the help, too
    console_wait_gone(console, "Everywhere");
    console_type(console, "q");
    fixture_choose(console, sandbox);
    console_type(console, KEY_ENTER "N"); // Enter no longer connects
    console_wait(console, "Created a credential for");
    console_type(console, "o");
    console_wait(console, ":~$");
    console_type(console, "\001");
    console_wait(console, "k close");
    console_type(console, "?");
    console_wait(console, "In a session, after Ctrl-A");
    console_type(console, "q");
    console_run(console, "echo back-$((40+2))", "back-42");
    console_type(console, "read -rsn1 key; printf 'got-%d-\\n' \"'$key\"\r\001\001");
    console_wait(console, "got-1-");
    console_type(console, "\001d");
    console_wait(console, "as of");
    console_type(console, "\001"); // and back by it
    console_wait(console, "got-1-");
    console_type(console, "\001k");
    console_wait(console, "as of");
    fixture_leave(&fixture, console);
}

Test(key_settings, a_wrong_one_is_named_by_console_and_verbs_alike)
{
    struct fixture fixture;
    fixture_begin_without(&fixture);
    fixture_settings(&fixture, "mouse = yes\n\n[keys]\nconect = o\n");
    static const char told[] = "config:4: 'conect' is not a command (did you mean connect?)";
    fixture_expect(&fixture, 2, "", told, "ls", NULL);
    fixture_expect(&fixture, 2, "", told, "--wall", NULL);
    fixture_expect(&fixture, 2, "(connect)", told, "help", "keys", NULL); // which lists the names
    fixture_end(&fixture);
}

// Its file is older than the key that another command has by default now.
Test(key_settings, a_line_goes_before_a_default_and_what_it_took_is_told)
{
    struct fixture fixture;
    fixture_begin_without(&fixture);
    fixture_settings(&fixture, "[keys]\ndown = J\n");
    fixture_expect(&fixture, 0,
                   "config:2: warning: down has J now, which was a key of details_down: that has "
                   "Shift-Down\n",
                   NULL, "config", "check", NULL);
    fixture_expect(&fixture, 0, "\n    down has J now, which was a key of details_down", NULL, "config",
                   "list", NULL);
    fixture_expect(&fixture, 0, "  Shift-Down          Scroll the details down", NULL, "help", "keys", NULL);
    fixture_expect(&fixture, 0, "",
                   "mark has x now, which was a key of credential_delete: that has none left", "config",
                   "set", "keys.mark", "x", NULL);
    fixture_expect(&fixture, 2, "", "that is the key of down, too (line 2)", "config", "set", "keys.log", "J",
                   NULL);
    fixture_expect(&fixture, 2, "", "that is the key of quit, too (set quit to another key)", "config", "set",
                   "keys.log", "q", NULL);
    fixture_end(&fixture);
}

Test(key_settings, the_help_shows_the_keys_that_are_set)
{
    struct fixture fixture;
    fixture_begin_without(&fixture);
    fixture_settings(&fixture,
                     "[keys]\nsession_prefix = Ctrl-a\nconnect = Ctrl-o F5\nsession_beside = none\n");
    fixture_expect(&fixture, 0, "  Ctrl-O, F5          Open a shell", NULL, "help", "keys", NULL);
    fixture_expect(&fixture, 0, "  Ctrl-R              Refresh", NULL, "help", "keys",
                   NULL); // in the same style
    fixture_expect(&fixture, 0, "(Ctrl-A -)", NULL, "help", "sessions", NULL);
    fixture_expect(&fixture, 0, "(session beside)", NULL, "help", "sessions", NULL);
    fixture_end(&fixture);
}
