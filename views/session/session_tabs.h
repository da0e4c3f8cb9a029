// SPDX-License-Identifier: Apache-2.0
//
// session_tabs: the sessions as tabs: their numbers, names and marks, the line that shows them, and the ways
// from one to another.

#ifndef SBXDECK_VIEWS_SESSION_TABS_H
#define SBXDECK_VIEWS_SESSION_TABS_H

#include "views/app/app.h"

#include <stdbool.h>
#include <stdint.h>

// Lines that the tabs take above the top view now: 1 with several sessions, in a view that wants it and where
// there is room; else 0.
int session_tabs_rows(const struct app *app);
void session_tabs_draw(const struct app *app, int y, int x, int cols);
// A press of the mouse on the line, or a key of a number that is being typed. True: it was one.
void session_tabs_say_none(struct app *app); // that no session is open
bool session_tabs_input(struct app *app, const struct input_event *event);
// The next instant (monotonic ms) at which a mark changes by itself or a number waits no longer; 0 none.
int64_t session_tabs_next_tick(const struct app *app, int64_t now_ms);
void session_tabs_tick(struct app *app, int64_t now_ms); // that it is

#endif
