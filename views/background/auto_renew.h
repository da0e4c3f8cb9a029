// SPDX-License-Identifier: Apache-2.0
//
// auto_renew: Auto-renewal: decide which credential to regenerate, and when. The operator turns it on for a
// credential, a sandbox or the fleet.

#ifndef SBXDECK_VIEWS_BACKGROUND_AUTO_RENEW_H
#define SBXDECK_VIEWS_BACKGROUND_AUTO_RENEW_H

#include "api/expiry/renewal.h"
#include "views/app/handler.h"

struct auto_renew;

struct auto_renew *auto_renew_begin(struct app *app); // for an app with a service; NULL without one
// Turns it on or off for that sandbox, or for the credential of it with that id. done: shown when it is on
// disk; "" nothing.
void auto_renew_set(struct app *app, const char *sandbox_id, const char *id, bool on, const char *done);
void auto_renew_set_fleet(struct app *app, bool on, const char *done); // likewise, for all
bool auto_renew_is_of_fleet(const struct app *app);
void auto_renew_end(struct auto_renew *auto_renew); // NULL is fine; before the loop is drained
// The choices can't be read: nothing is renewed until they can.
bool auto_renew_is_held(const struct app *app);
// By whose choice it is renewed; OFF: it is not.
enum renewal_scope auto_renew_scope(const struct app *app, const char *sandbox_id, const char *id);

#endif
