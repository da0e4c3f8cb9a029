// SPDX-License-Identifier: Apache-2.0
//
// The settings by the real program: the verbs that show, change and check them, hostile files, and a running
// console that takes a change over without disturbing what is under way.

#include "tests/e2e/fixture.h"

#include <criterion/criterion.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *settings_path(const struct fixture *fixture)
{
    static char path[SUPPORT_PATH_CAP + 64];
    (void)snprintf(path, sizeof path, "%s/.config/sbxdeck/config", fixture->home);
    return path;
}

static void make_folder(const struct fixture *fixture)
{
    char path[SUPPORT_PATH_CAP + 64];
    (void)snprintf(path, sizeof path, "%s/.config", fixture->home);
    (void)mkdir(path, 0700);
    (void)snprintf(path, sizeof path, "%s/.config/sbxdeck", fixture->home);
    (void)mkdir(path, 0700);
}

// As vi writes: a new file takes the old one's name.
static void replace(const struct fixture *fixture, const char *text)
{
    char beside[SUPPORT_PATH_CAP + 80];
    make_folder(fixture);
    (void)snprintf(beside, sizeof beside, "%s~new", settings_path(fixture));
    cr_assert(support_file_write(beside, text));
    cr_assert_eq(rename(beside, settings_path(fixture)), 0);
}

// In place, in two pieces.
static void write_in_place(const struct fixture *fixture, const char *text)
{
    size_t half = strlen(text) / 2;
    make_folder(fixture);
    int fd = open(settings_path(fixture), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    cr_assert_geq(fd, 0);
    cr_assert_eq(write(fd, text, half), (ssize_t)half);
    cr_assert_eq(write(fd, text + half, strlen(text) - half), (ssize_t)(strlen(text) - half));
    cr_assert_eq(close(fd), 0);
}

static void expect_file(const struct fixture *fixture, const char *wanted)
{
    size_t length = 0;
    char *text = support_file_read(settings_path(fixture), &length);
    cr_assert_not_null(text);
    cr_expect_str_eq(text, wanted, "%s", text);
    free(text);
}

// --- the verbs ----------------------------------------------------------------------------

Test(config, a_setting_is_set_shown_and_removed)
{
    struct fixture fixture;
    struct stat about;
    fixture_begin_without(&fixture);
    fixture_variable(&fixture, "SBXDECK_SCHEME=light");
    fixture_expect(&fixture, 0, "not there, so the defaults count", NULL, "config", "check", NULL);
    fixture_expect(&fixture, 0, "5\n", NULL, "config", "get", "refresh", NULL);
    fixture_expect(&fixture, 0, "", NULL, "config", "set", "refresh", "7s", NULL);
    cr_assert_eq(stat(settings_path(&fixture), &about), 0);
    cr_expect_eq(about.st_mode & 07777, 0600);
    fixture_expect(&fixture, 0, "", NULL, "config", "set", "keys.connect", "Enter l", NULL);
    fixture_expect(&fixture, 0, "", NULL, "config", "set", "theme.ok", "#00ff00 bold", NULL);
    expect_file(&fixture, "refresh = 7s\n\n[keys]\nconnect = Enter l\n\n[theme]\nok = #00ff00 bold\n");
    fixture_expect(&fixture, 0, "7s\n", NULL, "config", "get", "refresh", NULL);
    fixture_expect(&fixture, 0, "Enter l\n", NULL, "config", "get", "keys.connect", NULL);
    fixture_expect(&fixture, 1, "", NULL, "config", "get", "keys.sort", NULL);
    fixture_expect(&fixture, 1, "", NULL, "config", "get", "alert_command", NULL);
    fixture_expect(&fixture, 0, "How often to refresh the list. 1..3600 s (5). From: ", NULL, "config",
                   "list", NULL);
    fixture_expect(&fixture, 0, "/config:1\n", NULL, "config", "list", NULL);
    fixture_expect(&fixture, 0, "From: SBXDECK_SCHEME\n", NULL, "config", "list", NULL);
    fixture_expect(&fixture, 0, "keys.connect = Enter l\n", NULL, "config", "list", NULL);
    fixture_expect(&fixture, 0, "\"line\":\t4", NULL, "config", "list", "--json", NULL);
    fixture_expect(&fixture, 0, "no fault found", NULL, "config", "check", NULL);
    fixture_expect(&fixture, 0, "", "SBXDECK_SCHEME is set in the environment and counts instead", "config",
                   "set", "scheme", "dark", NULL);
    fixture_expect(&fixture, 0, "", NULL, "config", "unset", "scheme", NULL);
    fixture_expect(&fixture, 0, "", NULL, "config", "unset", "refresh", NULL);
    fixture_expect(&fixture, 4, "", "refresh is not set in", "config", "unset", "refresh", NULL);
    expect_file(&fixture, "\n[keys]\nconnect = Enter l\n\n[theme]\nok = #00ff00 bold\n");
    fixture_end(&fixture);
}

Test(config, what_would_be_wrong_is_not_written)
{
    static const char before[] = "# mine\nrefresh = 7\n[keys]\nsort = F9\n";
    static const struct {
        const char *name, *value, *told;
    } cases[] = {
        {"refresh", "0", "refresh = '0': it takes 1..3600 s"},
        {"refresh", "2 parsecs", "'parsecs' is not its unit"},
        {"refesh", "1", "did you mean refresh?"},
        {"kyes.sort", "a", "did you mean keys?"},
        {"keys.connect", "F9", "connect = 'F9': that is the key of sort, too (line 4)"},
        {"keys.dance", "F8", "'dance' is not a command"},
        {"theme.ok", "rad", "'rad' is not a colour"},
        {"theme.okay", "red", "'okay' is not a role of colours"},
        {"critical", "a tenth", "it takes a part, a time or both"},
        {"alert_command", "a\nb", "control character"},
        {"profile.base_url", "x", "write it as profile.NAME.NAME"},
        {"base_url", "http://leap0.example", "base_url"},
    };
    struct fixture fixture;
    fixture_begin_without(&fixture);
    fixture_settings(&fixture, before);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        fixture_expect(&fixture, 2, "", cases[i].told, "config", "set", cases[i].name, cases[i].value, NULL);
    expect_file(&fixture, before);
    fixture_end(&fixture);
}

Test(config, every_fault_is_named_with_its_line)
{
    struct fixture fixture;
    fixture_begin_without(&fixture);
    fixture_settings(&fixture, "refresh = 0\nmouse = perhaps\n[foo]\n[keys]\nconnect = q\nconect = F7\n"
                               "[theme]\nok = rad\nnonsense\nbad = red\nbad = blue\n");
    static const char *const told[] = {"config:1: refresh = '0': it takes 1..3600 s\n",
                                       "config:2: mouse = 'perhaps'",
                                       "config:3: '[foo]': not a section",
                                       "config:5: connect = 'q': that is the key of quit, too",
                                       "config:6: 'conect' is not a command (did you mean connect?)",
                                       "config:8: ok = 'rad': 'rad' is not a colour",
                                       "config:9: not of the form 'name = value'",
                                       "config:10: warning: bad counts for nothing: line 11 sets it again"};
    for (size_t i = 0; i < sizeof told / sizeof *told; i++)
        fixture_expect(&fixture, 2, told[i], NULL, "config", "check", NULL);
    fixture_expect(&fixture, 2, "\"line\":\t8", NULL, "config", "check", "--json", NULL);
    fixture_expect(&fixture, 2, "", "config:1: refresh = '0'", "ls", NULL);
    // What is wrong elsewhere doesn't stand in the way of mending one.
    fixture_expect(&fixture, 0, "", "the settings have 6 other faults", "config", "set", "refresh", "9",
                   NULL);
    fixture_end(&fixture);
}

Test(config, a_file_that_is_none_is_told_and_holds_up_nothing)
{
    static const struct {
        const char *bytes;
        size_t length;
        int code;
        const char *told;
    } files[] = {
        {"refresh = 9\nsch\0eme = dark\n", 26, 2, "config:2: this line contains a NUL"},
        {"\xef\xbb\xbfrefresh = 9\r\n[keys]\r\nmark = F9\r\n", 35, 0, "no fault found"},
        {"refresh = 9", 11, 0, "no fault found"},
        {"refresh = \xff\xfe\x1b[31m\n", 18, 2, "config:1: refresh = '"},
    };
    struct fixture fixture;
    char big[64];
    fixture_begin_without(&fixture);
    make_folder(&fixture);
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        FILE *stream = fopen(settings_path(&fixture), "w");
        cr_assert_not_null(stream);
        (void)fwrite(files[i].bytes, 1, files[i].length, stream);
        (void)fclose(stream);
        fixture_expect(&fixture, files[i].code, files[i].told, NULL, "config", "check", NULL);
    }
    FILE *stream = fopen(settings_path(&fixture), "w");
    cr_assert_not_null(stream);
    memset(big, '#', sizeof big - 1);
    big[sizeof big - 1] = '\n';
    for (int i = 0; i < 17 * 1024; i++)
        (void)fwrite(big, 1, sizeof big, stream);
    (void)fclose(stream);
    fixture_expect(&fixture, 2, "", "larger than 1024 KiB", "config", "check", NULL);
    fixture_expect(&fixture, 2, "", "larger than 1024 KiB", "config", "set", "refresh", "9", NULL);
    cr_assert_eq(unlink(settings_path(&fixture)), 0);
    cr_assert_eq(mkfifo(settings_path(&fixture), 0600), 0);
    fixture_expect(&fixture, 2, "", "is not a file", "config", "check", NULL);
    fixture_expect(&fixture, 2, "", "is not a file", "ls", NULL);
    cr_assert_eq(unlink(settings_path(&fixture)), 0);
    cr_assert_eq(mkdir(settings_path(&fixture), 0700), 0);
    fixture_expect(&fixture, 2, "", "config: Is a directory", "config", "list", NULL);
    cr_assert_eq(rmdir(settings_path(&fixture)), 0);
    fixture_end(&fixture);
}

// A command that would give a key is shown, never run; what it gives is nowhere.
Test(config, nothing_that_gives_a_key_is_run)
{
    struct fixture fixture;
    char ran[SUPPORT_PATH_CAP + 16];
    fixture_begin_without(&fixture);
    fixture_settings(&fixture, "api_key_command = touch $HOME/ran; echo lp0-secret-$((40 + 2))\n");
    fixture_expect(&fixture, 0, "touch $HOME/ran", NULL, "config", "get", "api_key_command", NULL);
    fixture_expect(&fixture, 0, "touch $HOME/ran", NULL, "config", "list", NULL);
    fixture_expect(&fixture, 0, "no fault found", NULL, "config", "check", NULL);
    struct support_result result = fixture_run(&fixture, "config", "list", "--json", NULL);
    cr_expect_null(strstr(result.out, "lp0-secret-42"));
    support_result_free(&result);
    (void)snprintf(ran, sizeof ran, "%s/ran", fixture.home);
    cr_expect_neq(access(ran, F_OK), 0);
    cr_assert_eq(chmod(settings_path(&fixture), 0620), 0);
    fixture_expect(&fixture, 2,
                   "config:1: api_key_command is refused from a file that can be changed by its group", NULL,
                   "config", "check", NULL);
    fixture_expect(&fixture, 2, "", "api_key_command is refused", "config", "set", "api_key_command", "x",
                   NULL);
    fixture_end(&fixture);
}

// --- config edit --------------------------------------------------------------------------

static void editor(const struct fixture *fixture, const char *script)
{
    char path[SUPPORT_PATH_CAP + 32];
    (void)snprintf(path, sizeof path, "%s/editor", fixture->home);
    cr_assert(support_file_write(path, script));
    cr_assert_eq(chmod(path, 0700), 0);
}

Test(config, an_edited_file_counts_when_it_is_right)
{
    struct fixture fixture;
    char variable[SUPPORT_PATH_CAP + 32];
    fixture_begin_without(&fixture);
    (void)snprintf(variable, sizeof variable, "EDITOR=%s/editor --wait", fixture.home);
    fixture_variable(&fixture, variable);
    fixture_settings(&fixture, "# mine\nrefresh = 7\n");
    cr_assert_eq(chmod(settings_path(&fixture), 0640), 0);
    // It has neither the key nor the file itself, but a copy of its own.
    editor(&fixture, "#!/bin/sh\ntest \"$1\" = --wait || exit 9\ntest -z \"$LEAP0_API_KEY\" || exit 8\n"
                     "sed -i s/7/9/ \"$2\"\n");
    fixture_expect(&fixture, 0, "", NULL, "config", "edit", NULL);
    expect_file(&fixture, "# mine\nrefresh = 9\n");
    struct stat about;
    cr_assert_eq(stat(settings_path(&fixture), &about), 0);
    cr_expect_eq(about.st_mode & 07777, 0640);
    editor(&fixture, "#!/bin/sh\nsed -i s/refresh/refesh/ \"$2\"\n");
    fixture_expect(&fixture, 2, "", "config:2: 'refesh' is not an option (did you mean refresh?)", "config",
                   "edit", NULL);
    fixture_expect(&fixture, 2, "", "what you wrote is in ", "config", "edit", NULL);
    editor(&fixture, "#!/bin/sh\nexit 3\n");
    fixture_expect(&fixture, 1, "", "ended with 3: the settings are as they were", "config", "edit", NULL);
    editor(&fixture, "#!/bin/sh\nexit 0\n");
    fixture_expect(&fixture, 0, "", NULL, "config", "edit", NULL);
    editor(&fixture, "#!/bin/sh\necho refresh = 3 >\"$HOME/.config/sbxdeck/config\"\necho >>\"$2\"\n");
    fixture_expect(&fixture, 5, "", "has been changed by somebody else meanwhile", "config", "edit", NULL);
    expect_file(&fixture, "refresh = 3\n");
    fixture_end(&fixture);
}

Test(config, a_fault_is_edited_again_when_asked)
{
    struct fixture fixture;
    char variable[SUPPORT_PATH_CAP + 32];
    fixture_begin_without(&fixture);
    (void)snprintf(variable, sizeof variable, "VISUAL=%s/editor", fixture.home);
    fixture_variable(&fixture, variable);
    fixture_settings(&fixture, "refresh = 7\n");
    editor(&fixture, "#!/bin/sh\ngrep -q 0 \"$1\" && sed -i s/0/8/ \"$1\" || sed -i s/7/0/ \"$1\"\n");
    const char *const argv[] = {fixture.program, "config", "edit", NULL};
    struct console *console = console_start(24, 100, argv, fixture.environment);
    console_wait(console, "refresh = '0': it takes 1..3600 s");
    console_wait(console, "1 fault: edit again?");
    expect_file(&fixture, "refresh = 7\n");
    console_type(console, "y\r");
    cr_expect_eq(console_wait_exit(console), 0);
    console_free(console);
    expect_file(&fixture, "refresh = 8\n");
    fixture_end(&fixture);
}

// The path that a message names behind "what you wrote is in ".
static char *left_copy(const char *text, char *out, size_t cap)
{
    static const char before[] = "what you wrote is in ";
    const char *at = strstr(text, before);
    cr_assert_not_null(at, "'%s' names no copy", text);
    at += sizeof before - 1;
    (void)snprintf(out, cap, "%.*s", (int)strcspn(at, ")\r\n"), at);
    return out;
}

Test(config, what_was_written_outlives_an_editor_that_fails_and_a_signal)
{
    static const struct {
        const char *end, *told;
        int code;
    } ways[] = {
        {"kill -KILL $$", "was killed", 1},
        {"exit 5", "ended with 5", 1},
        {"kill -TERM $PPID; exec sleep 60", "interrupted", 128 + SIGTERM},
        {"kill -HUP $PPID; exec sleep 60", "interrupted", 128 + SIGHUP},
        {"head -c 2000000 /dev/zero >>\"$1\"", "config", 2},
    };
    struct fixture fixture;
    char variable[SUPPORT_PATH_CAP + 32], script[160], copy[SUPPORT_PATH_CAP];
    fixture_begin_without(&fixture);
    (void)snprintf(variable, sizeof variable, "VISUAL=%s/editor", fixture.home);
    fixture_variable(&fixture, variable);
    fixture_settings(&fixture, "refresh = 7\n");
    for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
        (void)snprintf(script, sizeof script, "#!/bin/sh\necho refresh = 8 >\"$1\"\n%s\n", ways[i].end);
        editor(&fixture, script);
        struct support_result result = fixture_run(&fixture, "config", "edit", NULL);
        cr_expect_eq(result.exit_code, ways[i].code, "%s: %d", ways[i].end, result.exit_code);
        cr_expect_not_null(strstr(result.err, ways[i].told), "%s: '%s'", ways[i].end, result.err);
        char *text = support_file_read(left_copy(result.err, copy, sizeof copy), NULL);
        cr_assert_not_null(text);
        cr_expect_eq(strncmp(text, "refresh = 8\n", 12), 0, "%s: '%.40s'", ways[i].end, text);
        free(text);
        cr_expect_eq(unlink(copy), 0);
        support_result_free(&result);
        expect_file(&fixture, "refresh = 7\n");
    }
    fixture_end(&fixture);
}

Test(config, a_question_that_is_interrupted_names_what_was_written)
{
    struct fixture fixture;
    char variable[SUPPORT_PATH_CAP + 32];
    fixture_begin_without(&fixture);
    (void)snprintf(variable, sizeof variable, "VISUAL=%s/editor", fixture.home);
    fixture_variable(&fixture, variable);
    fixture_settings(&fixture, "refresh = 7\n");
    editor(&fixture, "#!/bin/sh\necho refresh = 0 >\"$1\"\n");
    const char *const argv[] = {fixture.program, "config", "edit", NULL};
    struct console *console = console_start(24, 200, argv, fixture.environment);
    console_wait(console, "1 fault: edit again?");
    console_type(console, "\x03");
    console_wait(console, "what you wrote is in ");
    cr_expect_eq(console_wait_exit(console), 128 + SIGINT);
    console_free(console);
    expect_file(&fixture, "refresh = 7\n");
    fixture_end(&fixture);
}

// --- a running console --------------------------------------------------------------------

Test(config, a_running_console_takes_a_change_over)
{
    static const char *const options[] = {"--fleet", "plain", "--sandboxes", "2", NULL};
    struct fixture fixture;
    char sandbox[64];
    fixture_begin_first(&fixture, options, sandbox, sizeof sandbox);
    // There is neither file nor folder yet.
    struct console *console = fixture_console(&fixture, 24, 100, "Enter connect");
    replace(&fixture, "[keys]\nconnect = o\nsort = none\n");
    console_wait(console, "Settings taken over");
    console_wait(console, "o connect");
    write_in_place(&fixture, "# longer than before, in place\n[keys]\nconnect = F7\n");
    console_wait(console, "F7 connect");
    // What needs a new start is said.
    replace(&fixture, "timeout = 77\n[keys]\nconnect = F7\n");
    console_wait(console, "timeout: not before a new start");
    // A fault changes nothing, and is told.
    replace(&fixture, "timeout = 77\n[keys]\nconnect = F8\nsort = F8\n");
    console_wait(console, "settings unchanged: ~/.config/sbxdeck/config:4: sort = 'F8'");
    console_wait(console, "F7 connect");
    write_in_place(&fixture, "timeout = 77\n[keys]\nconnect = F8\n");
    console_wait(console, "F8 connect");
    // By a verb, too; and gone, the defaults are back.
    fixture_expect(&fixture, 0, "", NULL, "config", "set", "keys.connect", "F9", NULL);
    console_wait(console, "F9 connect");
    cr_assert_eq(unlink(settings_path(&fixture)), 0);
    console_wait(console, "Enter connect");
    console_type(console, ":settings reload" KEY_ENTER);
    console_wait(console, "Settings taken over");
    fixture_leave(&fixture, console);
}

Test(config, what_is_under_way_is_not_disturbed)
{
    static const char *const options[] = {"--fleet", "plain", "--sandboxes", "1", NULL};
    struct fixture fixture;
    char sandbox[64];
    struct console *console = fixture_shell(&fixture, options, 24, 100, sandbox, sizeof sandbox);
    console_type(console, "echo half-");
    replace(&fixture, "scheme = light\n[keys]\nsession_prefix = Ctrl-a\n");
    console_wait(console, "Settings taken over");
    console_run(console, "$((40+2))", "half-42");
    console_type(console, "\001d");
    console_wait(console, "as of");
    console_type(console, "x"); // a dialog is open
    console_wait(console, "Delete the credential?");
    replace(&fixture, "[keys]\nsession_prefix = Ctrl-g\n");
    console_take(console);
    cr_expect(console_shows(console, "Delete the credential?"));
    console_type(console, KEY_ESC);
    console_wait_gone(console, "Delete the credential?");
    console_wait(console, "Ctrl-G session");
    console_type(console, "\007");
    console_wait(console, "half-42");
    console_type(console, "exit\r");
    console_free(console);
    fixture_end(&fixture);
}

Test(config, thresholds_change_while_it_runs)
{
    static const char *const options[] = {"--fleet", "plain", "--sandboxes", "1", NULL};
    struct fixture fixture;
    char sandbox[64];
    fixture_begin_first(&fixture, options, sandbox, sizeof sandbox);
    fixture_expect(&fixture, 0, NULL, NULL, "access", "create", sandbox, NULL);
    struct console *console = fixture_console(&fixture, 24, 100, "1 valid");
    replace(&fixture, "expiring = 100%\n");
    console_wait(console, "1 expiring");
    fixture_expect(&fixture, 0, "it is expiring by the settings", NULL, "access", "needs-renewal", sandbox,
                   NULL);
    fixture_expect(&fixture, 0, "\"state\":\t\"expiring\"", NULL, "ls", "--json", NULL);
    replace(&fixture, "expiring = 1m\n");
    console_wait(console, "1 valid");
    fixture_leave(&fixture, console);
}

Test(config, colours_are_those_of_the_settings)
{
    static const char *const options[] = {"--fleet", "plain", "--sandboxes", "1", NULL};
    struct fixture fixture;
    fixture_begin(&fixture, options);
    fixture_settings(&fixture, "scheme = dark\n[theme]\nkey_hint = 208\n");
    struct console *console = fixture_console(&fixture, 24, 100, "Enter connect");
    cr_expect(console_ever_wrote(console, "8;5;208"));
    cr_expect_not(console_ever_wrote(console, "8;5;213"));
    replace(&fixture, "scheme = dark\n[theme]\nkey_hint = 213 on 17 bold\n");
    console_wait(console, "Settings taken over");
    cr_expect(console_ever_wrote(console, "8;5;213"));
    replace(&fixture, "scheme = dark\n[theme]\nkey_hint = 300\n");
    console_wait(console, "config:3: key_hint = '300'");
    fixture_quit(console);
    fixture_expect(&fixture, 2, "", "config:3: key_hint = '300'", "ls", NULL);
    // Without colours there are none, whatever is chosen.
    replace(&fixture, "scheme = contrast\n[theme]\nkey_hint = 208\n");
    fixture_variable(&fixture, "NO_COLOR=1");
    console = fixture_console(&fixture, 24, 100, "Enter connect");
    cr_expect_not(console_ever_wrote(console, "8;5;208"));
    fixture_leave(&fixture, console);
}
