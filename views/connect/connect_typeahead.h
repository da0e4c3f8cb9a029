// SPDX-License-Identifier: Apache-2.0
//
// typed_ahead: what is typed while the way to a session is still being made (a credential, a start): kept for
// its shell, whole or not at all, since the rest of a command may be another command.

#ifndef SBXDECK_VIEWS_TYPED_AHEAD_H
#define SBXDECK_VIEWS_TYPED_AHEAD_H

#include "tui/term/input.h"
#include "views/session/session_prefix.h"

#include <stdbool.h>
#include <stddef.h>

struct session;

// All zero at the start.
struct typed_ahead {
    struct session_prefix prefix; // its keys have nobody to act on yet
    char *bytes;                  // NULL nothing
    size_t length;
    bool lost; // something came that can't be kept, so nothing is
};

// Takes any event; true when it is the one by which all was lost.
bool typed_ahead_take(struct typed_ahead *ahead, const struct input_event *event);
void typed_ahead_drop(struct typed_ahead *ahead); // wiped; what comes later is kept again
// To the session, which is connecting; the ahead is empty then.
void typed_ahead_give(struct typed_ahead *ahead, struct session *session);

#endif
