// SPDX-License-Identifier: Apache-2.0
//
// session: An SSH connection with its terminal and the credential it was opened with. It is in the
// list from connect until it is closed, shown or not, and takes its output in while the deck is in front.

#ifndef SBXDECK_VIEWS_SESSION_SESSION_H
#define SBXDECK_VIEWS_SESSION_SESSION_H

#include "api/fleet/deadline.h"
#include "api/net/net_state.h"
#include "api/ssh/ssh_session.h"
#include "views/app/app.h"

#include <stdbool.h>
#include <stddef.h>

struct session;

// Opens one with this credential (its password is fetched from the service) and shows it. Problems are shown
// in its view.
struct session *session_open(struct app *app, const char *sandbox_id, const struct credential *credential);
// Opens one more shell on the connection of another (session_may_share) and shows it; it is signed in as that
// one. Where the server opens no further channel, no_channel is called once: with an ended session that is to
// be connected by session_reopen, without a word.
struct session *session_open_on(struct session *carrier,
                                void (*no_channel)(struct app *app, struct session *session));
// Of that sandbox, the one on whose connection another shell may be opened, shown last; NULL none.
struct session *session_may_share(const struct app *app, const char *sandbox_id);
// Connects one that has ended again, with this credential, in its old place; what its terminal shows goes
// into the scrollback.
void session_reopen(struct session *session, const struct credential *credential);
// The same, on the connection of another; see session_open_on.
void session_reopen_on(struct session *session, struct session *carrier,
                       void (*no_channel)(struct app *app, struct session *session));
void session_show(struct app *app, struct session *session); // in front
void session_close(struct app *app,
                   struct session *session); // disconnects and frees it; it is not shown again
void session_free_all(struct app *app);      // at quit

struct session *session_first(const struct app *app);        // of all, alive and ended, by their numbers
struct session *session_next(const struct session *session); // NULL: that was the last one
// The one after it (by > 0) or before it, going round.
struct session *session_beside(const struct app *app, const struct session *session, int by);
size_t session_count(const struct app *app);
struct session *session_of_serial(const struct app *app, uint64_t serial); // NULL: it is gone
uint64_t session_serial(const struct session *session);                    // never used twice, never 0
struct session *session_on_top(const struct app *app);                     // that has the keys; NULL: none
// The one that was in front last, alive or ended; but: not this one. NULL none.
struct session *session_last_used(const struct app *app, const struct session *but);
// In the split, the left one with the keys.
void session_put_beside(struct session *left, struct session *right);

const char *session_sandbox(const struct session *session);
const char *session_credential_id(const struct session *session);
// As the fleet knows it now; a copy with the verdict "revoked" where it no longer does.
struct credential session_credential(const struct session *session);
bool session_is_alive(const struct session *session);        // connecting or open
bool session_is_unseen(const struct session *session);       // it has ended, and that was not shown yet
bool session_is_looking_back(const struct session *session); // copy mode has the keys
struct view *session_view(struct session *session);
struct session *session_of_view(struct view *view); // NULL: not a session's view

// The most recent of that sandbox, an alive one before an ended one; NULL none.
struct session *session_find(const struct app *app, const char *sandbox_id);
size_t session_count_alive(const struct app *app, const char *sandbox_id); // NULL: of all
// The sandbox of the alive session with that number, in no order that means anything; NULL beyond the last.
const char *session_alive_sandbox(const struct app *app, size_t index);
// The addresses of this machine that open sessions run over, at most so many; returns how many.
size_t session_network_used(const struct app *app, struct net_address *out, size_t cap);
// Probes each open session, so that a dead connection is found soon. Returns how
// many there are; *lost: of them those that run over an address that this machine has no more.
size_t session_network_probe(const struct app *app, size_t *lost);

// The fleet has changed: sessions that were disconnected show the state of their sandboxes.
void session_states_changed(struct app *app);
// The sandboxes in which a session is open, for what counts their time-outs. Good as long as the app.
struct deadline_scope session_ends_scope(const struct app *app);
// How many alive sessions were opened with this credential.
size_t session_uses(const struct app *app, int64_t vault_row);

// Shows it in its status line for a few seconds.
void session_notice(struct session *session, const char *format, ...) __attribute__((format(printf, 2, 3)));

enum { SESSION_AHEAD_MAX = 4096 }; // bytes typed before there is a shell
// Keeps what was typed, encoded as for the terminal, until its shell is there.
void session_typeahead_keep(struct session *session, const char *bytes, size_t length);

#endif
