// SPDX-License-Identifier: Apache-2.0
//
// A machine that has slept, or whose clock was set, under the real console: its clocks are the test's
// (tests/preload/slept.c).

#include "tests/e2e/fixture.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>

static char path[SUPPORT_PATH_CAP + 16];

// The console's clocks are what the file at path says, under that name.
static struct console *begin(struct fixture *fixture, const char *name, char sandbox[64])
{
    static char variable[SUPPORT_PATH_CAP + 48];
    fixture_begin(fixture, NULL);
    fixture_settings(fixture, "renew = all\n");
    fixture_first_sandbox(fixture, sandbox, 64);
    (void)snprintf(path, sizeof path, "%s/clock", fixture->home);
    (void)snprintf(variable, sizeof variable, "%s=%s", name, path);
    fixture_preload(fixture, variable);
    return fixture_console(fixture, 24, 110, sandbox);
}

Test(sleep, is_told_once_and_open_sessions_are_asked_for_a_sign_of_life)
{
    struct fixture fixture;
    char sandbox[64];
    struct console *console = begin(&fixture, "SLEPT", sandbox);
    fixture_connect(console, sandbox);
    cr_assert(support_file_write(path, "ten minute"));
    console_wait_match(console, "Slept for (10m|10m0[0-9]s|9m5[0-9]s), refreshing");
    console_wait_gone(console, "Slept for");
    console_type(console, "echo alive-$((6*7))\r");
    console_wait(console, "alive-42");
    console_type(console, KEY_PREFIX "x");
    console_wait(console, "SANDBOX");
    cr_expect(!console_shows(console, "Slept for"), "it was told twice");
    fixture_leave(&fixture, console);
}

// What time alone brings about, of which there must have been none.
static void expect_nothing_came_due(struct fixture *fixture, const char *sandbox)
{
    cJSON *events = fixture_json(fixture, 0, "events", sandbox, "--since", "3d", "--kind",
                                 "alert,renewed,regenerated", "--json", NULL);
    char *text = cJSON_Print(events);
    cr_expect_eq(cJSON_GetArraySize(events), 0, "%s", text);
    free(text);
    cJSON_Delete(events);
    cJSON *list = fixture_json(fixture, 0, "access", "ls", sandbox, "--json", NULL);
    cr_assert_eq(cJSON_GetArraySize(list), 1);
    cr_expect_str_eq(json_text(cJSON_GetArrayItem(list, 0), "state"), "valid");
    cJSON_Delete(list);
}

Test(sleep, a_clock_that_is_set_by_a_day_changes_no_countdown)
{
    static const char *const jumps[] = {"86400", "-86400", "0"};
    struct fixture fixture;
    char sandbox[64];
    struct console *console = begin(&fixture, "SET_CLOCK", sandbox);
    fixture_choose(console, sandbox);
    console_type(console, "n");
    console_wait_match(console, "valid .* 59m[0-9][0-9]s");
    for (size_t i = 0; i < sizeof jumps / sizeof jumps[0]; i++) {
        cr_assert(support_file_write(path, jumps[i]));
        console_type(console, KEY_CTRL_R);
        // The header says how far off the machine's clock is; nothing else is.
        if (jumps[i][0] != '0')
            console_wait_match(console, jumps[i][0] == '-' ? "clock [+]1d" : "clock -1d");
        else
            console_wait_gone(console, "clock ");
        console_wait_match(console, "valid .* 59m[0-9][0-9]s");
        cr_expect(!console_shows(console, "Slept for") && !console_shows(console, "expired") &&
                      !console_shows(console, "critical"),
                  "%s", console_screen(console));
    }
    // A new run on a machine whose clock is wrong from the start.
    cr_assert(support_file_write(path, "86400"));
    fixture_quit(console);
    console = fixture_console(&fixture, 24, 110, sandbox);
    fixture_choose(console, sandbox);
    console_wait_match(console, "valid .* 59m[0-9][0-9]s");
    fixture_quit(console);
    expect_nothing_came_due(&fixture, sandbox);
    fixture_end(&fixture);
}
