// SPDX-License-Identifier: Apache-2.0
//
// Order, columns and groups of the deck: by keys, in the menu, by the settings, and remembered from run to
// run; and that the selection never goes to another sandbox by itself.

#include "tests/e2e/fixture.h"
#include "tests/e2e/raw_http_client.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#define UP       "\xe2\x96\xb2"
#define DOWN     "\xe2\x96\xbc"
#define FOLDED   "\xe2\x96\xb8"
#define UNFOLDED "\xe2\x96\xbe"
#define CTRL_W   "\027"
#define KEY_LEFT "\033[D"

static const char *const options[] = {"--sandboxes", "6", "--seed", "7", NULL};

// Quits, and starts again in the same home.
static struct console *again(struct fixture *fixture, struct console *console, int rows, int cols)
{
    fixture_quit(console);
    return fixture_console(fixture, rows, cols, "sandboxes");
}

Test(columns, any_column_sorts_by_a_key_and_the_order_is_remembered)
{
    struct fixture fixture;
    struct console *console = fixture_deck(&fixture, options, 24, 100);
    console_type(console, "H");
    console_wait(console, "SANDBOX " UP);
    console_type(console, "H");
    console_wait(console, "SANDBOX " DOWN);
    console_type(console, "U");
    console_wait(console, "STATE " UP);
    console_type(console, ">"); // the column on its right, and the one on its left
    console_wait(console, "TEMPLATE " UP);
    console_type(console, "<");
    console_wait(console, "STATE " UP);
    console_type(console, "W");
    console_wait_match(console, "AGE ?" UP);
    console_type(console, "W");
    console_wait_match(console, "AGE ?" DOWN);
    console = again(&fixture, console, 24, 100);
    console_wait_match(console, "AGE ?" DOWN);
    fixture_leave(&fixture, console);
}

Test(columns, the_menu_chooses_and_orders_them_and_they_are_remembered)
{
    struct fixture fixture;
    struct console *console = fixture_deck(&fixture, options, 24, 100);
    console_wait(console, "TIMEOUT");
    console_type(console, ".");
    console_wait(console, "Columns of the deck");
    console_type(console, "jjjj "); // id, name, sessions, state, template
    console_wait_match(console, "template +no");
    console_type(console, "gJq"); // the id behind the name
    console_wait(console, "TIMEOUT");
    console_wait_gone(console, "TEMPLATE");
    console = again(&fixture, console, 24, 100);
    console_wait(console, "TIMEOUT");
    cr_expect_not(console_shows(console, "TEMPLATE"));
    console_type(console, ".");
    console_wait_match(console, "name .*\n *id ");
    console_type(console, "rq");
    console_wait(console, "TEMPLATE");
    fixture_leave(&fixture, console);
}

Test(columns, a_setting_has_them_and_an_unknown_one_is_named_with_the_nearest)
{
    struct fixture fixture;
    fixture_begin(&fixture, options);
    fixture_settings(&fixture, "columns = state id left\n");
    struct console *console = fixture_console(&fixture, 24, 80, "sandboxes");
    console_wait_match(console, "STATE +SANDBOX +LEFT");
    cr_expect_not(console_shows(console, "TEMPLATE"));
    fixture_leave(&fixture, console);
    fixture_begin(&fixture, options);
    fixture_settings(&fixture, "columns = id stat\n");
    fixture_expect(&fixture, 2, "", "'stat' is not a column (did you mean state?)", "ls", NULL);
    fixture_end(&fixture);
}

Test(columns, wide_mode_shows_more_where_there_is_room)
{
    struct fixture fixture;
    struct console *console = fixture_deck(&fixture, options, 24, 200);
    console_wait(console, "TIMEOUT");
    cr_expect_not(console_shows(console, "CREATED"));
    console_type(console, CTRL_W); // the details beside, which nobody asked for, give it their room
    console_wait(console, "CREATED");
    console_wait(console, "POD");
    console = again(&fixture, console, 24, 200);
    console_wait(console, "CREATED");
    console_resize(console, 24, 80); // what has no room goes first
    console_wait_gone(console, "CREATED");
    console_wait(console, "CREDENTIAL");
    console_resize(console, 5, 20);
    console_wait(console, "LEFT");
    console_resize(console, 24, 200);
    console_type(console, CTRL_W);
    console_wait_gone(console, "CREATED");
    fixture_leave(&fixture, console);
}

Test(columns, groups_fold_are_marked_whole_and_remembered)
{
    const char *const plain[] = {"--sandboxes", "5", "--fleet", "plain", NULL};
    struct fixture fixture;
    char sandbox[64];
    fixture_begin_first(&fixture, plain, sandbox, sizeof sandbox);
    struct console *console = fixture_console(&fixture, 24, 80, sandbox);
    console_type(console, "uu"); // by template, by state
    console_wait(console, UNFOLDED " running  5");
    console_type(console, KEY_LEFT);
    console_wait(console, FOLDED " running  5");
    cr_expect_not(console_shows(console, sandbox));
    console_type(console, KEY_ENTER); // on the header
    console_wait(console, sandbox);
    console_type(console, " ");
    console_wait(console, "5 marked");
    console_type(console, " ");
    console_wait_gone(console, "marked");
    console_type(console, "z");
    console_wait(console, FOLDED " running  5");
    console_type(console, " ");
    console_wait(console, "5 marked, 5 hidden");
    console_type(console, KEY_ESC);
    console_wait_gone(console, "marked");
    console_type(console, "/run");
    console_wait(console, "5/5"); // those in a folded group count
    console_type(console, KEY_ESC);
    console_wait_gone(console, "/run");
    console = again(&fixture, console, 24, 80);
    console_wait(console, FOLDED " running  5");
    console_type(console, KEY_RIGHT "j"); // a sandbox's row connects as ever
    console_wait(console, sandbox);
    console_type(console, KEY_ENTER);
    console_wait(console, "user@");
    fixture_leave_shell(&fixture, console);
}

Test(columns, the_selection_stays_on_what_leaves_the_filter)
{
    const char *const plain[] = {"--sandboxes", "4", "--fleet", "plain", NULL};
    struct fixture fixture;
    char sandbox[64], line[160];
    fixture_begin_first(&fixture, plain, sandbox, sizeof sandbox);
    fixture_settings(&fixture, "refresh = 1\n");
    struct console *console = fixture_console(&fixture, 24, 80, sandbox);
    fixture_choose(console, sandbox);
    console_type(console, "/");
    console_type(console, KEY_CTRL_U "state:running" KEY_ENTER);
    console_wait(console, "4/4");
    struct support_result result = fixture_run(&fixture, "stop", sandbox, NULL);
    cr_expect_eq(result.exit_code, 0, "%s", result.err);
    support_result_free(&result);
    (void)snprintf(line, sizeof line, "%s .*stopp", sandbox);
    console_wait_match(console, line); // it is shown as long as it is selected
    console_type(console, "i");
    console_wait(console, sandbox);
    console_type(console, "j");
    console_wait(console, "3/4");
    fixture_leave(&fixture, console);
}

Test(columns, nothing_is_selected_when_the_selected_one_has_gone)
{
    const char *const plain[] = {"--sandboxes", "4", "--fleet", "plain", NULL};
    struct fixture fixture;
    char sandbox[64], path[96], line[160];
    fixture_begin_first(&fixture, plain, sandbox, sizeof sandbox);
    fixture_settings(&fixture, "refresh = 1\n");
    struct console *console = fixture_console(&fixture, 24, 80, sandbox);
    (void)snprintf(path, sizeof path, "/v1/sandbox/%s", sandbox);
    fixture_choose(console, sandbox);
    console_type(console, KEY_ESC);
    console_wait_gone(console, "1/4");
    cJSON_Delete(ask_for(&fixture.emulator, 204, "DELETE", path, NULL)); // nobody here is told
    (void)snprintf(line, sizeof line, "%s .*gone", sandbox);
    console_wait_match(console, line);
    console_wait(console, "3 sandboxes");
    console_type(console, "x"); // what would act on another one
    console_wait(console, "No sandbox is selected");
    console_type(console, "j"); // it goes with the selection
    console_wait_gone(console, sandbox);
    fixture_leave(&fixture, console);
}

Test(columns, two_consoles_remember_without_taking_it_from_each_other)
{
    struct fixture fixture;
    fixture_begin(&fixture, options);
    struct console *one = fixture_console(&fixture, 24, 100, "sandboxes");
    struct console *other = fixture_console(&fixture, 24, 100, "sandboxes");
    console_type(one, "/first" KEY_ENTER);
    console_wait(one, "0/6");
    console_type(one, KEY_ESC);
    console_wait_gone(one, "0/6");
    console_type(one, "U");
    console_wait(one, "STATE " UP);
    fixture_quit(one);
    console_type(other, "/second" KEY_ENTER);
    console_wait(other, "0/6");
    console_type(other, KEY_ESC);
    console_wait_gone(other, "0/6");
    fixture_quit(other);
    one = fixture_console(&fixture, 24, 100, "STATE " UP);
    console_type(one, "/" KEY_UP);
    console_wait(one, "/second");
    console_type(one, KEY_UP);
    console_wait(one, "/first");
    console_type(one, KEY_ESC);
    console_wait_gone(one, "/first");
    fixture_leave(&fixture, one);
}

Test(columns, a_damaged_memory_costs_nothing_else)
{
    static const char damaged[] =
        "sort = nowhere down\n\xff\x00==\ngroup = by moon\ncolumns = id id\nwide = perhaps\n"
        "sort\n = \nfolded_state = \x1b[31m\nsort = state\nhalf = a li";
    struct fixture fixture;
    char path[SUPPORT_PATH_CAP + 64];
    fixture_begin(&fixture, options);
    struct console *console = fixture_console(&fixture, 24, 100, "sandboxes");
    fixture_quit(console);
    (void)snprintf(path, sizeof path, "%s/.local/state/sbxdeck/console.state", fixture.home);
    FILE *file = fopen(path, "w");
    cr_assert_not_null(file, "%s", path);
    cr_assert_eq(fwrite(damaged, 1, sizeof damaged - 1, file), sizeof damaged - 1);
    cr_assert_eq(fclose(file), 0);
    console = fixture_console(&fixture, 24, 100, "sandboxes");
    console_wait(console, "STATE " UP);
    cr_expect(console_shows(console, "TEMPLATE"));
    console_type(console, "U");
    console_wait(console, "STATE " DOWN);
    console = again(&fixture, console, 24, 100);
    console_wait(console, "STATE " DOWN);
    struct stat found;
    cr_assert_eq(stat(path, &found), 0);
    cr_expect_eq(found.st_mode & 0777, 0600);
    fixture_leave(&fixture, console);
}
