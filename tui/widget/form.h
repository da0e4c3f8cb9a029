// SPDX-License-Identifier: Apache-2.0
//
// form: several labelled fields, one of them with the focus: text, number, one of some choices. It is shown
// inside a dialog (see dialog.h); the buttons are the dialog's.

#ifndef SBXDECK_TUI_WIDGET_FORM_H
#define SBXDECK_TUI_WIDGET_FORM_H

#include "tui/base/input_event.h"

#include <curses.h>
#include <stdbool.h>
#include <stddef.h>

enum { FORM_FIELDS_MAX = 12, FORM_VALUE_MAX = 512 };

enum form_kind {
    FORM_TEXT,
    FORM_NUMBER,
    FORM_DURATION, // see tui/base/duration.h
    FORM_CHOICE    // Left, Right, Space, or the first letter of one
};

struct form_field {
    const char *label;
    enum form_kind kind;
    const char *value;          // at the start; NULL: empty, or the first choice
    long min, max;              // FORM_NUMBER; FORM_DURATION, in seconds: inclusive; the error names them.
                                // FORM_TEXT: max bytes, 0 for as many as a value may have
    long step;                  // FORM_NUMBER: only multiples of it; 0: all
    const char *const *choices; // FORM_CHOICE: ends by NULL
    bool required;              // FORM_TEXT: may not be empty
    bool masked;
    // FORM_TEXT: what a value must be ("an id: letters and digits"), when this one is not; NULL: it is fine.
    // May be NULL.
    const char *(*rule)(const char *value);
    const char *hint; // dim, below the fields while this has the focus; NULL none
};

struct form;
// Labels, choices and hints must live as long as the form; values are copied.
struct form *form_new(const struct form_field *fields, size_t count);
void form_free(struct form *form); // wipes what was typed; NULL is fine

size_t form_count(const struct form *form);
const char *form_value(const struct form *form, size_t field); // valid until the next event
long form_number(const struct form *form, size_t field);   // FORM_NUMBER, seconds of FORM_DURATION; 0: none
size_t form_choice(const struct form *form, size_t field); // FORM_CHOICE: index

// The focused field; form_count: none (the focus is on the dialog's buttons).
size_t form_focus(const struct form *form);
void form_set_focus(struct form *form, size_t field);
void form_focus_line(struct form *form, int line); // on a line of the last draw; none there: nothing happens
// True when the event was for the focused field. Tab, Up, Down, Enter and Esc are the dialog's.
bool form_input(struct form *form, const struct input_event *event);
// Why the last event's character was not taken: the field, what it takes, the character. NULL: it was, or was
// none. Valid until the next event.
const char *form_refused(const struct form *form);
// NULL when every field is fine; else what is wrong with which, valid until the next call; the focus goes
// there.
const char *form_check(struct form *form);

int form_rows(const struct form *form);  // lines it wants
int form_width(const struct form *form); // columns it wants
// Draws into the rectangle (scrolled to the focused field when it is too low). True: the cursor belongs at
// *cursor_y, *cursor_x of the window.
bool form_draw(struct form *form, WINDOW *window, int y, int x, int rows, int columns, int *cursor_y,
               int *cursor_x);

#endif
