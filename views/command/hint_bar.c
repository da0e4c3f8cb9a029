// SPDX-License-Identifier: Apache-2.0
//
// hint_bar: choose and draw the hints of the last line: what does something now, the most useful first, as
// many as have room.

#include "views/command/hint_bar.h"

#include "tui/base/text.h"

#include <stdbool.h>

enum { MARGIN = 1, GAP = 2 };

static int width_of(enum command command, enum scope scope)
{
    return text_width(command_key(command)) + 1 + text_width(command_hint(command, scope));
}

// The most useful first, where the table's order does not say so.
static const struct {
    enum scope scope;
    enum command command;
} order[] = {
    {SCOPE_DECK, COMMAND_refresh}, {SCOPE_DECK, COMMAND_sandbox_start}, {SCOPE_DECK, COMMAND_connect},
    {SCOPE_DECK, COMMAND_create},  {SCOPE_DECK, COMMAND_regenerate},    {SCOPE_DECK, COMMAND_clear},
    {SCOPE_DECK, COMMAND_filter},  {SCOPE_DECK, COMMAND_validate},      {SCOPE_DECK, COMMAND_delete},
    {SCOPE_DECK, COMMAND_palette}, {SCOPE_DECK, COMMAND_details},       {SCOPE_DECK, COMMAND_timeline},
    {SCOPE_DECK, COMMAND_quit},    {SCOPE_DECK, COMMAND_sandbox_new},   {SCOPE_HELP, COMMAND_help_close},
};
enum { ORDER = sizeof order / sizeof *order };

// Kept free before all others; in the order in which they stand at the end of the line.
static const enum command kept[] = {COMMAND_session_back, COMMAND_session_help, COMMAND_help};
enum { KEPT = sizeof kept / sizeof *kept };

static bool is_kept(enum command command)
{
    for (size_t i = 0; i < KEPT; i++)
        if (kept[i] == command)
            return true;
    return false;
}

static bool has_hint(enum command command, enum scope scope, const struct command_facts *facts)
{
    // After the prefix, and on the wall, what counts everywhere doesn't.
    bool everywhere = scope != SCOPE_WALL && scope != SCOPE_SESSION && scope != SCOPE_ENDED &&
                      command_counts(command, SCOPE_GLOBAL);
    return (everywhere || command_counts(command, scope)) && command_hint(command, scope)[0] != '\0' &&
           command_has_key(command) && (facts == NULL || command_is_useful(command, facts));
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
    int width = width_of(command, line->scope);
    if (line->used + width > line->columns || has(line, command) || is_kept(command) ||
        !has_hint(command, line->scope, line->facts))
        return;
    line->out[line->count++] = command;
    line->used += width + GAP;
}

// The scope's own first, then what it has of the deck, then what counts everywhere.
static void add_by_table(struct line *line)
{
    for (int pass = 0; pass < 3; pass++)
        for (enum command i = 0; i < COMMAND_COUNT; i++) {
            bool borrowed = command_is_borrowed(i, line->scope);
            bool all = command_counts(i, SCOPE_GLOBAL);
            if (pass == (borrowed ? 1 : all ? 2 : 0))
                add(line, i);
        }
}

size_t hint_bar_commands(enum scope scope, const struct command_facts *facts, int columns,
                         enum command out[COMMAND_COUNT])
{
    struct line line = {.scope = scope, .facts = facts, .used = MARGIN, .columns = columns, .out = out};
    bool keeps[KEPT];
    for (int i = KEPT - 1; i >= 0; i--) {
        int width = width_of(kept[i], scope);
        keeps[i] = has_hint(kept[i], scope, facts) && !(kept[i] == COMMAND_help && scope == SCOPE_HELP) &&
                   line.used + width <= columns;
        line.used += keeps[i] ? width + GAP : 0;
    }
    if (scope == SCOPE_DECK && facts != NULL && facts->loaded && facts->total == 0)
        add(&line, COMMAND_sandbox_new);
    for (size_t i = 0; i < ORDER; i++)
        if (order[i].scope == scope)
            add(&line, order[i].command);
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
        int room = columns - 2 * MARGIN - GAP - width_of(COMMAND_help, scope);
        x += text_put(window, y, x, room > 0 ? room : columns, ROLE_ACCENT, notice) + GAP;
    }
    size_t count = hint_bar_commands(scope, facts, end - x + MARGIN, commands);
    for (size_t i = 0; i < count; i++) {
        const struct hint hint = {command_key(commands[i]), command_hint(commands[i], scope)};
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
        [HINT_FILTER_COMPLETE] = {{"Tab", "complete"},
                                  {"Esc", "clear"},
                                  {"Enter", "keep"},
                                  {"Up Down", "select"}},
        [HINT_FILTER_COMPLETE_CONNECT] = {{"Enter", "connect"},
                                          {"Tab", "complete"},
                                          {"Esc", "clear"},
                                          {"Up Down", "select"}},
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
