// SPDX-License-Identifier: Apache-2.0
//
// connect_typeahead: what is typed before there is a session is kept as the program will read it, or all of
// it is given up.

#include "tui/term/keymap.h"
#include "views/connect/connect_typeahead.h"
#include "views/session/session.h"

#include <criterion/criterion.h>
#include <string.h>

static struct connect_typeahead ahead;

static void begin(void)
{
    ahead = (struct connect_typeahead){.bytes = NULL};
}

static void end(void)
{
    connect_typeahead_drop(&ahead);
}

TestSuite(connect_typeahead, .init = begin, .fini = end);

static bool type(const char *name)
{
    struct keymap_key key = {0};
    cr_assert(keymap_parse(name, &key), "%s", name);
    const struct input_event event = {.kind = INPUT_KEY, .key = key.key, .modifiers = key.modifiers};
    return connect_typeahead_take(&ahead, &event);
}

static void expect_kept(const char *bytes)
{
    cr_assert_eq(ahead.length, strlen(bytes), "%zu bytes", ahead.length);
    if (ahead.length > 0)
        cr_expect_arr_eq(ahead.bytes, bytes, ahead.length);
}

Test(connect_typeahead, keys_are_kept_as_a_plain_terminal_sends_them)
{
    static const char *const names[] = {"l", "s", "Space", "Tab", "Up", "Ctrl-c", "Alt-x", "Enter"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        cr_expect_not(type(names[i]), "%s", names[i]);
    expect_kept("ls \t\033[A\003\033x\r");
    cr_expect_not(ahead.lost);
}

Test(connect_typeahead, the_prefix_and_its_command_are_no_text)
{
    cr_expect_not(type("a"));
    cr_expect_not(type("Ctrl-]"));
    cr_expect_not(type("d"));
    cr_expect_not(type("b"));
    expect_kept("ab");
}

Test(connect_typeahead, what_is_not_typed_is_not_kept)
{
    static const enum input_kind kinds[] = {INPUT_MOUSE, INPUT_FOCUS_IN, INPUT_FOCUS_OUT};
    cr_expect_not(type("a"));
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        const struct input_event event = {.kind = kinds[i], .raw = "\033[I", .raw_length = 3};
        cr_expect_not(connect_typeahead_take(&ahead, &event));
    }
    expect_kept("a");
}

// Whether the shell wants brackets around it is not known yet.
Test(connect_typeahead, with_a_paste_all_of_it_is_given_up_and_said_once)
{
    const struct input_event paste = {.kind = INPUT_PASTE, .raw = "rm -rf x\r", .raw_length = 9};
    cr_expect_not(type("a"));
    cr_expect(connect_typeahead_take(&ahead, &paste));
    cr_expect(ahead.lost);
    expect_kept("");
    cr_expect_not(connect_typeahead_take(&ahead, &paste));
    cr_expect_not(type("b"));
    expect_kept("");
    connect_typeahead_drop(&ahead);
    cr_expect_not(type("c"));
    expect_kept("c");
}

Test(connect_typeahead, more_than_there_is_room_for_is_given_up_whole)
{
    for (int i = 0; i < SESSION_AHEAD_MAX - 1; i++)
        cr_assert_not(type("x"));
    cr_expect_eq(ahead.length, SESSION_AHEAD_MAX - 1);
    cr_expect(type("Up")); // of three bytes
    cr_expect(ahead.lost);
    expect_kept("");
}

Test(connect_typeahead, to_the_last_byte_it_is_kept)
{
    for (int i = 0; i < SESSION_AHEAD_MAX; i++)
        cr_assert_not(type("x"));
    cr_expect_eq(ahead.length, SESSION_AHEAD_MAX);
    cr_expect(type("x"));
}
