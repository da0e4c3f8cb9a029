// SPDX-License-Identifier: Apache-2.0
//
// Two clocks in the real program: what ends first is counted everywhere, and said to be the credential or the
// sandbox. And the deck's order: marked in its column, turned round by the same key.

#include "tests/e2e/fixture.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char *const calm[] = {"--fleet", "plain", "--sandboxes", "1", NULL};
static const char *const short_lives[] = {"--fleet", "plain", "--sandboxes", "1", "--ttl", "2990", NULL};

// A sandbox that times out in so many seconds, by the verb.
static void make(struct fixture *fixture, const char *timeout, char id[64])
{
    cJSON *made = fixture_json(fixture, 0, "sandbox", "create", "--timeout", timeout, "--json", NULL);
    (void)snprintf(id, 64, "%s", json_text(made, "id"));
    cJSON_Delete(made);
    fixture_wait_state(fixture, id, "running");
}

static void expect(struct console *console, const char *format, const char *sandbox)
{
    char pattern[256];
    (void)snprintf(pattern, sizeof pattern, format, sandbox);
    console_wait_match(console, pattern);
}

static bool is_there(void *path)
{
    return access(path, F_OK) == 0;
}

static char *left_by_the_command(const struct fixture *fixture)
{
    char path[SUPPORT_PATH_CAP + 64];
    size_t length = 0;
    (void)snprintf(path, sizeof path, "%s/alert.sandbox", fixture->home);
    cr_assert(support_wait_until(is_there, path, CONSOLE_WAIT_MS), "the command did not run");
    char *text = support_file_read(path, &length);
    cr_assert_not_null(text);
    return text;
}

Test(ends, a_time_out_with_a_session_open_alerts_and_is_named_everywhere)
{
    struct fixture fixture;
    char sandbox[64], line[160];
    fixture_begin(&fixture, calm);
    fixture_settings(&fixture, "bell = yes\nnotify = yes\nexpiring = 280s\n"
                               "alert_command = (echo; env) > $HOME/t.$$ && mv $HOME/t.$$ "
                               "$HOME/alert.$SBXDECK_CLOCK\n");
    make(&fixture, "5m", sandbox);
    fixture_expect(&fixture, 0, NULL, NULL, "access", "create", sandbox, NULL);
    struct console *console = fixture_console(&fixture, 24, 110, sandbox);
    fixture_choose(console, sandbox);
    // In the deck both clocks count without a session; it does not alert.
    expect(console, "soonest %s sandbox +4m[0-9][0-9]s", sandbox);
    expect(console, "%s .*valid .*[|\xe2\x94\x86]+4m[0-9][0-9]s", sandbox);
    cr_expect_not(console_shows(console, "! next"));
    console_type(console, KEY_ENTER);
    console_wait(console, "user@");
    console_wait_match(console, "valid +sandbox +4m[0-9][0-9]s +credential 59m[0-9][0-9]s");
    char *facts = left_by_the_command(&fixture);
    (void)snprintf(line, sizeof line, "\nSBXDECK_SANDBOX=%s\n", sandbox);
    cr_expect_not_null(strstr(facts, line), "%s", facts);
    cr_expect_not_null(strstr(facts, "\nSBXDECK_CREDENTIAL=\n"), "%s", facts);
    cr_expect_not_null(strstr(facts, "\nSBXDECK_ALERT=expiring\n"), "%s", facts);
    free(facts);
    fixture_expect(&fixture, 0, "the sandbox times out at", NULL, "events", NULL);
    console_type(console, KEY_PREFIX "~"); // whole, also where the line had no room for it
    console_wait(console, "times out in 4m");
    cr_expect(console_ever_wrote(console, "\033]777;notify;sbxdeck;sandbox "));
    console_type(console, KEY_ESC);
    console_wait_gone(console, "times out in 4m");
    console_type(console, KEY_PREFIX "d");
    expect(console, "%s sandbox 4m[0-9][0-9]s +! next", sandbox);
    console_type(console, KEY_ESC);
    console_wait_gone(console, "1/2");
    console_type(console, "G!d"); // from the other one
    console_wait(console, "the sandbox, by its time-out, in");
    console_type(console, "dt");
    expect(console, "%s +valid +[|\xe2\x94\x86]+4m[0-9][0-9]s", sandbox);
    console_type(console, "tA");
    (void)snprintf(line, sizeof line, "Alert dismissed: sandbox %s", sandbox);
    console_wait(console, line);
    console_wait_gone(console, "! next");
    console_free(console);
    fixture_end(&fixture);
}

// Not from its start: in the last third of a short life.
Test(ends, a_time_out_that_turns_critical_under_a_session_is_shown_and_alerts)
{
    struct fixture fixture;
    char sandbox[64], line[160];
    fixture_begin(&fixture, calm);
    fixture_settings(&fixture, "alert_command = (echo; env) > $HOME/t.$$ && mv $HOME/t.$$ "
                               "$HOME/alert.$SBXDECK_CLOCK\n");
    make(&fixture, "36s", sandbox);
    fixture_expect(&fixture, 0, NULL, NULL, "access", "create", sandbox, NULL);
    struct console *console = fixture_console(&fixture, 24, 110, sandbox);
    fixture_connect(console, sandbox);
    char *facts = left_by_the_command(&fixture);
    (void)snprintf(line, sizeof line, "\nSBXDECK_SANDBOX=%s\n", sandbox);
    cr_expect_not_null(strstr(facts, line), "%s", facts);
    cr_expect_not_null(strstr(facts, "\nSBXDECK_ALERT=critical\n"), "%s", facts);
    const char *left = strstr(facts, "\nSBXDECK_REMAINING_SECONDS=");
    cr_assert_not_null(left, "%s", facts);
    cr_expect_leq(strtol(strchr(left, '=') + 1, NULL, 10), 12, "%s", facts);
    free(facts);
    expect(console, "sandbox %s times out in [0-9]+s", sandbox);
    console_type(console, KEY_PREFIX "d");
    expect(console, "%s sandbox [0-9]+s +! next", sandbox);
    fixture_expect(&fixture, 0, "critical", NULL, "events", NULL);
    console_free(console);
    fixture_end(&fixture);
}

// In the other order, and where nothing can be done by the credential.
Test(ends, the_verbs_name_the_clock)
{
    struct fixture fixture;
    char first[64], sandbox[64];
    fixture_begin_first(&fixture, short_lives, first, sizeof first);
    make(&fixture, "10m", sandbox);
    fixture_expect(&fixture, 0, NULL, NULL, "access", "create", sandbox, NULL);
    fixture_expect(&fixture, 0, NULL, NULL, "access", "create", first, NULL);
    fixture_expect(&fixture, 0, "ENDS FIRST", NULL, "ls", NULL);
    fixture_expect(&fixture, 0, "sandbox 9m", NULL, "ls", NULL);
    fixture_expect(&fixture, 0, "credential 49m", NULL, "ls", NULL);
    fixture_expect(&fixture, 1, "the sandbox times out first, in 9m", NULL, "access", "needs-renewal",
                   sandbox, NULL);
    cJSON *list = fixture_json(&fixture, 0, "ls", "--json", NULL);
    for (const cJSON *one = cJSON_GetArrayItem(list, 0); one != NULL; one = one->next) {
        double left = json_number(one, "timeout_remaining_seconds");
        bool short_one = strcmp(json_text(one, "id"), sandbox) == 0;
        cr_expect(short_one ? left > 0 && left <= 600 : left > 600, "%g", left);
    }
    cJSON_Delete(list);
    fixture_expect(&fixture, 0, NULL, NULL, "pause", sandbox, NULL);
    fixture_wait_state(&fixture, sandbox, "paused");
    list = fixture_json(&fixture, 0, "ls", "--json", NULL); // a paused one can't time out
    for (const cJSON *one = cJSON_GetArrayItem(list, 0); one != NULL; one = one->next)
        if (strcmp(json_text(one, "id"), sandbox) == 0)
            cr_expect(cJSON_IsNull(cJSON_GetObjectItem(one, "timeout_remaining_seconds")));
    cJSON_Delete(list);
    fixture_end(&fixture);
}

Test(ends, ssh_on_a_terminal_warns_of_both)
{
    struct fixture fixture;
    char sandbox[64];
    fixture_begin(&fixture, short_lives);
    fixture_settings(&fixture, "ssh_warning = 3600\n");
    make(&fixture, "20m", sandbox);
    const char *const argv[] = {fixture.program, "ssh", sandbox, NULL};
    struct console *console = console_start(24, 100, argv, fixture.environment);
    console_wait(console, "the credential expires in 49m");
    console_wait(console, "the sandbox times out in 19m");
    console_wait(console, "user@");
    console_type(console, "exit\r");
    cr_expect_eq(console_wait_exit(console), 0);
    console_free(console);
    fixture_end(&fixture);
}

// --- the order ---

// The ids in the order of the lines that they stand on.
static void expect_order(struct console *console, const char *const ids[], size_t count)
{
    char pattern[512] = "";
    for (size_t i = 0; i < count; i++) {
        size_t used = strlen(pattern);
        (void)snprintf(pattern + used, sizeof pattern - used, "%s%s", i > 0 ? "(.|\n)*" : "", ids[i]);
    }
    console_wait_match(console, pattern);
}

static int by_text(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

Test(ends, the_order_is_marked_in_its_column_and_turned_round_by_the_same_key)
{
    static const char *const options[] = {"--fleet", "plain", "--sandboxes", "3", NULL};
    enum { COUNT = 3 };
    struct fixture fixture;
    const char *up[COUNT], *down[COUNT];
    char line[160];
    fixture_begin(&fixture, options);
    cJSON *list = fixture_json(&fixture, 0, "ls", "--json", NULL);
    cr_assert_eq(cJSON_GetArraySize(list), COUNT);
    for (int i = 0; i < COUNT; i++)
        up[i] = json_text(cJSON_GetArrayItem(list, i), "id");
    const char *selected = up[0]; // the first of the server's order
    qsort(up, COUNT, sizeof up[0], by_text);
    for (int i = 0; i < COUNT; i++)
        down[i] = up[COUNT - 1 - i];
    struct console *console = fixture_console(&fixture, 24, 80, selected);
    cr_expect_not(console_shows(console, "SANDBOX \xe2\x96\xb2"));
    console_type(console, "o");
    console_wait(console, "SANDBOX \xe2\x96\xb2");
    expect_order(console, up, COUNT);
    console_type(console, "o");
    console_wait(console, "SANDBOX \xe2\x96\xbc");
    expect_order(console, down, COUNT);
    // The cursor has stayed on its sandbox: what is done is done to that one.
    console_type(console, "n");
    (void)snprintf(line, sizeof line, "^ %s .* valid ", selected);
    console_wait_match(console, line);
    // By what ends first: the one with a credential stands first either way, the others have no end.
    console_type(console, "O");
    console_wait_match(console, "LEFT \xe2\x96\xb2");
    cr_expect_not(console_shows(console, "Sorted by"), "the header says it");
    expect_order(console, &selected, 1);
    console_type(console, "O");
    console_wait_match(console, "LEFT \xe2\x96\xbc");
    // A click on the header of another column, and once more.
    console_type(console, "\033[<0;3;5M\033[<0;3;5m");
    console_wait(console, "SANDBOX \xe2\x96\xb2");
    expect_order(console, up, COUNT);
    console_type(console, "\033[<0;3;5M\033[<0;3;5m");
    console_wait(console, "SANDBOX \xe2\x96\xbc");
    expect_order(console, down, COUNT);
    console_type(console, ":sort age" KEY_ENTER);
    console_wait(console, "AGE\xe2\x96\xb2");
    // A column that has no room is named.
    console_type(console, ":sort template" KEY_ENTER);
    console_wait(console, "Sorted by template");
    fixture_quit(console);
    cJSON_Delete(list);
    fixture_end(&fixture);
}
