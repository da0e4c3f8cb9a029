// SPDX-License-Identifier: Apache-2.0
//
// prefix: the one key that a session does not pass to its program, and what the key after it means. It only
// looks into the table of commands.

#ifndef SBXDECK_VIEWS_COMMAND_PREFIX_H
#define SBXDECK_VIEWS_COMMAND_PREFIX_H

#include "tui/term/keymap.h"
#include "views/command/commands.h"

#include <stdbool.h>

enum prefix_verdict {
    PREFIX_PASS,    // not ours: for the program
    PREFIX_BEGUN,   // the prefix was pressed: the next key is a command
    PREFIX_COMMAND, // run *command
    PREFIX_LEFT,    // Esc: nothing happens
    PREFIX_UNKNOWN, // no command has this key: say so
    PREFIX_TAKEN    // neither a key for the program nor one of ours (the mouse while a key is awaited)
};

struct prefix {
    bool active; // the prefix was pressed and the next key is awaited
};

// Takes an event; *command is set with PREFIX_COMMAND, else COMMAND_NONE. Pastes and focus changes
// are never keys: they pass, and leave the state as it is.
enum prefix_verdict prefix_take(struct prefix *prefix, const struct input_event *event,
                                enum command *command);

struct keymap_key prefix_key(void); // the one that is set
// It is the prefix itself.
bool prefix_is(const struct input_event *event);

// What a key without the prefix does in a session that has ended: the command of SCOPE_ENDED;
// COMMAND_NONE: nothing. What was typed for the shell must not act on anything else.
enum command prefix_ended_command(const struct input_event *event);

#endif
