// SPDX-License-Identifier: Apache-2.0
//
// `sbxdeck ssh` without a name: the sandbox is chosen on the terminal, or made.

#include "tests/e2e/fixture.h"

#include <criterion/criterion.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LEFT = 130 };

static struct fixture fixture;
static char first[64];

static void begin(void)
{
    static const char *const options[] = {"--fleet", "plain", "--sandboxes", "5", NULL};
    fixture_begin_first(&fixture, options, first, sizeof first);
}

static void end(void)
{
    fixture_end(&fixture);
}

TestSuite(ssh_pick, .init = begin, .fini = end);

// Until the list is shown.
static struct console *pick(int rows, int cols, const char *until)
{
    const char *const argv[] = {fixture.program, "ssh", NULL};
    struct console *console = console_start(rows, cols, argv, fixture.environment);
    console_wait(console, until);
    return console;
}

static void expect_end(struct console *console, int exit_code)
{
    cr_expect_eq(console_wait_exit(console), exit_code);
    cr_expect(console_terminal_is_whole(console), "%s", console_screen(console));
    console_free(console);
}

Test(ssh_pick, typing_narrows_and_enter_connects)
{
    char command[128];
    struct console *console = pick(24, 80, "5 of 5");
    console_type(console, first + 4); // without "sbx-"
    console_wait(console, "1 of 5");
    console_type(console, " run");
    console_wait(console, first);
    (void)snprintf(command, sizeof command, "%s is it", first);
    console_type(console, KEY_ENTER "echo $HOSTNAME is it\r"); // typed ahead, for the shell
    console_wait(console, command);
    cr_expect_not(console_shows(console, "1 of 5"));
    console_type(console, "exit 7\r");
    expect_end(console, 7);
}

// While the terminal is not ours yet it makes a newline of Enter.
Test(ssh_pick, an_enter_typed_before_the_list_is_there_counts)
{
    char typed[128];
    struct console *console = pick(24, 80, "5 of 5");
    (void)snprintf(typed, sizeof typed, "%s\necho $HOSTNAME is it\nexit 5\n", first + 4);
    console_type(console, typed);
    (void)snprintf(typed, sizeof typed, "%s is it", first);
    console_wait(console, typed);
    expect_end(console, 5);
}

Test(ssh_pick, arrows_and_ctrl_n_and_p_choose_and_nothing_matches_is_said)
{
    char third[64];
    struct console *console = pick(24, 80, "5 of 5");
    (void)snprintf(third, sizeof third, "%.14s", console_line(console, 4)); // below the titles
    console_type(console, "nothing-such");
    console_wait(console, "No sandbox matches");
    console_type(console, KEY_ENTER); // nothing to connect to
    console_wait(console, "0 of 5");
    console_type(console, KEY_CTRL_U);
    console_wait(console, "5 of 5");
    console_type(console, KEY_DOWN KEY_DOWN "\016\020" KEY_ENTER); // down, down, next, previous
    console_wait(console, "$");
    console_run(console, "echo [$HOSTNAME]", "[sbx-");
    cr_expect(console_shows(console, third), "%s: %s", third, console_screen(console));
    console_type(console, "exit\r");
    expect_end(console, 0);
}

Test(ssh_pick, esc_ctrl_c_and_ctrl_d_leave_and_do_nothing)
{
    static const char *const keys[] = {KEY_ESC, KEY_CTRL_C, KEY_CTRL_D, ("sbx" KEY_CTRL_C)};
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
        struct console *console = pick(24, 80, "5 of 5");
        console_type(console, keys[i]);
        expect_end(console, LEFT);
    }
    cJSON *list = fixture_json(&fixture, 0, "access", "ls", first, "--json", NULL);
    cr_expect_eq(cJSON_GetArraySize(list), 0);
    cJSON_Delete(list);
}

Test(ssh_pick, signals_end_it_with_the_terminal_whole)
{
    static const int signals[] = {SIGINT, SIGTERM, SIGHUP};
    for (size_t i = 0; i < sizeof signals / sizeof signals[0]; i++) {
        struct console *console = pick(24, 80, "5 of 5");
        cr_assert_eq(kill(console_pid(console), signals[i]), 0);
        expect_end(console, 128 + signals[i]);
    }
}

Test(ssh_pick, a_small_terminal_that_grows)
{
    struct console *console = pick(5, 20, "SANDBOX");
    console_type(console, first + 4);
    console_wait(console, first + 8);
    console_resize(console, 4, 10); // too small for anything
    console_resize(console, 24, 80);
    console_wait(console, "1 of 5");
    console_wait(console, "Enter connect");
    console_type(console, KEY_ESC);
    expect_end(console, LEFT);
}

Test(ssh_pick, the_list_is_kept_current)
{
    struct console *console = pick(24, 80, "5 of 5");
    fixture_expect(&fixture, 0, "", "", "pause", first, NULL);
    console_wait(console, "paused");
    console_type(console, KEY_ESC);
    expect_end(console, LEFT);
}

Test(ssh_pick, one_sandbox_is_still_asked_about, .init = NULL)
{
    static const char *const options[] = {"--fleet", "plain", "--sandboxes", "1", NULL};
    fixture_begin_first(&fixture, options, first, sizeof first);
    struct console *console = pick(24, 80, "1 of 1");
    console_type(console, KEY_ENTER);
    console_run(console, "echo in $HOSTNAME", first);
    console_type(console, "exit\r");
    expect_end(console, 0);
}

Test(ssh_pick, where_there_is_none_that_is_said, .init = NULL)
{
    static const char *const options[] = {"--fleet", "plain", "--sandboxes", "0", NULL};
    fixture_begin(&fixture, options);
    const char *const argv[] = {fixture.program, "ssh", NULL};
    struct console *console = console_start(24, 80, argv, fixture.environment);
    cr_expect_eq(console_wait_exit(console), 4);
    cr_expect(console_shows(console, "there is no sandbox to connect to"), "%s", console_screen(console));
    console_free(console);
}

Test(ssh_pick, ctrl_z_stops_it_and_fg_comes_back)
{
    const char *const argv[] = {"bash", "--norc", "-i", NULL};
    struct console *console = console_start(24, 80, argv, fixture.environment);
    console_type(console, fixture.program);
    console_type(console, " ssh; echo code $?\r");
    console_wait(console, "5 of 5");
    console_type(console, KEY_CTRL_Z);
    console_wait(console, "Stopped");
    cr_expect_not(console_shows(console, "5 of 5"));
    console_type(console, "fg\r");
    console_wait(console, "5 of 5");
    console_type(console, first + 4);
    console_wait(console, "1 of 5");
    console_type(console, KEY_ESC);
    console_wait_gone(console, "1 of 5");
    console_type(console, "exit\r");
    (void)console_wait_exit(console);
    console_free(console);
}

Test(ssh_pick, ten_thousand_are_found_among, .init = NULL)
{
    static const char *const options[] = {"--fleet", "plain", "--sandboxes", "10000", NULL};
    fixture_begin_first(&fixture, options, first, sizeof first);
    struct console *console = pick(24, 80, "10000 of 10000");
    for (const char *c = first; *c != '\0'; c++) {
        const char key[] = {*c, '\0'};
        console_type(console, key);
    }
    console_wait_match(console, "[^0-9][0-9]+ of 10000");
    console_wait_row(console, 2, first);
    console_type(console, "\033[F\033[1;5F"); // End of the line, then of the list
    console_type(console, KEY_CTRL_U);
    console_wait(console, "10000 of 10000");
    console_type(console, KEY_ESC);
    expect_end(console, LEFT);
}

Test(ssh_pick, without_a_terminal_a_name_is_asked_for)
{
    fixture_expect(&fixture, 2, "",
                   "needs SANDBOX: stdin is no terminal to choose one on (sbxdeck ssh SANDBOX)", "ssh", NULL);
}

// --- a new one ----------------------------------------------------------------------------

static int sandboxes(void)
{
    cJSON *list = fixture_json(&fixture, 0, "ls", "--json", NULL);
    int count = cJSON_GetArraySize(list);
    cJSON_Delete(list);
    return count;
}

Test(ssh_pick, new_makes_one_waits_for_it_and_runs_the_command_there)
{
    fixture_expect(&fixture, 3, "in sbx-", "was made (sbxdeck sandbox delete sbx-", "ssh", "--new", "--vcpu",
                   "2", "echo in $HOSTNAME; exit 3", NULL);
    cr_expect_eq(sandboxes(), 6);
    const char *const argv[] = {fixture.program, "ssh", "--new", NULL};
    struct console *console = console_start(24, 100, argv, fixture.environment);
    console_wait(console, "was made");
    console_run(console, "echo [$HOSTNAME]", "[sbx-");
    console_type(console, "exit\r");
    expect_end(console, 0);
    cr_expect_eq(sandboxes(), 7);
}

Test(ssh_pick, new_is_sent_once_also_when_the_answer_is_lost, .init = NULL)
{
    static const char *const options[] = {"--fleet",          "plain", "--sandboxes", "5",
                                          "--drop-answer-to", "new",   NULL};
    fixture_begin_first(&fixture, options, first, sizeof first);
    fixture_expect(&fixture, 7, "", "sbxdeck: ssh: ", "ssh", "--new", "true", NULL);
    cr_expect_eq(sandboxes(), 6);
}

Test(ssh_pick, what_contradicts_is_refused_and_makes_nothing)
{
    fixture_expect(&fixture, 2, "", "need --new", "ssh", first, "--template", "x", NULL);
    fixture_expect(&fixture, 2, "", "can't be one too (put --new before the command)", "ssh", first, "--new",
                   NULL);
    fixture_expect(&fixture, 2, "", "has no credential yet", "ssh", "--new", "--id", "ssh-1", NULL);
    cr_expect_eq(sandboxes(), 5);
}
