// SPDX-License-Identifier: Apache-2.0
//
// Verbs on one and on many: what is marked is what they act on, they say on how many before, and what can be
// done to one only says so.

#include "tests/e2e/fixture.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static size_t in_state(struct fixture *fixture, const char *state)
{
    size_t count = 0;
    cJSON *list = fixture_json(fixture, 0, "ls", "--json", NULL);
    const cJSON *sandbox = NULL;
    cJSON_ArrayForEach(sandbox, list) count += strcmp(json_text(sandbox, "state"), state) == 0 ? 1 : 0;
    cJSON_Delete(list);
    return count;
}

static void to_deck(struct console *console)
{
    console_type(console, "q");
    console_wait(console, "TIMEOUT");
}

// For the first two, which stay marked.
static void create_two(struct console *console)
{
    console_type(console, "  n");
    console_wait(console, "Create 2 credentials?");
    console_type(console, KEY_ENTER);
    console_wait(console, "2 created   0 failed   0 left");
    to_deck(console);
}

// Three marked, the cursor on a fourth; twelve keys in all for the three.
Test(marks, stop_start_and_pause_act_on_what_is_marked)
{
    const char *const options[] = {"--fleet", "plain", "--sandboxes", "5", NULL};
    struct fixture fixture;
    struct console *console = fixture_deck(&fixture, options, 24, 100);
    console_type(console, "   T");
    console_wait(console, "Stop 3 sandboxes?");
    console_wait(console, "Their programs end");
    console_type(console, "s");
    console_wait(console, "3 asked to stop   0 failed   0 left");
    to_deck(console);
    console_wait_match(console, "3 stopped"); // in the header: the other two still run
    console_wait(console, "2 running");
    console_type(console, "T");
    console_wait(console, "Nothing to stop: 3 marked, they are not running");
    console_type(console, "S");
    console_wait(console, "Start 3 sandboxes?");
    console_type(console, KEY_ENTER); // nothing is lost: the focus is on it
    console_wait(console, "3 started   0 failed   0 left");
    to_deck(console);
    console_wait(console, "5 running");
    console_type(console, "Z");
    console_wait(console, "Pause 3 sandboxes?");
    console_type(console, "p");
    console_wait(console, "3 asked to pause   0 failed   0 left");
    to_deck(console);
    console_wait(console, "3 paused");
    console_type(console, "S");
    console_wait(console, "Wakes 3 sandboxes, paused now");
    console_type(console, KEY_ENTER);
    console_wait(console, "3 started   0 failed   0 left");
    to_deck(console);
    console_wait(console, "5 running");
    fixture_leave(&fixture, console);
}

Test(marks, delete_of_many_wants_their_number)
{
    const char *const options[] = {"--fleet", "plain", "--sandboxes", "4", NULL};
    struct fixture fixture;
    struct console *console = fixture_deck(&fixture, options, 24, 100);
    console_type(console, "  D");
    console_wait(console, "Delete 2 sandboxes?");
    console_type(console, "y" KEY_ENTER);
    console_wait(console, "Delete 2 sandboxes?");
    console_type(console, "\177"
                          "2" KEY_ENTER);
    console_wait(console, "2 being deleted   0 failed   0 left");
    to_deck(console);
    console_wait(console, "\n 2 sandboxes");
    fixture_leave(&fixture, console);
}

Test(marks, delete_of_one_wants_the_end_of_its_id)
{
    const char *const options[] = {"--fleet", "plain", "--sandboxes", "2", NULL};
    struct fixture fixture;
    char sandbox[64], asked[128];
    struct console *console = fixture_deck(&fixture, options, 24, 100);
    fixture_first_sandbox(&fixture, sandbox, sizeof sandbox);
    fixture_choose(console, sandbox);
    const char *word = sandbox + strlen(sandbox) - 4;
    (void)snprintf(asked, sizeof asked, "Type %s, the end of its id", word);
    console_type(console, "D");
    console_wait(console, asked);
    console_type(console, word);
    console_type(console, KEY_ENTER);
    console_wait(console, "is being deleted");
    console_type(console, KEY_ESC KEY_ESC);
    console_wait(console, "\n 1 sandbox ");
    fixture_leave(&fixture, console);
}

Test(marks, forget_and_auto_renewal_act_on_what_is_marked)
{
    const char *const options[] = {"--fleet", "plain", "--sandboxes", "4", NULL};
    struct fixture fixture;
    struct console *console = fixture_deck(&fixture, options, 24, 100);
    create_two(console);
    console_type(console, "a");
    console_wait(console, "Turn auto-renewal on for 2 sandboxes?");
    console_type(console, KEY_ENTER);
    console_wait(console, "Auto-renewal is on for 2 sandboxes");
    console_type(console, "a");
    console_wait(console, "Turn auto-renewal off for 2 sandboxes?");
    console_type(console, KEY_ENTER);
    console_wait(console, "Auto-renewal is off for 2 sandboxes");
    console_type(console, "X");
    console_wait(console, "Forget 2 credentials?");
    console_wait(console, "2 of them may keep working");
    console_type(console, "f");
    console_wait(console, "2 forgotten   0 failed   0 left");
    to_deck(console);
    console_wait(console, "\n 0 credentials");
    fixture_leave(&fixture, console);
}

Test(marks, a_session_opens_to_one_and_that_is_said_before)
{
    const char *const options[] = {"--fleet", "plain", "--sandboxes", "4", NULL};
    struct fixture fixture;
    struct console *console = fixture_deck(&fixture, options, 24, 100);
    console_type(console, "   " KEY_ENTER);
    console_wait_match(console, "under the cursor. The 3 marked");
    console_type(console, KEY_ESC);
    console_wait_gone(console, "under the cursor");
    console_wait(console, "3 marked");
    console_wait(console, "\n 0 credentials"); // nothing was done
    console_type(console, KEY_ENTER);
    console_wait(console, "Connect to one sandbox?");
    console_type(console, KEY_ENTER);
    console_wait(console, "~$");
    console_type(console, KEY_PREFIX "x");
    console_wait(console, "3 marked");
    fixture_leave(&fixture, console);
}

Test(marks, stay_through_refresh_sort_and_filter_and_say_what_is_hidden)
{
    const char *const options[] = {"--fleet", "plain", "--sandboxes", "6", NULL};
    struct fixture fixture;
    char sandbox[64];
    struct console *console = fixture_deck(&fixture, options, 24, 100);
    fixture_first_sandbox(&fixture, sandbox, sizeof sandbox);
    console_type(console, "   ");
    console_wait(console, "3 marked");
    console_type(console, KEY_CTRL_R "oo");
    console_type(console, "/");
    console_type(console, sandbox);
    console_type(console, KEY_ENTER);
    console_wait(console, "3 marked, 2 hidden");
    console_type(console, "T");
    console_wait(console, "2 of the marked are not shown by the filter");
    console_type(console, KEY_ESC);
    console_wait_gone(console, "not shown by");
    console_type(console, "~"); // of what is shown: the one shown is marked no more
    console_wait(console, "2 marked, 2 hidden");
    console_type(console, KEY_ESC); // first the marks
    console_wait_gone(console, "marked");
    console_wait(console, "1/6");
    console_type(console, KEY_ESC);
    console_wait_gone(console, "1/6");
    fixture_leave(&fixture, console);
}

// Five keys at most: mark what ends, regenerate, yes.
Test(marks, what_expires_is_regenerated_in_three_keys)
{
    const char *const options[] = {"--fleet", "plain", "--sandboxes", "3", "--ttl", "20", NULL};
    struct fixture fixture;
    struct console *console = fixture_deck(&fixture, options, 24, 100);
    console_type(console, "E");
    console_wait(console, "No credential shown is expiring or expired");
    create_two(console);
    console_type(console, KEY_ESC);
    console_wait_gone(console, "marked");
    console_wait_match(console, "(expiring|critical|expired) .*\n.*(expiring|critical|expired) ");
    console_type(console, "E");
    console_wait(console, "2 marked");
    console_type(console, "r");
    console_wait(console, "Regenerate 2 credentials?");
    console_type(console, "y");
    console_wait(console, "2 regenerated   0 failed   0 left");
    to_deck(console);
    fixture_leave(&fixture, console);
}

Test(marks, what_a_bulk_did_not_do_is_named_and_marked)
{
    const char *const options[] = {"--fleet", "plain", "--sandboxes", "5", "--fail", "stop:403:2", NULL};
    struct fixture fixture;
    struct console *console = fixture_deck(&fixture, options, 24, 100);
    console_type(console, "*T");
    console_wait(console, "Stop 5 sandboxes?");
    console_type(console, "s");
    console_wait(console, "3 asked to stop   2 failed   0 left");
    console_wait_match(console, "failed: sbx-[0-9a-f]+, sbx-[0-9a-f]+ \\(m marks just these\\)");
    console_type(console, KEY_ENTER "B"); // to the first of them in the deck, and back
    console_wait(console, "3 asked to stop   2 failed   0 left");
    console_type(console, "m");
    console_wait(console, "TIMEOUT");
    console_wait(console, "2 marked");
    console_type(console, "T");
    console_wait(console, "Stop 2 sandboxes?");
    console_type(console, "s");
    console_wait(console, "2 asked to stop   0 failed   0 left");
    to_deck(console);
    console_wait(console, "5 stopped");
    cr_expect_eq(in_state(&fixture, "stopped"), 5);
    fixture_leave(&fixture, console);
}

// --- one ---

Test(marks, pause_asks_also_without_a_session)
{
    const char *const options[] = {"--fleet", "plain", "--sandboxes", "1", NULL};
    struct fixture fixture;
    struct console *console = fixture_deck(&fixture, options, 24, 100);
    console_type(console, "Z");
    console_wait(console, "Pause the sandbox?");
    console_type(console, KEY_ESC);
    console_wait_gone(console, "Pause the sandbox?");
    cr_expect_eq(in_state(&fixture, "running"), 1);
    console_type(console, "Z");
    console_wait(console, "Pause the sandbox?");
    console_type(console, "p");
    console_wait(console, "1 paused");
    console_type(console, "T");
    console_wait(console, "Stop the sandbox?");
    console_type(console, "s");
    console_wait(console, "it is paused (S wakes it)");
    console_type(console, "S");
    console_wait(console, "is paused: waking it");
    console_wait(console, "runs again");
    console_wait(console, "1 running");
    fixture_leave(&fixture, console);
}

Test(marks, a_second_live_credential_is_asked_about)
{
    const char *const options[] = {"--fleet", "plain", "--sandboxes", "1", "--dialect", "credential", NULL};
    struct fixture fixture;
    struct console *console = fixture_deck(&fixture, options, 24, 100);
    console_type(console, "n");
    console_wait(console, "\n 1 credential ");
    console_type(console, "v"); // by which it is known that a sandbox may have several
    console_wait(console, "is valid");
    console_type(console, "n");
    console_wait(console, "Create a second credential?");
    console_wait(console, "both work");
    console_wait(console, "r replaces it");
    console_type(console, "r" KEY_TAB); // the key that the text names is no button's letter
    console_wait(console, "[>Add<]");
    console_type(console, KEY_ESC);
    console_wait_gone(console, "second credential");
    console_type(console, " n");
    console_wait(console, "1 of them already has one that works and gets another");
    console_type(console, KEY_ESC);
    console_wait_gone(console, "gets another");
    console_type(console, KEY_ESC);
    console_wait_gone(console, "marked");
    console_type(console, "n");
    console_wait(console, "Create a second credential?");
    console_type(console, "y");
    console_wait(console, "\n 2 credentials");
    fixture_leave(&fixture, console);
}

Test(marks, commands_are_copied_for_all_and_a_password_for_one)
{
    const char *const options[] = {"--fleet", "plain", "--sandboxes", "4", NULL};
    struct fixture fixture;
    struct console *console = fixture_deck(&fixture, options, 24, 100);
    create_two(console);
    console_type(console, " y"); // one of the three has none
    console_wait(console, "Copied the ssh commands of 2 of 3 marked");
    char *copied = console_clipboard(console);
    const char *second = strstr(copied, "\nssh ");
    cr_expect_eq(strncmp(copied, "ssh ", 4), 0, "%s", copied);
    cr_expect(second != NULL && strchr(second + 1, '\n') == copied + strlen(copied) - 1, "%s", copied);
    free(copied);
    console_type(console, "gY");
    console_wait_match(console, "Only sbx-[0-9a-f]+, under the cursor: the 3 marked");
    console_wait(console, "Copied the password of");
    fixture_leave(&fixture, console);
}

Test(marks, alerts_of_the_marked_are_dismissed_together)
{
    const char *const options[] = {"--fleet", "plain", "--sandboxes", "3", "--ttl", "20", NULL};
    struct fixture fixture;
    struct console *console = fixture_deck(&fixture, options, 24, 100);
    console_type(console, "*n");
    console_wait(console, "Create 3 credentials?");
    console_type(console, KEY_ENTER);
    console_wait(console, "3 created   0 failed   0 left");
    to_deck(console);
    console_type(console, KEY_ESC);
    console_wait_gone(console, "marked");
    console_wait_match(console, "expired .*\n.*expired .*\n.*expired ");
    console_type(console, "g  A");
    console_wait(console, "2 alerts of 2 marked dismissed");
    fixture_leave(&fixture, console);
}

Test(marks, a_bulk_that_ends_unseen_names_what_failed)
{
    const char *const options[] = {"--fleet", "plain",  "--sandboxes", "6", "--latency",
                                   "300",     "--fail", "stop:403:2",  NULL};
    struct fixture fixture;
    struct console *console = fixture_deck(&fixture, options, 24, 110);
    console_type(console, "*T");
    console_wait(console, "Stop 6 sandboxes?");
    console_type(console, "sq");
    console_wait(console, "TIMEOUT");
    console_wait_match(console, "4 asked to stop, 2 failed: sbx-[0-9a-f]+, sbx-[0-9a-f]+ \\(B shows each\\)");
    fixture_leave(&fixture, console);
}

Test(marks, of_several_that_have_no_credential_all_are_told)
{
    const char *const options[] = {"--fleet", "plain", "--sandboxes", "3", NULL};
    struct fixture fixture;
    fixture_begin(&fixture, options);
    struct console *console = fixture_console(&fixture, 24, 100, "3 sandboxes");
    console_type(console, "*v");
    console_wait(console, "Nothing to validate: 3 marked, they have no suitable credential here");
    console_type(console, KEY_ESC);
    console_wait_gone(console, "3 marked  ");
    fixture_quit(console);
    fixture_end(&fixture);
}
