// SPDX-License-Identifier: Apache-2.0
//
// The filter's keys, its completion, its history and saved filters, and going anywhere by a few letters, in
// the real console; and the filter of `sbxdeck exec`.

#include "tests/e2e/fixture.h"
#include "tests/e2e/raw_http_client.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const six[] = {"--fleet", "demo", "--sandboxes", "6", NULL};

// --- typing -------------------------------------------------------------------------------

Test(filter, keys_are_completed_and_narrow_the_list)
{
    struct fixture fixture;
    struct console *console = fixture_deck(&fixture, six, 24, 100);
    console_type(console, "/st");
    console_wait(console, "/state: "); // what is not typed yet is shown, and hides nothing
    console_wait(console, "6/6");
    console_wait(console, "Tab complete");
    console_type(console, KEY_TAB "pau");
    console_wait(console, "/state:paused");
    console_wait(console, " 1/6");
    console_wait(console, "Enter connect");
    console_type(console, KEY_TAB KEY_TAB); // completes, then keeps
    console_wait(console, "/ filter");
    console_wait(console, " 1/6");
    console_type(console, KEY_ESC);
    console_wait_gone(console, "/state");
    // In any order, turned round, with times.
    console_type(console, "/!state:running age>1m tpl:deb");
    console_wait(console, "/!state:running age>1m tpl:deb");
    console_wait(console, " 1/6");
    console_type(console, KEY_CTRL_U "zz");
    console_wait(console, "None of 6 matches 'zz'");
    console_type(console, KEY_ESC);
    console_wait_gone(console, "0/6");
    fixture_leave(&fixture, console);
}

Test(filter, what_is_wrong_is_told_calmly_and_hides_nothing)
{
    struct fixture fixture;
    struct console *console = fixture_deck(&fixture, six, 24, 100);
    console_type(console, "/state:runing");
    console_wait(console, "'state:runing': did you mean running?");
    console_wait(console, "6/6");
    console_type(console, KEY_CTRL_U "age>1");
    console_wait_gone(console, "did you mean");
    console_wait(console, "6/6");
    cr_expect_not(console_shows(console, "unit")); // it is still being typed
    console_type(console, KEY_ENTER);
    console_wait(console, "a time with its unit is missing");
    console_type(console, KEY_ESC);
    console_wait_gone(console, "missing");
    // No key, and found nowhere: probably a slip.
    console_type(console, "/sate:running");
    console_wait(console, "did you mean state:?");
    console_type(console, KEY_ESC);
    console_wait_gone(console, "did you mean");
    fixture_leave(&fixture, console);
}

// The id in the line of the third row, which is then selected.
static void select_third(struct console *console, char *id, size_t cap)
{
    char *at = NULL;
    console_type(console, "gjj");
    for (int row = 0; row < 20 && at == NULL; row++)
        if (strstr(console_line(console, row), "SANDBOX") != NULL)
            at = strstr(console_line(console, row + 3), "sbx-");
    cr_assert_not_null(at);
    (void)snprintf(id, cap, "%.*s", (int)strcspn(at, " "), at);
}

Test(filter, the_selection_comes_back_to_where_it_was)
{
    struct fixture fixture;
    char third[64], said[128];
    struct console *console = fixture_deck(&fixture, six, 24, 100);
    console_wait(console, "6 sandboxes");
    select_third(console, third, sizeof third);
    console_type(console, "/state:stopped");
    console_wait(console, " 1/6"); // another one is the only one, and so selected
    console_type(console, KEY_ESC);
    console_wait_gone(console, "1/6");
    console_type(console, "i");
    (void)snprintf(said, sizeof said, "%s", third);
    console_wait(console, "opied");
    char *copied = console_clipboard(console);
    cr_expect_str_eq(copied, third);
    free(copied);
    (void)said;
    fixture_leave(&fixture, console);
}

Test(filter, earlier_ones_are_called_back)
{
    struct fixture fixture;
    struct console *console = fixture_deck(&fixture, six, 24, 80);
    console_type(console, "/state:stopped" KEY_TAB);
    console_wait(console, "1/6");
    console_type(console, KEY_ESC);
    console_wait_gone(console, "1/6");
    console_type(console, "/!running" KEY_TAB);
    console_wait(console, "2/6");
    console_type(console, KEY_ESC);
    console_wait_gone(console, "2/6");
    console_type(console, "/" KEY_UP);
    console_wait(console, "/!running");
    console_wait(console, "2/6");
    console_type(console, KEY_UP);
    console_wait(console, "/state:stopped");
    console_type(console, KEY_DOWN KEY_DOWN);
    console_wait(console, "6/6");
    console_wait(console, "words in any order");
    // With something typed the arrows go through the rows, as ever, and with Alt through the history.
    console_type(console, "sbx" KEY_DOWN);
    console_wait(console, "Enter connect");
    console_wait(console, "/sbx");
    console_type(console, "\033[1;3A");
    console_wait(console, "/!running");
    console_type(console, "\033[1;3B");
    console_wait(console, "/sbx");
    console_type(console, KEY_ESC);
    console_wait_gone(console, "/sbx");
    fixture_leave(&fixture, console);
}

Test(filter, earlier_ones_are_remembered_by_the_next_console)
{
    struct fixture fixture;
    struct console *console = fixture_deck(&fixture, six, 24, 80);
    console_type(console, "/state:stopped" KEY_TAB);
    console_wait(console, "1/6");
    console_type(console, KEY_ESC);
    console_wait_gone(console, "1/6");
    fixture_quit(console);
    console = fixture_console(&fixture, 24, 80, "6 sandboxes");
    console_type(console, "/" KEY_UP);
    console_wait(console, "/state:stopped");
    console_type(console, KEY_ESC);
    console_wait_gone(console, "/state");
    fixture_leave(&fixture, console);
}

Test(filter, is_of_use_on_a_narrow_screen)
{
    struct fixture fixture;
    struct console *console = fixture_deck(&fixture, six, 24, 80);
    console_resize(console, 5, 24);
    console_wait_gone(console, "TEMPLATE");
    console_type(console, "/state:sto");
    console_wait(console, "/state:stopp");
    console_type(console, KEY_TAB);
    console_wait_gone(console, "running");
    console_type(console, KEY_ENTER);
    console_resize(console, 5, 20);
    console_wait(console, "state:stop");
    console_type(console, "\020");
    console_wait(console, "Go to");
    console_type(console, "deb");
    console_wait(console, "sbx-");
    console_type(console, KEY_ESC);
    console_wait_gone(console, "Go to");
    console_type(console, KEY_ESC);
    console_wait_gone(console, "/state");
    fixture_leave(&fixture, console);
}

// --- on the server ------------------------------------------------------------------------

static double asked_by_state(struct fixture *fixture)
{
    cJSON *counts = ask_for(&fixture->emulator, 200, "GET", "/emulator/requests", NULL);
    double count = ask_number(counts, "list_by_state");
    cJSON_Delete(counts);
    return count;
}

Test(filter, of_a_large_fleet_one_state_is_asked_of_the_server)
{
    static const char *const many[] = {"--fleet", "demo", "--sandboxes", "6000", NULL};
    struct fixture fixture;
    fixture_begin(&fixture, many);
    struct console *console = fixture_console(&fixture, 24, 100, "6000 sandboxes");
    console_type(console, "/running"); // a word may be in an id
    console_wait(console, "/6000");
    cr_expect_eq(asked_by_state(&fixture), 0);
    console_type(console, KEY_CTRL_U "!state:stopped");
    console_wait(console, "/!state:stopped");
    cr_expect_eq(asked_by_state(&fixture), 0);
    console_type(console, KEY_CTRL_U "state:stopped tpl:debian");
    console_wait(console, "/state:stopped tpl:debian");
    for (int i = 0; i < 100 && asked_by_state(&fixture) < 1; i++)
        console_take(console);
    cr_expect_geq(asked_by_state(&fixture), 1);
    // What it doesn't name is kept.
    console_type(console, KEY_ESC);
    console_wait_gone(console, "tpl:debian");
    console_wait(console, "6000 sandboxes");
    fixture_leave(&fixture, console);
}

// --- saved filters ------------------------------------------------------------------------

Test(filter, saved_ones_are_named_by_an_at_sign)
{
    struct fixture fixture;
    fixture_begin(&fixture, six);
    fixture_settings(&fixture,
                     "refresh = 5\n\n[filters]\nidle = !state:running\nbroken-off = state:stopped\n");
    struct console *console = fixture_console(&fixture, 24, 100, "6 sandboxes");
    console_type(console, "/@br");
    console_wait(console, "/@broken-off");
    console_wait(console, "6/6");
    console_type(console, KEY_TAB);
    console_wait(console, " 1/6");
    console_type(console, KEY_CTRL_U "@idel");
    console_wait(console, "did you mean @idle?");
    console_type(console, KEY_CTRL_U "@idle tpl:debian");
    console_wait_gone(console, "did you mean");
    console_wait(console, "/6");
    console_type(console, KEY_ESC);
    console_wait_gone(console, "@idle");
    // From the list, and by going there.
    console_type(console, "@");
    console_wait(console, "Filters");
    console_type(console, "idl" KEY_ENTER);
    console_wait(console, "/@idle");
    console_wait(console, "2/6");
    console_type(console, "\020@bro");
    console_wait(console, "state:stopped");
    console_type(console, KEY_ENTER);
    console_wait(console, "/@broken-off");
    console_wait(console, "1/6");
    console_type(console, KEY_ESC);
    console_wait_gone(console, "1/6");
    fixture_leave(&fixture, console);
}

Test(filter, the_one_that_is_set_is_saved_used_by_verbs_and_forgotten)
{
    struct fixture fixture;
    fixture_begin(&fixture, six);
    fixture_settings(&fixture, "# mine\nrefresh = 5\n");
    struct console *console = fixture_console(&fixture, 24, 100, "6 sandboxes");
    console_type(console, "@");
    console_wait(console, "No filter is saved");
    console_type(console, "/state:stopped" KEY_TAB "@");
    console_wait(console, "save ...");
    console_type(console, KEY_ENTER);
    console_wait(console, "Save the filter");
    console_type(console, "no name" KEY_ENTER); // the form stays, with what was typed
    console_wait(console, "1 to 32 letters");
    console_type(console, KEY_CTRL_U "halted" KEY_ENTER);
    console_wait(console, "Saved the filter as @halted");
    console_type(console, KEY_ESC);
    console_wait_gone(console, "1/6");
    console_type(console, "/@halted" KEY_TAB);
    console_wait(console, "/@halted");
    console_wait(console, "1/6");
    fixture_expect(&fixture, 5, NULL, "none that matches runs", "exec", "@halted", "--", "true", NULL);
    fixture_expect(&fixture, 2, NULL, "did you mean @halted?", "exec", "@halte", "--", "true", NULL);
    console_type(console, KEY_ESC);
    console_wait_gone(console, "/@halted");
    console_type(console, ":filter forget" KEY_ENTER);
    console_wait(console, "Forget a filter");
    console_type(console, KEY_ENTER);
    console_wait(console, "Forgot the filter @halted");
    fixture_expect(&fixture, 2, NULL, "no filter is saved under this name", "exec", "@halted", "--", "true",
                   NULL);
    fixture_leave(&fixture, console);
}

Test(filter, a_saved_one_that_is_wrong_is_told_at_the_start)
{
    struct fixture fixture;
    fixture_begin(&fixture, six);
    fixture_settings(&fixture, "[filters]\nbad = state:runing\n");
    fixture_expect(&fixture, 2, NULL, "config:2: 'state:runing': did you mean running?", "ls", NULL);
    fixture_end(&fixture);
}

// --- verbs --------------------------------------------------------------------------------

Test(filter, exec_refuses_what_would_let_more_in)
{
    struct fixture fixture;
    fixture_begin(&fixture, six);
    static const char *const wrong[][2] = {
        {"state:runing", "did you mean running?"},
        {"!sate:paused", "did you mean state:?"},
        {"age>90", "unit"},
        {"!@nobody", "no filter is saved"},
    };
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
        fixture_expect(&fixture, 2, NULL, wrong[i][1], "exec", wrong[i][0], "--", "true", NULL);
    fixture_expect(&fixture, 0, "hello", NULL, "exec", "state:running", "age<10000d", "--", "echo hello",
                   NULL);
    fixture_expect(&fixture, 4, NULL, "no sandbox matches", "exec", "state:running", "age>10000d", "--",
                   "true", NULL);
    fixture_end(&fixture);
}

Test(filter, ls_lists_those_that_match)
{
    struct fixture fixture;
    fixture_begin(&fixture, six);
    cJSON *list = fixture_json(&fixture, 0, "ls", "state:running", "tpl:debian", "--json", NULL);
    cr_expect_eq(cJSON_GetArraySize(list), 2);
    cJSON_Delete(list);
    list = fixture_json(&fixture, 0, "ls", "!running", "--json", NULL);
    cr_expect_eq(cJSON_GetArraySize(list), 2);
    cJSON_Delete(list);
    fixture_expect(&fixture, 0, NULL, "no sandbox matches", "ls", "zzzz", NULL);
    fixture_expect(&fixture, 2, NULL, "did you mean running?", "ls", "state:runing", NULL);
    fixture_end(&fixture);
}

// --- going anywhere -----------------------------------------------------------------------

Test(filter, a_few_letters_go_to_a_sandbox_a_session_or_a_command)
{
    struct fixture fixture;
    char sandbox[64], host[96];
    fixture_begin_first(&fixture, six, sandbox, sizeof sandbox);
    fixture_expect(&fixture, 0, NULL, NULL, "name", sandbox, "database-one", NULL);
    struct console *console = fixture_console(&fixture, 24, 100, "6 sandboxes");
    // Esc leaves all as it was.
    console_type(console, "\020");
    console_wait(console, "Go to");
    console_type(console, "dbone");
    console_wait_match(console, "database-one +sandbox");
    console_type(console, KEY_ESC);
    console_wait_gone(console, "Go to");
    console_wait(console, "6 sandboxes");
    // Enter connects.
    console_type(console, "\020dbone");
    console_wait_match(console, "database-one +sandbox");
    console_type(console, KEY_ENTER);
    console_wait_match(console, "[$#] *$");
    (void)snprintf(host, sizeof host, "on-%s", sandbox);
    console_run(console, "echo on-$HOSTNAME", host);
    // In a session only after the prefix: before it the key is the program's.
    console_type(console, "\020"); // the shell's history
    console_wait_match(console, "echo on-.HOSTNAME *$");
    console_type(console, "\025" KEY_PREFIX "\020");
    console_wait(console, "Go to");
    console_wait_match(console, "database-one +session 0");
    console_type(console, "event log");
    console_wait_gone(console, "session 0");
    console_type(console, KEY_ESC);
    console_wait_gone(console, "Go to");
    console_type(console, KEY_PREFIX "d");
    console_wait(console, "6 sandboxes");
    // Back to the session, which is before its sandbox.
    console_type(console, "\020data");
    console_wait_match(console, "database-one +session 0");
    console_type(console, KEY_ENTER);
    console_wait(console, host);
    console_type(console, KEY_PREFIX "d");
    console_wait(console, "6 sandboxes");
    console_type(console, "\020timel" KEY_ENTER);
    console_wait(console, "Timeline");
    console_type(console, "q");
    console_wait(console, "6 sandboxes");
    // The filter's keys count here, too.
    console_type(console, "\020state:stopped ");
    console_wait_match(console, "sandbox +stopped");
    cr_expect_not(console_shows(console, "sandbox  running"));
    console_type(console, KEY_ESC);
    console_wait_gone(console, "Go to");
    console_type(console, "w" KEY_ENTER);
    console_wait(console, host);
    fixture_leave_shell(&fixture, console);
}

Test(filter, the_picker_of_ssh_knows_the_keys_too)
{
    struct fixture fixture;
    fixture_begin(&fixture, six);
    const char *const argv[] = {fixture.program, "ssh", NULL};
    struct console *console = console_start(24, 100, argv, fixture.environment);
    console_wait(console, "6 of 6");
    console_type(console, "state:stopped");
    console_wait(console, "1 of 6");
    console_type(console, KEY_ESC);
    cr_expect_eq(console_wait_exit(console), 130);
    console_free(console);
    fixture_end(&fixture);
}
