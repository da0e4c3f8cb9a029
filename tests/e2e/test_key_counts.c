// SPDX-License-Identifier: Apache-2.0
//
// How many keys a task takes: what is done every day must not grow longer.

#include "tests/e2e/fixture.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

static struct fixture fixture;
static struct console *console;
static int pressed;

static void begin(const char *const options[])
{
    char sandbox[64];
    fixture_begin_first(&fixture, options, sandbox, sizeof sandbox);
    console = fixture_console(&fixture, 24, 100, sandbox);
}

static void leave_bulk(void)
{
    console_type(console, "q");
    console_wait(console, "TIMEOUT");
}

static void end(void)
{
    fixture_leave(&fixture, console);
}

// Each of them is a key; then the screen shows the text.
static void press(const char *keys, const char *until)
{
    console_type(console, keys);
    console_wait(console, until);
    pressed += (int)strlen(keys);
}

Test(key_counts, regenerating_all_that_expire_takes_five_at_most)
{
    const char *const options[] = {"--fleet", "plain", "--sandboxes", "30", "--ttl", "15", NULL};
    begin(options);
    console_type(console, "*n");
    console_wait(console, "Create 30 credentials?");
    console_type(console, KEY_ENTER);
    console_wait(console, "30 created   0 failed   0 left");
    console_type(console, KEY_ESC);
    console_wait(console, "30 marked");
    console_type(console, KEY_ESC);
    console_wait_gone(console, "marked");
    console_wait(console, "30 expired");
    press("E", "30 marked");
    press("r", "Regenerate 30 credentials?");
    press("y", "30 regenerated   0 failed   0 left");
    cr_expect_leq(pressed, 5);
    leave_bulk();
    end();
}

Test(key_counts, stopping_five_takes_eight_at_most)
{
    const char *const options[] = {"--fleet", "plain", "--sandboxes", "8", NULL};
    begin(options);
    press("Vjjjj", "5 marked");
    press("T", "Stop 5 sandboxes?");
    press("s", "5 asked to stop   0 failed   0 left");
    cr_expect_leq(pressed, 8);
    leave_bulk();
    end();
}

Test(key_counts, deleting_a_sandbox_takes_six_at_most)
{
    const char *const options[] = {"--fleet", "plain", "--sandboxes", "2", NULL};
    char sandbox[64];
    begin(options);
    fixture_first_sandbox(&fixture, sandbox, sizeof sandbox);
    press("D", "Delete the sandbox?");
    press(sandbox + strlen(sandbox) - 4, sandbox + strlen(sandbox) - 4);
    press(KEY_ENTER, "is being deleted");
    cr_expect_leq(pressed, 6);
    end();
}
