// SPDX-License-Identifier: Apache-2.0
//
// clipboard_copy: put a text into the clipboard of the operator's terminal, also through tmux and screen, and
// say what became of it.

#ifndef SBXDECK_VIEWS_APP_CLIPBOARD_COPY_H
#define SBXDECK_VIEWS_APP_CLIPBOARD_COPY_H

#include "views/app/app.h"

#include <stddef.h>
#include <stdint.h>

// What shows the outcome; it may have gone meanwhile, so that it is known by a number.
struct clipboard_reply {
    void (*show)(struct app *app, uint64_t id, const char *text);
    uint64_t id;
};

// Copies the text; every copy of it is wiped. what: names it in the message ("the ssh command of x"), which
// is shown by reply, or as a toast where that is NULL. Inside tmux it comes when tmux has answered.
void clipboard_copy(struct app *app, const char *text, size_t length, const char *what,
                    const struct clipboard_reply *reply);

#endif
