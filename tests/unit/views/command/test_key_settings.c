// SPDX-License-Identifier: Apache-2.0
//
// Keys that the operator has chosen: what is taken, what every text shows then, and what is refused with the
// line, the value and the way out.

#include "tests/support/support.h"
#include "tui/term/keymap.h"
#include "views/command/commands.h"
#include "views/command/hint_bar.h"
#include "views/command/key_settings.h"
#include "views/command/prefix.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static char folder[SUPPORT_PATH_CAP], file[SUPPORT_PATH_CAP + 32];
static struct failure why;

static void begin(void)
{
    char path[SUPPORT_PATH_CAP + 16];
    cr_assert(support_folder_make(folder));
    (void)setenv("XDG_CONFIG_HOME", folder, 1);
    (void)snprintf(path, sizeof path, "%s/sbxdeck", folder);
    cr_assert_eq(mkdir(path, 0700), 0);
    (void)snprintf(file, sizeof file, "%s/config", path);
}

static void end(void)
{
    (void)support_folder_remove(folder);
}

TestSuite(key_settings, .init = begin, .fini = end);

static enum status load(const char *lines)
{
    char text[1024];
    (void)snprintf(text, sizeof text, "refresh = 7\n[keys]\n%s", lines);
    cr_assert(support_file_write(file, text));
    memset(&why, 0, sizeof why);
    return key_settings_load(&why);
}

static void expect_keys(enum command command, const char *wanted)
{
    char keys[COMMAND_KEYS_CAP];
    cr_expect_str_eq(command_keys(command, keys, sizeof keys), wanted);
}

Test(key_settings, without_a_file_the_tables_keys_hold)
{
    cr_assert_eq(key_settings_load(&why), STATUS_OK);
    expect_keys(COMMAND_connect, "Enter");
    cr_assert_eq(load(""), STATUS_OK);
    expect_keys(COMMAND_connect, "Enter");
}

Test(key_settings, chosen_keys_are_those_that_are_shown_and_bound)
{
    cr_assert_eq(
        load("connect = Enter  alt-C\nsort=none\ncredential-new = N\nsandbox_new = n\nmark range = F2\n"),
        STATUS_OK, "%s", why.message);
    expect_keys(COMMAND_connect, "Enter Alt-C");
    expect_keys(COMMAND_sort, "");
    expect_keys(COMMAND_create, "N"); // the two have changed places
    expect_keys(COMMAND_sandbox_new, "n");
    expect_keys(COMMAND_mark_range, "F2");
    cr_expect_str_eq(command_key(COMMAND_create), "N");
    cr_expect_str_eq(command_key(COMMAND_sort), "`sort`", "as it is typed in the palette");
    cr_expect_not(command_has_key(COMMAND_sort));
    enum command hints[COMMAND_COUNT];
    cr_assert_eq(load("filter = none\n"), STATUS_OK, "%s", why.message);
    size_t count = hint_bar_commands(SCOPE_DECK, NULL, 500, hints);
    for (size_t i = 0; i < count; i++)
        cr_expect_neq(hints[i], COMMAND_filter);
}

Test(key_settings, the_prefix_leads_back_from_the_deck_too)
{
    const struct input_event old = {.kind = INPUT_KEY, .key = ']', .modifiers = INPUT_CTRL};
    const struct input_event new_one = {.kind = INPUT_KEY, .key = 'a', .modifiers = INPUT_CTRL};
    cr_expect(prefix_is(&old));
    cr_assert_eq(load("session_prefix = Ctrl-a\n"), STATUS_OK, "%s", why.message);
    cr_expect(prefix_is(&new_one));
    cr_expect_not(prefix_is(&old));
    expect_keys(COMMAND_session_back, "Ctrl-A");
    cr_expect_str_eq(scope_title(SCOPE_SESSION), "In a session, after Ctrl-A");
    cr_assert_eq(load("session_prefix = F12\nsession_back = F11\n"), STATUS_OK, "%s", why.message);
    expect_keys(COMMAND_session_back, "F11");
}

Test(key_settings, a_wrong_line_is_named_with_the_way_out_and_nothing_changes)
{
    static const struct {
        const char *lines, *told;
        int line;
    } wrong[] = {
        {"conect = o", "'conect' is not a command (did you mean connect?)", 3},
        {"dance = o", "'dance' is not a command (sbxdeck help keys lists them)", 3},
        {"sort = F9\nconnect = Entr", "connect = 'Entr': 'Entr' is not a key (did you mean Enter?)", 4},
        {"connect = Hyper-x", "write x, Ctrl-x", 3},
        {"connect = a-very-long-name-of-a-key-that-is-none", "is not a key", 3},
        {"connect = Ctrl-i", "Ctrl-I is Tab to a terminal", 3},
        {"sort = F9\nfilter = F9\nmark = F8", "filter = 'F9': that is the key of sort, too (line 3)", 4},
        {"sort = n\ncredential_new = n", "that is the key of sort, too (line 3) (set sort to another key, or",
         4},
        {"session_prefix = Ctrl-c", "that is the key of quit_now, too (set quit_now to another key)", 3},
        {"sort = ?\nfilter = F1", "that is the key of help, too (set help to another key)", 3},
        {"[command a]\nrun = x\nkey = q",
         "key = 'q' of the command a: that is the key of quit, too (choose another key)", 5},
        {"sort = F9\nhelp = F9", "help = 'F9': that is the key of sort, too", 4},
        {"connect = q", "that is the key of quit, too (set quit to another key)", 3},
        {"connect =", "connect = '': '' is not a key (write x, Ctrl-x, Alt-x, F1, PageUp; several", 3},
        {"connect = \xe2\x80\xae", "it can't be shown", 3}, // turns what follows around
        {"connect = \xcc\x81", "it can't be shown", 3},     // an accent alone
        {"connect = Ctrl-?", "Ctrl-? is Backspace to a terminal", 3},
        {"connect = Ctrl-@", "Ctrl-@ is Ctrl-Space to a terminal", 3},
        {"session_list = Esc", "Esc after the prefix gives it up", 3},
        {"session_number = a b", "its keys are the digits", 3},
        {"quit = none", "quit = 'none': it needs a key", 3},
        {"help = none", "it needs a key", 3},
        {"session_prefix = none", "it needs a key", 3},
        {"session_deck = none", "it needs a key", 3},
        {"session_prefix = a", "a is typed in a session", 3},
        {"session_prefix = Ctrl-a Ctrl-b", "more than 1 key", 3},
        {"redraw = Ctrl-a\nsession_prefix = Ctrl-a",
         "session_prefix = 'Ctrl-A': that is the key of redraw, too (line 3)", 4},
        {"session_prefix = Ctrl-a\nsession_again = Ctrl-a", "that is the key of session_prefix, too", 4},
        {"sort = n\nsort = o\nfilter = o", "filter = 'o': that is the key of sort, too", 5},
        {"log = F5\n[command a]\nrun = x\nkey = F5",
         "key = 'F5' of the command a: that is the key of log, too (line 3)", 6},
        {"[command a]\nrun = x\nkey = F5\n[command b]\nrun = x\nkey = F5\nscope = deck",
         "key = 'F5' of the command b: that is the key of the command a, too (line 5)", 8},
        {"[command a]\nrun = x\nkey = Ctrl-i", "Ctrl-I is Tab to a terminal", 5},
        {"nonsense", "not of the form 'name = value'", 3},
    };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        char line[FAILURE_LINE_CAP], place[32], keys[COMMAND_KEYS_CAP];
        cr_assert_eq(load(wrong[i].lines), STATUS_BAD_ARGUMENT, "%s was taken", wrong[i].lines);
        (void)failure_line(&why, line);
        (void)snprintf(place, sizeof place, "config:%d: ", wrong[i].line);
        cr_expect_not_null(strstr(line, wrong[i].told), "%s: %s", wrong[i].lines, line);
        cr_expect_not_null(strstr(line, place), "%s: %s", wrong[i].lines, line);
        for (int k = 0; k < COMMAND_COUNT; k++)
            cr_expect_str_eq(command_key_names((enum command)k), command_table[k].keys, "%s: %s",
                             wrong[i].lines, command_keys((enum command)k, keys, sizeof keys));
    }
}

static void note(void *ctx, int line, const struct failure *told)
{
    char *all = ctx;
    size_t used = strlen(all);
    (void)snprintf(all + used, 4096 - used, "%d: %s\n", line, told->message);
}

static const char *notes(void)
{
    static char all[4096];
    struct config_text *text = NULL;
    all[0] = '\0';
    cr_assert_eq(config_text_read(file, &text, &why), STATUS_OK);
    key_settings_notes(text, note, all);
    config_text_free(text);
    return all;
}

// A key that a later table gives to another command must not make the file wrong.
Test(key_settings, a_line_takes_its_key_from_who_has_it_by_default)
{
    cr_assert_eq(load("down = J\nsort = n\nsession_list = 1\nsession_prefix = Ctrl-l\nfilter = ?\n"),
                 STATUS_OK, "%s", why.message);
    expect_keys(COMMAND_down, "J");
    expect_keys(COMMAND_details_down, "Shift-Down");
    expect_keys(COMMAND_column_down, "Shift-Down");
    expect_keys(COMMAND_create, "");
    expect_keys(COMMAND_session_number, "0 2 3 4 5 6 7 8 9");
    expect_keys(COMMAND_redraw, "");
    expect_keys(COMMAND_help, "F1"); // it needs one, and has one
    cr_expect_not_null(
        strstr(notes(), "3: down has J now, which was a key of details_down: that has Shift-Down"));
    cr_expect_not_null(
        strstr(notes(), "4: sort has n now, which was a key of credential_new: that has none"));
    cr_expect_not_null(strstr(notes(), "6: session_prefix has Ctrl-L now, which was a key of redraw"));
    cr_assert_eq(load(""), STATUS_OK);
    expect_keys(COMMAND_details_down, "J Shift-Down");
    expect_keys(COMMAND_create, "n");
    cr_expect_str_eq(notes(), "");
}

Test(key_settings, an_own_command_takes_its_key_from_who_has_it_by_default)
{
    cr_assert_eq(load("[command a]\nrun = x\nkey = n\n[command b]\nrun = x\nkey = Ctrl-r\nscope = deck\n"
                      "[command c]\nrun = x\nkey = s\nscope = session\n"),
                 STATUS_OK, "%s", why.message);
    expect_keys(COMMAND_create, "");
    expect_keys(COMMAND_refresh, "");
    expect_keys(COMMAND_session_sync, "");
    expect_keys(COMMAND_session_next, "n"); // not in the deck
    expect_keys(COMMAND_column_sort, "s");
    cr_expect_not_null(
        strstr(notes(), "5: the command a has n now, which was a key of credential_new: that has none left"));
}

Test(key_settings, each_command_may_have_a_key_of_its_own)
{
    for (int i = 0; i < COMMAND_COUNT; i++) {
        char lines[64], name[32];
        (void)snprintf(name, sizeof name, "%s", command_table[i].name);
        for (char *at = name; *at != '\0'; at++)
            *at = *at == ' ' ? (i % 2 == 0 ? '_' : '-') : *at;
        (void)snprintf(lines, sizeof lines, "%s = Ctrl-F11\n", name);
        enum status wanted = i == COMMAND_session_number ? STATUS_BAD_ARGUMENT : STATUS_OK;
        cr_expect_eq(load(lines), wanted, "%s: %s", lines, why.message);
        command_set_keys((enum command)i, NULL);
        command_set_keys(COMMAND_session_back, NULL);
    }
}

Test(key_settings, what_the_settings_text_gives_as_an_example_is_taken)
{
    cr_assert_eq(load("connect = Enter l\nmark = none\n"), STATUS_OK, "%s", why.message);
    expect_keys(COMMAND_connect, "Enter l");
    expect_keys(COMMAND_mark, "");
}

// Whatever stands in the file: it is taken whole, or refused with a line and without effect.
Test(key_settings, any_line_is_taken_whole_or_refused)
{
    static const char *const pieces[] = {
        "connect", "sort", "session_prefix", "=", " ", "none", "Ctrl-", "Alt-", "a",    "Enter",
        "F1",      "\t",   "\303",           "-", ":", "#",    ";",     "[",    "quit", "up ",
        "\377",    "\"",   "PageUp"};
    unsigned random = 20;
    size_t taken = 0;
    for (int round = 0; round < 500; round++) {
        char lines[512] = "";
        size_t count = 3 + (random >> 16) % 8;
        for (size_t i = 0; i < count; i++) {
            random = random * 1103515245U + 12345U;
            size_t used = strlen(lines);
            (void)snprintf(lines + used, sizeof lines - used, "%s%s",
                           pieces[(random >> 16) % (sizeof pieces / sizeof *pieces)], i == 0 ? " = " : "");
        }
        enum status status = load(lines);
        cr_expect(status == STATUS_OK || strstr(why.message, "config:") != NULL, "%s: %s", lines,
                  why.message);
        taken += status == STATUS_OK;
        for (int i = 0; i < COMMAND_COUNT; i++) {
            struct keymap_key keys[KEYMAP_KEYS_MAX];
            const char *names = command_key_names((enum command)i);
            cr_expect_geq(keymap_parse_list(names, keys, KEYMAP_KEYS_MAX), 0, "%s: %s", lines, names);
            cr_expect(status == STATUS_OK || strcmp(names, command_table[i].keys) == 0, "%s: %s", lines,
                      names);
            command_set_keys((enum command)i, NULL);
        }
    }
    cr_expect_gt(taken, 3);
}
