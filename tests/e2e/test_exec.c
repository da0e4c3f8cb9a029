// SPDX-License-Identifier: Apache-2.0
//
// `sbxdeck exec`: one command in many sandboxes, and what came back, by sandbox.

#include "tests/e2e/fixture.h"

#include <criterion/criterion.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { BOXES = 4, ID_MAX = 64, COMMAND_MAX = 512 };

static struct fixture fixture;
static char ids[BOXES][ID_MAX];

// The ids in the order of the list.
static void begin_with(const char *const options[])
{
    fixture_begin(&fixture, options);
    cJSON *list = fixture_json(&fixture, 0, "ls", "--json", NULL);
    const cJSON *row = NULL;
    size_t count = 0;
    cJSON_ArrayForEach(row, list)
    {
        if (count < BOXES)
            (void)snprintf(ids[count++], ID_MAX, "%s", json_text(row, "id"));
    }
    cr_assert_eq(count, BOXES);
    cJSON_Delete(list);
}

static void begin(void)
{
    static const char *const options[] = {"--fleet", "plain", "--sandboxes", "4", NULL};
    begin_with(options);
}

static void end(void)
{
    fixture_end(&fixture);
}

TestSuite(exec, .init = begin, .fini = end);

static const cJSON *result_of(const cJSON *list, const char *id)
{
    const cJSON *row = NULL;
    cJSON_ArrayForEach(row, list)
    {
        if (strcmp(json_text(row, "sandbox_id"), id) == 0)
            return row;
    }
    cr_assert_fail("no result of %s", id);
    return NULL;
}

Test(exec, equal_outputs_are_printed_once_and_stderr_apart)
{
    char header[COMMAND_MAX], other[COMMAND_MAX], command[COMMAND_MAX];
    (void)snprintf(
        command, sizeof command,
        "if [ $(hostname 2>/dev/null || echo $HOSTNAME) = %s ] || [ $HOSTNAME = %s ]; then echo odd; "
        "else echo same; echo beside >&2; fi",
        ids[1], ids[1]);
    struct support_result result = fixture_run(&fixture, "exec", "RUNNING", "--", command, NULL);
    (void)snprintf(header, sizeof header, "%s %s %s (3):\nsame\n", ids[0], ids[2], ids[3]);
    (void)snprintf(other, sizeof other, "\n%s:\nodd\n", ids[1]);
    cr_expect_eq(result.exit_code, 0, "%s", result.err);
    cr_expect_not_null(strstr(result.out, header), "%s", result.out);
    cr_expect_not_null(strstr(result.out, other), "%s", result.out);
    (void)snprintf(header, sizeof header, "%s %s %s (3), stderr:\nbeside\n", ids[0], ids[2], ids[3]);
    cr_expect_str_eq(result.err, header);
    support_result_free(&result);
}

Test(exec, words_choose_in_any_order_and_a_whole_id_means_that_one)
{
    char word[COMMAND_MAX], expected[COMMAND_MAX];
    (void)snprintf(expected, sizeof expected, "%s:\nx\n", ids[2]);
    struct support_result result = fixture_run(&fixture, "exec", ids[2], "--", "echo", "x", NULL);
    cr_expect_str_eq(result.out, expected, "%s%s", result.out, result.err);
    support_result_free(&result);
    (void)snprintf(word, sizeof word, "!%s", ids[2]);
    result = fixture_run(&fixture, "exec", "running", word, "debian", "--", "echo x", NULL);
    cr_expect_not_null(strstr(result.out, "(3):\nx\n"), "%s%s", result.out, result.err);
    cr_expect_null(strstr(result.out, ids[2]));
    support_result_free(&result);
}

Test(exec, what_is_wrong_is_said_and_runs_nothing)
{
    fixture_expect(&fixture, 4, "", "no sandbox matches 'nothing-such'", "exec", "nothing-such", "--", "true",
                   NULL);
    fixture_expect(&fixture, 2, "", "FILTER is empty", "exec", "", "--", "true", NULL);
    fixture_expect(&fixture, 2, "", "needs FILTER", "exec", "--", "true", NULL);
    fixture_expect(&fixture, 2, "", "needs a command after --", "exec", "running", "true", NULL);
    fixture_expect(&fixture, 2, "", "COMMAND is empty", "exec", "running", "--", NULL);
    fixture_expect(&fixture, 2, "", "--timeout: '0' is not", "exec", "running", "--timeout", "0", "--",
                   "true", NULL);
}

Test(exec, only_those_that_run_and_paused_ones_when_asked_for)
{
    char word[COMMAND_MAX];
    fixture_expect(&fixture, 0, "", "", "stop", ids[0], NULL);
    fixture_expect(&fixture, 0, "", "", "pause", ids[1], NULL);
    fixture_wait_state(&fixture, ids[0], "stopped");
    fixture_wait_state(&fixture, ids[1], "paused");
    fixture_expect(&fixture, 5, "", "(stopped) (start them: sbxdeck start)", "exec", ids[0], "--", "true",
                   NULL);
    fixture_expect(&fixture, 5, "", "(paused) (--wake wakes paused ones)", "exec", ids[1], "--", "true",
                   NULL);
    (void)snprintf(word, sizeof word, "%s %s (2): no output", ids[2], ids[3]);
    fixture_expect(&fixture, 0, word, "left out, not running: ", "exec", "sbx", "--", "true", NULL);
    (void)snprintf(word, sizeof word, "%s:\nawake\n", ids[1]);
    fixture_expect(&fixture, 0, word, "", "exec", ids[1], "--wake", "--", "echo awake", NULL);
}

Test(exec, the_worst_decides_the_code_and_each_outcome_is_told)
{
    char command[COMMAND_MAX];
    (void)snprintf(command, sizeof command,
                   "case $HOSTNAME in %s) kill -KILL $$;; %s) exit 3;; %s) sleep 600;; esac; echo fine",
                   ids[0], ids[1], ids[2]);
    cJSON *list =
        fixture_json(&fixture, 137, "exec", "running", "--json", "--timeout", "2", "--", command, NULL);
    const cJSON *killed = result_of(list, ids[0]), *three = result_of(list, ids[1]),
                *slow = result_of(list, ids[2]), *fine = result_of(list, ids[3]);
    cr_expect_str_eq(json_text(killed, "outcome"), "killed");
    cr_expect_str_eq(json_text(killed, "signal"), "KILL");
    cr_expect_str_eq(json_text(three, "outcome"), "exited");
    cr_expect_eq((int)json_number(three, "exit_code"), 3);
    cr_expect_str_eq(json_text(slow, "outcome"), "timed_out");
    cr_expect_str_eq(json_text(slow, "error"), "timed out after 2s"); // it heeds the signal that it gets
    cr_expect_eq((int)json_number(fine, "exit_code"), 0);
    cr_expect_str_eq(json_text(fine, "stdout"), "fine\n");
    cJSON_Delete(list);
    (void)snprintf(command, sizeof command, "[ $HOSTNAME != %s ] || exit 9", ids[3]);
    fixture_expect(&fixture, 9, ": exit 9, no output", "", "exec", "running", "--", command, NULL);
    fixture_expect(&fixture, 124, "", "timed out after 1s\n", "exec", ids[0], "--timeout", "1s", "--",
                   "sleep 600", NULL);
}

// Who does not heed the signal is hung up on: nobody knows whether it goes on.
Test(exec, a_command_that_ignores_the_signal_may_still_run)
{
    fixture_expect(&fixture, 124, "begun\n", "timed out after 1s; it may still run", "exec", ids[0],
                   "--timeout", "1s", "--", "trap '' TERM; echo begun; sleep 3; sleep 3; sleep 3", NULL);
}

Test(exec, bytes_pass_as_they_are_and_stdin_is_empty)
{
    struct support_result result =
        fixture_run(&fixture, "exec", ids[0], "--", "cat; printf 'a\\0b\\033[31m\\377'", NULL);
    char expected[COMMAND_MAX];
    int length = snprintf(expected, sizeof expected, "%s:\n", ids[0]);
    cr_assert_eq(result.out_length, (size_t)length + 10, "%s", result.out);
    cr_expect_eq(memcmp(result.out + length, "a\0b\033[31m\377\n", 10), 0);
    support_result_free(&result);
}

Test(exec, more_than_is_kept_is_said)
{
    fixture_expect(&fixture, 0, "", "stdout is cut: ", "exec", ids[0], "--",
                   "head -c 3000000 /dev/zero | tr '\\0' x", NULL);
}

// A sandbox that is stopped while its command runs: nobody knows how that ended.
Test(exec, a_connection_that_is_lost_is_unknown)
{
    int out[2];
    cr_assert_eq(pipe(out), 0);
    const char *const argv[] = {fixture.program, "exec", ids[0], "--json", "--", "sleep 600", NULL};
    pid_t child = support_spawn(argv, fixture.environment, -1, out[1], -1);
    cr_assert_gt(child, 0);
    (void)close(out[1]);
    // The log tells when it runs.
    for (bool runs = false; !runs;) {
        struct support_result events = fixture_run(&fixture, "events", "--kind", "connected", "--json", NULL);
        runs = strstr(events.out, ids[0]) != NULL;
        support_result_free(&events);
    }
    fixture_expect(&fixture, 0, "", "", "stop", ids[0], NULL);
    struct support_heard heard = {0};
    cr_assert(support_expect(out[0], &heard, NULL, NULL, CONSOLE_WAIT_MS));
    cr_expect_not_null(strstr(heard.text, "\"unknown\""), "%s", heard.text);
    cr_expect_eq(support_wait_exit(child, CONSOLE_WAIT_MS), 255);
    support_heard_free(&heard);
    (void)close(out[0]);
}

// --- on a terminal ------------------------------------------------------------------------

static struct console *exec_on_terminal(const char *command)
{
    const char *const argv[] = {fixture.program, "exec", "running", "--", command, NULL};
    return console_start(24, 120, argv, fixture.environment);
}

Test(exec, progress_is_a_line_that_goes_and_ctrl_c_prints_what_is_known)
{
    char command[COMMAND_MAX];
    (void)snprintf(command, sizeof command, "echo known; [ $HOSTNAME = %s ] || sleep 600", ids[0]);
    struct console *console = exec_on_terminal(command);
    console_wait(console, "1 of 4 done, 3 running");
    console_type(console, KEY_CTRL_C);
    cr_expect_eq(console_wait_exit(console), 128 + SIGINT);
    cr_expect(console_shows(console, "known"), "%s", console_screen(console));
    cr_expect(console_shows(console, ": interrupted"), "%s", console_screen(console));
    cr_expect_not(console_shows(console, "of 4 done"), "%s", console_screen(console));
    console_free(console);
}

Test(exec, as_many_at_once_as_the_setting_says)
{
    fixture_settings(&fixture, "parallel = 2\n");
    struct console *console = exec_on_terminal("read x; sleep 1; echo [done]");
    console_wait(console, "0 of 4 done, 2 running");
    console_wait(console, "2 of 4 done, 2 running");
    cr_expect_eq(console_wait_exit(console), 0);
    cr_expect(console_shows(console, "(4):"), "%s", console_screen(console));
    cr_expect(console_shows(console, "saved 4 new host keys"), "%s", console_screen(console));
    cr_expect_not(console_ever_wrote(console, "3 running"));
    console_free(console);
}

Test(exec, the_log_has_each_session)
{
    fixture_expect(&fixture, 0, "", "", "exec", "running", "--", "true", NULL);
    cJSON *list = fixture_json(&fixture, 0, "events", "--kind", "connected", "--json", NULL);
    cr_expect_eq(cJSON_GetArraySize(list), BOXES);
    cJSON_Delete(list);
    list = fixture_json(&fixture, 0, "events", "--kind", "disconnected", "--json", NULL);
    cr_expect_eq(cJSON_GetArraySize(list), BOXES);
    cJSON_Delete(list);
}

Test(exec, a_terminal_gets_nothing_that_acts_on_it)
{
    struct console *console = exec_on_terminal("printf 'a\\tb\\033[2J\\033]0;title\\007c\\n'");
    cr_expect_eq(console_wait_exit(console), 0);
    cr_expect(console_shows(console, "a       b"), "%s", console_screen(console));
    cr_expect_not(console_ever_wrote(console, "\033[2J"));
    cr_expect_not(console_ever_wrote(console, "\033]0;"));
    console_free(console);
}

// --- in the deck --------------------------------------------------------------------------

static struct console *deck(int rows, int cols)
{
    return fixture_console(&fixture, rows, cols, ids[0]);
}

Test(exec, the_deck_runs_a_command_in_the_marked_and_shows_each_output)
{
    char command[COMMAND_MAX];
    struct console *console = deck(24, 100);
    console_type(console, "*$");
    console_wait(console, "Run a command in 4 sandboxes");
    (void)snprintf(command, sizeof command,
                   "[ $HOSTNAME != %s ] || { echo odd; exit 3; }; seq 1 100; printf 'last\\033[2J'", ids[1]);
    console_type(console, command);
    console_type(console, KEY_ENTER);
    console_wait(console, "3 done   1 failed   0 left");
    console_wait(console, "exit 3");
    console_wait(console, "odd");
    console_wait(console, "exit 0");
    console_wait_match(console, "exit 0 +3 +last");
    console_type(console, "g" KEY_ENTER);
    console_wait(console, "the same in 2 others");
    console_wait_match(console, "\n1 *\n2 *\n");
    console_type(console, "G");
    console_wait_match(console, "\n100 *\nlast");
    console_type(console, "n");
    console_wait(console, "exit 3");
    console_wait_match(console, "\nodd");
    console_type(console, KEY_ESC);
    console_wait(console, "LAST LINE");
    console_type(console, "m"); // marks just the one that failed
    console_wait(console, "1 marked");
    console_type(console, KEY_ESC);
    console_wait_gone(console, "1 marked");
    fixture_quit(console);
}

Test(exec, the_deck_cancels_what_waits_and_then_what_runs)
{
    struct console *console = deck(24, 100);
    console_type(console, "*$");
    console_wait(console, "Run a command in 4 sandboxes");
    console_type(console, "echo begun; sleep 600" KEY_ENTER);
    console_wait_match(console, "(running +begun.*\n.*){4}");
    console_type(console, KEY_ENTER);
    console_wait(console, "begun"); // follows while it runs
    console_type(console, "qc");
    console_wait(console, "0 done   4 failed   0 left");
    console_wait(console, "interrupted");
    console_type(console, KEY_ESC);
    console_wait(console, "TIMEOUT");
    fixture_quit(console);
}

Test(exec, on_a_small_screen_and_for_the_one_under_the_cursor)
{
    struct console *console = deck(24, 80);
    fixture_choose(console, ids[2]);
    console_type(console, "$");
    console_wait(console, "Run a command in 1 sandbox");
    console_type(console, "echo tiny; echo other >&2" KEY_ENTER);
    console_wait(console, "1 done   0 failed   0 left");
    console_resize(console, 5, 20);
    console_wait(console, "exit 0");
    console_type(console, KEY_ENTER);
    console_wait(console, "tiny");
    console_type(console, "G");
    console_wait(console, "other");
    console_resize(console, 24, 80);
    console_wait(console, "stderr:");
    console_type(console, "q" KEY_ESC);
    console_wait(console, "TIMEOUT");
    console_type(console, KEY_ESC);
    console_wait_gone(console, "1/4");
    fixture_quit(console);
}

Test(exec, the_deck_leaves_out_what_does_not_run_and_retries_what_failed)
{
    char command[COMMAND_MAX];
    fixture_expect(&fixture, 0, "", "", "stop", ids[3], NULL);
    fixture_wait_state(&fixture, ids[3], "stopped");
    struct console *console = deck(24, 100);
    console_wait(console, "stopped");
    console_type(console, "*$");
    console_wait(console, "Run a command in 3 sandboxes");
    console_wait(console, "1 marked is left out: not running");
    (void)snprintf(command, sizeof command, "[ $HOSTNAME != %s ] || [ -e again ] || { touch again; exit 4; }",
                   ids[0]);
    console_type(console, command);
    console_type(console, KEY_ENTER);
    console_wait(console, "2 done   1 failed   0 left");
    console_wait(console, "exit 4");
    console_type(console, "R");
    console_wait(console, "3 done   0 failed   0 left");
    console_type(console, KEY_ESC);
    console_wait(console, "TIMEOUT");
    console_type(console, KEY_ESC); // the marks
    console_wait_gone(console, "4 marked");
    fixture_choose(console, ids[3]);
    console_type(console, "$");
    console_wait(console, "is stopped: nothing can run in it (S starts it)");
    console_type(console, KEY_ESC);
    console_wait_gone(console, "1/4");
    fixture_quit(console);
}

Test(exec, in_the_deck_a_lost_connection_is_unknown_and_never_retried)
{
    struct console *console = deck(24, 100);
    fixture_choose(console, ids[1]);
    console_type(console, "$");
    console_wait(console, "Run a command in 1 sandbox");
    console_type(console, "echo begun; sleep 600" KEY_ENTER);
    console_wait_match(console, "running +begun");
    fixture_expect(&fixture, 0, "", "", "stop", ids[1], NULL);
    console_wait(console, "0 done   0 failed   1 unknown   0 left");
    console_type(console, "R");
    console_wait(console, "Nothing failed that can be retried");
    console_type(console, KEY_ENTER);
    console_wait(console, "unknown: the connection was lost");
    console_wait_match(console, "\nbegun");
    console_type(console, "q" KEY_ESC);
    console_wait(console, "TIMEOUT");
    console_type(console, KEY_ESC);
    console_wait_gone(console, "1/4");
    fixture_quit(console);
}

Test(exec, a_create_whose_answer_is_lost_is_told_and_never_sent_again, .init = NULL)
{
    static const char *const options[] = {"--fleet",          "plain",    "--sandboxes", "4",
                                          "--drop-answer-to", "create:1", NULL};
    begin_with(options);
    fixture_expect(&fixture, 255, " (3):\nran\n", "outcome unknown", "exec", "running", "--", "echo ran",
                   NULL);
    fixture_expect(&fixture, 255, " (3):\nran\n", "it is unknown whether the last credential", "exec",
                   "running", "--", "echo ran", NULL);
    cJSON *list = fixture_json(&fixture, 255, "exec", "running", "--json", "--", "true", NULL);
    int failed = 0;
    for (size_t i = 0; i < BOXES; i++)
        failed += strcmp(json_text(result_of(list, ids[i]), "outcome"), "failed") == 0 ? 1 : 0;
    cr_expect_eq(failed, 1);
    cJSON_Delete(list);
}
