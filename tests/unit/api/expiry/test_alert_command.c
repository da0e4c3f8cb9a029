// SPDX-License-Identifier: Apache-2.0
//
// alert_command: real processes: their environment, how many at once, how they end.

#include "api/expiry/alert_command.h"
#include "tests/support/support.h"

#include <criterion/criterion.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static uv_loop_t loop;
static char folder[SUPPORT_PATH_CAP];
static int troubles;
static struct failure trouble;

static void begin(void)
{
    troubles = 0;
    cr_assert(support_folder_make(folder));
    cr_assert_eq(uv_loop_init(&loop), 0);
}

static void end(void)
{
    cr_expect_eq(uv_run(&loop, UV_RUN_DEFAULT), 0);
    cr_expect_eq(uv_loop_close(&loop), 0, "something stays on the loop");
    cr_expect(support_folder_remove(folder));
}

TestSuite(alert_command, .init = begin, .fini = end);

static void on_trouble(void *ctx, const struct failure *why)
{
    (void)ctx;
    troubles++;
    trouble = *why;
}

static struct alert_commands *commands_of(const char *command)
{
    struct alert_commands *commands = alert_commands_new(&loop, command, 0, on_trouble, NULL);
    cr_assert_not_null(commands);
    return commands;
}

static struct alert alert_of(int number)
{
    struct alert alert = {.stage = ALERT_critical, .clock = DEADLINE_CREDENTIAL, .remaining_ms = 119500};
    (void)snprintf(alert.credential.id, ID_CAP, "ssh-%d", number);
    (void)snprintf(alert.credential.sandbox_id, ID_CAP, "sbx-1");
    alert.credential.expires_at = INT64_C(1775044800000);
    return alert;
}

Test(alert_command, has_the_facts_in_its_environment_and_not_the_key)
{
    char command[SUPPORT_PATH_CAP + 32], path[SUPPORT_PATH_CAP + 16];
    size_t length = 0;
    const struct alert alert = alert_of(1);
    cr_assert_eq(setenv("LEAP0_API_KEY", "l0_secret", 1), 0);
    cr_assert_eq(setenv("SBXDECK_ALERT", "an older one", 1), 0);
    (void)snprintf(command, sizeof command, "env | sort > %s/env", folder);
    struct alert_commands *commands = commands_of(command);
    cr_assert(alert_commands_run(commands, &alert));
    (void)uv_run(&loop, UV_RUN_DEFAULT); // until it has ended
    (void)snprintf(path, sizeof path, "%s/env", folder);
    char *text = support_file_read(path, &length);
    cr_assert_not_null(text);
    cr_expect(strstr(text,
                     "SBXDECK_ALERT=critical\nSBXDECK_CLOCK=credential\nSBXDECK_CREDENTIAL=ssh-1\n"
                     "SBXDECK_EXPIRES_AT=2026-04-01T12:00:00Z\nSBXDECK_NAME=\nSBXDECK_REMAINING_SECONDS=119\n"
                     "SBXDECK_SANDBOX=sbx-1\n") != NULL,
              "%s", text);
    cr_expect(strstr(text, "l0_secret") == NULL && strstr(text, "an older one") == NULL);
    cr_expect_eq(troubles, 0);
    free(text);
    alert_commands_free(commands);
}

Test(alert_command, never_more_than_four_at_once_and_all_get_their_turn)
{
    // Each marks itself, notes how many there are, and goes.
    char command[4 * SUPPORT_PATH_CAP + 128], path[SUPPORT_PATH_CAP + 16];
    size_t length = 0, lines = 0;
    (void)snprintf(command, sizeof command,
                   "cd %s && touch run.$SBXDECK_CREDENTIAL && ls | grep -c '^run' >> counts; sleep 0.05; "
                   "rm run.$SBXDECK_CREDENTIAL",
                   folder);
    struct alert_commands *commands = commands_of(command);
    for (int i = 0; i < 20; i++) {
        const struct alert alert = alert_of(i);
        cr_assert(alert_commands_run(commands, &alert));
    }
    (void)uv_run(&loop, UV_RUN_DEFAULT);
    (void)snprintf(path, sizeof path, "%s/counts", folder);
    char *text = support_file_read(path, &length);
    cr_assert_not_null(text);
    char *rest = NULL;
    for (char *line = strtok_r(text, "\n", &rest); line != NULL; line = strtok_r(NULL, "\n", &rest)) {
        cr_expect(atoi(line) >= 1 && atoi(line) <= ALERT_COMMANDS_AT_ONCE, "%s at once", line);
        lines++;
    }
    cr_expect_eq(lines, 20);
    free(text);
    alert_commands_free(commands);
}

Test(alert_command, too_many_that_wait_are_refused)
{
    struct alert_commands *commands = commands_of("exit 0");
    const struct alert alert = alert_of(1);
    int taken = 0;
    while (taken < 10000 && alert_commands_run(commands, &alert))
        taken++;
    cr_expect_eq(taken, ALERT_COMMANDS_AT_ONCE + ALERT_COMMANDS_WAITING);
    (void)uv_run(&loop, UV_RUN_DEFAULT);
    cr_expect(alert_commands_run(commands, &alert));
    (void)uv_run(&loop, UV_RUN_DEFAULT);
    alert_commands_free(commands);
}

Test(alert_command, a_failure_and_a_signal_are_told)
{
    const struct alert alert = alert_of(1);
    struct alert_commands *commands = commands_of("exit 3");
    cr_assert(alert_commands_run(commands, &alert));
    (void)uv_run(&loop, UV_RUN_DEFAULT);
    cr_expect_eq(troubles, 1);
    cr_expect_not_null(strstr(trouble.message, "exited with code 3"));
    alert_commands_free(commands);
    commands = commands_of("kill -9 $$");
    cr_assert(alert_commands_run(commands, &alert));
    (void)uv_run(&loop, UV_RUN_DEFAULT);
    cr_expect_eq(troubles, 2);
    cr_expect_not_null(strstr(trouble.message, "signal 9"));
    alert_commands_free(commands);
}

// --- the end of the console ---

// Processes that are known by their command line, which nobody else has.
struct marked {
    char mark[64], command[3 * SUPPORT_PATH_CAP];
};

// Each run notes that it is there, and stays: as its own process, and as one that has started another.
static void mark_with(struct marked *marked, const char *first)
{
    (void)snprintf(marked->mark, sizeof marked->mark, "sleep 4%lld.%d",
                   (long long)(support_now_ms() % 1000000), (int)getpid());
    (void)snprintf(marked->command, sizeof marked->command,
                   "%s %s & echo here >>%s/here; trap : TERM; while :; do wait; done", first, marked->mark,
                   folder);
}

static bool all_are_here(void *ctx)
{
    char path[SUPPORT_PATH_CAP + 16];
    size_t length = 0;
    int lines = 0;
    (void)ctx;
    (void)snprintf(path, sizeof path, "%s/here", folder);
    char *text = support_file_read(path, &length);
    for (size_t i = 0; text != NULL && i < length; i++)
        lines += text[i] == '\n';
    free(text);
    return lines == ALERT_COMMANDS_AT_ONCE;
}

static bool none_is_left(void *ctx)
{
    return support_processes_with(((struct marked *)ctx)->mark) == 0;
}

static void run_all(const struct marked *marked)
{
    const struct alert alert = alert_of(1);
    struct alert_commands *commands = commands_of(marked->command);
    for (int i = 0; i < ALERT_COMMANDS_AT_ONCE; i++)
        cr_assert(alert_commands_run(commands, &alert));
    cr_assert(support_wait_until(all_are_here, NULL, SUPPORT_WAIT_MS));
    cr_assert_geq(support_processes_with(marked->mark), ALERT_COMMANDS_AT_ONCE);
    alert_commands_free(commands);
    (void)uv_run(&loop, UV_RUN_DEFAULT); // returns at once
    cr_expect_eq(troubles, 0);
}

Test(alert_command, the_end_of_the_console_ends_what_runs)
{
    struct marked marked;
    mark_with(&marked, "");
    run_all(&marked);
    cr_expect(support_wait_until(none_is_left, &marked, SUPPORT_WAIT_MS));
}

Test(alert_command, the_end_of_the_console_ends_also_what_does_not_want_to)
{
    struct marked marked;
    mark_with(&marked, "trap '' TERM HUP INT;");
    run_all(&marked);
    cr_expect(support_wait_until(none_is_left, &marked, SUPPORT_WAIT_MS));
}

// Nobody is there to end anything.
Test(alert_command, a_console_that_is_killed_takes_with_it_what_runs)
{
    struct marked marked;
    mark_with(&marked, "trap '' TERM HUP INT;");
    pid_t console = fork();
    if (console == 0) {
        const struct alert alert = alert_of(1);
        uv_loop_t own;
        if (uv_loop_init(&own) != 0)
            _exit(1);
        struct alert_commands *commands = alert_commands_new(&own, marked.command, 0, NULL, NULL);
        for (int i = 0; i < ALERT_COMMANDS_AT_ONCE; i++)
            (void)alert_commands_run(commands, &alert);
        (void)uv_run(&own, UV_RUN_DEFAULT);
        _exit(0);
    }
    cr_assert_gt(console, 0);
    cr_assert(support_wait_until(all_are_here, NULL, SUPPORT_WAIT_MS));
    cr_assert_eq(kill(console, SIGKILL), 0);
    cr_assert_eq(support_wait_exit(console, SUPPORT_WAIT_MS), 128 + SIGKILL);
    cr_expect(support_wait_until(none_is_left, &marked, SUPPORT_WAIT_MS));
}

Test(alert_command, has_nothing_open_but_its_three_files)
{
    // From beside it: the shell opens files for what it starts.
    char command[3 * SUPPORT_PATH_CAP], path[SUPPORT_PATH_CAP + 16];
    size_t length = 0;
    const struct alert alert = alert_of(1);
    int left_open[2];                 // as a careless parent does
    cr_assert_eq(pipe(left_open), 0); // NOLINT(android-cloexec-pipe)
    (void)snprintf(command, sizeof command,
                   "cd %s; (ls /proc/$$/fd >open; cd /proc/$$/fd; readlink 0 1 2 >>%s/open) & wait", folder,
                   folder);
    struct alert_commands *commands = commands_of(command);
    cr_assert(alert_commands_run(commands, &alert));
    (void)uv_run(&loop, UV_RUN_DEFAULT);
    (void)snprintf(path, sizeof path, "%s/open", folder);
    char *text = support_file_read(path, &length);
    cr_assert_not_null(text);
    cr_expect(strncmp(text, "0\n1\n2\n/dev/null\n/dev/null\n/dev/null\n", 36) == 0, "%s", text);
    free(text);
    alert_commands_free(commands);
    (void)close(left_open[0]);
    (void)close(left_open[1]);
}

Test(alert_command, one_that_hangs_is_killed_with_all_that_it_has_started)
{
    const struct alert alert = alert_of(1);
    char mark[64], command[160];
    (void)snprintf(mark, sizeof mark, "sleep 5%d.5", (int)(support_now_ms() % 100000));
    (void)snprintf(command, sizeof command, "trap '' TERM HUP; %s & %s; wait", mark, mark);
    struct alert_commands *commands = alert_commands_new(&loop, command, 300, on_trouble, NULL);
    cr_assert_not_null(commands);
    cr_assert(alert_commands_run(commands, &alert));
    (void)uv_run(&loop, UV_RUN_DEFAULT); // until it has ended
    cr_expect_eq(troubles, 1);
    cr_expect_not_null(strstr(trouble.message, "longer than 0.3s and was killed"), "%s", trouble.message);
    struct marked marked;
    (void)snprintf(marked.mark, sizeof marked.mark, "%s", mark);
    cr_expect(support_wait_until(none_is_left, &marked, SUPPORT_WAIT_MS));
    // Its place is free again.
    cr_expect(alert_commands_run(commands, &alert));
    alert_commands_free(commands);
}
