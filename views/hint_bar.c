// SPDX-License-Identifier: Apache-2.0
//
// hint_bar: owns the choice of hints when not all have room.

#include "views/hint_bar.h"

#include "tui/text.h"

#include <stdbool.h>

enum { MARGIN = 1, GAP = 2 };

static int width_of(enum command command)
{
    return text_width(command_key(command)) + 1 + text_width(command_table[command].hint);
}

static bool has_hint(int command, enum scope scope)
{
    const struct command_entry *entry = &command_table[command];
    return entry->scope == scope && entry->hint[0] != '\0' && entry->keys[0] != '\0';
}

size_t hint_bar_commands(enum scope scope, int columns, enum command out[COMMAND_COUNT])
{
    size_t count = 0;
    // Help's place is kept free first.
    bool help = scope != SCOPE_HELP && MARGIN + width_of(COMMAND_help) <= columns;
    int used = MARGIN + (help ? width_of(COMMAND_help) + GAP : 0);
    const enum scope scopes[] = {scope, SCOPE_GLOBAL};
    for (size_t i = 0; i < (scope == SCOPE_GLOBAL ? 1U : 2U); i++) {
        for (int command = 0; command < COMMAND_COUNT; command++) {
            if (!has_hint(command, scopes[i]) || command == COMMAND_help)
                continue;
            int width = width_of((enum command)command);
            if (used + width > columns)
                continue;
            out[count++] = (enum command)command;
            used += width + GAP;
        }
    }
    if (help)
        out[count++] = COMMAND_help;
    return count;
}

void hint_bar_draw(WINDOW *window, int y, int x, int columns, enum scope scope)
{
    enum command commands[COMMAND_COUNT];
    size_t count = hint_bar_commands(scope, columns, commands);
    int end = x + columns;
    text_fill(window, y, x, 1, columns, ROLE_HINT_TEXT);
    x += MARGIN;
    for (size_t i = 0; i < count; i++) {
        x += text_put(window, y, x, end - x, ROLE_KEY_HINT, command_key(commands[i])) + 1;
        x += text_put(window, y, x, end - x, ROLE_HINT_TEXT, command_table[commands[i]].hint) + GAP;
    }
}
