// SPDX-License-Identifier: Apache-2.0
//
// alert_notifier: Alert the operator once about each credential and sandbox that is about to end, in all the
// ways that the settings name.

#ifndef SBXDECK_VIEWS_BACKGROUND_ALERT_NOTIFIER_H
#define SBXDECK_VIEWS_BACKGROUND_ALERT_NOTIFIER_H

struct app;
struct alert_notifier;

// For an app with a service; NULL without one.
struct alert_notifier *alert_notifier_begin(struct app *app);
void alert_notifier_end(struct alert_notifier *alert_notifier); // NULL is fine; before the loop is drained

#endif
