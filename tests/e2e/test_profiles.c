// SPDX-License-Identifier: Apache-2.0
//
// Profiles against two servers: each is asked with its own key only, keeps its own vault, and shows its name.

#include "tests/e2e/fixture.h"
#include "tests/e2e/raw_http_client.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { NAME_CAP = 64 };

static struct fixture fixture;        // its emulator is the default profile's
static struct support_emulator other; // the profile beta's
static char here[NAME_CAP], there[NAME_CAP];

static void first_of(const struct support_emulator *emulator, char out[NAME_CAP])
{
    cJSON *page = ask_for(emulator, 200, "GET", "/v1/sandboxes", NULL);
    (void)snprintf(out, NAME_CAP, "%s", ask_text(cJSON_GetArrayItem(ask_items(page), 0), "id"));
    cJSON_Delete(page);
}

static void begin(void)
{
    static const char *const options[] = {"--fleet", "plain", "--sandboxes", "1", NULL};
    char text[4 * SUPPORT_PATH_CAP], path[SUPPORT_PATH_CAP + 16], line[256];
    fixture_begin(&fixture, options);
    cr_assert(support_emulator_start(&other, options));
    first_of(&fixture.emulator, here);
    first_of(&other, there);
    (void)snprintf(path, sizeof path, "%s/beta-key", fixture.home);
    (void)snprintf(line, sizeof line, "%s\n", other.api_key);
    cr_assert(support_file_write(path, line));
    cr_assert_eq(chmod(path, 0600), 0);
    (void)snprintf(text, sizeof text,
                   "base_url = %s\n[profile beta]\nbase_url = %s\napi_key_file = %s\ncolor = red\n"
                   "[profile keyless]\nbase_url = %s\n"
                   "[profile quiet]\nread_only = yes\n",
                   fixture.emulator.base_url, other.base_url, path, other.base_url);
    fixture_settings(&fixture, text);
    fixture_point_at(&fixture, NULL, fixture.emulator.api_key);
}

static void end(void)
{
    (void)support_emulator_stop(&other);
    fixture_end(&fixture);
}

TestSuite(profiles, .init = begin, .fini = end);

Test(profiles, each_verb_asks_the_profiles_server_with_its_key_and_keeps_its_vault)
{
    fixture_expect(&fixture, 0, here, NULL, "ls", NULL);
    fixture_expect(&fixture, 0, there, NULL, "ls", "--profile", "beta", NULL);
    fixture_expect(&fixture, 0, there, NULL, "--profile=beta", "ls", NULL);
    fixture_expect(&fixture, 0, NULL, NULL, "--profile", "beta", "access", "create", there, NULL);
    fixture_expect(&fixture, 0, "valid", NULL, "--profile", "beta", "access", "ls", there, NULL);
    fixture_expect(&fixture, 0, "hello\n", NULL, "ssh", "--profile", "beta", there, "echo", "hello", NULL);
    fixture_expect(&fixture, 4, "", NULL, "access", "ls", there, NULL);
    fixture_expect(&fixture, 0, "[]", NULL, "events", "--json", NULL); // nothing of it is in the other vault
    fixture_variable(&fixture, "SBXDECK_PROFILE=beta");
    fixture_expect(&fixture, 0, there, NULL, "ls", NULL);
    fixture_expect(&fixture, 0, here, NULL, "ls", "--profile", "default", NULL);
    fixture_expect(&fixture, 10, "", "not in read-only mode", "--profile", "quiet", "pause", here, NULL);
}

Test(profiles, what_is_ambiguous_or_unknown_is_refused_and_nothing_is_sent)
{
    cJSON *before = ask_for(&other, 200, "GET", "/emulator/requests", NULL);
    fixture_expect(&fixture, 2, "", "no [profile bta]", "ls", "--profile", "bta", NULL);
    fixture_expect(&fixture, 2, "", "did you mean beta?", "ls", "--profile", "bet", NULL);
    fixture_expect(&fixture, 2, "", "'a b' is not a profile's name", "--profile", "a b", "ls", NULL);
    fixture_expect(&fixture, 2, "", "needs a value", "ls", "--profile", NULL);
    fixture_expect(&fixture, 3, "", "the profile keyless has a base_url of its own and no API key for it",
                   "ls", "--profile", "keyless", NULL);
    fixture_point_at(&fixture, fixture.emulator.base_url, fixture.emulator.api_key);
    fixture_expect(&fixture, 2, "", "and the profile beta is of", "ls", "--profile", "beta", NULL);
    cJSON *after = ask_for(&other, 200, "GET", "/emulator/requests", NULL);
    cr_expect(cJSON_Compare(before, after, true));
    cJSON_Delete(before);
    cJSON_Delete(after);
}

Test(profiles, the_console_shows_its_name_and_changes_over)
{
    struct console *console = fixture_console(&fixture, 30, 110, here);
    console_type(console, ":profile beta" KEY_ENTER);
    console_wait(console, there);
    console_wait_row(console, 0, "sbxdeck   beta");
    console_wait(console, "Profile beta");
    console_wait_gone(console, here);
    fixture_connect(console, there);
    console_type(console, KEY_PREFIX "d");
    console_wait(console, there);
    // With a session open it asks.
    console_type(console, ":profile" KEY_ENTER);
    console_wait(console, "Profiles");
    console_type(console, "default" KEY_ENTER);
    console_wait(console, "Change to the profile default?");
    console_wait(console, "open session");
    console_type(console, KEY_ESC);
    console_wait_gone(console, "Change to the profile");
    console_type(console, ":profile default" KEY_ENTER);
    console_wait(console, "Change to the profile default?");
    console_type(console, KEY_TAB KEY_ENTER);
    console_wait(console, here); // with the key that the environment had
    console_wait_gone(console, there);
    console_type(console, ":profile keyless" KEY_ENTER);
    console_wait(console, "no API key for it");
    console_wait_row(console, 0, "keyless");
    console_type(console, ":profile quiet" KEY_ENTER);
    console_wait_row(console, 0, "quiet   read-only");
    console_wait(console, here);
    fixture_quit(console);
}

// Which the file names counts from the next start on: no setting of it comes into this one before.
Test(profiles, a_running_console_stays_in_its_own)
{
    char path[SUPPORT_PATH_CAP + 64], text[SUPPORT_PATH_CAP];
    static const char format[] = "base_url = %s\nprofile = %s\n[profile one]\nreveal = %s\n"
                                 "[profile two]\ncolumns = id\nrefresh = 6\n";
    (void)snprintf(path, sizeof path, "%s/.config/sbxdeck/config", fixture.home);
    (void)snprintf(text, sizeof text, format, fixture.emulator.base_url, "one", "9");
    cr_assert(support_file_write(path, text));
    struct console *console = fixture_console(&fixture, 30, 120, here);
    console_wait(console, "STATE");
    (void)snprintf(text, sizeof text, format, fixture.emulator.base_url, "two", "9");
    cr_assert(support_file_write(path, text));
    console_wait(console, "Settings taken over; profile: not before a new start");
    (void)snprintf(text, sizeof text, format, fixture.emulator.base_url, "two", "0");
    cr_assert(support_file_write(path, text));
    console_wait(console, "reveal = '0': it takes"); // of its own
    cr_expect(console_shows(console, "STATE"), "%s", console_screen(console));
    fixture_quit(console);
}

Test(profiles, it_starts_in_the_one_that_is_asked_for)
{
    const char *const argv[] = {fixture.program, "--profile", "beta", "--read-only", NULL};
    struct console *console = console_start(24, 80, argv, fixture.environment);
    console_wait(console, there);
    console_wait_row(console, 0, "beta   read-only");
    console_type(console, ":profile beta");
    console_wait(console, "it is in use");
    console_type(console, "\033[27u"); // Esc, also with the q behind it
    fixture_quit(console);
}

// One set-up for all: the name says which profile.
Test(profiles, tools_reach_a_sandbox_of_a_profile_by_its_name)
{
    char command[4 * SUPPORT_PATH_CAP];
    struct support_result result = {0};
    (void)snprintf(command, sizeof command,
                   "set -e; %s ssh-config >$HOME/all; %s --profile beta ssh-config %s >$HOME/one; "
                   "ssh -F $HOME/all %s.leap0 echo default; ssh -F $HOME/all %s.beta.leap0 echo beta; "
                   "ssh -F $HOME/one %s.beta.leap0 echo one; ! ssh -F $HOME/all %s.leap0 true; "
                   "ls $HOME/.local/state/sbxdeck/profiles",
                   fixture.program, fixture.program, there, here, there, there, there);
    const char *const argv[] = {"sh", "-c", command, NULL};
    cr_assert(support_run(argv, fixture.environment, "", 60000, &result));
    cr_expect_str_eq(result.out, "default\nbeta\none\nbeta\n", "%s", result.err);
    cr_expect_eq(result.exit_code, 0);
    support_result_free(&result);
}
