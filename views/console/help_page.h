// SPDX-License-Identifier: Apache-2.0
//
// help_page: the lines of the help, made from the table of commands, copy mode's keys and the tables of
// states. Only what counts where it was asked for, in groups, unless all is wanted. Pure.

#ifndef SBXDECK_VIEWS_CONSOLE_HELP_PAGE_H
#define SBXDECK_VIEWS_CONSOLE_HELP_PAGE_H

#include "tui/base/text.h"
#include "views/command/commands.h"

#include <stdbool.h>
#include <stddef.h>

enum { HELP_LINES_MAX = 4096, HELP_KEYS_CAP = 128, HELP_COLUMNS_MAX = 3 };

struct help_wish {
    enum scope scope; // of what the help was opened over
    bool looks_back;  // a session, and its copy mode has the keys
    bool all;         // the keys of all scopes
};

enum help_kind {
    HELP_BLANK,
    HELP_TITLE, // of a scope
    HELP_GROUP, // of commands that belong together
    HELP_ENTRY, // a key or a state, and the first line of what it means
    HELP_MORE   // a further line of that
};

struct help_line {
    enum help_kind kind;
    enum command command; // ENTRY: whose keys are shown; COMMAND_NONE: label is
    const char *label;    // TITLE, GROUP: its text. ENTRY: keys apart by a blank, or a state's word; static
    enum glyph glyph;     // ENTRY of a state: before the label
    enum theme_role role; // of the label
    const char *text;     // ENTRY, MORE: a piece of the meaning, of length bytes; static
    size_t length;
    const char *whole; // ENTRY: all of it
    int indent;        // columns before the text
};

struct help_page {
    struct help_line lines[HELP_LINES_MAX];
    size_t count;
    int columns;                         // side by side
    int width;                           // of one of them
    bool narrow;                         // room for the first key of each only
    size_t high;                         // lines of the longest one
    size_t starts[HELP_COLUMNS_MAX + 1]; // first line of each column, and the end
};

// For a screen of that many columns.
void help_build(const struct help_wish *wish, int columns, struct help_page *out);
// What stands in the label's column of an entry. Returns out.
const char *help_label(const struct help_page *page, const struct help_line *line, char *out, size_t cap);
// Whether an entry has all words of what was typed, in any order: in its keys, names or meaning.
bool help_matches(const struct help_line *line, const char *typed);
// The next entry from a line on that matches, going round; the line itself is looked at last. page->count:
// none.
size_t help_find(const struct help_page *page, const char *typed, size_t from, bool backward);
// How many match, and the number of the one at the line (from 1; 0: that one doesn't).
size_t help_hits(const struct help_page *page, const char *typed, size_t at, size_t *number);
// How far down its column a line stands.
size_t help_row(const struct help_page *page, size_t line);

#endif
