// SPDX-License-Identifier: Apache-2.0
//
// A fleet of many pages in the real console, with the organization's quota in force: its first rows are there
// at once, the rest comes without using the quota up, and a person's calls get through.

#include "tests/e2e/fixture.h"
#include "tests/e2e/proxy_fixture.h"
#include "tests/e2e/raw_http_client.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

static double requests_of(struct fixture *fixture, const char *kind)
{
    cJSON *counts = ask_for(&fixture->emulator, 200, "GET", "/emulator/requests", NULL);
    double number = ask_number(counts, kind);
    cJSON_Delete(counts);
    return number;
}

Test(large_fleet, comes_page_by_page_within_the_quota)
{
    const char *const options[] = {"--fleet", "plain", "--sandboxes", "10000", "--churn", "1", NULL};
    struct fixture fixture;
    fixture_begin(&fixture, options);
    struct console *console = fixture_console(&fixture, 24, 120, "sandboxes");
    console_wait_match(console, " 10000 sandboxes");
    console_wait_gone(console, "of 10000");
    cr_expect_eq(requests_of(&fixture, "refused"), 0);
    cr_expect_leq(requests_of(&fixture, "total"), 250);
    // A person's call does not wait for what nobody asked for.
    console_type(console, "n");
    console_wait_match(console, "valid.*59m[0-9][0-9]s");
    cr_expect_eq(requests_of(&fixture, "create"), 1);
    cr_expect_eq(requests_of(&fixture, "refused"), 0);
    cr_expect_not(console_ever_wrote(console, "stale"));
    fixture_leave(&fixture, console);
}

Test(large_fleet, a_quota_that_others_use_up_slows_what_nobody_asked_for_and_is_told)
{
    const char *const options[] = {"--fleet", "plain", "--sandboxes", "3000", "--rate-limit", "8", NULL};
    struct fixture fixture;
    fixture_begin(&fixture, options);
    struct console *console = fixture_console(&fixture, 24, 120, "of 3000 sandboxes");
    console_wait(console, "rate limited");
    cr_expect_not(console_ever_wrote(console, "stale"), "nothing has failed");
    // A person's call is sent all the same; what the server says to it is told.
    double refused = requests_of(&fixture, "refused");
    console_type(console, "n");
    console_wait(console, "rate limit exceeded");
    cr_expect_gt(requests_of(&fixture, "refused"), refused);
    fixture_leave(&fixture, console);
}

// Nothing changes on the screen by itself then: what is late is told all the same.
Test(large_fleet, of_a_small_fleet_too_it_is_told_that_it_is_held_back)
{
    const char *const options[] = {"--fleet", "plain", "--rate-limit", "4", NULL};
    struct fixture fixture;
    fixture_begin(&fixture, options);
    fixture_settings(&fixture, "refresh = 1\n");
    struct console *console = fixture_console(&fixture, 24, 120, "6 sandboxes");
    console_wait_match(console, "rate limited: oldest [3-9]s");
    fixture_leave(&fixture, console);
}

static int count_lines(const char *text)
{
    int lines = 0;
    for (const char *at = text; *at != '\0'; at++)
        lines += *at == '\n';
    return lines;
}

Test(large_fleet, a_verb_waits_for_all_of_it_and_not_for_the_share)
{
    const char *const options[] = {"--fleet", "plain", "--sandboxes", "3000", NULL};
    struct fixture fixture;
    fixture_begin(&fixture, options);
    fixture_settings(&fixture, "background_share = 1\n");
    struct support_result result = fixture_run(&fixture, "ls", NULL);
    cr_expect_eq(result.exit_code, 0, "%s", result.err);
    cr_expect_eq(count_lines(result.out), 3001);
    support_result_free(&result);
    fixture_end(&fixture);
}

// All of a list of 100,000 is a minute's quota, which left nothing for the call itself.
Test(large_fleet, a_verb_about_one_sandbox_does_not_ask_for_all_of_them)
{
    const char *const options[] = {"--fleet", "plain", "--sandboxes", "3000", NULL};
    struct fixture fixture;
    char id[80];
    fixture_begin(&fixture, options);
    cJSON *page = ask_for(&fixture.emulator, 200, "GET", "/v1/sandboxes?page=15&page-size=100", NULL);
    (void)snprintf(id, sizeof id, "%s", ask_text(cJSON_GetArrayItem(ask_items(page), 5), "id"));
    cJSON_Delete(page);
    double before = requests_of(&fixture, "total");
    fixture_expect(&fixture, 0, id, "", "access", "create", id, NULL);
    cr_expect_leq(requests_of(&fixture, "total") - before, 3);
    fixture_expect(&fixture, 0, "", "", "name", id, "db-test", NULL);
    before = requests_of(&fixture, "total");
    fixture_expect(&fixture, 0, "in-it", "", "ssh", "db-test", "echo", "in-it", NULL);
    cr_expect_leq(requests_of(&fixture, "total") - before, 3);
    // What is no whole id is looked for in all of them.
    id[strlen(id) - 1] = '\0';
    fixture_expect(&fixture, 0, "ssh-", "", "access", "ls", id, NULL);
    fixture_expect(&fixture, 4, "", "sbx-nowhere", "access", "create", "sbx-nowhere", NULL);
    fixture_end(&fixture);
}

Test(large_fleet, a_tool_that_names_one_does_not_ask_for_all_of_them)
{
    const char *const options[] = {"--fleet", "plain", "--sandboxes", "3000", NULL};
    struct proxy_fixture fixture;
    char name[100];
    proxy_fixture_begin(&fixture, options, NULL);
    cJSON *page = ask_for(&fixture.base.emulator, 200, "GET", "/v1/sandboxes?page=15&page-size=100", NULL);
    (void)snprintf(name, sizeof name, "%s.leap0", ask_text(cJSON_GetArrayItem(ask_items(page), 5), "id"));
    cJSON_Delete(page);
    double before = requests_of(&fixture.base, "total");
    proxy_expect(&fixture, 0, "in-it", NULL, name, "echo in-it");
    cr_expect_leq(requests_of(&fixture.base, "total") - before, 4);
    proxy_fixture_end(&fixture);
}

Test(large_fleet, one_that_was_deleted_elsewhere_goes)
{
    const char *const options[] = {"--fleet", "plain", "--sandboxes", "2000", "--move-ms", "0", NULL};
    struct fixture fixture;
    char path[100], first[80];
    fixture_begin(&fixture, options);
    fixture_settings(&fixture, "refresh = 1\n");
    cJSON *page = ask_for(&fixture.emulator, 200, "GET", "/v1/sandboxes?page=15&page-size=100", NULL);
    (void)snprintf(first, sizeof first, "%s", ask_text(cJSON_GetArrayItem(ask_items(page), 5), "id"));
    cJSON_Delete(page);
    struct console *console = fixture_console(&fixture, 24, 120, " 2000 sandboxes");
    console_wait_gone(console, "of 2000");
    console_type(console, "/");
    console_type(console, first); // it is in sight now
    console_wait(console, "1/2000");
    (void)snprintf(path, sizeof path, "/v1/sandbox/%s/", first);
    cJSON_Delete(ask_for(&fixture.emulator, 204, "DELETE", path, NULL));
    console_wait(console, "1999 sandboxes");
    console_type(console, KEY_ESC);
    console_wait_gone(console, "0/1999");
    fixture_leave(&fixture, console);
}
