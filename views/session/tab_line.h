// SPDX-License-Identifier: Apache-2.0
//
// tab_line: What the line of sessions says at each width: numbers, names and marks. Pure: facts in, pieces of
// text out, each with the index of its tab as its tag; the count of tabs for an arrow.

#ifndef SBXDECK_VIEWS_SESSION_TAB_LINE_H
#define SBXDECK_VIEWS_SESSION_TAB_LINE_H

#include "tui/widget/text_pieces.h"

#include <stdbool.h>
#include <stddef.h>

enum { TAB_LINE_MAX = TEXT_PIECES_MAX - 2, TAB_TEXT_CAP = 160 };

// A mark is a character beside the name, and a word in the list of sessions.
#define TAB_MARK_TABLE(X)                                                                                    \
    X(BELL, "!", "bell")                                                                                     \
    X(ACTIVITY, "#", "new output")                                                                           \
    X(SILENCE, "~", "silent again")                                                                          \
    X(ENDED, "x", "ended")                                                                                   \
    X(SYNC, ">", "typed into together")                                                                      \
    X(RECORDING, "R", "recording")                                                                           \
    X(EXPIRING, "%", "ends soon")

enum tab_mark_bit {
#define X(name, text, word) TAB_BIT_##name,
    TAB_MARK_TABLE(X)
#undef X
        TAB_MARKS
};
enum tab_mark {
#define X(name, text, word) TAB_##name = 1 << TAB_BIT_##name,
    TAB_MARK_TABLE(X)
#undef X
};
const char *tab_mark_word(enum tab_mark_bit bit);

struct tab_facts {
    int number;
    const char *name; // foreign text
    size_t apart;     // where the name first differs from the one most like it; see tab_line_tell_apart
    bool active;      // the keys go to it
    bool shown;       // on the screen, as the other half of a split
    unsigned marks;   // of enum tab_mark
};

// Sets apart for each tab by its name among the others; equal names differ by their numbers alone.
void tab_line_tell_apart(struct tab_facts *tabs, size_t count);
// The name on so many columns; what differs from the other names is not cut. Returns out.
char *tab_line_name(const struct tab_facts *tab, int columns, char *out, size_t cap);

// Names are cut to one length for all when there is little room; when even that does not do, only the tabs
// around the active one are shown, with arrows for the rest.
void tab_line_build(const struct tab_facts *tabs, size_t count, int columns, struct text_pieces *out);

// The tab at that column; the count of tabs when there is none.
size_t tab_line_at(const struct text_pieces *line, size_t count, int x);

#endif
