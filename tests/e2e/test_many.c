// SPDX-License-Identifier: Apache-2.0
//
// One thing done for many: marks, the one question, progress, what failed tried again, and all that were made
// here revoked, in the console and by the verb.

#include "tests/e2e/fixture.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

// How many credentials the vault knows that are in that state.
static int count_of(struct fixture *fixture, const char *state)
{
    int count = 0;
    cJSON *list = fixture_json(fixture, 0, "ls", "--json", NULL);
    const cJSON *sandbox = NULL, *access = NULL;
    cJSON_ArrayForEach(sandbox, list)
        cJSON_ArrayForEach(access, cJSON_GetObjectItemCaseSensitive(sandbox, "access")) count +=
        strcmp(json_text(access, "state"), state) == 0 ? 1 : 0;
    cJSON_Delete(list);
    return count;
}

Test(many, marks_by_key_by_range_and_all_that_the_filter_shows)
{
    const char *const options[] = {"--fleet", "plain", "--sandboxes", "9", NULL};
    struct fixture fixture;
    struct console *console = fixture_deck(&fixture, options, 24, 100);
    console_type(console, "  ");
    console_wait(console, "2 marked");
    console_type(console, "Vjj");
    console_wait(console, "5 marked");
    console_type(console, KEY_ESC); // gives the range up, not the marks
    console_wait(console, "2 marked");
    console_type(console, "gVjjV");
    console_wait(console, "3 marked");
    console_type(console, "*");
    console_wait(console, "9 marked");
    console_type(console, "*");
    console_wait_gone(console, "marked");
    console_type(console, "* ");
    console_wait(console, "8 marked");
    console_type(console, KEY_ESC);
    console_wait_gone(console, "marked");
    fixture_leave(&fixture, console);
}

Test(many, create_regenerate_and_delete_for_all_that_are_marked)
{
    const char *const options[] = {"--fleet", "plain", "--sandboxes", "40", "--latency", "5", NULL};
    struct fixture fixture;
    struct console *console = fixture_deck(&fixture, options, 30, 100);
    console_type(console, "*n");
    console_wait(console, "Create 40 credentials?");
    console_type(console, KEY_ENTER);
    console_wait(console, "40 created   0 failed   0 left");
    console_type(console, KEY_ESC);
    console_wait(console, "TIMEOUT");
    cr_expect_eq(count_of(&fixture, "valid") + count_of(&fixture, "unverified"), 40);
    console_type(console, "n");
    console_wait(console, "Nothing to create: 40 marked");
    console_type(console, "r");
    console_wait(console, "Regenerate 40 credentials?");
    console_type(console, KEY_TAB KEY_ENTER);
    console_wait(console, "40 regenerated   0 failed   0 left");
    console_type(console, "q");
    console_wait(console, "40 marked");
    console_type(console, "x");
    console_wait(console, "Delete 40 credentials?");
    console_type(console, "39" KEY_ENTER);
    console_wait(console, "Delete 40 credentials?"); // not the number
    console_type(console, "\177"
                          "\177"
                          "40" KEY_ENTER);
    console_wait(console, "40 deleted   0 failed   0 left");
    console_type(console, KEY_ESC);
    console_wait(console, "TIMEOUT");
    console_wait(console, "\n 0 credentials");
    fixture_leave(&fixture, console);
}

Test(many, what_the_filter_hides_is_named_before)
{
    const char *const options[] = {"--fleet", "plain", "--sandboxes", "6", NULL};
    struct fixture fixture;
    char sandbox[64];
    struct console *console = fixture_deck(&fixture, options, 24, 100);
    fixture_first_sandbox(&fixture, sandbox, sizeof sandbox);
    console_type(console, "*/");
    console_type(console, sandbox);
    console_wait(console, "1/6");
    console_type(console, KEY_ENTER "n");
    console_wait(console, "5 of the marked are not shown by the filter");
    console_type(console, KEY_ESC);
    console_wait_gone(console, "not shown by");
    console_type(console, KEY_ESC KEY_ESC);
    console_wait_gone(console, "1/6");
    fixture_leave(&fixture, console);
}

Test(many, what_failed_is_tried_again_and_what_is_unknown_is_not)
{
    const char *const options[] = {"--fleet",          "plain",        "--sandboxes", "8",
                                   "--fail",           "create:503:3", "--dialect",   "sandbox",
                                   "--drop-answer-to", "create:1",     NULL};
    struct fixture fixture;
    struct console *console = fixture_deck(&fixture, options, 24, 100);
    console_type(console, "*n");
    console_wait(console, "Create 8 credentials?");
    console_type(console, KEY_ENTER);
    console_wait(console, "4 created   3 failed   1 unknown   0 left");
    console_wait(console, "validate or regenerate");
    console_type(console, "R");
    console_wait(console, "7 created   0 failed   1 unknown   0 left");
    console_type(console, "R");
    console_wait(console, "Nothing failed that can be retried");
    console_type(console, KEY_ESC);
    console_wait(console, "TIMEOUT");
    fixture_leave(&fixture, console);
}

Test(many, goes_on_behind_the_deck_and_can_be_cancelled)
{
    const char *const options[] = {"--fleet", "plain", "--sandboxes", "60", "--latency", "400", NULL};
    struct fixture fixture;
    struct console *console = fixture_deck(&fixture, options, 24, 120);
    console_wait_match(console, " 60 sandboxes");
    console_wait_gone(console, "of 60"); // the first page has fewer
    console_type(console, "*n");
    console_wait(console, "Create 60 credentials?");
    console_type(console, KEY_ENTER);
    console_wait_match(console, "[1-9][0-9]* created .* left");
    console_type(console, "q");
    console_wait_match(console, "creating [0-9]+/60");
    console_type(console, "q");
    console_wait(console, "Still creating");
    console_type(console, KEY_ESC);
    console_wait_gone(console, "Still creating");
    console_type(console, "n"); // another one must wait
    console_wait(console, "Still creating");
    console_type(console, "B");
    console_wait(console, "so far");
    console_type(console, "c");
    console_wait_match(console, "[0-9]+ not started   0 left");
    console_type(console, KEY_ESC);
    console_wait_gone(console, "not started   0 left");
    console_wait(console, "60 marked");
    fixture_leave(&fixture, console);
}

Test(many, a_rate_limit_pauses_all_and_says_so)
{
    const char *const options[] = {"--fleet", "plain", "--sandboxes", "30", "--rate-limit", "20", NULL};
    struct fixture fixture;
    struct console *console = fixture_deck(&fixture, options, 24, 100);
    console_type(console, "*n");
    console_wait(console, "Create 30 credentials?");
    console_type(console, KEY_ENTER);
    console_wait(console, "paused by the rate limit, continues in");
    console_wait(console, "0 failed");
    console_type(console, "c");
    console_wait(console, "not started   0 left");
    console_type(console, KEY_ESC);
    console_wait(console, "TIMEOUT");
    fixture_leave(&fixture, console);
}

Test(many, revokes_all_that_were_made_here)
{
    const char *const options[] = {"--fleet", "plain", "--sandboxes", "5", NULL};
    struct fixture fixture;
    struct console *console = fixture_deck(&fixture, options, 24, 100);
    console_type(console, "*n");
    console_wait(console, "Create 5 credentials?");
    console_type(console, KEY_ENTER);
    console_wait(console, "5 created");
    console_type(console, KEY_ESC);
    console_wait(console, "TIMEOUT");
    console_type(console, ":");
    console_wait(console, "Enter run");
    console_type(console, "revoke all" KEY_ENTER);
    console_wait(console, "Delete 5 credentials?");
    console_type(console, "5" KEY_ENTER);
    console_wait(console, "5 deleted   0 failed   0 left");
    console_type(console, KEY_ESC);
    console_wait(console, "TIMEOUT");
    console_wait(console, "\n 0 credentials");
    fixture_leave(&fixture, console);
}

Test(many, the_verb_says_what_it_could_not_revoke)
{
    const char *const options[] = {"--fleet",  "plain",     "--sandboxes", "1", "--drop-answer-to",
                                   "create:1", "--dialect", "sandbox",     NULL};
    struct fixture fixture;
    char sandbox[64];
    fixture_begin_first(&fixture, options, sandbox, sizeof sandbox);
    fixture_expect(&fixture, 7, NULL, "outcome unknown", "access", "create", sandbox, NULL);
    fixture_expect(&fixture, 7, "0 of 0 deleted", "1 more, whose ids are not known", "access", "revoke-all",
                   "--yes", NULL);
    fixture_end(&fixture);
}

Test(many, the_verb_asks_for_the_number_on_a_terminal)
{
    const char *const options[] = {"--fleet", "plain", "--sandboxes", "1", NULL};
    struct fixture fixture;
    char sandbox[64];
    fixture_begin_first(&fixture, options, sandbox, sizeof sandbox);
    cJSON_Delete(fixture_json(&fixture, 0, "access", "create", sandbox, "--json", NULL));
    const char *const argv[] = {fixture.program, "access", "revoke-all", NULL};
    struct console *console = console_start(24, 80, argv, fixture.environment);
    console_wait(console, "Type 1 to continue:");
    console_type(console, "yes\r");
    console_wait(console, "nothing was deleted");
    cr_expect_eq(console_wait_exit(console), 1);
    console_free(console);
    console = console_start(24, 80, argv, fixture.environment);
    console_wait(console, "Type 1 to continue:");
    console_type(console, "1\r");
    console_wait(console, "1 of 1 deleted");
    cr_expect_eq(console_wait_exit(console), 0);
    console_free(console);
    fixture_end(&fixture);
}

Test(many, the_verb_revokes_all_and_asks_first)
{
    const char *const options[] = {"--fleet", "plain", "--sandboxes", "3", "--fail", "delete:503:1", NULL};
    struct fixture fixture;
    fixture_begin(&fixture, options);
    cJSON *list = fixture_json(&fixture, 0, "ls", "--json", NULL);
    const cJSON *sandbox = NULL;
    cJSON_ArrayForEach(sandbox, list)
        cJSON_Delete(fixture_json(&fixture, 0, "access", "create", json_text(sandbox, "id"), "--json", NULL));
    cJSON_Delete(list);
    fixture_expect(&fixture, 2, "", "--yes", "access", "revoke-all", NULL);
    cJSON *results = fixture_json(&fixture, 1, "access", "revoke-all", "--yes", "--json", NULL);
    int revoked = 0;
    const cJSON *result = NULL;
    cr_expect_eq(cJSON_GetArraySize(results), 3);
    cJSON_ArrayForEach(result, results) revoked += json_true(result, "revoked") ? 1 : 0;
    cr_expect_eq(revoked, 2);
    cJSON_Delete(results);
    fixture_expect(&fixture, 0, "1 of 1 deleted", NULL, "access", "revoke-all", "--yes", NULL);
    fixture_expect(&fixture, 0, "0 of 0 deleted", NULL, "access", "revoke-all", NULL);
    fixture_end(&fixture);
}
