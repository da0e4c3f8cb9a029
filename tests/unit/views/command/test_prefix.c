// SPDX-License-Identifier: Apache-2.0
//
// The one key that a session takes: what follows it, and what passes to the program.

#include "views/command/prefix.h"

#include "tui/term/keymap.h"

#include <criterion/criterion.h>
#include <criterion/parameterized.h>
#include <string.h>

static struct input_event key_event(const char *name)
{
    struct keymap_key key = {0};
    cr_assert(keymap_parse(name, &key), "%s", name);
    return (struct input_event){.kind = INPUT_KEY, .key = key.key, .modifiers = key.modifiers};
}

static enum prefix_verdict take(struct prefix *prefix, const char *name, enum command *command)
{
    struct input_event event = key_event(name);
    return prefix_take(prefix, &event, command);
}

Test(prefix, every_other_key_is_the_programs)
{
    static const char *const names[] = {"d",      "x",      "?",  "q",  "Enter", "Esc",   "Tab", "Ctrl-c",
                                        "Ctrl-z", "Ctrl-r", "F1", "Up", ":",     "Alt-]", "]",   "Ctrl-\\"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        struct prefix prefix = {false};
        enum command command = COMMAND_quit;
        cr_expect_eq(take(&prefix, names[i], &command), PREFIX_PASS, "%s", names[i]);
        cr_expect_eq(command, COMMAND_NONE);
        cr_expect_not(prefix.active);
    }
}

Test(prefix, an_ended_session_has_two_keys_beside_it)
{
    static const char *const none[] = {"q",     "d",   "c",      "[",      "F",      "y",  "?", ":",
                                       "Space", "Tab", "Ctrl-c", "Ctrl-d", "Ctrl-l", "F1", "Up"};
    const struct input_event enter = key_event("Enter"), esc = key_event("Esc");
    cr_expect_eq(prefix_ended_command(&enter), COMMAND_session_again);
    cr_expect_eq(prefix_ended_command(&esc), COMMAND_session_leave);
    for (size_t i = 0; i < sizeof none / sizeof none[0]; i++) {
        const struct input_event event = key_event(none[i]);
        cr_expect_eq(prefix_ended_command(&event), COMMAND_NONE, "%s", none[i]);
    }
    const struct input_event paste = {.kind = INPUT_PASTE, .raw = "\r", .raw_length = 1};
    cr_expect_eq(prefix_ended_command(&paste), COMMAND_NONE);
}

Test(prefix, each_command_of_a_session_is_reached_by_each_of_its_keys)
{
    size_t tried = 0;
    for (int i = 0; i < COMMAND_COUNT; i++) {
        if (!command_counts((enum command)i, SCOPE_SESSION))
            continue;
        struct keymap_key keys[KEYMAP_KEYS_MAX];
        int count = keymap_parse_list(command_table[i].keys, keys, KEYMAP_KEYS_MAX);
        cr_assert_gt(count, 0, "%s", command_table[i].name);
        for (int k = 0; k < count; k++) {
            struct prefix prefix = {false};
            enum command command = COMMAND_NONE;
            struct input_event event = {
                .kind = INPUT_KEY, .key = keys[k].key, .modifiers = keys[k].modifiers};
            cr_expect_eq(take(&prefix, "Ctrl-]", &command), PREFIX_BEGUN);
            cr_expect(prefix.active);
            cr_expect_eq(prefix_take(&prefix, &event, &command), PREFIX_COMMAND);
            cr_expect_eq(command, i, "%s", command_table[i].name);
            cr_expect_not(prefix.active);
            tried++;
        }
    }
    cr_expect_geq(tried, 5);
}

Test(prefix, esc_leaves_and_another_key_is_told_as_unknown)
{
    struct prefix prefix = {false};
    enum command command = COMMAND_NONE;
    (void)take(&prefix, "Ctrl-]", &command);
    cr_expect_eq(take(&prefix, "Esc", &command), PREFIX_LEFT);
    cr_expect_not(prefix.active);
    (void)take(&prefix, "Ctrl-]", &command);
    cr_expect_eq(take(&prefix, "@", &command), PREFIX_UNKNOWN);
    cr_expect_eq(command, COMMAND_NONE);
    cr_expect_eq(take(&prefix, "@", &command), PREFIX_PASS);
}

Test(prefix, commands_of_other_scopes_are_not_meant)
{
    struct prefix prefix = {false};
    enum command command = COMMAND_NONE;
    (void)take(&prefix, "Ctrl-]", &command);
    cr_expect_eq(take(&prefix, "Enter", &command), PREFIX_UNKNOWN); // connect again: of an ended one
    (void)take(&prefix, "Ctrl-]", &command);
    cr_expect_eq(take(&prefix, "v", &command), PREFIX_UNKNOWN); // validate: of the deck
}

Test(prefix, a_paste_is_never_a_command)
{
    static const enum input_kind kinds[] = {INPUT_PASTE_BEGIN, INPUT_PASTE, INPUT_PASTE_END, INPUT_FOCUS_OUT};
    struct prefix prefix = {false};
    enum command command = COMMAND_NONE;
    (void)take(&prefix, "Ctrl-]", &command);
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        struct input_event event = {.kind = kinds[i], .raw = "x", .raw_length = 1};
        cr_expect_eq(prefix_take(&prefix, &event, &command), PREFIX_PASS);
        cr_expect(prefix.active);
    }
    struct input_event mouse = {.kind = INPUT_MOUSE};
    cr_expect_eq(prefix_take(&prefix, &mouse, &command), PREFIX_TAKEN);
    cr_expect_eq(take(&prefix, "x", &command), PREFIX_COMMAND);
    cr_expect_eq(command, COMMAND_session_close);
}
