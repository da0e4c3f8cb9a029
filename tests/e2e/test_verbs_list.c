// SPDX-License-Identifier: Apache-2.0
//
// The lists that are printed: as wide as there is room, and with a way out for what is not known.

#include "tests/e2e/fixture.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static size_t widest(const char *text)
{
    size_t most = 0;
    while (*text != '\0') {
        size_t length = strcspn(text, "\n"); // ASCII, as the emulator's sandboxes are
        most = length > most ? length : most;
        text += length + (text[length] == '\n' ? 1 : 0);
    }
    return most;
}

// The list as it is with COLUMNS set to that; NULL: not set.
static struct support_result list(struct fixture *fixture, const char *columns)
{
    struct support_result result = {0};
    char variable[32];
    const char *environment[10];
    const char *const argv[] = {fixture->program, "ls", NULL};
    size_t count = 0;
    for (; fixture->environment[count] != NULL; count++)
        environment[count] = fixture->environment[count];
    (void)snprintf(variable, sizeof variable, "COLUMNS=%s", columns != NULL ? columns : "");
    environment[count++] = variable;
    environment[count] = NULL;
    cr_assert(support_run(argv, environment, NULL, SUPPORT_WAIT_MS, &result));
    cr_assert_eq(result.exit_code, 0, "%s", result.err);
    return result;
}

Test(verbs_list, the_least_needed_columns_go_where_there_is_no_room)
{
    static const struct {
        const char *columns;
        const char *there, *gone;
    } widths[] = {
        {NULL, "TEMPLATE", NULL},   {"200", "TEMPLATE", NULL},       {"90", "CREDENTIAL ID", "TEMPLATE"},
        {"80", "LEFT", "TEMPLATE"}, {"50", "LEFT", "CREDENTIAL ID"}, {"junk", "TEMPLATE", NULL},
    };
    struct fixture fixture;
    char sandbox[64];
    fixture_begin_first(&fixture, NULL, sandbox, sizeof sandbox);
    fixture_expect(&fixture, 0, NULL, NULL, "access", "create", sandbox, NULL);
    for (size_t i = 0; i < sizeof widths / sizeof widths[0]; i++) {
        struct support_result result = list(&fixture, widths[i].columns);
        int room = widths[i].columns != NULL ? atoi(widths[i].columns) : 0;
        cr_expect(room == 0 || widest(result.out) <= (size_t)room, "%zu columns in %d:\n%s",
                  widest(result.out), room, result.out);
        cr_expect_not_null(strstr(result.out, widths[i].there), "%s:\n%s", widths[i].there, result.out);
        cr_expect_not_null(strstr(result.out, sandbox));
        if (widths[i].gone != NULL)
            cr_expect_null(strstr(result.out, widths[i].gone), "%s:\n%s", widths[i].gone, result.out);
        support_result_free(&result);
    }
    fixture_end(&fixture);
}

Test(verbs_list, a_terminals_width_counts)
{
    struct fixture fixture;
    struct support_heard heard = {.text = NULL};
    int master = -1;
    size_t from = 0;
    char sandbox[64];
    fixture_begin_first(&fixture, NULL, sandbox, sizeof sandbox);
    fixture_expect(&fixture, 0, NULL, NULL, "access", "create", sandbox, NULL);
    const char *const argv[] = {fixture.program, "ls", NULL};
    pid_t pid = support_pty_spawn(argv, fixture.environment, false, 24, 80, &master, NULL);
    cr_assert_gt(pid, 0);
    cr_assert(support_expect(master, &heard, &from, "LEFT", SUPPORT_WAIT_MS));
    cr_expect(support_expect(master, &heard, NULL, NULL, SUPPORT_WAIT_MS));
    cr_expect_eq(support_wait_exit(pid, SUPPORT_WAIT_MS), 0);
    cr_expect_null(strstr(heard.text, "TEMPLATE"), "%s", heard.text);
    cr_expect_leq(widest(heard.text), 81, "with the carriage return:\n%s", heard.text);
    support_heard_free(&heard);
    (void)close(master);
    fixture_end(&fixture);
}

Test(verbs_list, what_is_not_known_names_the_way_out)
{
    const char *const options[] = {"--drop-answer-to", "create:1", NULL};
    struct fixture fixture;
    char sandbox[64], way_out[128];
    fixture_begin_first(&fixture, options, sandbox, sizeof sandbox);
    (void)snprintf(way_out, sizeof way_out, "sbxdeck access regen %s", sandbox);
    fixture_expect(&fixture, 7, NULL, way_out, "access", "create", sandbox, NULL);
    fixture_expect(&fixture, 0, "unknown", way_out, "ls", NULL);
    fixture_expect(&fixture, 0, "unknown", way_out, "access", "ls", sandbox, "--json", NULL);
    fixture_expect(&fixture, 8, NULL, "sbxdeck access regen", "access", "validate", sandbox, NULL);
    fixture_expect(&fixture, 7, NULL, "sbxdeck access regen", "ssh", sandbox, "true", NULL);
    fixture_expect(&fixture, 0, "a response was lost", NULL, "access", "needs-renewal", sandbox, NULL);
    fixture_end(&fixture);
}

Test(verbs_list, where_a_sandbox_has_several_another_create_is_the_way_out)
{
    static const char way_out[] = "or access create where a sandbox";
    const char *const options[] = {"--dialect", "credential", "--drop-answer-to", "create:1", NULL};
    struct fixture fixture;
    char sandbox[64];
    fixture_begin_first(&fixture, options, sandbox, sizeof sandbox);
    fixture_expect(&fixture, 7, NULL, way_out, "access", "create", sandbox, NULL);
    fixture_expect(&fixture, 0, "unknown", way_out, "access", "ls", sandbox, NULL);
    fixture_expect(&fixture, 8, NULL, way_out, "access", "validate", sandbox, NULL);
    fixture_expect(&fixture, 7, NULL, way_out, "ssh", sandbox, "true", NULL);
    fixture_expect(&fixture, 7, NULL, "the id of the credential is not known", "access", "delete", sandbox,
                   NULL);
    fixture_expect(&fixture, 8, NULL, "sbxdeck access create", "access", "regen", sandbox, NULL);
    fixture_expect(&fixture, 0, NULL, NULL, "access", "create", sandbox, NULL);
    fixture_expect(&fixture, 0, NULL, NULL, "ssh", sandbox, "true", NULL);
    fixture_end(&fixture);
}

// Standard error has that many lines.
static void expect_lines(const struct support_result *result, size_t count)
{
    size_t lines = 0;
    for (const char *at = result->err; *at != '\0'; at++)
        lines += *at == '\n';
    cr_expect_eq(lines, count, "%zu lines: %s", lines, result->err);
}

static void nowhere_to_write(struct fixture *fixture)
{
    (void)snprintf(fixture->home_variable, sizeof fixture->home_variable, "HOME=/dev/null");
}

Test(verbs_list, without_a_writable_home_what_needs_no_vault_works)
{
    struct fixture fixture;
    char sandbox[64], home[sizeof fixture.home_variable];
    fixture_begin_first(&fixture, NULL, sandbox, sizeof sandbox);
    memcpy(home, fixture.home_variable, sizeof home);
    nowhere_to_write(&fixture);
    struct support_result result = fixture_run(&fixture, "ls", NULL);
    cr_expect_eq(result.exit_code, 0, "%s", result.err);
    cr_expect_not_null(strstr(result.out, sandbox));
    cr_expect_not_null(strstr(result.err, "continuing without it"), "%s", result.err);
    expect_lines(&result, 1);
    support_result_free(&result);
    fixture_expect(&fixture, 0, "there\n", "continuing without it", "ssh", sandbox, "echo", "there", NULL);
    fixture_expect(&fixture, 8, NULL, "no credential of", "access", "validate", sandbox, NULL);
    fixture_expect(&fixture, 0, NULL, NULL, "sandbox", "create", NULL);
    fixture_expect(&fixture, 0, sandbox, "continuing without it", "stop", sandbox, NULL);
    // These would lose what they make, or say what they can't know.
    fixture_expect(&fixture, 1, NULL, "sbxdeck: vault: ", "access", "create", sandbox, NULL);
    fixture_expect(&fixture, 9, NULL, "sbxdeck: vault: ", "access", "needs-renewal", sandbox, NULL);
    fixture_expect(&fixture, 1, NULL, "sbxdeck: vault: ", "access", "revoke-all", "--yes", NULL);
    memcpy(fixture.home_variable, home, sizeof home);
    fixture_end(&fixture);
}

Test(verbs_list, a_vault_that_cant_be_read_is_not_passed_over)
{
    struct fixture fixture;
    char sandbox[64], command[2 * SUPPORT_PATH_CAP];
    fixture_begin_first(&fixture, NULL, sandbox, sizeof sandbox);
    fixture_expect(&fixture, 0, NULL, NULL, "access", "create", sandbox, NULL);
    (void)snprintf(command, sizeof command, "%s/.local/state/sbxdeck/vault.db", fixture.home);
    cr_assert_eq(chmod(command, 0644), 0);
    // It may have the very credential that would be made a second time.
    fixture_expect(&fixture, 1, NULL, "chmod 600", "ssh", sandbox, "true", NULL);
    fixture_expect(&fixture, 0, sandbox, "chmod 600", "ls", NULL);
    fixture_end(&fixture);
}

Test(verbs_list, a_password_turns_no_line_around)
{
    struct fixture fixture;
    struct support_result result = {0};
    char sandbox[64], access[256];
    fixture_begin_first(&fixture, NULL, sandbox, sizeof sandbox);
    const char *const argv[] = {fixture.program, "access", "import", sandbox, NULL};
    (void)snprintf(access, sizeof access,
                   "{\"id\":\"ssh-0123456789abcdef\",\"sandbox_id\":\"%s\",\"password\":\"one\\u202etwo\"}",
                   sandbox);
    cr_assert(support_run(argv, fixture.environment, access, SUPPORT_WAIT_MS, &result));
    cr_assert_eq(result.exit_code, 8, "kept, and the server does not know it: %s", result.err);
    support_result_free(&result);
    result = fixture_run(&fixture, "access", "ls", sandbox, "--show-password", NULL);
    cr_expect_eq(result.exit_code, 0);
    cr_expect_not_null(strstr(result.out, "password one"), "%s", result.out);
    cr_expect_null(strstr(result.out, "\xe2\x80\xae"), "%s", result.out);
    cr_expect_not_null(strstr(result.err, "characters that are not shown"), "%s", result.err);
    support_result_free(&result);
    // A script gets it as it is.
    fixture_expect(&fixture, 0, "one\\u202etwo", NULL, "access", "ls", sandbox, "--json", "--show-password",
                   NULL);
    fixture_end(&fixture);
}

// --- many ---

// Ids are unique.
static void expect_many(const cJSON *list, int count)
{
    const cJSON *one = NULL, *before = NULL;
    cr_expect_eq(cJSON_GetArraySize(list), count);
    cJSON_ArrayForEach(one, list)
    {
        cr_assert(cJSON_IsArray(cJSON_GetObjectItemCaseSensitive(one, "access")));
        cr_assert(before == NULL || strcmp(json_text(before, "id"), json_text(one, "id")) != 0);
        before = one;
    }
}

Test(verbs_list, a_list_of_many_pages_is_whole_and_in_the_servers_order)
{
    const char *const options[] = {"--fleet", "plain", "--sandboxes", "2345", NULL};
    struct fixture fixture;
    fixture_begin(&fixture, options);
    cJSON *list = fixture_json(&fixture, 0, "ls", "--json", NULL);
    expect_many(list, 2345);
    struct support_result result = fixture_run(&fixture, "ls", NULL);
    const char *line = strchr(result.out, '\n');
    size_t width = strcspn(result.out, "\n"), lines = 0;
    const cJSON *one = NULL;
    cJSON_ArrayForEach(one, list)
    {
        cr_assert(line != NULL && line[1] != '\0', "only %zu lines", lines);
        const char *id = json_text(one, "id");
        cr_assert_eq(strncmp(line + 1, id, strlen(id)), 0, "line %zu is not %s", lines, id);
        cr_assert_leq(strcspn(line + 1, "\n"), width + 24, "its columns stand under their titles");
        line = strchr(line + 1, '\n');
        lines++;
    }
    cr_expect_str_eq(line, "\n");
    support_result_free(&result);
    cJSON_Delete(list);
    fixture_end(&fixture);
}

Test(verbs_list, a_reader_that_goes_away_early_ends_it)
{
    const char *const options[] = {"--fleet", "plain", "--sandboxes", "3000", NULL};
    struct fixture fixture;
    struct support_result result = {0};
    char command[SUPPORT_PATH_CAP + 64];
    fixture_begin(&fixture, options);
    (void)snprintf(command, sizeof command, "%s ls --json | head -c 20 | head -1", fixture.program);
    const char *const argv[] = {"sh", "-c", command, NULL};
    cr_assert(support_run(argv, fixture.environment, NULL, SUPPORT_WAIT_MS, &result));
    cr_expect_eq(strncmp(result.out, "[{", 2), 0, "%s", result.out);
    support_result_free(&result);
    fixture_end(&fixture);
}

// What changes at the server while the console runs is shown, whatever did not change beside it.
Test(verbs_list, a_change_among_many_is_seen_by_the_next_list)
{
    const char *const options[] = {"--fleet", "plain", "--sandboxes", "250", "--move-ms", "0", NULL};
    struct fixture fixture;
    struct console *console = fixture_deck(&fixture, options, 24, 100);
    console_wait(console, "250 sandboxes");
    cJSON *list = fixture_json(&fixture, 0, "ls", "--json", NULL);
    const char *last = json_text(cJSON_GetArrayItem(list, 249), "id");
    const char *first = json_text(cJSON_GetArrayItem(list, 0), "id");
    fixture_expect(&fixture, 0, NULL, NULL, "stop", last, NULL);
    fixture_expect(&fixture, 0, NULL, NULL, "sandbox", "delete", first, "--yes", NULL);
    console_wait(console, "249 sandboxes");
    console_wait(console, "1 stopped");
    fixture_leave(&fixture, console);
    cJSON_Delete(list);
}
