// SPDX-License-Identifier: Apache-2.0
//
// `sbxdeck demo`: what it and its emulator are given, and what they leave behind.

#include "tests/e2e/fixture.h"

#include <criterion/criterion.h>
#include <glob.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct demo {
    pid_t pid;
    int out;
    struct support_heard heard;
};

static char folder[SUPPORT_PATH_CAP], temporary[SUPPORT_PATH_CAP + 8], program[SUPPORT_PATH_CAP],
    emulator[SUPPORT_PATH_CAP], key[SUPPORT_PATH_CAP], old_key[SUPPORT_PATH_CAP];

static void begin(void)
{
    cr_assert(support_folder_make(folder));
    (void)snprintf(temporary, sizeof temporary, "TMPDIR=%s", folder);
    // Of this test alone: others run beside it.
    (void)snprintf(key, sizeof key, "LEAP0_API_KEY=operators-%s", strrchr(folder, '/') + 1);
    (void)snprintf(old_key, sizeof old_key, "LEAP0_OLD_API_KEY=operators-%s", strrchr(folder, '/') + 1);
    support_program("sbxdeck", program);
    support_program("leap0-emulator", emulator);
}

static void end(void)
{
    cr_expect(support_folder_remove(folder));
}

// Until it has said where it is.
static struct demo start(const char *const argv[])
{
    const char *const environment[] = {temporary, key, old_key, NULL};
    int ends[2];
    struct demo demo = {0};
    cr_assert_eq(pipe(ends), 0);
    demo.pid = support_spawn(argv, environment, -1, ends[1], STDERR_FILENO);
    (void)close(ends[1]);
    demo.out = ends[0];
    cr_assert(support_expect(demo.out, &demo.heard, NULL, "\"base_url\"", SUPPORT_WAIT_MS));
    return demo;
}

static void stop(struct demo *demo, int number, int code)
{
    cr_expect_eq(kill(demo->pid, number), 0);
    cr_expect_eq(support_wait_exit(demo->pid, SUPPORT_WAIT_MS), code);
    (void)close(demo->out);
    support_heard_free(&demo->heard);
}

static size_t folders_of(const char *name)
{
    char pattern[2 * SUPPORT_PATH_CAP];
    glob_t found;
    (void)snprintf(pattern, sizeof pattern, "%s/%s*", folder, name);
    size_t count = glob(pattern, 0, NULL, &found) == 0 ? found.gl_pathc : 0;
    globfree(&found);
    return count;
}

static bool nobody_is_left(void *ctx)
{
    (void)ctx;
    return support_processes_with(temporary) == 0;
}

Test(demo, nobody_there_has_the_operators_keys, .init = begin, .fini = end)
{
    const char *const argv[] = {program, "demo", "--json", NULL};
    struct demo demo = start(argv);
    cr_expect_geq(support_processes_with(temporary), 1);
    cr_expect_eq(support_processes_with(strchr(key, '=') + 1), 0);
    stop(&demo, SIGTERM, 0);
    cr_expect_eq(folders_of(""), 0, "something is left in TMPDIR");
}

Test(demo, what_a_killed_one_leaves_goes_at_the_next_start, .init = begin, .fini = end)
{
    const char *const argv[] = {program, "demo", "--json", NULL};
    struct demo killed = start(argv);
    stop(&killed, SIGKILL, 128 + SIGKILL);
    cr_assert(support_wait_until(nobody_is_left, NULL, SUPPORT_WAIT_MS)); // its emulator ends with it
    cr_expect_eq(folders_of("sbxdeck-demo-"), 1);
    struct demo next = start(argv), beside = start(argv);
    cr_expect_eq(folders_of("sbxdeck-demo-"), 2, "the dead one's is there, or a living one's is not");
    stop(&next, SIGTERM, 0);
    stop(&beside, SIGTERM, 0);
    cr_expect_eq(folders_of(""), 0);
}

Test(demo, what_a_killed_emulator_leaves_goes_at_the_next_start, .init = begin, .fini = end)
{
    const char *const argv[] = {emulator, NULL};
    struct demo killed = start(argv);
    stop(&killed, SIGKILL, 128 + SIGKILL);
    cr_expect_eq(folders_of("leap0-emulator-"), 1);
    struct demo next = start(argv), beside = start(argv);
    cr_expect_eq(folders_of("leap0-emulator-"), 2);
    stop(&next, SIGTERM, 0);
    stop(&beside, SIGTERM, 0);
    cr_expect_eq(folders_of(""), 0);
}

Test(demo, a_place_that_is_not_there_is_named, .init = begin, .fini = end)
{
    const char *const argv[] = {program, "demo", "--json", NULL};
    const char *const environment[] = {"TMPDIR=/nowhere/at/all", NULL};
    struct support_result result;
    cr_assert(support_run(argv, environment, NULL, SUPPORT_WAIT_MS, &result));
    cr_expect_eq(result.exit_code, 1);
    cr_expect(strstr(result.err, "sbxdeck: demo: can't create a folder in /nowhere/at/all: ") != NULL, "%s",
              result.err);
    cr_expect(strstr(result.err, "TMPDIR") != NULL, "%s", result.err);
    support_result_free(&result);
}
