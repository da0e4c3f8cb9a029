// SPDX-License-Identifier: Apache-2.0
//
// The table of commands holds together: names, keys, and what is made from it.

#include "tui/term/keymap.h"
#include "tui/widget/palette.h"
#include "views/command/commands.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

Test(commands, names_are_unique_and_every_one_has_help)
{
    for (int i = 0; i < COMMAND_COUNT; i++) {
        cr_expect(command_table[i].name[0] != '\0' && command_table[i].help[0] != '\0', "%s",
                  command_table[i].id);
        for (int k = i + 1; k < COMMAND_COUNT; k++)
            cr_expect_str_neq(command_table[i].name, command_table[k].name);
    }
}

// The sandboxes' and the credentials' verbs may share a word; no other commands that are offered together.
static bool may_share(enum command a, enum command b)
{
    const char *last_a = strrchr(command_table[a].name, ' '), *last_b = strrchr(command_table[b].name, ' ');
    unsigned both = command_table[a].scopes | command_table[b].scopes;
    bool together = (command_table[a].scopes & command_table[b].scopes) != 0 || (both & SCOPES_GLOBAL) != 0;
    return !together || (last_a != NULL && last_b != NULL && strcmp(last_a, last_b) == 0) ||
           (strncmp(command_table[a].name, "renewal ", 8) == 0 &&
            strncmp(command_table[b].name, "renewal ", 8) == 0) ||
           (strncmp(command_table[a].id, "session_sync", 12) == 0 &&
            strncmp(command_table[b].id, "session_sync", 12) == 0);
}

static bool has_word(const char *words, const char *word)
{
    size_t length = strlen(word);
    for (const char *at = words; (at = strstr(at, word)) != NULL; at += length)
        if ((at == words || at[-1] == ' ') && (at[length] == ' ' || at[length] == '\0'))
            return true;
    return false;
}

Test(commands, another_name_means_one_command)
{
    size_t words = 0;
    for (int i = 0; i < COMMAND_COUNT; i++) {
        char copy[256], *rest = copy;
        (void)snprintf(copy, sizeof copy, "%s", command_aliases((enum command)i));
        for (char *word = strtok_r(copy, " ", &rest); word != NULL; word = strtok_r(NULL, " ", &rest)) {
            words++;
            cr_expect_not(has_word(command_table[i].name, word), "%s: %s", command_table[i].id, word);
            for (int k = 0; k < COMMAND_COUNT; k++) {
                cr_expect(k == i || may_share((enum command)i, (enum command)k) ||
                              !has_word(command_aliases((enum command)k), word),
                          "%s and %s: %s", command_table[i].id, command_table[k].id, word);
            }
        }
    }
    cr_expect_gt(words, 50);
    cr_expect_str_eq(command_aliases(COMMAND_NONE), "");
}

// What a command means wherever it stands: its name without its scope's word.
static const char *meaning(int command)
{
    const char *name = command_table[command].name;
    for (int i = 0; i < SCOPE_COUNT; i++) {
        const char *word = scope_word((enum scope)i);
        size_t length = strlen(word);
        if (i != SCOPE_DECK && length > 0 && strncmp(name, word, length) == 0 && name[length] == ' ')
            return name + length + 1;
    }
    return name;
}

static bool is_of_list(int command)
{
    const unsigned lists = SCOPES_DECK | SCOPES_TIMELINE | SCOPES_LOG | SCOPES_BULK | SCOPES_WALL;
    return (command_table[command].scopes & lists) != 0;
}

// Enter goes into what is selected, Esc and q lead out; a list's own name opens it and closes it again.
static bool leads_in_or_out(const char *key, const char *meaning_of)
{
    static const char *const out[] = {"quit", "close", "back", "clear", "timeline", "bulk", "log"};
    bool leads_out = false;
    for (size_t i = 0; i < sizeof out / sizeof *out; i++)
        leads_out |= strcmp(meaning_of, out[i]) == 0;
    if (strcmp(key, "Enter") == 0)
        return leads_out || strcmp(meaning_of, "connect") == 0 || strcmp(meaning_of, "details") == 0;
    return leads_out;
}

static void expect_one_meaning(int a, int b)
{
    struct keymap_key keys[KEYMAP_KEYS_MAX], others[KEYMAP_KEYS_MAX];
    int count = keymap_parse_list(command_table[a].keys, keys, KEYMAP_KEYS_MAX);
    int other = keymap_parse_list(command_table[b].keys, others, KEYMAP_KEYS_MAX);
    for (int i = 0; i < count; i++) {
        for (int k = 0; k < other; k++) {
            char name[KEYMAP_NAME_MAX];
            if (keys[i].key != others[k].key || keys[i].modifiers != others[k].modifiers)
                continue;
            keymap_format(keys[i], name);
            cr_expect(strcmp(meaning(a), meaning(b)) == 0 ||
                          (leads_in_or_out(name, meaning(a)) && leads_in_or_out(name, meaning(b))),
                      "%s is %s and %s", name, command_table[a].id, command_table[b].id);
        }
    }
}

Test(commands, a_key_means_the_same_in_every_list)
{
    for (int a = 0; a < COMMAND_COUNT; a++)
        for (int b = a + 1; b < COMMAND_COUNT; b++)
            if (is_of_list(a) && is_of_list(b))
                expect_one_meaning(a, b);
}

static void on_picked(void *context, int id)
{
    *(int *)context = id;
}

static int picked(enum scope scope, const char *typed)
{
    struct palette_entry entries[COMMAND_COUNT];
    size_t count = 0;
    int id = PALETTE_NONE;
    for (int i = 0; i < COMMAND_COUNT; i++)
        if (command_counts((enum command)i, scope) || command_counts((enum command)i, SCOPE_GLOBAL))
            entries[count++] = (struct palette_entry){.id = i,
                                                      .name = command_table[i].name,
                                                      .keys = command_key((enum command)i),
                                                      .help = command_table[i].help,
                                                      .also = command_aliases((enum command)i)};
    struct palette *palette = palette_new("Commands", entries, count, on_picked, &id);
    for (; *typed != '\0'; typed++)
        (void)palette_input(palette, &(struct input_event){.kind = INPUT_KEY, .key = (unsigned char)*typed});
    (void)palette_input(palette, &(struct input_event){.kind = INPUT_KEY, .key = INPUT_KEY_ENTER});
    palette_finish(palette);
    return id;
}

static void expect_found(int command, enum scope scope)
{
    char turned[64];
    const char *name = command_table[command].name, *blank = strrchr(name, ' ');
    (void)snprintf(turned, sizeof turned, "%s %.*s", blank != NULL ? blank + 1 : name,
                   (int)(blank != NULL ? blank - name : 0), name);
    const char *const typed[] = {name, turned};
    for (size_t i = 0; i < sizeof typed / sizeof *typed; i++) {
        int found = picked(scope, typed[i]);
        cr_expect_eq(found, command, "%s finds %s", typed[i],
                     found >= 0 ? command_table[found].name : "nothing");
    }
}

Test(commands, every_one_is_found_in_the_palette_by_its_name_and_by_the_words_of_it_turned_round)
{
    for (int i = 0; i < COMMAND_COUNT; i++)
        for (int scope = 0; scope < SCOPE_COUNT; scope++)
            if (command_counts((enum command)i, (enum scope)scope))
                expect_found(i, (enum scope)scope);
}

// "Make a credential for …": a capital, a verb's plain form as far as that can be seen, no full stop.
Test(commands, help_is_a_short_sentence)
{
    for (int i = 0; i < COMMAND_COUNT; i++) {
        const char *help = command_table[i].help;
        size_t length = strlen(help);
        cr_expect(help[0] >= 'A' && help[0] <= 'Z', "%s: %s", command_table[i].id, help);
        cr_expect_neq(help[length - 1], '.', "%s: %s", command_table[i].id, help);
        cr_expect_leq(length, 90, "%s: %s", command_table[i].id, help);
        size_t verb = strcspn(help, " ,;:");
        cr_expect(verb > 1 && (help[verb - 1] != 's' || help[verb - 2] == 's'), "%s: %s", command_table[i].id,
                  help);
    }
}

Test(commands, every_key_parses_and_is_written_as_it_parses)
{
    for (int i = 0; i < COMMAND_COUNT; i++) {
        struct keymap_key keys[KEYMAP_KEYS_MAX], again;
        int count = keymap_parse_list(command_table[i].keys, keys, KEYMAP_KEYS_MAX);
        cr_assert_geq(count, 0, "%s: %s", command_table[i].id, command_table[i].keys);
        for (int k = 0; k < count; k++) {
            char name[KEYMAP_NAME_MAX];
            keymap_format(keys[k], name);
            cr_assert(keymap_parse(name, &again), "%s", name);
            cr_expect(keymap_key_equal(keys[k], again), "%s", name);
        }
    }
}

Test(commands, no_key_means_two_things_in_a_scope)
{
    for (int i = 0; i < COMMAND_COUNT; i++) {
        for (int k = i + 1; k < COMMAND_COUNT; k++) {
            bool together = command_meets((enum command)i, (enum command)k);
            struct keymap_key of_i[KEYMAP_KEYS_MAX], of_k[KEYMAP_KEYS_MAX];
            int i_count = keymap_parse_list(command_table[i].keys, of_i, KEYMAP_KEYS_MAX);
            int k_count = keymap_parse_list(command_table[k].keys, of_k, KEYMAP_KEYS_MAX);
            for (int m = 0; together && m < i_count; m++)
                for (int n = 0; n < k_count; n++)
                    cr_expect(!keymap_key_equal(of_i[m], of_k[n]), "%s and %s", command_table[i].id,
                              command_table[k].id);
        }
    }
}

Test(commands, the_timeline_has_the_decks_commands_for_a_credential)
{
    cr_expect(command_counts(COMMAND_regenerate, SCOPE_TIMELINE));
    cr_expect(command_is_borrowed(COMMAND_regenerate, SCOPE_TIMELINE));
    cr_expect_not(command_is_borrowed(COMMAND_regenerate, SCOPE_DECK));
    cr_expect_not(command_is_borrowed(COMMAND_up, SCOPE_TIMELINE), "it has an own list");
    cr_expect_not(command_counts(COMMAND_sort, SCOPE_TIMELINE), "it would order what is not seen");
}

Test(commands, one_of_several_lists_says_what_it_does_in_each)
{
    cr_expect_str_eq(command_help(COMMAND_up, SCOPE_DECK), "Select the row above");
    cr_expect_str_eq(command_help(COMMAND_up, SCOPE_LOG), "Select the newer event");
    cr_expect_str_eq(command_help(COMMAND_connect, SCOPE_TIMELINE), command_table[COMMAND_connect].help);
    cr_expect_str_eq(command_hint(COMMAND_down, SCOPE_HELP), "scroll");
    cr_expect_str_eq(command_hint(COMMAND_down, SCOPE_DECK), "");
    cr_expect_str_eq(command_group(COMMAND_up, SCOPE_DECK), "Move");
    cr_expect_null(command_group(COMMAND_up, SCOPE_LOG));
}

Test(commands, the_keys_the_operator_was_promised)
{
    cr_expect_str_eq(command_key(COMMAND_connect), "Enter");
    cr_expect_str_eq(command_key(COMMAND_refresh), "Ctrl-R");
    cr_expect_str_eq(command_key(COMMAND_help), "?");
    char keys[64];
    cr_expect_str_eq(command_keys(COMMAND_up, keys, sizeof keys), "Up k");
    cr_expect_str_eq(command_keys(COMMAND_up, keys, 3), "Up");
    cr_expect_str_eq(command_key(COMMAND_NONE), "");
}
