// SPDX-License-Identifier: Apache-2.0
//
// connect_private: The flow from Enter to a session, which connect.c and its questions (connect_ask.c) share.

#ifndef SBXDECK_VIEWS_CONNECT_CONNECT_PRIVATE_H
#define SBXDECK_VIEWS_CONNECT_CONNECT_PRIVATE_H

#include "views/app/app.h"
#include "views/connect/connect_plan.h"
#include "views/connect/connect_typeahead.h"

#include <stdbool.h>

// One way from Enter to a session. It is held by those who will still answer: calls of the service and its
// dialog. The last of them frees it.
struct connect {
    struct app *app;
    char sandbox_id[ID_CAP];
    char asked_id[ID_CAP]; // the credential that was asked for; "" none
    uint64_t again;        // the ended session to connect again; 0: a new one
    uint64_t beside;       // the session to put the new one beside; 0 none
    int holders;
    bool over;                          // nothing is done any more, whatever answers
    bool agreed;                        // see connect_sandbox_facts
    bool validated;                     // the server was asked about the credential
    bool asked_state;                   // the server was asked how the sandbox is now, and ...
    void (*then)(struct connect *flow); // ... what is done with that
    bool starting;                      // likewise
    bool calling;                       // a call on the credential is under way
    bool dropping;                      // our own dialog is being taken down: that is no answer

    struct connect_typeahead ahead;
    struct dialog *dialog; // of ours, while it is open; NULL none
    bool waits;            // it is the one that shows progress
    char doing[128];       // what it shows
    bool tells_kept;       // and that what was typed is kept
    struct app_watch watch;

    enum connect_step asked; // the question that is open
    int64_t row;             // of the credential it is about; 0 none
    char id[ID_CAP];         // likewise; "" none known
};

// connect.c: what follows from an answer.
void connect_answered(struct connect *flow, int result);
void connect_release(struct connect *flow);

// connect_ask.c
enum { CONNECT_ANSWER_YES = 1, CONNECT_ANSWER_FORGET };
// credential may be NULL. why: the server's reason, for a credential that exists already; may be NULL.
void connect_ask(struct connect *flow, enum connect_step step, const struct credential *credential,
                 const struct failure *why);
// Shows what is being waited for, in a dialog that Esc cancels and that keeps what is typed for the shell.
void connect_show_progress(struct connect *flow, const char *doing);
bool connect_close_dialog(struct connect *flow); // without an answer; false: it was not open

// Where what is known of the sandbox is old, asks for it, once; true: it holds the flow until then is called.
bool connect_asks_state(struct connect *flow, void (*then)(struct connect *flow));

#endif
