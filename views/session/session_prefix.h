// SPDX-License-Identifier: Apache-2.0
//
// session_prefix: the one key that a session takes for itself, and what the key after it means. Pure: it
// looks into the table of commands and does nothing by itself.

#ifndef SBXDECK_VIEWS_SESSION_PREFIX_H
#define SBXDECK_VIEWS_SESSION_PREFIX_H

#include "tui/term/input.h"
#include "views/command/commands.h"

#include <stdbool.h>

enum session_prefix_verdict {
    SESSION_PREFIX_PASS,    // not ours: for the program
    SESSION_PREFIX_BEGUN,   // the prefix was pressed: the next key is a command
    SESSION_PREFIX_COMMAND, // run *command
    SESSION_PREFIX_LEFT,    // Esc: nothing happens
    SESSION_PREFIX_UNKNOWN, // no command has this key: say so
    SESSION_PREFIX_TAKEN // neither a key for the program nor one of ours (the mouse while a key is awaited)
};

struct session_prefix {
    bool active; // the prefix was pressed and the next key is awaited
};

// Takes an event; *command is set with SESSION_PREFIX_COMMAND, else COMMAND_NONE. Pastes and focus changes
// are never keys: they pass, and leave the state as it is.
enum session_prefix_verdict session_prefix_take(struct session_prefix *prefix,
                                                const struct input_event *event, enum command *command);

// It is the prefix itself.
bool session_prefix_is(const struct input_event *event);

// The command of SCOPE_SESSION that has this key; COMMAND_NONE when none has.
enum command session_prefix_command(const struct input_event *event);
// What a key without the prefix does in a session that has ended: the command of SCOPE_ENDED;
// COMMAND_NONE: nothing. What was typed for the shell must not act on anything else.
enum command session_ended_command(const struct input_event *event);

#endif
