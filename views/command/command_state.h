// SPDX-License-Identifier: Apache-2.0
//
// command_state: which commands can do something now, and why the others can't. Pure, over facts that are
// gathered once: the hint bar shows what works, the palette says why the rest doesn't.

#ifndef SBXDECK_VIEWS_COMMAND_COMMAND_STATE_H
#define SBXDECK_VIEWS_COMMAND_COMMAND_STATE_H

#include "api/fleet/credential.h"
#include "views/command/commands.h"

#include <stdbool.h>
#include <stddef.h>

struct command_facts {
    bool service;              // there is an API key
    bool read_only;            // nothing that changes anything is sent
    bool loaded;               // the sandboxes were listed
    size_t total, shown;       // sandboxes; those that the filter shows
    bool filter;               // there is one
    size_t marked;             // sandboxes
    bool marked_startable;     // one of them can be started or woken
    bool marked_credential;    // one of them has a credential known here
    bool row;                  // a sandbox is selected, and its id is understood
    bool gone;                 // it is not in the server's list any more
    enum sandbox_state state;  // its
    size_t credentials;        // known of it
    bool credential, password; // one of them is selected; its password is here
    bool usable;               // it can be signed in with
    size_t sessions;           // open ones and ended ones
    size_t forwards;           // listening and stopped ones
    size_t alerts;
    size_t events;                 // shown in the log
    bool bulk_running;             // one goes on
    size_t bulk_failed, bulk_left; // of the last one: that failed, perhaps; that can be tried again
    bool bulk;                     // a bulk operation was begun
    bool split;                    // two views are on the screen
};

// Why the command can do nothing now, in a few words ("no credential"); NULL: it can. Static.
const char *command_reason(enum command command, const struct command_facts *facts);
// Whether it changes something at the server, which read-only mode refuses.
bool command_changes(enum command command);
// Whether it can, and is worth a hint: a start where it runs not, a new credential where none can be used.
bool command_is_useful(enum command command, const struct command_facts *facts);

// A sandbox in that state can be started or woken.
bool command_can_start(enum sandbox_state state);

#endif
