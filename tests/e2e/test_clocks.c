// SPDX-License-Identifier: Apache-2.0
//
// Clocks that disagree, by the real program: the server's word on a credential counts before any clock's, and
// what has just happened is found whichever of them is behind.

#include "tests/e2e/fixture.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

// A credential that works, kept here with an end that is an hour ago: as a wrong clock sees any.
static void keep_as_ended(struct fixture *fixture, const char *sandbox, char *password, size_t cap)
{
    cJSON *access = fixture_json(fixture, 0, "access", "create", sandbox, "--show-password", "--json", NULL);
    const char *const argv[] = {fixture->program, "access", "import", sandbox, NULL};
    struct support_result result;
    char ended[40];
    time_t an_hour_ago = time(NULL) - 3600;
    struct tm parts;
    (void)gmtime_r(&an_hour_ago, &parts);
    (void)strftime(ended, sizeof ended, "%Y-%m-%dT%H:%M:%SZ", &parts);
    (void)snprintf(password, cap, "%s", json_text(access, "password"));
    cr_assert(cJSON_ReplaceItemInObject(access, "expires_at", cJSON_CreateString(ended)));
    char *text = cJSON_PrintUnformatted(access);
    cJSON_Delete(access);
    cr_assert(support_run(argv, fixture->environment, text, 60000, &result));
    cr_assert_eq(result.exit_code, 0, "%s%s", result.out, result.err);
    support_result_free(&result);
    cJSON_free(text);
}

static void expect_kept(struct fixture *fixture, const char *sandbox, const char *password)
{
    char now[128];
    fixture_password(fixture, sandbox, now, sizeof now);
    cr_expect_str_eq(now, password, "it was replaced");
    struct support_result result = fixture_run(fixture, "events", NULL);
    cr_expect_null(strstr(result.out, "regenerated"), "%s", result.out);
    cr_expect_null(strstr(result.out, "renewed"), "%s", result.out);
    support_result_free(&result);
}

Test(clocks, what_has_ended_by_a_clock_but_is_valid_is_used_and_not_replaced)
{
    static const char *const options[] = {"--fleet", "plain", "--sandboxes", "2", NULL};
    struct fixture fixture;
    char sandbox[64], password[128];
    fixture_begin(&fixture, options);
    fixture_settings(&fixture, "renew = all\n");
    fixture_first_sandbox(&fixture, sandbox, sizeof sandbox);
    keep_as_ended(&fixture, sandbox, password, sizeof password);
    fixture_expect(&fixture, 0, "still here", NULL, "ssh", sandbox, "echo still here", NULL);
    expect_kept(&fixture, sandbox, password);
    struct console *console = fixture_console(&fixture, 24, 100, sandbox);
    fixture_choose(console, sandbox);
    console_wait_match(console, "valid .*past end");
    cr_expect_not(console_shows(console, "critical"));
    console_type(console, KEY_ENTER);
    console_wait(console, "user@");
    console_type(console, "echo in$((1))side" KEY_ENTER);
    console_wait(console, "in1side");
    console_type(console, "exit" KEY_ENTER);
    console_wait(console, "ended");
    console_free(console);
    expect_kept(&fixture, sandbox, password);
    fixture_end(&fixture);
}

Test(clocks, a_server_two_hours_behind_hides_no_event)
{
    static const char *const skews[] = {"-7200", "7200"};
    for (size_t i = 0; i < sizeof skews / sizeof skews[0]; i++) {
        const char *const options[] = {"--fleet",      "plain",  "--sandboxes", "2",
                                       "--clock-skew", skews[i], NULL};
        struct fixture fixture;
        char sandbox[64];
        fixture_begin_first(&fixture, options, sandbox, sizeof sandbox);
        fixture_expect(&fixture, 0, NULL, NULL, "access", "create", sandbox, NULL);
        fixture_expect(&fixture, 0, "created", NULL, "events", "--since", "1h", NULL);
        fixture_end(&fixture);
    }
}
