// SPDX-License-Identifier: Apache-2.0
//
// dialog: a box in the middle of the screen that asks something: a title, lines of text, fields if wanted,
// and buttons. It answers once. Works down to 20x5.
//
// How it ends: dialog_input returns true when there is an answer. The caller takes the dialog from where it
// stands and calls dialog_finish, which calls back with the answer and frees it; so the callback can open
// another one.

#ifndef SBXDECK_TUI_WIDGET_DIALOG_H
#define SBXDECK_TUI_WIDGET_DIALOG_H

#include "tui/base/input_event.h"
#include "tui/widget/form.h"

#include <curses.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { DIALOG_BUTTONS_MAX = 4, DIALOG_CANCELLED = -1, DIALOG_YES = 1, DIALOG_REPEAT_MS = 500 };

enum dialog_level { DIALOG_INFO, DIALOG_WARN, DIALOG_DANGER };

struct dialog_button {
    const char *label;
    // The letter that presses it while nothing is typed, in upper or lower case; underlined in the label. 0:
    // the first letter of the label that no other button has.
    uint32_t hotkey;
    int result; // passed to the callback; 0 or more, or DIALOG_CANCELLED
};

// event is one that was typed for what comes after the dialog.
typedef void dialog_typed(void *context, const struct input_event *event);

struct dialog_options {
    const char *title;
    const char *text; // wrapped; '\n' ends a line; foreign text is fine; may be NULL
    enum dialog_level level;
    const char *yes; // not NULL: its buttons are Cancel and this one, whose result is DIALOG_YES
    struct dialog_button buttons[DIALOG_BUTTONS_MAX];
    size_t button_count; // at least 1, where yes is NULL
    size_t focus;        // button with the focus at the start: the harmless one where it matters
    // Not NULL: it shows progress and asks nothing. Esc and Ctrl-C cancel; every other event is passed on to
    // this.
    dialog_typed *typed;
    // A typed confirmation: buttons other than those that cancel work only once this word stands in the
    // field.
    const char *confirm_word;
    // Fields to fill in; the focus starts on the first. Checked (form_check) before a button other than one
    // that cancels answers. Not together with confirm_word.
    const struct form_field *fields;
    size_t field_count;
};

struct dialog;
// result: the pressed button's, or DIALOG_CANCELLED (Esc, Ctrl-C, or finished without an answer). The values
// of the fields are there by dialog_form during the call.
typedef void dialog_done(void *context, struct dialog *dialog, int result);

// Copies the strings (of fields only the values: see form_new). done may be NULL.
struct dialog *dialog_new(const struct dialog_options *options, dialog_done *done, void *context);
void dialog_finish(struct dialog *dialog); // calls done, frees; NULL is fine

// The key that opened it, at that monotonic instant (ms). Held down or pressed twice it must not answer: as a
// button's letter it counts only after DIALOG_REPEAT_MS without it. 0: none.
void dialog_opened_by(struct dialog *dialog, uint32_t key, int64_t now_ms);
// True: that key again, too soon; the event is not for the dialog.
bool dialog_is_repeat(struct dialog *dialog, const struct input_event *event, int64_t now_ms);

// Every event while the dialog is open goes here. With two buttons, one of which cancels, y and n press them.
// True: it has answered, call dialog_finish.
bool dialog_input(struct dialog *dialog, const struct input_event *event);
const struct form *dialog_form(const struct dialog *dialog); // NULL without fields
bool dialog_has_fields(const struct dialog *dialog);         // also when a word is to be typed
const char *dialog_title(const struct dialog *dialog);       // of the dialog
bool dialog_asks(const struct dialog *dialog);               // false: it shows progress
bool dialog_is_yes_no(const struct dialog *dialog);          // y and n answer it
// Another text under the same buttons (a countdown, an error of the last try).
void dialog_set_text(struct dialog *dialog, const char *text);

// It takes no key yet: no button is shown as the one that Enter presses.
void dialog_set_waiting(struct dialog *dialog, bool waiting);

// Draws it in the middle of the rectangle. True: the cursor belongs at *cursor_y, *cursor_x.
bool dialog_draw(struct dialog *dialog, WINDOW *window, int y, int x, int rows, int columns, int *cursor_y,
                 int *cursor_x);

#endif
