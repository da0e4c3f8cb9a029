// SPDX-License-Identifier: Apache-2.0
//
// line_edit: one line of text being typed: the filter, a typed confirmation, a field of a form. Always valid
// UTF-8 without control characters, whatever is typed or pasted.

#ifndef SBXDECK_TUI_WIDGET_LINE_EDIT_H
#define SBXDECK_TUI_WIDGET_LINE_EDIT_H

#include "tui/base/input_event.h"
#include "tui/base/theme.h"

#include <curses.h>
#include <stdbool.h>
#include <stddef.h>

enum { LINE_EDIT_MAX = 512 }; // bytes with NUL

struct line_edit {
    char text[LINE_EDIT_MAX]; // read it; change it by the calls below
    size_t length;            // bytes
    size_t cursor;            // byte offset, at a character's start
    size_t cap;               // bytes allowed with NUL
    int scroll;               // columns off the left
    bool masked;              // drawn as dots
    // a character that a paste has split
    char partial[4];
    size_t partial_length;
};

// cap: bytes with NUL, 2..LINE_EDIT_MAX (0: LINE_EDIT_MAX). text may be NULL; the cursor stands at its end.
void line_edit_begin(struct line_edit *edit, size_t cap, const char *text);
void line_edit_set(struct line_edit *edit, const char *text);
void line_edit_wipe(struct line_edit *edit); // empty, and what was typed is overwritten

// What became of an event.
enum line_edit_result {
    LINE_EDIT_IGNORED, // not for a line editor (Enter, Esc, Tab, arrows up and down, …)
    LINE_EDIT_MOVED,   // taken; the text is the same
    LINE_EDIT_CHANGED  // taken; the text is another
};
// Text, paste, Left Right Home End Backspace Delete, Ctrl-A E B F H D U K W, Ctrl or Alt with Left Right,
// Alt-b Alt-f Alt-Backspace.
enum line_edit_result line_edit_input(struct line_edit *edit, const struct input_event *event);

// Draws on columns, scrolled so that the cursor is in sight. Returns the column of the cursor.
int line_edit_draw(struct line_edit *edit, WINDOW *window, int y, int x, int columns, enum theme_role role);

#endif
