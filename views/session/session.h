// SPDX-License-Identifier: Apache-2.0
//
// session: an SSH connection with its terminal and the credential it was opened with. It lives in
// app->sessions from connect until it is left, whether it is shown or not; its output is taken in while the
// deck is in front.

#ifndef SBXDECK_VIEWS_SESSION_H
#define SBXDECK_VIEWS_SESSION_H

#include "api/net/net_state.h"
#include "api/ssh/ssh_session.h"
#include "views/app/app.h"

#include <stdbool.h>
#include <stddef.h>

struct session;

// Opens one with this credential (its password is fetched from the service) and shows it. Problems are shown
// in its view.
struct session *session_open(struct app *app, const char *sandbox_id, const struct credential *credential);
// Connects one that has ended again, with this credential, in its old place; what its terminal shows goes
// into the scrollback.
void session_reopen(struct session *session, const struct credential *credential);
void session_show(struct app *app, struct session *session); // in front
void session_close(struct app *app,
                   struct session *session); // hangs up; ended and freed without being shown again
void session_free_all(struct app *app);      // at quit

const char *session_sandbox(const struct session *session);
const char *session_credential_id(const struct session *session);
int64_t session_credential_row(const struct session *session);
bool session_is_alive(const struct session *session);        // connecting or open
bool session_is_looking_back(const struct session *session); // copy mode has the keys
struct view *session_view(struct session *session);
struct session *session_of_view(struct view *view); // NULL: not a session's view

// The most recent of that sandbox, an alive one before an ended one; NULL none.
struct session *session_find(const struct app *app, const char *sandbox_id);
size_t session_count_alive(const struct app *app, const char *sandbox_id); // NULL: of all
// The addresses of this machine that open sessions run over, at most so many; returns how many.
size_t session_network_used(const struct app *app, struct net_address *out, size_t cap);
// Asks each open session's far side for a sign of life, so that a dead one is found out soon. Returns how
// many there are; *lost: of them those that run over an address that this machine has no more.
size_t session_network_probe(const struct app *app, size_t *lost);

// The fleet has changed: sessions that were cut off say what their sandboxes are in now.
void session_states_changed(struct app *app);
// Whether any alive session was opened with this credential.
bool session_uses(const struct app *app, int64_t vault_row);

// Enter in the deck: the whole flow for a sandbox (start offered, wake warned of, credential made or
// regenerated, asked where it cuts somebody off) until a session is open; an alive session of that sandbox is
// shown instead.
void connect_begin(struct app *app, const char *sandbox_id, const char *credential_id);
// The same, to connect an ended session again.
void connect_again(struct session *session);
// The same, to open one more session whatever is open; put beside the one with that serial, 0: beside none.
void connect_another(struct app *app, const char *sandbox_id, const char *credential_id, uint64_t beside);

#endif
