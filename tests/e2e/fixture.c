// SPDX-License-Identifier: Apache-2.0
//
// fixture: Start the emulator and run the program, with a home of its own.

#include "tests/e2e/fixture.h"

#include <criterion/criterion.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { ARGUMENTS_MAX = 8, RUN_MS = 60000 };

void fixture_point_at(struct fixture *fixture, const char *base_url, const char *api_key)
{
    size_t count = 0;
    memset(fixture->environment, 0, sizeof fixture->environment);
    fixture->environment[count++] = fixture->home_variable;
    if (api_key != NULL) {
        (void)snprintf(fixture->key, sizeof fixture->key, "LEAP0_API_KEY=%s", api_key);
        fixture->environment[count++] = fixture->key;
    }
    if (base_url != NULL) {
        (void)snprintf(fixture->url, sizeof fixture->url, "LEAP0_BASE_URL=%s", base_url);
        fixture->environment[count++] = fixture->url;
    }
}

void fixture_begin_without(struct fixture *fixture)
{
    memset(fixture, 0, sizeof *fixture);
    cr_assert(support_folder_make(fixture->home), "no folder");
    (void)snprintf(fixture->home_variable, sizeof fixture->home_variable, "HOME=%s", fixture->home);
    support_program("sbxdeck", fixture->program);
    fixture_point_at(fixture, NULL, NULL);
}

void fixture_begin(struct fixture *fixture, const char *const emulator_options[])
{
    fixture_begin_without(fixture);
    cr_assert(support_emulator_start(&fixture->emulator, emulator_options), "the emulator does not start");
    fixture_point_at(fixture, fixture->emulator.base_url, fixture->emulator.api_key);
}

void fixture_end(struct fixture *fixture)
{
    int code = support_emulator_stop(&fixture->emulator);
    cr_expect(support_folder_remove(fixture->home));
    cr_expect_eq(code, 0, "the emulator ended with %d", code);
}

void fixture_settings(const struct fixture *fixture, const char *text)
{
    char path[SUPPORT_PATH_CAP + 64];
    (void)snprintf(path, sizeof path, "%s/.config", fixture->home);
    cr_assert_eq(mkdir(path, 0700), 0);
    (void)snprintf(path, sizeof path, "%s/.config/sbxdeck", fixture->home);
    cr_assert_eq(mkdir(path, 0700), 0);
    (void)snprintf(path, sizeof path, "%s/.config/sbxdeck/config", fixture->home);
    cr_assert(support_file_write(path, text));
}

void fixture_variable(struct fixture *fixture, const char *variable)
{
    size_t count = 0;
    while (fixture->environment[count] != NULL)
        count++;
    cr_assert_lt(count + 1, sizeof fixture->environment / sizeof fixture->environment[0]);
    fixture->environment[count] = variable;
}

void fixture_preload(struct fixture *fixture, const char *variable)
{
    char library[SUPPORT_PATH_CAP], *whole;
    support_program("libslept.so", library);
    whole = realpath(library, NULL);
    cr_assert_not_null(whole, "%s", library);
    int length = snprintf(fixture->preload, sizeof fixture->preload, "LD_PRELOAD=%s", whole);
    free(whole);
    cr_assert_lt((size_t)length, sizeof fixture->preload);
    fixture_variable(fixture, fixture->preload);
    fixture_variable(fixture, variable);
    fixture_variable(fixture, "ASAN_OPTIONS=verify_asan_link_order=0");
}

struct console *fixture_console(struct fixture *fixture, int rows, int cols, const char *until)
{
    const char *const argv[] = {fixture->program, NULL};
    struct console *console = console_start(rows, cols, argv, fixture->environment);
    console_wait(console, until);
    return console;
}

void fixture_choose(struct console *console, const char *sandbox)
{
    console_type(console, "/");
    console_type(console, sandbox);
    console_type(console, KEY_TAB); // Enter would connect
    console_wait(console, " 1/");
    console_wait(console, sandbox);
}

struct console *fixture_deck(struct fixture *fixture, const char *const emulator_options[], int rows,
                             int cols)
{
    char sandbox[64];
    fixture_begin_first(fixture, emulator_options, sandbox, sizeof sandbox);
    return fixture_console(fixture, rows, cols, sandbox);
}

void fixture_connect(struct console *console, const char *sandbox)
{
    fixture_choose(console, sandbox);
    console_type(console, KEY_ENTER);
    console_wait_match(console, "[$#] *$");
}

struct console *fixture_shell(struct fixture *fixture, const char *const emulator_options[], int rows,
                              int cols, char *sandbox, size_t cap)
{
    fixture_begin_first(fixture, emulator_options, sandbox, cap);
    struct console *console = fixture_console(fixture, rows, cols, sandbox);
    fixture_connect(console, sandbox);
    return console;
}

void fixture_second_shell(struct console *console)
{
    console_run(console, "printf 'in %s\\n' one", "in one");
    console_type(console, KEY_PREFIX "c");
    console_wait_gone(console, "in one");
    console_wait_match(console, "^ 0 .* 1 ");
    console_wait_match(console, "[$#] *$");
    console_run(console, "printf 'in %s\\n' two", "in two");
}

void fixture_wait_quit(struct console *console)
{
    cr_expect_eq(console_wait_exit(console), 0);
    cr_expect(console_terminal_is_whole(console), "the terminal is not as it was");
    console_free(console);
}

void fixture_quit(struct console *console)
{
    console_type(console, "q");
    fixture_wait_quit(console);
}

void fixture_leave(struct fixture *fixture, struct console *console)
{
    fixture_quit(console);
    fixture_end(fixture);
}

void fixture_leave_shell(struct fixture *fixture, struct console *console)
{
    console_type(console, KEY_PREFIX "x");
    console_wait(console, "SANDBOX");
    fixture_leave(fixture, console);
}

static struct support_result run_list(struct fixture *fixture, const char *first, va_list list)
{
    const char *argv[ARGUMENTS_MAX + 2] = {fixture->program};
    struct support_result result;
    size_t count = 1;
    for (const char *next = first; next != NULL && count <= ARGUMENTS_MAX; next = va_arg(list, const char *))
        argv[count++] = next;
    memset(&result, 0, sizeof result);
    cr_assert(support_run(argv, fixture->environment, NULL, RUN_MS, &result), "%s %s does not end",
              fixture->program, first);
    return result;
}

struct support_result fixture_run(struct fixture *fixture, const char *first, ...)
{
    va_list list;
    va_start(list, first);
    struct support_result result = run_list(fixture, first, list);
    va_end(list);
    return result;
}

cJSON *fixture_json(struct fixture *fixture, int exit_code, const char *first, ...)
{
    va_list list;
    va_start(list, first);
    struct support_result result = run_list(fixture, first, list);
    va_end(list);
    cr_assert_eq(result.exit_code, exit_code, "%s: exit %d instead of %d: %s", first, result.exit_code,
                 exit_code, result.err);
    cJSON *tree = cJSON_Parse(result.out);
    cr_assert_not_null(tree, "%s: not JSON: %s", first, result.out);
    support_result_free(&result);
    return tree;
}

void fixture_expect(struct fixture *fixture, int exit_code, const char *out, const char *err,
                    const char *first, ...)
{
    va_list list;
    va_start(list, first);
    struct support_result result = run_list(fixture, first, list);
    va_end(list);
    cr_expect_eq(result.exit_code, exit_code, "%s: exit %d instead of %d\n%s%s", first, result.exit_code,
                 exit_code, result.out, result.err);
    if (out != NULL)
        cr_expect(strstr(result.out, out) != NULL, "%s: no '%s' in: %s", first, out, result.out);
    if (err != NULL)
        cr_expect(strstr(result.err, err) != NULL, "%s: no '%s' in: %s", first, err, result.err);
    support_result_free(&result);
}

const char *json_text(const cJSON *object, const char *name)
{
    const cJSON *member = cJSON_GetObjectItemCaseSensitive(object, name);
    cr_assert(cJSON_IsString(member), "no text '%s'", name);
    return member->valuestring;
}

double json_number(const cJSON *object, const char *name)
{
    const cJSON *member = cJSON_GetObjectItemCaseSensitive(object, name);
    cr_assert(cJSON_IsNumber(member), "no number '%s'", name);
    return member->valuedouble;
}

bool json_true(const cJSON *object, const char *name)
{
    const cJSON *member = cJSON_GetObjectItemCaseSensitive(object, name);
    cr_assert(cJSON_IsBool(member), "no truth '%s'", name);
    return cJSON_IsTrue(member);
}

void fixture_first_sandbox(struct fixture *fixture, char *id, size_t cap)
{
    cJSON *list = fixture_json(fixture, 0, "ls", "--json", NULL);
    const cJSON *sandbox = NULL;
    id[0] = '\0';
    cJSON_ArrayForEach(sandbox, list)
    {
        if (strcmp(json_text(sandbox, "state"), "running") == 0) {
            (void)snprintf(id, cap, "%s", json_text(sandbox, "id"));
            break;
        }
    }
    cJSON_Delete(list);
    cr_assert_neq(id[0], '\0', "no sandbox runs");
}

void fixture_begin_first(struct fixture *fixture, const char *const emulator_options[], char *sandbox,
                         size_t cap)
{
    fixture_begin(fixture, emulator_options);
    fixture_first_sandbox(fixture, sandbox, cap);
}

struct wanted_state {
    struct fixture *fixture;
    const char *sandbox, *state;
};

static bool is_in_state(void *ctx)
{
    const struct wanted_state *wanted = ctx;
    cJSON *list = fixture_json(wanted->fixture, 0, "ls", "--json", NULL);
    const cJSON *sandbox = NULL;
    bool found = false;
    cJSON_ArrayForEach(sandbox, list)
    {
        found = found || (strcmp(json_text(sandbox, "id"), wanted->sandbox) == 0 &&
                          strcmp(json_text(sandbox, "state"), wanted->state) == 0);
    }
    cJSON_Delete(list);
    return found;
}

void fixture_wait_state(struct fixture *fixture, const char *sandbox, const char *state)
{
    struct wanted_state wanted = {fixture, sandbox, state};
    cr_assert(support_wait_until(is_in_state, &wanted, SUPPORT_WAIT_MS), "%s is never %s", sandbox, state);
}

void fixture_password(struct fixture *fixture, const char *sandbox, char *out, size_t cap)
{
    cJSON *list = fixture_json(fixture, 0, "access", "ls", sandbox, "--json", "--show-password", NULL);
    cr_assert_eq(cJSON_GetArraySize(list), 1);
    (void)snprintf(out, cap, "%s", json_text(cJSON_GetArrayItem(list, 0), "password"));
    cJSON_Delete(list);
}

struct replaced_password {
    struct fixture *fixture;
    const char *sandbox, *before;
    char now[256];
};

static bool is_another(void *ctx)
{
    struct replaced_password *replaced = ctx;
    fixture_password(replaced->fixture, replaced->sandbox, replaced->now, sizeof replaced->now);
    return strcmp(replaced->now, replaced->before) != 0;
}

void fixture_wait_other_password(struct fixture *fixture, const char *sandbox, char *before, size_t cap)
{
    struct replaced_password replaced = {fixture, sandbox, before, ""};
    cr_assert(support_wait_until(is_another, &replaced, SUPPORT_WAIT_MS), "%s keeps its password", sandbox);
    (void)snprintf(before, cap, "%s", replaced.now);
}
