// SPDX-License-Identifier: Apache-2.0
//
// keymap: names of keys parse and format, and bindings are looked up by scope.

#include "tui/term/keymap.h"

#include <criterion/criterion.h>
#include <string.h>

static const struct {
    const char *name;
    uint32_t key;
    unsigned modifiers;
    const char *canonical;
} keys[] = {
    {"x", 'x', 0, "x"},
    {"?", '?', 0, "?"},
    {"G", 'G', 0, "G"},
    {"-", '-', 0, "-"},
    {"Ctrl--", '-', INPUT_CTRL, "Ctrl--"},
    {"Ctrl-R", 'r', INPUT_CTRL, "Ctrl-R"},
    {"Ctrl-r", 'r', INPUT_CTRL, "Ctrl-R"},
    {"ctrl-]", ']', INPUT_CTRL, "Ctrl-]"},
    {"Alt-n", 'n', INPUT_ALT, "Alt-n"},
    {"Alt-N", 'N', INPUT_ALT, "Alt-N"},
    {"Alt-Ctrl-d", 'd', INPUT_CTRL | INPUT_ALT, "Ctrl-Alt-D"},
    {"Shift-Tab", INPUT_KEY_TAB, INPUT_SHIFT, "Shift-Tab"},
    {"Shift-g", 'G', 0, "G"},
    {"enter", INPUT_KEY_ENTER, 0, "Enter"},
    {"Return", INPUT_KEY_ENTER, 0, "Enter"},
    {"Esc", INPUT_KEY_ESC, 0, "Esc"},
    {"Space", ' ', 0, "Space"},
    {"Ctrl-Space", ' ', INPUT_CTRL, "Ctrl-Space"},
    {"PageUp", INPUT_KEY_PAGE_UP, 0, "PageUp"},
    {"PgDn", INPUT_KEY_PAGE_DOWN, 0, "PageDown"},
    {"F1", INPUT_KEY_F1, 0, "F1"},
    {"f20", INPUT_KEY_F20, 0, "F20"},
    {"F", 'F', 0, "F"},
    {"Ctrl-Shift-Left", INPUT_KEY_LEFT, INPUT_CTRL | INPUT_SHIFT, "Ctrl-Shift-Left"},
    {"\303\244", 0xe4, 0, "\303\244"},
    {"\342\202\254", 0x20ac, 0, "\342\202\254"},
};

Test(keymap, names_parse_and_come_back)
{
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
        struct keymap_key key = {0, 0}, again = {0, 0};
        char name[KEYMAP_NAME_MAX];
        cr_assert(keymap_parse(keys[i].name, &key), "%s", keys[i].name);
        cr_expect(key.key == keys[i].key && key.modifiers == keys[i].modifiers, "%s", keys[i].name);
        keymap_format(key, name);
        cr_expect_str_eq(name, keys[i].canonical);
        cr_expect(keymap_parse(name, &again) && keymap_key_equal(key, again), "%s", name);
    }
}

Test(keymap, every_named_key_and_modifier_comes_back)
{
    for (uint32_t which = INPUT_KEY_NAMED; which < INPUT_KEY_END_OF_NAMED; which++) {
        for (unsigned modifiers = 0; modifiers < 8; modifiers++) {
            struct keymap_key key = {which, modifiers}, again = {0, 0};
            char name[KEYMAP_NAME_MAX];
            keymap_format(key, name);
            cr_assert(keymap_parse(name, &again) && keymap_key_equal(key, again), "%s", name);
        }
    }
}

Test(keymap, what_is_no_key)
{
    static const char *const names[] = {"",      "xx",           "Ctrl-",   "Ctrl-Ctrl-a", "F0",   "F21",
                                        "Nokey", "Ctrl-Shift-a", "Shift-1", "\001",        "\303", "\200",
                                        " ",     "Enter ",       "F1x"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        struct keymap_key key = {42, 42};
        cr_expect_not(keymap_parse(names[i], &key), "%s", names[i]);
        cr_expect(key.key == 42 && key.modifiers == 42, "%s changed it", names[i]);
    }
}

Test(keymap, lists)
{
    struct keymap_key list[3];
    char names[64];
    cr_expect_eq(keymap_parse_list("PageDown Ctrl-f  Space", list, 3), 3);
    cr_expect_str_eq(keymap_format_list(list, 3, ", ", names, sizeof names), "PageDown, Ctrl-F, Space");
    cr_expect_str_eq(keymap_format_list(list, 3, ", ", names, 18), "PageDown, Ctrl-F");
    cr_expect_eq(keymap_parse_list("", list, 3), 0);
    cr_expect_eq(keymap_parse_list("a b c d", list, 3), -1);
    cr_expect_eq(keymap_parse_list("a nokey", list, 3), -1);
}

Test(keymap, bind_and_look_up)
{
    struct keymap *keymap = keymap_new();
    struct keymap_key up = {INPUT_KEY_UP, 0}, k = {'k', 0};
    cr_assert(keymap_bind(keymap, 1, "Up k", 10));
    cr_assert(keymap_bind(keymap, 2, "k", 20));
    cr_expect_not(keymap_bind(keymap, 1, "a nokey", 30));
    cr_expect_eq(keymap_lookup(keymap, 1, up), 10);
    cr_expect_eq(keymap_lookup(keymap, 1, k), 10);
    cr_expect_eq(keymap_lookup(keymap, 2, k), 20);
    cr_expect_eq(keymap_lookup(keymap, 2, up), KEYMAP_NONE);
    cr_expect_eq(keymap_lookup(keymap, 3, k), KEYMAP_NONE);
    k.modifiers = INPUT_CTRL;
    cr_expect_eq(keymap_lookup(keymap, 1, k), KEYMAP_NONE);
    cr_assert(keymap_bind(keymap, 1, "Up", 11)); // bound anew
    cr_expect_eq(keymap_lookup(keymap, 1, up), 11);
    keymap_free(keymap);
}
