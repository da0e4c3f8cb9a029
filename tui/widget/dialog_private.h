// SPDX-License-Identifier: Apache-2.0
//
// dialog_private: a dialog's state, which dialog.c keeps and dialog_draw.c draws.

#ifndef SBXDECK_TUI_WIDGET_DIALOG_PRIVATE_H
#define SBXDECK_TUI_WIDGET_DIALOG_PRIVATE_H

#include "tui/widget/dialog.h"

enum { CONFIRM_SHORT = 12 }; // bytes of a word that has room beside its field

struct dialog_place {
    int y, x, width; // width 0: not in sight
};

struct dialog {
    char *title;
    char *text; // clean
    enum dialog_level level;
    struct dialog_button buttons[DIALOG_BUTTONS_MAX];
    size_t button_count;
    bool waiting; // takes no key yet
    size_t focus; // among the buttons; counts while no field has it
    char *confirm_word;
    char confirm_label[CONFIRM_SHORT + 8]; // of the field that it is typed into
    struct form *form;
    const char *error;                              // of the last press; a literal or the form's
    uint32_t opener;                                // see dialog_opened_by
    int64_t opener_at;                              // monotonic ms of its last press
    int scroll;                                     // lines of the text off the top
    int text_rows;                                  // lines of the text in sight at the last draw
    int text_lines;                                 // of the whole text at the last draw
    struct dialog_place places[DIALOG_BUTTONS_MAX]; // of the buttons at the last draw
    struct dialog_place form_place;                 // of the form's first line
    int result;
    dialog_typed *typed;
    dialog_done *done;
    void *context;
};

// Whether pressing it would not be refused for want of the word.
bool dialog_button_ready(const struct dialog *dialog, size_t button);

#endif
