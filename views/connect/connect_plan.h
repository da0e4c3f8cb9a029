// SPDX-License-Identifier: Apache-2.0
//
// connect_plan: What Enter on a sandbox leads to, as tables from states to steps. Pure.

#ifndef SBXDECK_VIEWS_CONNECT_CONNECT_PLAN_H
#define SBXDECK_VIEWS_CONNECT_CONNECT_PLAN_H

#include "api/fleet/credential.h"

#include <stdbool.h>

enum connect_step {
    CONNECT_GO,              // the sandbox can be connected to
    CONNECT_WAIT,            // it moves, or a call of ours is under way: look again after the next change
    CONNECT_ASK_START,       // stopped: start it?
    CONNECT_ASK_WAKE,        // paused: wake it?
    CONNECT_ASK_STATE,       // a state this version does not know: connect all the same?
    CONNECT_SAY_GONE,        // it is being deleted, or is not there any more
    CONNECT_USE,             // the credential: sign in with it
    CONNECT_CREATE,          // none that counts: make one
    CONNECT_VALIDATE,        // expired by our clock: ask the server
    CONNECT_REGENERATE,      // it no longer works: replace it
    CONNECT_ASK_REGENERATE,  // the same, but a session of it is open
    CONNECT_ASK_UNKNOWN,     // it is not known whether it was made: regenerate or forget
    CONNECT_ASK_NO_PASSWORD, // it is fine but its password is not here
};

// Whether the step, or a yes to its question, changes something at the server; connecting to a state that is
// not known may.
bool connect_step_changes(enum connect_step step);

struct connect_sandbox_facts {
    enum sandbox_state state;
    bool gone;     // not in the server's list
    bool agreed;   // it is connected to as it is: the operator has agreed, or it can't be woken otherwise
    bool starting; // we have asked for its start, or to wake it, and it is not seen to have begun
    bool busy;     // a call on it is under way
};
enum connect_step connect_plan_sandbox(const struct connect_sandbox_facts *facts);

struct connect_credential_facts {
    enum credential_state state;
    bool usable;  // credential_is_usable
    bool askable; // its password is here, and the server was not asked about it yet on this way
    bool in_use;  // an alive session was opened with it
    bool busy;
};
enum connect_step connect_plan_credential(const struct connect_credential_facts *facts);

#endif
