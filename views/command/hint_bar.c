// SPDX-License-Identifier: Apache-2.0
//
// hint_bar: owns the choice of hints: what does something now, the most useful first, as many as have room.

#include "views/command/hint_bar.h"

#include "tui/base/text.h"

#include <stdbool.h>

enum { MARGIN = 1, GAP = 2 };

static int width_of(enum command command)
{
    return text_width(command_key(command)) + 1 + text_width(command_table[command].hint);
}

// In the deck, the most useful first; elsewhere the table's order does.
static const enum command deck_order[] = {
    COMMAND_refresh, COMMAND_sandbox_start, COMMAND_connect,  COMMAND_create,      COMMAND_regenerate,
    COMMAND_clear,   COMMAND_filter,        COMMAND_validate, COMMAND_delete,      COMMAND_palette,
    COMMAND_details, COMMAND_timeline,      COMMAND_quit,     COMMAND_sandbox_new,
};
enum { DECK_ORDER = sizeof deck_order / sizeof *deck_order };

// Kept free before all others; in the order in which they stand at the end of the line.
static const enum command kept[] = {COMMAND_session_back, COMMAND_session_help, COMMAND_help};
enum { KEPT = sizeof kept / sizeof *kept };

static bool is_kept(int command)
{
    for (size_t i = 0; i < KEPT; i++)
        if ((int)kept[i] == command)
            return true;
    return false;
}

static bool has_hint(int command, enum scope scope, const struct command_facts *facts)
{
    const struct command_entry *entry = &command_table[command];
    // After the prefix, and on the wall, what counts everywhere doesn't.
    bool everywhere =
        scope != SCOPE_WALL && scope != SCOPE_SESSION && scope != SCOPE_ENDED && entry->scope == SCOPE_GLOBAL;
    return (everywhere || command_counts((enum command)command, scope)) && entry->hint[0] != '\0' &&
           entry->keys[0] != '\0' && (facts == NULL || command_is_useful((enum command)command, facts));
}

struct line {
    enum scope scope;
    const struct command_facts *facts;
    int used, columns;
    enum command *out;
    size_t count;
};

static bool has(const struct line *line, enum command command)
{
    for (size_t i = 0; i < line->count; i++)
        if (line->out[i] == command)
            return true;
    return false;
}

static void add(struct line *line, enum command command)
{
    int width = width_of(command);
    if (line->used + width > line->columns || has(line, command) || is_kept((int)command) ||
        !has_hint((int)command, line->scope, line->facts))
        return;
    line->out[line->count++] = command;
    line->used += width + GAP;
}

// The scope's own first, then what it has of the deck, then what counts everywhere.
static void add_by_table(struct line *line)
{
    for (int pass = 0; pass < 3; pass++)
        for (int i = 0; i < COMMAND_COUNT; i++) {
            bool own = command_table[i].scope == line->scope, all = command_table[i].scope == SCOPE_GLOBAL;
            if (pass == (own ? 0 : all ? 2 : 1))
                add(line, (enum command)i);
        }
}

size_t hint_bar_commands(enum scope scope, const struct command_facts *facts, int columns,
                         enum command out[COMMAND_COUNT])
{
    struct line line = {.scope = scope, .facts = facts, .used = MARGIN, .columns = columns, .out = out};
    bool keeps[KEPT];
    for (int i = KEPT - 1; i >= 0; i--) {
        int width = width_of(kept[i]);
        keeps[i] = has_hint((int)kept[i], scope, facts) &&
                   !(kept[i] == COMMAND_help && scope == SCOPE_HELP) && line.used + width <= columns;
        line.used += keeps[i] ? width + GAP : 0;
    }
    bool deck = scope == SCOPE_DECK;
    if (deck && facts != NULL && facts->loaded && facts->total == 0)
        add(&line, COMMAND_sandbox_new);
    for (size_t i = 0; deck && i < DECK_ORDER; i++)
        add(&line, deck_order[i]);
    add_by_table(&line);
    for (size_t i = 0; i < KEPT; i++)
        if (keeps[i])
            out[line.count++] = kept[i];
    return line.count;
}

struct hint {
    const char *key, *word;
};

static int put_hint(WINDOW *window, int y, int x, int end, const struct hint *hint)
{
    x += text_put(window, y, x, end - x, ROLE_KEY_HINT, hint->key) + 1;
    return x + text_put(window, y, x, end - x, ROLE_HINT_TEXT, hint->word) + GAP;
}

void hint_bar_draw(WINDOW *window, int y, int x, int columns, enum scope scope,
                   const struct command_facts *facts, const char *notice)
{
    enum command commands[COMMAND_COUNT];
    int end = x + columns;
    text_fill(window, y, x, 1, columns, ROLE_HINT_TEXT);
    x += MARGIN;
    if (notice[0] != '\0') {
        int room = columns - 2 * MARGIN - GAP - width_of(COMMAND_help);
        x += text_put(window, y, x, room > 0 ? room : columns, ROLE_ACCENT, notice) + GAP;
    }
    size_t count = hint_bar_commands(scope, facts, end - x + MARGIN, commands);
    for (size_t i = 0; i < count; i++) {
        const struct hint hint = {command_key(commands[i]), command_table[commands[i]].hint};
        x = put_hint(window, y, x, end, &hint);
    }
}

void hint_bar_draw_layer(WINDOW *window, int y, int x, int columns, enum hint_layer layer, const char *verb)
{
    enum { HINTS = 4 };
    static const struct hint hints[HINT_LAYER_COUNT][HINTS] = {
        [HINT_DIALOG] = {{"Esc", "cancel"}, {"Enter", "choose"}, {"Tab", "next button"}},
        [HINT_YES_NO] = {{"y", "yes"}, {"n", "no"}, {"Enter", "choose"}, {"Tab", "next button"}},
        [HINT_NONE] = {{"", ""}, {"", ""}, {"", ""}},
        [HINT_PROGRESS] = {{"Esc", "cancel"}, {"", ""}, {"", ""}},
        [HINT_FORM] = {{"Esc", "cancel"}, {"Enter", "go on"}, {"Tab", "next field"}},
        [HINT_PALETTE] = {{"Esc", "close"}, {"Enter", ""}, {"Up Down", "select"}},
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
        struct hint shown = hints[layer][i], *hint = &shown;
        if (layer == HINT_PALETTE && i == 1)
            shown.word = verb;
        if (hint->key[0] != '\0' && x + text_width(hint->key) + 1 + text_width(hint->word) <= end)
            x = put_hint(window, y, x, end, hint);
    }
}
