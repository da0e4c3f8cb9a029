// SPDX-License-Identifier: Apache-2.0
//
// commands: owns the table as data and the one way a command's keys are written for the operator.

#include "views/command/commands.h"

#include "tui/term/keymap.h"

#include <stdio.h>

const struct command_entry command_table[COMMAND_COUNT] = {
#define X(id, name, scope, keys, hint, help) {#id, name, SCOPE_##scope, keys, hint, help, command_##id},
    COMMAND_TABLE(X)
#undef X
};

const char *scope_title(enum scope scope)
{
    static const char *const titles[SCOPE_COUNT] = {
#define X(name, title) title,
        SCOPE_TABLE(X)
#undef X
    };
    return scope >= 0 && scope < SCOPE_COUNT ? titles[scope] : "";
}

// What the deck does to its selection, the timeline does to what its cursor is on.
static const enum command of_timeline[] = {
    COMMAND_connect,
    COMMAND_create,
    COMMAND_validate,
    COMMAND_regenerate,
    COMMAND_renew,
    COMMAND_delete,
    COMMAND_forget,
    COMMAND_import,
    COMMAND_copy_id,
    COMMAND_copy_credential_id,
    COMMAND_reveal,
    COMMAND_copy_command,
    COMMAND_renew_credential,
    COMMAND_copy_password,
    COMMAND_filter,
    COMMAND_sessions,
    COMMAND_session_back,
    COMMAND_alert_next,
    COMMAND_alert_dismiss,
    COMMAND_sandbox_start,
    COMMAND_sandbox_stop,
    COMMAND_sandbox_pause,
    COMMAND_sandbox_delete,
    COMMAND_mark,
    COMMAND_mark_shown,
    COMMAND_mark_expiring,
    COMMAND_mark_invert,
    COMMAND_mark_none,
    COMMAND_bulk,
};

bool command_counts(enum command command, enum scope scope)
{
    if (command < 0 || command >= COMMAND_COUNT)
        return false;
    if (command_table[command].scope == scope)
        return true;
    for (size_t i = 0; scope == SCOPE_TIMELINE && i < sizeof of_timeline / sizeof *of_timeline; i++)
        if (of_timeline[i] == command)
            return true;
    return false;
}

const char *command_aliases(enum command command)
{
    static const char *const words[COMMAND_COUNT] = {
#define X(id, aliases) [COMMAND_##id] = (aliases),
        COMMAND_ALIASES(X)
#undef X
    };
    return command >= 0 && command < COMMAND_COUNT && words[command] != NULL ? words[command] : "";
}

const char *command_group(enum command command)
{
    static const char *const titles[COMMAND_COUNT] = {
#define X(id, title) [COMMAND_##id] = (title),
        COMMAND_GROUPS(X)
#undef X
    };
    return command >= 0 && command < COMMAND_COUNT ? titles[command] : NULL;
}

static int keys_of(enum command command, struct keymap_key *keys)
{
    if (command < 0 || command >= COMMAND_COUNT)
        return 0;
    int count = keymap_parse_list(command_table[command].keys, keys, KEYMAP_KEYS_MAX);
    return count < 0 ? 0 : count;
}

const char *command_key(enum command command)
{
    static char names[COMMAND_COUNT][KEYMAP_NAME_MAX];
    struct keymap_key keys[KEYMAP_KEYS_MAX];
    if (command < 0 || command >= COMMAND_COUNT)
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
