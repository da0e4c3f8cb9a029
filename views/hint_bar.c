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
    return command_counts((enum command)command, scope) && entry->hint[0] != '\0' && entry->keys[0] != '\0';
}

size_t hint_bar_commands(enum scope scope, int columns, enum command out[COMMAND_COUNT])
{
    size_t count = 0;
    // Help's place is kept free first.
    bool help = scope != SCOPE_HELP && scope != SCOPE_WALL && MARGIN + width_of(COMMAND_help) <= columns;
    int used = MARGIN + (help ? width_of(COMMAND_help) + GAP : 0);
    // The scope's own first, then what it has of the deck, then what counts everywhere.
    const struct {
        enum scope scope;
        bool own;
    } passes[] = {{scope, true}, {scope, false}, {SCOPE_GLOBAL, true}};
    for (size_t i = 0; i < (scope == SCOPE_GLOBAL || scope == SCOPE_WALL ? 1U : 3U); i++) {
        for (int command = 0; command < COMMAND_COUNT; command++) {
            bool own = command_table[command].scope == passes[i].scope;
            if (own != passes[i].own || !has_hint(command, passes[i].scope) || command == COMMAND_help)
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

struct hint {
    const char *key, *word;
};

static int put_hint(WINDOW *window, int y, int x, int end, const struct hint *hint)
{
    x += text_put(window, y, x, end - x, ROLE_KEY_HINT, hint->key) + 1;
    return x + text_put(window, y, x, end - x, ROLE_HINT_TEXT, hint->word) + GAP;
}

void hint_bar_draw(WINDOW *window, int y, int x, int columns, enum scope scope)
{
    enum command commands[COMMAND_COUNT];
    size_t count = hint_bar_commands(scope, columns, commands);
    int end = x + columns;
    text_fill(window, y, x, 1, columns, ROLE_HINT_TEXT);
    x += MARGIN;
    for (size_t i = 0; i < count; i++) {
        const struct hint hint = {command_key(commands[i]), command_table[commands[i]].hint};
        x = put_hint(window, y, x, end, &hint);
    }
}

void hint_bar_draw_notice(WINDOW *window, int y, int x, int columns, enum scope scope, const char *notice)
{
    int used = notice[0] != '\0' ? MARGIN + text_width(notice) + GAP : 0;
    if (used >= columns)
        used = columns;
    hint_bar_draw(window, y, x + used, columns - used, scope);
    if (used == 0)
        return;
    text_fill(window, y, x, 1, used, ROLE_HINT_TEXT);
    (void)text_put(window, y, x + MARGIN, used - MARGIN, ROLE_ACCENT, notice);
}

void hint_bar_draw_layer(WINDOW *window, int y, int x, int columns, enum hint_layer layer)
{
    enum { HINTS = 4 };
    static const struct hint hints[HINT_LAYER_COUNT][HINTS] = {
        [HINT_DIALOG] = {{"Esc", "cancel"}, {"Enter", "choose"}, {"Tab", "next button"}},
        [HINT_NONE] = {{"", ""}, {"", ""}, {"", ""}},
        [HINT_PROGRESS] = {{"Esc", "cancel"}, {"", ""}, {"", ""}},
        [HINT_FORM] = {{"Esc", "cancel"}, {"Enter", "go on"}, {"Tab", "next field"}},
        [HINT_PALETTE] = {{"Esc", "close"}, {"Enter", "run"}, {"Up Down", "select"}},
        [HINT_FILTER] = {{"Esc", "clear"}, {"Enter", "keep"}, {"Up Down", "select"}},
        [HINT_FILTER_CONNECT] = {{"Enter", "connect"},
                                 {"Esc", "clear"},
                                 {"Tab", "keep"},
                                 {"Up Down", "select"}},
    };
    int end = x + columns;
    text_fill(window, y, x, 1, columns, ROLE_HINT_TEXT);
    x += MARGIN;
    for (size_t i = 0; i < HINTS && hints[layer][i].key != NULL; i++) {
        const struct hint *hint = &hints[layer][i];
        if (hint->key[0] != '\0' && x + text_width(hint->key) + 1 + text_width(hint->word) <= end)
            x = put_hint(window, y, x, end, hint);
    }
}
