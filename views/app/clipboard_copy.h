// SPDX-License-Identifier: Apache-2.0
//
// clipboard_copy: puts a text into the clipboard of the operator's terminal, by what is around it, and says
// what became of it.

#ifndef SBXDECK_VIEWS_CLIPBOARD_COPY_H
#define SBXDECK_VIEWS_CLIPBOARD_COPY_H

#include "views/app/app.h"

// what: names the text in the sentence that is told ("the ssh command of x"). in: the session whose status
// line tells it; NULL: a toast does. Inside tmux it is told when tmux has answered. The text is copied; every
// copy of it is wiped.
void clipboard_copy(struct app *app, const char *text, size_t length, const char *what, struct session *in);

#endif
