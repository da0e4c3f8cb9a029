// SPDX-License-Identifier: Apache-2.0
//
// The timeline and the wall as an operator has them: bars that shrink, the deck's commands on what the cursor
// is on, and a wall on which nothing can be done.

#include "tests/e2e/fixture.h"
#include "tests/e2e/raw_http_client.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const options[] = {"--dialect", "sandbox", "--ttl", "1500", NULL};

// A fixture whose first sandbox has a credential, made without a screen.
static void begin(struct fixture *fixture, char *sandbox, size_t cap)
{
    fixture_begin_first(fixture, options, sandbox, cap);
    cJSON_Delete(fixture_json(fixture, 0, "access", "create", sandbox, "--json", NULL));
}

Test(timeline, opens_zooms_and_leads_back)
{
    struct fixture fixture;
    char sandbox[64];
    begin(&fixture, sandbox, sizeof sandbox);
    struct console *console = fixture_console(&fixture, 30, 120, sandbox);
    console_wait_match(console, "24m[0-9][0-9]s");
    console_type(console, "t");
    console_wait_match(console, "Timeline 30m  1 of 1 end within it");
    console_wait_match(console, "\342\224\202now");
    console_wait_match(console, "24m[0-9][0-9]s \342\224\201\342\224\201");
    // Too short a time: the bar goes on beyond the edge.
    console_type(console, "+");
    console_wait_match(console, "Timeline 15m  0 of 1 end within it");
    console_wait(console, "\342\224\201\342\206\222");
    console_type(console, "++++");
    console_wait(console, "Timeline 5m ");
    console_type(console, "----------");
    console_wait(console, "Timeline 8h ");
    console_wait_countdown(console, "24m");
    // The help and the palette know it and lead back to it.
    console_type(console, "?");
    console_wait(console, "In the timeline");
    console_type(console, "q");
    console_wait(console, "Timeline 8h ");
    console_resize(console, 5, 20);
    console_wait(console, "now");
    console_resize(console, 30, 120);
    console_wait(console, "Timeline 8h ");
    console_type(console, KEY_ESC);
    console_wait(console, "SANDBOX");
    fixture_leave(&fixture, console);
}

Test(timeline, the_decks_commands_act_on_what_the_cursor_is_on)
{
    struct fixture fixture;
    char sandbox[64], before[256], after[256];
    begin(&fixture, sandbox, sizeof sandbox);
    fixture_password(&fixture, sandbox, before, sizeof before);
    struct console *console = fixture_console(&fixture, 30, 120, sandbox);
    console_wait_match(console, "24m[0-9][0-9]s");
    console_type(console, "G"); // in the deck on another sandbox, which has none
    console_type(console, "t");
    console_wait(console, "Timeline 30m");
    console_type(console, "r");
    console_wait(console, "Cancel");
    console_wait(console, sandbox);
    console_type(console, KEY_TAB KEY_ENTER);
    console_wait_gone(console, "Cancel");
    (void)snprintf(after, sizeof after, "%s", before);
    fixture_wait_other_password(&fixture, sandbox, after, sizeof after);
    console_wait_match(console, "24m[0-9]+s \342\224\201");
    console_wait(console, "Timeline 30m");
    // A shell and back; then its end.
    console_type(console, KEY_ENTER);
    console_wait_match(console, "[$#] *$");
    console_type(console, "exit\r");
    console_wait(console, "Enter reconnect");
    console_type(console, KEY_ESC);
    console_wait(console, "SANDBOX");
    console_type(console, "t");
    console_wait(console, "Timeline 30m");
    console_type(console, "x");
    console_wait(console, "Cancel");
    console_type(console, KEY_TAB KEY_ENTER);
    console_wait(console, "No credentials yet");
    console_wait(console, "creates one for");
    console_type(console, "n");
    console_wait_match(console, "24m[0-9]+s \342\224\201");
    console_type(console, "q");
    console_wait(console, "SANDBOX");
    cr_expect(!console_ever_wrote(console, before) && !console_ever_wrote(console, after));
    fixture_leave(&fixture, console);
}

Test(timeline, the_cursor_moves_and_the_deck_follows)
{
    struct fixture fixture;
    char sandbox[64], other[64] = "";
    begin(&fixture, sandbox, sizeof sandbox);
    cJSON *all = fixture_json(&fixture, 0, "ls", "--json", NULL);
    const cJSON *one = NULL;
    cJSON_ArrayForEach(one, all)
    {
        const cJSON *id = cJSON_GetObjectItem(one, "id");
        const cJSON *state = cJSON_GetObjectItem(one, "state");
        if (other[0] == '\0' && cJSON_IsString(id) && cJSON_IsString(state) &&
            strcmp(state->valuestring, "running") == 0 && strcmp(id->valuestring, sandbox) != 0)
            (void)snprintf(other, sizeof other, "%s", id->valuestring);
    }
    cJSON_Delete(all);
    cr_assert(other[0] != '\0', "the emulator has no second running sandbox");
    cJSON_Delete(fixture_json(&fixture, 0, "access", "create", other, "--json", NULL));
    struct console *console = fixture_console(&fixture, 30, 120, sandbox);
    console_wait_match(console, "24m[0-9][0-9]s(.|\n)*24m[0-9][0-9]s");
    console_type(console, "tg");
    console_wait(console, "2 of 2 end within it");
    // The last one to end is the one made last; the filter finds the other.
    console_type(console, "G/");
    console_type(console, sandbox);
    console_wait(console, " 1/");
    console_wait_gone(console, other);
    console_type(console, KEY_ESC);
    console_wait(console, other);
    console_type(console, "Gx");
    console_wait(console, "Cancel");
    console_type(console, KEY_TAB KEY_ENTER);
    console_wait(console, "1 of 1 end within it");
    console_wait_gone(console, other);
    cJSON *left = fixture_json(&fixture, 0, "access", "ls", other, "--json", NULL);
    cr_expect_eq(cJSON_GetArraySize(left), 0);
    cJSON_Delete(left);
    console_type(console, "t");
    console_wait(console, "SANDBOX");
    fixture_leave(&fixture, console);
}

Test(timeline, marks_are_seen_and_count_as_in_the_deck)
{
    struct fixture fixture;
    char sandbox[64], before[256], row[96];
    begin(&fixture, sandbox, sizeof sandbox);
    fixture_password(&fixture, sandbox, before, sizeof before);
    struct console *console = fixture_console(&fixture, 30, 120, sandbox);
    console_wait_match(console, "24m[0-9][0-9]s");
    console_type(console, "*t");
    console_wait(console, "Timeline 30m");
    (void)snprintf(row, sizeof row, "\342\234\223[^ ]* %s", sandbox); // the mark, the state's glyph
    console_wait_match(console, row);
    console_wait(console, "6 marked, 5 hidden"); // they have no credential
    console_type(console, KEY_ESC);
    console_wait_gone(console, "marked");
    console_type(console, " ");
    console_wait(console, "1 marked");
    console_type(console, "r");
    console_wait(console, "Regenerate 1 credential?");
    console_type(console, "y");
    console_wait(console, "1 regenerated   0 failed   0 left");
    fixture_wait_other_password(&fixture, sandbox, before, sizeof before);
    console_type(console, "q");
    console_wait(console, "1 marked");
    console_type(console, KEY_ESC);
    console_wait_gone(console, "marked");
    console_type(console, "t");
    console_wait(console, "SANDBOX");
    fixture_leave(&fixture, console);
}

Test(timeline, on_the_wall_nothing_can_be_done)
{
    struct fixture fixture;
    char sandbox[64], before[256], after[256];
    begin(&fixture, sandbox, sizeof sandbox);
    fixture_password(&fixture, sandbox, before, sizeof before);
    const char *const argv[] = {fixture.program, "--wall", NULL};
    struct console *console = console_start(40, 120, argv, fixture.environment);
    console_wait(console, "Timeline 30m");
    console_wait(console, "good");
    console_wait(console, "\342\226\210"); // a large figure
    static const char *const keys[] = {"n", "r", "x", "X",       "a", "v", "D", "N",     "T",        ":", "t",
                                       "L", "p", "Y", KEY_ENTER, "?", "/", "A", KEY_TAB, KEY_PREFIX, " "};
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        console_type(console, keys[i]);
        console_wait(console, "read-only");
        cr_expect(!console_shows(console, "Cancel"), "%s", console_screen(console));
    }
    console_type(console, "-");
    console_wait(console, "Timeline 1h");
    console_resize(console, 24, 80);
    console_wait(console, "Timeline 1h");
    console_resize(console, 5, 20);
    console_wait_match(console, "24m[0-9][0-9]s");
    console_resize(console, 40, 120);
    console_wait(console, "Timeline 1h");
    fixture_password(&fixture, sandbox, after, sizeof after);
    cr_expect_str_eq(before, after);
    console_type(console, "q");
    fixture_wait_quit(console);
    // Without a terminal it says so, and --help tells of it.
    fixture_expect(&fixture, 1, NULL, "screen", "--wall", NULL);
    fixture_expect(&fixture, 0, "--wall", NULL, "--help", NULL);
    fixture_expect(&fixture, 2, NULL, "did you mean --wall?", "--walls", NULL);
    fixture_end(&fixture);
}
