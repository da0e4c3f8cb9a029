// SPDX-License-Identifier: Apache-2.0
//
// The operator's own names, notes and pins, by the real program: given by verbs and in the deck, shown
// wherever a sandbox is, accepted wherever one is named, by several programs at once; what can't be a name is
// refused; nothing of it is sent.

#include "tests/e2e/fixture.h"
#include "tests/e2e/raw_http_client.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { BOXES = 3, NAME_CAP = 64 };

static struct fixture fixture;
static char boxes[BOXES][NAME_CAP];

static void begin(void)
{
    static const char *const options[] = {"--fleet", "plain", "--sandboxes", "3", "--move-ms", "1", NULL};
    fixture_begin(&fixture, options);
    cJSON *list = fixture_json(&fixture, 0, "ls", "--json", NULL);
    for (int i = 0; i < BOXES; i++)
        (void)snprintf(boxes[i], NAME_CAP, "%s", json_text(cJSON_GetArrayItem(list, i), "id"));
    cJSON_Delete(list);
}

static void end(void)
{
    fixture_end(&fixture);
}

TestSuite(names, .init = begin, .fini = end, .timeout = 240);

static void name(const char *sandbox, const char *text)
{
    fixture_expect(&fixture, 0, NULL, NULL, "name", sandbox, text, NULL);
}

static struct support_result import(const char *input, const char *option)
{
    struct support_result result = {0};
    const char *const argv[] = {fixture.program, "names", "import", option, NULL};
    cr_assert(support_run(argv, fixture.environment, input, SUPPORT_WAIT_MS, &result));
    return result;
}

static void expect_import(const char *input, const char *option, int code, const char *told)
{
    struct support_result result = import(input, option);
    cr_expect_eq(result.exit_code, code, "%s: %d %s", input, result.exit_code, result.err);
    cr_expect(strstr(result.out, told) != NULL || strstr(result.err, told) != NULL, "%s: %s%s", input,
              result.out, result.err);
    support_result_free(&result);
}

// --- verbs ---

Test(names, a_name_is_shown_and_taken_by_every_verb)
{
    double before = 0, after = 0;
    cJSON *counts = ask_for(&fixture.emulator, 200, "GET", "/emulator/requests", NULL);
    before = ask_number(counts, "other");
    cJSON_Delete(counts);
    fixture_expect(&fixture, 0, "name DB-test", NULL, "name", boxes[0], "DB-test", NULL);
    fixture_expect(&fixture, 0, "DB-test", NULL, "__complete", "ssh", "DB", NULL);
    fixture_expect(&fixture, 0, "note for Anna", NULL, "note", "db-test", "for Anna", NULL);
    fixture_expect(&fixture, 0, "pinned", NULL, "pin", "db-t", NULL);
    counts = ask_for(&fixture.emulator, 200, "GET", "/emulator/requests", NULL);
    after = ask_number(counts, "other");
    cJSON_Delete(counts);
    cr_expect_eq(before, after);
    fixture_expect(&fixture, 0, "DB-test\n", NULL, "name", boxes[0], NULL);
    fixture_expect(&fixture, 0, "for Anna\n", NULL, "note", "DB-TEST", NULL);
    fixture_expect(&fixture, 0, "DB-test (pinned)", NULL, "ls", NULL);
    cJSON *list = fixture_json(&fixture, 0, "ls", "--json", NULL);
    const cJSON *row = cJSON_GetArrayItem(list, 0);
    cr_expect_str_eq(json_text(row, "id"), boxes[0]);
    cr_expect_str_eq(json_text(row, "name"), "DB-test");
    cr_expect_str_eq(json_text(row, "note"), "for Anna");
    cr_expect(json_true(row, "pinned"));
    cJSON_Delete(list);
    fixture_expect(&fixture, 0, boxes[0], NULL, "access", "create", "db-test", NULL);
    fixture_expect(&fixture, 0, "valid", NULL, "access", "ls", "db-t", NULL);
    fixture_expect(&fixture, 0, "in it\n", NULL, "ssh", "db-test", "echo in it", NULL);
    fixture_expect(&fixture, 0, "hi", NULL, "exec", "name:db-test", "--", "echo", "hi", NULL);
    fixture_expect(&fixture, 0, "DB-test.leap0", NULL, "ssh-config", "db-test", NULL);
    fixture_expect(&fixture, 0, boxes[0], NULL, "stop", "db-test", NULL);
    fixture_expect(&fixture, 0, "not pinned", NULL, "unpin", "db-test", NULL);
    fixture_expect(&fixture, 0, "no name", NULL, "name", "db-test", "", NULL);
    fixture_expect(&fixture, 4, NULL, "no sandbox is named 'db-test'", "start", "db-test", NULL);
}

Test(names, a_whole_name_is_the_only_sandbox_that_a_command_runs_in)
{
    name(boxes[0], "db");
    name(boxes[1], "db-2");
    cJSON *list = fixture_json(&fixture, 0, "exec", "--json", "db", "--", "true", NULL);
    cr_expect_eq(cJSON_GetArraySize(list), 1);
    cr_expect_str_eq(json_text(cJSON_GetArrayItem(list, 0), "sandbox_id"), boxes[0]);
    cr_expect_str_eq(json_text(cJSON_GetArrayItem(list, 0), "name"), "db");
    cJSON_Delete(list);
    fixture_expect(&fixture, 0, "(db-2)", NULL, "exec", "db-2", "--", "echo", "x", NULL);
    // What can't be taken back is done to no other than the one that is named.
    fixture_expect(&fixture, 2, NULL, "only how the name db-2 of", "sandbox", "delete", "db-", "--yes", NULL);
    // It has gone: no other that has the word somewhere takes its place.
    fixture_expect(&fixture, 0, NULL, NULL, "sandbox", "delete", "db", "--yes", NULL);
    struct support_result result = {0};
    for (int i = 0; i < 100; i++) { // until no list names it
        support_result_free(&result);
        result = fixture_run(&fixture, "exec", "db", "--", "true", NULL);
        cr_expect_null(strstr(result.out, "db-2"), "%s", result.out);
        if (strstr(result.err, "(gone)") != NULL)
            break;
    }
    cr_expect_not_null(strstr(result.err, "(gone)"), "%s", result.err);
    cr_expect_neq(result.exit_code, 0);
    support_result_free(&result);
}

Test(names, a_new_sandbox_gets_its_name_or_is_not_made)
{
    name(boxes[0], "web");
    fixture_expect(&fixture, 5, NULL, "is the name of", "sandbox", "create", "--name", "WEB", NULL);
    fixture_expect(&fixture, 2, NULL, "--name", "sandbox", "create", "--name", "a b", NULL);
    cJSON *list = fixture_json(&fixture, 0, "ls", "--json", NULL);
    cr_expect_eq(cJSON_GetArraySize(list), BOXES, "nothing was made");
    cJSON_Delete(list);
    fixture_expect(&fixture, 0, "sandbox", NULL, "sandbox", "create", "--name", "new-one", NULL);
    fixture_expect(&fixture, 0, "new-one\n", NULL, "name", "NEW-ONE", NULL);
}

Test(names, what_cant_be_a_name_is_refused_with_a_way_out)
{
    static const char *const bad[] = {"a b",           "-x",   "a.b",      "sbx-foo", "\x1b[31mred",
                                      "\xe2\x80\xaex", "a\nb", "\xff\xfe", "$(x)",    "../x"};
    char longest[80];
    memset(longest, 'x', sizeof longest);
    longest[64] = '\0';
    name(boxes[0], "web");
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct support_result result = fixture_run(&fixture, "name", boxes[1], bad[i], NULL);
        cr_expect_eq(result.exit_code, 2, "%zu: %d", i, result.exit_code);
        for (const char *at = result.err; *at != '\0'; at++)
            cr_expect((*at >= ' ' && *at < 127) || *at == '\n' || (unsigned char)*at >= 0xa0, "%zu: %s", i,
                      result.err);
        cr_expect_null(strstr(result.err, "\xe2\x80\xae"), "%s", result.err);
        support_result_free(&result);
    }
    fixture_expect(&fixture, 2, NULL, "at most 63", "name", boxes[1], longest, NULL);
    fixture_expect(&fixture, 5, NULL, "is the name of", "name", boxes[1], "WEB", NULL);
    fixture_expect(&fixture, 2, NULL, "control characters", "note", boxes[1], "one\ntwo", NULL);
    fixture_expect(&fixture, 4, NULL, "has no name", "name", boxes[1], NULL);
    // Two begin so: neither is taken, both are named.
    name(boxes[1], "web-2");
    name(boxes[0], "web-1");
    fixture_expect(&fixture, 5, NULL, "web-1", "pin", "web", NULL);
    fixture_expect(&fixture, 5, NULL, "web-2", "pin", "web", NULL);
}

Test(names, a_note_with_foreign_characters_is_shown_harmless)
{
    fixture_expect(&fixture, 0, NULL, NULL, "note", boxes[0],
                   "a\xe2\x80\xae"
                   "b \xc3\xbc",
                   NULL);
    struct support_result result = fixture_run(&fixture, "note", boxes[0], NULL);
    cr_expect_eq(result.exit_code, 0);
    cr_expect_null(strstr(result.out, "\xe2\x80\xae"), "%s", result.out);
    cr_expect_not_null(strstr(result.out, "\xc3\xbc"), "%s", result.out);
    support_result_free(&result);
}

Test(names, they_are_exported_and_imported_as_json_whole_or_not_at_all)
{
    char text[512];
    name(boxes[0], "web");
    fixture_expect(&fixture, 0, NULL, NULL, "note", boxes[1], "a note", NULL);
    struct support_result all = fixture_run(&fixture, "names", "export", NULL);
    cr_assert_eq(all.exit_code, 0);
    expect_import(all.out, NULL, 0, "0 changed");
    name(boxes[0], "shop");
    expect_import(all.out, NULL, 5, "nothing was imported");
    fixture_expect(&fixture, 0, "shop\n", NULL, "name", boxes[0], NULL);
    expect_import(all.out, "--force", 0, "1 changed");
    fixture_expect(&fixture, 0, "web\n", NULL, "name", boxes[0], NULL);
    support_result_free(&all);
    (void)snprintf(text, sizeof text, "[{\"sandbox_id\":\"%s\",\"name\":\"new\"},{\"sandbox_id\":\"x y\"}]",
                   boxes[2]);
    expect_import(text, NULL, 2, "entry 2");
    (void)snprintf(text, sizeof text,
                   "[{\"sandbox_id\":\"%s\",\"name\":\"new\"},{\"sandbox_id\":\"a\",\"name\":\"NEW\"}]",
                   boxes[2]);
    expect_import(text, "--force", 2, "is the name of");
    (void)snprintf(text, sizeof text, "[{\"sandbox_id\":\"%s\",\"note\":\"\\u001b]0;x\\u0007\"}]", boxes[2]);
    expect_import(text, NULL, 2, "control characters");
    (void)snprintf(text, sizeof text, "[{\"sandbox_id\":\"%s\",\"pinned\":\"yes\"}]", boxes[2]);
    expect_import(text, NULL, 2, "pinned is neither true nor false");
    expect_import("{}", NULL, 2, "not an array");
    expect_import("[1]", NULL, 2, "entry 1: not an object");
    expect_import("", NULL, 2, "not JSON");
    fixture_expect(&fixture, 4, NULL, "has no name", "name", boxes[2], NULL);
}

Test(names, of_programs_that_give_one_name_at_once_one_succeeds)
{
    int given = 0;
    pid_t pids[BOXES];
    for (int i = 0; i < BOXES; i++) {
        pids[i] = fork();
        cr_assert(pids[i] >= 0);
        if (pids[i] == 0) {
            struct support_result result = {0};
            const char *const argv[] = {fixture.program, "name", boxes[i], "one", NULL};
            _exit(support_run(argv, fixture.environment, NULL, SUPPORT_WAIT_MS, &result) ? result.exit_code
                                                                                         : 99);
        }
    }
    for (int i = 0; i < BOXES; i++) {
        int status = 0;
        cr_assert(waitpid(pids[i], &status, 0) == pids[i]);
        cr_assert(WIFEXITED(status) && (WEXITSTATUS(status) == 0 || WEXITSTATUS(status) == 5), "%d", status);
        given += WEXITSTATUS(status) == 0;
    }
    cr_expect_eq(given, 1);
}

Test(names, the_log_keeps_the_name_of_a_sandbox_that_is_gone)
{
    name(boxes[0], "web");
    fixture_expect(&fixture, 0, NULL, NULL, "access", "create", "web", NULL);
    fixture_expect(&fixture, 0, NULL, NULL, "sandbox", "delete", "web", "--yes", NULL);
    name(boxes[1], "other");
    struct support_result result = {0};
    for (int i = 0; i < 100; i++) { // until no list names it
        support_result_free(&result);
        result = fixture_run(&fixture, "stop", "web", NULL);
        if (strstr(result.err, "is not in the list") != NULL || strstr(result.err, "web") == NULL)
            break;
    }
    support_result_free(&result);
    fixture_expect(&fixture, 0, "(web)", NULL, "events", "web", NULL);
    cJSON *events = fixture_json(&fixture, 0, "events", "web", "--json", NULL);
    cr_expect_str_eq(json_text(cJSON_GetArrayItem(events, 0), "name"), "web");
    cr_expect_str_eq(json_text(cJSON_GetArrayItem(events, 0), "sandbox_id"), boxes[0]);
    cJSON_Delete(events);
    // Its name is free for another at once.
    name(boxes[1], "web");
    fixture_expect(&fixture, 0, "web\n", NULL, "name", boxes[1], NULL);
}

// --- the console ---

Test(names, they_are_given_in_the_deck_and_shown_wherever_a_sandbox_is)
{
    struct console *console = fixture_console(&fixture, 24, 110, boxes[0]);
    fixture_choose(console, boxes[2]);
    console_type(console, ",");
    console_wait(console, "Only sbxdeck on this machine knows it");
    console_type(console, "db test" KEY_ENTER);
    console_wait(console, "letters, digits");
    console_type(console, KEY_CTRL_U "db-test" KEY_ENTER);
    console_wait(console, "is db-test");
    console_wait(console, "NAME");
    console_type(console, "#");
    console_wait(console, "Note on");
    console_type(console, "for Anna" KEY_ENTER);
    console_wait(console, "is for Anna");
    console_type(console, "b");
    console_wait(console, "Pinned");
    console_type(console, "d");
    console_wait_match(console, "note +for Anna");
    console_wait_match(console, "pinned +");
    console_type(console, KEY_ESC);
    console_type(console, KEY_ESC);
    console_wait(console, boxes[0]);
    // What is pinned stands first.
    const char *screen = console_screen(console);
    cr_expect_lt(strstr(screen, boxes[2]), strstr(screen, boxes[0]), "%s", screen);
    // Found by its name, and connected to.
    fixture_choose(console, "name:db-t");
    console_type(console, KEY_ENTER);
    console_wait_match(console, "[$#] *$");
    console_wait_row(console, 23, "db-test");
    console_type(console, KEY_PREFIX "d");
    console_wait(console, "NAME");
    // A question that ends something says which by name and id.
    console_type(console, "T");
    console_wait(console, "Stops db-test (sbx-");
    console_type(console, KEY_ESC);
    console_wait_gone(console, "Stops db-test");
    console_type(console, "L");
    console_wait_match(console, "connected +ok +db-test");
    console_type(console, "q");
    // Another program takes the name off: shown at once.
    name("db-test", "");
    console_wait_gone(console, "NAME");
    console_type(console, KEY_ESC);
    console_free(console);
}

Test(names, a_name_that_is_anothers_comes_back_in_the_form_with_the_reason)
{
    name(boxes[0], "web");
    struct console *console = fixture_console(&fixture, 24, 110, boxes[0]);
    fixture_choose(console, boxes[1]);
    console_type(console, ",");
    console_wait(console, "Only sbxdeck on this machine knows it");
    console_type(console, "WEB" KEY_ENTER);
    console_wait(console, "is the name of");
    console_wait_match(console, "Name  WEB"); // what was typed; it takes no key that was meant for another
    console_type_until(console, KEY_CTRL_U "shop", "Name  shop");
    console_type(console, KEY_ENTER);
    console_wait(console, "is shop");
    fixture_expect(&fixture, 0, "shop\n", NULL, "name", boxes[1], NULL);
    fixture_quit(console);
}

// The form that shows the name of before must not bring it back.
Test(names, a_form_in_which_nothing_was_changed_changes_nothing)
{
    name(boxes[0], "web");
    struct console *console = fixture_console(&fixture, 24, 110, boxes[0]);
    fixture_choose(console, boxes[0]);
    console_type(console, ",");
    console_wait(console, "Name  web");
    name(boxes[0], "shop");
    console_type(console, KEY_ENTER);
    console_wait_gone(console, "Only sbxdeck on this machine");
    console_type(console, "b"); // behind it in the vault's queue, if there was anything
    console_wait(console, "Pinned");
    fixture_expect(&fixture, 0, "shop\n", NULL, "name", boxes[0], NULL);
    fixture_quit(console);
}

Test(names, they_can_be_given_in_read_only_mode_since_nothing_is_sent)
{
    fixture_variable(&fixture, "SBXDECK_READ_ONLY=yes");
    name(boxes[0], "web");
    fixture_expect(&fixture, 0, "pinned", NULL, "pin", "web", NULL);
    struct console *console = fixture_console(&fixture, 24, 110, "web");
    fixture_choose(console, boxes[1]);
    console_type(console, ",");
    console_wait(console, "Only sbxdeck on this machine knows it");
    console_type(console, "shop" KEY_ENTER);
    console_wait(console, "is shop");
    fixture_quit(console);
}
