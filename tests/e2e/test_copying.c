// SPDX-License-Identifier: Apache-2.0
//
// What gets into the clipboard of the operator's terminal: as sent by the console, and as a tmux between has
// it.

#include "tests/e2e/fixture.h"
#include "tests/support/skip.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static struct fixture fixture;
static char sandbox[64];

static void expect_clipboard(struct console *console, const char *expected)
{
    char *text = console_clipboard(console);
    cr_expect_str_eq(text, expected);
    free(text);
}

// Makes a credential by the verb, which prints the command.
static void begin(char *command, size_t cap)
{
    fixture_begin_first(&fixture, NULL, sandbox, sizeof sandbox);
    cJSON *made = fixture_json(&fixture, 0, "access", "create", sandbox, "--json", NULL);
    (void)snprintf(command, cap, "%s", json_text(made, "ssh_command"));
    cr_assert_not_null(strstr(command, "ssh "), "%s", command);
    cJSON_Delete(made);
}

Test(copying, the_whole_command_the_ids_and_the_password)
{
    char command[512], password[256], said[128];
    begin(command, sizeof command);
    struct console *console = fixture_console(&fixture, 24, 110, sandbox);
    fixture_choose(console, sandbox);
    console_wait_match(console, "[^n]valid");
    console_type(console, "y");
    (void)snprintf(said, sizeof said, "Copied the ssh command of %s", sandbox);
    console_wait(console, said);
    console_wait(console, "(needs OSC 52)"); // what may keep it from arriving
    expect_clipboard(console, command);
    console_type(console, "i");
    (void)snprintf(said, sizeof said, "Copied the id %s", sandbox);
    console_wait(console, said);
    expect_clipboard(console, sandbox);
    fixture_password(&fixture, sandbox, password, sizeof password);
    console_type(console, "Y");
    console_wait(console, "Copied the password of");
    expect_clipboard(console, password);
    cr_expect_not(console_ever_wrote(console, password));
    // Of all that are marked.
    console_type(console, KEY_ESC);
    console_wait_gone(console, " 1/");
    console_type(console, "*");
    console_wait(console, "6 marked");
    console_type(console, "i");
    console_wait(console, "Copied the ids of 6 sandboxes");
    char *ids = console_clipboard(console);
    cr_expect_not_null(strstr(ids, sandbox));
    cr_expect_eq(strlen(ids), 6 * (strlen(sandbox) + 1), "%s", ids);
    free(ids);
    console_type(console, KEY_ESC);
    console_wait_gone(console, "6 marked");
    fixture_leave(&fixture, console);
}

Test(copying, in_a_session_too)
{
    char command[512];
    begin(command, sizeof command);
    struct console *console = fixture_console(&fixture, 24, 110, sandbox);
    fixture_connect(console, sandbox);
    console_type(console, KEY_PREFIX "i");
    console_wait(console, "Copied the id");
    expect_clipboard(console, sandbox);
    console_type(console, KEY_PREFIX "y");
    console_wait(console, "Copied the ssh command");
    expect_clipboard(console, command);
    fixture_leave_shell(&fixture, console);
}

// --- inside tmux --------------------------------------------------------------------------

static char server[64], folder[SUPPORT_PATH_CAP + 16];

static struct support_result tmux(const char *verb, const char *first, const char *second, const char *third)
{
    struct support_result result;
    const char *const argv[] = {"tmux", "-L", server, verb, first, second, third, NULL};
    const char *const environment[] = {folder, NULL};
    cr_assert(support_run(argv, environment, NULL, SUPPORT_WAIT_MS, &result), "tmux %s does not end", verb);
    return result;
}

static bool is_in_buffer(void *expected)
{
    struct support_result result = tmux("show-buffer", NULL, NULL, NULL);
    bool same = result.exit_code == 0 && strcmp(result.out, expected) == 0;
    support_result_free(&result);
    return same;
}

static void set(const char *scope, const char *option, const char *value)
{
    struct support_result result = tmux("set-option", scope, option, value);
    cr_assert_eq(result.exit_code, 0, "%s", result.err);
    support_result_free(&result);
}

// The console in the only pane of a tmux with no settings but its own, which is in the test's terminal.
static struct console *begin_in_tmux(const char *settings)
{
    size_t last = 0;
    (void)snprintf(server, sizeof server, "sbxdeck-%ld", (long)getpid());
    fixture_begin(&fixture, NULL);
    if (settings != NULL)
        fixture_settings(&fixture, settings);
    fixture_first_sandbox(&fixture, sandbox, sizeof sandbox);
    (void)snprintf(folder, sizeof folder, "TMUX_TMPDIR=%s", fixture.home);
    while (fixture.environment[last] != NULL)
        last++;
    fixture.environment[last] = folder;
    const char *const argv[] = {"tmux",      "-L",          server,          "-f",
                                "/dev/null", "new-session", fixture.program, NULL};
    struct console *console = console_start(24, 110, argv, fixture.environment);
    console_wait(console, sandbox);
    fixture_choose(console, sandbox);
    return console;
}

static void end_in_tmux(struct console *console)
{
    console_type(console, "q");
    (void)console_wait_exit(console);
    console_free(console);
    fixture_end(&fixture);
}

static bool has_tmux(void)
{
    struct support_result result;
    const char *const argv[] = {"tmux", "-V", NULL};
    if (!support_run(argv, NULL, NULL, SUPPORT_WAIT_MS, &result))
        return false;
    bool has = result.exit_code == 0;
    support_result_free(&result);
    return has;
}

// As tmux comes (set-clipboard external) it drops the OSC 52 of what runs in it.
Test(copying, inside_tmux_it_arrives_whatever_tmux_is_set_to)
{
    static const char *const settings[] = {"external", "on", "off"};
    if (!has_tmux())
        SKIP_TEST("tmux is not installed");
    struct console *console = begin_in_tmux(NULL);
    for (size_t i = 0; i < sizeof settings / sizeof *settings; i++) {
        set("-s", "set-clipboard", settings[i]);
        struct support_result none = tmux("set-buffer", "nothing yet", NULL, NULL);
        support_result_free(&none);
        console_type(console, "i");
        cr_expect(support_wait_until(is_in_buffer, sandbox, SUPPORT_WAIT_MS), "%s", settings[i]);
        console_wait(console, "to tmux (its terminal needs OSC 52)");
    }
    end_in_tmux(console);
}

static bool is_in_terminal(void *context)
{
    struct console *console = context;
    char *text = console_clipboard(console);
    bool same = strcmp(text, sandbox) == 0;
    free(text);
    return same || (console_take(console), false);
}

// Out of tmux too: as tmux does it by itself, and wrapped where the settings ask for that.
Test(copying, inside_tmux_it_gets_to_the_terminal_around)
{
    if (!has_tmux())
        SKIP_TEST("tmux is not installed");
    for (int wrapped = 0; wrapped < 2; wrapped++) {
        struct console *console = begin_in_tmux(wrapped != 0 ? "clipboard = passthrough\n" : NULL);
        if (wrapped != 0)
            set("-wg", "allow-passthrough", "on");
        console_type(console, "i");
        console_wait(console,
                     wrapped != 0 ? "(needs allow-passthrough on in tmux)" : "to tmux (its terminal");
        cr_expect(support_wait_until(is_in_terminal, console, SUPPORT_WAIT_MS), "wrapped: %d", wrapped);
        end_in_tmux(console);
    }
}
