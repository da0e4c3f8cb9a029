// SPDX-License-Identifier: Apache-2.0
//
// help_page: lay out the keys that count somewhere, in groups, and the legend of states and marks.

#include "views/console/help_page.h"

#include "tui/pane/copy_mode.h"
#include "tui/term/keymap.h"
#include "tui/widget/palette.h"
#include "views/command/own_commands.h"
#include "views/labels/legend.h"

#include <stdio.h>
#include <string.h>

enum {
    MARGIN = 1,
    GAP = 3,
    WIDTH_FOR_ONE = 74,
    KEYS_WIDE = 21,
    KEYS_NARROW = 8,
    STATE_WIDE = 15,
    WIDE = 60,
    TEXT_MIN = 8
};

// --- lines --------------------------------------------------------------------------------

static void add(struct help_page *page, struct help_line line)
{
    if (page->count < HELP_LINES_MAX)
        page->lines[page->count++] = line;
}

static void add_title(struct help_page *page, enum help_kind kind, const char *title)
{
    enum help_kind before = page->count > 0 ? page->lines[page->count - 1].kind : HELP_BLANK;
    if (before != HELP_BLANK && before != HELP_TITLE)
        add(page, (struct help_line){.kind = HELP_BLANK, .command = COMMAND_NONE});
    add(page, (struct help_line){.kind = kind, .command = COMMAND_NONE, .label = title});
}

static void add_entry(struct help_page *page, struct help_line entry)
{
    int width = page->width - entry.indent;
    const char *rest = entry.whole;
    entry.kind = HELP_ENTRY;
    while (rest != NULL && *rest != '\0') {
        const char *next = NULL;
        entry.text = rest;
        entry.length = text_wrap(rest, width > 1 ? width : 1, &next);
        add(page, entry);
        entry.kind = HELP_MORE;
        rest = next;
    }
}

static int keys_indent(const struct help_page *page)
{
    return page->narrow ? KEYS_NARROW : KEYS_WIDE;
}

// --- commands -----------------------------------------------------------------------------

// Those of the scope in their groups, or what it borrows from another.
static void add_commands(struct help_page *page, enum scope scope, bool borrowed)
{
    const char *group = borrowed ? "As in the deck" : NULL;
    for (enum command i = 0; i < COMMAND_COUNT; i++) {
        if (!command_counts(i, scope) || command_is_borrowed(i, scope) != borrowed)
            continue;
        const char *begins = borrowed ? NULL : command_group(i, scope);
        group = begins != NULL ? begins : group;
        if (!command_has_key(i))
            continue;
        if (group != NULL)
            add_title(page, HELP_GROUP, group);
        group = NULL;
        add_entry(page, (struct help_line){.command = i,
                                           .role = ROLE_KEY_HINT,
                                           .whole = command_help(i, scope),
                                           .indent = keys_indent(page)});
    }
}

static void add_own(struct help_page *page, enum scope scope)
{
    const struct own_command *own = NULL;
    bool titled = false;
    for (size_t i = 0; (own = own_command_at(i)) != NULL; i++) {
        if (own->key[0] == '\0' || !own_command_counts(own, scope))
            continue;
        if (!titled)
            add_title(page, HELP_GROUP, "Your own commands");
        titled = true;
        add_entry(page, (struct help_line){.command = COMMAND_NONE,
                                           .label = own->key,
                                           .role = ROLE_KEY_HINT,
                                           .whole = own_command_help(own),
                                           .indent = keys_indent(page)});
    }
}

static void add_scope(struct help_page *page, enum scope scope)
{
    add_title(page, HELP_TITLE, scope_title(scope));
    add_commands(page, scope, false);
    add_own(page, scope);
}

static void add_copy_mode(struct help_page *page)
{
    static char labels[COPY_HELP_MAX][HELP_KEYS_CAP];
    add_title(page, HELP_TITLE, "In copy mode");
    for (size_t i = 0; i < COPY_HELP_MAX; i++) {
        struct keymap_key keys[KEYMAP_KEYS_MAX];
        size_t count = 0;
        const char *help = copy_mode_help(i, keys, KEYMAP_KEYS_MAX, &count);
        if (help == NULL)
            break;
        add_entry(page, (struct help_line){
                            .command = COMMAND_NONE,
                            .label = keymap_format_list(keys, count, " ", labels[i], sizeof labels[i]),
                            .role = ROLE_KEY_HINT,
                            .whole = help,
                            .indent = keys_indent(page)});
    }
}

// --- states -------------------------------------------------------------------------------

static void add_state(struct help_page *page, const struct state_label *word, const char *meaning)
{
    int indent = page->width - STATE_WIDE < TEXT_MIN ? KEYS_NARROW : STATE_WIDE;
    add_entry(page, (struct help_line){.command = COMMAND_NONE,
                                       .label = word->text,
                                       .glyph = word->glyph,
                                       .role = word->role,
                                       .whole = meaning,
                                       .indent = indent});
}

static void add_legend(struct help_page *page)
{
    struct state_label word;
    const char *meaning = NULL;
    for (size_t group = 0; legend_title(group) != NULL; group++) {
        add_title(page, HELP_TITLE, legend_title(group));
        for (size_t i = 0; (meaning = legend_entry(group, i, &word)) != NULL; i++)
            add_state(page, &word, meaning);
    }
}

// --- the page -----------------------------------------------------------------------------

// A column may begin with a title or an entry, not within one and not with the blank line before a title.
static size_t fair_start(const struct help_page *page, size_t at)
{
    while (at < page->count && (page->lines[at].kind == HELP_BLANK || page->lines[at].kind == HELP_MORE))
        at++;
    while (at > 0 && at < page->count &&
           (page->lines[at - 1].kind == HELP_TITLE || page->lines[at - 1].kind == HELP_GROUP))
        at--;
    return at;
}

static void part(struct help_page *page)
{
    page->starts[0] = 0;
    for (int i = 1; i < page->columns; i++) {
        size_t at = fair_start(page, page->count * (size_t)i / (size_t)page->columns);
        page->starts[i] = at > page->starts[i - 1] ? at : page->starts[i - 1];
    }
    page->starts[page->columns] = page->count;
    page->high = 0;
    for (int i = 0; i < page->columns; i++)
        if (page->starts[i + 1] - page->starts[i] > page->high)
            page->high = page->starts[i + 1] - page->starts[i];
}

// In a session only what follows the prefix is ours, and on the wall nothing but its own.
static bool has_global(enum scope scope)
{
    return scope != SCOPE_SESSION && scope != SCOPE_ENDED && scope != SCOPE_WALL;
}

static void add_here(struct help_page *page, const struct help_wish *wish, bool seen[SCOPE_COUNT])
{
    const enum scope order[] = {has_global(wish->scope) ? SCOPE_GLOBAL : wish->scope, wish->scope,
                                wish->scope == SCOPE_ENDED ? SCOPE_SESSION : wish->scope};
    if (wish->looks_back)
        add_copy_mode(page);
    for (size_t i = 0; i < sizeof order / sizeof *order; i++) {
        if (!seen[order[i]])
            add_scope(page, order[i]);
        seen[order[i]] = true;
    }
    if (!wish->all)
        add_commands(page, wish->scope, true);
}

void help_build(const struct help_wish *wish, int columns, struct help_page *out)
{
    bool seen[SCOPE_COUNT] = {false};
    int count = columns / WIDTH_FOR_ONE;
    out->count = 0;
    out->columns = count < 1 ? 1 : count > HELP_COLUMNS_MAX ? HELP_COLUMNS_MAX : count;
    out->width = (columns - 2 * MARGIN - (out->columns - 1) * GAP) / out->columns;
    out->narrow = out->width < WIDE;
    add_here(out, wish, seen);
    for (int i = 0; wish->all && i < SCOPE_COUNT; i++)
        if (!seen[i])
            add_scope(out, (enum scope)i);
    if (wish->all && !wish->looks_back)
        add_copy_mode(out);
    if (!wish->all && wish->scope != SCOPE_HELP)
        add_scope(out, SCOPE_HELP);
    add_legend(out);
    part(out);
}

const char *help_label(const struct help_page *page, const struct help_line *line, char *out, size_t cap)
{
    if (line->glyph != GLYPH_NONE)
        (void)snprintf(out, cap, "%s %s", glyph(line->glyph), line->label);
    else if (line->command != COMMAND_NONE && page->narrow)
        (void)snprintf(out, cap, "%s", command_key(line->command));
    else if (line->command != COMMAND_NONE)
        (void)command_keys(line->command, out, cap);
    else
        (void)snprintf(out, cap, "%.*s",
                       (int)(page->narrow ? strcspn(line->label, " ") : strlen(line->label)), line->label);
    return out;
}

// --- search -------------------------------------------------------------------------------

bool help_matches(const struct help_line *line, const char *typed)
{
    char keys[HELP_KEYS_CAP], also[2 * HELP_KEYS_CAP];
    if (line->kind != HELP_ENTRY || typed[strspn(typed, " ")] == '\0')
        return false;
    bool command = line->command != COMMAND_NONE;
    (void)snprintf(also, sizeof also, "%s %s", command ? command_keys(line->command, keys, sizeof keys) : "",
                   command ? command_aliases(line->command) : "");
    const struct palette_entry entry = {
        .name = command ? command_table[line->command].name : line->label, .help = line->whole, .also = also};
    return palette_score(typed, &entry) >= 0;
}

size_t help_find(const struct help_page *page, const char *typed, size_t from, bool backward)
{
    for (size_t i = 1; i <= page->count; i++) {
        size_t at = (from + (backward ? page->count - i : i)) % page->count;
        if (help_matches(&page->lines[at], typed))
            return at;
    }
    return page->count;
}

size_t help_hits(const struct help_page *page, const char *typed, size_t at, size_t *number)
{
    size_t hits = 0;
    *number = 0;
    for (size_t i = 0; i < page->count; i++) {
        if (!help_matches(&page->lines[i], typed))
            continue;
        hits++;
        if (i == at)
            *number = hits;
    }
    return hits;
}

size_t help_row(const struct help_page *page, size_t line)
{
    int column = 0;
    while (column + 1 < page->columns && line >= page->starts[column + 1])
        column++;
    return line - page->starts[column];
}
