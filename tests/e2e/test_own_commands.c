// SPDX-License-Identifier: Apache-2.0
//
// Commands of the operator's own in the console: what they are told, where their output is, how they end.

#include "tests/e2e/fixture.h"

#include <criterion/criterion.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static struct fixture fixture;
static char sandbox[64];

static struct console *begin(const char *settings)
{
    static const char *const options[] = {"--fleet", "plain", "--sandboxes", "3", NULL};
    fixture_begin_first(&fixture, options, sandbox, sizeof sandbox);
    fixture_settings(&fixture, settings);
    return fixture_console(&fixture, 30, 110, sandbox);
}

static void leave(struct console *console)
{
    fixture_leave(&fixture, console);
}

// What has just ended takes no key for a moment.
static void leave_output(struct console *console)
{
    console_type_until(console, "\033[27u", "Enter connect");
}

Test(own_commands, it_is_told_what_is_selected_and_no_secret)
{
    struct console *console = begin(
        "[command facts]\nkey = F5\nrun = echo \"$SBXDECK_SANDBOX=$SBXDECK_SANDBOX_STATE=$SBXDECK_PROFILE"
        "=$SBXDECK_CREDENTIAL_STATE=\"; echo \"key=${LEAP0_API_KEY-none}\"; test -t 0 && tty; exit 7\n");
    char line[160];
    fixture_expect(&fixture, 0, NULL, NULL, "access", "create", sandbox, NULL);
    console_type(console, KEY_CTRL_R);
    fixture_choose(console, sandbox);
    console_wait(console, "1 valid");
    console_type(console, "\033[15~"); // F5
    (void)snprintf(line, sizeof line, "%s=running=default=valid=", sandbox);
    console_wait(console, line);
    console_wait(console, "key=none");
    console_wait(console, "/dev/pts/");
    console_wait(console, "facts  exit 7");
    leave_output(console);
    console_type(console, ":run show" KEY_ENTER);
    console_wait(console, "facts  exit 7");
    leave_output(console);
    cr_expect_not(console_ever_wrote(console, fixture.emulator.api_key));
    leave(console);
}

Test(own_commands, all_that_are_marked_are_given_at_once_and_asked_about)
{
    struct console *console =
        begin("[command many]\nrun = for one in $SBXDECK_SANDBOXES; do echo \"at $one.\"; done; echo all\n"
              "confirm = yes\ndescription = Greet each\n");
    char line[80];
    console_type(console, "*");
    console_wait(console, "3 marked");
    console_type(console, ":many");
    console_wait(console, "Greet each");
    console_type(console, KEY_ENTER);
    console_wait(console, "Run many?");
    console_wait(console, "Once, for 3 sandboxes.");
    console_type(console, "y");
    console_wait(console, "many  exit 0");
    (void)snprintf(line, sizeof line, "at %s.", sandbox);
    console_wait(console, line);
    console_wait(console, "all");
    console_type_until(console, "\033[27u", "3 marked");
    leave(console);
}

// What was agreed to is what was shown.
Test(own_commands, a_yes_is_for_the_command_that_was_shown)
{
    struct console *console = begin("[command say]\nrun = echo first$((40+2)).\nconfirm = yes\n");
    char path[SUPPORT_PATH_CAP + 64];
    console_type(console, ":say" KEY_ENTER);
    console_wait(console, "Run say?");
    (void)snprintf(path, sizeof path, "%s/.config/sbxdeck/config", fixture.home);
    cr_assert(support_file_write(path, "[command say]\nrun = echo second$((40+2)).\n"));
    console_wait(console, "Settings taken over");
    console_type(console, "y");
    console_wait(console, "say  exit 0");
    console_wait(console, "first42.");
    leave_output(console);
    console_type(console, ":say" KEY_ENTER);
    console_wait(console, "second42.");
    leave_output(console);
    leave(console);
}

Test(own_commands, it_is_typed_into_left_shown_again_and_ended)
{
    struct console *console = begin("[command shell]\nkey = e\nrun = exec sh\n");
    console_type(console, "e");
    console_wait(console, "shell  running");
    console_run(console, "echo a$((40+2))b; stty size", "a42b");
    console_wait(console, "29 110");
    console_resize_shell(console, 20, 80, "19 80");
    console_run(console, "echo a$((40+2))b", "a42b");
    console_type(console, KEY_PREFIX "d");
    console_wait(console, "Enter connect");
    console_type(console, ":run show" KEY_ENTER);
    console_wait(console, "a42b");
    console_type(console, KEY_PREFIX "n"); // no session's commands here
    console_wait(console, "leaves the command");
    console_type(console, KEY_PREFIX "x");
    console_wait(console, "shell  ended by signal 1");
    leave_output(console);
    leave(console);
}

Test(own_commands, one_in_the_background_tells_how_it_ended)
{
    struct console *console = begin("[command later]\nkey = e\nrun = read line; exit 3\nbackground = yes\n"
                                    "scope = deck\n");
    console_type(console, "e");
    console_wait(console, "later runs in the background");
    console_type(console, ":run show" KEY_ENTER);
    console_wait(console, "later  running");
    console_type(console, KEY_PREFIX "d");
    console_wait(console, "q quit");
    console_type(console, "q"); // it asks, as for a session
    console_wait(console, "1 command of yours will be ended.");
    console_type(console, "\033[27u");
    console_wait_gone(console, "will be ended");
    console_type(console, ":run show" KEY_ENTER);
    console_wait(console, "later  running");
    console_type(console, KEY_ENTER KEY_PREFIX "d");
    console_wait(console, "later ended with 3");
    leave(console);
}

// It has started another one, which ignores SIGHUP: the kill reaches the whole group.
Test(own_commands, nothing_of_it_is_left_when_the_console_ends)
{
    char path[SUPPORT_PATH_CAP + 32], settings[SUPPORT_PATH_CAP + 256];
    struct console *console = NULL;
    for (int way = 0; way < 2; way++) {
        (void)snprintf(
            settings, sizeof settings,
            "[command stays]\nkey = e\nrun = sleep 1000 & echo $! > $HOME/pid; echo begun; wait\n");
        console = begin(settings);
        console_type(console, "e");
        console_wait(console, "begun");
        (void)snprintf(path, sizeof path, "%s/pid", fixture.home);
        char *text = support_file_read(path, NULL);
        cr_assert_not_null(text);
        pid_t child = (pid_t)strtol(text, NULL, 10);
        free(text);
        cr_assert_gt(child, 1);
        cr_assert_eq(kill(child, 0), 0);
        (void)kill(console_pid(console), way == 0 ? SIGTERM : SIGKILL);
        (void)console_wait_exit(console);
        int64_t deadline = support_now_ms() + CONSOLE_WAIT_MS;
        while (kill(child, 0) == 0 && support_now_ms() < deadline)
            (void)usleep(1000);
        cr_expect_neq(kill(child, 0), 0, "it still runs");
        console_free(console);
        fixture_end(&fixture);
    }
}

Test(own_commands, it_runs_in_a_session_after_the_prefix)
{
    struct console *console = begin("[command here]\nkey = e\nscope = session\nrun = echo \"in "
                                    "$SBXDECK_SANDBOX as $SBXDECK_USER@$SBXDECK_HOST:$SBXDECK_PORT.\"\n");
    char line[96];
    fixture_connect(console, sandbox);
    console_type(console, KEY_PREFIX "e");
    (void)snprintf(line, sizeof line, "in %s as ", sandbox);
    console_wait(console, line);
    console_wait(console, "here  exit 0");
    console_type_until(console, "\033[27u", "credential");
    console_run(console, "echo b$((1+1))c", "b2c");
    console_free(console);
    fixture_end(&fixture);
}

Test(own_commands, a_key_that_is_taken_is_refused_with_both_names)
{
    fixture_begin_without(&fixture);
    fixture_settings(&fixture, "[keys]\nlog = F5\n[command mine]\nkey = F5\nrun = true\n");
    fixture_expect(&fixture, 2, "", "key = 'F5' of the command mine: that is the key of log, too (line 2)",
                   "ls", NULL);
    fixture_end(&fixture);
}

Test(own_commands, the_help_and_the_palette_have_it_with_its_key)
{
    struct console *console = begin("[command mine]\nkey = e\nrun = true\ndescription = Do what I do\n");
    console_type(console, "?");
    console_wait(console, "Show the keys");
    console_type(console, "/what I do");
    console_wait(console, "Do what I do");
    console_wait(console, "1 of ");
    console_type(console, "\033[27u\033[27u\033[27u");
    console_wait(console, "q quit");
    console_type(console, ":mine");
    console_wait_match(console, "mine +e +Do what I do");
    console_type(console, "\033[27u");
    leave(console);
}

// A template's name is the server's: it comes as a value and never as code.
Test(own_commands, what_the_network_says_never_becomes_code)
{
    static const char hostile[] = "x$(touch${IFS}pwned);`touch${IFS}pwned`;touch${IFS}pwned";
    char made[64], pwned[SUPPORT_PATH_CAP + 32];
    struct console *console =
        begin("[command say]\nkey = e\nrun = cd; printf 'it is <%s>\\n' \"$SBXDECK_TEMPLATE\"; "
              "ls\n");
    cJSON *sandbox_made =
        fixture_json(&fixture, 0, "sandbox", "create", "--json", "--template", hostile, NULL);
    (void)snprintf(made, sizeof made, "%s", json_text(sandbox_made, "id"));
    cJSON_Delete(sandbox_made);
    console_type(console, KEY_CTRL_R);
    console_wait(console, made);
    console_type(console, "ge"); // the newest is the first
    console_wait(console, "it is <x$(touch${IFS}pwned);`touch${IFS}pwned`;touch${IFS}pwned>");
    console_wait(console, "say  exit 0");
    (void)snprintf(pwned, sizeof pwned, "%s/pwned", fixture.home);
    cr_expect_neq(access(pwned, F_OK), 0);
    leave_output(console);
    leave(console);
}
