// SPDX-License-Identifier: Apache-2.0
//
// commands: owns the table as data and the one way a command's keys are written for the operator.

#include "views/command/commands.h"

#include "tui/term/keymap.h"

#include <stdio.h>

const struct command_entry command_table[COMMAND_COUNT] = {
#define X(id, name, scopes, keys, hint, help) {#id, name, SCOPES_##scopes, keys, hint, help},
    COMMAND_TABLE(X)
#undef X
};

static const struct {
    const char *word, *title;
} scopes[SCOPE_COUNT] = {
#define X(name, word, title) {word, title},
    SCOPE_TABLE(X)
#undef X
};

static bool is_command(enum command command)
{
    return command >= 0 && command < COMMAND_COUNT;
}

const char *scope_title(enum scope scope)
{
    return scopes[scope].title;
}

const char *scope_word(enum scope scope)
{
    return scopes[scope].word;
}

bool command_counts(enum command command, enum scope scope)
{
    return is_command(command) && (command_table[command].scopes & 1U << scope) != 0;
}

bool command_is_borrowed(enum command command, enum scope scope)
{
    return scope == SCOPE_TIMELINE && is_command(command) && command_table[command].scopes == SCOPES_ROWS;
}

static const struct variant {
    enum command command;
    enum scope scope;
    const char *hint, *help;
} variants[] = {
#define X(id, scope, hint, help) {COMMAND_##id, SCOPE_##scope, hint, help},
    COMMAND_VARIANTS(X)
#undef X
};

static const struct variant *variant_of(enum command command, enum scope scope)
{
    for (size_t i = 0; i < sizeof variants / sizeof *variants; i++)
        if (variants[i].command == command && variants[i].scope == scope)
            return &variants[i];
    return NULL;
}

const char *command_help(enum command command, enum scope scope)
{
    const struct variant *variant = variant_of(command, scope);
    return variant != NULL ? variant->help : command_table[command].help;
}

const char *command_hint(enum command command, enum scope scope)
{
    const struct variant *variant = variant_of(command, scope);
    return variant != NULL ? variant->hint : command_table[command].hint;
}

const char *command_aliases(enum command command)
{
    static const char *const words[COMMAND_COUNT] = {
#define X(id, aliases) [COMMAND_##id] = (aliases),
        COMMAND_ALIASES(X)
#undef X
    };
    return is_command(command) && words[command] != NULL ? words[command] : "";
}

const char *command_group(enum command command, enum scope scope)
{
    static const char *const titles[COMMAND_COUNT] = {
#define X(id, title) [COMMAND_##id] = (title),
        COMMAND_GROUPS(X)
#undef X
    };
    bool elsewhere = (command_table[command].scopes & ((1U << scope) - 1)) != 0; // listed there first
    return elsewhere ? NULL : titles[command];
}

static int keys_of(enum command command, struct keymap_key *keys)
{
    if (!is_command(command))
        return 0;
    int count = keymap_parse_list(command_table[command].keys, keys, KEYMAP_KEYS_MAX);
    return count < 0 ? 0 : count;
}

const char *command_key(enum command command)
{
    static char names[COMMAND_COUNT][KEYMAP_NAME_MAX];
    struct keymap_key keys[KEYMAP_KEYS_MAX];
    if (!is_command(command))
        return "";
    if (names[command][0] == '\0' && keys_of(command, keys) > 0) // lines that are drawn often ask
        keymap_format(keys[0], names[command]);
    return names[command];
}

char *command_keys(enum command command, char *out, size_t cap)
{
    struct keymap_key keys[KEYMAP_KEYS_MAX];
    int count = keys_of(command, keys);
    return keymap_format_list(keys, (size_t)count, " ", out, cap);
}
