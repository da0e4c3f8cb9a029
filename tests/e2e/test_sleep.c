// SPDX-License-Identifier: Apache-2.0
//
// A machine that has slept, under the real console: its clocks are the test's (tests/preload/slept.c).

#include "tests/e2e/world.h"

#include <criterion/criterion.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>

Test(sleep, is_told_once_and_open_sessions_are_asked_for_a_sign_of_life)
{
    struct world world;
    char sandbox[64], library[SUPPORT_PATH_CAP], whole[PATH_MAX], path[SUPPORT_PATH_CAP + 16];
    char preload[PATH_MAX + 16], slept[SUPPORT_PATH_CAP + 32];
    size_t count = 0;
    world_begin(&world, NULL);
    world_first_sandbox(&world, sandbox, sizeof sandbox);
    support_program("libslept.so", library);
    cr_assert_not_null(realpath(library, whole), "%s", library);
    (void)snprintf(preload, sizeof preload, "LD_PRELOAD=%s", whole);
    (void)snprintf(path, sizeof path, "%s/slept", world.home);
    (void)snprintf(slept, sizeof slept, "SLEPT=%s", path);
    while (world.environment[count] != NULL)
        count++;
    cr_assert_lt(count + 3, sizeof world.environment / sizeof world.environment[0]);
    world.environment[count] = preload;
    world.environment[count + 1] = slept;
    world.environment[count + 2] = "ASAN_OPTIONS=verify_asan_link_order=0";

    struct console *console = world_console(&world, 24, 110, sandbox);
    world_choose(console, sandbox);
    console_type(console, KEY_ENTER);
    console_wait_match(console, "[$#] *$");
    cr_assert(support_file_write(path, "ten minute"));
    console_wait_match(console,
                       "slept for (10:0|09:5)[0-9]: asking the server again; open sessions may be cut");
    console_wait_gone(console, "slept for");
    console_type(console, "echo alive-$((6*7))\r");
    console_wait(console, "alive-42");
    console_type(console, KEY_PREFIX "x");
    console_wait(console, "SANDBOX");
    cr_expect(!console_shows(console, "slept for"), "it was told twice");
    world_quit(console);
    world_end(&world);
}
