// SPDX-License-Identifier: Apache-2.0
//
// Finding what one wants: the filter, the palette, the help, the hints, forms and questions, in the real
// console.

#include "tests/e2e/fixture.h"

#include <criterion/criterion.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct console *begin(struct fixture *fixture, const char *const options[], int rows, int cols)
{
    char sandbox[64];
    fixture_begin_first(fixture, options, sandbox, sizeof sandbox);
    return fixture_console(fixture, rows, cols, "SANDBOX");
}

// --- the filter ---------------------------------------------------------------------------

// Whether a filter of that text shows one of them only.
static bool is_of_one(const cJSON *list, const char *text)
{
    const cJSON *sandbox = NULL;
    size_t count = 0;
    cJSON_ArrayForEach(sandbox, list) count += strcasestr(json_text(sandbox, "id"), text) != NULL ||
                                               strcasestr(json_text(sandbox, "template_id"), text) != NULL;
    return count == 1;
}

// Three letters that one of the sandboxes alone has, and its id.
static void three_letters(struct fixture *fixture, char letters[4], char *id, size_t cap)
{
    cJSON *list = fixture_json(fixture, 0, "ls", "--json", NULL);
    const cJSON *sandbox = NULL;
    letters[0] = id[0] = '\0';
    cJSON_ArrayForEach(sandbox, list)
    {
        const char *name = json_text(sandbox, "id");
        for (size_t i = strlen("sbx-"); name[i + 2] != '\0' && id[0] == '\0'; i++) {
            (void)snprintf(letters, 4, "%.3s", name + i);
            if (is_of_one(list, letters))
                (void)snprintf(id, cap, "%s", name);
        }
    }
    cJSON_Delete(list);
    cr_assert_neq(id[0], '\0', "every three letters are of several");
}

Test(find, one_of_500_is_connected_to_by_five_keys)
{
    const char *const options[] = {"--fleet", "plain", "--sandboxes", "500", NULL};
    struct fixture fixture;
    char letters[4], id[64], keys[8], host[96];
    struct console *console = begin(&fixture, options, 24, 80);
    three_letters(&fixture, letters, id, sizeof id);
    console_wait(console, "500 sandboxes");
    (void)snprintf(keys, sizeof keys, "/%s" KEY_ENTER, letters);
    cr_assert_eq(strlen(keys), 5);
    console_type(console, keys);
    console_wait_match(console, "[$#] *$");
    (void)snprintf(host, sizeof host, "on-%s", id);
    console_run(console, "echo on-$HOSTNAME", host);
    console_type(console, KEY_PREFIX "x");
    console_wait(console, "1/500");
    console_type(console, KEY_ESC);
    console_wait_gone(console, "1/500");
    fixture_leave(&fixture, console);
}

// Three letters that several of the sandboxes have, one of them at its end, and none where an id begins.
static void three_letters_at_the_end(struct fixture *fixture, char letters[4], char *id, size_t cap)
{
    cJSON *list = fixture_json(fixture, 0, "ls", "--json", NULL);
    const cJSON *sandbox = NULL, *other = NULL;
    letters[0] = id[0] = '\0';
    cJSON_ArrayForEach(sandbox, list)
    {
        const char *name = json_text(sandbox, "id"), *end = name + strlen(name) - 3;
        size_t inside = 0, meant = 0;
        cJSON_ArrayForEach(other, list)
        {
            const char *text = json_text(other, "id");
            inside += strstr(text, end) != NULL;
            meant += strcmp(text + strlen(text) - 3, end) == 0 || strncmp(text + 4, end, 3) == 0;
        }
        if (inside > 1 && meant == 1 && id[0] == '\0' && strstr("system/debian:bookworm", end) == NULL) {
            (void)snprintf(letters, 4, "%s", end);
            (void)snprintf(id, cap, "%s", name);
        }
    }
    cJSON_Delete(list);
    cr_assert_neq(id[0], '\0', "no end is in the middle of another");
}

Test(find, letters_that_several_have_connect_to_the_one_that_ends_with_them)
{
    const char *const options[] = {"--fleet", "plain", "--sandboxes", "500", "--seed", "7", NULL};
    struct fixture fixture;
    char letters[4], id[64], keys[8], host[96];
    struct console *console = begin(&fixture, options, 24, 80);
    three_letters_at_the_end(&fixture, letters, id, sizeof id);
    console_wait(console, "500 sandboxes");
    (void)snprintf(keys, sizeof keys, "/%s", letters);
    console_type(console, keys);
    console_wait(console, "Enter connect");
    console_type(console, KEY_ENTER);
    console_wait_match(console, "[$#] *$");
    (void)snprintf(host, sizeof host, "on-%s", id);
    console_run(console, "echo on-$HOSTNAME", host);
    console_type(console, KEY_PREFIX "x");
    console_wait(console, "/500");
    console_type(console, KEY_ESC);
    console_wait_gone(console, "/500");
    // Letters of a state are of the states, whatever an id ends with.
    console_type(console, "/ing");
    console_wait(console, "500/500");
    console_wait(console, "Enter keep");
    console_type(console, KEY_ESC);
    console_wait_gone(console, "500/500");
    fixture_leave(&fixture, console);
}

Test(find, enter_keeps_a_filter_that_shows_several_until_one_is_chosen)
{
    const char *const options[] = {"--fleet", "plain", "--sandboxes", "6", NULL};
    struct fixture fixture;
    struct console *console = begin(&fixture, options, 24, 80);
    console_type(console, "/sbx");
    console_wait(console, "Enter keep");
    console_wait(console, "6/6");
    console_type(console, KEY_ENTER);
    console_wait_gone(console, "Enter keep");
    console_wait(console, "6/6");
    console_type(console, "/" KEY_DOWN);
    console_wait(console, "Enter connect");
    console_type(console, "-nowhere"); // what was chosen is not what is shown any more
    console_wait(console, "None of 6 matches 'sbx-nowhere'");
    console_wait(console, "Esc clears the filter");
    console_wait_gone(console, "Enter connect");
    console_type(console, KEY_CTRL_U "run !nothing" KEY_DOWN KEY_ENTER);
    console_wait_match(console, "[$#] *$");
    console_type(console, KEY_PREFIX "x");
    console_wait(console, "6/6");
    fixture_leave(&fixture, console);
}

Test(find, with_marks_enter_keeps_the_filter)
{
    const char *const options[] = {"--fleet", "plain", "--sandboxes", "3", NULL};
    struct fixture fixture;
    char letters[4], id[64];
    struct console *console = begin(&fixture, options, 24, 80);
    three_letters(&fixture, letters, id, sizeof id);
    console_type(console, " /");
    console_type(console, letters);
    console_wait(console, "Enter keep");
    console_wait(console, "1/3");
    console_type(console, KEY_ENTER);
    console_wait(console, "1 marked");
    console_wait(console, "1/3");
    fixture_leave(&fixture, console);
}

// --- the palette --------------------------------------------------------------------------

// Opens it, types, and waits until the first line of the list is that.
static void expect_first(struct console *console, const char *typed, const char *first)
{
    char pattern[160];
    console_type(console, ":");
    console_wait(console, "Commands");
    console_type(console, typed);
    (void)snprintf(pattern, sizeof pattern, "\n[^\n]*Name [^\n]*\n[^\n]{1,8} %s ", first);
    console_wait_match(console, pattern);
    console_type(console, KEY_ESC);
    console_wait_gone(console, "Commands");
}

Test(find, the_palette_finds_by_any_word_in_any_order)
{
    const char *const options[] = {"--fleet", "plain", "--sandboxes", "2", NULL};
    static const char *const finds[][2] = {
        {"delete sand", "sandbox delete"},
        {"sand delete", "sandbox delete"},
        {"ssh", "connect"},
        {"rm", "sandbox delete"},
        {"new", "credential new"},
        {"create", "credential new"},
        {"create sandbox", "sandbox new"},
        {"renew", "credential regenerate"},
        {"quit", "quit"},
        {"exit", "quit"},
        {"clipboard ssh", "command copy"},
        {"cr reg", "credential regenerate"},
    };
    struct fixture fixture;
    struct console *console = begin(&fixture, options, 24, 100);
    console_wait(console, "2 sandboxes");
    for (size_t i = 0; i < sizeof finds / sizeof *finds; i++)
        expect_first(console, finds[i][0], finds[i][1]);
    // What can't be done now is behind, with the reason; Enter runs what is marked.
    console_type(console, ":validate");
    console_wait_match(console, "credential validate +v +no credential");
    console_type(console, KEY_ENTER);
    console_wait(console, "No credential of");
    // What was run last is first.
    console_type(console, ":sort" KEY_ENTER);
    console_wait_gone(console, "Commands");
    expect_first(console, "", "sort");
    console_type(console, ":zzz");
    console_wait(console, "Nothing matches");
    console_type(console, KEY_ESC);
    console_wait_gone(console, "Nothing matches");
    fixture_leave(&fixture, console);
}

Test(find, the_palette_connects_to_a_sandbox_by_a_part_of_its_name)
{
    const char *const options[] = {"--fleet", "plain", "--sandboxes", "30", NULL};
    struct fixture fixture;
    char letters[4], id[64], host[96], line[96];
    struct console *console = begin(&fixture, options, 24, 100);
    three_letters(&fixture, letters, id, sizeof id);
    console_wait(console, "30 sandboxes");
    console_type(console, ":ssh ");
    console_type(console, letters);
    (void)snprintf(line, sizeof line, "connect %s", id);
    console_wait(console, line);
    console_type(console, KEY_ENTER);
    console_wait_match(console, "[$#] *$");
    (void)snprintf(host, sizeof host, "on-%s", id);
    console_run(console, "echo on-$HOSTNAME", host);
    // In a session too, with the keys as they are pressed there.
    console_type(console, KEY_PREFIX ":close");
    console_wait_match(console, "session close +Ctrl-] x ");
    console_type(console, KEY_ESC);
    console_type(console, KEY_ESC);
    console_wait_gone(console, "session close");
    console_type(console, KEY_PREFIX "x");
    fixture_leave(&fixture, console);
}

// --- hints --------------------------------------------------------------------------------

static void expect_hints(struct console *console, int rows, const char *first, const char *last)
{
    char pattern[160];
    (void)rows;
    (void)snprintf(pattern, sizeof pattern, "\n %s.*  %s\n*$", first, last);
    console_wait_match(console, pattern);
}

Test(find, hints_are_what_works_for_the_selected_sandbox)
{
    const char *const options[] = {"--fleet", "plain", "--sandboxes", "1", NULL};
    static const int widths[] = {80, 40};
    struct fixture fixture;
    struct console *console = begin(&fixture, options, 24, 80);
    for (size_t i = 0; i < 2; i++) {
        console_resize(console, 24, widths[i]);
        expect_hints(console, 24, "Enter connect  n new", "\\? help");
        cr_expect_not(console_shows(console, "r regen"), "there is nothing to regenerate");
    }
    console_type(console, "n");
    expect_hints(console, 24, "Enter connect  r regen", "\\? help");
    console_type(console, " ");
    expect_hints(console, 24, "1 marked  ", "\\? help");
    console_type(console, KEY_ESC);
    console_wait_gone(console, "1 marked");
    console_type(console, KEY_ENTER);
    console_wait_match(console, "[$#] *$");
    console_wait(console, "Ctrl-]");
    console_type(console, KEY_PREFIX);
    console_wait(console, "? help");
    console_type(console, "d");
    expect_hints(console, 24, "Enter connect", "Ctrl-\\] session  \\? help");
    console_type(console, KEY_PREFIX);
    console_wait_match(console, "[$#] *\n");
    fixture_leave_shell(&fixture, console);
}

Test(find, an_empty_fleet_names_the_one_key_that_helps)
{
    const char *const options[] = {"--fleet", "plain", "--sandboxes", "0", NULL};
    struct fixture fixture;
    fixture_begin(&fixture, options);
    struct console *console = fixture_console(&fixture, 24, 80, "No sandboxes");
    console_wait(console, "N creates one");
    expect_hints(console, 24, "N new sandbox", "\\? help");
    cr_expect_not(console_shows(console, "connect"));
    console_resize(console, 12, 40);
    console_wait(console, "N creates one");
    expect_hints(console, 12, "N new sandbox", "\\? help");
    fixture_leave(&fixture, console);
}

// --- help ---------------------------------------------------------------------------------

Test(find, help_shows_only_the_keys_that_count_and_is_searched)
{
    const char *const options[] = {"--fleet", "plain", "--sandboxes", "1", NULL};
    struct fixture fixture;
    struct console *console = begin(&fixture, options, 40, 80);
    console_type(console, "?");
    console_wait(console, "In the deck");
    cr_expect_not(console_shows(console, "In a session"));
    console_type(console, "/cred repl");
    console_wait(console, "1 of 1");
    console_type(console, KEY_ENTER);
    console_wait(console, "n next");
    console_type(console, KEY_ESC); // takes the search away, not the help
    console_wait_gone(console, "n next");
    console_type(console, "/third less" KEY_ENTER);
    console_wait_match(console, "\u25d0 expiring +It works; a third of its lifetime or less is left");
    console_wait(console, "n next");
    console_type(console, "n" KEY_ESC);
    console_wait_gone(console, "n next");
    console_type(console, "a/wall" KEY_ENTER);
    console_wait(console, "On the wall");
    console_type(console, "/nowhere");
    console_wait(console, "Nothing matches");
    console_type(console, KEY_ESC);
    console_wait_gone(console, "Nothing matches");
    console_type(console, "q");
    console_wait(console, "SANDBOX");
    console_resize(console, 24, 40);
    console_type(console, "?G");
    console_wait(console, "bar          Time left of");
    expect_hints(console, 24, "Esc close", ".*");
    console_type(console, KEY_ESC);
    console_wait(console, "SANDBOX");
    fixture_leave(&fixture, console);
}

Test(find, help_in_a_session_and_in_copy_mode)
{
    struct fixture fixture;
    char sandbox[64];
    struct console *console = fixture_shell(&fixture, NULL, 50, 80, sandbox, sizeof sandbox);
    console_type(console, KEY_PREFIX "?");
    console_wait(console, "In a session, after Ctrl-]");
    cr_expect_not(console_shows(console, "In the deck"));
    cr_expect_not(console_shows(console, "Everywhere"), "none of those counts here");
    cr_expect_not(console_shows(console, "In copy mode"));
    console_type(console, KEY_ESC);
    console_wait_gone(console, "In a session, after");
    console_type(console, KEY_PREFIX "[");
    console_wait(console, "COPY");
    console_type(console, KEY_PREFIX "?");
    console_wait(console, "In copy mode");
    console_wait_match(console, "y Enter +Copy the selection and leave");
    console_wait_gone(console, "COPY");
    console_type(console, KEY_ESC);
    console_wait(console, "COPY");
    console_type(console, "q");
    console_wait_gone(console, "COPY");
    fixture_leave_shell(&fixture, console);
}

// --- forms --------------------------------------------------------------------------------

Test(find, a_time_out_is_typed_as_people_write_it_and_a_refused_letter_is_said)
{
    const char *const options[] = {"--fleet", "plain", "--sandboxes", "1", NULL};
    struct fixture fixture;
    struct console *console = begin(&fixture, options, 24, 100);
    console_type(console, "N");
    console_wait(console, "New sandbox");
    console_type(console, KEY_DOWN "q");
    console_wait(console, "vCPU takes 1 to 8, not \"q\"");
    console_type(console, KEY_CTRL_U "20" KEY_DOWN);
    console_wait_gone(console, "not \"q\"");
    console_type(console, KEY_CTRL_U "1025" KEY_DOWN KEY_CTRL_U "90");
    console_wait(console, "= 1m30s");
    console_type(console, KEY_CTRL_U "1h30m" KEY_ENTER);
    console_type(console, "p");
    console_wait(console, "pause it");
    console_type(console, KEY_ENTER); // each mistake in its turn, and nothing that was typed is lost
    console_wait(console, "vCPU is \"20\": it takes 1 to 8");
    console_type(console, KEY_CTRL_U "2" KEY_ENTER KEY_ENTER KEY_ENTER KEY_ENTER);
    console_wait(console, "is \"1025\": it takes 512 to 8192 in steps of 2");
    console_type(console, KEY_CTRL_U "1024" KEY_ENTER KEY_ENTER KEY_ENTER);
    console_wait_gone(console, "New sandbox");
    console_wait(console, "2 sandboxes");
    console_wait_match(console, "1h(30m|29m)");
    fixture_leave(&fixture, console);
}

Test(find, a_sandbox_that_was_not_made_leaves_what_was_typed_in_the_form)
{
    const char *const options[] = {"--fleet", "plain", "--sandboxes", "1", "--fail", "new:400:9", NULL};
    struct fixture fixture;
    struct console *console = begin(&fixture, options, 24, 80);
    console_type(console, "N");
    console_wait(console, "New sandbox");
    console_type(console, KEY_CTRL_U "system/other:v1" KEY_TAB KEY_TAB KEY_TAB KEY_TAB KEY_ENTER);
    console_wait(console, "Sandbox not created (N edits and retries)");
    cr_expect_not(console_shows(console, "New sandbox"), "nobody asked for it");
    console_type(console, "N");
    console_wait(console, "New sandbox");
    console_wait(console, "system/other:v1");
    console_wait(console, "Not created: ");
    console_type(console, KEY_ESC);
    console_wait_gone(console, "New sandbox");
    fixture_leave(&fixture, console);
}

// --- questions ----------------------------------------------------------------------------

Test(find, letters_choose_the_buttons_of_a_question)
{
    const char *const options[] = {"--fleet", "plain", "--sandboxes", "1", NULL};
    struct fixture fixture;
    struct console *console = begin(&fixture, options, 24, 80);
    console_type(console, "n");
    console_wait_match(console, "[^n]valid");
    console_type(console, "xn"); // no
    console_wait_gone(console, "Delete the credential?");
    console_type(console, "xc"); // Cancel
    console_wait_gone(console, "Delete the credential?");
    console_type(console, "rrrr"); // the key that asks does not answer by being held down
    console_wait(console, "Regenerate the credential?");
    console_type(console, KEY_ESC);
    console_wait_gone(console, "Regenerate the credential?");
    console_wait(console, "valid");
    console_type(console, "xd"); // Delete
    console_wait(console, "Deleted credential");
    console_type(console, "n");
    console_wait_match(console, "[^n]valid");
    console_type(console, "xy"); // yes
    console_wait_match(console, "[\u00b7-] none");
    fixture_leave(&fixture, console);
}

// --- an empty deck ------------------------------------------------------------------------

Test(find, a_deck_without_a_list_says_what_is_the_matter_and_the_key_that_helps)
{
    static const int sizes[][2] = {{24, 80}, {12, 40}};
    struct fixture fixture;
    fixture_begin(&fixture, NULL);
    for (size_t i = 0; i < 2; i++) {
        fixture_point_at(&fixture, fixture.emulator.base_url, NULL);
        struct console *console = fixture_console(&fixture, sizes[i][0], sizes[i][1], "No API key");
        console_wait(console, "LEAP0_API_KEY");
        console_wait(console, "q quits");
        expect_hints(console, sizes[i][0], ".*q quit", "\\? help");
        cr_expect_not(console_shows(console, "N new"), "it can't be done");
        fixture_quit(console);
        fixture_point_at(&fixture, fixture.emulator.base_url, "wrong");
        console = fixture_console(&fixture, sizes[i][0], sizes[i][1], "The API key was refused");
        console_wait(console, "Ctrl-R asks again");
        fixture_quit(console);
        fixture_point_at(&fixture, "http://127.0.0.1:9", fixture.emulator.api_key);
        console = fixture_console(&fixture, sizes[i][0], sizes[i][1], "No answer from 127.0.0.1:9");
        expect_hints(console, sizes[i][0], "Ctrl-R ask again", "\\? help");
        fixture_quit(console);
        fixture_point_at(&fixture, fixture.emulator.base_url, fixture.emulator.api_key);
        cr_assert_eq(kill(fixture.emulator.pid, SIGSTOP), 0);
        console = fixture_console(&fixture, sizes[i][0], sizes[i][1], "Loading the sandboxes of");
        cr_assert_eq(kill(fixture.emulator.pid, SIGCONT), 0);
        console_wait(console, "SANDBOX");
        fixture_quit(console);
    }
    fixture_end(&fixture);
}
