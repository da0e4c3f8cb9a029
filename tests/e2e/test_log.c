// SPDX-License-Identifier: Apache-2.0
//
// The record, by the real program: what is done with and without a screen stands in the event log once, is
// shown, filtered, followed and exported there, is printed without the network, and never holds a secret.

#include "tests/e2e/fixture.h"
#include "tests/e2e/raw_http_client.h"

#include <criterion/criterion.h>
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char sandbox[64];

static const cJSON *find(const cJSON *events, const char *kind)
{
    const cJSON *event = NULL, *found = NULL;
    cJSON_ArrayForEach(event, events) if (strcmp(json_text(event, "kind"), kind) == 0) found = event;
    return found;
}

static int count_of(const cJSON *events, const char *kind)
{
    const cJSON *event = NULL;
    int count = 0;
    cJSON_ArrayForEach(event, events) count += strcmp(json_text(event, "kind"), kind) == 0;
    return count;
}

// The bytes stand in a file of the folder.
static bool is_in_folder(const char *folder, const char *text)
{
    char path[SUPPORT_PATH_CAP + 400];
    bool found = false;
    DIR *open_folder = opendir(folder);
    cr_assert_not_null(open_folder, "%s", folder);
    for (struct dirent *entry = readdir(open_folder); entry != NULL; entry = readdir(open_folder)) {
        size_t length = 0;
        struct stat facts;
        (void)snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
        if (lstat(path, &facts) != 0 || !S_ISREG(facts.st_mode))
            continue;
        char *bytes = support_file_read(path, &length);
        cr_assert_not_null(bytes, "%s", path);
        found = found || memmem(bytes, length, text, strlen(text)) != NULL;
        free(bytes);
    }
    (void)closedir(open_folder);
    return found;
}

static void state_folder(const struct fixture *fixture, char *out, size_t cap)
{
    (void)snprintf(out, cap, "%s/.local/state/sbxdeck", fixture->home);
}

// --- the view ---

Test(log, the_view_shows_filters_and_follows)
{
    const char *const options[] = {"--fleet", "plain", "--sandboxes", "2", "--dialect", "credential", NULL};
    struct fixture fixture;
    fixture_begin_first(&fixture, options, sandbox, sizeof sandbox);
    struct console *console = fixture_console(&fixture, 24, 110, sandbox);
    console_type(console, "L");
    console_wait(console, "No events yet");
    // Another program's events come while it is looked at.
    cJSON *made = fixture_json(&fixture, 0, "access", "create", sandbox, "--json", NULL);
    console_wait(console, "created");
    char id[11];
    (void)snprintf(id, sizeof id, "%s", json_text(made, "id"));
    console_wait(console, id); // shortened
    console_wait(console, "ok");
    console_wait(console, "1/1");
    fixture_expect(&fixture, 0, NULL, NULL, "access", "validate", sandbox, NULL);
    console_wait(console, "1/2"); // the newest is followed
    console_type(console, "j");
    console_wait(console, "2/2");
    fixture_expect(&fixture, 0, NULL, NULL, "access", "delete", sandbox, NULL);
    console_wait(console, "1 new"); // and not, once another is selected
    console_wait(console, "3/3");
    console_type(console, "/creat");
    console_wait_gone(console, "validated");
    console_wait(console, "created");
    console_type(console, "\033");
    console_wait(console, "validated");
    console_type(console, "/nothing-like-it" KEY_ENTER);
    console_wait(console, "No event matches");
    console_type(console, KEY_ESC);
    console_wait(console, "validated");
    console_type(console, "g" KEY_ENTER);
    console_wait(console, "this machine's");
    console_wait(console, "server's time");
    console_wait(console, "deleted");
    console_type(console, "j"); // the next one's
    console_wait(console, "validated");
    console_type(console, KEY_ESC);
    console_wait(console, "OUTCOME");
    console_type(console, ":log last"); // one command of every list, found by this one's name too
    console_wait(console, "Select the oldest event");
    console_type(console, KEY_ENTER);
    console_wait(console, "3/3");
    console_type(console, "L");
    console_wait(console, "SANDBOX");
    console_wait_gone(console, "OUTCOME");
    cJSON_Delete(made);
    fixture_leave(&fixture, console);
}

Test(log, the_smallest_screen_will_do)
{
    const char *const options[] = {"--fleet", "plain", "--sandboxes", "1", NULL};
    struct fixture fixture;
    fixture_begin_first(&fixture, options, sandbox, sizeof sandbox);
    cJSON_Delete(fixture_json(&fixture, 0, "access", "create", sandbox, "--json", NULL));
    struct console *console = fixture_console(&fixture, 5, 20, "LEFT");
    console_type(console, "L");
    console_wait(console, "created");
    console_type(console, KEY_ENTER);
    console_wait(console, "event");
    console_type(console, "\006\006\006\006\006\006"); // to its end
    console_wait(console, "took");
    console_resize(console, 50, 200);
    console_wait(console, "server's time");
    console_type(console, "q");
    console_wait(console, "CREDENTIAL");
    fixture_leave(&fixture, console);
}

Test(log, what_is_shown_is_exported_and_nothing_replaced_unasked)
{
    const char *const options[] = {"--fleet", "plain", "--sandboxes", "1", NULL};
    struct fixture fixture;
    char path[SUPPORT_PATH_CAP + 32];
    struct stat facts;
    size_t length = 0;
    fixture_begin_first(&fixture, options, sandbox, sizeof sandbox);
    cJSON_Delete(fixture_json(&fixture, 0, "access", "create", sandbox, "--json", NULL));
    fixture_expect(&fixture, 0, NULL, NULL, "access", "validate", sandbox, NULL);
    (void)snprintf(path, sizeof path, "%s/out.json", fixture.home);
    struct console *console = fixture_console(&fixture, 24, 110, sandbox);
    console_type(console, "L");
    console_wait(console, "validated");
    console_type(console, "/created" KEY_ENTER);
    console_wait_gone(console, "validated");
    console_type(console, "e");
    console_wait_match(console, "sbxdeck-[0-9]{8}-[0-9]{6}[.]json");
    console_type(console, "\025~/none/out.json" KEY_ENTER); // Ctrl-U empties the field
    console_wait(console, "Not written: ");
    console_wait(console, "Enter go on"); // it came by itself: for a moment it takes no key
    console_type(console, "\025~/out.json" KEY_ENTER);
    console_wait(console, "1 event written to");
    cr_assert_eq(stat(path, &facts), 0);
    cr_expect_eq(facts.st_mode & 07777, 0600);
    char *text = support_file_read(path, &length);
    cJSON *tree = cJSON_Parse(text);
    cr_assert_eq(cJSON_GetArraySize(tree), 1);
    cr_expect_str_eq(json_text(cJSON_GetArrayItem(tree, 0), "kind"), "created");
    cr_expect_str_eq(json_text(cJSON_GetArrayItem(tree, 0), "sandbox_id"), sandbox);
    cJSON_Delete(tree);
    free(text);
    cr_assert(support_file_write(path, "mine"));
    console_type(console, "e");
    console_wait_match(console, "sbxdeck-[0-9]{8}-[0-9]{6}[.]json");
    console_type(console, "\025~/out.json" KEY_ENTER);
    console_wait(console, "already exists");
    console_wait(console, "[>Another name<]"); // it came by itself: for a moment it takes no key
    console_type(console, KEY_ENTER);          // another name has the focus
    console_wait(console, "Export the events shown");
    text = support_file_read(path, &length);
    cr_expect_str_eq(text, "mine");
    free(text);
    console_type(console, KEY_ESC);
    console_wait_gone(console, "Export the events shown");
    console_type(console, "q");
    fixture_leave(&fixture, console);
}

// --- sessions ---

Test(log, a_session_is_there_with_its_number_its_length_and_its_end)
{
    const char *const options[] = {"--fleet", "plain", "--sandboxes", "1", NULL};
    struct fixture fixture;
    struct console *console = fixture_shell(&fixture, options, 24, 100, sandbox, sizeof sandbox);
    console_type(console, "exit 3\r");
    console_wait(console, "the shell exited with 3");
    console_wait(console, "Enter reconnect");
    console_type(console, KEY_ENTER); // again
    console_wait_match(console, "[$#] *$");
    console_type(console, KEY_PREFIX "d");
    console_wait(console, "SANDBOX");
    console_type(console, "q");
    console_wait(console, "Quit");
    console_type(console, KEY_TAB KEY_ENTER); // with the session open
    cr_expect_eq(console_wait_exit(console), 0);
    console_free(console);
    fixture_expect(&fixture, 5, NULL, NULL, "ssh", sandbox, "exit 5", NULL);

    cJSON *events = fixture_json(&fixture, 0, "events", sandbox, "--json", NULL);
    cr_expect_eq(count_of(events, "connected"), 3);
    cr_assert_eq(count_of(events, "disconnected"), 3);
    const cJSON *event = NULL;
    const char *const messages[] = {"the shell exited with 3", "closed by you", "the shell exited with 5"};
    const int numbers[] = {0, 0, -1};
    int at = 0;
    cJSON_ArrayForEach(event, events)
    {
        const cJSON *number = cJSON_GetObjectItem(event, "session");
        if (strcmp(json_text(event, "kind"), "disconnected") != 0)
            continue;
        cr_expect_str_eq(json_text(event, "message"), messages[at]);
        cr_expect_str_eq(json_text(event, "outcome"), "OK");
        cr_expect_geq(json_number(event, "duration_ms"), 0);
        cr_expect_eq(cJSON_IsNumber(number) ? number->valueint : -1, numbers[at]);
        at++;
    }
    cJSON_Delete(events);
    fixture_end(&fixture);
}

Test(log, a_sign_in_that_is_refused_is_a_failure)
{
    const char *const options[] = {"--fleet", "plain", "--sandboxes", "1", "--dialect", "credential", NULL};
    struct fixture fixture;
    char path[256];
    fixture_begin_first(&fixture, options, sandbox, sizeof sandbox);
    cJSON *made = fixture_json(&fixture, 0, "access", "create", sandbox, "--json", NULL);
    (void)snprintf(path, sizeof path, "/v1/sandbox/%s/ssh/%s", sandbox, json_text(made, "id"));
    cJSON_Delete(ask_for(&fixture.emulator, 204, "DELETE", path, NULL)); // nobody here is told
    fixture_expect(&fixture, 255, NULL, NULL, "ssh", sandbox, "true", NULL);
    cJSON *events = fixture_json(&fixture, 0, "events", "--kind", "failure,validated", "--json", NULL);
    cr_assert_eq(cJSON_GetArraySize(events), 2);
    const cJSON *failure = find(events, "failure"), *asked = find(events, "validated");
    cr_expect_str_eq(json_text(failure, "outcome"), "SIGN_IN_REFUSED");
    cr_expect_str_eq(json_text(failure, "id"), json_text(made, "id"));
    cr_expect_str_eq(json_text(asked, "outcome"), "NOT_VALID");
    cJSON_Delete(events);
    cJSON_Delete(made);
    fixture_end(&fixture);
}

// As a disk that hangs: nobody can write the vault while this is held (the writers' byte of SQLite's shared
// memory).
static int hold_vault(const struct fixture *fixture)
{
    char path[SUPPORT_PATH_CAP + 64];
    struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = 120, .l_len = 1};
    (void)snprintf(path, sizeof path, "%s/.local/state/sbxdeck/vault.db-shm", fixture->home);
    int fd = open(path, O_RDWR | O_CLOEXEC);
    cr_assert_geq(fd, 0, "%s", path);
    cr_assert_eq(fcntl(fd, F_SETLKW, &lock), 0);
    return fd;
}

static bool somebody_sleeps(void *path)
{
    struct stat facts;
    return stat(path, &facts) == 0 && facts.st_size > 0;
}

// Whoever waits for the vault waits until the test lets go of it: the console's loop would take no key.
Test(log, a_vault_that_can_not_be_written_holds_up_nothing_and_loses_nothing)
{
    const char *const options[] = {"--fleet", "plain", "--sandboxes", "1", NULL};
    char sleepers[SUPPORT_PATH_CAP + 16], variable[SUPPORT_PATH_CAP + 32];
    struct fixture fixture;
    fixture_begin_first(&fixture, options, sandbox, sizeof sandbox);
    (void)snprintf(sleepers, sizeof sleepers, "%s/sleepers", fixture.home);
    (void)snprintf(variable, sizeof variable, "SLEEPERS=%s", sleepers);
    fixture_preload(&fixture, variable);
    struct console *console = fixture_console(&fixture, 24, 100, sandbox);
    fixture_connect(console, sandbox);
    console_type(console, KEY_PREFIX "d");
    console_wait(console, "SANDBOX");
    console_type(console, "L");
    console_wait(console, "connected"); // it is written
    console_type(console, "q");
    console_wait_gone(console, "OUTCOME");
    int held = hold_vault(&fixture);
    cr_assert(support_file_write(sleepers, ""));
    console_type(console, KEY_ENTER);
    console_run(console, "exit", "the shell exited with 0"); // which is to be written now
    console_wait(console, "Enter reconnect");
    cr_assert(support_wait_until(somebody_sleeps, sleepers, SUPPORT_WAIT_MS), "nothing is written");
    console_type(console, KEY_ESC);
    console_wait(console, "SANDBOX");
    console_type(console, "?");
    console_wait(console, "Show the keys");
    console_type(console, KEY_ESC);
    console_wait_gone(console, "Show the keys");
    console_type(console, "d");
    console_wait(console, "ends first");
    cr_assert_eq(unlink(sleepers), 0);
    (void)close(held);
    fixture_quit(console);
    cJSON *events = fixture_json(&fixture, 0, "events", "--json", NULL);
    cr_expect_eq(count_of(events, "connected"), 1);
    cr_expect_eq(count_of(events, "disconnected"), 1);
    cJSON_Delete(events);
    fixture_end(&fixture);
}

// --- alerts and renewals ---

Test(log, an_alert_is_there_once_and_a_renewal_too)
{
    const char *const options[] = {"--fleet", "plain", "--sandboxes", "1", "--ttl", "9", NULL};
    struct fixture fixture;
    fixture_begin_first(&fixture, options, sandbox, sizeof sandbox);
    struct console *one = fixture_console(&fixture, 24, 100, sandbox);
    struct console *other = fixture_console(&fixture, 24, 100, sandbox);
    fixture_choose(one, sandbox);
    cJSON_Delete(fixture_json(&fixture, 0, "access", "create", sandbox, "--json", NULL));
    console_wait(one, "has ended");
    console_wait(other, "has ended");
    console_type(one, "a"); // nothing to renew any more, but what is made now
    console_wait(one, "auto-renew");
    fixture_expect(&fixture, 0, NULL, NULL, "access", "regen", sandbox, NULL);
    console_wait(one, "Auto-renewed");
    fixture_quit(one);
    fixture_quit(other);
    cJSON *events = fixture_json(&fixture, 0, "events", "--json", NULL);
    const cJSON *event = NULL;
    int critical = 0, expired = 0;
    cJSON_ArrayForEach(event, events)
    {
        if (strcmp(json_text(event, "kind"), "alert") != 0)
            continue;
        const cJSON *before = NULL;
        cJSON_ArrayForEach(before, events)
        {
            if (before == event)
                break;
            cr_expect(strcmp(json_text(before, "kind"), "alert") != 0 ||
                          strcmp(json_text(before, "message"), json_text(event, "message")) != 0,
                      "twice: %s", json_text(event, "message"));
        }
        critical += strncmp(json_text(event, "message"), "critical", 8) == 0;
        expired += strncmp(json_text(event, "message"), "expired", 7) == 0;
    }
    cr_expect_geq(critical, 1);
    cr_expect_geq(expired, 1);
    cr_expect_geq(count_of(events, "renewed"), 1);
    cr_expect_eq(count_of(events, "regenerated"), 1, "what renews itself is no regenerate");
    cJSON_Delete(events);
    fixture_end(&fixture);
}

// --- without a screen ---

Test(log, the_verb_needs_no_network)
{
    const char *const options[] = {"--fleet", "plain", "--sandboxes", "2", NULL};
    struct fixture fixture;
    fixture_begin_first(&fixture, options, sandbox, sizeof sandbox);
    fixture_expect(&fixture, 0, "", NULL, "events", NULL);
    cJSON *none = fixture_json(&fixture, 0, "events", "--json", NULL);
    cr_expect(cJSON_IsArray(none) && cJSON_GetArraySize(none) == 0);
    cJSON_Delete(none);
    cJSON_Delete(fixture_json(&fixture, 0, "access", "create", sandbox, "--json", NULL));
    cr_expect_eq(support_emulator_stop(&fixture.emulator), 0);
    fixture_expect(&fixture, 0, "created  ok  ", NULL, "events", NULL);
    fixture_expect(&fixture, 0, sandbox, NULL, "events", "--since", "1h", sandbox, NULL);
    cJSON *events = fixture_json(&fixture, 0, "events", "--json", "--since", "2026-01-01", NULL);
    cr_assert_eq(cJSON_GetArraySize(events), 1);
    const cJSON *event = cJSON_GetArrayItem(events, 0);
    cr_expect_eq(json_number(event, "number"), 1);
    cr_expect_not_null(strchr(json_text(event, "at"), 'Z'));
    cr_expect_str_eq(json_text(event, "sandbox_id"), sandbox);
    cr_expect_str_eq(json_text(event, "outcome"), "OK");
    cJSON_Delete(events);
    events = fixture_json(&fixture, 0, "events", "--json", "--kind", "deleted", NULL);
    cr_expect_eq(cJSON_GetArraySize(events), 0);
    cJSON_Delete(events);
    events = fixture_json(&fixture, 0, "events", "--json", "nothing-like-it", NULL);
    cr_expect_eq(cJSON_GetArraySize(events), 0);
    cJSON_Delete(events);
    fixture_end(&fixture);
}

Test(log, a_wrong_time_or_kind_is_named_with_what_is_right)
{
    struct fixture fixture;
    fixture_begin(&fixture, NULL);
    fixture_expect(&fixture, 2, NULL, "--since: 'yesterday' is not a span back (30m, 2h, 1d)", "events",
                   "--since", "yesterday", NULL);
    fixture_expect(&fixture, 2, NULL, "'2026-04-31'", "events", "--since", "2026-04-31", NULL);
    fixture_expect(&fixture, 2, NULL, "--kind: 'made' is not one or more", "events", "--kind", "made", NULL);
    fixture_expect(&fixture, 2, NULL, "is not a sandbox id", "events", "../x", NULL);
    fixture_expect(&fixture, 0, "default: 24h", NULL, "events", "--help", NULL);
    fixture_end(&fixture);
}

// --- no secret ---

Test(log, no_secret_is_in_it_nor_in_what_is_exported)
{
    const char *const options[] = {"--fleet", "plain",  "--sandboxes", "2", "--dialect",
                                   "sandbox", "--fail", "regen:403:1", NULL};
    struct fixture fixture;
    char passwords[2][256], folder[SUPPORT_PATH_CAP + 64];
    fixture_begin(&fixture, options);
    state_folder(&fixture, folder, sizeof folder);
    fixture_first_sandbox(&fixture, sandbox, sizeof sandbox);
    cJSON *made = fixture_json(&fixture, 0, "access", "create", sandbox, "--json", "--show-password", NULL);
    (void)snprintf(passwords[0], sizeof passwords[0], "%s", json_text(made, "password"));
    cJSON_Delete(made);
    fixture_expect(&fixture, 5, NULL, NULL, "access", "create", sandbox, NULL);
    struct support_result failed = fixture_run(&fixture, "access", "regen", sandbox, NULL);
    cr_expect_neq(failed.exit_code, 0);
    support_result_free(&failed);
    made = fixture_json(&fixture, 0, "access", "regen", sandbox, "--json", "--show-password", NULL);
    (void)snprintf(passwords[1], sizeof passwords[1], "%s", json_text(made, "password"));
    cJSON_Delete(made);
    fixture_expect(&fixture, 0, NULL, NULL, "access", "validate", sandbox, NULL);
    fixture_expect(&fixture, 0, NULL, NULL, "ssh", sandbox, "true", NULL);
    struct console *console = fixture_console(&fixture, 24, 110, sandbox);
    console_type(console, "L");
    console_wait(console, "disconnected");
    console_type(console, "e");
    console_wait_match(console, "sbxdeck-[0-9]{8}-[0-9]{6}[.]json");
    console_type(console, "\025~/out.json" KEY_ENTER);
    console_wait(console, "written to");
    for (int i = 0; i < 2; i++) {
        cr_expect_not(is_in_folder(folder, passwords[i]), "while it is open");
        cr_expect_not(is_in_folder(fixture.home, passwords[i]), "exported");
        cr_expect_not(console_ever_wrote(console, passwords[i]));
    }
    cr_expect(is_in_folder(fixture.home, "disconnected"), "the search finds nothing at all");
    cr_expect(is_in_folder(folder, sandbox), "the search finds nothing at all");
    cr_expect_not(is_in_folder(folder, fixture.emulator.api_key));
    cr_expect_not(is_in_folder(fixture.home, fixture.emulator.api_key));
    console_type(console, "q");
    fixture_quit(console);
    for (int i = 0; i < 2; i++)
        cr_expect_not(is_in_folder(folder, passwords[i]));
    fixture_end(&fixture);
}

Test(log, a_create_that_failed_or_is_unknown_is_not_called_created)
{
    const char *const options[] = {"--fleet", "plain",        "--sandboxes",      "2",
                                   "--fail",  "create:403:1", "--drop-answer-to", "create:1",
                                   NULL};
    struct fixture fixture;
    fixture_begin_first(&fixture, options, sandbox, sizeof sandbox);
    fixture_expect(&fixture, 3, NULL, NULL, "access", "create", sandbox, NULL);
    fixture_expect(&fixture, 7, NULL, NULL, "access", "create", sandbox, NULL);
    struct console *console = fixture_console(&fixture, 24, 100, sandbox);
    console_type(console, "L");
    console_wait(console, "create unknown");
    console_wait(console, "create failed");
    cr_expect_not(console_shows(console, "created"), "%s", console_screen(console));
    console_type(console, "/create failed" KEY_ENTER);
    console_wait_gone(console, "create unknown");
    cr_expect(console_shows(console, "create failed"), "%s", console_screen(console));
    console_resize(console, 24, 46);
    console_wait(console, "create failed"); // also where there is no column of outcomes
    console_type(console, "qL");
    fixture_expect(&fixture, 0, "create failed  ", NULL, "events", NULL);
    console_type(console, "q");
    console_wait(console, "SANDBOX");
    fixture_leave(&fixture, console);
}
