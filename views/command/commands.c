// SPDX-License-Identifier: Apache-2.0
//
// commands: the table as data, and the keys that are set now, as they are shown to the operator.

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

enum { COMMAND_SHOWN_CAP = KEYMAP_NAME_MAX + 8 };

static bool is_command(enum command command)
{
    return command >= 0 && command < COMMAND_COUNT;
}

const char *scope_title(enum scope scope)
{
    static char with_prefix[64];
    if (scope != SCOPE_SESSION)
        return scopes[scope].title;
    (void)snprintf(with_prefix, sizeof with_prefix, "%s %s", scopes[scope].title,
                   command_key(COMMAND_session_prefix));
    return with_prefix;
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

// What the operator has chosen.
static char chosen[COMMAND_COUNT][COMMAND_KEYS_CAP];
static bool is_chosen[COMMAND_COUNT];
static char shown[COMMAND_COUNT][COMMAND_SHOWN_CAP]; // kept for lines that are drawn often

const char *command_key_names(enum command command)
{
    if (!is_command(command))
        return "";
    return is_chosen[command] ? chosen[command] : command_table[command].keys;
}

bool command_has_key(enum command command)
{
    return command_key_names(command)[0] != '\0';
}

void command_set_keys(enum command command, const char *names)
{
    is_chosen[command] = names != NULL;
    (void)snprintf(chosen[command], sizeof chosen[command], "%s", names != NULL ? names : "");
    shown[command][0] = '\0';
}

// In a session only what follows the prefix is ours: nothing there counts everywhere. Ended, it takes the
// prefix, too.
bool command_meets(enum command command, enum command other)
{
    unsigned a = command_table[command].scopes, b = command_table[other].scopes;
    const unsigned apart = SCOPES_SESSION | SCOPES_ENDED;
    return (a & b) != 0 || (((a | b) & SCOPES_GLOBAL) != 0 && ((a | b) & apart) == 0) ||
           (command == COMMAND_session_prefix && b == SCOPES_ENDED) ||
           (other == COMMAND_session_prefix && a == SCOPES_ENDED);
}

const char *command_key(enum command command)
{
    struct keymap_key keys[KEYMAP_KEYS_MAX];
    if (!is_command(command))
        return "";
    if (shown[command][0] != '\0')
        return shown[command];
    if (keymap_parse_list(command_key_names(command), keys, KEYMAP_KEYS_MAX) > 0)
        keymap_format(keys[0], shown[command]);
    else
        (void)snprintf(shown[command], sizeof shown[command], "`%s`", command_table[command].name);
    return shown[command];
}

char *command_keys(enum command command, char *out, size_t cap)
{
    struct keymap_key keys[KEYMAP_KEYS_MAX];
    int count = keymap_parse_list(command_key_names(command), keys, KEYMAP_KEYS_MAX);
    return keymap_format_list(keys, count > 0 ? (size_t)count : 0, " ", out, cap);
}
