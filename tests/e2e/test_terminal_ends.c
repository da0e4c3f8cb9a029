// SPDX-License-Identifier: Apache-2.0
//
// Whatever signal ends one of our programs, the terminal is whole afterwards: the console, `ssh -t` with a
// remote program that has changed the screen, `play`, and the questions whose answers are not shown.

#include "tests/e2e/fixture.h"

#include <criterion/criterion.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NOBODY_ASKS_WITH                                                                                     \
    SIGUSR1, SIGUSR2, SIGALRM, SIGVTALRM, SIGPROF, SIGXCPU, SIGSYS, SIGTRAP, SIGIO, SIGPWR, SIGSTKFLT
#define FAULTS SIGSEGV, SIGABRT, SIGBUS, SIGFPE, SIGILL

static const int all_signals[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT, NOBODY_ASKS_WITH, FAULTS};
enum { ALL_SIGNALS = sizeof all_signals / sizeof all_signals[0] };

// Sends it, and expects the end by it and the terminal as before. Frees the console.
static void expect_whole_after(struct console *console, int number)
{
    cr_assert_eq(kill(console_pid(console), number), 0);
    int code = console_wait_exit(console);
    cr_expect_eq(code, 128 + number, "signal %d: exit code %d", number, code);
    cr_expect(console_terminal_is_whole(console), "signal %d", number);
    console_free(console);
}

Test(terminal_ends, the_console_leaves_it_whole)
{
    struct fixture fixture;
    char sandbox[64];
    fixture_begin_first(&fixture, NULL, sandbox, sizeof sandbox);
    for (size_t i = 0; i < ALL_SIGNALS; i++)
        expect_whole_after(fixture_console(&fixture, 24, 80, sandbox), all_signals[i]);
    expect_whole_after(fixture_console(&fixture, 24, 80, sandbox), SIGRTMIN);
    fixture_end(&fixture);
}

// The remote program draws on another screen, without a cursor and with a mouse, and can't undo that any
// more.
Test(terminal_ends, ssh_leaves_it_whole)
{
    struct fixture fixture;
    char sandbox[64];
    fixture_begin_first(&fixture, NULL, sandbox, sizeof sandbox);
    const char *const argv[] = {
        fixture.program,
        "ssh",
        "-t",
        sandbox,
        "printf '\\033[?1049h\\033[?25l\\033[?1003h\\033[?2004hdrawn'; exec sleep 1000",
        NULL};
    for (size_t i = 0; i < ALL_SIGNALS; i++) {
        struct console *console = console_start(24, 80, argv, fixture.environment);
        console_wait(console, "drawn");
        expect_whole_after(console, all_signals[i]);
    }
    fixture_end(&fixture);
}

// On a terminal it is told before; why a session was cut off is told everywhere.
Test(terminal_ends, the_end_of_a_credential_is_told_before_and_after)
{
    const char *const options[] = {"--ttl", "8", "--cut-on-expiry", NULL};
    struct fixture fixture;
    char sandbox[64];
    fixture_begin(&fixture, options);
    fixture_settings(&fixture, "ssh_warning = 3600\n");
    fixture_first_sandbox(&fixture, sandbox, sizeof sandbox);
    fixture_expect(&fixture, 0, NULL, NULL, "access", "create", sandbox, NULL);
    const char *const argv[] = {
        fixture.program, "ssh", "-t", sandbox, "printf '\\033[?1049h\\033[?25ldrawn'; exec sleep 1000", NULL};
    struct console *console = console_start(24, 100, argv, fixture.environment);
    console_wait(console, "the credential expires in");
    struct support_result piped = fixture_run(&fixture, "ssh", sandbox, "sleep 1000", NULL);
    cr_expect_eq(piped.exit_code, 255);
    cr_expect(strstr(piped.err, "the credential expired and the session was cut off: ") != NULL, "%s",
              piped.err);
    cr_expect(strstr(piped.err, "expires in") == NULL, "%s", piped.err);
    support_result_free(&piped);
    cr_expect_eq(console_wait_exit(console), 255);
    cr_expect(console_ever_wrote(console, "drawn"));
    cr_expect(console_ever_wrote(console, "the credential expired"));
    cr_expect(console_terminal_is_whole(console));
    console_free(console);
    fixture_end(&fixture);
}

Test(terminal_ends, play_leaves_it_whole)
{
    char folder[SUPPORT_PATH_CAP], path[SUPPORT_PATH_CAP + 16], program[SUPPORT_PATH_CAP];
    cr_assert(support_folder_make(folder));
    (void)snprintf(path, sizeof path, "%s/a.cast", folder);
    cr_assert(support_file_write(path, "{\"version\": 2, \"width\": 40, \"height\": 10}\n"
                                       "[0.1, \"o\", \"first\"]\n[900.5, \"o\", \"later\"]\n"));
    support_program("sbxdeck", program);
    const char *const argv[] = {program, "play", "--idle-limit", "0", path, NULL};
    for (size_t i = 0; i < ALL_SIGNALS; i++) {
        struct console *console = console_start(24, 80, argv, NULL);
        console_wait(console, "first");
        expect_whole_after(console, all_signals[i]);
    }
    (void)support_folder_remove(folder);
}

static void come_to_the_import(struct console *console)
{
    console_wait(console, "Credential id");
    console_type(console, "ssh-abc\r");
    console_wait(console, "Expires at");
    console_type(console, "2036-01-31T12:00:00Z\r");
    console_wait(console, "not shown");
}

Test(terminal_ends, questions_for_a_secret_leave_it_whole)
{
    static const int some[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGUSR1, SIGALRM, SIGSEGV, SIGABRT};
    struct fixture fixture;
    char sandbox[64];
    fixture_begin_first(&fixture, NULL, sandbox, sizeof sandbox);
    const char *const import[] = {fixture.program, "access", "import", sandbox, NULL};
    const char *const rekey[] = {fixture.program, "vault", "rekey", NULL};
    for (size_t i = 0; i < sizeof some / sizeof some[0]; i++) {
        struct console *console = console_start(24, 80, import, fixture.environment);
        come_to_the_import(console);
        expect_whole_after(console, some[i]);
        console = console_start(24, 80, rekey, fixture.environment);
        console_wait(console, "not shown");
        expect_whole_after(console, some[i]);
    }
    fixture_end(&fixture);
}

// In a shell that does not put the modes in order itself: they are as before while the program is stopped,
// and what is typed after it goes on is still not shown.
Test(terminal_ends, a_question_for_a_secret_can_be_stopped)
{
    struct fixture fixture;
    char sandbox[64], command[SUPPORT_PATH_CAP + 256];
    fixture_begin_first(&fixture, NULL, sandbox, sizeof sandbox);
    (void)snprintf(command, sizeof command,
                   "stty -a >~/before; %s access import %s; stty -a >~/stopped; "
                   "cmp ~/before ~/stopped && echo same-$((1+1)); fg; echo over-$((1+1))",
                   fixture.program, sandbox);
    const char *const argv[] = {"sh", "-m", "-c", command, NULL};
    struct console *console = console_start(24, 80, argv, fixture.environment);
    come_to_the_import(console);
    console_type(console, "hunter" KEY_CTRL_Z);
    console_wait(console, "same-2");
    console_wait_match(console, "^Password .not shown.: *$"); // asked again
    console_type(console, "two\r");
    console_wait(console, "over-2");
    (void)console_wait_exit(console);
    cr_expect(!console_ever_wrote(console, "hunter") && !console_ever_wrote(console, "two"));
    cr_expect(console_terminal_is_whole(console));
    console_free(console);
    fixture_end(&fixture);
}

// A file that may not grow any more is no reason to end the console: the recording ends, and is not shown as
// running.
Test(terminal_ends, a_recording_over_the_limit_of_files_says_so)
{
    struct fixture fixture;
    char sandbox[64];
    fixture_begin_first(&fixture, NULL, sandbox, sizeof sandbox);
    const char *const argv[] = {"bash", "-c", "ulimit -f 1024; exec \"$0\"", fixture.program, NULL};
    struct console *console = console_start(24, 100, argv, fixture.environment);
    console_wait(console, sandbox);
    fixture_connect(console, sandbox);
    console_type(console, KEY_PREFIX "R");
    console_wait(console, " REC");
    console_run(console, "head -c 1500000 /dev/zero | tr '\\0' '.'; clear; echo all-$((1+1))", "all-2");
    console_wait(console, "File too large");
    console_wait_gone(console, " REC");
    console_type(console, KEY_PREFIX "R"); // another one begins
    console_wait(console, " REC");
    console_type(console, KEY_PREFIX "R");
    console_wait(console, "Recorded to");
    console_type(console, "exit\r");
    console_wait(console, "Enter reconnect");
    console_type(console, KEY_ESC);
    console_wait(console, "SANDBOX");
    fixture_leave(&fixture, console);
}

// A terminal that nothing can be shown on, or that is none, is named with what to do; nothing else happens.
Test(terminal_ends, a_terminal_that_is_of_no_use_is_named)
{
    static const struct {
        const char *script, *said;
        int code;
    } cases[] = {
        {"unset TERM; exec \"$0\"", "TERM is not set", 1},
        {"TERM= exec \"$0\"", "TERM is not set", 1},
        {"TERM=dumb exec \"$0\"", "TERM is \"dumb\"", 1},
        {"TERM=no-such-one exec \"$0\" --wall", "TERM is \"no-such-one\"", 1},
        {"TERM=../../x exec \"$0\" demo", "TERM is \"../../x\"", 1},
        {"exec \"$0\" </dev/null", "standard input is not a terminal", 1},
        {"exec \"$0\" <&-", "standard input is not a terminal", 1},
        {"\"$0\" | cat; exit ${PIPESTATUS[0]}", "standard output is not a terminal", 1},
        {"TERM=dumb exec \"$0\" play ~/a.cast", "TERM is \"dumb\"", 2},
        {"exec \"$0\" play ~/a.cast </dev/null", "needs a terminal", 2},
        // One that was opened for writing only, and can't be opened again: of another user, or of nobody.
        {"exec 3>$(tty); chmod 0 $(tty); [ $(id -u) = 0 ] || exec \"$0\" 0>&3; "
         "HOME=/nonexistent exec setpriv --reuid=65534 --regid=65534 --clear-groups \"$0\" 0>&3",
         "screen: the terminal can't be read", 1},
    };
    struct fixture fixture;
    char path[SUPPORT_PATH_CAP + 16];
    fixture_begin(&fixture, NULL);
    (void)snprintf(path, sizeof path, "%s/a.cast", fixture.home);
    cr_assert(support_file_write(path, "{\"version\": 2, \"width\": 40, \"height\": 10}\n"));
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const char *const argv[] = {"bash", "-c", cases[i].script, fixture.program, NULL};
        struct console *console = console_start(24, 160, argv, fixture.environment);
        int code = console_wait_exit(console);
        cr_expect(code == cases[i].code, "%s: exit %d", cases[i].script, code);
        cr_expect(console_shows(console, cases[i].said), "%s: %s", cases[i].script, console_screen(console));
        cr_expect(console_terminal_is_whole(console), "%s", cases[i].script);
        console_free(console);
    }
    fixture_end(&fixture);
}
