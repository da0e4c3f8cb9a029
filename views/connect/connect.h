// SPDX-License-Identifier: Apache-2.0
//
// connect: From Enter on a sandbox to a session: start it, find or make a credential, ask where that cuts
// somebody off, connect.

#ifndef SBXDECK_VIEWS_CONNECT_CONNECT_H
#define SBXDECK_VIEWS_CONNECT_CONNECT_H

#include "views/app/app.h"

struct session;

// credential_id: the one to use if it works; NULL: the best. An alive session of that sandbox is shown
// instead, and so is one that has ended unseen.
void connect_begin(struct app *app, const char *sandbox_id, const char *credential_id);
// The same, to connect an ended session again.
void connect_again(struct app *app, struct session *session);
// The same, to open one more session whatever is open: on the connection of one that is, where the server
// lets it; put beside the one with that serial, 0: beside none.
void connect_another(struct app *app, const char *sandbox_id, const char *credential_id, uint64_t beside);

#endif
