// SPDX-License-Identifier: Apache-2.0
//
// Alerts by the real console on an emulator whose credentials live for seconds: what it says, rings, sends to
// the desktop and runs, and that no secret goes that way.

#include "tests/e2e/fixture.h"

#include <criterion/criterion.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static bool is_there(void *path)
{
    struct stat facts;
    return stat(path, &facts) == 0;
}

// By the API itself: nothing here knows of it.
static void fixture_delete(struct fixture *fixture, const char *sandbox, const char *id)
{
    char url[512], key[200];
    (void)snprintf(url, sizeof url, "%s/v1/sandbox/%s/ssh/%s", fixture->emulator.base_url, sandbox, id);
    (void)snprintf(key, sizeof key, "Authorization: Bearer %s", fixture->emulator.api_key);
    const char *const argv[] = {"curl", "-sS", "-f", "-X", "DELETE", "-H", key, url, NULL};
    struct support_result result;
    cr_assert(support_run(argv, NULL, NULL, 30000, &result));
    cr_expect_eq(result.exit_code, 0, "%s", result.err);
    support_result_free(&result);
}

// The file that the command of that name has left in the home folder, waited for. The caller frees it.
static char *left_file(const struct fixture *fixture, const char *name)
{
    char path[SUPPORT_PATH_CAP + 64];
    size_t length = 0;
    (void)snprintf(path, sizeof path, "%s/%s", fixture->home, name);
    cr_assert(support_wait_until(is_there, path, CONSOLE_WAIT_MS), "%s never came", name);
    char *text = support_file_read(path, &length);
    cr_assert_not_null(text);
    return text;
}

static void expect_line(const char *text, const char *name, const char *value)
{
    char line[256];
    (void)snprintf(line, sizeof line, "\n%s=%s", name, value);
    cr_expect(strstr(text, line) != NULL, "no %s=%s in:\n%s", name, value, text);
}

Test(alerts, the_command_has_the_facts_and_no_secret)
{
    const char *const options[] = {"--ttl", "12", "--fleet", "plain", NULL};
    struct fixture fixture;
    char sandbox[64], id[64], password[256];
    fixture_begin(&fixture, options);
    fixture_settings(&fixture, "bell = yes\nnotify = yes\n"
                               "alert_command = (echo; env) > $HOME/t.$$ && mv $HOME/t.$$ "
                               "$HOME/alert.$SBXDECK_ALERT\n");
    fixture_first_sandbox(&fixture, sandbox, sizeof sandbox);
    struct console *console = fixture_console(&fixture, 24, 100, sandbox);
    cJSON *made = fixture_json(&fixture, 0, "access", "create", sandbox, "--json", "--show-password", NULL);
    (void)snprintf(id, sizeof id, "%s", json_text(made, "id"));
    (void)snprintf(password, sizeof password, "%s", json_text(made, "password"));
    cJSON_Delete(made);

    char *critical = left_file(&fixture, "alert.critical");
    expect_line(critical, "SBXDECK_SANDBOX", sandbox);
    expect_line(critical, "SBXDECK_CREDENTIAL", id);
    expect_line(critical, "SBXDECK_EXPIRES_AT", "2");
    expect_line(critical, "HOME", fixture.home);
    cr_expect(strstr(critical, "SBXDECK_REMAINING_SECONDS=") != NULL);
    console_wait(console, "is critical");
    char *expired = left_file(&fixture, "alert.expired");
    expect_line(expired, "SBXDECK_REMAINING_SECONDS", "0");
    console_wait(console, "has ended");
    cr_expect(console_ever_wrote(console, "\033]777;notify;sbxdeck;"));
    cr_expect(console_ever_wrote(console, "\033]9;sbxdeck: "));
    cr_expect(strstr(critical, fixture.emulator.api_key) == NULL &&
              strstr(critical, "LEAP0_API_KEY") == NULL);
    cr_expect(strstr(expired, fixture.emulator.api_key) == NULL);
    cr_expect(strstr(critical, password) == NULL && strstr(expired, password) == NULL);
    cr_expect_not(console_ever_wrote(console, password));
    free(critical);
    free(expired);
    fixture_leave(&fixture, console);
}

Test(alerts, a_command_that_fails_or_hangs_is_told_of_and_holds_up_nothing)
{
    const char *const options[] = {"--ttl", "9", "--fleet", "plain", NULL};
    struct fixture fixture;
    char sandbox[64];
    fixture_begin(&fixture, options);
    fixture_settings(&fixture, "alert_command = test $SBXDECK_ALERT = expired && exit 0; exit 7\n");
    fixture_first_sandbox(&fixture, sandbox, sizeof sandbox);
    struct console *console = fixture_console(&fixture, 24, 100, sandbox);
    fixture_choose(console, sandbox);
    console_type(console, "n");
    console_wait(console, "alert_command: it exited with code 7");
    fixture_leave(&fixture, console);
}

Test(alerts, one_that_was_deleted_elsewhere_is_found_out)
{
    const char *const options[] = {"--fleet", "plain", "--dialect", "credential", NULL};
    struct fixture fixture;
    char sandbox[64], id[64];
    fixture_begin(&fixture, options);
    fixture_settings(&fixture, "recheck = 1\n");
    fixture_first_sandbox(&fixture, sandbox, sizeof sandbox);
    cJSON *made = fixture_json(&fixture, 0, "access", "create", sandbox, "--json", NULL);
    (void)snprintf(id, sizeof id, "%s", json_text(made, "id"));
    cJSON_Delete(made);
    struct console *console = fixture_console(&fixture, 24, 100, "valid");
    fixture_delete(&fixture, sandbox, id);
    console_wait(console, "1 credential is no longer valid, the server says");
    console_wait(console, "invalid");
    fixture_leave(&fixture, console);
}

// --- without a screen ---

Test(alerts, needs_renewal_answers_by_its_exit_code)
{
    const char *const options[] = {"--fleet", "plain", "--ttl", "6", NULL};
    struct fixture fixture;
    char sandbox[64];
    fixture_begin_first(&fixture, options, sandbox, sizeof sandbox);
    fixture_expect(&fixture, 0, "there is none", NULL, "access", "needs-renewal", sandbox, NULL);
    cJSON_Delete(fixture_json(&fixture, 0, "access", "create", sandbox, "--json", NULL));
    cJSON *none = fixture_json(&fixture, 1, "access", "needs-renewal", sandbox, "--json", NULL);
    cr_expect_not(json_true(none, "needs_renewal"));
    cr_expect_gt(json_number(none, "remaining_seconds"), 0);
    cJSON_Delete(none);
    fixture_expect(&fixture, 1, "needs no renewal", NULL, "access", "needs-renewal", sandbox, NULL);
    fixture_expect(&fixture, 4, NULL, "no credential ssh-0 of", "access", "needs-renewal", sandbox, "--id",
                   "ssh-0", NULL);
    fixture_expect(&fixture, 4, NULL, "nothing-like-it", "access", "needs-renewal", "nothing-like-it", NULL);
    fixture_expect(&fixture, 2, NULL, "needs SANDBOX", "access", "needs-renewal", NULL);
    // Until a third of its six seconds is left, and then until it has ended.
    int64_t deadline = support_now_ms() + SUPPORT_WAIT_MS;
    bool ended = false, needed = false;
    while (!ended && support_now_ms() < deadline) {
        struct support_result result = fixture_run(&fixture, "access", "needs-renewal", sandbox, NULL);
        cr_expect(result.exit_code == 0 || (result.exit_code == 1 && !needed), "%s%s", result.out,
                  result.err);
        needed = result.exit_code == 0;
        ended = strstr(result.out, "it has expired") != NULL;
        support_result_free(&result);
    }
    cr_expect(ended);
    fixture_end(&fixture);
}

// The program's lines so far.
struct watching {
    pid_t pid;
    int out;
    struct support_heard heard;
    size_t from;
};

static void watch_begin(struct fixture *fixture, struct watching *watching, int err)
{
    const char *const argv[] = {fixture->program, "watch", "--json", NULL};
    int ends[2];
    memset(watching, 0, sizeof *watching);
    cr_assert_eq(pipe2(ends, O_CLOEXEC | O_NONBLOCK), 0);
    cr_assert_eq(fcntl(ends[1], F_SETFL, 0), 0);
    watching->pid = support_spawn(argv, fixture->environment, -1, ends[1], err);
    cr_assert_gt(watching->pid, 0);
    (void)close(ends[1]);
    watching->out = ends[0];
}

static void watch_expect(struct watching *watching, const char *text)
{
    cr_assert(support_expect(watching->out, &watching->heard, &watching->from, text, CONSOLE_WAIT_MS), "%s",
              text);
}

// Each line is an object with a type and an instant.
static void watch_check(const struct watching *watching)
{
    char *text = strdup(watching->heard.text), *rest = NULL;
    size_t lines = 0;
    for (char *line = strtok_r(text, "\n", &rest); line != NULL; line = strtok_r(NULL, "\n", &rest)) {
        cJSON *tree = cJSON_Parse(line);
        cr_assert(cJSON_IsObject(tree), "%s", line);
        cr_expect_not_null(json_text(tree, "type"));
        cr_expect_not_null(strchr(json_text(tree, "at"), 'T'));
        cJSON_Delete(tree);
        lines++;
    }
    cr_expect_gt(lines, 3);
    free(text);
}

static void watch_end(struct watching *watching)
{
    cr_expect_eq(kill(watching->pid, SIGTERM), 0);
    cr_expect_eq(support_wait_exit(watching->pid, SUPPORT_WAIT_MS), 0);
    (void)close(watching->out);
    support_heard_free(&watching->heard);
}

Test(alerts, watch_waits_for_a_server_that_is_away_at_the_start)
{
    struct fixture fixture;
    struct watching watching;
    struct support_heard said = {.text = NULL};
    char listen[64], key[128];
    int ends[2];
    fixture_begin(&fixture, NULL);
    (void)snprintf(listen, sizeof listen, "%s", strstr(fixture.emulator.base_url, "//") + 2);
    (void)snprintf(key, sizeof key, "%s", fixture.emulator.api_key);
    cr_expect_eq(support_emulator_stop(&fixture.emulator), 0);
    cr_assert_eq(pipe2(ends, O_CLOEXEC | O_NONBLOCK), 0);
    watch_begin(&fixture, &watching, ends[1]);
    (void)close(ends[1]);
    cr_assert(support_expect(ends[0], &said, NULL, "watch: retrying until the server answers", 60000));
    const char *const options[] = {"--listen", listen, "--api-key", key, NULL};
    cr_assert(support_emulator_start(&fixture.emulator, options));
    watch_expect(&watching, "\"state\":\"running\"");
    cr_expect(support_expect(ends[0], &said, NULL, "watch: the server answers", CONSOLE_WAIT_MS));
    watch_end(&watching);
    support_heard_free(&said);
    (void)close(ends[0]);
    // A key that is refused will not be taken later either.
    fixture_point_at(&fixture, fixture.emulator.base_url, "l0_another");
    fixture_expect(&fixture, 3, NULL, "check LEAP0_API_KEY, or what api_key_command or api_key_file gives",
                   "watch", NULL);
    fixture_end(&fixture);
}

Test(alerts, watch_tells_what_is_and_then_each_change)
{
    const char *const options[] = {"--fleet", "plain", "--sandboxes", "2", "--ttl", "8", NULL};
    struct fixture fixture;
    struct watching watching;
    char sandbox[64];
    fixture_begin_first(&fixture, options, sandbox, sizeof sandbox);
    watch_begin(&fixture, &watching, -1);
    watch_expect(&watching, "\"state\":\"running\"");
    watch_expect(&watching, "\"state\":\"running\"");
    cJSON *made = fixture_json(&fixture, 0, "access", "create", sandbox, "--json", "--show-password", NULL);
    watch_expect(&watching, "\"type\":\"credential\"");
    watch_expect(&watching, json_text(made, "id"));
    watch_expect(&watching, "\"state\":\"critical\"");
    watch_expect(&watching, "\"alert\":\"critical\",\"clock\":\"credential\"");
    watch_expect(&watching, "\"state\":\"expired\"");
    watch_expect(&watching, "\"alert\":\"expired\"");
    fixture_expect(&fixture, 0, NULL, NULL, "stop", sandbox, NULL);
    watch_expect(&watching, "\"state\":\"stop");
    fixture_expect(&fixture, 0, NULL, NULL, "access", "delete", sandbox, NULL);
    watch_expect(&watching, "\"state\":\"gone\"");
    watch_check(&watching);
    cr_expect(strstr(watching.heard.text, json_text(made, "password")) == NULL);
    cJSON_Delete(made);
    watch_end(&watching);
    fixture_end(&fixture);
}

// Whoever has a credential that still runs is told of the sandbox's end too.
Test(alerts, watch_tells_of_a_time_out_and_names_its_clock)
{
    const char *const options[] = {"--fleet", "plain", "--sandboxes", "1", NULL};
    struct fixture fixture;
    struct watching watching;
    char line[160];
    fixture_begin(&fixture, options);
    fixture_settings(&fixture, "expiring = 105s\n");
    cJSON *made = fixture_json(&fixture, 0, "sandbox", "create", "--timeout", "119", "--json", NULL);
    const char *sandbox = json_text(made, "id");
    fixture_wait_state(&fixture, sandbox, "running");
    watch_begin(&fixture, &watching, -1);
    watch_expect(&watching, "\"timeout_remaining_seconds\":1");
    fixture_expect(&fixture, 0, NULL, NULL, "access", "create", sandbox, NULL);
    (void)snprintf(line, sizeof line,
                   "\"sandbox_id\":\"%s\",\"id\":null,\"alert\":\"expiring\",\"clock\":\"sandbox\"", sandbox);
    watch_expect(&watching, line);
    watch_check(&watching);
    cJSON_Delete(made);
    watch_end(&watching);
    fixture_end(&fixture);
}

Test(alerts, watch_ends_with_its_reader)
{
    const char *const options[] = {"--fleet", "plain", "--sandboxes", "1", NULL};
    struct fixture fixture;
    struct watching watching;
    char sandbox[64];
    fixture_begin_first(&fixture, options, sandbox, sizeof sandbox);
    watch_begin(&fixture, &watching, -1);
    watch_expect(&watching, "\"state\":\"running\"");
    (void)close(watching.out); // the next line finds nobody
    cJSON_Delete(fixture_json(&fixture, 0, "access", "create", sandbox, "--json", NULL));
    cr_expect_eq(support_wait_exit(watching.pid, SUPPORT_WAIT_MS), 128 + SIGPIPE);
    support_heard_free(&watching.heard);
    fixture_end(&fixture);
}

// --- renewal by itself ---

static size_t times(const char *text, const char *part)
{
    size_t count = 0;
    for (const char *at = strstr(text, part); at != NULL; at = strstr(at + 1, part))
        count++;
    return count;
}

Test(alerts, a_marked_sandbox_is_renewed_once_and_the_mark_stays)
{
    const char *const options[] = {"--fleet", "plain", "--sandboxes", "2", "--ttl", "15", NULL};
    struct fixture fixture;
    struct watching watching;
    char sandbox[64];
    fixture_begin_first(&fixture, options, sandbox, sizeof sandbox);
    struct console *console = fixture_console(&fixture, 24, 110, sandbox);
    watch_begin(&fixture, &watching, -1);
    watch_expect(&watching, "\"state\":\"running\"");
    fixture_choose(console, sandbox);
    console_type(console, "a");
    console_wait(console, "auto-renews at two thirds");
    cJSON *made = fixture_json(&fixture, 0, "access", "create", sandbox, "--json", NULL);
    console_wait(console, "Auto-renewed");
    watch_expect(&watching, "\"alert\":\"critical\"");
    watch_expect(&watching, "\"alert\":\"critical\""); // of the new life
    cJSON *now = fixture_json(&fixture, 0, "access", "ls", sandbox, "--json", NULL);
    cr_assert_eq(cJSON_GetArraySize(now), 1);
    cr_expect_str_neq(json_text(cJSON_GetArrayItem(now, 0), "expires_at"), json_text(made, "expires_at"));
    cr_expect_eq(times(watching.heard.text, "\"alert\":\"critical\""), 2, "renewed more than once");
    cr_expect_eq(times(watching.heard.text, "\"alert\":\"expired\""), 0);
    cJSON_Delete(now);
    cJSON_Delete(made);
    watch_end(&watching);
    fixture_quit(console);

    console = fixture_console(&fixture, 40, 140, sandbox);
    fixture_choose(console, sandbox);
    console_type(console, "a");
    console_wait(console, "no longer auto-renewed");
    fixture_quit(console);
    char *file = left_file(&fixture, ".local/state/sbxdeck/renewal");
    cr_expect_str_eq(file, "");
    free(file);
    fixture_end(&fixture);
}

// The setting says all, the file may say no: who knows?
Test(alerts, nothing_is_renewed_while_the_choices_cannot_be_read)
{
    const char *const options[] = {"--fleet", "plain", "--sandboxes", "1", "--ttl", "8", NULL};
    struct fixture fixture;
    char sandbox[64], path[SUPPORT_PATH_CAP + 64];
    fixture_begin(&fixture, options);
    fixture_settings(&fixture, "renew = all\n");
    fixture_first_sandbox(&fixture, sandbox, sizeof sandbox);
    (void)snprintf(path, sizeof path, "%s/.local/state/sbxdeck/renewal", fixture.home);
    cr_assert(support_file_write(path, "fleet of\n"));
    struct console *console = fixture_console(&fixture, 24, 140, sandbox);
    console_wait(console, "Nothing is auto-renewed until this can be read");
    fixture_choose(console, sandbox);
    console_type(console, "n");
    console_wait(console, "critical");
    console_wait(console, "but not until its settings");
    console_wait(console, "expired");
    cr_expect_not(console_ever_wrote(console, "Auto-renewed"));
    fixture_expect(&fixture, 0, "nothing is auto-renewed", NULL, "events", NULL);
    cr_assert(support_file_write(path, "fleet on\n"));
    console_wait(console, "can be read again");
    console_type(console, "r"); // a new life
    console_wait(console, "Regenerate the credential?");
    console_type(console, KEY_TAB KEY_ENTER);
    console_wait(console, "Auto-renewed");
    console_free(console);
    fixture_end(&fixture);
}

Test(alerts, with_a_session_open_it_asks)
{
    const char *const options[] = {"--fleet", "plain", "--sandboxes", "1", "--ttl", "30", NULL};
    struct fixture fixture;
    char sandbox[64], question[128];
    fixture_begin(&fixture, options);
    fixture_settings(&fixture, "renew = all\n");
    fixture_first_sandbox(&fixture, sandbox, sizeof sandbox);
    struct console *console = fixture_console(&fixture, 24, 100, sandbox);
    fixture_choose(console, sandbox);
    console_type(console, "n");
    console_wait(console, "1 valid");
    console_type(console, KEY_ENTER);
    console_wait_match(console, "[$#] *$");
    // It waits in the line, here and in the deck, and what is typed goes to the shell.
    (void)snprintf(question, sizeof question, "Renew %s's credential?", sandbox);
    console_wait(console, question);
    console_run(console, "echo rm -rf $((40 + 2))", "rm -rf 42");
    console_wait(console, question);
    console_type(console, KEY_PREFIX "d");
    console_wait(console, "SANDBOX");
    console_wait(console, question);
    console_wait(console, "Q answers: Renew sbx-");
    console_type(console, "Q");
    console_wait(console, "A session is open with it");
    console_type(console, KEY_ESC); // that is no answer
    console_wait_gone(console, "A session is open with it");
    console_wait(console, question);
    cr_expect_not(console_ever_wrote(console, "Auto-renewed"));
    console_type(console, KEY_ENTER); // back into the session
    console_wait(console, "rm -rf 42");
    console_type(console, KEY_PREFIX "Q");
    console_wait(console, "A session is open with it");
    console_type(console, KEY_TAB KEY_ENTER);
    console_wait(console, "Auto-renewed");
    console_type(console, "exit\r");
    console_free(console);
    fixture_end(&fixture);
}

Test(alerts, a_renewal_without_an_answer_is_not_repeated)
{
    const char *const options[] = {"--fleet",          "plain",   "--sandboxes", "1",          "--ttl", "10",
                                   "--drop-answer-to", "regen:1", "--dialect",   "credential", NULL};
    struct fixture fixture;
    char sandbox[64];
    fixture_begin(&fixture, options);
    fixture_settings(&fixture, "renew = all\n");
    fixture_first_sandbox(&fixture, sandbox, sizeof sandbox);
    struct console *console = fixture_console(&fixture, 24, 110, sandbox);
    cJSON_Delete(fixture_json(&fixture, 0, "access", "create", sandbox, "--json", NULL));
    console_wait(console, "outcome unknown");
    console_wait_gone(console, "outcome unknown"); // longer than what was left of its life
    cr_expect_not(console_ever_wrote(console, "Auto-renewed"));
    console_wait(console, "unknown");
    fixture_leave(&fixture, console);
}

// The line of alerts in the deck: the soonest first, gone to by a key, emptied by another or by a renewal.
Test(alerts, stand_in_the_deck_until_they_are_dismissed_or_renewed)
{
    const char *const options[] = {"--ttl", "100", "--fleet", "plain", "--sandboxes", "2", NULL};
    struct fixture fixture;
    char sandbox[64], line[160], other[64] = "";
    fixture_begin(&fixture, options);
    fixture_settings(&fixture, "expiring = 100%\n"); // from its start
    fixture_first_sandbox(&fixture, sandbox, sizeof sandbox);
    cJSON *list = fixture_json(&fixture, 0, "ls", "--json", NULL);
    for (const cJSON *one = cJSON_GetArrayItem(list, 0); one != NULL; one = one->next)
        if (strcmp(json_text(one, "id"), sandbox) != 0)
            (void)snprintf(other, sizeof other, "%s", json_text(one, "id"));
    cJSON_Delete(list);
    cr_assert_neq(other[0], '\0');
    fixture_expect(&fixture, 0, NULL, NULL, "access", "create", sandbox, NULL);
    struct console *console = fixture_console(&fixture, 24, 100, sandbox);
    (void)snprintf(line, sizeof line, "%s credential 1m", sandbox);
    console_wait(console, line);
    console_wait(console, "! next  A dismiss");
    fixture_expect(&fixture, 0, NULL, NULL, "access", "create", other, NULL);
    (void)snprintf(line, sizeof line, "%s credential 1m", other);
    console_wait(console, line); // another process has made it
    // To each in its turn, also to one that the filter hides.
    console_type(console, "/");
    console_type(console, sandbox);
    console_type(console, KEY_TAB);
    console_wait(console, "1/2");
    console_type(console, "!");
    console_wait_gone(console, "1/2");
    console_type(console, "A");
    console_wait(console, "Alert dismissed");
    console_wait_gone(console, line);
    (void)snprintf(line, sizeof line, "%s credential 1m", sandbox);
    console_wait(console, line);
    console_resize(console, 10, 100); // no room for it there
    console_wait_gone(console, line);
    console_resize(console, 24, 100);
    console_wait(console, line);
    console_type(console, ":alert dismiss all" KEY_ENTER);
    console_wait(console, "1 alert dismissed");
    console_wait_gone(console, "A dismiss");
    console_type(console, "!");
    console_wait(console, "No alert");
    fixture_leave(&fixture, console);
}
