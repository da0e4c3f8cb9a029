// SPDX-License-Identifier: Apache-2.0
//
// Read-only mode: every verb and every command is tried on sandboxes in all states, and the emulator counts
// that nothing came that changes anything. What is there can still be connected to.

#include "tests/e2e/fixture.h"
#include "tests/e2e/raw_http_client.h"
#include "views/command/commands.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { BOXES = 4, WORDS_MAX = 12, NAME_CAP = 64 };
enum { RUNS, BARE, PAUSED, STOPPED }; // with a credential; without; at rest, with one

static struct fixture fixture;
static char boxes[BOXES][NAME_CAP];

static double changes(void)
{
    static const char *const kinds[] = {"new",    "start",  "stop",  "pause",  "wake",
                                        "remove", "create", "regen", "delete", "other"};
    cJSON *counts = ask_for(&fixture.emulator, 200, "GET", "/emulator/requests", NULL);
    double sum = 0;
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
        sum += ask_number(counts, kinds[i]);
    cJSON_Delete(counts);
    return sum;
}

static void begin(void)
{
    static const char *const options[] = {"--fleet", "plain", "--sandboxes", "4", "--move-ms", "1", NULL};
    const cJSON *row = NULL;
    size_t count = 0;
    fixture_begin(&fixture, options);
    cJSON *list = fixture_json(&fixture, 0, "ls", "--json", NULL);
    cJSON_ArrayForEach(row, list)
    {
        cr_assert_lt(count, (size_t)BOXES);
        (void)snprintf(boxes[count++], NAME_CAP, "%s", json_text(row, "id"));
    }
    cJSON_Delete(list);
    cr_assert_eq(count, (size_t)BOXES);
    for (size_t i = 0; i < BOXES; i++)
        if (i != BARE)
            fixture_expect(&fixture, 0, NULL, NULL, "access", "create", boxes[i], NULL);
    fixture_expect(&fixture, 0, NULL, NULL, "pause", boxes[PAUSED], NULL);
    fixture_expect(&fixture, 0, NULL, NULL, "stop", boxes[STOPPED], NULL);
    fixture_wait_state(&fixture, boxes[PAUSED], "paused");
    fixture_wait_state(&fixture, boxes[STOPPED], "stopped");
}

static void end(void)
{
    fixture_end(&fixture);
}

TestSuite(read_only, .init = begin, .fini = end);

// --- the verbs, as the program lists them --------------------------------------------------

static const char *value_of(const char *word, const char *box)
{
    static const struct {
        const char *word, *value;
    } values[] = {{"FILTER", "sbx"},
                  {"COMMAND...", "true"},
                  {"[COMMAND...]", "true"},
                  {"FILE", "/dev/null"},
                  {"[LOCAL:][HOST:]PORT...", ":80"}};
    if (strcmp(word, "SANDBOX") == 0 || strcmp(word, "[SANDBOX]") == 0 || strcmp(word, "NAME") == 0)
        return box;
    for (size_t i = 0; i < sizeof values / sizeof values[0]; i++)
        if (strcmp(values[i].word, word) == 0)
            return values[i].value;
    return word;
}

// A verb that stays is ended after a while: it has asked for all that it wants by then.
static int run_verb(const char *usage, const char *box)
{
    char copy[256], *rest = copy;
    const char *argv[WORDS_MAX] = {"timeout", "4", fixture.program};
    size_t count = 3;
    struct support_result result = {0};
    (void)snprintf(copy, sizeof copy, "%s", usage);
    for (char *word = NULL; (word = strsep(&rest, " ")) != NULL && count + 1 < WORDS_MAX;)
        argv[count++] = value_of(word, box);
    cr_assert(support_run(argv, fixture.environment, "", 60000, &result), "%s", usage);
    int code = result.exit_code;
    if (code == 10)
        cr_expect_not_null(strstr(result.err, "read-only"), "%s: %s", usage, result.err);
    support_result_free(&result);
    return code;
}

static bool only_changes(const char *usage)
{
    static const char *const verbs[] = {
        "access create",  "access regen",   "access delete", "access revoke-all",
        "sandbox create", "sandbox delete", "start",         "stop",
        "pause"};
    for (size_t i = 0; i < sizeof verbs / sizeof verbs[0]; i++) {
        size_t length = strlen(verbs[i]);
        if (strncmp(usage, verbs[i], length) == 0 && (usage[length] == ' ' || usage[length] == '\0'))
            return true;
    }
    return false;
}

Test(read_only, no_verb_sends_what_changes_anything, .timeout = 300)
{
    struct support_result table = fixture_run(&fixture, "--docs", "verbs", NULL);
    double before = changes();
    size_t tried = 0;
    fixture_variable(&fixture, "SBXDECK_READ_ONLY=yes");
    char *rest = table.out;
    for (char *line = NULL; (line = strsep(&rest, "\n")) != NULL;) {
        char *usage = strchr(line, '`'), *stop = usage != NULL ? strchr(++usage, '`') : NULL;
        if (stop == NULL)
            continue;
        *stop = '\0';
        if (strcmp(usage, "demo") == 0) // has an emulator of its own
            continue;
        tried++;
        bool of_box = strstr(usage, "SANDBOX") != NULL || strstr(usage, "NAME") != NULL;
        for (size_t i = 0; i < (of_box ? BOXES : 1); i++) {
            int code = run_verb(usage, boxes[i]);
            cr_expect_eq(code == 10 && only_changes(usage), only_changes(usage), "%s: %d", usage, code);
            cr_expect_eq(changes(), before, "%s on %s", usage, boxes[i]);
        }
    }
    cr_expect_geq(tried, 20U);
    support_result_free(&table);
}

Test(read_only, each_way_to_turn_it_on_refuses_by_name)
{
    double before = changes();
    fixture_expect(&fixture, 10, "", "access create: not in read-only mode (start without --read-only",
                   "--read-only", "access", "create", boxes[BARE], NULL);
    fixture_expect(&fixture, 10, "", "start: not in read-only mode", "start", "--read-only", boxes[STOPPED],
                   NULL);
    fixture_expect(&fixture, 10, "", "ssh: --new: not in read-only mode", "--read-only", "ssh", "--new",
                   NULL);
    fixture_expect(&fixture, 10, "", "exec: --wake: not in read-only mode", "--read-only", "exec", "--wake",
                   "sbx", "--", "true", NULL);
    fixture_expect(&fixture, 10, "", "no waking in read-only mode", "--read-only", "ssh", boxes[PAUSED],
                   "true", NULL);
    fixture_expect(&fixture, 10, "", "no creating in read-only mode", "--read-only", "ssh", boxes[BARE],
                   "true", NULL);
    fixture_settings(&fixture, "read_only = yes\n");
    fixture_expect(&fixture, 10, "", "pause: not in read-only mode", "pause", boxes[RUNS], NULL);
    fixture_variable(&fixture, "SBXDECK_READ_ONLY=no"); // opens nothing
    fixture_expect(&fixture, 10, "", "pause: not in read-only mode", "pause", boxes[RUNS], NULL);
    cr_expect_eq(changes(), before);
}

Test(read_only, what_is_there_can_be_looked_at_and_connected_to)
{
    double before = changes();
    fixture_expect(&fixture, 0, boxes[BARE], NULL, "--read-only", "ls", NULL);
    fixture_expect(&fixture, 0, "valid", NULL, "--read-only", "access", "validate", boxes[RUNS], NULL);
    fixture_expect(&fixture, 0, "hello\n", NULL, "--read-only", "ssh", boxes[RUNS], "echo", "hello", NULL);
    fixture_expect(&fixture, 0, "hello\n", NULL, "--read-only", "exec", boxes[RUNS], "--", "echo", "hello",
                   NULL);
    fixture_expect(&fixture, 0, NULL, NULL, "--read-only", "access", "forget", boxes[RUNS], NULL);
    cr_expect_eq(changes(), before);
}

Test(read_only, a_usage_error_of_it_is_named)
{
    fixture_expect(&fixture, 2, "", "--read-only takes no value", "ls", "--read-only=yes", NULL);
    fixture_expect(&fixture, 2, "", "unexpected argument 'ls'", "--wall", "ls", NULL);
}

// --- the commands of the console -----------------------------------------------------------

static const struct {
    const char *name, *keys;
    unsigned scopes;
} commands[] = {
#define X(id, name, scopes, keys, hint, help) {name, keys, SCOPES_##scopes},
    COMMAND_TABLE(X)
#undef X
};

static bool leaves(const char *name)
{
    static const char *const names[] = {"quit", "quit now", "suspend", "connect", "session back", "palette"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (strcmp(names[i], name) == 0)
            return true;
    return false;
}

// Whatever it has opened is left by Esc, here in the form that nothing that follows can change.
#define KEY_EXACT_ESC "\033[27u"
#define LEAVE         KEY_EXACT_ESC KEY_EXACT_ESC KEY_EXACT_ESC KEY_EXACT_ESC

static void try_all(struct console *console, double before)
{
    for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++) {
        if ((commands[i].scopes & (SCOPES_DECK | SCOPES_GLOBAL)) == 0 || leaves(commands[i].name))
            continue;
        console_type(console, ":");
        console_wait(console, "Commands");
        console_type(console, commands[i].name);
        console_type(console, KEY_ENTER KEY_ENTER LEAVE); // also yes to what has the focus on it
        console_wait_gone(console, "Commands");
        if (strlen(commands[i].keys) == 1 || (commands[i].keys[0] != '\0' && commands[i].keys[1] == ' ')) {
            const char key[2] = {commands[i].keys[0], '\0'};
            console_type(console, key);
            console_type(console, KEY_ENTER LEAVE);
        }
        cr_assert_eq(changes(), before, "%s\n%s", commands[i].name, console_screen(console));
    }
}

Test(read_only, no_command_of_the_console_sends_what_changes_anything, .timeout = 300)
{
    fixture_variable(&fixture, "SBXDECK_READ_ONLY=yes");
    double before = changes();
    struct console *console = fixture_console(&fixture, 40, 120, boxes[BARE]);
    console_wait_row(console, 0, "read-only");
    for (size_t i = BARE; i < BOXES; i++) { // Enter on these connects nowhere
        fixture_choose(console, boxes[i]);
        try_all(console, before);
    }
    console_type(console, "*"); // and on all that are marked
    try_all(console, before);
    fixture_quit(console);
    cr_expect_eq(changes(), before);
}

Test(read_only, the_console_says_what_it_does_not_do_and_connects)
{
    fixture_variable(&fixture, "SBXDECK_READ_ONLY=yes");
    double before = changes();
    struct console *console = fixture_console(&fixture, 30, 100, boxes[RUNS]);
    fixture_choose(console, boxes[BARE]);
    console_type(console, "n");
    console_wait(console, "credential new: not in read-only mode");
    console_type(console, ":");
    console_type(console, "sandbox delete");
    console_wait(console, "read-only");
    console_type(console, LEAVE);
    fixture_choose(console, boxes[PAUSED]);
    console_type(console, KEY_ENTER);
    console_wait(console, "it is paused");
    console_type(console, LEAVE);
    fixture_choose(console, boxes[RUNS]);
    console_type(console, KEY_ENTER);
    console_wait(console, "user@");
    console_run(console, "echo a$((1+1))b", "a2b");
    cr_expect_eq(changes(), before);
    console_free(console);
}
