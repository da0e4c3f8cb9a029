// SPDX-License-Identifier: Apache-2.0
//
// connect_typeahead: Keep what is typed while a session is being prepared (a credential made, a sandbox
// started) for its shell: all or nothing, since the rest of a command may be another command.

#ifndef SBXDECK_VIEWS_CONNECT_CONNECT_TYPEAHEAD_H
#define SBXDECK_VIEWS_CONNECT_CONNECT_TYPEAHEAD_H

#include "tui/term/input.h"
#include "views/command/prefix.h"

#include <stdbool.h>
#include <stddef.h>

struct session;

// All zero at the start.
struct connect_typeahead {
    struct prefix prefix; // its keys have nobody to act on yet
    char *bytes;          // NULL nothing
    size_t length;
    bool lost; // something came that can't be kept, so nothing is
};

// Takes any event; true when it is the one by which all was lost.
bool connect_typeahead_take(struct connect_typeahead *ahead, const struct input_event *event);
void connect_typeahead_drop(struct connect_typeahead *ahead); // wiped; what comes later is kept again
// To the session, which is connecting; the ahead is empty then.
void connect_typeahead_give(struct connect_typeahead *ahead, struct session *session);

#endif
