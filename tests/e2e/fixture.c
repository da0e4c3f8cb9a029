// SPDX-License-Identifier: Apache-2.0
//
// world: see the header.

#include "tests/e2e/fixture.h"

#include <criterion/criterion.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { ARGUMENTS_MAX = 8, RUN_MS = 60000 };

void world_point_at(struct world *world, const char *base_url, const char *api_key)
{
    size_t count = 0;
    memset(world->environment, 0, sizeof world->environment);
    world->environment[count++] = world->home_variable;
    if (api_key != NULL) {
        (void)snprintf(world->key, sizeof world->key, "LEAP0_API_KEY=%s", api_key);
        world->environment[count++] = world->key;
    }
    if (base_url != NULL) {
        (void)snprintf(world->url, sizeof world->url, "LEAP0_BASE_URL=%s", base_url);
        world->environment[count++] = world->url;
    }
}

void world_begin_without(struct world *world)
{
    memset(world, 0, sizeof *world);
    cr_assert(support_folder_make(world->home), "no folder");
    (void)snprintf(world->home_variable, sizeof world->home_variable, "HOME=%s", world->home);
    support_program("sbxdeck", world->program);
    world_point_at(world, NULL, NULL);
}

void world_begin(struct world *world, const char *const emulator_options[])
{
    world_begin_without(world);
    cr_assert(support_emulator_start(&world->emulator, emulator_options), "the emulator does not start");
    world_point_at(world, world->emulator.base_url, world->emulator.api_key);
}

void world_end(struct world *world)
{
    int code = support_emulator_stop(&world->emulator);
    cr_expect(support_folder_remove(world->home));
    cr_expect_eq(code, 0, "the emulator ended with %d", code);
}

void world_settings(const struct world *world, const char *text)
{
    char path[SUPPORT_PATH_CAP + 64];
    (void)snprintf(path, sizeof path, "%s/.config", world->home);
    cr_assert_eq(mkdir(path, 0700), 0);
    (void)snprintf(path, sizeof path, "%s/.config/sbxdeck", world->home);
    cr_assert_eq(mkdir(path, 0700), 0);
    (void)snprintf(path, sizeof path, "%s/.config/sbxdeck/config", world->home);
    cr_assert(support_file_write(path, text));
}

void world_variable(struct world *world, const char *variable)
{
    size_t count = 0;
    while (world->environment[count] != NULL)
        count++;
    cr_assert_lt(count + 1, sizeof world->environment / sizeof world->environment[0]);
    world->environment[count] = variable;
}

void world_preload(struct world *world, const char *variable)
{
    char library[SUPPORT_PATH_CAP], *whole;
    support_program("libslept.so", library);
    whole = realpath(library, NULL);
    cr_assert_not_null(whole, "%s", library);
    int length = snprintf(world->preload, sizeof world->preload, "LD_PRELOAD=%s", whole);
    free(whole);
    cr_assert_lt((size_t)length, sizeof world->preload);
    world_variable(world, world->preload);
    world_variable(world, variable);
    world_variable(world, "ASAN_OPTIONS=verify_asan_link_order=0");
}

struct console *world_console(struct world *world, int rows, int cols, const char *until)
{
    const char *const argv[] = {world->program, NULL};
    struct console *console = console_start(rows, cols, argv, world->environment);
    console_wait(console, until);
    return console;
}

void world_choose(struct console *console, const char *sandbox)
{
    console_type(console, "/");
    console_type(console, sandbox);
    console_type(console, KEY_TAB); // Enter would connect
    console_wait(console, "1 of ");
    console_wait(console, sandbox);
}

struct console *world_deck(struct world *world, const char *const emulator_options[], int rows, int cols)
{
    char sandbox[64];
    world_begin(world, emulator_options);
    world_first_sandbox(world, sandbox, sizeof sandbox);
    return world_console(world, rows, cols, sandbox);
}

void world_connect(struct console *console, const char *sandbox)
{
    world_choose(console, sandbox);
    console_type(console, KEY_ENTER);
    console_wait_match(console, "[$#] *$");
}

struct console *world_shell(struct world *world, const char *const emulator_options[], int rows, int cols,
                            char *sandbox, size_t cap)
{
    world_begin(world, emulator_options);
    world_first_sandbox(world, sandbox, cap);
    struct console *console = world_console(world, rows, cols, sandbox);
    world_connect(console, sandbox);
    return console;
}

void world_quit(struct console *console)
{
    console_type(console, "q");
    cr_expect_eq(console_wait_exit(console), 0);
    cr_expect(console_terminal_is_whole(console), "the terminal is not as it was");
    console_free(console);
}

void world_leave(struct world *world, struct console *console)
{
    world_quit(console);
    world_end(world);
}

void world_leave_shell(struct world *world, struct console *console)
{
    console_type(console, KEY_PREFIX "x");
    console_wait(console, "SANDBOX");
    world_leave(world, console);
}

static struct support_result run_list(struct world *world, const char *first, va_list list)
{
    const char *argv[ARGUMENTS_MAX + 2] = {world->program};
    struct support_result result;
    size_t count = 1;
    for (const char *next = first; next != NULL && count <= ARGUMENTS_MAX; next = va_arg(list, const char *))
        argv[count++] = next;
    memset(&result, 0, sizeof result);
    cr_assert(support_run(argv, world->environment, NULL, RUN_MS, &result), "%s %s does not end",
              world->program, first);
    return result;
}

struct support_result world_run(struct world *world, const char *first, ...)
{
    va_list list;
    va_start(list, first);
    struct support_result result = run_list(world, first, list);
    va_end(list);
    return result;
}

cJSON *world_json(struct world *world, int exit_code, const char *first, ...)
{
    va_list list;
    va_start(list, first);
    struct support_result result = run_list(world, first, list);
    va_end(list);
    cr_assert_eq(result.exit_code, exit_code, "%s: exit %d instead of %d: %s", first, result.exit_code,
                 exit_code, result.err);
    cJSON *tree = cJSON_Parse(result.out);
    cr_assert_not_null(tree, "%s: not JSON: %s", first, result.out);
    support_result_free(&result);
    return tree;
}

void world_expect(struct world *world, int exit_code, const char *out, const char *err, const char *first,
                  ...)
{
    va_list list;
    va_start(list, first);
    struct support_result result = run_list(world, first, list);
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

void world_first_sandbox(struct world *world, char *id, size_t cap)
{
    cJSON *list = world_json(world, 0, "ls", "--json", NULL);
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

struct wanted_state {
    struct world *world;
    const char *sandbox, *state;
};

static bool is_in_state(void *ctx)
{
    const struct wanted_state *wanted = ctx;
    cJSON *list = world_json(wanted->world, 0, "ls", "--json", NULL);
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

void world_wait_state(struct world *world, const char *sandbox, const char *state)
{
    struct wanted_state wanted = {world, sandbox, state};
    cr_assert(support_wait_until(is_in_state, &wanted, SUPPORT_WAIT_MS), "%s is never %s", sandbox, state);
}

void world_password(struct world *world, const char *sandbox, char *out, size_t cap)
{
    cJSON *list = world_json(world, 0, "access", "ls", sandbox, "--json", "--show-password", NULL);
    cr_assert_eq(cJSON_GetArraySize(list), 1);
    (void)snprintf(out, cap, "%s", json_text(cJSON_GetArrayItem(list, 0), "password"));
    cJSON_Delete(list);
}

struct replaced_password {
    struct world *world;
    const char *sandbox, *before;
    char now[256];
};

static bool is_another(void *ctx)
{
    struct replaced_password *replaced = ctx;
    world_password(replaced->world, replaced->sandbox, replaced->now, sizeof replaced->now);
    return strcmp(replaced->now, replaced->before) != 0;
}

void world_wait_other_password(struct world *world, const char *sandbox, char *before, size_t cap)
{
    struct replaced_password replaced = {world, sandbox, before, ""};
    cr_assert(support_wait_until(is_another, &replaced, SUPPORT_WAIT_MS), "%s keeps its password", sandbox);
    (void)snprintf(before, cap, "%s", replaced.now);
}
