// SPDX-License-Identifier: Apache-2.0
//
// lookout: owns what the console watches for by itself: credentials that are about to end are told of once,
// by all the ways that the settings name.

#ifndef SBXDECK_VIEWS_LOOKOUT_H
#define SBXDECK_VIEWS_LOOKOUT_H

struct app;
struct lookout;

// For an app with a service; NULL without one.
struct lookout *lookout_begin(struct app *app);
void lookout_end(struct lookout *lookout); // NULL is fine; before the loop is drained

#endif
